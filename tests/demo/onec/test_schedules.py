"""The demo 1C: sendSchedule (onec-zup.md section 5.3)."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from app.demo.onec.server import DemoOneC
from app.demo.onec.staff import EMPTY_GUID, Person
from tests.support.demo_onec import HOUR, ORLOVA, read, schedule


class TestSchedules:
    def test_a_month_is_written_and_days_without_a_shift_are_off(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        night = ("2026-03-14T20:00:00", 4 * HOUR, 7 * HOUR)
        answer = read(service.post("/sendSchedule", json=schedule(night)))
        assert answer["result"] == "true"
        assert "март 2026 создан" in answer["message"]
        written = infobase.schedules[ORLOVA, "2026-03"]
        assert (written.days[date(2026, 3, 14)].day_hours, written.days[date(2026, 3, 14)].night_hours) == (4, 7)
        assert written.days[date(2026, 3, 16)].hours == 0
        again = read(service.post("/sendSchedule", json=schedule(night)))
        assert "март 2026 изменён" in again["message"]
        assert written.written == 2

    def test_hours_may_be_text_and_instants_in_any_form(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        sent = {
            "agentId": ORLOVA.upper(),
            "period1": "2026-02-28T21:00:00Z",
            "period2": "2026-03-31T00:00:00",
            "shift": [{"date_start": "2026-03-13T23:00:00Z", "daily_hours": "7200000", "night_hours": "0"}],
        }
        assert read(service.post("/sendSchedule", json=sent))["result"] == "true"
        assert infobase.schedules[ORLOVA, "2026-03"].days[date(2026, 3, 14)].day_hours == 2

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [("2026-01-01", "2026-02-28", "Период закрыт"), ("2027-12-01", "2028-01-31", "календарь за 2028")],
    )
    def test_closed_months_and_missing_years_are_refused(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person, first: str, last: str, words: str
    ) -> None:
        shift = (f"{first}T09:00:00", 8 * HOUR, 0)
        answer = read(service.post("/sendSchedule", json=schedule(shift, first=first, last=last)))
        assert answer["result"] == "false"
        assert words in answer["message"]
        assert infobase.schedules == {}

    def test_a_period_that_began_earlier_is_written_from_this_month_on(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        shift = ("2026-02-03T09:00:00", 8 * HOUR, 0)
        answer = read(service.post("/sendSchedule", json=schedule(shift, first="2026-02-01", last="2026-04-30")))
        assert "Прошедшие месяцы пропущены" in answer["message"]
        assert set(infobase.schedules) == {(ORLOVA, "2026-03"), (ORLOVA, "2026-04")}

    def test_an_empty_schedule_and_a_document_for_part_of_the_month_are_refused(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        empty = read(service.post("/sendSchedule", json=schedule()))
        infobase.planning.part_months.add((ORLOVA, "2026-03"))
        part = read(service.post("/sendSchedule", json=schedule(("2026-03-14T09:00:00", HOUR, 0))))
        assert (empty["result"], part["result"]) == ("false", "false")
        assert "часть месяца" in part["message"]
        assert infobase.schedules == {}

    def test_months_and_days_outside_the_service_stay_blank(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        orlova.hired, orlova.left = date(2026, 4, 15), date(2026, 5, 20)
        shift = ("2026-04-20T09:00:00", 8 * HOUR, 0)
        read(service.post("/sendSchedule", json=schedule(shift, last="2026-06-30")))
        assert set(infobase.schedules) == {(ORLOVA, "2026-04"), (ORLOVA, "2026-05")}
        assert min(infobase.schedules[ORLOVA, "2026-04"].days) == date(2026, 4, 15)
        assert max(infobase.schedules[ORLOVA, "2026-05"].days) == date(2026, 5, 20)

    def test_nobody_is_refused_by_name(self, service: httpx.Client) -> None:
        answer = read(service.post("/sendSchedule", json=schedule() | {"agentId": EMPTY_GUID}))
        assert (answer["result"], "не найден" in answer["message"]) == ("false", True)
