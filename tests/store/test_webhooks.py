"""Webhooks in the store, on both databases: queued, claimed by one program only, settled, counted, forgotten."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.webhooks.delivery import Answer, Attempt, DeliveryStatus, Retention, Trigger
from app.domain.webhooks.endpoint import WebhookEndpoint
from app.domain.webhooks.error_codes import ErrorCode
from app.domain.webhooks.events import EventType, event
from app.domain.webhooks.ladder import judge
from app.errors import UsageError
from app.store import webhook_events, webhook_inbox, webhook_log, webhook_pruning, webhook_turns, webhooks
from app.store.database import Store
from app.store.runs import HOST
from app.store.webhook_log import DeliveryFilter
from app.store.webhook_turns import Claimed, Settled, Turn
from tests.support.running import execute

KIND = EventType.SYNC_COMPLETED
GOOD, BAD = Answer(200), Answer(500, ErrorCode.BAD_RESPONSE, "no")
HOLDER = webhook_turns.me()


def endpoint(store: Store, name: str = "hook", **values: object) -> WebhookEndpoint:
    given: dict[str, object] = {
        "id": name,
        "name": name,
        "url": "https://a.example/x",
        "event_types": ("integration.*",),
    }
    return store.run_now(webhooks.add_endpoint, WebhookEndpoint(**(given | values)))  # type: ignore[arg-type]


def happen(store: Store, count: int = 1, *, queue: bool = True) -> int:
    return store.run_now(webhook_events.record, [event(KIND, {}) for _turn in range(count)], queue=queue)


def turn(store: Store, *settled: Settled, holder: str = HOLDER, **wanted: int) -> Turn:
    return store.run_now(webhook_turns.take_turn, settled, wanted, holder, queue=True)


def tried(claimed: Claimed, answer: Answer, trigger: Trigger = Trigger.INITIAL) -> Settled:
    now = datetime.now(UTC)
    number = claimed.delivery.attempts + 1
    attempt = Attempt(claimed.delivery.id, number, trigger, now, 12, "https://a.example/x", {"a": "b"}, answer)
    return Settled(claimed, attempt, judge(claimed.endpoint, claimed.delivery, answer, now))


def test_an_endpoint_is_kept_as_it_was_given(store: Store) -> None:
    given = endpoint(store, headers={"X-A": "b"}, secrets=("secret",), throttled_until=None)
    assert store.run_now(webhooks.find_endpoint, "hook") == given
    assert store.run_now(webhooks.any_endpoint)
    with pytest.raises(UsageError):
        endpoint(store)


def test_a_delivery_is_claimed_by_one_program_and_settled(store: Store) -> None:
    endpoint(store)
    assert happen(store, 3) == 3
    mine = turn(store, hook=2).claimed
    theirs = turn(store, holder="another", hook=5).claimed
    assert (len(mine), len(theirs)) == (2, 1)
    assert not turn(store, hook=5).claimed
    turn(store, *(tried(c, GOOD) for c in mine))
    turn(store, tried(theirs[0], BAD), holder="another")
    found = store.run_now(webhook_log.deliveries, DeliveryFilter(statuses=(DeliveryStatus.DELIVERED,)))
    assert {d.id for d in found} == {c.delivery.id for c in mine}
    (waiting,) = store.run_now(webhook_log.deliveries, DeliveryFilter(statuses=(DeliveryStatus.PENDING,)))
    assert waiting.next_retry_at is not None
    assert waiting.next_retry_at > datetime.now(UTC) + timedelta(seconds=40)
    kept = store.run_now(webhooks.find_endpoint, "hook")
    assert kept is not None
    assert (kept.success_count, kept.failure_count, kept.consecutive_failures) == (2, 1, 1)


def test_who_lost_a_claim_changes_nothing_any_more(store: Store) -> None:
    endpoint(store)
    happen(store)
    (claimed,) = turn(store, hook=1).claimed
    store.run_now(execute, store, "UPDATE webhook_delivery SET claimed_by = 'another'")
    turn(store, tried(claimed, GOOD))
    (found,) = store.run_now(webhook_log.deliveries, DeliveryFilter())
    assert found.status is DeliveryStatus.SENDING


def test_what_the_dead_claimed_is_free_again(store: Store) -> None:
    endpoint(store)
    happen(store)
    turn(store, holder=f"{HOST}|999999999:1.0", hook=1)
    assert not turn(store, hook=1).claimed
    store.run_now(webhook_turns.recover, spread_s=0.0, draw=random.uniform)
    assert len(turn(store, hook=1).claimed) == 1


def test_gone_switches_off_and_is_said(store: Store) -> None:
    endpoint(store)
    happen(store, 2)
    (claimed,) = turn(store, hook=1).claimed
    over = turn(store, tried(claimed, Answer(410, ErrorCode.BAD_RESPONSE)), hook=1)
    assert [d.webhook_id for d in over.disabled] == ["hook"]
    assert not over.claimed
    assert not store.run_now(webhook_turns.look, datetime.now(UTC)).ready


def test_five_days_of_failures_switch_off(store: Store) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=6)
    endpoint(store, first_failure_at=long_ago, consecutive_failures=9)
    happen(store)
    (claimed,) = turn(store, hook=1).claimed
    assert turn(store, tried(claimed, BAD)).disabled[0].reason.value == "failing"


def test_what_is_due_and_what_comes(store: Store) -> None:
    endpoint(store)
    endpoint(store, "other", is_active=False)
    assert store.run_now(webhook_turns.look, datetime.now(UTC)) == webhook_turns.Due()
    happen(store)
    due = store.run_now(webhook_turns.look, datetime.now(UTC) + timedelta(seconds=1))
    assert due.ready == (("hook", 0, False),)
    (claimed,) = turn(store, hook=1).claimed
    turn(store, tried(claimed, BAD))
    due = store.run_now(webhook_turns.look, datetime.now(UTC))
    assert due.ready == ()
    assert due.next_at is not None


def test_a_clock_set_back_moves_what_waits(store: Store) -> None:
    endpoint(store)
    happen(store)
    (claimed,) = turn(store, hook=1).claimed
    turn(store, tried(claimed, BAD))
    store.run_now(webhook_turns.after_clock_moved_back, 3600.0)
    (found,) = store.run_now(webhook_log.deliveries, DeliveryFilter())
    assert found.next_retry_at is not None
    assert found.next_retry_at < datetime.now(UTC) - timedelta(minutes=50)


def test_statistics_and_what_is_forgotten(store: Store) -> None:
    endpoint(store)
    happen(store, 3)
    first, second, third = turn(store, hook=3).claimed
    turn(store, tried(first, GOOD), tried(second, GOOD), tried(third, Answer(error_code=ErrorCode.BLOCKED_ADDRESS)))
    now = datetime.now(UTC)
    since = now - timedelta(days=365)
    found = store.run_now(webhook_log.statistics, since, now + timedelta(seconds=1))
    assert (found.deliveries.total, found.deliveries.successful, found.deliveries.failed) == (3, 2, 1)
    assert (found.success_rate, found.attempts, found.duration_ms(0.5)) == (66.67, 3, 12)
    store.run_now(execute, store, f"UPDATE webhook_delivery SET created_at = created_at - {200 * 86_400_000}")
    store.run_now(webhook_pruning.prune, Retention())
    store.run_now(webhook_pruning.prune, Retention())
    later = store.run_now(webhook_log.statistics, since, now + timedelta(seconds=1))
    assert later.deliveries == found.deliveries
    assert store.run_now(webhook_log.count_deliveries, DeliveryFilter()) == 0


def test_sending_again_goes_back_to_where_it_was(store: Store) -> None:
    endpoint(store, retry_attempts=0)
    happen(store)
    (claimed,) = turn(store, hook=1).claimed
    turn(store, tried(claimed, BAD))
    assert store.run_now(webhook_log.send_again, [claimed.delivery.id], Trigger.MANUAL) == 1
    (again,) = turn(store, hook=1).claimed
    assert again.delivery.trigger is Trigger.MANUAL
    turn(store, tried(again, BAD, Trigger.MANUAL))
    (found,) = store.run_now(webhook_log.deliveries, DeliveryFilter())
    assert (found.status, found.tries, found.attempts) == (DeliveryStatus.FAILED, 1, 2)
    assert len(store.run_now(webhook_log.attempts, found.id)) == 2


def test_statuses_are_told_in_one_message(store: Store) -> None:
    endpoint(store, event_types=("*",))
    store.run_now(webhook_events.note_statuses, "cc", [("a", "Work", 1), ("b", "Break", 2), ("a", "Work", 1)])
    assert store.run_now(webhook_turns.look, datetime.now(UTC)).statuses
    assert store.run_now(webhook_events.tell_statuses, queue=True) == 1
    assert store.run_now(webhook_events.tell_statuses, queue=True) == 0
    (found,) = store.run_now(webhook_log.deliveries, DeliveryFilter(event_type="contact_center.*"))
    assert found.body is not None
    assert found.body.count("agent_id") == 2


def test_what_was_missed_is_found(store: Store) -> None:
    since = datetime.now(UTC)
    one = endpoint(store, is_active=False)
    assert happen(store, 2) == 0
    found = store.run_now(webhook_events.missed, one.id, one.event_types, since - timedelta(seconds=1))
    assert len(found) == 2
    assert store.run_now(webhook_events.queue_for, one.id, one.payload_format, found) == 2
    assert store.run_now(webhook_events.missed, one.id, one.event_types, since - timedelta(seconds=1)) == []
    assert store.run_now(webhooks.remove_endpoint, one.id) == 2


def test_an_inbox_counts_while_its_program_runs(store: Store) -> None:
    store.run_now(webhook_inbox.note_inbox, 4000)
    store.run_now(webhook_inbox.note_inbox, 4000)
    assert store.run_now(webhook_inbox.inbox_ports) == {4000}
    store.run_now(execute, store, "UPDATE webhook_inbox SET process = '999999999:1.0'")
    assert store.run_now(webhook_inbox.inbox_ports) == frozenset()
    store.run_now(webhook_inbox.forget_inbox, 4000)
