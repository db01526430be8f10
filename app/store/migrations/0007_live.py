"""Limits on live numbers of contact centres."""

# ruff: noqa: D101 - the table is described in `contact_center_rows.py`

from typing import Any

from peewee import CharField, CompositeKey, DoubleField, Model


class LiveThresholdRow(Model):
    connection = CharField()
    group_id = CharField()
    metric = CharField()
    bound = DoubleField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "cc_threshold"
        primary_key = CompositeKey("connection", "group_id", "metric")


TABLES = [LiveThresholdRow]


def up(_migrator: Any, db: Any) -> None:
    """Create the table."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
