"""What the breaker tells of itself (connections.md §10.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.breaker import FAILURES_IN_A_ROW, FIRST_PAUSE_S, Breaker
from app.errors import Unreachable


async def fail() -> None:
    raise Unreachable("down")


async def fail_often(breaker: Breaker, times: int) -> None:
    for _failure in range(times):
        with pytest.raises(Unreachable):
            await breaker.call(fail)


async def test_calls_pass_until_enough_failed_in_a_row() -> None:
    breaker = Breaker("Hub")
    await fail_often(breaker, FAILURES_IN_A_ROW - 1)
    assert breaker.refuses_until is None


async def test_while_it_refuses_it_says_until_when() -> None:
    breaker = Breaker("Hub")
    await fail_often(breaker, FAILURES_IN_A_ROW)
    until = breaker.refuses_until
    assert until is not None
    assert timedelta(0) < until - datetime.now(UTC) <= timedelta(seconds=FIRST_PAUSE_S)
    await breaker.reset()
    assert breaker.refuses_until is None
