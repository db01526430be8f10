"""The tables of the audit trail: its entries, and one row that says where the chain begins and ends.

Entries are only ever added, at the end, and taken away, at the beginning, when they are older than they are kept.
"""

from __future__ import annotations

from peewee import CharField, IntegerField, TextField

from app.store.base import BaseModel


class AuditRow(BaseModel):
    """One entry; `before` and `after` are JSON text, which is hashed as it stands here."""

    seq = IntegerField(primary_key=True)
    at = CharField(index=True)
    actor = TextField()
    via = CharField()
    host = CharField()
    organisation = TextField()
    kind = CharField()
    operation = CharField()
    object = TextField()
    object_id = CharField(index=True)
    before = TextField()
    after = TextField()
    result = TextField()
    run_id = CharField(index=True)
    hash = CharField(max_length=64)

    class Meta:
        table_name = "audit_entry"


class AuditChainRow(BaseModel):
    """The chain itself, one row, by which writers take turns: its id, its first kept entry and its end."""

    id = IntegerField(primary_key=True)
    chain = CharField()
    first_seq = IntegerField()
    first_hash = CharField(max_length=64)
    last_seq = IntegerField()
    last_hash = CharField(max_length=64)

    class Meta:
        table_name = "audit_chain"


AUDIT_TABLES = (AuditRow, AuditChainRow)
