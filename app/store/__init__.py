"""The store: peewee models, numbered migrations, one repository module per subject.

peewee appears here alone. Repositories hand out frozen dataclasses of `app.domain`; models never leave this room.
"""

import sys

# peewee loads every driver it finds. That of MySQL, which we have for another purpose, would cost each command 20 ms.
_LOADED = "pymysql" in sys.modules
if not _LOADED:
    sys.modules["pymysql"] = None  # type: ignore[assignment]  # what Python documents for "not to be found"
import peewee as _peewee  # noqa: E402, F401

if not _LOADED:
    del sys.modules["pymysql"]
