"""The tables of contact centres (contact-center.md §9), each with the key of §8, which nothing is stored twice under.

Moments are whole milliseconds since 1970 in UTC, unlike elsewhere in the store: intervals are clipped, added up and
sorted into slices by the database itself, on SQLite and PostgreSQL alike, and millions of them lie in half the space.
Keys begin with the connection and the moment, so that one index serves both a period and the check for doubles.
`batch_id` is the run that stored a row, `extra` what its source said beyond the columns, as JSON.
"""

from __future__ import annotations

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DoubleField,
    IntegerField,
    TextField,
)

from app.store.base import BaseModel


class GroupIntervalRow(BaseModel):
    """Contacts of a group in one interval (§5.2); a time that nothing was handled in is null, not 0."""

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
        table_name = "group_interval_metrics"
        indexes = ((("connection", "start_ms", "group_id", "service_id", "step_ms"), True),)


class AgentStatusRow(BaseModel):
    """A stretch of time in one status (§5.3); one that belongs to no group comes under each of the agent's groups."""

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
        table_name = "agent_status_history"
        indexes = ((("connection", "start_ms", "agent_id", "state_code", "group_id"), True),)


class AgentLoginRow(BaseModel):
    """A time signed in (§5.4); without an end the agent is still in."""

    id = AutoField()
    connection = CharField()
    start_ms = BigIntegerField()
    agent_id = CharField()
    end_ms = BigIntegerField(null=True)
    duration_ms = BigIntegerField(null=True)
    batch_id = CharField()
    extra = TextField(null=True)

    class Meta:
        table_name = "agent_login_history"
        indexes = ((("connection", "start_ms", "agent_id"), True),)


class AgentCallRow(BaseModel):
    """A handled contact (§5.5); contacts may overlap, and `ordinal` tells equal ones apart."""

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
        table_name = "agent_calls"
        indexes = ((("connection", "start_ms", "agent_id", "group_id", "end_ms", "ordinal"), True),)


class AgentChatDayRow(BaseModel):
    """Time with at least one chat on a day of the connection's zone (§5.6), as `2026-03-05`."""

    id = AutoField()
    connection = CharField()
    day = CharField()
    agent_id = CharField()
    work_ms = BigIntegerField()
    batch_id = CharField()
    extra = TextField(null=True)

    class Meta:
        table_name = "agent_chats_work_time"
        indexes = ((("connection", "day", "agent_id"), True),)


class QueueMetricsRow(BaseModel):
    """The numbers of a queue at one moment (§5.9), as imported."""

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
        table_name = "queue_metrics"
        indexes = ((("connection", "taken_ms", "group_id"), True),)


class AgentNowRow(BaseModel):
    """The status of an agent now, or with `left_ms` the last one known (§5.7)."""

    connection = CharField()
    agent_id = CharField()
    state_code = CharField()
    state_name = CharField()
    since_ms = BigIntegerField()
    seen_ms = BigIntegerField()
    left_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "agent_current_status"
        primary_key = CompositeKey("connection", "agent_id")


class GroupNowRow(BaseModel):
    """The load of a group now; totals are since the start of the day (§5.8)."""

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
        table_name = "group_online_metrics"
        primary_key = CompositeKey("connection", "group_id")


class ServiceRow(BaseModel):
    """A service of the contact centre (§5.1)."""

    connection = CharField()
    service_id = CharField()
    name = TextField()
    active = BooleanField()

    class Meta:
        table_name = "cc_service"
        primary_key = CompositeKey("connection", "service_id")


class GroupRow(BaseModel):
    """A group of a service; `channels` is a list of texts."""

    connection = CharField()
    service_id = CharField()
    group_id = CharField()
    name = TextField()
    active = BooleanField()
    channels = TextField()

    class Meta:
        table_name = "cc_group"
        primary_key = CompositeKey("connection", "service_id", "group_id")


class AgentRow(BaseModel):
    """An account of the contact centre, and the person it is linked to; `by_hand` that a person said so."""

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
        table_name = "cc_agent"
        primary_key = CompositeKey("connection", "agent_id")


class StatusMeaningRow(BaseModel):
    """What a status means here, as a person decided (§5.3)."""

    connection = CharField()
    state_code = CharField()
    state_name = TextField()
    meaning = CharField()
    counts_as_worked = BooleanField()

    class Meta:
        table_name = "status_dictionary"
        primary_key = CompositeKey("connection", "state_code")


class LiveThresholdRow(BaseModel):
    """A limit on a number of a group, blank for all groups (§5.9); without a bound there is no alarm for it."""

    connection = CharField()
    group_id = CharField()
    metric = CharField()
    bound = DoubleField(null=True)

    class Meta:
        table_name = "cc_threshold"
        primary_key = CompositeKey("connection", "group_id", "metric")


CONTACT_CENTER_TABLES = (
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
    LiveThresholdRow,
)
