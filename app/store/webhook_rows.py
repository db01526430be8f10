"""The tables of webhooks (webhooks.md §2). Moments are milliseconds since 1970: deliveries are sorted by them."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CharField, CompositeKey, DoubleField, IntegerField, TextField

from app.store.base import BaseModel


class WebhookEndpointRow(BaseModel):
    """A receiver; its secrets are in the vault, here only the names of those that are set."""

    id = CharField(primary_key=True)
    name = CharField(unique=True)
    url = TextField()
    event_types = TextField()
    method = CharField()
    headers = TextField()
    secrets = TextField()
    previous_secret_until = BigIntegerField(null=True)
    sign_in = TextField()
    timeout_seconds = DoubleField()
    retry_attempts = IntegerField()
    retry_delay_seconds = DoubleField()
    retry_profile = CharField()
    payload_format = CharField()
    allow_internal = BooleanField()
    insecure = BooleanField()
    compatible_signature = BooleanField()
    is_active = BooleanField()
    disabled_reason = CharField()
    deactivated_at = BigIntegerField(null=True)
    last_triggered = BigIntegerField(null=True)
    last_success = BigIntegerField(null=True)
    last_failure = BigIntegerField(null=True)
    last_code = CharField()
    last_http_status = IntegerField(null=True)
    success_count = BigIntegerField()
    failure_count = BigIntegerField()
    consecutive_failures = IntegerField()
    first_failure_at = BigIntegerField(null=True)
    throttled_until = BigIntegerField(null=True)
    created_by = TextField()
    created_at = BigIntegerField()
    updated_at = BigIntegerField()

    class Meta:
        table_name = "webhook_endpoint"
        indexes = ((("is_active",), False),)


class WebhookEventRow(BaseModel):
    """Something that happened, whoever was told of it."""

    event_id = CharField(primary_key=True)
    event_type = CharField()
    occurred_at = BigIntegerField()
    payload = TextField()

    class Meta:
        table_name = "webhook_event"
        indexes = ((("event_type", "occurred_at"), False), (("occurred_at",), False))


class WebhookDeliveryRow(BaseModel):
    """One event for one endpoint. `due_at` is the next try; `touched_at` tells of a clock that was moved back.

    `manual` is the trigger of a try by hand; where that fails, status and due time go back to `back_to`, `back_due`.
    """

    id = CharField(primary_key=True)
    webhook_id = CharField()
    event_id = CharField()
    event_type = CharField()
    body = TextField(null=True)
    status = CharField()
    created_at = BigIntegerField()
    due_at = BigIntegerField(null=True)
    touched_at = BigIntegerField()
    delivered_at = BigIntegerField(null=True)
    tries = IntegerField()
    attempts = IntegerField()
    http_status = IntegerField(null=True)
    response_body = TextField()
    error_code = CharField()
    error_message = TextField()
    is_test = BooleanField()
    manual = CharField()
    back_to = CharField()
    back_due = BigIntegerField(null=True)
    claimed_by = CharField()
    claimed_until = DoubleField()

    class Meta:
        table_name = "webhook_delivery"
        indexes = (
            (("event_id", "webhook_id"), True),
            (("webhook_id", "status", "due_at"), False),
            (("webhook_id", "created_at"), False),
            (("status", "due_at"), False),
            (("created_at",), False),
        )


class WebhookAttemptRow(BaseModel):
    """One try of a delivery."""

    delivery_id = CharField()
    attempt_number = IntegerField()
    cause = CharField()
    started_at = BigIntegerField()
    duration_ms = IntegerField()
    url = TextField()
    request_headers = TextField()
    http_status = IntegerField(null=True)
    response_headers = TextField()
    response_body = TextField()
    error_code = CharField()
    error_message = TextField()

    class Meta:
        table_name = "webhook_attempt"
        primary_key = CompositeKey("delivery_id", "attempt_number")
        indexes = ((("started_at",), False),)


class WebhookDayRow(BaseModel):
    """What became of an endpoint's deliveries of one day, once they themselves are forgotten."""

    webhook_id = CharField()
    day = CharField()
    event_type = CharField()
    status = CharField()
    deliveries = IntegerField()
    attempts = IntegerField()

    class Meta:
        table_name = "webhook_day"
        primary_key = CompositeKey("webhook_id", "day", "event_type", "status")


class WebhookStatusRow(BaseModel):
    """A status of an agent that endpoints are told of with the next message about statuses."""

    connection = CharField()
    agent_id = CharField()
    status = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "webhook_status"
        primary_key = CompositeKey("connection", "agent_id", "at_ms")


class WebhookInboxRow(BaseModel):
    """The built-in inbox that is open now: the one receiver on this computer itself that may be sent to."""

    port = IntegerField(primary_key=True)
    host = CharField()
    process = CharField()

    class Meta:
        table_name = "webhook_inbox"


WEBHOOK_TABLES = (
    WebhookEndpointRow,
    WebhookEventRow,
    WebhookDeliveryRow,
    WebhookAttemptRow,
    WebhookDayRow,
    WebhookStatusRow,
    WebhookInboxRow,
)
