"""The demo contact centre: what is now, by asking and by WebSocket (contact-center.md sections 5.7 and 5.8)."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app.demo.contact_center.server import DemoContactCenter
from app.demo.contact_center.wire import Ways
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from tests.support.demo_contact_center import EVERYBODY, GROUPS, MONDAY, NOW, asked, moment, read


def statuses(platform: httpx.Client) -> dict[str, dict[str, str]]:
    return {row["agentId"]: row for row in read(platform.get("/online/agentStatus"))}


def loads(platform: httpx.Client, groups: str = GROUPS) -> dict[str, dict[str, Any]]:
    return {row["groupId"]: row for row in read(platform.get("/online/groupsOnlineLoad", params={"groupId": groups}))}


def opened(center: DemoContactCenter, token: str | None = None) -> ClientConnection:
    headers = {"Authorization": f"Bearer {token or center.token}"}
    return connect(str(center.describe()["websocket_url"]), additional_headers=headers, proxy=None, open_timeout=5)


class TestAsking:
    def test_the_snapshot_is_what_history_tells_later(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        then = NOW - timedelta(days=1)
        center.clock = lambda: then
        found = statuses(platform)
        center.clock = lambda: NOW
        told = {
            row["agentId"]: (state["stateCode"], state["startDate"])
            for row in asked(platform, "agentStatusData", agentId=EVERYBODY)
            for state in row["states"]
            if moment(state["startDate"]) <= then.timestamp() < moment(state["endDate"])
        }
        assert {agent: (row["stateCode"], row["startDate"]) for agent, row in found.items()} == told
        assert 20 < len(found) < 60

    def test_numbers_move_with_the_clock_and_only_with_it(
        self, center: DemoContactCenter, platform: httpx.Client
    ) -> None:
        before = statuses(platform), loads(platform)
        assert (statuses(platform), loads(platform)) == before
        center.clock = lambda: NOW + timedelta(seconds=60)
        after = statuses(platform), loads(platform)
        assert sum(before[0].get(agent) != row for agent, row in after[0].items()) > 5
        assert sum(before[1][group] != row for group, row in after[1].items()) >= 4

    def test_loads_agree_with_history_and_with_the_statuses(
        self, center: DemoContactCenter, platform: httpx.Client
    ) -> None:
        center.clock = lambda: datetime(2026, 3, 9, 20, 59, 59, tzinfo=UTC)
        late = loads(platform)
        center.clock = lambda: NOW
        (row,) = asked(platform, "serviceGroupData", MONDAY, step=86_400_000, groupId="g-sales")
        (day,) = row["historicData"]
        assert abs(late["g-sales"]["callReceived"] - day["notUniqueReceived"]) <= 1
        assert late["g-sales"]["callAnswered"] == day["notUniqueTreated"]
        now = loads(platform)
        busy = sum(status["stateCode"] in {"Ready", "Work", "AfterCall"} for status in statuses(platform).values())
        assert sum(load["operatorNumber"] for load in now.values()) == busy
        assert all(0 <= load.get("acd", 0) <= 100 for load in now.values())

    def test_optional_numbers_may_be_missing(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        assert set(loads(platform)["g-mail"]) == {
            "serviceId",
            "groupId",
            "operatorNumber",
            "callNumber",
            "callReceived",
        }
        assert "callAnsweredTst" in loads(platform)["g-sales"]
        center.ways = Ways(target_known=False)
        assert "callAnsweredTst" not in loads(platform)["g-sales"]

    def test_groups_have_to_be_named_and_must_exist(self, platform: httpx.Client) -> None:
        assert platform.get("/online/groupsOnlineLoad").json()["field"] == "groupId"
        assert platform.get("/online/groupsOnlineLoad", params={"groupId": "g-none"}).status_code == 404
        assert platform.get("/online/groupsLoad", params={"groupId": "g-sales"}).status_code == 404

    def test_the_gateway_needs_no_groups(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        address = f"{center.describe()['gateway_url']}/online/groupsLoad"
        found = read(httpx.get(address, headers=platform.headers, trust_env=False))
        assert len(found["groups_online_load"]) == found["total_count"] == 8
        assert {"call_number", "operator_number", "call_answered_tst"} <= set(found["groups_online_load"][0])

    def test_a_status_set_by_hand_shows_until_it_is_cleared(
        self, center: DemoContactCenter, platform: httpx.Client
    ) -> None:
        before = statuses(platform)
        away, here = sorted(set(EVERYBODY.split(",")) - set(before))[0], sorted(before)[0]
        center.set_status(away, "Break_12", "Перерыв: обед")
        center.set_status(here, None)
        after = statuses(platform)
        assert after[away] == {
            "agentId": away,
            "stateCode": "Break_12",
            "stateName": "Перерыв: обед",
            "startDate": "2026-03-10T10:00:00Z",
        }
        assert here not in after
        center.clear_statuses()
        assert statuses(platform) == before
        with pytest.raises(ValueError, match="no agent op-1"):
            center.set_status("op-1", "Ready")

    def test_somebody_put_to_work_by_hand_is_an_operator_of_the_group(
        self, center: DemoContactCenter, platform: httpx.Client
    ) -> None:
        before = loads(platform)["g-sales"]["operatorNumber"]
        working = statuses(platform)["op-17"]["stateCode"] in {"Ready", "Work", "AfterCall"}
        center.set_status("op-17", "Ready" if not working else "Break_11")
        assert loads(platform)["g-sales"]["operatorNumber"] == before + (-1 if working else 1)

    def test_a_wrong_clock_shows_in_the_snapshot(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        before = statuses(platform)
        center.ways = Ways(clock_ahead_s=-7200)
        after = statuses(platform)
        assert all(
            moment(row["startDate"]) - moment(before[agent]["startDate"]) == -7200 for agent, row in after.items()
        )


class TestSocket:
    def test_a_snapshot_comes_first_with_what_asking_tells(
        self, center: DemoContactCenter, platform: httpx.Client
    ) -> None:
        with opened(center) as socket:
            message = json.loads(socket.recv(timeout=5))
        assert message["type"] == "snapshot"
        assert {row["agentId"]: row for row in message["agentStatus"]} == statuses(platform)
        assert {row["groupId"]: row for row in message["groupsOnlineLoad"]} == loads(platform)

    def test_then_come_changes_and_nothing_else(self, center: DemoContactCenter) -> None:
        with opened(center) as socket:
            there = json.loads(socket.recv(timeout=5))["agentStatus"][0]["agentId"]
            with pytest.raises(TimeoutError):
                socket.recv(timeout=0.5)
            began = time.monotonic()
            center.set_status("op-20", "Training", "Обучение")
            message = json.loads(socket.recv(timeout=5))
            assert time.monotonic() - began < 1
            assert message["type"] == "change"
            assert [row["stateCode"] for row in message["agentStatus"]] == ["Training"]
            center.set_status(there, None)
            assert json.loads(socket.recv(timeout=5))["left"] == [there]

    def test_the_clock_moves_it(self, center: DemoContactCenter) -> None:
        with opened(center) as socket:
            socket.recv(timeout=5)
            center.clock = lambda: NOW + timedelta(minutes=5)
            message = json.loads(socket.recv(timeout=5))
        assert len(message["agentStatus"]) > 5
        assert len(message["groupsOnlineLoad"]) > 3

    def test_strangers_are_turned_away(self, center: DemoContactCenter) -> None:
        with pytest.raises(InvalidStatus) as caught:
            opened(center, "wrong")
        assert caught.value.response.status_code == 401
        center.fault = FaultPlan(Fault.SERVER_ERROR, only="stream", times=1)
        with pytest.raises(InvalidStatus) as failed:
            opened(center)
        assert failed.value.response.status_code == 503
        assert [request.status for request in center.requests] == [401, 503]

    def test_it_may_be_cut_in_the_middle_of_a_message(self, center: DemoContactCenter) -> None:
        center.fault = FaultPlan(Fault.CUT_JSON, only="stream", times=1)
        with opened(center) as socket:
            with pytest.raises(json.JSONDecodeError):
                json.loads(socket.recv(timeout=5))
            with pytest.raises(ConnectionClosed):
                socket.recv(timeout=5)

    def test_without_an_upgrade_it_says_so(self, center: DemoContactCenter) -> None:
        address = str(center.describe()["websocket_url"]).replace("ws:", "http:")
        assert httpx.get(address, trust_env=False).status_code == 426

    def test_the_world_stops_at_once_under_an_open_socket(self) -> None:
        world = DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=0)
        world.start()
        with opened(world.contact_center) as socket:
            socket.recv(timeout=5)
            began = time.monotonic()
            world.stop()
            assert time.monotonic() - began < 1
            with pytest.raises(ConnectionClosed):
                list(socket)
