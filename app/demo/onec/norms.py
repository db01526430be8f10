"""getNormHours: hours by the production calendar, per month, quarter or year (onec-zup.md section 5.2)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import IntEnum

from msgspec import Struct

from app.demo.onec.calendar import Norms, ProductionCalendar
from app.demo.onec.refused import Refused
from app.demo.onec.staff import Person, Staff, days_between
from app.demo.onec.wire import Row, hours


class Norm(Struct):
    """A weekly norm and the day it counts from."""

    normWeek: float
    changeDate: str | None = None


class NormAgent(Struct):
    """One person of the question."""

    agentId: str
    AR_norms: list[Norm]


class NormQuestion(Struct):
    """The body of the call."""

    startDate: str
    endDate: str
    calculationMode: str
    AR_agents: list[NormAgent]


class Mode(IntEnum):
    """Length of a row in months."""

    month = 1
    quarter = 3
    year = 12


def norm_hours(question: NormQuestion, staff: Staff, calendar: ProductionCalendar) -> list[Row]:
    """Several rows per person; nobody knows people that 1C does not. Raises Refused for what it cannot compute."""
    if question.calculationMode not in Mode.__members__:
        raise Refused(f"Неизвестный режим расчёта: {question.calculationMode}.")
    first, last = date.fromisoformat(question.startDate), date.fromisoformat(question.endDate)
    if last < first:
        raise Refused("Дата окончания периода меньше даты начала.")
    if year := calendar.missing(first, last):
        raise Refused(f"Не заполнен производственный календарь за {year} год.")
    known = {person.agent_id: person for person in staff.people}
    ledger = _Ledger(calendar, _periods(first, last, Mode[question.calculationMode]))
    asked = ((agent, known.get(agent.agentId.lower())) for agent in question.AR_agents)
    return [row for agent, person in asked if person for row in ledger.rows(agent, person)]


def _periods(first: date, last: date, mode: Mode) -> list[tuple[date, date]]:
    """The whole months, quarters or years that the question touches."""
    month = first.year * 12 + (first.month - 1) // mode * mode
    periods = []
    while (start := date(month // 12, month % 12 + 1, 1)) <= last:
        month += mode
        periods.append((start, date(month // 12, month % 12 + 1, 1) - timedelta(days=1)))
    return periods


class _Ledger:
    """Counts each period once for all who have the same norms in it."""

    def __init__(self, calendar: ProductionCalendar, periods: list[tuple[date, date]]) -> None:
        self._calendar, self._periods = calendar, periods
        self._counted: dict[tuple[date, date, tuple[tuple[date, float], ...]], float] = {}

    def rows(self, agent: NormAgent, person: Person) -> list[Row]:
        norms = _history(agent)
        rows = []
        for start, end in self._periods:
            first, last = max(start, person.hired), min(end, person.left or end)
            if first <= last:
                norm = hours(self._count(first, last, norms))
                bounds = {"startDate": first.isoformat(), "endDate": last.isoformat()}
                rows.append({"agentId": person.agent_id, "normHours": norm, **bounds})
        return rows

    def _count(self, first: date, last: date, norms: Norms) -> float:
        key = (first, last, tuple(norms))
        if key not in self._counted:
            self._counted[key] = self._calendar.norm(days_between(first, last), norms)
        return self._counted[key]


def _history(agent: NormAgent) -> Norms:
    """Oldest first. Raises Refused without a norm, or for several of which one has no date."""
    if not agent.AR_norms:
        raise Refused(f"Не указана норма времени сотрудника {agent.agentId}.")
    if len(agent.AR_norms) > 1 and any(norm.changeDate is None for norm in agent.AR_norms):
        raise Refused(f"Не указана дата изменения нормы сотрудника {agent.agentId}.")
    dated = [(date.fromisoformat((norm.changeDate or "1900-01-01")[:10]), norm.normWeek) for norm in agent.AR_norms]
    return sorted(dated)
