"""`muster devices` and `muster list devices` (command-line.md, Commands; names; exit codes)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.demo.terminals.terminal import SimulatedTerminal
from app.demo.world import DemoWorld
from app.operations.device_ladder import STAGE_TITLES
from tests.support.command import Muster, QuickMuster, Ran

FIRST_KEYS = ["id", "name", "host", "port", "https", "username", "status", "source"]
ERROR_KEYS = {"kind", "message", "remedy", "retry_after"}
PASSWORD = "planted-device-password"


@pytest.fixture
def fleet_world() -> Iterator[DemoWorld]:
    with DemoWorld(people=3, offices=1, terminals=2) as world:
        yield world


@pytest.fixture
def terminal(fleet_world: DemoWorld) -> SimulatedTerminal:
    return fleet_world.terminals.terminals[0]


def add(muster: Muster, name: str = "Gate", *more: str, host: str = "127.0.0.1", password: str = PASSWORD) -> Ran:
    return muster(
        "devices", "add", name, "--host", host, "--username", "admin", "--secret", "password=-", *more, "--json",
        stdin=password + "\n",
    )  # fmt: skip


@pytest.fixture
def gate(quick: QuickMuster, terminal: SimulatedTerminal) -> QuickMuster:
    """A home that knows the first terminal as "Gate"."""
    added = add(quick, "Gate", "--port", str(terminal.port), password=terminal.password)
    assert added.code == 0, added
    return quick


class TestAdd:
    def test_what_was_added_is_listed_under_the_names_of_the_contract(self, quick: QuickMuster) -> None:
        added = add(quick, "Main entrance", "--https", "--site", "Hall 1", host="192.168.1.64")
        assert (added.code, added.err) == (0, "")
        (row,) = quick("list", "devices", "--json").json
        assert list(row)[:8] == FIRST_KEYS
        assert {k: row[k] for k in FIRST_KEYS[1:]} == {
            "name": "Main entrance", "host": "192.168.1.64", "port": 443, "https": True, "username": "admin",
            "status": "active", "source": "local",
        }  # fmt: skip
        assert (isinstance(row["id"], str), row["site"], row["missing_since"]) == (True, "Hall 1", None)
        assert not any(isinstance(value, dict) for value in row.values())
        assert quick("devices", "list", "--json").json == [row]
        assert added.json == row

    def test_the_port_is_80_unless_it_is_said_otherwise(self, quick: QuickMuster) -> None:
        add(quick, "A", host="10.0.0.1")
        add(quick, "B", "--port", "8080", host="10.0.0.2")
        assert [row["port"] for row in quick("list", "devices", "--json").json] == [80, 8080]

    def test_the_password_is_in_no_file_of_the_home_and_on_no_output(self, muster: Muster) -> None:
        outputs = [add(muster, "Gate"), muster("devices", "list"), muster("list", "devices", "--json")]
        outputs.append(muster("run", "devices.list", "--json"))
        assert [ran.code for ran in outputs] == [0] * 4
        assert PASSWORD in muster.keyring.read_text("utf-8")
        assert not any(PASSWORD in ran.out + ran.err for ran in outputs)
        files = [path for path in muster.home.rglob("*") if path.is_file()]
        assert files
        assert not any(PASSWORD.encode() in path.read_bytes() for path in files)

    def test_a_name_that_is_taken(self, quick: QuickMuster) -> None:
        add(quick)
        again = add(quick, host="10.0.0.1")
        assert (again.code, set(again.json["error"])) == (2, ERROR_KEYS)
        assert again.json["error"]["message"] == "There is already a device named Gate."

    def test_a_password_is_never_an_argument(self, quick: QuickMuster) -> None:
        ran = quick("devices", "add", "Gate", "--host", "10.0.0.1", "--secret", f"password={PASSWORD}", "--json")
        assert (ran.code, PASSWORD in ran.out + ran.err) == (2, False)
        assert quick("list", "devices", "--json").json == []

    def test_what_is_unusual_is_said_on_standard_error(self, quick: QuickMuster) -> None:
        ran = add(quick, "Gate", "--port", "8000", host="10.0.0.1")
        assert (ran.code, ran.err.startswith("! Port 8000")) == (0, True)

    @pytest.mark.skipif(sys.platform == "win32", reason="the keyring of the tests is chosen otherwise there")
    def test_without_keyring_nothing_is_added(self, quick: QuickMuster) -> None:
        refused = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        ran = quick(
            "devices", "add", "Gate", "--host", "10.0.0.1", "--secret", "password=-", "--json",
            stdin=PASSWORD + "\n", env=refused,
        )  # fmt: skip
        assert (ran.code, ran.json["error"]["kind"]) == (5, "no_keyring")
        assert quick("list", "devices", "--json").json == []


class TestEdit:
    def test_what_is_given_changes(self, quick: QuickMuster) -> None:
        add(quick)
        ran = quick("devices", "edit", "Gate", "--name", "Back door", "--port", "81", "--https", "--json")
        assert (ran.code, ran.json["name"], ran.json["port"], ran.json["https"]) == (0, "Back door", 81, True)
        assert quick("devices", "edit", "Back door", "--no-https", "--site", "Hall", "--json").json["https"] is False
        assert quick("list", "devices", "--json").json[0]["username"] == "admin"

    def test_pause_resume_remove(self, quick: QuickMuster) -> None:
        add(quick)
        assert quick("devices", "pause", "Gate", "--json").json["status"] == "inactive"
        assert quick("list", "devices", "--where", "status=inactive", "--json").json[0]["name"] == "Gate"
        assert quick("devices", "resume", "Gate", "--json").json["status"] == "active"
        assert quick("devices", "remove", "Gate", "--json").code == 0
        assert quick("list", "devices", "--json").json == []
        assert json.loads(quick.keyring.read_text("utf-8")) == {}

    @pytest.mark.parametrize(
        "arguments",
        [
            ("devices", "remove", "nope"),
            ("devices", "test", "nope"),
            ("devices", "edit", "nope", "--site", "x"),
            ("devices", "edit", "Gate", "--host", "http://10.0.0.1"),
            ("devices", "edit", "Gate", "--port", "70000"),
            ("devices", "edit", "Gate", "--unpin", "colour"),
            ("devices", "add", "Gate", "--host", "10.0.0.1"),
            ("devices", "add", "all", "--host", "10.0.0.1"),
            ("devices", "add", "Two", "--host", "10.0.0.1", "--secret", "pin=-"),
            ("devices", "trust", "Gate"),
            ("devices", "import", "no-such-file.csv"),
            ("devices", "discover", "--address", "nowhere"),
            ("list", "devices", "--where", "password=x"),
        ],
        ids=" ".join,
    )
    def test_what_does_not_exist_or_cannot_be(self, quick: QuickMuster, arguments: tuple[str, ...]) -> None:
        add(quick)
        before = quick("list", "devices", "--json").json
        plain, as_json = quick(*arguments, stdin="x" * 8 + "\n"), quick(*arguments, "--json", stdin="x" * 8 + "\n")
        assert (plain.code, as_json.code) == (2, 2), (plain, as_json)
        assert set(as_json.json["error"]) == ERROR_KEYS
        assert plain.err.strip()
        assert quick("list", "devices", "--json").json == before

    @pytest.mark.parametrize("arguments", [("devices",), ("devices", "add", "Gate"), ("devices", "nope")], ids=" ".join)
    def test_usage(self, quick: QuickMuster, arguments: tuple[str, ...]) -> None:
        ran = quick(*arguments)
        assert (ran.code, "usage: muster" in ran.err, ran.out) == (2, True, "")


class TestTest:
    def test_the_report_has_the_stages_and_what_was_learned(
        self, gate: QuickMuster, terminal: SimulatedTerminal
    ) -> None:
        ran = gate("devices", "test", "Gate", "--json")
        report = ran.json
        assert (ran.code, report["success"], report["message"]) == (0, True, "The device works.")
        assert {"success", "stages", "message", "remedy"} <= set(report)
        assert all(set(stage) == {"name", "ok", "message", "duration_ms"} for stage in report["stages"])
        assert {stage["name"] for stage in report["stages"]} == set(STAGE_TITLES) - {"tls"}
        (row,) = gate("list", "devices", "--json").json
        assert (row["model"], row["serial"], row["test_ok"]) == (terminal.model, terminal.serial, True)
        assert gate("devices", "list").code == 0

    def test_for_a_person(self, gate: QuickMuster) -> None:
        ran = gate("devices", "test", "Gate")
        assert (ran.code, "The device works." in ran.out, "sign_in" in ran.out) == (0, True, True)

    def test_a_refused_sign_in_is_5_and_costs_one_failure_across_commands(
        self, gate: QuickMuster, terminal: SimulatedTerminal
    ) -> None:
        gate("devices", "edit", "Gate", "--secret", "password=-", stdin=PASSWORD + "\n")
        codes = [gate("devices", "test", "Gate", "--json").code for _turn in range(3)]
        assert (codes, terminal.doorman.failed_in_all) == ([5, 5, 5], 1)
        ran = gate("devices", "test", "Gate", "--json")
        assert (ran.json["success"], ran.json["category"], PASSWORD in ran.out) == (
            False, "authentication_error", False,
        )  # fmt: skip

    def test_the_environment_wins_over_the_keyring(self, gate: QuickMuster) -> None:
        wrong = {"MUSTER_SECRET_GATE_PASSWORD": PASSWORD}
        assert gate("devices", "test", "Gate", "--json", env=wrong).code == 5
        assert gate("devices", "test", "Gate", "--json").code == 0

    def test_nobody_listens(self, gate: QuickMuster, terminal: SimulatedTerminal) -> None:
        terminal.switch_off()
        ran = gate("devices", "test", "Gate", "--json")
        assert (ran.code, ran.json["stages"][-1]["name"]) == (4, "address")

    def test_another_terminal_is_a_failure_until_it_is_accepted(
        self, gate: QuickMuster, terminal: SimulatedTerminal
    ) -> None:
        gate("devices", "test", "Gate", "--json")
        terminal.serial = "ANOTHER-SERIAL"
        ran = gate("devices", "test", "Gate", "--json")
        assert (ran.code, ran.json["category"]) == (4, "other_terminal")
        assert gate("devices", "test", "Gate", "--accept-serial", "--json").code == 0
        assert gate("list", "devices", "--json").json[0]["serial"] == "ANOTHER-SERIAL"

    def test_what_is_no_terminal(self, gate: QuickMuster, terminal: SimulatedTerminal) -> None:
        terminal.quirks = replace(terminal.quirks, speaks_html=True)
        ran = gate("devices", "test", "Gate", "--json")
        assert (ran.code, "not a Hikvision terminal" in ran.json["message"]) == (4, True)

    def test_as_a_run(self, gate: QuickMuster) -> None:
        ran = gate("run", "devices.test_all", "--json")
        assert (ran.code, ran.json["summary"]) == (0, {"total": 1, "success": 1, "fatal": 0})


class TestImport:
    def test_rows_and_their_outcomes(self, quick: QuickMuster, tmp_path: Path) -> None:
        file = tmp_path / "devices.csv"
        file.write_text(f"name;host;password\nA;10.0.0.1;{PASSWORD}\nB;http://x;{PASSWORD}\n", "utf-8-sig")
        shown = quick("devices", "import", str(file), "--dry-run", "--json")
        assert (shown.code, shown.json["dry_run"], quick("list", "devices", "--json").json) == (3, True, [])
        ran = quick("devices", "import", str(file), "--json")
        assert (ran.code, [o["action"] for o in ran.json["outcomes"]]) == (3, ["create", "skip"])
        assert PASSWORD not in ran.out + ran.err + shown.out
        assert [row["name"] for row in quick("list", "devices", "--json").json] == ["A"]
        plain = quick("devices", "import", str(file))
        assert (plain.code, "Row 3, host:" in plain.out) == (3, True)


class TestDiscover:
    def test_what_answers_is_listed(self, quick: QuickMuster, fleet_world: DemoWorld) -> None:
        told = fleet_world.describe()["terminals"]["sadp"]
        where = ("--address", told["host"], "--port", str(told["port"]), "--seconds", "0.3")
        ran = quick("devices", "discover", *where, "--json")
        assert (ran.code, len(ran.json)) == (0, 2)
        assert {"name", "model", "serial", "host", "port", "mac", "known", "moved", "terminal"} <= set(ran.json[0])
        plain = quick("devices", "discover", *where)
        assert (plain.code, "DS-K1T" in plain.out) == (0, True)


def test_export_and_columns(quick: QuickMuster, tmp_path: Path) -> None:
    add(quick)
    assert quick("list", "devices", "--csv", str(tmp_path / "devices.csv")).code == 0
    text = (tmp_path / "devices.csv").read_text("utf-8-sig")
    assert text.splitlines()[0].replace(";", ",").startswith(",".join(FIRST_KEYS))
    assert (PASSWORD in text, "Gate" in text) == (False, True)
