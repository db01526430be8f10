"""What runs are found by. Runs that are there already get their row when somebody first looks for runs."""

# ruff: noqa: D101 - the table is described in `run_digest_rows.py`

from typing import Any

from peewee import CharField, IntegerField, Model, TextField


class RunDigestRow(Model):
    run_id = CharField(primary_key=True)
    troubled = IntegerField(index=True)
    statuses = CharField(max_length=500)
    words = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "run_digest"


def up(_migrator: Any, db: Any) -> None:
    """Create the table."""
    with db.bind_ctx([RunDigestRow]):
        db.create_tables([RunDigestRow])
