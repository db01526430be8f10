"""The words of the terminal protocol: names that every terminal takes, and what stops a device."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import BEGINS, ENDS, TerminalPerson


class TestNames:
    @pytest.mark.parametrize(
        ("name", "limit", "fitted"),
        [
            ("Ionescu Ana", 128, "Ionescu Ana"),
            ("Ștefănescu Țîrlea", 11, "Ștefănesc"),
            ("Ștefănescu Țîrlea", 1, ""),
            ('O\'Neil & "Ana" <x>: a/b', 128, "O Neil Ana x a b"),
            ("  Ana\tMaria\n ", 128, "Ana Maria"),
            ("Ana Maria", 4, "Ana"),
        ],
        ids=["as it is", "on a letter's boundary", "no room for a letter", "signs", "blanks", "no blank at the end"],
    )
    def test_a_name_is_made_to_fit(self, name: str, limit: int, fitted: str) -> None:
        assert TerminalPerson("1", name).fitted(limit).name == fitted

    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(1, 200))
    def test_no_name_is_longer_than_its_bytes_or_keeps_a_sign_that_terminals_refuse(
        self, name: str, limit: int
    ) -> None:
        fitted = TerminalPerson("1", name).fitted(limit).name
        assert len(fitted.encode()) <= limit
        assert not set(fitted) & set("'\"&<>/:\n\t\0")
        assert fitted == fitted.strip()

    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(1, 200))
    def test_a_name_that_fits_stays_the_same(self, name: str, limit: int) -> None:
        once = TerminalPerson("1", name).fitted(limit)
        assert once.fitted(limit) == once

    def test_nothing_but_the_name_changes(self) -> None:
        person = TerminalPerson("007", "A:B", "2021-01-01T00:00:00", "2022-01-01T00:00:00", "1,2", "3")
        fitted = person.fitted()
        assert (fitted.number, fitted.begins, fitted.ends) == ("007", "2021-01-01T00:00:00", "2022-01-01T00:00:00")
        assert (fitted.door_right, fitted.plan) == ("1,2", "3")


def test_the_validity_is_the_fixed_range_with_an_end_that_fits_32_bits() -> None:
    person = TerminalPerson("1", "A")
    assert (person.begins, person.ends) == (BEGINS, ENDS) == ("2020-01-01T00:00:00", "2037-12-31T23:59:59")


@pytest.mark.parametrize("kind", list(AnswerClass))
def test_a_device_is_stopped_by_what_concerns_everybody(kind: AnswerClass) -> None:
    stopping = {"unreachable", "timed_out", "sign_in", "device_fatal", "not_isapi"}
    assert kind.stops_device is (kind.value in stopping)
