"""Commands as processes: interrupted, killed and taken up again, two at once, serving until told to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from tests.support.command import ROOT, Muster

_MOST_SECONDS = 30
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")


def until_asked(world: DemoWorld, path: str) -> None:
    """Returns when the Hub was asked for `path`."""
    deadline = time.monotonic() + _MOST_SECONDS
    while not any(r.path.endswith(path) for r in world.vitec.requests):
        assert time.monotonic() < deadline, "never asked"
        time.sleep(0.01)


def started_sync(muster: Muster, world: DemoWorld, hang_at: str) -> subprocess.Popen[str]:
    """A sync that waits in the middle for an answer of the Hub."""
    world.vitec.forget_requests()
    world.vitec.fault = FaultPlan(Fault.HANG, only=hang_at)
    process = muster.start("run", "directory.sync", "--json")
    until_asked(world, f"/{hang_at.capitalize()}")
    return process


def directory_of(muster: Muster) -> dict[str, list[Any]]:
    """What is stored, without what differs from home to home."""
    hidden = {"id", "office_id", "also_at", "connection", "created_at", "updated_at", "missing_since"}
    return {
        table: [
            {k: v for k, v in row.items() if k not in hidden} for row in muster("list", table, "--json").json
        ]
        for table in ("offices", "employees")
    }  # fmt: skip


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_ends_within_a_second_as_cancelled(
    connected: Muster, small_world: DemoWorld, by: signal.Signals
) -> None:
    process = started_sync(connected, small_world, "employees")
    begun = time.monotonic()
    process.send_signal(by)
    out, err = process.communicate(timeout=_MOST_SECONDS)
    assert time.monotonic() - begun < 2  # one for the cancel, the rest for the end of the process
    document = json.loads(out)
    assert (process.returncode, document["state"], document["error"]["kind"]) == (130, "cancelled", "cancelled"), err
    assert document["summary"] == {"offices": {"total": 3, "synced": 3, "created": 3, "updated": 0, "skipped": 0}}
    assert connected("runs", "show", document["run_id"], "--json").json == document
    small_world.vitec.fault = FaultPlan()
    resumed = connected("runs", "resume", document["run_id"], "--json")
    assert (resumed.code, resumed.json["state"], len(resumed.json["outcomes"])) == (0, "finished", 15)


def test_a_killed_sync_is_taken_up_where_it_was(connected: Muster, small_world: DemoWorld, tmp_path: Path) -> None:
    process = started_sync(connected, small_world, "employees")
    process.kill()
    process.communicate(timeout=_MOST_SECONDS)
    small_world.vitec.fault = FaultPlan()
    assert len(connected("list", "offices", "--json").json) == 3
    assert connected("list", "employees", "--json").json == []
    (killed,) = [r for r in connected("runs", "list", "--json").json if r["operation"] == "directory.sync"]
    assert killed["state"] == "interrupted"
    small_world.vitec.forget_requests()
    resumed = connected("runs", "resume", killed["run_id"], "--json")
    assert [r.path for r in small_world.vitec.requests] == ["/MSFJORDTEST/Employees"]
    assert (resumed.code, resumed.json["run_id"], resumed.json["state"]) == (0, killed["run_id"], "finished")
    assert [o["target"] for o in resumed.json["outcomes"]] == ["offices"] * 3 + ["employees"] * 12
    assert (resumed.json["summary"]["offices"]["created"], resumed.json["summary"]["employees"]["created"]) == (3, 12)
    assert connected("runs", "resume", killed["run_id"]).code == 2
    undisturbed = Muster(tmp_path / "undisturbed", tmp_path / "other-keyring.json")
    undisturbed.connect(small_world.describe()["vitec"])
    assert undisturbed("run", "directory.sync", "--json").code == 0
    assert directory_of(connected) == directory_of(undisturbed)
    again = connected("run", "directory.sync", "--json")
    assert (again.code, again.json["summary"]["employees"]["synced"]) == (0, 0)


def test_a_killed_sync_does_not_keep_the_next_one_from_starting(connected: Muster, small_world: DemoWorld) -> None:
    process = started_sync(connected, small_world, "departments")
    process.kill()
    process.communicate(timeout=_MOST_SECONDS)
    small_world.vitec.fault = FaultPlan()
    assert connected("run", "directory.sync", "--json").code == 0


def test_a_second_command_on_the_same_target_is_told_who_holds_it(connected: Muster, small_world: DemoWorld) -> None:
    process = started_sync(connected, small_world, "employees")
    ran = connected("run", "offices.sync", "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (7, "busy")
    assert " is already running directory.sync on " in ran.json["error"]["message"]
    assert ran.json["error"]["remedy"]
    (running,) = [r for r in connected("runs", "list", "--json").json if r["state"] == "running"]
    held = connected("runs", "resume", running["run_id"], "--json")
    assert (held.code, "This run is still running." in held.out) == (7, True)
    assert len(connected("list", "offices", "--json").json) == 3  # reading goes on
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=_MOST_SECONDS)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_simulate_prints_one_object_and_serves_until_told_to_stop(muster: Muster, by: signal.Signals) -> None:
    process = muster.start("simulate", "--people", "7", "--offices", "2", "--json")
    assert process.stdout is not None
    systems = json.loads(process.stdout.readline())
    told = systems["vitec"]
    assert set(told) == {"base_url", "installation_id", "product_login", "access_key"}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{told['base_url']}/_demo/requests", timeout=5) as answer:
        assert json.loads(answer.read()) == []
    process.send_signal(by)
    out, err = process.communicate(timeout=_MOST_SECONDS)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_reader_that_has_read_enough_is_no_error(muster: Muster) -> None:
    process = muster.start("operations", "--json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert (process.wait(_MOST_SECONDS), process.stderr.read()) == (0, "")
    process.stderr.close()


def test_a_secret_is_asked_for_where_standard_input_is_closed(muster: Muster) -> None:
    command = f"exec {sys.executable} -m app roles set-passcode --json <&-"
    ran = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, cwd=ROOT, env=muster.env(), timeout=_MOST_SECONDS,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    assert "Standard input is closed" in json.loads(ran.stdout)["error"]["message"]


def test_simulate_of_an_impossible_firm_is_refused(muster: Muster) -> None:
    ran = muster("simulate", "--offices", "0", "--json")
    assert (ran.code, "Traceback" in ran.err) == (2, False), ran


@pytest.mark.parametrize("arguments", [("demo", "--headless"), ("demo",)], ids=" ".join)
def test_the_demo_without_a_window_stores_the_whole_firm(muster: Muster, arguments: tuple[str, ...]) -> None:
    if sys.platform == "darwin" and len(arguments) == 1:
        pytest.skip("there is always a display there")
    ran = muster(*arguments, env={"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"})
    assert ran.code == 0, ran
    assert "14 offices and 340 employees stored." in ran.out
    assert "employees: total 340, synced 340, created 340" in ran.out
    assert ("There is no display" in ran.err) is (len(arguments) == 1)
    assert not (muster.home / "muster.sqlite3").exists()


def test_a_person_at_a_terminal_sees_progress_and_a_program_does_not(connected: Muster) -> None:
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "run", "directory.sync"], cwd=ROOT, env=connected.env({"TERM": "xterm"}),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, text=True,
    )  # fmt: skip
    os.close(theirs)
    out, _err = process.communicate(timeout=_MOST_SECONDS)
    seen = b""
    try:
        while part := os.read(ours, 10_000):
            seen += part
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(ours)
    assert process.returncode == 0
    assert "offices: total 3" in out
    assert b"Sync employees" in seen or b"Fetching" in seen or b"Storing" in seen
    assert connected("run", "directory.sync").err == ""
