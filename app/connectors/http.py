"""The HTTP foundation of every connector: one pooled client per connection.

A call passes, outermost first: breaker -> limiter -> retry -> one attempt (sign-in, time limits, request, size limit)
(connections.md §10). Every way it can fail is one of the closed family. URLs are logged without query strings.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
import uuid
from collections.abc import Callable, Container, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

import httpx
import msgspec
from aiolimiter import AsyncLimiter

from app.connectors.breaker import Breaker
from app.connectors.clock import clock_offset_s
from app.connectors.recording import Noted
from app.connectors.retry_after import retry_after_seconds
from app.connectors.route import CONNECT_TIMEOUT_S, Route, client_options, wants_certificate
from app.errors import (
    BadData,
    MusterError,
    Outage,
    RateLimited,
    Redirected,
    RemoteError,
    TimedOut,
    Unreachable,
)
from app.i18n import _
from app.redaction import redact

log = logging.getLogger(__name__)

MOST_ANSWER_BYTES = 100_000_000  # connections.md §10.4
_EXCERPT_CHARS = 500
_BREATH_S = 0.005
_LEAST_ATTEMPT_S = 1.0
_USUAL_RETRY_AFTER_S = 60.0
_MOST_EXCERPT_BYTES = 1_000_000
READS = "muster_reads"
"""What a sign-in finds in a request's extensions: whether it may be sent again."""
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class Answer:
    """One complete HTTP answer: status, headers (lower-case names), body bytes and seconds taken.

    `clock_offset_s` is how far the server's clock is ahead of ours; None where the answer does not say.
    """

    status: int
    headers: httpx.Headers
    body: bytes
    seconds: float
    clock_offset_s: float | None = None

    def excerpt(self) -> str:
        """The first 500 characters of the trimmed body, without secrets, to show and log."""
        # Blanked before it is cut: a secret that the cut went through would not be known again.
        return redact(self.body[:_MOST_EXCERPT_BYTES].decode("utf-8", "replace")).strip()[:_EXCERPT_CHARS]


Classify = Callable[[Answer], MusterError | None]
"""Maps an answer to an error, or None when it is fine."""


class Repeat(StrEnum):
    """When a call may be sent again (connections.md §10.1)."""

    READ = "read"
    """After everything the policy names."""
    AGAIN = "again"
    """A write that does no harm twice: as a read, but not after the system's own failure (`RetryPolicy.once`)."""
    UNSENT = "unsent"
    """A write that must not happen twice: only while the request has surely not left."""
    NEVER = "never"


