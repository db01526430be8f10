"""One HTTP server on 127.0.0.1 inside the demo world's loop: a free port, quick to open, quick to close.

uvicorn's HTTP protocol on a socket of ours. Its Server is made for programs of their own: it looks ten times a
second whether to stop, and stops politely, where a test wants to pull the plug.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from app.demo.line import HANG_UP

HOST = "127.0.0.1"
CLOSING_S = 0.5
"""How long `close` waits for answers under way to notice that nobody listens any more."""


class LoopbackServer:
    """Serves `app`, with `tls` as https, with `sockets` WebSockets too.

    The first `open` takes a free port, later ones the same again. While it is closed for a while only, `close` with
    `keeps_port`, nobody else gets that port, and whoever calls it is refused.
    """

    def __init__(self, app: ASGIApp, tls: ssl.SSLContext | None = None, *, sockets: bool = False) -> None:
        self._app = app
        self._tls = tls
        self._sockets = sockets
        self._port = 0
        self._kept: socket.socket | None = None
        self._listening: asyncio.Server | None = None
        self._state = ServerState()

    @property
    def base_url(self) -> str:
        """Where it is reached, without a final slash. Raises RuntimeError before the first `open`."""
        if not self._port:
            raise RuntimeError("The demo world has not been started.")
        return f"{'https' if self._tls else 'http'}://{HOST}:{self._port}"

    async def open(self) -> None:
        """Returns when the port accepts. Raises OSError when it cannot listen."""
        listener, self._kept = self._kept or _bound(self._port), None
        self._port = listener.getsockname()[1]
        self._state = state = ServerState()
        config = Config(
            self._serve, interface="asgi3", ws="none", lifespan="off", proxy_headers=False, log_config=None,
            log_level="warning", access_log=False, timeout_keep_alive=75,
        )  # fmt: skip
        config.load()
        if self._sockets:
            config.ws_protocol_class = _socket  # type: ignore[assignment]  # called, never asked what it is
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(
            lambda: _Call(config, state, {}, answered=lambda: self._state is state), sock=listener, ssl=self._tls
        )

    async def close(self, *, keeps_port: bool = False) -> None:
        """Stops listening and breaks every connection, whatever is under way on it."""
        if self._listening is not None:
            await stop_listening(self._listening)
            self._listening = None
            self._kept = _bound(self._port) if keeps_port else None
        elif self._kept is not None and not keeps_port:
            self._kept.close()
            self._kept = None
        state, self._state = self._state, ServerState()
        for connection in list(state.connections):
            connection.transport.abort()
        if state.tasks:
            await asyncio.wait(state.tasks, timeout=CLOSING_S)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, HANG_UP: lambda: self._hang_up(scope)}, receive, send)

    def _hang_up(self, scope: Scope) -> None:
        for connection in list(self._state.connections):
            if isinstance(connection, H11Protocol) and connection.client == scope["client"]:
                connection.transport.close()


async def stop_listening(server: asyncio.Server) -> None:
    """Close `server` once the calls it has accepted are with their protocols.

    A server that is closed in between forgets them: they stay open and nobody ever speaks (asyncio of 3.11).
    """
    for listener in server.sockets:
        asyncio.get_running_loop().remove_reader(listener)
    for _step in ("the connection", "its protocol", "the task that serves it"):
        await asyncio.sleep(0)
    server.close()


class _Call(H11Protocol):
    """A connection; one that was accepted while the server closed is ended as soon as it is made."""

    def __init__(self, *given: Any, answered: Callable[[], bool]) -> None:
        super().__init__(*given)
        self._answered = answered

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Let it speak, or not."""
        super().connection_made(transport)
        if not self._answered():
            transport.abort()


def _bound(port: int) -> socket.socket:
    """A socket that has the port and does not listen yet: who calls it is refused."""
    # Named as TCP, or asyncio leaves Nagle's algorithm on and every small answer is 40 ms late.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
    except OSError:
        bound.close()
        raise
    return bound


def _socket(**given: Any) -> asyncio.Protocol:
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol  # with the first socket

    logging.getLogger("uvicorn.error").addFilter(_is_news)
    return WebSocketsSansIOProtocol(**given)


def _is_news(record: logging.LogRecord) -> bool:
    """uvicorn complains of each socket that was turned away with a status of HTTP, which is what was meant."""
    return record.msg != "ASGI callable returned without completing handshake."
