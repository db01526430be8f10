"""One connection to a MySQL server, over PyMySQL: blocking, so for worker threads, and for one of them at a time.

Only `abort` may be called from elsewhere: whatever the thread waits for then ends at once.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pymysql
from pymysql.constants import CLIENT, CR, ER
from pymysql.cursors import SSCursor

from app.connectors.mysql.questions import asked_table
from app.connectors.mysql.refusals import errno, in_words
from app.connectors.mysql.settings import MySqlSettings, Tls
from app.connectors.recording import Noted
from app.domain.attempts import ANSWERED
from app.errors import BadData, MusterError
from app.i18n import _

MOST_ROWS = 1_000_000
_SPARE_S = 5.0  # the time limits are kept outside; the driver's own are for a thread that nobody can wake
_DRIVERS_OWN = range(2000, 3000)
"""Numbers that no server said: the client library's (its manual, "Client Error Message Reference")."""
_UNIX = getattr(socket, "AF_UNIX", None)

Row = tuple[Any, ...]


class Line:
    """A connection, from dialling to hanging up. Everything but `abort` raises the closed family.

    `rested_since` is when it was last used, on the monotonic clock.
    """

    def __init__(self, settings: MySqlSettings) -> None:
        self._settings = settings
        self._socket: socket.socket | None = None
        self._connection: pymysql.Connection[SSCursor] | None = None
        self._handle: socket.socket | None = None  # to the same connection, whatever TLS makes of the socket
        self._signed_in = False
        self._aborted = False
        self._lock = threading.Lock()
        self.rested_since = time.monotonic()

    def dial(self) -> None:
        """Reach the server, without a word yet."""
        with self._noted("CONNECT"):
            self._socket = self._dialled()

    def sign_in(self) -> None:
        """Shake hands, sign in, and have the server itself limit the time of a question (§4.4)."""
        if self._socket is None:
            self.dial()
        with self._noted("SIGN IN"):
            self._connection = self._made()
            reached, self._socket = self._socket, None
            self._connection.connect(reached)
            self._signed_in = True
            self._limit_time()

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of one question; `values` stand for its placeholders and are only ever data."""
        assert self._connection is not None
        rows: list[Row] = []
        with self._noted(sql.split(maxsplit=1)[0], sql, rows), self._connection.cursor(SSCursor) as cursor:
            cursor.execute(sql, values or None)
            for row in cursor:
                rows.append(row)
                if len(rows) > MOST_ROWS:
                    self.abort()
                    raise BadData(_("The MySQL server answers without end."))
        self.rested_since = time.monotonic()
        return rows

    def answers(self) -> None:
        """Raises when the server is gone."""
        assert self._connection is not None
        with in_words():
            self._connection.ping(reconnect=False)

    def kill(self, number: int) -> None:
        """Sign in only to end the question that the connection of that number waits for, then hang up."""
        try:
            self.sign_in()
            assert self._connection is not None
            with self._noted("KILL QUERY"):
                self._connection.query(f"KILL QUERY {number:d}")
        finally:
            self.hang_up()

    @property
    def number(self) -> int | None:
        """The server's number of this connection, once signed in."""
        if self._connection is None or not self._signed_in:
            return None
        return int(self._connection.thread_id())  # type: ignore[no-untyped-call]

    @property
    def encrypted(self) -> bool:
        """Whether TLS is in use."""
        assert self._connection is not None
        offered: int = self._connection.server_capabilities  # type: ignore[attr-defined]
        return self._settings.tls is not Tls.OFF and bool(offered & CLIENT.SSL)

    def abort(self) -> None:
        """Cut the connection from any thread; one that is being made is not made."""
        with self._lock:
            self._aborted = True
            if self._handle is not None:
                with suppress(OSError):  # not connected yet, or no longer
                    self._handle.shutdown(socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Take leave of the server and free what is held; no other thread may use the line any more."""
        if self._connection is not None and self._connection.open:
            self._connection.close()
        for held in (self._socket, self._handle):
            if held is not None:
                held.close()
        self._socket = self._handle = None

    @contextmanager
    def _noted(self, method: str, sql: str = "", rows: Sequence[Row] = ()) -> Iterator[None]:
        """What the driver raises in the closed family; and that it was asked, for the run that asks.

        Of a question its table and its text without values are noted, of the answer how much it was: the names of
        databases are those of customers.
        """
        noted = Noted(method, self._settings.address + (f"/{table}" if (table := asked_table(sql)) else ""))
        noted.begin()
        if noted.with_bodies:
            noted.sends(sql.encode())
        try:
            with in_words():
                yield
        except MusterError as error:
            number = errno(error)
            if number is not None and number not in _DRIVERS_OWN:
                noted.answered(number, 0, error.message)
            else:
                noted.failed(error.message)
            raise
        noted.answered(ANSWERED, sum(len(cell.encode()) for row in rows for cell in row if isinstance(cell, str)))

    def _dialled(self) -> socket.socket:
        problem: OSError | None = None
        deadline = time.monotonic() + self._settings.connect_timeout_s
        addresses = list(self._addresses())
        for done, (family, address) in enumerate(addresses):
            reached = socket.socket(family, socket.SOCK_STREAM)
            try:
                self._hold(reached)
                # Every address its fair share, so that one that is dead does not use up the time of all.
                reached.settimeout(max(0.1, (deadline - time.monotonic()) / (len(addresses) - done)))
                reached.connect(address)
            except OSError as error:
                reached.close()
                problem = error
            else:
                return reached
        raise pymysql.err.OperationalError(CR.CR_CONN_HOST_ERROR, "cannot connect") from problem

    def _addresses(self) -> Iterator[tuple[int, Any]]:
        if self._settings.socket:
            if _UNIX is None:
                raise pymysql.err.OperationalError(CR.CR_CONN_HOST_ERROR, "no local sockets on this system")
            yield _UNIX, self._settings.socket
            return
        try:
            found = socket.getaddrinfo(self._settings.host, self._settings.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise pymysql.err.OperationalError(CR.CR_UNKNOWN_HOST, "no computer has this name") from error
        for family, _type, _protocol, _name, address in found:
            yield family, address

    def _hold(self, reached: socket.socket) -> None:
        with self._lock:
            if self._aborted:
                raise ConnectionAbortedError
            if self._handle is not None:
                self._handle.close()
            self._handle = reached.dup()

    def _made(self) -> pymysql.Connection[SSCursor]:
        settings = self._settings
        patience = max(settings.connect_timeout_s, settings.query_timeout_s) + _SPARE_S
        return pymysql.Connection(
            host=settings.host or "localhost",
            user=settings.user,
            password=settings.password.encode(),  # as a text, the driver would take Latin letters only
            charset="utf8mb4",
            read_timeout=patience,
            write_timeout=patience,
            autocommit=None,
            ssl=self._tls() if settings.tls is Tls.REQUIRED else None,
            ssl_disabled=settings.tls is Tls.OFF,
            auth_plugin_map={"mysql_clear_password": _Refused, "dialog": _Refused},
            program_name="Muster",
            defer_connect=True,
        )

    def _tls(self) -> ssl.SSLContext:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = not self._settings.socket  # a local socket has no host name
        return context

    def _limit_time(self) -> None:
        assert self._connection is not None
        seconds = self._settings.query_timeout_s
        version: str = self._connection.get_server_info()  # type: ignore[no-untyped-call]
        if "mariadb" in version.lower():
            question, value = "SET SESSION max_statement_time = %s", seconds
        else:
            question, value = "SET SESSION max_execution_time = %s", max(1, round(seconds * 1000))
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(question, (value,))
        except pymysql.err.Error as error:
            if error.args[:1] != (ER.UNKNOWN_SYSTEM_VARIABLE,):  # too old for a limit of its own
                raise


class _Refused:
    """Stands for ways of signing in that would hand out the password as it is to whoever asks for it."""

    def __init__(self, _connection: object) -> None:
        raise pymysql.err.OperationalError(CR.CR_AUTH_PLUGIN_CANNOT_LOAD, "the password is never sent as it is")
