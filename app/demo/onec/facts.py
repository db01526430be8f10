"""sendFactWorkTime: a day that went otherwise than planned becomes posted documents (onec-zup.md section 5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from msgspec import Struct

from app.demo.onec.planning import PlannedDay, Planning
from app.demo.onec.refused import Refused
from app.demo.onec.staff import Person, Staff
from app.demo.onec.wire import HOUR_MS, instant

LONGEST_SLICE_MS = 900_000
LEAST_HOURS = 1 / 60
"""Less than a minute makes no document."""
NIGHT_ENDS, NIGHT_STARTS = 6, 22

DAY_OFF_WORK = "Работа в выходные и праздничные дни"
OVERTIME = "Сверхурочная работа"
ABSENCE = "Отсутствие"


@dataclass(frozen=True)
class Document:
    """A posted document. `day` is the day it is about, `posted_at` when it was loaded."""

    number: str
    kind: str
    code: str
    agent_id: str
    day: date
    hours: float
    comment: str
    posted_at: datetime
    responsible: str


class LoggedIn(Struct):
    """A period the person was in the system: start and milliseconds."""

    start: str
    time: float


class SentFact(Struct):
    """The body of the call."""

    agentId: str
    initiator_name: str
    date_start: str
    loginfo: list[LoggedIn]


class Facts:
    """`documents` in the order they were posted; sending the same day again posts again."""

    def __init__(self, planning: Planning) -> None:
        self._planning = planning
        self.documents: list[Document] = []

    def post(self, sent: SentFact, staff: Staff, now: datetime, responsible: str) -> list[Document]:
        """The documents of one call, none where the day went as planned. Raises Refused for what cannot be posted."""
        person = staff.find(sent.agentId)
        if person is None:
            raise Refused(f"Сотрудник с идентификатором {sent.agentId} не найден.")
        start = instant(sent.date_start)
        day = start.date()
        if not person.employed(day):
            raise Refused(f"{day:%d.%m.%Y} сотрудник не работает.")
        comment = f"WFM {start:%d.%m.%Y %H:%M}, инициатор: {sent.initiator_name}"
        fact = _fact(sent.loginfo)
        new = [
            Document(self._number(at), kind, code, person.agent_id, day, round(hours, 4), comment, now, responsible)
            for at, (kind, code, hours) in enumerate(_decided(self._planning.plan(person, day), fact))
        ]
        self.documents.extend(new)
        return new

    def of(self, person: Person) -> dict[date, dict[str, float]]:
        """Hours by day and code."""
        found: dict[date, dict[str, float]] = {}
        for document in self.documents:
            if document.agent_id == person.agent_id:
                codes = found.setdefault(document.day, {})
                codes[document.code] = codes.get(document.code, 0) + document.hours
        return found

    def _number(self, offset: int) -> str:
        return f"0000-{len(self.documents) + offset + 1:06}"


def _fact(slices: list[LoggedIn]) -> PlannedDay:
    """Hours by day and by night. Raises Refused for a slice longer than a quarter of an hour."""
    day = night = 0.0
    for piece in slices:
        if not 0 <= piece.time <= LONGEST_SLICE_MS:
            raise Refused(f"Длительность интервала {piece.start} больше 15 минут.")
        start = instant(piece.start)
        dark = _night_hours(start, start + timedelta(milliseconds=piece.time))
        night += dark
        day += piece.time / HOUR_MS - dark
    return PlannedDay(day, night)


def _night_hours(start: datetime, end: datetime) -> float:
    """Hours between 22:00 and 6:00 in a slice that is too short to touch both borders."""
    morning = start.replace(hour=NIGHT_ENDS, minute=0, second=0, microsecond=0)
    evening = start.replace(hour=NIGHT_STARTS, minute=0, second=0, microsecond=0)
    dark = max(min(end, morning) - start, timedelta(0)) + max(end - max(start, evening), timedelta(0))
    return dark / timedelta(hours=1)


def _decided(plan: PlannedDay, fact: PlannedDay) -> list[tuple[str, str, float]]:
    """Kind, code and hours by the table of section 5.5."""
    if plan.hours < LEAST_HOURS:
        parts = [(DAY_OFF_WORK, "РВ", fact.day_hours), (DAY_OFF_WORK, "РВН", fact.night_hours)]
    elif fact.hours > plan.hours:
        parts = [(OVERTIME, "С", fact.hours - plan.hours)]
    else:
        missing = plan.hours - fact.hours
        by_night = min(missing, max(0.0, plan.night_hours - fact.night_hours))
        parts = [(ABSENCE, "НН", missing - by_night), (ABSENCE, "НН", by_night)]
    return [part for part in parts if part[2] >= LEAST_HOURS]
