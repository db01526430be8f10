"""What a row of the customers table says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.customers import Customer, CustomerStatus, DatabaseDetail, DatabaseStatus, SupportLevel
from app.store.values import now
from tests.support.customer_records import a_customer
from ui.pages.customers.rows import (
    COLUMNS,
    LOOKS,
    TOTAL,
    detail_text,
    environments_of,
    filters,
    itar_words,
    last_good_text,
    pulled_tooltip,
    status_tooltip,
    status_words,
    tiles,
)
from ui.theme import Tone

S = DatabaseStatus


def passing(key: str, customers: list[Customer]) -> list[str]:
    """The ids of those that pass a filter."""
    (chip,) = [f for f in filters(environments_of(customers)) if f.key == key]
    return [c.id for c in customers if chip.predicate(c)]


@pytest.mark.parametrize("status", [*S, None])
def test_every_customer_counts_in_exactly_one_tile_besides_the_total(status: DatabaseStatus | None) -> None:
    customer = a_customer(database_status=status)
    assert next(t.key for t in tiles() if t.predicate(customer)) == TOTAL
    assert sum(t.predicate(customer) for t in tiles()) == 2


@pytest.mark.parametrize(
    "gone",
    [
        {"status": CustomerStatus.NOT_BILLABLE},
        {"status": CustomerStatus.INACTIVE},
        {"missing_since": now()},
    ],
)
def test_who_is_not_in_the_list_counts_in_no_tile_but_can_be_found(gone: dict[str, Any]) -> None:
    customer = a_customer(database_status=S.EXISTS, **gone)
    assert not any(t.predicate(customer) for t in tiles())
    assert [f.key for f in filters() if f.menu == "Not in the list" and f.predicate(customer)]


@pytest.mark.parametrize(
    ("status", "tone"),
    [
        (S.EXISTS, Tone.SUCCESS),
        (S.NO_DATABASE, Tone.DANGER),
        (S.RESIDENT_HOSTING, Tone.INFO),
        (S.ITAR_HOSTING, Tone.INFO),
        (S.UNAVAILABLE, Tone.INFO),
        (S.MYSQL_ERROR, Tone.WARNING),
        (S.BATCH_TIMEOUT, Tone.WARNING),
        (S.INVALID_DOMAIN, Tone.WARNING),
        (S.MYSQL_DISABLED, Tone.NEUTRAL),
    ],
)
def test_each_status_has_its_colour(status: DatabaseStatus, tone: Tone) -> None:
    assert LOOKS[status][0] is tone


def test_no_two_statuses_share_word_and_icon() -> None:
    told = [(status_words(a_customer(database_status=s)), LOOKS[s][1]) for s in (*S, None)]
    assert len(set(told)) == len(told)


def test_before_the_first_check_a_customer_waits() -> None:
    assert status_words(a_customer()) == "Waiting"
    assert status_tooltip(a_customer()) == "Not checked yet."


@pytest.mark.parametrize(
    ("status", "detail", "said"),
    [
        (S.EXISTS, "ok", ""),
        (S.EXISTS, "acme_corp", "Under the name acme_corp"),
        (S.EXISTS, DatabaseDetail.CASE_MISMATCH, "Other capital letters"),
        (S.NO_DATABASE, DatabaseDetail.DATABASE_MISSING, "No such database"),
        (S.NO_DATABASE, DatabaseDetail.TABLE_MISSING, "No table usage_stats"),
        (S.MYSQL_ERROR, "Connection lost.", "Connection lost."),
        (S.RESIDENT_HOSTING, "", ""),
    ],
)
def test_the_detail_says_what_the_chip_does_not(status: DatabaseStatus, detail: str, said: str) -> None:
    assert detail_text(a_customer(database_status=status, database_detail=detail)) == said


class TestFailedCheck:
    """A failed check never looks like "no database" (cetec-mysql.md §9)."""

    failed = a_customer(
        database_status=S.MYSQL_ERROR, database_detail="Connection lost.", good_status=S.EXISTS, good_at=now(),
    )  # fmt: skip

    def test_the_last_good_answer_stays_beside_it_with_its_age(self) -> None:
        failed = replace(self.failed, good_at=now() - timedelta(hours=2, minutes=1))
        assert status_words(failed) == "Check failed"
        assert detail_text(failed) == "Was there 2 hours ago · Connection lost."

    def test_a_database_that_was_missing_before_is_said_too(self) -> None:
        failed = replace(self.failed, good_status=S.NO_DATABASE, good_at=now())
        assert last_good_text(failed) == "Was missing just now"

    def test_without_one_only_the_cause_is_said(self) -> None:
        assert detail_text(replace(self.failed, good_status=None, good_at=None)) == "Connection lost."

    def test_an_answer_of_the_server_needs_no_older_one(self) -> None:
        assert last_good_text(replace(self.failed, database_status=S.EXISTS)) == ""


def test_support_level_resident_itar_and_test_environment_filter() -> None:
    customers = [
        a_customer(1, priority_support=SupportLevel.ENTERPRISE, test_environment="Update Nightly"),
        a_customer(2, resident_hosting=True, test_environment="0"),
        a_customer(3, itar_hosting=True, test_environment="Pause Updates"),
    ]
    assert environments_of(customers) == ("Pause Updates", "Update Nightly")
    assert passing("support_enterprise", customers) == ["1"]
    assert passing("support_none", customers) == ["2", "3"]
    assert passing("resident_yes", customers) == ["2"]
    assert passing("resident_no", customers) == ["1", "3"]
    assert passing("itar_yes", customers) == ["3"]
    assert passing("test_Pause Updates", customers) == ["3"]


def test_itar_keeps_the_words_of_cetec() -> None:
    assert itar_words(a_customer()) == "No"
    assert itar_words(a_customer(itar_hosting=True, itar_text="1")) == "Yes"
    assert itar_words(a_customer(itar_hosting=True, itar_text="ITAR - GovCloud")) == "ITAR - GovCloud"


def test_a_pull_is_told_in_local_time_with_utc_and_age_behind_it() -> None:
    (column,) = [c for c in COLUMNS if c.key == "pulled"]
    assert column.words(a_customer()) == "Never pulled"
    pulled = a_customer(last_pulled=datetime(2025, 1, 13, 10, 30, tzinfo=UTC))
    assert "2025" in column.words(pulled) or "25" in column.words(pulled)
    assert pulled_tooltip(pulled).startswith("2025-01-13 10:30:00 UTC · ")


def test_users_are_the_sum_and_id_and_key_are_hidden_at_first() -> None:
    shown = {c.key: c for c in COLUMNS}
    assert shown["users"].value(a_customer(num_prod_users=10.4, num_full_users=2.2)) == 13
    assert {c.key for c in COLUMNS if c.hidden} == {
        "id", "external_key", "production_users", "full_users", "checked",
    }  # fmt: skip
