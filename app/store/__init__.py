"""The store: peewee models, numbered migrations, one repository module per subject.

peewee appears here alone. Repositories hand out frozen dataclasses of `app.domain`; models never leave this room.
"""
