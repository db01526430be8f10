"""A client of the real server for each test, by account, and a wire to it on which things go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from app.connectors.mysql import MySqlServer, MySqlSettings, Tls
from tests.support.mariadb import ALL, PASSWORD, MariaDb
from tests.support.mysql_wire import Wire, wire_to

Connect = Callable[..., MySqlServer]


@pytest.fixture
async def connect(mariadb: MariaDb) -> AsyncIterator[Connect]:
    """Makes clients, as settings say; closed afterwards."""
    async with AsyncExitStack() as opened:

        def make(**settings: Any) -> MySqlServer:
            usual = MySqlSettings("127.0.0.1", mariadb.port, user=ALL, password=PASSWORD)
            server = MySqlServer(replace(usual, **settings))
            opened.push_async_exit(server)
            return server

        yield make


@pytest.fixture
async def wire(mariadb: MariaDb) -> AsyncIterator[Wire]:
    async with wire_to(mariadb.port) as wire:
        yield wire


@pytest.fixture
def over_wire(connect: Connect, wire: Wire) -> Connect:
    """Clients whose questions go over the wire, five names at a time."""

    def make(**settings: Any) -> MySqlServer:
        return connect(**{"port": wire.port, "tls": Tls.OFF, "batch_size": 5} | settings)

    return make
