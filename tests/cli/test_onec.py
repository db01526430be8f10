"""1C on the command line: each of the ten operations by one command, exit codes, people in the list of employees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.demo.onec.troubles import Method, Trouble, TroublePlan
from app.demo.world import DemoWorld
from tests.support.command import QuickMuster, Ran

TODAY = datetime.now(ZoneInfo("Europe/Moscow")).date()
NEXT_MONTH = (TODAY.replace(day=1) + timedelta(days=32)).replace(day=1)
STORED = {"total", "created", "updated", "skipped", "failed"}


@pytest.fixture
def firm() -> Iterator[DemoWorld]:
    with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=1) as world:
        yield world


@pytest.fixture
def payroll(quick: QuickMuster, firm: DemoWorld) -> QuickMuster:
    """A home connected to the demo 1C, its password given on standard input."""
    told = firm.onec.describe()
    keys = ("endpoint_url", "authentication_type", "username")
    settings = [part for key in keys for part in ("--set", f"{key}={told[key]}")]
    added = quick(
        "connections", "add", "1c", "--kind", "onec", *settings, "--set", "retry_attempts=0",
        "--secret", "password=-", stdin=told["password"] + "\n",
    )  # fmt: skip
    assert added.code == 0, added
    return quick


def run(muster: QuickMuster, operation: str, *more: str, **params: object) -> Ran:
    sets = [part for key, value in params.items() for part in ("--set", f"{key}={value}")]
    return muster("run", operation, *sets, *more, "--json")


def shifts(*agents: str, day: Any = NEXT_MONTH) -> str:
    return json.dumps([{"agent_id": a, "start": f"{day}T09:00", "end": f"{day}T18:00"} for a in agents])


def test_all_ten_are_listed_with_their_permissions(quick: QuickMuster) -> None:
    listed = {o["id"]: o for o in quick("operations", "--json").json}
    permissions = {i: o["permission"].partition(".")[2] for i, o in listed.items() if i.startswith("onec.")}
    assert permissions.items() >= {
        "onec.agents": "read", "onec.sync_personnel": "sync", "onec.send_schedule": "write", "onec.norm_hours": "read",
        "onec.timetype_info": "read", "onec.send_fact_work_time": "write", "onec.deviations": "read",
        "onec.status": "read", "onec.config": "admin", "onec.test": "read",
    }.items()  # fmt: skip
    assert listed["onec.sync_personnel"]["params"]["properties"].keys() >= {"start_date", "end_date", "full_sync"}
    assert listed["onec.config"]["params"]["properties"].keys() >= {"timezone", "time_type_map", "sync_interval"}


def test_reads_give_their_rows(payroll: QuickMuster, firm: DemoWorld) -> None:
    one = firm.onec.people[0].agent_id.lower()
    agents = run(payroll, "onec.agents", start_date="2026-01-01", end_date="2026-01-31")
    assert (agents.code, len(agents.json["result"]), len(agents.json["outcomes"])) == (0, 60, 60)
    year = {"start_date": f"{TODAY.year}-01-01", "end_date": f"{TODAY.year}-12-31", "people": one}
    norms = run(payroll, "onec.norm_hours", calculation_mode="quarter", **year)
    assert (norms.code, norms.json["summary"].keys()) == (0, STORED)
    assert {row["external_id"] for row in norms.json["result"]} == {one}
    sheet = run(payroll, "onec.timetype_info", people=one)
    assert (sheet.code, len(sheet.json["result"])) == (0, 1)
    gaps = run(payroll, "onec.deviations", people=one)
    assert (gaps.code, type(gaps.json["result"])) == (0, list)


def test_people_are_listed_as_employees_with_what_1c_says(payroll: QuickMuster, firm: DemoWorld) -> None:
    ran = run(payroll, "onec.sync_personnel", full_sync="true")
    assert (ran.code, ran.json["summary"]) == (0, {"total": 60, "created": 60, "updated": 0, "skipped": 0, "failed": 0})
    people = payroll("list", "employees", "--json").json
    first = firm.onec.people[0]
    row = next(p for p in people if p["external_id"] == first.agent_id.lower())
    assert (row["personnel_number"], row["middle_name"], row["hire_date"]) == (
        first.number, first.middle_name, first.hired.isoformat(),
    )  # fmt: skip
    assert row["department"]
    assert row["linked_by"] == "new"
    one = payroll("list", "employees", "--where", f"personnel_number={first.number}", "--json").json
    assert [p["id"] for p in one] == [row["id"]]
    assert row["id"] in {o["subject_id"] for o in ran.json["outcomes"]}


def test_nobody_in_a_full_sync_is_an_error(payroll: QuickMuster, firm: DemoWorld) -> None:
    run(payroll, "onec.sync_personnel")
    firm.onec.trouble = TroublePlan(Trouble.NOBODY, only=Method.AGENTS)
    ran = run(payroll, "onec.sync_personnel", full_sync="true")
    assert (ran.code, ran.json["error"]["kind"]) == (4, "bad_data")


def test_schedules_that_are_sent_refused_closed_empty_or_of_strangers(payroll: QuickMuster, firm: DemoWorld) -> None:
    one, other = (p.agent_id.lower() for p in firm.onec.people[:2])
    assert run(payroll, "onec.send_schedule", shifts=shifts(one)).code == 0
    again = run(payroll, "onec.send_schedule", shifts=shifts(one)).json
    assert [(o["status"], o["action"]) for o in again["outcomes"]] == [("skipped", "unchanged")]
    closed = run(payroll, "onec.send_schedule", shifts=shifts(one, day=TODAY - timedelta(days=62)))
    empty = run(payroll, "onec.send_schedule", shifts="[]")
    stranger = run(payroll, "onec.send_schedule", shifts=shifts("stranger", other))
    assert (closed.code, empty.code, stranger.code) == (3, 3, 3)
    assert [o["status"] for o in stranger.json["outcomes"]] == ["skipped", "success"]
    preview = run(payroll, "onec.send_schedule", "--dry-run", shifts=shifts(other, day=NEXT_MONTH + timedelta(days=1)))
    assert (preview.code, preview.json["result"][0]["daily_hours"]) == (0, 9)


def test_worked_time_is_held_without_a_confirmation_and_unknown_after_a_time_out(
    payroll: QuickMuster, firm: DemoWorld
) -> None:
    fact = {
        "agent_id": firm.onec.people[0].agent_id,
        "shift_start": f"{TODAY}T00:00",  # which has begun, whatever the time
        "periods": json.dumps([{"start": f"{TODAY}T00:00", "end": f"{TODAY}T00:20"}]),
        "initiator_name": "Петров П.П.",
    }
    shown = run(payroll, "onec.send_fact_work_time", **fact)
    assert (shown.code, [s["time"] for s in shown.json["result"]["slices"]]) == (6, [900_000, 300_000])
    assert run(payroll, "onec.config", timeout_seconds="1").code == 0
    firm.onec.trouble = TroublePlan(Trouble.SILENT, only=Method.FACTS)
    lost = run(payroll, "onec.send_fact_work_time", confirm="true", **fact)
    assert (lost.code, [o["status"] for o in lost.json["outcomes"]]) == (4, ["unknown"])
    firm.onec.trouble = TroublePlan()
    resumed = payroll("runs", "resume", lost.json["run_id"], "--json")
    held = run(payroll, "onec.send_fact_work_time", confirm="true", **fact)
    assert (resumed.code, held.code) == (6, 6)
    assert [r.path.rpartition("/")[2] for r in firm.onec.requests].count(str(Method.FACTS)) == 1


def test_settings_status_and_test(payroll: QuickMuster) -> None:
    changed = run(payroll, "onec.config", timezone="Asia/Yekaterinburg")
    assert changed.json["result"]["changes"] == [{"key": "timezone", "before": None, "after": "Asia/Yekaterinburg"}]
    assert run(payroll, "onec.config", timezone="Nowhere").code == 2
    assert run(payroll, "onec.test").code == 0
    status = run(payroll, "onec.status").json["result"]
    assert (status["status"], status["health_check"]["success"]) == ("active", True)


def test_a_period_the_wrong_way_round_is_a_malformed_parameter(payroll: QuickMuster) -> None:
    for operation in ("onec.agents", "onec.sync_personnel", "onec.norm_hours", "onec.timetype_info", "onec.deviations"):
        assert run(payroll, operation, start_date="2026-02-01", end_date="2026-01-01").code == 2
