"""Schedules and worked time (onec-zup.md §5.3, §5.5, §12.3, §12.4): exact requests, and what may be sent twice."""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime
from typing import Any

import httpx
import pytest
import respx

from app.connectors.onec import OneC, OneCBusinessError, OneCBusy, OneCFailed, OneCLicenseUnavailable
from app.domain.kinds.onec import PostStyle
from app.domain.onec import FactDay, FactSlice, OneCReply, PersonSchedule, ScheduleShift
from app.errors import BadData, ErrorKind, Forbidden, MusterError, OutcomeUnknown, RateLimited, TimedOut, Unreachable
from tests.support.onec import AGENT, BASE, MOSCOW, NO_LICENCE, listening, make

SCHEDULE = PersonSchedule(
    AGENT,
    date(2026, 3, 1),
    date(2026, 3, 31),
    (
        ScheduleShift(datetime(2026, 3, 5, 20, tzinfo=MOSCOW), 14_400_000, 25_200_000),
        ScheduleShift(datetime(2026, 3, 8, 9, tzinfo=MOSCOW), 39_600_000, 0),
    ),
)
FACT = FactDay(
    AGENT,
    "Петров П.П.",
    datetime(2026, 2, 14, 9, tzinfo=MOSCOW),
    (
        FactSlice(datetime(2026, 2, 14, 9, 0, tzinfo=MOSCOW), 900_000),
        FactSlice(datetime(2026, 2, 14, 9, 15, tzinfo=MOSCOW), 540_000),
    ),
)
SENT_SCHEDULE = {
    "agentId": AGENT,
    "period1": "2026-03-01T00:00:00+03:00",
    "period2": "2026-03-31T00:00:00+03:00",
    "shift": [
        {"date_start": "2026-03-05T20:00:00+03:00", "daily_hours": 14_400_000, "night_hours": 25_200_000},
        {"date_start": "2026-03-08T09:00:00+03:00", "daily_hours": 39_600_000, "night_hours": 0},
    ],
}
SENT_FACT = {
    "agentId": AGENT,
    "initiator_name": "Петров П.П.",
    "date_start": "2026-02-14T09:00:00+03:00",
    "loginfo": [
        {"start": "2026-02-14T09:00:00+03:00", "time": 900_000},
        {"start": "2026-02-14T09:15:00+03:00", "time": 540_000},
    ],
}


class TestSchedule:
    async def test_the_request_is_that_of_the_reference(self, onec: OneC, wire: respx.MockRouter) -> None:
        route = wire.post("/sendSchedule").respond(200, json={"result": "true", "message": "График записан"})
        assert await onec.send_schedule(SCHEDULE) == OneCReply(True, "График записан")
        request = route.calls.last.request
        assert json.loads(request.content) == SENT_SCHEDULE
        assert request.headers["content-type"] == "application/json; charset=utf-8"

    async def test_a_200_with_false_is_a_refusal_with_its_text(self, onec: OneC, wire: respx.MockRouter) -> None:
        text = "Не заполнен производственный календарь на 2027 год"
        route = wire.post("/sendSchedule").respond(200, json={"result": "false", "message": text})
        assert await onec.send_schedule(SCHEDULE) == OneCReply(False, text)
        assert route.call_count == 1

    @pytest.mark.parametrize(
        ("answer", "accepted"),
        [
            ({"result": True, "message": ""}, True),
            ({"Result": "Истина", "Message": ""}, True),
            ([{"result": "true"}], True),
            ({"result": "Ложь"}, False),
            ({"result": 0}, False),
        ],
    )
    async def test_the_result_is_read_in_every_spelling(
        self, onec: OneC, wire: respx.MockRouter, answer: Any, accepted: bool
    ) -> None:
        wire.post("/sendSchedule").respond(200, content=b"\xef\xbb\xbf" + json.dumps(answer).encode())
        assert (await onec.send_schedule(SCHEDULE)).accepted is accepted

    @pytest.mark.parametrize("answer", [b"", b"OK", b"{}", b"[]", b'{"result": "maybe"}', b'[{"result": 1}, {}]'])
    async def test_an_answer_without_a_result_is_none(self, onec: OneC, wire: respx.MockRouter, answer: bytes) -> None:
        wire.post("/sendSchedule").respond(200, content=answer)
        with pytest.raises(BadData) as unread:
            await onec.send_schedule(SCHEDULE)
        assert "Nothing was changed" not in unread.value.remedy
        assert "may have taken it" in unread.value.remedy

    async def test_hours_may_go_as_text(self, wire: respx.MockRouter) -> None:
        route = wire.post("/sendSchedule").respond(200, json={"result": "true"})
        async with make(hours_as_strings=True) as onec:
            await onec.send_schedule(SCHEDULE)
        shift = json.loads(route.calls.last.request.content)["shift"][0]
        assert (shift["daily_hours"], shift["night_hours"]) == ("14400000", "25200000")

    async def test_the_name_of_the_method_may_stand_around_the_data(self, wire: respx.MockRouter) -> None:
        route = wire.post(BASE).respond(200, json={"result": "true"})
        async with make(post_style=PostStyle.ENVELOPE) as onec:
            await onec.send_schedule(SCHEDULE)
        assert str(route.calls.last.request.url) == BASE
        assert json.loads(route.calls.last.request.content) == {"sendSchedule": SENT_SCHEDULE}

    @pytest.mark.parametrize(
        "failure",
        [httpx.ReadTimeout("late"), httpx.ReadError("gone"), httpx.ConnectError("refused"), *(
            httpx.Response(status) for status in (406, 408, 425, 502, 503, 504)
        )],
    )  # fmt: skip
    async def test_it_is_sent_again_after_a_lost_answer(
        self, onec: OneC, wire: respx.MockRouter, no_waiting: list[float], failure: Any
    ) -> None:
        route = wire.post("/sendSchedule").mock(side_effect=[failure, httpx.Response(200, json={"result": "true"})])
        assert (await onec.send_schedule(SCHEDULE)).accepted
        assert route.call_count == 2
        assert 0.5 <= no_waiting[0] <= 1.5

    async def test_a_failed_module_gets_it_no_second_time(self, onec: OneC, wire: respx.MockRouter) -> None:
        route = wire.post("/sendSchedule").respond(500, text="{ОбщийМодуль.WFM.Модуль(12)}: Деление на 0")
        with pytest.raises(OneCFailed, match="Деление на 0"):
            await onec.send_schedule(SCHEDULE)
        assert route.call_count == 1


