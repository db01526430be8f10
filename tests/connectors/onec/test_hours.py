"""Norm hours and timesheets (onec-zup.md §5.2, §5.4, §12.2, §12.9, §12.10)."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.onec import OneC, OneCBusinessError, OneCFailed
from app.connectors.onec.bodies import read_norms, read_timesheet
from app.domain.kinds.onec import SessionMode
from app.domain.onec import (
    NormHours,
    NormMode,
    NormRequest,
    TimesheetAbsence,
    TimesheetDay,
    WeeklyNorm,
)
from app.domain.onec_time_types import TimeGroup, time_type_of, time_types
from app.errors import BadData
from tests.support.onec import AGENT, MOSCOW, make

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)
OTHER = AGENT[:-1] + "2"


def norm(external_id: str = AGENT, hours: Any = 446, start: str = "2026-01-01", end: str = "2026-03-31") -> Any:
    return {"agentId": external_id, "normHours": hours, "startDate": start, "endDate": end}


def sent(route: respx.Route) -> list[Any]:
    return [json.loads(call.request.content) for call in route.calls]


class TestNorms:
    async def test_the_question_is_that_of_the_reference(self, onec: OneC, wire: respx.MockRouter) -> None:
        route = wire.post("/getNormHours").respond(200, json=[norm()])
        history = (WeeklyNorm(Decimal(40), date(2026, 1, 1)), WeeklyNorm(Decimal("20.5"), date(2026, 7, 1)))
        asked = [NormRequest(AGENT, history), NormRequest(OTHER, (WeeklyNorm(Decimal(36)),))]
        await onec.norm_hours(date(2026, 1, 1), date(2026, 12, 31), NormMode.QUARTER, asked)
        assert sent(route) == [
            {
                "startDate": "2026-01-01",
                "endDate": "2026-12-31",
                "calculationMode": "quarter",
                "AR_agents": [
                    {
                        "agentId": AGENT,
                        "AR_norms": [
                            {"normWeek": 40, "changeDate": "2026-01-01"},
                            {"normWeek": 20.5, "changeDate": "2026-07-01"},
                        ],
                    },
                    {"agentId": OTHER, "AR_norms": [{"normWeek": 36}]},
                ],
            }
        ]
        assert route.calls.last.request.headers["content-type"] == "application/json; charset=utf-8"

    async def test_four_quarters_are_four_rows(self, onec: OneC, wire: respx.MockRouter) -> None:
        rows = [norm(hours=h, start=f"2026-{m:02}-01", end=f"2026-{m + 2:02}-28") for h, m in
                zip((446, "487,5", 500, 480), (1, 4, 7, 10), strict=True)]  # fmt: skip
        wire.post("/getNormHours").respond(200, json=rows)
        found = await onec.norm_hours(FIRST, LAST, NormMode.QUARTER, [NormRequest(AGENT, ())])
        assert [row.hours for row in found.rows] == [446, Decimal("487.5"), 500, 480]
        assert found.rows[0] == NormHours(AGENT, Decimal(446), date(2026, 1, 1), date(2026, 3, 28))

    async def test_so_many_people_at_a_time(self, wire: respx.MockRouter) -> None:
        def serve(request: httpx.Request) -> httpx.Response:
            agents = json.loads(request.content)["AR_agents"]
            return httpx.Response(200, json=[norm(agent["agentId"]) for agent in agents])

        route = wire.post("/getNormHours").mock(side_effect=serve)
        people = [NormRequest(f"p{n}", ()) for n in range(5)]
        async with make(agents_per_request=2) as onec:
            found = await onec.norm_hours(FIRST, LAST, NormMode.MONTH, people)
        assert [len(asked["AR_agents"]) for asked in sent(route)] == [2, 2, 1]
        assert [row.external_id for row in found.rows] == [p.external_id for p in people]

    async def test_nobody_is_not_asked_for(self, onec: OneC, wire: respx.MockRouter) -> None:
        route = wire.post("/getNormHours")
        assert (await onec.norm_hours(FIRST, LAST, NormMode.YEAR, [])).rows == ()
        assert not route.called

    def test_rows_that_cannot_be_read_are_counted_and_the_others_kept(self) -> None:
        rows = [norm(), norm(hours="many"), norm(start="0001-01-01"), norm(""), None]
        found = read_norms(json.dumps(rows).encode(), MOSCOW)
        assert (len(found.rows), found.unreadable) == (1, 4)

    @pytest.mark.parametrize("written", [b"7", b'"x"', b"null"])
    def test_what_is_no_list_is_no_answer(self, written: bytes) -> None:
        with pytest.raises(BadData):
            read_norms(written, MOSCOW)


ANSWER = [
    {
        "agentId": AGENT,
        "AR_date": [
            {"date": "2026-02-01T21:00:00Z", "timetype": "Я", "hours": 11},
            {"date": "2026-02-01T21:00:00Z", "timetype": "С", "hours": 2.75},
            {"date": "2026-02-02T21:00:00Z", "timetype": "ОТ", "hours": 0},
        ],
        "AR_N": [{"timetype_N": "НН", "hours_N": "2(5)"}, {"timetype_N": "ОТ", "hours_N": "5"}],
        "half1_days": 6, "half1_hours": 61, "half2_days": 7, "half2_hours": "68,5",
    }
]  # fmt: skip


class TestTimesheet:
    async def test_the_published_shape(self, onec: OneC, wire: respx.MockRouter) -> None:
        route = wire.post("/getTimetypeInfo").respond(200, json=ANSWER)
        (period,) = (await onec.timesheet(FIRST, LAST, [AGENT])).periods
        assert sent(route) == [
            {
                "date_start": "2026-02-01T00:00:00",
                "date_end": "2026-02-28T00:00:00",
                "AR_agents": [{"agentId": AGENT}],
            }
        ]
        assert period.days == (
            TimesheetDay(date(2026, 2, 2), "Я", Decimal(11)),
            TimesheetDay(date(2026, 2, 2), "С", Decimal("2.75")),
            TimesheetDay(date(2026, 2, 3), "ОТ", Decimal(0)),
        )
        assert period.absences == (
            TimesheetAbsence("НН", "2(5)", Decimal(2), Decimal(5)),
            TimesheetAbsence("ОТ", "5", Decimal(5)),
        )
        halves = [period.half1_days, period.half1_hours, period.half2_days, period.half2_hours]
        assert halves == [Decimal(6), Decimal(61), Decimal(7), Decimal("68.5")]
        assert (period.first, period.last, period.whole_month) == (FIRST, LAST, True)

    @pytest.mark.parametrize(
        ("zone", "day"),
        [("Europe/Moscow", date(2026, 2, 2)), ("Asia/Yekaterinburg", date(2026, 2, 2)), ("UTC", date(2026, 2, 1))],
    )
    def test_a_day_is_that_of_the_zone(self, zone: str, day: date) -> None:
        found = read_timesheet(json.dumps(ANSWER).encode(), FIRST, LAST, ZoneInfo(zone))
        assert found.periods[0].days[0].date == day

    async def test_it_is_asked_for_month_by_month_and_so_many_people_at_a_time(self, wire: respx.MockRouter) -> None:
        route = wire.post("/getTimetypeInfo").respond(200, json=[])
        async with make(agents_per_request=2) as onec:
            await onec.timesheet(date(2026, 1, 20), date(2026, 2, 10), ["a", "b", "c", "a"])
        asked = [
            (body["date_start"][:10], body["date_end"][:10], [a["agentId"] for a in body["AR_agents"]])
            for body in sent(route)
        ]
        assert asked == [
            ("2026-01-20", "2026-01-31", ["a", "b"]),
            ("2026-01-20", "2026-01-31", ["c"]),
            ("2026-02-01", "2026-02-10", ["a", "b"]),
            ("2026-02-01", "2026-02-10", ["c"]),
        ]

    @pytest.mark.parametrize(
        ("code", "group"),
        [("B", TimeGroup.DAY_OFF), ("C", TimeGroup.OVERTIME), ("H", TimeGroup.WORK), ("ЖЖ", TimeGroup.OTHER)],
    )
    def test_codes_come_as_they_were_sent_and_are_understood_later(self, code: str, group: TimeGroup) -> None:
        rows = [{"agentId": AGENT, "AR_date": {"date": "2026-02-01", "timetype": code}}]
        (day,) = read_timesheet(json.dumps(rows).encode(), FIRST, LAST, MOSCOW).periods[0].days
        assert (day.code, day.hours) == (code, Decimal(0))
        assert time_type_of(day.code, time_types()).group is group

    def test_bad_rows_are_counted_and_the_good_ones_kept(self) -> None:
        row = {"date": "2026-02-01", "timetype": "Я", "hours": 8}
        rows = [
            {
                "agentId": AGENT,
                "AR_date": [row, row | {"date": "2019-01-0"}, row | {"timetype": ""}, row | {"hours": "?"}],
                "AR_N": [{"timetype_N": "НН", "hours_N": "two"}, {"hours_N": "2"}],
            },
            {"AR_date": [row]},
        ]
        found = read_timesheet(json.dumps(rows).encode(), FIRST, LAST, MOSCOW)
        assert len(found.periods[0].days) == 1
        assert found.periods[0].absences == (TimesheetAbsence("НН", "two"),)
        assert found.unreadable == 5

    @given(st.binary() | st.text().map(str.encode))
    def test_any_bytes_are_hours_or_bad_data(self, written: bytes) -> None:
        for read in (lambda: read_norms(written, MOSCOW), lambda: read_timesheet(written, FIRST, LAST, MOSCOW)):
            with suppress(BadData, OneCBusinessError):
                read()


class TestSideBySide:
    """So many requests at a time as the settings allow (§3), in the order that was asked for."""

    @pytest.mark.parametrize("allowed", [1, 4])
    @pytest.mark.parametrize("method", ["getNormHours", "getTimetypeInfo"])
    async def test_groups_of_people(self, wire: respx.MockRouter, allowed: int, method: str) -> None:
        people = [f"{AGENT[:-1]}{n}" for n in range(8)]
        under_way: list[str] = []
        seen_at_once: list[int] = []

        async def answer(request: httpx.Request) -> httpx.Response:
            (agent,) = (one["agentId"] for one in json.loads(request.content)["AR_agents"])
            under_way.append(agent)
            seen_at_once.append(len(under_way))
            await asyncio.sleep(0.1 - 0.01 * int(agent[-1]))  # later ones are answered sooner
            under_way.remove(agent)
            return httpx.Response(200, json=[norm(agent)])

        route = wire.post(f"/{method}").mock(side_effect=answer)
        async with make(max_parallel=allowed, agents_per_request=1) as onec:
            if method == "getNormHours":
                asked = [NormRequest(agent, ()) for agent in people]
                answered = [r.external_id for r in (await onec.norm_hours(FIRST, LAST, NormMode.YEAR, asked)).rows]
            else:
                answered = [p.external_id for p in (await onec.timesheet(FIRST, LAST, people)).periods]
        assert answered == people
        assert (max(seen_at_once), route.call_count) == (allowed, 8)

    async def test_a_failure_is_raised_as_it_is(self, wire: respx.MockRouter, no_waiting: list[float]) -> None:
        wire.post("/getTimetypeInfo").respond(500)
        async with make(max_parallel=4, agents_per_request=1) as onec:
            with pytest.raises(OneCFailed):
                await onec.timesheet(FIRST, LAST, [f"{AGENT[:-1]}{n}" for n in range(2)])

    async def test_callers_side_by_side_start_a_single_session(self, wire: respx.MockRouter) -> None:
        async def answer(request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0.02)
            started = {"Set-Cookie": "ibsession=s1"} if request.headers.get("IBSession") == "start" else {}
            return httpx.Response(200, json=[], headers=started)

        route = wire.post("/getTimetypeInfo").mock(side_effect=answer)
        wire.get(url__regex=".*").respond(200)
        async with make(max_parallel=4, agents_per_request=1, session_mode=SessionMode.IBSESSION) as onec:
            await onec.timesheet(FIRST, LAST, [f"{AGENT[:-1]}{n}" for n in range(8)])
        assert [call.request.headers.get("IBSession") for call in route.calls].count("start") == 1
