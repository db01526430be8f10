"""A site for pushes: people and devices put straight into the store of a workspace, terminals that really answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.demo.terminals.calls import Latency
from app.demo.terminals.terminal import SimulatedTerminal
from app.demo.world import DemoWorld
from app.domain.coverage import Placement
from app.domain.devices import Device
from app.domain.directory import Employee
from app.domain.outcomes import Outcome
from app.operations.runner import Report, Request, RunHandle
from app.store import devices, directory
from app.store.database import insert_rows
from app.store.models import EmployeeRow
from app.workspace import Workspace

AT_ONCE = Latency(person_s=0, face_s=0, read_s=0)


def a_person(number: int | str | None, first_name: str, **fields: Any) -> Employee:
    """An active person as Supabase would have brought them."""
    text = None if number is None else str(number)
    values: dict[str, Any] = {"supabase_id": f"s-{first_name}", **fields}
    return Employee(f"person-{first_name}", first_name, "Popescu", employee_no=text, **values)


@dataclass
class Site:
    """A workspace with people and devices."""

    workspace: Workspace
    world: DemoWorld

    @property
    def terminals(self) -> list[SimulatedTerminal]:
        """The devices themselves."""
        return self.world.terminals.terminals

    async def add_devices(self, count: int | None = None) -> list[Device]:
        """Make the first terminals known here, without any latency of theirs."""
        added = []
        for terminal in self.terminals[:count]:
            terminal.latency = AT_ONCE
            device = Device(
                f"device-{terminal.number}", terminal.name, terminal.host, terminal.port, username=terminal.username,
                has_password=True,
            )  # fmt: skip
            await self.workspace.vault.set(device.id, "password", terminal.password)
            added.append(await self.workspace.store.write(devices.add_device, device))
        return added

    async def add_people(self, people: Sequence[Employee]) -> None:
        """Store people."""
        rows = [(*directory.employee_row(p)[:-2], "2026-01-01", "2026-01-01") for p in people]
        await self.workspace.store.write(insert_rows, EmployeeRow, rows)

    async def start(self, operation: str = "terminals.push_all", *, dry_run: bool = False, **params: Any) -> RunHandle:
        """Start a push; as fast as it goes unless the test says otherwise."""
        if operation.startswith("terminals.push"):
            params = {"pace": "fast", **params}
        return await self.workspace.runner.start(Request(operation, params=params, dry_run=dry_run))

    async def run(self, operation: str = "terminals.push_all", *, dry_run: bool = False, **params: Any) -> Report:
        """The same to its end."""
        async with asyncio.timeout(60):
            return await (await self.start(operation, dry_run=dry_run, **params)).report()

    async def resume(self, run_id: str, *without: str) -> Report:
        """Take a run up again, to its end."""
        async with asyncio.timeout(60):
            return await (await self.workspace.runner.resume(run_id, without)).report()

    async def placements(self) -> dict[tuple[str, str], Placement]:
        """What is known of everybody everywhere, by device and employee."""
        found = await self.workspace.store.read(devices.placements)
        return {(p.device_id, p.employee_id or f"#{p.number}"): p for p in found}


def by_pair(report: Report) -> dict[tuple[str, str], Outcome]:
    """Outcomes by first name and device name."""
    return {(o.subject.split()[0], o.target): o for o in report.outcomes}
