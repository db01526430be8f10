"""What is noted of the questions to a MySQL server for the run that asks them (connections.md §8)."""

from __future__ import annotations

from app.connectors.mysql import MySqlServer
from app.domain.attempts import ANSWERED, Attempt, AttemptLog, LogLevel, noting
from app.errors import MusterError
from tests.connectors.mysql.conftest import Connect
from tests.support.mariadb import PASSWORD, MariaDb
from tests.support.mysql_wire import Mishap, Wire

SCHEMATA, TABLES = "information_schema.SCHEMATA", "information_schema.TABLES"


async def noted(server: MySqlServer, *names: str, level: LogLevel = LogLevel.INFO) -> tuple[Attempt, ...]:
    with noting(AttemptLog(level)) as log:
        async for _answers in server.ask(names):
            pass
    return log.told().kept


def told(attempts: tuple[Attempt, ...]) -> list[tuple[str, str, int | None]]:
    """Each request without the address of the server."""
    return [(a.method, a.url.partition("://")[2].partition("/")[2], a.status) for a in attempts]


async def test_reaching_signing_in_and_each_question(connect: Connect, mariadb: MariaDb) -> None:
    mariadb.hold(["acme"])
    found = await noted(connect(), "acme", "other")
    assert told(found) == [
        ("CONNECT", "", ANSWERED), ("SIGN IN", "", ANSWERED), ("SELECT", SCHEMATA, ANSWERED),
        ("SELECT", TABLES, ANSWERED),
    ]  # fmt: skip
    assert {each.url.partition(":")[0] for each in found} == {"mysql"}
    assert found[3].size == len("acme")
    assert [each.error for each in found] == [""] * 4


async def test_a_line_that_rested_is_not_made_again(connect: Connect, mariadb: MariaDb) -> None:
    mariadb.hold(["acme"])
    server = connect()
    await noted(server, "acme")
    assert [method for method, *_rest in told(await noted(server, "acme"))] == ["SELECT", "SELECT"]


async def test_neither_password_nor_names_of_customers_are_kept(connect: Connect, mariadb: MariaDb) -> None:
    mariadb.hold(["acme", "other"])
    found = await noted(connect(), "acme", "other", level=LogLevel.DEBUG)
    assert "TABLE_SCHEMA IN (%s, %s, %s)" in found[3].sent
    kept = repr(found)
    assert [text for text in ("acme", "other", PASSWORD, repr(PASSWORD)) if text in kept] == []


async def test_a_refusal_has_the_number_of_mysql_and_its_words(connect: Connect) -> None:
    *_before, last = await noted(connect(password="wrong one"), "acme")
    assert (last.method, last.status) == ("SIGN IN", 1045)
    assert "does not accept" in last.error
    assert "wrong one" not in last.error


async def test_a_server_that_is_away_gave_no_answer(connect: Connect) -> None:
    (only,) = await noted(connect(port=1), "acme")
    assert (only.method, only.status) == ("CONNECT", None)
    assert only.error


async def test_a_line_that_is_lost_is_noted_before_the_one_made_instead(
    over_wire: Connect, wire: Wire, mariadb: MariaDb
) -> None:
    mariadb.hold(["acme"])
    wire.mishaps[TABLES] = [Mishap.CUT]
    found = told(await noted(over_wire(), "acme"))
    assert found[3:] == [
        ("SELECT", TABLES, None), ("CONNECT", "", ANSWERED), ("SIGN IN", "", ANSWERED), ("SELECT", TABLES, ANSWERED),
    ]  # fmt: skip


async def test_a_test_of_the_connection_is_noted_too(connect: Connect) -> None:
    with noting(AttemptLog()) as log:
        server = connect()
        await server.reach()
        await server.greet()
        await server.counts()
    assert [method for method, *_rest in told(log.told().kept)] == ["CONNECT", "SIGN IN", *["SELECT"] * 4]


async def test_outside_a_run_nothing_is_noted(connect: Connect) -> None:
    log = AttemptLog()
    try:
        await connect(port=1).greet()
    except MusterError:
        assert log.told().total == 0
