"""Field mappings of every kind of connection: what each sends is shown without secrets, its values are mapped (§9)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.demo.world import DemoWorld
from app.domain.connections import Connection
from app.domain.mappings import ENTITIES, Harvest
from app.domain.onec_time_types import time_types
from app.store import connections, contact_center_now, directory, onec
from app.store import mappings as stored
from app.workspace import Workspace
from tests.support.running import run


async def of_kind(workspace: Workspace, kind: str) -> Connection:
    return next(c for c in await workspace.store.read(connections.connections) if c.kind == kind)


async def do(workspace: Workspace, kind: str, operation: str, **params: Any) -> dict[str, Any]:
    report = await run(workspace, operation, (await of_kind(workspace, kind)).name, params=params)
    assert report.error is None, report.error
    assert report.run.result is None or isinstance(report.run.result, dict)
    return report.run.result or {}


@pytest.mark.parametrize(
    ("kind", "fetch", "entity", "field"),
    [
        ("supabase", "people.sync", "employee", "nume"),
        ("supabase", "people.sync", "biometrics", "employee_no"),
        ("supabase", "devices.sync", "device", "ip_address"),
        ("cetec", "customers.sync", "customer", "name"),
        ("onec", "onec.sync_personnel", "agent", "lastname"),
        ("onec", "onec.sync_personnel", "department", "department"),
        ("contact_center", "cc.personnel", "agent", "surname"),
        ("contact_center", "cc.personnel", "group", "name"),
        ("contact_center", "cc.online_agent_status", "online_status", "stateCode"),
    ],
)
async def test_what_a_source_sent_last_is_shown_and_nothing_secret(
    desk: Workspace, kind: str, fetch: str, entity: str, field: str
) -> None:
    await run(desk, fetch)
    shown = await do(desk, kind, "connections.mappings")
    found = next(e for e in shown["entities"] if e["id"] == entity)
    assert found["records"] > 0
    assert next(row for row in found["rows"] if row["target"] == field)["samples"]
    samples = await desk.store.read(stored.samples, (await of_kind(desk, kind)).id, entity)
    assert not [key for row in samples.rows for key in row if "password" in key.lower()]


@pytest.mark.parametrize("kind", [kind.value for kind in ENTITIES])
async def test_every_kind_shows_its_entities_before_anything_was_fetched(desk: Workspace, kind: str) -> None:
    shown = await do(desk, kind, "connections.mappings")
    assert shown["entities"]
    assert {e["records"] for e in shown["entities"]} == {0}


async def seen(workspace: Workspace, kind: str, table: str, counts: dict[str, int]) -> None:
    connection = await of_kind(workspace, kind)
    await workspace.store.write(stored.keep_harvest, connection.id, Harvest(values={table: Counter(counts)}))


async def unmapped(workspace: Workspace, kind: str) -> dict[str, int]:
    shown = await do(workspace, kind, "connections.mappings")
    return {value["value"]: value["count"] for value in shown["values"]}


async def test_a_code_of_working_time_that_nobody_described_counts_like_one_of_the_form(desk: Workspace) -> None:
    await seen(desk, "onec", "time_type", {"ЖЖ": 2, "Я": 40})
    assert await unmapped(desk, "onec") == {"ЖЖ": 2}
    await do(desk, "onec", "mappings.map_value", value="ЖЖ", target="РВ")
    assert await unmapped(desk, "onec") == {}
    table = time_types((await of_kind(desk, "onec")).setting("time_type_map"))
    assert (table["ЖЖ"].group, table["ЖЖ"].worked) == (table["РВ"].group, True)
    await do(desk, "onec", "mappings.map_value", value="ЖЖ")
    assert await unmapped(desk, "onec") == {"ЖЖ": 2}


async def test_a_status_is_said_to_be_work_where_live_numbers_look_for_it(desk: Workspace) -> None:
    await seen(desk, "contact_center", "status", {"COFFEE": 7})
    assert (await unmapped(desk, "contact_center"))["COFFEE"] == 7
    await do(desk, "contact_center", "mappings.map_value", value="COFFEE", target="break")
    assert "COFFEE" not in await unmapped(desk, "contact_center")
    known = await desk.store.read(contact_center_now.meanings, (await of_kind(desk, "contact_center")).id)
    assert ("COFFEE", "break", False) in {(m.state_code, m.meaning, m.counts_as_worked) for m in known}


async def test_statuses_that_came_are_counted(desk: Workspace) -> None:
    await run(desk, "cc.online_agent_status")
    assert sum((await unmapped(desk, "contact_center")).values()) > 0


async def test_a_renamed_field_of_1c_arrives_in_the_next_run(desk: Workspace) -> None:
    await run(desk, "onec.sync_personnel")
    rows = [{"target": "position", "sources": ["lastname"], "transforms": [{"kind": "lower"}]}]
    tried = await do(desk, "onec", "mappings.try", entity="agent", rows=rows)
    await do(desk, "onec", "mappings.update", entity="agent", rows=rows)
    await run(desk, "onec.sync_personnel")
    people = {p.person.external_id: p.person.position for p in await desk.store.read(onec.people)}
    told = {change["record"].lower(): change["after"] for change in tried["changes"] if change["record"] != "?"}
    assert len(told) > 10
    assert {key: people[key] for key in told} == told


async def test_a_column_that_was_never_asked_for_is_tried_before_it_is_kept_and_then_read(
    desk: Workspace, small_world: DemoWorld
) -> None:
    for row in small_world.supabase.employees:
        row["nume_complet"] = f"{row['prenume']} von {row['nume']}"
    rows = [
        {"target": "nume", "sources": ["nume_complet"], "transforms": [{"kind": "split", "text": " von ", "part": 2}]}
    ]
    tried = await do(desk, "supabase", "mappings.try", entity="employee", rows=rows)
    assert (tried["records"], tried["allowed"]) == (len(small_world.supabase.employees), True)
    await do(desk, "supabase", "mappings.update", entity="employee", rows=rows)
    await run(desk, "people.sync")
    assert {e.last_name for e in await desk.store.read(directory.employees)} == {
        row["nume"] for row in small_world.supabase.employees if row["status"] == "activ"
    }


async def test_a_column_that_the_project_does_not_have_is_said_so_and_not_kept(desk: Workspace) -> None:
    connection = await of_kind(desk, "supabase")
    params = {"entity": "employee", "rows": [{"target": "nume", "sources": ["no_such_column"]}]}
    report = await run(desk, "mappings.update", connection.name, params=params)
    assert report.error is not None
    assert "no_such_column" in report.error.message
    assert await desk.store.read(stored.rules, connection.id) == {}
