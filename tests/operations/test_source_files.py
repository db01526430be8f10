"""Files that a person names to be read, in every operation that reads one: a wrong name is told as such."""

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