@dataclass(frozen=True)
class Call:
    """One request: `path` is relative to the system's address and may have a query, which is never logged.

    `headers` may hold secrets, `body` is sent as JSON; both stay out of every representation. Where `repeat` does not
    say otherwise, only a GET is ever repeated. `classify` replaces the system's own. `enough_bytes` ends the reading of
    an answer that need not come whole.
    """

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: object = field(default=None, repr=False)
    accept: str = "application/json"
    most_bytes: int = MOST_ANSWER_BYTES
    classify: Classify | None = None
    repeat: Repeat | None = None
    enough_bytes: int | None = None

    @property
    def repeats(self) -> Repeat:
        """When it may be sent again."""
        return self.repeat or (Repeat.READ if self.method == "GET" else Repeat.NEVER)

    def __str__(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"

    def __repr__(self) -> str:
        return f"Call({str(self)!r})"


@dataclass(frozen=True)
class RetryPolicy:
    """Pauses in seconds before each repetition, and the longest `Retry-After` that is waited for by itself.

    `statuses` are those that are worth a repetition, `once` those of reads that are worth a single one. Up to
    `jitter_s` are added to each pause, so that many clients do not come back together. Within `budget_s`, counted from
    the first attempt, everything has to happen: no repetition begins beyond it, and the last one ends with it.
    """

    pauses_s: tuple[float, ...] = (1.0, 3.0)
    most_retry_after_s: float = 60.0
    statuses: Container[int] = range(500, 600)
    once: Container[int] = ()
    jitter_s: float = 0.0
    budget_s: float = math.inf

    @classmethod
    def growing(cls, repetitions: int) -> RetryPolicy:
        """So many repetitions with the pauses, statuses and limits of connections.md §10.1."""
        pauses = tuple(min(0.5 * 2.0**n, 10.0) for n in range(repetitions))
        return cls(pauses, 300.0, frozenset({406, 408, 425, 429, 502, 503, 504}), frozenset({500}), jitter_s=1.0)


@dataclass(frozen=True)
class HttpSettings:
    """How to talk to one system; `names_requests` gives every attempt an `X-Request-Id`."""

    base_url: str
    system: str
    classify: Classify
    auth: httpx.Auth | None = None
    timeout_s: float = 30.0
    most_per_second: float = 50.0
    most_parallel: int = 8
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    route: Route = field(default_factory=Route)
    names_requests: bool = False


class RepeatableError(Exception):
    """Carries an error whose request may be repeated; never leaves the connectors.

    `sent` says whether the request may have reached the other side, `once` that a single repetition is enough.
    """

    def __init__(self, error: MusterError, *, sent: bool = True, once: bool = False) -> None:
        super().__init__(error.message)
        self.error = error
        self.sent = sent
        self.once = once

    def allows(self, repeat: Repeat) -> bool:
        """Whether a call of that kind may be sent again."""
        if repeat is Repeat.READ:
            return True
        return (not self.sent or (repeat is Repeat.AGAIN and not self.once)) and repeat is not Repeat.NEVER


def may_have_arrived(error: MusterError) -> bool:
    """Whether the request of a call that failed may have reached the other side nevertheless."""
    return isinstance(error.__cause__, RepeatableError) and error.__cause__.sent


class HttpClient(AbstractAsyncContextManager["HttpClient"]):
    """The client of one connection; made inside the loop that uses it, closed with it."""

    def __init__(self, settings: HttpSettings, breaker: Breaker | None = None) -> None:
        self.settings = settings
        self.breaker = breaker or Breaker(settings.system)
        # One at a time and evenly spaced, rather than a burst followed by silence.
        self._limiter = AsyncLimiter(1, 1 / settings.most_per_second)
        self._slots = asyncio.Semaphore(settings.most_parallel)
        self._client = httpx.AsyncClient(
            base_url=settings.base_url + "/",
            auth=settings.auth,
            **client_options(settings.base_url, settings.timeout_s, settings.route),
        )

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def __aenter__(self) -> Self:
        return self

    async def close(self) -> None:
        """Close the pooled sockets."""
        await self._client.aclose()

    @property
    def cookies(self) -> httpx.Cookies:
        """What the system gave to be sent back."""
        return self._client.cookies

    async def get(self, path: str, *, accept: str = "application/json", most_bytes: int = MOST_ANSWER_BYTES) -> Answer:
        """One answer to a GET, under the rules of `send`."""
        return await self.send(Call(path, accept=accept, most_bytes=most_bytes))

    async def send(self, call: Call) -> Answer:
        """One answer, the call repeated as it and the policy allow.

        Raises an error of the closed family for everything that `classify` or the transport calls one.
        """
        return await self.breaker.call(lambda: self._with_retries(call))

    async def get_once(self, path: str, *, accept: str = "application/json") -> Answer:
        """The same without repetition and past an open breaker: a person's own test is its trial call."""
        return await self.send_once(Call(path, accept=accept))

    async def send_once(self, call: Call) -> Answer:
        """One answer under the rules of `get_once`."""
        try:
            answer = await self._attempt(call, self._noted(call))
        except RepeatableError as error:
            raise error.error from error
        await self.breaker.reset()
        return answer

    async def _with_retries(self, call: Call) -> Answer:
        retry = self.settings.retry
        waits = () if call.repeats is Repeat.NEVER else retry.pauses_s
        pauses = iter(waits)
        again = 0
        begun = time.monotonic()
        noted = self._noted(call)

        def pause_before_next(error: Exception) -> float | bool:
            nonlocal again
            if not isinstance(error, RepeatableError) or not error.allows(call.repeats) or (error.once and again):
                return False
            again += 1
            pause = next(pauses, 0.0) + random.uniform(0, retry.jitter_s)
            if error.error.retry_after is not None:
                pause = error.error.retry_after
            elif time.monotonic() - begun + pause >= retry.budget_s:
                return False
            if again <= len(waits):
                noted.again(pause)
            return pause

        try:
            return await self._attempt(call, noted)
        except RepeatableError as error:
            failed = [error]
        import stamina  # loaded with the first failure: most programs that run once see none

        attempts = stamina.retry_context(on=pause_before_next, attempts=len(waits) + 1, timeout=None)
        try:
            async for attempt in attempts:
                with attempt:
                    if failed:
                        raise failed.pop()
                    noted = self._noted(call)
                    left = retry.budget_s - (time.monotonic() - begun) if again else math.inf
                    return await self._attempt(call, noted, max(left, _LEAST_ATTEMPT_S))
        except RepeatableError as error:
            raise error.error from error
        raise AssertionError("stamina ends with an answer or an error")

    def _noted(self, call: Call) -> Noted:
        """Where the next attempt of a call is noted."""
        url = call.path if "://" in call.path else f"{self.settings.base_url}/{call.path}"
        noted = Noted(call.method, url)
        if noted.with_bodies and call.body is not None:
            noted.sends(msgspec.json.encode(call.body))
        return noted

    async def _attempt(self, call: Call, noted: Noted, most_s: float = math.inf) -> Answer:
        async with self._slots:
            await self._limiter.acquire()
            if self._client.is_closed:  # the connection was edited while this call waited for its turn
                raise Unreachable(_("The connection was changed or closed meanwhile."))
            begun = time.monotonic()
            noted.begin()
            try:
                answer = await self._explained(call, min(self.settings.timeout_s, most_s))
            except (MusterError, RepeatableError) as error:  # the latter also of a sign-in that may work in a moment
                problem = error.error if isinstance(error, RepeatableError) else error
                log.warning("%s: %s after %.2f s", call, problem.message, time.monotonic() - begun)
                noted.failed(problem.message)
                raise
        log.info("%s: %s, %d bytes, %.2f s", call, answer.status, len(answer.body), answer.seconds)
        wrong = self._problem(answer, call.classify or self.settings.classify)
        noted.clock(self.settings.system, answer.clock_offset_s)
        noted.keep_body(answer.body, answer.headers.get("content-type", ""))
        noted.answered(answer.status, len(answer.body), wrong.message if wrong else "")
        if wrong:
            if not self._repeatable(answer, wrong):
                raise wrong
            raise RepeatableError(wrong, once=answer.status in self.settings.retry.once)
        return answer

    async def _explained(self, call: Call, timeout_s: float) -> Answer:
        """One request; what goes wrong on the way as an error of ours."""
        try:
            return await self._send(call, timeout_s)
        except httpx.DecodingError as error:
            raise BadData(
                _("{system} sent an answer that cannot be unpacked.").format(system=self.settings.system)
            ) from error
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            raise RepeatableError(self._explain(error), sent=not isinstance(error, _UNSENT)) from error

    async def _send(self, call: Call, timeout_s: float) -> Answer:
        """One request with one time limit over everything, reading at most `most_bytes` of the answer."""
        begun, asked = time.monotonic(), datetime.now(UTC)
        headers = {"Accept": call.accept}
        content = None
        if call.body is not None:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(call.body)
        if self.settings.names_requests:
            headers["X-Request-Id"] = str(uuid.uuid4())
        known = {READS: call.repeats is Repeat.READ}
        async with (
            asyncio.timeout(timeout_s),
            self._client.stream(
                call.method, call.path, headers=headers | dict(call.headers), content=content, extensions=known
            ) as response,
        ):
            offset_s = clock_offset_s(response.headers, asked, datetime.now(UTC))
            body = bytearray()
            breath = time.monotonic()
            async for chunk in response.aiter_bytes():
                body += chunk
                if time.monotonic() - breath > _BREATH_S:  # a quick answer would keep the loop for its whole length
                    await asyncio.sleep(0)
                    breath = time.monotonic()
                if len(body) > call.most_bytes:
                    raise BadData(
                        _("{system} sent more than {limit} MB.").format(
                            system=self.settings.system, limit=call.most_bytes // 1_000_000
                        )
                    )
                if call.enough_bytes is not None and len(body) >= call.enough_bytes:
                    break
        return Answer(response.status_code, response.headers, bytes(body), time.monotonic() - begun, offset_s)

    def _problem(self, answer: Answer, classify: Classify) -> MusterError | None:
        """What the connector says of the answer, else what is wrong with it for every system."""
        if problem := classify(answer):
            return problem
        if 300 <= answer.status < 400:
            return Redirected(
                _("{system} redirects to {host}.").format(system=self.settings.system, host=redirect_target(answer))
            )
        if answer.status >= 400:
            kind = Outage if answer.status >= 500 else RemoteError
            return kind(
                _("{system} error {status}: {text}").format(
                    system=self.settings.system, status=answer.status, text=answer.excerpt()
                )
            )
        return None

    def _repeatable(self, answer: Answer, problem: MusterError) -> bool:
        retry = self.settings.retry
        if problem.retry_after is not None and problem.retry_after > retry.most_retry_after_s:
            return False
        if isinstance(problem, RateLimited):
            return problem.retry_after is not None or answer.status in retry.statuses
        return isinstance(problem, Outage) and (answer.status in retry.statuses or answer.status in retry.once)

    def _explain(self, error: Exception) -> MusterError:
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            connecting = isinstance(error, httpx.ConnectTimeout)
            seconds = min(CONNECT_TIMEOUT_S, self.settings.timeout_s) if connecting else self.settings.timeout_s
            return TimedOut(
                _("{system} request failed. No answer within {seconds:g} seconds.").format(
                    system=self.settings.system, seconds=seconds
                )
            )
        if wants_certificate(error):
            return Unreachable(
                _("{system} refuses the line: it wants a client certificate that it knows.").format(
                    system=self.settings.system
                ),
                _("Name the file of the client certificate under Advanced in the connection."),
            )
        cause = redact(str(error))
        if isinstance(error, httpx.RemoteProtocolError):
            cause = cause.partition(":")[0]  # what follows quotes the answer, which may repeat a part of a secret
        cause = cause or type(error).__name__
        return Unreachable(_("{system} request failed. {cause}").format(system=self.settings.system, cause=cause))


def redirect_target(answer: Answer) -> str:
    """The host an answer redirects to, else the path, without query; `?` when it names neither."""
    try:
        target = httpx.URL(answer.headers.get("location", ""))
    except httpx.InvalidURL:
        return "?"
    return target.host or target.path.strip("/") or "?"


def rate_limited(answer: Answer, system: str) -> RateLimited:
    """The error for a 429; its message names the seconds of `Retry-After`, or a minute where the server named none."""
    named = retry_after_seconds(answer.headers.get("retry-after"))
    seconds = _USUAL_RETRY_AFTER_S if named is None else named
    return RateLimited(
        _("{system} rate limit reached. Retry after {seconds} seconds.").format(system=system, seconds=round(seconds)),
        retry_after=named,
    )
