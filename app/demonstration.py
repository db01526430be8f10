"""Connects an open workspace to the demo world, as a person would: through the operation that adds a connection.

Stands apart from `app/demo`, which may know nothing of operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from app.domain.kinds import KINDS, FieldSpec
from app.operations.runner import Request
from app.store import connections, devices

if TYPE_CHECKING:
    from app.workspace import Workspace


MAIN_JOB = (
    Request("directory.sync"),
    Request("devices.sync"),
    Request("devices.test_all"),
    Request("people.sync"),
    Request("terminals.push_all", params={"pace": "fast", "on_fatal": "park"}),
    Request("customers.sync"),
)
"""What the demo shows without a window, in order (command-line.md, `muster demo --headless`)."""


class DemoSystems(Protocol):
    """A running demo world, wherever it runs."""

    def describe(self) -> dict[str, dict[str, Any]]:
        """Addresses and credentials per system, as `muster simulate` prints them."""


async def connect_demo(workspace: Workspace, systems: Mapping[str, Mapping[str, Any]]) -> None:
    """Add one connection per demo system that is not there yet, from what `muster simulate` prints.

    Raises what adding a connection raises.
    """
    present = {connection.name for connection in await workspace.store.read(connections.connections)}
    for kind, spec in KINDS.items():
        if kind.value not in systems or kind.value in present:
            continue
        values = systems[kind.value]
        fitting = [f for f in spec.fields if f.key in values and _belongs(f, values)]
        settings = {f.key: values[f.key] for f in fitting if f in spec.settings}
        secrets = {f.key: values[f.key] for f in fitting if f in spec.secrets}
        params = {"name": kind.value, "kind": kind.value, "settings": settings}
        report = await (
            await workspace.runner.start(Request("connections.create", "", params, secrets=secrets))
        ).report()
        if report.error is not None:
            raise report.error


def _belongs(field: FieldSpec, values: Mapping[str, Any]) -> bool:
    """Whether a field is asked for in the way of signing in that is chosen."""
    return field.only_when is None or values.get(field.only_when[0]) == field.only_when[1]


async def fetch_demo(workspace: Workspace, systems: Mapping[str, Mapping[str, Any]]) -> None:
    """Fetch everything there is: offices and employees, devices with the names on their doors, people, customers.

    Raises what starting a run raises; a run that fails says so itself.
    """
    for request in MAIN_JOB:
        if request.operation.startswith("terminals."):
            continue  # what a person wants to press
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
