"""Status messages to receivers that answer, refuse, hang, cut the line or are not there (contact-center.md §6, §11)."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from contextlib import ExitStack

import pytest

from app.connectors.contact_center import ContactCenter
from app.domain.contact_center.pushes import StatusAction, StatusMessage
from app.errors import NotConfigured, TimedOut, Unreachable
from tests.support.contact_center import TOKEN, ScriptedServer, make

PATH = "/ccwfm/api/rest/status"
MESSAGE = StatusMessage("op-17", "Break", "Перерыв", "Контакт-центр 1", 1_772_694_000, StatusAction.ENTER)


@pytest.fixture
def receiver(server: ScriptedServer) -> ScriptedServer:
    server.answers[PATH] = (200, b"")
    return server


@pytest.fixture
def nowhere() -> str:
    """An address on this computer where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def sender(address: str, base: str = "http://127.0.0.1:1/api") -> ContactCenter:
    return make(base, status_push_url=address + PATH)


async def test_a_message_is_the_six_keys_with_whole_numbers(receiver: ScriptedServer, address: str) -> None:
    async with sender(address) as center:
        assert await center.push_status(MESSAGE)
    (heard,) = receiver.heard
    assert heard.line == f"POST {PATH} HTTP/1.1"
    assert heard.headers["content-type"] == "application/json"
    assert heard.json == {
        "workerId": "op-17", "stateName": "Перерыв", "stateCode": "Break", "systemId": "Контакт-центр 1",
        "actionTime": 1_772_694_000, "action": 1,
    }  # fmt: skip


async def test_one_socket_serves_many_messages(receiver: ScriptedServer, address: str) -> None:
    async with sender(address) as center:
        begun = time.monotonic()
        for _message in range(100):
            assert await center.push_status(MESSAGE)
        assert time.monotonic() - begun < 5
    assert len(receiver.heard) == 100


async def test_our_sign_in_is_shown_to_the_platform_alone(receiver: ScriptedServer, address: str) -> None:
    async with sender(address) as elsewhere, sender(address, address) as same:
        await elsewhere.push_status(MESSAGE)
        await same.push_status(MESSAGE)
    stranger, platform = receiver.heard
    assert "authorization" not in stranger.headers
    assert platform.headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503, 302])
async def test_a_refusal_is_told_and_not_sent_again(receiver: ScriptedServer, address: str, status: int) -> None:
    receiver.answers[PATH] = (status, b"no")
    async with sender(address) as center:
        assert await center.push_status(MESSAGE) is (status < 400)
        for _message in range(6):
            await center.push_status(MESSAGE)
        assert center.push_breaker is not None
        assert center.push_breaker.refuses_until is None  # it is there
    assert len(receiver.heard) == 7


async def test_a_receiver_that_cuts_the_line_without_an_answer_has_taken_it(
    receiver: ScriptedServer, address: str
) -> None:
    receiver.hangs_up = True
    async with sender(address) as center:
        assert await center.push_status(MESSAGE)
    assert len(receiver.heard) == 1


async def test_a_receiver_that_never_answers_has_taken_it(
    receiver: ScriptedServer, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.connectors.contact_center.push.PUSH_TIMEOUT_S", 0.2)
    receiver.silent = True
    async with sender(address) as center:
        begun = time.monotonic()
        assert await center.push_status(MESSAGE)
        assert time.monotonic() - begun < 1
    assert len(receiver.heard) == 1


async def test_nobody_there_is_tried_twice_and_then_left_alone(nowhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0
    async with sender(nowhere) as center:
        original = asyncio.get_running_loop().create_connection

        async def counted(*args: object, **kwargs: object) -> object:
            nonlocal tries
            tries += 1
            return await original(*args, **kwargs)  # type: ignore[call-overload]  # handed on as it came

        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", counted)
        with pytest.raises(Unreachable, match="cannot be reached"):
            await center.push_status(MESSAGE)
        assert tries == 2
        for _message in range(4):
            with pytest.raises(Unreachable):
                await center.push_status(MESSAGE)
        assert tries == 10
        with pytest.raises(Unreachable, match="left alone"):
            await center.push_status(MESSAGE)
        assert tries == 10


async def test_a_dead_receiver_does_not_keep_the_platform_from_being_asked(
    nowhere: str, server: ScriptedServer, address: str
) -> None:
    server.answer("/online/agentStatus", [])
    async with sender(nowhere, address) as center:
        for _message in range(6):
            with pytest.raises(Unreachable):
                await center.push_status(MESSAGE)
        assert (await center.online_statuses()).rows == ()


async def test_one_too_busy_to_let_anybody_in_times_out_unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.connectors.contact_center.push.PUSH_TIMEOUT_S", 0.2)
    with ExitStack() as sockets:
        busy = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _guest in range(4):  # the queue at the door is full
            guest = sockets.enter_context(socket.socket())
            guest.setblocking(False)
            guest.connect_ex(busy.getsockname())
        async with sender(f"http://127.0.0.1:{busy.getsockname()[1]}") as center:
            with pytest.raises(TimedOut, match="cannot be reached"):
                await center.push_status(MESSAGE)


async def test_without_a_receiver_nothing_is_sent() -> None:
    async with make() as center:
        assert center.push_breaker is None
        with pytest.raises(NotConfigured, match="receiver"):
            await center.push_status(MESSAGE)


async def test_messages_write_no_lines_above_debug(
    receiver: ScriptedServer, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "app")
    async with sender(address) as center:
        await center.push_status(MESSAGE)
        receiver.answers[PATH] = (500, b"")
        await center.push_status(MESSAGE)
    assert not [record for record in caplog.records if record.name.startswith("app")]


async def test_an_endless_answer_is_not_read(address: str, receiver: ScriptedServer) -> None:
    receiver.answers[PATH] = (200, b"x" * 5_000_000)
    async with sender(address) as center:
        assert await center.push_status(MESSAGE)
