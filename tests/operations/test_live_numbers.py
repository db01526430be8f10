"""Live numbers: asked for, or told by the platform; never piled up, never lost for good (contact-center.md §2, §11)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from app.domain.connections import Connection
from app.domain.contact_center.alarms import Metric
from app.errors import BadData, Forbidden, RefusedSignIn, StoreError, TimedOut, Unreachable
from app.events import AlarmsChanged, LiveChanged
from app.operations.contact_center import live_feed
from app.operations.contact_center.live import Wanted
from app.operations.contact_center.live_asking import Part
from app.operations.contact_center.live_feed import Channel, Feed
from app.store import contact_center_now as stored
from app.store import contact_center_thresholds
from app.workspace import Workspace
from tests.support.live_center import AGENTS, GROUPS, PEOPLE, LiveCenter, connect, load, status, until
from tests.support.running import run


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked every 50 ms rather than every few seconds."""
    monkeypatch.setattr(live_feed, "_EARLIER_S", 100.0)
    monkeypatch.setattr(live_feed, "_QUICKEST_S", 0.05)
    monkeypatch.setattr("app.connectors.contact_center.live.PAUSES_S", (0.05, 0.05))


@pytest.fixture
async def center() -> AsyncIterator[LiveCenter]:
    async with LiveCenter().serving() as center:
        yield center


@asynccontextmanager
async def watched(workspace: Workspace, connection: Connection) -> AsyncIterator[Feed]:
    """The feed while a page shows it."""
    workspace.live.hold(connection.id, Wanted.PAGE)
    try:
        yield workspace.live.feed(connection.id)
    finally:
        workspace.live.release(connection.id, Wanted.PAGE)


def codes(feed: Feed) -> dict[str, str]:
    return {a.status.agent_id: a.status.state_code for a in feed.board.here}


