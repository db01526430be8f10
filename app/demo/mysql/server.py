"""The demo MySQL server: its port, its databases and accounts, what it was asked.

    world.mysql.databases["acme"].discard("usage_stats")       change them in place
    world.mysql.fault = MysqlFaultPlan(MysqlFault.HANG, containing="usage_stats", times=1)
    world.mysql.questions                                       all so far, with who asked

Another process does the latter two over `describe()["control_url"]`, see `control`. Accounts: `accounts.ACCOUNTS`.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.demo.loopback import CLOSING_S, HOST, LoopbackServer, stop_listening
from app.demo.mysql.accounts import ACCOUNTS, Account
from app.demo.mysql.control import control_app
from app.demo.mysql.faults import MysqlFaultPlan, MysqlFaultSwitch


class Question(NamedTuple):
    """What was asked: `connection` is the id that CONNECTION_ID() gives."""

    connection: int
    user: str
    sql: str


@dataclass
class Line:
    """One connection."""

    number: int
    writer: asyncio.StreamWriter
    user: str = ""
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to end whatever it waits for."""


class DemoMysql:
    """One server with the tables of each database in `databases`. Everything public may be changed while it serves.

    It offers no encryption: mysql-mimic loses what a client sends right after it has asked for it.
    """

    def __init__(self, databases: dict[str, set[str]]) -> None:
        self.databases = databases
        self.accounts = list(ACCOUNTS)
        self.version = "8.0.39"
        self.faults = MysqlFaultSwitch()
        self.lines: dict[int, Line] = {}
        self._questions: list[Question] = []
        self._numbers = itertools.count(1)
        self._port = 0
        self._converse: Callable[[DemoMysql, Line, asyncio.StreamReader], Awaitable[None]]
        self._listening: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._control = LoopbackServer(control_app(self))

    @property
    def fault(self) -> MysqlFaultPlan:
        """What goes wrong now; assign a plan to change it, `MysqlFaultPlan()` to heal."""
        return self.faults.plan

    @fault.setter
    def fault(self, plan: MysqlFaultPlan) -> None:
        self.faults.plan = plan

    @property
    def questions(self) -> list[Question]:
        """Everything asked so far."""
        return list(self._questions)

    def forget_questions(self) -> None:
        """Empty `questions`."""
        self._questions.clear()

    def note(self, line: Line, sql: str) -> None:
        """Add to `questions`."""
        self._questions.append(Question(line.number, line.user, sql))

    def account(self, user: str) -> Account | None:
        """The account of this name."""
        return next((account for account in self.accounts if account.user == user), None)

    def describe(self) -> dict[str, Any]:
        """What a connection needs, by the names of section 1.2; beside it all accounts and the control path.

        Raises RuntimeError before the start.
        """
        control_url = self._control.base_url
        first = self.accounts[0]
        return {
            "host": HOST,
            "port": self._port,
            "user": first.user,
            "password": first.password,
            "tls": "preferred",
            "control_url": control_url,
            "accounts": [{"user": account.user, "password": account.password} for account in self.accounts],
        }

    async def open(self) -> None:
        """Returns when the port accepts. Raises OSError when it cannot listen."""
        # Loaded here, where nothing else is under way yet: later it would hold up every thread, a window's too.
        from app.demo.mysql.session import converse

        self._converse = converse
        listener = socket.create_server((HOST, self._port))
        self._port = listener.getsockname()[1]
        self._listening = await asyncio.start_server(self._serve, sock=listener)
        await self._control.open()

    async def close(self) -> None:
        """Breaks every connection, whatever is under way on it."""
        if self._listening is not None:
            await stop_listening(self._listening)
        for line in self.lines.values():
            line.interrupted.set()
            line.writer.transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSING_S)
        await self._control.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(next(self._numbers), writer)
        self.lines[line.number] = line
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await self._converse(self, line, reader)
        except ConnectionError:
            pass  # the other side has gone, or `close` has pulled the plug
        finally:
            del self.lines[line.number]
            writer.close()
