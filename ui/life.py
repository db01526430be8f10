"""The life of an open window on its event loop: workspace opened behind the first frame, all closed before the end."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from ui.window import MainWindow

if TYPE_CHECKING:
    from app.demonstration import DemoSystems


async def live(
    window: MainWindow, demo: DemoSystems | None = None, started: Callable[[MainWindow], None] | None = None
) -> None:
    """Open the workspace, wait for the close button, close everything; or open that of another organization."""
    over = asyncio.Event()
    window.closed.connect(over.set)
    window.left.connect(over.set)
    await painted()
    await window.open_workspace(demo)
    if demo is not None:
        window.shell.fill_demo(demo)
    if started is not None:
        started(window)
    while await _ended(window, over):
        gc.unfreeze()
        await window.leave_workspace()
        await window.open_workspace(demo)
    await window.close_workspace()


async def _ended(window: MainWindow, over: asyncio.Event) -> bool:
    """Wait until the person is done with a workspace; true when another one is to be opened."""
    gc.freeze()  # what is loaded by now stays; later collections need not look at it
    if not window.is_closed:
        await over.wait()
    over.clear()
    return not window.is_closed


async def painted() -> None:
    """Come back when Qt has dealt with everything waiting now, the first frame included."""
    turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    QTimer.singleShot(0, lambda: None if turn.done() else turn.set_result(None))
    await turn
