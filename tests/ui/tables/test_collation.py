"""The order of texts: that of the user's language, with numbers as numbers."""

from __future__ import annotations

import random
from functools import cmp_to_key

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCollator, QLocale, Qt

from ui.tables.collation import EMPTY, collation


def ordered(texts: list[str], language: str) -> list[str]:
    keys = collation(QLocale(language)).keys(texts)
    return [text for _key, text in sorted(zip(keys, texts, strict=True))]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nb_NO", ["Ana", "Zoe", "Ærlig", "Øyvind", "Åse"]),
        ("nb_NO", ["Bø", "Zoe", "Aase"]),  # the old spelling of å
        ("en_GB", ["Aase", "Åsen", "Øyvind", "Zoe"]),
        ("ro_RO", ["Ana", "Șerban", "Ștefan", "Tudor", "Țepeș"]),
        ("ru_RU", ["Анна", "Ева", "Ёлка", "Жанна", "Яна"]),
    ],
)
def test_each_language_has_its_order(language: str, expected: list[str]) -> None:
    shuffled = sorted(expected, key=hash)
    assert ordered(shuffled, language) == expected


def test_numbers_inside_texts_count_as_numbers() -> None:
    assert ordered(["Gate 10", "Gate 9", "Gate 010b", "Gate 1"], "en_GB") == [
        "Gate 1",
        "Gate 9",
        "Gate 10",
        "Gate 010b",
    ]


def test_case_does_not_matter_and_accents_only_between_equals() -> None:
    assert ordered(["éa", "EB", "ea", "é", "e"], "en_GB") == ["e", "é", "ea", "éa", "EB"]


def test_letters_of_other_scripts_come_last_and_never_fail() -> None:
    assert ordered(["漢字", "Zoe", "\U0001f600", "Яна", "a\nb", "\ud800"], "en_GB")[:3] == ["a\nb", "Zoe", "Яна"]


def test_a_computer_without_a_language_orders_as_in_english() -> None:
    assert ordered(["Wait…", "Ærlig", "ana", "Яна"], "C") == ordered(["Wait…", "Ærlig", "ana", "Яна"], "en_GB")


def test_an_empty_text_is_marked() -> None:
    assert collation(QLocale("en_GB")).keys(["", "a"])[0] == EMPTY
    assert collation(QLocale("en_GB")).keys([]) == []


@pytest.mark.parametrize("language", ["en_GB", "nb_NO", "ro_RO", "ru_RU"])
def test_words_stand_as_the_collator_of_qt_puts_them(language: str) -> None:
    collator = QCollator(QLocale(language))
    collator.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    letters = {"ru_RU": "абвгдеёжзийк"}.get(language, "abcdeghiklnorstuvyzøșță")
    chance = random.Random(3)
    words = ["".join(chance.choices(letters, k=chance.randrange(1, 6))) for _ in range(300)]

    def compared(first: str, second: str) -> int:
        return collator.compare(first, second) or (first > second) - (first < second)

    assert ordered(words, language) == sorted(words, key=cmp_to_key(compared))


@given(st.lists(st.text(max_size=12), max_size=30))
def test_every_text_gets_a_key_of_its_own_place(texts: list[str]) -> None:
    together = collation(QLocale("nb_NO")).keys(texts)
    assert together == [collation(QLocale("nb_NO")).keys([text])[0] for text in texts]
