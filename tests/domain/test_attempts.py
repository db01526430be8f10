"""The record of a run's requests: bounded in number and in text, as much as the level of the log says."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attempts import (
    MOST_ATTEMPTS,
    MOST_BODIES_CHARS,
    MOST_BODY_CHARS,
    Attempt,
    AttemptLog,
    Attempts,
    LogLevel,
    noting,
    open_log,
)

MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


def attempt(number: int = 0, **more: object) -> Attempt:
    made = Attempt(MOMENT, "GET", f"http://x/{number}")
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_the_newest_stay_and_all_are_counted() -> None:
    log = AttemptLog()
    for number in range(MOST_ATTEMPTS + 5):
        log.add(attempt(number))
    told = log.told()
    assert (told.total, len(told.kept), told.kept[0].url) == (MOST_ATTEMPTS + 5, MOST_ATTEMPTS, "http://x/5")


@pytest.mark.parametrize(
    ("level", "kept"),
    [(LogLevel.DEBUG, [0, 1, 2]), (LogLevel.INFO, [0, 1, 2]), (LogLevel.WARNING, [1, 2]), (LogLevel.ERROR, [2])],
)
def test_the_level_says_which_are_kept(level: LogLevel, kept: list[int]) -> None:
    log = AttemptLog(level)
    for each in (attempt(0), attempt(1, error="busy", again_after_s=1.0), attempt(2, error="busy")):
        log.add(each)
    assert [each.url for each in log.told().kept] == [f"http://x/{n}" for n in kept]
    assert log.told().total == 3
    assert log.with_bodies is (level is LogLevel.DEBUG)


@given(st.lists(st.integers(0, MOST_BODY_CHARS), max_size=300))
def test_bodies_never_take_more_than_their_room(sizes: list[int]) -> None:
    log = AttemptLog(LogLevel.DEBUG)
    for size in sizes:
        log.add(attempt(answered="x" * size))
    kept = log.told().kept
    assert sum(len(each.answered) for each in kept) <= MOST_BODIES_CHARS
    assert len(kept) == min(len(sizes), MOST_ATTEMPTS)
    if sizes:
        assert len(kept[-1].answered) == sizes[-1]


def test_a_run_taken_up_again_keeps_the_earlier_ones_first() -> None:
    both = Attempts((attempt(1),), 4).followed_by(Attempts((attempt(2),), 1))
    assert ([each.url for each in both.kept], both.total) == (["http://x/1", "http://x/2"], 5)


async def test_a_record_is_open_inside_and_in_what_was_begun_inside_alone() -> None:
    log = AttemptLog()

    async def seen() -> AttemptLog | None:
        await asyncio.sleep(0)
        return open_log()

    with noting(log):
        inside = asyncio.get_running_loop().create_task(seen())
    outside = asyncio.get_running_loop().create_task(seen())
    assert (await inside, await outside, open_log()) == (log, None, None)
