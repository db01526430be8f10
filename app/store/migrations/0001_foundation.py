"""First schema: connections, directory, runs with outcomes, journal and leases.

A frozen copy of the tables as they were; later changes to the models do not touch it.
"""

# ruff: noqa: D101 - the tables are described in `models.py`

from peewee import (
    AutoField,
    BooleanField,
    CharField,
    CompositeKey,
    Database,
    DoubleField,
    IntegerField,
    Model,
    TextField,
)


class ConnectionRow(Model):
    id = CharField(primary_key=True)
    name = CharField(max_length=255, unique=True)
    kind = CharField()
    status = CharField()
    settings = TextField()
    secrets = TextField()
    last_sync = CharField(null=True)
    last_error = TextField(null=True)
    last_test_at = CharField(null=True)
    last_test_ok = BooleanField(null=True)
    last_test = TextField(null=True)
    created_at = CharField()
    updated_at = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "connection"


class OfficeRow(Model):
    id = CharField(primary_key=True)
    name = TextField()
    vitec_department_id = IntegerField(null=True)
    legal_name = TextField(null=True)
    organization_number = TextField(null=True)
    short_code = CharField(null=True)
    email = TextField(null=True)
    phone = TextField(null=True)
    street_address = TextField(null=True)
    postal_code = TextField(null=True)
    city = TextField(null=True)
    is_active = BooleanField()
    description = TextField(null=True)
    department_number = TextField(null=True)
    connection = CharField(null=True)
    pinned = TextField()
    missing_since = CharField(null=True)
    created_at = CharField()
    updated_at = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "office"
        indexes = ((("connection", "vitec_department_id"), True),)


class EmployeeRow(Model):
    id = CharField(primary_key=True)
    first_name = TextField()
    last_name = TextField()
    vitec_employee_id = CharField(null=True)
    office_id = CharField(null=True)
    also_at = TextField()
    email = TextField(null=True)
    title = TextField(null=True)
    phone = TextField(null=True)
    system_roles = TextField()
    status = CharField()
    description = TextField(null=True)
    employee_no = CharField(null=True)
    photo = CharField(null=True)
    photo_checked_at = CharField(null=True)
    connection = CharField(null=True)
    pinned = TextField()
    missing_since = CharField(null=True)
    created_at = CharField()
    updated_at = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "employee"
        indexes = ((("connection", "vitec_employee_id"), True),)


class RunRow(Model):
    run_id = CharField(primary_key=True)
    operation = CharField()
    connection = CharField()
    state = CharField(index=True)
    actor = TextField()
    started_at = CharField(index=True)
    duration_ms = IntegerField()
    params = TextField()
    summary = TextField()
    reasons = TextField()
    warnings = TextField()
    result = TextField(null=True)
    first_fatal = TextField(null=True)
    error = TextField(null=True)
    host = CharField()
    process = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "run"


class OutcomeRow(Model):
    run_id = CharField()
    seq = IntegerField()
    subject = TextField()
    subject_id = CharField(index=True)
    target = TextField()
    target_id = CharField()
    status = CharField()
    step = CharField()
    message = TextField()
    action = CharField()
    remedy = TextField()
    changes = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "outcome"
        primary_key = CompositeKey("run_id", "seq")


class OutcomePackRow(Model):
    run_id = CharField()
    first_seq = IntegerField()
    outcomes = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "outcome_pack"
        primary_key = CompositeKey("run_id", "first_seq")


class JournalRow(Model):
    id = AutoField()
    run_id = CharField()
    key = CharField()
    begun_at = CharField()
    confirmed_at = CharField(null=True)
    receipt = TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "journal"
        indexes = ((("run_id", "key"), True),)


class LeaseRow(Model):
    target = CharField(primary_key=True)
    run_id = CharField()
    operation = CharField()
    actor = TextField()
    host = CharField()
    process = CharField()
    beat_at = DoubleField()

    class Meta:
        legacy_table_names = False
        table_name = "lease"


class ListingRow(Model):
    connection = CharField()
    phase = CharField()
    digest = CharField()
    receipt = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "listing"
        primary_key = CompositeKey("connection", "phase")


TABLES = [ConnectionRow, OfficeRow, EmployeeRow, RunRow, OutcomeRow, OutcomePackRow, JournalRow, LeaseRow, ListingRow]


def up(_migrator: object, db: Database) -> None:
    """Create the tables."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
