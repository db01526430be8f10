"""The table of schedules (connections.md §11)."""

from __future__ import annotations

from peewee import BooleanField, CharField, IntegerField, TextField

from app.store.base import BaseModel


class ScheduleRow(BaseModel):
    """An operation that runs by itself; `connection` is a connection's id or empty, `timing` says when, as JSON."""

    id = CharField(primary_key=True)
    name = CharField(max_length=255, unique=True)
    operation = CharField()
    connection = CharField(index=True)
    params = TextField()
    timing = TextField()
    paused = BooleanField()
    pause_reason = TextField()
    due_at = CharField(null=True)
    planned_at = CharField(null=True)
    last_run_id = CharField()
    last_state = CharField()
    last_started_at = CharField(null=True)
    skip_reason = TextField()
    failures = IntegerField()
    failing_since = CharField(null=True)
    created_at = CharField()
    updated_at = CharField()

    class Meta:
        table_name = "schedule"


SCHEDULE_TABLES = (ScheduleRow,)
