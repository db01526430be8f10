"""What a program that stays open does for webhooks: nothing before there is one, then it sends until it ends."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from app.errors import MusterError
from app.events import WebhooksChanged

if TYPE_CHECKING:
    from app.workspace import Workspace

log = logging.getLogger(__name__)
_LOOK_S = 15.0  # another program may have added one


async def work_for_webhooks(workspace: Workspace) -> None:
    """Wait for the first webhook, then send for as long as the program runs; ends when it is cancelled."""
    from app.store.webhooks import any_endpoint

    changed = asyncio.Event()
    end = workspace.events.subscribe(WebhooksChanged, lambda _event: changed.set())
    try:
        while True:
            changed.clear()
            try:
                if await workspace.store.read(any_endpoint):
                    break
            except MusterError as error:  # a disk that is busy now
                log.warning("Webhooks: %s", error.message)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await changed.wait()
    finally:
        end()
    await workspace.webhooks.run()
