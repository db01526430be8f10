"""Verifying and exporting the audit trail, and pruning the history, as operations."""

from __future__ import annotations

import csv
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from app.access import Role
from app.domain.audit import AuditKind, AuditNote
from app.domain.outcomes import Action, Outcome, Run, RunState, Status
from app.errors import BadData, Forbidden, Held, UsageError
from app.operations.connections import time_text
from app.operations.runner import Report, Request
from app.places import Home
from app.settings import Theme
from app.store import runs
from app.store.audit_rows import AuditChainRow, AuditRow
from app.store.values import now
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.running import execute
from tests.support.webhooks import Hooks, receiving


@pytest.fixture
async def hooks(workspace: Workspace) -> AsyncIterator[Hooks]:
    async with receiving(workspace) as receiver:
        yield Hooks(workspace, receiver)


async def run(workspace: Workspace, operation: str, *, dry_run: bool = False, **params: Any) -> Report:
    handle = await workspace.runner.start(Request(operation, params=params, dry_run=dry_run))
    return await handle.report()


async def some_entries(workspace: Workspace) -> None:
    for theme in (Theme.DARK, Theme.LIGHT, Theme.SYSTEM):
        await workspace.change_settings(theme=theme)


async def old_run(workspace: Workspace, days: int) -> str:
    """A run of so many days ago with one outcome and a result."""
    outcome = Outcome("Åse", "id-1", "Door", "d1", Status.SUCCESS, "person", "Stored", Action.UPDATE)
    run = Run(f"{days:032d}", "offices.sync", "vitec", RunState.FINISHED, now() - timedelta(days=days), "kari",
              result={"text": "x" * 5000})  # fmt: skip

    def write() -> None:
        runs.begin_run(run)
        runs.add_outcomes(run.run_id, 0, [outcome])
        runs.end_run(run)

    await workspace.store.write(write)
    return run.run_id


class TestVerifying:
    async def test_a_whole_trail(self, workspace: Workspace) -> None:
        await some_entries(workspace)
        report = await run(workspace, "audit.verify")
        assert report.exit_code == 0
        assert (report.run.result["ok"], report.run.result["checked"]) == (True, 3)

    async def test_the_first_altered_entry_is_named(self, workspace: Workspace) -> None:
        await some_entries(workspace)
        await workspace.store.write(lambda: AuditRow.update(actor="nobody").where(AuditRow.seq == 2).execute())
        report = await run(workspace, "audit.verify")
        assert isinstance(report.error, BadData)
        assert report.exit_code == 4
        assert (report.run.result["first_altered"], report.run.result["flaw"]) == (2, "altered")
        assert report.run.result["entry"]["actor"] == "nobody"

    async def test_an_end_that_was_cut_off_after_a_verification_is_found(self, workspace: Workspace) -> None:
        await some_entries(workspace)
        first = await run(workspace, "audit.verify")
        assert not first.run.result["anchored"]
        assert first.run.warnings

        def cut() -> None:
            kept = AuditRow.get_by_id(2)
            AuditRow.delete().where(AuditRow.seq > 2).execute()
            AuditChainRow.update(last_seq=2, last_hash=kept.hash).execute()

        await workspace.store.write(cut)
        report = await run(workspace, "audit.verify")
        assert (report.run.result["flaw"], report.run.result["first_altered"]) == ("newest_removed", 3)

    async def test_without_a_keyring_it_verifies_and_says_what_that_is_worth(self, home: Home) -> None:
        class NoBackend(MemoryKeyring):
            def get_password(self, service: str, username: str) -> str | None:
                raise RuntimeError("locked up")

        async with await Workspace.open(home, keyring=NoBackend()) as workspace:
            await some_entries(workspace)
            report = await run(workspace, "audit.verify")
        assert report.run.result["ok"]
        assert any("locked up" in warning for warning in report.run.warnings)

    async def test_verifying_adds_no_entry(self, workspace: Workspace) -> None:
        await some_entries(workspace)
        await run(workspace, "audit.verify")
        assert (await run(workspace, "audit.verify")).run.result["checked"] == 3


class TestExporting:
    async def test_every_entry_with_its_hash(self, workspace: Workspace, tmp_path: Path) -> None:
        await some_entries(workspace)
        file = tmp_path / "trail.csv"
        report = await run(workspace, "audit.export", file=str(file))
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert report.run.summary["exported"] == len(rows) == 4  # the beginning of the export itself is the newest
        assert rows[-1]["seq"] == "1"
        assert len(rows[0]["hash"]) == 64

    async def test_a_filter_narrows_it(self, workspace: Workspace, tmp_path: Path) -> None:
        await some_entries(workspace)
        report = await run(
            workspace, "audit.export", file=str(tmp_path / "t.json"), text="dark", kinds="setting.changed"
        )
        assert report.run.summary["exported"] == 2


