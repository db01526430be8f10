"""Sessions and licences of 1C (onec-zup.md §4.4, §9.3): one at a time, used again, waited for, given back."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

import httpx
import pytest
import respx

from app.connectors.onec import (
    OneC,
    OneCBusinessError,
    OneCBusy,
    OneCFailed,
    OneCLicenseUnavailable,
    OneCNotFound,
    OneCSessionLost,
)
from app.domain.kinds.onec import SessionMode
from app.domain.onec import FactDay, PersonSchedule
from app.errors import OutcomeUnknown
from tests.support.onec import BASE, HOST, MOSCOW, NO_LICENCE, make

DAY = date(2026, 3, 1)
FACT = FactDay("a", "b", datetime(2026, 3, 1, 9, tzinfo=MOSCOW), ())
SCHEDULE = PersonSchedule("a", DAY, DAY, ())
GOOD = {"AR_agents": [], "result": True}
STARTED = httpx.Response(200, json=GOOD, headers={"Set-Cookie": "ibsession=s-1; path=/zup/hs; HttpOnly"})


def sessions(**settings: Any) -> OneC:
    return make(session_mode=SessionMode.IBSESSION, **settings)


def seen(wire: respx.MockRouter) -> list[tuple[str, str, str]]:
    """Of each call: the last part of its address, what it says of sessions, the session it carries."""
    return [
        (
            call.request.url.path.rpartition("/")[2],
            call.request.headers.get("IBSession", ""),
            call.request.headers.get("cookie", ""),
        )
        for call in wire.calls
    ]


class TestSession:
    async def test_it_is_started_used_again_and_given_back(self, wire: respx.MockRouter) -> None:
        wire.route(url__startswith=BASE).mock(side_effect=[STARTED, *[httpx.Response(200, json=GOOD)] * 3])
        async with sessions() as onec:
            await onec.agents(DAY, DAY)
            await onec.agents(DAY, DAY)
            await onec.send_fact_work_time(FACT)
        assert seen(wire) == [
            ("2026-03-01", "start", ""),
            ("2026-03-01", "", "ibsession=s-1"),
            ("sendFactWorkTime", "", "ibsession=s-1"),
            ("wfm", "finish", "ibsession=s-1"),
        ]

    async def test_without_it_nothing_is_said_of_sessions(self, onec: OneC, wire: respx.MockRouter) -> None:
        wire.route(url__startswith=BASE).respond(200, json=GOOD)
        await onec.agents(DAY, DAY)
        await onec.close()
        assert seen(wire) == [("2026-03-01", "", "")]

    @pytest.mark.parametrize("status", [400, 404, 500])
    async def test_a_read_starts_another_once_when_the_old_one_is_refused(
        self, wire: respx.MockRouter, status: int
    ) -> None:
        wire.get(f"{HOST}/zup").respond(200)
        wire.route(url__startswith=BASE).mock(
            side_effect=[STARTED, httpx.Response(status), httpx.Response(200, json=GOOD)]
        )
        async with sessions() as onec:
            await onec.agents(DAY, DAY)
            await onec.agents(DAY, DAY)
        assert [said for _, said, _ in seen(wire)] == ["start", "", "start"]
        assert seen(wire)[-1][2] == ""

    async def test_refused_again_that_is_the_answer(self, wire: respx.MockRouter, no_waiting: list[float]) -> None:
        wire.route(url__startswith=BASE).mock(side_effect=[STARTED, *[httpx.Response(500, text="Сеанс удален")] * 2])
        async with sessions() as onec:
            await onec.agents(DAY, DAY)
            with pytest.raises(OneCBusinessError, match="Сеанс удален"):
                await onec.agents(DAY, DAY)
        assert (len(wire.calls), no_waiting) == (3, [])

    async def test_a_session_that_cannot_be_started_is_tried_again_later(
        self, wire: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        wire.route(url__startswith=BASE).respond(406)
        async with sessions() as onec:
            with pytest.raises(OneCBusy):
                await onec.agents(DAY, DAY)
        assert len(no_waiting) == 3

    @pytest.mark.parametrize("status", [400, 404, 500])
    async def test_worked_time_refused_in_a_session_may_be_done_and_the_next_call_starts_another(
        self, wire: respx.MockRouter, status: int
    ) -> None:
        wire.route(url__startswith=BASE).mock(
            side_effect=[STARTED, httpx.Response(status), httpx.Response(200, json=GOOD)]
        )
        async with sessions() as onec:
            await onec.agents(DAY, DAY)
            with pytest.raises(OutcomeUnknown):
                await onec.send_fact_work_time(FACT)
            assert len(wire.calls) == 2
            await onec.agents(DAY, DAY)
        assert seen(wire)[2][1:] == ("start", "")

    async def test_worked_time_refused_in_words_is_refused(self, wire: respx.MockRouter) -> None:
        wire.route(url__startswith=BASE).mock(side_effect=[STARTED, httpx.Response(500, json={"message": "Уволен"})])
        async with sessions() as onec:
            await onec.agents(DAY, DAY)
            with pytest.raises(OneCBusinessError, match="Уволен"):
                await onec.send_fact_work_time(FACT)

    async def test_a_schedule_is_not_sent_again_in_another_session(self, wire: respx.MockRouter) -> None:
        wire.route(url__startswith=BASE).mock(side_effect=[STARTED, httpx.Response(500)])
        async with sessions() as onec:
            await onec.agents(DAY, DAY)
            with pytest.raises(OneCFailed):
                await onec.send_schedule(SCHEDULE)
        assert len(wire.calls) == 2

    @pytest.mark.parametrize("body", ["", "<exception><descr>Страница не найдена</descr></exception>"])
    async def test_a_schedule_that_a_session_does_not_find_may_be_of_the_session_and_the_next_call_starts_another(
        self, wire: respx.MockRouter, body: str
    ) -> None:
        wire.route(url__startswith=BASE).mock(
            side_effect=[STARTED, httpx.Response(404, text=body), httpx.Response(200, json=GOOD)]
        )
        async with sessions() as onec:
            await onec.agents(DAY, DAY)
            with pytest.raises(OneCSessionLost, match="the session may have ended"):
                await onec.send_schedule(SCHEDULE)
            await onec.send_schedule(SCHEDULE)
        assert [said[1:] for said in seen(wire)] == [("start", ""), ("", "ibsession=s-1"), ("start", "")]

    async def test_an_address_that_a_new_session_does_not_find_either_is_wrong(self, wire: respx.MockRouter) -> None:
        wire.get(f"{HOST}/zup").respond(200)
        wire.route(url__startswith=BASE).mock(side_effect=[STARTED, *[httpx.Response(404)] * 2])
        async with sessions() as onec:
            await onec.agents(DAY, DAY)
            with pytest.raises(OneCSessionLost):
                await onec.send_schedule(SCHEDULE)
            with pytest.raises(OneCNotFound, match="this method of it is missing") as missing:
                await onec.send_schedule(SCHEDULE)
        assert not isinstance(missing.value, OneCSessionLost)

    async def test_a_server_that_is_gone_does_not_keep_anybody_from_closing(self, wire: respx.MockRouter) -> None:
        wire.route(url__startswith=BASE).mock(side_effect=[STARTED, httpx.ConnectError("refused")])
        async with sessions() as onec:
            await onec.agents(DAY, DAY)
        assert len(wire.calls) == 2


@pytest.fixture
def licence_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting for a licence takes no time; the list holds how long it would have been."""
    waits: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr("app.connectors.onec.line.asyncio.sleep", note)
    return waits


