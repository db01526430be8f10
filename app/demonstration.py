"""Connects an open workspace to the demo world, as a person would: through the operation that adds a connection.

Stands apart from `app/demo`, which may know nothing of operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from app.domain.kinds import KINDS
from app.operations.runner import Request
from app.store import devices

if TYPE_CHECKING:
    from app.workspace import Workspace


MAIN_JOB = (
    Request("directory.sync"),
    Request("devices.sync"),
    Request("people.sync"),
    Request("terminals.push_all", params={"pace": "fast", "on_fatal": "park"}),
)
"""What the demo shows without a window, in order (command-line.md, `muster demo --headless`)."""


class DemoSystems(Protocol):
    """A running demo world, wherever it runs."""

    def describe(self) -> dict[str, dict[str, Any]]:
        """Addresses and credentials per system, as `muster simulate` prints them."""


async def connect_demo(workspace: Workspace, systems: Mapping[str, Mapping[str, Any]]) -> None:
    """Add one connection per demo system, from its address and credentials as `muster simulate` prints them.

    Raises what adding a connection raises.
    """
    for kind, spec in KINDS.items():
        if kind.value not in systems:
            continue
        values = systems[kind.value]
        secrets = {f.key: values[f.key] for f in spec.secrets if f.key in values}
        settings = {f.key: values[f.key] for f in spec.settings if f.key in values}
        params = {"name": kind.value, "kind": kind.value, "settings": settings}
        report = await (
            await workspace.runner.start(Request("connections.create", "", params, secrets=secrets))
        ).report()
        if report.error is not None:
            raise report.error


async def fetch_demo(workspace: Workspace, systems: Mapping[str, Mapping[str, Any]]) -> None:
    """Fetch everything there is: offices and employees, devices with the names on their doors, people.

    Raises what starting a run raises; a run that fails says so itself.
    """
    for request in MAIN_JOB[:-1]:
        await (await workspace.runner.start(request)).report()
        if request.operation == "devices.sync" and "terminals" in systems:
            await name_devices(workspace, systems)


async def name_devices(workspace: Workspace, systems: Mapping[str, Any]) -> None:
    """Give the fetched devices the names on their doors, as a person would: Supabase knows only addresses.

    Raises what editing a device raises.
    """
    named = {(d["host"], d["port"]): d for d in systems["terminals"]["devices"]}
    for device in await workspace.store.read(devices.devices):
        told = named.get((device.host, device.port))
        if told is None:
            continue
        params = {"device": device.id, "name": told["name"], "site": told.get("site", "")}
        report = await (await workspace.runner.start(Request("devices.edit", "", params))).report()
        if report.error is not None:
            raise report.error
