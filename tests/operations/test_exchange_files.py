"""Files of contact-centre data: CSV, XLSX and JSON, as people and programs write them, and as nobody should."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from app.domain.exchange import SHAPES
from app.domain.exchange.shapes import DataType
from app.errors import ExitCode, MusterError, UsageError
from app.operations.exchange import files, json_rows, tables
from app.operations.exchange.files import look_at, read_rows
from app.workspace import Workspace
from tests.support.exchange import INTERVAL_KEYS, as_csv, connect_centre, interval, intervals, validate_rows, write


@pytest.fixture
async def centre(workspace: Workspace) -> Workspace:
    await connect_centre(workspace)
    return workspace


def read(
    folder: Path,
    content: str | bytes,
    data_type: DataType = DataType.GROUP_METRICS,
    columns: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The rows of a file as fields that hold something, with the row's number, what else it holds and its defect."""
    shape = SHAPES[data_type]
    found = []
    for number, cells, extra, defect in read_rows(look_at(Path(write(folder, content))), shape, columns or {}):
        held = {spec.key: c for spec, c in zip(shape.fields, cells, strict=True) if c not in ("", None)}
        found.append(held | {"#": number} | ({"extra": extra} if extra else {}) | ({"!": defect} if defect else {}))
    return found


def refused(folder: Path, content: str | bytes) -> MusterError:
    with pytest.raises(MusterError) as error:
        read(folder, content)
    assert error.value.remedy
    assert error.value.exit_code is ExitCode.USAGE
    return error.value


def workbook(rows: list[list[Any]], folder: Path) -> bytes:
    file = folder / "made.xlsx"
    with Workbook(file, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        book.set_properties({"created": datetime(2026, 3, 5, tzinfo=UTC)})  # the same bytes at every try
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.read_bytes()


class TestTables:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
    def test_separators_and_encodings_are_found_out(self, tmp_path: Path, delimiter: str, encoding: str) -> None:
        content = as_csv([interval(groupId="Продажи")], delimiter).encode(encoding)
        (row,) = read(tmp_path, content)
        assert (row["groupId"], row["notUniqueReceived"], row["#"]) == ("Продажи", "14", 2)

    def test_a_byte_of_another_encoding_far_down_is_found_too(self, tmp_path: Path) -> None:
        rows = [*intervals(20_000), interval(20_001, groupId="Чаты")]
        assert read(tmp_path, as_csv(rows).encode("cp1251"))[-1]["groupId"] == "Чаты"

    def test_excels_own_line_names_the_separator(self, tmp_path: Path) -> None:
        (row,) = read(tmp_path, "sep=;\r\n" + as_csv(intervals(1), ";"))
        assert (row["groupId"], row["#"]) == ("g-0", 2)

    def test_columns_stand_in_any_order_under_any_spelling(self, tmp_path: Path) -> None:
        content = "Not Unique Treated;GROUP_ID;start_interval;remark\n11;g-1;2026-03-05;late\n"
        (row,) = read(tmp_path, content)
        assert row == {
            "groupId": "g-1", "startInterval": "2026-03-05", "notUniqueTreated": "11", "#": 2,
            "extra": {"remark": "late"},
        }  # fmt: skip

    def test_a_person_says_what_a_column_is(self, tmp_path: Path) -> None:
        (row,) = read(tmp_path, "Отдел,startInterval\ng-1,x\n", columns={"отдел": "group_id"})
        assert row["groupId"] == "g-1"

    def test_blank_rows_are_left_out_and_numbers_stay_those_of_the_file(self, tmp_path: Path) -> None:
        rows = read(tmp_path, "groupId,aht\n\n,\ng-1,1\n\ng-2\n")
        assert [(row["groupId"], row["#"]) for row in rows] == [("g-1", 4), ("g-2", 6)]

    def test_a_row_with_more_cells_than_columns_is_a_bad_one(self, tmp_path: Path) -> None:
        first, second = read(tmp_path, "groupId,aht\ng-1,1,,\ng-2,1,5\n")
        assert "!" not in first
        assert second["!"]

    def test_a_quoted_cell_may_hold_anything(self, tmp_path: Path) -> None:
        (row,) = read(tmp_path, 'groupId,stuff\n"g,1\n""x""",y\n')
        assert row["groupId"] == 'g,1\n"x"'

    @pytest.mark.parametrize("surplus", ["", ",more"])
    def test_rows_are_counted_as_a_spreadsheet_shows_them(self, tmp_path: Path, surplus: str) -> None:
        rows = read(tmp_path, f'groupId,"a\nht"\n"g\n\n1",5{surplus}\n\n"g\r\n2",6{surplus}\n')
        assert [(row["groupId"], row["#"]) for row in rows] == [("g\n\n1", 2), ("g\r\n2", 4)]

    @pytest.mark.parametrize(
        "content",
        [
            b"", b"\n", b"a,b\n1,2\n", b"groupId,group_id\n1,2\n", b'groupId\n"open', b"\0\1\2", b"\xff\xfeg",
            b"groupId\n\x98\xff", b"PK\x03\x04 rubbish", b"groupId\n" + b"x" * 200_000,
        ],
        ids=[
            "nothing", "a blank line", "other columns", "a column twice", "an open quote", "no text", "half UTF-16",
            "no encoding", "no workbook", "a huge cell",
        ],
    )  # fmt: skip
    def test_what_is_no_table_is_refused_as_a_whole(self, tmp_path: Path, content: bytes) -> None:
        refused(tmp_path, content)

    def test_a_file_that_is_too_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "MOST_BYTES", 10)
        refused(tmp_path, as_csv(intervals(1)))

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(MusterError, match="There is no file"):
            look_at(tmp_path / "none.csv")


