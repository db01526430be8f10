"""One check of many names: in batches with time limits, until three in a row have failed (cetec-mysql.md §4.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from app.connectors.breaker import Breaker
from app.connectors.mysql.line import Line
from app.connectors.mysql.pool import Pool
from app.connectors.mysql.questions import MARKED, SCHEMAS, Schemas, first_column, marked_among
from app.connectors.mysql.settings import MySqlSettings
from app.domain.customers import MOST_NAME_CHARS, DatabaseAnswer, DatabaseDetail, DatabaseStatus
from app.errors import ErrorKind, MusterError, Unreachable

T = TypeVar("T")
MOST_LISTS = 5
"""With more batches than this the databases that hold the table are asked for once, all of them: however many names
there are, a handful of questions answers for them."""
_MOST_FAILURES = 3
_TOO_LONG = DatabaseAnswer(DatabaseStatus.NO_DATABASE, DatabaseDetail.NAME_TOO_LONG)


class Asking:
    """What is known while the names of one check are answered batch by batch.

    `stopped` is set when the server is given up: every further batch gets that answer, unasked.
    """

    def __init__(self, settings: MySqlSettings, pool: Pool, breaker: Breaker, names: Iterable[str]) -> None:
        distinct = list(dict.fromkeys(names))
        size = settings.batch_size
        self.batches = [distinct[at : at + size] for at in range(0, len(distinct), size)]
        self.stopped: DatabaseAnswer | None = None
        self._settings = settings
        self._pool = pool
        self._breaker = breaker
        self._schemas: Schemas | None = None
        self._all_marked: frozenset[str] | None = None
        self._connected = False
        self._failures = 0

    async def answers(self, names: Sequence[str]) -> Mapping[str, DatabaseAnswer]:
        """One answer for each name of a batch; a failure is an answer too."""
        # The order of `names` is that of the answers.
        askable = [name for name in names if len(name) <= MOST_NAME_CHARS]
        return {**dict.fromkeys(names, _TOO_LONG), **await self._answers(askable)}

    async def _answers(self, names: Sequence[str]) -> Mapping[str, DatabaseAnswer]:
        if self.stopped is not None:
            return dict.fromkeys(names, self.stopped)
        self._connected = False
        try:
            marked = self._known(names)
            if marked is None:
                marked = await self._breaker.call(lambda: self._asked(names))
        except MusterError as error:
            return dict.fromkeys(names, self._failed(error))
        self._failures = 0
        return {name: self._schemas.answer(name, marked) for name in names} if self._schemas is not None else {}

    def _failed(self, error: MusterError) -> DatabaseAnswer:
        late = self._connected and error.kind is ErrorKind.TIMED_OUT
        status = DatabaseStatus.BATCH_TIMEOUT if late else DatabaseStatus.MYSQL_ERROR
        answer = DatabaseAnswer(status, error.message)
        self._failures += 1
        if not self._connected or self._failures == _MOST_FAILURES:
            self.stopped = answer
        return answer

    def _known(self, names: Sequence[str]) -> Collection[str] | None:
        """Which databases hold the table, as far as these names need it; None when the server has to be asked."""
        if not names:
            return ()
        if self._schemas is None:
            return None
        return self._all_marked if self._schemas.spelled(names) else ()

    async def _asked(self, names: Sequence[str]) -> Collection[str]:
        """The same from the server; when the connection is lost on the way, once more over another one."""
        until = asyncio.get_running_loop().time() + self._settings.batch_timeout_s
        for once_more in (True, False):
            try:
                async with self._pool.line() as line:
                    self._connected = True
                    return await self._learned(line, names, until)
            except Unreachable:
                if not (once_more and self._connected):
                    raise
                self._connected = False
        raise AssertionError("the second time ends with an answer or an error")

    async def _learned(self, line: Line, names: Sequence[str], until: float) -> Collection[str]:
        if self._schemas is None:
            self._schemas = await self._ask(line, lambda line: Schemas(first_column(line.ask(SCHEMAS))), until)
        spelled = self._schemas.spelled(names)
        if not spelled:
            return ()
        if len(self.batches) > MOST_LISTS:
            self._all_marked = await self._ask(line, lambda line: frozenset(first_column(line.ask(MARKED))), until)
            return self._all_marked
        question, values = marked_among(spelled)
        return await self._ask(line, lambda line: frozenset(first_column(line.ask(question, values))), until)

    async def _ask(self, line: Line, work: Callable[[Line], T], until: float) -> T:
        left = until - asyncio.get_running_loop().time()
        return await self._pool.ask(line, work, min(left, self._settings.query_timeout_s))
