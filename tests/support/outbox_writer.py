"""A program that puts status updates into an outbox as fast as it may, and says the number of each that is stored.

python -m tests.support.outbox_writer HOME CONNECTION SECONDS [CALLERS]
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from itertools import count
from pathlib import Path

from app.domain.contact_center.pushes import StatusUpdate
from app.places import Home
from app.store.database import Store
from app.store.outbox import StatusOutbox
from app.tasks import Tasks

AGENTS = 200


def update(number: int) -> StatusUpdate:
    """The update of that number, which is also its time; agents take turns, and so do their statuses."""
    return StatusUpdate(f"op-{number % AGENTS}", ("Work", "Break", "Lunch")[number // AGENTS % 3], number)


async def write(store: Store, connection_id: str, seconds: float, callers: int) -> None:
    """Several callers, each waiting for its update to be stored before it puts the next one."""
    tasks = Tasks()
    outbox = StatusOutbox(store, tasks)
    until = time.monotonic() + seconds
    numbers = count(1)

    async def call() -> None:
        while time.monotonic() < until:
            number = next(numbers)
            await outbox.put(connection_id, [update(number)])
            os.write(1, f"{number}\n".encode())

    async with asyncio.TaskGroup() as group:
        for _caller in range(callers):
            group.create_task(call())
    await tasks.close()


def main() -> None:
    """Write until the time is up, or somebody kills it."""
    home, connection_id, seconds, *callers = sys.argv[1:]
    store = Store(Home(Path(home)))
    store.open()
    asyncio.run(write(store, connection_id, float(seconds), int(callers[0]) if callers else 50))
    store.close()


if __name__ == "__main__":
    main()
