"""Schedules: an operation that runs by itself, and what becomes of it after each run (connections.md §4, §11).

Pure: the present, the shared clock's, comes in as an argument.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.outcomes import Run, RunState
from app.domain.timing import Timing, next_time, quiet_until
from app.errors import ErrorKind
from app.i18n import _

MOST_FAILURES = 20
FAILING_TOO_LONG = timedelta(days=3)
MOVED_CLOCK = timedelta(minutes=1)
_FEWEST_FAILURES = 3  # three days are no reason when it was tried only once in them
_FIRST_RETRY_S = 60.0
_LONGEST_RETRY_S = 3600.0
_DAY = re.compile(r"(today|yesterday|tomorrow)(?:([+-])(\d{1,3}))?", re.ASCII)
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
# These stay until a person does something about them: to try again sooner than planned would help nobody.
_LASTING = frozenset({ErrorKind.REFUSED_SIGN_IN, ErrorKind.NOT_CONFIGURED, ErrorKind.NO_KEYRING, ErrorKind.FORBIDDEN})
# These are no failures: somebody else works on it, or a guard waits for a person.
_WAITING = frozenset({ErrorKind.HELD, ErrorKind.BUSY, ErrorKind.CANCELLED})


@dataclass(frozen=True)
class Schedule:
    """An operation that runs by itself.

    `connection` is a connection's id, empty for an operation that needs none. `due_at` is when it runs next, decided
    at `planned_at`. `pause_reason` says why it paused itself, `skip_reason` why it did not run when it last was due.
    `failures` counts those in a row, the first of them at `failing_since`.
    """

    id: str
    name: str
    operation: str
    connection: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    timing: Timing = field(default_factory=Timing)
    paused: bool = False
    pause_reason: str = ""
    due_at: datetime | None = None
    planned_at: datetime | None = None
    last_run_id: str = ""
    last_state: RunState | None = None
    last_started_at: datetime | None = None
    skip_reason: str = ""
    failures: int = 0
    failing_since: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Verdict(StrEnum):
    """What to do with a schedule now."""

    WAIT = "wait"
    START = "start"
    POSTPONE = "postpone"


def verdict(schedule: Schedule, now: datetime) -> Verdict:
    """Whether it is due.

    However long this computer slept or was off, that is one run and not one per time that was missed. A clock that was
    set back since the time was planned makes it due as well, or it might wait for years.
    """
    if schedule.paused or schedule.due_at is None:
        return Verdict.WAIT
    set_back = schedule.planned_at is not None and now < schedule.planned_at - MOVED_CLOCK
    if now < schedule.due_at and not set_back:
        return Verdict.WAIT
    return Verdict.START if quiet_until(schedule.timing, now) is None else Verdict.POSTPONE


def caught_up(schedule: Schedule, now: datetime) -> bool:
    """Whether a run that starts now makes up for times that were missed."""
    return schedule.due_at is not None and abs(now - schedule.due_at) > MOVED_CLOCK


def planned(schedule: Schedule, now: datetime, interval_s: int, chance: float) -> Schedule:
    """The schedule with its next time.

    `interval_s` is the connection's own interval in seconds; `chance`, 0 to 1, decides how start times are spread.
    """
    return replace(schedule, due_at=next_time(schedule.timing, now, interval_s, chance), planned_at=now)


def postponed(schedule: Schedule, now: datetime) -> Schedule:
    """The schedule at the end of the quiet hours of now."""
    until = quiet_until(schedule.timing, now)
    reason = _("Nothing starts in the quiet hours {hours}.").format(hours=schedule.timing.quiet)
    return replace(schedule, due_at=until or now, planned_at=now, skip_reason=reason)


def after_run(schedule: Schedule, run: Run, now: datetime, interval_s: int, chance: float) -> Schedule:
    """The schedule after a run of it, whose next regular time was planned when it began.

    A failure is tried again soon and then ever less often, up to an hour or the interval. After 20 failures in a row
    or 3 days of them the schedule pauses itself (connections.md §4).
    """
    kind = ErrorKind(run.error.kind) if run.error is not None else None
    known = replace(schedule, last_run_id=run.run_id, last_state=run.state, last_started_at=run.started_at)
    of_store = run.error is not None and run.error.of_store  # a database that is away comes back by itself
    if kind in _WAITING:
        reason = run.error.message if run.error is not None and kind is not ErrorKind.CANCELLED else ""
        return replace(known, skip_reason=reason)
    if kind is None:
        return replace(known, failures=0, failing_since=None, skip_reason="")
    failing = replace(known, failures=known.failures + 1, failing_since=known.failing_since or now, skip_reason="")
    if kind not in _LASTING or of_store:
        wait_s = run.error.retry_after if run.error is not None else None
        failing = _retried(failing, now, interval_s, chance, wait_s or 0.0)
    return given_up(failing, now)


def given_up(schedule: Schedule, now: datetime) -> Schedule:
    """The schedule, paused when it has failed too often or for too long."""
    since = schedule.failing_since
    too_long = since is not None and now - since >= FAILING_TOO_LONG and schedule.failures >= _FEWEST_FAILURES
    if schedule.failures < MOST_FAILURES and not too_long:
        return schedule
    reason = (
        _("It failed {count} times in a row.").format(count=schedule.failures)
        if schedule.failures >= MOST_FAILURES
        else _("It has been failing for three days.")
    )
    return replace(schedule, paused=True, pause_reason=reason, due_at=None)


def resumed(schedule: Schedule) -> Schedule:
    """The schedule with a clean slate, to be planned anew."""
    return replace(schedule, paused=False, pause_reason="", skip_reason="", failures=0, failing_since=None)


def _retried(schedule: Schedule, now: datetime, interval_s: int, chance: float, at_least_s: float) -> Schedule:
    pause_s = min(_FIRST_RETRY_S * 2.0 ** min(schedule.failures - 1, 30), _longest_pause_s(schedule.timing, interval_s))
    spread = 1 + schedule.timing.jitter_percent / 100 * chance
    due = now + timedelta(seconds=max(pause_s * spread, at_least_s))
    if schedule.timing.cron and schedule.due_at is not None:
        due = min(due, schedule.due_at) if not at_least_s else due
    return replace(schedule, due_at=quiet_until(schedule.timing, due) or due, planned_at=now)


def _longest_pause_s(timing: Timing, interval_s: int) -> float:
    return _LONGEST_RETRY_S if timing.cron else max(_LONGEST_RETRY_S, float(timing.every_s or interval_s))


def resolved(params: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The parameters of a run today: `today`, `yesterday`, `tomorrow` and `today-7` become dates."""
    return {key: _day(value, today) if isinstance(value, str) else value for key, value in params.items()}


def _day(text: str, today: date) -> str:
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return text
    word, sign, number = found.groups()
    days = _DAYS[word] + (int(f"{sign}{number}") if number else 0)
    return (today + timedelta(days=days)).isoformat()
