"""Live numbers through a WebSocket, in place of asking for them every few seconds.

No reference publishes such a socket, so ours is the plainest that carries what the published questions answer. Each
message is one JSON object in text:

    {"type": "snapshot", "agentStatus": [...], "groupsOnlineLoad": [...]}
    {"type": "change",   "agentStatus": [...], "groupsOnlineLoad": [...], "left": ["op-17"]}

The rows have the keys of contact-center.md §5.7 and §5.8. Both lists are optional. A snapshot says who is there, so
whoever is missing from its `agentStatus` has left; it comes first on every new connection, and whenever the platform
likes. A change names only what is different; `left` are agents who have gone. A message without a type is a change;
other types are passed over. Keys are found in any case and with or without underscores. Nothing is sent to the platform
but pings, and the sign-in of the connection when the line is opened.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

import httpx

from app.connectors.contact_center.answers import decoded
from app.connectors.contact_center.now import load_rows, online_rows
from app.connectors.contact_center.settings import ContactCenterSettings
from app.connectors.http import RepeatableError
from app.connectors.recording import NotedLine
from app.connectors.route import CONNECT_TIMEOUT_S, USER_AGENT
from app.connectors.sign_in import SignIn
from app.connectors.tolerant_json import Row, Rows, rows_of
from app.domain.contact_center.live import LiveChange, LiveKind
from app.domain.mappings import AS_SENT, Mapper
from app.errors import BadData, Forbidden, MusterError, Redirected, RefusedSignIn, TimedOut, Unreachable
from app.i18n import _
from app.redaction import redact

log = logging.getLogger(__name__)
PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
MOST_MESSAGE_BYTES = 10_000_000
_PING_S = 5.0  # a dead line is noticed before its numbers count as stale (§2: 15 s)
_STATUSES, _LOADS, _LEFT = ("agentStatus", "statuses"), ("groupsOnlineLoad", "groupsLoad"), ("left",)


class Live:
    """One socket, opened again whenever it is lost."""

    def __init__(self, settings: ContactCenterSettings, auth: SignIn, mapper: Mapper = AS_SENT) -> None:
        self._settings = settings
        self._mapper = mapper
        self._auth = auth
        self._refused = False

    async def changes(self) -> AsyncGenerator[LiveChange, None]:
        """What the platform says, and that the line is lost, without end; after each loss a longer pause.

        The pause begins anew once a message has come: a platform that opens the line and cuts it is not hurried.
        """
        losses = 0
        while True:
            noted = NotedLine(self._settings.websocket_url)
            try:
                async with aclosing(self._of_one_line(noted)) as line:
                    async for change in line:
                        losses = 0
                        yield change
            except MusterError as error:
                log.warning("Live numbers: %s", error.message)
                noted.ended(error.message)
                problem = error
            finally:
                noted.ended()
            yield LiveChange(LiveKind.LOST, problem=problem)
            pause = PAUSES_S[min(losses, len(PAUSES_S) - 1)]
            losses += 1
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))

    async def _of_one_line(self, noted: NotedLine) -> AsyncGenerator[LiveChange, None]:
        """The messages of one connection. Raises why it ended, which it always does."""
        from websockets.asyncio.client import connect  # only where a connection names a socket
        from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

        address, headers = await self._signed()
        secure, proxy = self._settings.websocket_url.startswith("wss://"), self._settings.route.proxy
        try:
            async with connect(
                address,
                additional_headers=headers,
                user_agent_header=USER_AGENT,
                ssl=self._tls() if secure else None,
                proxy=proxy.with_credentials if proxy else secure or None,  # plain ws stays on this computer
                open_timeout=min(CONNECT_TIMEOUT_S, self._settings.timeout_s),
                ping_interval=_PING_S,
                ping_timeout=_PING_S,
                close_timeout=1.0,
                max_size=MOST_MESSAGE_BYTES,
                logger=_quiet,
            ) as socket:
                log.info("Live numbers: the line is open")
                self._refused = False
                noted.opened()
                async for message in socket:
                    noted.came(message)
                    if (change := await self._change(message)) is not None:
                        yield change
        except InvalidStatus as error:
            self._refused = error.response.status_code == 401
            noted.refused(error.response.status_code)
            raise _refused(error.response.status_code) from error
        except (InvalidHandshake, InvalidURI) as error:
            raise BadData(
                _("The WebSocket address leads to something else: {cause}").format(cause=_cause(error))
            ) from error
        except ConnectionClosed as error:
            raise Unreachable(_("The line for live numbers was cut: {cause}").format(cause=_cause(error))) from error
        except TimeoutError as error:
            raise TimedOut(_("The platform did not open the line for live numbers in time.")) from error
        except OSError as error:
            raise Unreachable(
                _("The line for live numbers cannot be opened: {cause}").format(cause=_cause(error))
            ) from error
        raise Unreachable(_("The platform closed the line for live numbers."))

    async def _signed(self) -> tuple[str, dict[str, str]]:
        """The address and headers of a request that the connection's sign-in has signed, anew after a refusal."""
        plain = httpx.Request("GET", "http" + self._settings.websocket_url.removeprefix("ws"), headers={})
        known = {name.lower() for name in plain.headers}
        flow = self._auth.async_auth_flow(plain)
        try:
            signed = await anext(flow)
            if self._refused:
                with suppress(StopAsyncIteration):
                    signed = await flow.asend(httpx.Response(401, request=signed))
        except RepeatableError as error:
            raise error.error from error
        finally:
            await flow.aclose()
        headers = {name: value for name, value in signed.headers.items() if name.lower() not in known}
        return "ws" + str(signed.url).removeprefix("http"), {**self._settings.route.headers, **headers}

    def _tls(self) -> ssl.SSLContext:
        return self._settings.route.context("https://")

    async def _change(self, message: str | bytes) -> LiveChange | None:
        """What a message says; None for one of a type that is none of ours.

        Raises `BadData`.
        """
        body = message.encode() if isinstance(message, str) else message
        if len(body) > _READ_IN_THREAD_BYTES:
            return await asyncio.to_thread(self._read, body)
        return self._read(body)

    def _read(self, body: bytes) -> LiveChange | None:
        value: Any = decoded(body).value
        if not isinstance(value, dict):
            raise BadData(_("The platform sent a live message that is no object."))
        row = Row(value)
        try:
            kind = LiveKind(str(row.get("type") or LiveKind.CHANGE).lower())
        except ValueError:
            return None
        if kind is LiveKind.LOST:
            return None
        statuses, loads = _rows(row, _STATUSES), _rows(row, _LOADS)
        left = row.get(*_LEFT)
        return LiveChange(
            kind,
            None if statuses is None else online_rows(statuses, self._settings.zone, self._mapper).rows,
            None if loads is None else load_rows(loads, self._settings.static_service_id, self._mapper).rows,
            tuple(str(i) for i in left if isinstance(i, str | int)) if isinstance(left, list) else (),
        )


_READ_IN_THREAD_BYTES = 50_000
_quiet = logging.getLogger(f"{__name__}.socket")
_quiet.setLevel(logging.WARNING)  # at DEBUG it writes every frame, headers with secrets included


def _rows(row: Row, names: tuple[str, ...]) -> Rows | None:
    value = row.get(*names)
    return None if value is None else rows_of(value)


def _refused(status: int) -> MusterError:
    if status == 401:
        return RefusedSignIn(_("The contact centre does not accept the sign-in for live numbers."))
    if status == 403:
        return Forbidden(_("The sign-in of the contact centre has no right to live numbers."))
    if 300 <= status < 400:
        return Redirected(_("The WebSocket address redirects elsewhere."))
    return Unreachable(_("The WebSocket address answers with error {status}.").format(status=status))


def _cause(error: Exception) -> str:
    return redact(str(error)) or type(error).__name__
