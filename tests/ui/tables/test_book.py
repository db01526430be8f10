"""The rows behind a table: by key, sorted, searched, filtered, kept in step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.people import COLUMNS, NAME, NUMBER, PEOPLE, SEEN, STATUS, Person, crowd
from ui.tables.book import AT_ONCE, RowBook

Change = tuple[str, int, str, int | None]


def book_of(people: Iterable[Person] = PEOPLE) -> RowBook[Person]:
    book = RowBook(COLUMNS, lambda person: person.id)
    book.replace_all(people)
    return book


def ids(book: RowBook[Person]) -> list[int]:
    return [book.rows[slot].id for slot in book.matching()]


def test_rows_come_in_the_order_of_arrival_until_sorted() -> None:
    assert ids(book_of()) == [1, 2, 3, 4, 5]


def test_of_two_rows_with_one_key_the_later_counts() -> None:
    book = book_of([Person(1, "Old"), Person(2, "Other"), Person(1, "New")])
    assert [row.name for row in book.rows] == ["New", "Other"]


@pytest.mark.parametrize(
    ("column", "descending", "expected"),
    [
        (NUMBER, False, [2, 5, 1, 4, 3]),  # 7, 7, 12, 100, none
        (NUMBER, True, [4, 1, 2, 5, 3]),  # equal rows keep their order, none stays last
        (SEEN, False, [3, 4, 1, 2, 5]),
        (STATUS, False, [1, 2, 4, 3, 5]),
    ],
)
def test_sorting_is_stable_and_puts_empty_cells_last(column: int, descending: bool, expected: list[int]) -> None:
    book = book_of()
    book.sort_by(column, descending=descending)
    assert ids(book) == expected


def test_empty_texts_come_last_too() -> None:
    book = book_of([Person(1, ""), Person(2, "Zoe"), Person(3, "Ana")])
    book.sort_by(NAME)
    assert ids(book) == [3, 2, 1]
    book.sort_by(NAME, descending=True)
    assert ids(book) == [2, 3, 1]


def test_without_a_sort_column_the_order_of_arrival_is_back() -> None:
    book = book_of()
    book.sort_by(NAME)
    book.sort_by(None)
    assert ids(book) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stefan", [4]),
        ("ÅSE", [2]),
        ("sentrum inactive", [3, 5]),
        ("bergen vest", [2]),
        ("100", [4]),
        ("nobody", []),
        ("", [1, 2, 3, 4, 5]),
    ],
)
def test_a_search_finds_rows_that_hold_all_words(query: str, expected: list[int]) -> None:
    book = book_of()
    book.search_columns([0, 1, 2, 4])
    book.search(query)
    assert ids(book) == expected


def test_only_the_given_columns_are_searched() -> None:
    book = book_of()
    book.search_columns([NAME])
    book.search("sentrum")
    assert ids(book) == []


def test_typing_and_deleting_letter_by_letter_finds_the_same_as_all_at_once() -> None:
    book, fresh = book_of(crowd(300)), book_of(crowd(300))
    for query in ("h", "ha", "han", "han 1", "han 11", "han 1", "an", "", "berg"):
        book.search(query)
        fresh = book_of(crowd(300))
        fresh.search(query)
        assert ids(book) == ids(fresh)


def test_chosen_filters_narrow_together_and_unknown_ones_are_ignored() -> None:
    book = book_of()
    book.define_filters({"active": lambda p: p.active, "sentrum": lambda p: p.office == "Sentrum"})
    book.choose_filters(["active", "sentrum", "gone"])
    assert ids(book) == [1]
    assert book.filter_counts() == {"active": 3, "sentrum": 3}


def test_put_replaces_by_key_and_inserts_where_the_sort_says() -> None:
    book = book_of()
    book.sort_by(NUMBER)
    assert book.put([replace(PEOPLE[0], number=1), Person(6, "New", number=50)]) == [0, 5]
    assert ids(book) == [1, 2, 5, 6, 4, 3]


def test_dropped_rows_are_gone_and_the_rest_can_be_found() -> None:
    book = book_of()
    book.search("a")
    book.sort_by(NAME)
    book.matching()
    book.drop({0, 3})
    assert set(book.slot_of) == {2, 3, 5}
    assert [book.rows[book.slot_of[key]].id for key in (2, 3, 5)] == [2, 3, 5]
    book.search("zoe")
    assert ids(book) == [5]


def test_a_large_table_searches_later_and_prepares_while_idle() -> None:
    book = book_of(crowd(AT_ONCE + 1))
    book.search("hansen")
    asked = [book.can_search_now]
    assert all(work.advance(until=float("inf")) for work in book.idle_work())
    assert [*asked, book.can_search_now] == [False, True]
    assert book.idle_work() == []
    assert len(book.matching()) == AT_ONCE // 10 + 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["put", "drop"]),
            st.integers(0, 9),
            st.sampled_from(["Ana", "ase", "Åse", ""]),
            st.none() | st.integers(0, 3),
        ),
        max_size=25,
    )
)
def test_after_any_changes_the_book_shows_what_a_new_one_would(changes: list[Change]) -> None:
    book = book_of()
    book.define_filters({"active": lambda p: p.active})
    book.choose_filters(["active"])
    book.search("a")
    book.sort_by(NUMBER, descending=True)
    book.matching()
    for act, key, name, number in changes:
        if act == "put":
            book.put([Person(key, name, number=number, active=key % 3 > 0)])
        elif key in book.slot_of:
            book.drop({book.slot_of[key]})
        fresh = book_of(book.rows)
        fresh.define_filters({"active": lambda p: p.active})
        fresh.choose_filters(["active"])
        fresh.search("a")
        fresh.sort_by(NUMBER, descending=True)
        assert ids(book) == ids(fresh)
