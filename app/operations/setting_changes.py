"""What the audit trail says of what a person set up: fields before and after, of secrets their names
(connections.md §3 AuditEntry).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Protocol

from app.domain.audit import AuditKind, AuditNote, changed
from app.domain.connections import Connection
from app.domain.devices import Device
from app.domain.outcomes import Run
from app.redaction import MASK

if TYPE_CHECKING:
    from app.domain.contact_center.alarms import Threshold
    from app.domain.schedules import Schedule
    from app.domain.webhooks.endpoint import WebhookEndpoint
    from app.store.contact_center_now import StatusMeaning

_DEVICE_FIELDS = ("name", "host", "port", "https", "username", "site", "status", "fingerprint", "pinned")
_SCHEDULE_FIELDS = ("name", "operation", "connection", "paused")
_WEBHOOK_FIELDS = (
    "name", "event_types", "method", "timeout_seconds", "retry_attempts", "retry_delay_seconds", "retry_profile",
    "payload_format", "allow_internal", "insecure", "compatible_signature", "is_active", "disabled_reason",
    "previous_secret_until",
)  # fmt: skip


class _Named(Protocol):
    """Whatever a person set up."""

    @property
    def id(self) -> str:
        """Its key."""

    @property
    def name(self) -> str:
        """Its name."""


def connection_notes(
    run: Run,
    before: Connection | None,
    after: Connection | None,
    *,
    given: Iterable[str] = (),
    lost: Iterable[str] = (),
) -> list[AuditNote]:
    """A connection was added (`before` None), changed or removed (`after` None).

    `given` names the secrets that were stored, `lost` those that were forgotten.
    """
    known = after or before
    return _notes(run, known, _connection_fields(before), _connection_fields(after), given, lost)


def device_notes(run: Run, before: Device | None, after: Device | None, *, password: bool = False) -> list[AuditNote]:
    """A device was added, changed or removed; `password` says that another password was stored."""
    lost = ["password"] if after is None and before is not None and before.has_password else []
    given = ["password"] if password else []
    return _notes(run, after or before, _device_fields(before), _device_fields(after), given, lost)


def schedule_notes(run: Run, before: Schedule | None, after: Schedule | None) -> list[AuditNote]:
    """A schedule was added, changed, paused, resumed or removed."""
    return _notes(run, after or before, _schedule_fields(before), _schedule_fields(after))


def webhook_notes(
    run: Run,
    before: WebhookEndpoint | None,
    after: WebhookEndpoint | None,
    *,
    given: Iterable[str] = (),
    lost: Iterable[str] = (),
) -> list[AuditNote]:
    """An endpoint was added, changed, paused, resumed, removed, or its secret rotated.

    `given` and `lost` are as in `connection_notes`. A query of the address and values of headers may be secrets: of
    them it is only said that they are others now.
    """
    notes = _notes(run, after or before, _webhook_fields(before), _webhook_fields(after), given, lost)
    return [replace(note, before=_unreadable(note.before), after=_unreadable(note.after)) for note in notes]


def limit_notes(
    run: Run, connection: Connection, before: Iterable[Threshold], after: Iterable[Threshold]
) -> list[AuditNote]:
    """The limits on the live numbers of a contact centre changed."""
    return _notes(run, connection, _limit_fields(before), _limit_fields(after))


def meaning_notes(run: Run, connection: Connection, said: StatusMeaning, before: str) -> list[AuditNote]:
    """What a status of a contact centre counts as changed."""
    return _notes(run, connection, {said.state_code: before}, {said.state_code: said.meaning})


def _notes(
    run: Run,
    known: _Named | None,
    before: dict[str, Any],
    after: dict[str, Any],
    given: Iterable[str] = (),
    lost: Iterable[str] = (),
) -> list[AuditNote]:
    assert known is not None
    was, is_now = changed(before, after)
    about = (run.operation, known.name, known.id)
    notes = []
    if is_now:
        notes.append(AuditNote(AuditKind.SETTING_CHANGED, *about, before=was, after=is_now, run_id=run.run_id))
    if secrets := {key: names for key, names in (("set", sorted(given)), ("forgotten", sorted(lost))) if names}:
        notes.append(AuditNote(AuditKind.SECRET_CHANGED, *about, after=secrets, run_id=run.run_id))
    return notes


def _connection_fields(connection: Connection | None) -> dict[str, Any]:
    if connection is None:
        return {}
    settings = {f"settings.{key}": value for key, value in connection.settings.items()}
    return {"name": connection.name, "kind": connection.kind.value, "status": connection.status.value, **settings}


def _device_fields(device: Device | None) -> dict[str, Any]:
    return {} if device is None else {name: getattr(device, name) for name in _DEVICE_FIELDS}


def _schedule_fields(schedule: Schedule | None) -> dict[str, Any]:
    if schedule is None:
        return {}
    fields = {name: getattr(schedule, name) for name in _SCHEDULE_FIELDS}
    params = {f"params.{key}": value for key, value in schedule.params.items()}
    return fields | params | {f"timing.{key}": value for key, value in asdict(schedule.timing).items()}


def _webhook_fields(endpoint: WebhookEndpoint | None) -> dict[str, Any]:
    if endpoint is None:
        return {}
    fields = {name: getattr(endpoint, name) for name in _WEBHOOK_FIELDS}
    headers = {f"headers.{name}": value for name, value in endpoint.headers.items()}
    return fields | {"url": endpoint.url} | headers | asdict(endpoint.sign_in)


def _unreadable(fields: Mapping[str, Any]) -> dict[str, Any]:
    masked = {key: MASK for key, value in fields.items() if key.startswith("headers.") and value is not None}
    url = {"url": fields["url"].partition("?")[0]} if fields.get("url") else {}
    return {**fields, **masked, **url}


def _limit_fields(thresholds: Iterable[Threshold]) -> dict[str, Any]:
    """By group and metric; the metric alone where it is a limit of all groups."""
    return {f"{t.group_id}.{t.metric.value}".removeprefix("."): t.bound for t in thresholds}
