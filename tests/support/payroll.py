"""A desk connected to a 1C inside the process, on 10 March 2026 at noon in Moscow; people, plans and sheets for it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.domain.directory import Employee
from app.domain.kinds import ConnectionKind
from app.domain.onec import TimesheetDay, TimesheetPeriod
from app.operations import links
from app.operations.onec import asking
from app.operations.runner import Report, Request
from app.store import connections, directory, onec
from app.store.contact_center_rows import AgentLoginRow, AgentRow
from tests.support.fake_onec import MOSCOW, FakeOneC, external_id
from tests.support.running import run
from ui.desk import Desk

NOON = datetime(2026, 3, 10, 9, tzinfo=UTC)
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def stand_in(monkeypatch: pytest.MonkeyPatch) -> FakeOneC:
    """A 1C of our own, on that day."""
    fake = FakeOneC()
    monkeypatch.setitem(links._MAKERS, ConnectionKind.ONEC, lambda *_given: fake)
    monkeypatch.setattr(asking, "now", lambda: NOON)
    return fake


async def connect(desk: Desk) -> str:
    """Add the connection `1c`; returns its id."""
    settings = {"endpoint_url": "https://1c.example/zup/hs/wfm", "username": "wfm"}
    params = {"name": "1c", "kind": "onec", "settings": settings}
    report = await desk.report_of(Request("connections.create", params=params, secrets={"password": "x"}))
    assert report is not None
    assert report.error is None
    found = await desk.workspace.store.read(connections.find_connection, "1c")
    assert found is not None
    return found.id


async def done(desk: Desk, operation: str, **params: object) -> Report:
    """Run an operation on 1C that comes to a good end."""
    report = await run(desk.workspace, operation, params=params)
    assert report.error is None, report.error
    return report


def sheet(number: int, *days: tuple[int, str, str]) -> TimesheetPeriod:
    """What 1C counts of person `number` in March: day, code, hours."""
    rows = tuple(TimesheetDay(date(2026, 3, day), code, Decimal(hours)) for day, code, hours in days)
    return TimesheetPeriod(external_id(number), *MARCH, rows)


async def plan(desk: Desk, number: int, *days: int) -> None:
    """Shifts from 9 to 18 with an unpaid break at 13."""
    shifts = [
        {"agent_id": external_id(number), "start": f"2026-03-{day:02}T09:00", "end": "18:00",
         "unpaid_breaks": "13:00-14:00"}
        for day in days
    ]  # fmt: skip
    await done(desk, "onec.plan_shifts", shifts=json.dumps(shifts))


async def employ(desk: Desk, *people: Employee) -> None:
    """Put employees into the store, as another system would."""
    await desk.workspace.store.write(directory.add_employees, people)


async def signed_in(desk: Desk, number: int, start: str, end: str) -> None:
    """Somebody was signed in at the contact centre, in March: `03T09:00`."""
    known = next(k for k in await desk.workspace.store.read(onec.people) if k.person.external_id == external_id(number))

    def write() -> None:
        name = f"agent-{number}"
        texts = {field: "" for field in AgentRow._meta.fields if field not in {"connection", "agent_id", "by_hand"}}
        row = texts | {"connection": "cc", "agent_id": name, "employee_id": known.employee_id, "by_hand": False}
        AgentRow.insert(row).on_conflict_ignore().execute()
        times = [
            int(datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=MOSCOW).timestamp() * 1000)
            for text in (start, end)
        ]
        AgentLoginRow.insert(
            connection="cc", agent_id=name, start_ms=times[0], end_ms=times[1], duration_ms=None, batch_id=""
        ).execute()

    await desk.workspace.store.write(write)
