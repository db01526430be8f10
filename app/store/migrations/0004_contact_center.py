"""Status updates that wait to be sent to contact centres, what was told last, and what became of them."""

# ruff: noqa: D101 - the tables are described in `outbox_rows.py`

from typing import Any

from peewee import AutoField, BigIntegerField, CharField, CompositeKey, IntegerField, Model, TextField


class StatusOutboxRow(Model):
    id = AutoField()
    connection = CharField()
    agent_id = CharField()
    state_code = CharField()
    state_name = TextField()
    action_time = BigIntegerField()
    action = IntegerField()
    queued_ms = BigIntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "status_outbox"
        indexes = ((("connection", "id"), False),)


class StatusToldRow(Model):
    connection = CharField()
    agent_id = CharField()
    state_code = CharField()
    state_name = TextField()
    at_ms = BigIntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "status_told"
        primary_key = CompositeKey("connection", "agent_id")


class StatusTallyRow(Model):
    connection = CharField(primary_key=True)
    taken = BigIntegerField()
    refused = BigIntegerField()
    late = BigIntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "status_tally"


TABLES = [StatusOutboxRow, StatusToldRow, StatusTallyRow]


def up(_migrator: Any, db: Any) -> None:
    """Create the tables."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
