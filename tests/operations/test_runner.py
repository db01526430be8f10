"""The runner: how a run starts, ends, is cancelled, held and taken up again (house.md; connections.md §10, §11)."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.access import Role
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.outcomes import RunState
from app.errors import Busy, Cancelled, Forbidden, NotConfigured, StoreError, UsageError
from app.events import OutcomesReported, RunEnded, RunProgress, RunStarted
from app.operations import registry
from app.operations import runner as runner_module
from app.operations.context import RunContext
from app.operations.registry import Operation, operation, operations
from app.operations.runner import Request
from app.store import database, directory, directory_plans, runs
from app.workspace import Workspace
from tests.support.running import dump, execute, run


@pytest.fixture
def bug() -> Iterator[str]:
    """An operation with a fault of ours in it."""
    operations()
    from app.access import Permission
    from app.operations.registry import NoParams

    @operation("test.bug", "A bug", Permission.READ, NoParams, target="bug")
    async def fail(_context: RunContext, _params: NoParams) -> None:
        raise ZeroDivisionError("planted-in-exception")

    yield "test.bug"
    del registry._operations["test.bug"]


async def state_of(workspace: Workspace, run_id: str) -> RunState:
    found = await workspace.store.read(runs.find_run, run_id)
    assert found is not None
    return found.state


async def leases_held(workspace: Workspace) -> int:
    def count() -> int:
        return int(execute(workspace.store, "SELECT count(*) FROM lease").fetchone()[0])

    return await workspace.store.read(count)


class TestHowARunEnds:
    async def test_finished(self, desk: Workspace) -> None:
        report = await run(desk, "offices.sync")
        kept = await desk.store.read(runs.find_run, report.run.run_id)
        assert kept == report.run
        assert await desk.store.read(runs.outcomes, report.run.run_id) == list(report.outcomes)
        assert (report.run.state, await leases_held(desk)) == (RunState.FINISHED, 0)

    async def test_stopped_by_a_fatal_error(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN)
        report = await run(desk, "offices.sync")
        assert await state_of(desk, report.run.run_id) is RunState.STOPPED
        assert (report.exit_code, await leases_held(desk)) == (5, 0)

    async def test_failed_by_a_bug_ends_the_run_and_not_the_program(
        self, desk: Workspace, bug: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        from app.redaction import register_secret

        register_secret("planted-in-exception")
        report = await run(desk, bug)
        assert report.run.error is not None
        assert (report.run.error.kind, report.exit_code) == ("unexpected", 1)
        assert report.run.error.message == "An unexpected fault ended the run: ZeroDivisionError: ••••"
        assert "send the log file" in report.run.error.remedy
        assert await state_of(desk, report.run.run_id) is RunState.FAILED
        assert await leases_held(desk) == 0
        assert "ZeroDivisionError" in caplog.text
        assert (await run(desk, "offices.sync")).exit_code == 0

    async def test_listeners_hear_of_start_progress_outcomes_and_end(self, desk: Workspace) -> None:
        heard: list[str] = []
        for kind in (RunStarted, RunProgress, OutcomesReported, RunEnded):
            desk.events.subscribe(kind, lambda event: heard.append(type(event).__name__))
        await run(desk, "offices.sync")
        assert heard[0] == "RunStarted"
        assert heard[-1] == "RunEnded"
        assert {"RunProgress", "OutcomesReported"} <= set(heard)

    async def test_a_listener_that_fails_never_fails_the_sync(
        self, desk: Workspace, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(_event: object) -> None:
            raise RuntimeError("no notifications today")

        for kind in (RunStarted, OutcomesReported, RunEnded):
            desk.events.subscribe(kind, fail)
        report = await run(desk, "offices.sync")
        assert (report.exit_code, len(await desk.store.read(directory.offices))) == (0, 3)
        assert "no notifications today" in caplog.text


class TestRefusedBeforeAnythingExists:
    @pytest.mark.parametrize(
        ("request_", "error"),
        [
            (Request("no.such"), UsageError),
            (Request("offices.sync", params={"no_such": "1"}), UsageError),
            (Request("employees.deactivate"), UsageError),
            (Request("offices.sync", "no-such"), UsageError),
            (Request("connections.list", "vitec"), UsageError),
            (Request("connections.import_env", params={"file": ["a"]}), UsageError),
            (Request("employees.deactivate", params={"employees": "{not json"}), UsageError),
            (Request("employees.edit", params={"id": "1", "values": "[" * 100_000}), UsageError),
        ],
    )
    async def test_what_does_not_exist_or_cannot_be(
        self, desk: Workspace, request_: Request, error: type[Exception]
    ) -> None:
        before = await dump(desk)
        with pytest.raises(error):
            await desk.runner.start(request_)
        assert await dump(desk) == before

    async def test_no_connection_of_the_kind_yet(self, workspace: Workspace) -> None:
        with pytest.raises(NotConfigured, match="There is no vitec connection yet."):
            await workspace.runner.start(Request("offices.sync"))

    async def test_several_connections_and_none_named(self, desk: Workspace, small_world: DemoWorld) -> None:
        await run(desk, "connections.create", params={"name": "two", "kind": "vitec"})
        with pytest.raises(UsageError, match="There are several vitec connections: two, vitec."):
            await desk.runner.start(Request("offices.sync"))

    async def test_a_paused_connection(self, desk: Workspace) -> None:
        await run(desk, "connections.update", "vitec", params={"paused": True})
        with pytest.raises(NotConfigured, match="The connection vitec is paused."):
            await desk.runner.start(Request("offices.sync", "vitec"))
        assert (await run(desk, "connections.test", "vitec")).exit_code == 0
        with pytest.raises(NotConfigured):  # a test does not resume it
            await desk.runner.start(Request("offices.sync", "vitec"))
        await run(desk, "connections.update", "vitec", params={"paused": False})
        assert (await run(desk, "offices.sync", "vitec")).exit_code == 0

    @pytest.mark.parametrize(
        ("role", "allowed"),
        [
            (Role.VIEWER, {"integrations.read"}),
            (Role.TECHNICIAN, {"integrations.read", "integrations.sync"}),
            (Role.OPERATOR, {"integrations.read", "integrations.write", "integrations.sync"}),
            (
                Role.ADMINISTRATOR,
                {"integrations.read", "integrations.write", "integrations.sync", "integrations.admin"},
            ),
        ],
    )
    async def test_a_role_without_the_permission_is_told_which_it_lacks(
        self, desk: Workspace, role: Role, allowed: set[str]
    ) -> None:
        desk.settings_file.change(role=role)
        for found in operations().values():
            if found.permission in allowed:
                continue
            with pytest.raises(Forbidden, match=f"lacks the permission {found.permission}") as refused:
                await desk.runner.start(Request(found.id, "vitec" if found.kinds else ""))
            assert (refused.value.exit_code, refused.value.remedy) == (5, "Ask an administrator.")


class TestParameters:
    def read(self, operation_id: str, **given: Any) -> Any:
        return operations()[operation_id].read_params(given)

    def test_lists_are_comma_separated_or_json(self) -> None:
        for text in ("a, b,", '["a", "b"]'):
            assert self.read("employees.deactivate", employees=text).employees == ("a", "b")

    def test_objects_are_json(self) -> None:
        assert self.read("employees.edit", id="1", values='{"title": "Sjef"}').values == {"title": "Sjef"}

    def test_booleans_from_text(self) -> None:
        assert self.read("connections.update", paused="true").paused is True

    def test_every_schema_is_one_of_an_object_that_takes_nothing_else(self) -> None:
        from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

        for found in operations().values():
            schema = found.schema()
            Draft202012Validator.check_schema(schema)
            assert (schema["type"], schema["additionalProperties"]) == ("object", False)
            parts = [part for part in schema.get("$defs", {}).values() if "properties" in part]
            assert all(part["additionalProperties"] is False for part in parts)

    @pytest.mark.parametrize(
        ("operation_id", "given", "named"),
        [
            (
                "onec.send_schedule",
                {"shifts": [{"agent_id": "a"}, {"agent_id": "a", "breaks": []}]},
                "shifts[1].breaks",
            ),
            ("onec.plan_shifts", {"shifts": '[{"agentId": "a"}]'}, "shifts[0].agentId"),
            (
                "onec.send_fact_work_time",
                {"agent_id": "a", "shift_start": "b", "periods": [{"start": "09:00", "end": "10:00", "time": 1}]},
                "periods[0].time",
            ),
            (
                "mappings.update",
                {"entity": "person", "rows": [{"target": "a", "transforms": [{"kind": "trim", "txt": "b"}]}]},
                "rows[0].transforms[0].txt",
            ),
            ("cc.bulk_import", {"file": "a", "validation_rules": {"b": {"mn": 1}}}, "validation_rules.b.mn"),
        ],
    )
    def test_a_misspelt_key_in_a_part_is_refused_and_not_left_out(
        self, operation_id: str, given: dict[str, Any], named: str
    ) -> None:
        with pytest.raises(UsageError, match=re.escape(f"{operation_id} has no parameter {named}.")) as refused:
            self.read(operation_id, **given)
        assert refused.value.remedy.startswith("Its parameters are: ")

    @pytest.mark.parametrize("found", list(operations().values()), ids=lambda o: str(o.id))
    def test_every_operation_has_words_and_a_permission(self, found: Operation) -> None:
        assert found.title
        assert found.permission
        assert found.params.__doc__


class TestCancel:
    async def test_before_its_first_step(self, desk: Workspace) -> None:
        handle = await desk.runner.start(Request("offices.sync"))
        handle.cancel()
        report = await handle.report()
        assert (report.run.state, report.exit_code) == (RunState.CANCELLED, 130)
        assert await state_of(desk, handle.run_id) is RunState.CANCELLED
        assert (await leases_held(desk), await desk.store.read(directory.offices)) == (0, [])
        assert (await run(desk, "offices.sync")).exit_code == 0

    async def test_within_a_second_while_the_server_hangs(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.HANG)
        fetching = asyncio.Event()
        desk.events.subscribe(RunProgress, lambda _event: fetching.set())
        handle = await desk.runner.start(Request("directory.sync"))
        await fetching.wait()
        begun = time.monotonic()
        handle.cancel()
        report = await handle.report()
        assert time.monotonic() - begun < 1
        assert (report.run.state, report.exit_code, report.run.first_fatal) == (RunState.CANCELLED, 130, None)
        assert report.run.error is not None
        assert (report.run.error.kind, report.run.error.message) == ("cancelled", "Cancelled.")

    async def test_within_a_second_while_a_big_transaction_is_under_way_and_nothing_is_kept(
        self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with DemoWorld(people=5000, offices=40) as world:
            await connect_demo(workspace, world.describe())
            await run(workspace, "offices.sync")
            writing = asyncio.Event()
            loop = asyncio.get_running_loop()
            real = database.insert_rows

            def announce(*args: Any) -> None:
                loop.call_soon_threadsafe(writing.set)
                real(*args)

            monkeypatch.setattr(directory_plans, "insert_rows", announce)
            handle = await workspace.runner.start(Request("employees.sync"))
            await writing.wait()
            begun = time.monotonic()
            handle.cancel()
            report = await handle.report()
            assert time.monotonic() - begun < 1
        assert report.run.state is RunState.CANCELLED
        assert await workspace.store.read(directory.employees) == []
        assert await workspace.store.read(runs.outcomes, handle.run_id) == []

    async def test_twice_is_once(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.HANG)
        handle = await desk.runner.start(Request("offices.sync"))
        for _time in range(2):
            await asyncio.sleep(0)
            handle.cancel()
        assert (await handle.report()).run.state is RunState.CANCELLED

    async def test_closing_the_workspace_cancels_what_runs_and_stores_that(
        self, home: Any, keyring: Any, small_world: DemoWorld
    ) -> None:
        async with await Workspace.open(home, keyring=keyring) as first:
            await connect_demo(first, small_world.describe())
            small_world.vitec.fault = FaultPlan(Fault.HANG)
            handle = await first.runner.start(Request("offices.sync"))
            await asyncio.sleep(0.05)
        async with await Workspace.open(home, keyring=keyring) as second:
            assert await state_of(second, handle.run_id) is RunState.CANCELLED
            assert await leases_held(second) == 0


class TestResume:
    @pytest.mark.parametrize("fault", [Fault.FORBIDDEN, Fault.CUT_JSON])
    async def test_what_was_confirmed_is_not_done_again(
        self, desk: Workspace, small_world: DemoWorld, fault: Fault
    ) -> None:
        small_world.vitec.fault = FaultPlan(fault, only="employees")
        stopped = await run(desk, "directory.sync")
        small_world.vitec.fault = FaultPlan()
        small_world.vitec.forget_requests()
        handle = await desk.runner.resume(stopped.run.run_id)
        report = await handle.report()
        assert [r.path for r in small_world.vitec.requests] == ["/MSFJORDTEST/Employees"]
        assert (report.run.run_id, report.run.state) == (stopped.run.run_id, RunState.FINISHED)
        assert report.run.summary["offices"]["created"] == 3
        assert report.run.summary["employees"]["created"] == 12
        assert [o.target for o in report.outcomes] == ["offices"] * 3 + ["employees"] * 12
        assert report.run.started_at == stopped.run.started_at
        assert report.run.duration_ms >= stopped.run.duration_ms
        kept = await desk.store.read(runs.find_run, report.run.run_id)
        assert kept == report.run
        assert await desk.store.read(runs.outcomes, report.run.run_id) == list(report.outcomes)

    async def test_a_finished_or_unknown_run_cannot_be_resumed(self, desk: Workspace) -> None:
        finished = await run(desk, "offices.sync")
        with pytest.raises(UsageError, match="This run has finished"):
            await desk.runner.resume(finished.run.run_id)
        with pytest.raises(UsageError, match="There is no run nope."):
            await desk.runner.resume("nope")

    async def test_a_run_under_way_cannot_be_resumed(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.HANG)
        handle = await desk.runner.start(Request("offices.sync"))
        with pytest.raises(Busy, match="This run is still running."):
            await desk.runner.resume(handle.run_id)
        handle.cancel()
        await handle.report()


SLEEPER = """
import sys, time
print(flush=True)
time.sleep(600)
"""


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[str]]:
    """Another process of this computer."""
    process = subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def held_by(workspace: Workspace, host: str, process: str, beat_at: float) -> None:
    """Another program holds the target of Vitec syncs."""
    (connection_id,) = execute(workspace.store, "SELECT id FROM connection").fetchone()
    execute(
        workspace.store,
        "INSERT INTO lease VALUES (?, 'other-run', 'offices.sync', 'Kari', ?, ?, ?)",
        (f"vitec:{connection_id}", host, process, beat_at),
    )


def process_name(pid: int) -> str:
    return f"{pid}:{runs._started_s(pid):.2f}"


class TestOneRunPerTarget:
    async def test_a_second_run_is_refused_and_told_who_holds_it(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.HANG)
        handle = await desk.runner.start(Request("directory.sync"))
        before = len(await desk.store.read(runs.runs))
        with pytest.raises(Busy, match="is already running directory.sync on ") as busy:
            await desk.runner.start(Request("offices.sync"))
        assert busy.value.exit_code == 7
        assert len(await desk.store.read(runs.runs)) == before
        handle.cancel()
        await handle.report()

    async def test_another_living_process_holds_it(self, desk: Workspace, stranger: subprocess.Popen[str]) -> None:
        await desk.store.write(held_by, desk, runs.HOST, process_name(stranger.pid), time.time())
        with pytest.raises(Busy, match=f"Kari is already running offices.sync on {runs.HOST}."):
            await desk.runner.start(Request("offices.sync"))

    async def test_a_lease_of_a_dead_process_is_taken_over(
        self, desk: Workspace, stranger: subprocess.Popen[str]
    ) -> None:
        await desk.store.write(held_by, desk, runs.HOST, process_name(stranger.pid), time.time())
        stranger.kill()
        stranger.wait()
        assert (await run(desk, "offices.sync")).exit_code == 0

    @pytest.mark.skipif(sys.platform == "win32", reason="a killed process leaves nothing behind on Windows")
    async def test_a_killed_process_that_nobody_asked_after_is_dead_too(
        self, desk: Workspace, stranger: subprocess.Popen[str]
    ) -> None:
        await desk.store.write(held_by, desk, runs.HOST, process_name(stranger.pid), time.time())
        stranger.kill()
        os.waitid(os.P_PID, stranger.pid, os.WEXITED | os.WNOWAIT)
        assert (await run(desk, "offices.sync")).exit_code == 0

    async def test_another_process_with_the_same_number_is_not_the_holder(
        self, desk: Workspace, stranger: subprocess.Popen[str]
    ) -> None:
        await desk.store.write(held_by, desk, runs.HOST, f"{stranger.pid}:1.00", time.time())
        assert (await run(desk, "offices.sync")).exit_code == 0

    @pytest.mark.parametrize(("silent_s", "taken"), [(0.0, False), (runs.SILENT_S + 10, True)])
    async def test_a_holder_on_another_computer_may_be_silent_for_five_minutes(
        self, desk: Workspace, silent_s: float, taken: bool
    ) -> None:
        await desk.store.write(held_by, desk, "elsewhere", "1:1.00", time.time() - silent_s)
        if taken:
            assert (await run(desk, "offices.sync")).exit_code == 0
        else:
            with pytest.raises(Busy, match="Kari is already running offices.sync on elsewhere."):
                await desk.runner.start(Request("offices.sync"))

    async def test_a_dry_run_asks_nobody(self, desk: Workspace, stranger: subprocess.Popen[str]) -> None:
        await desk.store.write(held_by, desk, runs.HOST, process_name(stranger.pid), time.time())
        assert (await run(desk, "offices.sync", dry_run=True)).exit_code == 0

    def test_whether_a_process_lives_does_not_depend_on_the_clock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import psutil

        me = runs.this_process()
        real_boot, real_created = psutil.boot_time, psutil.Process.create_time
        monkeypatch.setattr(psutil, "boot_time", lambda: real_boot() + 86_400)
        monkeypatch.setattr(psutil.Process, "create_time", lambda self: real_created(self) + 86_400)
        monkeypatch.setattr(time, "time", lambda: 0.0)
        assert runs.process_alive(me)


class TestLostLease:
    """This computer slept in mid-run and another program took over."""

    async def lose(self, workspace: Workspace) -> None:
        await workspace.store.write(lambda: execute(workspace.store, "DELETE FROM lease"))

    async def test_the_beat_stops_the_run_before_anything_else_is_written(
        self, desk: Workspace, small_world: DemoWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runner_module, "BEAT_S", 0.02)
        small_world.vitec.fault = FaultPlan(Fault.HANG)
        handle = await desk.runner.start(Request("offices.sync"))
        await self.lose(desk)
        report = await handle.report()
        assert (report.run.state, report.exit_code) == (RunState.STOPPED, 7)
        assert report.run.error is not None
        assert report.run.error.message == "Another program took over while this computer slept."

    async def test_a_commit_after_waking_keeps_nothing(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.SLOW, seconds=0.1)
        handle = await desk.runner.start(Request("offices.sync"))
        await self.lose(desk)
        report = await handle.report()
        assert (report.run.state, report.exit_code) == (RunState.STOPPED, 7)
        assert await desk.store.read(directory.offices) == []


class TestInterrupted:
    async def test_a_run_of_a_dead_process_is_found_and_offered(self, desk: Workspace) -> None:
        report = await run(desk, "offices.sync")
        await desk.store.write(lambda: execute(desk.store, "UPDATE run SET state = 'running', process = '999999:1.00'"))
        found = await desk.runner.interrupted()
        assert report.run.run_id in {r.run_id for r in found}
        assert {r.state for r in found} == {RunState.INTERRUPTED}

    async def test_a_run_of_this_process_is_not(self, desk: Workspace, small_world: DemoWorld) -> None:
        small_world.vitec.fault = FaultPlan(Fault.HANG)
        handle = await desk.runner.start(Request("offices.sync"))
        assert await desk.runner.interrupted() == []
        handle.cancel()
        await handle.report()


async def test_an_end_that_could_not_be_stored_is_stored_with_the_next_run(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = runs.end_run

    def full(_run: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(runs, "end_run", full)
    report = await run(desk, "offices.sync")
    assert "its end could not be stored: The disk is full" in caplog.text
    monkeypatch.setattr(runs, "end_run", real)
    assert (await run(desk, "offices.sync")).exit_code == 0  # the target is not held for ever
    assert await state_of(desk, report.run.run_id) is RunState.FINISHED


async def test_a_store_that_refuses_to_begin_refuses_the_run(desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_run: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(runs, "begin_run", full)
    with pytest.raises(StoreError, match="The disk is full, nothing was stored"):
        await desk.runner.start(Request("offices.sync"))
    assert (desk.runner.handles, await leases_held(desk)) == ({}, 0)


async def test_writing_waits_for_its_end_when_the_caller_is_cancelled(desk: Workspace) -> None:
    stop, begun = threading.Event(), threading.Event()

    def work(stop: threading.Event) -> None:
        begun.set()
        assert stop.wait(5)
        raise Cancelled("rolled back")

    task = asyncio.get_running_loop().create_task(desk.store.write(work, stop))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stop.is_set()
