"""The line to one terminal: one request at a time, a handshake per call, and an account that is never locked by us.

Rules: hikvision-isapi.md §2 (connections, timeouts, TLS), §3.2 (every call signs with a nonce of its own) and §3.3 (the
first refused sign-in ends all calls until its cool-down is over, also after a restart).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import ssl
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx

from app import __version__
from app.connectors.hikvision.catalogue import CATALOGUE, NOT_ISAPI, look_up
from app.connectors.hikvision.digest import Challenge, authorization, best_challenge, parse_challenges, schemes
from app.connectors.hikvision.envelope import Envelope, read_envelope
from app.connectors.hikvision.tls import tls_context
from app.domain.terminals import AnswerClass, LockState, Probe, Reply
from app.i18n import _, ngettext
from app.redaction import redact, register_secret

log = logging.getLogger(__name__)
CONNECT_S = 5.0
FACE_S = 45.0
USUAL_LOCK_S = 1800
MOST_ANSWER_BYTES = 4_000_000
_CLOSE_OVER_BYTES = 10_000
_FEW_TRIES = 2
_COOLDOWN_READ_S = 5.0


class Cooldowns(Protocol):
    """Remembers, beyond this process, until when an account of a device is left alone."""

    async def until(self, account: str) -> datetime | None:
        """Until when; None when it may be tried."""

    async def note(self, account: str, until: datetime) -> None:
        """Leave it alone until then."""


@dataclass(frozen=True)
class TerminalSettings:
    """How to reach one terminal. `fingerprint` is the SHA-256 of the certificate a person trusted, in hex."""

    device_id: str
    host: str
    port: int = 80
    https: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    fingerprint: str = ""
    timeout_s: float = 12.0
    face_parts: tuple[str, str] | None = None

    @property
    def base_url(self) -> str:
        """Scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.https else 'http'}://{host}:{self.port}"

    @property
    def account(self) -> str:
        """Names address, user and password together without giving the password away: a new password is new luck."""
        text = "\x1f".join((self.host, str(self.port), self.username, self.password))
        return hmac.new(self.device_id.encode(), text.encode(), hashlib.blake2b).hexdigest()[:32]


@dataclass(frozen=True)
class Answered:
    """A call that went through: the answer read, its bytes and when it came."""

    envelope: Envelope
    body: bytes
    headers: httpx.Headers
    at: datetime


