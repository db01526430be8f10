"""Who else carries a person's terminal number at the source; both are kept from the terminals until it is put right."""

from typing import Any

from peewee import TextField


def up(migrator: Any, _db: Any) -> None:
    """Add the column to the employees."""
    migrator.migrate(migrator.add_column("employee", "number_shared_with", TextField(null=True)))
