"""Runs operations in a workspace."""

from __future__ import annotations

from typing import Any

from app.operations.runner import Report, Request
from app.workspace import Workspace


async def run(workspace: Workspace, operation: str, connection: str = "", **request: Any) -> Report:
    """Run an operation to its end."""
    handle = await workspace.runner.start(Request(operation, connection, **request))
    return await handle.report()


async def dump(workspace: Workspace) -> list[str]:
    """Everything in the SQLite file, as statements."""

    def read() -> list[str]:
        return list(workspace.store.database.connection().iterdump())  # type: ignore[no-untyped-call]

    return await workspace.store.read(read)
