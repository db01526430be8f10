"""A shared database on bad days of its server: each with a cause of its own, and over when the server is back."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import peewee
import pytest

import app.store.database as database_module
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.causes import CAUSES
from app.domain.connections import ConnectionStatus
from app.domain.outcomes import RunState
from app.errors import ErrorKind, ExitCode, MusterError
from app.operations.runner import Request
from app.places import Home
from app.store import connections, directory_plans, runs
from app.store.database import Store, make_database
from app.store.organizations import organizations
from app.store.refusals import explain
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.command import QuickMuster
from tests.support.postgresql import PostgresServer
from tests.support.running import execute, run


@pytest.fixture
def shared(server: PostgresServer) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    server.tell("CREATE DATABASE shared")
    yield server.url("shared")
    server.tell("DROP DATABASE shared WITH (FORCE)", "DROP ROLE IF EXISTS guest")


@pytest.fixture
def store(home: Home, shared: str) -> Iterator[Store]:
    store = Store(home, shared)
    store.open()
    yield store
    store.close()


def told(error: MusterError | None) -> tuple[str, ErrorKind, ExitCode]:
    """What programs read of an error, whose cause stands in the catalogue and whose texts name no password."""
    assert error is not None
    assert error.code in CAUSES
    assert "p%40ss" not in error.message + error.remedy
    assert "p@ss" not in error.message + error.remedy
    return error.code, error.kind, error.exit_code


def refusal(work: Callable[[], object]) -> MusterError:
    with pytest.raises(MusterError) as refused:
        work()
    return refused.value


def opened(home: Home, url: str) -> MusterError:
    """Why the store cannot be opened."""
    store = Store(home, url)
    try:
        return refusal(store.open)
    finally:
        store.close()


class TestOpening:
    def test_nothing_answers_there(self, home: Home, server: PostgresServer) -> None:
        with socket.socket() as taken:  # bound, and nobody listens
            taken.bind(("127.0.0.1", 0))
            address = f"postgresql://muster:p%40ss@127.0.0.1:{taken.getsockname()[1]}/x"
            refused = opened(home, address)
        assert told(refused) == ("database.unreachable", ErrorKind.UNREACHABLE, ExitCode.STOPPED)
        assert "127.0.0.1 cannot be reached: " in refused.message

    def test_a_server_that_says_nothing(
        self, home: Home, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database_module, "_LOCK_WAIT_S", 2)  # the least that the driver knows
        with socket.create_server(("127.0.0.1", 0)) as silent:
            refused = opened(home, f"postgresql://muster:p%40ss@127.0.0.1:{silent.getsockname()[1]}/x")
        assert told(refused) == ("database.timed_out", ErrorKind.TIMED_OUT, ExitCode.STOPPED)

    @pytest.mark.parametrize(("user", "password"), [("muster", "wrong-one"), ("muster", ""), ("nobody", "p%40ss")])
    def test_a_user_or_password_that_is_refused(
        self, home: Home, server: PostgresServer, user: str, password: str
    ) -> None:
        refused = opened(home, server.url(user=user, password=password))
        assert told(refused) == ("database.refused_sign_in", ErrorKind.REFUSED_SIGN_IN, ExitCode.NOT_CONFIGURED)
        assert refused.message == f"The database server 127.0.0.1 refuses the sign-in of {user}."
        assert "wrong-one" not in refused.message + refused.remedy

    def test_a_database_that_does_not_exist(self, home: Home, server: PostgresServer) -> None:
        refused = opened(home, server.url("nowhere"))
        assert told(refused) == ("database.missing", ErrorKind.NOT_CONFIGURED, ExitCode.NOT_CONFIGURED)
        assert refused.message == "The database server 127.0.0.1 has no database nowhere."

    def test_a_database_that_this_user_may_not_open(self, home: Home, server: PostgresServer, shared: str) -> None:
        server.tell("CREATE ROLE guest LOGIN PASSWORD 'p@ss'", "REVOKE CONNECT ON DATABASE shared FROM PUBLIC")
        refused = opened(home, server.url("shared", "guest"))
        assert told(refused) == ("database.no_right", ErrorKind.FORBIDDEN, ExitCode.NOT_CONFIGURED)

    def test_a_database_in_which_this_user_may_not_make_tables(
        self, home: Home, server: PostgresServer, shared: str
    ) -> None:
        server.tell("CREATE ROLE guest LOGIN PASSWORD 'p@ss'")
        refused = opened(home, server.url("shared", "guest"))
        assert told(refused) == ("database.no_right", ErrorKind.FORBIDDEN, ExitCode.NOT_CONFIGURED)

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ('пользователь "muster" не прошёл проверку подлинности (по паролю)', "database.refused_sign_in"),
            ('в pg_hba.conf нет записи для компьютера "10.0.0.5", пользователя "m"', "database.refused_sign_in"),
            ('роль "muster" не существует', "database.refused_sign_in"),
            ('база данных "shared" не существует', "database.missing"),
            ("система баз данных запускается", "database.unreachable"),
        ],
    )
    def test_a_server_that_speaks_russian_is_understood(self, home: Home, said: str, code: str) -> None:
        text = f'connection failed: connection to server at "10.0.0.1", port 5432 failed: ВАЖНО:  {said}'
        database = make_database(home, "postgresql://muster@10.0.0.1/shared")
        assert explain(database, home, peewee.OperationalError(text)).code == code

    def test_the_list_of_organizations_names_the_same_cause(self, home: Home, server: PostgresServer) -> None:
        refused = refusal(lambda: organizations(home, server.url(password="wrong-one")))
        assert told(refused) == ("database.refused_sign_in", ErrorKind.REFUSED_SIGN_IN, ExitCode.NOT_CONFIGURED)
        assert refused.message.startswith("The list of organizations cannot be read: The database server")

    def test_the_command_says_it_in_its_exit_code(self, quick: QuickMuster, server: PostgresServer) -> None:
        endings = {
            server.url("nowhere"): (5, "not_configured"),
            server.url(password="wrong-one"): (5, "refused_sign_in"),
            "postgresql://muster@127.0.0.1:1/x": (4, "unreachable"),
        }
        for url, ending in endings.items():
            for command in (("list", "offices"), ("run", "offices.sync"), ("connections", "health")):
                ran = quick(*command, "--json", env={"DATABASE_URL": url})
                assert (ran.code, ran.json["error"]["kind"]) == ending, (command, ran)


class TestWhileItIsOpen:
    def test_a_server_that_stops_and_starts(self, store: Store, server: PostgresServer) -> None:
        def stop() -> None:
            execute(store, "SELECT 1")
            server.stop()
            execute(store, "SELECT 1")

        try:
            lost = refusal(lambda: store.run_now(stop))
            away = refusal(lambda: store.run_now(runs.runs))
        finally:
            server.start()
        assert told(lost) == ("database.lost", ErrorKind.UNREACHABLE, ExitCode.STOPPED)
        assert told(away) == ("database.unreachable", ErrorKind.UNREACHABLE, ExitCode.STOPPED)
        assert store.run_now(runs.runs) == []

    def test_a_line_that_was_cut_while_nobody_worked_is_made_anew(
        self, store: Store, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database_module, "_RESTED_S", 0.0)
        store.run_now(runs.runs)
        server.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shared'")
        assert store.run_now(runs.runs) == []

    def test_one_that_takes_no_changes(self, store: Store, server: PostgresServer) -> None:
        server.tell("ALTER DATABASE shared SET default_transaction_read_only = on")
        store.database.close()
        refused = refusal(lambda: store.run_now(execute, store, "DELETE FROM office"))
        assert told(refused) == ("database.read_only", ErrorKind.FORBIDDEN, ExitCode.NOT_CONFIGURED)
        assert refused.message == "The database shared on 127.0.0.1 takes no changes: it is read-only."

    @pytest.mark.parametrize(
        ("state", "name", "kind"),
        [
            ("53100", "full", ErrorKind.REMOTE_ERROR),
            ("XX001", "damaged", ErrorKind.BAD_DATA),
            ("57014", "timed_out", ErrorKind.TIMED_OUT),
            ("55P03", "busy", ErrorKind.BUSY),
            ("40P01", "busy", ErrorKind.BUSY),
        ],
    )
    def test_what_a_healthy_server_cannot_be_brought_to_say(
        self, store: Store, state: str, name: str, kind: ErrorKind
    ) -> None:
        said = f"DO $$ BEGIN RAISE SQLSTATE '{state}' USING MESSAGE = 'as on a bad day'; END $$"
        refused = refusal(lambda: store.run_now(execute, store, said))
        assert told(refused)[:2] == (f"database.{name}", kind)
        assert store.run_now(runs.runs) == []

    def test_what_nobody_foresaw_stays_unexpected(self, store: Store) -> None:
        refused = refusal(lambda: store.run_now(execute, store, "SELECT nothing FROM nowhere"))
        assert told(refused) == ("store", ErrorKind.UNEXPECTED, ExitCode.UNEXPECTED)


async def test_a_run_whose_database_breaks_stops_and_accuses_no_connection(
    home: Home, shared: str, server: PostgresServer, keyring: MemoryKeyring, small_world: DemoWorld,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("DATABASE_URL", shared)
    real = database_module.insert_rows
    async with await Workspace.open(home, keyring=keyring) as workspace:
        await connect_demo(workspace, small_world.describe())

        def cut(*given: object) -> None:
            server.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shared'")
            real(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(directory_plans, "insert_rows", cut)
        report = await run(workspace, "offices.sync")
        assert told(report.error) == ("database.lost", ErrorKind.UNREACHABLE, ExitCode.STOPPED)
        monkeypatch.setattr(directory_plans, "insert_rows", real)
        stored = await workspace.store.read(runs.find_run, report.run.run_id)
        assert stored is not None
        assert (stored.state, stored.error and stored.error.code) == (RunState.STOPPED, "database.lost")
        found = await workspace.store.read(connections.find_connection, "vitec")
        assert found is not None
        assert (found.status, found.last_error) == (ConnectionStatus.ACTIVE, None)
        assert (await run(workspace, "offices.sync")).exit_code is ExitCode.DONE


async def test_a_run_whose_database_stays_away_is_stored_once_it_is_back(
    home: Home, shared: str, server: PostgresServer, keyring: MemoryKeyring, small_world: DemoWorld,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("DATABASE_URL", shared)
    real = database_module.insert_rows
    async with await Workspace.open(home, keyring=keyring) as workspace:
        await connect_demo(workspace, small_world.describe())

        def stop(*given: object) -> None:
            server.stop()
            real(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(directory_plans, "insert_rows", stop)
        try:
            report = await run(workspace, "offices.sync")
            assert told(report.error)[0] == "database.lost"
            assert workspace.runner.handles == {}
            with pytest.raises(MusterError) as refused:
                await workspace.runner.start(Request("offices.sync"))
            assert told(refused.value)[0] == "database.unreachable"
        finally:
            server.start()
        monkeypatch.setattr(directory_plans, "insert_rows", real)
        assert (await run(workspace, "offices.sync")).exit_code is ExitCode.DONE
        stored = await workspace.store.read(runs.find_run, report.run.run_id)
        assert stored is not None
        assert stored.state is RunState.STOPPED
