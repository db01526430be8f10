"""A day hour by hour: what was planned, sent as worked, and seen at the contact centre. Pure functions.

1C itself counts whole days: it has no hours of the clock to set beside these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from app.domain.onec_receipts import FactReceipt
from app.domain.onec_schedules import Period, Shift

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_AROUND_A_SHIFT = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class HourPart:
    """One hour or several alike: minutes of each hour that were planned, an unpaid break, sent, signed in.

    `sent` is None where nothing was sent of the day, `present` where no contact centre knows the person.
    """

    start: datetime
    end: datetime
    planned: int
    free: int
    sent: int | None
    present: int | None


def hour_parts(
    shifts: Sequence[Shift], fact: FactReceipt | None, present: Sequence[Period] | None, zone: tzinfo
) -> list[HourPart]:
    """The hours that any side is about, neighbours alike put together; on the clocks of `zone`."""
    worked = sent_periods(fact)
    breaks = [b for shift in shifts for b in shift.unpaid_breaks]
    all_periods = [Period(s.start, s.end) for s in shifts] + worked + list(present or ())
    if not all_periods:
        return []
    at = _floor(min(p.start.astimezone(UTC) for p in all_periods))
    end = max(p.end.astimezone(UTC) for p in all_periods)
    parts: list[HourPart] = []
    while at < end:
        free = min(_minutes(breaks, at), planned := _minutes([Period(s.start, s.end) for s in shifts], at))
        part = HourPart(
            at.astimezone(zone),
            (at + _HOUR).astimezone(zone),
            planned - free,
            free,
            _minutes(worked, at) if fact is not None else None,
            _minutes(present, at) if present is not None else None,
        )
        _add(parts, part)
        at += _HOUR
    return parts


def sent_periods(fact: FactReceipt | None) -> list[Period]:
    """The slices that were sent, as periods."""
    slices = fact.slices if fact is not None else ()
    return [Period(s.start, s.start + timedelta(milliseconds=s.ms)) for s in slices]


def about(shifts: Sequence[Shift], begin: datetime, end: datetime) -> tuple[datetime, datetime]:
    """From when to when presence may begin that belongs to a day: around its shifts, else the day itself."""
    if not shifts:
        return begin, end
    return min(s.start for s in shifts) - _AROUND_A_SHIFT, max(s.end for s in shifts)


def _add(parts: list[HourPart], part: HourPart) -> None:
    nothing = not part.planned and not part.free and not part.sent and not part.present
    last = parts[-1] if parts else None
    if last is not None and last.end == part.start and _told(last) == _told(part):
        parts[-1] = HourPart(last.start, part.end, *_told(part))
    elif not nothing:
        parts.append(part)


def _told(part: HourPart) -> tuple[int, int, int | None, int | None]:
    return part.planned, part.free, part.sent, part.present


def _minutes(periods: Iterable[Period], hour: datetime) -> int:
    """Minutes of an hour that periods cover; overlapping ones count once."""
    inside = sorted((max(p.start.astimezone(UTC), hour), min(p.end.astimezone(UTC), hour + _HOUR)) for p in periods)
    covered, until = timedelta(), hour
    for start, end in inside:
        if end > max(start, until):
            covered += end - max(start, until)
            until = end
    return round(covered / _MINUTE)


def _floor(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
