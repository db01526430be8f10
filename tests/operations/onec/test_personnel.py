"""People from 1C: read, planned, stored, linked (onec-zup.md §5.1, §6.1, §12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.directory import Employee, EmployeeStatus
from app.domain.onec import VacationBalance
from app.domain.onec_people import KnownPerson, LinkedBy
from app.domain.outcomes import Action, RunState, Status
from app.errors import ErrorKind, ExitCode, Unreachable, UsageError
from app.events import DirectoryChanged, WorkforceChanged
from app.operations.onec import asking
from app.operations.runner import Report, Request
from app.store import directory, mappings, runs
from app.store import onec as stored
from app.workspace import Workspace
from tests.operations.onec.conftest import NOON
from tests.support.fake_onec import GROUP, FakeOneC, external_id, person
from tests.support.running import dump, run


async def sync(workspace: Workspace, **params: Any) -> Report:
    return await run(workspace, "onec.sync_personnel", params=params)


async def here(workspace: Workspace) -> dict[str, KnownPerson]:
    return {k.person.external_id: k for k in await workspace.store.read(stored.people)}


async def employee(workspace: Workspace, number: int) -> Employee:
    known = (await here(workspace))[external_id(number)]
    return next(e for e in await workspace.store.read(directory.employees) if e.id == known.employee_id)


async def connection_id(workspace: Workspace) -> str:
    return next(iter((await here(workspace)).values())).connection


class TestReading:
    async def test_the_rows_are_the_result(self, payroll: Workspace) -> None:
        report = await run(payroll, "onec.agents", params={"start_date": "2026-01-01", "end_date": "2026-01-31"})
        first, second = report.run.result
        assert (first["external_id"], first["personnel_number"]) == (external_id(1), "00-0001")
        assert (first["department"], first["employment_rate"], first["hire_date"]) == ("Группа 1", 1, "2023-04-03")
        assert (second["last_name"], second["termination_date"]) == ("Орлова2", None)
        assert report.run.summary == {"total": 2, "departments": 2}
        assert [o.status for o in report.outcomes] == [Status.SUCCESS, Status.SUCCESS]
        assert report.exit_code is ExitCode.DONE

    async def test_nothing_is_stored_but_the_run_with_its_rows(self, payroll: Workspace) -> None:
        report = await run(payroll, "onec.agents")
        assert await here(payroll) == {}
        kept = await payroll.store.read(runs.find_run, report.run.run_id)
        assert kept is not None
        assert kept.result == report.run.result

    async def test_balances_are_asked_of_the_calendar_year(self, payroll: Workspace, onec: FakeOneC) -> None:
        await run(payroll, "onec.agents")
        assert onec.asked("agents") == [(date(2026, 1, 1), date(2026, 12, 31))]

    async def test_or_of_the_current_month_where_the_connection_says_so(
        self, payroll: Workspace, onec: FakeOneC
    ) -> None:
        settings = {"vacation_period_default": "current_month"}
        await run(payroll, "connections.update", "1c", params={"settings": settings})
        await run(payroll, "onec.agents")
        assert onec.asked("agents") == [(date(2026, 3, 1), date(2026, 3, 31))]

    async def test_a_failure_is_that_of_the_run(self, payroll: Workspace, onec: FakeOneC) -> None:
        onec.troubles["agents"] = [Unreachable("1C is away.")]
        report = await run(payroll, "onec.agents")
        assert (report.exit_code, report.run.state) == (ExitCode.STOPPED, RunState.STOPPED)


class TestTheSameAnswer:
    """Whoever changed neither there nor here is not compared again."""

    async def test_is_not_read_and_everybody_is_told_as_unchanged(self, synced: Workspace, onec: FakeOneC) -> None:
        before = await here(synced)
        known = await sync(synced)
        assert onec.asked("read") == [2]  # by the first sync alone
        await run(synced, "onec.link_person", params={"person": external_id(2), "employee": ""})
        onec.says(person(1), person(3))
        await sync(synced)
        onec.says(person(1), person(2))
        compared = await sync(synced, full_sync=True)
        assert [(o.subject, o.target_id, o.action, o.message) for o in known.outcomes] == [
            (k.name, k.person.external_id, Action.UNCHANGED, "No changes") for k in before.values()
        ]
        assert known.outcomes[0] == compared.outcomes[0]
        assert (known.run.result, known.run.warnings) == (
            {"personnel": {"not_in_1c": [], "suspicious": False, "departments": 2}},
            (),
        )

    async def test_its_outcomes_are_kept_with_the_run(self, synced: Workspace) -> None:
        report = await sync(synced)
        assert tuple(await synced.store.read(runs.outcomes, report.run.run_id)) == report.outcomes

    @pytest.mark.parametrize("params", [{"full_sync": True}, {"departments": [GROUP]}], ids=["full", "departments"])
    async def test_is_read_when_something_else_is_wanted_of_it(
        self, synced: Workspace, onec: FakeOneC, params: dict[str, Any]
    ) -> None:
        await sync(synced, **params)
        assert onec.asked("read") == [2, 2]

    async def test_is_read_when_it_was_not_what_was_read_last(self, payroll: Workspace, onec: FakeOneC) -> None:
        onec.asks_again = True
        for _time in range(2):
            await sync(payroll)
        assert onec.asked("read") == [2, 2]

    async def test_is_read_for_a_preview(self, synced: Workspace, onec: FakeOneC) -> None:
        await run(synced, "onec.sync_personnel", dry_run=True)
        assert onec.asked("read") == [2, 2]

    async def test_is_read_on_another_day(
        self, synced: Workspace, onec: FakeOneC, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asking, "now", lambda: NOON + timedelta(days=1))
        await sync(synced)
        assert onec.asked("read") == [2, 2]

    async def test_is_read_when_an_employee_changed_here(self, synced: Workspace, onec: FakeOneC) -> None:
        made = await employee(synced, 1)
        await synced.store.write(directory.change_employee, replace(made, title="Chef"))
        report = await sync(synced)
        assert (onec.asked("read"), (await employee(synced, 1)).title) == ([2, 2], "Оператор")
        assert report.run.summary["updated"] == 1

    async def test_is_read_when_a_person_was_linked(self, synced: Workspace, onec: FakeOneC) -> None:
        await run(synced, "onec.link_person", params={"person": external_id(1), "employee": ""})
        await sync(synced)
        assert onec.asked("read") == [2, 2]

    async def test_is_read_when_its_zone_or_its_mapping_changed(self, synced: Workspace, onec: FakeOneC) -> None:
        settings = {"timezone": "Asia/Yekaterinburg"}
        await run(synced, "connections.update", "1c", params={"settings": settings})
        await sync(synced)
        assert onec.asked("read") == [2, 2]
        key = await connection_id(synced)
        await synced.store.write(mappings.say_value, key, "position", "Оператор", "Operator")
        await sync(synced)
        assert onec.asked("read") == [2, 2, 2]

    @pytest.mark.parametrize(
        "said",
        [
            {"unreadable": 1},
            {"doubled": (external_id(1),)},
            {"warnings": ("1 person has values that cannot be read.",)},
        ],
        ids=lambda said: next(iter(said)),
    )
    async def test_is_read_as_long_as_something_is_to_be_said_of_it(
        self, payroll: Workspace, onec: FakeOneC, said: dict[str, Any]
    ) -> None:
        onec.says(person(1), person(2), **said)
        told = [await sync(payroll) for _time in range(3)]
        assert onec.asked("read") == [2, 2, 2]
        assert told[1].outcomes == told[2].outcomes


class TestSync:
    async def test_people_become_employees(self, payroll: Workspace) -> None:
        report = await sync(payroll)
        assert report.run.summary == {"total": 2, "created": 2, "updated": 0, "skipped": 0, "failed": 0}
        assert {o.action for o in report.outcomes} == {Action.CREATE}
        known = (await here(payroll))[external_id(1)]
        assert (known.person, known.linked_by) == (person(1), LinkedBy.NEW)
        made = await employee(payroll, 1)
        assert (made.first_name, made.last_name, made.title, made.status) == (
            "Мария", "Орлова1", "Оператор", EmployeeStatus.ACTIVE,
        )  # fmt: skip
        assert made.employee_no is None
        assert report.outcomes[0].subject_id == made.id

    async def test_departments_are_kept_as_a_tree(self, synced: Workspace) -> None:
        tree = await synced.store.read(stored.departments, await connection_id(synced))
        assert {k.department.name: k.department.parent_external_id is None for k in tree} == {
            "Контактный центр": True, "Группа 1": False,
        }  # fmt: skip

    async def test_a_second_sync_changes_nothing(self, synced: Workspace) -> None:
        before = await here(synced)
        report = await sync(synced)
        assert report.run.summary == {"total": 2, "created": 0, "updated": 0, "skipped": 2, "failed": 0}
        assert await here(synced) == before
        assert report.exit_code is ExitCode.DONE

    async def test_a_dry_run_writes_nothing(self, payroll: Workspace) -> None:
        before = await dump(payroll)
        report = await run(payroll, "onec.sync_personnel", dry_run=True)
        assert await dump(payroll) == before
        assert report.run.summary["created"] == 2
        assert report.plans["personnel"].counts()[Action.CREATE] == 2

    async def test_a_preview_is_carried_out_as_it_was_shown(self, payroll: Workspace, onec: FakeOneC) -> None:
        preview = await run(payroll, "onec.sync_personnel", dry_run=True)
        chosen = preview.plans["personnel"].keep(lambda step: step.source_id == external_id(2))
        await run(payroll, "onec.sync_personnel", chosen={"personnel": chosen})
        assert list(await here(payroll)) == [external_id(2)]
        assert len(onec.asked("agents")) == 1

    async def test_what_changed_since_the_preview_is_not_overwritten(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.says(person(1, position="Супервизор"), person(2))
        preview = await run(synced, "onec.sync_personnel", dry_run=True)
        onec.says(person(1, position="Тренер"), person(2))
        await sync(synced)
        report = await run(synced, "onec.sync_personnel", chosen=preview.plans)
        (conflict,) = [o for o in report.outcomes if o.action is Action.CONFLICT]
        assert "Changed here since the preview" in conflict.message
        assert (await here(synced))[external_id(1)].person.position == "Тренер"
        assert report.exit_code is ExitCode.INCOMPLETE

    async def test_changes_name_their_fields(self, synced: Workspace, onec: FakeOneC) -> None:
        balance = (VacationBalance(date(2026, 3, 17), Decimal("9.33")),)
        onec.says(person(1, position="Супервизор", vacation=balance), person(2))
        report = await sync(synced)
        (changed,) = [o for o in report.outcomes if o.action is Action.UPDATE]
        assert {c.field for c in changed.changes} == {"position", "title", "vacation"}
        assert (await employee(synced, 1)).title == "Супервизор"
        assert (await here(synced))[external_id(1)].person.vacation == balance

    async def test_everybody_hears_of_it(self, payroll: Workspace) -> None:
        heard: list[object] = []
        payroll.events.subscribe(DirectoryChanged, heard.append)
        payroll.events.subscribe(WorkforceChanged, heard.append)
        await sync(payroll)
        assert {type(event) for event in heard} == {DirectoryChanged, WorkforceChanged}

    async def test_people_without_any_name_are_left_out_and_the_rest_is_done(
        self, payroll: Workspace, onec: FakeOneC
    ) -> None:
        onec.says(person(1, last_name="", first_name=""), person(2))
        report = await sync(payroll)
        assert list(await here(payroll)) == [external_id(2)]
        assert report.run.summary == {"total": 2, "created": 1, "updated": 0, "skipped": 0, "failed": 1}
        assert report.run.reasons == {"missing_name": 1}
        assert report.exit_code is ExitCode.INCOMPLETE

    async def test_only_the_chosen_departments(self, payroll: Workspace, onec: FakeOneC) -> None:
        onec.says(person(1), person(2, department_external_id=None))
        await sync(payroll, departments=GROUP)
        assert list(await here(payroll)) == [external_id(1)]

    async def test_a_period_that_ends_before_it_begins_is_refused(self, payroll: Workspace) -> None:
        request = Request("onec.sync_personnel", params={"start_date": "2026-02-01", "end_date": "2026-01-01"})
        with pytest.raises(UsageError, match="ends before it begins"):
            await payroll.runner.start(request)

    async def test_a_connection_of_people_kept_by_hand_takes_none(self, payroll: Workspace) -> None:
        await run(payroll, "connections.update", "1c", params={"settings": {"personnel_mode": "manual_only"}})
        report = await sync(payroll)
        assert (report.exit_code, await here(payroll)) == (ExitCode.HELD, {})

    async def test_a_run_whose_end_was_lost_is_not_done_again(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.says(person(1), person(2), person(3))
        report = await sync(synced)
        await synced.store.write(runs.end_run, replace(report.run, state=RunState.INTERRUPTED))
        calls = len(onec.calls)
        again = await (await synced.runner.resume(report.run.run_id)).report()
        assert (len(onec.calls), again.run.summary) == (calls, report.run.summary)
        assert again.outcomes == report.outcomes


class TestLeaving:
    async def test_the_day_of_the_termination_is_a_day_of_work(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.says(person(1, termination_date=date(2026, 3, 10)), person(2, termination_date=date(2026, 3, 9)))
        report = await sync(synced)
        assert (await employee(synced, 1)).status is EmployeeStatus.ACTIVE
        assert (await employee(synced, 2)).status is EmployeeStatus.INACTIVE
        assert [o.action for o in report.outcomes] == [Action.UPDATE, Action.DEACTIVATE]

    async def test_whoever_is_missing_stays_untouched(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.says(person(1))
        report = await sync(synced)
        assert (await here(synced))[external_id(2)].absent_since is None
        assert report.exit_code is ExitCode.DONE

    async def test_a_full_sync_marks_the_missing_and_deactivates_nobody(
        self, payroll: Workspace, onec: FakeOneC
    ) -> None:
        everybody = [person(n) for n in range(1, 13)]
        onec.says(*everybody)
        await sync(payroll)
        onec.says(*everybody[:-1])
        report = await sync(payroll, full_sync=True)
        assert (await here(payroll))[external_id(12)].absent_since == date(2026, 3, 10)
        assert (await employee(payroll, 12)).status is EmployeeStatus.ACTIVE
        assert [m["external_id"] for m in report.run.result["personnel"]["not_in_1c"]] == [external_id(12)]
        onec.says(*everybody)
        await sync(payroll)
        assert (await here(payroll))[external_id(12)].absent_since is None

    async def test_so_many_missing_are_held_and_the_rest_is_done(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.says(person(1, position="Тренер"))
        report = await sync(synced, full_sync=True)
        known = await here(synced)
        assert known[external_id(2)].absent_since is None
        assert known[external_id(1)].person.position == "Тренер"
        assert report.exit_code is ExitCode.HELD

    async def test_who_left_long_ago_vanishes_without_suspicion(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.says(person(1), person(2, termination_date=date(2026, 3, 20)))
        await sync(synced)
        onec.says(person(1))
        report = await sync(synced, full_sync=True)
        assert report.exit_code is ExitCode.HELD  # 20 March is still to come: nothing says that they left
        onec.says(person(1), person(2, termination_date=date(2026, 3, 1)))
        await sync(synced)
        onec.says(person(1))
        report = await sync(synced, full_sync=True)
        assert (await here(synced))[external_id(2)].absent_since == date(2026, 3, 10)
        assert report.exit_code is ExitCode.DONE

    async def test_nobody_at_all_is_an_error_and_changes_nothing(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.says()
        before = await here(synced)
        report = await sync(synced, full_sync=True)
        assert report.error is not None
        assert (report.error.kind, report.error.message) == (
            ErrorKind.BAD_DATA, "1C returned nobody; nothing was changed.",
        )  # fmt: skip
        assert await here(synced) == before

    async def test_nobody_of_a_few_in_a_partial_sync_is_a_warning(self, synced: Workspace, onec: FakeOneC) -> None:
        onec.says(warnings=("1C returned nobody.",))
        report = await sync(synced)
        assert (report.exit_code, report.run.warnings) == (ExitCode.DONE, ("1C returned nobody.",))


class TestRefusedRows:
    async def test_what_cannot_be_kept_is_told_and_counts_as_failed(self, payroll: Workspace, onec: FakeOneC) -> None:
        onec.says(person(1), person(2, personnel_number=""), doubled=(external_id(1),), unreadable=2)
        report = await sync(payroll)
        assert (report.exit_code, report.run.summary["created"], report.run.summary["failed"]) == (
            ExitCode.INCOMPLETE, 1, 4,
        )  # fmt: skip
        assert report.run.reasons == {"missing_required": 1, "duplicate_id": 1, "unreadable": 2}
        assert set(await here(payroll)) == {external_id(1)}

    async def test_so_they_are_when_people_are_only_read(self, payroll: Workspace, onec: FakeOneC) -> None:
        onec.says(person(1), doubled=(external_id(1),), unreadable=1)
        report = await run(payroll, "onec.agents")
        assert [(o.subject_id, o.status) for o in report.outcomes] == [
            (external_id(1), Status.SUCCESS), (external_id(1), Status.SKIPPED), ("", Status.SKIPPED),
        ]  # fmt: skip
        assert report.exit_code is ExitCode.INCOMPLETE


class TestLinking:
    async def test_by_personnel_number(self, payroll: Workspace, onec: FakeOneC) -> None:
        theirs = Employee("e-1", "Maria", "Orlova", employee_no="00-0001", supabase_id="s-1", title="Agent")
        await payroll.store.write(directory.add_employees, [theirs])
        await sync(payroll)
        known = (await here(payroll))[external_id(1)]
        assert (known.employee_id, known.linked_by) == ("e-1", LinkedBy.NUMBER)
        kept = await employee(payroll, 1)
        assert (kept.first_name, kept.title) == ("Maria", "Agent")  # Supabase said so

    async def test_who_left_by_1c_and_is_active_elsewhere_is_told(self, payroll: Workspace, onec: FakeOneC) -> None:
        theirs = Employee("e-1", "Maria", "Orlova", employee_no="00-0001", supabase_id="s-1")
        await payroll.store.write(directory.add_employees, [theirs])
        onec.says(person(1, termination_date=date(2026, 1, 1)))
        report = await sync(payroll)
        assert (await employee(payroll, 1)).status is EmployeeStatus.ACTIVE
        assert any("active in another system: Орлова1" in w for w in report.run.warnings)

    async def test_a_person_decides_and_a_sync_keeps_to_it(self, synced: Workspace) -> None:
        other = Employee("e-9", "Somebody", "Else", vitec_employee_id="v-9")
        await synced.store.write(directory.add_employees, [other])
        await run(synced, "onec.link_person", params={"person": external_id(1), "employee": "e-9"})
        await sync(synced)
        assert (await here(synced))[external_id(1)].employee_id == "e-9"
        await run(synced, "onec.link_person", params={"person": external_id(1)})
        await sync(synced)
        assert (await here(synced))[external_id(1)].employee_id is None

    async def test_one_employee_is_one_person_of_1c(self, synced: Workspace) -> None:
        taken = (await here(synced))[external_id(2)].employee_id
        report = await run(synced, "onec.link_person", params={"person": external_id(1), "employee": taken})
        assert report.exit_code is ExitCode.USAGE

    async def test_a_new_connection_to_the_same_1c_takes_the_people_over(self, synced: Workspace) -> None:
        before = await here(synced)
        await run(synced, "connections.delete", "1c", params={"purge": True, "confirm": True})
        settings = {"endpoint_url": "https://1c.example/zup/hs/wfm", "username": "wfm"}
        params = {"name": "again", "kind": "onec", "settings": settings}
        await run(synced, "connections.create", params=params, secrets={"password": "x"})
        report = await sync(synced)
        after = await here(synced)
        assert report.run.summary["created"] == 0
        assert {k.employee_id for k in after.values()} == {k.employee_id for k in before.values()}
        assert {k.connection for k in after.values()}.isdisjoint({k.connection for k in before.values()})
        assert len(await synced.store.read(directory.employees)) == 2
