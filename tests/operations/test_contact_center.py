"""A contact centre that really answers: history that can be taken up again, what is now, statuses that are sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.exchange import DataType
from app.domain.outcomes import Action, RunState, Status
from app.errors import ErrorKind, ExitCode, UsageError
from app.events import ContactCenterDataChanged
from app.operations.runner import Report, Request
from app.store import connections, contact_center_now
from app.store.contact_center_history import HistoryQuery, history
from app.workspace import Workspace
from tests.support.running import run

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
DAYS = {"start_date": "2026-03-08", "end_date": "2026-03-09"}


@pytest.fixture
def center() -> Iterator[DemoWorld]:
    with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=1) as world:
        world.contact_center.clock = lambda: NOW
        yield world


@pytest.fixture
async def linked(workspace: Workspace, center: DemoWorld) -> Workspace:
    await connect_demo(workspace, {"contact_center": center.describe()["contact_center"]})
    return workspace


async def change(workspace: Workspace, **settings: Any) -> None:
    report = await run(workspace, "connections.update", "contact_center", params={"settings": settings})
    assert report.error is None, report.error


async def read(workspace: Workspace, operation: str, **params: Any) -> Report:
    return await run(workspace, operation, params=params)


async def stored(workspace: Workspace, data_type: DataType) -> list[Any]:
    (connection,) = await workspace.store.read(connections.connections)
    return await workspace.store.read(history, HistoryQuery(data_type, connection.id))


class TestHistory:
    @pytest.mark.parametrize(
        ("operation", "data_type", "key"),
        [
            ("cc.service_group_data", DataType.GROUP_METRICS, "groupId"),
            ("cc.agent_status_data", DataType.STATUS, "agentId"),
            ("cc.agent_login_data", DataType.LOGIN, "agentId"),
            ("cc.agent_calls_data", DataType.CALLS, "agentId"),
            ("cc.agent_chats_work_time", DataType.CHAT_TIME, "agentId"),
        ],
    )
    async def test_every_read_is_stored_and_given(
        self, linked: Workspace, operation: str, data_type: DataType, key: str
    ) -> None:
        report = await read(linked, operation, **DAYS)
        assert report.run.state is RunState.FINISHED
        assert report.exit_code is ExitCode.DONE
        rows = report.run.result
        assert rows
        assert all(row[key] for row in rows)
        summary = report.run.summary
        assert summary["total"] == summary["created"] + summary["skipped"]
        assert len(await stored(linked, data_type)) == summary["created"]

    async def test_what_comes_again_is_stored_once(self, linked: Workspace) -> None:
        first = await read(linked, "cc.agent_status_data", **DAYS)
        again = await read(linked, "cc.agent_status_data", **DAYS)
        assert again.run.summary["created"] == 0
        assert again.run.summary["skipped"] == again.run.summary["total"]
        assert again.run.result == first.run.result

    @pytest.mark.parametrize("step", [59_999, 70_000, 3_600_001])
    async def test_a_step_that_does_not_divide_a_day_is_refused(self, linked: Workspace, step: int) -> None:
        with pytest.raises(UsageError):
            await read(linked, "cc.service_group_data", groups="g-sales", step_ms=step, **DAYS)

    async def test_chosen_groups_alone(self, linked: Workspace) -> None:
        report = await read(linked, "cc.service_group_data", groups="g-sales", **DAYS)
        assert {row["groupId"] for row in report.run.result} == {"g-sales"}
        assert [(o.subject_id, o.action) for o in report.outcomes] == [("g-sales", Action.UPDATE)]

    async def test_somebody_nobody_knows_has_no_data_and_that_is_no_error(self, linked: Workspace) -> None:
        report = await read(linked, "cc.agent_calls_data", agents="op-17,op-nobody", **DAYS)
        outcomes = {o.subject_id: o for o in report.outcomes}
        assert outcomes["op-nobody"].status is Status.SKIPPED
        assert report.exit_code is ExitCode.DONE

    async def test_days_are_those_of_the_connection(self, linked: Workspace, center: DemoWorld) -> None:
        center.contact_center.forget_requests()
        await read(linked, "cc.service_group_data", groups="g-sales", start_date="2026-03-09", end_date="2026-03-09")
        (asked,) = [r.path for r in center.contact_center.requests if "serviceGroupData" in r.path]
        assert "startDate=2026-03-08T21" in asked.replace("%3A", ":")

    async def test_a_platform_without_chats_is_not_asked(self, linked: Workspace, center: DemoWorld) -> None:
        await change(linked, chat_platform=False)
        center.contact_center.forget_requests()
        report = await read(linked, "cc.agent_chats_work_time", **DAYS)
        assert (report.run.result, report.exit_code) == ([], ExitCode.DONE)
        assert report.run.warnings
        assert center.contact_center.requests == []

    async def test_a_dry_run_stores_nothing(self, linked: Workspace) -> None:
        report = await run(linked, "cc.agent_calls_data", params=DAYS, dry_run=True)
        assert report.run.result
        assert report.run.summary["created"] == len(report.run.result)
        assert await stored(linked, DataType.CALLS) == []

    async def test_a_stopped_read_goes_on_where_it_ended(self, linked: Workspace, center: DemoWorld) -> None:
        await change(linked, retry_attempts=0, ids_per_request=20)
        await read(linked, "cc.personnel")

        def fail_from_now_on(_event: ContactCenterDataChanged) -> None:
            center.contact_center.fault = FaultPlan(Fault.SERVER_ERROR, only="agentCallsData")

        forget = linked.events.subscribe(ContactCenterDataChanged, fail_from_now_on)
        stopped = await read(linked, "cc.agent_calls_data", **DAYS)
        forget()
        assert stopped.error is not None
        kept = len(await stored(linked, DataType.CALLS))
        assert kept
        center.contact_center.fault = FaultPlan()
        center.contact_center.forget_requests()
        again = await (await linked.runner.resume(stopped.run.run_id)).report()
        assert again.run.state is RunState.FINISHED
        assert len([r for r in center.contact_center.requests if "agentCallsData" in r.path]) == 2
        assert len(again.run.result) == len(await stored(linked, DataType.CALLS)) > kept

    @pytest.mark.parametrize("params", [{"start_date": "2026-03-09", "end_date": "2026-03-08"}])
    async def test_a_period_that_ends_before_it_begins(self, linked: Workspace, params: dict[str, str]) -> None:
        report = await read(linked, "cc.agent_calls_data", **params)
        assert report.exit_code is ExitCode.USAGE

    async def test_without_days_yesterday_and_today_are_meant(self, linked: Workspace, center: DemoWorld) -> None:
        center.contact_center.clock = lambda: datetime.now(UTC)
        report = await read(linked, "cc.agent_chats_work_time")
        days = {row["workDate"] for row in report.run.result}
        today = datetime.now(UTC).date()
        assert days <= {str(today - timedelta(days=n)) for n in (-1, 0, 1, 2)}
        assert all(date.fromisoformat(day) for day in days)


class TestNow:
    async def test_agents_with_their_names_once_they_are_known(self, linked: Workspace, center: DemoWorld) -> None:
        await read(linked, "cc.personnel")
        center.contact_center.set_status("op-17", "Break_12", "Обед")
        rows = (await read(linked, "cc.online_agent_status")).run.result
        (mine,) = [row for row in rows if row["agentId"] == "op-17"]
        assert (mine["stateCode"], mine["stateName"]) == ("Break_12", "Обед")
        assert mine["name"]

    async def test_who_is_missing_has_left_and_a_failed_call_changes_nothing(
        self, linked: Workspace, center: DemoWorld
    ) -> None:
        await read(linked, "cc.online_agent_status")
        (connection,) = await linked.store.read(connections.connections)
        before = await linked.store.read(contact_center_now.agents_now, connection.id)
        assert before
        center.contact_center.fault = FaultPlan(Fault.SERVER_ERROR, only="agentStatus")
        failed = await read(linked, "cc.online_agent_status")
        assert failed.error is not None
        assert failed.error.kind is ErrorKind.REMOTE_ERROR
        assert await linked.store.read(contact_center_now.agents_now, connection.id) == before

    async def test_no_data_at_all_keeps_what_was_known_and_says_so(self, linked: Workspace, center: DemoWorld) -> None:
        await read(linked, "cc.personnel")
        (connection,) = await linked.store.read(connections.connections)
        for operation, stored, path in (
            ("cc.online_agent_status", contact_center_now.agents_now, "agentStatus"),
            ("cc.online_groups_load", contact_center_now.loads_now, "groupsOnlineLoad"),
        ):
            center.contact_center.fault = FaultPlan(Fault.NONE)
            await read(linked, operation)
            before = await linked.store.read(stored, connection.id)
            assert before
            center.contact_center.fault = FaultPlan(Fault.NOT_FOUND, only=path)
            report = await read(linked, operation)
            assert (report.exit_code, report.run.result) == (ExitCode.DONE, [])
            assert any("404" in warning for warning in report.run.warnings)
            assert await linked.store.read(stored, connection.id) == before

    async def test_groups_and_the_queues_worked_out_of_them(self, linked: Workspace, center: DemoWorld) -> None:
        groups = (await read(linked, "cc.online_groups_load")).run.result
        queues = (await read(linked, "cc.online_queue_metrics")).run.result
        assert [q["queue_id"] for q in queues] == [g["groupId"] for g in groups]
        assert {q["waiting"] for q in queues} <= set(range(10_000))
        assert [r for r in center.contact_center.requests if "groupsOnlineLoad" in r.path]


class TestSending:
    async def test_a_change_is_two_messages_leave_then_enter(self, linked: Workspace, center: DemoWorld) -> None:
        await read(linked, "cc.online_agent_status")
        params = {"agent_id": "op-17", "status": "Break_12", "timestamp": "2026-03-10T09:00:00Z"}
        report = await read(linked, "cc.send_status", **params)
        assert report.run.summary == {"total": 1, "waiting": 0}
        leave, enter = center.contact_center.received_statuses
        assert (leave["action"], enter["action"]) == (0, 1)
        assert enter["stateCode"] == "Break_12"
        assert enter["actionTime"] == int(datetime(2026, 3, 10, 9, tzinfo=UTC).timestamp())
        assert set(enter) == {"workerId", "stateName", "stateCode", "systemId", "actionTime", "action"}

    async def test_one_message_alone(self, linked: Workspace, center: DemoWorld) -> None:
        await read(linked, "cc.send_status", agent_id="op-17", status="Work", action="leave")
        assert [m["action"] for m in center.contact_center.received_statuses] == [0]

    async def test_nothing_is_lost_while_the_receiver_is_dead(
        self, linked: Workspace, center: DemoWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.operations.contact_center.sending.PATIENCE_S", 0.2)
        told = center.describe()["contact_center"]["status_push_url"]
        await change(linked, status_push_url="http://127.0.0.1:9/ccwfm/api/rest/status")
        report = await read(linked, "cc.send_status", agent_id="op-17", status="Work")
        assert report.run.summary["waiting"] >= 1
        assert report.exit_code is ExitCode.DONE
        assert (await read(linked, "cc.status")).run.result["status_updates"]["waiting"] >= 1
        await change(linked, status_push_url=told)
        linked.status_sender._not_before.clear()
        (connection,) = await _connections(linked)
        async with asyncio.timeout(10):
            while await linked.status_sender.flush(connection.id, 5):
                await asyncio.sleep(0.05)
        assert center.contact_center.received_statuses[-1]["stateCode"] == "Work"

    @pytest.mark.parametrize("blank", [{"agent_id": " "}, {"status": ""}])
    async def test_without_an_agent_or_a_status_nothing_is_sent(
        self, linked: Workspace, center: DemoWorld, blank: dict[str, str]
    ) -> None:
        with pytest.raises(UsageError):
            await read(linked, "cc.send_status", **({"agent_id": "op-17", "status": "Work"} | blank))
        assert center.contact_center.received_statuses == []

    async def test_without_a_receiver_it_is_said(self, linked: Workspace) -> None:
        await change(linked, status_push_url="")
        report = await read(linked, "cc.send_status", agent_id="op-17", status="Work")
        assert report.exit_code is ExitCode.NOT_CONFIGURED


class TestUpkeep:
    async def test_status_tells_without_asking_the_platform(self, linked: Workspace, center: DemoWorld) -> None:
        await read(linked, "cc.test")
        await read(linked, "cc.personnel")
        center.contact_center.forget_requests()
        told = (await read(linked, "cc.status")).run.result
        assert told["accounts"] == {"groups": 8, "agents": 60}
        assert told["health_check"]["success"] is True
        assert center.contact_center.requests == []

    async def test_settings_are_changed_by_their_own_names(self, linked: Workspace) -> None:
        report = await read(linked, "cc.config", step_ms="900000")
        assert report.error is None
        (connection,) = await _connections(linked)
        assert connection.setting("step_ms") == 900_000

    async def test_a_wrong_token_fails_the_test_with_its_stage(self, linked: Workspace, center: DemoWorld) -> None:
        center.contact_center.token = "another"
        report = await read(linked, "cc.test")
        assert report.exit_code is ExitCode.NOT_CONFIGURED
        assert report.run.result["stages"][-1]["name"] == "sign_in"


async def _connections(workspace: Workspace) -> list[Any]:
    return await workspace.store.read(connections.connections)


async def test_two_history_reads_of_one_connection_take_turns(linked: Workspace) -> None:
    handle = await linked.runner.start(Request("cc.agent_calls_data", params=DAYS))
    with pytest.raises(Exception, match="holds|under way|already"):
        await linked.runner.start(Request("cc.agent_status_data", params=DAYS))
    await handle.report()
