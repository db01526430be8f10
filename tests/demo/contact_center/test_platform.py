"""The demo contact centre: sign-in, faults, the receiver of statuses, bulk import, control path."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest

from app.demo.contact_center.server import DemoContactCenter
from app.demo.contact_center.wire import Ways
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from tests.support.demo_contact_center import read


class TestDoor:
    @pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic ZGVtbzpkZW1v"])
    def test_only_the_token_is_let_in(self, center: DemoContactCenter, authorization: str) -> None:
        headers = {"Authorization": authorization} if authorization else {}
        for path in ("api/online/agentStatus", "integrations/cc/online/agentStatus"):
            assert httpx.get(f"{center.base_url}/{path}", headers=headers, trust_env=False).status_code == 401

    def test_it_is_described_by_the_fields_of_a_connection(self, center: DemoContactCenter) -> None:
        told = center.describe()
        assert {"endpoint_url", "authentication_type", "token", "status_push_url", "websocket_url"} <= set(told)
        assert str(told["status_push_url"]).endswith("/ccwfm/api/rest/status")
        assert str(told["websocket_url"]).startswith("ws://127.0.0.1:")

    def test_a_failure_has_the_body_of_the_reference(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        center.fault = FaultPlan(Fault.SERVER_ERROR, status=500, only="agentStatus", times=1)
        answer = platform.get("/online/agentStatus")
        assert answer.status_code == 500
        assert set(answer.json()) == {"field", "message", "description"}
        assert platform.get("/online/agentStatus").status_code == 200

    def test_a_body_may_begin_with_a_bom_and_call_itself_text(
        self, center: DemoContactCenter, platform: httpx.Client
    ) -> None:
        center.ways = Ways(bom=True, content_type="text/html")
        answer = platform.get("/personnel")
        assert answer.content.startswith(b"\xef\xbb\xbf{")
        assert answer.headers["content-type"] == "text/html"
        assert len(read(answer)["agents"]) == 60

    def test_the_faults_of_every_system_hit_here_too(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        center.fault = FaultPlan(Fault.RATE_LIMITED, seconds=3, times=1)
        assert platform.get("/online/agentStatus").headers["retry-after"] == "3"
        center.fault = FaultPlan(Fault.EMPTY_LIST, times=1)
        assert read(platform.get("/online/agentStatus")) == []
        center.fault = FaultPlan(Fault.CUT_JSON, times=1)
        with pytest.raises(json.JSONDecodeError):
            platform.get("/online/agentStatus").json()
        center.fault = FaultPlan(Fault.HANG, only="reads", times=1)
        with pytest.raises(httpx.ReadTimeout):
            platform.get("/online/agentStatus", timeout=0.3)
        center.fault = FaultPlan(Fault.HUGE, only="agentStatus", times=1)
        with platform.stream("GET", "/online/agentStatus") as answer:
            assert len(next(answer.iter_bytes(1_000_000))) == 1_000_000


class TestPush:
    def test_messages_are_kept_as_they_came_without_sign_in(self, center: DemoContactCenter) -> None:
        message = {
            "workerId": "op-17",
            "stateName": "Перерыв",
            "stateCode": "Break",
            "systemId": "Контакт-центр 1",
            "actionTime": 1772694000,
            "action": 1,
        }
        answer = httpx.post(str(center.describe()["status_push_url"]), json=message, trust_env=False)
        assert (answer.status_code, answer.content) == (200, b"")
        assert center.received_statuses == [message]

    def test_what_is_no_message_is_not_kept(self, center: DemoContactCenter) -> None:
        for body in (b"{", b"[]"):
            url = str(center.describe()["status_push_url"])
            assert httpx.post(url, content=body, trust_env=False).status_code == 400
        assert center.received_statuses == []

    def test_a_dead_receiver_leaves_the_reads_alive(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        center.fault = FaultPlan(Fault.HANG, only="push")
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(str(center.describe()["status_push_url"]), json={}, trust_env=False, timeout=0.3)
        assert platform.get("/online/agentStatus").status_code == 200


class TestBulkImport:
    def test_the_gateway_takes_batches(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        address = f"{center.describe()['gateway_url']}/bulk-import"
        body = {"data_type": "agent_status", "data": [{"agent_id": "op-17"}, {"agent_id": "op-18"}]}
        found = read(httpx.post(address, json=body, headers=platform.headers, trust_env=False))
        assert (found["total_records"], found["batch_id"]) == (2, "batch-1")
        assert center.imported == [body]
        bad = httpx.post(address, json={}, headers=platform.headers, trust_env=False)
        assert (bad.status_code, bad.json()["field"]) == (400, "data")


class TestControl:
    def test_all_is_set_and_shown_over_http(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        change = {"ways": {"bom": True}, "now": "2026-03-09T15:00:00+03:00", "token": "another"}
        with httpx.Client(base_url=f"{center.base_url}/_demo", trust_env=False) as control:
            shown = control.post("/contact_center", json=change).json()
            assert (shown["ways"]["bom"], shown["ways"]["repeats_groupless"], shown["agents"]) == (True, True, 60)
            assert abs(center.now - datetime(2026, 3, 9, 12, tzinfo=UTC).timestamp()) < 5
            assert platform.get("/online/agentStatus").status_code == 401
            assert control.post("/contact_center", json={"token": "demo"}).json()["token"] == "demo"

    def test_statuses_are_set_and_messages_shown(self, center: DemoContactCenter, platform: httpx.Client) -> None:
        with httpx.Client(base_url=f"{center.base_url}/_demo", trust_env=False) as control:
            by_hand = {"agent_id": "op-20", "state_code": "Training", "state_name": "Обучение"}
            assert control.post("/statuses", json=by_hand).json()["set_at"].startswith("2026-03-10T10:00:00")
            found = {row["agentId"]: row["stateName"] for row in read(platform.get("/online/agentStatus"))}
            assert found["op-20"] == "Обучение"
            control.delete("/statuses")
            httpx.post(str(center.describe()["status_push_url"]), json={"workerId": "op-17"}, trust_env=False)
            assert control.get("/received").json() == [{"workerId": "op-17"}]
            assert control.delete("/received").json() == []

    @pytest.mark.parametrize(
        ("path", "body", "reason"),
        [
            ("contact_center", b'{"ways": {"boom": 1}}', "boom"),
            ("contact_center", b'{"now": "2026-01-01T00:00:00"}', "zone"),
            ("contact_center", b'{"nothing": 1}', "nothing"),
            ("statuses", b'{"agent_id": "op-1", "state_code": "Ready"}', "no agent op-1"),
            ("statuses", b"{", "truncated"),
        ],
    )
    def test_what_cannot_be_read_is_explained(
        self, center: DemoContactCenter, path: str, body: bytes, reason: str
    ) -> None:
        answer = httpx.post(f"{center.base_url}/_demo/{path}", content=body, trust_env=False)
        assert answer.status_code == 400
        assert reason in answer.json()["detail"]


def test_nothing_is_made_before_somebody_asks() -> None:
    world = DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=0, agents=50_000)
    assert len(world.systems) == 8
    with pytest.raises(ValueError, match="0 to 50000"):
        DemoWorld(agents=50_001)
