"""What is known of now: what was said later counts, whoever said it."""

from __future__ import annotations

from app.domain.contact_center.queues import QueueMetrics
from app.domain.contact_center.records import GroupLoad, OnlineStatus
from app.operations.contact_center.live_board import Board
from app.store.contact_center_now import AgentNow

WORK, BREAK = OnlineStatus("op-1", "Work", "Work", 1_000), OnlineStatus("op-1", "Break", "Break", 50_000)
OTHER = OnlineStatus("op-2", "Work", "Work", 1_000)


def board() -> Board:
    made = Board(20.0)
    made.put_snapshot([WORK, OTHER], 9_000, 10_000)
    return made


def test_an_answer_does_not_undo_what_was_said_after_it_was_asked_for() -> None:
    made = board()
    made.put_changes([BREAK], ["op-2"], 20_000)
    assert made.put_snapshot([WORK, OTHER], 19_000, 21_000) == frozenset()
    assert made.agents["op-1"].status is BREAK
    assert made.agents["op-2"].left_ms == 20_000


def test_an_answer_that_does_not_know_a_newcomer_yet_does_not_send_it_away() -> None:
    made = board()
    newcomer = OnlineStatus("op-3", "Work", "Work", 19_500)
    made.put_changes([newcomer], [], 20_000)
    made.put_snapshot([WORK, OTHER], 19_000, 21_000)
    assert made.agents["op-3"].left_ms is None


def test_only_what_differs_is_told_and_everything_is_younger() -> None:
    made = board()
    assert made.put_snapshot([BREAK, OTHER], 19_000, 20_000) == {"op-1"}
    assert {a.seen_ms for a in made.agents.values()} == {20_000}
    assert [a.status for a in made.past["op-1"]] == [WORK]


def test_who_comes_back_is_told() -> None:
    made = board()
    made.put_snapshot([WORK], 19_000, 20_000)
    assert made.put_snapshot([WORK, OTHER], 29_000, 30_000) == {"op-2"}


def test_a_queue_is_not_empty_since_somebody_waits() -> None:
    made = board()
    for moment, waiting in ((10_000, 0), (20_000, 2), (30_000, 5)):
        made.put_loads([GroupLoad("g", "1", waiting, 3)], moment - 1, moment)
    assert made.groups["g"].waiting_since_ms == 20_000
    made.put_loads([GroupLoad("g", "1", 0, 3)], 39_000, 40_000)
    assert made.groups["g"].waiting_since_ms is None


def test_queues_of_the_platforms_own_go_before_those_worked_out() -> None:
    made = board()
    made.put_loads([GroupLoad("g", "1", 2, 3)], 9_000, 10_000)
    assert made.put_queues([QueueMetrics(10_000, "g", "1", 7, 3), QueueMetrics(10_000, "h", "1", 1, 1)]) == {"g"}
    made.put_loads([GroupLoad("g", "1", 3, 3)], 19_000, 20_000)
    assert made.groups["g"].queue.waiting == 7


def test_what_an_open_line_did_not_speak_of_was_so_until_it_was_lost() -> None:
    made = board()
    made.put_loads([GroupLoad("g", "1", 2, 3)], 9_000, 10_000)
    made.confirm(60_000, agents=True, groups=False)
    assert (made.agents["op-1"].seen_ms, made.groups["g"].seen_ms) == (60_000, 10_000)


def test_what_was_stored_is_there_with_its_age() -> None:
    made = Board(20.0)
    made.recall([AgentNow(WORK, 5_000)], [(GroupLoad("g", "1", 2, 3), 6_000)])
    assert (made.agents["op-1"].seen_ms, made.groups["g"].seen_ms) == (5_000, 6_000)


def test_a_clock_that_is_ahead_is_taken_off() -> None:
    made = Board(20.0)
    hour = 3_600_000
    made.put_snapshot([OnlineStatus("op-1", "Work", "Work", 10_000 + hour)], 9_000, 10_000)
    assert made.since_ms(made.agents["op-1"].status) == 10_000
