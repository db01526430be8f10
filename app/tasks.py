"""The one door through which background work starts: named, kept, its failure logged, cancelled at closing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


class Tasks:
    """Owns tasks of one event loop; the loop itself holds them only weakly."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    @property
    def accepting(self) -> bool:
        """Whether work can still be started: a loop runs, and this is not closed."""
        return not self._closed and asyncio._get_running_loop() is not None

    def start(self, name: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start `work`; whoever wants its result awaits the task, everybody else may forget it."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("Task %s failed", task.get_name(), exc_info=error)

    async def close(self, patience_s: float = 5.0) -> None:
        """Cancel what runs and wait for it, at most `patience_s` seconds."""
        self._closed = True
        running = list(self._running)
        for task in running:
            task.cancel()
        if running:
            _ended, left = await asyncio.wait(running, timeout=patience_s)
            for task in left:
                log.warning("Task %s did not end within %g s", task.get_name(), patience_s)
