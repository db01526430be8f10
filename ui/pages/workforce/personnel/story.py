"""What is stored of one person of 1C beside the person: norms, this month's timesheet, shifts to come, presence, runs.

Everything here is read on the store's own thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.domain.connections import Connection
from app.domain.onec import month_end
from app.domain.onec_people import KnownPerson
from app.domain.onec_schedules import Period
from app.domain.onec_shifts import PlannedShift
from app.operations.onec.asking import today, zone_of
from app.store import onec_hours, onec_sent, presence, runs
from app.store.onec_hours import StoredNorm, StoredPeriod
from app.store.runs import HistoryEntry
from app.store.values import now

_AHEAD = timedelta(days=60)
_BACK = timedelta(days=14)


@dataclass(frozen=True)
class PersonStory:
    """`present` is None where no contact centre knows the person."""

    norms: Sequence[StoredNorm]
    month: StoredPeriod | None
    shifts: Sequence[PlannedShift]
    present: Sequence[Period] | None
    history: Sequence[HistoryEntry]


def read_story(connection: Connection, known: KnownPerson) -> PersonStory:
    """Norms of the year, the timesheet of the month, shifts from today on, presence of two weeks, newest run first."""
    day, external_id = today(connection), known.person.external_id
    first, last = day.replace(day=1), month_end(day)
    months = onec_hours.timesheet(connection.id, first, last, [external_id])
    entries = runs.history(external_id) + (runs.history(known.employee_id) if known.employee_id else [])
    return PersonStory(
        onec_hours.norms(connection.id, day.replace(month=1, day=1), day.replace(month=12, day=31), external_id),
        months[0] if months else None,
        onec_sent.planned(connection.id, day, day + _AHEAD, [external_id]),
        _presence(connection, known),
        sorted(
            (e for e in entries if e.run.operation.startswith("onec.")), key=lambda e: e.run.started_at, reverse=True
        ),
    )


def _presence(connection: Connection, known: KnownPerson) -> list[Period] | None:
    if known.employee_id is None or known.employee_id not in presence.known_employees():
        return None
    zone, moment = zone_of(connection), now()
    span = (round((moment - _BACK).timestamp() * 1000), round(moment.timestamp() * 1000))
    return [
        Period(*(datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone) for ms in times))
        for times in presence.presence_of(known.employee_id, *span)
    ]