class TestPruning:
    async def test_it_asks_first_and_says_how_much_and_how_old(self, workspace: Workspace) -> None:
        old = await old_run(workspace, 200)
        report = await run(workspace, "history.prune")
        assert isinstance(report.error, Held)
        assert report.exit_code == 6
        details = report.run.result["details"]
        assert (details["rows"], report.run.result["runs"]["rows"]) == (2, 1)
        assert details["bytes"] > 5000
        assert details["oldest"] is not None
        assert await workspace.store.read(runs.outcomes, old) != []

    async def test_a_dry_run_is_the_preview(self, workspace: Workspace) -> None:
        await old_run(workspace, 200)
        report = await run(workspace, "history.prune", dry_run=True)
        assert (report.exit_code, report.run.summary["runs"]) == (0, 1)

    async def test_details_go_before_the_runs_do(self, workspace: Workspace) -> None:
        middle, old = await old_run(workspace, 100), await old_run(workspace, 200)
        report = await run(workspace, "history.prune", confirm=True)
        assert report.exit_code == 0
        assert await workspace.store.read(runs.find_run, old) is None
        kept = await workspace.store.read(runs.find_run, middle)
        assert kept is not None
        assert kept.result is None
        assert await workspace.store.read(runs.outcomes, middle) == []

    async def test_the_file_gets_smaller_and_says_by_how_much(self, workspace: Workspace) -> None:
        for days in range(200, 320):
            await old_run(workspace, days)
        report = await run(workspace, "history.prune", confirm=True)
        sizes = report.run.result["store"]
        assert sizes["bytes_after"] < sizes["bytes_before"]

    async def test_nothing_old_is_nothing_to_ask(self, workspace: Workspace) -> None:
        await old_run(workspace, 3)
        assert (await run(workspace, "history.prune")).exit_code == 0

    async def test_a_few_days_are_always_kept(self, workspace: Workspace) -> None:
        report = await run(workspace, "history.prune", run_days=0)
        assert isinstance(report.error, UsageError)

    async def test_a_pruned_trail_verifies_and_says_that_it_was_pruned(self, workspace: Workspace) -> None:
        await self.age_trail(workspace)
        await run(workspace, "audit.verify")
        report = await run(workspace, "history.prune", confirm=True)
        assert report.exit_code == 0
        assert report.run.summary["audit"] == 3
        after = await run(workspace, "audit.verify")
        assert (after.exit_code, after.run.result["anchored"]) == (0, True)

    async def test_a_trail_that_was_altered_is_not_pruned(self, workspace: Workspace) -> None:
        await self.age_trail(workspace)
        await workspace.store.write(lambda: AuditRow.update(actor="nobody").where(AuditRow.seq == 2).execute())
        report = await run(workspace, "history.prune", confirm=True)
        assert isinstance(report.error, Held)
        assert await workspace.store.read(lambda: AuditRow.select().where(AuditRow.seq <= 3).count()) == 3

    async def test_what_was_told_to_webhooks_is_counted_and_taken_away_with_the_rest(self, hooks: Hooks) -> None:
        await hooks.add(retry_attempts=0)
        await hooks.add("/refused", retry_attempts=0)
        await self.deliveries_of(hooks, days=40)
        await self.deliveries_of(hooks, days=200)
        asked = await run(hooks.workspace, "history.prune")
        assert isinstance(asked.error, Held)
        found = asked.run.result
        assert found["webhook_tries"]["rows"] == 10  # four tries, four bodies, two events
        assert found["webhook_tries"]["bytes"] > 400
        assert found["webhook_tries"]["oldest"] < time_text(now() - timedelta(days=199))
        assert found["webhook_deliveries"]["rows"] == 2
        assert len(await hooks.deliveries()) == 4
        done = await run(hooks.workspace, "history.prune", confirm=True)
        assert (done.exit_code, done.run.summary["webhook_deliveries"]) == (0, 2)
        kept = await hooks.deliveries()
        assert [d.body for d in kept] == [None, None]
        assert [await hooks.attempts(d) for d in kept] == [[], []]
        stats = await run(hooks.workspace, "webhooks.stats", days=365)
        assert stats.run.result["deliveries"]["total"] == 4

    async def test_what_waits_to_be_sent_stays_however_old(self, hooks: Hooks) -> None:
        await hooks.add()
        await hooks.happen()
        await self.age(hooks, days=200)
        report = await run(hooks.workspace, "history.prune", confirm=True)
        assert report.run.summary["webhook_deliveries"] == 0
        (waiting,) = await hooks.deliveries()
        assert waiting.body

    async def test_days_of_webhooks_are_kept_like_the_others(self, workspace: Workspace) -> None:
        report = await run(workspace, "history.keep", webhook_attempt_days=3, webhook_delivery_days=9)
        assert report.error is None
        assert (workspace.settings.webhook_attempt_days, workspace.settings.webhook_delivery_days) == (3, 9)
        assert isinstance((await run(workspace, "history.keep", webhook_attempt_days=0)).error, UsageError)
        assert isinstance((await run(workspace, "history.keep", run_days=3)).error, UsageError)

    async def deliveries_of(self, hooks: Hooks, *, days: int) -> None:
        """One event of so many days ago, sent to every endpoint then."""
        await hooks.happen()
        await hooks.send()
        await self.age(hooks, days=days)

    async def age(self, hooks: Hooks, *, days: int) -> None:
        """What was told until now was told so many days ago, unless it is older already."""
        back = days * 86_400_000
        young = (time.time() - 86_400) * 1000
        for table, column in (
            ("webhook_delivery", "created_at"), ("webhook_attempt", "started_at"), ("webhook_event", "occurred_at"),
        ):  # fmt: skip
            statement = f"UPDATE {table} SET {column} = {column} - {back} WHERE {column} > {young:.0f}"
            await hooks.workspace.store.write(execute, hooks.workspace.store, statement)

    async def test_only_an_administrator_prunes(self, workspace: Workspace) -> None:
        await workspace.change_settings(role=Role.OPERATOR)
        with pytest.raises(Forbidden):
            await run(workspace, "history.prune", confirm=True)

    async def age_trail(self, workspace: Workspace) -> None:
        """Three entries of four years ago, as if the clock had stood there."""

        names = [AuditNote(AuditKind.REFUSED, object=name) for name in ("a", "b", "c")]
        with mock.patch("app.store.audit.now", return_value=now() - timedelta(days=4 * 365)):
            await workspace.store.write(workspace.audit.add, *names)
