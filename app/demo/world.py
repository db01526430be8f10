"""The demo world: every demo system at once, served on loopback from one background thread.

    with DemoWorld() as world:
        world.describe()["vitec"]                                # base_url and credentials
        world.vitec.fault = FaultPlan(Fault.RATE_LIMITED, seconds=30)
        world.vitec.employees[0]["title"] = "Daglig leder"

To add a system: write it in a module of its own (an `HttpSystem`, or anything with the three methods of
`DemoSystem`), make it in `DemoWorld.__init__`, and name it in `systems`. Each HTTP system also has its
faults and requests at a control path, see `control`.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import Any, Protocol, Self

from app.demo.cetec.clientele import build_clientele
from app.demo.cetec.server import DemoCetec
from app.demo.contact_center.server import DemoContactCenter
from app.demo.firm import build_firm
from app.demo.mysql.server import DemoMysql
from app.demo.onec.server import DemoOneC
from app.demo.supabase.project import SupabaseProject
from app.demo.terminals.fleet import TerminalFleet
from app.demo.vitec import VitecHub
from app.demo.webhooks.receiver import DemoReceiver
from app.errors import Unreachable
from app.i18n import _


class DemoSystem(Protocol):
    """One remote system of the world."""

    async def open(self) -> None:
        """Returns when it accepts connections. Raises OSError when it cannot listen."""

    async def close(self) -> None:
        """Ends within half a second, whatever is under way."""

    def describe(self) -> dict[str, Any]:
        """Base URL and credentials, by the names of a connection's fields."""
        ...


class DemoWorld:
    """All demo systems: a firm of `people` and `offices`, `workers` in Supabase, `terminals` face terminals, and
    `customers` that CETEC bills, `agents` in 1C and
    the contact centre.

    A world can be stopped and started again: it keeps its ports and what was changed in it.
    The same `seed` makes the same people. Raises ValueError for a size that one of the systems cannot have.
    """

    def __init__(
        self,
        *,
        people: int = 340,
        offices: int = 14,
        seed: int = 2026,
        terminals: int = 9,
        workers: int = 60,
        customers: int = 344,
        agents: int = 60,
    ) -> None:
        self.vitec = VitecHub(build_firm(people=people, offices=offices, seed=seed))
        self.terminals = TerminalFleet(terminals)
        self.supabase = SupabaseProject(workers, seed=seed, devices=self.terminals.rows)
        clientele = build_clientele(customers, seed=seed)
        self.mysql = DemoMysql(clientele.databases)
        self.cetec = DemoCetec(clientele)
        self.onec = DemoOneC(agents, seed=seed)
        self.contact_center = DemoContactCenter(self.onec.roster, seed=seed)
        self.webhooks = DemoReceiver()
        # In this order: the project tells the addresses of the terminals, which they have once they are open.
        self.systems: dict[str, DemoSystem] = {
            "vitec": self.vitec,
            "terminals": self.terminals,
            "supabase": self.supabase,
            "onec": self.onec,
            "contact_center": self.contact_center,
            "mysql": self.mysql,
            "cetec": self.cetec,
            "webhooks": self.webhooks,
        }
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def describe(self) -> dict[str, dict[str, Any]]:
        """Base URLs and credentials per system. Raises RuntimeError before the first start."""
        return {name: system.describe() for name, system in self.systems.items()}

    def start(self) -> None:
        """Returns when every port accepts; does nothing when already started.

        Raises Unreachable when a system cannot listen.
        """
        if self._thread is not None:
            return
        ready: Future[None] = Future()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="demo-world", daemon=True)
        self._thread.start()
        try:
            ready.result()
        except OSError as error:
            self._thread.join()
            self._thread = None
            raise Unreachable(
                _("The demo world cannot listen on this computer: {reason}").format(reason=error),
                _("Close the program that holds the port, or allow servers on 127.0.0.1, then start again."),
            ) from error

    def stop(self) -> None:
        """Ends every connection, also with answers under way; does nothing when already stopped."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _run(self, ready: Future[None]) -> None:
        # A loop of its own kind: in the window the loop policy would make one that belongs to Qt's thread.
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self._serve(ready))
        finally:
            if not ready.done():  # a bug in a system: shown by the thread's own hook, and no reason to wait
                ready.set_exception(RuntimeError("The demo world ended before it was ready."))

    async def _serve(self, ready: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        opened: list[DemoSystem] = []
        try:
            for system in self.systems.values():
                await system.open()
                opened.append(system)
            ready.set_result(None)
            await self._stopping.wait()
        except OSError as error:
            ready.set_exception(error)
        finally:
            await asyncio.gather(*(system.close() for system in opened))
