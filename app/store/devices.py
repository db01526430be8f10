"""Devices as stored, who is on them, and cool-downs after refused sign-ins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device, DeviceFacts, DeviceSource, DeviceStatus
from app.errors import UsageError
from app.i18n import _
from app.store.database import fetch, insert_rows, update_rows
from app.store.models import CooldownRow, DeviceRow, PlacementRow
from app.store.values import from_strings, from_time, now, to_json, to_strings, to_time

_facts_decoder = msgspec.json.Decoder(DeviceFacts)
_SLICE = 500


def devices() -> list[Device]:
    """All devices by name."""
    return [to_device(row) for row in fetch(DeviceRow.select().order_by(DeviceRow.name))]


def find_device(name_or_id: str) -> Device | None:
    """The device of that name or id."""
    query = DeviceRow.select().where((DeviceRow.name == name_or_id) | (DeviceRow.id == name_or_id))
    return next((to_device(row) for row in fetch(query)), None)


def add_device(device: Device) -> Device:
    """Store a new device.

    Raises `UsageError` when the name is taken.
    """
    stamped = replace(device, created_at=now(), updated_at=now())
    _refuse_taken(device)
    insert_rows(DeviceRow, [device_row(stamped)])
    return stamped


def change_device(device: Device) -> Device:
    """Store the new values of a device.

    Raises `UsageError` when the new name is taken.
    """
    stamped = replace(device, updated_at=now())
    _refuse_taken(device)
    update_rows(DeviceRow, [device_row(stamped)])
    return stamped


def _refuse_taken(device: Device) -> None:
    if DeviceRow.select().where(DeviceRow.name == device.name, DeviceRow.id != device.id).exists():
        raise UsageError(_("There is already a device named {name}.").format(name=device.name))


def note_facts(device_id: str, facts: DeviceFacts) -> None:
    """Remember what a terminal said of itself."""
    DeviceRow.update(facts=to_json(facts)).where(DeviceRow.id == device_id).execute()


def remove_device(device_id: str) -> None:
    """Forget a device and who is on it; history stays."""
    forget_placements(device_id)
    DeviceRow.delete().where(DeviceRow.id == device_id).execute()


def placements(device_ids: Iterable[str] | None = None) -> list[Placement]:
    """What is known of everybody on these devices, or on all."""
    query = PlacementRow.select()
    if device_ids is not None:
        query = query.where(PlacementRow.device_id.in_(list(device_ids)))
    return [_to_placement(row) for row in fetch(query)]


def placements_of(employee_id: str) -> list[Placement]:
    """Where one person is."""
    return [_to_placement(row) for row in fetch(PlacementRow.select().where(PlacementRow.subject == employee_id))]


def placement_states() -> Iterator[tuple[str, str, CoverageState]]:
    """Device id, employee id (or `#` and the number of an extra) and state of every placement: for the matrix."""
    p = PlacementRow
    for device_id, subject, state in fetch(p.select(p.device_id, p.subject, p.state)):
        yield device_id, subject, _STATES[state]


def extra_names() -> dict[str, str]:
    """What devices call the people whom only they know, by `#` and number."""
    p = PlacementRow
    return dict(fetch(p.select(p.subject, p.name).where(p.state == CoverageState.EXTRA.value)))


def note_placements(found: Sequence[Placement]) -> None:
    """Remember what was sent or read back; one row per person and device."""
    rows = [dict(zip(_PLACEMENT_FIELDS, _placement_row(p), strict=True)) for p in found]
    updated = [name for name in _PLACEMENT_FIELDS if name not in {"device_id", "subject"}]
    for start in range(0, len(rows), _SLICE):
        PlacementRow.insert_many(rows[start : start + _SLICE]).on_conflict(
            conflict_target=[PlacementRow.device_id, PlacementRow.subject],
            preserve=[getattr(PlacementRow, name) for name in updated],
        ).execute()


def forget_extras(device_id: str) -> None:
    """Drop who was on a device and unknown here, before the newly read ones are stored."""
    PlacementRow.delete().where(
        PlacementRow.device_id == device_id, PlacementRow.state == CoverageState.EXTRA.value
    ).execute()


def forget_placements(device_id: str) -> None:
    """Know nothing of who is on a device any more: it was exchanged for another."""
    PlacementRow.delete().where(PlacementRow.device_id == device_id).execute()


def cooldown_until(account: str) -> datetime | None:
    """Until when this account of a device is left alone; None when it may be tried."""
    row = CooldownRow.get_or_none(CooldownRow.account == account)
    return from_time(row.until) if row else None


def note_cooldown(account: str, until: datetime) -> None:
    """Leave this account of a device alone until then."""
    row = {"until": to_time(until)}
    CooldownRow.insert(account=account, **row).on_conflict(conflict_target=[CooldownRow.account], update=row).execute()


def device_row(d: Device) -> tuple[Any, ...]:
    """A device as its columns."""
    return (
        d.id,
        d.name,
        d.host,
        d.port,
        d.https,
        d.username,
        d.status.value,
        d.source.value,
        d.site,
        d.source_id,
        d.connection,
        d.fingerprint,
        d.has_password,
        to_strings(d.pinned),
        to_json(d.facts),
        to_time(d.missing_since),
        to_time(d.created_at),
        to_time(d.updated_at),
    )


def to_device(row: tuple[Any, ...]) -> Device:
    """A device from its columns."""
    return Device(  # type: ignore[call-arg]  # mypy cannot count slices
        *row[:4],
        bool(row[4]),
        row[5],
        DeviceStatus(row[6]),
        DeviceSource(row[7]),
        *row[8:12],
        bool(row[12]),
        from_strings(row[13]),
        _facts_decoder.decode(row[14]),
        *map(from_time, row[15:18]),
    )


_STATES = {state.value: state for state in CoverageState}
_PLACEMENT_FIELDS: tuple[str, ...] = PlacementRow._meta.sorted_field_names


def _placement_row(p: Placement) -> tuple[Any, ...]:
    return (
        p.device_id,
        p.employee_id or f"#{p.number}",
        p.number,
        p.state.value,
        p.name,
        p.person_digest,
        p.face_digest,
        p.refused_face,
        p.message,
        p.run_id,
        to_time(p.sent_at),
        to_time(p.checked_at),
    )


def _to_placement(row: tuple[Any, ...]) -> Placement:
    device_id, subject, number, state, *texts = row[:10]
    employee_id = "" if subject.startswith("#") else subject
    times = from_time(row[10]), from_time(row[11])
    return Placement(device_id, employee_id, number, _STATES[state], *texts, *times)  # type: ignore[call-arg]  # mypy cannot count slices
