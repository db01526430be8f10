"""What contact centres said: intervals, statuses, logins, contacts, chats, who and what is there now."""

# ruff: noqa: D101 - the tables are described in `contact_center_rows.py`

from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DoubleField,
    IntegerField,
    Model,
    TextField,
)


class GroupIntervalRow(Model):
    id = AutoField()
    connection = CharField()
    start_ms = BigIntegerField()
    group_id = CharField()
    service_id = CharField()
    step_ms = BigIntegerField()
    offered = BigIntegerField()
    handled = BigIntegerField()
    lost = BigIntegerField()
    unique_offered = BigIntegerField(null=True)
    unique_handled = BigIntegerField(null=True)
    unique_lost = BigIntegerField(null=True)
    aht_ms = BigIntegerField(null=True)
    post_ms = BigIntegerField(null=True)
    batch_id = CharField()
    extra = TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "group_interval_metrics"
        indexes = ((("connection", "start_ms", "group_id", "service_id", "step_ms"), True),)


class AgentStatusRow(Model):
    id = AutoField()
    connection = CharField()
    start_ms = BigIntegerField()
    agent_id = CharField()
    state_code = CharField()
    group_id = CharField()
    service_id = CharField()
    end_ms = BigIntegerField()
    state_name = CharField()
    batch_id = CharField()
    extra = TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "agent_status_history"
        indexes = ((("connection", "start_ms", "agent_id", "state_code", "group_id"), True),)


class AgentLoginRow(Model):
    id = AutoField()
    connection = CharField()
    start_ms = BigIntegerField()
    agent_id = CharField()
    end_ms = BigIntegerField(null=True)
    duration_ms = BigIntegerField(null=True)
    batch_id = CharField()
    extra = TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "agent_login_history"
        indexes = ((("connection", "start_ms", "agent_id"), True),)


class AgentCallRow(Model):
    id = AutoField()
    connection = CharField()
    start_ms = BigIntegerField()
    agent_id = CharField()
    group_id = CharField()
    end_ms = BigIntegerField()
    ordinal = IntegerField()
    service_id = CharField()
    duration_ms = BigIntegerField()
    batch_id = CharField()
    extra = TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "agent_calls"
        indexes = ((("connection", "start_ms", "agent_id", "group_id", "end_ms", "ordinal"), True),)


class AgentChatDayRow(Model):
    id = AutoField()
    connection = CharField()
    day = CharField()
    agent_id = CharField()
    work_ms = BigIntegerField()
    batch_id = CharField()
    extra = TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "agent_chats_work_time"
        indexes = ((("connection", "day", "agent_id"), True),)


class QueueMetricsRow(Model):
    id = AutoField()
    connection = CharField()
    taken_ms = BigIntegerField()
    group_id = CharField()
    service_id = CharField()
    waiting = BigIntegerField()
    operators = BigIntegerField()
    in_conversation = BigIntegerField(null=True)
    received = BigIntegerField(null=True)
    answered = BigIntegerField(null=True)
    answered_pct = DoubleField(null=True)
    service_level_pct = DoubleField(null=True)
    wait_ms = BigIntegerField(null=True)
    lost_estimate = BigIntegerField(null=True)
    batch_id = CharField()
    extra = TextField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "queue_metrics"
        indexes = ((("connection", "taken_ms", "group_id"), True),)


class AgentNowRow(Model):
    connection = CharField()
    agent_id = CharField()
    state_code = CharField()
    state_name = CharField()
    since_ms = BigIntegerField()
    seen_ms = BigIntegerField()
    left_ms = BigIntegerField(null=True)

    class Meta:
        legacy_table_names = False
        table_name = "agent_current_status"
        primary_key = CompositeKey("connection", "agent_id")


class GroupNowRow(Model):
    connection = CharField()
    group_id = CharField()
    service_id = CharField()
    waiting = BigIntegerField()
    operators = BigIntegerField()
    received = BigIntegerField(null=True)
    aht_ms = BigIntegerField(null=True)
    answered_pct = DoubleField(null=True)
    wait_ms = BigIntegerField(null=True)
    answered = BigIntegerField(null=True)
    answered_in_time = BigIntegerField(null=True)
    in_conversation = BigIntegerField(null=True)
    seen_ms = BigIntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "group_online_metrics"
        primary_key = CompositeKey("connection", "group_id")


class ServiceRow(Model):
    connection = CharField()
    service_id = CharField()
    name = TextField()
    active = BooleanField()

    class Meta:
        legacy_table_names = False
        table_name = "cc_service"
        primary_key = CompositeKey("connection", "service_id")


class GroupRow(Model):
    connection = CharField()
    service_id = CharField()
    group_id = CharField()
    name = TextField()
    active = BooleanField()
    channels = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "cc_group"
        primary_key = CompositeKey("connection", "service_id", "group_id")


class AgentRow(Model):
    connection = CharField()
    agent_id = CharField()
    name = TextField()
    surname = TextField()
    second_name = TextField()
    number = TextField()
    logins = TextField()
    groups = TextField()
    employee_id = CharField(null=True)
    by_hand = BooleanField()

    class Meta:
        legacy_table_names = False
        table_name = "cc_agent"
        primary_key = CompositeKey("connection", "agent_id")


class StatusMeaningRow(Model):
    connection = CharField()
    state_code = CharField()
    state_name = TextField()
    meaning = CharField()
    counts_as_worked = BooleanField()

    class Meta:
        legacy_table_names = False
        table_name = "status_dictionary"
        primary_key = CompositeKey("connection", "state_code")


TABLES = [
    GroupIntervalRow,
    AgentStatusRow,
    AgentLoginRow,
    AgentCallRow,
    AgentChatDayRow,
    QueueMetricsRow,
    AgentNowRow,
    GroupNowRow,
    ServiceRow,
    GroupRow,
    AgentRow,
    StatusMeaningRow,
]


def up(_migrator: Any, db: Any) -> None:
    """Create the tables."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
