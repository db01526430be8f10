"""The databases of the organisations, one each: found, made and named (connections.md §3).

A file: `organizations/<key>/` beside the first one's, with pictures and backups in the same folder. PostgreSQL: a
database `<first>_org_<key>` on the same server, where rights to it can be given and taken as for any other. Isolation
is by construction: a connection reaches one database, so no query can forget to filter, and nothing has to be proven of
those that are yet to be written. `Store` refuses to work on a database that is not the one it opened.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import peewee

from app.domain.organizations import FIRST, Organization, checked_name, folded, is_key, new_key
from app.errors import StoreError, UsageError
from app.i18n import _
from app.places import Home
from app.store.database import Store, make_database
from app.store.organization_rows import OrganizationRow
from app.store.refusals import database_errors, explain, store_errors

_LONGEST_DATABASE = 63  # bytes, PostgreSQL's limit of a name


def own_organization(store: Store) -> Organization:
    """Whose database is open."""
    key = store.home.organization or ""
    row = OrganizationRow.get_or_none(OrganizationRow.key == key)
    return Organization(key, row.name if row else key or FIRST)


def organizations(home: Home, url: str = "") -> list[Organization]:
    """All organisations that this computer's user may open, the first one first, the others by name."""
    found = [_read(replace(home, organization=key), url) for key in ["", *_keys(home, url)]]
    known = [organization for organization in found if organization is not None]
    return sorted(known, key=lambda o: (bool(o.key), folded(o.name)))


def find_organization(home: Home, url: str, name: str) -> Organization:
    """The organisation of that name or key.

    Raises `UsageError` when there is none.
    """
    known = organizations(home, url)
    for organization in known:
        if organization.is_called(name):
            return organization
    raise UsageError(
        _("There is no organization {name}.").format(name=name),
        _("There are: {names}.").format(names=", ".join(o.name for o in known)),
    )


def add_organization(home: Home, url: str, name: str) -> Organization:
    """Make an empty database for a new organisation.

    Raises `UsageError` when the name is taken, `StoreError` when the place cannot be made.
    """
    new = Organization(new_key(checked_name(name)), checked_name(name))
    refuse_taken(home, url, new.name)
    place = replace(home, organization=new.key)
    _make_place(place, url)
    store = Store(place, url)
    try:
        store.migrate()
        with store_errors(store.database, place), contextlib.closing(store.database):
            _name(store.database, new)
    finally:
        store.close()
    return new


def rename_own(store: Store, name: str) -> Organization:
    """Give the organisation whose database is open another name, in the caller's transaction."""
    renamed = Organization(store.home.organization or "", checked_name(name))
    OrganizationRow.insert(key=renamed.key, name=renamed.name).on_conflict(
        conflict_target=[OrganizationRow.key], update={"name": renamed.name}
    ).execute()
    return renamed


def refuse_taken(home: Home, url: str, name: str, but: str | None = None) -> None:
    """Make sure that no organisation, other than the one whose key is `but`, has this name.

    Raises `UsageError` when another one has it.
    """
    for known in organizations(home, url):
        if known.key != but and known.is_called(name):
            raise UsageError(_("There is already an organization named {name}.").format(name=known.name))


def _keys(home: Home, url: str) -> list[str]:
    database = make_database(replace(home, organization=""), url)
    if isinstance(database, peewee.SqliteDatabase):
        first = Path(str(database.database))
        places = (first.parent / "organizations").glob(f"*/{first.name}")
        return [place.parent.name for place in places if is_key(place.parent.name)]
    prefix = _database_name(str(database.database), "")
    statement = "SELECT datname FROM pg_database WHERE has_database_privilege(datname, 'CONNECT')"
    with _asked(database, home):
        names = [name for (name,) in _sql(database, statement).fetchall()]
    return [key for name in names if name.startswith(prefix) and is_key(key := name.removeprefix(prefix))]


def _read(home: Home, url: str) -> Organization | None:
    """An organisation by what its own database says; None for a database that is no Muster's, or is being made."""
    database = make_database(home, url)
    key = home.organization or ""
    if isinstance(database, peewee.SqliteDatabase) and not Path(str(database.database)).exists():
        return None if key else Organization(key, FIRST)
    with _asked(database, home):
        if not database.table_exists("organization"):
            return None if key else Organization(key, FIRST)
        mark = "?" if isinstance(database, peewee.SqliteDatabase) else "%s"
        row = _sql(database, f"SELECT name FROM organization WHERE key = {mark}", (key,)).fetchone()
    if row is None:
        return None if key else Organization(key, FIRST)
    return Organization(key, row[0])


@contextlib.contextmanager
def _asked(database: peewee.Database, home: Home) -> Iterator[None]:
    """An open connection for a question, closed again."""
    try:
        database.connect()
        yield
    except database_errors() as error:
        raise explain(database, home, error).within(_("The list of organizations cannot be read:")) from error
    finally:
        database.close()


def _make_place(home: Home, url: str) -> None:
    database = make_database(home, url)
    if isinstance(database, peewee.SqliteDatabase):
        Path(str(database.database)).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return
    name = str(database.database)
    if len(name.encode()) > _LONGEST_DATABASE:
        raise UsageError(_("The name of the database {name} would be too long.").format(name=name))
    server = make_database(replace(home, organization=""), url)
    with store_errors(server, home):
        server.connect()
    try:
        if not _sql(server, "SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection = _connection(server)
            connection.rollback()
            connection.set_autocommit(True)  # PostgreSQL makes databases outside of transactions only
            connection.execute(f'CREATE DATABASE "{name}"')
    except database_errors() as error:
        raise StoreError(
            _("The server did not make the database {name}: {cause}").format(name=name, cause=error),
            _("Ask its administrator for the right CREATEDB, or to make that database for you."),
        ) from error
    finally:
        server.close()


def _connection(database: Any) -> Any:
    return database.connection()


def _name(database: peewee.Database, organization: Organization) -> None:
    database.connect(reuse_if_open=True)
    mark = "?" if isinstance(database, peewee.SqliteDatabase) else "%s"
    values = (organization.key, organization.name)
    with database.atomic():
        _sql(database, f"INSERT INTO organization (key, name) VALUES ({mark}, {mark})", values)


def _database_name(first: str, key: str) -> str:
    return f"{first}_org_{key}"


def _sql(database: Any, statement: str, values: tuple[object, ...] = ()) -> Any:
    return database.execute_sql(statement, values)
