"""Files before they are checked: their first rows, what their columns are taken for, how they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.domain.exchange.shapes import DataType
from app.errors import UsageError
from app.operations.exchange.encodings import Encoding
from app.operations.exchange.files import FileKind, TextForm
from app.operations.exchange.preview import FilePreview, preview_file
from app.operations.exchange.tables import Separator
from app.workspace import Workspace
from tests.support.exchange import as_csv, connect_centre, import_rows, interval, intervals, write
from tests.support.running import run


def preview(folder: Path, content: str | bytes, name: str = "data.csv") -> FilePreview:
    return preview_file(Path(write(folder, content, name)))


HEADINGS = {
    DataType.GROUP_METRICS: "group_id;start_interval;end_interval;Not unique received;notUniqueTreated;notUniqueMissed",
    DataType.STATUS: "Agent ID;Start date;End date;State code",
    DataType.LOGIN: "agentId;loginDate;logoutDate",
    DataType.CALLS: "agentId;groupId;startCall;endCall;duration",
    DataType.CHAT_TIME: "agentId;workDate;workTime",
    DataType.QUEUE_METRICS: "queue;timestamp;waiting;agents_ready_or_busy",
}


@pytest.mark.parametrize("data_type", DataType)
def test_the_type_of_data_is_known_by_its_headings(tmp_path: Path, data_type: DataType) -> None:
    found = preview(tmp_path, HEADINGS[data_type] + "\n")
    assert (found.data_type, found.missing) == (data_type, ())
    assert found.source.separator is Separator.SEMICOLON


async def test_our_own_exports_say_what_they_hold(workspace: Workspace, tmp_path: Path) -> None:
    await connect_centre(workspace)
    await import_rows(workspace, tmp_path, as_csv(intervals(3)))
    for name in ("out.csv", "out.xlsx", "out.json"):
        params = {"data_type": "service_group_metrics", "file": str(tmp_path / name)}
        await run(workspace, "cc.export_data", params=params)
        found = preview_file(tmp_path / name)
        assert (found.data_type, found.missing, found.unknown, len(found.rows)) == ("service_group_metrics", (), (), 3)


def test_the_first_fifty_rows_are_shown_as_the_file_has_them(tmp_path: Path) -> None:
    found = preview(tmp_path, as_csv(intervals(200), ";"))
    assert len(found.rows) == 50
    assert found.rows[0] == (2, tuple(map(str, interval(0).values())))
    assert (found.source.kind, found.source.encoding) == (FileKind.CSV, Encoding.UTF_8)


@pytest.mark.parametrize("ahead", ["", "sep=;\n"])
def test_rows_have_the_numbers_of_a_spreadsheet(tmp_path: Path, ahead: str) -> None:
    found = preview(tmp_path, ahead + 'groupId;aht\n"g\n1";5\n\n"g\n2";6\n')
    assert found.rows == ((2, ("g\n1", "5")), (4, ("g\n2", "6")))


def test_columns_are_said_to_be_known_unknown_missing_or_there_twice(tmp_path: Path) -> None:
    found = preview(tmp_path, "agentId;agent;startCall;endCall;remark;raw_data\n1;2;3;4;5;6\n")
    assert found.data_type is DataType.CALLS
    assert [(c.name, c.field) for c in found.columns][:3] == [
        ("agentId", "agentId"), ("agent", "agentId"), ("startCall", "startCall"),
    ]  # fmt: skip
    assert (found.unknown, found.missing, found.doubled) == (("remark",), ("groupId",), ("agentId",))


def test_a_person_says_what_a_column_is_or_that_it_is_none(tmp_path: Path) -> None:
    file = Path(write(tmp_path, "agentId;agent;startCall;endCall;Отдел\n1;2;3;4;5\n"))
    found = preview_file(file, DataType.CALLS, {"agent": "", "Отдел": "groupId"})
    assert (found.missing, found.doubled, found.unknown) == ((), (), ())


def test_columns_that_nobody_knows_are_shown_all_the_same(tmp_path: Path) -> None:
    found = preview(tmp_path, "a;b\n1;2\n")
    assert (found.unknown, found.rows) == (("a", "b"), ((2, ("1", "2")),))


def test_a_comma_inside_quotes_separates_nothing(tmp_path: Path) -> None:
    assert preview(tmp_path, '"a, b, c";"d, e"\n').source.separator is Separator.SEMICOLON


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Продажи", Encoding.CYRILLIC), ("Kundeservice Tromsø på nå", Encoding.WESTERN), ("Größe", Encoding.WESTERN)],
)
def test_old_encodings_are_guessed_by_how_words_look(tmp_path: Path, text: str, encoding: Encoding) -> None:
    found = preview(tmp_path, f"groupId;remark\n1;{text}\n".encode(encoding))
    assert found.source.encoding is encoding
    assert found.rows[0][1][1] == text


def test_a_person_says_how_a_text_is_written(tmp_path: Path) -> None:
    file = Path(write(tmp_path, "groupId|a,b,c\n1|Vânzări, ţ,\n".encode("cp1250")))
    found = preview_file(file, form=TextForm(Encoding.CENTRAL, Separator.BAR))
    assert found.rows[0][1] == ("1", "Vânzări, ţ,")
    with pytest.raises(UsageError):
        preview_file(file, form=TextForm(Encoding.UTF_8))


@pytest.mark.parametrize("nested", [True, False])
def test_json_has_the_keys_of_its_rows_as_columns(tmp_path: Path, nested: bool) -> None:
    calls: list[dict[str, object]] = [
        {"startCall": "x", "endCall": "y"},
        {"startCall": "z", "endCall": "w", "mood": {"a": 1}},
    ]
    outer: dict[str, object] = {"agentId": "op-1", "groupId": "g"}
    rows = [outer | {"agentCalls": calls}] if nested else [outer | call for call in calls]
    found = preview(tmp_path, json.dumps(rows), "data.json")
    assert (found.data_type, found.source.kind, found.unknown) == (DataType.CALLS, FileKind.JSON, ("mood",))
    assert [row for row, _cells in found.rows] == [1, 2]


@pytest.mark.parametrize("content", [b"\0\1", b'a\n"open', b"[{]", b"PK\x03\x04 no"])
def test_what_is_no_file_of_rows_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UsageError) as error:
        preview(tmp_path, content)
    assert error.value.remedy


def test_an_empty_file_has_no_columns(tmp_path: Path) -> None:
    found = preview(tmp_path, b"")
    assert (found.columns, found.rows) == ((), ())
    assert found.missing
