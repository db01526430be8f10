"""The five historic reads (contact-center.md §4, §5.2-§5.6, §11)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.contact_center import ContactCenter
from app.connectors.contact_center.answers import History
from app.connectors.contact_center.questions import encoded
from app.domain.contact_center.days import HOUR_MS
from app.domain.contact_center.endpoints import Endpoint
from app.domain.contact_center.records import AgentCall, AgentLogin, AgentStatus, ChatDay, IntervalMetrics, Read, joined
from app.errors import BadData
from tests.support.contact_center import DAY, MOSCOW, ScriptedServer, interval, make, ms, state

STEP = 300_000


def params(route: respx.Route, number: int = 0) -> dict[str, str]:
    return dict(route.calls[number].request.url.params)


def history(body: bytes | object, **more: Any) -> Read[IntervalMetrics]:
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return History(MOSCOW, **more).intervals(body, STEP)


def sales(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"serviceId": "1", "groupId": "g-sales", "historicData": list(rows)} | more


class TestQuestions:
    async def test_groups_are_asked_for_in_intervals(self, center: ContactCenter, wire: respx.MockRouter) -> None:
        route = wire.get("/historic/serviceGroupData").respond(json=[])
        await center.group_metrics(DAY, ["1", "2"], STEP)
        assert params(route) == {
            "startDate": "2026-03-04T21:00:00Z", "endDate": "2026-03-05T21:00:00Z", "step": "300000", "groupId": "1,2",
        }  # fmt: skip
        assert b"groupId=1%2C2" in route.calls[0].request.url.query

    async def test_commas_stay_as_they_are_where_a_platform_needs_it(self, wire: respx.MockRouter) -> None:
        route = wire.get("/historic/serviceGroupData").respond(json=[])
        async with make(raw_commas=True) as center:
            await center.group_metrics(DAY, ["1", "2"], STEP)
        assert b"groupId=1,2" in route.calls[0].request.url.query

    @pytest.mark.parametrize(("method", "path"), [("statuses", "agentStatusData"), ("logins", "agentLoginData")])
    async def test_statuses_and_logins_are_asked_for_with_an_hour_on_both_sides(
        self, center: ContactCenter, wire: respx.MockRouter, method: str, path: str
    ) -> None:
        route = wire.get(f"/historic/{path}").respond(json=[])
        await getattr(center, method)(DAY, ["op-17"])
        assert params(route) == {
            "startDate": "2026-03-04T20:00:00Z", "endDate": "2026-03-05T22:00:00Z", "agentId": "op-17",
        }  # fmt: skip

    @pytest.mark.parametrize(("method", "path"), [("calls", "agentCallsData"), ("chat_days", "agentChatsWorkTime")])
    async def test_contacts_and_chats_are_asked_for_by_whole_local_days(
        self, center: ContactCenter, wire: respx.MockRouter, method: str, path: str
    ) -> None:
        route = wire.get(f"/historic/{path}").respond(json=[])
        await getattr(center, method)(DAY, ["op-17"])
        assert params(route) == {
            "startDate": "2026-03-04T21:00:00Z", "endDate": "2026-03-05T21:00:00Z", "agentId": "op-17",
        }  # fmt: skip

    async def test_350_ids_are_split_into_four_requests_and_merged(
        self, center: ContactCenter, wire: respx.MockRouter
    ) -> None:
        def one_call_each(request: Any) -> Any:
            ids = request.url.params["agentId"].split(",")
            start, end = "2026-03-05T07:00:00Z", "2026-03-05T07:01:00Z"
            rows = [{"agentId": i, "groupId": "g", "agentCalls": [{"startCall": start, "endCall": end}]} for i in ids]
            return respx.MockResponse(200, json=rows)

        route = wire.get("/historic/agentCallsData").mock(side_effect=one_call_each)
        ids = [f"op-{number}" for number in range(350)]
        read = await center.calls(DAY, ids)
        assert [len(dict(call.request.url.params)["agentId"].split(",")) for call in route.calls] == [100, 100, 100, 50]
        assert [call.agent_id for call in read.rows] == ids

    async def test_an_id_with_a_comma_is_not_asked_for_but_reported(
        self, center: ContactCenter, wire: respx.MockRouter
    ) -> None:
        route = wire.get("/historic/agentCallsData").respond(json=[])
        read = await center.calls(DAY, ["op-1", "a,b", "op-1", ""])
        assert params(route)["agentId"] == "op-1"
        assert read.left_out == ("a,b", "")
        assert "“a,b”" in read.warnings[0]

    async def test_nobody_to_ask_for_asks_nothing(self, center: ContactCenter, wire: respx.MockRouter) -> None:
        assert await center.calls(DAY, []) == Read()
        assert not wire.calls

    async def test_paths_can_be_others(self, wire: respx.MockRouter) -> None:
        route = wire.get("/old/calls").respond(json=[])
        async with make(paths={Endpoint.AGENT_CALLS_DATA: "/old/calls"}) as center:
            await center.calls(DAY, ["op-1"])
        assert route.called

    async def test_never_are_more_than_four_at_once(self, server: ScriptedServer, address: str) -> None:
        server.answer("/historic/agentCallsData", [])
        server.pause_s = 0.02
        async with make(address, ids_per_request=1) as center:
            await center.calls(DAY, [f"op-{number}" for number in range(20)])
        assert len(server.heard) == 20
        assert 1 < server.most_busy <= 4


async def test_an_offset_in_a_date_arrives_whole(server: ScriptedServer, address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as plain:
        await plain.get("/x?" + encoded({"startDate": "2026-03-05T00:00:00+03:00"}))
    (heard,) = server.heard
    assert "%2B03" in heard.target
    assert httpx.URL(heard.target).params["startDate"] == "2026-03-05T00:00:00+03:00"


class TestIntervals:
    def test_hold_what_the_platform_says(self) -> None:
        (row,) = history([sales(interval())]).rows
        assert row == IntervalMetrics(
            ms("2026-03-05T06:00:00Z"), "g-sales", "1", STEP, 14, 11, 3, 12, 10, 2, 287_000, 12_000
        )

    def test_without_handled_contacts_have_no_times_though_the_platform_says_zero(self) -> None:
        (row,) = history([sales(interval(notUniqueTreated=0, aht=0, postProcessing=0))]).rows
        assert (row.aht_ms, row.post_ms) == (None, None)

    def test_of_a_day_weigh_times_by_the_contacts_handled(self) -> None:
        rows = [
            interval(notUniqueTreated=10, aht=300_000),
            interval("2026-03-05T06:05:00Z", "2026-03-05T06:10:00Z", notUniqueTreated=1, aht=80_000),
        ]
        first, second = history([sales(*rows)]).rows
        assert (first.handled, first.aht_ms, second.handled, second.aht_ms) == (10, 300_000, 1, 80_000)

    def test_a_group_without_data_is_simply_missing(self) -> None:
        assert history([sales()]).rows == ()
        assert history([]) == Read()

    def test_without_a_service_have_the_static_one(self) -> None:
        row = sales(interval())
        del row["serviceId"]
        assert history([row], service_id="7").rows[0].service_id == "7"

    def test_ids_are_texts_also_where_they_look_like_numbers(self) -> None:
        (row,) = history([sales(interval(), serviceId=1, groupId=17)]).rows
        assert (row.service_id, row.group_id) == ("1", "17")

    def test_unique_counts_are_not_compared_with_each_other(self) -> None:
        read = history([sales(interval(receivedCalls=5, treatedCalls=4, missCalls=4))])
        assert read.warnings == ()

    def test_more_handled_than_offered_is_only_a_warning(self) -> None:
        read = history([sales(interval(notUniqueReceived=3, notUniqueTreated=5))])
        assert len(read.rows) == 1
        assert "more contacts handled than offered" in read.warnings[0]

    def test_more_unique_contacts_handled_than_offered_is_only_a_warning_too(self) -> None:
        read = history([sales(interval(receivedCalls=12, treatedCalls=99))])
        assert [row.unique_handled for row in read.rows] == [99]
        assert read.warnings == ("1 interval has more contacts handled than offered.",)

    def test_that_end_before_they_begin_are_unreadable(self) -> None:
        read = history([sales(interval("2026-03-05T06:10:00Z", "2026-03-05T06:05:00Z"))])
        assert read.rows == ()
        assert [one.cause for one in read.unread] == ["endInterval: The end is before the start."]

    def test_of_another_length_than_was_asked_for_are_taken_with_a_warning(self) -> None:
        read = history([sales(interval(), interval("2026-03-05T08:00:00Z", "2026-03-05T08:07:00Z"))])
        assert [row.step_ms for row in read.rows] == [STEP, 420_000]
        assert read.warnings == ("1 interval is not as long as was asked for.",)

    def test_an_average_may_have_a_fraction(self) -> None:
        assert history([sales(interval(aht=287000.4))]).rows[0].aht_ms == 287_000

    @pytest.mark.parametrize(
        "more",
        [
            {"startInterval": None}, {"startInterval": "yesterday"}, {"startInterval": 17}, {"notUniqueReceived": None},
            {"notUniqueTreated": -1}, {"notUniqueMissed": "many"}, {"startInterval": "0001-01-01T00:00:00"},
        ],
    )  # fmt: skip
    def test_a_row_that_cannot_be_read_is_counted_and_costs_no_other(self, more: dict[str, Any]) -> None:
        read = history([sales(interval(), interval(**more)), 5, sales("x")])  # type: ignore[arg-type]  # no row
        assert len(read.rows) == 1
        assert read.unreadable == 3

    def test_a_step_is_the_length_of_the_interval_else_what_was_asked_for(self) -> None:
        longer = interval("2026-03-05T06:00:00Z", "2026-03-05T06:30:00Z")
        open_end, empty = interval(endInterval=None), interval(endInterval="0001-01-01T00:00:00")
        assert [row.step_ms for row in history([sales(longer, open_end, empty)]).rows] == [1_800_000, STEP, STEP]


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [
            b"\xef\xbb\xbf" + json.dumps([sales(interval())]).encode(),
            json.dumps([sales(interval())]).encode("utf-16"),
            b"  \r\n" + json.dumps([sales(interval())]).encode() + b"\n",
            json.dumps(sales(interval())).encode(),
            json.dumps({"total_count": 1, "data": [sales(interval())]}).encode(),
        ],
    )
    def test_are_read_with_a_byte_order_mark_with_blanks_alone_and_in_an_envelope(self, body: bytes) -> None:
        assert len(history(body).rows) == 1

    async def test_are_read_whatever_the_platform_says_they_are(
        self, center: ContactCenter, wire: respx.MockRouter
    ) -> None:
        body = b"\xef\xbb\xbf" + json.dumps([sales(interval())]).encode()
        headers = {"Content-Type": "text/html; charset=windows-1251"}
        wire.get("/historic/serviceGroupData").respond(content=body, headers=headers)
        assert len((await center.group_metrics(DAY, ["g-sales"], STEP)).rows) == 1

    def test_that_had_to_be_mended_say_so(self) -> None:
        read = history(json.dumps([sales(interval())]).encode().replace(b"}]}]", b"},]},]"))
        assert read.repaired
        assert len(read.rows) == 1

    @pytest.mark.parametrize(
        "body", [b"", b"<html>sign in</html>", b"null", b"17", b'"x"', b'{"a": 1}', b"[1", b"\xff"]
    )
    def test_that_are_no_list_are_refused(self, body: bytes) -> None:
        with pytest.raises(BadData):
            history(body)

    def test_with_an_error_in_them_are_not_taken_for_no_data(self) -> None:
        with pytest.raises(BadData):
            history({"error": "database down", "data": []})

    @given(st.binary(max_size=300))
    def test_any_bytes_are_an_answer_or_bad_data(self, body: bytes) -> None:
        for read in (History.statuses, History.logins, History.calls, History.chat_days):
            with suppress(BadData):
                read(History(MOSCOW), body)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
            | st.sampled_from(["2026-03-05T06:00:00Z", "op-17", "2026-03-05", "g"]),
            lambda inner: st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["agentId", "groupId", "states", "historicData", "logins", "agentCalls", "startDate",
                                 "endDate", "stateCode", "loginDate", "workDate", "workTime", "startCall", "endCall",
                                 "startInterval", "notUniqueReceived", "notUniqueTreated", "notUniqueMissed",
                                 "metrics", "data"]),
                inner, max_size=8,
            ),
            max_leaves=30,
        )
    )  # fmt: skip
    def test_any_json_is_an_answer_or_bad_data(self, value: object) -> None:
        body = json.dumps(value).encode()
        reads: list[Callable[[bytes], object]] = [
            History(MOSCOW).statuses, History(MOSCOW).logins, History(MOSCOW).calls, History(MOSCOW).chat_days,
            lambda body: History(MOSCOW).intervals(body, STEP),
        ]  # fmt: skip
        for read in reads:
            with suppress(BadData):
                read(body)


def body_of(rows: object) -> bytes:
    return json.dumps(rows).encode()


class TestStatuses:
    WORK = state("2026-03-05T06:00:10Z", "2026-03-05T06:24:40Z")
    LUNCH = state("2026-03-05T06:24:40Z", "2026-03-05T06:35:00Z", "Break_12", "Перерыв: обед")

    def read(self, *rows: object) -> Read[AgentStatus]:
        return History(MOSCOW).statuses(body_of(list(rows)))

    def test_hold_what_the_platform_says_and_their_codes_stay_closed(self) -> None:
        outer = {"serviceId": "1", "groupId": "g-sales", "agentId": "op-17", "states": [self.WORK, self.LUNCH]}
        work, lunch = self.read(outer).rows
        start, end = ms("2026-03-05T06:00:10Z"), ms("2026-03-05T06:24:40Z")
        assert work == AgentStatus(start, "op-17", "Work", "g-sales", "1", end, "Обработка")
        assert (lunch.state_code, lunch.state_name) == ("Break_12", "Перерыв: обед")

    def test_may_belong_to_no_group(self) -> None:
        (row,) = self.read({"agentId": "op-17", "states": [self.WORK]}).rows
        assert (row.group_id, row.service_id) == ("", "1")

    def test_without_a_name_show_the_code(self) -> None:
        (row,) = self.read({"agentId": "op-17", "states": [self.WORK | {"stateName": " "}]}).rows
        assert row.state_name == "Work"

    def test_that_end_before_they_begin_are_unreadable(self) -> None:
        read = self.read({"agentId": "op-17", "states": [state("2026-03-05T07:00:00Z", "2026-03-05T06:00:00Z")]})
        assert (read.rows, read.unreadable) == ((), 1)

    def test_times_without_a_zone_are_of_the_connection(self) -> None:
        local = state("2026-03-05T09:00:00", "2026-03-05T09:10:00")
        (row,) = self.read({"agentId": "op-17", "states": [local]}).rows
        assert row.start_ms == ms("2026-03-05T06:00:00Z")


class TestLogins:
    def read(self, **login: Any) -> Read[AgentLogin]:
        return History(MOSCOW).logins(body_of([{"agentId": "op-17", "logins": [login]}]))

    def test_hold_what_the_platform_says(self) -> None:
        login = self.read(loginDate="2026-03-05T06:00:00Z", logoutDate="2026-03-05T07:00:00Z", duration=HOUR_MS)
        start = ms("2026-03-05T06:00:00Z")
        assert login == Read((AgentLogin(start, "op-17", start + HOUR_MS, HOUR_MS),))

    @pytest.mark.parametrize("logout", [None, "", "0001-01-01", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"])
    def test_without_a_logout_the_agent_is_still_in(self, logout: str | None) -> None:
        (row,) = self.read(loginDate="2026-03-05T06:00:00Z", logoutDate=logout, duration=5).rows
        assert (row.end_ms, row.duration_ms) == (None, None)

    def test_a_logout_that_cannot_be_read_does_not_mean_still_in(self) -> None:
        assert self.read(loginDate="2026-03-05T06:00:00Z", logoutDate="soon").unreadable == 1

    @pytest.mark.parametrize(("duration", "warned"), [(HOUR_MS + 1000, False), (HOUR_MS - 1001, True)])
    def test_a_duration_more_than_a_second_off_is_a_warning(self, duration: int, warned: bool) -> None:
        read = self.read(loginDate="2026-03-05T06:00:00Z", logoutDate="2026-03-05T07:00:00Z", duration=duration)
        assert bool(read.warnings) is warned
        assert read.rows[0].duration_ms == duration


FIRST = {"startCall": "2026-03-05T07:03:15Z", "endCall": "2026-03-05T07:08:15Z", "duration": 300_000}
SECOND = {"startCall": "2026-03-05T07:04:02Z", "endCall": "2026-03-05T07:12:15Z", "duration": 493_000}


class TestCalls:
    def read(self, *calls: object, key: str = "agentCalls") -> Read[AgentCall]:
        return History(MOSCOW).calls(body_of([{"agentId": "op-17", "serviceId": "1", "groupId": "g-chat", key: calls}]))

    @pytest.mark.parametrize("key", ["agentCalls", "calls"])
    def test_that_overlap_are_both_kept_and_both_counted(self, key: str) -> None:
        rows = self.read(FIRST, SECOND, key=key).rows
        assert len(rows) == 2
        assert sum(row.duration_ms for row in rows) == 793_000

    def test_that_are_equal_are_told_apart_by_their_place(self) -> None:
        assert [row.ordinal for row in self.read(FIRST, SECOND, FIRST).rows] == [0, 0, 1]

    def test_keep_what_a_platform_says_beyond_the_contract(self) -> None:
        assert self.read(FIRST | {"call_type": "inbound"}).rows[0].extra == '{"callType": "inbound"}'

    def test_without_a_duration_have_that_of_their_times(self) -> None:
        without = {key: value for key, value in SECOND.items() if key != "duration"}
        assert self.read(without).rows[0].duration_ms == 493_000


def test_chat_days_hold_the_day_and_the_milliseconds() -> None:
    read = History(MOSCOW).chat_days(body_of([{"agentId": "op-17", "workDate": "2026-03-05", "workTime": 4_500_000}]))
    assert read == Read((ChatDay("2026-03-05", "op-17", 4_500_000),))


def test_chat_days_longer_than_a_day_or_told_twice_are_taken_with_a_warning() -> None:
    rows = [{"agentId": "op-17", "workDate": "2026-03-05", "workTime": ms} for ms in (90_000_000, 86_400_000)]
    read = History(MOSCOW).chat_days(body_of([*rows, rows[0] | {"workDate": "2026-03-06", "workTime": 1}]))
    assert [day.work_ms for day in read.rows] == [90_000_000, 86_400_000, 1]
    assert read.warnings == (
        "1 day has more than 24 hours with chats.",
        "1 row tells the chats of an agent's day once more; the last one counts.",
    )


@pytest.mark.parametrize("method", ["statuses", "logins", "calls", "chat_days"])
async def test_no_data_is_an_empty_answer(center: ContactCenter, wire: respx.MockRouter, method: str) -> None:
    wire.get(path__startswith="/historic/").respond(404, text="nothing here")
    ask: Callable[..., Awaitable[Read[Any]]] = getattr(center, method)
    assert await ask(DAY, ["op-17"]) == Read(no_data=True)


async def test_no_data_of_some_ids_is_not_no_data(wire: respx.MockRouter) -> None:
    wire.get("/historic/agentCallsData", params={"agentId": "a"}).respond(404)
    wire.get("/historic/agentCallsData", params={"agentId": "b"}).respond(json=[])
    async with make(ids_per_request=1) as center:
        assert not (await center.calls(DAY, ["a", "b"])).no_data


def test_nothing_joined_is_nothing() -> None:
    assert joined([]) == Read()
