"""What is stored of one person and day, side by side; read on the store's own thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.domain.connections import Connection
from app.domain.onec_receipts import FactReceipt, ScheduleReceipt
from app.domain.onec_schedules import Period, Shift
from app.domain.onec_worked import WorkedDay
from app.operations.onec.asking import zone_of
from app.store import onec_hours, onec_sent, onec_worked, presence, runs
from app.store.runs import HistoryEntry
from ui.pages.workforce.deviations.hours import about

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayStory:
    """The sides of one day; `present` is None where no contact centre knows the person."""

    zone: tzinfo
    shifts: Sequence[Shift]
    receipt: ScheduleReceipt | None
    fact: FactReceipt | None
    kept: WorkedDay | None
    present: Sequence[Period] | None
    fetched_at: datetime | None
    history: Sequence[HistoryEntry]


def read_day(connection: Connection, external_id: str, employee_id: str | None, day: date) -> DayStory:
    """Everything about one person on one day."""
    zone = zone_of(connection)
    shifts = [p.shift for p in onec_sent.planned(connection.id, day, day, [external_id])]
    periods = onec_hours.timesheet(connection.id, day, day, [external_id])
    kept = [w for w in onec_worked.worked(connection.id, day, day) if w.external_id == external_id]
    receipts = [r for r in onec_sent.receipts(connection.id, day, day) if r.external_id == external_id]
    entries = runs.history(external_id) + (runs.history(employee_id) if employee_id else [])
    return DayStory(
        zone,
        shifts,
        receipts[0] if receipts else None,
        onec_sent.find_fact(connection.id, external_id, day),
        kept[0] if kept else None,
        _presence(employee_id, shifts, day, zone),
        periods[0].fetched_at if periods else None,
        sorted(
            (e for e in entries if e.run.operation.startswith("onec.")), key=lambda e: e.run.started_at, reverse=True
        ),
    )


def _presence(employee_id: str | None, shifts: Sequence[Shift], day: date, zone: tzinfo) -> list[Period] | None:
    if employee_id is None or employee_id not in presence.known_employees():
        return None
    begin = datetime.combine(day, time(), zone)
    first, last = about(shifts, begin, begin + _DAY)
    times = presence.presence_of(employee_id, round(first.timestamp() * 1000), round(last.timestamp() * 1000) - 1)
    return [Period(*(datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone) for ms in one)) for one in times]
