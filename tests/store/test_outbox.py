"""The outbox of status updates: what was taken is there, in order, whatever happens (contact-center.md §6)."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from app.domain.contact_center.pushes import StatusAction, StatusMessage, StatusUpdate
from app.domain.contact_center.records import OnlineStatus
from app.errors import StoreError
from app.places import Home
from app.store import contact_center_now as now_rows
from app.store import outbox
from app.store.database import Store
from app.store.outbox import OutboxState, StatusOutbox, Tally
from app.tasks import Tasks
from tests.support.outbox_writer import update as numbered
from tests.support.running import execute

CC = "cc-1"
BREAK = StatusUpdate("op-17", "Break", 1_772_694_000, "Перерыв")
WORK = StatusUpdate("op-17", "Work", 1_772_694_600, "Обработка")


def put(store: Store, *updates: StatusUpdate, connection: str = CC) -> None:
    store.run_now(outbox.enqueue, [(connection, update) for update in updates])


def waiting(store: Store, count: int = 1000, connection: str = CC) -> list[StatusMessage]:
    return [w.message for w in store.run_now(outbox.next_messages, connection, "Контакт-центр 1", count)]


def said(store: Store) -> list[tuple[str, str, int]]:
    return [(m.worker_id, m.state_code, int(m.action)) for m in waiting(store)]


class TestMessages:
    def test_come_back_as_they_went_in(self, store: Store) -> None:
        put(store, BREAK)
        assert waiting(store) == [
            StatusMessage("op-17", "Break", "Перерыв", "Контакт-центр 1", 1_772_694_000, StatusAction.ENTER)
        ]

    def test_of_a_change_leave_the_status_that_was_told_last(self, store: Store) -> None:
        put(store, BREAK)
        put(store, WORK)
        assert said(store) == [("op-17", "Break", 1), ("op-17", "Break", 0), ("op-17", "Work", 1)]
        assert [m.action_time for m in waiting(store)[1:]] == [WORK.at_s, WORK.at_s]

    def test_of_several_changes_at_once_follow_each_other_too(self, store: Store) -> None:
        put(store, BREAK, StatusUpdate("op-18", "Work", 5), WORK)
        assert said(store) == [("op-17", "Break", 1), ("op-18", "Work", 1), ("op-17", "Break", 0), ("op-17", "Work", 1)]

    def test_leave_the_status_that_the_platform_told_us(self, store: Store) -> None:
        seen = OnlineStatus("op-17", "Lunch", "Обед", (BREAK.at_s - 60) * 1000)
        store.run_now(now_rows.write_snapshot, CC, [seen], 0)
        put(store, BREAK)
        leave, enter = waiting(store)
        assert (leave.state_code, leave.state_name, leave.action) == ("Lunch", "Обед", StatusAction.LEAVE)
        assert (enter.state_code, enter.action) == ("Break", StatusAction.ENTER)

    def test_leave_what_was_told_where_the_platform_has_not_noticed_yet(self, store: Store) -> None:
        put(store, BREAK)
        stale = OnlineStatus("op-17", "Work", "Обработка", (BREAK.at_s - 60) * 1000)
        store.run_now(now_rows.write_snapshot, CC, [stale], 0)
        put(store, WORK)
        assert said(store)[1:] == [("op-17", "Break", 0), ("op-17", "Work", 1)]

    def test_leave_nothing_when_the_agent_has_gone(self, store: Store) -> None:
        put(store, BREAK)
        store.run_now(now_rows.write_snapshot, CC, [], (BREAK.at_s + 60) * 1000)
        put(store, WORK)
        assert said(store)[1:] == [("op-17", "Work", 1)]

    def test_with_an_action_are_that_one_and_a_later_change_knows_of_it(self, store: Store) -> None:
        put(store, BREAK, replace(BREAK, action=StatusAction.LEAVE), WORK)
        assert said(store) == [("op-17", "Break", 1), ("op-17", "Break", 0), ("op-17", "Work", 1)]

    def test_take_the_titles_of_statuses_that_a_person_keeps(self, store: Store) -> None:
        store.run_now(now_rows.set_meaning, CC, now_rows.StatusMeaning("Work", "На линии"))
        put(store, StatusUpdate("a", "Work", 1), StatusUpdate("b", "Odd", 1))
        assert [m.state_name for m in waiting(store)] == ["На линии", "Odd"]

    def test_of_another_connection_are_another_matter(self, store: Store) -> None:
        put(store, BREAK)
        put(store, WORK, connection="cc-2")
        assert len(waiting(store)) == 1
        assert [m.action for m in waiting(store, connection="cc-2")] == [StatusAction.ENTER]
        assert sorted(store.run_now(outbox.waiting_connections)) == ["cc-1", "cc-2"]

    def test_are_handed_out_the_oldest_first(self, store: Store) -> None:
        put(store, *(StatusUpdate(f"op-{n}", "Work", n) for n in range(700)))
        assert [m.action_time for m in waiting(store, 600)] == list(range(600))


def test_an_update_is_the_current_status_at_once(store: Store) -> None:
    put(store, BREAK)
    (here,) = store.run_now(now_rows.agents_now, CC)
    assert here.status == OnlineStatus("op-17", "Break", "Перерыв", BREAK.at_s * 1000)
    assert here.left_ms is None
    put(store, replace(WORK, action=StatusAction.LEAVE))
    (gone,) = store.run_now(now_rows.agents_now, CC)
    assert gone.left_ms == WORK.at_s * 1000


class TestSettling:
    def test_forgets_what_was_sent_and_counts_it(self, store: Store) -> None:
        put(store, BREAK, WORK)
        first, second, _third = store.run_now(outbox.next_messages, CC, "x", 10)
        store.run_now(outbox.settle, CC, [first.number, second.number], Tally(taken=1, refused=1))
        assert said(store) == [("op-17", "Work", 1)]
        state = store.run_now(outbox.outbox_state, CC)
        assert (state.waiting, state.tally) == (1, Tally(taken=1, refused=1))

    def test_drops_what_waited_too_long_and_counts_it(self, store: Store) -> None:
        put(store, BREAK)
        store.run_now(execute, store, "UPDATE status_outbox SET queued_ms = 1000")
        put(store, StatusUpdate("op-18", "Work", 5))
        assert store.run_now(outbox.drop_late, CC, 2000) == 1
        assert said(store) == [("op-18", "Work", 1)]
        assert store.run_now(outbox.outbox_state, CC).tally == Tally(late=1)

    def test_of_a_connection_that_is_gone_forgets_everything(self, store: Store) -> None:
        put(store, BREAK)
        put(store, WORK, connection="cc-2")
        store.run_now(outbox.forget, CC)
        assert store.run_now(outbox.outbox_state, CC) == OutboxState()
        assert len(waiting(store, connection="cc-2")) == 1


class TestManyCallers:
    async def test_share_transactions(self, store: Store) -> None:
        transactions = 0
        original = store.write

        async def counted(*args: object, **kwargs: object) -> object:
            nonlocal transactions
            transactions += 1
            return await original(*args, **kwargs)  # type: ignore[arg-type]  # handed on as it came

        store.write = counted  # type: ignore[method-assign, assignment]  # only looked at
        box = StatusOutbox(store, Tasks())
        await asyncio.gather(*(box.put(CC, [numbered(number)]) for number in range(500)))
        assert transactions <= 3
        times = [m.action_time for m in waiting(store, 10_000) if m.action is StatusAction.ENTER]
        assert sorted(times) == list(range(500))

    async def test_keep_their_order(self, store: Store) -> None:
        box = StatusOutbox(store, Tasks())
        await asyncio.gather(*(box.put(CC, [StatusUpdate("op-17", f"S{number}", number)]) for number in range(50)))
        entered = [m.state_code for m in waiting(store) if m.action is StatusAction.ENTER]
        left = [m.state_code for m in waiting(store) if m.action is StatusAction.LEAVE]
        assert entered == [f"S{number}" for number in range(50)]
        assert left == entered[:-1]

    async def test_who_stops_waiting_takes_nothing_back_and_costs_nobody_anything(self, store: Store) -> None:
        box = StatusOutbox(store, Tasks())
        waiters = [asyncio.ensure_future(box.put(CC, [numbered(number)])) for number in range(10)]  # noqa: TID251
        await asyncio.sleep(0)
        waiters[0].cancel()
        results = await asyncio.gather(*waiters, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError)
        assert not any(results[1:])
        assert len(waiting(store)) == 10

    async def test_all_hear_that_nothing_was_stored_and_the_next_one_works(
        self, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        box = StatusOutbox(store, Tasks())
        store.run_now(execute, store, "ALTER TABLE status_outbox RENAME TO gone")
        results = await asyncio.gather(*(box.put(CC, [numbered(n)]) for n in range(3)), return_exceptions=True)
        assert [type(result) for result in results] == [StoreError] * 3
        store.run_now(execute, store, "ALTER TABLE gone RENAME TO status_outbox")
        await box.put(CC, [BREAK])
        assert said(store) == [("op-17", "Break", 1)]


def test_nothing_that_was_acknowledged_is_lost_when_the_program_is_killed(home: Home) -> None:
    before = Store(home)
    before.open()
    before.close()
    command = [sys.executable, "-m", "tests.support.outbox_writer", str(home.path), CC, "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _line in range(390)]  # in the middle of a transaction
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout.read().splitlines()]
    store = Store(home)
    store.open()
    try:
        messages = waiting(store, 1_000_000)
    finally:
        store.close()
    entered = [m.action_time for m in messages if m.action is StatusAction.ENTER]
    assert set(acknowledged) <= set(entered)
    assert len(entered) == len(set(entered))
    for agent in {m.worker_id for m in messages}:  # one is left before the next is entered, of each agent
        steps = [m for m in messages if m.worker_id == agent]
        assert [int(m.action) for m in steps] == [1 - place % 2 for place in range(len(steps))]
