"""JSON as 1C writes it (onec-zup.md §4.3)."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.tolerant_json import NotJson, Row, body_text, read_json, rows_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class TestReading:
    @pytest.mark.parametrize(
        ("body", "value"),
        [
            (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
            (b" \r\n\xef\xbb\xbf[1]", [1]),
            ('{"Имя": "Орлова"}'.encode(), {"Имя": "Орлова"}),
            ('{"Имя": "Орлова"}'.encode("cp1251"), {"Имя": "Орлова"}),
            ('{"Имя": "Орлова"}'.encode("utf-16"), {"Имя": "Орлова"}),
        ],
    )
    def test_byte_order_marks_and_other_alphabets(self, body: bytes, value: object) -> None:
        loose = read_json(body)
        assert (loose.value, loose.repaired) == (value, False)

    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ('{"hours": 2,75}', {"hours": 2.75}),
            ('{"hours": 2,75, "next": 1}', {"hours": 2.75, "next": 1}),
            ('{"hours": -0,5 ,\n "next": 1}', {"hours": -0.5, "next": 1}),
            ('{"hours" : 2,75,}', {"hours": 2.75}),
            ('{"a": [1, 2, 3,], "b": 1}', {"a": [1, 2, 3], "b": 1}),
            ('[{"a": 1,},]', [{"a": 1}]),
            ('{"t": "x: 1,5}, ,]", "h": 1,5}', {"t": "x: 1,5}, ,]", "h": 1.5}),
            ('{"t": "a \\" b: 1,5}", "h": 1,5}', {"t": 'a " b: 1,5}', "h": 1.5}),
            ('{"a": [1,5], "h": 1,5}', {"a": [1, 5], "h": 1.5}),
        ],
    )
    def test_commas_where_none_belong_are_repaired_once_and_said(self, written: str, value: object) -> None:
        loose = read_json(written.encode())
        assert (loose.value, loose.repaired) == (value, True)

    @pytest.mark.parametrize(
        ("written", "value"),
        [
            (r'"a\ud83d"', "a\ufffd"), (r'"\uDE00b"', "\ufffdb"), (r'"\ud83d\ude00"', "\N{GRINNING FACE}"),
            (r'"\ud83d\ud83d\ude00"', "\ufffd\N{GRINNING FACE}"), (r'"\\ud83d \ud83d"', r"\ud83d " + "\ufffd"),
            (r'"\\\ud83d\n"', "\\\ufffd\n"), (r'"\u0416\udfff"', "Ж\ufffd"),
        ],
    )  # fmt: skip
    def test_half_a_pair_of_a_sign_costs_that_sign_alone(self, written: str, value: str) -> None:
        assert read_json(f'{{"name": {written}, "n": 1}}'.encode()).value == {"name": value, "n": 1}

    @pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"nul", b'{"a": 1} x', b"[" * 100_000, b'{"a": 1,5 2}'])
    def test_what_is_no_json_is_refused_with_its_beginning(self, body: bytes) -> None:
        with pytest.raises(NotJson) as refused:
            read_json(body)
        assert refused.value.excerpt == body.decode()[:200]

    @pytest.mark.parametrize("bad", [b'"\\"', b'": 1,', b", ]", b"\\"])
    def test_a_hostile_body_takes_no_longer_than_its_length(self, bad: bytes) -> None:
        begun = time.process_time()
        with pytest.raises(NotJson):
            read_json(b"{" + bad * 200_000)
        assert time.process_time() - begun < 5

    @given(JSON)
    def test_good_json_is_left_as_it_is(self, value: Any) -> None:
        loose = read_json(msgspec.json.encode(value))
        assert (loose.value, loose.repaired) == (value, False)

    @given(st.binary() | st.text().map(str.encode))
    def test_any_bytes_give_a_value_or_are_refused(self, body: bytes) -> None:
        body_text(body)
        try:
            read_json(body)
        except NotJson as refused:
            assert len(refused.excerpt) <= 200


class TestRows:
    @pytest.mark.parametrize("key", ["agentID", "agentId", "AGENTID", "agent_id", " agentid "])
    def test_keys_are_found_in_every_spelling(self, key: str) -> None:
        assert Row({key: 7}).get("agentId") == 7

    def test_the_spelling_that_was_asked_for_counts_else_the_first(self) -> None:
        row = Row({"Login": "a", "login": "b"})
        assert (row.get("login"), row.get("LOGIN")) == ("b", "a")

    def test_null_is_as_if_it_were_not_there_but_for_its_key(self) -> None:
        row = Row({"agentId": None, "id": 0})
        assert (row.get("agentId", "id"), row.get("x"), row.has("agent_id"), row.has("x")) == (0, None, True, False)

    @pytest.mark.parametrize(
        ("value", "rows", "others"),
        [(None, 0, 0), ({}, 1, 0), ([{}], 1, 0), ([{}, 1, None], 1, 2), ("text", 0, 1), ([], 0, 0)],
    )
    def test_a_list_of_one_may_come_without_its_brackets(self, value: object, rows: int, others: int) -> None:
        found = rows_of(value)
        assert (len(found.found), found.others) == (rows, others)
