"""A program that works off the outbox of webhooks, until it is through or somebody kills it.

python -m tests.support.webhook_sender HOME PORT
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from app.places import Home
from app.vault import MemoryKeyring
from app.workspace import Workspace


async def send(home: Home, port: int) -> None:
    """Send everything that is due to a receiver on that port."""
    async with await Workspace.open(home, keyring=MemoryKeyring()) as workspace:
        workspace.webhooks.lines.demo_ports = frozenset({port})
        await workspace.webhooks.flush(120)


def main() -> None:
    """Send until nothing is due."""
    asyncio.run(send(Home(Path(sys.argv[1])), int(sys.argv[2])))


if __name__ == "__main__":
    main()
