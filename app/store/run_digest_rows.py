"""The table of what a run is found by: written once, when the run is over, so that nobody goes through its outcomes."""

from __future__ import annotations

from peewee import CharField, IntegerField, TextField

from app.store.base import BaseModel


class RunDigestRow(BaseModel):
    """Whom and what a run was about.

    `troubled` counts the outcomes that need a look, `statuses` all by status (JSON); `words` are the names of whom it
    changed something for, where, and what went wrong, each once, in lower case.
    """

    run_id = CharField(primary_key=True)
    troubled = IntegerField(index=True)
    statuses = CharField(max_length=500)
    words = TextField()

    class Meta:
        table_name = "run_digest"


HISTORY_TABLES = (RunDigestRow,)
