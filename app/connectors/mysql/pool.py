"""The connections of one MySQL server: a few, each used by one thread at a time and kept open for a minute (§4.6).

The driver blocks, so it works in threads of its own, and a server that hangs keeps nobody else waiting. Whatever is
waited for here has its time limit, and ends at once when it is cancelled: the server is told to drop the question, the
connection is cut, the thread comes home.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from app.connectors.mysql.line import Line
from app.connectors.mysql.settings import MySqlSettings
from app.errors import MusterError, TimedOut, Unreachable
from app.i18n import _

T = TypeVar("T")
KEPT_S = 60.0
_FRESH_S = 1.0  # a connection used so shortly ago needs no ping
_PING_S = 3.0
_KILL_S = 2.0
_HOMEWARD_S = 0.5  # more than a thread takes to notice that its connection was cut
log = logging.getLogger(__name__)


class Pool:
    """Hands out signed-in lines, at most `pool_size` at once. Belongs to one event loop."""

    def __init__(self, settings: MySqlSettings) -> None:
        self._settings = settings
        self._free = asyncio.Semaphore(settings.pool_size)
        self._dialled: list[Line] = []
        self._resting: list[Line] = []
        self._busy: dict[Line, asyncio.Future[Any]] = {}
        self._clearing: asyncio.TimerHandle | None = None
        # As many again for telling the server to drop what another one waits for.
        self._threads = ThreadPoolExecutor(2 * settings.pool_size, thread_name_prefix="mysql")
        self._closed = False

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """A line for one caller, signed in within the time limit for it; it rests afterwards unless it failed.

        Raises the closed family when none can be had.
        """
        async with self._free:
            line = await self._rested() or await self._signed_in()
            try:
                yield line
            except BaseException:
                if line not in self._busy:  # else once its thread is home
                    line.hang_up()
                raise
            self._rest(line)

    async def ask(self, line: Line, work: Callable[[Line], T], limit_s: float) -> T:
        """Do `work` with the line in a thread; one that fails hangs up.

        Raises what it raises, and `TimedOut` after `limit_s` seconds.
        """
        future = self._start(line, work)
        try:
            ended, _left = await asyncio.wait({future}, timeout=max(limit_s, 0))
        except asyncio.CancelledError:
            await self._stop(line, future)
            raise
        if not ended:
            await self._stop(line, future)
            raise TimedOut(_("The MySQL server did not answer within {seconds} s.").format(seconds=f"{limit_s:.3g}"))
        return future.result()

    async def dial(self) -> None:
        """Connect without signing in; the next line is made of it."""
        line = Line(self._settings)
        await self.ask(line, Line.dial, self._settings.connect_timeout_s)
        self._dialled.append(line)

    async def close(self) -> None:
        """Close all, at once: what is under way fails."""
        self._closed = True
        if self._clearing is not None:
            self._clearing.cancel()
        for line in (*self._resting, *self._dialled):
            line.hang_up()
        self._resting.clear()
        for line in self._busy:
            line.abort()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=_HOMEWARD_S)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _start(self, line: Line, work: Callable[[Line], T]) -> asyncio.Future[T]:
        if self._closed:
            line.hang_up()
            raise Unreachable(_("The connection to the MySQL server was closed."))

        def home(ended: asyncio.Future[T]) -> None:
            del self._busy[line]
            if ended.cancelled() or ended.exception() is not None:
                line.hang_up()

        noting = contextvars.copy_context()  # a thread of the pool does not know for which run it works
        future = asyncio.get_running_loop().run_in_executor(self._threads, noting.run, work, line)
        self._busy[line] = future
        future.add_done_callback(home)
        return future

    async def _stop(self, line: Line, future: asyncio.Future[Any]) -> None:
        """Have the server drop the question, then cut the connection and wait for its thread."""
        try:
            if line.number is not None:
                await self._kill(line.number)
        finally:
            line.abort()
            future.add_done_callback(lambda _ended: line.hang_up())  # also when it came through after all
            await asyncio.wait({future}, timeout=_HOMEWARD_S)

    async def _kill(self, number: int) -> None:
        if self._closed:
            return
        line = Line(self._settings)
        future = self._start(line, lambda line: line.kill(number))
        try:
            ended, _left = await asyncio.wait({future}, timeout=_KILL_S)
        finally:
            line.abort()
        if not ended or future.exception() is not None:
            log.info("The server could not be told to drop a question", exc_info=future.exception() if ended else None)

    async def _rested(self) -> Line | None:
        """A line that is still open and still answers."""
        while self._resting:
            line = self._resting.pop()
            rested_s = time.monotonic() - line.rested_since
            if rested_s < _FRESH_S:
                return line
            if rested_s > KEPT_S:  # this computer slept, and with it the timer
                line.hang_up()
                continue
            try:
                await self.ask(line, Line.answers, min(_PING_S, self._settings.connect_timeout_s))
            except MusterError:
                log.debug("A kept connection no longer answers", exc_info=True)
            else:
                return line
        return None

    async def _signed_in(self) -> Line:
        line = self._dialled.pop() if self._dialled else Line(self._settings)
        await self.ask(line, Line.sign_in, self._settings.connect_timeout_s)
        return line

    def _rest(self, line: Line) -> None:
        if self._closed:
            line.hang_up()
            return
        self._resting.append(line)
        if self._clearing is None:
            self._clearing = asyncio.get_running_loop().call_later(KEPT_S, self._clear)

    def _clear(self) -> None:
        """Close what has rested for too long."""
        self._clearing = None
        old = [line for line in self._resting if time.monotonic() - line.rested_since >= KEPT_S]
        self._resting = [line for line in self._resting if line not in old]
        for line in old:
            line.hang_up()
        if self._resting:
            self._clearing = asyncio.get_running_loop().call_later(KEPT_S, self._clear)
