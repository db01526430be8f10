"""The HTTP foundation (connections.md §10): retries, Retry-After, breaker, spacing, time and size limits, redaction."""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.breaker import FAILURES_IN_A_ROW, FIRST_PAUSE_S, Breaker
from app.connectors.http import Answer, Call, HttpClient, HttpSettings, RetryPolicy, rate_limited
from app.connectors.retry_after import retry_after_seconds
from app.connectors.route import USER_AGENT
from app.errors import (
    BadData,
    MusterError,
    Outage,
    RateLimited,
    Redirected,
    RemoteError,
    TimedOut,
    Unreachable,
)
from app.redaction import MASK, register_basic, register_secret

BASE = "http://127.0.0.1:1"
SECRET = "planted-s3cret/with+signs"


def classify(answer: Answer) -> MusterError | None:
    return rate_limited(answer, "Hub") if answer.status == 429 else None


def make(**settings: object) -> HttpClient:
    values: dict[str, object] = {"base_url": BASE, "system": "Hub", "classify": classify, "most_per_second": 10_000.0}
    return HttpClient(HttpSettings(**(values | settings)))  # type: ignore[arg-type]


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    async with make() as client:
        yield client


@pytest.fixture
def hub() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


@asynccontextmanager
async def server(answer: Callable[[asyncio.StreamWriter], object]) -> AsyncIterator[str]:
    """A socket that reads a request and then does what `answer` does, for as long as the test needs it."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(writer)  # type: ignore[misc]
        except ConnectionError:
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        ended.set()
        listening.close()


class TestOneCall:
    async def test_an_answer_comes_whole_with_its_status(self, client: HttpClient, hub: respx.MockRouter) -> None:
        route = hub.get("/x/Departments").respond(200, json=[1], headers={"X-Kind": "list"})
        answer = await client.get("x/Departments")
        assert (answer.status, answer.body, answer.headers["x-kind"]) == (200, b"[1]", "list")
        sent = route.calls.last.request
        assert (sent.headers["accept"], sent.headers["user-agent"]) == ("application/json", USER_AGENT)

    async def test_redirects_are_not_followed_but_named(self, client: HttpClient, hub: respx.MockRouter) -> None:
        target = hub.get("https://login.example/").respond(200, json=[])
        hub.get("/x").respond(302, headers={"Location": "https://login.example/?token=abc"})
        with pytest.raises(Redirected) as refused:
            await client.get("x")
        assert refused.value.message == "Hub redirects to login.example."
        assert not target.called

    @pytest.mark.parametrize(("location", "named"), [("/Account/Login?x=1", "Account/Login"), ("", "?"), ("?a=b", "?")])
    async def test_a_redirect_to_anywhere_is_explained(
        self, client: HttpClient, hub: respx.MockRouter, location: str, named: str
    ) -> None:
        hub.get("/x").respond(302, headers={"Location": location})
        with pytest.raises(Redirected, match=f"Hub redirects to {named.replace('?', '[?]')}."):
            await client.get("x")

    async def test_a_redirect_to_nonsense_is_an_error_of_the_family_too(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        hub.get("/x").respond(302, headers={"Location": "http://host:port/"})
        with pytest.raises(MusterError):
            await client.get("x")

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 422])
    async def test_4xx_is_never_repeated(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float], status: int
    ) -> None:
        route = hub.get("/x").respond(status, text="  no way  ")
        with pytest.raises(RemoteError) as refused:
            await client.get("x")
        assert not isinstance(refused.value, Outage)
        assert refused.value.message == f"Hub error {status}: no way"
        assert (route.call_count, no_waiting) == (1, [])


class TestCalls:
    async def test_a_body_goes_as_json_with_the_headers_of_its_own(
        self, client: HttpClient, hub: respx.MockRouter
    ) -> None:
        route = hub.post("/sign").respond(200, json={})
        await client.send(Call("sign", "POST", {"apikey": "k"}, {"paths": ["ș.jpg"]}))
        sent = route.calls.last.request
        assert (sent.headers["apikey"], sent.headers["content-type"]) == ("k", "application/json")
        assert sent.content == '{"paths":["ș.jpg"]}'.encode()

    async def test_only_a_get_is_ever_repeated(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        route = hub.post("/x").respond(503)
        with pytest.raises(Outage):
            await client.send(Call("x", "POST", body={}))
        assert (route.call_count, no_waiting) == (1, [])

    async def test_only_the_statuses_of_the_policy_are_repeated(
        self, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        route = hub.get("/x").respond(540)
        async with make(retry=RetryPolicy(statuses={503})) as client:
            with pytest.raises(Outage):
                await client.get("x")
        assert (route.call_count, no_waiting) == (1, [])

    async def test_a_call_may_bring_its_own_reading_of_answers(self, client: HttpClient, hub: respx.MockRouter) -> None:
        hub.get("/x").respond(200)
        with pytest.raises(TimedOut, match="own"):
            await client.send(Call("x", classify=lambda _answer: TimedOut("own")))

    async def test_queries_headers_and_bodies_are_seen_nowhere(
        self, client: HttpClient, hub: respx.MockRouter, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, "app")
        hub.post("/x").respond(200)
        call = Call("x?token=planted", "POST", {"apikey": "planted"}, {"password": "planted"})
        await client.send(call)
        assert "POST x: 200" in caplog.text
        assert "planted" not in caplog.text + repr(call) + str(call)


class TestRepeating:
    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    async def test_5xx_is_repeated_twice_after_one_and_three_seconds(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float], status: int
    ) -> None:
        route = hub.get("/x").respond(status, text="down")
        with pytest.raises(Outage, match=f"Hub error {status}: down"):
            await client.get("x")
        assert (route.call_count, no_waiting) == (3, [1.0, 3.0])

    @pytest.mark.parametrize(
        "failure",
        [httpx.ConnectError("refused"), httpx.ReadError("reset"), httpx.RemoteProtocolError("cut"), OSError("net")],
        ids=lambda f: type(f).__name__,
    )
    async def test_a_broken_connection_is_repeated(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float], failure: Exception
    ) -> None:
        route = hub.get("/x").mock(side_effect=failure)
        with pytest.raises(Unreachable) as refused:
            await client.get("x")
        assert refused.value.message.startswith("Hub request failed. ")
        assert (route.call_count, no_waiting) == (3, [1.0, 3.0])

    @pytest.mark.parametrize(
        ("failure", "seconds"),
        [(httpx.ReadTimeout("t"), 30), (httpx.ConnectTimeout("t"), 5), (httpx.PoolTimeout("t"), 30)],
    )
    async def test_a_time_out_is_repeated_and_says_how_long_it_waited(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float], failure: Exception, seconds: int
    ) -> None:
        route = hub.get("/x").mock(side_effect=failure)
        with pytest.raises(TimedOut, match=f"Hub request failed. No answer within {seconds} seconds."):
            await client.get("x")
        assert route.call_count == 3

    async def test_the_second_try_may_work(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        hub.get("/x").mock(side_effect=[httpx.Response(503), httpx.Response(200, json=[])])
        assert (await client.get("x")).status == 200
        assert no_waiting == [1.0]

    async def test_a_test_call_is_sent_once(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        route = hub.get("/x").respond(503)
        with pytest.raises(Outage):
            await client.get_once("x")
        assert (route.call_count, no_waiting) == (1, [])


class TestRateLimit:
    async def limited(self, client: HttpClient, hub: respx.MockRouter, **headers: str) -> tuple[RateLimited, int]:
        route = hub.get("/x").respond(429, headers=headers)
        with pytest.raises(RateLimited) as refused:
            await client.get("x")
        return refused.value, route.call_count

    async def test_up_to_a_minute_is_waited_for_at_most_twice(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        error, calls = await self.limited(client, hub, **{"Retry-After": "60"})
        assert (calls, no_waiting) == (3, [60.0, 60.0])
        assert (error.message, error.retry_after) == ("Hub rate limit reached. Retry after 60 seconds.", 60.0)

    async def test_longer_than_a_minute_stops_at_once_with_the_seconds(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        error, calls = await self.limited(client, hub, **{"Retry-After": "61"})
        assert (calls, no_waiting) == (1, [])
        assert error.message == "Hub rate limit reached. Retry after 61 seconds."

    @pytest.mark.parametrize("value", ["soon", "", "nan", "inf", "Wed, 99 Foo"])
    async def test_a_header_that_means_nothing_stops_at_once(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float], value: str
    ) -> None:
        error, calls = await self.limited(client, hub, **{"Retry-After": value})
        assert (calls, error.retry_after) == (1, None)
        assert error.message == "Hub rate limit reached. Retry after 60 seconds."

    async def test_a_missing_header_stops_at_once(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        error, calls = await self.limited(client, hub)
        assert (calls, error.retry_after) == (1, None)

    async def test_after_the_pause_the_answer_counts(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        hub.get("/x").mock(
            side_effect=[httpx.Response(429, headers={"Retry-After": "0"}), httpx.Response(200, json=[])]
        )
        assert (await client.get("x")).status == 200
        assert no_waiting == [0.0]

    def test_the_header_as_a_date(self) -> None:
        now = datetime(2026, 1, 20, 12, tzinfo=UTC)
        later = format_datetime(now + timedelta(seconds=30), usegmt=True)
        assert retry_after_seconds(later, now) == 30.0
        assert retry_after_seconds("Tue, 20 Jan 2026 12:00:30", now) == 30.0
        assert retry_after_seconds(format_datetime(now - timedelta(hours=1), usegmt=True), now) == 0.0
        assert retry_after_seconds("-5") == 0.0
        assert retry_after_seconds("2.5") == 2.5
        assert retry_after_seconds("0 MAY 0 0:0 10000000000000") is None

    @given(st.text() | st.from_regex(r"[0-9]{1,20} May [0-9]{1,20} [0-9:]{1,20} [+-]?[0-9]{1,20}", fullmatch=True))
    def test_whatever_the_header_says_is_a_time_to_wait_or_nothing(self, header: str) -> None:
        assert (retry_after_seconds(header) or 0.0) >= 0.0


class TestBreaker:
    async def fail(self, client: HttpClient, times: int = 1, kind: type[MusterError] = MusterError) -> None:
        for _time in range(times):
            with pytest.raises(kind):
                await client.get("x")

    async def test_five_failed_calls_in_a_row_open_it_and_nothing_is_sent_any_more(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        route = hub.get("/x").respond(500)
        await self.fail(client, FAILURES_IN_A_ROW, Outage)
        sent = route.call_count
        assert sent == 15  # the breaker sees calls after their retries, not attempts
        with pytest.raises(Unreachable, match="left alone for a while"):
            await client.get("x")
        assert route.call_count == sent

    @pytest.mark.parametrize("status", [401, 403, 404, 429, 302])
    async def test_refusals_never_open_it(self, client: HttpClient, hub: respx.MockRouter, status: int) -> None:
        route = hub.get("/x").respond(status)
        await self.fail(client, 10)
        assert route.call_count == 10

    async def test_wrong_data_and_cancelling_never_open_it(self, client: HttpClient, hub: respx.MockRouter) -> None:
        async def hang(_request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

        hub.get("/x").mock(side_effect=hang)
        for _time in range(10):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.get("x"), 0.01)
        hub.get("/y").respond(200, json=[])
        assert (await client.get("y")).status == 200

    async def test_a_success_between_failures_starts_the_count_anew(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        hub.get("/x").respond(500)
        hub.get("/y").respond(200)
        for _time in range(3):
            await self.fail(client, FAILURES_IN_A_ROW - 1, Outage)
            await client.get("y")
        await self.fail(client, 1, Outage)

    async def test_after_the_pause_one_trial_decides(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        passed = [0.0]
        real = time.monotonic
        monkeypatch.setattr("app.connectors.breaker.time.monotonic", lambda: real() + passed[0])
        route = hub.get("/x").respond(500)
        await self.fail(client, FAILURES_IN_A_ROW, Outage)
        await self.fail(client, 1, Unreachable)
        passed[0] += FIRST_PAUSE_S + 1
        sent = route.call_count
        await self.fail(client, 1, Outage)
        await self.fail(client, 1, Unreachable)
        assert route.call_count == sent + 3  # one trial with its retries, then closed again
        passed[0] += FIRST_PAUSE_S + 1
        await self.fail(client, 1, Unreachable)  # the pause has doubled
        passed[0] += FIRST_PAUSE_S + 1
        route.respond(200)
        assert (await client.get("x")).status == 200
        assert (await client.get("x")).status == 200

    @pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
    async def test_setting_the_clock_neither_prolongs_nor_cuts_the_pause(
        self, monkeypatch: pytest.MonkeyPatch, jump: float
    ) -> None:
        breaker = Breaker("Hub")

        async def fail() -> None:
            raise Outage("down")

        for _time in range(FAILURES_IN_A_ROW):
            with pytest.raises(Outage):
                await breaker.call(fail)
        with pytest.raises(Unreachable):
            await breaker.call(fail)
        real_time, real_monotonic = time.time, time.monotonic
        monkeypatch.setattr("app.connectors.breaker.time.time", lambda: real_time() + jump)
        with pytest.raises(Unreachable):
            await breaker.call(fail)
        monkeypatch.setattr("app.connectors.breaker.time.monotonic", lambda: real_monotonic() + FIRST_PAUSE_S + 1)
        with pytest.raises(Outage):
            await breaker.call(fail)

    async def test_a_test_that_works_lets_calls_pass_again(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        route = hub.get("/x").respond(500)
        await self.fail(client, FAILURES_IN_A_ROW, Outage)
        route.respond(200)
        assert (await client.get_once("x")).status == 200
        assert (await client.get("x")).status == 200


class TestLimits:
    async def test_calls_are_spaced_evenly_not_in_bursts(self, hub: respx.MockRouter) -> None:
        hub.get("/x").respond(200)
        async with make(most_per_second=50.0) as client:
            begun = time.monotonic()
            await asyncio.gather(*(client.get("x") for _call in range(6)))
        assert time.monotonic() - begun >= 5 / 50 * 0.95

    async def test_never_more_at_once_than_allowed(self, hub: respx.MockRouter) -> None:
        now = most = 0

        async def count(_request: httpx.Request) -> httpx.Response:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.01)
            now -= 1
            return httpx.Response(200)

        hub.get("/x").mock(side_effect=count)
        async with make(most_parallel=2) as client:
            await asyncio.gather(*(client.get("x") for _call in range(6)))
        assert most == 2

    async def test_the_time_limit_holds_for_the_whole_call_also_when_bytes_trickle(self) -> None:
        async def trickle(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)

        async with server(trickle) as url, make(base_url=url, timeout_s=0.2, retry=RetryPolicy(())) as client:
            begun = time.monotonic()
            with pytest.raises(TimedOut):
                await client.get("x")
            assert time.monotonic() - begun < 1

    async def test_an_answer_that_ends_in_the_middle_is_no_answer(self, no_waiting: list[float]) -> None:
        async def cut(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[1, 2")
            await writer.drain()

        async with server(cut) as url, make(base_url=url) as client:
            with pytest.raises(Unreachable, match="Hub request failed. peer closed connection"):
                await client.get("x")
        assert no_waiting == [1.0, 3.0]

    async def test_nobody_listening_is_unreachable(self, no_waiting: list[float]) -> None:
        async with make(base_url="http://127.0.0.1:9") as client:
            with pytest.raises(Unreachable, match="Hub request failed. "):
                await client.get("x")

    async def test_a_host_that_does_not_exist_is_unreachable(self) -> None:
        async with make(base_url="https://no-such-host.invalid", retry=RetryPolicy(())) as client:
            with pytest.raises(Unreachable, match="Hub request failed. "):
                await client.get("x")

    async def test_too_many_bytes_are_not_read(self, client: HttpClient, hub: respx.MockRouter) -> None:
        route = hub.get("/x").respond(200, content=b"x" * 2_000_001)
        with pytest.raises(BadData, match="Hub sent more than 2 MB."):
            await client.get("x", most_bytes=2_000_000)
        assert route.call_count == 1

    async def test_a_small_answer_that_unpacks_to_a_huge_one_is_not_read(
        self, client: HttpClient, hub: respx.MockRouter
    ) -> None:
        bomb = gzip.compress(b"0" * 20_000_000)
        hub.get("/x").respond(200, content=bomb, headers={"Content-Encoding": "gzip"})
        with pytest.raises(BadData, match="Hub sent more than 1 MB."):
            await client.get("x", most_bytes=1_000_000)

    async def test_an_answer_that_cannot_be_unpacked_is_bad_data(
        self, client: HttpClient, hub: respx.MockRouter
    ) -> None:
        async def broken(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")
            await writer.drain()

        hub.stop()
        async with server(broken) as url, make(base_url=url) as client:
            with pytest.raises(BadData, match="cannot be unpacked"):
                await client.get("x")
        hub.start()


class TestSecrets:
    """No secret in a message, an exception, a representation or a log, whatever the server sends back."""

    @pytest.fixture(autouse=True)
    def planted(self) -> None:
        register_basic("muster", SECRET)
        register_secret("x" * 900)

    def test_an_excerpt_is_trimmed_redacted_and_then_cut(self) -> None:
        body = b" " * 5000 + f"key={SECRET}; {'y' * 600}".encode()
        excerpt = Answer(500, httpx.Headers(), body, 0).excerpt()
        assert excerpt.startswith(f"key={MASK}; yyy")
        assert len(excerpt) == 500

    def test_a_secret_is_not_cut_in_two_by_the_limit(self) -> None:
        body = ("x" * 900 + " ") * 30
        assert "xxx" not in Answer(500, httpx.Headers(), body.encode(), 0).excerpt()

    @pytest.mark.parametrize(
        "echo",
        [
            SECRET,
            f'{{"key": "{SECRET.replace("/", "%2F").replace("+", "%2B")}"}}',
            "bXVzdGVyOnBsYW50ZWQtczNjcmV0L3dpdGgrc2lnbnM=",
        ],
        ids=["plain", "in a URL", "in a Basic header"],
    )
    async def test_an_error_page_that_repeats_the_key_is_masked(
        self,
        client: HttpClient,
        hub: respx.MockRouter,
        no_waiting: list[float],
        caplog: pytest.LogCaptureFixture,
        echo: str,
    ) -> None:
        from app.redaction import RedactingFormatter

        caplog.handler.setFormatter(RedactingFormatter())
        hub.get("/x").respond(500, text=f"you sent {echo}")
        with caplog.at_level(logging.DEBUG), pytest.raises(Outage) as refused:
            await client.get("x")
        assert MASK in refused.value.message
        assert echo not in refused.value.message + repr(refused.value) + caplog.text

    async def test_a_cause_that_names_the_key_is_masked(
        self, client: HttpClient, hub: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        hub.get("/x").mock(side_effect=httpx.ConnectError(f"could not reach https://me:{SECRET}@hub"))
        with pytest.raises(Unreachable) as refused:
            await client.get("x")
        assert SECRET not in refused.value.message

    async def test_our_log_names_path_status_size_and_duration(
        self, client: HttpClient, hub: respx.MockRouter, caplog: pytest.LogCaptureFixture
    ) -> None:
        hub.get("/MS/Departments").respond(200, json=[])
        with caplog.at_level(logging.INFO, "app.connectors.http"):
            await client.get("MS/Departments")
        assert re.search(r"GET MS/Departments: 200, 2 bytes, \d\.\d\d s", caplog.text)
