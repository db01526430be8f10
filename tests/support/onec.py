"""A 1C for tests: an address, a client of it that need not hurry, answers of the reference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from zoneinfo import ZoneInfo

from app.connectors.http import RetryPolicy
from app.connectors.onec import OneC, OneCSettings
from app.connectors.sign_in import SignInSettings, make_sign_in
from app.domain.kinds.sign_in import AuthenticationType

HOST = "http://127.0.0.1:1"
BASE = f"{HOST}/zup/hs/wfm"
MOSCOW = ZoneInfo("Europe/Moscow")
AGENT = "5b7d4a3e-7f10-4b5c-9d21-3c8e1f00a101"
NO_LICENCE = "Не обнаружено свободной лицензии"


def make(base: str = BASE, retries: int = 3, **settings: Any) -> OneC:
    """A client that signs in as `Обмен`, as fast as it may, waiting for no licence but where it is told to."""
    values: dict[str, Any] = {"zone": MOSCOW, "calls_per_second": 10_000.0, "licence_pauses_s": ()} | settings
    sign_in = make_sign_in(SignInSettings(AuthenticationType.BASIC, "Обмен", "Пароль"), "1C")
    return OneC(OneCSettings(base, **values), sign_in, RetryPolicy.growing(retries))


Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handle: Handle) -> AsyncIterator[str]:
    """A socket that does with each connection what `handle` does, until the test is over."""
    busy: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        busy.add(writer)
        try:
            await handle(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            busy.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in list(busy):
            writer.transport.abort()
        await asyncio.sleep(0)
