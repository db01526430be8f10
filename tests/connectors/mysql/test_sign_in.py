"""Signing in: encryption, accounts that are refused, servers that want too much (cetec-mysql.md §1.2, §4.6, §11)."""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from app.connectors.mysql import MySqlServer, MySqlSettings, Tls, code, errno
from app.domain.customers import DatabaseAnswer, DatabaseStatus
from app.errors import BadData, ErrorKind, MusterError, NotConfigured, RefusedSignIn, TimedOut, Unreachable
from tests.connectors.mysql.conftest import Connect
from tests.support.mariadb import FEW, NAMES, NOBODY, PASSWORD, MariaDb

Script = Callable[..., Awaitable[MySqlServer]]


async def refusal(server: MySqlServer) -> MusterError:
    """The error of a sign-in."""
    with pytest.raises(MusterError) as caught:
        await server.greet()
    return caught.value


class TestAccounts:
    async def test_a_password_of_any_letters_arrives_as_it_is(self, connect: Connect) -> None:
        greeting = await connect().greet()
        assert "MariaDB" in greeting.version

    async def test_a_wrong_password(self, connect: Connect) -> None:
        error = await refusal(connect(password="wrong"))
        assert (type(error), code(error), errno(error)) == (RefusedSignIn, "access_denied", 1045)
        assert error.remedy

    async def test_in_a_check_it_is_told_for_every_name_and_asked_once(self, connect: Connect) -> None:
        server = connect(password="wrong", batch_size=1)
        found = [answer async for batch in server.ask(["a", "b"]) for answer in batch.values()]
        text = "The MySQL server does not accept user and password."
        assert found == [DatabaseAnswer(DatabaseStatus.MYSQL_ERROR, text)] * 2
        assert server.failed

    async def test_neither_user_host_nor_password_are_told(
        self, connect: Connect, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        server = connect(user="eve", password="pass-eve-1", host="localhost")
        error = await refusal(server)
        for secret in ("eve", "localhost", "127.0.0.1"):
            assert secret not in error.message + error.remedy
        for told in (repr(error), repr(server.settings), caplog.text):
            assert "pass-eve-1" not in told

    async def test_who_sees_all_names(self, connect: Connect) -> None:
        assert await connect().sees_all_names()
        assert await connect(user=NAMES).sees_all_names()
        assert not await connect(user=FEW).sees_all_names()
        assert not await connect(user=NOBODY).sees_all_names()

    async def test_what_an_account_sees(self, mariadb: MariaDb, connect: Connect) -> None:
        mariadb.hold(["few_1", "acme"], without=["few_2"])
        everything, few, nothing = [await connect(user=user).counts() for user in ("muster", FEW, NOBODY)]
        assert (everything.schemas, everything.own, everything.marked) == (7, 3, 2)
        assert (few.schemas, few.own, few.marked) == (3, 2, 1)
        assert (nothing.own, nothing.marked) == (0, 0)

    async def test_a_missing_user_or_host_is_not_tried(self) -> None:
        with pytest.raises(NotConfigured, match="Missing: host, user."):
            MySqlServer(MySqlSettings())


class TestEncryption:
    async def test_it_is_used_when_it_is_offered(self, connect: Connect) -> None:
        assert (await connect().greet()).encrypted

    async def test_it_can_be_switched_off(self, connect: Connect) -> None:
        assert not (await connect(tls=Tls.OFF).greet()).encrypted

    async def test_a_certificate_that_nobody_vouches_for(self, connect: Connect) -> None:
        error = await refusal(connect(tls=Tls.REQUIRED, host="localhost"))
        assert type(error) is Unreachable
        assert error.message.startswith("The encryption with the MySQL server failed: ")

    async def test_a_trusted_certificate(
        self, mariadb: MariaDb, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(mariadb.certificate))
        assert (await connect(tls=Tls.REQUIRED, host="localhost").greet()).encrypted

    async def test_a_certificate_of_another_host(
        self, mariadb: MariaDb, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(mariadb.certificate))
        error = await refusal(connect(tls=Tls.REQUIRED, host="127.0.0.1"))
        assert error.message.startswith("The encryption with the MySQL server failed: ")

    async def test_a_server_that_offers_none_where_it_is_required(self, scripted: Script) -> None:
        error = await refusal(await scripted(greeting(), tls=Tls.REQUIRED))
        assert (error.kind, code(error)) == (ErrorKind.UNREACHABLE, "encryption_failed")


class TestSockets:
    async def test_a_local_socket_makes_host_and_port_irrelevant(self, mariadb: MariaDb, connect: Connect) -> None:
        server = connect(socket=mariadb.socket, host="host.invalid", port=1)
        assert "MariaDB" in (await server.greet()).version

    async def test_one_that_is_not_there(self, connect: Connect) -> None:
        error = await refusal(connect(socket="/nowhere/mysqld.sock"))
        assert error.message == "The MySQL server cannot be reached: there is no socket of this path."

    async def test_a_host_that_nobody_knows(self, connect: Connect) -> None:
        error = await refusal(connect(host="host.invalid"))
        assert (type(error), code(error), errno(error)) == (Unreachable, "unknown_host", 2005)
        assert "host.invalid" not in error.message


class TestWaysOfSigningIn:
    async def test_the_password_is_never_sent_as_it_is(self, scripted: Script, heard: bytearray) -> None:
        for plugin in (b"mysql_clear_password", b"dialog"):
            error = await refusal(await scripted(greeting(), b"\xfe" + plugin + b"\0Password: "))
            assert (type(error), code(error)) == (RefusedSignIn, "unsupported_sign_in")
        assert PASSWORD.encode() not in heard

    async def test_a_missing_package_is_told_in_words(self, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(*_args: object) -> bytes:
            raise RuntimeError("'cryptography' package is required for sha256_password or caching_sha2_password")

        monkeypatch.setattr("pymysql._auth.scramble_native_password", missing)
        error = await refusal(connect())
        assert type(error) is RefusedSignIn
        assert "package cryptography" in error.message
        assert error.remedy.startswith("Switch encryption on")

    @pytest.mark.parametrize(
        ("number", "kind", "name"),
        [
            (1040, ErrorKind.REMOTE_ERROR, "too_many_connections"),
            (1044, ErrorKind.FORBIDDEN, "permission_denied"),
            (1045, ErrorKind.REFUSED_SIGN_IN, "access_denied"),
            (1049, ErrorKind.REMOTE_ERROR, "unknown_database"),
            (1129, ErrorKind.REMOTE_ERROR, "host_blocked"),
            (1130, ErrorKind.FORBIDDEN, "host_not_allowed"),
            (1142, ErrorKind.FORBIDDEN, "permission_denied"),
            (3024, ErrorKind.TIMED_OUT, "query_timeout"),
            (1969, ErrorKind.TIMED_OUT, "query_timeout"),
            (1053, ErrorKind.UNREACHABLE, "connection_lost"),
            (9999, ErrorKind.REMOTE_ERROR, "remote_error"),
        ],
    )
    async def test_error_numbers_become_words(self, scripted: Script, number: int, kind: ErrorKind, name: str) -> None:
        error = await refusal(await scripted(b"\xff" + struct.pack("<H", number) + b"#HY000eve@10.1.2.3 may not"))
        assert (error.kind, code(error), errno(error)) == (kind, name, number)
        assert "eve" not in error.message

    @pytest.mark.parametrize("answer", [b"", b"\0", b"\x0a", b"\xff", b"\x0a" + b"8" * 40, b"HTTP/1.1 400 Bad Request"])
    async def test_an_answer_that_is_none_of_mysql_s(self, scripted: Script, answer: bytes) -> None:
        error = await refusal(await scripted(answer, connect_timeout_s=0.5))
        assert isinstance(error, BadData | Unreachable | TimedOut | RefusedSignIn), repr(error)
        assert error.message


def greeting() -> bytes:
    """The first packet of a server of MySQL 8, without encryption."""
    capabilities = 0x000F_F7FF & ~0x0800 | 0x0008_0000  # all of the usual but SSL; PLUGIN_AUTH
    return (
        b"\x0a8.0.39\0" + struct.pack("<I", 7) + b"saltsalt\0" + struct.pack("<H", capabilities & 0xFFFF) + b"\xff\2\0"
        + struct.pack("<H", capabilities >> 16) + b"\x15" + b"\0" * 10 + b"moresaltsalt\0" + b"caching_sha2_password\0"
    )  # fmt: skip


@pytest.fixture
def heard() -> bytearray:
    """What clients said to scripted servers."""
    return bytearray()


@pytest.fixture
async def scripted(heard: bytearray) -> AsyncIterator[Script]:
    """Makes clients of servers that say one packet at first and the next after each of the client's, then hang up."""
    async with AsyncExitStack() as opened:

        async def make(*packets: bytes, **settings: Any) -> MySqlServer:
            async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                for turn, packet in enumerate(packets):
                    writer.write(struct.pack("<I", len(packet))[:3] + bytes([2 * turn]) + packet)
                    heard.extend(await reader.read(65536))
                writer.close()

            listening = await opened.enter_async_context(await asyncio.start_server(talk, "127.0.0.1", 0))
            port = listening.sockets[0].getsockname()[1]
            server = MySqlServer(MySqlSettings("127.0.0.1", port, user="eve", password=PASSWORD, **settings))
            return await opened.enter_async_context(server)

        yield make
