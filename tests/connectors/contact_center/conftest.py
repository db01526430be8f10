"""A client of a contact centre, the wire it speaks on, and a server that really listens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import respx

from app.connectors.contact_center import ContactCenter
from tests.support.contact_center import BASE, ScriptedServer, make


@pytest.fixture
async def center() -> AsyncIterator[ContactCenter]:
    async with make() as center:
        yield center


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer()


@pytest.fixture
async def address(server: ScriptedServer) -> AsyncIterator[str]:
    async with server.serving() as address:
        yield address
