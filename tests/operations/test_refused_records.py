"""A record that a mapping refuses is told once, counted once, and never counts as one that left (connections.md §9).

Every system goes its ordinary way against the demo world, first as it is, then with a mapping that refuses one record.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.domain.connections import Connection
from app.domain.mappings import Check, CheckKind, Rule
from app.domain.mappings.mapper import look_up
from app.domain.outcomes import Action, Outcome, RunState, Status
from app.events import ContactCenterDataChanged
from app.operations.runner import Report
from app.store import connections, contact_center_now, customers, devices, directory, onec, runs
from app.store import mappings as stored
from app.workspace import Workspace
from tests.support.running import run

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
DAYS = {"start_date": "2026-03-08", "end_date": "2026-03-09"}


@dataclass(frozen=True)
class Case:
    """An operation on a kind of connection, and the entity and key by which one of its records is refused."""

    kind: str
    operation: str
    entity: str
    key: str
    params: dict[str, Any] = field(default_factory=dict)
    phase: str = ""

    def __str__(self) -> str:
        return f"{self.operation} {self.entity}"


VITEC = [
    Case("vitec", "employees.sync", "employee", "employeeId"),
    Case("vitec", "directory.sync", "employee", "employeeId", phase="employees"),
    Case("vitec", "directory.sync", "department", "departmentId", phase="offices"),
]
SUPABASE = [
    Case("supabase", "people.sync", "employee", "id"),
    Case("supabase", "people.sync", "biometrics", "employee_no"),
    Case("supabase", "devices.sync", "device", "id"),
]
CETEC = [Case("cetec", "customers.sync", "customer", "id")]
ONEC = [
    Case("onec", "onec.sync_personnel", "agent", "tabN", {"full_sync": True}),
    Case("onec", "onec.sync_personnel", "department", "departmentId", {"full_sync": True}),
    Case("onec", "onec.norm_hours", "norm", "agentId", {"start_date": "2026-03-01", "end_date": "2026-03-31"}),
    Case("onec", "onec.timetype_info", "timesheet_day", "date"),
]
CENTER = [
    Case("contact_center", "cc.personnel", "agent", "id"),
    Case("contact_center", "cc.personnel", "group", "id"),
    Case("contact_center", "cc.online_agent_status", "online_status", "agentId"),
    Case("contact_center", "cc.online_groups_load", "group_load", "groupId"),
    Case("contact_center", "cc.service_group_data", "interval", "startInterval", DAYS),
    Case("contact_center", "cc.agent_calls_data", "call", "startCall", DAYS),
]
COUNTING = [*SUPABASE, *ONEC, *CENTER]


@pytest.fixture
async def desk(desk: Workspace, small_world: DemoWorld) -> Workspace:
    """On one day, so that what is now is the same in each run."""
    small_world.contact_center.clock = lambda: NOW
    return desk


async def of_kind(workspace: Workspace, kind: str) -> Connection:
    return next(c for c in await workspace.store.read(connections.connections) if c.kind == kind)


async def do(workspace: Workspace, case: Case, *, dry_run: bool = False) -> Report:
    connection = await of_kind(workspace, case.kind)
    report = await run(workspace, case.operation, connection.name, params=case.params, dry_run=dry_run)
    assert report.error is None, report.error
    return report


async def refuse(workspace: Workspace, case: Case, values: int = 1) -> int:
    """Keep a mapping that refuses rows by the first of its values that came; returns how many of the samples."""
    connection = await of_kind(workspace, case.kind)
    rows = (await workspace.store.read(stored.samples, connection.id, case.entity)).rows
    found = Counter(str(value) for row in rows if (value := look_up(row, case.key)) is not None)
    rarest = [value for value, _count in found.most_common()[::-1]][:values]
    blanked = {"kind": "map_values", "table": dict.fromkeys(rarest, ""), "otherwise": "keep"}
    rule = {"target": case.key, "sources": [case.key], "transforms": [blanked], "checks": [{"kind": "required"}]}
    report = await run(workspace, "mappings.update", connection.name, params={"entity": case.entity, "rows": [rule]})
    assert report.error is None, report.error
    return sum(found[value] for value in rarest)


def refused(report: Report) -> list[Outcome]:
    return [outcome for outcome in report.outcomes if outcome.step == "mapping"]


def not_done(report: Report) -> list[Outcome]:
    """Outcomes that did not go well, as the summaries count them."""
    fine = {Status.SUCCESS, Status.SKIPPED}
    return [o for o in report.outcomes if o.status not in fine or o.action is Action.CONFLICT]


def anonymous(report: Report) -> list[Outcome]:
    return [o for o in report.outcomes if o.code == "record.unreadable" or o.subject == "?"]


@pytest.mark.parametrize("case", VITEC + SUPABASE + CETEC + ONEC + CENTER, ids=str)
async def test_a_refused_record_has_one_outcome_that_says_which_rule_refused_it(desk: Workspace, case: Case) -> None:
    before = await do(desk, case)
    await refuse(desk, case)
    report = await do(desk, case)
    found = refused(report)
    assert found
    assert {(o.status, o.code) for o in found} == {(Status.FATAL, "record.mapping")}
    assert all(o.message.endswith(": There is no value, but one is required.") for o in found)
    assert len(anonymous(report)) == len(anonymous(before))
    assert report.exit_code == 3
    (said,) = [text for text in report.run.warnings if "because the mapping cannot take" in text]
    assert said.startswith(f"{len(found)} ")
    assert not [w for w in set(report.run.warnings) - set(before.run.warnings) if "read" in w or "without an id" in w]


@pytest.mark.parametrize("case", COUNTING, ids=str)
async def test_the_summary_counts_as_many_more_failed_as_there_are_refused_outcomes(
    desk: Workspace, case: Case
) -> None:
    before = await do(desk, case)
    await refuse(desk, case)
    report = await do(desk, case)
    more = report.run.summary["failed"] - before.run.summary["failed"]
    assert more == len(refused(report)) == len(not_done(report)) - len(not_done(before))


@pytest.mark.parametrize("case", VITEC, ids=str)
async def test_a_refused_record_is_one_of_the_records_that_vitec_sent(desk: Workspace, case: Case) -> None:
    before = await do(desk, case)
    await refuse(desk, case)
    report = await do(desk, case)
    told, was = report.run.summary, before.run.summary
    if case.phase:
        told, was = told[case.phase], was[case.phase]
    assert told["total"] == was["total"]
    assert told["total"] == told["synced"] + told["skipped"] + told.get("missing_office", 0)


async def test_a_refused_customer_is_none_that_was_checked(desk: Workspace) -> None:
    (case,) = CETEC
    before = await do(desk, case)
    await refuse(desk, case)
    report = await do(desk, case)
    summary = report.run.summary
    assert summary["total_customers"] == before.run.summary["total_customers"] - 1
    assert sum(summary.values()) == 2 * summary["total_customers"]
    assert len(report.outcomes) == summary["total_customers"] + 1
    assert report.run.reasons == {"mapping": 1}


@pytest.mark.parametrize("case", VITEC + SUPABASE + CETEC + ONEC, ids=str)
async def test_a_dry_run_tells_the_same_and_what_is_kept_is_what_was_told(desk: Workspace, case: Case) -> None:
    await do(desk, case)
    await refuse(desk, case)
    planned = await do(desk, case, dry_run=True)
    report = await do(desk, case)
    assert Counter(refused(planned)) == Counter(refused(report))
    assert Counter(await desk.store.read(runs.outcomes, report.run.run_id)) == Counter(report.outcomes)


async def test_nobody_is_missing_because_the_mapping_refuses_their_record(desk: Workspace) -> None:
    everything = [VITEC[1], VITEC[2], SUPABASE[0], SUPABASE[1], SUPABASE[2], CETEC[0], ONEC[0], ONEC[1]]
    for case in everything:
        await do(desk, case)
    for case in everything:
        await refuse(desk, case)
    for case in everything:
        await do(desk, case)
    people = await desk.store.read(directory.employees)
    assert {(p.missing_since, p.supabase_missing_since) for p in people} == {(None, None)}
    assert {o.missing_since for o in await desk.store.read(directory.offices)} == {None}
    assert {d.missing_since for d in await desk.store.read(devices.devices)} == {None}
    assert {c.missing_since for c in await desk.store.read(customers.customers)} == {None}
    connection = await of_kind(desk, "onec")
    assert {k.absent_since for k in await desk.store.read(onec.people)} == {None}
    assert {d.absent_since for d in await desk.store.read(onec.departments, connection.id)} == {None}


@pytest.mark.parametrize("case", CENTER[:2], ids=str)
async def test_an_account_or_a_group_that_is_refused_stays_known(desk: Workspace, case: Case) -> None:
    connection = await of_kind(desk, "contact_center")
    await do(desk, case)
    before = await desk.store.read(contact_center_now.accounts, connection.id)
    groups = await desk.store.read(contact_center_now.groups, connection.id)
    await refuse(desk, case)
    await do(desk, case)
    assert await desk.store.read(contact_center_now.accounts, connection.id) == before
    assert await desk.store.read(contact_center_now.groups, connection.id) == groups


async def test_a_list_whose_records_are_all_refused_is_not_called_empty(desk: Workspace) -> None:
    (case, *_others) = ONEC
    await do(desk, case)
    connection = await of_kind(desk, "onec")
    nobody = Rule("agentId", ("agentId",), checks=(Check(CheckKind.ONE_OF, values=("nobody",)),))
    await desk.store.write(stored.keep_rules, connection.id, "agent", (nobody,), "somebody")
    before = await desk.store.read(onec.people)
    report = await do(desk, case)
    assert not [text for text in report.run.warnings if "nobody" in text and "mapping" not in text]
    assert len(refused(report)) > 0
    assert await desk.store.read(onec.people) == before


async def test_what_was_refused_before_a_read_stopped_is_told_when_it_was_taken_up_again(
    desk: Workspace, small_world: DemoWorld
) -> None:
    case = CENTER[-1]
    settings = {"retry_attempts": 0, "ids_per_request": 20}
    await run(desk, "connections.update", "contact_center", params={"settings": settings})
    await do(desk, case)
    assert await refuse(desk, case, values=10)
    whole = await do(desk, case)

    def fail_from_now_on(_event: ContactCenterDataChanged) -> None:
        small_world.contact_center.fault = FaultPlan(Fault.SERVER_ERROR, only="agentCallsData")

    forget = desk.events.subscribe(ContactCenterDataChanged, fail_from_now_on)
    stopped = await run(desk, case.operation, params=case.params)
    forget()
    assert stopped.error is not None
    small_world.contact_center.fault = FaultPlan()
    again = await (await desk.runner.resume(stopped.run.run_id)).report()
    assert again.run.state is RunState.FINISHED
    assert Counter(refused(again)) == Counter(refused(whole))
    assert again.run.summary["failed"] == whole.run.summary["failed"] >= len(refused(whole))
