"""The dialect of a gateway: other paths, other parameters, envelopes around flat rows (contact-center.md §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import respx

from app.connectors.contact_center import ContactCenter
from app.domain.contact_center.endpoints import Dialect, Endpoint
from app.domain.contact_center.records import AgentLogin, AgentStatus, Channel, ChatDay, IntervalMetrics, OnlineStatus
from tests.support.contact_center import BASE, DAY, make, ms

START, END = ms("2026-03-05T06:00:00Z"), ms("2026-03-05T06:30:00Z")
STRETCH = {"start_date": "2026-03-05T06:00:00Z", "end_date": "2026-03-05T06:30:00Z"}


def gateway(base: str = BASE, **more: Any) -> ContactCenter:
    return make(base, dialect=Dialect.GATEWAY, **more)


def envelope(name: str, *rows: object) -> dict[str, Any]:
    """As gateways wrap rows; the lists inside `parameters` are no rows."""
    parameters = {"agents": ["op-17"], "start_date": "2026-03-04T21:00:00Z"}
    return {name: list(rows), "total_count": len(rows), "parameters": parameters, "timestamp": "2026-03-05T07:00:00"}


async def test_questions_are_written_in_its_words_beneath_its_own_path(wire: respx.MockRouter) -> None:
    route = wire.get("/integrations/cc/historic/serviceGroupData").respond(json=envelope("service_group_data"))
    async with gateway() as center:
        await center.group_metrics(DAY, ["a", "b"], 1_800_000)
    assert dict(route.calls[0].request.url.params) == {
        "start_date": "2026-03-05", "end_date": "2026-03-05", "step": "1800000", "group_id": "a,b",
    }  # fmt: skip


async def test_days_are_whole_ones_also_of_what_may_cross_midnight(wire: respx.MockRouter) -> None:
    route = wire.get("/integrations/cc/historic/agentStatusData").respond(json=envelope("agent_status_data"))
    async with gateway() as center:
        await center.statuses(DAY, ["op-17"])
    assert dict(route.calls[0].request.url.params) == {
        "start_date": "2026-03-05", "end_date": "2026-03-05", "agent_id": "op-17",
    }  # fmt: skip


@pytest.mark.parametrize("base", [BASE, f"{BASE}/integrations/cc"])
async def test_an_address_that_names_the_path_already_is_not_given_it_twice(wire: respx.MockRouter, base: str) -> None:
    route = wire.get("/integrations/cc/online/groupsLoad").respond(json={"groups_load": [], "total_groups": 0})
    async with gateway(base) as center:
        assert (await center.groups_load(["g"])).rows == ()
    assert route.called


async def test_a_path_of_the_settings_wins(wire: respx.MockRouter) -> None:
    route = wire.get("/p").respond(json={"services": []})
    async with gateway(paths={Endpoint.PERSONNEL: "/p"}) as center:
        assert (await center.personnel()).recognised
    assert route.called


@pytest.mark.parametrize("wrapped", [dict, lambda people: [people]])
async def test_personnel_may_lie_in_an_envelope_too(
    wire: respx.MockRouter, wrapped: Callable[[object], object]
) -> None:
    groups = [{"id": "g", "name": "g", "channel_type": "CHATS"}]
    agents = [{"id": "op-17", "name": "Мария", "agent_number": "00-0417", "agent_groups": [{"group_id": "g"}]}]
    people = {"services": [{"id": "s", "name": "s", "service_groups": groups}], "agents": agents}
    body = {"personnel": wrapped(people), "parameters": {}, "timestamp": "2026-03-05T07:00:00Z"}
    wire.get("/integrations/cc/personnel").respond(json=body)
    async with gateway() as center:
        found = await center.personnel()
    assert [group.channels for group in found.groups] == [(Channel.CHATS,)]
    assert [(agent.number, agent.group_ids) for agent in found.agents] == [("00-0417", ("g",))]


async def test_intervals_come_flat_with_their_numbers_inside(wire: respx.MockRouter) -> None:
    metrics = {"not_unique_received": 14, "not_unique_treated": 11, "not_unique_missed": 3, "received_calls": 12,
               "treated_calls": 10, "miss_calls": 2, "aht": 287000, "post_processing": 12000}  # fmt: skip
    row = {"service_id": "1", "group_id": "g", "interval_start": STRETCH["start_date"],
           "interval_end": STRETCH["end_date"], "metrics": metrics}  # fmt: skip
    wire.get("/integrations/cc/historic/serviceGroupData").respond(json=envelope("service_group_data", row))
    async with gateway() as center:
        read = await center.group_metrics(DAY, ["g"], 300_000)
    assert read.rows == (IntervalMetrics(START, "g", "1", 1_800_000, 14, 11, 3, 12, 10, 2, 287_000, 12_000),)


async def test_rows_of_agents_come_flat_in_snake_case(wire: respx.MockRouter) -> None:
    cc = "/integrations/cc"
    status = {"agent_id": "op-17", **STRETCH, "state_code": "Work", "state_name": "Обработка", "group_id": None}
    login = {"agent_id": "op-17", "login_date": STRETCH["start_date"], "logout_date": STRETCH["end_date"],
             "duration": 1_800_000}  # fmt: skip
    call = {"agent_id": "op-17", "service_id": "1", "group_id": "g", "start_call": STRETCH["start_date"],
            "end_call": STRETCH["end_date"], "duration": 5, "call_type": None}  # fmt: skip
    chat = {"agent_id": "op-17", "work_date": "2026-03-05", "work_time": 4_500_000, "chat_sessions": 3}
    online = {"agent_id": "op-17", "state_code": "Work", "state_name": "Обработка", "start_date": STRETCH["start_date"]}
    wire.get(f"{cc}/historic/agentStatusData").respond(json=envelope("agent_status_data", status))
    wire.get(f"{cc}/historic/agentLoginData").respond(json=envelope("agent_login_data", login))
    wire.get(f"{cc}/historic/agentCallsData").respond(json=envelope("agent_calls_data", call))
    wire.get(f"{cc}/historic/agentChatsWorkTime").respond(json=envelope("agent_chats_work_time", chat))
    wire.get(f"{cc}/online/agentStatus").respond(json=envelope("agent_status", online))
    async with gateway() as center:
        assert (await center.statuses(DAY, ["op-17"])).rows == (
            AgentStatus(START, "op-17", "Work", "", "1", END, "Обработка"),
        )
        assert (await center.logins(DAY, ["op-17"])).rows == (AgentLogin(START, "op-17", END, 1_800_000),)
        assert [c.duration_ms for c in (await center.calls(DAY, ["op-17"])).rows] == [5]
        assert (await center.chat_days(DAY, ["op-17"])).rows == (ChatDay("2026-03-05", "op-17", 4_500_000),)
        assert (await center.online_statuses()).rows == (OnlineStatus("op-17", "Work", "Обработка", START),)


async def test_rows_that_were_not_asked_for_are_left_out(wire: respx.MockRouter) -> None:
    """A gateway may not look at ids at all, and then sends everything with every portion."""
    rows = [{"agent_id": i, "work_date": "2026-03-05", "work_time": 1} for i in ("a", "b", "c")]
    route = wire.get("/integrations/cc/historic/agentChatsWorkTime").respond(
        json=envelope("agent_chats_work_time", *rows)
    )
    async with gateway(ids_per_request=1) as center:
        read = await center.chat_days(DAY, ["a", "b"])
    assert route.call_count == 2
    assert [day.agent_id for day in read.rows] == ["a", "b"]


async def test_either_dialect_understands_the_answers_of_the_other(wire: respx.MockRouter) -> None:
    row = {"agent_id": "op-17", "work_date": "2026-03-05", "work_time": 1}
    wire.get("/historic/agentChatsWorkTime").respond(json=envelope("agent_chats_work_time", row))
    wire.get("/integrations/cc/historic/agentChatsWorkTime").respond(
        json=[{"agentId": "op-17", "workDate": "2026-03-05", "workTime": 1}]
    )
    async with make() as argus, gateway() as other:
        assert (await argus.chat_days(DAY, ["op-17"])).rows == (await other.chat_days(DAY, ["op-17"])).rows
