"""What kind of error a connection had last: a refused sign-in asks for something else than an outage."""

from typing import Any

from peewee import CharField


def up(migrator: Any, _db: Any) -> None:
    """Add the column to the connections."""
    migrator.migrate(migrator.add_column("connection", "last_error_kind", CharField(null=True)))
