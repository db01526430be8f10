"""When something runs by itself: every so many seconds or by a cron expression, outside the quiet hours
(connections.md §11).

Pure: the present comes in as an argument. Times are in UTC; a time zone matters only to cron expressions and quiet
hours. `cronsim` does the arithmetic over changes of the clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from app.errors import UsageError
from app.i18n import _

SHORTEST_S, LONGEST_S = 60, 86_400
"""What `sync_interval` may be (connections.md §12)."""
_LONGEST_SPREAD_S = 600.0
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True)
class Timing:
    """When: every `every_s` seconds, or by a `cron` expression of five fields.

    Without either it goes by the connection's `sync_interval`. `zone` names the time zone of `cron` and `quiet`, blank
    for this computer's. `quiet` are hours like `22:00-06:00` in which nothing starts; what is due then waits for their
    end. Start times are spread by `jitter_percent`.
    """

    every_s: int = 0
    cron: str = ""
    zone: str = ""
    quiet: str = ""
    jitter_percent: int = 10

    def __post_init__(self) -> None:
        if self.every_s and self.cron:
            raise UsageError(_("A schedule goes by an interval or by a cron expression, not by both."))
        if self.every_s and not SHORTEST_S <= self.every_s <= LONGEST_S:
            raise UsageError(_("An interval is 60 to 86400 seconds."), _("For longer ones use a cron expression."))
        if not 0 <= self.jitter_percent <= 50:
            raise UsageError(_("Start times are spread by 0 to 50 percent."))
        _check_zone(self.zone)
        _check_quiet(self.quiet)
        _check_cron(self.cron)


def next_time(timing: Timing, now: datetime, interval_s: int, chance: float = 0.5) -> datetime:
    """The next time after now, spread and outside the quiet hours.

    An interval is spread both ways, so that it keeps its mean; a time of day is only ever later, by ten minutes at
    most.
    """
    if timing.cron:
        due = _next_by_cron(timing, now)
        spread_s = min((due - now).total_seconds() * timing.jitter_percent / 100, _LONGEST_SPREAD_S) * chance
        due += timedelta(seconds=spread_s)
    else:
        every_s = timing.every_s or interval_s
        due = now + timedelta(seconds=every_s * (1 + timing.jitter_percent / 100 * (2 * chance - 1)))
    return quiet_until(timing, due) or due


def upcoming(timing: Timing, now: datetime, interval_s: int, count: int = 5) -> list[datetime]:
    """The next times as planned, for the person who edits the schedule."""
    found: list[datetime] = []
    plain = replace(timing, jitter_percent=0)
    while len(found) < count:
        now = next_time(plain, now, interval_s)
        found.append(now)
    return found


def quiet_until(timing: Timing, moment: datetime) -> datetime | None:
    """When the quiet hours end that `moment` lies in; None outside of them."""
    if not timing.quiet:
        return None
    begin, end = _quiet_hours(timing.quiet)
    here = _here(moment, timing.zone)
    clock = here.time()
    overnight = begin > end
    if not (clock >= begin or clock < end if overnight else begin <= clock < end):
        return None
    last_day = here.date() + timedelta(days=overnight and clock >= begin)
    # An hour that the clock goes through twice: the end is in the same one.
    fold = here.fold if last_day == here.date() else 0
    until = datetime.combine(last_day, end, here.tzinfo).replace(fold=fold).astimezone(UTC)
    return max(until, moment.astimezone(UTC) + timedelta(seconds=1))


def today(timing: Timing, now: datetime) -> date:
    """The day it is in the zone of the schedule."""
    return _here(now, timing.zone).date()


def _next_by_cron(timing: Timing, now: datetime) -> datetime:
    return next(CronSim(timing.cron, _here(now, timing.zone))).astimezone(UTC)


def _here(moment: datetime, zone: str) -> datetime:
    """The moment on the clock of a zone; on this computer's own as a naive time, which keeps its rules."""
    return moment.astimezone(ZoneInfo(zone)) if zone else moment.astimezone().replace(tzinfo=None)


def _quiet_hours(quiet: str) -> tuple[time, time]:
    begin, _dash, end = quiet.partition("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(
            _("{value} is not a time zone.").format(value=zone), _("Write it like Europe/Moscow.")
        ) from error


def _check_quiet(quiet: str) -> None:
    if quiet and (_QUIET.fullmatch(quiet) is None or len(set(_quiet_hours(quiet))) == 1):
        raise UsageError(_("{value} are no quiet hours.").format(value=quiet), _("Write them like 22:00-06:00."))


def _check_cron(cron: str) -> None:
    if cron and not (len(cron.split()) == 5 and _comes_true(cron)):
        raise UsageError(
            _("{value} is not a cron expression that ever comes true.").format(value=cron),
            _("It has five fields: minute, hour, day of the month, month, day of the week. Daily at three: 0 3 * * *"),
        )


def _comes_true(cron: str) -> bool:
    try:
        next(CronSim(cron, datetime(2000, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):
        return False
    return True
