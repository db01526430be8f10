"""The command line letter by letter (command-line.md): documents, exit codes, names."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app import __version__
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.domain.kinds import KINDS
from tests.support.command import ROOT, Muster, Ran

RUN_KEYS = {
    "run_id", "operation", "connection", "dry_run", "state", "summary", "outcomes", "result", "warnings", "reasons",
    "first_fatal", "error", "started_at", "duration_ms",
}  # fmt: skip
OUTCOME_KEYS = {"subject", "subject_id", "target", "target_id", "status", "step", "message", "action"}
ERROR_KEYS = {"kind", "message", "remedy", "retry_after"}
OFFICE_KEYS = {
    "id", "vitec_department_id", "name", "legal_name", "organization_number", "short_code", "email", "phone",
    "street_address", "postal_code", "city", "is_active", "description", "department_number",
}  # fmt: skip
EMPLOYEE_KEYS = {
    "id", "vitec_employee_id", "office_id", "first_name", "last_name", "email", "title", "phone", "system_roles",
    "status", "description", "employee_no", "photo",
}  # fmt: skip
CONNECTION_KEYS = {"id", "name", "kind", "status", "settings", "secrets", "last_sync", "last_error"}
RUN_ROW_KEYS = {"id", "run_id", "operation", "connection", "state", "started_at", "duration_ms"}
CREATED = {"total": 12, "synced": 12, "created": 12, "updated": 0, "skipped": 0, "missing_office": 0}


class TestRun:
    def test_a_sync_and_all_that_can_be_read_afterwards(self, connected: Muster) -> None:
        ran = connected("run", "directory.sync", "--connection", "vitec", "--json")
        document = ran.json
        assert (ran.code, ran.err) == (0, "")
        assert set(document) == RUN_KEYS
        assert (document["operation"], document["connection"], document["dry_run"], document["state"]) == (
            "directory.sync", "vitec", False, "finished",
        )  # fmt: skip
        assert document["summary"] == {
            "offices": {"total": 3, "synced": 3, "created": 3, "updated": 0, "skipped": 0}, "employees": CREATED,
        }  # fmt: skip
        assert len(document["outcomes"]) == 15
        assert set(document["outcomes"][0]) >= OUTCOME_KEYS
        assert {(o["status"], o["action"]) for o in document["outcomes"]} == {("success", "create")}
        assert (document["first_fatal"], document["error"]) == (None, None)
        assert document["started_at"].endswith("Z")
        self.check_again(connected, document)
        self.check_lists(connected, document["run_id"])

    def check_again(self, muster: Muster, first: dict[str, Any]) -> None:
        second = muster("run", "directory.sync", "--json")
        assert (second.code, second.json["summary"]["employees"]) == (
            0,
            CREATED | {"synced": 0, "created": 0, "skipped": 12},
        )
        assert {o["action"] for o in second.json["outcomes"]} == {"unchanged"}
        shown = muster("runs", "show", first["run_id"], "--json")
        assert (shown.code, shown.json) == (0, first)

    def check_lists(self, muster: Muster, run_id: str) -> None:
        offices, people = muster("list", "offices", "--json").json, muster("list", "employees", "--json").json
        assert (len(offices), len(people)) == (3, 12)
        assert set(offices[0]) >= OFFICE_KEYS
        assert set(people[0]) >= EMPLOYEE_KEYS
        assert all(isinstance(p["system_roles"], list) and isinstance(p["id"], str) for p in people)
        assert {p["office_id"] for p in people} <= {o["id"] for o in offices}
        runs, same = muster("runs", "list", "--json").json, muster("list", "runs", "--json").json
        assert runs == same
        assert set(runs[0]) == RUN_ROW_KEYS
        assert run_id in {r["run_id"] for r in runs}
        (connection,) = muster("list", "connections", "--json").json
        assert set(connection) == CONNECTION_KEYS
        assert (connection["secrets"], connection["last_error"]) == ({"access_key": True}, None)
        assert connection["last_sync"].endswith("Z")

    def test_a_dry_run_has_the_same_shape_and_stores_nothing(self, connected: Muster) -> None:
        ran = connected("run", "directory.sync", "--dry-run", "--json")
        assert (ran.code, set(ran.json), ran.json["dry_run"]) == (0, RUN_KEYS, True)
        assert {(o["action"], o["message"]) for o in ran.json["outcomes"]} == {("create", "Would be created")}
        assert connected("list", "offices", "--json").json == []
        assert [r["operation"] for r in connected("runs", "list", "--json").json] == ["connections.create"]

    def test_for_a_person_it_says_the_same_in_words(self, connected: Muster, small_world: DemoWorld) -> None:
        small_world.vitec.employees[0]["name"] = " "
        ran = connected("run", "directory.sync")
        assert ran.code == 3
        assert "offices: total 3, synced 3, created 3" in ran.out
        assert "No name in Vitec. Give the person a name in" in " ".join(ran.out.replace("│", " ").split())


CODES = [
    (FaultPlan(Fault.UNAUTHORIZED), 5, "refused_sign_in", "Vitec Hub unauthorized."),
    (FaultPlan(Fault.FORBIDDEN), 5, "forbidden", "Vitec Hub forbidden."),
    (FaultPlan(Fault.REDIRECT), 5, "redirected", "Vitec Hub redirects to login.fjordheim.example."),
    (
        FaultPlan(Fault.RATE_LIMITED, seconds=90),
        4,
        "rate_limited",
        "Vitec Hub rate limit reached. Retry after 90 seconds.",
    ),
    (FaultPlan(Fault.NOT_FOUND), 4, "remote_error", "Vitec Hub does not know this installation id (or path)."),
    (FaultPlan(Fault.HTML), 4, "bad_data", "Invalid Vitec Hub response."),
]


class TestExitCodes:
    @pytest.mark.parametrize(("fault", "code", "kind", "message"), CODES, ids=lambda v: getattr(v, "fault", None))
    def test_a_run_that_was_stopped(
        self, quickly_connected: Muster, small_world: DemoWorld, fault: FaultPlan, code: int, kind: str, message: str
    ) -> None:
        small_world.vitec.fault = fault
        ran = quickly_connected("run", "offices.sync", "--json")
        assert (ran.code, ran.json["state"], ran.json["first_fatal"]) == (code, "stopped", message)
        assert set(ran.json["error"]) == ERROR_KEYS
        assert (ran.json["error"]["kind"], ran.json["error"]["message"]) == (kind, message)
        assert ran.json["error"]["retry_after"] == (90 if kind == "rate_limited" else None)
        assert quickly_connected("list", "offices", "--json").json == []

    def test_nobody_listens(self, quickly_connected: Muster, small_world: DemoWorld) -> None:
        small_world.stop()
        ran = quickly_connected("connections", "test", "vitec", "--json")
        assert (ran.code, ran.json["success"]) == (4, False)
        assert ran.json["stages"][-1]["name"] == "address"

    def test_left_out_for_a_cause(self, quickly_connected: Muster, small_world: DemoWorld) -> None:
        small_world.vitec.employees[0]["departmentId"] = []
        ran = quickly_connected("run", "directory.sync", "--json")
        assert (ran.code, ran.json["state"], ran.json["reasons"]) == (3, "finished", {"missing_department_id": 1})

    def test_an_empty_answer_is_a_warning_and_what_it_locks_is_held(
        self, quickly_connected: Muster, small_world: DemoWorld
    ) -> None:
        quickly_connected("run", "directory.sync", "--json")
        small_world.vitec.fault = FaultPlan(Fault.EMPTY_LIST)
        empty = quickly_connected("run", "directory.sync", "--json")
        assert (empty.code, len(empty.json["warnings"]) >= 2) == (0, True)
        ids = ",".join(p["id"] for p in quickly_connected("list", "employees", "--json").json)
        held = quickly_connected("run", "employees.deactivate", "--set", f"employees={ids}", "--json")
        assert (held.code, held.json["error"]["kind"]) == (6, "held")

    @pytest.mark.parametrize(
        "arguments",
        [
            ("run", "no.such.operation"),
            ("run", "offices.sync", "--connection", "nope"),
            ("run", "offices.sync", "--set", "nope=1"),
            ("run", "offices.sync", "--set", "novalue"),
            ("run", "connections.list", "--connection", "vitec"),
            ("run", "employees.edit", "--set", "id=1", "--set", "values=[1"),
            ("runs", "show", "nope"),
            ("runs", "resume", "nope"),
            ("runs", "export", "nope", "out.csv"),
            ("connections", "test", "nope"),
            ("connections", "remove", "nope"),
            ("connections", "status", "nope"),
            ("connections", "add", "two", "--kind", "nope"),
            ("connections", "add", "two", "--kind", "vitec", "--set", "nope=1"),
            ("connections", "add", "two", "--kind", "vitec", "--set", "base_url=http://hub.example"),
            ("connections", "add", "two", "--kind", "vitec", "--secret", "nope=-"),
            ("connections", "add", "vitec", "--kind", "vitec"),
            ("connections", "edit", "vitec", "--set", "timeout_s=soon"),
            ("connections", "import-env", "no-such-file"),
            ("list", "offices", "--where", "nope=1"),
            ("list", "offices", "--where", "nope"),
            ("timeline", "person", "nope", "--limit", "0"),
            ("audit", "list", "--limit", "99999999999999999999"),
            ("schedule", "run", "--for", "nan"),
        ],
        ids=" ".join,
    )
    def test_what_does_not_exist_or_cannot_be(self, offline: Muster, arguments: tuple[str, ...]) -> None:
        before = offline("list", "connections", "--json").json
        plain, as_json = offline(*arguments, stdin="x" * 8 + "\n"), offline(*arguments, "--json", stdin="x" * 8 + "\n")
        assert (plain.code, as_json.code) == (2, 2), (plain, as_json)
        assert set(as_json.json["error"]) == ERROR_KEYS
        assert as_json.json["error"]["message"]
        assert plain.err.strip() or plain.out.strip()
        assert "Traceback" not in plain.err + as_json.err
        assert offline("list", "connections", "--json").json == before

    @pytest.mark.parametrize(
        "arguments",
        [("nope",), ("list", "nope"), ("connections",), ("runs", "show"), ("connections", "add", "x"), ("run",)],
        ids=" ".join,
    )
    def test_usage(self, quick: Muster, arguments: tuple[str, ...]) -> None:
        ran = quick(*arguments)
        assert (ran.code, "usage: muster" in ran.err, ran.out) == (2, True, "")
        told = quick(*arguments, "--json")
        assert (told.code, bool(told.json["error"]["message"])) == (2, True)

    def test_a_database_that_another_program_has_locked(
        self, quickly_connected: Muster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.store.database._LOCK_WAIT_S", 0.1)
        with closing(sqlite3.connect(quickly_connected.home / "muster.sqlite3")) as other:
            other.execute("BEGIN EXCLUSIVE")
            ran = quickly_connected("run", "offices.sync", "--json")
        assert (ran.code, ran.json["error"]["kind"]) == (7, "busy")
        assert ran.json["error"]["message"] == "Another program is using the database."

    def test_not_configured(self, quick: Muster) -> None:
        ran = quick("run", "offices.sync", "--json")
        assert (ran.code, ran.json["error"]["kind"], ran.json["state"]) == (5, "not_configured", "stopped")
        assert set(ran.json) == RUN_KEYS

    def test_pitfall_1_without_installation_id_no_request_is_sent(
        self, quickly_connected: Muster, small_world: DemoWorld
    ) -> None:
        assert quickly_connected("connections", "edit", "vitec", "--set", "installation_id=", "--json").code == 0
        small_world.vitec.forget_requests()
        ran = quickly_connected("run", "directory.sync", "--json")
        assert (ran.code, ran.json["error"]["kind"]) == (5, "not_configured")
        assert "VITEC_INSTALLATION_ID is not configured." in ran.json["error"]["message"]
        assert small_world.vitec.requests == []

    def test_a_permission_that_is_missing(self, quickly_connected: Muster) -> None:
        (quickly_connected.home / "settings.json").write_text('{"role": "viewer"}')
        ran = quickly_connected("run", "offices.sync", "--json")
        assert (ran.code, ran.json["error"]["kind"]) == (5, "forbidden")
        assert "integrations.sync" in ran.json["error"]["message"]

    def test_an_unreadable_settings_file_is_said_and_stops_nothing(self, quickly_connected: Muster) -> None:
        (quickly_connected.home / "settings.json").write_text("{oops")
        ran = quickly_connected("run", "offices.sync", "--json")
        assert (ran.code, ran.json["state"]) == (0, "finished")
        assert "The settings file could not be read, so the defaults are in use" in ran.err


@pytest.fixture
def offline(quick: Muster) -> Muster:
    """A connection is there, nobody listens at its address."""
    address = {
        "base_url": "http://127.0.0.1:9",
        "installation_id": "MS",
        "product_login": "x",
        "access_key": "some-key",
    }
    quick.connect(address)
    return quick


class TestConnections:
    def test_its_whole_life(self, quickly_connected: Muster, small_world: DemoWorld) -> None:
        key = small_world.vitec.access_keys[1]
        tested = quickly_connected("connections", "test", "vitec", "--json")
        assert tested.code == 0
        assert set(tested.json) >= {"success", "stages", "message", "remedy"}
        assert all(set(s) == {"name", "ok", "message", "duration_ms"} for s in tested.json["stages"])
        edited = quickly_connected(
            "connections", "edit", "vitec", "--set", "max_rps=7", "--secret", "access_key=-", "--name", "hub", "--json",
            stdin=key + "\n",
        )  # fmt: skip
        assert (edited.code, edited.json["name"], edited.json["settings"]["max_rps"]) == (0, "hub", 7)
        assert quickly_connected("connections", "test", "hub", "--json").code == 0
        assert quickly_connected("connections", "edit", "hub", "--pause", "--json").json["status"] == "inactive"
        paused = quickly_connected("run", "offices.sync", "--json")
        assert (paused.code, paused.json["error"]["kind"]) == (5, "not_configured")
        assert quickly_connected("connections", "edit", "hub", "--resume", "--json").json["status"] == "active"
        status = quickly_connected("connections", "status", "hub", "--json").json
        assert set(status) >= {
            "configured", "connected", "installation_id", "error", "available_methods", "checked_at", "status",
            "last_sync", "error_count", "success_rate", "performance_metrics",
        }  # fmt: skip
        assert quickly_connected("connections", "health", "--json").json["status"] == "healthy"
        assert quickly_connected("connections", "list", "--json").json[0]["name"] == "hub"
        assert quickly_connected("connections", "remove", "hub", "--json").code == 0
        assert quickly_connected("connections", "list", "--json").json == []
        assert json.loads(quickly_connected.keyring.read_text()) == {}

    def test_one_with_a_history_is_deactivated_and_purged_on_demand(self, quickly_connected: Muster) -> None:
        assert quickly_connected("run", "offices.sync", "--json").code == 0
        removed = quickly_connected("connections", "remove", "vitec")
        assert (removed.code, "deactivated instead of removed" in removed.out) == (0, True)
        assert quickly_connected("connections", "list", "--json").json[0]["status"] == "inactive"
        asked = quickly_connected("connections", "remove", "vitec", "--purge", "--json")
        assert (asked.code, asked.json["error"]["kind"]) == (6, "held")
        purged = quickly_connected("connections", "remove", "vitec", "--purge", "--confirm", "--json")
        assert (purged.code, purged.json["removed"]) == (0, True)
        assert quickly_connected("connections", "list", "--json").json == []

    def test_a_key_that_is_refused(self, quickly_connected: Muster) -> None:
        quickly_connected("connections", "edit", "vitec", "--secret", "access_key=-", stdin="wrong-key\n")
        ran = quickly_connected("connections", "test", "vitec", "--json")
        assert (ran.code, ran.json["success"], ran.json["message"]) == (5, False, "Vitec Hub unauthorized.")
        assert "QA key" in ran.json["remedy"]
        in_words = quickly_connected("connections", "test", "vitec")
        assert (in_words.code, "Vitec Hub unauthorized." in in_words.out) == (5, True)

    @pytest.mark.parametrize("argument", ["access_key=planted-argument", "access_key=", "access_key=--"])
    def test_a_secret_is_never_an_argument(self, quick: Muster, argument: str) -> None:
        ran = quick("connections", "add", "vitec", "--kind", "vitec", "--secret", argument)
        assert (ran.code, "planted-argument" in ran.out + ran.err) == (2, False)
        assert "A secret is never an argument" in ran.err

    def test_an_empty_secret_is_refused(self, quick: Muster) -> None:
        ran = quick("connections", "add", "vitec", "--kind", "vitec", "--secret", "access_key=-", stdin="")
        assert (ran.code, "The secret access_key is empty." in ran.err) == (2, True)

    def test_a_secret_among_the_settings_is_refused_and_kept_nowhere(self, quick: Muster) -> None:
        ran = quick("connections", "add", "vitec", "--kind", "vitec", "--set", "access_key=planted-setting")
        assert ran.code == 2
        assert not [p for p in quick.home.rglob("*") if p.is_file() and b"planted-setting" in p.read_bytes()]

    def test_import_env(self, quick: Muster, small_world: DemoWorld, tmp_path: Path) -> None:
        told = small_world.describe()["vitec"]
        file = tmp_path / "settings.env"
        file.write_text(
            f'export VITEC_HUB_BASE_URL="{told["base_url"]}"\nVITEC_INSTALLATION_ID={told["installation_id"]}\n'
            f"VITEC_HUB_PRODUCT_LOGIN='{told['product_login']}'\nVITEC_ACCESS_KEY={told['access_key']}\n",
            encoding="utf-8-sig",
        )
        ran = quick("connections", "import-env", str(file), "--json")
        assert (ran.code, [c["name"] for c in ran.json]) == (0, ["vitec"])
        assert told["access_key"] not in ran.out + ran.err
        assert quick("run", "offices.sync", "--json").code == 0


class TestSecrets:
    @pytest.mark.parametrize(
        "backend",
        [
            "keyring.backends.null.Keyring",
            "keyring.backends.fail.Keyring",
            "tests.support.keyring_file.LockedKeyring",
        ],
    )
    def test_without_keyring_it_says_how_to_get_one_and_writes_no_file(self, quick: Muster, backend: str) -> None:
        env = {"PYTHON_KEYRING_BACKEND": backend}
        ran = quick(
            "connections", "add", "vitec", "--kind", "vitec", "--secret", "access_key=-", "--json",
            stdin="planted-key\n", env=env,
        )  # fmt: skip
        assert (ran.code, ran.json["error"]["kind"]) == (5, "no_keyring")
        assert "keyring" in ran.json["error"]["remedy"].lower()
        assert quick("list", "connections", "--json").json == []
        assert not [p for p in quick.home.rglob("*") if p.is_file() and b"planted-key" in p.read_bytes()]

    def test_a_secret_from_the_environment_needs_no_keyring_and_is_never_stored(
        self, quick: Muster, small_world: DemoWorld
    ) -> None:
        told = small_world.describe()["vitec"]
        env = {
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "MUSTER_SECRET_MY_HUB_ACCESS_KEY": told["access_key"],
        }
        sets = [a for k in ("base_url", "installation_id", "product_login") for a in ("--set", f"{k}={told[k]}")]
        assert quick("connections", "add", "my hub", "--kind", "vitec", *sets, env=env).code == 0
        assert quick("connections", "test", "my hub", "--json", env=env).code == 0
        listed = quick("connections", "list", "--json", env=env).json
        assert listed[0]["secrets"] == {"access_key": True}
        ran = quick("run", "offices.sync", "--json", env=env)
        assert (ran.code, ran.json["summary"]["created"]) == (0, 3)
        without = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        refused = quick("run", "offices.sync", "--json", env=without)
        assert (refused.code, refused.json["error"]["kind"]) == (5, "no_keyring")
        test = quick("connections", "test", "my hub", "--json", env=without)
        assert (test.code, test.json["stages"][0]["ok"]) == (5, False)

    def test_a_planted_secret_is_in_no_file_and_no_output(self, quick: Muster, small_world: DemoWorld) -> None:
        key = "pl4nted/secret+with=signs"
        small_world.vitec.access_keys.insert(0, key)
        loud = type(quick)(quick.home, quick.keyring, {"LOG_LEVEL": "DEBUG"})
        loud.connect(small_world.describe()["vitec"])
        ran = [
            loud("run", "directory.sync", "--json"),
            loud("connections", "test", "vitec"),
            loud("list", "connections"),
        ]
        small_world.vitec.fault = FaultPlan(Fault.SERVER_ERROR, leaks=True, status=500)
        ran += [loud("connections", "test", "vitec", "--json"), loud("connections", "status", "vitec", "--json")]
        small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
        ran += [loud("run", "employees.sync"), loud("runs", "list", "--json"), loud("run", "no.such")]
        ran.append(
            loud("connections", "add", "x", "--kind", "vitec", "--set", f"base_url=https://me:{key}@hub.example")
        )
        said = "\n".join(r.out + r.err for r in ran)
        files = {p: p.read_bytes() for p in quick.home.rglob("*") if p.is_file()}
        assert "GET MSFJORDTEST/Departments" in (quick.home / "logs" / "muster.log").read_text()
        for form in (key, "bXVzdGVyLWRlbW86", "pl4nted%2Fsecret"):
            assert form not in said
            assert not [p for p, content in files.items() if form.encode() in content]


class TestOperations:
    def test_every_operation_with_its_schema(self, quick: Muster) -> None:
        ran = quick("operations", "--json")
        found = {o["id"]: o for o in ran.json}
        assert {"offices.sync", "employees.sync", "directory.sync"} <= set(found)
        assert all(set(o) == {"id", "title", "permission", "kinds", "params", "writes"} for o in ran.json)
        assert all(o["params"]["type"] == "object" for o in ran.json)
        assert found["offices.sync"]["kinds"] == ["vitec"]
        assert (found["offices.sync"]["writes"], found["connections.list"]["writes"]) == (True, False)
        assert not (quick.home / "muster.sqlite3").exists()
        assert "offices.sync" in quick("operations").out

    def test_every_kind_has_the_keys_of_the_contract(self) -> None:
        settings = {
            "vitec": {"base_url", "environment", "installation_id", "product_login", "timeout_s", "max_rps"},
            "supabase": {
                "url", "auth_mode", "email", "publishable_key", "jwks_url", "photo_bucket", "photo_mode", "page_size",
            },
            "cetec": {"api_url", "domain", "protocol", "backups", "only_billable", "timeout_s"},
            "mysql": {
                "host", "port", "socket", "user", "tls", "batch_size", "query_timeout_s", "batch_timeout_s",
            },
            "onec": {"endpoint_url", "authentication_type", "username"},
            "contact_center": {"endpoint_url", "authentication_type"},
        }  # fmt: skip
        secrets = {
            "vitec": {"access_key"},
            "supabase": {"password", "service_key", "jwt_secret"},
            "cetec": {"preshared_token"},
            "mysql": {"password"},
            "onec": {"password", "token", "key", "client_secret", "refresh_token"},
            "contact_center": {"password", "token", "key", "client_secret", "refresh_token"},
        }
        assert settings.keys() >= {kind.value for kind in KINDS}
        for kind, spec in KINDS.items():
            assert settings[kind] <= {f.key for f in spec.settings}
            assert {f.key for f in spec.secrets if not f.advanced} == secrets[kind]


class TestLists:
    @pytest.fixture
    def filled(self, quickly_connected: Muster) -> Muster:
        assert quickly_connected("run", "directory.sync", "--json").code == 0
        return quickly_connected

    def test_where(self, filled: Muster) -> None:
        people = filled("list", "employees", "--json").json
        one = people[0]
        assert filled("list", "employees", "--where", f"id={one['id']}", "--json").json == [one]
        role = next(p["system_roles"][0] for p in people if p["system_roles"])
        found = filled(
            "list", "employees", "--where", f"system_roles={role}", "--where", "status=active", "--json"
        ).json
        assert found == [p for p in people if role in p["system_roles"] and p["status"] == "active"]
        assert filled("list", "offices", "--where", "is_active=true", "--json").json
        assert filled("list", "offices", "--where", "name=nobody", "--json").json == []
        assert filled("list", "employees", "--where", "missing_since=", "--json").json == people

    def test_exports(self, filled: Muster, tmp_path: Path) -> None:
        people = filled("list", "employees", "--json").json
        target = tmp_path / "people.csv"
        assert filled("list", "employees", "--csv", str(target)).code == 0
        text = target.read_text("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ",")
        assert set(header) == set(people[0])
        assert {r[header.index("id")] for r in rows} == {p["id"] for p in people}
        assert filled("list", "employees", "--xlsx", str(tmp_path / "people.xlsx")).code == 0
        assert (tmp_path / "people.xlsx").read_bytes()[:2] == b"PK"
        (run_id, *_rest) = [r["run_id"] for r in filled("runs", "list", "--json").json]
        assert filled("runs", "export", run_id, str(tmp_path / "run.json")).code == 0
        exported = json.loads((tmp_path / "run.json").read_text("utf-8"))
        assert len(exported) == 15
        assert filled("runs", "export", run_id, str(tmp_path / "run.docx")).code == 2
        assert filled("list", "employees", "--csv", str(tmp_path / "no" / "such" / "folder.csv")).code in {1, 2}

    def test_an_empty_table_has_its_columns(self, quick: Muster, tmp_path: Path) -> None:
        assert quick("list", "offices", "--csv", str(tmp_path / "x.csv")).code == 0
        assert "vitec_department_id" in (tmp_path / "x.csv").read_text("utf-8-sig")

    def test_for_a_person(self, filled: Muster) -> None:
        ran = filled("list", "offices")
        assert (ran.code, "Fjordheim" in ran.out) == (0, True)

    def test_norwegian_letters_survive_a_terminal_that_does_not_know_them(self, filled: Muster, muster: Muster) -> None:
        odd = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
        ran = muster("list", "employees", "--json", env=odd)
        assert ran.json == filled("list", "employees", "--json").json
        assert not ran.out.isascii()
        assert muster("list", "employees", env=odd).code == 0


class TestTheCommandItself:
    def test_muster_and_python_m_app_are_the_same(self, muster: Muster) -> None:
        script = Path(sys.executable).with_name("muster")
        if not script.exists():
            pytest.skip("the package is not installed here")
        ended = subprocess.run([script, "--version"], capture_output=True, text=True, env=muster.env())
        assert (ended.stdout, muster("--version").out) == (f"muster {__version__}\n",) * 2

    def test_home_before_or_after_the_command_wins_over_the_variable(self, muster: Muster, tmp_path: Path) -> None:
        for number, arguments in enumerate([("--home", "H", "list", "runs"), ("list", "runs", "--home", "H")]):
            other = tmp_path / f"other-{number}"
            assert muster(*(str(other) if a == "H" else a for a in arguments)).code == 0
            assert (other / "muster.sqlite3").exists()
        assert not (muster.home / "muster.sqlite3").exists()

    def test_a_home_that_is_a_file(self, muster: Muster, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        ran = muster("list", "runs", "--home", str(tmp_path / "file"))
        assert (ran.code, "Traceback" in ran.err) == (1, False)

    @pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="there is always a display there")
    def test_the_window_without_a_display_is_refused(self, muster: Muster) -> None:
        for arguments in ((), ("gui",)):
            ran = muster(*arguments)
            assert (ran.code, "There is no display" in ran.err) == (2, True)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
    @pytest.mark.parametrize(("redirected", "code"), [(">/dev/full", 1), (">&-", 0)])
    def test_output_that_cannot_be_written_is_said_and_none_at_all_is_fine(
        self, muster: Muster, redirected: str, code: int
    ) -> None:
        ended = subprocess.run(
            ["sh", "-c", f"{sys.executable} -m app roles show {redirected}"], capture_output=True, text=True, cwd=ROOT,
            env=muster.env() | {"PYTHONPATH": os.pathsep.join([str(ROOT)])},
        )  # fmt: skip
        assert (ended.returncode, "Traceback" in ended.stderr, bool(ended.stderr)) == (code, False, bool(code))

    def test_nothing_slow_is_imported_for_the_help(self, muster: Muster) -> None:
        loaded = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "app", "--help"], capture_output=True, text=True, cwd=ROOT,
            env=muster.env() | {"PYTHONPATH": os.pathsep.join([str(ROOT)])},
        )  # fmt: skip
        assert loaded.returncode == 0
        imported = {line.rpartition("|")[2].strip() for line in loaded.stderr.splitlines()}
        assert not imported & {"httpx", "peewee", "keyring", "PIL", "rich", "uvicorn", "PySide6"}


def test_ran_reads_exactly_one_document() -> None:
    with pytest.raises(json.JSONDecodeError):
        _ = Ran(0, "{}\n{}\n", "").json
