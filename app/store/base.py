"""What every table is made of: peewee's model, bound to the one open database."""

from __future__ import annotations

from peewee import DatabaseProxy, Model

database_proxy = DatabaseProxy()


class BaseModel(Model):
    """Binds every table to the one open database."""

    class Meta:
        database = database_proxy
        legacy_table_names = False
