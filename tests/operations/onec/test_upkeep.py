"""Status, settings and test of a 1C connection (onec-zup.md §6.3-§6.5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.access import Role
from app.domain.outcomes import Action
from app.errors import ExitCode, Forbidden, UsageError
from app.operations.runner import Report, Request
from app.settings import Settings
from app.store import connections
from app.workspace import Workspace
from tests.support.fake_onec import FakeOneC
from tests.support.running import dump, run


async def settings(workspace: Workspace) -> dict[str, Any]:
    found = await workspace.store.read(connections.find_connection, "1c")
    assert found is not None
    return found.settings


async def config(workspace: Workspace, **params: Any) -> Report:
    return await run(workspace, "onec.config", params=params)


class TestStatus:
    async def test_what_is_known_without_asking_1c(self, synced: Workspace, onec: FakeOneC) -> None:
        calls = len(onec.calls)
        report = await run(synced, "onec.status")
        result = report.run.result
        assert len(onec.calls) == calls
        assert (result["status"], result["health_check"], result["next_sync"]) == ("active", None, None)
        assert result["next_sync_reason"]
        assert result["last_sync"] is not None
        assert result["personnel"] == {"total": 2, "linked": 2, "absent_in_source": 0, "department_missing": 0}
        assert (result["error_count"], result["success_rate"]) == (0, 100)
        assert result["performance_metrics"]["successful_syncs"] == 1
        assert result["performance_metrics"]["avg_response_time_ms"] >= 0

    async def test_typing_errors_say_nothing_about_1c(self, synced: Workspace, onec: FakeOneC, tmp_path: Path) -> None:
        for _try in range(4):
            assert (await config(synced, timezone="Mars/Olympus")).exit_code is ExitCode.USAGE
            sent = await run(synced, "onec.send_schedule", params={"file": str(tmp_path / "none.csv")})
            assert sent.exit_code is ExitCode.USAGE
        told = (await run(synced, "onec.status")).run.result
        assert (told["health"], told["connected"], told["error"], told["status"]) == ("connected", True, None, "active")
        assert (told["error_count"], told["success_rate"]) == (0, 100)
        everything = (await run(synced, "connections.health")).run.result
        assert (everything["status"], everything["performance_metrics"]["success_rate"]) == ("healthy", 100)

    async def test_a_paused_connection_has_one_too(self, payroll: Workspace) -> None:
        await run(payroll, "connections.update", "1c", params={"paused": True})
        assert (await run(payroll, "onec.status")).run.result["status"] == "inactive"


class TestConfig:
    async def test_settings_change_and_what_they_were_is_shown_and_kept(self, payroll: Workspace) -> None:
        report = await config(payroll, timezone="Asia/Yekaterinburg", max_parallel="2")
        assert report.run.result["changes"] == [
            {"key": "timezone", "before": None, "after": "Asia/Yekaterinburg"},
            {"key": "max_parallel", "before": None, "after": 2},
        ]
        assert (await settings(payroll))["max_parallel"] == 2
        (outcome,) = report.outcomes
        assert (outcome.action, len(outcome.changes)) == (Action.UPDATE, 2)

    async def test_undo_brings_the_last_change_back(self, payroll: Workspace) -> None:
        await config(payroll, timeout_seconds="120")
        await config(payroll, timeout_seconds="60", personnel_mode="sync_only")
        await config(payroll, undo=True)
        after = await settings(payroll)
        assert after["timeout_seconds"] == 120
        assert "personnel_mode" not in after

    async def test_nothing_to_undo(self, payroll: Workspace) -> None:
        assert (await config(payroll, undo=True)).exit_code is ExitCode.USAGE

    async def test_the_same_value_is_no_change(self, payroll: Workspace) -> None:
        await config(payroll, timeout_seconds="120")
        report = await config(payroll, timeout_seconds=120)
        assert [o.action for o in report.outcomes] == [Action.UNCHANGED]
        assert report.exit_code is ExitCode.DONE

    @pytest.mark.parametrize(
        "wrong",
        [{"timezone": "Mars/Olympus"}, {"session_mode": "many"}, {"time_type_map": "[{"}, {"endpoint_url": "?"}],
    )
    async def test_an_impossible_value_is_refused_and_nothing_stored(
        self, payroll: Workspace, wrong: dict[str, str]
    ) -> None:
        before = await settings(payroll)
        assert (await config(payroll, **wrong)).exit_code is ExitCode.USAGE
        assert await settings(payroll) == before

    async def test_an_unknown_setting_and_a_secret_are_refused(self, payroll: Workspace) -> None:
        for params in ({"password": "x"}, {"colour": "red"}, {"endpoint_url": "https://u:p@1c.example/x"}):
            with pytest.raises(UsageError):
                await payroll.runner.start(Request("onec.config", params=params))

    async def test_a_dry_run_shows_and_stores_nothing(self, payroll: Workspace) -> None:
        before = await dump(payroll)
        report = await run(payroll, "onec.config", params={"timeout_seconds": "120"}, dry_run=True)
        assert report.run.result["changes"] == [{"key": "timeout_seconds", "before": None, "after": 120}]
        assert await dump(payroll) == before

    async def test_only_an_administrator_may(self, payroll: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(payroll.settings_file, "values", Settings(role=Role.OPERATOR))
        with pytest.raises(Forbidden, match="integrations.admin"):
            await payroll.runner.start(Request("onec.config", params={"timeout_seconds": "120"}))
