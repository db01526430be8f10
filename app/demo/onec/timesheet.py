"""getTimetypeInfo: the time sheet from plans, absences and posted documents (onec-zup.md section 5.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from app.demo.onec.facts import Facts
from app.demo.onec.planning import Planning
from app.demo.onec.refused import Refused
from app.demo.onec.staff import Person, Staff, days_between
from app.demo.onec.wire import Row, Ways, day_stamp, hours, instant

WORKED = frozenset({"Я", "Н", "РВ", "РВН", "С"})
"""Codes whose hours are worked."""
DAY_OFF, UNEXPLAINED = "В", "НН"
FIRST_HALF = 15


class SheetAgent(Struct):
    """One person of the question."""

    agentId: str


class SheetQuestion(Struct):
    """The body of the call."""

    date_start: str
    date_end: str
    AR_agents: list[SheetAgent]


def time_sheets(question: SheetQuestion, staff: Staff, planning: Planning, facts: Facts, ways: Ways) -> list[Row]:
    """One sheet per person that 1C knows. Raises Refused for a period that ends before it starts."""
    first, last = instant(question.date_start).date(), instant(question.date_end).date()
    if last < first:
        raise Refused("Дата окончания периода меньше даты начала.")
    known = {person.agent_id: person for person in staff.people}
    people = (known.get(agent.agentId.lower()) for agent in question.AR_agents)
    days = days_between(first, last)
    return [_Sheet(person, days, planning, facts).row(ways) for person in people if person]


class _Sheet:
    def __init__(self, person: Person, days: list[date], planning: Planning, facts: Facts) -> None:
        self._person, self._planning = person, planning
        self._documents = facts.of(person)
        self._rows = [(day, code, amount) for day in days if person.employed(day) for code, amount in self._codes(day)]

    def _codes(self, day: date) -> Iterator[tuple[str, float]]:
        """What one day shows: an absence displaces the plan, unexplained hours take from it."""
        documents = self._documents.get(day, {})
        plan = self._planning.plan(self._person, day)
        if code := self._person.away(day):
            yield code, 0
        elif plan.hours == 0 and not documents:
            yield DAY_OFF, 0
        else:
            missing = documents.get(UNEXPLAINED, 0)
            by_day = max(0.0, plan.day_hours - missing)
            by_night = max(0.0, plan.night_hours - max(0.0, missing - plan.day_hours))
            yield from ((code, part) for code, part in (("Я", by_day), ("Н", by_night)) if part)
        yield from documents.items()

    def row(self, ways: Ways) -> Row:
        """As it is sent."""
        dates = [
            {"date": day_stamp(day, ways, number), "timetype": code, "hours": hours(amount)}
            for number, (day, code, amount) in enumerate(self._rows)
        ]
        return {
            "agentId": self._person.agent_id,
            "AR_date": dates,
            "AR_N": self._absences(),
            **self._half("half1", until=True),
            **self._half("half2", until=False),
        }

    def _absences(self) -> list[Row]:
        """Days, with the hours of those that were not away all day, as in "2(5)"."""
        days: Counter[str] = Counter()
        amounts: Counter[str] = Counter()
        for _day, code, amount in self._rows:
            if code not in WORKED and code != DAY_OFF:
                days[code] += 1
                amounts[code] += hours(amount)  # type: ignore[assignment]
        return [
            {"timetype_N": code, "hours_N": f"{count}({amounts[code]:g})" if amounts[code] else str(count)}
            for code, count in days.items()
        ]

    def _half(self, name: str, *, until: bool) -> Row:
        worked = [
            (day, amount) for day, code, amount in self._rows if code in WORKED and (day.day <= FIRST_HALF) == until
        ]
        return {f"{name}_days": len({day for day, _ in worked}), f"{name}_hours": hours(sum(h for _, h in worked))}
