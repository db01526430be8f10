"""Periods and calendar days of a connection's zone, which have 23 or 25 hours where clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Span:
    """A period, its end not included."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.start_ms

    def wider(self, ms: int) -> Span:
        """So much more on both sides."""
        return Span(self.start_ms - ms, self.end_ms + ms)

    def part(self, start_ms: int, end_ms: int) -> Span | None:
        """What of a stretch lies inside; None where nothing does."""
        start, end = max(self.start_ms, start_ms), min(self.end_ms, end_ms)
        return Span(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in a row, both included, and when they are."""

    first: date
    last: date
    span: Span


def windows(first: date, last: date, zone: tzinfo, days: int = 1) -> Iterator[Window]:
    """A period of whole days, both included, in windows of so many days (§8: one request each)."""
    while first <= last:
        end = min(last, first + timedelta(days=days - 1))
        yield Window(first, end, Span(midnight_ms(first, zone), midnight_ms(end + timedelta(days=1), zone)))
        first = end + timedelta(days=1)


def midnight_ms(day: date, zone: tzinfo) -> int:
    """When a day begins in that zone; where clocks skip midnight, when they do."""
    return round(datetime.combine(day, time(), zone).timestamp()) * 1000


def day_of(moment_ms: int, zone: tzinfo) -> date:
    """The day that a moment falls on in that zone."""
    return datetime.fromtimestamp(moment_ms / 1000, zone).date()


def iso_utc(moment_ms: int) -> str:
    """A moment as it is sent: ISO 8601 in UTC with `Z` (§4)."""
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds" if moment_ms % 1000 else "seconds").replace("+00:00", "Z")
