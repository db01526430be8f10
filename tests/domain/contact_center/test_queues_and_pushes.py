"""Numbers of queues (contact-center.md §5.8, §5.9) and messages of status updates (§6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.contact_center.pushes import KnownStatus, StatusAction, StatusUpdate, status_messages
from app.domain.contact_center.queues import queue_metrics
from app.domain.contact_center.records import GroupLoad

LOAD = GroupLoad(
    "g-sales", "1", 4, 12, received=200, aht_ms=287_000, answered_pct=95.0554, wait_ms=9000, answered=180,
    answered_in_time=150, in_conversation=10,
)  # fmt: skip


class TestQueues:
    def test_are_worked_out_of_the_load_of_their_groups(self) -> None:
        queue = queue_metrics(LOAD, 1000, 20)
        assert (queue.group_id, queue.service_id, queue.taken_ms) == ("g-sales", "1", 1000)
        assert (queue.waiting, queue.operators, queue.in_conversation) == (4, 12, 10)
        assert (queue.received, queue.answered, queue.answered_pct, queue.wait_ms) == (200, 180, 95.0554, 9000)
        assert queue.service_level_pct == 75
        assert queue.lost_estimate == 200 - 180 - 4 - 10

    def test_have_a_service_level_only_with_both_numbers_and_known_seconds(self) -> None:
        assert queue_metrics(LOAD, 0, None).service_level_pct is None
        assert queue_metrics(replace(LOAD, answered_in_time=None), 0, 20).service_level_pct is None
        assert queue_metrics(replace(LOAD, received=None), 0, 20).service_level_pct is None
        assert queue_metrics(replace(LOAD, received=0), 0, 20).service_level_pct is None

    def test_never_estimate_less_than_nobody_lost(self) -> None:
        more_answered_than_received = replace(LOAD, answered=250)  # as a published sample has it
        assert queue_metrics(more_answered_than_received, 0, 20).lost_estimate == 0

    def test_estimate_nothing_without_the_counts(self) -> None:
        assert queue_metrics(replace(LOAD, answered=None), 0, 20).lost_estimate is None

    def test_are_current_for_five_minutes(self) -> None:
        queue = queue_metrics(LOAD, 1_000_000, 20)
        assert queue.is_current(1_300_000)
        assert not queue.is_current(1_300_001)


@pytest.mark.parametrize(
    ("acd", "received", "answered", "doubted"),
    [(0.95, 200, 190, True), (95.0, 200, 190, False), (0.5, 200, 1, False), (0.9, 0, 0, False), (None, 9, 9, False)],
)
def test_a_percentage_that_looks_like_a_ratio_is_doubted(
    acd: float | None, received: int, answered: int, doubted: bool
) -> None:
    assert replace(LOAD, answered_pct=acd, received=received, answered=answered).doubts_ratio is doubted


class TestMessages:
    UPDATE = StatusUpdate("op-17", "Break", 1_772_694_000, "Перерыв")

    def test_of_a_change_are_two_first_leave_then_enter(self) -> None:
        leave, enter = status_messages(self.UPDATE, KnownStatus("Work", "Обработка"), "Контакт-центр 1")
        assert leave.wire() == {
            "workerId": "op-17", "stateName": "Обработка", "stateCode": "Work", "systemId": "Контакт-центр 1",
            "actionTime": 1_772_694_000, "action": 0,
        }  # fmt: skip
        assert enter.wire() == {
            "workerId": "op-17", "stateName": "Перерыв", "stateCode": "Break", "systemId": "Контакт-центр 1",
            "actionTime": 1_772_694_000, "action": 1,
        }  # fmt: skip

    def test_of_an_agent_nobody_knew_is_one(self) -> None:
        (enter,) = status_messages(self.UPDATE, None, "x")
        assert enter.action is StatusAction.ENTER

    @pytest.mark.parametrize("action", list(StatusAction))
    def test_with_an_action_is_that_one(self, action: StatusAction) -> None:
        (only,) = status_messages(replace(self.UPDATE, action=action), KnownStatus("Work", "Work"), "x")
        assert (only.action, only.state_code) == (action, "Break")

    def test_without_a_title_show_the_code(self) -> None:
        (enter,) = status_messages(replace(self.UPDATE, state_name=""), None, "x")
        assert enter.state_name == "Break"

    def test_hold_whole_numbers(self) -> None:
        (enter,) = status_messages(self.UPDATE, None, "x")
        assert type(enter.wire()["action"]) is int
        assert type(enter.wire()["actionTime"]) is int
