"""Works off the outbox of webhooks: fairly, so that a dead receiver delays no other; and so that nothing is lost or
sent twice over a crash, a sleep or a second program (webhooks.md §6).

Everything that lasts is in the store. Each turn is one transaction: what was tried is written down, then the next
deliveries are claimed. A delivery that is under way when the program is killed is sent again, with the same id.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.domain.audit import AuditKind, AuditNote
from app.domain.outcomes import Trigger
from app.domain.webhooks.delivery import Answer, Attempt, Retention
from app.domain.webhooks.error_codes import ErrorCode
from app.domain.webhooks.ladder import judge
from app.domain.webhooks.signature import Signing, shown_headers, signed_headers
from app.errors import Busy, MusterError
from app.events import (
    ConnectionsChanged,
    DeliveryTried,
    RunEnded,
    RunStarted,
    WebhookDisabled,
    WebhookHeld,
    WebhooksChanged,
)
from app.i18n import _
from app.operations.webhooks.lines import Lines
from app.store import webhook_events, webhook_log, webhook_pruning, webhook_turns
from app.store.webhook_turns import Claimed, Due, Settled, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.events import EventBus
    from app.operations.audit_log import AuditLog
    from app.operations.webhooks.event_log import EventLog
    from app.store.database import Store
    from app.tasks import Tasks
    from app.vault import Vault

log = logging.getLogger(__name__)
AT_ONCE = 8
AT_ONCE_PER_ENDPOINT = 2
AT_ONCE_FAILING = 4
"""All endpoints whose last try failed share these, so that receivers that work always find a place."""
KEPT_FREE = 2
"""No endpoint gets a second place when fewer than these would be left."""
SPREAD_S = 60.0
PATIENCE_S = 5.0
_LOOK_S = 1.0  # another program may have queued something
_LOOK_AGAIN_S = 0.2
_HOLD_S = 30.0
_CARE_S = 30.0
_PRUNE_S = 6 * 3600.0
_JUMP_S = 5.0
_NEWS = (RunStarted, RunEnded, ConnectionsChanged, WebhooksChanged)
"""After these something may have been queued; what another program queued is found by looking."""


@dataclass
class _Clock:
    """Notices that somebody set this computer's clock back."""

    wall: float = 0.0
    steady: float = 0.0

    def moved_back_s(self) -> float:
        """How far it was set back since the last look; 0 when it was not."""
        wall, steady = time.time(), time.monotonic()
        jump = (steady - self.steady) - (wall - self.wall) if self.steady else 0.0
        self.wall, self.steady = wall, steady
        return jump if jump > _JUMP_S else 0.0