class TestWorkbooks:
    def test_numbers_and_times_come_as_such(self, tmp_path: Path) -> None:
        start = datetime.fromisoformat("2026-03-05T09:00")
        (row,) = read(tmp_path, workbook([["groupId", "startInterval", "aht"], [17, start, 287_000]], tmp_path))
        assert row == {"groupId": 17.0, "startInterval": start, "aht": 287_000.0, "#": 2}

    async def test_a_workbook_is_checked_like_any_file(self, centre: Workspace, tmp_path: Path) -> None:
        rows: list[list[Any]] = [list(INTERVAL_KEYS), *(list(row.values()) for row in intervals(20))]
        rows[5][10] = "five minutes"
        report = await validate_rows(centre, tmp_path, workbook(rows, tmp_path))
        assert report.run.summary == {"total": 20, "valid": 19, "invalid": 1}
        assert report.outcomes[0].subject == "Row 6"

    def test_rows_and_columns_may_begin_anywhere(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [[], [], ["", "groupId"], ["", "g-1"], [], ["", "g-2"]]
        assert [(r["groupId"], r["#"]) for r in read(tmp_path, workbook(rows, tmp_path))] == [("g-1", 4), ("g-2", 6)]

    @pytest.mark.parametrize("cell", ["XFD1048576", "A99999999", "ZZZ5"])
    def test_a_workbook_that_would_fill_the_memory_is_refused(self, tmp_path: Path, cell: str) -> None:
        content = changed(workbook([["groupId"], ["g-1"]], tmp_path), 'r="A2"', f'r="{cell}"')
        if cell == "ZZZ5":
            content = changed(content, 'r="2"', "r='999999'")
        refused(tmp_path, content)

    def test_a_workbook_that_unpacks_to_too_much_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tables, "MOST_UNPACKED_BYTES", 1_000)
        refused(tmp_path, workbook([["groupId"], ["g-1"]], tmp_path))


