"""The store on SQLite, and on a private PostgreSQL server where its programs are on this computer."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.places import Home
from app.store.database import Store

_NOBODY = "nobody"


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_nobody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": _NOBODY} if os.geteuid() == 0 else {}


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server of our own with an empty data folder; skipped with the reason where there is none."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed here")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg, of the extra `postgresql`, is not installed here")
    folder = Path(tempfile.mkdtemp(prefix="muster-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _NOBODY)
    port = _free_port()
    as_user = _as_nobody()
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "muster", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale"],
        check=True, capture_output=True, cwd=folder, **as_user,
    )  # fmt: skip
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1", "-F"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **as_user,
    )  # fmt: skip
    try:
        subprocess.run(
            [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "20", "-q"], check=False, cwd=folder
        )
        _wait_until_it_answers(port)
        yield f"postgresql://muster:p%40ss@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_answers(port: int) -> None:
    psycopg = importlib.import_module("psycopg")
    for _attempt in range(200):
        try:
            psycopg.connect(f"postgresql://muster@127.0.0.1:{port}/postgres", connect_timeout=1).close()
        except psycopg.OperationalError:
            subprocess.run([sys.executable, "-c", "import time; time.sleep(0.05)"])
        else:
            return
    raise AssertionError("the PostgreSQL server does not answer")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the store is: the file in the home folder, or a database of its own on the server."""
    if request.param == "sqlite":
        yield ""
        return
    address: str = request.getfixturevalue("postgresql")
    with importlib.import_module("psycopg").connect(address, autocommit=True) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")
    yield address


@pytest.fixture
def store(home: Home, url: str) -> Iterator[Store]:
    store = Store(home, url)
    store.open()
    yield store
    store.close()
