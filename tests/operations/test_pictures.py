"""Fetching pictures (vitec-hub.md §11): one after another, one that fails costs only itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import app.operations.pictures as pictures_module
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.domain.directory import Employee
from app.domain.outcomes import Action, RunState, Status
from app.events import OutcomesReported, RunProgress
from app.operations.pictures import FRESH, is_due
from app.operations.runner import Request
from app.store import directory, runs
from app.store.values import now
from app.workspace import Workspace
from tests.support.records import employee
from tests.support.running import dump, run


@pytest.fixture
async def filled(desk: Workspace, small_world: DemoWorld, no_waiting: list[float]) -> Workspace:
    await run(desk, "directory.sync")
    small_world.vitec.without_picture.clear()
    small_world.vitec.forget_requests()
    return desk


async def people(workspace: Workspace) -> list[Employee]:
    return await workspace.store.read(directory.employees)


async def test_everybodys_picture_is_stored_as_a_small_file(filled: Workspace, small_world: DemoWorld) -> None:
    report = await run(filled, "employees.pictures")
    assert report.run.summary == {"total": 12, "updated": 12, "skipped": 0, "failed": 0}
    assert report.exit_code == 0
    for person in await people(filled):
        assert person.photo == f"{person.id}.jpg"
        assert (filled.home.pictures / person.photo).stat().st_size < 200_000
    asked = {r.path for r in small_world.vitec.requests}
    assert len(asked) == 12
    assert all(path.endswith("/Picture") for path in asked)


async def test_within_a_day_nothing_is_asked_again(filled: Workspace, small_world: DemoWorld) -> None:
    await run(filled, "employees.pictures")
    small_world.vitec.forget_requests()
    again = await run(filled, "employees.pictures")
    assert (again.run.summary["total"], small_world.vitec.requests) == (0, [])


async def test_no_picture_is_no_error_and_remembered_for_a_day(filled: Workspace, small_world: DemoWorld) -> None:
    one = (await people(filled))[0]
    small_world.vitec.without_picture.add(str(one.vitec_employee_id))
    report = await run(filled, "employees.pictures", params={"employees": one.id})
    (outcome,) = report.outcomes
    assert (outcome.status, outcome.action, outcome.message) == (
        Status.SKIPPED, Action.UNCHANGED, "No picture in Vitec",
    )  # fmt: skip
    assert report.exit_code == 0
    (person,) = [p for p in await people(filled) if p.id == one.id]
    assert person.photo is None
    assert not is_due(person)


@pytest.mark.parametrize(
    "fault", [Fault.HTML, Fault.SERVER_ERROR, Fault.NOT_A_LIST], ids=["a page with 200", "an outage", "no fault here"]
)
async def test_one_that_fails_costs_only_itself(filled: Workspace, small_world: DemoWorld, fault: Fault) -> None:
    small_world.vitec.fault = FaultPlan(fault, only="employee_picture", times=3 if fault is Fault.SERVER_ERROR else 1)
    report = await run(filled, "employees.pictures")
    failed = 0 if fault is Fault.NOT_A_LIST else 1
    assert report.run.summary == {"total": 12, "updated": 12 - failed, "skipped": 0, "failed": failed}
    assert report.exit_code == (3 if failed else 0)
    partial = [o for o in report.outcomes if o.status is Status.PARTIAL]
    assert len(partial) == failed
    assert all(o.message and o.remedy for o in partial)


async def test_a_refused_right_stops_and_keeps_what_arrived(filled: Workspace, small_world: DemoWorld) -> None:
    arrived = 0

    def refuse_after_four(event: RunProgress) -> None:
        nonlocal arrived
        arrived = event.done
        if arrived == 4:
            small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN)

    filled.events.subscribe(RunProgress, refuse_after_four)
    report = await run(filled, "employees.pictures")
    assert (report.run.state, report.exit_code) == (RunState.STOPPED, 5)
    kept = await filled.store.read(runs.outcomes, report.run.run_id)
    assert len(kept) == len(report.outcomes) == 4
    assert sum(p.photo is not None for p in await people(filled)) == 4


async def test_resume_goes_on_after_the_last_one(filled: Workspace, small_world: DemoWorld) -> None:
    ids = [p.id for p in (await people(filled))[:6]]
    done = asyncio.Event()

    def hang_after_three(event: RunProgress) -> None:
        if event.done == 3:
            small_world.vitec.fault = FaultPlan(Fault.HANG)
            done.set()

    end = filled.events.subscribe(RunProgress, hang_after_three)
    handle = await filled.runner.start(Request("employees.pictures", params={"employees": ids}))
    await done.wait()
    handle.cancel()
    cancelled = await handle.report()
    assert (cancelled.run.state, len(cancelled.outcomes)) == (RunState.CANCELLED, 3)
    end()
    small_world.vitec.fault = FaultPlan()
    small_world.vitec.forget_requests()
    report = await (await filled.runner.resume(handle.run_id)).report()
    assert len(small_world.vitec.requests) == 3
    assert sorted(o.subject_id for o in report.outcomes) == sorted(ids)
    assert report.run.summary == {"total": 6, "updated": 6, "skipped": 0, "failed": 0}


async def test_outcomes_are_kept_ten_at_a_time(filled: Workspace) -> None:
    batches: list[int] = []
    filled.events.subscribe(OutcomesReported, lambda event: batches.append(len(event.outcomes)))
    await run(filled, "employees.pictures")
    assert batches == [10, 2]


async def test_a_dry_run_fetches_and_writes_nothing(filled: Workspace, small_world: DemoWorld) -> None:
    before = await dump(filled)
    report = await run(filled, "employees.pictures", dry_run=True)
    assert (len(report.outcomes), small_world.vitec.requests) == (12, [])
    assert await dump(filled) == before
    assert not filled.home.pictures.exists()


async def test_an_unknown_person_is_refused(filled: Workspace) -> None:
    assert (await run(filled, "employees.pictures", params={"employees": "nobody"})).exit_code == 2


async def test_a_folder_that_cannot_be_written_stops_with_a_remedy(filled: Workspace) -> None:
    filled.home.pictures.write_text("in the way")
    report = await run(filled, "employees.pictures")
    assert report.error is not None
    assert report.error.message.startswith("The picture could not be stored: ")
    assert str(filled.home.path) in report.error.remedy


@pytest.mark.parametrize(
    ("age", "due"),
    [(None, True), (timedelta(), False), (FRESH - timedelta(minutes=1), False), (FRESH + timedelta(minutes=1), True),
     (timedelta(days=-3), True)],
    ids=["never", "just now", "within a day", "after a day", "in the future: the clock was set back"],
)  # fmt: skip
def test_when_a_picture_is_due(age: timedelta | None, due: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 1, 20, tzinfo=UTC)
    monkeypatch.setattr(pictures_module, "now", lambda: moment)
    values: dict[str, Any] = {"vitec_employee_id": "A", "photo_checked_at": None if age is None else moment - age}
    assert is_due(employee(**values)) is due
    assert not is_due(employee(vitec_employee_id=None))
    assert now().tzinfo is UTC