class TestFact:
    async def test_the_request_is_that_of_the_reference(self, onec: OneC, wire: respx.MockRouter) -> None:
        route = wire.post("/sendFactWorkTime").respond(200, json={"result": True, "doc": "Сверхурочная работа"})
        assert await onec.send_fact_work_time(FACT) == OneCReply(True, "", "Сверхурочная работа")
        assert json.loads(route.calls.last.request.content) == SENT_FACT
        assert "Петров П.П.".encode() in route.calls.last.request.content

    async def test_no_document_is_a_refusal(self, onec: OneC, wire: respx.MockRouter) -> None:
        wire.post("/sendFactWorkTime").respond(200, json={"result": False, "doc": None})
        assert await onec.send_fact_work_time(FACT) == OneCReply(False)

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.ReadTimeout("late"),
            httpx.WriteTimeout("late"),
            httpx.ReadError("gone"),
            httpx.WriteError("gone"),
            httpx.RemoteProtocolError("Server disconnected without sending a response."),
            httpx.Response(502),
            httpx.Response(504, text="Gateway Timeout"),
        ],
    )
    async def test_whenever_1c_may_have_taken_it_nobody_knows(
        self, onec: OneC, wire: respx.MockRouter, no_waiting: list[float], answer: Any
    ) -> None:
        route = wire.post("/sendFactWorkTime").mock(side_effect=[answer])
        with pytest.raises(OutcomeUnknown) as unknown:
            await onec.send_fact_work_time(FACT)
        assert (route.call_count, no_waiting) == (1, [])
        assert unknown.value.kind is ErrorKind.TIMED_OUT
        assert unknown.value.message.startswith("Nobody knows whether 1C took the worked time: ")

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (httpx.Response(200, text="<html>"), ErrorKind.BAD_DATA),
            (httpx.Response(200, json={}), ErrorKind.BAD_DATA),
            (httpx.DecodingError("no gzip"), ErrorKind.BAD_DATA),
            (httpx.Response(500, text=""), ErrorKind.REMOTE_ERROR),
            (httpx.Response(500, text="{ОбщийМодуль.WFM.Модуль(12)}: Деление на 0"), ErrorKind.REMOTE_ERROR),
        ],
    )
    async def test_an_answer_that_nobody_can_read_and_a_module_that_broke_off_are_unknown_and_named_what_they_are(
        self, onec: OneC, wire: respx.MockRouter, answer: Any, kind: ErrorKind
    ) -> None:
        route = wire.post("/sendFactWorkTime").mock(side_effect=[answer])
        with pytest.raises(OutcomeUnknown) as unknown:
            await onec.send_fact_work_time(FACT)
        assert (route.call_count, unknown.value.kind, unknown.value.within("x").kind) == (1, kind, kind)
        assert "Nothing was changed" not in unknown.value.remedy

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (httpx.Response(403), Forbidden),
            (httpx.Response(406), OneCBusy),
            (httpx.Response(503), OneCBusy),
            (httpx.Response(500, text="Месяц закрыт."), OneCBusinessError),
            (httpx.Response(429, headers={"Retry-After": "1"}), RateLimited),
        ],
    )
    async def test_an_answer_that_says_no_is_one_and_is_not_asked_again(
        self,
        onec: OneC,
        wire: respx.MockRouter,
        no_waiting: list[float],
        answer: httpx.Response,
        kind: type[MusterError],
    ) -> None:
        route = wire.post("/sendFactWorkTime").mock(return_value=answer)
        with pytest.raises(MusterError) as refused:
            await onec.send_fact_work_time(FACT)
        assert isinstance(refused.value, kind)
        assert not isinstance(refused.value, OutcomeUnknown)
        assert (route.call_count, no_waiting) == (1, [])

    @pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), httpx.ConnectTimeout("late")])
    async def test_what_never_left_is_sent_again(
        self, onec: OneC, wire: respx.MockRouter, no_waiting: list[float], failure: Exception
    ) -> None:
        route = wire.post("/sendFactWorkTime").mock(side_effect=[failure, httpx.Response(200, json={"result": True})])
        assert (await onec.send_fact_work_time(FACT)).accepted
        assert route.call_count == 2

    @pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), httpx.ConnectTimeout("late")])
    async def test_what_never_left_at_all_is_no_unknown(
        self, onec: OneC, wire: respx.MockRouter, no_waiting: list[float], failure: Exception
    ) -> None:
        route = wire.post("/sendFactWorkTime").mock(side_effect=failure)
        with pytest.raises((Unreachable, TimedOut)) as failed:
            await onec.send_fact_work_time(FACT)
        assert not isinstance(failed.value, OutcomeUnknown)
        assert route.call_count == 4

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(500, text=NO_LICENCE + "!"),
            httpx.Response(500, text="Не найдена лицензия. Не обнаружен ключ защиты программы!"),
            httpx.Response(503, text="<html><body>There are no free licenses</body></html>"),
            httpx.Response(500, text="License not found. No security dongle found."),
            httpx.Response(500, text=f"<exception xmlns='http://v8.1c.ru'><descr>{NO_LICENCE}</descr></exception>"),
        ],
    )
    async def test_without_a_licence_nothing_was_made_and_a_person_sends_it_again(
        self, wire: respx.MockRouter, answer: httpx.Response
    ) -> None:
        route = wire.post("/sendFactWorkTime").mock(return_value=answer)
        async with make(licence_pauses_s=(0.0, 0.0, 0.0)) as onec:
            with pytest.raises(OneCLicenseUnavailable) as refused:
                await onec.send_fact_work_time(FACT)
        assert (route.call_count, refused.value.message) == (1, "1C has no free licence, so no document was made.")
        assert refused.value.remedy == "Close idle 1C sessions or buy licences, then send it again."

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (
                httpx.Response(500, text="{Модуль.Лицензирование(12)}: Деление на 0"),
                "1C failed: 500 {Модуль.Лицензирование(12)}: Деление на 0",
            ),
            (
                httpx.Response(500, text=f"{{Модуль.WFM(7)}}: {NO_LICENCE}"),
                f"1C failed: 500 {{Модуль.WFM(7)}}: {NO_LICENCE}",
            ),
            (
                httpx.Response(500, json={"message": "Не найдена лицензия. Водитель Орлов"}),
                "Не найдена лицензия. Водитель Орлов",
            ),
            (httpx.Response(500, text="Не найдена лицензия водителя"), "Не найдена лицензия водителя"),
            (httpx.Response(504, text="licensed to nobody"), "1C cannot take calls just now: 504 licensed to nobody"),
        ],
    )
    async def test_any_other_word_of_a_licence_leaves_open_what_became_of_it_and_it_goes_out_once(
        self, wire: respx.MockRouter, answer: httpx.Response, said: str
    ) -> None:
        route = wire.post("/sendFactWorkTime").mock(return_value=answer)
        async with make(licence_pauses_s=(0.0, 0.0, 0.0)) as onec:
            with pytest.raises(OutcomeUnknown) as unknown:
                await onec.send_fact_work_time(FACT)
        assert route.call_count == 1
        assert unknown.value.message == f"Nobody knows whether 1C took the worked time: {said}"


