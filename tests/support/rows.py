"""A whole row of a table for tests that care for a few of its columns."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, DoubleField, IntegerField

from app.store.base import BaseModel


def fill(table: type[BaseModel], **given: object) -> dict[str, Any]:
    """`given`, and for every other column that has to be something an empty value of its type."""
    row: dict[str, Any] = dict(given)
    fields: Any = table._meta.sorted_fields
    for field in fields:
        if field.name not in row and not field.null:
            row[field.name] = _empty(field)
    return row


def _empty(field: object) -> object:
    if isinstance(field, BooleanField):
        return False
    return 0 if isinstance(field, IntegerField | DoubleField) else ""
