"""The Webhooks page on a desk whose workspace may send to a receiver on this computer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.webhooks import Hooks, receiving
from ui.desk import Desk


@pytest.fixture
async def hooks(desk: Desk) -> AsyncIterator[Hooks]:
    async with receiving(desk.workspace) as receiver:
        yield Hooks(desk.workspace, receiver)
