"""Live numbers that are asked for, and who and what there is (contact-center.md §5.1, §5.7-§5.9, §11.1)."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.contact_center import ContactCenter
from app.connectors.contact_center.now import read_loads, read_online, read_queues
from app.connectors.contact_center.people import read_personnel
from app.domain.contact_center.endpoints import Endpoint
from app.domain.contact_center.records import Agent, Channel, Group, GroupLoad, OnlineStatus, Personnel, Service
from app.errors import BadData
from tests.support.contact_center import MOSCOW, load, make, ms

PERSONNEL = {
    "services": [
        {
            "id": "Линия-1", "name": "Линия-1", "status": "ACTIVE",
            "serviceGroups": [
                {"id": "g-sales", "name": "Продажи", "status": "ACTIVE", "channelType": "INCOMING_CALLS"},
                {"id": "g-chat", "name": "Чаты", "status": "INACTIVE", "channelType": "CHATS, MAILS"},
            ],
        }
    ],
    "agents": [
        {
            "id": "op-17", "name": "Мария", "surname": "Орлова", "secondName": "Игоревна", "agentNumber": "00-0417",
            "loginSSO": "m.orlova", "agentGroups": [{"groupId": "g-sales"}],
        }
    ],
}  # fmt: skip
MARIA = Agent("op-17", "Мария", "Орлова", "Игоревна", "00-0417", ("m.orlova",), ("g-sales",))
ONLINE = {"agentId": "op-17", "stateCode": "Work", "stateName": "Обработка", "startDate": "2026-03-05T06:00:10Z"}


def personnel(value: object) -> Personnel:
    return read_personnel(json.dumps(value).encode())


class TestPersonnel:
    async def test_holds_services_groups_and_agents(self, center: ContactCenter, wire: respx.MockRouter) -> None:
        route = wire.get("/personnel").respond(json=PERSONNEL)
        found = await center.personnel()
        groups = (
            Group("g-sales", "Линия-1", "Продажи", True, (Channel.INCOMING_CALLS,)),
            Group("g-chat", "Линия-1", "Чаты", False, (Channel.CHATS, Channel.MAILS)),
        )
        assert found == Personnel((Service("Линия-1", "Линия-1", True, groups),), (MARIA,), recognised=True)
        assert found.groups == groups
        assert not route.calls[0].request.url.query

    async def test_is_nothing_where_there_is_no_data(self, center: ContactCenter, wire: respx.MockRouter) -> None:
        wire.get("/personnel").respond(404)
        assert await center.personnel() == Personnel(no_data=True)

    def test_may_lie_in_a_list_of_one(self) -> None:
        assert personnel([PERSONNEL]) == personnel(PERSONNEL)

    def test_may_have_no_agents(self) -> None:
        assert personnel({"services": []}) == Personnel(recognised=True)

    @pytest.mark.parametrize(
        ("said", "logins"), [("m.orlova", ("m.orlova",)), (["a", "b"], ("a", "b")), (None, ()), ([], ()), ("", ())]
    )
    def test_takes_logins_as_text_and_as_list(self, said: object, logins: tuple[str, ...]) -> None:
        (agent,) = personnel({"services": [], "agents": [{"id": "1", "name": "x", "loginSSO": said}]}).agents
        assert agent.logins == logins

    def test_takes_blank_names_and_ids_that_are_numbers(self) -> None:
        (agent,) = personnel({"services": [], "agents": [{"id": 17, "name": "Мария Орлова", "surname": " "}]}).agents
        assert agent == Agent("17", "Мария Орлова")

    def test_counts_rows_without_an_id(self) -> None:
        groups = [{"name": "nameless"}, {"id": "g", "name": "g"}]
        found = personnel({"services": [{"id": "s", "serviceGroups": groups}, {}], "agents": [{"name": "x"}, 5]})
        assert found.unreadable == 4
        assert [g.group_id for g in found.groups] == ["g"]

    def test_names_an_account_once_with_all_its_groups(self) -> None:
        rows = [{"id": "1", "name": "x", "agentGroups": [{"groupId": g}]} for g in ("a", "b", "a")]
        (agent,) = personnel({"services": [], "agents": rows}).agents
        assert agent.group_ids == ("a", "b")

    @pytest.mark.parametrize("value", [[], {}, {"agents": []}, "x", None])
    def test_without_services_is_refused(self, value: object) -> None:
        with pytest.raises(BadData):
            personnel(value)


class TestAgents:
    async def test_are_who_is_there_now(self, center: ContactCenter, wire: respx.MockRouter) -> None:
        route = wire.get("/online/agentStatus").respond(json=[ONLINE])
        expected = OnlineStatus("op-17", "Work", "Обработка", ms("2026-03-05T06:00:10Z"))
        assert (await center.online_statuses()).rows == (expected,)
        assert not route.calls[0].request.url.query

    async def test_are_nobody_where_there_is_no_data(self, center: ContactCenter, wire: respx.MockRouter) -> None:
        wire.get("/online/agentStatus").respond(404)
        assert (await center.online_statuses()).rows == ()

    def test_that_cannot_be_read_cost_no_other(self) -> None:
        body = json.dumps([ONLINE, {"agentId": "op-18"}, 7]).encode()
        assert [status.agent_id for status in read_online(body, MOSCOW).rows] == ["op-17"]

    def test_of_whom_none_can_be_read_are_no_snapshot_of_an_empty_room(self) -> None:
        with pytest.raises(BadData):
            read_online(b'[{"agentId": "op-18"}]', MOSCOW)


class TestGroups:
    async def test_are_asked_for_at_the_published_path(self, center: ContactCenter, wire: respx.MockRouter) -> None:
        route = wire.get("/online/groupsOnlineLoad").respond(json=[load()])
        assert (await center.groups_load(["g-sales", "g-chat"])).rows == (GroupLoad("g-sales", "1", 4, 12),)
        assert dict(route.calls[0].request.url.params) == {"groupId": "g-sales,g-chat"}

    async def test_are_asked_for_elsewhere_where_a_path_says_so(self, wire: respx.MockRouter) -> None:
        wire.get("/online/groupsLoad").respond(json=[load()])
        async with make(paths={Endpoint.GROUPS_LOAD: "/online/groupsLoad"}) as center:
            assert len((await center.groups_load(["g-sales"])).rows) == 1

    async def test_are_asked_for_in_portions(self, wire: respx.MockRouter) -> None:
        route = wire.get("/online/groupsOnlineLoad").respond(json=[load()])
        async with make(ids_per_request=2) as center:
            assert len((await center.groups_load(["1", "2", "3"])).rows) == 2
        assert route.call_count == 2

    async def test_none_asked_for_asks_nothing(self, center: ContactCenter, wire: respx.MockRouter) -> None:
        assert (await center.groups_load([])).rows == ()

    def test_hold_every_number_also_those_that_contradict_each_other(self) -> None:
        row = load(callReceived=100, aht=287000, acd=95.0554, awt=9000.4, callAnswered=120, callAnsweredTst=90,
                   callProcessing=7)  # fmt: skip
        (found,) = read_loads(json.dumps([row]).encode(), "1").rows
        assert found == GroupLoad("g-sales", "1", 4, 12, 100, 287_000, 95.0554, 9000, 120, 90, 7)

    @pytest.mark.parametrize("value", ["n/a", -1, None, True])
    def test_leave_out_an_optional_number_that_cannot_be_read(self, value: object) -> None:
        (found,) = read_loads(json.dumps([load(acd=value, callReceived=value)]).encode(), "1").rows
        assert (found.answered_pct, found.received) == (None, None)


class TestQueues:
    async def test_are_worked_out_of_the_load(self, center: ContactCenter, wire: respx.MockRouter) -> None:
        wire.get("/online/groupsOnlineLoad").respond(json=[load(callReceived=200, callAnsweredTst=150)])
        (queue,) = (await center.queue_metrics(["g-sales"])).rows
        assert (queue.group_id, queue.waiting, queue.service_level_pct) == ("g-sales", 4, 75.0)

    async def test_are_asked_for_where_a_path_names_them(self, wire: respx.MockRouter) -> None:
        row = {"queue_id": "g-sales", "service_group": "1", "waiting": 4, "agents_ready_or_busy": 12,
               "answered_pct": 95.5, "timestamp": "2026-03-05T06:00:00Z"}  # fmt: skip
        wire.get("/q").respond(json={"queue_metrics": [row], "total_queues": 1})
        async with make(paths={Endpoint.QUEUE_METRICS: "/q"}) as center:
            (queue,) = (await center.queue_metrics(["g-sales"])).rows
        assert (queue.group_id, queue.waiting, queue.operators, queue.answered_pct) == ("g-sales", 4, 12, 95.5)
        assert queue.taken_ms == ms("2026-03-05T06:00:00Z")


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2026-03-05T06:00:00Z"),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["services", "agents", "id", "serviceGroups", "agentGroups", "channelType", "loginSSO",
                         "agentId", "groupId", "stateCode", "startDate", "callNumber", "operatorNumber", "acd",
                         "waiting", "timestamp"]),
        inner, max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


@given(st.binary(max_size=200) | ANY_JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_answer_or_bad_data(body: bytes) -> None:
    reads: list[Any] = [
        lambda: read_personnel(body),
        lambda: read_online(body, MOSCOW),
        lambda: read_loads(body, "1"),
        lambda: read_queues(body, MOSCOW, "1", 0),
    ]
    for read in reads:
        with suppress(BadData):
            read()
