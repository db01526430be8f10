"""What went over the line in a run, and since when a connection's log is detailed."""

# ruff: noqa: D101 - the table is described in `attempt_rows.py`

from typing import Any

from peewee import CharField, IntegerField, Model, TextField


class RunAttemptsRow(Model):
    run_id = CharField(primary_key=True)
    total = IntegerField()
    attempts = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "run_attempts"


def up(migrator: Any, db: Any) -> None:
    """Create the table and add the column."""
    with db.bind_ctx([RunAttemptsRow]):
        db.create_tables([RunAttemptsRow])
    migrator.migrate(migrator.add_column("connection", "detailed_since", CharField(null=True)))
