"""The table of what went over the line in a run: one row per run, written once, when it is over (connections.md §8)."""

from __future__ import annotations

from peewee import CharField, IntegerField, TextField

from app.store.base import BaseModel


class RunAttemptsRow(BaseModel):
    """The newest attempts of a run (JSON), of `total` that there were."""

    run_id = CharField(primary_key=True)
    total = IntegerField()
    attempts = TextField()

    class Meta:
        table_name = "run_attempts"


ATTEMPT_TABLES = (RunAttemptsRow,)
