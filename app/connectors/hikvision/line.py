"""The line to one terminal: one request at a time, and a handshake per call.

Rules: hikvision-isapi.md §2 (connections, timeouts, redirects) and §3.2 (every call signs with a nonce of its own). It
speaks to httpx's transport itself: no cookies, redirects, proxies or packed answers, and half the work per request,
which counts while fifty terminals are pushed on one event loop.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import httpx

from app import __version__
from app.connectors.hikvision.catalogue import NOT_ISAPI, Entry, by_http, look_up
from app.connectors.hikvision.digest import Challenge, authorization, best_challenge, parse_challenges, schemes
from app.connectors.hikvision.envelope import Envelope, read_envelope
from app.connectors.hikvision.lockout import Cooldowns, Lockout, refused_before
from app.connectors.hikvision.losses import CONNECT_S, LOSSES, LineClosed, TooLarge, lost
from app.connectors.hikvision.refusal import REDIRECT, NoAnswer
from app.connectors.hikvision.settings import TerminalSettings
from app.connectors.hikvision.tls import tls_context
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import LockState, Probe, Reply
from app.errors import NotConfigured
from app.i18n import _
from app.redaction import redact, register_secret

log = logging.getLogger(__name__)
FACE_S = 45.0
MOST_ANSWER_BYTES = 4_000_000
_CLOSE_OVER_BYTES = 10_000
_READ_IN_THREAD_BYTES = 50_000
_RESETS = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
_TIMEOUTS = {"timeout": httpx.Timeout(None, connect=CONNECT_S).as_dict()}  # the whole call has a limit of its own
_HEADERS = {
    "User-Agent": f"Muster/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",  # nothing that unpacks to more than was sent
    "Connection": "keep-alive",
}


@dataclass(frozen=True)
class Answered:
    """A call that went through: the answer read, and when it came."""

    envelope: Envelope
    at: datetime


class Line:
    """Made inside the event loop that uses it, closed with it; one request at a time among all that share `turn`.

    Raises `NotConfigured` when the address is none.
    """

    def __init__(self, settings: TerminalSettings, cooldowns: Cooldowns, turn: asyncio.Lock) -> None:
        self.settings = settings
        self._lockout = Lockout(settings.account, cooldowns)
        self._turn = turn
        self._urls: dict[str, httpx.URL] = {}
        try:
            self._base_url = httpx.URL(settings.base_url)
        except httpx.InvalidURL as error:
            text = _("{value} is not an address.").format(value=settings.host)
            raise NotConfigured(text, _("Enter its IP address, like 192.168.1.64.")) from error
        self.is_closed = False
        self._transport = httpx.AsyncHTTPTransport(
            verify=tls_context(settings.https, settings.fingerprint),
            trust_env=False,  # a terminal is on the local network: no proxy of the environment
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=25),
        )
        register_secret(settings.password)

    async def close(self) -> None:
        """Close the socket; whoever still calls gets no answer."""
        self.is_closed = True
        await self._transport.aclose()

    async def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        content_type: str = "",
        timeout_s: float | None = None,
        *,
        repeatable: bool = False,
    ) -> Answered:
        """One signed call with a handshake of its own; a `repeatable` one, a read, is made anew once after a reset.

        Raises `NoAnswer` when nothing came back, or nothing that tells of the call: transport, sign-in, no terminal.
        """
        asked = f"{method} {path.partition('?')[0]}"
        sign = partial(self._signed, method, path, body, content_type, asked)
        async with self._turn:
            begun = time.monotonic()
            try:
                answered = await self._guarded(sign, asked, timeout_s or self.settings.timeout_s, repeatable=repeatable)
            except NoAnswer as failed:
                self._log(logging.WARNING, asked, f"{failed.reply.message} ({failed.reply.answered})", begun)
                raise
        self._log(logging.INFO, asked, answered.envelope.described(), begun)
        return answered

    async def _guarded(
        self, sign: Callable[[], Awaitable[Answered]], asked: str, timeout_s: float, *, repeatable: bool
    ) -> Answered:
        """A signed call within its time, and within what the account can bear."""
        await self._lockout.respect(asked)
        try:
            async with asyncio.timeout(timeout_s):
                try:
                    answered = await sign()
                except _RESETS:
                    if not repeatable:
                        raise
                    answered = await sign()
        except LOSSES as error:
            raise NoAnswer(lost(error, asked, timeout_s, pinned=bool(self.settings.fingerprint))) from error
        if _is_refused_sign_in(answered.envelope):
            raise NoAnswer(await self._lockout.refused(answered.envelope, asked))
        return answered

    async def probe(self) -> Probe:
        """A bare request for the device's own data, which a terminal answers with 401 and a digest challenge (§9.1).

        Raises `NoAnswer` when nothing answers at all, or an answer points elsewhere.
        """
        asked = "GET /ISAPI/System/deviceInfo"
        async with self._turn:
            try:
                async with asyncio.timeout(self.settings.timeout_s):
                    status, headers, body = await self._bare("GET", "/ISAPI/System/deviceInfo")
            except LOSSES as error:
                pinned = bool(self.settings.fingerprint)
                raise NoAnswer(lost(error, asked, self.settings.timeout_s, pinned=pinned)) from error
        envelope = await _read(status, body)
        if 300 <= status < 400:
            raise NoAnswer(_redirected(headers, envelope, asked))
        offered = schemes(headers.get_list("www-authenticate"))
        is_terminal = status == 401 and "Digest" in offered
        return Probe(is_terminal, offered, envelope.lock or LockState(), envelope.described())

    def _log(self, level: int, asked: str, what: str, begun: float) -> None:
        """§13: terminal, method, path, what was answered, duration; no query, no secret."""
        log.log(level, "%s %s: %s, %.0f ms", self.settings.host, asked, what, (time.monotonic() - begun) * 1000)

    # -- the handshake ---------------------------------------------------------------------------------------------

    async def _signed(self, method: str, path: str, body: bytes, content_type: str, asked: str) -> Answered:
        challenge = await self._challenge(method, path, asked)
        sent = {"Content-Type": content_type} if content_type else {}
        if len(body) > _CLOSE_OVER_BYTES:
            sent["Connection"] = "close"
        for attempt in range(2):
            sign = authorization(challenge, self.settings.username, self.settings.password, method, path)
            status, headers, answer = await self._send(method, path, body, {**sent, "Authorization": sign})
            if status == 401:
                fresh = best_challenge(parse_challenges(headers.get_list("www-authenticate")))
                if fresh is not None and fresh.stale and not attempt:
                    challenge = fresh  # §3.2: only a nonce that grew old is signed anew, once
                    continue
            break
        return Answered(await _read(status, answer), datetime.now(UTC))

    async def _challenge(self, method: str, path: str, asked: str) -> Challenge:
        """What a bare request is answered with, made into the challenge to sign.

        Raises `NoAnswer` when there is none to sign: no terminal, a locked account, Basic only, too busy.
        """
        status, headers, body = await self._bare(method, path)
        envelope = await _read(status, body)
        if 300 <= status < 400:
            raise NoAnswer(_redirected(headers, envelope, asked))
        if status != 401:
            entry = _unasked(envelope)
            answered = envelope.described()
            raise NoAnswer(Reply(entry.kind, envelope.sub_status, _(entry.cause), _(entry.remedy), asked, answered))
        if reply := refused_before(envelope, asked):
            raise NoAnswer(reply)
        challenge = best_challenge(parse_challenges(headers.get_list("www-authenticate")))
        if challenge is None:
            text = _("The device offers no sign-in that keeps the password secret.")
            remedy = _("Switch the device's web authentication to digest.")
            raise NoAnswer(Reply(AnswerClass.DEVICE_FATAL, "noDigest", text, remedy, asked, envelope.described()))
        return challenge

    async def _bare(self, method: str, path: str) -> tuple[int, httpx.Headers, bytes]:
        """The first half of the handshake, without body; harmless, so a socket that went silently is tried again."""
        try:
            return await self._send(method, path, b"", {})
        except _RESETS:
            return await self._send(method, path, b"", {})

    async def _send(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, httpx.Headers, bytes]:
        if self.is_closed:
            raise LineClosed
        url = self._urls.get(path)
        if url is None:  # a handful of paths, each parsed once
            url = self._urls[path] = self._base_url.join(path)
        fields = [(name.encode(), value.encode()) for name, value in (_HEADERS | headers).items()]
        content = body if method != "GET" else None
        request = httpx.Request(method, url, headers=fields, content=content, extensions=_TIMEOUTS)
        response = await self._transport.handle_async_request(request)
        try:
            answer = bytearray()
            async for chunk in response.aiter_raw():
                answer += chunk
                if len(answer) > MOST_ANSWER_BYTES:
                    raise TooLarge(MOST_ANSWER_BYTES)
        finally:
            await response.aclose()
        return response.status_code, response.headers, bytes(answer)


async def _read(http: int, body: bytes) -> Envelope:
    """The answer, read; a large one off the event loop."""
    if len(body) < _READ_IN_THREAD_BYTES:
        return read_envelope(http, body)
    return await asyncio.to_thread(read_envelope, http, body)


def _is_refused_sign_in(envelope: Envelope) -> bool:
    """Some firmware says so with 403 or 200 (§5.2); it counts against the account all the same."""
    return envelope.http == 401 or (not envelope.succeeded and look_up(envelope).kind is AnswerClass.SIGN_IN)


def _unasked(envelope: Envelope) -> Entry:
    """What an answer means that does not ask for a sign-in: a refusal of the terminal, or no terminal at all."""
    if envelope.has_status and not envelope.succeeded:
        return look_up(envelope)
    return by_http(envelope) if envelope.http >= 500 else NOT_ISAPI


def _redirected(headers: httpx.Headers, envelope: Envelope, asked: str) -> Reply:
    """Redirects are never followed; most terminals that send one want https (§2)."""
    target = headers.get("location", "").partition("?")[0]
    if target.casefold().startswith("https:"):
        text, remedy = _("The device answers by https only."), _("Switch the device to https in its settings here.")
    else:
        text = _("The address leads to {target}.").format(target=redact(target)[:100] or "?")
        remedy = _(NOT_ISAPI.remedy)
    return Reply(AnswerClass.NOT_ISAPI, REDIRECT, text, remedy, asked, envelope.described())
