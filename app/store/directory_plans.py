"""The transaction that carries out a plan for offices, employees or devices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from app.domain.devices import Device
from app.domain.directory import Employee, Office
from app.domain.outcomes import Action, FieldChange
from app.domain.plans import Plan, Step
from app.store.base import BaseModel
from app.store.database import insert_rows, update_rows
from app.store.devices import device_row, devices
from app.store.directory import employee_row, employees, office_row, offices
from app.store.listings import forget_listings
from app.store.models import DeviceRow, EmployeeRow, OfficeRow
from app.store.values import now, to_time

R = TypeVar("R", Office, Employee, Device)


@dataclass(frozen=True)
class _Table(Generic[R]):
    """A kind of record and the fields that tie it to one source; a person may have several sources."""

    model: type[BaseModel]
    to_row: Callable[[R], tuple[Any, ...]]
    read: Callable[[], list[R]]
    source_field: str
    connection_field: str = "connection"
    missing_field: str = "missing_since"

    def source_key(self, record: R) -> tuple[Any, Any]:
        """What no two records may share: the connection and the source's id."""
        return getattr(record, self.connection_field), getattr(record, self.source_field)


def write_plan(plan: Plan[Any], stop: threading.Event) -> dict[str, tuple[FieldChange, ...]]:
    """Carry out the writing steps of a plan inside the caller's transaction.

    Returns, by record id, the fields that changed here since the plan was made; those records were not written
    (vitec-hub.md §10: shown again instead of being overwritten). Raises `Cancelled` when `stop` is set.
    """
    table = _TABLES[plan.phase]
    moment = now()
    stamp = to_time(moment)
    writing: list[Step[Any]] = [s for s in plan.steps if (s.writes or s.marks) and s.record is not None]
    present = {record.id: record for record in table.read()} if writing else {}
    moved = _moved_since(writing, present, table)
    pairs = [(s, s.record) for s in writing if s.record is not None and s.record.id not in moved]
    # Created and updated are the last two columns; `dataclasses.replace` would cost more than everything else here.
    created = [(*table.to_row(r)[:-2], stamp, stamp) for s, r in pairs if s.action is Action.CREATE]
    insert_rows(table.model, created, stop)
    updated = [_changed(present[r.id], s, table) for s, r in pairs if s.action is not Action.CREATE]
    update_rows(table.model, [(*table.to_row(r)[:-1], stamp) for r in updated], stop)
    if not plan.suspicious:  # a list that lacks too much proves nothing about single records (§9.5)
        gone = [r.id for r in plan.missing if getattr(r, table.missing_field) is None]
        _mark_missing(table, gone, moment)
    _mark_missing(table, [r.id for r in plan.returned], None)
    if pairs or plan.missing or plan.returned:
        forget_listings()
    return moved


def _changed(current: Any, step: Step[Any], table: _Table[Any]) -> Any:
    """The record as it is now with the step's changes: what else changed since the plan was made stays."""
    assert step.record is not None
    owner = {table.connection_field: getattr(step.record, table.connection_field)}
    return replace(current, **owner, **{c.field: c.after for c in step.changes})


def _moved_since(
    steps: Sequence[Step[Any]], present: Mapping[str, Any], table: _Table[Any]
) -> dict[str, tuple[FieldChange, ...]]:
    """Fields whose stored value is no longer the one the plan saw, per record id."""
    known = {table.source_key(record) for record in present.values()}
    moved: dict[str, tuple[FieldChange, ...]] = {}
    for step in steps:
        assert step.record is not None
        if step.before is None:
            if (key := table.source_key(step.record)) in known:  # an older preview: somebody synced since
                moved[step.record.id] = (FieldChange(table.source_field, None, key[1]),)
        elif differing := _differing(step, step.before, present.get(step.before.id)):
            moved[step.before.id] = differing
    return moved


def _differing(step: Step[Any], before: Any, current: Any) -> tuple[FieldChange, ...]:
    if current is None:
        return (FieldChange("id", before.id, None),)
    return tuple(
        FieldChange(c.field, c.before, getattr(current, c.field))
        for c in step.changes
        if getattr(current, c.field) != c.before
    )


def _mark_missing(table: _Table[Any], ids: Sequence[str], moment: datetime | None) -> None:
    model: Any = table.model
    for start in range(0, len(ids), 500):
        chunk = list(ids[start : start + 500])
        model.update({table.missing_field: to_time(moment)}).where(model.id.in_(chunk)).execute()


_OFFICES: _Table[Office] = _Table(OfficeRow, office_row, offices, "vitec_department_id")
_EMPLOYEES: _Table[Employee] = _Table(EmployeeRow, employee_row, employees, "vitec_employee_id")
_PEOPLE: _Table[Employee] = replace(
    _EMPLOYEES,
    source_field="supabase_id",
    connection_field="supabase_connection",
    missing_field="supabase_missing_since",
)
_DEVICES: _Table[Device] = _Table(DeviceRow, device_row, devices, "source_id")
_TABLES: dict[str, _Table[Any]] = {
    "offices": _OFFICES,
    "employees": _EMPLOYEES,
    "people": _PEOPLE,
    "devices": _DEVICES,
}
