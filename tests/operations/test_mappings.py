"""Field mappings of a connection: shown with what came last, tried, kept, used by the next run (connections.md §9)."""

from __future__ import annotations

from typing import Any

import pytest

from app.demo.world import DemoWorld
from app.domain.connections import Connection
from app.domain.mappings.mapper import Harvest
from app.domain.outcomes import Status
from app.errors import Forbidden, Held, UsageError
from app.operations.runner import Report
from app.store import audit_search, connections, directory
from app.store import mappings as stored
from app.store.id_registers import id_registers
from app.store.models import EmployeeRow
from app.workspace import Workspace
from tests.support.running import dump, run


@pytest.fixture
async def filled(desk: Workspace) -> Workspace:
    await run(desk, "directory.sync")
    return desk


async def vitec(workspace: Workspace) -> Connection:
    return next(c for c in await workspace.store.read(connections.connections) if c.kind == "vitec")


async def do(workspace: Workspace, operation: str, **params: Any) -> Report:
    return await run(workspace, operation, (await vitec(workspace)).name, params=params)


def result(report: Report) -> dict[str, Any]:
    assert report.error is None, report.error
    assert isinstance(report.run.result, dict)
    return report.run.result


UPPER = {"target": "name", "sources": ["name"], "transforms": [{"kind": "upper"}]}
BLANKING = {"target": "name", "sources": ["nothing_there"]}


async def names(workspace: Workspace) -> list[str]:
    return [p.name for p in await workspace.store.read(directory.employees)]


async def test_what_a_source_sent_last_is_shown_beside_each_field(filled: Workspace, small_world: DemoWorld) -> None:
    shown = result(await do(filled, "connections.mappings"))
    employee = next(e for e in shown["entities"] if e["id"] == "employee")
    name = next(r for r in employee["rows"] if r["target"] == "name")
    assert employee["records"] == min(20, len(small_world.vitec.employees))
    assert name["samples"] == [raw["name"] for raw in small_world.vitec.employees[:3]]
    assert not employee["changed"]


async def test_a_kept_mapping_is_used_by_the_next_run_as_it_was_tried(filled: Workspace) -> None:
    tried = result(await do(filled, "mappings.try", entity="employee", rows=[UPPER]))
    assert tried["changed"] == tried["records"] > 0
    await do(filled, "mappings.update", entity="employee", rows=[UPPER])
    await run(filled, "directory.sync")
    after = await names(filled)
    assert after == [name.upper() for name in after]
    assert {c["after"] for c in tried["changes"]} <= set(after)


async def test_a_change_is_refused_that_would_blank_a_required_field_also_for_an_administrator(
    filled: Workspace,
) -> None:
    report = await do(filled, "mappings.update", entity="employee", rows=[BLANKING])
    assert isinstance(report.error, Held)
    assert report.error.message == "This mapping would take the value away from a required field: Name."
    assert await filled.store.read(stored.rules, (await vitec(filled)).id) == {}


async def test_without_any_data_nothing_is_kept(desk: Workspace) -> None:
    report = await do(desk, "mappings.update", entity="employee", rows=[UPPER])
    assert isinstance(report.error, Held)
    assert report.error.remedy == "Fetch data from this connection once, then try again."


async def test_reset_goes_back_to_what_the_source_says(filled: Workspace) -> None:
    before = await names(filled)
    await do(filled, "mappings.update", entity="employee", rows=[UPPER])
    await run(filled, "directory.sync")
    await do(filled, "mappings.reset", entity="employee")
    await run(filled, "directory.sync")
    assert await names(filled) == before


async def test_what_is_shipped_can_be_gone_back_to_also_where_it_leaves_a_required_field_blank(
    filled: Workspace,
) -> None:
    connection = await vitec(filled)
    nameless = Harvest({"employee": [{"employeeId": str(n), "email": f"{n}@a.no"} for n in range(20)]})
    await filled.store.write(stored.keep_harvest, connection.id, nameless)
    borrowed = {"target": "name", "sources": ["name", "email"]}
    assert (await do(filled, "mappings.update", entity="employee", rows=[borrowed])).error is None
    assert (await do(filled, "mappings.reset", entity="employee")).error is None
    assert await filled.store.read(stored.rules, connection.id) == {}


async def test_a_dry_run_keeps_nothing(filled: Workspace) -> None:
    connection = await vitec(filled)
    report = await run(
        filled, "mappings.update", connection.name, params={"entity": "employee", "rows": [UPPER]}, dry_run=True
    )
    assert result(report)["changed"] > 0
    assert await filled.store.read(stored.rules, connection.id) == {}


async def test_every_change_is_in_the_audit_trail_with_before_and_after(filled: Workspace) -> None:
    await do(filled, "mappings.update", entity="employee", rows=[UPPER])
    entries = await filled.store.read(audit_search.find_entries, audit_search.AuditFilter())
    entry = next(e for e in entries if "mapping.employee" in e.after)
    assert entry.before == {"mapping.employee": []}
    assert entry.after["mapping.employee"][0]["transforms"][0]["kind"] == "upper"


