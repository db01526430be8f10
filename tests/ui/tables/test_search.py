"""Finding rows by words."""

from __future__ import annotations

import pytest

from tests.support.people import COLUMNS, PEOPLE
from ui.tables.search import fold, haystacks, narrows, search_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Øyvind ÅSE Ærlig", "oyvind ase aerlig"),
        ("Ștefănuță Țepeș", "stefanuta tepes"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Ёлка", "елка"),
        ("plain", "plain"),
    ],
)
def test_case_and_accents_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_query_is_a_set_of_words_the_longest_first() -> None:
    assert search_words("  a Berg  a ") == ("berg", "a")
    assert search_words("   ") == ()


@pytest.mark.parametrize(
    ("words", "earlier", "expected"),
    [
        (("han",), ("ha",), True),
        (("han", "o"), ("ha",), True),
        (("ha",), ("han",), False),
        ((), ("a",), False),
        (("a",), (), True),
    ],
)
def test_typing_on_narrows_and_deleting_does_not(
    words: tuple[str, ...], earlier: tuple[str, ...], expected: bool
) -> None:
    assert narrows(words, earlier) is expected


def test_the_text_of_a_row_holds_what_its_columns_show() -> None:
    texts = haystacks(COLUMNS[:3], PEOPLE)
    assert texts[1] == "ase kristiansen\nbergen vest\n7"
    assert len(texts) == len(PEOPLE)


def test_a_control_character_in_a_cell_mixes_no_rows_up() -> None:
    people = [PEOPLE[0].renamed("Odd\x1eOne"), PEOPLE[1]]
    assert [text.split("\n")[0] for text in haystacks(COLUMNS[:1], people)] == ["odd\x1eone", "ase kristiansen"]
