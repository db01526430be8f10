"""One connection to the demo MySQL server, on mysql-mimic: sign-in, what goes wrong, and the answers.

mysql-mimic speaks the protocol and answers variables, functions and SET. Ours are the accounts, the view of the
databases (`catalogue`), KILL and the error numbers of a real server; everything else is denied, as to an account that
may only look.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import struct
from typing import TYPE_CHECKING, Any

from mysql_mimic.auth import IdentityProvider, NativePasswordAuthPlugin, User
from mysql_mimic.connection import Connection
from mysql_mimic.constants import KillKind
from mysql_mimic.control import Control
from mysql_mimic.errors import ErrorCode, MysqlError
from mysql_mimic.results import AllowedResult, ResultColumn, ResultSet
from mysql_mimic.session import Query, Session
from mysql_mimic.stream import ConnectionClosed, MysqlStream
from mysql_mimic.types import ColumnType
from mysql_mimic.variables import SYSTEM_VARIABLES, GlobalVariables, SessionVariables, VariableSchema
from sqlglot import exp
from sqlglot.errors import SqlglotError

from app.demo.mysql.catalogue import INFORMATION_SCHEMA, UnknownQuestion, answered, like_pattern, single
from app.demo.mysql.faults import MysqlFault

if TYPE_CHECKING:
    from app.demo.mysql.accounts import Account
    from app.demo.mysql.server import DemoMysql, Line

# It logs what a client does wrong as errors of its own; here that is the client's affair, and often on purpose.
logging.getLogger("mysql_mimic").setLevel(logging.CRITICAL)

TOO_MANY, SYNTAX, NO_SUCH_THREAD, NOT_OWNER, DENIED, NOT_SUPPORTED, INTERRUPTED, TIME_EXCEEDED = (
    1040, 1064, 1094, 1095, 1142, 1235, 1317, 3024,
)  # fmt: skip
SQL_STATES = {1040: "08004", 1043: "08S01", 1045: "28000", 1064: "42000", 1142: "42000", 1317: "70100"}

TOO_LONG = "Query execution was interrupted, maximum statement execution time exceeded"

HALF_AN_ANSWER = b"\x01\x00\x00\x01\x01" + b"\x30\x00\x00\x02\x03def"
"""One column is announced; its description breaks off."""

_GRANTS = re.compile(r"\s*show\s+grants(\s+for\s+current_user(\s*\(\s*\))?)?\s*;?\s*", re.IGNORECASE)
_ABOUT_DATABASES = re.compile(r"information_schema|\s*show\s+(databases|schemas)\b", re.IGNORECASE)


class _Refusal(MysqlError):
    """An error by the number of a real server, many of which mysql-mimic has no name for."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.code = number  # type: ignore[assignment]


class _Connection(Connection):
    """Writes errors by any number."""

    def error(self, *, msg: object = "", code: int = ErrorCode.UNKNOWN_ERROR) -> bytes:  # type: ignore[override]
        state = SQL_STATES.get(code, "HY000")
        return struct.pack("<BH", 0xFF, code) + f"#{state}{msg}".encode()


class _Keys(IdentityProvider):
    """The accounts of `server`; an unknown name is refused as a wrong password is."""

    def __init__(self, server: DemoMysql) -> None:
        self._server = server

    async def get_user(self, username: str) -> User:
        known = self._server.account(username)
        refused = known is None or self._server.faults.at_sign_in() is MysqlFault.REFUSED
        password = secrets.token_hex() if known is None or refused else known.password
        plugin = NativePasswordAuthPlugin
        return User(username, plugin.create_auth_string(password), plugin.name)


class _Control(Control):
    """KILL, for threads of one's own account."""

    def __init__(self, server: DemoMysql, line: Line) -> None:
        self._server, self._line = server, line

    async def kill(self, connection_id: int, kind: KillKind = KillKind.CONNECTION) -> None:
        target = self._server.lines.get(connection_id)
        if target is None:
            raise _Refusal(NO_SUCH_THREAD, f"Unknown thread id: {connection_id}")
        if target.user != self._line.user:
            raise _Refusal(NOT_OWNER, f"You are not owner of thread {connection_id}")
        target.interrupted.set()
        if kind is KillKind.CONNECTION:
            target.writer.close()


class _Variables(SessionVariables):
    """An unknown variable is an error (1193), also where it is only read."""

    def get(self, key: str, default: object = None) -> Any:  # noqa: ARG002 - the signature of a mapping
        return self.get_variable(key)


