"""Devices, who is on them, and people from Supabase."""

# ruff: noqa: D101 - the tables are described in `models.py`

from typing import Any

from peewee import BooleanField, CharField, CompositeKey, IntegerField, Model, TextField


class DeviceRow(Model):
    id = CharField(primary_key=True)
    name = CharField(max_length=255, unique=True)
    host = TextField()
    port = IntegerField()
    https = BooleanField()
    username = TextField()
    status = CharField()
    source = CharField()
    site = TextField(null=True)
    source_id = CharField(null=True)
    connection = CharField(null=True)
    fingerprint = CharField()
    has_password = BooleanField()
    pinned = TextField()
    facts = TextField()
    missing_since = CharField(null=True)
    created_at = CharField()
    updated_at = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "device"
        indexes = ((("connection", "source_id"), True),)


class PlacementRow(Model):
    device_id = CharField()
    subject = CharField()
    number = CharField()
    state = CharField()
    name = TextField()
    person_digest = CharField()
    face_digest = CharField()
    refused_face = CharField()
    message = TextField()
    run_id = CharField()
    sent_at = CharField(null=True)
    checked_at = CharField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "placement"
        primary_key = CompositeKey("device_id", "subject")
        indexes = ((("subject",), False),)


class CooldownRow(Model):
    account = CharField(primary_key=True)
    until = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "cooldown"


TABLES = [DeviceRow, PlacementRow, CooldownRow]


EMPLOYEE_COLUMNS = {
    "supabase_id": CharField(null=True),
    "supabase_connection": CharField(null=True),
    "supabase_missing_since": CharField(null=True),
    "photo_address": TextField(null=True),
    "photo_digest": CharField(null=True),
}


def up(migrator: Any, db: Any) -> None:
    """Create the tables, and the columns that employees and outcomes gained."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
    migrator.migrate(
        *(migrator.add_column("employee", name, field) for name, field in EMPLOYEE_COLUMNS.items()),
        migrator.add_index("employee", ("supabase_connection", "supabase_id"), True),
    )
    for name in ("asked", "answered"):  # playhouse would rebuild the whole table for a column that is never null
        db.execute_sql(f"ALTER TABLE outcome ADD COLUMN {name} TEXT NOT NULL DEFAULT ''")
