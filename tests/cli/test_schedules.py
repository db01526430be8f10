"""`muster schedule` and `muster organizations` as commands (command-line.md)."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.demo.world import DemoWorld
from tests.support.command import Muster, QuickMuster


def make_due(quick: Muster) -> None:
    """As if the program had slept."""
    past = (datetime.now(UTC) - timedelta(hours=3)).isoformat(timespec="microseconds")
    with closing(sqlite3.connect(quick.home / "muster.sqlite3")) as db, db:
        db.execute("UPDATE schedule SET due_at = ?, planned_at = ?", (past, past))


class TestSchedule:
    def test_one_is_added_shown_edited_paused_and_removed(self, quickly_connected: QuickMuster) -> None:
        quick = quickly_connected
        made = quick("schedule", "add", "offices.sync", "--cron", "0 3 * * *", "--zone", "Europe/Moscow", "--json").json
        assert (made["name"], made["connection"], made["interval"]) == ("vitec: offices.sync", "vitec", None)
        assert made["next_sync"] == made["due_at"] is not None
        edited = quick(
            "schedule", "edit", "vitec: offices.sync", "--every", "3600", "--quiet", "22:00-06:00", "--name", "nightly",
            "--json",
        ).json  # fmt: skip
        assert (edited["cron"], edited["interval"], edited["quiet"]) == ("", 3600, "22:00-06:00")
        assert len(quick("schedule", "show", "nightly", "--json").json["upcoming"]) == 5
        paused = quick("schedule", "pause", "nightly", "--json").json
        assert (paused["paused"], paused["next_sync"], paused["next_sync_reason"]) == (True, None, "It is paused.")
        assert quick("schedule", "resume", "nightly", "--json").json["paused"] is False
        assert [row["name"] for row in quick("schedule", "list", "--json").json] == ["nightly"]
        assert quick("schedule", "remove", "nightly").code == 0
        assert quick("schedule", "list", "--json").json == []

    def test_a_connection_may_bring_its_usual_ones_and_takes_them_along(self, quick: QuickMuster) -> None:
        made = quick("connections", "add", "hub", "--kind", "vitec", "--schedule", "--json").json
        assert made["schedules"] == ["hub: directory.sync"]
        (row,) = quick("schedule", "list", "--json").json
        assert (row["interval"], row["next_sync"]) == (900, None)
        assert row["next_sync_reason"] == "The connection hub is not set up completely."
        assert quick("connections", "remove", "hub").code == 0
        assert quick("schedule", "list", "--json").json == []

    def test_status_and_health_say_what_comes_next(self, quickly_connected: QuickMuster) -> None:
        quick = quickly_connected
        status = quick("connections", "status", "vitec", "--json").json
        assert (status["next_sync"], status["next_sync_reason"][:11]) == (None, "No schedule")
        quick("schedule", "add", "offices.sync")
        status = quick("connections", "status", "vitec", "--json").json
        assert datetime.fromisoformat(status["next_sync"]) > datetime.now(UTC)
        health = quick("connections", "health", "--json").json
        assert health["next_syncs"]["vitec"]["next_sync"] == status["next_sync"]

    def test_what_was_missed_is_made_up_for_once(self, quickly_connected: QuickMuster) -> None:
        quick = quickly_connected
        quick("schedule", "add", "offices.sync")
        assert quick("schedule", "run", "--once", "--json").json == {"runs": []}
        make_due(quick)
        ran = quick("schedule", "run", "--once", "--json")
        assert (ran.code, [row["state"] for row in ran.json["runs"]]) == (0, ["finished"])
        assert quick("schedule", "run", "--once", "--json").json == {"runs": []}
        shown = quick("runs", "list", "--json").json
        assert shown[0]["operation"] == "offices.sync"

    def test_status_updates_that_wait_go_out_with_it(
        self, quick: QuickMuster, small_world: DemoWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.operations.contact_center.sending.PATIENCE_S", 0.2)
        center = small_world.describe()["contact_center"]
        given = ("--set", f"endpoint_url={center['endpoint_url']}", "--set", "authentication_type=none")
        nowhere = ("--set", "status_push_url=http://127.0.0.1:9/status")
        assert quick("connections", "add", "cc", "--kind", "contact_center", *given, *nowhere).code == 0
        sent = quick("run", "cc.send_status", "--set", "agent_id=op-1", "--set", "status=Work", "--json")
        assert sent.json["summary"]["waiting"] > 0
        assert quick("connections", "edit", "cc", "--set", f"status_push_url={center['status_push_url']}").code == 0
        assert quick("schedule", "run", "--once", "--json").json == {"runs": []}
        assert [m["stateCode"] for m in small_world.contact_center.received_statuses][-1] == "Work"

    def test_a_run_that_goes_wrong_ends_it_with_3(self, quickly_connected: QuickMuster, small_world: DemoWorld) -> None:
        quick = quickly_connected
        quick("schedule", "add", "offices.sync")
        small_world.stop()
        make_due(quick)
        ran = quick("schedule", "run", "--once", "--json")
        assert (ran.code, [row["state"] for row in ran.json["runs"]]) == (3, ["stopped"])
        assert ran.json["runs"][0]["reason"]

    def test_what_is_skipped_says_why(self, quickly_connected: QuickMuster) -> None:
        quick = quickly_connected
        quick("schedule", "add", "offices.sync")
        quick("connections", "edit", "vitec", "--pause")
        make_due(quick)
        ran = quick("schedule", "run", "--once", "--json")
        assert (ran.code, ran.json["runs"][0]["state"]) == (0, "skipped")
        assert ran.json["runs"][0]["reason"] == "The connection vitec is paused."

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("add", "offices.sync", "--every", "5"), "60 to 86400"),
            (("add", "offices.sync", "--cron", "soon"), "is not a cron expression"),
            (("add", "offices.sync", "--quiet", "always"), "quiet hours"),
            (("add", "offices.sync", "--zone", "Nowhere"), "is not a time zone"),
            (("add", "offices.sync", "--set", "nonsense=1"), "has no parameter nonsense"),
            (("add", "offices.vanish"), "There is no operation"),
            (("add", "schedules.run_now"), "cannot run by itself"),
            (("add", "offices.sync", "--connection", "other"), "There is no connection named other"),
            (("show", "nothing"), "There is no schedule nothing"),
            (("run", "--for", "0"), "--for takes seconds"),
        ],
    )
    def test_what_cannot_be_is_a_usage_error(
        self, quickly_connected: QuickMuster, arguments: tuple[str, ...], said: str
    ) -> None:
        ran = quickly_connected("schedule", *arguments, "--json")
        assert (ran.code, said in ran.json["error"]["message"]) == (2, True), ran

    @pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
    def test_run_goes_on_until_it_is_told_to_end(self, connected: Muster, name: str) -> None:
        connected("schedule", "add", "offices.sync", "--name", "offices")
        make_due(connected)
        process = connected.start("schedule", "run", "--json")
        assert process.stderr is not None
        while "finished" not in (line := process.stderr.readline()):
            assert line, "it ended by itself"
        process.send_signal(getattr(signal, name))
        out, _err = process.communicate(timeout=30)
        assert (process.returncode, '"state":"finished"' in out) == (0, True)

    def test_for_a_while_it_runs_and_ends(self, quickly_connected: QuickMuster) -> None:
        ran = quickly_connected("schedule", "run", "--for", "0.2", "--json")
        assert (ran.code, ran.json) == (0, {"runs": []})


class TestOrganizations:
    def test_one_command_works_on_another(self, quickly_connected: QuickMuster) -> None:
        quick = quickly_connected
        assert quick("organizations", "add", "Acme AS", "--json").json["name"] == "Acme AS"
        assert [c["name"] for c in quick("connections", "list", "--json").json] == ["vitec"]
        assert quick("connections", "list", "--organization", "acme as", "--json").json == []
        assert quick("--organization", "Acme AS", "connections", "list", "--json").json == []
        refused = quick("run", "offices.sync", "--organization", "Acme AS", "--json")
        assert (refused.code, refused.json["error"]["message"]) == (5, "There is no vitec connection yet.")
        assert quick("connections", "list", "--organization", "Nobody", "--json").code == 2

    def test_switching_lasts(self, quickly_connected: QuickMuster) -> None:
        quick = quickly_connected
        quick("organizations", "add", "Acme AS")
        assert quick("organizations", "switch", "acme as").code == 0
        assert quick("connections", "list", "--json").json == []
        current = {row["name"]: row["current"] for row in quick("organizations", "list", "--json").json}
        assert current == {"default": False, "Acme AS": True}
        assert quick("organizations", "switch", "default").code == 0
        assert len(quick("connections", "list", "--json").json) == 1

    def test_exports_carry_the_name(self, quickly_connected: QuickMuster, tmp_path: Path) -> None:
        quick, file = quickly_connected, tmp_path / "offices.csv"
        assert quick("run", "offices.sync").code == 0
        quick("list", "offices", "--csv", str(file))
        assert "organization" not in file.read_text("utf-8-sig").splitlines()[0].split(",")
        assert quick("organizations", "rename", "Acme AS", "--json").json["name"] == "Acme AS"
        quick("list", "offices", "--csv", str(file))
        lines = file.read_text("utf-8-sig").splitlines()
        assert lines[0].split(",")[-1] == "organization"
        assert all(line.endswith(",Acme AS") for line in lines[1:])


def test_of_two_programs_at_once_one_runs_what_is_due(connected: Muster) -> None:
    connected("schedule", "add", "offices.sync")
    make_due(connected)
    programs = [connected.start("schedule", "run", "--once", "--json") for _program in range(3)]
    ended = [(*program.communicate(timeout=60), program.returncode) for program in programs]
    assert [code for _out, _err, code in ended] == [0, 0, 0], ended
    assert sum("finished" in out for out, _err, _code in ended) == 1
    runs = connected("runs", "list", "--json").json
    assert sum(run["operation"] == "offices.sync" for run in runs) == 1
