"""How a command works with a workspace: open it, follow one run, cancel on Ctrl-C, close it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from app.errors import Cancelled
from app.events import EventBus, RunProgress
from app.i18n import _
from app.operations.runner import Report, RunHandle
from app.places import Home
from app.workspace import Workspace

if TYPE_CHECKING:
    from app.vault import Backend

T = TypeVar("T")
PATIENCE_S = 5.0


def with_workspace(home: Home, work: Callable[[Workspace], Awaitable[T]], keyring: Backend | None = None) -> T:
    """Run `work` in an open workspace on an event loop of its own."""

    async def session() -> T:
        if sys.platform != "win32":
            task = asyncio.current_task()
            assert task is not None
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        async with await Workspace.open(home, keyring=keyring) as workspace:
            if workspace.settings_file.problem:
                print(f"muster: {workspace.settings_file.problem}", file=sys.stderr)
            result = await work(workspace)
            if workspace.event_log.queued or "status_sender" in workspace.__dict__:
                # What this command raised leaves before it ends (command-line.md, Webhooks).
                await workspace.webhooks.flush(PATIENCE_S)
            return result

    try:
        return asyncio.run(session())
    except asyncio.CancelledError as error:  # SIGTERM before there was a run to cancel
        raise Cancelled(_("Cancelled.")) from error


async def follow(workspace: Workspace, handle: RunHandle, *, quiet: bool) -> Report:
    """Wait for a run, showing its progress; Ctrl-C cancels it and waits for its end."""
    with _progress(workspace.events, handle, quiet):
        try:
            return await handle.report()
        except asyncio.CancelledError:
            handle.cancel()
            return await handle.report()


@contextlib.contextmanager
def _progress(events: EventBus, handle: RunHandle, quiet: bool) -> Iterator[None]:
    """A progress line on standard error, where a person looks at it."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        line = bar.add_task(handle.operation.title, total=None)

        def show(event: RunProgress) -> None:
            bar.update(line, description=event.doing, total=event.total or None, completed=event.done)

        end = events.subscribe(RunProgress, show)
        try:
            yield
        finally:
            end()
