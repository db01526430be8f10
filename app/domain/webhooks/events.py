"""Events that webhooks tell of: the catalogue with a sample of each, and who wants which (webhooks.md §3).

Payloads are thin: ids and counters, no personal data. Every payload of a type has the same keys, those of its sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.domain.ids import new_id
from app.errors import UsageError
from app.i18n import N_, _


class Category(StrEnum):
    """Where an event belongs in the catalogue."""

    INTEGRATION = "integration"
    CONTACT_CENTER = "contact_center"
    ONEC = "1c"
    WEBHOOK = "webhook"
    SYSTEM = "system"
    TEST = "test"


class EventType(StrEnum):
    """Every event there is."""

    CONNECTION_CREATED = "integration.connection.created"
    CONNECTION_UPDATED = "integration.connection.updated"
    CONNECTION_DELETED = "integration.connection.deleted"
    CONNECTION_STATUS = "integration.connection.status_changed"
    SYNC_STARTED = "integration.sync.started"
    SYNC_COMPLETED = "integration.sync.completed"
    SYNC_FAILED = "integration.sync.failed"
    PERSONNEL_SYNCED = "integration.personnel.sync.completed"
    SCHEDULE_SENT = "integration.schedule.sent"
    TIMESHEET_SENT = "integration.timesheet.sent"
    AGENT_STATUS = "contact_center.agent.status.updated"
    QUEUE_METRICS = "contact_center.queue.metrics.updated"
    DATA_IMPORTED = "contact_center.data.imported"
    DATA_EXPORTED = "contact_center.data.exported"
    ONEC_PERSONNEL = "1c.personnel.synced"
    ONEC_SCHEDULE = "1c.schedule.sent"
    ONEC_TIMESHEET = "1c.timesheet.sent"
    ONEC_DEVIATIONS = "1c.deviations.received"
    DELIVERY_FAILED = "webhook.delivery.failed"
    DELIVERY_SUCCESSFUL = "webhook.delivery.successful"
    MAINTENANCE_STARTED = "system.maintenance.started"
    MAINTENANCE_COMPLETED = "system.maintenance.completed"
    TEST = "integration.test"


@dataclass(frozen=True)
class EventSpec:
    """One line of the catalogue. `on_demand` events are so many that they are only kept where somebody wants them."""

    type: EventType
    category: Category
    sent_when: str
    sample: Mapping[str, Any]
    on_demand: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `event_id` is the same for every endpoint that is told.

    `about` is the connection where the payload names none.
    """

    type: EventType
    payload: Mapping[str, Any]
    occurred_at: datetime
    event_id: str
    about: str = ""

    @property
    def source(self) -> str:
        """The id of the connection that it happened at; blank where there is none."""
        return self.about or str(self.payload.get("connection_id") or "")


_CONNECTION = "6f0c1f0e6a534c0f9d0e0c5f3a9b7f11"
_RUN = "019c64a2b1f07d3c8a5de0147f2b9c31"
_WEBHOOK = "0b5e41c27f0d4a86b1c9a3d85e6f2047"
_COUNTERS = {"records_processed": 1500, "records_successful": 1498, "records_failed": 2}
_NAMED = {"connection_id": _CONNECTION, "name": "1C ZUP", "integration_type": "onec", "changed_fields": []}
_RAN = {
    "connection_id": _CONNECTION,
    "sync_id": _RUN,
    "operation": "onec.sync_personnel",
    **_COUNTERS,
    "duration_ms": 4210,
    "error": None,
}
_NOTHING_YET = dict.fromkeys((*_COUNTERS, "duration_ms"), 0)
_OF_ONEC = {"connection_id": _CONNECTION, **_COUNTERS}
_DELIVERED = {
    "webhook_id": _WEBHOOK,
    "delivery_id": "dlv_01J00000000000000000000001",
    "event_type": "integration.sync.completed",
    "http_status": 200,
}
_BULK = {"connection_id": _CONNECTION, "data_type": "status", **_COUNTERS, "batch_id": _RUN}
_STATUS = {"agent_id": "op-17", "status": "Break", "timestamp": "2026-02-16T09:36:07.000Z"}
_T, _C = EventType, Category

