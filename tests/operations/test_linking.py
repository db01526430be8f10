"""Accounts of a contact centre and their people: linked by number, by hand, to nobody (contact-center.md §5.1)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.domain.connections import Connection
from app.domain.directory import Employee
from app.errors import ExitCode, UsageError
from app.events import ContactCenterDataChanged
from app.store import contact_center_now as stored
from app.store import directory
from app.store.database import insert_rows
from app.store.models import EmployeeRow
from app.workspace import Workspace
from tests.support.live_center import LiveCenter, connect
from tests.support.running import run

MARIA, IVAN = Employee("e-1", "Maria", "Orlova", employee_no="00-1"), Employee("e-2", "Ivan", "Petrov", employee_no="7")


@pytest.fixture
async def connection(workspace: Workspace) -> AsyncIterator[Connection]:
    """A connection whose accounts are known, among two employees."""
    rows = [(*directory.employee_row(e)[:-2], "2026-01-01", "2026-01-01") for e in (MARIA, IVAN)]
    await workspace.store.write(insert_rows, EmployeeRow, rows)
    async with LiveCenter().serving() as center:
        made = await connect(workspace, center)
        assert (await run(workspace, "cc.personnel")).error is None
        yield made


async def links(workspace: Workspace, connection: Connection) -> dict[str, tuple[str | None, bool]]:
    found = await workspace.store.read(stored.accounts, connection.id)
    return {a.agent.agent_id: (a.employee_id, a.by_hand) for a in found}


async def test_accounts_are_linked_by_number(workspace: Workspace, connection: Connection) -> None:
    told: list[ContactCenterDataChanged] = []
    workspace.events.subscribe(ContactCenterDataChanged, told.append)
    report = await run(workspace, "cc.link_accounts")
    assert report.run.summary == {"total": 3, "updated": 1}
    assert [(o.subject, o.message) for o in report.outcomes] == [("Orlova Maria", "Linked to Maria Orlova")]
    assert (await links(workspace, connection))["op-1"] == ("e-1", False)
    assert told == [ContactCenterDataChanged(connection.id)]
    assert (await run(workspace, "cc.link_accounts")).run.summary["updated"] == 0


async def test_a_dry_run_links_nobody(workspace: Workspace, connection: Connection) -> None:
    assert len((await run(workspace, "cc.link_accounts", dry_run=True)).outcomes) == 1
    report = await run(workspace, "cc.link_account", params={"agent_id": "op-2", "employee_id": "e-2"}, dry_run=True)
    assert report.outcomes[0].message == "Linked to Ivan Petrov"
    assert set((await links(workspace, connection)).values()) == {(None, False)}


async def test_a_link_by_hand_stays_whatever_the_numbers_say(workspace: Workspace, connection: Connection) -> None:
    report = await run(workspace, "cc.link_account", params={"agent_id": "op-1", "employee_id": "e-2"})
    assert report.outcomes[0].message == "Linked to Ivan Petrov"
    await run(workspace, "cc.link_accounts")
    await run(workspace, "cc.personnel")
    assert (await links(workspace, connection))["op-1"] == ("e-2", True)


async def test_who_is_unlinked_by_hand_stays_unlinked_until_the_number_decides_again(
    workspace: Workspace, connection: Connection
) -> None:
    await run(workspace, "cc.link_accounts")
    await run(workspace, "cc.link_account", params={"agent_id": "op-1"})
    await run(workspace, "cc.link_accounts")
    assert (await links(workspace, connection))["op-1"] == (None, True)
    report = await run(workspace, "cc.link_account", params={"agent_id": "op-1", "by_number": True})
    assert report.outcomes[0].message == "Linked to Maria Orlova"
    assert (await links(workspace, connection))["op-1"] == ("e-1", False)


async def test_a_number_that_is_not_ones_alone_is_told(workspace: Workspace, connection: Connection) -> None:
    twin = (*directory.employee_row(Employee("e-3", "Twin", employee_no="00-1"))[:-2], "2026-01-01", "2026-01-01")
    await workspace.store.write(insert_rows, EmployeeRow, [twin])
    report = await run(workspace, "cc.link_accounts")
    assert "Orlova Maria" in report.run.warnings[0]
    assert (await links(workspace, connection))["op-1"] == (None, False)


@pytest.mark.parametrize("params", [{"agent_id": "op-9"}, {"agent_id": "op-1", "employee_id": "e-9"}])
@pytest.mark.usefixtures("connection")
async def test_what_does_not_exist_is_refused(workspace: Workspace, params: dict[str, object]) -> None:
    assert (await run(workspace, "cc.link_account", params=params)).exit_code is ExitCode.USAGE


@pytest.mark.usefixtures("connection")
async def test_a_person_and_the_number_cannot_both_decide(workspace: Workspace) -> None:
    with pytest.raises(UsageError):
        await run(workspace, "cc.link_account", params={"agent_id": "op-1", "employee_id": "e-1", "by_number": True})