class TestAsking:
    async def test_what_changes_at_the_platform_is_told(self, workspace: Workspace, center: LiveCenter) -> None:
        told: list[LiveChanged] = []
        workspace.events.subscribe(LiveChanged, told.append)
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: codes(feed) == {"op-1": "Work", "op-2": "Break"})
            assert feed.channel is Channel.POLLING
            told.clear()
            center.present([status("op-1", "Ready"), status("op-2", "Break", "Break: lunch")])
            await until(lambda: codes(feed)["op-1"] == "Ready")
            assert any("op-1" in event.agents for event in told)

    async def test_groups_are_asked_for_as_soon_as_they_are_known(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: set(feed.board.groups) == {"g-1", "g-2"})
        assert feed.board.groups["g-1"].queue.waiting == 2
        assert feed.board.groups["g-1"].waiting_since_ms is not None
        assert feed.board.groups["g-2"].waiting_since_ms is None

    async def test_who_is_missing_from_an_answer_has_left_and_stays_known(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: len(codes(feed)) == 2)
            center.present([status("op-1")])
            await until(lambda: list(codes(feed)) == ["op-1"])
            left = feed.board.agents["op-2"].left_ms
            assert left is not None
            assert abs(left - time.time() * 1000) < 60_000

    async def test_a_platform_that_names_nobody_any_more_is_believed(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: len(codes(feed)) == 2)
            center.present([])
            await until(lambda: not codes(feed))

    @pytest.mark.parametrize("question", [AGENTS, GROUPS])
    async def test_no_data_at_all_keeps_the_last_numbers_and_says_so(
        self, workspace: Workspace, center: LiveCenter, question: str
    ) -> None:
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: len(codes(feed)) == 2 and len(feed.board.groups) == 2)
            center.server.answer(question, [], 404)
            await until(lambda: feed.problem is not None)
            assert feed.problem is not None
            assert (feed.problem.code, len(codes(feed)), len(feed.board.groups)) == ("cc.no_data", 2, 2)
            center.present([status("op-3")])
            center.loads([load("g-1", 7)])
            await feed.try_now()
            await until(lambda: list(codes(feed)) == ["op-3"] and feed.board.groups["g-1"].queue.waiting == 7)
            await until(lambda: feed.problem is None)

    async def test_no_data_where_nobody_was_is_nobody(self, workspace: Workspace, center: LiveCenter) -> None:
        center.present([], 404)
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: center.asked(AGENTS) > 2)
            assert (feed.problem, codes(feed)) == (None, {})

    async def test_groups_are_asked_for_though_the_platform_suddenly_names_none(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        connection = await connect(workspace, center)
        assert (await run(workspace, "cc.personnel")).error is None
        center.server.answer(PEOPLE, {"services": []})
        async with watched(workspace, connection) as feed:
            await until(lambda: center.asked(PEOPLE) == 2 and len(feed.board.groups) == 2)
            asked = center.asked(GROUPS)
            await until(lambda: center.asked(GROUPS) > asked + 3)

    async def test_a_failure_keeps_the_last_numbers_and_their_age(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: len(codes(feed)) == 2)
            center.server.answers[AGENTS] = 200, b"<html>Sign in</html>"
            await until(lambda: isinstance(feed.problem, BadData))
            assert len(codes(feed)) == 2
            seen = feed.board.agents["op-1"].seen_ms
            await until(lambda: center.asked(GROUPS) > 3)  # one question that fails does not hold the other back
            assert feed.board.agents["op-1"].seen_ms == seen
            center.present([status("op-3")])
            await feed.try_now()
            await until(lambda: list(codes(feed)) == ["op-3"])
            assert feed.problem is None

    async def test_a_hanging_platform_is_asked_one_question_at_a_time(
        self, workspace: Workspace, center: LiveCenter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.connectors.contact_center.client.LIVE_BUDGET_S", 0.2)
        connection = await connect(workspace, center)
        async with watched(workspace, connection) as feed:
            await until(lambda: len(feed.board.groups) == 2)
            center.server.pause_s = 1.0
            await until(lambda: isinstance(feed.problem, TimedOut))
            before = len(center.server.heard)
            for _attempt in range(3):
                await feed.try_now()
                await asyncio.sleep(0.1)
            hung = [heard.at for heard in center.server.heard[before:] if heard.target.startswith("/online")]
            assert len(hung) <= 3
            assert all((b - a).total_seconds() > 0.15 for a, b in pairwise(hung))
        await until(lambda: not center.server.busy)

    async def test_a_breaker_that_is_open_is_told_and_waited_for(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: len(feed.board.groups) == 2)
            center.server.hangs_up = True
            for _attempt in range(6):
                await feed.try_now()
                await asyncio.sleep(0.05)
            client = await workspace.links.contact_center(await connection_of(workspace, feed))
            while client.breaker.refuses_until is None:
                with pytest.raises(Unreachable):
                    await client.online_statuses()
            feed._hurry()
            await until(lambda: feed.refused_until_ms is not None)
            await asyncio.sleep(0.1)
            quiet = len(center.server.heard)
            await asyncio.sleep(0.3)
            assert len(center.server.heard) == quiet
            center.server.hangs_up = False
            await feed.try_now()
            await until(lambda: feed.problem is None)
            assert feed.refused_until_ms is None

    @pytest.mark.parametrize(("code", "error"), [(401, RefusedSignIn), (403, Forbidden)])
    async def test_a_refused_sign_in_is_not_tried_again_by_itself(
        self, workspace: Workspace, center: LiveCenter, code: int, error: type[Exception]
    ) -> None:
        center.present([], code)
        center.server.slow["/personnel"] = 0.2
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: isinstance(feed.problem, error))
            await until(lambda: feed._group_ids)  # what is learned meanwhile is no reason either
            await asyncio.sleep(0.3)
            assert center.asked() == 1
            assert feed.waits_for_person
            center.present([status("op-1")])
            await feed.try_now()
            await until(lambda: list(codes(feed)) == ["op-1"])


async def connection_of(workspace: Workspace, feed: Feed) -> Connection:
    found = await feed._connection()
    assert found is not None
    return found


class TestStopping:
    async def test_nothing_is_asked_while_nobody_looks(self, workspace: Workspace, center: LiveCenter) -> None:
        connection = await connect(workspace, center)
        async with watched(workspace, connection) as feed:
            await until(lambda: len(feed.board.groups) == 2)
        await asyncio.sleep(0.1)
        asked = len(center.server.heard)
        await asyncio.sleep(0.2)
        assert len(center.server.heard) == asked
        async with watched(workspace, connection) as again:
            assert again is feed  # what it knew is there at once
            await until(lambda: len(center.server.heard) > asked)

    async def test_what_was_known_is_there_after_a_restart(self, workspace: Workspace, center: LiveCenter) -> None:
        connection = await connect(workspace, center)
        async with watched(workspace, connection) as feed:
            await until(lambda: len(feed.board.groups) == 2)
        await until(lambda: not workspace.live._running)
        await asyncio.sleep(0.1)
        kept = {a.status.agent_id for a in await workspace.store.read(stored.agents_now, connection.id)}
        assert kept == {"op-1", "op-2"}
        named = {m.state_code: m.state_name for m in await workspace.store.read(stored.meanings, connection.id)}
        assert named == {"Work": "Work", "Break": "Break: lunch"}
        fresh = Feed(connection.id, workspace.store, workspace.links, workspace.events)
        await fresh._recall()
        assert set(codes(fresh)) == {"op-1", "op-2"}
        assert fresh.board.groups["g-1"].load.waiting == 2

    async def test_pause_and_resume(self, workspace: Workspace, center: LiveCenter) -> None:
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: len(feed.board.groups) == 2)
            feed.pause(paused=True)
            await until(lambda: feed.channel is Channel.PAUSED)
            asked = len(center.server.heard)
            await asyncio.sleep(0.2)
            assert len(center.server.heard) == asked
            assert len(codes(feed)) == 2
            feed.pause(paused=False)
            await until(lambda: len(center.server.heard) > asked)

    async def test_an_edited_connection_is_asked_where_it_is_now(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        async with LiveCenter().serving() as other, watched(workspace, await connect(workspace, center)) as feed:
            other.present([status("op-3")])
            await until(lambda: len(feed.board.groups) == 2)
            edited = {"settings": {"endpoint_url": other.address, "poll_seconds": 7}}
            assert (await run(workspace, "connections.update", "cc", params=edited)).error is None
            await until(lambda: list(codes(feed)) == ["op-3"])
            assert feed.poll_s == 7

    async def test_a_paused_connection_is_left_alone_until_it_goes_on(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        async with watched(workspace, await connect(workspace, center)) as feed:
            await until(lambda: len(feed.board.groups) == 2)
            await run(workspace, "connections.update", "cc", params={"paused": True})
            await until(lambda: feed.channel is Channel.OFF)
            asked = len(center.server.heard)
            await asyncio.sleep(0.2)
            assert len(center.server.heard) == asked
            await run(workspace, "connections.update", "cc", params={"paused": False})
            await until(lambda: len(center.server.heard) > asked)

    async def test_a_removed_connection_ends_it(self, workspace: Workspace, center: LiveCenter) -> None:
        connection = await connect(workspace, center)
        async with watched(workspace, connection) as feed:
            await until(lambda: len(feed.board.groups) == 2)
            await run(workspace, "connections.delete", "cc")
            await until(workspace.live._running[connection.id].done)

    async def test_a_connection_that_lacks_something_says_so_and_begins_when_it_is_there(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        connection = await connect(workspace, center, authentication_type="bearer")
        async with watched(workspace, connection) as feed:
            await until(lambda: feed.channel is Channel.OFF)
            assert feed.problem is not None
            await run(workspace, "connections.update", "cc", params={"settings": {"authentication_type": "none"}})
            await until(lambda: len(codes(feed)) == 2)
            assert feed.problem is None


class TestListening:
    async def test_a_line_tells_at_once_and_the_platform_is_no_longer_asked(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        center.greeting = {"type": "snapshot", "agentStatus": [status("op-1")], "groupsOnlineLoad": [load("g-1", 1)]}
        center.present([status("op-1")])
        connection = await connect(workspace, center, websocket_url=center.line_address)
        async with watched(workspace, connection) as feed:
            await until(lambda: feed.line == {Part.AGENTS, Part.GROUPS})
            assert feed.channel is Channel.SOCKET
            await asyncio.sleep(0.2)
            asked = center.asked()
            await center.say(type="change", agentStatus=[status("op-2", "Ready")], groupsOnlineLoad=[load("g-1", 9)])
            await until(lambda: codes(feed) == {"op-1": "Work", "op-2": "Ready"})
            assert feed.board.groups["g-1"].load.waiting == 9
            await center.say(type="change", left=["op-1"])
            await until(lambda: list(codes(feed)) == ["op-2"])
            assert center.asked() == asked

    async def test_a_lost_line_is_made_good_by_asking_and_opened_again(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        center.greeting = {"type": "snapshot", "agentStatus": [status("op-1")], "groupsOnlineLoad": [load()]}
        connection = await connect(workspace, center, websocket_url=center.line_address)
        async with watched(workspace, connection) as feed:
            await until(lambda: feed.channel is Channel.SOCKET)
            center.greeting = None  # accepted, and then nothing is said
            center.present([status("op-2", "Ready")])
            await center.cut()
            await until(lambda: feed.channel is Channel.RECONNECTING)
            assert feed.line_problem is not None
            await until(lambda: codes(feed) == {"op-2": "Ready"})
            await until(lambda: bool(center.lines))
            asked = center.asked()
            await until(lambda: center.asked() > asked + 2)  # an open line that said nothing yet proves nothing
            await center.say(type="snapshot", agentStatus=[status("op-3")], groupsOnlineLoad=[])
            await until(lambda: list(codes(feed)) == ["op-3"])
            assert feed.channel is Channel.SOCKET

    async def test_its_requests_are_known_though_they_are_no_run_s(
        self, workspace: Workspace, center: LiveCenter
    ) -> None:
        center.greeting = {"type": "snapshot", "agentStatus": [status("op-1")], "groupsOnlineLoad": [load()]}
        connection = await connect(workspace, center, websocket_url=center.line_address)
        async with watched(workspace, connection) as feed:
            await until(lambda: feed.line == {Part.AGENTS, Part.GROUPS})
            await center.cut()
            await until(lambda: any(each.method == "LISTEN" for each in feed.requests.kept))
            kept = {each.method: each for each in reversed(feed.requests.kept)}
        assert (kept["CONNECT"].url, kept["CONNECT"].status) == (center.line_address, 101)
        assert kept["LISTEN"].messages == 1
        assert kept["LISTEN"].error
        assert kept["GET"].status == 200

    async def test_what_a_line_does_not_tell_is_asked_for(self, workspace: Workspace, center: LiveCenter) -> None:
        center.greeting = {"type": "snapshot", "agentStatus": [status("op-1")]}
        connection = await connect(workspace, center, websocket_url=center.line_address)
        async with watched(workspace, connection) as feed:
            await until(lambda: feed.line == {Part.AGENTS})
            asked = center.asked(GROUPS)
            await until(lambda: center.asked(GROUPS) > asked + 2)

    async def test_an_open_line_is_checked_now_and_then(
        self, workspace: Workspace, center: LiveCenter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_feed, "CHECK_S", 0.1)
        center.greeting = {"type": "snapshot", "agentStatus": [status("op-1")], "groupsOnlineLoad": [load()]}
        center.present([status("op-3", "Ready")])  # which the line forgets to tell
        connection = await connect(workspace, center, websocket_url=center.line_address)
        async with watched(workspace, connection) as feed:
            await until(lambda: feed.channel is Channel.SOCKET)
            await until(lambda: "op-3" in codes(feed))

    async def test_a_check_that_fails_troubles_nobody_while_the_line_tells(
        self, workspace: Workspace, center: LiveCenter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_feed, "CHECK_S", 0.05)
        center.greeting = {"type": "snapshot", "agentStatus": [status("op-1")], "groupsOnlineLoad": [load()]}
        connection = await connect(workspace, center, websocket_url=center.line_address)
        async with watched(workspace, connection) as feed:
            await until(lambda: feed.channel is Channel.SOCKET)
            center.present([], 500)
            asked = center.asked()
            await until(lambda: center.asked() > asked + 2)
            assert feed.problem is None


class TestAlarms:
    async def limits(self, workspace: Workspace, *limits: dict[str, object]) -> None:
        report = await run(workspace, "cc.live_limits", params={"limits": list(limits)})
        assert report.error is None, report.error

    async def test_a_limit_is_watched_although_no_page_is_shown(self, workspace: Workspace, center: LiveCenter) -> None:
        connection = await connect(workspace, center)
        told: list[AlarmsChanged] = []
        workspace.events.subscribe(AlarmsChanged, told.append)
        workspace.tasks.start("alarms", workspace.live.watch_alarms())
        feed = workspace.live.feed(connection.id)
        await self.limits(workspace, {"metric": "waiting", "bound": 5})
        await until(lambda: len(feed.board.groups) == 2)
        assert not feed.alarms.alarms
        center.loads([load("g-1", 6), load("g-2")])
        await until(lambda: feed.alarms.alarms)
        (alarm,) = feed.alarms.alarms
        assert (alarm.group_id, alarm.metric, alarm.value, alarm.bound) == ("g-1", Metric.WAITING, 6, 5)
        assert told
        center.loads([load("g-1", 5), load("g-2")])
        await until(lambda: not feed.alarms.alarms)
        await self.limits(workspace)
        await until(lambda: not workspace.live.is_held(connection.id, Wanted.ALARMS))

    async def test_a_database_that_is_away_for_a_moment_ends_no_watch(
        self, workspace: Workspace, center: LiveCenter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connection = await connect(workspace, center)
        await self.limits(workspace, {"metric": "waiting", "bound": 5})
        asked: list[str] = []

        def away() -> set[str]:
            asked.append("")
            raise StoreError("The database is away.")

        monkeypatch.setattr("app.operations.contact_center.live._AGAIN_S", 0.01)
        with monkeypatch.context() as patched:
            patched.setattr(contact_center_thresholds, "watched_connections", away)
            workspace.tasks.start("alarms", workspace.live.watch_alarms())
            await until(lambda: len(asked) > 1)
            assert not workspace.live.is_held(connection.id, Wanted.ALARMS)
        await until(lambda: workspace.live.is_held(connection.id, Wanted.ALARMS))

    async def test_a_limit_that_is_raised_ends_its_alarm(self, workspace: Workspace, center: LiveCenter) -> None:
        async with watched(workspace, await connect(workspace, center)) as feed:
            await self.limits(workspace, {"metric": "waiting", "bound": 1})
            await until(lambda: feed.alarms.alarms)
            feed.acknowledge([a.key for a in feed.alarms.alarms])
            assert feed.alarms.alarms[0].acknowledged
            await self.limits(workspace, {"metric": "waiting", "bound": 20})
            await until(lambda: not feed.alarms.alarms)

    async def test_a_limit_below_zero_is_refused(self, workspace: Workspace, center: LiveCenter) -> None:
        await connect(workspace, center)
        report = await run(workspace, "cc.live_limits", params={"limits": [{"metric": "waiting", "bound": -1}]})
        assert report.error is not None
