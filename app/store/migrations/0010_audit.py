"""The audit trail, how many records of a run need a look, and the indexes that Activity finds runs by."""

# ruff: noqa: D101 - the tables are described in `audit_rows.py`

from typing import Any

from peewee import CharField, IntegerField, Model, TextField

from app.domain.audit import NOTHING_BEFORE
from app.domain.ids import new_id


class AuditRow(Model):
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
        legacy_table_names = False
        table_name = "audit_entry"


class AuditChainRow(Model):
    id = IntegerField(primary_key=True)
    chain = CharField()
    first_seq = IntegerField()
    first_hash = CharField(max_length=64)
    last_seq = IntegerField()
    last_hash = CharField(max_length=64)

    class Meta:
        legacy_table_names = False
        table_name = "audit_chain"


TABLES = [AuditRow, AuditChainRow]


def up(_migrator: Any, db: Any) -> None:
    """Create the tables and the one row of the chain."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
        AuditChainRow.insert(
            id=1, chain=new_id(), first_seq=1, first_hash=NOTHING_BEFORE, last_seq=0, last_hash=NOTHING_BEFORE
        ).execute()
