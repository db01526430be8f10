"""What the history measures: the charts there are, the data each comes from, and how its numbers are worded.

One description serves the columns of the table, the lines of the chart and the sums (contact-center.md §5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale

from app.domain.contact_center.days import HOUR_MS
from app.domain.exchange.shapes import DataType
from app.i18n import N_, _
from ui.tables import Column, Kind, format_value
from ui.widgets.chart_ticks import day_words, short_time

_DAY_MS = 20 * HOUR_MS
"""Longer than this a bucket is a day, whatever its clocks do."""


class Unit(StrEnum):
    """What a measure is counted in."""

    COUNT = "count"
    SHARE = "share"  # 0 to 1, shown in percent
    SECONDS = "seconds"  # shown as 4:47
    HOURS = "hours"


class Source(StrEnum):
    """A table of the history."""

    GROUPS = "groups"
    STATUSES = "statuses"
    WORK = "work"


class View(StrEnum):
    """A chart of the history."""

    CONTACTS = "contacts"
    HANDLING = "handling"
    RATES = "rates"
    STATUSES = "statuses"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number per bucket; `hidden` is a column that the person has to choose."""

    key: str
    title: str
    unit: Unit
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """A chart: its name, the table it comes from, which measures it draws; all of them where none is named."""

    title: str
    source: Source
    measures: tuple[str, ...] = ()
    stacked: bool = False
    most: float | None = None


VIEWS = {
    View.CONTACTS: ViewSpec(N_("Offered and answered"), Source.GROUPS, ("offered", "handled", "lost")),
    View.HANDLING: ViewSpec(N_("Handling time"), Source.GROUPS, ("aht", "post")),
    # No "service level": a history knows no waiting times (§5.2).
    View.RATES: ViewSpec(N_("Answer rate"), Source.GROUPS, ("answer_rate", "abandon_rate"), most=1.0),
    View.STATUSES: ViewSpec(N_("Shares of statuses"), Source.STATUSES, stacked=True),
    View.WORK: ViewSpec(N_("Working time"), Source.WORK, ("signed_in", "at_contacts", "with_chats")),
}
GROUP_MEASURES = (
    Measure("offered", N_("Offered"), Unit.COUNT),
    Measure("handled", N_("Answered"), Unit.COUNT),
    Measure("lost", N_("Lost"), Unit.COUNT),
    Measure("answer_rate", N_("Answer rate"), Unit.SHARE),
    Measure("abandon_rate", N_("Abandon rate"), Unit.SHARE),
    Measure("aht", N_("Handling time"), Unit.SECONDS),
    Measure("post", N_("After-call work"), Unit.SECONDS),
    Measure("workload", N_("Workload (hours)"), Unit.HOURS),
    Measure("unique_offered", N_("Customers offered"), Unit.COUNT, hidden=True),
    Measure("unique_handled", N_("Customers answered"), Unit.COUNT, hidden=True),
    Measure("unique_lost", N_("Customers lost"), Unit.COUNT, hidden=True),
)
WORK_MEASURES = (
    Measure("signed_in", N_("Signed in (hours)"), Unit.HOURS),
    Measure("at_contacts", N_("At contacts (hours)"), Unit.HOURS),
    Measure("contacts", N_("Contacts begun"), Unit.COUNT),
)
CHAT_MEASURE = Measure("with_chats", N_("With chats (hours)"), Unit.HOURS)
"""Known by the day alone (§5.6)."""
TYPES = {
    Source.GROUPS: (DataType.GROUP_METRICS,),
    Source.STATUSES: (DataType.STATUS,),
    Source.WORK: (DataType.LOGIN, DataType.CALLS, DataType.CHAT_TIME),
}
OPERATIONS = {
    DataType.GROUP_METRICS: "cc.service_group_data",
    DataType.STATUS: "cc.agent_status_data",
    DataType.LOGIN: "cc.agent_login_data",
    DataType.CALLS: "cc.agent_calls_data",
    DataType.CHAT_TIME: "cc.agent_chats_work_time",
}


class Slot(NamedTuple):
    """A row of the table: a bucket, its place in the chart, and one value per measure; None where nothing is known."""

    start_ms: int
    end_ms: int
    at: int
    values: tuple[float | None, ...]


@lru_cache(maxsize=16_384)
def words(unit: Unit, value: float | None) -> str:
    """A value as a person reads it; nothing where it is not known."""
    if value is None:
        return ""
    match unit:
        case Unit.COUNT:
            return format_value(round(value))
        case Unit.SHARE:
            # One decimal, as the reference shows it (§11.7).
            return percent(round(value) * 100 if value in {0, 1} else round(value * 1000) / 10)
        case Unit.SECONDS:
            minutes, seconds = divmod(round(value), 60)
            return f"{minutes}:{seconds:02}"
        case Unit.HOURS:
            return format_value(float(value))


def percent(value: float) -> str:
    """A number of percent: whole ones without decimals, others with one."""
    text = QLocale().toString(float(value), "f", 0 if isinstance(value, int) else 1)
    return _("{percent} %").format(percent=text)


def when(start_ms: int, end_ms: int, zone: ZoneInfo) -> str:
    """A bucket in the words of the locale: a day, or a day with its times."""
    start = datetime.fromtimestamp(start_ms / 1000, zone)
    if end_ms - start_ms > _DAY_MS:
        return day_words(start.date())
    end = datetime.fromtimestamp(end_ms / 1000, zone)
    times = f"{_clock(start)}–{_clock(end)}"
    return f"{day_words(start.date())} {times}"


def _clock(moment: datetime) -> str:
    """A time of day; where clocks go back, the second hour of the same name says its offset."""
    text = short_time(moment.hour, moment.minute)
    return f"{text} {moment:%Z}" if moment.replace(fold=1 - moment.fold).utcoffset() != moment.utcoffset() else text


def columns(measures: tuple[Measure, ...], zone: Callable[[], ZoneInfo]) -> tuple[Column[Slot], ...]:
    """When, then the measures."""
    begin = Column[Slot](
        "from", N_("From"), lambda slot: datetime.fromtimestamp(slot.start_ms / 1000, zone()), kind=Kind.MOMENT,
        text=lambda slot: when(slot.start_ms, slot.end_ms, zone()), width=240,
    )  # fmt: skip
    return (begin, *(_column(number, each) for number, each in enumerate(measures)))


def _column(number: int, measure: Measure) -> Column[Slot]:
    def value(slot: Slot) -> float | int | None:
        found = slot.values[number]
        if found is None or measure.unit in {Unit.SHARE, Unit.HOURS}:
            return found
        return round(found)

    return Column(
        measure.key, measure.title, value, kind=Kind.NUMBER, hidden=measure.hidden, width=130,
        text=lambda slot: words(measure.unit, slot.values[number]),
    )  # fmt: skip
