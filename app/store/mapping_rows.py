"""The tables of field mappings: rules of a connection, rows last seen of it, and values with what they stand for."""

from __future__ import annotations

from peewee import CharField, CompositeKey, IntegerField, TextField

from app.store.base import BaseModel


class MappingRow(BaseModel):
    """The rules of one entity (JSON); `version` is that of the keys they were made for."""

    connection = CharField()
    entity = CharField()
    rules = TextField()
    version = IntegerField()
    changed_at = CharField()
    changed_by = TextField()

    class Meta:
        table_name = "mapping"
        primary_key = CompositeKey("connection", "entity")


class MappingSampleRow(BaseModel):
    """Rows of one entity as its source sent them last (JSON), without secrets."""

    connection = CharField()
    entity = CharField()
    taken_at = CharField()
    records = TextField()

    class Meta:
        table_name = "mapping_sample"
        primary_key = CompositeKey("connection", "entity")


class MappingValueRow(BaseModel):
    """One value of a value table: how often it came last, and what a person said it stands for (empty: nothing)."""

    connection = CharField()
    value_table = CharField()
    value = CharField()
    count = IntegerField()
    target = CharField()

    class Meta:
        table_name = "mapping_value"
        primary_key = CompositeKey("connection", "value_table", "value")


MAPPING_TABLES = (MappingRow, MappingSampleRow, MappingValueRow)