class _Session(Session):
    """What one client asks."""

    def __init__(self, server: DemoMysql, line: Line) -> None:
        schema: dict[str, VariableSchema] = {
            **SYSTEM_VARIABLES,
            "version": (str, server.version, False),
            "version_comment": (str, "Muster demo", False),
            "sql_mode": (str, "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION", True),
        }
        super().__init__(_Variables(GlobalVariables(schema)))
        self.middlewares.insert(0, self._status)
        self._server, self._line = server, line

    async def init(self, connection: Connection) -> None:
        """mysql-mimic would serve somebody whom it has just refused."""
        await super().init(connection)
        if self.username is None:
            connection.stream.writer.close()
        else:
            self._line.user = self.username

    async def handle_query(self, sql: str, attrs: dict[str, str]) -> AllowedResult:
        if not self._line.writer.is_closing():
            self._line.interrupted.clear()
        self._server.note(self._line, sql)
        await self._suffer(sql)
        try:
            return await self._own_answer(sql) or await super().handle_query(sql, attrs)
        except UnknownQuestion as error:
            raise _Refusal(NOT_SUPPORTED, str(error)) from error
        except SqlglotError as error:
            raise _Refusal(SYNTAX, "You have an error in your SQL syntax") from error

    async def schema(self) -> dict[str, object]:
        """mysql-mimic's own information_schema, which knows nothing of our accounts, is never asked."""
        raise UnknownQuestion("The demo server cannot answer this.")

    async def query(self, expression: exp.Expr, sql: str, attrs: dict[str, str]) -> AllowedResult:  # noqa: ARG002
        """Whatever no other part has answered."""
        raise _Refusal(DENIED, f"{expression.key.upper()} command denied to user '{self._line.user}'@'%'")

    async def _own_answer(self, sql: str) -> ResultSet | None:
        if _GRANTS.fullmatch(sql):
            title = ResultColumn(f"Grants for {self._line.user}@%", ColumnType.VAR_STRING)
            return ResultSet([[grant] for grant in self._account().grants()], [title])
        database = self.database or ""
        if not _ABOUT_DATABASES.search(sql) and database.lower() != INFORMATION_SCHEMA:
            return None
        seen = self._account().view(dict(self._server.databases))
        return await asyncio.to_thread(answered, sql, seen, database)

    async def _status(self, question: Query) -> AllowedResult:
        """SHOW STATUS, where clients look whether the line is encrypted."""
        show = question.expression
        if not isinstance(show, exp.Show) or show.name != "STATUS":
            return await question.next()
        told = {"Ssl_cipher": "", "Ssl_version": "", "Threads_connected": str(len(self._server.lines))}
        pattern = like_pattern(show.text("like") or "%")
        columns = [ResultColumn(title, ColumnType.VAR_STRING) for title in ("Variable_name", "Value")]
        return ResultSet([row for row in told.items() if pattern.fullmatch(row[0])], columns)

    def _parse(self, sql: str) -> list[Any]:
        return [single(sql)]

    def _account(self) -> Account:
        account = self._server.account(self._line.user)
        if account is None:  # withdrawn while it was signed in
            raise _Refusal(DENIED, "This account is no more.")
        return account

    async def _suffer(self, sql: str) -> None:
        plan = self._server.faults.at_question(sql)
        if plan.fault is MysqlFault.SLOW:
            await self._late(plan.seconds)
        elif plan.fault is MysqlFault.HANG:
            await self._line.interrupted.wait()
            raise _Refusal(INTERRUPTED, "Query execution was interrupted")
        elif plan.fault is MysqlFault.CUT:
            self._line.writer.write(HALF_AN_ANSWER)
            self._line.writer.close()
            raise ConnectionResetError
        elif plan.fault is MysqlFault.LIMIT:
            raise _Refusal(TIME_EXCEEDED, TOO_LONG)
        elif plan.fault is MysqlFault.ERROR:
            raise _Refusal(plan.errno, "The demo server fails as it was told to.")

    async def _late(self, seconds: float) -> None:
        limit = int(self.variables.get("max_execution_time") or 0) / 1000
        try:
            await asyncio.wait_for(self._line.interrupted.wait(), min(seconds, limit) if limit else seconds)
        except TimeoutError:
            if limit and limit < seconds:
                raise _Refusal(TIME_EXCEEDED, TOO_LONG) from None
        else:
            raise _Refusal(INTERRUPTED, "Query execution was interrupted")


async def converse(server: DemoMysql, line: Line, reader: asyncio.StreamReader) -> None:
    """Greet, sign in, answer until the other side goes."""
    stream = MysqlStream(reader, line.writer)
    connection = _Connection(stream, _Session(server, line), _Control(server, line), _Keys(server))
    connection.connection_id = line.number
    fault = server.faults.at_connection()
    if fault is MysqlFault.SILENT:
        await line.interrupted.wait()
        return
    if fault is MysqlFault.TOO_MANY:
        await stream.write(connection.error(msg="Too many connections", code=TOO_MANY))
        return
    try:
        await connection.start()
    except (ConnectionClosed, asyncio.IncompleteReadError, struct.error):
        return  # gone in the middle of a word
