"""The HTTP foundation of every connector: one pooled client per connection.

A call passes, outermost first: breaker -> limiter -> retry -> one attempt (sign-in, time limits, request, size limit)
(connections.md §10). Every way it can fail is one of the closed family. URLs are logged without query strings.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Callable, Container, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Self

import httpx
import msgspec
import stamina
from aiolimiter import AsyncLimiter

from app import __version__
from app.connectors.breaker import Breaker
from app.connectors.retry_after import retry_after_seconds
from app.errors import BadData, MusterError, Outage, RateLimited, Redirected, RemoteError, TimedOut, Unreachable
from app.i18n import _
from app.redaction import redact

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0
MOST_ANSWER_BYTES = 100_000_000  # connections.md §10.4
_EXCERPT_CHARS = 500
_BREATH_S = 0.005
_USUAL_RETRY_AFTER_S = 60.0
_MOST_EXCERPT_BYTES = 1_000_000
USER_AGENT = f"Muster/{__version__}"


@dataclass(frozen=True)
class Answer:
    """One complete HTTP answer: status, headers (lower-case names), body bytes and seconds taken."""

    status: int
    headers: httpx.Headers
    body: bytes
    seconds: float

    def excerpt(self) -> str:
        """The first 500 characters of the trimmed body, without secrets, to show and log."""
        # Blanked before it is cut: a secret that the cut went through would not be known again.
        return redact(self.body[:_MOST_EXCERPT_BYTES].decode("utf-8", "replace")).strip()[:_EXCERPT_CHARS]


Classify = Callable[[Answer], MusterError | None]
"""Maps an answer to an error, or None when it is fine."""


@dataclass(frozen=True)
class Call:
    """One request: `path` is relative to the system's address and may have a query, which is never logged.

    `headers` may hold secrets, `body` is sent as JSON; both stay out of every representation. Only a GET is ever
    repeated. `classify` replaces the system's own.
    """

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: object = field(default=None, repr=False)
    accept: str = "application/json"
    most_bytes: int = MOST_ANSWER_BYTES
    classify: Classify | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"

    def __repr__(self) -> str:
        return f"Call({str(self)!r})"


@dataclass(frozen=True)
class RetryPolicy:
    """Pauses in seconds before each repetition, and the longest `Retry-After` that is waited for by itself.

    `statuses` are those that are worth a repetition.
    """

    pauses_s: tuple[float, ...] = (1.0, 3.0)
    most_retry_after_s: float = 60.0
    statuses: Container[int] = range(500, 600)


@dataclass(frozen=True)
class HttpSettings:
    """How to talk to one system."""

    base_url: str
    system: str
    classify: Classify
    auth: httpx.Auth | None = None
    timeout_s: float = 30.0
    most_per_second: float = 50.0
    most_parallel: int = 8
    retry: RetryPolicy = field(default_factory=RetryPolicy)


class RepeatableError(Exception):
    """Carries an error whose request may be repeated; never leaves this module."""

    def __init__(self, error: MusterError) -> None:
        super().__init__(error.message)
        self.error = error


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
            headers={"User-Agent": USER_AGENT},
            timeout=httpx.Timeout(settings.timeout_s, connect=CONNECT_TIMEOUT_S, pool=None),
            verify=_tls(settings.base_url),
            follow_redirects=False,
            trust_env=not settings.base_url.startswith("http://"),  # plain http stays on this computer: no proxy
        )

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def __aenter__(self) -> Self:
        return self

    async def close(self) -> None:
        """Close the pooled sockets."""
        await self._client.aclose()

    async def get(self, path: str, *, accept: str = "application/json", most_bytes: int = MOST_ANSWER_BYTES) -> Answer:
        """One answer to a GET, under the rules of `send`."""
        return await self.send(Call(path, accept=accept, most_bytes=most_bytes))

    async def send(self, call: Call) -> Answer:
        """One answer, a GET repeated as the policy allows.

        Raises an error of the closed family for everything that `classify` or the transport calls one.
        """
        return await self.breaker.call(lambda: self._with_retries(call))

    async def get_once(self, path: str, *, accept: str = "application/json") -> Answer:
        """The same without repetition and past an open breaker: a person's own test is its trial call."""
        try:
            answer = await self._attempt(Call(path, accept=accept))
        except RepeatableError as error:
            raise error.error from error
        await self.breaker.reset()
        return answer

    async def _with_retries(self, call: Call) -> Answer:
        waits = self.settings.retry.pauses_s if call.method == "GET" else ()
        pauses = iter(waits)

        def pause_before_next(error: Exception) -> float | bool:
            if not isinstance(error, RepeatableError):
                return False
            pause = error.error.retry_after
            if pause is None:
                return next(pauses, 0.0)
            next(pauses, None)
            return pause

        attempts = stamina.retry_context(on=pause_before_next, attempts=len(waits) + 1, timeout=None)
        try:
            async for attempt in attempts:
                with attempt:
                    return await self._attempt(call)
        except RepeatableError as error:
            raise error.error from error
        raise AssertionError("stamina ends with an answer or an error")

    async def _attempt(self, call: Call) -> Answer:
        async with self._slots:
            await self._limiter.acquire()
            begun = time.monotonic()
            try:
                answer = await self._send(call)
            except MusterError as error:
                log.warning("%s: %s after %.2f s", call, error.message, time.monotonic() - begun)
                raise
            except httpx.DecodingError as error:
                raise BadData(
                    _("{system} sent an answer that cannot be unpacked.").format(system=self.settings.system)
                ) from error
            except (httpx.HTTPError, OSError, TimeoutError) as error:
                explained = self._explain(error)
                log.warning("%s: %s after %.2f s", call, explained.message, time.monotonic() - begun)
                raise RepeatableError(explained) from error
        log.info("%s: %s, %d bytes, %.2f s", call, answer.status, len(answer.body), answer.seconds)
        if problem := self._problem(answer, call.classify or self.settings.classify):
            raise RepeatableError(problem) if self._repeatable(answer, problem) else problem
        return answer

    async def _send(self, call: Call) -> Answer:
        """One request with one time limit over everything, reading at most `most_bytes` of the answer."""
        begun = time.monotonic()
        headers = {"Accept": call.accept, **call.headers}
        content = None
        if call.body is not None:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(call.body)
        async with (
            asyncio.timeout(self.settings.timeout_s),
            self._client.stream(call.method, call.path, headers=headers, content=content) as response,
        ):
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
        return Answer(response.status_code, response.headers, bytes(body), time.monotonic() - begun)

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
        if isinstance(problem, RateLimited):
            return problem.retry_after is not None and problem.retry_after <= self.settings.retry.most_retry_after_s
        return answer.status in self.settings.retry.statuses

    def _explain(self, error: Exception) -> MusterError:
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            connecting = isinstance(error, httpx.ConnectTimeout)
            seconds = min(CONNECT_TIMEOUT_S, self.settings.timeout_s) if connecting else self.settings.timeout_s
            return TimedOut(
                _("{system} request failed. No answer within {seconds:g} seconds.").format(
                    system=self.settings.system, seconds=seconds
                )
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


def _tls(base_url: str) -> ssl.SSLContext | bool:
    """The system's own trust store; loading httpx's list of authorities would only cost time for plain loopback."""
    if base_url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
