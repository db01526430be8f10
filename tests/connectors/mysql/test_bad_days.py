"""Servers that hang, cut the line or are gone: what each name is told, and that nothing is left behind (§4.4, §11)."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

from app.connectors.mysql import MySqlServer, asking, line, pool
from app.connectors.mysql.line import Line
from app.domain.customers import DatabaseStatus
from tests.connectors.mysql.conftest import Connect
from tests.support.mariadb import MariaDb
from tests.support.mysql_wire import Mishap, Wire

T = TypeVar("T")
EXISTS, ERROR, TIMEOUT = DatabaseStatus.EXISTS, DatabaseStatus.MYSQL_ERROR, DatabaseStatus.BATCH_TIMEOUT
NAMES = [f"customer{number:02}" for number in range(25)]
MARKED = "TABLE_SCHEMA IN"


@dataclass
class Silent:
    """A server that accepts `callers` and never says a word."""

    port: int = 0
    callers: int = 0


@pytest.fixture(autouse=True)
def databases(mariadb: MariaDb) -> None:
    mariadb.hold(NAMES)


async def batches(server: MySqlServer, names: list[str] = NAMES) -> list[DatabaseStatus]:
    """The one answer that all names of each batch got."""
    found = []
    async for batch in server.ask(names):
        (status,) = {answer.status for answer in batch.values()}
        found.append(status)
    return found


async def reasons(server: MySqlServer) -> set[str]:
    """Why checks failed."""
    return {a.detail async for batch in server.ask(NAMES) for a in batch.values() if a.status.failed}


async def until(true: Callable[[], bool], seconds: float = 5) -> None:
    """Wait until it is."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


