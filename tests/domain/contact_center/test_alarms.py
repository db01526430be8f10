"""Limits on live numbers: which holds for a group, when an alarm begins, goes on and ends (contact-center.md §5.9)."""

from __future__ import annotations

import pytest

from app.domain.contact_center.alarms import AlarmBook, Metric, Threshold, limits_of
from app.domain.contact_center.queues import QueueMetrics

MINUTE = 60_000


def queue(group_id: str = "g-1", waiting: int = 0, **more: float | None) -> QueueMetrics:
    return QueueMetrics(0, group_id, "1", waiting, int(more.pop("operators", 3) or 0), **more)  # type: ignore[arg-type]


def look(book: AlarmBook, *queues: QueueMetrics, limits: list[Threshold], now_ms: int = 0) -> bool:
    return book.look({q.group_id: q for q in queues}, limits, now_ms)


@pytest.mark.parametrize(
    ("metric", "bound", "quiet", "loud"),
    [
        (Metric.WAITING, 5, queue(waiting=5), queue(waiting=6)),
        (Metric.WAIT, 60, queue(wait_ms=60_000), queue(wait_ms=60_500)),
        (Metric.OPERATORS, 3, queue(operators=3), queue(operators=2)),
        (Metric.ANSWERED, 80, queue(answered_pct=80.0), queue(answered_pct=79.9)),
        (Metric.SERVICE_LEVEL, 80, queue(service_level_pct=80.0), queue(service_level_pct=12.5)),
    ],
)
def test_a_number_beyond_its_limit_is_an_alarm(
    metric: Metric, bound: float, quiet: QueueMetrics, loud: QueueMetrics
) -> None:
    book = AlarmBook()
    assert not look(book, quiet, limits=[Threshold(metric, bound)])
    assert look(book, loud, limits=[Threshold(metric, bound)])
    assert [a.metric for a in book.alarms] == [metric]


def test_what_the_platform_does_not_say_is_no_alarm() -> None:
    book = AlarmBook()
    limits = [Threshold(Metric.ANSWERED, 80), Threshold(Metric.WAIT, 1), Threshold(Metric.SERVICE_LEVEL, 80)]
    assert not look(book, queue(), limits=limits)


def test_a_group_has_its_own_limit_before_that_of_all() -> None:
    limits = [Threshold(Metric.WAITING, 1, "g-1"), Threshold(Metric.WAITING, 9), Threshold(Metric.OPERATORS, 2)]
    assert {m: t.bound for m, t in limits_of(limits, "g-1").items()} == {Metric.WAITING: 1, Metric.OPERATORS: 2}
    assert {m: t.bound for m, t in limits_of(limits, "g-2").items()} == {Metric.WAITING: 9, Metric.OPERATORS: 2}


def test_a_group_can_be_left_out() -> None:
    book = AlarmBook()
    look(
        book,
        queue("g-1", 99),
        queue("g-2", 99),
        limits=[Threshold(Metric.WAITING, 5), Threshold(Metric.WAITING, None, "g-1")],
    )
    assert [a.group_id for a in book.alarms] == ["g-2"]


def test_an_alarm_keeps_its_beginning_while_its_value_moves_and_begins_anew_after_its_end() -> None:
    book, limits = AlarmBook(), [Threshold(Metric.WAITING, 5)]
    look(book, queue(waiting=6), limits=limits, now_ms=MINUTE)
    assert look(book, queue(waiting=8), limits=limits, now_ms=2 * MINUTE)
    (alarm,) = book.alarms
    assert (alarm.since_ms, alarm.value) == (MINUTE, 8)
    assert not look(book, queue(waiting=8), limits=limits, now_ms=3 * MINUTE)
    assert look(book, queue(waiting=1), limits=limits, now_ms=4 * MINUTE)
    assert not book.alarms
    look(book, queue(waiting=7), limits=limits, now_ms=5 * MINUTE)
    assert [a.since_ms for a in book.alarms] == [5 * MINUTE]


def test_an_alarm_somebody_has_seen_goes_on_until_it_is_over_and_the_next_is_a_new_one() -> None:
    book, limits = AlarmBook(), [Threshold(Metric.WAITING, 5)]
    look(book, queue(waiting=6), limits=limits)
    book.acknowledge([("g-1", Metric.WAITING), ("g-9", Metric.WAITING)])
    look(book, queue(waiting=7), limits=limits)
    assert [a.acknowledged for a in book.alarms] == [True]
    look(book, queue(waiting=0), limits=limits)
    look(book, queue(waiting=7), limits=limits)
    assert [a.acknowledged for a in book.alarms] == [False]
