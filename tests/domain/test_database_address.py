"""The address of the database, as the settings keep it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.database_address import checked_database_url, without_password
from app.errors import UsageError


@pytest.mark.parametrize(
    "address",
    ["", "sqlite:////srv/muster.sqlite3", "postgresql://db/muster", "postgres://muster@db.example.com:5433/muster"],
)
def test_a_file_or_a_server_is_taken(address: str) -> None:
    assert checked_database_url(f" {address} ") == address


@pytest.mark.parametrize(
    "address", ["muster", "sqlite://", "sqlite:///:memory:", "mysql://a/b", "postgresql:///x", "postgresql://a:x9/b"]
)
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(UsageError):
        checked_database_url(address)


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="no place for a password") as refused:
        checked_database_url("postgresql://muster:geheim@db/muster")
    assert "geheim" not in f"{refused.value.message} {refused.value.remedy}"


def test_an_address_is_shown_without_its_password() -> None:
    assert without_password("postgresql://muster:geheim@db:5433/muster") == "postgresql://muster@db:5433/muster"
    assert without_password("sqlite:////srv/a.sqlite3") == "sqlite:////srv/a.sqlite3"


@given(st.text())
def test_no_text_is_more_than_refused(text: str) -> None:
    without_password(text)
    with suppress(UsageError):
        assert checked_database_url(text) == text.strip()
