"""The operations on a 1C that really answers, over HTTP: what it then holds, what it was asked (onec-zup.md §12)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.demo.onec.staff import Person
from app.demo.onec.troubles import Method, Trouble, TroublePlan
from app.demo.onec.wire import Ways
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.directory import EmployeeStatus
from app.domain.outcomes import Status
from app.errors import ErrorKind, ExitCode
from app.operations.onec import asking
from app.operations.runner import Report
from app.store import directory, onec
from app.workspace import Workspace
from tests.support.running import run

NOON = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoWorld]:
    """Sixty people in 1C, on 10 March 2026."""
    world = DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=1)
    world.onec.clock = lambda: NOON
    monkeypatch.setattr(asking, "now", lambda: NOON)
    with world:
        yield world


@pytest.fixture
async def payroll(workspace: Workspace, firm: DemoWorld) -> Workspace:
    """A workspace connected to it, in no hurry to be polite."""
    described = firm.onec.describe() | {"timeout_seconds": 5, "retry_attempts": 0}
    await connect_demo(workspace, {"onec": described})
    return workspace


async def sync(workspace: Workspace, **params: Any) -> Report:
    return await run(workspace, "onec.sync_personnel", params=params)


def paths(firm: DemoWorld, method: Method) -> list[str]:
    return [r.path for r in firm.onec.requests if str(method) in r.path]


def everyone(firm: DemoWorld) -> dict[str, Person]:
    return {person.agent_id.lower(): person for person in firm.onec.people}


def by_night(person: Person, day: str) -> dict[str, Any]:
    return {"agent_id": person.agent_id, "start": f"{day}T20:00", "end": "08:00", "unpaid_breaks": "01:00-02:00"}


def serving(firm: DemoWorld) -> Person:
    """Somebody who stays and is never away."""
    person = next(p for p in firm.onec.people if p.left is None and p.hired < date(2026, 1, 1))
    person.absences.clear()
    return person


def by_day(person: Person, day: str) -> dict[str, Any]:
    return {"agent_id": person.agent_id, "start": f"{day}T09:00", "end": "18:00"}


class TestPeople:
    async def test_everybody_arrives_with_department_and_state(self, payroll: Workspace, firm: DemoWorld) -> None:
        report = await sync(payroll)
        assert report.error is None
        here = {k.person.external_id: k for k in await payroll.store.read(onec.people)}
        assert here.keys() == everyone(firm).keys()
        employees = {e.id: e for e in await payroll.store.read(directory.employees)}
        for external_id, known in here.items():
            person = everyone(firm)[external_id]
            employee = employees[known.employee_id or ""]
            assert (known.person.personnel_number, known.person.last_name) == (person.number, person.last_name)
            gone = person.left is not None and person.left < NOON.date()
            assert employee.status is (EmployeeStatus.INACTIVE if gone else EmployeeStatus.ACTIVE)
        assert report.run.summary["created"] == len(here)
        assert not any(k.person.department_missing for k in here.values())

    async def test_the_traps_of_1cs_writing_change_nothing(self, payroll: Workspace, firm: DemoWorld) -> None:
        await sync(payroll)
        firm.onec.ways = Ways()
        before = await payroll.store.read(onec.people)
        for trouble in (Trouble.DECIMAL_COMMA, Trouble.WRONG_CHARSET):
            firm.onec.trouble = TroublePlan(trouble, only=Method.AGENTS)
            report = await sync(payroll)
            assert (report.error, report.run.summary["updated"]) == (None, 0)
        assert await payroll.store.read(onec.people) == before

    async def test_a_full_sync_with_nobody_changes_nothing(self, payroll: Workspace, firm: DemoWorld) -> None:
        await sync(payroll)
        before = await payroll.store.read(onec.people)
        firm.onec.trouble = TroublePlan(Trouble.NOBODY, only=Method.AGENTS)
        report = await sync(payroll, full_sync=True)
        assert report.error is not None
        assert "1C returned nobody" in report.error.message
        assert await payroll.store.read(onec.people) == before

    async def test_somebody_new_and_somebody_who_left(self, payroll: Workspace, firm: DemoWorld) -> None:
        await sync(payroll)
        leaving = serving(firm)
        leaving.left = date(2026, 3, 9)
        report = await sync(payroll)
        assert [o.target_id for o in report.outcomes if o.status is Status.SUCCESS] == [leaving.agent_id.lower()]
        assert report.run.summary["updated"] == 1

    async def test_a_wrong_password_is_refused(self, payroll: Workspace, firm: DemoWorld) -> None:
        firm.onec.password = "Другой"
        report = await sync(payroll)
        assert report.exit_code is ExitCode.NOT_CONFIGURED
        assert (await run(payroll, "onec.test")).exit_code is ExitCode.NOT_CONFIGURED


class TestHours:
    async def test_norms_are_those_of_the_formula(self, payroll: Workspace, firm: DemoWorld) -> None:
        await sync(payroll)
        for mode, rows in (("quarter", 4), ("month", 12), ("year", 1)):
            who = serving(firm).agent_id
            report = await run(payroll, "onec.norm_hours", params={"calculation_mode": mode, "people": who})
            assert (report.error, len(report.run.result)) == (None, rows)
            assert {row["difference"] for row in report.run.result} == {0}
        report = await run(payroll, "onec.norm_hours", params={"calculation_mode": "quarter"})
        assert report.run.warnings == ()
        assert len(report.run.result) > 3 * len(firm.onec.people)

    async def test_a_calendar_that_nobody_filled_is_said_in_1cs_words(
        self, payroll: Workspace, firm: DemoWorld
    ) -> None:
        await sync(payroll)
        firm.onec.calendar.filled.discard(2026)
        report = await run(payroll, "onec.norm_hours")
        assert report.error is not None
        assert "календарь" in report.error.message
        assert report.exit_code is ExitCode.STOPPED

    async def test_the_timesheet_of_a_month(self, payroll: Workspace, firm: DemoWorld) -> None:
        params = {"start_date": "2026-02-01", "end_date": "2026-02-28", "people": serving(firm).agent_id}
        report = await run(payroll, "onec.timetype_info", params=params)
        (row,) = report.run.result
        assert [d["date"] for d in row["days"]] == [f"2026-02-{day:02}" for day in range(1, 29)]
        assert {d["code"] for d in row["days"]} <= {"Я", "В"}
        worked = sum(d["hours"] for d in row["days"])
        assert row["half1_hours"] + row["half2_hours"] == worked


class TestSchedules:
    async def test_what_was_sent_is_what_1c_holds(self, payroll: Workspace, firm: DemoWorld) -> None:
        person = serving(firm)
        shifts = json.dumps([by_night(person, "2026-03-12"), by_day(person, "2026-03-14")])
        report = await run(payroll, "onec.send_schedule", params={"shifts": shifts})
        assert report.exit_code is ExitCode.DONE
        held = firm.onec.schedules[person.agent_id.lower(), "2026-03"]
        assert (held.days[date(2026, 3, 12)].day_hours, held.days[date(2026, 3, 12)].night_hours) == (4, 7)
        assert (held.days[date(2026, 3, 14)].day_hours, held.days[date(2026, 3, 13)].hours) == (9, 0)
        again = await run(payroll, "onec.send_schedule", params={"shifts": shifts})
        assert [o.status for o in again.outcomes] == [Status.SKIPPED]
        assert (held.written, len(paths(firm, Method.SCHEDULE))) == (1, 1)

    async def test_a_refused_person_does_not_keep_the_others(self, payroll: Workspace, firm: DemoWorld) -> None:
        one, other = (p for p in firm.onec.people[:2])
        firm.onec.planning.part_months.add((one.agent_id.lower(), "2026-03"))
        shifts = json.dumps([by_night(one, "2026-03-12"), by_night(other, "2026-03-12")])
        report = await run(payroll, "onec.send_schedule", params={"shifts": shifts})
        assert [o.status for o in report.outcomes] == [Status.FATAL, Status.SUCCESS]
        assert report.exit_code is ExitCode.INCOMPLETE

    async def test_a_thousand_shifts_of_a_file(self, payroll: Workspace, firm: DemoWorld, tmp_path: Path) -> None:
        lines = ["agent_id;date;start;end;unpaid_breaks"]
        people = [p for p in firm.onec.people if p.left is None][:3]
        lines += [f"{p.number};{day:02}.03.2026;09:00;18:00;13:00-14:00" for p in people for day in range(11, 32)]
        file = tmp_path / "plan.csv"
        file.write_bytes("\n".join(lines).encode("cp1251"))
        report = await run(payroll, "onec.send_schedule", params={"file": str(file)})
        assert [o.status for o in report.outcomes] == [Status.SUCCESS] * 3
        assert {len([d for d in s.days.values() if d.hours == 8]) for s in firm.onec.schedules.values()} == {21}


class TestWorkedTime:
    async def test_after_a_time_out_it_is_unknown_asked_once_and_found(
        self, payroll: Workspace, firm: DemoWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person = serving(firm)
        await run(payroll, "onec.config", params={"timeout_seconds": "1"})
        shifts = json.dumps([by_day(person, "2026-03-11")])
        await run(payroll, "onec.send_schedule", params={"shifts": shifts})
        monkeypatch.setattr(asking, "now", lambda: NOON.replace(day=12))
        firm.onec.trouble = TroublePlan(Trouble.SILENT, only=Method.FACTS)
        fact = {
            "agent_id": person.agent_id,
            "shift_start": "2026-03-11T09:00",
            "periods": json.dumps([{"start": "09:00", "end": "20:00"}]),
            "confirm": True,
        }
        report = await run(payroll, "onec.send_fact_work_time", params=fact)
        assert [o.status for o in report.outcomes] == [Status.UNKNOWN]
        assert report.error is not None
        assert report.error.kind is ErrorKind.TIMED_OUT
        await run(payroll, "onec.send_fact_work_time", params=fact)
        assert len(paths(firm, Method.FACTS)) == 1
        assert [(d.code, d.hours) for d in firm.onec.documents] == [("С", 2)]
        params = {"agent_id": person.agent_id, "day": "2026-03-11"}
        found = await run(payroll, "onec.check_fact", params=params)
        assert (found.run.result["found"], found.exit_code) == (["С"], ExitCode.DONE)

    async def test_deviations_show_what_1c_made_of_it(
        self, payroll: Workspace, firm: DemoWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person = serving(firm)
        shifts = json.dumps([by_day(person, f"2026-03-{day}") for day in (11, 12, 13)])
        await run(payroll, "onec.send_schedule", params={"shifts": shifts})
        monkeypatch.setattr(asking, "now", lambda: NOON.replace(day=20))
        for day, end in ((11, "20:00"), (12, "13:00")):
            fact = {
                "agent_id": person.agent_id,
                "shift_start": f"2026-03-{day}T09:00",
                "periods": json.dumps([{"start": "09:00", "end": end}]),
                "confirm": True,
            }
            report = await run(payroll, "onec.send_fact_work_time", params=fact)
            assert report.exit_code is ExitCode.DONE
        report = await run(payroll, "onec.deviations", params={"people": person.agent_id, "start_date": "2026-03-11"})
        rows = [(r["date"], r["deviation_type"], r["deviation_hours"], r["sent"]) for r in report.run.result]
        assert rows[:2] == [("2026-03-11", "overtime", 2, "sent"), ("2026-03-12", "partial_absence", -5, "sent")]
        assert "2026-03-13" not in {row[0] for row in rows}


class TestTheTest:
    async def test_in_stages(self, payroll: Workspace) -> None:
        report = await run(payroll, "onec.test")
        assert report.run.result["success"]
        assert report.run.result["test_type"] == "full"
        basic = await run(payroll, "onec.test", params={"full": False})
        assert basic.run.result["test_type"] == "basic"
        assert "data" not in basic.run.result["test_results"]
        status = await run(payroll, "onec.status")
        assert status.run.result["health_check"]["success"]
