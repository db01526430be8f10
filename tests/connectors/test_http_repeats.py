"""What a call says of itself: when it may be sent again, how much of its answer is enough; whom a client trusts."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from app.connectors.http import (
    Answer,
    Call,
    HttpClient,
    HttpSettings,
    Repeat,
    RepeatableError,
    RetryPolicy,
    may_have_arrived,
    rate_limited,
)
from app.connectors.route import Route
from app.errors import MusterError, NotConfigured

BASE = "http://127.0.0.1:1"


def classify(answer: Answer) -> MusterError | None:
    return rate_limited(answer, "Hub") if answer.status == 429 else None


def make(**settings: Any) -> HttpClient:
    values: dict[str, Any] = {"retry": RetryPolicy.growing(3), "most_per_second": 10_000.0} | settings
    return HttpClient(HttpSettings(BASE, "Hub", classify, **values))


class TestRepeat:
    @pytest.mark.parametrize(
        ("failure", "calls"),
        [
            # READ, AGAIN, UNSENT, NEVER (connections.md §10.1)
            (httpx.ConnectError("refused"), (4, 4, 4, 1)),
            (httpx.ConnectTimeout("late"), (4, 4, 4, 1)),
            (httpx.PoolTimeout("full"), (4, 4, 4, 1)),
            (httpx.ReadTimeout("late"), (4, 4, 1, 1)),
            (httpx.ReadError("gone"), (4, 4, 1, 1)),
            (httpx.WriteError("gone"), (4, 4, 1, 1)),
            (httpx.Response(503), (4, 4, 1, 1)),
            (httpx.Response(429, headers={"Retry-After": "1"}), (4, 4, 1, 1)),
            (httpx.Response(429), (4, 4, 1, 1)),
            (httpx.Response(429, headers={"Retry-After": "301"}), (1, 1, 1, 1)),
            (httpx.Response(500), (2, 1, 1, 1)),
            (httpx.Response(501), (1, 1, 1, 1)),
            (httpx.Response(409), (1, 1, 1, 1)),
        ],
    )
    async def test_a_call_is_sent_as_often_as_it_allows(
        self, no_waiting: list[float], failure: Any, calls: tuple[int, ...]
    ) -> None:
        for repeat, often in zip(Repeat, calls, strict=True):
            with respx.mock(base_url=BASE) as hub:
                failing = {"side_effect": failure} if isinstance(failure, Exception) else {"return_value": failure}
                route = hub.post("/x").mock(**failing)
                async with make() as client:
                    with pytest.raises(MusterError):
                        await client.send(Call("x", "POST", body={}, repeat=repeat))
                assert (repeat, route.call_count) == (repeat, often)

    @pytest.mark.parametrize(("failure", "arrived"), [(httpx.ConnectError("x"), False), (httpx.ReadError("x"), True)])
    async def test_a_failure_says_whether_the_request_may_have_arrived(self, failure: Exception, arrived: bool) -> None:
        with respx.mock(base_url=BASE) as hub:
            hub.post("/x").mock(side_effect=failure)
            async with make(retry=RetryPolicy(())) as client:
                with pytest.raises(MusterError) as failed:
                    await client.send(Call("x", "POST"))
        assert may_have_arrived(failed.value) is arrived

    async def test_a_refusal_has_arrived_and_says_nothing_more(self) -> None:
        with respx.mock(base_url=BASE) as hub:
            hub.post("/x").respond(409)
            async with make() as client:
                with pytest.raises(MusterError) as refused:
                    await client.send(Call("x", "POST"))
        assert not isinstance(refused.value.__cause__, RepeatableError)

    def test_pauses_double_up_to_ten_seconds(self) -> None:
        assert RetryPolicy.growing(7).pauses_s == (0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0)
        assert RetryPolicy.growing(0).pauses_s == ()


class TestEnough:
    async def test_the_rest_of_an_answer_is_left_where_it_is(self) -> None:
        with respx.mock(base_url=BASE) as hub:
            hub.get("/x").mock(return_value=httpx.Response(200, stream=httpx.ByteStream(b"x" * 1000)))
            async with make() as client:
                answer = await client.send_once(Call("x", enough_bytes=10))
        assert 10 <= len(answer.body) <= 1000
        assert answer.status == 200

    async def test_cookies_are_at_hand(self) -> None:
        with respx.mock(base_url=BASE) as hub:
            hub.get("/x").respond(200, headers={"Set-Cookie": "a=1"})
            async with make() as client:
                await client.get("x")
                assert client.cookies["a"] == "1"


class TestTrust:
    def test_the_computer_is_trusted_by_default(self) -> None:
        assert Route().context("https://x").verify_mode is ssl.CERT_REQUIRED

    def test_anything_is_trusted_only_where_that_was_chosen(self) -> None:
        context = Route(verify=False).context("https://x")
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)

    @pytest.mark.parametrize("there", [False, True])
    def test_a_file_without_a_certificate_is_named(self, tmp_path: Path, there: bool) -> None:
        file = tmp_path / "own.pem"
        if there:
            file.write_text("no certificate")
        with pytest.raises(NotConfigured, match="own.pem"):
            Route(str(file)).context("https://x")
