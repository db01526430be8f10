"""Names are data: what a real MariaDB says of them, whatever they consist of (cetec-mysql.md §4.3, §4.5, §11)."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.connectors.mysql import MySqlServer, MySqlSettings
from app.domain.customers import DatabaseAnswer, DatabaseDetail, DatabaseStatus
from tests.connectors.mysql.conftest import Connect
from tests.support.mariadb import FEW, NAMES, NOBODY, MariaDb
from tests.support.mysql_wire import Wire

THERE = DatabaseAnswer(DatabaseStatus.EXISTS, DatabaseDetail.OK)
OTHER_CASE = DatabaseAnswer(DatabaseStatus.EXISTS, DatabaseDetail.CASE_MISMATCH)
MISSING = DatabaseAnswer(DatabaseStatus.NO_DATABASE, DatabaseDetail.DATABASE_MISSING)
NO_TABLE = DatabaseAnswer(DatabaseStatus.NO_DATABASE, DatabaseDetail.TABLE_MISSING)
TOO_LONG = DatabaseAnswer(DatabaseStatus.NO_DATABASE, DatabaseDetail.NAME_TOO_LONG)
UNSEEN = DatabaseAnswer(DatabaseStatus.NO_DATABASE, DatabaseDetail.NOT_VISIBLE)

ODD = [
    "a'b",
    'a"b',
    "a`b",
    "a%b",
    "a_b",
    "a;b",
    "a\\b",
    "a-b",
    "customer.com",
    " first blank",
    "žluť",
    "; DROP DATABASE x",
]
TRICKY = [
    "' OR '1'='1",
    "%",
    "_",
    "a%",
    "x') UNION SELECT 'x' -- ",
    "a_",
    "\\'",
    "😀",
    "acme😀",
    "\0",
    "\ud800",
    "",
    " ",
]


async def answers(server: MySqlServer, *names: str) -> dict[str, DatabaseAnswer]:
    """What is said of each name, in the order in which it came."""
    return {name: answer async for batch in server.ask(names) for name, answer in batch.items()}


async def test_a_database_is_there_only_with_its_table(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["acme"], without=["empty"])
    found = await answers(connect(), "acme", "empty", "nowhere")
    assert found == {"acme": THERE, "empty": NO_TABLE, "nowhere": MISSING}


async def test_a_view_counts_as_the_table(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["acme"], without=["viewed"])
    mariadb.run("CREATE VIEW viewed.usage_stats AS SELECT 1 AS id")
    assert await answers(connect(), "viewed") == {"viewed": THERE}


@pytest.mark.parametrize("name", ODD)
async def test_every_sign_stands_for_itself(mariadb: MariaDb, connect: Connect, name: str) -> None:
    mariadb.hold([name])
    assert await answers(connect(), name, "other") == {name: THERE, "other": MISSING}


async def test_names_full_of_signs_answer_together(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(ODD)
    assert await answers(connect(), *ODD, *TRICKY) == dict.fromkeys(ODD, THERE) | dict.fromkeys(TRICKY, MISSING)
    assert set(ODD) <= {str(row[0]) for row in mariadb.run("SHOW DATABASES")}


async def test_an_underscore_or_percent_sign_is_no_wildcard(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["axb", "acme_test", "acme1test"])
    found = await answers(connect(), "a_b", "a%", "acme_test", "acme%test")
    assert found == {"a_b": MISSING, "a%": MISSING, "acme_test": THERE, "acme%test": MISSING}


async def test_letter_case_alone_is_told_and_found_from_either_side(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["camelcase", "UPPER"])
    found = await answers(connect(), "CamelCase", "camelcase", "upper", "UPPER")
    assert found == {"CamelCase": OTHER_CASE, "camelcase": THERE, "upper": OTHER_CASE, "UPPER": THERE}
    assert await answers(connect(), "CamelCase") == {"CamelCase": OTHER_CASE}


async def test_databases_that_differ_in_case_alone_are_told_apart(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["Acme", "acme"], without=["ACME"])
    found = await answers(connect(), "Acme", "acme", "ACME", "aCME")
    assert found == {"Acme": THERE, "acme": THERE, "ACME": NO_TABLE, "aCME": OTHER_CASE}
    # Equal to the server: as a list of their own it would look for the first alone.
    assert await answers(connect(), "acme", "Acme") == {"acme": THERE, "Acme": THERE}


async def test_accents_and_trailing_blanks_are_no_matter_of_collation(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["resume", "straße"], without=["résumé"])
    found = await answers(connect(), "résumé", "resume", "rèsumè", "resume ", "resume\t", "strasse")
    nowhere = dict.fromkeys(["rèsumè", "resume ", "resume\t", "strasse"], MISSING)
    assert found == {"résumé": NO_TABLE, "resume": THERE} | nowhere


async def test_sixty_four_characters_are_asked_for_and_sixty_five_are_not(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["a" * 64, "ř" * 64])
    found = await answers(connect(), "a" * 64, "ř" * 64, "a" * 65, "😀" * 65)
    assert found == {"a" * 64: THERE, "ř" * 64: THERE, "a" * 65: TOO_LONG, "😀" * 65: TOO_LONG}


async def test_a_name_that_is_too_long_needs_no_server() -> None:
    async with MySqlServer(MySqlSettings("host.invalid", user="nobody")) as server:
        assert await answers(server, "a" * 65) == {"a" * 65: TOO_LONG}
        assert not server.failed


async def test_an_emoji_spoils_nothing_for_its_neighbours(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["acme"])
    assert await answers(connect(), "😀", "acme", "a😀") == {"😀": MISSING, "acme": THERE, "a😀": MISSING}
    assert await answers(connect(), "😀") == {"😀": MISSING}


async def test_names_are_never_part_of_a_question_unless_the_server_told_them(
    mariadb: MariaDb, over_wire: Connect, wire: Wire
) -> None:
    mariadb.hold(["acme"])
    await answers(over_wire(batch_size=200), "acme", "secret-itar-name", "Acme2")
    assert wire.asked("acme")
    assert not wire.asked("secret") + wire.asked("Acme2")


async def test_every_distinct_name_is_answered_once_and_in_order(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["b"])
    server = connect(batch_size=2)
    batches = [dict(batch) async for batch in server.ask(["c", "b", "c", "a", "b", "d" * 65])]
    assert batches == [{"c": MISSING, "b": THERE}, {"a": MISSING, "d" * 65: TOO_LONG}]
    assert [batch async for batch in server.ask([])] == []


async def test_344_names_take_a_handful_of_questions(mariadb: MariaDb, over_wire: Connect, wire: Wire) -> None:
    names = [f"customer{number}" for number in range(344)]
    mariadb.hold(names[:50])
    found = await answers(over_wire(batch_size=200), *names)
    assert found == dict.fromkeys(names[:50], THERE) | dict.fromkeys(names[50:], MISSING)
    assert len(wire.asked("information_schema")) == 2  # the second hundred holds none that is there
    assert wire.connections == 1


async def test_ten_thousand_names_take_no_more(mariadb: MariaDb, over_wire: Connect, wire: Wire) -> None:
    mariadb.hold(["customer3", "Customer9999", "customer"])
    names = [f"customer{number}" for number in range(10_000)]
    found = await answers(over_wire(batch_size=200), *names)
    assert list(found) == names
    assert {n: a for n, a in found.items() if a != MISSING} == {"customer3": THERE, "customer9999": OTHER_CASE}
    assert len(wire.asked("information_schema")) == 2


async def test_without_a_grant_nothing_is_visible_and_that_is_told(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["acme"])
    server = connect(user=NOBODY)
    assert await answers(server, "acme", "nowhere") == {"acme": UNSEEN, "nowhere": UNSEEN}
    assert not server.failed


async def test_with_the_right_to_names_alone_the_table_is_what_is_missing(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["acme"])
    assert await answers(connect(user=NAMES), "acme", "nowhere") == {"acme": NO_TABLE, "nowhere": MISSING}


async def test_with_rights_to_a_few_the_others_look_missing(mariadb: MariaDb, connect: Connect) -> None:
    mariadb.hold(["few_1", "acme"])
    assert await answers(connect(user=FEW), "few_1", "acme") == {"few_1": THERE, "acme": MISSING}


NAMES_OF_ALL_SORTS = st.lists(
    st.one_of(st.text(max_size=70), st.sampled_from([*ODD, *TRICKY, "ACME", "acme", "é", "e"]))
)


@given(NAMES_OF_ALL_SORTS, st.integers(1, 4))
@example(TRICKY, 2)
@settings(max_examples=60)
async def test_whatever_the_names_each_gets_the_answer_of_its_own_letters(
    mariadb_with_odd_names: frozenset[str], connect: Connect, names: list[str], size: int
) -> None:
    here = mariadb_with_odd_names
    found = await answers(connect(batch_size=size), *names)
    assert list(found) == list(dict.fromkeys(names))
    for name, answer in found.items():
        expected = THERE if name in here else OTHER_CASE if name.lower() in {n.lower() for n in here} else MISSING
        assert answer == (TOO_LONG if len(name) > 64 else expected)


@pytest.fixture
def mariadb_with_odd_names(mariadb: MariaDb) -> frozenset[str]:
    mariadb.hold([*ODD, "acme", "e"])
    return frozenset({*ODD, "acme", "e"})
