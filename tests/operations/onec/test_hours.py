"""Norm hours and timesheets: asked, stored, compared with the formula (onec-zup.md §5.2, §5.4, §7, §12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.onec import (
    NormHours,
    NormMode,
    NormRequest,
    TimesheetAbsence,
    TimesheetDay,
    TimesheetPeriod,
    WeeklyNorm,
)
from app.domain.outcomes import Action, Status
from app.errors import ExitCode
from app.operations.runner import Report
from app.store import onec_hours
from app.store.onec import link_person, people
from app.workspace import Workspace
from tests.support.fake_onec import FakeOneC, external_id, person
from tests.support.running import dump, run

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
QUARTERS = [
    (date(2026, 1, 1), date(2026, 3, 31)),
    (date(2026, 4, 1), date(2026, 6, 30)),
    (date(2026, 7, 1), date(2026, 9, 30)),
    (date(2026, 10, 1), date(2026, 12, 31)),
]
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))


def february(number: int, *days: TimesheetDay, **more: Any) -> TimesheetPeriod:
    return TimesheetPeriod(external_id(number), *FEBRUARY, days, **more)


def worked(day: int, code: str = "Я", hours: str = "8") -> TimesheetDay:
    return TimesheetDay(date(2026, 2, day), code, Decimal(hours))


async def connection_id(workspace: Workspace) -> str:
    return (await workspace.store.read(people))[0].connection


async def timesheet(workspace: Workspace) -> Report:
    params = {"start_date": "2026-02-01", "end_date": "2026-02-28", "people": "all"}
    return await run(workspace, "onec.timetype_info", params=params)


class TestNorms:
    async def test_people_are_asked_of_with_their_weekly_norms(self, synced: Workspace, onec: FakeOneC) -> None:
        listed = len(onec.asked("agents"))
        for name in (external_id(1).upper(), "00-0001"):
            await run(synced, "onec.norm_hours", params={"calculation_mode": "quarter", "people": name})
        norms = (WeeklyNorm(Decimal(40), YEAR[0]),)  # it began before: a history inside the period begins with it
        assert onec.asked("norm_hours") == [(*YEAR, NormMode.QUARTER, (NormRequest(external_id(1), norms),))] * 2
        assert len(onec.asked("agents")) == listed  # a request takes a licence

    async def test_a_norm_that_changes_within_the_period_is_told_with_its_date(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        onec.says(person(1, weekly_norm_hours=Decimal(20), norm_change_date=date(2026, 7, 1)))
        await run(synced, "onec.sync_personnel")
        await run(synced, "onec.norm_hours", params={"people": external_id(1)})
        (_first, _last, _mode, (request,)) = onec.asked("norm_hours")[0]
        assert request.norms == (
            WeeklyNorm(Decimal(40), date(2026, 1, 1)),
            WeeklyNorm(Decimal(20), date(2026, 7, 1)),
        )

    async def test_of_a_norm_that_begins_after_the_period_the_first_day_is_told(
        self, synced: Workspace, onec: FakeOneC
    ) -> None:
        params = {"people": external_id(1), "start_date": "2022-01-01", "end_date": "2022-12-31"}
        await run(synced, "onec.norm_hours", params=params)
        (_first, _last, _mode, (request,)) = onec.asked("norm_hours")[0]
        assert request.norms == (WeeklyNorm(Decimal(40), date(2022, 1, 1)),)

    async def test_four_quarters_are_four_rows_and_stay_four(self, synced: Workspace, onec: FakeOneC) -> None:
        hours = [Decimal(n) for n in (440, 494, 528, 510)]
        onec.norms = [NormHours(external_id(1), h, *q) for h, q in zip(hours, QUARTERS, strict=True)]
        params = {"calculation_mode": "quarter", "people": "all"}
        report = await run(synced, "onec.norm_hours", params=params)
        assert [row["norm_hours"] for row in report.run.result] == [440, 494, 528, 510]
        again = await run(synced, "onec.norm_hours", params=params)
        kept = await synced.store.read(onec_hours.norms, await connection_id(synced), *YEAR)
        assert [(n.norm.hours, n.mode) for n in kept] == [(h, NormMode.QUARTER) for h in hours]
        assert report.run.summary == {"total": 2, "created": 1, "updated": 0, "skipped": 1, "failed": 0}
        assert again.run.summary == {"total": 2, "created": 0, "updated": 0, "skipped": 2, "failed": 0}
        assert again.exit_code is ExitCode.DONE

    async def test_the_formula_stands_beside_the_answer(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.norms = [NormHours(external_id(1), Decimal(1972), *YEAR), NormHours(external_id(2), Decimal(1971), *YEAR)]
        report = await run(synced, "onec.norm_hours", params={"calculation_mode": "year"})
        right, wrong = report.run.result
        assert (right["expected_hours"], right["difference"]) == (1972, 0)
        assert (wrong["expected_hours"], wrong["difference"]) == (1972, -1)
        assert report.run.warnings == ("1 norm differs from what the formula gives by more than 0.1 hours.",)
        assert report.exit_code is ExitCode.DONE

    async def test_who_was_never_synced_is_asked_for_and_nobody_is_made(
        self, payroll: Workspace, onec: FakeOneC
    ) -> None:
        onec.says(person(1, weekly_norm_hours=None))
        onec.norms = [NormHours(external_id(1), Decimal(1972), *YEAR)]
        report = await run(payroll, "onec.norm_hours", params={"calculation_mode": "year"})
        (_first, _last, _mode, (request,)) = onec.asked("norm_hours")[0]
        assert request.norms == (WeeklyNorm(Decimal(40)),)
        assert "40 hours were taken" in report.run.warnings[0]
        assert report.run.result[0]["name"] == "Орлова1 Мария Игоревна"
        assert await payroll.store.read(people) == []

    async def test_an_id_that_nobody_has_is_told_and_the_rest_is_done(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.norms = [NormHours(external_id(1), Decimal(1972), *YEAR)]
        params = {"calculation_mode": "year", "people": f"{external_id(1)},nobody"}
        report = await run(synced, "onec.norm_hours", params=params)
        assert [(o.target_id, o.status, o.action) for o in report.outcomes] == [
            (external_id(1), Status.SUCCESS, Action.CREATE), ("nobody", Status.SKIPPED, Action.SKIP),
        ]  # fmt: skip
        assert report.exit_code is ExitCode.INCOMPLETE

    async def test_a_dry_run_stores_nothing(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.norms = [NormHours(external_id(1), Decimal(1972), *YEAR)]
        before = await dump(synced)
        report = await run(synced, "onec.norm_hours", params={"calculation_mode": "year"}, dry_run=True)
        assert await dump(synced) == before
        assert len(report.run.result) == 1


class TestRowsThatCannotBeRead:
    async def test_are_told_and_the_others_stored(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.norms, onec.unreadable = [NormHours(external_id(1), Decimal(1972), *YEAR)], 2
        onec.periods = [february(1, worked(2))]
        norms = await run(synced, "onec.norm_hours", params={"calculation_mode": "year", "people": external_id(1)})
        sheet = await run(synced, "onec.timetype_info", params={"people": external_id(1)})
        for report in (norms, sheet):
            assert [o.status for o in report.outcomes] == [Status.SUCCESS, Status.SKIPPED, Status.SKIPPED]
            assert (report.exit_code, report.run.summary["failed"]) == (ExitCode.INCOMPLETE, 2)


class TestTimesheet:
    async def test_days_codes_absences_and_halves(self, synced: Workspace, onec: FakeOneC) -> None:
        days = (worked(2, "Я", "11"), worked(2, "C", "2.75"), worked(3, "ОТ", "0"))  # a Latin C
        absences = (TimesheetAbsence("НН", "2(5)", Decimal(2), Decimal(5)),)
        halves = {"half1_days": Decimal(6), "half1_hours": Decimal(61)}
        onec.periods = [february(1, *days, absences=absences, **halves)]
        report = await timesheet(synced)
        (row,) = report.run.result
        assert [(d["date"], d["code"], d["hours"], d["worked"]) for d in row["days"]] == [
            ("2026-02-02", "Я", 11, True), ("2026-02-02", "С", 2.75, True), ("2026-02-03", "ОТ", 0, False),
        ]  # fmt: skip
        assert row["absences"] == [
            {"code": "НН", "title": "Unexplained absence", "text": "2(5)", "days": 2, "hours": 5}
        ]
        assert (row["half1_days"], row["half1_hours"], row["half2_days"], row["whole_month"]) == (6, 61, None, True)
        (kept,) = await synced.store.read(onec_hours.timesheet, await connection_id(synced), *FEBRUARY)
        assert kept.period == onec.periods[0]
        assert kept.fetched_at is not None

    async def test_what_1c_says_now_takes_the_place_of_what_it_said(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.periods = [february(1, worked(2), worked(3)), february(2, worked(2))]
        first = await timesheet(synced)
        onec.periods = [february(1, worked(2, "Б", "0")), february(2, worked(2))]
        second = await timesheet(synced)
        assert [o.action for o in first.outcomes] == [Action.CREATE, Action.CREATE]
        assert [o.action for o in second.outcomes] == [Action.UPDATE, Action.UNCHANGED]
        kept = await synced.store.read(onec_hours.timesheet, await connection_id(synced), *FEBRUARY)
        assert [p.period for p in kept] == onec.periods

    async def test_somebody_listed_twice_counts_once(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.periods = [february(1, worked(2)), february(1, worked(2), worked(3))]
        report = await timesheet(synced)
        kept = await synced.store.read(onec_hours.timesheet, await connection_id(synced), *FEBRUARY)
        assert (len(kept), report.exit_code) == (1, ExitCode.DONE)

    async def test_an_unknown_code_is_listed_and_not_lost(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.periods = [february(1, worked(2, "ЖЖ"))]
        report = await timesheet(synced)
        assert report.run.result[0]["days"][0]["code"] == "ЖЖ"
        assert "Codes of working time that nobody described yet: ЖЖ (1)." in report.run.warnings

    async def test_a_code_of_the_connection_is_described_by_it(self, synced: Workspace, onec: FakeOneC) -> None:
        settings = {"time_type_map": '[{"code": "ЖЖ", "title": "Duty", "group": "work", "worked": true}]'}
        await run(synced, "connections.update", "1c", params={"settings": settings})
        onec.periods = [february(1, worked(2, "ЖЖ"))]
        report = await timesheet(synced)
        assert report.run.result[0]["days"][0]["title"] == "Duty"
        assert report.run.warnings == ()

    async def test_the_current_month_unless_another_is_wanted(self, synced: Workspace, onec: FakeOneC) -> None:
        await run(synced, "onec.timetype_info", params={"people": external_id(2)})
        assert onec.asked("timesheet") == [(date(2026, 3, 1), date(2026, 3, 31), (external_id(2),))]

    async def test_who_is_absent_in_1c_is_meant_only_by_name(self, synced: Workspace, onec: FakeOneC) -> None:
        (gone, *_others) = await synced.store.read(people)
        away = replace(gone, absent_since=date(2026, 3, 1))
        await synced.store.write(link_person, away, gone.employee_id)
        await run(synced, "onec.timetype_info")
        await run(synced, "onec.timetype_info", params={"people": external_id(1)})
        assert [ids for _first, _last, ids in onec.asked("timesheet")] == [(external_id(2),), (external_id(1),)]
