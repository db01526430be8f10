"""How a connection is, from what is known of it (connections.md §4, §7)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.connections import Connection, ConnectionStatus
from app.domain.health import (
    NOTHING_KNOWN,
    Circumstances,
    Health,
    HealthReport,
    RecentRun,
    connection_health,
    overall_health,
)
from app.domain.kinds import ConnectionKind
from app.domain.outcomes import RunState

LATER = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD, BAD = RecentRun(RunState.FINISHED), RecentRun(RunState.STOPPED)


def connection(status: ConnectionStatus = ConnectionStatus.ACTIVE, **known: object) -> Connection:
    settings = {"base_url": "https://hub.example", "installation_id": "i", "product_login": "p"}
    return Connection("c", "vitec", ConnectionKind.VITEC, status, settings, ("access_key",), **known)  # type: ignore[arg-type]


def health(around: Circumstances = NOTHING_KNOWN, **known: object) -> HealthReport:
    status = known.pop("status", ConnectionStatus.ACTIVE)
    assert isinstance(status, ConnectionStatus)
    return connection_health(connection(status, last_sync=LATER, **known), ("access_key",), around)


def test_one_that_works_is_connected() -> None:
    assert health(Circumstances(recent=(GOOD,) * 10)).health is Health.CONNECTED


def test_a_paused_one_is_paused_whatever_else_is_known() -> None:
    around = Circumstances(running=True, refused_until=LATER)
    assert health(around, status=ConnectionStatus.INACTIVE, last_error="gone").health is Health.PAUSED


def test_while_a_run_is_under_way_it_says_so() -> None:
    assert health(Circumstances(running=True), last_error="gone").health is Health.RUNNING


@pytest.mark.parametrize(
    ("kind", "around", "state"),
    [
        ("unreachable", Circumstances(), Health.ERROR),
        ("refused_sign_in", Circumstances(refused_until=LATER), Health.NEEDS_SIGN_IN),
        ("unreachable", Circumstances(refused_until=LATER), Health.ON_HOLD),
        ("unreachable", Circumstances(retry_at=LATER), Health.RETRYING),
    ],
)
def test_an_error_says_what_comes_next(kind: str, around: Circumstances, state: Health) -> None:
    report = health(around, last_error="It does not answer.", last_error_kind=kind)
    assert (report.health, report.cause) == (state, "It does not answer.")


def test_a_last_run_that_left_something_undone_deserves_a_look() -> None:
    partly = RecentRun(RunState.FINISHED, partly=True)
    assert health(Circumstances(recent=(partly, GOOD))).health is Health.DEGRADED
    assert health(Circumstances(recent=(GOOD, partly))).health is Health.CONNECTED


def test_so_do_many_failures_among_the_last_runs() -> None:
    assert health(Circumstances(recent=(GOOD,) * 7 + (BAD,) * 3)).health is Health.DEGRADED
    assert health(Circumstances(recent=(GOOD,) * 8 + (BAD,) * 2)).health is Health.CONNECTED


def test_cancelling_says_nothing_about_a_connection() -> None:
    cancelled = RecentRun(RunState.CANCELLED, partly=True)
    assert health(Circumstances(recent=(cancelled, GOOD))).health is Health.CONNECTED


def test_so_does_an_answer_that_takes_long() -> None:
    slow = {"stages": [{"duration_ms": 3_000}, {"duration_ms": 2_500}]}
    assert "slowly" in health(last_test=slow).cause


def test_all_together_are_as_good_as_the_active_ones() -> None:
    good, bad, paused = (
        connection(status) for status in (ConnectionStatus.ACTIVE, ConnectionStatus.ERROR, ConnectionStatus.INACTIVE)
    )
    assert [overall_health(found).value for found in ([good], [good, bad], [bad, paused], [paused], [])] == [
        "healthy", "degraded", "down", "warning", "warning",
    ]  # fmt: skip
