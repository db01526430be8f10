"""Imports of contact-centre data: good rows stored, bad ones named, batches, resuming, taking back (§7.1, §11)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.outcomes import Action, RunState, Status
from app.errors import ExitCode, UsageError
from app.events import RunProgress
from app.operations.exchange.checking import MOST_ROWS
from app.store import contact_center as stored
from app.store.contact_center_rows import GroupIntervalRow, QueueMetricsRow
from app.workspace import Workspace
from tests.support.exchange import NAME, as_csv, connect_centre, import_rows, interval, intervals, write
from tests.support.running import run


@pytest.fixture
async def centre(workspace: Workspace) -> Workspace:
    await connect_centre(workspace)
    return workspace


async def count(workspace: Workspace) -> int:
    return int(await workspace.store.read(lambda: GroupIntervalRow.select().count()))


async def first_row(workspace: Workspace) -> GroupIntervalRow:
    return await workspace.store.read(lambda: GroupIntervalRow.select().order_by(GroupIntervalRow.id).first())


async def test_ten_thousand_rows_in_batches_of_a_thousand_are_ten_steps_of_progress(
    centre: Workspace, tmp_path: Path
) -> None:
    steps: list[RunProgress] = []
    centre.events.subscribe(RunProgress, lambda e: steps.append(e) if e.doing == "Storing rows" else None)
    report = await import_rows(centre, tmp_path, as_csv(intervals(10_000)))
    assert report.exit_code is ExitCode.DONE
    assert [(s.done, s.total) for s in steps] == [(n * 1_000, 10_000) for n in range(11)]
    assert len(report.outcomes) == 10
    assert report.run.summary == {"total": 10_000, "created": 10_000, "updated": 0, "skipped": 0, "failed": 0}
    assert await count(centre) == 10_000


async def test_a_row_is_stored_as_the_platform_means_it(centre: Workspace, tmp_path: Path) -> None:
    await import_rows(centre, tmp_path, as_csv([interval(call_type="sale")]))
    row = await first_row(centre)
    assert (row.connection, row.service_id, row.group_id, row.step_ms) == ("cc-1", "1", "g-0", 300_000)
    assert row.start_ms == 1_772_690_400_000
    assert (row.offered, row.handled, row.lost, row.unique_offered) == (14, 11, 3, 12)
    assert (row.aht_ms, row.post_ms, row.extra) == (287_000, 12_000, '{"call_type": "sale"}')


async def test_with_one_bad_row_nothing_is_imported_and_row_and_field_are_named(
    centre: Workspace, tmp_path: Path
) -> None:
    rows = [*intervals(20), interval(20, notUniqueTreated="many")]
    report = await import_rows(centre, tmp_path, as_csv(rows))
    assert (report.exit_code, await count(centre)) == (ExitCode.INCOMPLETE, 0)
    (bad,) = report.outcomes
    assert (bad.subject, bad.subject_id, bad.step, bad.status) == ("Row 22", "22", "notUniqueTreated", Status.SKIPPED)
    assert bad.remedy
    assert report.run.summary == {"total": 21, "created": 0, "updated": 0, "skipped": 20, "failed": 1}
    (error,) = report.run.result["errors"]
    assert (error["record_index"], error["row"], error["record"]["notUniqueTreated"]) == (20, 22, "many")
    assert [e["rule"] for e in error["errors"]] == ["number"]
    assert report.run.warnings


@pytest.mark.parametrize("choice", [{"only_valid": True}, {"validate_before_import": False}])
async def test_the_good_rows_alone_are_an_explicit_choice(
    centre: Workspace, tmp_path: Path, choice: dict[str, Any]
) -> None:
    rows = [interval(n, aht=-1 if n % 10 == 0 else 5_000) for n in range(100)]
    report = await import_rows(centre, tmp_path, as_csv(rows), **choice)
    assert (report.exit_code, await count(centre)) == (ExitCode.INCOMPLETE, 90)
    assert report.run.summary == {"total": 100, "created": 90, "updated": 0, "skipped": 0, "failed": 10}
    (group,) = report.run.result["error_groups"]
    assert (group["rule"], group["field"], group["count"], group["rows"][:2]) == ("not_negative", "aht", 10, [2, 12])


async def test_the_same_file_again_skips_what_is_there(centre: Workspace, tmp_path: Path) -> None:
    await import_rows(centre, tmp_path, as_csv(intervals(50)))
    again = await import_rows(centre, tmp_path, as_csv(intervals(60)), batch_size=30)
    assert again.exit_code is ExitCode.DONE
    assert again.run.summary == {"total": 60, "created": 10, "updated": 0, "skipped": 50, "failed": 0}
    assert [o.action for o in again.outcomes] == [Action.UNCHANGED, Action.CREATE]


async def test_rows_that_are_there_are_replaced_when_the_person_says_so(centre: Workspace, tmp_path: Path) -> None:
    await import_rows(centre, tmp_path, as_csv(intervals(50)))
    changed = [interval(n, notUniqueReceived=99) if n < 5 else interval(n) for n in range(50)]
    kept = await import_rows(centre, tmp_path, as_csv(changed))
    assert (kept.run.summary["skipped"], (await first_row(centre)).offered) == (50, 14)
    replaced = await import_rows(centre, tmp_path, as_csv(changed), update_existing="true")
    assert replaced.run.summary == {"total": 50, "created": 0, "updated": 5, "skipped": 45, "failed": 0}
    assert (await first_row(centre)).offered == 99


async def test_an_import_is_taken_back_by_its_run(centre: Workspace, tmp_path: Path) -> None:
    first = await import_rows(centre, tmp_path, as_csv(intervals(10)))
    second = await import_rows(centre, tmp_path, as_csv(intervals(30)))
    undone = await run(centre, "cc.undo_import", params={"batch_id": second.run.result["batch_id"]})
    assert (undone.exit_code, undone.run.summary) == (ExitCode.DONE, {"total": 20, "removed": 20})
    assert await count(centre) == 10
    again = await run(centre, "cc.undo_import", params={"batch_id": second.run.run_id})
    assert (again.exit_code, again.run.summary["removed"]) == (ExitCode.DONE, 0)
    assert await centre.store.read(stored.count_batch, "cc-1", first.run.run_id) == 10


async def test_what_was_replaced_does_not_come_back_and_that_is_said(centre: Workspace, tmp_path: Path) -> None:
    await import_rows(centre, tmp_path, as_csv(intervals(3)))
    changed = [interval(n, aht=1) for n in range(3)]
    second = await import_rows(centre, tmp_path, as_csv(changed), update_existing=True)
    undone = await run(centre, "cc.undo_import", params={"batch_id": second.run.run_id})
    assert undone.run.warnings
    assert await count(centre) == 0


@pytest.mark.parametrize("batch_id", ["", "none"])
async def test_only_an_import_can_be_taken_back(centre: Workspace, batch_id: str) -> None:
    report = await run(centre, "cc.undo_import", params={"batch_id": batch_id})
    assert report.exit_code is ExitCode.USAGE


async def test_a_dry_run_counts_and_keeps_nothing(centre: Workspace, tmp_path: Path) -> None:
    await import_rows(centre, tmp_path, as_csv(intervals(10)))
    params = {"data_type": "service_group_metrics", "file": write(tmp_path, as_csv(intervals(25)))}
    report = await run(centre, "cc.bulk_import", NAME, params=params, dry_run=True)
    assert report.run.summary == {"total": 25, "created": 15, "updated": 0, "skipped": 10, "failed": 0}
    assert await count(centre) == 10


async def test_a_cancelled_import_goes_on_after_the_last_batch(centre: Workspace, tmp_path: Path) -> None:
    cancelled = await cancelled_after(centre, tmp_path, done=300)
    assert cancelled.state is RunState.CANCELLED
    assert await count(centre) == cancelled.summary["created"] == 300
    report = await (await centre.runner.resume(cancelled.run_id)).report()
    assert (report.exit_code, await count(centre)) == (ExitCode.DONE, 1_000)
    assert report.run.summary == {"total": 1_000, "created": 1_000, "updated": 0, "skipped": 0, "failed": 0}
    assert [o.subject_id for o in report.outcomes] == [f"{n * 100 + 2}-{n * 100 + 101}" for n in range(10)]


async def test_a_file_that_changed_meanwhile_is_not_taken_up(centre: Workspace, tmp_path: Path) -> None:
    cancelled = await cancelled_after(centre, tmp_path, done=100)
    write(tmp_path, as_csv(intervals(999)))
    report = await (await centre.runner.resume(cancelled.run_id)).report()
    assert report.exit_code is ExitCode.USAGE
    assert await count(centre) == 100


async def cancelled_after(workspace: Workspace, folder: Path, done: int) -> Any:
    """An import of 1,000 rows in batches of 100 that a person cancels when so many are stored."""

    def cancel(event: RunProgress) -> None:
        if event.doing == "Storing rows" and event.done == done:
            workspace.runner.handles[event.run_id].cancel()

    end = workspace.events.subscribe(RunProgress, cancel)
    report = await import_rows(workspace, folder, as_csv(intervals(1_000)), batch_size=100)
    end()
    return report.run


@pytest.mark.parametrize("batch_size", [0, 10_001, "many"])
async def test_an_impossible_batch_size_is_refused(centre: Workspace, tmp_path: Path, batch_size: Any) -> None:
    with pytest.raises(UsageError):
        await import_rows(centre, tmp_path, as_csv(intervals(1)), batch_size=batch_size)


async def test_a_file_with_nothing_but_a_header_is_incomplete_and_says_so(centre: Workspace, tmp_path: Path) -> None:
    report = await import_rows(centre, tmp_path, as_csv([interval()]).splitlines()[0] + "\n")
    assert report.exit_code is ExitCode.INCOMPLETE
    (outcome,) = report.outcomes
    assert (outcome.status, outcome.message) == (Status.SKIPPED, "The file holds no rows.")
    assert outcome.remedy


async def test_more_rows_than_a_file_may_have_are_refused(
    centre: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.operations.exchange.checking.MOST_ROWS", 20)
    whole = await import_rows(centre, tmp_path, as_csv(intervals(20)))
    assert whole.exit_code is ExitCode.DONE
    report = await import_rows(centre, tmp_path, as_csv(intervals(21)))
    assert report.exit_code is ExitCode.USAGE
    assert report.error is not None
    assert report.error.message == "The file has more than 20 rows."
    assert MOST_ROWS == 100_000


async def test_more_than_a_day_of_chats_on_one_day_is_a_finding(centre: Workspace, tmp_path: Path) -> None:
    rows = [{"agentId": "op", "workDate": f"2026-03-0{n}", "workTime": 86_400_000 + n} for n in (0 + 1, 2)]
    report = await import_rows(centre, tmp_path, as_csv(rows), data_type="agent_chats_work_time", strict=True)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert "longer than a day" in report.outcomes[0].message


async def test_numbers_of_queues_without_a_time_are_those_of_the_import(centre: Workspace, tmp_path: Path) -> None:
    row = {"groupId": "g", "callNumber": 1, "operatorNumber": 2, "serviceId": "1"}
    report = await import_rows(centre, tmp_path, as_csv([row]), data_type="queue_metrics")
    assert (report.exit_code, report.run.summary["created"]) == (ExitCode.DONE, 1)
    taken = await centre.store.read(lambda: QueueMetricsRow.select().get().taken_ms)
    assert taken == round(report.run.started_at.timestamp() * 1000)
