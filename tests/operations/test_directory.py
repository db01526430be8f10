"""What a person does to records by hand: edit with pin, deactivate, activate (vitec-hub.md §9.2, §9.5)."""

from __future__ import annotations

from typing import Any

import pytest

from app.demo.world import DemoWorld
from app.domain.directory import Employee, EmployeeStatus, Office
from app.domain.outcomes import Action, Status
from app.errors import UsageError
from app.store import directory, runs
from app.workspace import Workspace
from tests.support.running import dump, run


@pytest.fixture
async def filled(desk: Workspace) -> Workspace:
    await run(desk, "directory.sync")
    return desk


async def people(workspace: Workspace) -> list[Employee]:
    return await workspace.store.read(directory.employees)


async def person(workspace: Workspace, person_id: str) -> Employee:
    return next(p for p in await people(workspace) if p.id == person_id)


async def offices(workspace: Workspace) -> list[Office]:
    return await workspace.store.read(directory.offices)


async def edit(workspace: Workspace, person_id: str, unpin: tuple[str, ...] = (), **values: str) -> Any:
    return await run(workspace, "employees.edit", params={"id": person_id, "values": values, "unpin": unpin})


async def test_an_edited_field_is_pinned_so_the_next_sync_leaves_it(filled: Workspace, small_world: DemoWorld) -> None:
    one = (await people(filled))[0]
    await edit(filled, one.id, title="  Sjef ")
    now = await person(filled, one.id)
    assert (now.title, now.pinned) == ("Sjef", ("title",))
    small_world.vitec.employees.reverse()
    await run(filled, "directory.sync")
    assert (await person(filled, one.id)).title == "Sjef"


async def test_an_unpinned_field_is_the_sources_again(filled: Workspace) -> None:
    one = (await people(filled))[0]
    await edit(filled, one.id, title="Sjef")
    await edit(filled, one.id, unpin=("title",))
    await run(filled, "directory.sync")
    assert ((await person(filled, one.id)).title, (await person(filled, one.id)).pinned) == (one.title, ())


async def test_an_edit_without_change_changes_nothing(filled: Workspace) -> None:
    one = (await people(filled))[0]
    report = await edit(filled, one.id, first_name=one.first_name)
    assert report.run.summary == {"total": 1, "updated": 0, "skipped": 1}
    assert await person(filled, one.id) == one


async def test_an_office_can_be_edited_and_its_history_tells(filled: Workspace) -> None:
    one = (await offices(filled))[0]
    await run(filled, "offices.edit", params={"id": one.id, "values": {"city": "Tromsø"}})
    history = await filled.store.read(runs.history, one.id)
    assert [(h.run.operation, [c.after for c in h.outcome.changes]) for h in history] == [
        ("offices.edit", ["Tromsø"]),
        ("directory.sync", []),
    ]


@pytest.mark.parametrize(
    ("operation", "values", "message"),
    [
        ("employees.edit", {"vitec_employee_id": "X"}, "The field vitec_employee_id cannot be edited."),
        ("employees.edit", {"first_name": " "}, "The field first_name must not be empty."),
        ("offices.edit", {"short_code": "X"}, "The field short_code cannot be edited."),
        ("offices.edit", {"name": ""}, "The field name must not be empty."),
    ],
)
async def test_what_cannot_be_edited(filled: Workspace, operation: str, values: dict[str, str], message: str) -> None:
    record = (await people(filled))[0] if operation == "employees.edit" else (await offices(filled))[0]
    report = await run(filled, operation, params={"id": record.id, "values": values})
    assert (report.exit_code, report.error.message if report.error else "") == (2, message)


async def test_an_emptied_field_is_none_and_a_last_name_may_be_empty(filled: Workspace) -> None:
    one = (await people(filled))[0]
    await edit(filled, one.id, title="", last_name=" ")
    now = await person(filled, one.id)
    assert (now.title, now.last_name) == (None, "")


async def test_deactivate_and_activate_are_each_others_opposite(filled: Workspace) -> None:
    ids = [p.id for p in await people(filled) if p.status is EmployeeStatus.ACTIVE][:2]
    report = await run(filled, "employees.deactivate", params={"employees": ids})
    assert [(o.status, o.action) for o in report.outcomes] == [(Status.SUCCESS, Action.DEACTIVATE)] * 2
    assert [(await person(filled, i)).status for i in ids] == [EmployeeStatus.INACTIVE] * 2
    again = await run(filled, "employees.deactivate", params={"employees": ids})
    assert (again.run.summary, again.exit_code) == ({"total": 2, "updated": 0, "skipped": 2}, 0)
    await run(filled, "employees.activate", params={"employees": ids})
    assert [(await person(filled, i)).status for i in ids] == [EmployeeStatus.ACTIVE] * 2


async def test_a_sync_does_not_take_back_what_was_switched_off_by_hand(
    filled: Workspace, small_world: DemoWorld
) -> None:
    person_off = next(p for p in await people(filled) if p.status is EmployeeStatus.ACTIVE)
    office_off = next(o for o in await offices(filled) if o.is_active)
    await run(filled, "employees.deactivate", params={"employees": [person_off.id]})
    await run(filled, "offices.deactivate", params={"offices": [office_off.id]})
    for raw in small_world.vitec.employees:
        raw["title"] = "Changed in Vitec"
    await run(filled, "directory.sync")
    assert (await person(filled, person_off.id)).title == "Changed in Vitec"
    assert (await person(filled, person_off.id)).status is EmployeeStatus.INACTIVE
    assert not next(o for o in await offices(filled) if o.id == office_off.id).is_active
    await run(filled, "employees.activate", params={"employees": [person_off.id]})
    assert "status" not in (await person(filled, person_off.id)).pinned


async def test_offices_too(filled: Workspace) -> None:
    ids = [o.id for o in await offices(filled)]
    await run(filled, "offices.deactivate", params={"offices": ids})
    assert not any(o.is_active for o in await offices(filled))
    report = await run(filled, "offices.activate", params={"offices": ids[:1]})
    assert [o.action for o in report.outcomes] == [Action.UPDATE]


@pytest.mark.parametrize("operation", ["employees.deactivate", "employees.activate"])
async def test_an_unknown_id_changes_nobody(filled: Workspace, operation: str) -> None:
    before = await people(filled)
    report = await run(filled, operation, params={"employees": [before[0].id, "nobody"]})
    assert (report.exit_code, isinstance(report.error, UsageError)) == (2, True)
    assert await people(filled) == before


@pytest.mark.parametrize(
    "params", [{"employees": "PERSON"}, {"id": "PERSON", "values": {"title": "x"}}], ids=["switch", "edit"]
)
async def test_a_dry_run_writes_nothing(filled: Workspace, params: dict[str, Any]) -> None:
    one = (await people(filled))[0]
    before = await dump(filled)
    given = {k: one.id if v == "PERSON" else v for k, v in params.items()}
    operation = "employees.edit" if "id" in params else "employees.deactivate"
    assert (await run(filled, operation, params=given, dry_run=True)).exit_code == 0
    assert await dump(filled) == before
