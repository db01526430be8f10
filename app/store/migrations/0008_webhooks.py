"""Webhooks: endpoints, events, deliveries with every try, the inbox."""

# ruff: noqa: D101 - the tables are described in `webhook_rows.py`

from typing import Any

from peewee import BigIntegerField, BooleanField, CharField, CompositeKey, DoubleField, IntegerField, Model, TextField


class WebhookEndpointRow(Model):
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
        legacy_table_names = False
        table_name = "webhook_endpoint"
        indexes = ((("is_active",), False),)


class WebhookEventRow(Model):
    event_id = CharField(primary_key=True)
    event_type = CharField()
    occurred_at = BigIntegerField()
    payload = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "webhook_event"
        indexes = ((("event_type", "occurred_at"), False), (("occurred_at",), False))


class WebhookDeliveryRow(Model):
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
        legacy_table_names = False
        table_name = "webhook_delivery"
        indexes = (
            (("event_id", "webhook_id"), True),
            (("webhook_id", "status", "due_at"), False),
            (("webhook_id", "created_at"), False),
            (("status", "due_at"), False),
            (("created_at",), False),
        )


class WebhookAttemptRow(Model):
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
        legacy_table_names = False
        table_name = "webhook_attempt"
        primary_key = CompositeKey("delivery_id", "attempt_number")
        indexes = ((("started_at",), False),)


class WebhookDayRow(Model):
    webhook_id = CharField()
    day = CharField()
    event_type = CharField()
    status = CharField()
    deliveries = IntegerField()
    attempts = IntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "webhook_day"
        primary_key = CompositeKey("webhook_id", "day", "event_type", "status")


class WebhookStatusRow(Model):
    connection = CharField()
    agent_id = CharField()
    status = TextField()
    at_ms = BigIntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "webhook_status"
        primary_key = CompositeKey("connection", "agent_id", "at_ms")


class WebhookInboxRow(Model):
    port = IntegerField(primary_key=True)
    host = CharField()
    process = CharField()

    class Meta:
        legacy_table_names = False
        table_name = "webhook_inbox"


TABLES = [
    WebhookEndpointRow,
    WebhookEventRow,
    WebhookDeliveryRow,
    WebhookAttemptRow,
    WebhookDayRow,
    WebhookStatusRow,
    WebhookInboxRow,
]


def up(_migrator: Any, db: Any) -> None:
    """Create the tables."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
