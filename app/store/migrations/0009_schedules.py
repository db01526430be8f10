"""Operations that run by themselves, why a run began, and the name of the organisation whose data this is."""

# ruff: noqa: D101 - the tables are described in `schedule_rows.py` and `organization_rows.py`

from typing import Any

from peewee import BooleanField, CharField, IntegerField, Model, TextField


class ScheduleRow(Model):
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
        legacy_table_names = False
        table_name = "schedule"


class OrganizationRow(Model):
    key = CharField(primary_key=True)
    name = CharField(max_length=255)

    class Meta:
        legacy_table_names = False
        table_name = "organization"


TABLES = [ScheduleRow, OrganizationRow]


def up(_migrator: Any, db: Any) -> None:
    """Create the tables, and the column that runs gained."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
    # playhouse would rebuild the whole table for a column that is never null
    db.execute_sql("ALTER TABLE run ADD COLUMN \"trigger\" VARCHAR(255) NOT NULL DEFAULT 'manual'")