class TestLicence:
    async def test_it_is_waited_for_slowly(self, wire: respx.MockRouter, licence_waits: list[float]) -> None:
        route = wire.get(url__regex=".*").respond(500, text=NO_LICENCE)
        async with make(licence_pauses_s=(15.0, 30.0, 60.0)) as onec:
            with pytest.raises(OneCLicenseUnavailable) as refused:
                await onec.agents(DAY, DAY)
            assert onec.breaker.refuses_until is None
        assert [wait for wait in licence_waits if wait] == [15.0, 30.0, 60.0]
        assert route.call_count == 4
        assert refused.value.message == "1C answers, but no free licence."

    async def test_the_first_one_that_is_free_is_taken(
        self, wire: respx.MockRouter, licence_waits: list[float]
    ) -> None:
        answers = [httpx.Response(500, text=NO_LICENCE), httpx.Response(200, json=GOOD)]
        wire.get(url__regex=".*").mock(side_effect=answers)
        async with make(licence_pauses_s=(15.0, 30.0)) as onec:
            await onec.agents(DAY, DAY)
        assert [wait for wait in licence_waits if wait] == [15.0]

    async def test_those_who_wait_do_not_try_side_by_side(
        self, wire: respx.MockRouter, licence_waits: list[float]
    ) -> None:
        wire.get(url__regex=".*").respond(500, text=NO_LICENCE)
        async with make(licence_pauses_s=(15.0, 30.0), max_parallel=4) as onec:
            refused = await asyncio.gather(*(onec.agents(DAY, DAY) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(error, OneCLicenseUnavailable) for error in refused)
        assert [wait for wait in licence_waits if wait] == [15.0, 30.0] * 3

    async def test_it_never_opens_the_breaker(self, wire: respx.MockRouter) -> None:
        wire.get(url__regex=".*").respond(503, text=NO_LICENCE)
        async with make() as onec:
            for _ in range(7):
                with pytest.raises(OneCLicenseUnavailable):
                    await onec.agents(DAY, DAY)
            assert onec.breaker.refuses_until is None


class TestOneAtATime:
    @pytest.mark.parametrize("most", [1, 3])
    async def test_no_more_calls_are_under_way_than_are_allowed(self, wire: respx.MockRouter, most: int) -> None:
        under_way = worst = 0

        async def serve(_request: httpx.Request) -> httpx.Response:
            nonlocal under_way, worst
            under_way += 1
            worst = max(worst, under_way)
            await asyncio.sleep(0.01)
            under_way -= 1
            return httpx.Response(200, json=GOOD)

        wire.get(url__regex=".*").mock(side_effect=serve)
        async with make(max_parallel=most) as onec, asyncio.TaskGroup() as group:
            for _ in range(6):
                group.create_task(onec.agents(DAY, DAY))
        assert worst == most

    async def test_two_calls_a_second_are_the_pace_of_a_connection(self, wire: respx.MockRouter) -> None:
        wire.get(url__regex=".*").respond(200, json=GOOD)
        loop = asyncio.get_running_loop()
        async with make(calls_per_second=20.0) as onec:
            begun = loop.time()
            for _ in range(4):
                await onec.agents(DAY, DAY)
        assert loop.time() - begun >= 0.14
