"""Opens the workspace for a window, a demo world's with its own keyring and connections.

The modules behind it (database, HTTP) are imported here, off the event loop, while the empty window is already shown.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING

from app.places import Home
from app.settings import SettingsFile

if TYPE_CHECKING:
    from app.demonstration import DemoSystems
    from app.vault import Backend
    from app.workspace import Workspace


async def open_workspace(
    home: Home, settings: SettingsFile, demo: DemoSystems | None, keyring: Backend | None = None
) -> Workspace:
    """The open workspace; `keyring` in place of the system's.

    Raises `StoreError` or `Busy` when the store cannot be opened.
    """
    for module in ("app.workspace", "app.operations.vitec", "app.operations.connections"):
        await asyncio.to_thread(importlib.import_module, module)
    from app.domain.audit import Via
    from app.workspace import Workspace

    workspace = await Workspace.open(home, settings_file=settings, keyring=keyring, via=Via.WINDOW)
    if demo is not None and not workspace.organization.key:  # the demo firm is the first organization
        from app.demonstration import connect_demo

        await connect_demo(workspace, demo.describe())
    return workspace
