"""The sync log and the status of a connection, over a Hub that really answers."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest

from app.access import Role
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.attempts import MOST_BODY_CHARS, Attempt, Attempts, LogLevel
from app.domain.audit import Via
from app.domain.connections import Connection
from app.domain.kinds import ConnectionKind
from app.domain.outcomes import Action, Outcome, Run, RunError, RunState, Status
from app.domain.sync_logs import Direction, SyncLog
from app.errors import ExitCode, MusterError
from app.operations.connection_logs import direction_of, support_text, wanted_operations
from app.operations.registry import operations
from app.operations.runner import Request
from app.operations.secret_expiry import ending
from app.redaction import register_secret
from app.store import connections, pruning
from app.store.attempts import attempts_of
from app.store.values import now
from app.workspace import Workspace
from tests.support.running import dump, run


@pytest.fixture
async def linked(workspace: Workspace, small_world: DemoWorld) -> Workspace:
    """A workspace with the connection `vitec`."""
    await connect_demo(workspace, {"vitec": small_world.describe()["vitec"]})
    return workspace


async def log(workspace: Workspace, **params: Any) -> dict[str, Any]:
    report = await run(workspace, "connections.sync_logs", "vitec", params=params)
    assert report.error is None
    found: dict[str, Any] = report.run.result
    return found


async def status(workspace: Workspace, name: str = "vitec") -> dict[str, Any]:
    found: dict[str, Any] = (await run(workspace, "connections.status", name)).run.result
    return found


class TestSyncLog:
    async def test_a_sync_stands_in_it_with_its_records_and_who_began_it(self, linked: Workspace) -> None:
        synced = await run(linked, "offices.sync", "vitec")
        row = (await log(linked))["logs"][0]
        assert row["id"] == synced.run.run_id
        assert (row["operation"], row["direction"]) == ("offices.sync", "inbound")
        assert (row["status"], row["trigger"]) == ("completed", "manual")
        assert row["records_processed"] == synced.run.summary["total"]
        assert (row["records_failed"], row["message"], row["error"]) == (0, "", None)
        assert row["start_time"] <= row["end_time"]
        assert row["initiated_by"] == synced.run.actor

    async def test_a_failed_sync_says_why(self, linked: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
        await run(linked, "offices.sync", "vitec")
        page = await log(linked, status="failed")
        assert page["total"] == 1
        assert page["logs"][0]["message"]
        assert page["logs"][0]["error"]["kind"] == "refused_sign_in"

    async def test_filters_and_pages_with_the_total(self, linked: Workspace) -> None:
        for name in ("offices.sync", "employees.sync", "offices.sync"):
            await run(linked, name, "vitec")
        assert (await log(linked, operation="offices.sync"))["total"] == 2
        assert (await log(linked, operation="offices.sync", direction="outbound"))["total"] == 0
        assert (await log(linked, direction="inbound", trigger="manual", until="2020-01-01T00:00:00"))["total"] == 0
        page = await log(linked, direction="inbound", limit=2, offset=2)
        assert (page["total"], len(page["logs"]), page["limit"]) == (3, 1, 2)

    @pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"status": "fine"}])
    async def test_what_cannot_be_is_refused(self, linked: Workspace, params: dict[str, Any]) -> None:
        with pytest.raises(MusterError) as caught:
            await linked.runner.start(Request("connections.sync_logs", "vitec", params))
        assert caught.value.exit_code is ExitCode.USAGE

    async def test_a_paused_connection_still_has_its_log_and_whoever_may_read_sees_it(self, linked: Workspace) -> None:
        await run(linked, "offices.sync", "vitec")
        await run(linked, "connections.update", "vitec", params={"paused": True})
        linked.settings_file.change(role=Role.VIEWER)
        assert (await log(linked, direction="inbound"))["total"] == 1

    def test_everything_that_sends_is_outbound_and_nothing_goes_nowhere(self) -> None:
        of_kinds = {key: direction_of(key) for key, each in operations().items() if each.kinds}
        assert of_kinds["onec.send_schedule"] is Direction.OUTBOUND
        assert of_kinds["cc.send_status"] is Direction.OUTBOUND
        assert of_kinds["onec.sync_personnel"] is Direction.INBOUND
        assert of_kinds["connections.update"] is None
        assert direction_of("gone.operation") is None
        assert wanted_operations("gone.operation", None) == ("gone.operation",)
        assert wanted_operations("", None) is None

    def test_what_support_gets_holds_no_secret_and_what_needs_a_look_only(self) -> None:
        register_secret("planted-marker-1")
        error = RunError("remote_error", 'It said "Bearer planted-marker-1".')
        ran = Run(
            "r1", "offices.sync", "vitec", RunState.STOPPED, now(), params={"note": "planted-marker-1"}, error=error
        )
        fine, wrong = (
            Outcome(name, name, "offices", "", status, "store", "planted-marker-1", Action.UPDATE)
            for name, status in (("North", Status.SUCCESS), ("South", Status.FATAL))
        )
        asked = Attempt(now(), "GET", "http://x/planted-marker-1", 500, error="planted-marker-1", answered="of people")
        text = support_text(SyncLog(ran, {"fatal": 1, "success": 1}), [fine, wrong], Attempts((asked,), 1))
        assert "of people" not in text
        assert "planted-marker-1" not in text
        told = json.loads(text)
        assert (told["id"], told["state"], told["records_failed"]) == ("r1", "stopped", 1)
        assert [each["subject"] for each in told["outcomes_that_need_a_look"]] == ["South"]


class TestAttempts:
    async def test_a_run_is_told_with_each_of_its_requests(self, linked: Workspace) -> None:
        synced = await run(linked, "offices.sync", "vitec")
        page = await log(linked, run=synced.run.run_id)
        (row,) = page["logs"]
        (asked,) = row["attempts"]
        assert (page["total"], row["attempts_total"]) == (1, 1)
        assert (asked["method"], asked["status"], asked["error"]) == ("GET", 200, "")
        assert asked["url"].endswith("/Departments")
        assert asked["size"] > 100
        assert asked["at"].endswith("Z")
        assert "attempts" not in (await log(linked))["logs"][0]

    async def test_a_failure_shows_why_it_was_tried_again(
        self, linked: Workspace, small_world: DemoWorld, no_waiting: list[float]
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.SERVER_ERROR)
        failed = await run(linked, "offices.sync", "vitec")
        (row,) = (await log(linked, run=failed.run.run_id))["logs"]
        assert [each["again_after_s"] for each in row["attempts"]] == [1.0, 3.0, None]
        assert all("503" in each["error"] for each in row["attempts"])

    async def test_a_run_taken_up_again_goes_on_with_its_list(self, linked: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
        failed = await run(linked, "offices.sync", "vitec")
        small_world.vitec.fault = FaultPlan()
        await (await linked.runner.resume(failed.run.run_id)).report()
        (row,) = (await log(linked, run=failed.run.run_id))["logs"]
        assert [each["status"] for each in row["attempts"]] == [401, 200]

    async def test_what_is_kept_goes_with_the_details_of_old_runs(self, linked: Workspace) -> None:
        synced = await run(linked, "offices.sync", "vitec")
        ago = now() + timedelta(days=1)
        assert (await linked.store.read(pruning.old_details, ago)).rows >= 1
        await linked.store.write(pruning.drop_details, ago)
        assert (await linked.store.read(attempts_of, synced.run.run_id)).total == 0

    async def test_the_key_of_a_connection_is_nowhere_in_it(self, linked: Workspace, small_world: DemoWorld) -> None:
        await run(linked, "connections.update", "vitec", params={"settings": {"log_level": "DEBUG"}})
        await run(linked, "offices.sync", "vitec")
        key = small_world.describe()["vitec"]["access_key"]
        assert not [line for line in await dump(linked) if key in line]


class TestDetail:
    async def level(self, workspace: Workspace, level: str) -> Connection:
        report = await run(workspace, "connections.update", "vitec", params={"settings": {"log_level": level}})
        assert report.error is None
        return await self.stored(workspace)

    async def stored(self, workspace: Workspace) -> Connection:
        found = await workspace.store.read(connections.find_connection, "vitec")
        assert found is not None
        return found

    async def bodies(self, workspace: Workspace) -> list[str]:
        synced = await run(workspace, "offices.sync", "vitec")
        (row,) = (await log(workspace, run=synced.run.run_id))["logs"]
        return [each["answered"] for each in row["attempts"]]

    async def test_bodies_are_kept_while_it_is_on(self, linked: Workspace) -> None:
        assert await self.bodies(linked) == [""]
        await self.level(linked, "debug")
        (body,) = await self.bodies(linked)
        assert "departmentId" in body
        assert len(body) <= MOST_BODY_CHARS
        await self.level(linked, "")
        assert await self.bodies(linked) == [""]

    async def test_after_an_hour_it_is_off_by_itself(self, linked: Workspace) -> None:
        on = await self.level(linked, "DEBUG")
        assert on.detailed_since is not None
        assert on.log_level is LogLevel.DEBUG
        assert on.at(on.detailed_since + timedelta(minutes=59)).log_level is LogLevel.DEBUG
        for moment in (timedelta(hours=1), timedelta(days=9), timedelta(seconds=-1)):  # the last: the clock went back
            off = on.at(on.detailed_since + moment)
            assert (off.log_level, off.settings.get("log_level"), off.detailed_until) == (LogLevel.INFO, None, None)

    async def test_a_store_of_an_hour_ago_reads_as_off(
        self, linked: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await self.level(linked, "DEBUG")
        later = now() + timedelta(minutes=61)
        monkeypatch.setattr(connections, "now", lambda: later)
        assert (await self.stored(linked)).log_level is LogLevel.INFO
        assert await self.bodies(linked) == [""]

    async def test_another_edit_does_not_begin_the_hour_anew(self, linked: Workspace) -> None:
        since = (await self.level(linked, "DEBUG")).detailed_since
        await run(linked, "connections.update", "vitec", params={"settings": {"max_rps": 40}})
        assert (await self.stored(linked)).detailed_since == since
        assert ((await self.level(linked, "DEBUG")).detailed_since or now()) > (since or now())

    async def test_it_leaves_the_last_test_and_the_line_alone(self, linked: Workspace) -> None:
        await run(linked, "connections.test", "vitec")
        linked.audit.via = Via.WINDOW
        await run(linked, "connections.hold", "vitec", params={"action": "hold"})
        changed = await self.level(linked, "DEBUG")
        assert changed.last_test_ok is True
        assert linked.links.is_held(changed.id)

    async def test_a_level_for_all_connections_never_means_bodies(self, linked: Workspace) -> None:
        await run(linked, "settings.update", params={"log_level": "DEBUG"})
        assert (await self.stored(linked)).log_level is LogLevel.INFO
        assert await self.bodies(linked) == [""]


class TestStatus:
    async def test_it_holds_the_last_test_the_last_runs_the_breaker_and_the_queues(self, linked: Workspace) -> None:
        before = await status(linked)
        assert before["health_check"] is None
        assert before["performance_metrics"]["avg_response_time_ms"] is None
        assert before["success_rate"] is None
        await run(linked, "connections.test", "vitec")
        synced = await run(linked, "offices.sync", "vitec")
        await run(linked, "connections.update", "vitec", params={"name": "vitec"})
        told = await status(linked)
        await run(linked, "connections.test", "vitec")
        checked = (await status(linked))["health_check"]
        assert (checked["success"], checked["category"]) == (True, "works")
        assert checked["response_time_ms"] >= 0
        assert told["breaker"] == {"state": "closed", "refuses_until": None}
        assert told["queues"] == {"status_updates": 0, "webhook_deliveries": 0}
        metrics = told["performance_metrics"]
        assert (metrics["total_syncs"], metrics["successful_syncs"], told["error_count"]) == (1, 1, 0)
        (recent,) = metrics["recent_syncs"]
        assert recent["id"] == synced.run.run_id
        assert recent["records_processed"] == synced.run.summary["total"]
        assert metrics["avg_response_time_ms"] == synced.run.duration_ms

    async def test_calls_that_are_held_back_are_said(self, linked: Workspace) -> None:
        linked.audit.via = Via.WINDOW
        await run(linked, "connections.hold", "vitec", params={"action": "hold"})
        assert (await status(linked))["breaker"]["state"] == "held"


class TestExpiry:
    async def _bearer(self, workspace: Workspace, days: float) -> None:
        token = jwt.encode({"exp": int(time.time() + days * 86_400)}, "k" * 32, "HS256")
        settings = {"endpoint_url": "http://127.0.0.1:1/hs/zup", "authentication_type": "bearer"}
        params = {"name": "1c", "kind": ConnectionKind.ONEC.value, "settings": settings}
        report = await run(workspace, "connections.create", params=params, secrets={"token": token})
        assert report.error is None

    @pytest.mark.parametrize(("days", "warned"), [(-1.0, True), (6.9, True), (7.5, False)])
    async def test_the_end_of_a_token_is_known_and_warned_of_seven_days_before(
        self, workspace: Workspace, days: float, warned: bool
    ) -> None:
        await self._bearer(workspace, days)
        assert (await status(workspace, "1c"))["token_expires_at"] is not None
        await run(workspace, "connections.test", "1c")  # it fails and still looks at the token
        found = await workspace.store.read(connections.connections)
        assert bool(ending(found, now())) is warned

    async def test_other_keys_have_no_end(self, linked: Workspace) -> None:
        await run(linked, "connections.test", "vitec")
        assert (await status(linked))["token_expires_at"] is None
        assert ending(await linked.store.read(connections.connections), now()) == []
