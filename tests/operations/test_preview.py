"""Preview and commit (vitec-hub.md §10): the plan that was shown is the plan that is carried out, or less."""

from __future__ import annotations

from typing import Any

from app.demo.world import DemoWorld
from app.domain.outcomes import Action, Status
from app.domain.plans import ACCEPT_CONFIDENCE, Plan
from app.operations.runner import Report
from app.store import directory
from app.workspace import Workspace
from tests.support.running import execute, run


async def preview(workspace: Workspace) -> dict[str, Plan[Any]]:
    return dict((await run(workspace, "directory.sync", dry_run=True)).plans)


async def commit(workspace: Workspace, plans: dict[str, Plan[Any]]) -> Report:
    return await run(workspace, "directory.sync", chosen=plans)


def titled(plan: Plan[Any], title: str) -> Plan[Any]:
    return plan.keep(lambda step: step.record is not None and step.record.title == title)


async def test_the_chosen_plan_is_carried_out_without_asking_the_hub_again(
    desk: Workspace, small_world: DemoWorld
) -> None:
    plans = await preview(desk)
    small_world.vitec.forget_requests()
    report = await commit(desk, plans)
    assert small_world.vitec.requests == []
    assert report.run.summary["employees"]["created"] == 12
    assert {o.id for o in await desk.store.read(directory.offices)} == {
        s.record.id for s in plans["offices"].steps if s.record
    }


async def test_only_what_was_ticked_is_written(desk: Workspace, small_world: DemoWorld) -> None:
    await run(desk, "directory.sync")
    small_world.vitec.employees[0]["title"], small_world.vitec.employees[1]["title"] = "Wanted", "Unwanted"
    plans = await preview(desk)
    report = await commit(desk, plans | {"employees": titled(plans["employees"], "Wanted")})
    assert (report.run.summary["employees"]["updated"], report.run.reasons) == (1, {"not_selected": 1})
    titles = {p.title for p in await desk.store.read(directory.employees)}
    assert "Wanted" in titles
    assert "Unwanted" not in titles


async def test_people_whose_new_office_was_not_ticked_are_left_out(desk: Workspace) -> None:
    plans = await preview(desk)
    report = await commit(desk, plans | {"offices": plans["offices"].keep(lambda _step: False)})
    assert report.run.summary["employees"]["created"] == 0
    assert report.run.reasons == {"not_selected": 3, "office_not_selected": 12}


async def test_a_value_that_changed_here_since_is_shown_again_instead_of_overwritten(
    desk: Workspace, small_world: DemoWorld
) -> None:
    await run(desk, "directory.sync")
    small_world.vitec.employees[0]["title"] = "From Vitec"
    plans = await preview(desk)
    (step,) = [s for s in plans["employees"].steps if s.writes]
    assert step.before is not None
    await run(desk, "employees.edit", params={"id": step.before.id, "values": {"title": "By hand"}})
    report = await commit(desk, plans)
    (outcome,) = [o for o in report.outcomes if o.action is Action.CONFLICT]
    assert (outcome.status, outcome.subject_id) == (Status.SKIPPED, step.before.id)
    assert outcome.message == "Changed here since the preview: title. Nothing was overwritten."
    assert outcome.remedy == "Run the preview again."
    assert [(c.field, c.after) for c in outcome.changes] == [("title", "By hand")]
    assert (report.exit_code, report.run.summary["employees"]["updated"]) == (3, 0)
    (person,) = [p for p in await desk.store.read(directory.employees) if p.id == step.before.id]
    assert person.title == "By hand"


async def test_what_else_changed_in_the_record_since_stays(desk: Workspace, small_world: DemoWorld) -> None:
    await run(desk, "directory.sync")
    small_world.vitec.employees[0]["title"] = "From Vitec"
    plans = await preview(desk)
    (step,) = [s for s in plans["employees"].steps if s.writes]
    assert step.before is not None
    person_id = step.before.id
    await run(desk, "employees.edit", params={"id": person_id, "values": {"phone": "99 99 99 99"}})
    await run(desk, "employees.pictures", params={"employees": person_id})
    await commit(desk, plans)
    (person,) = [p for p in await desk.store.read(directory.employees) if p.id == person_id]
    assert (person.title, person.phone, person.pinned) == ("From Vitec", "99 99 99 99", ("phone",))
    assert person.photo_checked_at is not None


async def test_committing_twice_doubles_nothing(desk: Workspace) -> None:
    plans = await preview(desk)
    await commit(desk, plans)
    again = await commit(desk, plans)
    assert again.run.summary["offices"] == {"total": 3, "synced": 0, "created": 0, "updated": 0, "skipped": 3}
    assert {o.action for o in again.outcomes} == {Action.CONFLICT}
    assert len(await desk.store.read(directory.employees)) == 12


async def test_a_preview_older_than_a_sync_doubles_nothing(desk: Workspace) -> None:
    plans = await preview(desk)
    await run(desk, "directory.sync")
    report = await commit(desk, plans)
    assert (report.exit_code, len(await desk.store.read(directory.offices))) == (3, 3)


async def test_similar_names_are_suggested_with_low_confidence_and_not_taken_by_a_direct_sync(
    desk: Workspace, small_world: DemoWorld
) -> None:
    await run(desk, "directory.sync")
    office = (await desk.store.read(directory.offices))[0]
    renamed = office.name[:-1] + "xx"
    await desk.store.write(
        lambda: execute(
            desk.store,
            "UPDATE office SET vitec_department_id = NULL, organization_number = NULL, name = ? WHERE id = ?",
            (renamed, office.id),
        )
    )
    plans = await preview(desk)
    (suggested,) = [s for s in plans["offices"].steps if s.match_method == "name_fuzzy"]
    assert suggested.confidence < ACCEPT_CONFIDENCE
    small_world.vitec.departments.reverse()  # not the very list of the last sync
    report = await run(desk, "offices.sync")
    assert report.run.summary["created"] == 1