class TestQuestionsThatHang:
    async def test_a_batch_that_hangs_times_out_alone(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [None, Mishap.LOST]
        server = over_wire(query_timeout_s=0.3)
        assert await batches(server) == [EXISTS, TIMEOUT, EXISTS, EXISTS, EXISTS]
        assert not server.failed

    async def test_the_server_is_told_to_drop_the_question(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [Mishap.LOST]
        await batches(over_wire(query_timeout_s=0.3))
        assert len(wire.asked("KILL QUERY")) == 1

    async def test_the_list_of_databases_is_asked_for_again_by_the_next_batch(
        self, over_wire: Connect, wire: Wire
    ) -> None:
        wire.mishaps["SCHEMATA"] = [Mishap.LOST]
        assert await batches(over_wire(query_timeout_s=0.3)) == [TIMEOUT, EXISTS, EXISTS, EXISTS, EXISTS]

    async def test_a_batch_has_a_limit_of_its_own_for_all_its_questions(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [Mishap.LOST]
        begun = time.monotonic()
        server = over_wire(query_timeout_s=30, batch_timeout_s=0.4)
        assert await batches(server) == [TIMEOUT, EXISTS, EXISTS, EXISTS, EXISTS]
        assert time.monotonic() - begun < 4

    async def test_after_three_in_a_row_the_rest_is_not_asked(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [None, Mishap.LOST, Mishap.LOST, Mishap.LOST]
        server = over_wire(query_timeout_s=0.2)
        assert await batches(server) == [EXISTS, TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT]
        assert server.failed
        assert len(wire.asked(MARKED)) == 4

    async def test_three_that_are_not_in_a_row_stop_nothing(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [Mishap.LOST, Mishap.LOST, None, Mishap.LOST]
        server = over_wire(query_timeout_s=0.2)
        assert await batches(server) == [TIMEOUT, TIMEOUT, EXISTS, TIMEOUT, EXISTS]
        assert not server.failed

    async def test_the_cause_is_told_in_words(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [Mishap.LOST]
        server = over_wire(query_timeout_s=0.2)
        assert await reasons(server) == {"The MySQL server did not answer within 0.2 s."}

    async def test_the_server_itself_limits_the_time_as_well(
        self, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = pool.Pool.ask

        async def patiently(self: pool.Pool, used: Line, work: Callable[[Line], T], _limit_s: float) -> T:
            return await real(self, used, work, 8)

        monkeypatch.setattr(pool.Pool, "ask", patiently)
        monkeypatch.setattr(asking, "SCHEMAS", "SELECT SLEEP(9)")
        ended = "The MySQL server ended the question, because it took longer than its time limit."
        assert await reasons(connect(query_timeout_s=0.3)) == {ended}

    async def test_meanwhile_the_loop_is_free(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [Mishap.LOST]
        longest = 0.0

        async def watch() -> None:
            nonlocal longest
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.002)
                longest = max(longest, time.monotonic() - before)

        async with asyncio.TaskGroup() as group:
            watching = group.create_task(watch())
            await batches(over_wire(query_timeout_s=0.3))
            watching.cancel()
        assert longest < 0.2


class TestCancelling:
    async def test_the_question_ends_at_the_server_too(
        self, mariadb: MariaDb, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asking, "SCHEMAS", "SELECT SLEEP(30)")
        server = connect()
        await self.cancelled(server, lambda: bool(mariadb.running()))
        await until(lambda: not mariadb.running())

    async def test_it_takes_no_time(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [Mishap.LOST]
        took = await self.cancelled(over_wire(), lambda: bool(wire.asked(MARKED)))
        assert took < 1.5
        await until(lambda: not wire.open)

    async def test_a_server_that_cannot_be_told_loses_the_connection(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps = {MARKED: [Mishap.LOST], "KILL": [Mishap.LOST]}
        took = await self.cancelled(over_wire(), lambda: bool(wire.asked(MARKED)))
        assert took < 4
        await until(lambda: not wire.open)

    async def test_afterwards_the_client_works_as_before(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [Mishap.LOST]
        server = over_wire()
        await self.cancelled(server, lambda: bool(wire.asked(MARKED)))
        assert await batches(server) == [EXISTS] * 5

    async def test_it_works_while_connecting(self, connect: Connect, silent: Silent) -> None:
        took = await self.cancelled(connect(port=silent.port), lambda: silent.callers > 0)
        assert took < 1.5

    async def cancelled(self, server: MySqlServer, begun: Callable[[], bool]) -> float:
        """Start a check, cancel it once it has begun; returns the seconds that took."""
        async with asyncio.TaskGroup() as group:
            check = group.create_task(batches(server))
            await until(begun)
            start = time.monotonic()
            check.cancel()
        assert check.cancelled()
        return time.monotonic() - start

    async def test_closing_ends_what_is_under_way(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [Mishap.LOST]
        server = over_wire()
        async with asyncio.TaskGroup() as group:
            check = group.create_task(batches(server))
            await until(lambda: bool(wire.asked(MARKED)))
            start = time.monotonic()
            await server.close()
            assert time.monotonic() - start < 1
        assert check.result() == [ERROR] * 5
        await until(lambda: not wire.open)


class TestConnectionsThatEnd:
    async def test_a_cut_in_the_middle_of_a_batch_costs_one_reconnect(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [None, Mishap.CUT]
        server = over_wire()
        assert await batches(server) == [EXISTS] * 5
        assert wire.connections == 2

    async def test_a_batch_that_is_cut_twice_fails_alone(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [None, Mishap.CUT, Mishap.CUT]
        server = over_wire()
        assert await batches(server) == [EXISTS, ERROR, EXISTS, EXISTS, EXISTS]
        assert not server.failed

    async def test_a_server_that_is_gone_for_good_fails_all_the_rest(
        self, mariadb: MariaDb, over_wire: Connect, wire: Wire
    ) -> None:
        wire.mishaps[MARKED] = [None, Mishap.CUT]
        server = over_wire()
        found: list[DatabaseStatus] = []
        async for batch in server.ask(NAMES):
            found += {answer.status for answer in batch.values()}
            wire.target = 1  # nobody is there
        assert found == [EXISTS, ERROR, ERROR, ERROR, ERROR]
        assert server.failed

    async def test_a_kept_connection_that_the_server_closed_is_replaced(
        self, mariadb: MariaDb, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pool, "_FRESH_S", 0)  # checked however fresh
        server = connect()
        assert await batches(server) == [EXISTS]
        for row in mariadb.run("SHOW PROCESSLIST"):
            if row[1] == "muster":
                mariadb.run(f"KILL {row[0]}")
        assert await batches(server) == [EXISTS]

    async def test_connections_are_kept_for_the_next_check(self, over_wire: Connect, wire: Wire) -> None:
        server = over_wire()
        for _again in range(3):
            await batches(server)
        assert wire.connections == 1

    async def test_connections_that_nobody_needs_are_closed_after_a_while(
        self, over_wire: Connect, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pool, "KEPT_S", 0.2)
        await batches(over_wire())
        assert wire.open == 1
        await until(lambda: not wire.open)

    async def test_no_more_connections_at_once_than_allowed(self, over_wire: Connect, wire: Wire) -> None:
        server = over_wire(pool_size=2)
        async with asyncio.TaskGroup() as group:
            checks = [group.create_task(batches(server)) for _number in range(6)]
        assert [check.result() for check in checks] == [[EXISTS] * 5] * 6
        assert wire.connections == 2


class TestServersThatCannotBeUsed:
    async def test_one_that_accepts_and_never_answers(self, connect: Connect, silent: Silent) -> None:
        server = connect(port=silent.port, connect_timeout_s=0.4, batch_size=5)
        begun = time.monotonic()
        assert await batches(server) == [ERROR] * 5
        assert server.failed
        assert time.monotonic() - begun < 1.5

    async def test_one_that_nobody_listens_at(self, connect: Connect) -> None:
        server = connect(port=1, batch_size=5)
        assert await batches(server) == [ERROR] * 5
        assert await reasons(server) == {"The MySQL server cannot be reached: nothing answers there."}
        assert server.failed

    async def test_one_that_speaks_something_else(self, connect: Connect, chatty: int) -> None:
        server = connect(port=chatty, connect_timeout_s=1)
        assert await batches(server) == [ERROR]
        assert server.failed

    async def test_one_that_answers_without_end(self, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(line, "MOST_ROWS", 20)
        server = connect()
        assert await reasons(server) == {"The MySQL server answers without end."}
        assert not server.failed

    async def test_one_that_fails_again_and_again_is_left_alone_for_a_while(self, connect: Connect) -> None:
        server = connect(port=1)
        for _again in range(5):
            await batches(server)
        assert await reasons(server) == {"MySQL failed several times in a row, so it is left alone for a while."}
        assert server.breaker.refuses_until is not None

    async def test_a_failed_check_never_looks_like_a_missing_database(self, over_wire: Connect, wire: Wire) -> None:
        wire.mishaps[MARKED] = [Mishap.CUT, Mishap.CUT, Mishap.LOST, None, Mishap.LOST]
        server = over_wire(query_timeout_s=0.2)
        assert DatabaseStatus.NO_DATABASE not in Counter(await batches(server))


@pytest.fixture
async def silent() -> AsyncIterator[Silent]:
    silent = Silent()

    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent.callers += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_server(nothing, "127.0.0.1", 0)
    async with server:
        silent.port = server.sockets[0].getsockname()[1]
        yield silent


@pytest.fixture
async def chatty() -> AsyncIterator[int]:
    """The port of a server of another kind."""

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n" * 500_000)
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