class NoAnswer(Exception):
    """Carries the reply of a call without a usable answer; never leaves this package."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.message)
        self.reply = reply


class Line:
    """Made inside the event loop that uses it, closed with it."""

    def __init__(self, settings: TerminalSettings, cooldowns: Cooldowns) -> None:
        self.settings = settings
        self._cooldowns = cooldowns
        self._turn = asyncio.Lock()
        self._refused: Reply | None = None
        self._refused_until: datetime | None = None
        self._asked_at = -2 * _COOLDOWN_READ_S
        self._client = httpx.AsyncClient(
            base_url=settings.base_url,
            headers={"User-Agent": f"Muster/{__version__}", "Accept": "*/*"},
            verify=tls_context(settings.https, settings.fingerprint),
            trust_env=False,  # a terminal is on the local network: no proxy of the environment
            follow_redirects=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=25),
        )
        register_secret(settings.password)

    async def close(self) -> None:
        """Close the socket."""
        await self._client.aclose()

    async def call(
        self, method: str, path: str, body: bytes = b"", content_type: str = "", timeout_s: float | None = None
    ) -> Answered:
        """One signed call with a handshake of its own.

        Raises `NoAnswer` when nothing came back, or nothing that tells of the call: transport, sign-in, no terminal.
        """
        asked = f"{method} {path.partition('?')[0]}"
        async with self._turn:
            await self._respect_cooldown(asked)
            begun = time.monotonic()
            try:
                async with asyncio.timeout(timeout_s or self.settings.timeout_s):
                    answered = await self._signed(method, path, body, content_type, asked)
            except NoAnswer as lost:
                log.warning("%s %s: %s (%s)", self.settings.host, asked, lost.reply.message, lost.reply.answered)
                raise
            except (httpx.HTTPError, OSError, TimeoutError) as error:
                reply = self._transport(error, asked, timeout_s or self.settings.timeout_s)
                log.warning("%s %s: %s", self.settings.host, asked, reply.message)
                raise NoAnswer(reply) from error
        seconds = time.monotonic() - begun
        log.info("%s %s: %s, %.0f ms", self.settings.host, asked, answered.envelope.described(), seconds * 1000)
        return answered

    async def probe(self) -> Probe:
        """A bare request for the device's own data, which a terminal answers with 401 and a digest challenge (§9.1).

        Raises `NoAnswer` when nothing answers at all.
        """
        asked = "GET /ISAPI/System/deviceInfo"
        async with self._turn:
            try:
                async with asyncio.timeout(self.settings.timeout_s):
                    response = await self._bare("GET", "/ISAPI/System/deviceInfo")
            except (httpx.HTTPError, OSError, TimeoutError) as error:
                raise NoAnswer(self._transport(error, asked, self.settings.timeout_s)) from error
        envelope = read_envelope(response[0], response[2])
        offered = schemes(response[1].get_list("www-authenticate"))
        is_terminal = response[0] == 401 and "Digest" in offered
        return Probe(is_terminal, offered, envelope.lock or LockState(), envelope.described())

    # -- the handshake ---------------------------------------------------------------------------------------------

    async def _signed(self, method: str, path: str, body: bytes, content_type: str, asked: str) -> Answered:
        status, headers, bare = await self._bare(method, path)
        challenge = self._challenge(status, headers, bare, asked)
        headers_sent = {"Content-Type": content_type} if content_type else {}
        if len(body) > _CLOSE_OVER_BYTES:
            headers_sent["Connection"] = "close"
        for attempt in range(2):
            sign = authorization(challenge, self.settings.username, self.settings.password, method, path)
            status, headers, answer = await self._send(method, path, body, {**headers_sent, "Authorization": sign})
            if status != 401:
                return Answered(read_envelope(status, answer), answer, headers, datetime.now(UTC))
            fresh = best_challenge(parse_challenges(headers.get_list("www-authenticate")))
            if fresh is None or not fresh.stale or attempt:  # §3.2: only a nonce that grew old is signed anew, once
                break
            challenge = fresh
        raise NoAnswer(await self._sign_in_refused(read_envelope(status, answer), asked))

    def _challenge(self, status: int, headers: httpx.Headers, body: bytes, asked: str) -> Challenge:
        """What a bare request was answered with, made into the challenge to sign.

        Raises `NoAnswer` when there is none to sign: no terminal, a locked account, Basic only, too busy.
        """
        envelope = read_envelope(status, body)
        if status != 401:
            known = envelope.has_status and not envelope.succeeded
            entry = look_up(envelope) if known else NOT_ISAPI
            raise NoAnswer(
                Reply(entry.kind, envelope.sub_status, _(entry.cause), _(entry.remedy), asked, envelope.described())
            )
        lock = envelope.lock or LockState()
        if lock.activated is False:
            entry = CATALOGUE["notActivated"]
            raise NoAnswer(
                Reply(entry.kind, "notActivated", _(entry.cause), _(entry.remedy), asked, envelope.described())
            )
        if lock.locked:
            raise NoAnswer(_locked(lock.seconds or USUAL_LOCK_S, asked, envelope.described()))
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
        except (httpx.RemoteProtocolError, httpx.ReadError):
            return await self._send(method, path, b"", {})

    async def _send(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, httpx.Headers, bytes]:
        request = self._client.build_request(
            method,
            path,
            content=body if method != "GET" else None,
            headers=headers,
            timeout=httpx.Timeout(None, connect=CONNECT_S),
        )
        response = await self._client.send(request, stream=True)
        try:
            answer = bytearray()
            async for chunk in response.aiter_bytes():
                answer += chunk
                if len(answer) > MOST_ANSWER_BYTES:
                    raise httpx.DecodingError("more than 4 MB")
        finally:
            await response.aclose()
        return response.status_code, response.headers, bytes(answer)

    # -- lock-out --------------------------------------------------------------------------------------------------

    async def _respect_cooldown(self, asked: str) -> None:
        """Raises `NoAnswer` while an earlier refusal of this very account and password cools down."""
        if self._refused is None:
            if time.monotonic() - self._asked_at > _COOLDOWN_READ_S:  # another program may have been refused
                self._refused_until = await self._cooldowns.until(self.settings.account)
                self._asked_at = time.monotonic()
        elif self._refused_until is not None and self._refused_until <= datetime.now(UTC):
            self._refused = self._refused_until = None
        if self._refused_until is None or self._refused_until <= datetime.now(UTC):
            return
        minutes = max(1, round((self._refused_until - datetime.now(UTC)).total_seconds() / 60))
        text = ngettext(
            "The device refused this password before; it is not tried again for {minutes} minute.",
            "The device refused this password before; it is not tried again for {minutes} minutes.",
            minutes,
        ).format(minutes=minutes)
        remedy = _("Correct the device's password: a changed one is tried at once.")
        seconds = (self._refused_until - datetime.now(UTC)).total_seconds()
        raise NoAnswer(
            Reply(AnswerClass.SIGN_IN, "coolDown", text, remedy, asked, _("not asked"), retry_after_s=seconds)
        )

    async def _sign_in_refused(self, envelope: Envelope, asked: str) -> Reply:
        """The three refusals of §3.3, each with its own words; from now on this account is left alone."""
        lock = envelope.lock or LockState()
        seconds = lock.seconds or USUAL_LOCK_S
        self._refused_until = datetime.now(UTC) + timedelta(seconds=seconds)
        locked = lock.locked or envelope.sub_status.casefold() == "deviceislocked"
        if locked:
            reply = _locked(seconds, asked, envelope.described())
        elif lock.activated is False:
            entry = CATALOGUE["notActivated"]
            reply = Reply(entry.kind, "notActivated", _(entry.cause), _(entry.remedy), asked, envelope.described())
        else:
            entry = CATALOGUE["badAuthorization"]
            reply = Reply(
                AnswerClass.SIGN_IN, envelope.sub_status or "401", _(entry.cause), _(entry.remedy), asked,
                envelope.described(), _tries_warning(lock.tries_left),
            )  # fmt: skip
        self._refused = reply
        await self._cooldowns.note(self.settings.account, self._refused_until)
        return reply

    def _transport(self, error: Exception, asked: str, timeout_s: float) -> Reply:
        """What kept an answer from coming (§5.3)."""
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            connecting = isinstance(error, httpx.ConnectTimeout)
            seconds = min(CONNECT_S, timeout_s) if connecting else timeout_s
            text = _("The device did not answer within {seconds:g} seconds.").format(seconds=seconds)
            remedy = _("Check that the device is switched on and connected.")
            return Reply(AnswerClass.TIMED_OUT, "", text, remedy, asked, _("no answer"), connection_failed=True)
        cause = _first_cause(error)
        if isinstance(cause, ssl.SSLCertVerificationError):
            text = _("The device's certificate is not the one that was trusted.") if self.settings.fingerprint else _(
                "The device's certificate is not trusted yet."
            )  # fmt: skip
            remedy = _("Look at the certificate in the device's test and trust it if it is the device's own.")
            return Reply(AnswerClass.DEVICE_FATAL, "certificate", text, remedy, asked, _("no answer"))
        text = _("The device cannot be reached: {cause}").format(cause=redact(str(error)) or type(error).__name__)
        remedy = _("Check the address, and that the device is switched on and connected.")
        return Reply(AnswerClass.UNREACHABLE, "", text, remedy, asked, _("no answer"), connection_failed=True)


def _first_cause(error: BaseException) -> BaseException:
    """What began it; libraries wrap a refused certificate several times."""
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__ or error
    return error


def _locked(seconds: int, asked: str, answered: str) -> Reply:
    minutes = max(1, round(seconds / 60))
    text = ngettext(
        "The device has locked the account for {minutes} minute after refused sign-ins.",
        "The device has locked the account for {minutes} minutes after refused sign-ins.",
        minutes,
    ).format(minutes=minutes)
    remedy = _("Wait until the lock ends, or switch the device off and on.")
    return Reply(AnswerClass.SIGN_IN, "locked", text, remedy, asked, answered, retry_after_s=float(seconds))


def _tries_warning(left: int | None) -> str:
    if left is None or left > _FEW_TRIES:
        return ""
    text = ngettext(
        "Only {count} try is left before the device locks the account.",
        "Only {count} tries are left before the device locks the account.",
        left,
    )
    return text.format(count=left)