CATALOGUE: dict[EventType, EventSpec] = {
    spec.type: spec
    for spec in (
        EventSpec(_T.CONNECTION_CREATED, _C.INTEGRATION, N_("A connection was added."), _NAMED),
        EventSpec(
            _T.CONNECTION_UPDATED, _C.INTEGRATION, N_("A connection was changed; only names of fields are told."),
            {**_NAMED, "changed_fields": ["timeout_seconds"]},
        ),
        EventSpec(_T.CONNECTION_DELETED, _C.INTEGRATION, N_("A connection was removed."), _NAMED),
        EventSpec(
            _T.CONNECTION_STATUS, _C.INTEGRATION,
            N_("A connection began to fail, works again, was paused or resumed, or its circuit breaker moved."),
            {"connection_id": _CONNECTION, "old_status": "active", "new_status": "error", "reason": "unreachable"},
        ),
        EventSpec(_T.SYNC_STARTED, _C.INTEGRATION, N_("A run began."), {**_RAN, **_NOTHING_YET}),
        EventSpec(_T.SYNC_COMPLETED, _C.INTEGRATION, N_("A run finished."), _RAN),
        EventSpec(
            _T.SYNC_FAILED, _C.INTEGRATION, N_("A run was stopped, cancelled or failed."),
            {**_RAN, **_NOTHING_YET, "error": "unreachable"},
        ),
        EventSpec(
            _T.PERSONNEL_SYNCED, _C.INTEGRATION, N_("People of 1C were fetched."), {"sync_id": _RUN, **_OF_ONEC}
        ),
        EventSpec(_T.SCHEDULE_SENT, _C.INTEGRATION, N_("Schedules were sent."), {"sync_id": _RUN, **_OF_ONEC}),
        EventSpec(_T.TIMESHEET_SENT, _C.INTEGRATION, N_("Worked time was sent."), {"sync_id": _RUN, **_OF_ONEC}),
        EventSpec(
            _T.AGENT_STATUS, _C.CONTACT_CENTER,
            N_("Agents changed their status; at most one message a second, with up to 500 changes."),
            {"statuses": [_STATUS]}, on_demand=True,
        ),
        EventSpec(
            _T.QUEUE_METRICS, _C.CONTACT_CENTER, N_("A number of a queue crossed its threshold."),
            {"group_id": "g-sales", "metric": "callNumber", "value": 14, "threshold": 10},
        ),
        EventSpec(_T.DATA_IMPORTED, _C.CONTACT_CENTER, N_("A file was imported."), _BULK),
        EventSpec(_T.DATA_EXPORTED, _C.CONTACT_CENTER, N_("Data were exported to a file."), _BULK),
        EventSpec(_T.ONEC_PERSONNEL, _C.ONEC, N_("People of 1C were fetched."), _OF_ONEC),
        EventSpec(_T.ONEC_SCHEDULE, _C.ONEC, N_("Schedules were sent to 1C."), _OF_ONEC),
        EventSpec(_T.ONEC_TIMESHEET, _C.ONEC, N_("Worked time was sent to 1C."), _OF_ONEC),
        EventSpec(_T.ONEC_DEVIATIONS, _C.ONEC, N_("The timesheet was fetched from 1C."), _OF_ONEC),
        EventSpec(
            _T.DELIVERY_FAILED, _C.WEBHOOK, N_("A delivery was given up; never told of deliveries of this kind."),
            {**_DELIVERED, "http_status": 500}, on_demand=True,
        ),
        EventSpec(
            _T.DELIVERY_SUCCESSFUL, _C.WEBHOOK, N_("A delivery arrived; never told of deliveries of this kind."),
            _DELIVERED, on_demand=True,
        ),
        EventSpec(
            _T.MAINTENANCE_STARTED, _C.SYSTEM, N_("A connection is kept closed by hand."),
            {"scope": f"connection:{_CONNECTION}"},
        ),
        EventSpec(
            _T.MAINTENANCE_COMPLETED, _C.SYSTEM, N_("A connection that was kept closed by hand is open again."),
            {"scope": f"connection:{_CONNECTION}"},
        ),
        EventSpec(
            _T.TEST, _C.TEST, N_("Somebody pressed the test button."),
            {"message": "This is a test from Muster.", "webhook_id": _WEBHOOK}, on_demand=True,
        ),
    )
}  # fmt: skip
OF_DELIVERIES = frozenset({EventType.DELIVERY_FAILED, EventType.DELIVERY_SUCCESSFUL})
_PATTERN = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*(\.\*)?|\*")


def event(kind: EventType, values: Mapping[str, Any], *, at: datetime | None = None, event_id: str = "") -> Event:
    """An event that happened `at` that time, now unless it is said; a key that is not given is told as null.

    Raises `ValueError` for a key that events of its type do not have.
    """
    keys = CATALOGUE[kind].sample
    if unknown := set(values) - set(keys):
        raise ValueError(f"{kind} has no {', '.join(sorted(unknown))}")
    return Event(kind, {key: values.get(key) for key in keys}, at or datetime.now(UTC), event_id or new_id())


def wants(patterns: Iterable[str], kind: str) -> bool:
    """Whether one of the patterns names the event; `integration.*` names all that begin like that, `*` all.

    The test event is only ever sent by hand, whatever somebody subscribed to.
    """
    if kind == EventType.TEST:
        return False
    return any(p == kind or p == "*" or (p.endswith(".*") and kind.startswith(p[:-1])) for p in patterns)


def checked_patterns(given: Iterable[str]) -> tuple[str, ...]:
    """Event types and wildcards without doubles.

    Raises `UsageError` for none, and for one that no event matches.
    """
    patterns = tuple(dict.fromkeys(text.strip() for text in given if text.strip()))
    if not patterns:
        raise UsageError(_("A webhook needs at least one event type."), _("Name some, or take * for all of them."))
    for pattern in patterns:
        if not _PATTERN.fullmatch(pattern) or not any(wants((pattern,), kind) for kind in CATALOGUE):
            raise UsageError(
                _("There is no event type {name}.").format(name=pattern),
                _("See them all with: muster webhooks event-types"),
            )
    return patterns
