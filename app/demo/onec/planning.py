"""sendSchedule: "individual schedules", one document per person and month (onec-zup.md section 5.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from msgspec import Struct

from app.demo.onec.calendar import ProductionCalendar
from app.demo.onec.staff import Person, Staff, days_between, end_of_month, months_between
from app.demo.onec.wire import HOUR_MS, instant

MONTHS = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split()  # noqa: SIM905


@dataclass(frozen=True)
class PlannedDay:
    """Hours planned for a day, unpaid breaks taken off; none at all is a day off."""

    day_hours: float = 0
    night_hours: float = 0

    @property
    def hours(self) -> float:
        """Both parts."""
        return self.day_hours + self.night_hours


@dataclass
class Schedule:
    """The individual schedule of a month; a day that nobody sent keeps the person's main schedule."""

    days: dict[date, PlannedDay] = field(default_factory=dict)
    written: int = 0
    """How often it was created or changed."""


class SentShift(Struct):
    """One shift; hours in milliseconds, as numbers or as text."""

    date_start: str
    daily_hours: float | str
    night_hours: float | str


class SentSchedule(Struct):
    """The body of the call."""

    agentId: str
    period1: str
    period2: str
    shift: list[SentShift]


class NotWritten(Exception):
    """Answered with 200 and `result` false."""


class Planning:
    """What was planned. `schedules` are kept by GUID and month as in "2026-03"; `part_months` are those of which a
    posted document for part of the month exists, which has to be deleted in ZUP first.
    """

    def __init__(self, calendar: ProductionCalendar) -> None:
        self._calendar = calendar
        self.schedules: dict[tuple[str, str], Schedule] = {}
        self.part_months: set[tuple[str, str]] = set()

    def plan(self, person: Person, day: date) -> PlannedDay:
        """As sent, else by the five-day week of the person."""
        schedule = self.schedules.get((person.agent_id, _key(day)))
        if schedule and day in schedule.days:
            return schedule.days[day]
        if not self._calendar.works(day):
            return PlannedDay()
        return PlannedDay(person.norm_week / 5 - self._calendar.shortened(day))

    def write(self, sent: SentSchedule, staff: Staff, today: date) -> str:
        """Write the documents; what was done, in words. Raises NotWritten for the rules of section 5.3."""
        person = staff.find(sent.agentId)
        if person is None:
            raise NotWritten(f"Сотрудник с идентификатором {sent.agentId} не найден.")
        first, last = instant(sent.period1).date(), instant(sent.period2).date()
        shifts = _by_day(sent.shift, first, last)
        months = self._months(person, first, last, today)
        told = [self._write_month(person, month, first, last, shifts) for month in months]
        skipped = " Прошедшие месяцы пропущены." if first < today.replace(day=1) else ""
        return f"Индивидуальный график: {', '.join(told)}.{skipped}"

    def _months(self, person: Person, first: date, last: date, today: date) -> list[date]:
        if last < today.replace(day=1):
            raise NotWritten("Период закрыт: прошедшие месяцы изменить нельзя.")
        if year := self._calendar.missing(first, last):
            raise NotWritten(f"Не заполнен производственный календарь за {year} год.")
        start, end = max(first, person.hired, today.replace(day=1)), min(last, person.left or last)
        if end < start:
            raise NotWritten("В указанном периоде сотрудник не работает.")
        months = months_between(start, end)
        if part := next((month for month in months if (person.agent_id, _key(month)) in self.part_months), None):
            name = f"{MONTHS[part.month - 1]} {part.year}"
            raise NotWritten(f"За {name} уже есть проведённый документ за часть месяца, удалите его в ЗУП.")
        return months

    def _write_month(self, person: Person, month: date, first: date, last: date, shifts: dict[date, PlannedDay]) -> str:
        schedule = self.schedules.setdefault((person.agent_id, _key(month)), Schedule())
        for day in days_between(max(month, first), min(end_of_month(month), last)):
            if person.employed(day):
                schedule.days[day] = shifts.get(day, PlannedDay())
        schedule.written += 1
        return f"{MONTHS[month.month - 1]} {month.year} {'создан' if schedule.written == 1 else 'изменён'}"


def _by_day(shifts: list[SentShift], first: date, last: date) -> dict[date, PlannedDay]:
    """All hours of a shift belong to the day it starts on."""
    if not shifts:
        raise NotWritten("Не передано ни одной смены, документ не создан.")
    days: dict[date, PlannedDay] = {}
    for shift in shifts:
        day = instant(shift.date_start).date()
        if not first <= day <= last:
            raise NotWritten(f"Смена {day:%d.%m.%Y} находится вне периода.")
        known = days.get(day, PlannedDay())
        parts = float(shift.daily_hours) / HOUR_MS, float(shift.night_hours) / HOUR_MS
        days[day] = PlannedDay(known.day_hours + parts[0], known.night_hours + parts[1])
    return days


def _key(day: date) -> str:
    return day.strftime("%Y-%m")
