"""One HTTP server on 127.0.0.1 inside the demo world's loop: a free port, quick to open, quick to close."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.demo.line import HANG_UP

HOST = "127.0.0.1"


class LoopbackServer:
    """Serves `app`. The first `open` takes a free port, later ones the same again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._port = 0
        self._server: uvicorn.Server | None = None

    @property
    def base_url(self) -> str:
        """Where it is reached, without a final slash. Raises RuntimeError before the first `open`."""
        if not self._port:
            raise RuntimeError("The demo world has not been started.")
        return f"http://{HOST}:{self._port}"

    async def open(self) -> None:
        """Returns when the port accepts. Raises OSError when it cannot listen."""
        bound = socket.create_server((HOST, self._port))
        # Named as TCP, or asyncio leaves Nagle's algorithm on and every small answer is 40 ms late.
        listener = socket.socket(bound.family, bound.type, socket.IPPROTO_TCP, fileno=bound.detach())
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        config.load()
        server = uvicorn.Server(config)
        # Server.serve() without its loop that looks ten times a second whether to stop: `close` says so.
        server.lifespan = config.lifespan_class(config)
        await server.startup([listener])
        self._server = server

    async def close(self) -> None:
        """Stops listening and ends every connection, whatever is under way on it."""
        server, self._server = self._server, None
        if server is None:
            return
        for listening in server.servers:
            listening.close()
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        await server.shutdown()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, HANG_UP: lambda: self._hang_up(scope)}, receive, send)

    def _hang_up(self, scope: Scope) -> None:
        connections = self._server.server_state.connections if self._server else ()
        for connection in list(connections):
            if isinstance(connection, H11Protocol) and connection.client == scope["client"]:
                connection.transport.close()
