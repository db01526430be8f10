"""Field mappings of connections, the rows they are tried on, and values with what they stand for."""

# ruff: noqa: D101 - the tables are described in `mapping_rows.py`

from typing import Any

from peewee import CharField, CompositeKey, IntegerField, Model, TextField


class MappingRow(Model):
    connection = CharField()
    entity = CharField()
    rules = TextField()
    version = IntegerField()
    changed_at = CharField()
    changed_by = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "mapping"
        primary_key = CompositeKey("connection", "entity")


class MappingSampleRow(Model):
    connection = CharField()
    entity = CharField()
    taken_at = CharField()
    records = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "mapping_sample"
        primary_key = CompositeKey("connection", "entity")


class MappingValueRow(Model):
    connection = CharField()
    value_table = CharField()
    value = CharField()
    count = IntegerField()
    target = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "mapping_value"
        primary_key = CompositeKey("connection", "value_table", "value")


TABLES = (MappingRow, MappingSampleRow, MappingValueRow)


def up(_migrator: Any, db: Any) -> None:
    """Create the tables."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