class TestOnTheWire:
    """Against a real socket, where a time-out is one."""

    async def test_a_silent_server_gets_it_exactly_once(self) -> None:
        got: list[bytes] = []

        async def swallow(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            got.append(await reader.readuntil(b"\r\n\r\n"))
            await asyncio.sleep(60)

        async with listening(swallow) as address, make(f"{address}/zup/hs/wfm", timeout_s=0.3) as onec:
            with pytest.raises(OutcomeUnknown):
                await onec.send_fact_work_time(FACT)
            await asyncio.sleep(0.2)
        assert len(got) == 1
        assert got[0].startswith(b"POST /zup/hs/wfm/sendFactWorkTime HTTP/1.1\r\n")

    async def test_a_server_that_hangs_up_gets_it_exactly_once(self) -> None:
        got: list[bytes] = []

        async def hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            got.append(await reader.readuntil(b"\r\n\r\n"))

        async with listening(hang_up) as address, make(address) as onec:
            with pytest.raises(OutcomeUnknown):
                await onec.send_fact_work_time(FACT)
        assert len(got) == 1

    async def test_a_closed_port_is_no_unknown(self, no_waiting: list[float]) -> None:
        async with listening(lambda _reader, _writer: asyncio.sleep(0)) as address:
            pass
        async with make(address) as onec:
            with pytest.raises(Unreachable):
                await onec.send_fact_work_time(FACT)
