"""The same against a server that calls itself MySQL 8 and limits questions in milliseconds (cetec-mysql.md §4.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from app.connectors.mysql import MySqlServer, MySqlSettings, pool
from app.demo.mysql.faults import MysqlFault, MysqlFaultPlan
from app.demo.mysql.server import DemoMysql
from app.domain.customers import DatabaseDetail, DatabaseStatus
from tests.support.customers import customers_world

EXISTS, ERROR, TIMEOUT = DatabaseStatus.EXISTS, DatabaseStatus.MYSQL_ERROR, DatabaseStatus.BATCH_TIMEOUT


@pytest.fixture
def demo() -> Iterator[DemoMysql]:
    with customers_world(20) as world:
        world.mysql.databases.clear()
        world.mysql.databases.update({f"acme{number}": {"usage_stats"} for number in range(8)} | {"empty": set()})
        yield world.mysql


@pytest.fixture
async def server(demo: DemoMysql) -> AsyncIterator[MySqlServer]:
    told = demo.describe()
    settings = MySqlSettings(
        told["host"], told["port"], user=told["user"], password=told["password"], query_timeout_s=0.4, batch_size=2
    )
    async with MySqlServer(settings) as server:
        yield server


async def statuses(server: MySqlServer) -> list[DatabaseStatus]:
    """The one answer that both names of each batch got."""
    names = [f"acme{number}" for number in range(8)]
    return [s async for batch in server.ask(names) for s in {answer.status for answer in batch.values()}]


async def test_names_are_answered_by_their_letters(server: MySqlServer) -> None:
    found = {n: a.detail async for batch in server.ask(["acme1", "ACME2", "empty", "acm_1"]) for n, a in batch.items()}
    assert found == {
        "acme1": DatabaseDetail.OK,
        "ACME2": DatabaseDetail.CASE_MISMATCH,
        "empty": DatabaseDetail.TABLE_MISSING,
        "acm_1": DatabaseDetail.DATABASE_MISSING,
    }


async def test_the_session_s_limit_is_in_milliseconds(server: MySqlServer, demo: DemoMysql) -> None:
    assert await statuses(server) == [EXISTS] * 4
    assert "SET SESSION max_execution_time = 400" in [question.sql for question in demo.questions]


async def test_an_old_server_knows_no_limit_of_its_own_and_answers_all_the_same(
    server: MySqlServer, demo: DemoMysql
) -> None:
    demo.fault = MysqlFaultPlan(MysqlFault.ERROR, containing="max_execution_time", errno=1193)
    assert await statuses(server) == [EXISTS] * 4


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (MysqlFault.HANG, TIMEOUT),
        (MysqlFault.SLOW, TIMEOUT),
        (MysqlFault.LIMIT, TIMEOUT),
        (MysqlFault.ERROR, ERROR),
        (MysqlFault.CUT, EXISTS),  # the second try goes well
    ],
)
async def test_what_befalls_one_batch_stays_there(
    server: MySqlServer, demo: DemoMysql, fault: MysqlFault, status: DatabaseStatus
) -> None:
    demo.fault = MysqlFaultPlan(fault, containing="TABLE_SCHEMA IN", skip=1, times=1)
    assert await statuses(server) == [EXISTS, status, EXISTS, EXISTS]
    assert not server.failed


async def test_a_hanging_question_is_dropped_by_its_number(server: MySqlServer, demo: DemoMysql) -> None:
    demo.fault = MysqlFaultPlan(MysqlFault.HANG, containing="TABLE_SCHEMA IN", times=1)
    await statuses(server)
    (hanging,) = {q.connection for q in demo.questions if "acme0" in q.sql}
    assert f"KILL QUERY {hanging}" in [question.sql for question in demo.questions]


async def test_a_kept_connection_is_asked_whether_it_is_there(
    server: MySqlServer, demo: DemoMysql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_FRESH_S", 0)  # however shortly ago it was used
    await statuses(server)
    assert len({question.connection for question in demo.questions}) == 1
