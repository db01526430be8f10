"""Bad days of every demo system: whatever error then reaches a screen or a row has its cause in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.mysql.faults import MysqlFault, MysqlFaultPlan
from app.demo.terminals.faults import FaultKind, Place, TerminalFault
from app.demo.terminals.quirks import Quirks
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.causes import CAUSES, cause_of_error, cause_of_outcome
from app.domain.outcomes import Outcome
from app.errors import NotConfigured
from app.operations.reports import read_report
from app.operations.runner import Report
from app.store import connections, runs
from app.workspace import Workspace
from tests.operations.webhooks.conftest import hooks as hooks
from tests.support.running import run
from tests.support.site import Site, a_person
from tests.support.webhooks import Hooks

BAD_DAYS = (
    Fault.UNAUTHORIZED, Fault.FORBIDDEN, Fault.NOT_FOUND, Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.HTML,
    Fault.CUT_JSON, Fault.NOT_A_LIST, Fault.REDIRECT,
)  # fmt: skip
TAKEN_BY_SOME = {Fault.NOT_FOUND, Fault.NOT_A_LIST}
"""What 1C and the contact centre may say of an empty period, and how they may wrap a list."""
FETCHES = {
    "vitec": "directory.sync",
    "supabase": "people.sync",
    "cetec": "customers.sync",
    "onec": "onec.sync_personnel",
    "contact_center": "cc.personnel",
}


@pytest.fixture
def small_firm() -> Iterator[DemoWorld]:
    with DemoWorld(people=4, offices=2, terminals=2, workers=4, customers=6, agents=4) as world:
        yield world


async def codes_of(report: Report, workspace: Workspace) -> set[str]:
    """The codes that a run showed, each of them in the catalogue, and the same again once it is read from the store."""
    stored = await workspace.store.read(runs.outcomes, report.run.run_id)
    codes = {_named(outcome) for outcome in (*report.outcomes, *stored) if cause_of_outcome(outcome) is not None}
    if report.run.error is not None:
        codes.add(report.run.error.code)
        kept = await workspace.store.read(runs.find_run, report.run.run_id)
        assert kept is None or kept.error is None or cause_of_error(kept.error).code == report.run.error.code
    assert codes <= set(CAUSES)
    return codes


def _named(outcome: Outcome) -> str:
    assert outcome.code, outcome
    return outcome.code


async def forget_failures(workspace: Workspace, name: str) -> None:
    """The breaker of a connection counts from nothing again."""
    found = {c.name: c.id for c in await workspace.store.read(connections.connections)}
    await workspace.links.drop(found[name])


@pytest.mark.parametrize("system", FETCHES)
async def test_every_bad_day_of_a_system(
    system: str, workspace: Workspace, small_firm: DemoWorld, no_waiting: list[float]
) -> None:
    await connect_demo(workspace, small_firm.describe())
    met: dict[Fault, set[str]] = {}
    for fault in BAD_DAYS:
        await forget_failures(workspace, system)
        getattr(small_firm, system).fault = FaultPlan(fault, seconds=0)
        met[fault] = await codes_of(await run(workspace, FETCHES[system], system), workspace)
    assert all(codes for fault, codes in met.items() if fault not in TAKEN_BY_SOME), met
    assert len(set.union(*met.values())) >= 4


@pytest.mark.parametrize("system", FETCHES)
async def test_every_stage_of_a_test_that_fails_names_its_cause(
    system: str, workspace: Workspace, small_firm: DemoWorld, no_waiting: list[float]
) -> None:
    await connect_demo(workspace, small_firm.describe())
    met: set[str] = set()
    for fault in BAD_DAYS:
        await forget_failures(workspace, system)
        getattr(small_firm, system).fault = FaultPlan(fault, seconds=0)
        report = await run(workspace, "connections.test", system)
        seen = read_report(report.run.result)
        assert seen is not None
        assert all(not stage.code for stage in seen.stages if stage.ok)
        if report.error is not None:
            (failed,) = [stage for stage in seen.stages if not stage.ok]
            assert failed.code == report.error.code
            assert seen.error is not None
            assert cause_of_error(seen.error).code == failed.code
            met.add(failed.code)
    assert met <= set(CAUSES)
    assert len(met) >= 4


async def test_the_stage_of_an_address_where_nobody_answers_names_its_cause(workspace: Workspace) -> None:
    settings = {"base_url": "http://127.0.0.1:1", "installation_id": "X", "product_login": "x"}
    params = {"kind": "vitec", "settings": settings}
    seen = read_report((await run(workspace, "connections.try", params=params, secrets={"access_key": "k"})).run.result)
    assert seen is not None
    assert (seen.stages[-1].name, seen.stages[-1].code) == ("address", "unreachable")


async def test_a_device_that_fails_its_test_names_its_cause(workspace: Workspace) -> None:
    params = {"host": "127.0.0.1", "port": 1, "username": "admin"}
    report = await run(workspace, "devices.try", params=params, secrets={"password": "secret-1"})
    seen = read_report(report.run.result)
    assert seen is not None
    assert seen.stages[-1].code in CAUSES
    assert report.error is not None
    assert seen.stages[-1].code == report.error.code


async def test_a_system_that_is_left_alone(
    workspace: Workspace, small_firm: DemoWorld, no_waiting: list[float]
) -> None:
    await connect_demo(workspace, small_firm.describe())
    small_firm.vitec.fault = FaultPlan(Fault.SERVER_ERROR)
    met: set[str] = set()
    for _turn in range(12):
        met |= await codes_of(await run(workspace, "offices.sync", "vitec"), workspace)
    assert met == {"outage", "circuit_open"}


async def test_bad_days_of_the_database_server(workspace: Workspace, small_firm: DemoWorld) -> None:
    await connect_demo(workspace, small_firm.describe())
    await run(workspace, "customers.sync", "cetec")
    met: set[str] = set()
    for fault in (MysqlFault.TOO_MANY, MysqlFault.REFUSED, MysqlFault.CUT):
        await forget_failures(workspace, "mysql")
        small_firm.mysql.fault = MysqlFaultPlan(fault)
        met |= await codes_of(await run(workspace, "connections.test", "mysql"), workspace)
        met |= await codes_of(await run(workspace, "customers.sync", "cetec"), workspace)
    assert {"mysql.too_many_connections", "mysql.access_denied", "record.mysql_error"} <= met


async def test_everything_a_terminal_can_refuse(workspace: Workspace, small_firm: DemoWorld) -> None:
    for terminal in small_firm.terminals.terminals:
        terminal.quirks = Quirks()
    site = Site(workspace, small_firm)
    await site.add_devices(1)
    await site.add_people([a_person(1001, "Ana"), a_person(None, "Dan"), a_person("x1", "Ion")])
    met: set[str] = set()
    for code in ("badJsonContent", "deviceUserFull", "lowPrivilege", "notSupport", "deviceError"):
        site.terminals[0].faults = [TerminalFault(FaultKind.STATUS, code=code, only=Place.PERSON, times=4)]
        met |= await codes_of(await site.run(), workspace)
    site.terminals[0].faults = [TerminalFault(FaultKind.HTML)]
    met |= await codes_of(await site.run(), workspace)
    site.terminals[0].faults = []
    met |= await codes_of(await site.run("terminals.verify"), workspace)
    assert {"device.person_data", "device.capacity", "device.device_fatal", "device.unsupported"} <= met
    assert {"device.not_isapi", "device.missing", "record.no_number", "record.bad_number", "not_attempted"} & met


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/status/500", "webhook.bad_response"),
        ("/status/410", "webhook.bad_response"),
        ("http://127.0.0.1:1/", "webhook.blocked_address"),
    ],
)
async def test_a_receiver_that_does_not_take_it(hooks: Hooks, path: str, code: str) -> None:
    webhook_id, _secret = await hooks.add(path)
    report = await run(hooks.workspace, "webhooks.test", params={"id": webhook_id})
    assert await codes_of(report, hooks.workspace) == {code}


async def test_what_cannot_be_asked_for(workspace: Workspace, small_firm: DemoWorld) -> None:
    await connect_demo(workspace, small_firm.describe())
    wrong = await run(workspace, "employees.edit", params={"id": "nobody", "values": {"first_name": "X"}})
    assert await codes_of(wrong, workspace) == {"usage"}
    await run(workspace, "connections.update", "vitec", params={"paused": True})
    with pytest.raises(NotConfigured) as paused:
        await run(workspace, "directory.sync", "vitec")
    assert paused.value.code in CAUSES
