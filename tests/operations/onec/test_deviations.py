"""Deviations: from the plan here, 1C's timesheet and presence at a contact centre (onec-zup.md §6.2)."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.domain.onec import TimesheetDay, TimesheetPeriod
from app.domain.outcomes import Action
from app.errors import ExitCode, Unreachable
from app.operations.runner import Report
from app.store.contact_center_rows import AgentLoginRow, AgentRow
from app.store.onec import people
from app.workspace import Workspace
from tests.support.fake_onec import MOSCOW, FakeOneC, external_id
from tests.support.running import run

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def sheet(number: int, *days: tuple[int, str, str]) -> TimesheetPeriod:
    rows = tuple(TimesheetDay(date(2026, 3, day), code, Decimal(hours)) for day, code, hours in days)
    return TimesheetPeriod(external_id(number), *MARCH, rows)


async def plan(workspace: Workspace, number: int, *days: int) -> None:
    shifts = [
        {
            "agent_id": external_id(number),
            "start": f"2026-03-{day:02}T09:00",
            "end": "18:00",
            "unpaid_breaks": "13:00-14:00",
        }
        for day in days
    ]
    report = await run(workspace, "onec.plan_shifts", params={"shifts": json.dumps(shifts)})
    assert report.exit_code is ExitCode.DONE


async def deviations(workspace: Workspace, **params: Any) -> Report:
    return await run(workspace, "onec.deviations", params=params)


async def signed_in(workspace: Workspace, number: int, start: str, end: str) -> None:
    known = next(k for k in await workspace.store.read(people) if k.person.external_id == external_id(number))

    def write() -> None:
        name = f"agent-{number}"
        texts = {field: "" for field in AgentRow._meta.fields if field not in {"connection", "agent_id", "by_hand"}}
        row = texts | {"connection": "cc", "agent_id": name, "employee_id": known.employee_id, "by_hand": False}
        AgentRow.insert(row).execute()
        times = [
            int(datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=MOSCOW).timestamp() * 1000)
            for text in (start, end)
        ]
        AgentLoginRow.insert(
            connection="cc", agent_id=name, start_ms=times[0], end_ms=times[1], duration_ms=None, batch_id=""
        ).execute()

    await workspace.store.write(write)


class TestDeviations:
    async def test_rows_of_gaps_with_their_cause(self, synced: Workspace, onec: FakeOneC) -> None:
        await plan(synced, 1, 2, 3, 4)
        onec.periods = [sheet(1, (2, "Я", "8"), (3, "Я", "8"), (3, "С", "2"), (4, "Б", "0")), sheet(2, (7, "РВ", "8"))]
        report = await deviations(synced)
        rows = [(r["date"], r["planned_hours"], r["actual_hours"], r["deviation_type"]) for r in report.run.result]
        assert rows == [
            ("2026-03-03", 8, 10, "overtime"), ("2026-03-04", 8, 0, "documented"), ("2026-03-07", 0, 8, "day_off_work"),
        ]  # fmt: skip
        first = report.run.result[0]
        assert (first["deviation_hours"], first["reason"], first["unconfirmed"]) == (2, "С Overtime", False)
        known = {k.person.external_id: k.employee_id for k in await synced.store.read(people)}
        assert first["employee_id"] == known[external_id(1)]
        assert [(o.action, o.message) for o in report.outcomes] == [
            (Action.DIFFERENT, "2 deviations"), (Action.DIFFERENT, "1 deviation"),
        ]  # fmt: skip
        assert (report.run.summary["deviations"], report.exit_code) == (3, ExitCode.DONE)

    async def test_whole_months_are_fetched_and_only_days_that_are_over_compared(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        await plan(synced, 1, 9, 10, 11)
        onec.periods = [sheet(1)]
        report = await deviations(synced, start_date="2026-03-05", end_date="2026-03-20", people=external_id(1))
        assert onec.asked("timesheet") == [(*MARCH, (external_id(1),))]
        assert [r["date"] for r in report.run.result] == ["2026-03-09"]

    async def test_what_was_fetched_can_be_looked_at_while_1c_is_away(self, synced: Workspace, onec: FakeOneC) -> None:
        await plan(synced, 1, 3)
        onec.periods = [sheet(1, (3, "НН", "8"))]
        before = await deviations(synced)
        onec.troubles["timesheet"] = [Unreachable("Away.")]
        after = await deviations(synced, fetch=False)
        assert after.run.result == before.run.result
        assert len(after.run.result) == 1
        assert (await deviations(synced)).exit_code is ExitCode.STOPPED

    async def test_presence_shows_what_is_to_be_confirmed(self, synced: Workspace, onec: FakeOneC) -> None:
        await plan(synced, 1, 3, 4)
        await plan(synced, 2, 3)
        onec.periods = [sheet(1, (3, "Я", "8"), (4, "Я", "8")), sheet(2, (3, "Я", "8"))]
        await signed_in(synced, 1, "03T09:00", "03T20:00")
        report = await deviations(synced, only="unconfirmed")
        (row,) = report.run.result  # 4 March has no times of anybody: they were not fetched
        assert (row["date"], row["present_hours"], row["onec_hours"], row["deviation_type"]) == (
            "2026-03-03", 11, 8, "overtime",
        )  # fmt: skip
        fact = {"agent_id": external_id(1), "shift_start": "2026-03-03T09:00", "confirm": True}
        await run(synced, "onec.send_fact_work_time", params=fact)
        assert (await deviations(synced, only="unconfirmed")).run.result == []

    async def test_filters_and_all_days(self, synced: Workspace, onec: FakeOneC) -> None:
        await plan(synced, 1, 2, 3)
        onec.periods = [sheet(1, (2, "Я", "8"), (3, "Я", "4"))]
        assert len((await deviations(synced, only="overtime")).run.result) == 0
        assert len((await deviations(synced, only="undertime")).run.result) == 1
        assert [r["date"] for r in (await deviations(synced, all_days=True, people=external_id(1))).run.result] == [
            f"2026-03-{day:02}" for day in range(1, 10)
        ]
        assert (await deviations(synced, departments="none")).run.result == []
