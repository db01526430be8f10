"""Connects an open workspace to the demo world, as a person would: through the operation that adds a connection.

Stands apart from `app/demo`, which may know nothing of operations.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from app.domain.kinds import KINDS, FieldSpec
from app.domain.outcomes import Trigger
from app.operations.runner import Request
from app.store import connections, devices, onec

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


HISTORY = ("service_group_data", "agent_status_data", "agent_login_data", "agent_calls_data", "agent_chats_work_time")
HISTORY_DAYS = 14
NIGHTS_OF = 10


class DemoSystems(Protocol):
    """A running demo world, wherever it runs."""

    def describe(self) -> dict[str, dict[str, Any]]:
        """Addresses and credentials per system, as `muster simulate` prints them."""


async def connect_demo(workspace: Workspace, systems: Mapping[str, Mapping[str, Any]]) -> None:
    """Add one connection per demo system that is not there yet, from what `muster simulate` prints.

    Raises what adding a connection raises.
    """
    if "webhooks" in systems:  # the demo's own receiver is on this computer, where nothing else may be sent to
        workspace.webhooks.lines.demo_ports = frozenset({urlsplit(systems["webhooks"]["base_url"]).port or 0})
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
        await _run(workspace, request)
        if request.operation == "devices.sync" and "terminals" in systems:
            await name_devices(workspace, systems)


async def fetch_demo_workforce(workspace: Workspace) -> None:
    """Fetch people and hours from 1C, plan their month, fetch two weeks of the contact centre.

    Raises what starting a run raises; a run that fails says so itself.
    """
    await _run(workspace, Request("onec.sync_personnel", trigger=Trigger.EVENT))
    people = await workspace.store.read(onec.people)
    today = date.today()  # noqa: DTZ011 - any zone will do for a demonstration
    shifts = _demo_shifts([p.person.external_id for p in people if p.person.termination_date is None], today)
    await _run(workspace, Request("onec.plan_shifts", params={"shifts": shifts, "partly": True}, trigger=Trigger.EVENT))
    for operation in ("onec.norm_hours", "onec.timetype_info", "cc.personnel"):
        await _run(workspace, Request(operation, trigger=Trigger.EVENT))
    days = {"start_date": today - timedelta(days=HISTORY_DAYS), "end_date": today - timedelta(days=1)}
    for name in HISTORY:
        await _run(workspace, Request(f"cc.{name}", params=days, trigger=Trigger.EVENT))


async def _run(workspace: Workspace, request: Request) -> None:
    await (await workspace.runner.start(request)).report()


def _demo_shifts(people: Sequence[str], today: date) -> list[dict[str, Any]]:
    """Shifts of the current month: most by day on weekdays, every tenth person two nights on and two off."""
    days = [today.replace(day=number) for number in range(1, monthrange(today.year, today.month)[1] + 1)]
    made = []
    for place, person in enumerate(people):
        by_night = place % NIGHTS_OF == NIGHTS_OF - 1
        for day in days:
            if day.toordinal() % 4 > 1 if by_night else day.weekday() > 4:
                continue
            start = datetime.combine(day, time(20 if by_night else 8 + place % 3))
            end = start + timedelta(hours=12 if by_night else 9)
            rest = start + timedelta(hours=4)
            breaks = [{"start": rest.isoformat(), "end": (rest + timedelta(hours=1)).isoformat()}]
            made.append(
                {"agent_id": person, "start": start.isoformat(), "end": end.isoformat(), "unpaid_breaks": breaks}
            )
    return made


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
