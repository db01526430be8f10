"""The stages of a test, one after another within one budget of time; the first that fails ends it.

See connections.md §6 and hikvision-isapi.md §9.1.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from app.domain.health import Stage
from app.errors import MusterError, TimedOut, Unreachable
from app.i18n import _

Tell = Callable[[str, Stage | None], None]
"""Hears of a stage when it begins (None) and when it has ended."""


class Staged:
    """Runs stages, remembers how each went and tells it at once.

    `budget_s` seconds hold for all of them together.
    """

    def __init__(self, tell: Tell, budget_s: float) -> None:
        self.stages: list[Stage] = []
        self._tell = tell
        self._budget_s = budget_s
        self._deadline = asyncio.get_running_loop().time() + budget_s

    async def run(self, name: str, work: Callable[[], Awaitable[str]]) -> None:
        """Run one stage; what it returns is the sentence beside its tick.

        Raises what it raises, and `TimedOut` when the budget is used up.
        """
        begun = time.monotonic()
        self._tell(name, None)
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await work()
        except MusterError as error:
            self._add(name, error, error.message, begun)
            raise
        except TimeoutError as error:
            late = TimedOut(_("No answer within {seconds:g} seconds.").format(seconds=self._budget_s))
            self._add(name, late, late.message, begun)
            raise late from error
        self._add(name, None, message, begun)

    def _add(self, name: str, problem: MusterError | None, message: str, begun: float) -> None:
        code = problem.code if problem is not None else ""
        stage = Stage(name, problem is None, message, round((time.monotonic() - begun) * 1000), code)
        self.stages.append(stage)
        self._tell(name, stage)


async def connect(host: str, port: int, context: ssl.SSLContext | None) -> None:
    """Resolve, connect and, with `context`, shake hands; then hang up.

    Raises `Unreachable` with the cause in words.
    """
    try:
        _reader, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLError as error:
        raise Unreachable(
            _("The certificate of {host} is not trusted: {cause}").format(host=host, cause=error.reason or error),
            _("Check the address; behind a company proxy, add its certificate to the system's store."),
        ) from error
    except OSError as error:
        text = _("{host} cannot be reached: {cause}").format(host=host, cause=_cause(error, port))
        raise Unreachable(text) from error
    writer.close()
    with suppress(OSError):  # the other side may already be gone, which is fine
        await writer.wait_closed()


def _cause(error: OSError, port: int) -> str:
    """The system's reason in words; the commonest two in ours, as theirs name error numbers."""
    if isinstance(error, socket.gaierror):
        return _("no computer has this name.")
    if isinstance(error, ConnectionRefusedError):
        return _("nothing answers on port {port}.").format(port=port)
    return error.strerror or str(error)
