"""Worked time that is kept until it is sent to 1C."""

# ruff: noqa: D101 - the table is described in `onec_rows.py`

from typing import Any

from peewee import CharField, CompositeKey, Model, TextField


class OneCWorkedRow(Model):
    connection = CharField()
    external_id = TextField()
    day = CharField()
    start = CharField()
    end = CharField()
    zone = CharField()
    breaks = TextField()
    source = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "onec_worked"
        primary_key = CompositeKey("connection", "external_id", "day")


def up(_migrator: Any, db: Any) -> None:
    """Create the table."""
    with db.bind_ctx([OneCWorkedRow]):
        db.create_tables([OneCWorkedRow])