def changed(book: bytes, old: str, new: str) -> bytes:
    """The workbook with another text in its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            is_sheet = "worksheets/" in name
            target.writestr(name, content.replace(old.encode(), new.encode()) if is_sheet else content)
    return out.getvalue()


ROW = {"groupId": "g-1", "startInterval": "2026-03-05T06:00:00Z", "aht": 5}


class TestJson:
    @pytest.mark.parametrize(
        "content",
        [
            json.dumps([ROW, ROW]), json.dumps([ROW, ROW], indent=4), f"{json.dumps(ROW)}\n{json.dumps(ROW)}\n",
            "\ufeff" + json.dumps([ROW, ROW]), json.dumps({"data": [ROW, ROW], "total_count": 2}),
        ],
        ids=["array", "indented", "lines", "with a mark", "envelope"],
    )  # fmt: skip
    def test_rows_come_from_an_array_or_line_by_line(self, tmp_path: Path, content: str) -> None:
        assert read(tmp_path, content) == [ROW | {"#": 1}, ROW | {"#": 2}]

    def test_rows_of_one_group_may_lie_in_its_object(self, tmp_path: Path) -> None:
        nested = [{"serviceId": "1", "groupId": "g-1", "historicData": [{"aht": 1}, {"aht": 2}]}]
        assert [(r["groupId"], r["aht"]) for r in read(tmp_path, json.dumps(nested))] == [("g-1", 1), ("g-1", 2)]
        calls = [{"agentId": "op", "groupId": "g", "calls": [{"startCall": "x"}]}]
        assert read(tmp_path, json.dumps(calls), DataType.CALLS)[0]["startCall"] == "x"

    def test_a_long_file_is_read_piece_by_piece(self, tmp_path: Path) -> None:
        rows = [ROW | {"remark": "я" * (n % 300)} for n in range(3_000)]
        assert len(read(tmp_path, json.dumps(rows, ensure_ascii=False))) == 3_000

    def test_a_row_that_is_no_object_is_a_bad_one(self, tmp_path: Path) -> None:
        first, second = read(tmp_path, json.dumps([ROW, 5]))
        assert "!" not in first
        assert second["!"]

    def test_what_is_no_field_is_kept_beside(self, tmp_path: Path) -> None:
        (row,) = read(tmp_path, json.dumps([ROW | {"call_type": {"a": 1}, "empty": None}]))
        assert row["extra"] == {"call_type": {"a": 1}}

    def test_nothing_is_no_row(self, tmp_path: Path) -> None:
        assert read(tmp_path, "[]") == []

    @pytest.mark.parametrize(
        "content",
        [
            "[", "[{]", "[{}", '[{"groupId": 1},]', '[{"groupId": 1}] x', '[{"aht": NaN}]', "[" * 100_000,
            '{"groupId": 1} x', "[1 2]", '[{"aht": ' + "9" * 5_000 + "}]", "[{}, {}]",
        ],
    )  # fmt: skip
    def test_what_is_no_json_is_refused_as_a_whole(self, tmp_path: Path, content: str) -> None:
        refused(tmp_path, content)

    def test_a_single_value_without_end_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(json_rows, "MOST_CHARS_OF_VALUE", 100_000)
        assert re.search("too large", refused(tmp_path, '[{"groupId": "' + "x" * 300_000).message)


def mutated(content: bytes) -> st.SearchStrategy[bytes]:
    """The same file with a piece of it lost, doubled or replaced."""
    place = st.integers(0, len(content))
    return st.tuples(place, place, st.binary(max_size=20)).map(lambda t: content[: t[0]] + t[2] + content[t[1] :])


GOOD_CSV = as_csv(intervals(3)).encode()
GOOD_JSON = json.dumps(intervals(3)).encode()
ANY_FILE = st.one_of(
    st.binary(max_size=300),
    mutated(GOOD_CSV),
    mutated(GOOD_JSON),
    st.text(max_size=200).map(lambda text: b"groupId,aht\n" + text.encode("utf-8", "replace")),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INTERVAL_KEYS), inner, max_size=3),
    ).map(lambda value: json.dumps(value).encode()),
)


@settings(max_examples=300)
@given(content=ANY_FILE)
def test_any_bytes_are_rows_or_a_clear_refusal(tmp_path: Path, content: bytes) -> None:
    try:
        read(tmp_path, content)
    except MusterError as error:
        assert error.message
        assert error.remedy


@settings(max_examples=150)
@given(data=st.data())
def test_any_workbook_is_rows_or_a_clear_refusal(tmp_path: Path, data: st.DataObject) -> None:
    whole = workbook([["groupId", "aht"], ["g-1", 5]], tmp_path)
    content = data.draw(mutated(whole) | mutated_members(whole))
    try:
        read(tmp_path, content)
    except MusterError as error:
        assert error.message
        assert error.remedy


def mutated_members(book: bytes) -> st.SearchStrategy[bytes]:
    """A workbook that unpacks well, with one of its parts damaged."""
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        parts = {name: source.read(name) for name in source.namelist()}

    def packed(choice: tuple[str, bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as target:
            for name, content in parts.items():
                target.writestr(name, choice[1] if name == choice[0] else content)
        return out.getvalue()

    return st.sampled_from(sorted(parts)).flatmap(
        lambda name: st.tuples(st.just(name), mutated(parts[name])).map(packed)
    )


class TestReports:
    async def test_a_check_says_row_field_rule_and_fix_and_stores_nothing(
        self, centre: Workspace, tmp_path: Path
    ) -> None:
        rows = [interval(n, aht="x" if n % 10 == 3 else 5) for n in range(100)]
        report = await validate_rows(centre, tmp_path, as_csv(rows))
        result = report.run.result
        assert report.exit_code is ExitCode.INCOMPLETE
        assert (result["total_records"], result["valid_records"], result["success_rate"]) == (100, 90, 90.0)
        (group,) = result["error_groups"]
        assert (group["rule"], group["field"], group["count"]) == ("number", "aht", 10)
        first = result["validation_errors"][0]
        assert (first["record_index"], first["row"], first["record"]["aht"]) == (3, 5, "x")
        assert len(report.outcomes) == 10
        assert report.run.reasons == {"number": 10}

    async def test_all_errors_can_be_had_as_a_file(self, centre: Workspace, tmp_path: Path) -> None:
        rows = [interval(n, aht="x", notUniqueMissed=-1) for n in range(1_500)]
        out = tmp_path / "errors.json"
        report = await validate_rows(centre, tmp_path, as_csv(rows), errors_file=str(out))
        errors = json.loads(out.read_bytes())
        assert (len(errors), len(report.run.result["validation_errors"])) == (3_000, 1_000)
        assert errors[1] == errors[1] | {"row": 2, "field": "aht", "rule": "number", "value": "x"}
        assert len(report.outcomes) == 1_001
        assert "500" in report.outcomes[-1].message

    async def test_fields_that_nobody_knows_are_a_warning(self, centre: Workspace, tmp_path: Path) -> None:
        report = await validate_rows(centre, tmp_path, as_csv([interval(call_type="sale")]))
        assert report.exit_code is ExitCode.DONE
        assert len(report.run.warnings) == 1
        assert "call_type" in report.run.warnings[0]
        strict = await validate_rows(centre, tmp_path, as_csv([interval(call_type="sale")]), strict="true")
        assert strict.exit_code is ExitCode.INCOMPLETE

    async def test_rules_of_a_person_come_as_json(self, centre: Workspace, tmp_path: Path) -> None:
        rules = '{"notUniqueMissed": {"min_value": 0, "max_value": 2}}'
        report = await validate_rows(centre, tmp_path, as_csv(intervals(2)), validation_rules=rules)
        assert [g["rule"] for g in report.run.result["error_groups"]] == ["max_value"]

    async def test_a_misspelt_key_of_a_rule_is_refused(self, centre: Workspace, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"aht\.bad"):
            await validate_rows(centre, tmp_path, as_csv(intervals(1)), validation_rules='{"aht": {"bad": 1}}')

    @pytest.mark.parametrize(
        "params", [{"validation_rules": '{"x": {}}'}, {"columns": '{"a": "nothing"}'}, {"file": "/none"}]
    )
    async def test_what_cannot_be_is_a_usage_error(
        self, centre: Workspace, tmp_path: Path, params: dict[str, str]
    ) -> None:
        report = await validate_rows(centre, tmp_path, as_csv(intervals(1)), **params)
        assert report.exit_code is ExitCode.USAGE
