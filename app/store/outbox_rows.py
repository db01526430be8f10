"""The tables of status updates that wait to be sent (contact-center.md §6)."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, CharField, CompositeKey, IntegerField, TextField

from app.store.base import BaseModel


class StatusOutboxRow(BaseModel):
    """A message that was not sent yet; `id` is the order, `action_time` is in seconds, `queued_ms` when it came."""

    id = AutoField()
    connection = CharField()
    agent_id = CharField()
    state_code = CharField()
    state_name = TextField()
    action_time = BigIntegerField()
    action = IntegerField()
    queued_ms = BigIntegerField()

    class Meta:
        table_name = "status_outbox"
        indexes = ((("connection", "id"), False),)


class StatusToldRow(BaseModel):
    """The status of an agent as the receiver was told it last; without a code, that the agent left it."""

    connection = CharField()
    agent_id = CharField()
    state_code = CharField()
    state_name = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "status_told"
        primary_key = CompositeKey("connection", "agent_id")


class StatusTallyRow(BaseModel):
    """What became of a connection's messages: taken, refused by the receiver, too late to be sent."""

    connection = CharField(primary_key=True)
    taken = BigIntegerField()
    refused = BigIntegerField()
    late = BigIntegerField()

    class Meta:
        table_name = "status_tally"


OUTBOX_TABLES = (StatusOutboxRow, StatusToldRow, StatusTallyRow)
