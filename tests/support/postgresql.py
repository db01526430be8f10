"""A private PostgreSQL server on loopback, where its programs are on this computer; it can be stopped and started."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_NOBODY = "nobody"
PASSWORD = "p@ss"
"""Of the administrator `muster`; in an address `p%40ss`."""


def why_no_server() -> str:
    """Why there can be none here; empty where there can."""
    if _programs() is None:
        return "PostgreSQL is not installed here"
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg, of the extra `postgresql`, is not installed here"
    return ""


class PostgresServer:
    """A server on a data folder of its own; everybody signs in with a password."""

    def __init__(self, folder: Path) -> None:
        programs = _programs()
        assert programs is not None
        self._programs, self._folder = programs, folder
        self._running: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, _NOBODY)
        password = folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", "muster", "-A", "scram-sha-256", "--pwfile", password,
             "-E", "UTF8", "--no-sync", "--no-locale"],
            check=True, capture_output=True, cwd=folder, **_as_nobody(),
        )  # fmt: skip

    def url(self, database: str = "postgres", user: str = "muster", password: str = "p%40ss") -> str:
        """The address as a person would give it in DATABASE_URL."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Run until stopped; returns when it answers."""
        self._running = subprocess.Popen(
            [self._programs / "postgres", "-D", self._folder / "data", "-p", str(self.port), "-k", self._folder,
             "-h", "127.0.0.1", "-F"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder, **_as_nobody(),
        )  # fmt: skip
        for _attempt in range(400):
            try:
                self.connect().close()
            except importlib.import_module("psycopg").OperationalError:
                subprocess.run([sys.executable, "-c", "import time; time.sleep(0.05)"])
            else:
                return
        raise AssertionError("the PostgreSQL server does not answer")

    def stop(self) -> None:
        """End at once, cutting every connection."""
        if self._running is not None:
            self._running.send_signal(signal.SIGINT)
            self._running.wait(20)
            self._running = None

    def connect(self, database: str = "postgres") -> Any:
        """A connection of the administrator, each statement a transaction of its own."""
        return importlib.import_module("psycopg").connect(self.url(database), autocommit=True, connect_timeout=5)

    def tell(self, *statements: str, database: str = "postgres") -> None:
        """Have the administrator do something."""
        with self.connect(database) as connection:
            for statement in statements:
                connection.execute(statement)


@contextmanager
def postgresql_server() -> Iterator[PostgresServer]:
    """A running server with an empty data folder, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="muster-pg-"))
    server = PostgresServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


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
