"""The demo world's own HTTP server: whoever calls while it closes is not left on the line."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest
from starlette.applications import Starlette

from app.demo.loopback import HOST, LoopbackServer


@pytest.mark.parametrize("turns", range(5))
async def test_a_call_that_comes_while_it_closes_is_ended(turns: int) -> None:
    server = LoopbackServer(Starlette())
    await server.open()
    port = int(server.base_url.rpartition(":")[2])
    with socket.create_connection((HOST, port)) as caller:
        caller.setblocking(False)
        for _turn in range(turns):
            await asyncio.sleep(0)
        await server.close()
        with contextlib.suppress(ConnectionResetError):  # as abrupt as a plug that is pulled
            assert await asyncio.wait_for(asyncio.get_running_loop().sock_recv(caller, 1), 5) == b""
