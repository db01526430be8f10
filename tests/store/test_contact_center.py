"""Data of contact centres in the store: no doubles, every row counted, sums as the reference defines them (§5, §8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.contact_center.days import Window, windows
from app.domain.contact_center.records import Agent, Channel, Group, GroupLoad, OnlineStatus, Personnel, Service
from app.domain.exchange.rows import Row
from app.domain.exchange.shapes import DataType
from app.store import contact_center as stored
from app.store import contact_center_history as reads
from app.store import contact_center_links as links
from app.store import contact_center_now as present
from app.store.contact_center import Delivery, Stored
from app.store.contact_center_history import HistoryQuery
from app.store.database import Store

MOSCOW = ZoneInfo("Europe/Moscow")
MINUTE = 60_000


def at(text: str, day: int = 5) -> int:
    """A time of day in Moscow on a day in March 2026."""
    clock = datetime.strptime(text, "%H:%M").replace(year=2026, month=3, day=day, tzinfo=MOSCOW)
    return round(clock.timestamp() * 1000)


def day(number: int = 5) -> Window:
    wanted = date(2026, 3, number)
    return next(windows(wanted, wanted, MOSCOW))


def interval(start: int, group: str = "g-1", handled: int = 10, aht: int | None = 1_000, **more: Any) -> Row:
    post = None if aht is None else 500
    return (start, group, "1", 300_000, handled + 2, handled, 2, None, None, None, aht, post, more.get("extra"))


def status(start: str, end: str, group: str = "g-1", code: str = "Work", agent: str = "op-1", **days: int) -> Row:
    first = days.get("day", 5)
    return (at(start, first), agent, code, group, "1", at(end, days.get("until", first)), code.upper(), None)


def put(store: Store, rows: list[Row], data_type: DataType = DataType.GROUP_METRICS, **how: Any) -> Stored:
    delivery = Delivery(data_type, how.get("connection", "c"), how.get("batch", "b-1"), how.get("replace", False))
    return store.run_now(stored.store_rows, delivery, rows)


def query(data_type: DataType = DataType.GROUP_METRICS, **how: Any) -> HistoryQuery:
    return HistoryQuery(data_type, how.pop("connection", "c"), how.pop("window", day()), **how)


class TestStoring:
    def test_a_key_is_stored_once(self, store: Store) -> None:
        rows = [interval(at("09:00")), interval(at("09:05"))]
        assert put(store, rows) == Stored(inserted=2)
        assert put(store, [*rows, interval(at("09:10"))], batch="b-2") == Stored(inserted=1, skipped=2)
        assert put(store, rows, connection="another") == Stored(inserted=2)

    def test_what_differs_is_replaced_and_the_rest_is_not(self, store: Store) -> None:
        put(store, [interval(at("09:00")), interval(at("09:05"), aht=None)])
        changed = [interval(at("09:00"), aht=None), interval(at("09:05"), aht=None), interval(at("09:10"))]
        assert put(store, changed, batch="b-2", replace=True) == Stored(inserted=1, replaced=1, skipped=1)
        first, *_others = store.run_now(reads.history, query())
        assert first.aht_ms is None
        assert store.run_now(stored.count_batch, "c", "b-1") == 1

    def test_what_a_row_says_beyond_its_columns_is_compared_too(self, store: Store) -> None:
        put(store, [interval(at("09:00"))])
        assert put(store, [interval(at("09:00"), extra='{"a": 1}')], replace=True) == Stored(replaced=1)

    @pytest.mark.parametrize("bad", [2**70, "\ud800", None], ids=["too large", "half a character", "nothing"])
    def test_a_row_that_the_database_cannot_hold_costs_no_other(self, store: Store, bad: Any) -> None:
        rows = [interval(at("09:00") + n * 300_000) for n in range(9)]
        position = 3 if bad == 2**70 else 1 if bad == "\ud800" else 0
        rows[4] = (*rows[4][:position], bad, *rows[4][position + 1 :])
        done = put(store, rows)
        assert (done.inserted, [place for place, _cause in done.refused]) == (8, [4])
        assert done.refused[0][1]
        assert len(store.run_now(reads.history, query())) == 8

    def test_a_batch_is_forgotten_by_its_run_in_its_connection(self, store: Store) -> None:
        put(store, [interval(at("09:00"))])
        put(store, [status("09:00", "09:30")], DataType.STATUS)
        put(store, [interval(at("09:05"))], batch="b-2")
        put(store, [interval(at("09:00"))], connection="another")
        assert store.run_now(stored.count_batch, "c", "b-1") == 2
        assert store.run_now(stored.delete_batch, "c", "b-1") == 2
        assert [r.start_ms for r in store.run_now(reads.history, query())] == [at("09:05")]
        assert len(store.run_now(reads.history, query(connection="another"))) == 1

    def test_work_can_be_tried_without_keeping_it(self, store: Store) -> None:
        done = store.run_now(
            lambda: stored.without_keeping(
                lambda: stored.store_rows(
                    Delivery(DataType.GROUP_METRICS, "c", "b"), [interval(at("09:00"))]
                )
            )
        )  # fmt: skip
        assert done == Stored(inserted=1)
        assert store.run_now(reads.history, query()) == []


class TestHistory:
    def test_it_is_read_by_period_group_and_agent(self, store: Store) -> None:
        put(store, [interval(at("09:00")), interval(at("09:00"), "g-2"), interval(at("09:00", 6))])
        put(store, [status("09:00", "09:30"), status("09:00", "09:30", agent="op-2")], DataType.STATUS)
        assert len(store.run_now(reads.history, query())) == 2
        assert [r.group_id for r in store.run_now(reads.history, query(groups=("g-2",)))] == ["g-2"]
        (found,) = store.run_now(reads.history, query(DataType.STATUS, agents=("op-2",)))
        assert (found.agent_id, found.state_name, found.end_ms - found.start_ms) == ("op-2", "WORK", 30 * MINUTE)

    def test_a_login_without_an_end_reaches_into_today(self, store: Store) -> None:
        put(store, [(at("09:00", 4), "op-1", None, None, None)], DataType.LOGIN)
        (found,) = store.run_now(reads.history, query(DataType.LOGIN))
        assert found.end_ms is None
        (total,) = store.run_now(reads.login_totals, query(DataType.LOGIN), day().span, at("10:00"))
        assert (total.count, total.total_ms) == (1, 10 * 60 * MINUTE)

    def test_pages_hold_every_row_once(self, store: Store) -> None:
        put(store, [interval(at("09:00") + n // 3 * 300_000, f"g-{n % 3}") for n in range(20)])
        after, ids = None, []
        while True:
            page = store.run_now(reads.history_page, query(), after, 6)
            ids += [row_id for row_id, _row in page.rows]
            after = page.after
            if after is None:
                break
        assert len(ids) == len(set(ids)) == 20 == store.run_now(reads.count_rows, query())

    def test_days_with_chats_are_found_by_their_date(self, store: Store) -> None:
        put(store, [("2026-03-05", "op-1", 4_500_000, None), ("2026-03-06", "op-1", 1, None)], DataType.CHAT_TIME)
        (found,) = store.run_now(reads.history, query(DataType.CHAT_TIME))
        assert found.work_ms == 4_500_000

    def test_queues_are_read_as_imported(self, store: Store) -> None:
        row = (at("09:00"), "g-1", "1", 3, 5, None, 40, 35, 87.5, None, 12_000, 1, None)
        put(store, [row], DataType.QUEUE_METRICS)
        (found,) = store.run_now(reads.history, query(DataType.QUEUE_METRICS))
        assert (found.waiting, found.answered_pct, found.service_level_pct) == (3, 87.5, None)


class TestSums:
    def test_times_weigh_by_the_contacts_handled(self, store: Store) -> None:
        put(store, [interval(at("09:00"), handled=1, aht=10_000), interval(at("09:05"), handled=9, aht=0)])
        put(store, [interval(at("09:10"), handled=0, aht=None)])
        (total,) = store.run_now(reads.group_totals, query(), day().span)
        assert (total.offered, total.handled, total.lost, total.aht_ms) == (16, 10, 6, 1_000)
        assert (total.post_ms, total.workload_ms) == (500, 15_000)
        assert (total.answer_rate, total.abandon_rate) == (10 / 16, 6 / 16)

    def test_nothing_handled_has_no_time(self, store: Store) -> None:
        put(store, [interval(at("09:00"), handled=0, aht=None)])
        (total,) = store.run_now(reads.group_totals, query(), day().span)
        assert (total.aht_ms, total.post_ms, total.workload_ms) == (None, None, 0)

    def test_a_status_under_three_groups_counts_once(self, store: Store) -> None:
        rows = [status("09:00", "09:30", group) for group in ("g-1", "g-2", "g-3")]
        put(store, [*rows, status("09:30", "10:00", code="Break")], DataType.STATUS)
        totals = store.run_now(reads.status_totals, query(DataType.STATUS), day().span)
        assert [(t.state_code, t.total_ms) for t in totals] == [("Break", 30 * MINUTE), ("Work", 30 * MINUTE)]

    def test_a_status_over_midnight_gives_each_day_its_part(self, store: Store) -> None:
        late = status("23:50", "00:20", until=6)
        put(store, [late], DataType.STATUS)
        put(store, [late], DataType.STATUS)
        parts = [
            store.run_now(reads.status_totals, query(DataType.STATUS), day(number).span)[0].total_ms
            for number in (5, 6)
        ]
        assert parts == [10 * MINUTE, 20 * MINUTE]
        assert len(store.run_now(reads.history, query(DataType.STATUS, window=day(6)))) == 1

    def test_overlapping_contacts_count_in_full(self, store: Store) -> None:
        rows = [(at("10:00"), "op-1", "g-1", at("10:10"), n, "1", 600_000, None) for n in range(2)]
        put(store, rows, DataType.CALLS)
        (total,) = store.run_now(reads.call_totals, query(DataType.CALLS), day().span)
        assert (total.count, total.total_ms) == (2, 1_200_000)


class TestPresent:
    def test_people_and_groups_are_known_by_their_ids(self, store: Store) -> None:
        group = Group("g-1", "1", "Sales", True, (Channel.CHATS, Channel.MAILS))
        agent = Agent("op-1", "Maria", "Orlova", number="00-0417", logins=("m.orlova",), group_ids=("g-1",))
        personnel = Personnel((Service("1", "Line", True, (group,)),), (agent,))
        store.run_now(present.write_personnel, "c", personnel)
        assert store.run_now(stored.known_ids, "c") == (frozenset({"g-1"}), frozenset({"op-1"}))
        store.run_now(lambda: links.link_account("c", "op-1", "person-1", by_hand=True))
        store.run_now(present.write_personnel, "c", personnel)
        assert store.run_now(present.groups, "c") == [group]
        (account,) = store.run_now(present.accounts, "c")
        assert (account.agent, account.employee_id, account.by_hand) == (agent, "person-1", True)

    def test_an_account_that_a_person_decided_on_outlives_an_answer_without_it(self, store: Store) -> None:
        first, second = Agent("op-1", "A", group_ids=("g-1",)), Agent("op-2", "B", group_ids=("g-1",))
        store.run_now(present.write_personnel, "c", Personnel(agents=(first, second), recognised=True))
        store.run_now(lambda: links.link_account("c", "op-1", "person-1", by_hand=True))
        store.run_now(present.write_personnel, "c", Personnel(agents=(second,), recognised=True))
        linked, _other = store.run_now(present.accounts, "c")
        assert (linked.agent.group_ids, linked.employee_id, linked.by_hand) == ((), "person-1", True)
        store.run_now(present.write_personnel, "c", Personnel(agents=(first,), recognised=True))
        assert store.run_now(present.accounts, "c") == [present.Account(first, "person-1", by_hand=True)]

    def test_an_answer_without_agents_or_groups_keeps_those_that_are_known(self, store: Store) -> None:
        group, agent = Group("g-1", "1", "Sales"), Agent("op-1", "A")
        services = (Service("1", "1", groups=(group,)),)
        store.run_now(present.write_personnel, "c", Personnel(services, (agent,), recognised=True))
        store.run_now(present.write_personnel, "c", Personnel(recognised=True))
        assert store.run_now(present.groups, "c") == [group]
        assert [account.agent for account in store.run_now(present.accounts, "c")] == [agent]

    def test_who_is_missing_from_a_snapshot_left_then(self, store: Store) -> None:
        both = [OnlineStatus("op-1", "Work", "Work", 1_000), OnlineStatus("op-2", "Work", "Work", 2_000)]
        store.run_now(present.write_snapshot, "c", both, 5_000)
        store.run_now(present.write_snapshot, "c", both[:1], 10_000)
        store.run_now(present.write_snapshot, "c", both[:1], 15_000)
        here, gone = store.run_now(present.agents_now, "c")
        assert (here.seen_ms, here.left_ms, gone.seen_ms, gone.left_ms) == (15_000, None, 5_000, 10_000)
        store.run_now(present.write_snapshot, "c", both, 20_000)
        assert [a.left_ms for a in store.run_now(present.agents_now, "c")] == [None, None]

    def test_the_load_of_a_group_is_the_last_one(self, store: Store) -> None:
        store.run_now(present.write_loads, "c", [GroupLoad("g-1", "1", 3, 5), GroupLoad("g-2", "1", 0, 1)], 1_000)
        newer = GroupLoad("g-1", "1", 4, 5, 40, 287_000, 95.0554, 12_000, 38, 30, 2)
        store.run_now(present.write_loads, "c", [newer], 2_000)
        assert store.run_now(present.loads_now, "c") == [(newer, 2_000), (GroupLoad("g-2", "1", 0, 1), 1_000)]

    def test_what_a_status_means_is_what_a_person_said_last(self, store: Store) -> None:
        store.run_now(present.set_meaning, "c", present.StatusMeaning("Work", "Work", "productive", True))
        store.run_now(present.set_meaning, "c", present.StatusMeaning("Work", "Work", "training", False))
        assert store.run_now(present.meanings, "c") == [present.StatusMeaning("Work", "Work", "training", False)]

    def test_a_status_is_called_what_the_platform_calls_it_and_means_what_a_person_said(self, store: Store) -> None:
        store.run_now(present.set_meaning, "c", present.StatusMeaning("Work", "Work", "productive", True))
        for name in ("Обработка", "Work"):  # the code again, as nobody said a name
            store.run_now(present.note_statuses, "c", {"Work": name})
        assert store.run_now(present.meanings, "c") == [present.StatusMeaning("Work", "Обработка", "productive", True)]


def test_a_day_has_twenty_three_hours_where_clocks_go_forward(store: Store) -> None:
    oslo = ZoneInfo("Europe/Oslo")
    window = next(windows(date(2026, 3, 29), date(2026, 3, 29), oslo))
    assert window.span.length_ms == 23 * 60 * MINUTE
    put(store, [interval(window.span.end_ms - 300_000), interval(window.span.end_ms)])
    assert len(store.run_now(reads.history, query(window=window))) == 1
    assert timedelta(milliseconds=window.span.length_ms) == timedelta(hours=23)
