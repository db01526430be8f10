"""Opening the database on good and bad days: migrations, two programs, locks, damage, rights, a full disk."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import app.store.database as database_module
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.outcomes import RunState
from app.errors import Busy, ErrorKind, ExitCode, MusterError, StoreError, UsageError
from app.places import Home
from app.store import directory, runs
from app.store.database import MIGRATIONS, Store
from app.store.tables import TABLES
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.command import ROOT, Muster, QuickMuster, Ran
from tests.support.running import dump, execute, run

SECOND = '''
"""A later migration."""
from peewee import TextField


def up(migrator, db):
    """Add a column."""
    migrator.migrate(migrator.add_column("office", "nickname", TextField(default="none yet")))
'''
BROKEN = (
    "def up(migrator, db):\n    db.execute_sql('ALTER TABLE office ADD COLUMN half TEXT')\n    raise ValueError('no')\n"
)


def open_store(home: Home, url: str = "") -> None:
    store = Store(home, url)
    try:
        store.open()
    finally:
        store.close()


def refusal(home: Home, url: str = "") -> MusterError:
    """Why the store cannot be opened."""
    with pytest.raises(MusterError) as refused:
        open_store(home, url)
    return refused.value


def told(error: MusterError) -> tuple[str, ErrorKind, ExitCode]:
    """What programs read of an error."""
    return error.code, error.kind, error.exit_code


def columns(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


class TestMigrations:
    def test_an_empty_home_gets_every_table(self, store: Store) -> None:
        tables = set(store.database.get_tables())
        assert tables == {t._meta.table_name for t in TABLES} | {"schema_migration"}

    def test_the_migrations_make_exactly_the_models(self, store: Store) -> None:
        for table in TABLES:
            made = {c.name: c.null for c in store.database.get_columns(table._meta.table_name)}
            assert made == {f.column_name: f.null for f in table._meta.sorted_fields}

    def test_opening_again_changes_nothing(self, home: Home) -> None:
        open_store(home)
        before = home.database.stat().st_mtime_ns
        open_store(home)
        assert home.database.stat().st_mtime_ns == before
        assert not home.backups.exists()

    def test_an_old_database_is_copied_and_then_migrated(
        self, home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        open_store(home)
        with closing(sqlite3.connect(home.database)) as db, db:
            db.execute(
                "INSERT INTO office (id, name, is_active, pinned, created_at, updated_at) VALUES ('1','A',1,'[]','','')"
            )
        TestMigrations.ahead(tmp_path, monkeypatch, SECOND)
        open_store(home)
        assert "nickname" in columns(home.database, "office")
        (copy,) = home.backups.iterdir()
        assert "nickname" not in columns(copy, "office")
        with closing(sqlite3.connect(copy)) as db:
            assert db.execute("SELECT name FROM office").fetchall() == [("A",)]
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    @staticmethod
    def ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "9998_later.py").write_text(text)
        monkeypatch.setattr(database_module, "MIGRATIONS", folder)

    def test_a_migration_that_fails_leaves_the_database_as_it_was(
        self, home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        open_store(home)
        before = columns(home.database, "office")
        TestMigrations.ahead(tmp_path, monkeypatch, BROKEN)
        with pytest.raises(ValueError, match="no"):
            open_store(home)
        assert columns(home.database, "office") == before

    def test_a_newer_database_is_refused_and_left_alone(self, home: Home) -> None:
        open_store(home)
        with closing(sqlite3.connect(home.database)) as db, db:
            db.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_future', '2030-01-01')")
        before = home.database.read_bytes()
        with pytest.raises(StoreError) as refused:
            open_store(home)
        assert refused.value.message == "The database was made by a newer Muster (it knows 9999_future)."
        assert told(refused.value) == ("database.newer", ErrorKind.BAD_DATA, ExitCode.STOPPED)
        assert refused.value.remedy.startswith("Update Muster on this computer")
        assert home.database.read_bytes() == before

    def test_two_programs_may_start_on_a_fresh_home_at_once(self, muster: Muster) -> None:
        started = [muster.start("list", "offices", "--json") for _program in range(4)]
        ended = [(*process.communicate(timeout=60), process.returncode) for process in started]
        assert [code for _out, _err, code in ended] == [0] * 4, ended
        assert {out for out, _err, _code in ended} == {"[]\n"}


class TestTwoPrograms:
    def test_a_locked_database_is_busy(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database_module, "_LOCK_WAIT_S", 0.1)
        open_store(home)
        store = Store(home)
        store.open()
        with closing(sqlite3.connect(home.database)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(Busy) as busy:
                store.run_now(runs.mark_interrupted)
        assert told(busy.value) == ("database.busy", ErrorKind.BUSY, ExitCode.BUSY)
        assert busy.value.message == "Another program is using the database."
        store.run_now(runs.mark_interrupted)
        store.close()

    async def test_reading_goes_on_while_another_program_writes(self, workspace: Workspace, home: Home) -> None:
        with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await workspace.store.read(directory.offices) == []
            other.execute("ROLLBACK")

    async def test_reading_goes_on_while_this_program_writes(self, workspace: Workspace) -> None:
        writing, go_on = threading.Event(), threading.Event()

        def write() -> None:
            writing.set()
            assert go_on.wait(5)

        task = asyncio.get_running_loop().create_task(workspace.store.write(write))
        await asyncio.to_thread(writing.wait)
        assert await workspace.store.read(directory.offices) == []
        go_on.set()
        await task


class TestBadDays:
    @pytest.mark.parametrize(
        "content", [b"this is no database, whatever its name says " * 100, b"SQLite format 3\x00" + b"\xff" * 5000]
    )
    def test_a_file_that_is_no_database_is_left_as_it_is(self, home: Home, content: bytes) -> None:
        home.database.write_bytes(content)
        refused = refusal(home)
        assert told(refused) == ("database.foreign", ErrorKind.BAD_DATA, ExitCode.STOPPED)
        assert refused.message == "The file muster.sqlite3 is no database. It was left as it is."
        assert str(home.backups) in refused.remedy
        assert home.database.read_bytes() == content

    def test_a_folder_that_is_not_there(self, home: Home, tmp_path: Path) -> None:
        refused = refusal(home, f"sqlite:///{tmp_path / 'drive' / 'muster.db'}")
        assert told(refused) == ("database.folder_missing", ErrorKind.NOT_CONFIGURED, ExitCode.NOT_CONFIGURED)
        assert str(tmp_path / "drive") in refused.message
        assert not (tmp_path / "drive").exists()

    def test_a_folder_in_place_of_the_file(self, home: Home, tmp_path: Path) -> None:
        refused = refusal(home, f"sqlite:///{tmp_path}")
        assert told(refused) == ("database.foreign", ErrorKind.BAD_DATA, ExitCode.STOPPED)
        assert f"{tmp_path} is a folder" in refused.remedy

    def test_the_command_says_it_in_its_exit_code(self, quick: QuickMuster, tmp_path: Path) -> None:
        (tmp_path / "letter.db").write_bytes(b"Dear Sir or Madam, " * 500)
        endings = {
            tmp_path / "drive" / "muster.db": (5, "not_configured"),
            tmp_path / "letter.db": (4, "bad_data"),
            tmp_path: (4, "bad_data"),
        }
        for place, ending in endings.items():
            ran = quick("list", "offices", "--json", env={"DATABASE_URL": f"sqlite:///{place}"})
            assert (ran.code, ran.json["error"]["kind"]) == ending, ran

    def test_a_server_where_the_driver_is_missing(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        for driver in ("psycopg", "psycopg2"):
            monkeypatch.setattr(f"peewee.{driver}", None)
        refused = refusal(home, "postgresql://muster@127.0.0.1:9/x")
        assert told(refused) == ("database.no_driver", ErrorKind.NOT_CONFIGURED, ExitCode.NOT_CONFIGURED)
        assert "“postgresql”" in refused.remedy

    async def test_damage_in_the_middle_is_noticed_when_it_is_read(
        self, home: Home, keyring: MemoryKeyring, small_world: DemoWorld
    ) -> None:
        async with await Workspace.open(home, keyring=keyring) as first:
            await connect_demo(first, small_world.describe())
            await run(first, "directory.sync")
        with closing(sqlite3.connect(home.database)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with home.database.open("r+b") as file:
            file.seek(8192)
            file.write(b"\xde\xad" * (home.database.stat().st_size // 2 - 4096))
        try:
            async with await Workspace.open(home) as workspace:
                await workspace.store.read(directory.employees)
                await workspace.store.read(runs.runs)
        except MusterError as refused:
            assert isinstance(refused, StoreError)
            assert told(refused) == ("database.damaged", ErrorKind.BAD_DATA, ExitCode.STOPPED)
            assert refused.message == "The database file is damaged. It was left as it is."
            assert str(home.backups) in refused.remedy
        else:
            pytest.fail("the damage was not noticed")

    async def test_a_full_disk_stops_the_run_and_keeps_what_was_there(
        self, workspace: Workspace, world: DemoWorld
    ) -> None:
        await connect_demo(workspace, world.describe())
        desk = workspace
        await run(desk, "offices.sync")

        def limit() -> None:
            (pages,) = execute(desk.store, "PRAGMA page_count").fetchone()
            execute(desk.store, f"PRAGMA max_page_count = {pages + 2}")

        await desk.store.write(limit)
        report = await run(desk, "employees.sync")
        assert report.error is not None
        assert told(report.error) == ("database.full", ErrorKind.REMOTE_ERROR, ExitCode.STOPPED)
        assert report.error.message.startswith("The disk is full, nothing was stored (")
        assert str(desk.home.path) in report.error.remedy
        assert report.run.state is RunState.STOPPED
        assert await desk.store.read(directory.employees) == []
        assert len(await desk.store.read(directory.offices)) == 14

    @pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
    def test_a_full_disk_under_the_command(self, connected: Muster) -> None:
        import resource

        # A compiled module would be cut at the limit too, and stay so for every later start of Python 3.11.
        environment = connected.env({"PYTHONDONTWRITEBYTECODE": "1"})
        ended = subprocess.run(
            [sys.executable, "-m", "app", "run", "directory.sync", "--json"], cwd=ROOT, env=environment,
            capture_output=True, text=True, timeout=60,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        )  # fmt: skip
        assert ended.returncode == ExitCode.STOPPED, ended
        assert "The disk is full, nothing was stored" in ended.stdout
        assert "Traceback" not in ended.stderr
        assert connected("list", "employees", "--json").json == []
        assert connected("run", "directory.sync", "--json").code == ExitCode.DONE
        assert len(connected("list", "employees", "--json").json) == 12

    @pytest.mark.parametrize(
        "url", ["mysql://x/y", "nonsense", "postgresql://host:port/x", "sqlite://", "postgresql://host"]
    )
    def test_an_address_that_names_no_database(self, home: Home, url: str) -> None:
        with pytest.raises(UsageError, match="DATABASE_URL names no database that Muster speaks."):
            Store(home, url)

    def test_the_address_may_name_another_file(self, home: Home, tmp_path: Path) -> None:
        open_store(home, f"sqlite:///{tmp_path / 'elsewhere.db'}")
        assert (tmp_path / "elsewhere.db").exists()
        assert not home.database.exists()


@pytest.fixture
def without_rights(muster: Muster, tmp_path: Path) -> Iterator[Path]:
    """A home whose database was made, for somebody who may only read it."""
    if sys.platform == "win32":
        pytest.skip("rights work differently there")
    assert muster("list", "offices").code == 0
    yield muster.home
    muster.home.chmod(0o700)
    (muster.home / "logs").chmod(0o700)


def without_privilege(muster: Muster, *arguments: str) -> Ran:
    """Run the command; root loses its privilege to write where the rights forbid it."""
    prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    ended = subprocess.run(
        [*prefix, sys.executable, "-m", "app", *arguments], cwd=ROOT, env=muster.env(), capture_output=True,
        text=True, timeout=60,
    )  # fmt: skip
    return Ran(ended.returncode, ended.stdout, ended.stderr)


class TestRights:
    ADD = ("connections", "add", "x", "--kind", "vitec")

    def test_a_home_that_may_not_be_written(self, muster: Muster, without_rights: Path) -> None:
        before = (without_rights / "muster.sqlite3").read_bytes()
        for path in without_rights.rglob("*"):
            path.chmod(0o555 if path.is_dir() else 0o444)
        without_rights.chmod(0o555)
        ended = without_privilege(muster, *self.ADD)
        assert ended.code == ExitCode.NOT_CONFIGURED, ended
        assert "Traceback" not in ended.err
        assert str(without_rights) in ended.err
        assert (without_rights / "muster.sqlite3").read_bytes() == before

    def test_a_home_that_may_not_be_read(self, muster: Muster, without_rights: Path) -> None:
        without_rights.chmod(0o000)
        ended = without_privilege(muster, *self.ADD)
        assert (ended.code, "Traceback" in ended.err) == (ExitCode.NOT_CONFIGURED, False), ended
        assert "cannot be" in ended.err

    def test_a_home_that_may_not_be_made(self, muster: Muster, without_rights: Path) -> None:
        without_rights.chmod(0o555)
        ended = without_privilege(muster, "--home", str(without_rights / "another"), "list", "offices", "--json")
        assert (ended.code, ended.json["error"]["kind"]) == (ExitCode.NOT_CONFIGURED, "forbidden"), ended

    def test_a_database_file_that_may_not_be_written(self, muster: Muster, without_rights: Path) -> None:
        (without_rights / "muster.sqlite3").chmod(0o444)
        ended = without_privilege(muster, *self.ADD)
        assert ended.code == ExitCode.NOT_CONFIGURED, ended
        assert "The database may not be written." in ended.err
        assert f"Give yourself the right to write to {without_rights}" in ended.err


async def test_a_home_can_be_moved_while_nothing_runs(
    home: Home, keyring: MemoryKeyring, small_world: DemoWorld, tmp_path: Path
) -> None:
    async with await Workspace.open(home, keyring=keyring) as first:
        await connect_demo(first, small_world.describe())
        await run(first, "directory.sync")
        await run(first, "employees.pictures")
        people = await first.store.read(directory.employees)
    moved = Home(tmp_path / "another place" / "muster")
    moved.path.parent.mkdir()
    home.path.rename(moved.path)
    async with await Workspace.open(moved) as workspace:
        assert await workspace.store.read(directory.employees) == people
        assert all((moved.pictures / p.photo).exists() for p in people if p.photo)
        stored = "\n".join(await dump(workspace))
    assert str(home.path) not in stored
