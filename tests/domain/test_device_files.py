"""A CSV file of devices: good rows are kept, bad ones are named with field, rule and what to do."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.device_files import COLUMNS, MOST_ROWS, DeviceLine, read_device_lines
from app.errors import UsageError

FULL = "name;host;port;https;username;password;site\n"


def only(text: str) -> DeviceLine:
    (line,) = read_device_lines(text)
    return line


class TestGoodFiles:
    def test_every_column(self) -> None:
        line = only(FULL + "Main entrance;192.168.1.64;8443;yes;admin;p w;Chișinău\n")
        assert line == DeviceLine(2, "Main entrance", "192.168.1.64", 8443, True, "admin", "Chișinău", "p w")

    @pytest.mark.parametrize(
        "text",
        [
            "host,name,password\n10.0.0.1,A,secret",
            "\ufeffHOST;Name; Password\r\n10.0.0.1;A;secret\r\n",
            'password,host,name\n"secret",10.0.0.1,"A"\n\n,,\n',
            "name;host;password;;\nA;10.0.0.1;secret;;\n",
        ],
        ids=["comma", "as Excel saves it", "quotes and blank rows", "columns without a name"],
    )
    def test_any_order_and_either_separator(self, text: str) -> None:
        line = only(text)
        assert (line.name, line.host, line.port, line.password, line.problems) == ("A", "10.0.0.1", 80, "secret", ())

    @pytest.mark.parametrize(("cell", "https", "port"), [("da", True, 443), ("x", True, 443), ("", False, 80)])
    def test_https_moves_the_usual_port(self, cell: str, https: bool, port: int) -> None:
        line = only(f"name,host,https\nA,10.0.0.1,{cell}\n")
        assert (line.https, line.port) == (https, port)

    def test_blanks_are_part_of_a_password_and_a_password_of_no_repr(self) -> None:
        line = only("name,host,password\nA,10.0.0.1, planted \n")
        assert line.password == " planted "
        assert "planted" not in repr(line)


class TestBadRows:
    @pytest.mark.parametrize(
        ("row", "fields"),
        [
            (";10.0.0.1;80;no;u;p;s", ["name"]),
            ("A;http://10.0.0.1;80;no;u;p;s", ["host"]),
            ("A;10.0.0.1;99999;no;u;p;s", ["port"]),
            ("A;10.0.0.1;80;perhaps;u;p;s", ["https"]),
            ("A;10.0.0.1;80;no;u\x07;p;s", ["username"]),
            ("A;10.0.0.1;80;no;u;p\x07;s", ["password"]),
            (";;x;x x;u;p;s", ["https", "name", "host", "port"]),
        ],
    )
    def test_every_broken_rule_is_named_with_its_remedy(self, row: str, fields: list[str]) -> None:
        line = only(FULL + row)
        assert [p.field for p in line.problems] == fields
        assert all(p.rule and p.fix for p in line.problems)

    def test_a_bad_row_does_not_spoil_the_others(self) -> None:
        lines = read_device_lines("name,host\nA,10.0.0.1\nB,\nC,10.0.0.3\n")
        assert [(line.number, bool(line.problems)) for line in lines] == [(2, False), (3, True), (4, False)]

    def test_rows_are_counted_as_a_spreadsheet_shows_them(self) -> None:
        lines = read_device_lines('"name",host,"site"\nA,10.0.0.1,"two\nlines"\n\nB,,\n')
        assert [line.number for line in lines] == [2, 4]

    def test_a_name_or_an_address_twice_refuses_the_second(self) -> None:
        lines = read_device_lines("name,host\nA,10.0.0.1\na,10.0.0.2\nB,10.0.0.1\nC,10.0.0.2\n")
        assert [[p.field for p in line.problems] for line in lines] == [[], ["name"], ["host"], []]
        assert "row 2" in lines[1].problems[0].rule

    @pytest.mark.parametrize(
        "row",
        ["A;10.0.0.1;admin;planted;x", "A;10.0.0.1;planted;no;admin", "A;B;10.0.0.1;80;no;admin;planted;site"],
        ids=["one to the left", "in the port", "one to the right"],
    )
    def test_the_password_of_a_row_that_slipped_is_not_quoted(self, row: str) -> None:
        line = only(FULL + row)
        assert line.problems
        assert not any("planted" in p.rule + p.fix for p in line.problems)


class TestBadFiles:
    @pytest.mark.parametrize(
        "text",
        [
            "", "\n", "name\nA\n", "host\n10.0.0.1\n", "name,host,colour\n", "name,host,name\n", 'name,host\n"A',
            "\0\0\0", "PK\x03\x04", "name,host\n" + '"x" y,' * 3,
        ],
    )  # fmt: skip
    def test_what_is_no_such_table_is_refused_as_a_whole(self, text: str) -> None:
        with pytest.raises(UsageError) as refused:
            read_device_lines(text)
        assert refused.value.remedy

    def test_a_file_that_is_too_long(self) -> None:
        with pytest.raises(UsageError, match="more than"):
            read_device_lines("name,host\n" + "".join(f"d{n},d{n}\n" for n in range(MOST_ROWS + 1)))

    @given(st.text())
    def test_no_text_does_anything_worse(self, text: str) -> None:
        try:
            read_device_lines(text)
        except UsageError as refused:
            assert refused.message

    @given(st.lists(st.lists(st.text(max_size=12), min_size=7, max_size=8), max_size=6))
    def test_every_row_under_a_good_header_is_kept_or_explained(self, rows: list[list[str]]) -> None:
        text = io.StringIO()
        csv.writer(text).writerows([list(COLUMNS), *rows])
        for line in read_device_lines(text.getvalue()):
            assert line.problems or (line.name and line.host and 0 < line.port < 65_536)
