"""What answers mean, what is asked again, and bad days of the line (contact-center.md §4, connections.md §10)."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest
import respx

from app.connectors.contact_center import BadParameter, ContactCenter
from app.errors import (
    BadData,
    Forbidden,
    MusterError,
    NotConfigured,
    Outage,
    RateLimited,
    Redirected,
    RefusedSignIn,
    TimedOut,
    Unreachable,
)
from tests.support.contact_center import DAY, TOKEN, ScriptedServer, load, make
from tests.support.onec import listening

PATH = "/historic/agentCallsData"


async def test_400_shows_field_message_and_description(center: ContactCenter, wire: respx.MockRouter) -> None:
    body = {"field": "startDate", "message": "Bad date", "description": "Expected ISO 8601 with a zone"}
    route = wire.get(PATH).respond(400, json=body)
    with pytest.raises(BadParameter) as caught:
        await center.calls(DAY, ["op-17"])
    assert caught.value.field == "startDate"
    assert all(text in caught.value.message for text in body.values())
    assert route.call_count == 1


async def test_400_with_anything_else_shows_how_it_begins(center: ContactCenter, wire: respx.MockRouter) -> None:
    wire.get(PATH).respond(400, text="<h1>Bad Request</h1>")
    with pytest.raises(BadParameter, match="Bad Request"):
        await center.calls(DAY, ["op-17"])


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425])
async def test_a_failure_of_the_platform_is_asked_again(
    center: ContactCenter, wire: respx.MockRouter, no_waiting: list[float], status: int
) -> None:
    wire.get(PATH).mock(
        side_effect=[respx.MockResponse(status), respx.MockResponse(status), respx.MockResponse(200, json=[])]
    )
    assert (await center.calls(DAY, ["op-17"])).rows == ()
    assert len(no_waiting) == 2


async def test_500_shows_its_description_after_the_last_try(
    center: ContactCenter, wire: respx.MockRouter, no_waiting: list[float]
) -> None:
    body = {"field": None, "message": "failure", "description": "the archive is being rebuilt"}
    route = wire.get(PATH).respond(500, json=body)
    with pytest.raises(Outage, match="the archive is being rebuilt"):
        await center.calls(DAY, ["op-17"])
    assert route.call_count == 4


@pytest.mark.parametrize(
    ("status", "error", "calls"),
    [(401, RefusedSignIn, 1), (403, Forbidden, 1), (302, Redirected, 1), (429, RateLimited, 4)],
)
async def test_other_refusals_are_what_they_are_everywhere(
    center: ContactCenter,
    wire: respx.MockRouter,
    no_waiting: list[float],
    status: int,
    error: type[MusterError],
    calls: int,
) -> None:
    route = wire.get(PATH).respond(status, headers={"Location": "https://sso.example.com/login"})
    with pytest.raises(error):
        await center.calls(DAY, ["op-17"])
    assert route.call_count == calls


async def test_what_429_asks_for_is_waited(
    center: ContactCenter, wire: respx.MockRouter, no_waiting: list[float]
) -> None:
    limited = respx.MockResponse(429, headers={"Retry-After": "7"})
    wire.get(PATH).mock(side_effect=[limited, respx.MockResponse(200, json=[])])
    await center.calls(DAY, ["op-17"])
    assert no_waiting == [7.0]


async def test_five_failures_open_the_breaker_for_history_and_live_numbers(
    wire: respx.MockRouter, no_waiting: list[float]
) -> None:
    wire.get(PATH).respond(500)
    async with make(retries=0) as center:
        for _failure in range(5):
            with pytest.raises(Outage):
                await center.calls(DAY, ["op-17"])
        before = wire.calls.call_count
        with pytest.raises(Unreachable, match="left alone"):
            await center.online_statuses()
        assert wire.calls.call_count == before
        assert center.breaker.refuses_until is not None


async def test_no_data_and_wrong_parameters_never_open_it(center: ContactCenter, wire: respx.MockRouter) -> None:
    wire.get(PATH).respond(404)
    wire.get("/historic/agentLoginData").respond(400)
    for _time in range(6):
        await center.calls(DAY, ["op-17"])
        with pytest.raises(BadParameter):
            await center.logins(DAY, ["op-17"])
    assert center.breaker.refuses_until is None


async def test_a_line_that_is_cut_is_unreachable(server: ScriptedServer, address: str) -> None:
    server.hangs_up = True
    async with make(address, retries=0) as center:
        with pytest.raises(Unreachable):
            await center.calls(DAY, ["op-17"])


async def test_history_that_never_comes_times_out(server: ScriptedServer, address: str) -> None:
    server.silent = True
    async with make(address, retries=0, timeout_s=0.1) as center:
        with pytest.raises(TimedOut):
            await center.calls(DAY, ["op-17"])


async def test_an_answer_that_drips_times_out_too() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with listening(drip) as address, make(address, retries=0, timeout_s=0.2) as center:
        with pytest.raises(TimedOut):
            await center.calls(DAY, ["op-17"])


class TestLiveBudget:
    async def test_a_hanging_platform_costs_a_live_question_its_budget_and_no_repetition(
        self, server: ScriptedServer, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.connectors.contact_center.client.LIVE_BUDGET_S", 0.2)
        server.silent = True
        async with make(address) as center:
            begun = time.monotonic()
            with pytest.raises(TimedOut):
                await center.online_statuses()
            assert time.monotonic() - begun < 1.0
        assert len(server.heard) == 1

    async def test_a_short_wait_that_is_asked_for_is_honoured_once(
        self, wire: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        limited = respx.MockResponse(429, headers={"Retry-After": "2"})
        wire.get("/online/agentStatus").mock(side_effect=[limited, respx.MockResponse(200, json=[])])
        async with make() as center:
            assert (await center.online_statuses()).rows == ()
        assert no_waiting == [2.0]

    @pytest.mark.parametrize("asked_for", ["5", "60"])
    async def test_a_wait_beyond_the_budget_is_not(
        self, wire: respx.MockRouter, no_waiting: list[float], asked_for: str
    ) -> None:
        route = wire.get("/online/agentStatus").respond(429, headers={"Retry-After": asked_for})
        async with make() as center:
            with pytest.raises(RateLimited):
                await center.online_statuses()
        assert route.call_count == 1

    async def test_a_failure_that_may_pass_is_tried_once_more(
        self, wire: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        route = wire.get("/online/agentStatus").respond(503)
        async with make() as center:
            with pytest.raises(Outage):
                await center.online_statuses()
        assert route.call_count == 2

    async def test_live_questions_do_not_wait_for_history(self, server: ScriptedServer, address: str) -> None:
        server.answer("/online/groupsOnlineLoad", [load()])
        server.answer(PATH, [])
        server.pause_s = 0.2
        async with make(address, ids_per_request=1) as center, asyncio.TaskGroup() as group:
            slow = group.create_task(center.calls(DAY, [f"op-{number}" for number in range(20)]))
            await asyncio.sleep(0.05)
            begun = time.monotonic()
            assert (await center.groups_load(["g-sales"])).rows
            assert time.monotonic() - begun < 0.6
            assert not slow.done()


async def test_a_failing_part_ends_the_others(server: ScriptedServer, address: str) -> None:
    server.answer(PATH, {"field": "agentId", "message": "unknown", "description": ""}, status=400)
    async with make(address, ids_per_request=1) as center:
        with pytest.raises(BadParameter):
            await center.calls(DAY, [f"op-{number}" for number in range(200)])
    assert len(server.heard) < 20


async def test_a_part_that_is_no_answer_fails_the_whole(center: ContactCenter, wire: respx.MockRouter) -> None:
    wire.get(PATH).respond(text="<html>Sign in</html>")
    with pytest.raises(BadData, match="Sign in"):
        await center.calls(DAY, ["op-17"])


async def test_secrets_stay_out_of_messages_and_logs(
    center: ContactCenter, wire: respx.MockRouter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "app")
    wire.get(PATH).respond(400, json={"field": "Authorization", "message": f"Bearer {TOKEN} is odd"})
    with pytest.raises(BadParameter) as caught:
        await center.calls(DAY, ["op-17"])
    assert wire.calls[0].request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in caught.value.message
    assert TOKEN not in caplog.text
    assert "op-17" not in caplog.text  # queries are not logged
    assert TOKEN not in repr(center)


async def test_without_an_address_nothing_is_asked() -> None:
    with pytest.raises(NotConfigured, match="endpoint_url"):
        make("")
