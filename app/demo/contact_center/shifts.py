"""When an agent works: shifts by day, the windows between breaks, and for which group each window is.

Times are whole seconds since 1970 (UTC); days are those of Moscow. The same seed gives the same shifts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random
from zoneinfo import ZoneInfo

from app.demo.contact_center.roster import Agent, Group

MOSCOW = ZoneInfo("Europe/Moscow")
MINUTE, HOUR, DAY = 60, 3600, 86_400

STARTS = (7, 9, 12, 15)
GRACE = 12 * MINUTE
"""How long after the shift the last contact may go on."""

LUNCH, SHORT_BREAK, TRAINING = (
    ("Break_12", "Перерыв: обед"),
    ("Break_11", "Перерыв: личный"),
    ("Training", "Обучение"),
)


@dataclass(frozen=True)
class Window:
    """Work for a group without a break; `grace` is how long a contact may go on after its end."""

    start: int
    end: int
    group: Group
    grace: int
    then: tuple[str, str]
    """Code and name of the break that follows."""


@dataclass(frozen=True)
class Shift:
    """A working day from signing in on."""

    login: int
    windows: tuple[Window, ...]


def midnight(day: date) -> int:
    """When `day` begins in Moscow."""
    return int(datetime.combine(day, time(), MOSCOW).timestamp())


def day_of(moment: float) -> date:
    """The day in Moscow."""
    return datetime.fromtimestamp(moment, MOSCOW).date()


def shift_of(agent: Agent, day: date, seed: int) -> Shift | None:
    """The shift that begins on `day`; None for a day off, a vacation, or who stayed away."""
    person = agent.person
    if not person.employed(day) or person.away(day):
        return None
    rng = Random(f"{seed} {agent.id} {day.toordinal()}")
    if not _on_duty(agent, day, rng):
        return None
    plan = _night() if agent.groups[0].by_night else _by_day(agent, person.norm_week / 5, rng)
    start = midnight(day)
    late = rng.choice((0, 0, 0, 1, 2, 4, 9)) * MINUTE + rng.randint(0, 59)
    windows = []
    for at, (first, last, then) in enumerate(plan):
        group = agent.groups[at % len(agent.groups)]
        grace = GRACE if at == len(plan) - 1 else 0
        windows.append(Window(start + first + (0 if at else late), start + last, group, grace, then))
    return Shift(windows[0].start - rng.randint(20, 90), tuple(windows))


def _on_duty(agent: Agent, day: date, rng: Random) -> bool:
    """Two nights of four; by day all but a few on weekdays and two of five at weekends."""
    if agent.groups[0].by_night:
        return (agent.place // 8 + day.toordinal()) % 4 < 2
    if day.weekday() >= 5:
        return (agent.place + day.toordinal()) % 5 < 2
    return rng.random() < 0.96


def _night() -> list[tuple[int, int, tuple[str, str]]]:
    """Twelve hours with lunch over midnight."""
    clock = [
        ("20:00", "22:00", SHORT_BREAK),
        ("22:15", "23:50", LUNCH),
        ("24:20", "27:00", SHORT_BREAK),
        ("27:30", "29:30", SHORT_BREAK),
        ("29:45", "32:00", LUNCH),
    ]
    return [(_seconds(first), _seconds(last), then) for first, last, then in clock]


def _seconds(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


def _by_day(agent: Agent, hours: float, rng: Random) -> list[tuple[int, int, tuple[str, str]]]:
    """`hours` of work in four windows (two for a short day), with an hour of breaks in all."""
    start = STARTS[agent.place // 8 % len(STARTS)] * HOUR
    if hours < 5:
        middle = start + round(hours / 2) * HOUR + rng.randint(-10, 10) * MINUTE
        return [
            (start, middle, SHORT_BREAK),
            (middle + 15 * MINUTE, start + int(hours * HOUR) + 15 * MINUTE, LUNCH),
        ]
    end = start + int(hours * HOUR) + HOUR
    first = start + 2 * HOUR + rng.randint(-15, 15) * MINUTE
    lunch = start + 4 * HOUR + rng.randint(-20, 20) * MINUTE
    last = start + int(6.5 * HOUR) + rng.randint(-15, 15) * MINUTE
    learns = rng.random() < 0.1
    return [
        (start, first, TRAINING if learns else SHORT_BREAK),
        (first + 15 * MINUTE, lunch, LUNCH),
        (lunch + 30 * MINUTE, last, SHORT_BREAK),
        (last + 15 * MINUTE, end, LUNCH),
    ]
