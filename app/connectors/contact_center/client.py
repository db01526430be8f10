"""The calls to a contact centre (contact-center.md §1, §4-§7.6)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from typing import Any, Self, TypeVar

from app.connectors.breaker import Breaker
from app.connectors.contact_center.answers import History
from app.connectors.contact_center.live import Live
from app.connectors.contact_center.now import read_loads, read_online, read_queues
from app.connectors.contact_center.people import read_personnel
from app.connectors.contact_center.push import StatusPush
from app.connectors.contact_center.questions import Ids, Questions, sendable
from app.connectors.contact_center.refusals import WORTH_REPEATING, NoData, classify
from app.connectors.contact_center.settings import ContactCenterSettings
from app.connectors.http import Answer, HttpClient, HttpSettings, RetryPolicy
from app.connectors.sign_in import SignIn, close_sign_in
from app.domain.contact_center.days import HOUR_MS, Span
from app.domain.contact_center.endpoints import Dialect, Endpoint
from app.domain.contact_center.live import LiveChange
from app.domain.contact_center.pushes import StatusMessage
from app.domain.contact_center.queues import QueueMetrics, queue_metrics
from app.domain.contact_center.records import (
    AgentCall,
    AgentLogin,
    AgentStatus,
    ChatDay,
    GroupLoad,
    IntervalMetrics,
    OnlineStatus,
    Personnel,
    Read,
    joined,
)
from app.domain.mappings import Mapper
from app.errors import NotConfigured
from app.i18n import _, ngettext

R = TypeVar("R")
LIVE_BUDGET_S = 4.0
"""How long a live question may take (§2)."""
_PARALLEL_HISTORY, _PARALLEL_LIVE = 3, 1  # four at once in all (§2)
_READ_IN_THREAD_BYTES = 50_000


def retry_policy(attempts: int) -> RetryPolicy:
    """So many repetitions of reads: here a 500 is a failure that may pass, not a refusal (§4)."""
    return replace(RetryPolicy.growing(attempts), statuses=WORTH_REPEATING, once=())


def _live_policy() -> RetryPolicy:
    """A live question is asked once more within its budget: after a failure that may pass, or a wait asked for."""
    return RetryPolicy((0.5,), LIVE_BUDGET_S, statuses=frozenset({502, 503, 504}), budget_s=LIVE_BUDGET_S)


class ContactCenter(AbstractAsyncContextManager["ContactCenter"]):
    """One platform. Belongs to one event loop.

    Every call raises an error of the closed family. Live questions go a line of their own, so that they never wait for
    history; both lines share one breaker. Raises `NotConfigured` without an address.
    """

    def __init__(self, settings: ContactCenterSettings, auth: SignIn, retry: RetryPolicy | None = None) -> None:
        if not settings.endpoint_url:
            raise NotConfigured(
                _("The contact centre is not configured. Missing: {fields}.").format(fields="endpoint_url")
            )
        self.settings = settings
        self.mapper = Mapper()
        self._auth = auth
        self._ask = Questions(settings)
        self._history = _line(settings, auth, retry or retry_policy(3), _PARALLEL_HISTORY)
        hurried = replace(settings, timeout_s=min(settings.timeout_s, LIVE_BUDGET_S))
        self._now = _line(hurried, auth, _live_policy(), _PARALLEL_LIVE, self._history.breaker)
        self._push = StatusPush(settings, auth) if settings.status_push_url else None

    def __repr__(self) -> str:
        return f"ContactCenter({self.settings.endpoint_url!r})"

    @property
    def breaker(self) -> Breaker:
        """Refuses calls while the platform is known to be down."""
        return self._history.breaker

    @property
    def push_breaker(self) -> Breaker | None:
        """The same for the receiver of status updates, which is another system; None where none is named."""
        return self._push.breaker if self._push else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the pooled sockets."""
        for line in (self._history, self._now, self._push):
            if line is not None:
                await line.close()
        await close_sign_in(self._auth)

    async def personnel(self) -> Personnel:
        """Services, groups and agents (§5.1)."""
        try:
            answer = await self._history.get(self._ask.path(Endpoint.PERSONNEL))
        except NoData:
            return Personnel(no_data=True)
        return await _off_loop(partial(read_personnel, mapper=self.mapper), answer.body)

    async def group_metrics(self, span: Span, group_ids: Sequence[str], step_ms: int) -> Read[IntervalMetrics]:
        """Contacts of groups in intervals; the period begins at a local midnight (§5.2)."""

        def read(history: History, body: bytes) -> Read[IntervalMetrics]:
            return history.intervals(body, step_ms)

        return await self._historic(Endpoint.SERVICE_GROUP_DATA, span, Ids.GROUPS, group_ids, read, step_ms)

    async def statuses(self, span: Span, agent_ids: Sequence[str]) -> Read[AgentStatus]:
        """Statuses that begin or end in the period or up to an hour beside it (§5.3)."""
        wider = self._wider(span)
        return await self._historic(Endpoint.AGENT_STATUS_DATA, wider, Ids.AGENTS, agent_ids, History.statuses)

    async def logins(self, span: Span, agent_ids: Sequence[str]) -> Read[AgentLogin]:
        """Times signed in, under the rules of `statuses` (§5.4)."""
        wider = self._wider(span)
        return await self._historic(Endpoint.AGENT_LOGIN_DATA, wider, Ids.AGENTS, agent_ids, History.logins)

    async def calls(self, span: Span, agent_ids: Sequence[str]) -> Read[AgentCall]:
        """Contacts that begin in the period (§5.5)."""
        return await self._historic(Endpoint.AGENT_CALLS_DATA, span, Ids.AGENTS, agent_ids, History.calls)

    async def chat_days(self, span: Span, agent_ids: Sequence[str]) -> Read[ChatDay]:
        """Time with chats per day; the period is whole local days (§5.6)."""
        return await self._historic(Endpoint.AGENT_CHATS_WORK_TIME, span, Ids.AGENTS, agent_ids, History.chat_days)

    def chunks(self, ids: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """The ids as they are asked for: those of one request each."""
        size = self.settings.ids_per_request
        good, _bad = sendable(ids)
        return tuple(good[at : at + size] for at in range(0, len(good), size))

    def unsendable(self, ids: Sequence[str]) -> tuple[str, ...]:
        """The ids that cannot be asked for: a comma would divide them (§4)."""
        return sendable(ids)[1]

    async def online_statuses(self) -> Read[OnlineStatus]:
        """Everybody who is there now: who is missing has left (§5.7)."""
        body = await self._live_body(self._ask.path(Endpoint.AGENT_STATUS))
        if not body:
            return Read(no_data=True)
        return await _off_loop(partial(read_online, zone=self.settings.zone, mapper=self.mapper), body)

    async def groups_load(self, group_ids: Sequence[str]) -> Read[GroupLoad]:
        """The load of groups now (§5.8)."""
        read = partial(read_loads, service_id=self.settings.static_service_id, mapper=self.mapper)
        return await self._loads(Endpoint.GROUPS_LOAD, group_ids, read)

    async def queue_metrics(self, group_ids: Sequence[str]) -> Read[QueueMetrics]:
        """Numbers of queues: worked out of the load of their groups, or asked for where a path says where (§5.9)."""
        now_ms = round(time.time() * 1000)
        if Endpoint.QUEUE_METRICS in self.settings.paths:
            read = partial(
                read_queues, zone=self.settings.zone, service_id=self.settings.static_service_id, taken_ms=now_ms
            )
            return await self._loads(Endpoint.QUEUE_METRICS, group_ids, read)
        loads = await self.groups_load(group_ids)
        seconds = self.settings.target_answer_seconds
        queues = tuple(queue_metrics(load, now_ms, seconds) for load in loads.rows)
        return Read(queues, loads.unread, loads.left_out, no_data=loads.no_data, refused=loads.refused)

    async def push_status(self, message: StatusMessage) -> bool:
        """Send one status message (§6). False when the receiver answers that it does not take it.

        No answer at all counts as taken: none is promised. Raises `Unreachable` or `TimedOut` when the message has
        surely not arrived, `NotConfigured` without a receiver.
        """
        if self._push is None:
            raise NotConfigured(
                _("No receiver of status updates is named."), _("Fill in the receiver in the connection's settings.")
            )
        return await self._push.send(message)

    def live(self) -> AsyncGenerator[LiveChange, None]:
        """Live numbers as the platform sends them, without end, through the WebSocket that the settings name.

        Iterate it inside `contextlib.aclosing`, so that the socket is closed when you are through.

        Raises `NotConfigured` without one.
        """
        if not self.settings.websocket_url:
            raise NotConfigured(_("The connection has no WebSocket address."))
        return Live(self.settings, self._auth, self.mapper).changes()

    async def probe_online(self) -> Answer:
        """Ask who is there, once, past an open breaker: the connection's own test (§7.6). Raises `NoData` for a 404."""
        answer = await self._history.get_once(self._ask.path(Endpoint.AGENT_STATUS))
        read_online(answer.body, self.settings.zone, self.mapper)
        return answer

    async def probe_personnel(self) -> tuple[Answer, Personnel]:
        """Ask for services and agents, under the rules of `probe_online`."""
        answer = await self._history.get_once(self._ask.path(Endpoint.PERSONNEL))
        return answer, await _off_loop(partial(read_personnel, mapper=self.mapper), answer.body)

    async def _historic(
        self,
        endpoint: Endpoint,
        span: Span,
        kind: Ids,
        ids: Sequence[str],
        read: Callable[[History, bytes], Read[R]],
        step_ms: int = 0,
    ) -> Read[R]:
        """One request per chunk of ids, side by side; what cannot be asked for is named."""
        left_out = self.unsendable(ids)

        async def ask(chunk: tuple[str, ...]) -> Read[R]:
            try:
                answer = await self._history.get(self._ask.history(endpoint, span, kind, chunk, step_ms))
            except NoData:
                return Read(no_data=True)
            return await _off_loop(partial(read, self._reader(chunk)), answer.body)

        merged = joined(await _side_by_side([partial(ask, chunk) for chunk in self.chunks(ids)]))
        if not left_out:
            return merged
        return replace(merged, left_out=left_out, warnings=(*merged.warnings, _unsendable(left_out)))

    def _wider(self, span: Span) -> Span:
        """An hour more on both sides; a gateway is asked for whole days, which that would make three of (§5.3)."""
        return span if self.settings.dialect is Dialect.GATEWAY else span.wider(HOUR_MS)

    def _reader(self, ids: tuple[str, ...]) -> History:
        wanted = frozenset(ids) if self.settings.dialect is Dialect.GATEWAY else None
        return History(self.settings.zone, self.settings.static_service_id, wanted, self.mapper)

    async def _loads(self, endpoint: Endpoint, group_ids: Sequence[str], read: Callable[[bytes], Read[R]]) -> Read[R]:
        bodies = [await self._live_body(self._ask.load(endpoint, chunk)) for chunk in self.chunks(group_ids)]
        nothing: Read[R] = Read(no_data=True)
        merged = joined([await _off_loop(read, body) if body else nothing for body in bodies])
        return replace(merged, left_out=self.unsendable(group_ids))

    async def _live_body(self, path: str) -> bytes:
        """The answer to a live question; nothing for a 404."""
        try:
            return (await self._now.get(path)).body
        except NoData:
            return b""


def _line(
    settings: ContactCenterSettings, auth: SignIn, retry: RetryPolicy, parallel: int, breaker: Breaker | None = None
) -> HttpClient:
    return HttpClient(
        HttpSettings(
            settings.endpoint_url,
            _("Contact centre"),
            classify,
            auth=auth,
            timeout_s=settings.timeout_s,
            most_per_second=settings.calls_per_second,
            most_parallel=parallel,
            retry=retry,
            route=settings.route,
            names_requests=True,
        ),
        breaker,
    )


async def _side_by_side(asks: Sequence[Callable[[], Coroutine[Any, Any, R]]]) -> list[R]:
    """All results in order; the first failure ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask()) for ask in asks]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [task.result() for task in tasks]


async def _off_loop(read: Callable[[bytes], R], body: bytes) -> R:
    return read(body) if len(body) < _READ_IN_THREAD_BYTES else await asyncio.to_thread(read, body)


def _unsendable(ids: Sequence[str]) -> str:
    shown = ", ".join(f"“{i}”" for i in ids[:5])
    return ngettext(
        "{count} id cannot be asked for, because it is empty or holds a comma: {ids}.",
        "{count} ids cannot be asked for, because they are empty or hold a comma: {ids}.",
        len(ids),
    ).format(count=len(ids), ids=shown)