async def test_a_record_that_cannot_be_converted_is_an_outcome_and_nobody_is_deactivated(
    filled: Workspace, small_world: DemoWorld
) -> None:
    check = {
        "target": "name",
        "sources": ["name"],
        "checks": [{"kind": "one_of", "values": [await first_name(filled)]}],
    }
    await do(filled, "mappings.update", entity="employee", rows=[check])
    report = await run(filled, "directory.sync")
    refused = [o for o in report.outcomes if o.step == "mapping"]
    assert len(refused) == len(small_world.vitec.employees) - 1
    assert {o.status for o in refused} == {Status.FATAL}
    assert refused[0].message.startswith("Name: “")
    assert report.exit_code == 3
    assert any("left out because the mapping" in w for w in report.run.warnings)
    assert result(report)["employees"]["not_in_vitec"] == []
    again = await run(filled, "directory.sync")
    assert len([o for o in again.outcomes if o.step == "mapping"]) == len(refused)


async def first_name(workspace: Workspace) -> str:
    samples = await workspace.store.read(stored.samples, (await vitec(workspace)).id, "employee")
    return str(samples.rows[0]["name"])


async def test_an_unmapped_position_type_is_counted_and_mapped_in_one_step(
    desk: Workspace, small_world: DemoWorld
) -> None:
    for raw in small_world.vitec.employees[:3]:
        raw["employeePositions"] = [{"type": 42}]
    await run(desk, "directory.sync")
    shown = result(await do(desk, "connections.mappings"))
    found = next(v for v in shown["values"] if v["value"] == "42")
    assert (found["table"], found["count"]) == ("position_type", 3)
    await do(desk, "mappings.map_value", value="42", target="salgsleder")
    report = await run(desk, "directory.sync")
    people = await desk.store.read(directory.employees)
    assert sum(p.system_roles == ("salgsleder",) for p in people) >= 3
    assert not any("42" in w for w in report.run.warnings)
    assert "42" not in {v["value"] for v in result(await do(desk, "connections.mappings"))["values"]}
    await do(desk, "mappings.map_value", value="42")
    await run(desk, "directory.sync")
    assert "42" in {v["value"] for v in result(await do(desk, "connections.mappings"))["values"]}


async def test_what_is_not_one_of_ours_cannot_be_meant(filled: Workspace) -> None:
    report = await do(filled, "mappings.map_value", value="42", target="king")
    assert report.exit_code == 2
    with pytest.raises(UsageError):
        await do(filled, "mappings.map_value", value="4" * 101, target="salgsleder")


async def test_a_viewer_may_look_and_try_but_not_change(filled: Workspace) -> None:
    await filled.change_settings(role="viewer")
    assert result(await do(filled, "mappings.try", entity="employee", rows=[UPPER]))["changed"] > 0
    with pytest.raises(Forbidden):
        await do(filled, "mappings.update", entity="employee", rows=[UPPER])
    with pytest.raises(Forbidden):
        await do(filled, "mappings.map_value", value="42", target="salgsleder")


async def test_with_the_connection_goes_its_mapping(filled: Workspace) -> None:
    await do(filled, "mappings.update", entity="employee", rows=[UPPER])
    await do(filled, "connections.delete", purge=True, confirm=True)
    left = [line for line in await dump(filled) if line.startswith('INSERT INTO "mapping')]
    assert left == []


async def test_a_run_that_saw_few_rows_leaves_earlier_ones_beside_them(
    filled: Workspace, small_world: DemoWorld
) -> None:
    connection = await vitec(filled)
    before = (await filled.store.read(stored.samples, connection.id, "employee")).rows
    del small_world.vitec.employees[1:]
    await run(filled, "directory.sync")
    after = (await filled.store.read(stored.samples, connection.id, "employee")).rows
    assert len(after) == len(before)


LOOKED_UP = {
    "target": "email",
    "sources": ["employeeId"],
    "transforms": [{"kind": "lookup", "text": "employee_by_vitec_id", "otherwise": "error"}],
}


async def test_a_field_is_filled_with_our_own_id_in_the_trial_and_in_the_run(filled: Workspace) -> None:
    tried = result(await do(filled, "mappings.try", entity="employee", rows=[LOOKED_UP]))
    ours = {p.vitec_employee_id: p.id for p in await filled.store.read(directory.employees)}
    assert tried["refused"] == 0
    assert tried["changes"]
    assert all(change["after"] == ours[change["record"]] for change in tried["changes"])
    result(await do(filled, "mappings.update", entity="employee", rows=[LOOKED_UP]))
    client = await filled.links.vitec(await vitec(filled))
    theirs, own = next(iter(ours.items()))
    (made,) = client.mapper.take("employee", [{"employeeId": theirs}])
    assert made["email"] == own


async def test_an_id_that_two_people_bear_is_nobodys(filled: Workspace) -> None:
    one, other = [p.id for p in await filled.store.read(directory.employees)][:2]

    def twins() -> None:
        EmployeeRow.update(employee_no="4711").where(EmployeeRow.id.in_([one, other])).execute()

    await filled.store.write(twins)
    numbers = (await filled.store.read(id_registers, ["employee_by_number", "unheard of"]))["employee_by_number"]
    assert "4711" not in numbers
