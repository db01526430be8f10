"""Files that a person names, in every operation that reads or writes one: a wrong name is told as such."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.errors import ExitCode
from app.workspace import Workspace
from tests.support.running import run

READERS: dict[str, dict[str, Any]] = {
    "customers.import_pulled": {},
    "connections.import_env": {},
    "connections.import_settings": {},
    "devices.import": {},
    "cc.validate_data": {"data_type": "agent_status"},
    "cc.bulk_import": {"data_type": "agent_status"},
    "onec.send_schedule": {},
    "onec.plan_shifts": {},
    "onec.keep_worked_time": {},
}
WRITERS: dict[str, dict[str, Any]] = {
    "audit.export": {},
    "connections.export_settings": {},
    "cc.export_data": {"data_type": "agent_status"},
}
KINDS = {
    "cetec": {"api_url": "https://cetec.example"},
    "onec": {"endpoint_url": "https://1c.example/hs/wfm", "username": "wfm"},
    "contact_center": {"endpoint_url": "https://cc.example/api"},
}


@pytest.fixture
async def connected(workspace: Workspace) -> Workspace:
    for kind, settings in KINDS.items():
        params = {"name": kind, "kind": kind, "settings": settings}
        report = await run(workspace, "connections.create", params=params)
        assert report.error is None
    return workspace


@pytest.mark.parametrize("operation", READERS)
async def test_a_folder_and_a_file_that_is_not_there_are_wrong_names(
    connected: Workspace, tmp_path: Path, operation: str
) -> None:
    there = tmp_path / "there.csv"
    there.write_text("agent_id")
    for file, said in (
        (tmp_path, f"{tmp_path} is a folder."),
        (tmp_path / "none.csv", f"There is no file {tmp_path / 'none.csv'}."),
        (there / "none.csv", f"There is no file {there / 'none.csv'}."),
    ):
        report = await run(connected, operation, params=READERS[operation] | {"file": str(file)})
        assert report.error is not None
        assert (report.exit_code, report.error.message) == (ExitCode.USAGE, said)


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("operation", WRITERS)
async def test_no_name_and_a_folder_are_no_files_to_write(
    connected: Workspace, tmp_path: Path, operation: str, dry_run: bool
) -> None:
    for file, said in (
        ("", "No file is named."),
        (" ", "No file is named."),
        (str(tmp_path), f"{tmp_path} is a folder."),
    ):
        report = await run(connected, operation, params=WRITERS[operation] | {"file": file}, dry_run=dry_run)
        assert report.error is not None
        assert (report.exit_code, report.error.message) == (ExitCode.USAGE, said)
        assert report.error.remedy


@pytest.mark.parametrize("operation", ["cc.validate_data", "cc.bulk_import"])
async def test_errors_are_not_written_to_a_folder(connected: Workspace, tmp_path: Path, operation: str) -> None:
    file = tmp_path / "data.csv"
    file.write_text("agentId,startDate,endDate,stateCode\nop-1,2026-03-05T06:00:00Z,2026-03-05T06:05:00Z,Work\n")
    params = READERS[operation] | {"file": str(file), "errors_file": str(tmp_path)}
    report = await run(connected, operation, params=params)
    assert report.error is not None
    assert (report.exit_code, report.error.message) == (ExitCode.USAGE, f"{tmp_path} is a folder.")
