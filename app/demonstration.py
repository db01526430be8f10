"""Connects an open workspace to the demo world, as a person would: through the operation that adds a connection.

Stands apart from `app/demo`, which may know nothing of operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from app.domain.connections import KINDS
from app.operations.runner import Request

if TYPE_CHECKING:
    from app.workspace import Workspace


class DemoSystems(Protocol):
    """A running demo world, wherever it runs."""

    def describe(self) -> dict[str, dict[str, str]]:
        """Addresses and credentials per system, as `muster simulate` prints them."""


async def connect_demo(workspace: Workspace, systems: Mapping[str, Mapping[str, str]]) -> None:
    """Add one connection per demo system, from its address and credentials as `muster simulate` prints them.

    Raises what adding a connection raises.
    """
    for kind, spec in KINDS.items():
        values = systems[kind.value]
        secrets = {f.key: values[f.key] for f in spec.secrets if f.key in values}
        settings = {f.key: values[f.key] for f in spec.settings if f.key in values}
        params = {"name": kind.value, "kind": kind.value, "settings": settings}
        report = await (
            await workspace.runner.start(Request("connections.create", "", params, secrets=secrets))
        ).report()
        if report.error is not None:
            raise report.error
