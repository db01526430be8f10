"""Live numbers through a WebSocket: its messages, its losses, its sign-in."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import aclosing, asynccontextmanager, suppress
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from app.connectors.contact_center import ContactCenter
from app.connectors.contact_center.live import Live
from app.connectors.contact_center.settings import ContactCenterSettings
from app.connectors.sign_in import SignInSettings, make_sign_in
from app.domain.attempts import AttemptLog, noting
from app.domain.contact_center.live import LiveChange, LiveKind
from app.domain.contact_center.records import GroupLoad, OnlineStatus
from app.domain.kinds.sign_in import AuthenticationType
from app.errors import BadData, Forbidden, MusterError, NotConfigured, RefusedSignIn, Unreachable
from tests.support.contact_center import BASE, MOSCOW, TOKEN, load, make, ms
from tests.support.onec import listening

ONLINE = {"agentId": "op-17", "stateCode": "Work", "stateName": "Обработка", "startDate": "2026-03-05T06:00:10Z"}
WORKING = OnlineStatus("op-17", "Work", "Обработка", ms("2026-03-05T06:00:10Z"))
SNAPSHOT = {"type": "snapshot", "agentStatus": [ONLINE], "groupsOnlineLoad": [load()]}
Talk = Callable[[ServerConnection], Awaitable[None]]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.connectors.contact_center.live.PAUSES_S", (0.01, 0.02))


@asynccontextmanager
async def platform(talk: Talk, check: Callable[[Request], Response | None] | None = None) -> AsyncIterator[str]:
    """A platform that says what `talk` does on every new line."""

    async def on_request(_line: ServerConnection, request: Request) -> Response | None:
        return check(request) if check else None

    async def handle(line: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await talk(line)

    async with serve(handle, "127.0.0.1", 0, process_request=on_request) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/live"


def saying(*messages: object) -> Talk:
    """Says these and then waits."""

    async def talk(line: ServerConnection) -> None:
        for message in messages:
            await line.send(message if isinstance(message, str | bytes) else json.dumps(message))
        await line.wait_closed()

    return talk


async def first(center: ContactCenter, count: int) -> list[LiveChange]:
    """The first changes."""
    found: list[LiveChange] = []
    async with asyncio.timeout(5), aclosing(center.live()) as changes:
        async for change in changes:
            found.append(change)
            if len(found) == count:
                break
    return found


def live(url: str, **more: Any) -> ContactCenter:
    return make(BASE, websocket_url=url, **more)


async def test_a_snapshot_and_changes_come_as_they_are_said() -> None:
    lunch = ONLINE | {"stateCode": "Break_12", "startDate": "2026-03-05T06:30:00Z"}
    change = {"type": "change", "agentStatus": [lunch], "left": ["op-18", 19]}
    async with platform(saying(SNAPSHOT, change)) as url, live(url) as center:
        snapshot, changed = await first(center, 2)
    assert snapshot == LiveChange(LiveKind.SNAPSHOT, (WORKING,), (GroupLoad("g-sales", "1", 4, 12),))
    assert changed.kind is LiveKind.CHANGE
    assert changed.statuses is not None
    assert changed.statuses[0].state_code == "Break_12"
    assert (changed.loads, changed.left) == (None, ("op-18", "19"))


async def test_what_a_snapshot_does_not_say_is_not_nothing() -> None:
    messages = {"type": "snapshot", "agentStatus": []}, {"groups_online_load": [load()]}
    async with platform(saying(*messages)) as url, live(url) as center:
        agents, groups = await first(center, 2)
    assert (agents.kind, agents.statuses, agents.loads) == (LiveKind.SNAPSHOT, (), None)
    assert (groups.kind, groups.statuses) == (LiveKind.CHANGE, None)


async def test_other_types_are_passed_over_and_a_byte_order_mark_too() -> None:
    marked = b"\xef\xbb\xbf" + json.dumps(SNAPSHOT).encode()
    async with platform(saying({"type": "hello"}, {"type": "lost"}, marked)) as url, live(url) as center:
        (change,) = await first(center, 1)
    assert change.kind is LiveKind.SNAPSHOT


async def test_a_lost_line_is_told_and_opened_again() -> None:
    lines = 0

    async def talk(line: ServerConnection) -> None:
        nonlocal lines
        lines += 1
        await line.send(json.dumps(SNAPSHOT))
        line.transport.abort()

    async with platform(talk) as url, live(url) as center:
        changes = await first(center, 5)
    assert [change.kind for change in changes] == [
        LiveKind.SNAPSHOT, LiveKind.LOST, LiveKind.SNAPSHOT, LiveKind.LOST, LiveKind.SNAPSHOT,
    ]  # fmt: skip
    assert isinstance(changes[1].problem, Unreachable)
    assert lines == 3


async def test_pauses_grow_while_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[float] = []

    async def hang_up(line: ServerConnection) -> None:
        opened.append(time.monotonic())
        await line.close()

    monkeypatch.setattr("app.connectors.contact_center.live.PAUSES_S", (0.01, 0.1, 0.3))
    async with platform(hang_up) as url, live(url) as center:
        await first(center, 5)
    pauses = [after - before for before, after in pairwise(opened)]
    assert pauses[1] > 0.08
    assert min(pauses[2:]) > 0.24  # and then they stay


async def test_nobody_there_is_told_as_unreachable() -> None:
    async with live("ws://127.0.0.1:1/live") as center:
        (lost,) = await first(center, 1)
    assert (lost.kind, type(lost.problem)) == (LiveKind.LOST, Unreachable)


async def test_a_platform_that_accepts_and_says_nothing_is_not_waited_for_for_ever() -> None:
    async def deaf(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with listening(deaf) as address, live("ws" + address.removeprefix("http"), timeout_s=0.2) as center:
        (lost,) = await first(center, 1)
    assert lost.problem is not None
    assert "in time" in lost.problem.message


@pytest.mark.parametrize(("status", "error"), [(401, RefusedSignIn), (403, Forbidden), (500, Unreachable)])
async def test_a_refusal_is_told_as_what_it_is(status: int, error: type[MusterError]) -> None:
    def refuse(_request: Request) -> Response:
        return Response(status, "no", Headers({"Content-Length": "0"}), b"")

    async with platform(saying(), refuse) as url, live(url) as center:
        (lost,) = await first(center, 1)
    assert type(lost.problem) is error


class Renewing(httpx.Auth):
    """A token that is renewed when it is refused."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = "Bearer old"
        if (yield request).status_code == 401:
            request.headers["Authorization"] = "Bearer new"
            yield request


