"""Runs operations in a workspace."""

from __future__ import annotations

from typing import Any

from app.operations.runner import Report, Request
from app.store.database import Store
from app.workspace import Workspace


async def run(workspace: Workspace, operation: str, connection: str = "", **request: Any) -> Report:
    """Run an operation to its end."""
    handle = await workspace.runner.start(Request(operation, connection, **request))
    return await handle.report()


def execute(store: Store, statement: str, values: tuple[object, ...] = ()) -> Any:
    """One statement on the open database, from inside `read`, `write` or `run_now`."""
    database: Any = store.database
    return database.execute_sql(statement, values)


async def dump(workspace: Workspace) -> list[str]:
    """Everything in the SQLite file, as statements."""

    def read() -> list[str]:
        return list(workspace.store.database.connection().iterdump())  # type: ignore[no-untyped-call]

    return await workspace.store.read(read)
