"""How far a server's clock is ahead, by the `Date` of its answers; every client of a connection notes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.clock import clock_offset_s
from app.connectors.http import HttpClient, HttpSettings
from app.domain.attempts import AttemptLog, noting

ASKED = datetime(2026, 3, 5, 6, 0, 0, tzinfo=UTC)
ANSWERED = ASKED + timedelta(seconds=40)


def offset(date: str, **more: str) -> float | None:
    return clock_offset_s(httpx.Headers({"date": date, **more}), ASKED, ANSWERED)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Thu, 05 Mar 2026 06:00:00 GMT", 0), ("Thu, 05 Mar 2026 06:00:40 GMT", 0),
        ("Thu, 05 Mar 2026 06:01:40 GMT", 60),
        ("Thu, 05 Mar 2026 05:59:30 GMT", -30), ("Thu, 05 Mar 2026 09:01:40 +0300", 60),
    ],
)  # fmt: skip
def test_what_lies_between_question_and_answer_is_no_difference(date: str, expected: float) -> None:
    assert offset(date) == expected


@pytest.mark.parametrize("date", ["", "soon", "Thu, 99 Mar 2026 06:00:00 GMT", "0 MAY 0 0:0 10000000000000"])
def test_a_date_that_is_none_says_nothing(date: str) -> None:
    assert offset(date) is None


def test_an_answer_out_of_a_cache_has_an_old_date_and_says_nothing() -> None:
    assert offset("Thu, 05 Mar 2026 05:00:00 GMT", age="3600") is None
    assert offset("Thu, 05 Mar 2026 05:00:00 GMT", age="0") == -3600


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)) | st.from_regex(
    r"Thu, [0-9]{1,6} Mar [0-9]{1,6} [0-9]{1,6}:[0-9]{1,6}:[0-9]{1,6} [+-][0-9]{1,20}", fullmatch=True
))  # fmt: skip
def test_any_date_is_a_number_or_nothing(date: str) -> None:
    assert isinstance(offset(date), float | None)


async def test_a_client_notes_the_clock_of_its_system_also_when_it_is_refused() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    settings = HttpSettings("http://127.0.0.1:1", "1C", lambda _answer: None)
    with respx.mock(base_url=settings.base_url) as hub, noting(AttemptLog()) as log:
        hub.get("/x").respond(401, headers={"Date": date})
        async with HttpClient(settings) as client:
            with pytest.raises(Exception, match="401"):
                await client.get("x")
    assert log.clocks["1C"] == pytest.approx(3600, abs=30)
