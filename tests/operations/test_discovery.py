"""Searching the network: what is new, what is known, what has moved (hikvision-isapi.md §12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from app.demo.terminals.fleet import TerminalFleet
from app.demo.terminals.terminal import SimulatedTerminal
from app.domain.devices import Device, DeviceFacts
from app.errors import UsageError
from app.events import RunProgress
from app.operations.runner import Report
from app.store import devices
from app.workspace import Workspace
from tests.support.running import run


@pytest.fixture
async def fleet() -> AsyncIterator[TerminalFleet]:
    async with TerminalFleet(3) as fleet:
        yield fleet


async def search(workspace: Workspace, fleet: TerminalFleet, **params: Any) -> Report:
    where = {"addresses": [fleet.sadp.host], "port": fleet.sadp.port, "listen_s": 0.3}
    return await run(workspace, "devices.discover", params=where | params)


async def know(workspace: Workspace, terminal: SimulatedTerminal, facts: DeviceFacts, **fields: Any) -> Device:
    device = Device(f"d-{terminal.number}", terminal.name, terminal.host, terminal.port, facts=facts)
    return await workspace.store.write(devices.add_device, replace(device, **fields))


async def row_of(workspace: Workspace, fleet: TerminalFleet, terminal: SimulatedTerminal) -> dict[str, Any]:
    report = await search(workspace, fleet)
    (row,) = [row for row in report.run.result["devices"] if row["serial"] == terminal.serial]
    return dict(row)


async def test_every_terminal_that_answers_is_a_row(workspace: Workspace, fleet: TerminalFleet) -> None:
    report = await search(workspace, fleet)
    rows = {row["serial"]: row for row in report.run.result["devices"]}
    assert len(rows) == 3
    first = fleet.terminals[0]
    assert rows[first.serial] | {"firmware": ""} == {
        "name": first.model, "model": first.model, "serial": first.serial, "host": first.host, "port": first.port,
        "https_port": None, "mac": first.mac, "firmware": "", "activated": True, "terminal": True, "known": None,
        "known_name": None, "moved": False,
    }  # fmt: skip
    assert report.run.summary == {"total": 3, "new": 3, "known": 0, "moved": 0}
    assert report.run.result["message"] == "3 devices answered."


async def test_dirt_in_the_answers_does_no_harm(workspace: Workspace, fleet: TerminalFleet) -> None:
    fleet.sadp.dirty = True
    assert len((await search(workspace, fleet)).run.result["devices"]) == 3


async def test_what_is_found_can_be_added_as_it_is(workspace: Workspace, fleet: TerminalFleet) -> None:
    terminal = fleet.terminals[0]
    row = await row_of(workspace, fleet, terminal)
    params = {key: row[key] for key in ("name", "host", "port")} | {"username": terminal.username}
    added = await run(workspace, "devices.add", params=params, secrets={"password": terminal.password})
    tested = await run(workspace, "devices.test", params={"device": row["name"]})
    assert (added.exit_code, tested.exit_code) == (0, 0)
    again = await row_of(workspace, fleet, terminal)
    assert (again["known"], again["moved"]) == (added.run.result["id"], False)


@pytest.mark.parametrize("by", ["mac", "serial"])
async def test_a_known_device_is_recognised_by_mac_or_serial_number_and_has_moved(
    workspace: Workspace, fleet: TerminalFleet, by: str
) -> None:
    terminal = fleet.terminals[1]
    device = await know(workspace, terminal, DeviceFacts(**{by: getattr(terminal, by)}), host="10.0.0.9")
    row = await row_of(workspace, fleet, terminal)
    assert (row["known"], row["known_name"], row["moved"]) == (device.id, terminal.name, True)
    await run(workspace, "devices.edit", params={"device": row["known"], "host": row["host"], "port": row["port"]})
    assert (await row_of(workspace, fleet, terminal))["moved"] is False


async def test_another_port_is_a_move_too(workspace: Workspace, fleet: TerminalFleet) -> None:
    terminal = fleet.terminals[1]
    await know(workspace, terminal, DeviceFacts(mac=terminal.mac), port=1)
    assert (await row_of(workspace, fleet, terminal))["moved"] is True


async def test_a_host_name_counts_as_where_it_leads_to(workspace: Workspace, fleet: TerminalFleet) -> None:
    terminal = fleet.terminals[1]
    await know(workspace, terminal, DeviceFacts(mac=terminal.mac), host="localhost")
    row = await row_of(workspace, fleet, terminal)
    assert (row["known"], row["moved"]) == (f"d-{terminal.number}", False)


async def test_a_device_never_asked_who_it_is_is_known_by_its_address(
    workspace: Workspace, fleet: TerminalFleet
) -> None:
    terminal = fleet.terminals[2]
    await know(workspace, terminal, DeviceFacts())
    row = await row_of(workspace, fleet, terminal)
    assert (row["known"], row["moved"]) == (f"d-{terminal.number}", False)


async def test_another_terminal_at_a_known_address_is_new(workspace: Workspace, fleet: TerminalFleet) -> None:
    terminal = fleet.terminals[2]
    await know(workspace, terminal, DeviceFacts(serial="S-OTHER", mac="aa:bb:cc:dd:ee:ff"))
    assert (await row_of(workspace, fleet, terminal))["known"] is None


async def test_nobody_answering_says_what_may_be_in_the_way(workspace: Workspace, fleet: TerminalFleet) -> None:
    for terminal in fleet.terminals:
        await terminal.close()
    report = await search(workspace, fleet)
    assert (report.exit_code, report.run.result["devices"], report.run.result["message"]) == (
        0, [], "No device answered.",
    )  # fmt: skip
    assert "firewall" in report.run.warnings[0]


async def test_it_tells_how_far_it_is(workspace: Workspace, fleet: TerminalFleet) -> None:
    heard: list[RunProgress] = []
    workspace.events.subscribe(RunProgress, heard.append)
    await search(workspace, fleet)
    assert heard
    assert heard[0].doing == "Listening for devices"


@pytest.mark.parametrize(
    "params", [{"addresses": ["door"]}, {"addresses": ["::1"]}, {"port": 0}, {"listen_s": 0}, {"listen_s": 1000}]
)
async def test_what_cannot_be_searched(workspace: Workspace, fleet: TerminalFleet, params: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        await search(workspace, fleet, **params)
