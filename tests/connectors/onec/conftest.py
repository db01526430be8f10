"""A client of 1C, and the wire it speaks on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import respx

from app.connectors.onec import OneC
from tests.support.onec import BASE, make


@pytest.fixture
async def onec() -> AsyncIterator[OneC]:
    async with make() as onec:
        yield onec


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router
