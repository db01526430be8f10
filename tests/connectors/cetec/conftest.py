"""A client of an installation whose answers a test writes down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import respx

from app.connectors.cetec import Cetec
from app.connectors.http import RetryPolicy
from tests.support.cetec import BASE, SETTINGS


@pytest.fixture
def answers() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router


@pytest.fixture
async def cetec(answers: respx.MockRouter) -> AsyncIterator[Cetec]:
    async with Cetec(SETTINGS, RetryPolicy(())) as cetec:
        yield cetec
