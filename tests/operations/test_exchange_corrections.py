"""Rows put right by hand: checked one by one, imported with the others; bad rows handed to the window."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.exchange import SHAPES, DataType
from app.domain.exchange.findings import Findings
from app.errors import ExitCode, UsageError
from app.operations.exchange.checking import expectations
from app.operations.exchange.corrections import RowCheck, row_check
from app.store import connections
from app.store.contact_center_rows import GroupIntervalRow
from app.workspace import Workspace
from tests.support.exchange import NAME, as_csv, connect_centre, import_rows, interval, intervals, validate_rows


@pytest.fixture
async def centre(workspace: Workspace) -> Workspace:
    await connect_centre(workspace)
    return workspace


BAD = [interval(0), interval(1, aht="soon"), interval(2, groupId="", notUniqueMissed="-3"), interval(3)]


async def test_corrected_rows_go_with_the_import(centre: Workspace, tmp_path: Path) -> None:
    corrections = {3: {"aht": "5000"}, 4: {"group_id": "g-9", "notUniqueMissed": "3"}}
    report = await import_rows(centre, tmp_path, as_csv(BAD), corrections=corrections)
    assert report.exit_code is ExitCode.DONE
    assert report.run.summary["created"] == 4
    rows = await centre.store.read(lambda: list(GroupIntervalRow.select().order_by(GroupIntervalRow.id)))
    assert [(r.group_id, r.aht_ms, r.lost) for r in rows[1:3]] == [("g-1", 5000, 3), ("g-9", 287_002, 3)]


async def test_a_row_that_is_still_bad_stays_out_and_the_others_come(centre: Workspace, tmp_path: Path) -> None:
    report = await import_rows(centre, tmp_path, as_csv(BAD), corrections={3: {"aht": "later"}}, only_valid=True)
    assert (report.run.summary["created"], report.run.summary["failed"]) == (2, 2)
    assert report.run.result["errors"][0]["record"]["aht"] == "later"


async def test_a_row_is_put_right_under_the_number_that_its_error_named(centre: Workspace, tmp_path: Path) -> None:
    rows = [interval(n, remark="two\nlines\nor three") for n in range(3)] + [interval(3, aht="soon")]
    bad = await validate_rows(centre, tmp_path, as_csv(rows))
    assert bad.run.result["validation_errors"][0]["row"] == 5
    report = await import_rows(centre, tmp_path, as_csv(rows), corrections={5: {"aht": "5000"}})
    assert (report.exit_code, report.run.summary["created"]) == (ExitCode.DONE, 4)


async def test_corrections_come_as_json_from_the_command_line(centre: Workspace, tmp_path: Path) -> None:
    report = await validate_rows(centre, tmp_path, as_csv(BAD), corrections='{"3": {"aht": "5"}}')
    assert report.run.summary == {"total": 4, "valid": 3, "invalid": 1}


async def test_a_correction_of_what_is_not_there_is_refused(centre: Workspace, tmp_path: Path) -> None:
    report = await validate_rows(centre, tmp_path, as_csv(BAD), corrections={3: {"nothing": "1"}})
    assert report.exit_code is ExitCode.USAGE
    with pytest.raises(UsageError):
        await validate_rows(centre, tmp_path, as_csv(BAD), corrections='{"x": {}}')


async def test_a_row_with_too_many_cells_can_be_put_right(centre: Workspace, tmp_path: Path) -> None:
    content = as_csv(intervals(1)).rstrip("\n") + ",77\n"
    bad = await validate_rows(centre, tmp_path, content)
    assert bad.run.summary["invalid"] == 1
    report = await validate_rows(centre, tmp_path, content, corrections={2: {"aht": "5"}})
    assert report.run.summary["invalid"] == 0


async def test_a_check_hands_all_bad_rows_over_with_what_they_hold(centre: Workspace, tmp_path: Path) -> None:
    rows = [interval(n, aht="x", remark=f"r{n}") for n in range(1_500)]
    report = await validate_rows(centre, tmp_path, as_csv(rows))
    assert isinstance(report.found, Findings)
    assert len(report.found.errors) == 1_500
    last = report.found.errors[-1]
    assert (last.row, last.record["aht"], last.record["remark"]) == (1_501, "x", "r1499")


class TestRowCheck:
    @pytest.fixture
    async def check(self, centre: Workspace) -> RowCheck:
        connection = await centre.store.read(connections.find_connection, NAME)
        assert connection is not None
        return row_check(DataType.GROUP_METRICS, await expectations(centre.store, connection, {}, strict=False))

    def test_says_what_is_wrong_and_nothing_for_a_good_row(self, check: RowCheck) -> None:
        good = {key: str(value) for key, value in interval(0).items()}
        assert check(good) == check(good) == ()
        (problem,) = check(good | {"aht": "soon"})
        assert (problem.field, problem.rule) == ("aht", "number")
        (problem,) = check(good | {"endInterval": good["startInterval"]})
        assert problem.field == "endInterval"

    def test_what_a_row_holds_beside_its_fields_is_no_fault(self, check: RowCheck) -> None:
        assert check({key: str(value) for key, value in interval(0, remark="x").items()}) == ()

    def test_an_empty_row_lacks_all_that_is_needed(self, check: RowCheck) -> None:
        assert {p.field for p in check({})} == set(SHAPES[DataType.GROUP_METRICS].required)
