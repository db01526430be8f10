"""The demo 1C: norms by the production calendar (onec-zup.md section 5.2)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import pytest

from app.demo.onec.calendar import ProductionCalendar
from app.demo.onec.staff import Person, days_between
from tests.support.demo_onec import ORLOVA, norm


class TestNormHours:
    @pytest.mark.parametrize(
        ("mode", "rows", "first"),
        [("month", 12, ("2026-01-01", "2026-01-31", 120)), ("quarter", 4, ("2026-01-01", "2026-03-31", 440))],
    )
    def test_rows_are_whole_periods(
        self, service: httpx.Client, orlova: Person, mode: str, rows: int, first: tuple[str, str, float]
    ) -> None:
        found = norm(service, mode)
        assert len(found) == rows
        assert (found[0]["startDate"], found[0]["endDate"], found[0]["normHours"]) == first

    @pytest.mark.parametrize(("week", "hours"), [(40, 1972), (36, 1774.4), (20, 984)])
    def test_a_year_is_counted_by_the_formula(
        self, service: httpx.Client, orlova: Person, week: int, hours: float
    ) -> None:
        (row,) = norm(service, "year", {"normWeek": week})  # 247 days, 4 of them short
        assert row["normHours"] == hours

    @pytest.mark.parametrize("year", [2025, 2026, 2027])
    def test_each_year_has_247_days_of_which_4_are_short(self, year: int) -> None:
        days = days_between(date(year, 1, 1), date(year, 12, 31))
        calendar = ProductionCalendar()
        assert sum(calendar.works(day) for day in days) == 247
        assert sum(calendar.shortened(day) and calendar.works(day) for day in days) == 4

    def test_a_changed_week_counts_from_its_day(self, service: httpx.Client, orlova: Person) -> None:
        halves = norm(
            service,
            "quarter",
            {"normWeek": 20, "changeDate": "2026-07-01"},
            {"normWeek": 40, "changeDate": "2026-01-01"},
        )
        whole = norm(service, "quarter")
        assert halves[:2] == whole[:2]
        assert halves[2]["normHours"] == whole[2]["normHours"] / 2

    def test_rows_are_cut_to_the_time_of_service(self, service: httpx.Client, orlova: Person) -> None:
        orlova.hired, orlova.left = date(2026, 2, 10), date(2026, 4, 15)
        assert [(row["startDate"], row["endDate"]) for row in norm(service, "quarter")] == [
            ("2026-02-10", "2026-03-31"),
            ("2026-04-01", "2026-04-15"),
        ]

    @pytest.mark.parametrize(
        ("norms", "year", "mode", "words"),
        [
            ([{"normWeek": 40}, {"normWeek": 20, "changeDate": "2026-07-01"}], 2026, "year", "дата изменения"),
            ([{"normWeek": 40}], 2028, "year", "календарь за 2028"),
            ([{"normWeek": 40}], 2026, "week", "режим"),
        ],
    )
    def test_what_cannot_be_counted_is_refused_in_words(
        self, service: httpx.Client, norms: list[dict[str, Any]], year: int, mode: str, words: str
    ) -> None:
        question = {
            "startDate": f"{year}-01-01",
            "endDate": f"{year}-12-31",
            "calculationMode": mode,
            "AR_agents": [{"agentId": ORLOVA, "AR_norms": norms}],
        }
        answer = service.post("/getNormHours", json=question)
        assert answer.status_code == 500
        assert words in json.loads(answer.content.decode("utf-8-sig"))["message"]
