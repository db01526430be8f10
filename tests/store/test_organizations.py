"""One database per organisation: nothing of one is in another, on SQLite and PostgreSQL (connections.md §3, §16.9)."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import peewee
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.connections import Connection, ConnectionStatus
from app.domain.kinds import ConnectionKind
from app.domain.organizations import Organization, checked_name, folded, is_key, new_key
from app.errors import StoreError, UsageError
from app.places import Home
from app.store import connections
from app.store.database import Store, fetch
from app.store.organizations import (
    add_organization,
    find_organization,
    organizations,
    own_organization,
    refuse_taken,
    rename_own,
)
from app.store.tables import TABLES

ONE, TWO = "Ørsted & Søn", "ООО Ромашка"


@pytest.fixture
def place(home: Home, url: str) -> Iterator[tuple[Home, str]]:
    """A home with its first organisation; databases that a test makes on the server go with it."""
    open_store(home, url).close()
    yield home, url
    if url:
        with importlib.import_module("psycopg").connect(url, autocommit=True) as server:
            made = server.execute("SELECT datname FROM pg_database WHERE datname LIKE '%\\_org\\_%'").fetchall()
            for (name,) in made:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def open_store(home: Home, url: str, organization: Organization | None = None) -> Store:
    store = Store(replace(home, organization=organization.key) if organization else home, url)
    store.open()
    return store


def fill(store: Store) -> None:
    """One row in every table there is, but for what a new database already has."""

    def write() -> None:
        for table in TABLES:
            table.delete().execute()
            meta: Any = table._meta
            values = {f.name: some(f) for f in meta.sorted_fields if not isinstance(f, peewee.AutoField)}
            table.insert(values).execute()

    store.run_now(write)


def some(field: peewee.Field) -> Any:
    """A value of the kind that a column holds."""
    if isinstance(field, peewee.BooleanField):
        return True
    if isinstance(field, peewee.IntegerField | peewee.BigIntegerField):
        return 1
    if isinstance(field, peewee.FloatField | peewee.DoubleField):
        return 1.0
    return b"x" if isinstance(field, peewee.BlobField) else "planted"


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""

    def read() -> dict[str, list[tuple[Any, ...]]]:
        return {t._meta.table_name: fetch(t.select()) for t in TABLES}

    return store.run_now(read)


def test_no_table_of_one_shows_a_row_of_another(place: tuple[Home, str]) -> None:
    home, url = place
    one, two = add_organization(home, url, ONE), add_organization(home, url, TWO)
    untouched = {}
    for organization in (None, two):
        store = open_store(home, url, organization)
        untouched[organization] = contents(store)
        store.close()
    store = open_store(home, url, one)
    fill(store)
    filled = contents(store)
    assert all(filled.values()), "a table that could not be filled proves nothing"
    store.close()
    for organization, before in untouched.items():
        store = open_store(home, url, organization)
        assert contents(store) == before
        assert "planted" not in repr(contents(store))
        store.close()
    store = open_store(home, url, one)
    assert contents(store) == filled
    store.close()


async def test_a_store_left_over_from_before_the_switch_does_nothing(place: tuple[Home, str]) -> None:
    home, url = place
    two = add_organization(home, url, TWO)
    left_over = open_store(home, url)
    switched = await asyncio.to_thread(open_store, home, url, two)
    for work in (left_over.read, left_over.write):
        with pytest.raises(StoreError, match="Another organization was opened"):
            await work(connections.connections)
    assert await switched.read(connections.connections) == []
    for store in (left_over, switched):
        await asyncio.to_thread(store.close)


def test_connections_of_the_same_name_may_be_in_two(place: tuple[Home, str]) -> None:
    home, url = place
    two = add_organization(home, url, TWO)
    for organization, key in ((None, "a"), (two, "b")):
        store = open_store(home, url, organization)
        store.run_now(
            connections.add_connection, Connection(key, "vitec", ConnectionKind.VITEC, ConnectionStatus.ACTIVE, {})
        )
        assert [c.id for c in store.run_now(connections.connections)] == [key]
        assert store.run_now(connections.find_connection, "ab".replace(key, "")) is None
        store.close()


class TestNames:
    def test_a_new_home_has_one_which_nobody_named(self, place: tuple[Home, str]) -> None:
        (only,) = organizations(*place)
        assert (only, only.owner) == (Organization("", "default"), "")

    def test_they_are_listed_and_found_by_name_in_any_case_or_by_key(self, place: tuple[Home, str]) -> None:
        one, two = add_organization(*place, ONE), add_organization(*place, TWO)
        assert [o.name for o in organizations(*place)] == ["default", ONE, TWO]
        for text in (ONE, "  ørsted &  SØN", one.key):
            assert find_organization(*place, text.strip()) == one
        assert find_organization(*place, "ооо ромашка") == two
        with pytest.raises(UsageError, match="There is no organization nobody"):
            find_organization(*place, "nobody")

    def test_a_name_is_there_once(self, place: tuple[Home, str]) -> None:
        add_organization(*place, ONE)
        for taken in (ONE, ONE.upper(), "default"):
            with pytest.raises(UsageError, match="There is already an organization"):
                add_organization(*place, taken)
        assert len(organizations(*place)) == 2

    def test_one_may_be_renamed_and_the_first_one_given_a_name(self, place: tuple[Home, str]) -> None:
        home, url = place
        store = open_store(home, url)
        assert store.run_now(rename_own, store, "Acme AS").owner == "Acme AS"
        assert store.run_now(own_organization, store) == Organization("", "Acme AS")
        store.close()
        assert find_organization(home, url, "acme as").key == find_organization(home, url, "default").key == ""
        two = add_organization(home, url, TWO)
        with pytest.raises(UsageError, match="already"):
            refuse_taken(home, url, "acme as", two.key)
        refuse_taken(home, url, TWO, two.key)

    @pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\u0000b", "line\u2028break\u0007"])
    def test_what_is_no_name_is_refused(self, place: tuple[Home, str], name: str) -> None:
        with pytest.raises(UsageError):
            add_organization(*place, name)

    @given(st.text(max_size=120))
    def test_a_key_leads_nowhere_and_is_the_same_for_the_same_name(self, text: str) -> None:
        try:
            name = checked_name(text)
        except UsageError:
            return
        key = new_key(name)
        assert is_key(key)
        assert new_key(checked_name(name)) == key
        assert Path("organizations", key).parts == ("organizations", key)
        assert folded(name) == folded(checked_name(f" {name} "))


class TestPlaces:
    def test_an_organisation_that_is_not_there_is_not_made_by_opening_it(self, home: Home) -> None:
        for key in ("acme_12345678", "../../elsewhere", "x/y"):
            with pytest.raises(UsageError, match="There is no organization"):
                open_store(home, "", Organization(key, key))
        assert not (home.path / "organizations").exists()

    def test_pictures_and_backups_are_its_own_and_settings_everybodys(self, home: Home) -> None:
        other = replace(home, organization="acme")
        own = ("data", "database", "backups", "pictures", "faces")
        for name in own:
            assert getattr(other, name).is_relative_to(home.path / "organizations" / "acme")
            assert getattr(home, name) != getattr(other, name)
        for name in ("settings", "layout", "logs"):
            assert getattr(home, name) == getattr(other, name)

    def test_a_file_named_by_its_address_has_the_others_beside_it(self, home: Home, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'shared.db'}"
        open_store(home, url).close()
        made = add_organization(home, url, ONE)
        assert (tmp_path / "organizations" / made.key / "shared.db").exists()
        assert find_organization(home, url, ONE) == made

    def test_a_database_that_the_administrator_made_beforehand_is_used(self, home: Home, postgresql: str) -> None:
        name = f"postgres_org_{new_key(TWO)}"
        with importlib.import_module("psycopg").connect(postgresql, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
            try:
                made = add_organization(home, postgresql, TWO)
                assert find_organization(home, postgresql, TWO) == made
            finally:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def test_without_the_right_to_make_databases_it_says_what_to_ask_for(self, home: Home, postgresql: str) -> None:
        with importlib.import_module("psycopg").connect(postgresql, autocommit=True) as server:
            server.execute("CREATE ROLE clerk LOGIN PASSWORD 'x'")
            try:
                with pytest.raises(StoreError, match="did not make the database") as refused:
                    add_organization(home, postgresql.replace("muster:p%40ss", "clerk:x"), ONE)
                assert "CREATEDB" in refused.value.remedy
            finally:
                server.execute("DROP ROLE clerk")
