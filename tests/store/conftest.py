"""The store on SQLite, and on a private PostgreSQL server where its programs are on this computer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.places import Home
from app.store.database import Store
from tests.support.postgresql import PostgresServer, postgresql_server, why_no_server


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """A server of our own; skipped with the reason where there can be none."""
    if reason := why_no_server():
        pytest.skip(reason)
    with postgresql_server() as running:
        yield running


@pytest.fixture
def postgresql(server: PostgresServer) -> str:
    """Its address."""
    return server.url()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the store is: the file in the home folder, or a database of its own on the server."""
    if request.param == "sqlite":
        yield ""
        return
    running: PostgresServer = request.getfixturevalue("server")
    running.tell("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    yield running.url()


@pytest.fixture
def store(home: Home, url: str) -> Iterator[Store]:
    store = Store(home, url)
    store.open()
    yield store
    store.close()
