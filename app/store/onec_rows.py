"""The tables of 1C (onec-zup.md §5, §8): people, departments, norms, timesheets, plans, and what was sent.

Days are ISO text, decimal numbers text as they came. Rows of a person are found by connection and 1C's id, so that what
was fetched or sent is kept of people too whom no sync brought yet.
"""

from __future__ import annotations

from peewee import BooleanField, CharField, CompositeKey, IntegerField, TextField

from app.store.base import BaseModel


class OneCPersonRow(BaseModel):
    """Somebody of 1C (§5.1), the employee they are, since when full lists lack them, and their weekly norms so far."""

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
        table_name = "onec_person"
        primary_key = CompositeKey("connection", "external_id")


class OneCDepartmentRow(BaseModel):
    """A department and its parent (§5.1)."""

    connection = CharField()
    external_id = TextField()
    name = TextField()
    parent_external_id = TextField(null=True)
    absent_since = CharField(null=True)

    class Meta:
        table_name = "onec_department"
        primary_key = CompositeKey("connection", "external_id")


class OneCNormRow(BaseModel):
    """The norm of one person in one month, quarter or year, and what the formula gives (§5.2)."""

    connection = CharField()
    external_id = TextField()
    mode = CharField()
    first = CharField()
    last = CharField()
    hours = CharField()
    expected = CharField(null=True)
    fetched_at = CharField()

    class Meta:
        table_name = "onec_norm"
        primary_key = CompositeKey("connection", "external_id", "mode", "first", "last")


class OneCTimesheetRow(BaseModel):
    """One person in one period of a timesheet: halves and absences by reason (§5.4)."""

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
        table_name = "onec_timesheet"
        primary_key = CompositeKey("connection", "external_id", "first", "last")


class OneCDayRow(BaseModel):
    """One code of one day of a timesheet; a day may have several (§5.4)."""

    connection = CharField()
    external_id = TextField()
    day = CharField()
    place = IntegerField()
    code = TextField()
    hours = CharField()

    class Meta:
        table_name = "onec_day"
        primary_key = CompositeKey("connection", "external_id", "day", "place")


class OneCShiftRow(BaseModel):
    """A planned shift: wall times with their offset, the zone they were meant in, unpaid breaks (§5.3)."""

    connection = CharField()
    external_id = TextField()
    start = CharField()
    end = CharField()
    day = CharField(index=True)
    zone = CharField()
    breaks = TextField()
    source = CharField()

    class Meta:
        table_name = "onec_shift"
        primary_key = CompositeKey("connection", "external_id", "start")


class OneCReceiptRow(BaseModel):
    """What was sent of one person's schedule in one period, and what 1C answered (§5.3)."""

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
        table_name = "onec_receipt"
        primary_key = CompositeKey("connection", "external_id", "first", "last")


class OneCFactRow(BaseModel):
    """Worked time of one shift that was sent, of which 1C makes documents: never sent twice unasked (§5.5)."""

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
        table_name = "onec_fact"
        primary_key = CompositeKey("connection", "external_id", "day")


class OneCWorkedRow(BaseModel):
    """Worked time of one shift that is kept here until it is sent (§5.5); it ends as it begins for nobody there."""

    connection = CharField()
    external_id = TextField()
    day = CharField()
    start = CharField()
    end = CharField()
    zone = CharField()
    breaks = TextField()
    source = CharField()

    class Meta:
        table_name = "onec_worked"
        primary_key = CompositeKey("connection", "external_id", "day")


ONEC_TABLES = (
    OneCPersonRow,
    OneCDepartmentRow,
    OneCNormRow,
    OneCTimesheetRow,
    OneCDayRow,
    OneCShiftRow,
    OneCReceiptRow,
    OneCFactRow,
    OneCWorkedRow,
)
