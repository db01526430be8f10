"""Columns: what they show, sort and export."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from PySide6.QtCore import QDateTime, QLocale

from tests.support.people import COLUMNS, NUMBER, PEOPLE, SEEN, STATUS, Person
from ui.tables import Align, Column, Kind, columns, format_value


@pytest.fixture(autouse=True)
def british(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words in the British locale, times in UTC."""
    for remembered in (columns._date, columns._time, columns._moment_pattern):
        remembered.cache_clear()
    monkeypatch.setattr(columns, "_locale", lambda: QLocale("en_GB"))
    monkeypatch.setenv("TZ", "UTC")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        ("text", "text"),
        (12_345, "12,345"),
        (10**12, "1,000,000,000,000"),
        (2.5, "2.50"),
        (True, "Yes"),
        (False, "No"),
        (date(2026, 3, 1), "01/03/2026"),
        (("a", "b"), "a, b"),
        ((), ""),
        (Align.LEFT, "left"),
    ],
)
def test_a_value_is_shown_in_the_words_of_the_locale(value: object, words: str) -> None:
    assert format_value(value) == words


def test_a_moment_is_shown_as_qt_shows_it_in_local_time() -> None:
    moment = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
    here = moment.astimezone()
    at = QDateTime(here.year, here.month, here.day, here.hour, here.minute, 0)
    shown = QLocale("en_GB").toString(at, QLocale.FormatType.ShortFormat)
    assert format_value(moment) == shown
    assert format_value(moment.astimezone(timezone(timedelta(hours=5)))) == shown


def test_numbers_stand_right_and_all_else_left_unless_said_otherwise() -> None:
    assert COLUMNS[NUMBER].alignment is Align.RIGHT
    assert COLUMNS[STATUS].alignment is Align.LEFT
    assert Column[Person]("x", "X", lambda p: p.id, kind=Kind.NUMBER, align=Align.CENTER).alignment is Align.CENTER


def test_numbers_and_moments_are_exported_as_such_and_all_else_in_words() -> None:
    person = PEOPLE[0]
    assert COLUMNS[NUMBER].exported(person) == 12
    assert COLUMNS[SEEN].exported(person) == datetime(2026, 3, 1, tzinfo=UTC)
    assert COLUMNS[STATUS].exported(person) == "Active"
