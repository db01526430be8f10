"""Opens the database, brings its schema up to date and runs all work on it off the event loop.

One thread reads, one thread writes; a write is one transaction. The embedded default is SQLite in WAL mode inside
the home folder; `DATABASE_URL` moves the same schema to PostgreSQL (house.md, "Growing past one workstation").
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import unquote, urlsplit

import peewee

from app.domain.organizations import is_key
from app.errors import Cancelled, StoreError, UsageError
from app.i18n import _
from app.places import Home
from app.redaction import register_secret
from app.store.base import BaseModel, database_proxy
from app.store.refusals import LOST, refusal, store_errors

T = TypeVar("T")
P = ParamSpec("P")
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_WAIT_S = 5
_PRAGMAS = {"journal_mode": "wal", "synchronous": "normal", "foreign_keys": 1, "temp_store": "memory"}
_HISTORY = "schema_migration"
_SLICE_ROWS = 500
_SERVER_LINE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""What libpq does about a network that swallows everything: half a minute (the last in milliseconds), then it broke."""
_RESTED_S = 5.0


class Store:
    """The open database. `read` and `write` run a repository function on the store's own threads."""

    def __init__(self, home: Home, url: str = "") -> None:
        self.home = home
        self.database = make_database(home, url)
        self.label = _label(self.database, url)
        self._reader = ThreadPoolExecutor(1, "store-read")
        self._writer = ThreadPoolExecutor(1, "store-write")
        self._used = threading.local()

    def open(self) -> None:
        """Connect and migrate, saving a copy first when something is to be migrated.

        Raises `StoreError` for a database that cannot be used, with the kind of its cause, `Busy` for a locked one.
        """
        with self._errors():
            _refuse_missing(self)
        database_proxy.initialize(self.database)
        self.migrate()

    def migrate(self) -> None:
        """Bring the schema up to date, without making this the database that repositories work on."""
        with self._errors():
            self.database.connect(reuse_if_open=True)
            _migrate(self)
            self.database.close()

    async def read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a reading repository function on the reader thread."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, lambda: self._read(work, *args, **kwargs))

    async def write(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a writing repository function as one transaction on the writer thread.

        Cancelling the caller does not tear a transaction apart: it is awaited first. Work that should end early
        takes a `threading.Event` among its arguments, which is set on cancel, and raises `Cancelled` to roll back.
        """
        future = asyncio.get_running_loop().run_in_executor(
            self._writer, lambda: self._run(True, work, *args, **kwargs)
        )
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            for event in (*args, *kwargs.values()):
                if isinstance(event, threading.Event):
                    event.set()
            await asyncio.wait([future])
            raise

    async def compact(self) -> tuple[int, int]:
        """Give room that nothing uses back to the disk; bytes of the SQLite file before and after.

        A PostgreSQL server does that by itself. Raises `StoreError` where the disk has no room for the copy it takes.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._compact)

    def _compact(self) -> tuple[int, int]:
        if not isinstance(self.database, peewee.SqliteDatabase):
            return 0, 0
        file = Path(str(self.database.database))
        with self._errors():
            self.database.connect(reuse_if_open=True)
            _sql(self.database, "PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            before = file.stat().st_size
            _sql(self.database, "VACUUM")
            _sql(self.database, "PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return before, file.stat().st_size

    def run_now(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a repository function as one transaction here and now; for code that has no event loop."""
        return self._run(True, work, *args, **kwargs)

    def _errors(self) -> AbstractContextManager[None]:
        return store_errors(self.database, self.home)

    def _connect(self) -> None:
        """Connect this thread; a server that was started anew since the last work, or a line cut meanwhile, ends none.

        SQLite has no line that could be cut.
        """
        database: Any = self.database
        is_server = not isinstance(database, peewee.SqliteDatabase)
        rested_s = time.monotonic() - getattr(self._used, "at", -_RESTED_S)
        if is_server and not database.is_closed() and rested_s >= _RESTED_S:
            try:
                _sql(database, "SELECT 1")
            except peewee.PeeweeException:
                database.close()
        database.connect(reuse_if_open=True)
        self._used.at = time.monotonic()

    def _read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Reading changes nothing, so over a line that broke meanwhile it is done once more over another one."""
        try:
            return self._run(False, work, *args, **kwargs)
        except StoreError as error:
            if error.code != LOST:
                raise
        return self._run(False, work, *args, **kwargs)

    def _run(self, write: bool, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._errors():
            self._refuse_another()
            self._connect()
            if not write:
                return work(*args, **kwargs)
            begin = ("IMMEDIATE",) if isinstance(self.database, peewee.SqliteDatabase) else ()
            with self.database.atomic(*begin):
                return work(*args, **kwargs)

    def _refuse_another(self) -> None:
        """Repositories work on the database opened last: what is left over from before must not reach it.

        Raises `StoreError` after another organisation was opened in this program.
        """
        bound: peewee.Database = database_proxy.obj
        if bound is not self.database and bound.database != self.database.database:
            raise StoreError(_("Another organization was opened meanwhile, so this was not done."))

    def close(self) -> None:
        """Finish what is under way and close every connection."""
        for pool in (self._reader, self._writer):
            pool.submit(self.database.close).result()
            pool.shutdown()
        self.database.close()


def make_database(home: Home, url: str) -> peewee.Database:
    """The database that `url` names, or the file in the home folder; each organisation but the first has one beside it.

    Raises `UsageError` for an address that names none we speak.
    """
    if not url:
        return peewee.SqliteDatabase(str(home.database), pragmas=_PRAGMAS, timeout=_LOCK_WAIT_S)
    database = _database_at(url)
    if home.organization and isinstance(database, peewee.SqliteDatabase):
        first = Path(str(database.database))
        database.init(str(first.parent / "organizations" / home.organization / first.name), timeout=_LOCK_WAIT_S)
    elif home.organization:
        database.init(f"{database.database}_org_{home.organization}", **database.connect_params)
    return database


def _database_at(url: str) -> peewee.Database:
    from playhouse.db_url import connect

    refused = UsageError(
        _("DATABASE_URL names no database that Muster speaks."),
        _("Use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."),
    )
    try:
        parts = urlsplit(url)
        if parts.scheme == "sqlite" and parts.path.strip("/") not in {"", ":memory:"}:  # two threads share a file
            return cast(peewee.Database, connect(url, pragmas=_PRAGMAS, timeout=_LOCK_WAIT_S))
        if parts.scheme in {"postgresql", "postgres"}:
            register_secret(parts.password or "", unquote(parts.password or ""))
            return cast(
                peewee.Database, connect(url, unquote_password=True, connect_timeout=_LOCK_WAIT_S, **_SERVER_LINE)
            )
    except (ValueError, RuntimeError) as error:
        raise refused from error
    raise refused


def _refuse_missing(store: Store) -> None:
    """Raises `UsageError` for an organisation that has no database here: opening one must never make one."""
    key = store.home.organization
    if not key:
        return
    is_file = isinstance(store.database, peewee.SqliteDatabase)
    if not is_key(key) or (is_file and not Path(str(store.database.database)).exists()):
        raise UsageError(
            _("There is no organization {name}.").format(name=key),
            _("Open the first one with --organization default, or for good with muster organizations switch."),
        )


def _label(database: peewee.Database, url: str) -> str:
    host = urlsplit(url).hostname
    return f"SQLite {database.database}" if isinstance(database, peewee.SqliteDatabase) else f"PostgreSQL {host}"


def _migrate(store: Store) -> None:
    """Apply pending migrations; the fast path of an up-to-date database is one query."""
    db = store.database
    shipped = {path.stem for path in MIGRATIONS.glob("[0-9]*.py")}
    applied = _applied(db)
    if newer := sorted(applied - shipped):
        raise refusal(
            "newer",
            _("The database was made by a newer Muster (it knows {migration}).").format(migration=newer[-1]),
            _("Update Muster on this computer, or use another home folder. Nothing was changed."),
        )
    if applied == shipped:
        return
    if applied:
        _back_up(store)
    from playhouse.migrations import Runner

    # Two programs may start on the same old database: the second waits here and then finds nothing to do.
    begin = ("EXCLUSIVE",) if isinstance(db, peewee.SqliteDatabase) else ()
    with db.atomic(*begin):
        if not begin:
            _sql(db, "SELECT pg_advisory_xact_lock(7140601)")
        Runner(db, str(MIGRATIONS), _HISTORY).up()


def _applied(db: peewee.Database) -> set[str]:
    if not db.table_exists(_HISTORY):
        return set()
    return {name for (name,) in _sql(db, f"SELECT name FROM {_HISTORY}").fetchall()}


def _sql(db: Any, statement: str) -> Any:
    return db.execute_sql(statement)


def _back_up(store: Store) -> None:
    """Copy the SQLite file with SQLite's own backup, which is safe for a live database in WAL mode."""
    if not isinstance(store.database, peewee.SqliteDatabase):
        return  # a PostgreSQL server has its own backups, and a migration there is one transaction
    store.home.backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    copy = store.home.backups / f"muster-before-migration-{stamp}.sqlite3"
    with contextlib.closing(sqlite3.connect(copy)) as target:
        live: Any = store.database
        live.connection().backup(target)


def clock_s() -> float:
    """Seconds on the clock that all programs on this database share: the server's, or this computer's own."""
    if isinstance(database_proxy.obj, peewee.SqliteDatabase):
        return time.time()
    return float(_sql(database_proxy, "SELECT extract(epoch FROM clock_timestamp())").fetchone()[0])


def fetch(query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples, by the driver itself: peewee's own iteration is five times slower."""
    rows: list[tuple[Any, ...]] = database_proxy.execute(query).fetchall()
    return rows


def run_sql(statement: str, values: Sequence[Any] = ()) -> Any:
    """The cursor of a statement written out with `?` for its values; peewee takes longer to make one than to run it."""
    return database_proxy.execute_sql(statement.replace("?", database_proxy.param), tuple(values))


def locked(query: Any) -> Any:
    """The query, keeping its rows from other writers until the transaction ends; SQLite lets one write at a time."""
    return query if isinstance(database_proxy.obj, peewee.SqliteDatabase) else query.for_update()


def insert_rows(table: type[BaseModel], rows: Sequence[Sequence[Any]], stop: threading.Event | None = None) -> None:
    """Insert whole rows in the order of the table's columns; peewee's insert_many is ten times slower here."""
    columns = list(table._meta.sorted_fields)
    _in_slices(f"INSERT INTO {{table}} ({_names(columns)}) VALUES ({_marks(columns)})", table, rows, stop)


def update_rows(table: type[BaseModel], rows: Sequence[Sequence[Any]], stop: threading.Event | None = None) -> None:
    """Replace whole rows, found by their first column, which is the key."""
    key, *columns = list(table._meta.sorted_fields)
    mark = database_proxy.param
    assignments = ", ".join(f'"{c.column_name}" = {mark}' for c in columns)
    sql = f'UPDATE {{table}} SET {assignments} WHERE "{key.column_name}" = {mark}'
    _in_slices(sql, table, [(*row[1:], row[0]) for row in rows], stop)


def put_rows(table: type[BaseModel], rows: Sequence[Sequence[Any]], stop: threading.Event | None = None) -> None:
    """Insert whole rows, each in place of the one with its key."""
    meta: Any = table._meta
    columns, key = list(meta.sorted_fields), list(meta.get_primary_keys())
    names = [c.column_name for c in columns if c.name not in {k.name for k in key}]  # fields themselves do not compare
    assignments = ", ".join(f'"{name}" = excluded."{name}"' for name in names)
    sql = f"INSERT INTO {{table}} ({_names(columns)}) VALUES ({_marks(columns)}) ON CONFLICT ({_names(key)}) DO UPDATE"
    _in_slices(f"{sql} SET {assignments}", table, rows, stop)


def _names(columns: Sequence[peewee.Field]) -> str:
    return ", ".join(f'"{c.column_name}"' for c in columns)


def _marks(columns: Sequence[peewee.Field]) -> str:
    return ", ".join([database_proxy.param] * len(columns))


def _in_slices(sql: str, table: type[BaseModel], rows: Sequence[Sequence[Any]], stop: threading.Event | None) -> None:
    cursor = database_proxy.cursor()
    statement = sql.format(table=f'"{table._meta.table_name}"')
    for start in range(0, len(rows), _SLICE_ROWS):
        if stop is not None and stop.is_set():
            raise Cancelled(_("Cancelled. Nothing of this part was kept."))
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]  # a cursor of the driver's own raises the driver's own errors
            cursor.executemany(statement, rows[start : start + _SLICE_ROWS])
