"""Reads of a contact centre that lose something say what and why, and never call it "no data" (§4, §5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from app.domain.exchange import DataType
from app.domain.outcomes import Action, RunState, Status
from app.errors import ErrorKind, ExitCode
from app.events import ContactCenterDataChanged
from app.operations.runner import Report, Request
from app.store import connections, contact_center_now
from app.store.contact_center_history import HistoryQuery, history
from app.store.values import now
from app.workspace import Workspace
from tests.support.contact_center import TOKEN, ScriptedServer, interval, load, state
from tests.support.running import run

DAY = {"start_date": "2026-03-05", "end_date": "2026-03-05"}
PEOPLE = {"services": [{"id": "1", "serviceGroups": [{"id": "g-sales"}]}], "agents": [{"id": "op-17"}]}
GOOD = state("2026-03-05T06:00:00Z", "2026-03-05T06:05:00Z")


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer()


@pytest.fixture
async def linked(workspace: Workspace, server: ScriptedServer) -> AsyncIterator[Workspace]:
    async with server.serving() as address:
        params = {"name": "cc", "kind": "contact_center", "settings": {"endpoint_url": address, "retry_attempts": 0}}
        assert (await run(workspace, "connections.create", params=params, secrets={"token": TOKEN})).exit_code == 0
        yield workspace


async def read(workspace: Workspace, operation: str, **params: Any) -> Report:
    return await run(workspace, operation, "cc", params=params)


async def stored(workspace: Workspace, data_type: DataType) -> int:
    (connection,) = await workspace.store.read(connections.connections)
    return len(await workspace.store.read(history, HistoryQuery(data_type, connection.id)))


def outcomes(report: Report) -> list[tuple[str, Status]]:
    return [(o.subject_id, o.status) for o in report.outcomes]


class TestRowsThatCannotBeRead:
    async def test_make_their_agent_partial_and_cost_no_good_row(
        self, linked: Workspace, server: ScriptedServer
    ) -> None:
        bad = state("garbage", "2026-03-05T06:05:00Z")
        server.answer("/historic/agentStatusData", [{"agentId": "a1", "states": [bad, GOOD]}])
        report = await read(linked, "cc.agent_status_data", agents="a1", **DAY)
        assert outcomes(report) == [("a1", Status.PARTIAL)]
        assert "startDate" in report.outcomes[0].message
        assert "garbage" in report.outcomes[0].message
        assert report.outcomes[0].remedy
        assert report.exit_code is ExitCode.INCOMPLETE
        assert (report.run.summary["total"], report.run.summary["created"], report.run.summary["failed"]) == (2, 1, 1)
        assert report.run.reasons == {"unreadable": 1}
        assert "1 row cannot be read" in report.run.warnings[0]
        assert await stored(linked, DataType.STATUS) == 1

    async def test_of_which_none_is_good_are_not_no_data(self, linked: Workspace, server: ScriptedServer) -> None:
        rows = [interval("xx"), interval(notUniqueTreated=-1)]
        server.answer("/historic/serviceGroupData", [{"groupId": "g", "historicData": rows}, {"groupId": None}, "junk"])
        report = await read(linked, "cc.service_group_data", groups="g", **DAY)
        assert outcomes(report) == [("g", Status.SKIPPED), ("", Status.SKIPPED)]
        assert report.exit_code is ExitCode.INCOMPLETE
        assert report.run.summary["failed"] == 4
        assert not [o for o in report.outcomes if "No data" in o.message]

    @pytest.mark.parametrize(
        ("operation", "path", "rows"),
        [
            ("cc.online_agent_status", "agentStatus",
             [{"agentId": "1", "stateCode": "A", "startDate": "2026-03-05T06:00:10Z"}, {"agentId": "3"}, 7]),
            ("cc.online_groups_load", "groupsOnlineLoad", [load(), load(callNumber="x"), {"callNumber": 1}]),
            ("cc.online_queue_metrics", "groupsOnlineLoad", [load(), load(callNumber="x"), {"callNumber": 1}]),
        ],
    )  # fmt: skip
    async def test_of_now_are_counted_and_said(
        self, linked: Workspace, server: ScriptedServer, operation: str, path: str, rows: list[object]
    ) -> None:
        server.answer(f"/online/{path}", rows)
        params = {} if operation == "cc.online_agent_status" else {"groups": ("g-sales",)}
        server.answer("/personnel", {"services": [{"id": "1", "serviceGroups": [{"id": "g-sales"}]}]})
        report = await read(linked, operation, **params)
        assert report.run.summary == {"total": 3, "created": 0, "updated": 1, "skipped": 0, "failed": 2}
        assert report.exit_code is ExitCode.INCOMPLETE
        assert "2 rows cannot be read" in report.run.warnings[0]

    async def test_of_personnel_are_counted_and_said(self, linked: Workspace, server: ScriptedServer) -> None:
        agents = [{"name": "no id"}, {"id": "5", "name": "ok"}]
        server.answer("/personnel", {"services": [{"id": "1"}, {"name": "q"}], "agents": agents})
        report = await read(linked, "cc.personnel")
        assert report.run.summary == {"groups": 0, "agents": 1, "failed": 2}
        assert report.exit_code is ExitCode.INCOMPLETE
        assert report.run.warnings == ("2 rows cannot be read: id: It is empty or missing.",)


async def test_an_interval_that_ends_before_it_begins_replaces_no_good_one(
    linked: Workspace, server: ScriptedServer
) -> None:
    def answer(**more: Any) -> None:
        server.answer("/historic/serviceGroupData", [{"groupId": "g-sales", "historicData": [interval(**more)]}])

    answer()
    good = await read(linked, "cc.service_group_data", groups="g-sales", **DAY)
    answer(end="2026-03-05T05:55:00Z", notUniqueReceived=99)
    report = await read(linked, "cc.service_group_data", groups="g-sales", **DAY)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert report.run.warnings == ("1 row cannot be read: endInterval: The end is before the start.",)
    assert report.run.result == good.run.result


class TestIdsWithCommas:
    async def test_are_left_out_with_the_remedy_and_not_without_data(
        self, linked: Workspace, server: ScriptedServer
    ) -> None:
        server.answer("/historic/agentStatusData", [{"agentId": "op-17", "states": [GOOD]}])
        server.answer("/personnel", {"services": [{"id": "1"}]})
        report = await read(linked, "cc.agent_status_data", agents=["a,b", "op-17"], **DAY)
        assert outcomes(report) == [("a,b", Status.SKIPPED), ("op-17", Status.SUCCESS)]
        assert (report.outcomes[0].action, report.exit_code) == (Action.SKIP, ExitCode.INCOMPLETE)
        assert "comma" in report.outcomes[0].message
        assert report.outcomes[0].remedy
        assert report.run.summary["failed"] == 1

    async def test_of_groups_are_said_of_their_load_too(self, linked: Workspace, server: ScriptedServer) -> None:
        server.answer("/online/groupsOnlineLoad", [load()])
        server.answer("/personnel", {"services": [{"id": "1"}]})
        report = await read(linked, "cc.online_groups_load", groups=["a,b", "g-sales"])
        assert outcomes(report) == [("g-sales", Status.SUCCESS), ("a,b", Status.SKIPPED)]
        assert report.exit_code is ExitCode.INCOMPLETE


async def test_a_read_that_stops_midway_tells_what_it_stored(linked: Workspace, server: ScriptedServer) -> None:
    server.answer("/personnel", {"services": [{"id": "1"}]})
    row = {"loginDate": "2026-03-05T06:00:00Z", "logoutDate": "2026-03-05T07:00:00Z", "duration": 3_600_000}
    whole = server.answers
    login = [{"agentId": "a1", "logins": [row]}]
    server.answer("/historic/agentLoginData", login)

    class FailsLater(dict[str, tuple[int, bytes]]):
        asked = 0

        def get(self, key: str, default: Any = None) -> Any:
            if "Login" in key:
                self.asked += 1
                if self.asked > 8:
                    return 500, b""
            return super().get(key, default)

    server.answers = FailsLater(whole)
    period = {"start_date": "2026-03-01", "end_date": "2026-03-15"}
    report = await read(linked, "cc.agent_login_data", agents="a1,a2", **period)
    assert report.run.state is not RunState.FINISHED
    assert report.error is not None
    assert report.error.kind is ErrorKind.REMOTE_ERROR
    assert report.run.summary["created"] == 1
    assert report.run.summary["total"] == 8
    assert [(o.subject_id, o.status, o.message) for o in report.outcomes] == [
        ("a1", Status.PARTIAL, f"8 rows; the days from 2026-03-09 on are missing: {report.error.message}"),
        ("a2", Status.PARTIAL, f"0 rows; the days from 2026-03-09 on are missing: {report.error.message}"),
    ]
    server.answers = whole
    again = await (await linked.runner.resume(report.run.run_id)).report()
    assert outcomes(again) == [("a1", Status.SUCCESS), ("a2", Status.SKIPPED)]


async def test_a_read_that_goes_on_asks_for_everything_of_whoever_came_meanwhile(
    linked: Workspace, server: ScriptedServer
) -> None:
    await run(linked, "connections.update", "cc", params={"settings": {"ids_per_request": 1}})
    server.answer("/personnel", PEOPLE)
    server.answer("/historic/agentStatusData", [])

    def fail_from_now_on(_event: ContactCenterDataChanged) -> None:
        server.answer("/historic/agentStatusData", {}, 500)

    forget = linked.events.subscribe(ContactCenterDataChanged, fail_from_now_on)
    stopped = await read(linked, "cc.agent_status_data", start_date="2026-03-01", end_date="2026-03-08")
    forget()
    assert outcomes(stopped) == [("op-17", Status.PARTIAL)]
    server.heard.clear()
    server.answer("/personnel", {**PEOPLE, "agents": [{"id": "op-1"}, {"id": "op-17"}]})
    server.answer("/historic/agentStatusData", [])
    await read(linked, "cc.personnel")
    await (await linked.runner.resume(stopped.run.run_id)).report()
    asked = [one.target.partition("agentId=")[2] for one in server.asked("/historic/agentStatusData")]
    assert (asked.count("op-1"), asked.count("op-17")) == (8, 4)


async def test_who_was_never_asked_for_is_not_attempted(linked: Workspace, server: ScriptedServer) -> None:
    server.answer("/historic/agentStatusData", {}, 500)
    report = await read(linked, "cc.agent_status_data", agents="a1,a2", **DAY)
    assert report.error is not None
    assert [(o.subject_id, o.status, o.message) for o in report.outcomes] == [
        (one, Status.NOT_ATTEMPTED, f"Not attempted: {report.error.message}") for one in ("a1", "a2")
    ]


async def test_chunks_of_ids_are_asked_for_side_by_side(linked: Workspace, server: ScriptedServer) -> None:
    server.answer("/personnel", {"services": [{"id": "1"}]})
    server.answer("/historic/agentLoginData", [])
    server.pause_s = 0.3
    report = await read(linked, "cc.agent_login_data", agents=[f"a{n}" for n in range(350)], **DAY)
    assert len(server.asked("/historic/agentLoginData")) == 4
    assert 2 <= server.most_busy <= 4
    assert report.exit_code is ExitCode.DONE


async def test_a_read_that_is_cancelled_tells_what_it_stored(linked: Workspace, server: ScriptedServer) -> None:
    server.answer("/personnel", {"services": [{"id": "1"}]})
    row = {"loginDate": "2026-03-05T06:00:00Z", "logoutDate": "2026-03-05T07:00:00Z", "duration": 3_600_000}
    server.answer("/historic/agentLoginData", [{"agentId": "a1", "logins": [row]}])
    params = {"agents": ["a1", "a2"], "start_date": "2026-03-01", "end_date": "2026-03-15"}

    def slow_from_now_on(_event: ContactCenterDataChanged) -> None:
        server.pause_s = 0.5

    linked.events.subscribe(ContactCenterDataChanged, slow_from_now_on)
    handle = await linked.runner.start(Request("cc.agent_login_data", "cc", params))
    async with asyncio.timeout(10):
        while not server.pause_s or not server.busy:
            await asyncio.sleep(0.01)
    handle.cancel()
    report = await handle.report()
    assert report.error is not None
    assert report.error.kind is ErrorKind.CANCELLED
    assert report.run.summary["created"] == 1
    assert outcomes(report) == [("a1", Status.PARTIAL), ("a2", Status.PARTIAL)]
    async with asyncio.timeout(10):
        while server.busy:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)


class TestClocks:
    SAID = "Contact centre: this computer's clock is about 730 days behind its clock. Set the one that is wrong."

    async def test_that_differ_are_said_once_by_a_read(self, linked: Workspace, server: ScriptedServer) -> None:
        server.ahead_s = 730 * 86_400
        server.answer("/personnel", {"services": [{"id": "1"}]})
        server.answer("/historic/agentStatusData", [{"agentId": "op-17", "states": [GOOD]}])
        report = await read(
            linked, "cc.agent_status_data", agents="op-17", start_date="2026-03-01", end_date="2026-03-05"
        )
        assert len(server.heard) > 2
        assert report.run.warnings == (self.SAID,)
        assert report.exit_code is ExitCode.DONE

    async def test_that_agree_are_not_mentioned(self, linked: Workspace, server: ScriptedServer) -> None:
        server.ahead_s = 0
        server.answer("/online/agentStatus", [])
        assert (await read(linked, "cc.online_agent_status")).run.warnings == ()

    async def test_that_differ_are_said_by_a_test(self, linked: Workspace, server: ScriptedServer) -> None:
        server.ahead_s = 730 * 86_400
        server.answer("/online/agentStatus", [])
        server.answer("/personnel", {"services": [{"id": "1"}]})
        report = await run(linked, "connections.test", "cc")
        assert report.run.result["warnings"].count(self.SAID) == 1
        assert report.run.result["details"]["clock_offset_s"] == pytest.approx(730 * 86_400, abs=60)
        assert report.run.warnings == ()
        assert report.exit_code is ExitCode.DONE

    async def test_rows_of_the_future_are_shown_and_said(self, linked: Workspace, server: ScriptedServer) -> None:
        server.answer("/online/agentStatus", [working("op-17", "2126-01-01T00:00:00Z"), working("op-18")])
        report = await read(linked, "cc.online_agent_status")
        assert [row["agentId"] for row in report.run.result] == ["op-17", "op-18"]
        assert report.run.warnings == (
            "1 live row is of the future: the clock of the contact centre, or of this computer, is wrong.",
        )


def working(agent_id: str, since: str = "2026-03-05T06:00:10Z") -> dict[str, Any]:
    return {"agentId": agent_id, "stateCode": "Work", "stateName": "Обработка", "startDate": since}


class TestNow:
    @pytest.mark.parametrize("operation", ["cc.online_groups_load", "cc.online_queue_metrics"])
    async def test_a_share_that_looks_like_a_ratio_is_said(
        self, linked: Workspace, server: ScriptedServer, operation: str
    ) -> None:
        server.answer("/online/groupsOnlineLoad", [load(callReceived=200, callAnswered=180, acd=0.9)])
        server.answer("/personnel", {"services": [{"id": "1", "serviceGroups": [{"id": "g-sales"}]}]})
        report = await read(linked, operation)
        assert report.run.warnings == ("The share of answered contacts looks like a ratio rather than a percentage.",)

    async def test_agents_that_are_as_they_were_are_unchanged(self, linked: Workspace, server: ScriptedServer) -> None:
        server.answer("/online/agentStatus", [working("op-17"), working("op-18")])
        first = await read(linked, "cc.online_agent_status")
        assert {o.action for o in first.outcomes} == {Action.UPDATE}
        server.answer("/online/agentStatus", [working("op-17"), working("op-18", "2026-03-05T07:00:00Z")])
        again = await read(linked, "cc.online_agent_status")
        assert [(o.subject_id, o.action) for o in again.outcomes] == [
            ("op-17", Action.UNCHANGED), ("op-18", Action.UPDATE),
        ]  # fmt: skip
        assert (again.run.summary["updated"], again.run.summary["skipped"]) == (1, 1)

    async def test_groups_that_are_as_they_were_are_unchanged(self, linked: Workspace, server: ScriptedServer) -> None:
        server.answer("/online/groupsOnlineLoad", [load(acd=95.0554)])
        server.answer("/personnel", {"services": [{"id": "1", "serviceGroups": [{"id": "g-sales"}]}]})
        actions = [(await read(linked, "cc.online_groups_load")).outcomes[0].action for _time in range(2)]
        assert actions == [Action.UPDATE, Action.UNCHANGED]

    async def test_a_status_that_is_sent_has_the_name_that_the_platform_gives_it(
        self, linked: Workspace, server: ScriptedServer
    ) -> None:
        (connection,) = await linked.store.read(connections.connections)
        url = f"{connection.setting('endpoint_url')}/push"
        await run(linked, "connections.update", "cc", params={"settings": {"status_push_url": url}})
        server.answer("/push", {})
        await read(linked, "cc.send_status", agent_id="op-1", status="Work")
        server.answer("/online/agentStatus", [working("op-17")])
        await read(linked, "cc.online_agent_status")
        await read(linked, "cc.send_status", agent_id="op-55", status="Work")
        assert [one.json["stateName"] for one in server.asked("/push")] == ["Work", "Обработка"]


class TestPersonnel:
    async def asked(self, linked: Workspace, server: ScriptedServer) -> int:
        server.answer("/online/groupsOnlineLoad", [load()])
        server.answer("/historic/agentStatusData", [])
        for operation in ("cc.online_groups_load", "cc.online_queue_metrics"):
            assert (await read(linked, operation)).exit_code is ExitCode.DONE
        assert (await read(linked, "cc.agent_status_data", agents="all", **DAY)).exit_code is ExitCode.DONE
        return len(server.asked("/personnel"))

    async def test_is_asked_for_once_a_day(
        self, linked: Workspace, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.answer("/personnel", PEOPLE)
        assert await self.asked(linked, server) == 1
        tomorrow = now() + timedelta(days=1)
        monkeypatch.setattr("app.operations.contact_center.asking.now", lambda: tomorrow)
        assert await self.asked(linked, server) == 2

    async def test_is_asked_for_again_when_settings_change_or_a_person_wants_it(
        self, linked: Workspace, server: ScriptedServer
    ) -> None:
        server.answer("/personnel", PEOPLE)
        assert await self.asked(linked, server) == 1
        await run(linked, "connections.update", "cc", params={"settings": {"ids_per_request": 7}})
        assert await self.asked(linked, server) == 2
        await read(linked, "cc.personnel")
        assert await self.asked(linked, server) == 3

    async def test_that_could_not_be_read_whole_is_asked_for_each_time(
        self, linked: Workspace, server: ScriptedServer
    ) -> None:
        server.answer("/personnel", {**PEOPLE, "agents": [{"id": "op-17"}, {"name": "no id"}]})
        assert await self.asked(linked, server) == 3

    @pytest.mark.parametrize("answer", [None, {"services": []}])
    async def test_that_suddenly_names_nobody_leaves_those_who_are_known(
        self, linked: Workspace, server: ScriptedServer, answer: object
    ) -> None:
        server.answer("/personnel", PEOPLE)
        await read(linked, "cc.personnel")
        server.answer("/personnel", answer, 404 if answer is None else 200)
        server.answer("/historic/agentStatusData", [{"agentId": "op-17", "states": [GOOD]}])
        told = await read(linked, "cc.personnel")
        assert "The contact centre names no agents any more; those that are known stay." in told.run.warnings
        await run(linked, "connections.update", "cc", params={"settings": {"ids_per_request": 7}})
        report = await read(linked, "cc.agent_status_data", agents="all", **DAY)
        assert outcomes(report) == [("op-17", Status.SUCCESS)]

    async def test_without_anybody_is_said_by_what_asks_for_all(
        self, linked: Workspace, server: ScriptedServer
    ) -> None:
        report = await read(linked, "cc.agent_status_data", agents="all", **DAY)
        assert report.run.warnings == ("The contact centre names no agents, so nothing was asked for.",)
        report = await read(linked, "cc.online_groups_load")
        assert report.run.warnings == ("The contact centre names no groups, so nothing was asked for.",)


async def test_a_404_for_who_is_there_is_said_where_somebody_was_and_changes_nothing(
    linked: Workspace, server: ScriptedServer
) -> None:
    assert (await read(linked, "cc.online_agent_status")).run.warnings == ()
    server.answer("/online/agentStatus", [working("op-17")])
    await read(linked, "cc.online_agent_status")
    server.answers.clear()
    report = await read(linked, "cc.online_agent_status")
    assert (report.run.result, report.exit_code) == ([], ExitCode.DONE)
    assert "404" in report.run.warnings[0]
    (connection,) = await linked.store.read(connections.connections)
    (agent,) = await linked.store.read(contact_center_now.agents_now, connection.id)
    assert (agent.status.agent_id, agent.left_ms) == ("op-17", None)
