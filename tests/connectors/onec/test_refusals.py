"""What 1C's statuses and texts mean (onec-zup.md §4.5, §9.1, §12.5, §12.6)."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.breaker import FAILURES_IN_A_ROW
from app.connectors.http import Answer
from app.connectors.onec import (
    OneC,
    OneCBadRequest,
    OneCBusinessError,
    OneCBusy,
    OneCFailed,
    OneCLicenseUnavailable,
    OneCNotFound,
)
from app.connectors.onec.refusals import OneCWrongVerb, classify
from app.domain.onec import NormMode, NormRequest, OneCPeople
from app.errors import (
    Forbidden,
    MusterError,
    NotConfigured,
    Outage,
    RateLimited,
    Redirected,
    RefusedSignIn,
    RemoteError,
    TimedOut,
    Unreachable,
)
from app.redaction import MASK, register_secret
from tests.support.onec import BASE, HOST, NO_LICENCE, make

DAY = date(2026, 3, 1)
FILL_CALENDAR = "Не заполнен производственный календарь на 2027 год"
NOBODY: dict[str, list[object]] = {"AR_agents": []}


async def ask(onec: OneC) -> OneCPeople:
    return await onec.agents(DAY, DAY)


def answer(status: int, body: bytes | str = b"", **headers: str) -> Answer:
    sent = body.encode() if isinstance(body, str) else body
    return Answer(status, httpx.Headers(headers), sent, 0.1)


def meaning(status: int, body: bytes | str = b"", **headers: str) -> MusterError:
    found = classify(answer(status, body, **headers))
    assert found is not None
    return found


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, OneCBadRequest), (401, RefusedSignIn), (403, Forbidden), (404, OneCNotFound), (405, OneCWrongVerb),
            (406, OneCBusy), (408, OneCBusy), (425, OneCBusy), (429, RateLimited), (500, OneCFailed),
            (501, OneCFailed), (502, OneCBusy), (503, OneCBusy), (504, OneCBusy), (301, Redirected),
        ],
    )  # fmt: skip
    def test_each_has_its_class(self, status: int, kind: type[MusterError]) -> None:
        assert isinstance(meaning(status), kind)

    @pytest.mark.parametrize(
        ("status", "said"),
        [
            (400, "1C refuses what was sent."), (409, "1C error 409."), (422, "1C error 422."), (500, "1C failed: 500"),
            (503, "1C cannot take calls just now: 503"),
        ],
    )  # fmt: skip
    async def test_an_empty_answer_leaves_no_sentence_open(
        self, wire: respx.MockRouter, status: int, said: str
    ) -> None:
        wire.get(url__regex=".*").respond(status, text="  ")
        async with make(retries=0) as onec:
            with pytest.raises(MusterError) as refused:
                await ask(onec)
        assert (refused.value.message, str(refused.value)) == (said, said)

    @pytest.mark.parametrize("status", [200, 201, 204])
    def test_what_worked_is_no_error(self, status: int) -> None:
        assert classify(answer(status)) is None

    @pytest.mark.parametrize("status", [410, 418, 422])
    async def test_others_are_what_they_are_for_every_system(
        self, onec: OneC, wire: respx.MockRouter, status: int
    ) -> None:
        wire.get(url__regex=".*").respond(status, text="no")
        with pytest.raises(RemoteError, match=f"1C error {status}: no"):
            await ask(onec)

    @pytest.mark.parametrize(
        ("location", "named"),
        [
            ("https://1c.company.com/zup/hs/wfm?ticket=abc", "https://1c.company.com/zup/hs/wfm"),
            ("/zup/login", "/zup/login"),
            ("https://u:secret-word@host/x", "https://host/x"),
            ("http://host:port/", "?"),
            ("", "?"),
        ],
    )
    def test_a_redirect_is_not_followed_but_suggested(self, location: str, named: str) -> None:
        found = meaning(302, location=location)
        assert found.message == f"1C redirects to {named}."
        assert "https in place of http" in found.remedy


class TestWords:
    @pytest.mark.parametrize(
        "body",
        [
            '{"message": "…"}',
            '\ufeff{"message": "…"}',
            '{"result": "false", "message": "…"}',
            '{"Error": "…"}',
            '{"description": "…",}',
            '{"error": {"code": 7, "message": "…"}}',
            '{"odata.error": {"code": "8", "message": {"lang": "ru", "value": "…"}}}',
            '[{"message": "…"}]',
            "…",
            "\ufeff…",
        ],
    )  # fmt: skip
    def test_a_reason_for_people_is_shown_word_by_word(self, body: str) -> None:
        found = meaning(500, body.replace("…", FILL_CALENDAR))
        assert type(found) is OneCBusinessError
        assert found.message == FILL_CALENDAR

    def test_a_sentence_in_the_alphabet_of_windows_too(self) -> None:
        assert meaning(500, FILL_CALENDAR.encode("cp1251")).message == FILL_CALENDAR

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "<html><body>Ошибка сервера</body></html>",
            "{ОбщийМодуль.WFM.Модуль(12)}: Ошибка при вызове метода контекста (Записать)",
            '{"message": "{HTTPСервис.WFM.Модуль(120, 5)}: Поле объекта не обнаружено"}',
            "exception 580392e6-ba49-4280-ac67-fcd6f2180121 clsid=580392e6",
            "Internal Server Error",
            "{}",
            '{"message": ""}',
            "Ошибка. " * 200,
        ],
    )
    def test_the_trace_of_a_module_is_a_failure(self, body: str) -> None:
        assert type(meaning(500, body)) is OneCFailed

    @pytest.mark.parametrize("status", [500, 502, 503])
    @pytest.mark.parametrize(
        "text",
        [
            NO_LICENCE,
            "There are no free licenses",
            "Не найдена лицензия. Не обнаружен ключ защиты программы или полученная программная лицензия!",
            "License not found",
            '{"message": "НЕ НАЙДЕНА ЛИЦЕНЗИЯ"}',
            "\ufeff<exception clsid='x'><descr>Не найдена лицензия</descr></exception>",
        ],
    )
    def test_no_licence_is_told_by_its_words(self, status: int, text: str) -> None:
        found = meaning(status, text)
        assert type(found) is OneCLicenseUnavailable
        assert (found.message, found.remedy) == (
            "1C answers, but no free licence.", "Close idle 1C sessions or buy licences."
        )  # fmt: skip

    def test_the_page_of_the_platform_is_reduced_to_its_words(self) -> None:
        page = '\ufeff<exception clsid="1" reason="406"><descr>Сеанс не &lt;начат&gt;</descr></exception>'
        found = meaning(500, page)
        assert type(found) is OneCBusy
        assert "Сеанс не <начат>" in found.message
        assert "clsid" not in found.message

    def test_a_secret_that_an_answer_repeats_is_blanked(self) -> None:
        register_secret("planted-s3cret")
        assert meaning(500, "Пароль planted-s3cret неверен").message == f"Пароль {MASK} неверен"

    @given(st.integers(100, 599), st.binary() | st.text().map(str.encode))
    def test_any_answer_is_fine_or_an_error_of_the_family(self, status: int, body: bytes) -> None:
        found = classify(answer(status, body))
        assert found is None or (isinstance(found, MusterError) and len(found.message) < 2_000)


class TestRefusedReads:
    """1C answers 200 and says no (§4.5): that is no answer without data."""

    @pytest.mark.parametrize(
        "read",
        [
            ask,
            lambda onec: onec.norm_hours(DAY, DAY, NormMode.MONTH, [NormRequest("a", ())]),
            lambda onec: onec.timesheet(DAY, DAY, ["a"]),
        ],
        ids=["agents", "getNormHours", "getTimetypeInfo"],
    )
    @pytest.mark.parametrize(
        ("answer", "message"),
        [
            ({"result": "false", "message": FILL_CALENDAR}, FILL_CALENDAR),
            ([{"result": "Ложь", "Message": FILL_CALENDAR}], FILL_CALENDAR),
            ({"result": False}, "1C refuses it without saying why."),
            (False, "1C refuses it without saying why."),
            ("false", "1C refuses it without saying why."),
        ],
    )
    async def test_are_refusals_with_the_words_of_1c_and_not_asked_again(
        self,
        onec: OneC,
        wire: respx.MockRouter,
        read: Callable[[OneC], Awaitable[object]],
        answer: Any,
        message: str,
    ) -> None:
        route = wire.route(url__regex=".*").respond(200, json=answer)
        with pytest.raises(OneCBusinessError) as refused:
            await read(onec)
        assert (refused.value.message, route.call_count) == (message, 1)


class TestMissing:
    async def missing(self, onec: OneC, publication: Any) -> MusterError:
        with respx.mock(assert_all_called=False) as wire:
            wire.get(url__startswith=f"{BASE}/agents").respond(404)
            wire.get(f"{HOST}/zup").mock(**publication)
            with pytest.raises(OneCNotFound) as refused:
                await ask(onec)
        return refused.value

    async def test_without_its_publication(self, onec: OneC) -> None:
        error = await self.missing(onec, {"return_value": httpx.Response(404)})
        assert error.message == "There is no such publication on the 1C server."

    @pytest.mark.parametrize("status", [200, 302, 401, 403, 500])
    async def test_with_it_the_service_is_what_is_missing(self, onec: OneC, status: int) -> None:
        error = await self.missing(onec, {"return_value": httpx.Response(status)})
        assert error.message.startswith("The publication is there, but the service")

    async def test_the_words_of_the_platform_are_shown(self, onec: OneC, wire: respx.MockRouter) -> None:
        page = (
            '\ufeff<exception xmlns="x" reason="404"><descr>Метод HTTP-сервиса &lt;x&gt; не найден</descr></exception>'
        )
        route = wire.route(url__regex=".*").respond(404, text=page)
        with pytest.raises(OneCNotFound) as refused:
            await ask(onec)
        assert refused.value.message == "1C does not know this address: Метод HTTP-сервиса <x> не найден"
        assert "/hs/" in refused.value.remedy
        assert route.call_count == 1

    async def test_when_nobody_can_tell(self, onec: OneC) -> None:
        error = await self.missing(onec, {"side_effect": httpx.ConnectError("refused")})
        assert error.message == "1C does not know this address."


class TestRepetition:
    @pytest.mark.parametrize(
        ("failure", "calls"),
        [
            (httpx.ConnectError("refused"), 4), (httpx.ReadTimeout("late"), 4), (httpx.ReadError("gone"), 4),
            (httpx.Response(502), 4), (httpx.Response(503), 4), (httpx.Response(504), 4), (httpx.Response(406), 4),
            (httpx.Response(500), 2), (httpx.Response(400), 1), (httpx.Response(401), 1), (httpx.Response(403), 1),
            (httpx.Response(405), 1), (httpx.Response(500, text=FILL_CALENDAR), 1), (httpx.Response(501), 1),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("by_post", [False, True])
    async def test_reads_are_repeated_by_the_table(
        self, onec: OneC, wire: respx.MockRouter, no_waiting: list[float], failure: Any, calls: int, by_post: bool
    ) -> None:
        kind = {"side_effect": failure} if isinstance(failure, Exception) else {"return_value": failure}
        route = wire.route(url__regex=".*").mock(**kind)
        norms = onec.norm_hours(DAY, DAY, NormMode.MONTH, [NormRequest("a", ())])
        people = ask(onec)
        (other := people if by_post else norms).close()
        with pytest.raises(MusterError):
            await (norms if other is people else people)
        assert route.call_count == calls
        bases = [0.5, 1.0, 2.0][: calls - 1]
        assert all(base <= pause <= base + 1 for base, pause in zip(bases, no_waiting, strict=True))

    async def test_retry_after_is_honoured(self, onec: OneC, wire: respx.MockRouter, no_waiting: list[float]) -> None:
        busy = httpx.Response(503, headers={"Retry-After": "7"})
        wire.get(url__regex=".*").mock(side_effect=[busy, httpx.Response(200, json=NOBODY)])
        await ask(onec)
        assert no_waiting == [7.0]

    async def test_longer_than_five_minutes_is_not_waited_for(
        self, onec: OneC, wire: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        route = wire.get(url__regex=".*").respond(503, headers={"Retry-After": "301"})
        with pytest.raises(OneCBusy) as busy:
            await ask(onec)
        assert (route.call_count, no_waiting, busy.value.retry_after) == (1, [], 301.0)

    async def test_as_often_as_the_setting_says(self, wire: respx.MockRouter, no_waiting: list[float]) -> None:
        route = wire.get(url__regex=".*").respond(503)
        async with make(retries=0) as onec:
            with pytest.raises(OneCBusy):
                await ask(onec)
        assert (route.call_count, no_waiting) == (1, [])


class TestBreaker:
    @pytest.mark.parametrize(
        ("status", "text", "opens"),
        [
            (503, "", True),
            (500, "", True),
            (500, FILL_CALENDAR, False),
            (500, NO_LICENCE, False),
            (401, "", False),
            (403, "", False),
            (400, "", False),
        ],
    )
    async def test_only_failures_of_1c_itself_open_it(
        self, wire: respx.MockRouter, status: int, text: str, opens: bool
    ) -> None:
        route = wire.get(url__regex=".*").respond(status, text=text)
        async with make(retries=0) as onec:
            for _ in range(FAILURES_IN_A_ROW):
                with pytest.raises(MusterError):
                    await ask(onec)
            assert (onec.breaker.refuses_until is not None) is opens
            with pytest.raises(Unreachable if opens else MusterError):
                await ask(onec)
        assert route.call_count == FAILURES_IN_A_ROW + (not opens)


class TestSignIn:
    async def test_cyrillic_names_are_sent_in_utf_8(self, onec: OneC, wire: respx.MockRouter) -> None:
        route = wire.get(url__regex=".*").respond(200, json=NOBODY)
        await ask(onec)
        sent = route.calls.last.request.headers["authorization"].removeprefix("Basic ")
        assert base64.b64decode(sent).decode("utf-8") == "Обмен:Пароль"

    async def test_every_attempt_has_an_id_of_its_own(
        self, onec: OneC, wire: respx.MockRouter, no_waiting: list[float]
    ) -> None:
        route = wire.get(url__regex=".*").mock(side_effect=[httpx.Response(503), httpx.Response(200, json=NOBODY)])
        await ask(onec)
        assert len({call.request.headers["x-request-id"] for call in route.calls}) == 2

    def test_without_an_address_there_is_no_client(self) -> None:
        with pytest.raises(NotConfigured, match="endpoint_url"):
            make("")


@pytest.mark.parametrize(
    ("error", "family"), [(OneCFailed, Outage), (OneCBusy, Outage), (OneCBusinessError, RemoteError)]
)
def test_errors_are_of_the_closed_family(error: type[MusterError], family: type[MusterError]) -> None:
    assert issubclass(error, family)
    assert error("x").within("y").message == "y x"
    assert error("x").remedy
    assert not issubclass(error, TimedOut)
