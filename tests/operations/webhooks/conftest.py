"""A workspace with a receiver that it may send to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.workspace import Workspace
from tests.support.webhooks import Hooks, receiving


@pytest.fixture
async def hooks(workspace: Workspace) -> AsyncIterator[Hooks]:
    async with receiving(workspace) as receiver:
        yield Hooks(workspace, receiver)
