"""Which entry of the catalogue of causes an outcome names; those that are there already name none."""

from typing import Any

from peewee import CharField


def up(migrator: Any, _db: Any) -> None:
    """Add the column to the outcomes."""
    migrator.migrate(migrator.add_column("outcome", "code", CharField(default="")))
