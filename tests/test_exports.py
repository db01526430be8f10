"""Exports: what lands in the file, and what happens when it cannot be written."""

from __future__ import annotations

import csv
import errno
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.causes import cause_of_error
from app.errors import ErrorKind, ExitCode, FolderMissing, StoreError, UsageError
from app.exports import export_rows

HEADERS = ("name", "people", "share", "since", "checked", "active")
ROWS = [
    ("Åsgårdstrand", 12, 0.5, date(2024, 2, 29), datetime(2026, 3, 1, 12, 30, tzinfo=UTC), True),
    ("Bø, øst", None, -1.25, None, None, False),
]


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def sheet(path: Path) -> str:
    with zipfile.ZipFile(path) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_csv_is_known_to_excel_as_utf_8_and_keeps_every_value(tmp_path: Path) -> None:
    file = tmp_path / "offices.csv"
    export_rows(file, HEADERS, ROWS)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert read_csv(file) == [
        list(HEADERS),
        ["Åsgårdstrand", "12", "0.5", "2024-02-29", "2026-03-01T12:30:00+00:00", "true"],
        ["Bø, øst", "", "-1.25", "", "", "false"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+A1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_csv_text_never_becomes_a_formula(tmp_path: Path, text: str) -> None:
    export_rows(tmp_path / "a.csv", ("name",), [(text,)])
    assert read_csv(tmp_path / "a.csv")[1] == [f"'{text}"]


@pytest.mark.parametrize("text", ["+47 900 00 041", "-12", "+1 (555) 010-9999", "a=b", "Ola-Per"])
def test_csv_leaves_phone_numbers_and_plain_text_alone(tmp_path: Path, text: str) -> None:
    export_rows(tmp_path / "a.csv", ("phone",), [(text,)])
    assert read_csv(tmp_path / "a.csv")[1] == [text]


def test_a_header_is_no_formula_either(tmp_path: Path) -> None:
    export_rows(tmp_path / "a.csv", ("=HYPERLINK(A1)",), [])
    assert read_csv(tmp_path / "a.csv") == [["'=HYPERLINK(A1)"]]


def test_xlsx_holds_numbers_and_dates_as_such_and_texts_as_texts(tmp_path: Path) -> None:
    file = tmp_path / "offices.xlsx"
    export_rows(file, HEADERS, [*ROWS, ("=1+1", "007", "https://example.no", None, None, True)])
    xml = sheet(file)
    assert '<c r="B2"><v>12</v></c>' in xml
    assert '<c r="C2"><v>0.5</v></c>' in xml
    assert "<v>45351</v>" in xml  # 29 February 2024 as Excel counts days
    assert '<c r="F2" t="b"><v>1</v></c>' in xml
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert "<is><t>=1+1</t></is>" in xml
    assert "<is><t>007</t></is>" in xml


def test_json_is_an_array_of_flat_objects_by_header(tmp_path: Path) -> None:
    export_rows(tmp_path / "a.json", HEADERS, ROWS)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == [
        {"name": "Åsgårdstrand", "people": 12, "share": 0.5, "since": "2024-02-29",
         "checked": "2026-03-01T12:30:00+00:00", "active": True},
        {"name": "Bø, øst", "people": None, "share": -1.25, "since": None, "checked": None, "active": False},
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json"])
def test_a_table_without_rows_is_a_valid_file(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"empty{suffix}"
    export_rows(file, HEADERS, [])
    assert file.stat().st_size > 0
    if suffix == ".json":
        assert json.loads(file.read_text(encoding="utf-8")) == []


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        export_rows(tmp_path / "offices.pdf", HEADERS, ROWS)
    assert "offices.pdf" in caught.value.message
    assert ".csv, .xlsx or .json" in caught.value.remedy


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderMissing, match="folder of offices.csv does not exist") as caught:
        export_rows(tmp_path / "nowhere" / "offices.csv", HEADERS, ROWS)
    assert (caught.value.kind, caught.value.exit_code) == (ErrorKind.UNEXPECTED, ExitCode.USAGE)
    assert caught.value.remedy == "Choose an existing folder."


@pytest.mark.parametrize("name", ["", ".", "folder.csv"])
def test_no_name_and_a_folder_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UsageError):
        export_rows(Path(name), HEADERS, ROWS, ".csv")
    assert [file.name for file in tmp_path.iterdir()] == ["folder.csv"]


def test_a_file_in_place_of_the_folder_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(FolderMissing):
        export_rows(tmp_path / "folder" / "offices.csv", HEADERS, ROWS)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json"])
def test_a_failure_in_the_middle_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"offices{suffix}"
    file.write_text("yesterday")

    def rows() -> Iterator[tuple[object, ...]]:
        yield ROWS[0]
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StoreError, match="disk is full"):
        export_rows(file, HEADERS, rows())
    assert file.read_text() == "yesterday"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("error", "sentence", "kind"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "open in another program", ErrorKind.FORBIDDEN),
        (OSError(errno.EROFS, "Read-only file system"), "read-only", ErrorKind.FORBIDDEN),
        (OSError(errno.EIO, "Input/output error"), "Input/output error", ErrorKind.UNEXPECTED),
    ],
)
def test_why_a_file_could_not_take_its_place_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, sentence: str, kind: ErrorKind
) -> None:
    def refuse(_self: Path, _target: Path) -> Path:
        raise error

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError, match=sentence) as caught:
        export_rows(tmp_path / "a.csv", HEADERS, ROWS)
    assert caught.value.remedy
    assert caught.value.kind is kind
    assert cause_of_error(caught.value).code == caught.value.code
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_readable_as_any_other_new_file(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    export_rows(tmp_path / "a.csv", HEADERS, ROWS)
    assert (tmp_path / "a.csv").stat().st_mode == ordinary.stat().st_mode
