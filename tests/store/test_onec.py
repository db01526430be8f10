"""What is kept of 1C, on SQLite and PostgreSQL: people, norms, timesheets, plans, receipts (onec-zup.md §8)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest

from app.domain.onec import (
    FactSlice,
    NormHours,
    NormMode,
    OneCPeople,
    ScheduleShift,
    TimesheetAbsence,
    TimesheetDay,
    TimesheetPeriod,
    VacationBalance,
    WeeklyNorm,
)
from app.domain.onec_people import KnownPerson
from app.domain.onec_plans import PersonnelSettings, plan_personnel
from app.domain.onec_receipts import FactReceipt, ScheduleReceipt, SentStatus
from app.domain.onec_schedules import Period, Shift
from app.domain.outcomes import Action
from app.errors import Cancelled
from app.store import directory, onec, onec_hours, onec_sent
from app.store.database import Store
from tests.support.fake_onec import DEPARTMENTS, external_id, person

T = TypeVar("T")
TODAY = date(2026, 3, 10)
MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
C = "connection"


def done(store: Store, work: Callable[[], T]) -> T:
    return store.run_now(work)


def sync(store: Store, found: OneCPeople, *, connection: str = C, full: bool = False) -> None:
    def work() -> None:
        plan = plan_personnel(found, onec.personnel(connection), PersonnelSettings(connection, TODAY, full))
        onec.write_personnel(plan, connection, TODAY, threading.Event())

    done(store, work)


class TestPeople:
    def test_everything_of_a_person_comes_back(self, store: Store) -> None:
        whole = person(
            1, termination_date=date(2026, 12, 31), position_external_id="p", position_change_date=date(2024, 2, 1),
            department_missing=True, employment_rate=Decimal("0.5"), login="m.orlova",
            weekly_norm_hours=Decimal("20.25"), extra_1="SN", other_system_id="88412", site="Пермь",
            vacation=(VacationBalance(date(2026, 3, 17), Decimal("9.333333333333")),),
        )  # fmt: skip
        bare = person(2, employment_rate=None, weekly_norm_hours=None, norm_change_date=None)
        sync(store, OneCPeople((whole, bare), DEPARTMENTS))
        one, two = done(store, lambda: onec.people(C))
        assert (one.person, two.person) == (whole, bare)
        assert (one.norms, two.norms) == ((WeeklyNorm(Decimal("20.25"), date(2023, 4, 3)),), ())
        assert len(done(store, directory.employees)) == 2

    def test_a_cancelled_sync_keeps_nothing(self, store: Store) -> None:
        stop = threading.Event()
        stop.set()

        def work() -> None:
            plan = plan_personnel(OneCPeople((person(1),)), onec.personnel(C), PersonnelSettings(C, TODAY))
            onec.write_personnel(plan, C, TODAY, stop)

        with pytest.raises(Cancelled):
            done(store, work)
        assert done(store, onec.people) == []

    def test_departments_that_left_a_full_list_are_marked_and_return(self, store: Store) -> None:
        root, group = DEPARTMENTS
        everybody = (person(1), person(2))
        sync(store, OneCPeople(everybody, (root, group)))
        sync(store, OneCPeople(everybody, (replace(root, name="Центр"),)), full=True)
        kept = {d.department.external_id: d for d in done(store, lambda: onec.departments(C))}
        assert kept[group.external_id].absent_since == TODAY
        assert kept[root.external_id].department.name == "Центр"
        sync(store, OneCPeople(everybody, (root, group)))
        assert {d.absent_since for d in done(store, lambda: onec.departments(C))} == {None}

    def test_two_connections_do_not_share_people(self, store: Store) -> None:
        from app.domain.connections import Connection, ConnectionStatus
        from app.domain.kinds import ConnectionKind
        from app.store.connections import add_connection

        for name in ("a", "b"):
            made = Connection(name, name, ConnectionKind.ONEC, ConnectionStatus.ACTIVE, {})
            done(store, lambda made=made: add_connection(made))  # type: ignore[misc]  # mypy reads no default of a lambda
            sync(store, OneCPeople((person(1),)), connection=name)
        assert len(done(store, onec.people)) == 2
        assert len(done(store, directory.employees)) == 2

    def test_a_link_by_hand_is_found_by_employee(self, store: Store) -> None:
        sync(store, OneCPeople((person(1),)))
        (known,) = done(store, onec.people)
        done(store, lambda: onec.link_person(known, "e-1"))
        found: KnownPerson = done(store, onec.by_employee)["e-1"]
        assert found.person == known.person


class TestHours:
    def test_a_norm_said_again_takes_the_place_of_the_old_one(self, store: Store) -> None:
        def put(hours: int) -> dict[str, Action]:
            row = NormHours("a", Decimal(hours), date(2026, 1, 1), date(2026, 3, 31))
            return done(store, lambda: onec_hours.put_norms(C, NormMode.QUARTER, [(row, Decimal("440.5"))]))

        assert [put(h)["a"] for h in (440, 440, 441)] == [Action.CREATE, Action.UNCHANGED, Action.UPDATE]
        (kept,) = done(store, lambda: onec_hours.norms(C, date(2026, 1, 1), date(2026, 12, 31)))
        assert (kept.norm.hours, kept.expected, kept.mode) == (Decimal(441), Decimal("440.5"), NormMode.QUARTER)

    def test_one_day_in_place_of_itself_leaves_its_month(self, store: Store) -> None:
        rows = tuple(TimesheetDay(date(2026, 2, day), "Я", Decimal(8)) for day in (2, 3))
        absences = (TimesheetAbsence("НН", "2(5)", Decimal(2), Decimal(5)), TimesheetAbsence("ЖЖ", "?"))
        month = TimesheetPeriod(
            "a", date(2026, 2, 1), date(2026, 2, 28), rows, absences, Decimal(6), Decimal("61.5"), None, Decimal(0)
        )
        day = TimesheetPeriod(
            "a", date(2026, 2, 3), date(2026, 2, 3), (TimesheetDay(date(2026, 2, 3), "С", Decimal(2)),)
        )
        assert done(store, lambda: onec_hours.put_timesheet(C, [month])) == {"a": Action.CREATE}
        assert done(store, lambda: onec_hours.put_timesheet(C, [month])) == {"a": Action.UNCHANGED}
        done(store, lambda: onec_hours.put_timesheet(C, [day]))
        found = done(store, lambda: onec_hours.timesheet(C, date(2026, 2, 1), date(2026, 2, 28), ["a"]))
        assert [(p.period.first, [(d.date.day, d.code) for d in p.period.days]) for p in found] == [
            (date(2026, 2, 1), [(2, "Я"), (3, "С")]), (date(2026, 2, 3), [(3, "С")]),
        ]  # fmt: skip
        kept = found[0].period
        assert kept.absences == absences
        assert [kept.half1_days, kept.half1_hours, kept.half2_days] == [Decimal(6), Decimal("61.5"), None]
        assert done(store, lambda: onec_hours.timesheet(C, date(2026, 2, 1), date(2026, 2, 28), ["b"])) == []


class TestPlansAndReceipts:
    def test_shifts_keep_their_zone_over_the_change_of_the_clocks(self, store: Store) -> None:
        start = datetime(2026, 3, 28, 22, tzinfo=BERLIN)
        shift = Shift(
            start, datetime(2026, 3, 29, 6, tzinfo=BERLIN),
            (Period(datetime(2026, 3, 29, 3, tzinfo=BERLIN), datetime(2026, 3, 29, 4, tzinfo=BERLIN)),),
        )  # fmt: skip
        days = (date(2026, 3, 1), date(2026, 3, 31))
        done(store, lambda: onec_sent.put_planned(C, "a", days, [shift], "entered"))
        (kept,) = done(store, lambda: onec_sent.planned(C, *days))
        assert (kept.external_id, kept.shift) == ("a", shift)
        assert kept.shift.end - kept.shift.start == timedelta(hours=8)  # on the clocks of the wall, as entered
        assert kept.shift.start.tzinfo is BERLIN
        done(store, lambda: onec_sent.put_planned(C, "a", days, [], "entered"))
        assert done(store, lambda: onec_sent.planned(C, *days)) == []

    def test_a_receipt_comes_back_and_gives_way_to_a_later_one(self, store: Store) -> None:
        moment = datetime(2026, 3, 10, 12, tzinfo=UTC)
        shifts = (ScheduleShift(datetime(2026, 3, 12, 20, tzinfo=UTC), 14_400_000, 25_200_000),)
        march = ScheduleReceipt(
            "a", date(2026, 3, 1), date(2026, 3, 31), "d", shifts, SentStatus.SENT, "Записано", "run", moment
        )
        part = replace(march, first=date(2026, 3, 10), status=SentStatus.REFUSED)
        done(store, lambda: onec_sent.put_receipt(C, march))
        done(store, lambda: onec_sent.put_receipt(C, part))
        found = done(store, lambda: onec_sent.receipts(C, date(2026, 3, 15), date(2026, 3, 15)))
        assert found == [march, part]  # what was refused changed nothing of what 1C holds
        sent = replace(part, status=SentStatus.SENT)
        done(store, lambda: onec_sent.put_receipt(C, sent))
        assert done(store, lambda: onec_sent.receipts(C, date(2026, 3, 1), date(2026, 3, 31))) == [sent]

    def test_worked_time_is_one_per_person_and_day(self, store: Store) -> None:
        moment = datetime(2026, 3, 10, 9, tzinfo=UTC)
        fact = FactReceipt(
            external_id(1), TODAY, moment, "Петров П.П.", (FactSlice(moment, 900_000),), SentStatus.UNKNOWN, None, "?",
            "run", moment,
        )  # fmt: skip
        later = replace(fact, status=SentStatus.SENT, document="Сверхурочная работа")
        for one in (fact, later):
            done(store, lambda one=one: onec_sent.put_fact(C, one))  # type: ignore[misc]  # mypy reads no default of a lambda
        assert done(store, lambda: onec_sent.facts(C, TODAY, TODAY)) == [later]
        assert done(store, lambda: onec_sent.find_fact("other", external_id(1), TODAY)) is None
        done(store, lambda: onec_sent.restore_fact(C, later, fact))
        assert done(store, lambda: onec_sent.find_fact(C, external_id(1), TODAY)) == fact
        done(store, lambda: onec_sent.restore_fact(C, fact, None))
        assert done(store, lambda: onec_sent.facts(C, TODAY, TODAY)) == []
