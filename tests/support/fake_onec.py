"""A 1C inside the process: says what a test put into it, keeps what it was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.connectors.breaker import Breaker
from app.connectors.onec.client import Listing
from app.domain.onec import (
    FactDay,
    NormHours,
    NormMode,
    NormRequest,
    OneCDepartment,
    OneCNorms,
    OneCPeople,
    OneCPerson,
    OneCReply,
    PersonSchedule,
    Timesheet,
    TimesheetPeriod,
)
from app.errors import MusterError

MOSCOW = ZoneInfo("Europe/Moscow")
ROOT, GROUP = "a1c0e9d2-0001-4a6b-8f10-5d2f5a000001", "a1c0e9d2-0002-4a6b-8f10-5d2f5a000002"
DEPARTMENTS = (OneCDepartment(ROOT, "Контактный центр"), OneCDepartment(GROUP, "Группа 1", ROOT))


def person(number: int, **fields: Any) -> OneCPerson:
    """Somebody of Group 1, by default employed and full-time."""
    values: dict[str, Any] = {
        "personnel_number": f"00-{number:04}",
        "last_name": f"Орлова{number}",
        "first_name": "Мария",
        "middle_name": "Игоревна",
        "hire_date": date(2023, 4, 3),
        "position": "Оператор",
        "department_external_id": GROUP,
        "employment_rate": Decimal(1),
        "weekly_norm_hours": Decimal(40),
        "norm_change_date": date(2023, 4, 3),
    }
    return OneCPerson(external_id(number), **values | fields)


def external_id(number: int) -> str:
    """The GUID of person `number`."""
    return f"5b7d4a3e-7f10-4b5c-9d21-{number:012x}"


@dataclass
class FakeOneC:
    """Answers like the client of 1C; `troubles` are raised, one per call of that name, before anything is answered."""

    listed: OneCPeople = field(default_factory=lambda: OneCPeople((person(1), person(2)), DEPARTMENTS))
    norms: list[NormHours] = field(default_factory=list)
    periods: list[TimesheetPeriod] = field(default_factory=list)
    replies: dict[str, OneCReply] = field(default_factory=dict)
    troubles: dict[str, list[MusterError]] = field(default_factory=dict)
    unreadable: int = 0
    asks_again: bool = False
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    breaker: Breaker = field(default_factory=lambda: Breaker("1C"))

    def says(self, *people: OneCPerson, **more: Any) -> None:
        """The people of the next answers."""
        self.listed = OneCPeople(people, DEPARTMENTS, **more)

    async def close(self) -> None:
        """Nothing is open."""

    async def agents(self, first: date, last: date) -> OneCPeople:
        """As the client."""
        self._called("agents", first, last)
        return self.listed

    async def listing(self, first: date, last: date) -> Listing:
        """As the client; the bytes are those of the people in words, as nobody reads them."""
        listed = await self.agents(first, last)

        async def again() -> bytes:
            raise AssertionError("what is not read can always be read")

        return Listing(repr(listed).encode(), again, lambda _body: self._read(listed), self.asks_again)

    def _read(self, listed: OneCPeople) -> OneCPeople:
        self.calls.append(("read", len(listed.people)))
        return listed

    async def norm_hours(self, first: date, last: date, mode: NormMode, people: Sequence[NormRequest]) -> OneCNorms:
        """As the client."""
        self._called("norm_hours", first, last, mode, tuple(people))
        asked = {p.external_id for p in people}
        return OneCNorms(tuple(n for n in self.norms if n.external_id in asked), self.unreadable)

    async def timesheet(self, first: date, last: date, external_ids: Sequence[str]) -> Timesheet:
        """As the client."""
        self._called("timesheet", first, last, tuple(external_ids))
        return Timesheet(tuple(p for p in self.periods if p.external_id in external_ids), self.unreadable)

    async def send_schedule(self, schedule: PersonSchedule) -> OneCReply:
        """As the client."""
        self._called("send_schedule", schedule)
        return self.replies.get(schedule.external_id, OneCReply(True, "Записано"))

    async def send_fact_work_time(self, fact: FactDay) -> OneCReply:
        """As the client."""
        self._called("send_fact_work_time", fact)
        return self.replies.get(fact.external_id, OneCReply(True, "", "Сверхурочная работа"))

    def asked(self, name: str) -> list[Any]:
        """What every call of that name was given, the only argument by itself."""
        return [call[1] if len(call) == 2 else call[1:] for call in self.calls if call[0] == name]

    def _called(self, name: str, *given: Any) -> None:
        self.calls.append((name, *given))
        if self.troubles.get(name):
            raise self.troubles[name].pop(0)
