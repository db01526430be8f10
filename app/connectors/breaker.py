"""The circuit breaker of one connection: after five failed calls in a row it refuses at once (connections.md §10.2).

Failures are only: unreachable, timed out, and the remote system's own 5xx. Refusals, wrong data and cancelling never
count. fluxgate does the work; this is our interface to it.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from fluxgate import AsyncCircuitBreaker
from fluxgate.errors import CallNotPermittedError
from fluxgate.permits import All
from fluxgate.retries import Retry
from fluxgate.signal import Signal
from fluxgate.trackers import Custom
from fluxgate.trippers import Closed, FailureStreak, HalfOpened

from app.domain.causes.general import CIRCUIT_OPEN
from app.errors import Outage, TimedOut, Unreachable
from app.i18n import _

T = TypeVar("T")
FAILURES_IN_A_ROW = 5
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 600.0


class Breaker:
    """Lets calls pass, or refuses them while the system is known to be down. Belongs to one event loop.

    `on_move` is told the states before and after: closed, open, half_open, forced_open.
    """

    def __init__(self, system: str) -> None:
        self._system = system
        self._breaker = AsyncCircuitBreaker(
            tracker=Custom(_is_failure),
            # A plain streak would need five failed trials to open again; one is enough.
            tripper=(Closed() & FailureStreak(FAILURES_IN_A_ROW)) | (HalfOpened() & FailureStreak(1)),
            retry=_Pause(),
            permit=All(),
            max_half_open_calls=1,
            listeners=(self._moved,),
        )
        self.on_move: Callable[[str, str], None] | None = None

    async def call(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run one call.

        Raises `Unreachable` without trying while the breaker is open or a person holds calls back.
        """
        try:
            return await self._breaker.call(work)
        except CallNotPermittedError as error:
            if self.is_held:
                raise Unreachable(
                    _("The calls of {system} are held back here.").format(system=self._system),
                    _("Let them pass again on the Connections page."),
                    code=CIRCUIT_OPEN.code,
                ) from error
            raise Unreachable(
                _("{system} failed several times in a row, so it is left alone for a while.").format(
                    system=self._system
                ),
                _(CIRCUIT_OPEN.remedy),
                code=CIRCUIT_OPEN.code,
            ) from error

    def _moved(self, signal: Signal) -> None:
        if self.on_move is not None and signal.old_state != signal.new_state:
            self.on_move(str(signal.old_state), str(signal.new_state))

    @property
    def refuses_until(self) -> datetime | None:
        """While calls are refused, when the next one passes as a trial; None while calls pass."""
        info = self._breaker.info()
        if info.state != "open":
            return None
        until = datetime.fromtimestamp(info.changed_at, UTC) + timedelta(seconds=_pause_s(info.reopens))
        return until if until > datetime.now(UTC) else None

    @property
    def is_held(self) -> bool:
        """Whether a person holds all calls back."""
        return self._breaker.info().state == "forced_open"

    async def hold(self) -> None:
        """Refuse all calls until `reset`."""
        await self._breaker.force_open()

    async def reset(self) -> None:
        """Let calls pass again."""
        await self._breaker.reset()


def _pause_s(reopens: int) -> float:
    return min(FIRST_PAUSE_S * 2.0**reopens, LONGEST_PAUSE_S)


def _is_failure(error: Exception) -> bool:
    return isinstance(error, Unreachable | TimedOut | Outage)


class _Pause(Retry):
    """How long the breaker stays open: the first pause, doubled each time a trial fails.

    fluxgate tells by the time of day when it opened. From the first refused call on the pause runs on a clock that
    only goes forward, so setting this computer's clock neither prolongs it nor cuts it short.
    """

    def __init__(self) -> None:
        self._changed_at = 0.0
        self._begun = 0.0

    def __call__(self, changed_at: float, reopens: int) -> bool:
        pause = _pause_s(reopens)
        if changed_at != self._changed_at:
            self._changed_at = changed_at
            self._begun = time.monotonic() - min(max(0.0, time.time() - changed_at), pause)
        return time.monotonic() - self._begun >= pause
