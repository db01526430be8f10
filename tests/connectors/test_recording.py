"""What is noted of the requests of a run (connections.md §8): each attempt with its reason, bodies only on demand."""

from __future__ import annotations

import respx

from app.connectors.http import Call, HttpClient, HttpSettings, RetryPolicy
from app.connectors.recording import body_text
from app.domain.attempts import MOST_BODY_CHARS, Attempt, AttemptLog, LogLevel, noting
from app.errors import MusterError
from app.redaction import MASK, register_secret

BASE = "http://127.0.0.1:1"


async def noted(hub: respx.MockRouter, call: Call, level: LogLevel = LogLevel.INFO) -> tuple[Attempt, ...]:
    settings = HttpSettings(
        hub_url(hub), "Hub", lambda _answer: None, retry=RetryPolicy((1.0, 3.0)), most_per_second=10_000.0
    )
    with noting(AttemptLog(level)) as log:
        async with HttpClient(settings) as client:
            try:
                await client.send(call)
            except MusterError:
                assert log.told().total
    return log.told().kept


def hub_url(_hub: respx.MockRouter) -> str:
    return BASE


class TestAttempts:
    async def test_each_attempt_tells_what_was_asked_and_answered(self) -> None:
        with respx.mock(base_url=BASE) as hub:
            hub.get("/x/Departments").respond(200, json=[1])
            (only,) = await noted(hub, Call("x/Departments?preshared_token=planted-1"))
        assert (only.method, only.url, only.status, only.size) == ("GET", f"{BASE}/x/Departments", 200, 3)
        assert (only.error, only.again_after_s, only.sent, only.answered) == ("", None, "", "")

    async def test_an_attempt_that_was_repeated_says_why_and_after_how_long(self, no_waiting: list[float]) -> None:
        with respx.mock(base_url=BASE) as hub:
            hub.get("/x").mock(side_effect=[respx.MockResponse(503, text="busy"), ConnectionError("cut"),
                                            respx.MockResponse(200, json=[])])  # fmt: skip
            first, second, last = await noted(hub, Call("x"))
        assert (first.status, first.error, first.again_after_s) == (503, "Hub error 503: busy", 1.0)
        assert (second.status, second.again_after_s) == (None, 3.0)
        assert "cut" in second.error
        assert (last.status, last.error, last.again_after_s) == (200, "", None)

    async def test_the_last_attempt_of_a_failure_was_not_repeated(self, no_waiting: list[float]) -> None:
        with respx.mock(base_url=BASE) as hub:
            hub.get("/x").respond(503)
            found = await noted(hub, Call("x"))
        assert [each.again_after_s for each in found] == [1.0, 3.0, None]

    async def test_what_may_not_be_repeated_says_so_by_standing_alone(self, no_waiting: list[float]) -> None:
        with respx.mock(base_url=BASE) as hub:
            hub.post("/x").respond(503)
            (only,) = await noted(hub, Call("x", "POST", body={}))
        assert only.again_after_s is None

    async def test_outside_a_run_nothing_is_noted(self) -> None:
        log = AttemptLog()
        with respx.mock(base_url=BASE) as hub:
            hub.get("/x").respond(200)
            settings = HttpSettings(BASE, "Hub", lambda _answer: None)
            async with HttpClient(settings) as client:
                await client.get("x")
        assert log.told().total == 0


class TestBodies:
    async def test_they_are_kept_only_when_somebody_wants_them(self) -> None:
        with respx.mock(base_url=BASE) as hub:
            hub.post("/x").respond(200, json={"name": "Åse"})
            (plain,) = await noted(hub, Call("x", "POST", body={"id": 7}))
            (full,) = await noted(hub, Call("x", "POST", body={"id": 7}), LogLevel.DEBUG)
        assert (plain.sent, plain.answered) == ("", "")
        assert full.sent == '{"id":7}'
        assert "Åse" in full.answered

    async def test_they_hold_no_secret_that_is_known_or_called_one(self) -> None:
        register_secret("planted-marker-1")
        with respx.mock(base_url=BASE) as hub:
            hub.post("/x").respond(200, json={"access_token": "planted-2", "echo": "planted-marker-1"})
            (full,) = await noted(hub, Call("x", "POST", body={"password": "planted-3"}), LogLevel.DEBUG)
        assert "planted" not in full.sent + full.answered
        assert MASK in full.sent
        assert MASK in full.answered

    def test_they_are_cut_after_they_were_blanked(self) -> None:
        register_secret("planted-marker-1")
        text = body_text(b"x" * (MOST_BODY_CHARS - 4) + b"planted-marker-1" + b"y" * MOST_BODY_CHARS)
        assert len(text) == MOST_BODY_CHARS
        assert "plan" not in text

    def test_a_picture_is_told_by_its_size(self) -> None:
        assert body_text(b"\xff\xd8" * 50, "image/jpeg; x=1") == "<image/jpeg, 100 bytes>"
        assert body_text(b"\xff\xfe", "text/plain") == "\ufffd\ufffd"
