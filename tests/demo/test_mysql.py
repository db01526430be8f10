"""The demo MySQL server answers a real client as a MySQL 8 would (cetec-mysql.md sections 4.3 to 4.6)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pymysql
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pymysql.cursors import DictCursor

from app.demo.mysql.faults import MysqlFault, MysqlFaultPlan
from app.demo.mysql.server import DemoMysql
from app.demo.world import DemoWorld
from tests.support.customers import Connection, ask, connect, customers_world, thread_of

HOLDING = "SELECT TABLE_SCHEMA FROM information_schema.TABLES WHERE TABLE_NAME = 'usage_stats' AND TABLE_SCHEMA IN %s"
EXISTING = "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN %s"


@pytest.fixture
def server() -> Iterator[DemoMysql]:
    with customers_world() as world:
        yield world.mysql


@pytest.fixture
def client(server: DemoMysql) -> Iterator[Connection]:
    with connect(server) as connection:
        yield connection


def refused(number: int) -> pytest.RaisesExc[pymysql.MySQLError]:
    """The error of this number."""
    return pytest.RaisesExc(pymysql.MySQLError, check=lambda error: error.args[0] == number)


def test_describe_gives_what_a_connection_needs(server: DemoMysql) -> None:
    told = server.describe()
    assert told["host"] == "127.0.0.1"
    assert (told["user"], told["tls"]) == ("muster", "preferred")
    assert [account["user"] for account in told["accounts"]] == ["muster", "nogrants", "namesonly"]


@pytest.mark.parametrize(
    ("user", "password"), [("muster", "wrong"), ("muster", ""), ("nobody", "wrong"), ("nobody", ""), ("MUSTER", None)]
)
def test_a_wrong_name_or_password_is_refused(server: DemoMysql, user: str, password: str | None) -> None:
    with refused(1045):
        connect(server, user, password)
    assert server.questions == []


def test_somebody_refused_is_not_served(server: DemoMysql) -> None:
    """A client that goes on regardless finds the line closed."""
    told = server.describe()
    with socket.create_connection((told["host"], told["port"]), timeout=5) as line:
        line.recv(4096)
        capabilities = (0x00000200 | 0x00008000 | 0x00080000).to_bytes(4, "little")
        answer = capabilities + bytes(4) + b"\x2d" + bytes(23) + b"nobody\x00" + b"\x00" + b"mysql_native_password\x00"
        question = b"\x03SELECT 1"
        line.sendall(len(answer).to_bytes(3, "little") + b"\x01" + answer)
        assert line.recv(4096)[4:7] == b"\xff" + (1045).to_bytes(2, "little")
        line.sendall(len(question).to_bytes(3, "little") + b"\x00" + question)
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(4096) == b""
    assert server.questions == []


def test_questions_of_a_connection_test_are_answered(client: Connection) -> None:
    assert ask(client, "SELECT 1") == [(1,)]
    assert ask(client, "SELECT VERSION(), @@version") == [("8.0.39", "8.0.39")]
    assert ask(client, "SELECT CONNECTION_ID()") == [(thread_of(client),)]
    assert ask(client, "SELECT CURRENT_USER()") == [("muster",)]
    assert ask(client, "SELECT @@lower_case_table_names") == [(0,)]
    assert ask(client, "SHOW VARIABLES LIKE 'lower_case_table_names'") == [("lower_case_table_names", "0")]
    assert ask(client, "SHOW STATUS LIKE 'Ssl_cipher'") == [("Ssl_cipher", "")]
    client.ping(reconnect=False)


@pytest.mark.parametrize("sql", ["SHOW GRANTS", "show grants for current_user()", "SHOW GRANTS FOR CURRENT_USER;"])
def test_grants_are_those_of_the_account(server: DemoMysql, sql: str) -> None:
    for user, right in {"muster": "SELECT, SHOW DATABASES", "nogrants": "USAGE", "namesonly": "SHOW DATABASES"}.items():
        with connect(server, user) as connection:
            assert ask(connection, sql) == [(f"GRANT {right} ON *.* TO `{user}`@`%`",)]


def test_the_session_limit_is_that_of_mysql_and_not_of_mariadb(client: Connection) -> None:
    ask(client, "SET SESSION max_execution_time = 30000")
    assert ask(client, "SELECT @@max_execution_time") == [(30000,)]
    with refused(1193):
        ask(client, "SET SESSION max_statement_time = 30")
    with refused(1193):
        ask(client, "SELECT @@max_statement_time")


def test_backups_are_found_among_the_names_asked_for(server: DemoMysql, client: Connection) -> None:
    without = sorted(name for name, tables in server.databases.items() if "usage_stats" not in tables)
    assert len(without) == 5
    names = ["acme", *without, "nobody-has-this"]
    assert ask(client, HOLDING, names) == [("acme",)]
    assert sorted(ask(client, EXISTING, names)) == sorted((name,) for name in ["acme", *without])


def test_all_backups_are_counted(client: Connection) -> None:
    assert ask(client, "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_NAME = 'usage_stats'") == [(298,)]
    assert ask(client, "SELECT COUNT(*) AS n FROM INFORMATION_SCHEMA.SCHEMATA") == [(307,)]
    every = "SELECT COUNT(DISTINCT TABLE_SCHEMA) FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'"
    assert ask(client, every) == [(303,)]


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'ac_e'", [("acme",)]),
        ("SELECT LOWER(SCHEMA_NAME), 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'acme'", [("acme", 1)]),
        ("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN ('sys', 'acme') "
         "ORDER BY SCHEMA_NAME DESC LIMIT 1", [("sys",)]),
        ("SELECT DISTINCT t.TABLE_SCHEMA FROM information_schema.TABLES AS t WHERE t.TABLE_SCHEMA IN ('acme')",
         [("acme",)]),
        ("SELECT TABLE_SCHEMA, COUNT(*) AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'acme' "
         "GROUP BY TABLE_SCHEMA", [("acme", 4)]),
        ("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'acme' AND TABLE_NAME <> 'cust' "
         "AND TABLE_NAME < 'p'", [("ordhead",)]),
        ("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'acme' AND SCHEMA_NAME = 'sys'", []),
    ],
)  # fmt: skip
def test_other_questions_about_databases_are_answered(
    client: Connection, sql: str, answer: list[tuple[object, ...]]
) -> None:
    assert ask(client, sql) == answer


def test_columns_are_headed_as_in_mysql_8(server: DemoMysql) -> None:
    with connect(server, cursorclass=DictCursor) as connection, connection.cursor() as cursor:
        for sql in ("SELECT schema_name, sql_path AS path FROM information_schema.schemata WHERE SCHEMA_NAME = 'acme'",
                    "SELECT schema_name, sql_path AS path FROM information_schema.schemata WHERE SCHEMA_NAME LIKE 'acm_'"):  # noqa: E501 # fmt: skip
            cursor.execute(sql)
            rows: list[object] = list(cursor)
            assert rows == [{"SCHEMA_NAME": "acme", "path": None}]


def test_the_database_in_use_may_be_information_schema(server: DemoMysql) -> None:
    with connect(server, database="information_schema") as connection:
        assert ask(connection, "SELECT SCHEMA_NAME FROM SCHEMATA WHERE SCHEMA_NAME = 'acme'") == [("acme",)]


def test_letter_case_makes_another_name(server: DemoMysql, client: Connection) -> None:
    server.databases["CamelCase"] = {"usage_stats"}
    assert ask(client, HOLDING, ["camelcase", "CAMELCASE"]) == []
    assert ask(client, EXISTING, ["camelcase", "CamelCase"]) == [("CamelCase",)]


@settings(max_examples=60)
@example(name="\\' \" ` \\")
@example(name="\x00 \x1a \r\n\t")
@example(name="💾 % _ ; --")
@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=70))
def test_any_name_is_found_as_it_is_and_finds_nothing_else(server: DemoMysql, client: Connection, name: str) -> None:
    assert ask(client, HOLDING, [name, "acme"]) == [("acme",)] or name == "acme"
    server.databases[name] = {"usage_stats"}
    assert sorted(ask(client, HOLDING, [name, "acme"])) == sorted([(name,), ("acme",)])
    assert ask(client, EXISTING, [name]) == [(name,)]
    del server.databases[name]
    server.databases["acme"] = {"usage_stats"}


@pytest.mark.parametrize("name", ["acm_", "%", "acm%", "' OR '1'='1", "acme'; DROP DATABASE acme; --", "`acme`", "💾"])
def test_names_are_no_wildcards_and_no_sql(client: Connection, name: str) -> None:
    assert ask(client, HOLDING, [name]) == []
    assert ask(client, EXISTING, [name]) == []


def test_show_databases_lists_all_that_the_account_may_see(server: DemoMysql) -> None:
    own = {(name,) for name in server.databases}
    system = {("information_schema",), ("mysql",), ("performance_schema",), ("sys",)}
    with connect(server) as connection:
        assert set(ask(connection, "SHOW DATABASES")) == own | system
        assert ask(connection, "SHOW DATABASES LIKE 'ac_e'") == [("acme",)]
    with connect(server, "namesonly") as connection:
        assert set(ask(connection, "SHOW DATABASES")) == own | system
        assert ask(connection, HOLDING, ["acme"]) == []
        assert ask(connection, EXISTING, ["acme"]) == [("acme",)]
    with connect(server, "nogrants") as connection:
        assert ask(connection, "SHOW DATABASES") == [("information_schema",)]
        assert ask(connection, "SELECT COUNT(*) FROM information_schema.SCHEMATA") == [(1,)]
        assert ask(connection, HOLDING, ["acme"]) == ask(connection, EXISTING, ["acme"]) == []


@pytest.mark.parametrize(
    "sql",
    ["DROP DATABASE acme", "INSERT INTO acme.cust VALUES (1)", "CREATE TABLE acme.x (a INT)", "DELETE FROM acme.cust",
     "SELECT * FROM acme.usage_stats"],
)  # fmt: skip
def test_nothing_but_looking_is_allowed(client: Connection, sql: str) -> None:
    with refused(1142):
        ask(client, sql)
    assert ask(client, HOLDING, ["acme"]) == [("acme",)]


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT 1; SELECT 2", ";"])
def test_what_is_no_single_statement_is_a_syntax_error(client: Connection, sql: str) -> None:
    with refused(1064):
        ask(client, sql)
    assert ask(client, "SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM information_schema.COLUMNS", "SHOW TABLES FROM acme", "SHOW ENGINE INNODB STATUS",
            "SELECT nothing FROM information_schema.TABLES", "SELECT VERSION() FROM mysql.user"],
)  # fmt: skip
def test_what_it_cannot_answer_is_refused_and_never_made_up(client: Connection, sql: str) -> None:
    with pytest.raises(pymysql.MySQLError) as caught:
        ask(client, sql)
    assert caught.value.args[0] in {1142, 1235}


def test_a_question_that_hangs_is_ended_by_kill_query(server: DemoMysql, client: Connection) -> None:
    server.fault = MysqlFaultPlan(MysqlFault.HANG, containing="usage_stats", times=1)
    ended = in_background(lambda: ask(client, HOLDING, ["acme"]))
    until(lambda: any("usage_stats" in question.sql for question in server.questions))
    with connect(server) as other:
        ask(other, f"KILL QUERY {thread_of(client)}")
    error = ended()
    assert isinstance(error, pymysql.MySQLError)
    assert error.args[0] == 1317
    assert ask(client, HOLDING, ["acme"]) == [("acme",)]  # the connection lives on


def test_kill_query_does_nothing_to_a_connection_that_asks_nothing(server: DemoMysql, client: Connection) -> None:
    with connect(server) as other:
        ask(other, f"KILL QUERY {thread_of(client)}")
    assert ask(client, "SELECT 1") == [(1,)]


def test_kill_ends_a_connection(server: DemoMysql, client: Connection) -> None:
    with connect(server) as other:
        ask(other, f"KILL {thread_of(client)}")
    with pytest.raises(pymysql.OperationalError):
        client.ping(reconnect=False)


def test_only_threads_of_ones_own_account_can_be_killed(server: DemoMysql, client: Connection) -> None:
    with connect(server, "nogrants") as other:
        with refused(1095):
            ask(other, f"KILL QUERY {thread_of(client)}")
        with refused(1094):
            ask(other, "KILL QUERY 4711")


@pytest.mark.parametrize(
    ("plan", "number"),
    [(MysqlFaultPlan(MysqlFault.REFUSED, times=1), 1045), (MysqlFaultPlan(MysqlFault.TOO_MANY, times=1), 1040)],
)
def test_a_connection_can_be_turned_away_and_the_next_let_in(
    server: DemoMysql, plan: MysqlFaultPlan, number: int
) -> None:
    server.fault = plan
    with refused(number):
        connect(server)
    with connect(server) as connection:
        assert ask(connection, "SELECT 1") == [(1,)]


def test_a_silent_server_accepts_and_never_greets(server: DemoMysql) -> None:
    server.fault = MysqlFaultPlan(MysqlFault.SILENT)
    began = time.monotonic()
    with refused(2013):
        connect(server, connect_timeout=1, read_timeout=1)
    assert 0.9 < time.monotonic() - began < 3


def test_a_hanging_question_leaves_other_connections_alone(server: DemoMysql) -> None:
    server.fault = MysqlFaultPlan(MysqlFault.HANG, containing="usage_stats")
    with connect(server, read_timeout=1) as waiting, connect(server) as other:
        ended = in_background(lambda: ask(waiting, HOLDING, ["acme"]))
        assert ask(other, EXISTING, ["acme"]) == [("acme",)]
        error = ended()
    assert isinstance(error, pymysql.OperationalError)
    assert error.args[0] == 2013


def test_a_line_is_cut_in_the_middle_of_an_answer(server: DemoMysql, client: Connection) -> None:
    server.fault = MysqlFaultPlan(MysqlFault.CUT, containing="IN (", skip=1, times=1)
    assert ask(client, HOLDING, ["acme"]) == [("acme",)]
    with refused(2013):
        ask(client, HOLDING, ["acme"])
    with connect(server) as another:
        assert ask(another, HOLDING, ["acme"]) == [("acme",)]


def test_a_slow_answer_comes_late_or_not_at_all(server: DemoMysql, client: Connection) -> None:
    server.fault = MysqlFaultPlan(MysqlFault.SLOW, seconds=0.3, containing="SCHEMATA")
    began = time.monotonic()
    assert ask(client, EXISTING, ["acme"]) == [("acme",)]
    assert 0.3 <= time.monotonic() - began < 2
    ask(client, "SET SESSION max_execution_time = 100")
    with refused(3024):
        ask(client, EXISTING, ["acme"])


@pytest.mark.parametrize(
    ("plan", "number"),
    [(MysqlFaultPlan(MysqlFault.LIMIT), 3024), (MysqlFaultPlan(MysqlFault.ERROR, errno=1142), 1142)],
)
def test_a_question_fails_by_number(server: DemoMysql, client: Connection, plan: MysqlFaultPlan, number: int) -> None:
    server.fault = plan
    with refused(number):
        ask(client, "SELECT 1")
    server.fault = MysqlFaultPlan()
    assert ask(client, "SELECT 1") == [(1,)]


@pytest.mark.parametrize("wrong", [{"times": 0}, {"skip": -1}, {"seconds": -1}, {"errno": 7}])
def test_a_plan_that_means_nothing_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        MysqlFaultPlan(MysqlFault.HANG, **wrong)  # type: ignore[arg-type]


def test_faults_and_questions_are_reached_over_http(server: DemoMysql, client: Connection) -> None:
    with httpx.Client(base_url=f"{server.describe()['control_url']}/_demo", timeout=5, trust_env=False) as control:
        plan = {"fault": "error", "containing": "SCHEMATA", "errno": 3024}
        assert control.post("/faults", json=plan).status_code == 200
        assert server.fault == MysqlFaultPlan(MysqlFault.ERROR, containing="SCHEMATA", errno=3024)
        assert control.delete("/faults").json()["fault"] == "none"
        assert "tired" in control.post("/faults", json={"fault": "tired"}).json()["detail"]
        server.forget_questions()
        ask(client, "SELECT 1")
        asked = {"connection": thread_of(client), "user": "muster", "sql": "SELECT 1"}
        assert control.get("/questions").json() == [asked]
        assert control.delete("/questions").json() == []


@pytest.mark.parametrize(
    "words", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x01", b"\x05\x00\x00\x01\xff\xff\xff\xff\xff", bytes(400)]
)
def test_what_is_no_client_does_no_harm(server: DemoMysql, words: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    told = server.describe()
    with socket.create_connection((told["host"], told["port"]), timeout=5) as line:
        line.recv(4096)
        line.sendall(words)
    until(lambda: not server.lines)
    with connect(server) as connection:
        assert ask(connection, "SELECT 1") == [(1,)]
    assert capfd.readouterr().err == ""


def test_stop_does_not_wait_for_questions_under_way() -> None:
    with customers_world(3) as world:
        world.mysql.fault = MysqlFaultPlan(MysqlFault.HANG, containing="usage_stats")
        connection = connect(world.mysql)
        ended = in_background(lambda: ask(connection, HOLDING, ["acme"]))
        until(lambda: any("usage_stats" in question.sql for question in world.mysql.questions))
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert isinstance(ended(), pymysql.OperationalError)


def test_it_comes_back_on_the_same_port_with_what_was_changed() -> None:
    with customers_world(3) as world:
        port = world.mysql.describe()["port"]
        world.mysql.databases["acme"].discard("usage_stats")
    with world:
        assert world.mysql.describe()["port"] == port
        with connect(world.mysql) as connection:
            assert ask(connection, HOLDING, ["acme"]) == []


def test_a_long_list_of_names_never_holds_the_loop_up() -> None:
    with customers_world(10_000) as world, connect(world.mysql) as connection:
        names = list(world.mysql.databases)
        assert len(ask(connection, HOLDING, names[:400])) > 380
        stalls = stalls_of(world)
        began = time.monotonic()
        for at in range(0, 2_000, 400):
            ask(connection, HOLDING, names[at : at + 400])
            ask(connection, EXISTING, names[at : at + 400])
        assert time.monotonic() - began < 3
        assert len(ask(connection, EXISTING, names)) == len(names)
        assert sorted(stalls())[-3] < 0.05  # the machine itself may stop for a moment


def test_the_libraries_are_loaded_when_a_world_starts_and_no_sooner() -> None:
    code = "import sys, app.demo.world; app.demo.world.DemoWorld(); sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_first_connection_is_as_quick_as_any(server: DemoMysql) -> None:
    began = time.monotonic()
    with connect(server) as connection:
        assert ask(connection, "SELECT 1") == [(1,)]
    assert time.monotonic() - began < 0.5


def in_background(work: Callable[[], object]) -> Callable[[], Exception | None]:
    """Do `work` in a thread; the answer waits for it and gives what it raised."""
    met: list[Exception] = []

    def do() -> None:
        try:
            work()
        except pymysql.MySQLError as error:
            met.append(error)

    thread = threading.Thread(target=do)
    thread.start()

    def ended() -> Exception | None:
        thread.join(10)
        assert not thread.is_alive()
        return met[0] if met else None

    return ended


def stalls_of(world: DemoWorld) -> Callable[[], list[float]]:
    """Watch the world's loop from now on; the answer gives by how much it was late each time, in seconds."""
    late: list[float] = []
    over = threading.Event()

    async def beat() -> None:
        while not over.is_set():
            began = time.perf_counter()
            await asyncio.sleep(0.002)
            late.append(time.perf_counter() - began - 0.002)

    assert world._loop is not None
    beating = asyncio.run_coroutine_threadsafe(beat(), world._loop)

    def stalls() -> list[float]:
        over.set()
        beating.result(5)
        return late

    return stalls


def until(true: Callable[[], bool]) -> None:
    """Wait until `true` says so; 3 seconds at most."""
    deadline = time.monotonic() + 3
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
