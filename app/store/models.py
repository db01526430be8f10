"""The tables as peewee models. A change here comes with a numbered migration in the same commit.

Portable to PostgreSQL: times are ISO text in UTC (`2026-01-20T12:00:00.000000+00:00`, sorts by time), structures are
JSON text, keys are text.
"""

from __future__ import annotations

from peewee import (
    AutoField,
    BooleanField,
    CharField,
    CompositeKey,
    DoubleField,
    IntegerField,
    TextField,
)

from app.store.base import BaseModel


class ConnectionRow(BaseModel):
    """A configured remote system; secrets are in the vault, here only the names of those that are set."""

    id = CharField(primary_key=True)
    name = CharField(max_length=255, unique=True)
    kind = CharField()
    status = CharField()
    settings = TextField()
    secrets = TextField()
    last_sync = CharField(null=True)
    last_error = TextField(null=True)
    last_error_kind = CharField(null=True)
    last_test_at = CharField(null=True)
    last_test_ok = BooleanField(null=True)
    last_test = TextField(null=True)
    detailed_since = CharField(null=True)
    created_at = CharField()
    updated_at = CharField()

    class Meta:
        table_name = "connection"


class OfficeRow(BaseModel):
    """An office (vitec-hub.md §7.2)."""

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
        table_name = "office"
        indexes = ((("connection", "vitec_department_id"), True),)


class EmployeeRow(BaseModel):
    """A person (vitec-hub.md §8.2)."""

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
    supabase_id = CharField(null=True)
    supabase_connection = CharField(null=True)
    supabase_missing_since = CharField(null=True)
    photo_address = TextField(null=True)
    photo_digest = CharField(null=True)
    number_shared_with = TextField(null=True)
    created_at = CharField()
    updated_at = CharField()

    class Meta:
        table_name = "employee"
        indexes = ((("connection", "vitec_employee_id"), True), (("supabase_connection", "supabase_id"), True))


class DeviceRow(BaseModel):
    """A face terminal; `facts` is what it said of itself."""

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
        table_name = "device"
        indexes = ((("connection", "source_id"), True),)


class PlacementRow(BaseModel):
    """What is known of one person at one device; `subject` is the employee's id, or `#` and the number of an extra."""

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
        table_name = "placement"
        primary_key = CompositeKey("device_id", "subject")
        indexes = ((("subject",), False),)


class CooldownRow(BaseModel):
    """Until when a device's account is left alone after a refused sign-in (hikvision-isapi.md §3.3)."""

    account = CharField(primary_key=True)
    until = CharField()

    class Meta:
        table_name = "cooldown"


class CustomerRow(BaseModel):
    """A customer (cetec-mysql.md §2.3), and what is known of its backup database."""

    key = CharField(primary_key=True)
    id = CharField()
    connection = CharField(index=True)
    name = TextField()
    domain = TextField(null=True)
    ok_to_bill = BooleanField()
    priority_support = CharField(null=True)
    resident_hosting = BooleanField()
    test_environment = TextField(null=True)
    itar_hosting = BooleanField()
    itar_text = TextField()
    num_prod_users = DoubleField()
    num_full_users = DoubleField()
    external_key = TextField(null=True)
    status = CharField()
    database_status = CharField(null=True)
    database_detail = TextField()
    checked_at = CharField(null=True)
    good_status = CharField(null=True)
    good_at = CharField(null=True)
    missing_since = CharField(null=True)
    created_at = CharField()
    updated_at = CharField()

    class Meta:
        table_name = "customer"


class PullRow(BaseModel):
    """A backup that was pulled, as a person or an old file said (cetec-mysql.md §7)."""

    id = AutoField()
    customer = CharField(index=True)
    pulled_at = CharField()
    user = TextField()
    result = TextField()

    class Meta:
        table_name = "pull"


class RunRow(BaseModel):
    """One execution of an operation."""

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
    trigger = CharField(default="manual")

    class Meta:
        table_name = "run"


class OutcomeRow(BaseModel):
    """What happened to one subject; `seq` keeps the order within the run."""

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
    asked = TextField(default="")
    answered = TextField(default="")
    code = CharField(default="")

    class Meta:
        table_name = "outcome"
        primary_key = CompositeKey("run_id", "seq")


class OutcomePackRow(BaseModel):
    """The outcomes of records that did not change, packed: one row for a whole phase keeps repeated syncs small."""

    run_id = CharField()
    first_seq = IntegerField()
    outcomes = TextField()

    class Meta:
        table_name = "outcome_pack"
        primary_key = CompositeKey("run_id", "first_seq")


class JournalRow(BaseModel):
    """An intent, written before a step or phase, and whether it was confirmed; what resume goes by."""

    id = AutoField()
    run_id = CharField()
    key = CharField()
    begun_at = CharField()
    confirmed_at = CharField(null=True)
    receipt = TextField(null=True)

    class Meta:
        table_name = "journal"
        indexes = ((("run_id", "key"), True),)


class LeaseRow(BaseModel):
    """Who works on a target now: one run per target across windows, command lines and computers."""

    target = CharField(primary_key=True)
    run_id = CharField()
    operation = CharField()
    actor = TextField()
    host = CharField()
    process = CharField()
    beat_at = DoubleField()

    class Meta:
        table_name = "lease"


class ListingRow(BaseModel):
    """The list that a source sent last and that was carried out in full, so that the same list is known again."""

    connection = CharField()
    phase = CharField()
    digest = CharField()
    receipt = TextField()

    class Meta:
        table_name = "listing"
        primary_key = CompositeKey("connection", "phase")