class Deliverer:
    """Sends what is due, for as long as it runs or until nothing is. Belongs to one event loop."""

    def __init__(
        self, store: Store, vault: Vault, tasks: Tasks, events: EventBus, event_log: EventLog, audit: AuditLog
    ) -> None:
        self.lines = Lines(store, vault)
        self._store = store
        self._tasks = tasks
        self._events = events
        self._event_log = event_log
        self._audit = audit
        self._holder = ""
        self._running: dict[asyncio.Task[Settled], Claimed] = {}
        self._settled: list[Settled] = []
        self._due = Due()
        self._used_up: set[str] = set()
        self._held: dict[str, float] = {}
        self._stir = asyncio.Event()
        self._arrived = True
        self._looked_at = self._cared_at = self._pruned_at = -1e9
        self._clock = _Clock()
        self._turn = asyncio.Lock()
        self._stopping = False
        self._serving = False

    def wake(self) -> None:
        """Something may be due: look at once."""
        self._arrived = True
        self._stir.set()

    async def run(self) -> None:
        """Send what is due and what comes, for as long as the program runs; ends when it is cancelled."""
        await self._care(SPREAD_S)
        self._serving = True
        ends = [self._events.subscribe(kind, lambda _event: self.wake()) for kind in _NEWS]
        try:
            while not self._stopping:
                await self._step()
                await self._wait()
        finally:
            self._serving = False
            for end in ends:
                end()
            await self._finish(PATIENCE_S)

    async def flush(self, wait_s: float, *, retries: bool = False) -> int:
        """Send what is due now, with `retries` also what becomes due within `wait_s`; returns how many still wait.

        Tries that are under way after so many seconds are waited for a little, then broken off.
        """
        until = time.monotonic() + wait_s
        await self._care(0.0)
        while not self._stopping and time.monotonic() < until:
            if self._serving:  # `run` does the work
                await asyncio.sleep(_LOOK_AGAIN_S)
                await self._look()
            else:
                await self._step()
            if self._idle() and (not self._due.statuses) and not (retries and self._comes_before(until)):
                break
            await self._wait(until)
        if not self._serving:
            await self._finish(PATIENCE_S)
        return await self._store.read(webhook_log.count_waiting)

    async def try_now(self, delivery_id: str) -> Attempt:
        """Make the try of one delivery at once, for a person who waits for the answer.

        Raises `Busy` when it is being sent, `NoKeyring` or `NotConfigured` when it cannot be signed.
        """
        claimed = await self._store.write(webhook_turns.claim_one, delivery_id, self._me())
        if claimed is None:
            raise Busy(_("This delivery is being sent just now."))
        settled = Settled(claimed)
        try:
            settled = await self._try(claimed)
        finally:
            await self._store.write(self._turn_over, [settled], {})
        self._publish([settled])
        assert settled.attempt is not None
        if settled.attempt.answer.error_code is ErrorCode.CANCELLED:
            raise asyncio.CancelledError
        return settled.attempt

    async def close(self) -> None:
        """Take no new tries, wait a little for those under way, give the rest back to the outbox."""
        self._stopping = True
        self._stir.set()
        await self._finish(PATIENCE_S)
        await self.lines.close()

    def _me(self) -> str:
        self._holder = self._holder or webhook_turns.me()
        return self._holder

    async def _step(self) -> None:
        """Look what is due where that is time, then one turn."""
        try:
            await self._look_if_due()
            await self._take_turn()
            if not self._running and self._due.ready:
                self._arrived = self._arrived or all(key in self._used_up for key, *_more in self._due.ready)
        except MusterError as error:  # a busy or full disk passes
            log.warning("Webhooks: %s", error.message)
            await asyncio.sleep(_LOOK_S)

    async def _look_if_due(self) -> None:
        passed = time.monotonic() - self._looked_at
        if self._arrived or passed >= _LOOK_S or (passed >= _LOOK_AGAIN_S and self._next_is_due()):
            await self._look()
        if time.monotonic() - self._cared_at >= _CARE_S:
            await self._store.write(webhook_turns.free_the_dead)
            self._cared_at = time.monotonic()
        if self._serving and time.monotonic() - self._pruned_at >= _PRUNE_S:
            self._pruned_at = time.monotonic()
            await self._store.write(webhook_pruning.prune, Retention(*self._event_log.kept_days))

    async def _look(self) -> None:
        self._arrived = False
        self._looked_at = time.monotonic()
        if moved_s := self._clock.moved_back_s():
            log.warning("The clock of this computer was set back by %.0f s", moved_s)
            await self._store.write(webhook_turns.after_clock_moved_back, moved_s)
        found = await self._store.read(webhook_turns.look, datetime.now(UTC))
        # Switched off, what waits goes on waiting (webhooks.md §1).
        self._due = found if self._event_log.enabled else Due(statuses=found.statuses)
        self._used_up.clear()
        if self._due.statuses:
            told = await self._store.write(webhook_events.tell_statuses, queue=self._event_log.enabled)
            self._arrived = bool(told)

    async def _take_turn(self) -> None:
        async with self._turn:
            settled, self._settled = self._settled, []
            wanted = {} if self._stopping else self._wanted()
            if not settled and not wanted:
                return
            try:
                turn = await self._store.write(self._turn_over, settled, wanted)
            except BaseException:
                self._settled = settled + self._settled
                raise
        got = Counter(claimed.endpoint.id for claimed in turn.claimed)
        self._used_up |= {key for key, count in wanted.items() if got[key] < count}
        self._arrived = self._arrived or turn.raised > 0
        for claimed in turn.claimed:
            task = self._tasks.start("A webhook is sent", self._attempt(claimed))
            self._running[task] = claimed
            task.add_done_callback(self._ended)
        self._publish(settled)
        for one in turn.disabled:
            self._events.publish(WebhookDisabled(one.webhook_id, one.reason.value))

    def _turn_over(self, settled: Sequence[Settled], wanted: Mapping[str, int]) -> Turn:
        """One turn, and in the audit trail which endpoints it switched off by itself."""
        turn = webhook_turns.take_turn(settled, wanted, self._me(), queue=self._event_log.enabled)
        names = {one.claimed.endpoint.id: one.claimed.endpoint.name for one in settled}
        for one in turn.disabled:
            after = {"is_active": False, "disabled_reason": one.reason.value}
            about = ("webhooks.pause", names.get(one.webhook_id, ""), one.webhook_id)
            self._audit.add(AuditNote(AuditKind.SETTING_CHANGED, *about, after=after), trigger=Trigger.SCHEDULE)
        return turn

    def _wanted(self) -> dict[str, int]:
        """How many deliveries of which endpoint may be begun now; receivers that work come first."""
        busy = Counter(claimed.endpoint.id for claimed in self._running.values())
        free = AT_ONCE - len(self._running)
        failing = {key for key, failures, _slow in self._due.ready if failures}
        free_failing = AT_ONCE_FAILING - sum(count for key, count in busy.items() if key in failing)
        wanted: dict[str, int] = {}
        for key, failures, slow in sorted(self._due.ready, key=lambda one: (one[1] > 0, busy[one[0]])):
            if key in self._used_up or self._held.get(key, 0.0) > time.monotonic():
                continue
            most = 1 if failures or slow else AT_ONCE_PER_ENDPOINT
            while busy[key] + wanted.get(key, 0) < most and free > 0:
                second = busy[key] + wanted.get(key, 0) > 0
                if (failures and free_failing <= 0) or (second and free <= KEPT_FREE):
                    break
                wanted[key] = wanted.get(key, 0) + 1
                free -= 1
                free_failing -= bool(failures)
        return wanted

    async def _attempt(self, claimed: Claimed) -> Settled:
        try:
            return await self._try(claimed)
        except MusterError as error:  # no keyring, no secret: nothing was sent, and the ladder does not move
            log.warning("Webhook %s: %s", claimed.endpoint.name, error.message)
            self._events.publish(WebhookHeld(claimed.endpoint.id, error.message, error.remedy))
            return Settled(claimed)

    async def _try(self, claimed: Claimed) -> Settled:
        """One try. Broken off it counts as well: the receiver may have the message."""
        from app.connectors.webhooks import PRODUCT_AGENT, Outgoing

        endpoint, delivery = claimed.endpoint, claimed.delivery
        line, allowed = await self.lines.line(endpoint), await self.lines.allowed(endpoint)
        at, body, number = datetime.now(UTC), delivery.body or "", delivery.attempts + 1
        headers = signed_headers(endpoint, delivery.id, body, Signing(line.secrets(at), at, number))
        begun = time.monotonic()
        outgoing = Outgoing(endpoint.method.value, endpoint.url, headers, body.encode(), endpoint.timeout_seconds)
        try:
            answer = await line.client.send(outgoing, allowed)
        except asyncio.CancelledError:
            answer = Answer(error_code=ErrorCode.CANCELLED, error_message=_("Broken off before the receiver answered."))
        took_ms = round((time.monotonic() - begun) * 1000)
        sent, to = shown_headers(headers, endpoint, PRODUCT_AGENT), endpoint.url.partition("?")[0]
        attempt = Attempt(delivery.id, number, delivery.trigger, at, took_ms, to, sent, answer)
        return Settled(claimed, attempt, judge(endpoint, delivery, answer, datetime.now(UTC)))

    def _ended(self, task: asyncio.Task[Settled]) -> None:
        claimed = self._running.pop(task)
        begun = not task.cancelled() and task.exception() is None  # what never began goes back as it was
        settled = task.result() if begun else Settled(claimed)
        if settled.attempt is None:
            self._held[claimed.endpoint.id] = time.monotonic() + _HOLD_S
        self._settled.append(settled)
        self._stir.set()

    def _publish(self, settled: list[Settled]) -> None:
        for one in settled:
            if one.attempt is None or one.verdict is None:
                continue
            delivery, answer = one.claimed.delivery, one.attempt.answer
            code = answer.error_code.value if answer.error_code else ""
            self._events.publish(
                DeliveryTried(delivery.webhook_id, delivery.id, one.verdict.status.value, answer.http_status, code)
            )

    async def _finish(self, patience_s: float) -> None:
        """End what is under way: waited for a little, then given back; what it came to is stored."""
        if self._running and patience_s:
            await asyncio.wait(list(self._running), timeout=patience_s)
        left = list(self._running)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
        if self._settled:
            stopping, self._stopping = self._stopping, True
            try:
                await self._take_turn()
            except MusterError as error:  # they are claimed by a program that ends: the next one frees them
                log.warning("Webhooks: %s", error.message)
            finally:
                self._stopping = stopping

    async def _care(self, spread_s: float) -> None:
        """Put right what an ended program left, before the first look."""
        try:
            await self._store.write(webhook_turns.recover, spread_s=spread_s, draw=random.uniform)
        except MusterError as error:
            log.warning("Webhooks: %s", error.message)
        self._cared_at = time.monotonic()
        self._arrived = True

    async def _wait(self, until: float = float("inf")) -> None:
        """Until a try ends, something arrives, something becomes due, or it is time to look."""
        if self._settled:
            return
        pause = min(self._pause_s(), until - time.monotonic())
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, pause)):
                await self._stir.wait()
        self._stir.clear()

    def _pause_s(self) -> float:
        if self._arrived and not self._running:
            return 0.0
        pause = _LOOK_S if self._idle() else _LOOK_AGAIN_S
        if self._due.next_at is not None:
            pause = min(pause, (self._due.next_at - datetime.now(UTC)).total_seconds())
        return max(0.01, pause)

    def _next_is_due(self) -> bool:
        return bool(self._due.ready) or (self._due.next_at is not None and self._due.next_at <= datetime.now(UTC))

    def _idle(self) -> bool:
        """Whether nothing is under way and nothing that could be is due."""
        held = {key for key, until in self._held.items() if until > time.monotonic()}
        left = [key for key, *_more in self._due.ready if key not in held]
        return not self._running and not self._settled and not self._arrived and not left

    def _comes_before(self, until: float) -> bool:
        left = timedelta(seconds=max(0.0, until - time.monotonic()))
        return self._due.next_at is not None and self._due.next_at <= datetime.now(UTC) + left
