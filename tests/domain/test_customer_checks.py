"""Who is asked about at the MySQL server, and what answers mean (cetec-mysql.md §4)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.customer_checks import (
    CheckRules,
    best_spelling,
    decide,
    doubled_names,
    grant_warnings,
    spellings,
)
from app.domain.customers import DatabaseAnswer, DatabaseDetail, DatabaseStatus, database_summary
from tests.support.customer_records import YES, a_customer

S = DatabaseStatus
MAP = {"resident.example": "resident_db"}
ITAR = {"itar_hosting": True, "itar_text": "ITAR - GovCloud"}


class TestDecisionTable:
    @pytest.mark.parametrize(
        ("fields", "rules", "status"),
        [
            ({"domain": None}, {}, S.INVALID_DOMAIN),
            ({"domain": None, **ITAR}, {"enabled": False}, S.INVALID_DOMAIN),
            (ITAR, {}, S.ITAR_HOSTING),
            ({**ITAR, "resident_hosting": True}, {"resident_map": MAP}, S.ITAR_HOSTING),
            (ITAR, {"enabled": False}, S.ITAR_HOSTING),
            ({"resident_hosting": True}, {}, S.RESIDENT_HOSTING),
            ({"resident_hosting": True}, {"enabled": False, "resident_map": MAP}, S.RESIDENT_HOSTING),
            ({"resident_hosting": True}, {"resident_map": MAP}, S.UNAVAILABLE),
            ({}, {"enabled": False}, S.MYSQL_DISABLED),
        ],
    )
    def test_the_first_row_that_holds_wins(
        self, fields: dict[str, Any], rules: dict[str, Any], status: DatabaseStatus
    ) -> None:
        decision = decide(a_customer(**fields), CheckRules(**rules))
        assert (decision.status, decision.name) == (status, "")

    def test_an_ordinary_customer_is_asked_about_by_its_domain_as_it_is(self) -> None:
        assert decide(a_customer(domain="Customer.com"), CheckRules()).name == "Customer.com"

    def test_a_resident_customer_is_asked_about_under_the_name_of_the_map_whatever_its_case(self) -> None:
        customer = a_customer(domain="Resident.Example", resident_hosting=True)
        assert decide(customer, CheckRules(resident_map=MAP)).name == "resident_db"

    @pytest.mark.parametrize("fields", [ITAR, {"resident_hosting": True}])
    def test_on_demand_what_cannot_be_checked_is_unavailable(self, fields: dict[str, Any]) -> None:
        assert decide(a_customer(**fields), CheckRules(one_customer=True)).status is S.UNAVAILABLE

    @given(
        domain=st.none() | st.text(min_size=1), itar=st.booleans(), resident=st.booleans(), enabled=st.booleans(),
        mapped=st.booleans(), one=st.booleans(),
    )  # fmt: skip
    def test_every_customer_is_either_settled_or_asked_about_and_itar_never_is(
        self, domain: str | None, itar: bool, resident: bool, enabled: bool, mapped: bool, one: bool
    ) -> None:
        customer = a_customer(domain=domain, itar_hosting=itar, resident_hosting=resident)
        decision = decide(customer, CheckRules(enabled, MAP if mapped else {}, False, one))
        assert bool(decision.name) == (decision.status is None)
        assert not (itar and decision.name)


class TestOtherSpellings:
    def test_lower_case_underscores_and_what_stands_before_the_dot(self) -> None:
        assert spellings("My-Firm.com") == ["my-firm.com", "My_Firm_com", "My-Firm"]

    def test_a_plain_name_has_none(self) -> None:
        assert spellings("plain") == []

    def test_exactly_one_hit_counts_and_names_what_was_used(self) -> None:
        no = DatabaseAnswer(S.NO_DATABASE, DatabaseDetail.DATABASE_MISSING)
        assert best_spelling([("a", no), ("b", YES)]) == DatabaseAnswer(S.EXISTS, "b")

    def test_several_hits_are_no_answer(self) -> None:
        answer = best_spelling([("a", YES), ("b", YES)])
        assert answer.status is S.NO_DATABASE
        assert answer.detail == "ambiguous: a, b"


class TestWarnings:
    def test_an_account_that_sees_nothing_is_told_from_missing_databases(self) -> None:
        unseen = DatabaseAnswer(S.NO_DATABASE, DatabaseDetail.DATABASE_MISSING)
        long_name = DatabaseAnswer(S.NO_DATABASE, DatabaseDetail.NAME_TOO_LONG)
        (warning,) = grant_warnings([unseen, unseen, long_name])
        assert warning == "0 of 2 databases visible - check the grants of the MySQL account."
        assert grant_warnings([unseen, YES]) == ()
        assert grant_warnings([]) == ()

    def test_tables_that_more_than_half_lack_point_to_a_grant_as_well(self) -> None:
        lacking = DatabaseAnswer(S.NO_DATABASE, DatabaseDetail.TABLE_MISSING)
        assert "usage_stats" in grant_warnings([lacking, lacking, YES])[0]
        assert grant_warnings([lacking, YES]) == ()

    def test_a_database_of_two_customers_is_named_once(self) -> None:
        pair = [a_customer(1), a_customer(2)]
        (warning,) = doubled_names({"shared": pair, "own": [a_customer(3)]})
        assert warning == "The database shared belongs to several customers: Example Circuits 1, Example Circuits 2."


@given(st.lists(st.sampled_from(DatabaseStatus)))
def test_the_nine_counters_add_up_to_the_total(statuses: list[DatabaseStatus]) -> None:
    summary = database_summary(statuses)
    assert summary.pop("total_customers") == len(statuses) == sum(summary.values())
    assert len(summary) == 9
