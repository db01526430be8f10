"""What 1C said of people, norms and timesheets, what is planned, and what was sent to it."""

# ruff: noqa: D101 - the tables are described in `onec_rows.py`

from typing import Any

from peewee import BooleanField, CharField, CompositeKey, IntegerField, Model, TextField


class OneCPersonRow(Model):
    connection = CharField()
    external_id = TextField()
    employee_id = CharField(null=True)
    linked_by = CharField()
    personnel_number = TextField()
    last_name = TextField()
    first_name = TextField()
    middle_name = TextField()
    hire_date = CharField(null=True)
    termination_date = CharField(null=True)
    position_external_id = TextField(null=True)
    position = TextField()
    position_change_date = CharField(null=True)
    department_external_id = TextField(null=True)
    department_missing = BooleanField()
    employment_rate = CharField(null=True)
    login = TextField()
    weekly_norm_hours = CharField(null=True)
    norm_change_date = CharField(null=True)
    extra_1 = TextField()
    other_system_id = TextField()
    site = TextField()
    vacation = TextField()
    absent_since = CharField(null=True)
    norms = TextField()
    updated_at = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "onec_person"
        primary_key = CompositeKey("connection", "external_id")


class OneCDepartmentRow(Model):
    connection = CharField()
    external_id = TextField()
    name = TextField()
    parent_external_id = TextField(null=True)
    absent_since = CharField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "onec_department"
        primary_key = CompositeKey("connection", "external_id")


class OneCNormRow(Model):
    connection = CharField()
    external_id = TextField()
    mode = CharField()
    first = CharField()
    last = CharField()
    hours = CharField()
    expected = CharField(null=True)
    fetched_at = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "onec_norm"
        primary_key = CompositeKey("connection", "external_id", "mode", "first", "last")


class OneCTimesheetRow(Model):
    connection = CharField()
    external_id = TextField()
    first = CharField()
    last = CharField()
    half1_days = CharField(null=True)
    half1_hours = CharField(null=True)
    half2_days = CharField(null=True)
    half2_hours = CharField(null=True)
    absences = TextField()
    fetched_at = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "onec_timesheet"
        primary_key = CompositeKey("connection", "external_id", "first", "last")


class OneCDayRow(Model):
    connection = CharField()
    external_id = TextField()
    day = CharField()
    place = IntegerField()
    code = TextField()
    hours = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "onec_day"
        primary_key = CompositeKey("connection", "external_id", "day", "place")


class OneCShiftRow(Model):
    connection = CharField()
    external_id = TextField()
    start = CharField()
    end = CharField()
    day = CharField(index=True)
    zone = CharField()
    breaks = TextField()
    source = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "onec_shift"
        primary_key = CompositeKey("connection", "external_id", "start")


class OneCReceiptRow(Model):
    connection = CharField()
    external_id = TextField()
    first = CharField()
    last = CharField()
    digest = CharField()
    shifts = TextField()
    status = CharField()
    answer = TextField()
    run_id = CharField()
    sent_at = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "onec_receipt"
        primary_key = CompositeKey("connection", "external_id", "first", "last")


class OneCFactRow(Model):
    connection = CharField()
    external_id = TextField()
    day = CharField()
    shift_start = CharField()
    initiator_name = TextField()
    slices = TextField()
    status = CharField()
    document = TextField(null=True)
    answer = TextField()
    run_id = CharField()
    sent_at = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "onec_fact"
        primary_key = CompositeKey("connection", "external_id", "day")


TABLES = [
    OneCPersonRow,
    OneCDepartmentRow,
    OneCNormRow,
    OneCTimesheetRow,
    OneCDayRow,
    OneCShiftRow,
    OneCReceiptRow,
    OneCFactRow,
]


def up(_migrator: Any, db: Any) -> None:
    """Create the tables."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