@pytest.mark.parametrize("auth", [Renewing(), httpx.Auth()])
async def test_after_a_refusal_the_line_is_opened_with_a_new_sign_in_where_there_is_one(auth: httpx.Auth) -> None:
    seen: list[str | None] = []

    def refuse_once(request: Request) -> Response | None:
        seen.append(request.headers.get("Authorization"))
        return Response(401, "no", Headers({"Content-Length": "0"}), b"") if len(seen) == 1 else None

    async with (
        platform(saying(SNAPSHOT), refuse_once) as url,
        ContactCenter(ContactCenterSettings(BASE, MOSCOW, websocket_url=url), auth) as center,
    ):
        lost, snapshot = await first(center, 2)
    assert isinstance(lost.problem, RefusedSignIn)
    assert snapshot.kind is LiveKind.SNAPSHOT
    assert seen == (["Bearer old", "Bearer new"] if isinstance(auth, Renewing) else [None, None])


async def test_a_message_that_is_none_loses_the_line_rather_than_going_on_wrongly() -> None:
    async with platform(saying(SNAPSHOT, "<html>")) as url, live(url) as center:
        _snapshot, lost = await first(center, 2)
    assert isinstance(lost.problem, BadData)


async def test_a_message_too_long_loses_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.connectors.contact_center.live.MOST_MESSAGE_BYTES", 1000)
    async with platform(saying("[" + " " * 2000)) as url, live(url) as center:
        (lost,) = await first(center, 1)
    assert lost.kind is LiveKind.LOST


async def test_the_line_is_opened_with_the_connections_sign_in() -> None:
    seen: list[str | None] = []

    def note(request: Request) -> None:
        seen.append(request.headers.get("Authorization"))

    async with platform(saying(SNAPSHOT), note) as url, live(url) as center:
        await first(center, 1)
    assert seen == [f"Bearer {TOKEN}"]


async def test_a_key_in_the_address_is_sent_there_too() -> None:
    seen: list[str] = []

    def note(request: Request) -> None:
        seen.append(request.path)

    sign_in = make_sign_in(SignInSettings(AuthenticationType.API_KEY, key="k-123456", key_query="key"), "x")
    async with platform(saying(SNAPSHOT), note) as url:
        settings = ContactCenterSettings(BASE, MOSCOW, websocket_url=url)
        async with ContactCenter(settings, sign_in) as center:
            await first(center, 1)
    assert seen == ["/live?key=k-123456"]


class TestWhatIsNoted:
    async def test_a_line_that_is_lost_tells_how_much_came(self) -> None:
        async def talk(line: ServerConnection) -> None:
            for _message in range(3):
                await line.send(json.dumps(SNAPSHOT))
            await line.close()

        with noting(AttemptLog()) as log:
            async with platform(talk) as url, live(f"{url}?key=planted-key") as center:
                await first(center, 4)
        opened, listened, *_later = log.told().kept
        assert (opened.method, opened.url, opened.status, opened.error) == ("CONNECT", url, 101, "")
        assert (listened.method, listened.url, listened.messages) == ("LISTEN", url, 3)
        assert listened.size == 3 * len(json.dumps(SNAPSHOT).encode())
        assert "closed the line" in listened.error
        assert "planted-key" not in repr(log.told())

    async def test_a_refusal_has_its_status_and_silence_has_none(self) -> None:
        def refuse(_request: Request) -> Response:
            return Response(403, "no", Headers({"Content-Length": "0"}), b"")

        with noting(AttemptLog()) as log:
            async with platform(saying(), refuse) as url, live(url) as center:
                await first(center, 1)
            async with live("ws://127.0.0.1:1/live") as center:
                await first(center, 1)
        refused, away = log.told().kept
        assert (refused.method, refused.status, bool(refused.error)) == ("CONNECT", 403, True)
        assert (away.method, away.status, bool(away.error)) == ("CONNECT", None, True)

    async def test_one_that_nobody_wants_any_more_ends_without_a_problem(self) -> None:
        with noting(AttemptLog()) as log:
            async with platform(saying(SNAPSHOT)) as url, live(url) as center:
                await first(center, 1)
        listened = log.told().kept[-1]
        assert (listened.method, listened.messages, listened.error) == ("LISTEN", 1, "")


async def test_without_an_address_there_is_no_line() -> None:
    async with make() as center:
        with pytest.raises(NotConfigured):
            center.live()


@given(st.binary(max_size=200))
def test_any_message_is_a_change_or_bad_data(body: bytes) -> None:
    reader = Live(ContactCenterSettings(BASE, MOSCOW), make_sign_in(SignInSettings(AuthenticationType.NONE), "x"))
    with suppress(BadData):
        reader._read(body)
