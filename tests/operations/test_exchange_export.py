"""Exports of contact-centre data: rows as the platform calls their fields, and the same again when imported (§7.3)."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from app.domain.connections import Connection, ConnectionStatus
from app.domain.contact_center.records import Group, Personnel, Service
from app.domain.exchange.shapes import DataType
from app.domain.kinds import ConnectionKind
from app.errors import ExitCode
from app.operations.runner import Report
from app.store import connections, contact_center_now
from app.store import contact_center_history as reads
from app.store.contact_center_history import HistoryQuery
from app.workspace import Workspace
from tests.support.exchange import NAME, as_csv, connect_centre, import_rows, interval, intervals
from tests.support.running import run

ROWS: dict[DataType, list[dict[str, Any]]] = {
    DataType.GROUP_METRICS: [interval(0), interval(1, notUniqueTreated=0), interval(2, missCalls="", serviceId="2")],
    DataType.STATUS: [
        {"agentId": "op-1", "groupId": "g-1", "startDate": "2026-03-05T06:00:10Z", "endDate": "2026-03-05T06:24:40.5Z",
         "stateCode": "Work", "stateName": "Обработка"},
        {"agentId": "op-1", "groupId": "", "startDate": "2026-03-05T06:24:41Z", "endDate": "2026-03-05T06:35:00Z",
         "stateCode": "Break_12", "stateName": ""},
    ],
    DataType.LOGIN: [
        {"agentId": "op-1", "loginDate": "2026-03-05T06:00:00Z", "logoutDate": "2026-03-05T15:00:00Z",
         "duration": 32_400_000},
        {"agentId": "op-2", "loginDate": "2026-03-05T06:00:00Z", "logoutDate": "", "duration": ""},
    ],
    DataType.CALLS: [
        {"agentId": "op-1", "groupId": "g-1", "startCall": "2026-03-05T07:03:15Z", "endCall": "2026-03-05T07:08:15Z",
         "duration": 300_000, "call_type": "sale"},
    ] * 2,
    DataType.CHAT_TIME: [{"agentId": "op-1", "workDate": "2026-03-05", "workTime": 4_500_000}],
    DataType.QUEUE_METRICS: [
        {"groupId": "g-1", "timestamp": "2026-03-05T07:00:00Z", "callNumber": 3, "operatorNumber": 5, "acd": "95,0554"},
    ],
}  # fmt: skip


@pytest.fixture
async def centre(workspace: Workspace) -> Workspace:
    await connect_centre(workspace)
    return workspace


async def export(workspace: Workspace, folder: Path, name: str = "out.csv", **params: Any) -> Report:
    given = {"data_type": "service_group_metrics", "file": str(folder / name), **params}
    return await run(workspace, "cc.export_data", NAME, params=given)


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
async def test_an_export_says_whose_data_it_is_and_comes_back_all_the_same(
    centre: Workspace, tmp_path: Path, form: str
) -> None:
    other = Connection("cc-2", "other", ConnectionKind.CONTACT_CENTER, ConnectionStatus.ACTIVE, {})
    await centre.store.write(connections.add_connection, other)
    await run(centre, "organizations.rename", params={"name": "Acme AS"})
    await import_rows(centre, tmp_path, as_csv(ROWS[DataType.LOGIN]), data_type=DataType.LOGIN)
    exported = await export(centre, tmp_path, f"out.{form}", data_type=DataType.LOGIN)
    assert (exported.exit_code, exported.run.summary["exported"]) == (ExitCode.DONE, 2)
    file = tmp_path / f"out.{form}"
    match form:
        case "csv":
            said = [row["organization"] for row in table(file)]
        case "json":
            said = [row["organization"] for row in json.loads(file.read_text(encoding="utf-8"))]
        case _:
            said = [str(row[-1]) for row in CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()[1:]]
    assert said == ["Acme AS", "Acme AS"]
    params = {"data_type": DataType.LOGIN, "file": str(file), "strict": True}
    again = await run(centre, "cc.bulk_import", "other", params=params)
    assert (again.exit_code, again.run.warnings) == (ExitCode.DONE, ())


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("data_type", DataType)
async def test_an_export_comes_back_as_it_was(
    centre: Workspace, tmp_path: Path, data_type: DataType, form: str
) -> None:
    other = Connection("cc-2", "other", ConnectionKind.CONTACT_CENTER, ConnectionStatus.ACTIVE, {})
    await centre.store.write(connections.add_connection, other)
    imported = await import_rows(centre, tmp_path, as_csv(ROWS[data_type]), data_type=data_type)
    assert imported.exit_code is ExitCode.DONE
    exported = await export(centre, tmp_path, f"out.{form}", data_type=data_type)
    assert (exported.exit_code, exported.run.summary["exported"]) == (ExitCode.DONE, len(ROWS[data_type]))
    params = {"data_type": data_type, "file": str(tmp_path / f"out.{form}"), "strict": True}
    again = await run(centre, "cc.bulk_import", "other", params=params)
    assert (again.exit_code, again.run.warnings) == (ExitCode.DONE, ())
    first = await centre.store.read(reads.history, HistoryQuery(data_type, "cc-1"))
    second = await centre.store.read(reads.history, HistoryQuery(data_type, "cc-2"))
    assert [without_extra(r) for r in first] == [without_extra(r) for r in second]


def without_extra(record: Any) -> dict[str, Any]:
    """What fields there are; the rest of a row is in its raw data only."""
    return {name: value for name, value in msgspec.to_builtins(record).items() if name != "extra"}


async def test_a_table_has_a_column_per_field_and_nothing_where_nothing_is_known(
    centre: Workspace, tmp_path: Path
) -> None:
    await import_rows(centre, tmp_path, as_csv([interval(0), interval(1, notUniqueTreated=0, treatedCalls=0)]))
    report = await export(centre, tmp_path)
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfid,data_type,timestamp,agent_id,queue_id,")
    first, second = table(tmp_path / "out.csv")
    assert (first["queue_id"], first["startInterval"], first["aht"]) == ("g-0", "2026-03-05T06:00:00Z", "287000")
    assert (second["notUniqueTreated"], second["aht"], second["postProcessing"]) == ("0", "", "")
    assert (report.run.result["rows"], report.run.result["totals"]["notUniqueReceived"]) == (2, 28)


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_the_service_group_is_the_name_of_the_group_as_in_the_numbers_of_queues(
    centre: Workspace, tmp_path: Path, form: str
) -> None:
    found = Personnel((Service("2", "Линия", groups=(Group("g-0", "2", "Продажи"),)),), recognised=True)
    await centre.store.write(contact_center_now.write_personnel, "cc-1", found)
    await import_rows(centre, tmp_path, as_csv([interval(n, serviceId="2") for n in range(2)]))
    await export(centre, tmp_path, f"out.{form}")
    if form == "csv":
        rows: list[dict[str, Any]] = list(table(tmp_path / "out.csv"))
        services = [row["serviceId"] for row in rows]
    else:
        rows = json.loads((tmp_path / "out.json").read_bytes())
        services = [row["metrics"]["serviceId"] for row in rows]
    assert [(row["queue_id"], row["service_group"]) for row in rows] == [("g-0", "Продажи"), ("g-1", "g-1")]
    assert services == ["2", "2"]


async def test_json_is_an_array_of_rows_with_their_metrics(centre: Workspace, tmp_path: Path) -> None:
    await import_rows(centre, tmp_path, as_csv(intervals(3)))
    await export(centre, tmp_path, "out", include_raw_data=True)
    rows = json.loads((tmp_path / "out").read_bytes())
    assert [row["queue_id"] for row in rows] == ["g-0", "g-1", "g-2"]
    assert set(rows[0]) == {
        "id", "data_type", "timestamp", "agent_id", "queue_id", "service_group", "metrics", "raw_data",
    }  # fmt: skip
    assert (rows[0]["metrics"]["aht"], rows[0]["raw_data"]["groupId"]) == (287_000, "g-0")


async def test_raw_data_hold_what_a_row_said_beyond_its_fields(centre: Workspace, tmp_path: Path) -> None:
    await import_rows(centre, tmp_path, as_csv([interval(call_type="sale")]))
    await export(centre, tmp_path, include_raw_data=True)
    (row,) = table(tmp_path / "out.csv")
    assert json.loads(row["raw_data"])["call_type"] == "sale"


async def test_a_workbook_has_times_of_the_connections_zone(centre: Workspace, tmp_path: Path) -> None:
    await import_rows(centre, tmp_path, as_csv(intervals(1)))
    await export(centre, tmp_path, "out.xlsx")
    with CalamineWorkbook.from_path(str(tmp_path / "out.xlsx")) as book:
        names, row = book.get_sheet_by_index(0).to_python()
    assert str(row[names.index("startInterval")]) == "2026-03-05 09:00:00"


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
async def test_what_a_spreadsheet_would_run_is_a_text(centre: Workspace, tmp_path: Path, form: str) -> None:
    await import_rows(centre, tmp_path, as_csv([interval(groupId="=HYPERLINK(1)")]))
    await export(centre, tmp_path, f"out.{form}")
    if form == "csv":
        assert table(tmp_path / "out.csv")[0]["queue_id"] == "'=HYPERLINK(1)"
    elif form == "xlsx":
        with CalamineWorkbook.from_path(str(tmp_path / "out.xlsx")) as book:
            assert "=HYPERLINK(1)" in book.get_sheet_by_index(0).to_python()[1]
        assert b"<f>" not in (tmp_path / "out.xlsx").read_bytes()
    else:
        assert json.loads((tmp_path / "out.json").read_bytes())[0]["queue_id"] == "=HYPERLINK(1)"


async def test_rows_are_chosen_by_days_groups_and_agents(centre: Workspace, tmp_path: Path) -> None:
    await import_rows(centre, tmp_path, as_csv(intervals(6_000)))
    whole = await export(centre, tmp_path, start_date="2026-03-05", end_date="2026-03-05", groups="all")
    assert whole.run.result["rows"] == 8 * 12 * 15  # from nine in the morning in Moscow
    some = await export(centre, tmp_path, start_date="2026-03-06", groups="g-1,g-2")
    assert {row["queue_id"] for row in table(tmp_path / "out.csv")} == {"g-1", "g-2"}
    assert some.run.result["rows"] == len(table(tmp_path / "out.csv")) > 0


async def test_nothing_to_export_is_a_file_without_rows(centre: Workspace, tmp_path: Path) -> None:
    report = await export(centre, tmp_path, "out.json")
    assert (report.exit_code, json.loads((tmp_path / "out.json").read_bytes())) == (ExitCode.DONE, [])


async def test_a_dry_run_writes_no_file(centre: Workspace, tmp_path: Path) -> None:
    await import_rows(centre, tmp_path, as_csv(intervals(3)))
    params = {"data_type": "service_group_metrics", "file": str(tmp_path / "out.csv")}
    report = await run(centre, "cc.export_data", NAME, params=params, dry_run=True)
    assert (report.run.summary["total"], (tmp_path / "out.csv").exists()) == (3, False)


@pytest.mark.parametrize(
    "params",
    [
        {"start_date": "2026-03-06", "end_date": "2026-03-05"},
        {"data_type": "agent_login", "groups": "g-1"},
        {"data_type": "service_group_metrics", "agents": "op-1"},
    ],
)
async def test_what_cannot_be_asked_for_is_refused(centre: Workspace, tmp_path: Path, params: dict[str, str]) -> None:
    report = await export(centre, tmp_path, **params)
    assert report.exit_code is ExitCode.USAGE
    assert not (tmp_path / "out.csv").exists()


async def test_a_folder_that_is_not_there_is_said(centre: Workspace, tmp_path: Path) -> None:
    report = await export(centre, tmp_path, "none/out.csv")
    assert report.exit_code is ExitCode.USAGE
    assert report.error is not None
    assert report.error.remedy


async def test_csv_is_separated_as_the_person_says_and_comes_back_the_same(
    workspace: Workspace, tmp_path: Path
) -> None:
    await connect_centre(workspace)
    await import_rows(workspace, tmp_path, as_csv([interval(0, groupId="=1+1"), interval(1)]))
    out = tmp_path / "out.csv"
    params = {"data_type": "service_group_metrics", "file": str(out), "separator": "semicolon"}
    report = await run(workspace, "cc.export_data", params=params)
    assert report.exit_code is ExitCode.DONE
    lines = out.read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("id;data_type;timestamp;agent_id;queue_id;")
    assert ";'=1+1;" in lines[1]
    again = await run(workspace, "cc.bulk_import", NAME, params={**params, "separator": None})
    assert again.run.summary == {"total": 2, "created": 0, "updated": 0, "skipped": 2, "failed": 0}


async def test_texts_that_begin_with_a_sign_are_led_by_an_apostrophe_and_numbers_are_not(
    centre: Workspace, tmp_path: Path
) -> None:
    await import_rows(centre, tmp_path, as_csv([interval(0, groupId="+1"), interval(1, groupId="-5")]))
    await export(centre, tmp_path)
    rows = table(tmp_path / "out.csv")
    assert sorted(row["queue_id"] for row in rows) == ["'+1", "'-5"]
    assert {row["notUniqueReceived"] for row in rows} == {"14"}


async def test_under_a_russian_locale_cells_are_divided_by_semicolons(
    centre: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await import_rows(centre, tmp_path, as_csv([interval(0)]))
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    await export(centre, tmp_path)
    assert (tmp_path / "out.csv").read_text("utf-8-sig").startswith("id;data_type;")
    await export(centre, tmp_path, separator="comma")
    assert (tmp_path / "out.csv").read_text("utf-8-sig").startswith("id,data_type,")
