"""Pulls of backups: marked, taken back, imported from the file of the former system (cetec-mysql.md §7)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.customer_plans import plan_customers
from app.domain.directory_plans import PlanSettings
from app.domain.kinds import ConnectionKind
from app.errors import ExitCode
from app.store import customers as stored
from app.workspace import Workspace
from tests.support.customer_records import a_list, a_record
from tests.support.running import run


@pytest.fixture
async def filled(workspace: Workspace) -> Workspace:
    """Three customers of a connection that nobody answers at."""
    params = {"name": "cetec", "kind": ConnectionKind.CETEC.value, "settings": {"domain": "acme"}}
    made = await run(workspace, "connections.create", params=params, secrets={"preshared_token": "token-of-cetec"})
    plan = plan_customers(a_list(*(a_record(n) for n in (1, 2, 3))), [], PlanSettings(made.run.result["id"]))
    await workspace.store.write(stored.write_plan, plan)
    return workspace


async def pulled(workspace: Workspace) -> dict[str, datetime | None]:
    return {c.id: c.last_pulled for c in await workspace.store.read(stored.customers)}


async def test_a_mark_says_who_and_when_and_can_be_taken_back(filled: Workspace) -> None:
    await run(filled, "customers.mark_pulled", params={"customers": ["1"]})
    (first, *_others) = await filled.store.read(stored.customers)
    (mark,) = await filled.store.read(stored.pulls, first.key)
    assert (mark.pulled_at, mark.result) == (first.last_pulled, "marked")
    assert mark.user
    await run(filled, "customers.unmark_pulled", params={"customers": ["1", "2"]})
    assert set((await pulled(filled)).values()) == {None}


async def test_taking_back_leaves_the_mark_before(filled: Workspace) -> None:
    await run(filled, "customers.mark_pulled", params={"customers": ["1"]})
    before = (await pulled(filled))["1"]
    await run(filled, "customers.mark_pulled", params={"customers": ["1"]})
    await run(filled, "customers.unmark_pulled", params={"customers": ["1"]})
    assert (await pulled(filled))["1"] == before


async def test_the_old_file_is_taken_over_and_what_cannot_be_read_is_said(filled: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "pulls.json"
    entries = {
        "1": {"lastPulled": "2025-01-13T10:30:00.000Z", "customerId": "1"},
        "2": {"lastPulled": "yesterday", "customerId": "2"},
        "3": "nothing",
        "99": {"lastPulled": "2025-01-13T10:30:00.000Z", "customerId": "99"},
    }
    file.write_text(json.dumps(entries), "utf-8")
    report = await run(filled, "customers.import_pulled", params={"file": str(file)})
    assert await pulled(filled) == {"1": datetime(2025, 1, 13, 10, 30, tzinfo=UTC), "2": None, "3": None}
    assert report.run.warnings == ("2 entries have no readable time.",)
    assert report.run.reasons == {"unknown_customer": 1}
    again = await run(filled, "customers.import_pulled", params={"file": str(file)})
    assert again.exit_code is ExitCode.DONE
    (first, *_others) = await filled.store.read(stored.customers)
    assert len(await filled.store.read(stored.pulls, first.key)) == 1


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b"null"])
async def test_a_file_that_is_no_such_object_is_refused(filled: Workspace, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pulls.json"
    file.write_bytes(content)
    report = await run(filled, "customers.import_pulled", params={"file": str(file)})
    assert report.exit_code is ExitCode.STOPPED
    assert set((await pulled(filled)).values()) == {None}


async def test_an_unknown_customer_is_a_usage_error(filled: Workspace) -> None:
    report = await run(filled, "customers.mark_pulled", params={"customers": ["77"]})
    assert report.exit_code is ExitCode.USAGE


async def test_customers_are_switched_off_and_on(filled: Workspace) -> None:
    await run(filled, "customers.deactivate", params={"customers": ["2"]})
    assert [c.status for c in await filled.store.read(stored.customers)] == ["active", "inactive", "active"]
    await run(filled, "customers.activate", params={"customers": ["2"]})
    assert {c.status for c in await filled.store.read(stored.customers)} == {"active"}
