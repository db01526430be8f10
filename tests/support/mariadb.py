"""A private MariaDB server with accounts that see all, names only, a few databases or none, where it is installed.

It has a data folder, a port and a socket of its own, and a certificate for `localhost` that nobody else vouches for.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymysql
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PASSWORD = "Grüße;|[&%'\"\\ 好"  # not a letter of it may get lost on the way
ALL, NAMES, FEW, NOBODY = "muster", "names_only", "few", "nobody"
"""SELECT and SHOW DATABASES everywhere; SHOW DATABASES alone; SELECT where the name begins with `few_`; no right."""
_GRANTS = {
    ALL: ("SELECT, SHOW DATABASES ON *.*",),
    NAMES: ("SHOW DATABASES ON *.*",),
    FEW: (r"SELECT ON `few\_%`.*",),
    NOBODY: ("USAGE ON *.*",),
}
_SYSTEM = {"information_schema", "mysql", "performance_schema", "sys"}
_INSTALL = "mariadb-install-db"
_SERVER = "mariadbd"
_PATIENCE_S = 20


@dataclass(frozen=True)
class MariaDb:
    """The running server: its `port` on the loopback, its `socket`, its `data` folder, its `certificate`."""

    port: int
    socket: str
    data: Path
    certificate: Path

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """The rows of the last statement, as root."""
        rows: list[tuple[Any, ...]] = []
        with (
            pymysql.connect(unix_socket=self.socket, user="root", ssl_disabled=True, autocommit=True) as root,
            root.cursor() as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)
                rows = list(cursor.fetchall())
        return rows

    def hold(self, with_table: Iterable[str] = (), without: Iterable[str] = ()) -> None:
        """Hold exactly these databases, with and without the table `usage_stats`."""
        here = {str(row[0]) for row in self.run("SHOW DATABASES")} - _SYSTEM
        marked = list(with_table)
        self.run(
            *(f"DROP DATABASE {_quoted(name)}" for name in here),
            *(f"CREATE DATABASE {_quoted(name)}" for name in (*marked, *without)),
            *(f"CREATE TABLE {_quoted(name)}.usage_stats (id INT) ENGINE=MEMORY" for name in marked),
        )

    def hold_many(self, count: int) -> list[str]:
        """Hold this many databases, nine of ten with the table, made in the data folder; returns their names."""
        self.hold(["pattern"])
        names = [f"customer{number:05}" for number in range(count)]
        for number, name in enumerate(names):
            folder = self.data / name
            folder.mkdir()
            if number % 10:
                (folder / "usage_stats.frm").hardlink_to(self.data / "pattern" / "usage_stats.frm")
        return names

    def running(self) -> list[str]:
        """What clients have the server do at the moment."""
        return [str(row[7]) for row in self.run("SHOW FULL PROCESSLIST") if row[4] == "Query" and row[1] != "root"]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def why_not() -> str:
    """Why there can be no server here; blank when there can."""
    missing = [name for name in (_INSTALL, _SERVER, "my_print_defaults") if _program(name) is None]
    return f"MariaDB is not installed here: no {', '.join(missing)}" if missing else ""


@contextmanager
def mariadb_server() -> Iterator[MariaDb]:
    """Start a server; it and its folder go with the context."""
    folder = Path(tempfile.mkdtemp(prefix="muster-db-"))  # short: the path of a socket has at most 107 characters
    process: subprocess.Popen[bytes] | None = None
    try:
        as_user = ["--user=root"] if os.geteuid() == 0 else []
        data, certificate = folder / "data", folder / "certificate.pem"
        certificate.write_bytes(_self_signed())
        small = ["--innodb-log-file-size=4M", "--innodb-buffer-pool-size=8M", "--skip-name-resolve"]
        subprocess.run(
            [_program(_INSTALL) or "", "--no-defaults", *as_user, f"--datadir={data}", *small, "--skip-test-db",
             "--auth-root-authentication-method=normal"],
            check=True, capture_output=True, timeout=_PATIENCE_S * 3,
        )  # fmt: skip
        server = MariaDb(_free_port(), str(folder / "socket"), data, certificate)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [_program(_SERVER) or "", "--no-defaults", *as_user, *small, f"--datadir={data}",
                 f"--socket={server.socket}", f"--port={server.port}", "--bind-address=127.0.0.1",
                 f"--pid-file={folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0", "--lower-case-table-names=0",
                 f"--ssl-cert={certificate}", f"--ssl-key={certificate}"],
                stdout=log, stderr=log,
            )  # fmt: skip
        _wait_until_it_answers(server, process, folder / "log")
        for user, grants in _GRANTS.items():
            password = pymysql.converters.escape_string(PASSWORD)
            server.run(f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY '{password}'")
            server.run(f"CREATE USER {user}@localhost IDENTIFIED BY '{password}'")
            for grant in grants:
                server.run(f"GRANT {grant} TO {user}@'127.0.0.1', {user}@localhost")
        yield server
    finally:
        if process is not None:
            process.kill()  # nothing in it is worth an orderly end
            process.wait(_PATIENCE_S)
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(server: MariaDb, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not _answers(server.socket):
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.02)


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


def _self_signed() -> bytes:
    """Key and certificate in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(encoding, form, serialization.NoEncryption()) + certificate.public_bytes(encoding)
