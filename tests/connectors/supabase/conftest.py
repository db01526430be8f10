"""A project in memory and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import respx

from app.connectors.http import RetryPolicy
from app.connectors.supabase import Supabase
from tests.support.supabase import SETTINGS, URL, Keeper, Project


@pytest.fixture
def project() -> Iterator[Project]:
    made = Project()
    with respx.mock(assert_all_called=False) as router:
        router.route(url__startswith=URL).mock(side_effect=made.handle)
        yield made


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
async def client(project: Project, keeper: Keeper) -> AsyncIterator[Supabase]:
    async with Supabase(SETTINGS, keeper, RetryPolicy(())) as client:
        yield client
