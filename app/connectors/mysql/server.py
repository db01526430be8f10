"""The MySQL server of backup databases: which names have one, and what a connection test wants to know.

It only ever reads information_schema. References are to cetec-mysql.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Self, TypeVar

from app.connectors.breaker import Breaker
from app.connectors.mysql.asking import Asking
from app.connectors.mysql.line import Line
from app.connectors.mysql.pool import Pool
from app.connectors.mysql.questions import MARKED, SCHEMAS, Schemas, first_column, sees_all_names
from app.connectors.mysql.settings import MySqlSettings
from app.domain.customers import DatabaseAnswer
from app.errors import NotConfigured
from app.i18n import _

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who answers: its version, and whether the connection to it is encrypted."""

    version: str
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What the account sees: schemas in all, those apart from the system's, those with the marker table."""

    schemas: int
    own: int
    marked: int


class MySqlServer(AbstractAsyncContextManager["MySqlServer"]):
    """The client of one server. Belongs to one event loop; close it there.

    `failed` tells after a check whether the server was given up before its end. Raises `NotConfigured` for missing
    settings.
    """

    def __init__(self, settings: MySqlSettings) -> None:
        if missing := settings.missing():
            raise NotConfigured(
                _("The MySQL connection is not complete. Missing: {fields}.").format(fields=", ".join(missing))
            )
        self.settings = settings
        self.breaker = Breaker("MySQL")
        self.failed = False
        self._pool = Pool(settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections at once, also under a question."""
        await self._pool.close()

    async def ask(self, names: Sequence[str]) -> AsyncIterator[Mapping[str, DatabaseAnswer]]:
        """Whether there is a backup database of each of these names: batch by batch, in order, each distinct name once.

        A server that fails raises nothing: its names are answered `MYSQL_ERROR` or `BATCH_TIMEOUT` with the cause in
        words. Cancelling ends the question at the server too.
        """
        asking = Asking(self.settings, self._pool, self.breaker, names)
        self.failed = False
        for batch in asking.batches:
            answers = await asking.answers(batch)
            self.failed = asking.stopped is not None
            yield answers
            await asyncio.sleep(0)  # many batches are answered from memory: others get their turn between them

    async def reach(self) -> None:
        """Connect, and leave it to `greet` to sign in.

        Raises the closed family, as the following do.
        """
        await self._pool.dial()

    async def greet(self) -> Greeting:
        """Sign in and ask the first questions."""

        def work(line: Line) -> Greeting:
            line.ask("SELECT 1")
            return Greeting(first_column(line.ask("SELECT VERSION()"))[0], line.encrypted)

        return await self._once(work)

    async def sees_all_names(self) -> bool:
        """Whether a database that the account does not see is not there, rather than not granted (§4.5)."""
        return await self._once(lambda line: sees_all_names(first_column(line.ask("SHOW GRANTS"))))

    async def counts(self) -> Counts:
        """What the account sees."""

        def work(line: Line) -> Counts:
            schemas = Schemas(first_column(line.ask(SCHEMAS)))
            return Counts(len(schemas.names), schemas.own, len(line.ask(MARKED)))

        return await self._once(work)

    async def _once(self, work: Callable[[Line], T]) -> T:
        """Past an open breaker: a person's own test is its trial call."""
        async with self._pool.line() as line:
            return await self._pool.ask(line, work, self.settings.query_timeout_s)
