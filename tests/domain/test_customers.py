"""Customers: the truth rule, levels of support, domains, addresses and the summary (cetec-mysql.md §2.3, §5, §8)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.customers import (
    COUNTERS,
    Customer,
    CustomerList,
    DatabaseStatus,
    SupportLevel,
    SystemAddresses,
    clean_domain,
    database_summary,
    is_true,
    support_level,
    system_addresses,
)

ACME = Customer("123", "cetec-1", "Acme", "acme")


class TestTruth:
    @pytest.mark.parametrize(
        "value", [None, False, 0, 0.0, "", "  ", "0", " 0 ", "false", "FALSE", " False ", "no", "No", "n", "N", [], {}]
    )
    def test_what_means_no(self, value: object) -> None:
        assert is_true(value) is False

    @pytest.mark.parametrize("value", [True, 1, -1, 0.5, "1", "true", "yes", "y", "ITAR, US only", "none", "00", [0]])
    def test_everything_else_is_a_yes(self, value: object) -> None:
        assert is_true(value) is True


class TestSupportLevel:
    @pytest.mark.parametrize(
        ("level", "words"),
        [
            (SupportLevel.LITE, ["lite", "L", " Lite "]),
            (SupportLevel.STANDARD, ["Standard", "std", "S"]),
            (SupportLevel.ENTERPRISE, ["ENTERPRISE", "ent", " e"]),
            (None, ["", None, 0, "gold", "li", "enterprise plus", True]),
        ],
    )
    def test_it_is_told_from_its_word_or_short_form(self, level: SupportLevel | None, words: list[object]) -> None:
        assert {support_level(word) for word in words} == {level}


class TestDomain:
    @pytest.mark.parametrize("nothing", [None, "", "  ", "undefined", " Undefined ", True, False, [], {}, b"x"])
    def test_what_stands_for_none(self, nothing: object) -> None:
        assert clean_domain(nothing) is None

    @pytest.mark.parametrize(
        ("sent", "kept"), [(" acme ", "acme"), ("Acme.Com", "Acme.Com"), (7, "7"), ("null", "null")]
    )
    def test_every_other_text_is_kept_trimmed_and_in_its_own_letters(self, sent: object, kept: str) -> None:
        assert clean_domain(sent) == kept


class TestAddresses:
    @pytest.mark.parametrize(
        ("domain", "resident", "production", "test"),
        [
            ("acme", False, "https://acme.cetecerp.com", "https://acme_test.cetecerp.com"),
            ("erp.acme.com", True, "https://erp.acme.com", None),
            ("acme", True, "https://cetecerp.acme.com", "https://cetecerp-beta.acme.com"),
        ],
    )
    def test_where_systems_are(self, domain: str, resident: bool, production: str, test: str | None) -> None:
        customer = replace(ACME, domain=domain, resident_hosting=resident)
        assert system_addresses(customer) == SystemAddresses(production, test)

    @pytest.mark.parametrize(
        "domain", [None, "", "a/b", "evil.example/?", "a@b", "a:80", "a b", "a\n", "a..b", ".a", "a%2eb", "ä", "#x"]
    )
    @pytest.mark.parametrize("resident", [False, True])
    def test_a_domain_that_would_lead_elsewhere_has_none(self, domain: str | None, resident: bool) -> None:
        assert system_addresses(replace(ACME, domain=domain, resident_hosting=resident)) is None


class TestSummary:
    def test_every_status_has_one_counter(self) -> None:
        assert sorted(COUNTERS.values()) == sorted(DatabaseStatus)

    @given(st.lists(st.sampled_from(DatabaseStatus)))
    def test_the_nine_counters_add_up_to_the_total(self, statuses: list[DatabaseStatus]) -> None:
        summary = database_summary(statuses)
        total = summary.pop("total_customers")
        assert total == len(statuses) == sum(summary.values())
        assert len(summary) == 9

    def test_the_example_of_the_reference(self) -> None:
        statuses = [DatabaseStatus.EXISTS] * 298 + [DatabaseStatus.RESIDENT_HOSTING] * 23
        statuses += [DatabaseStatus.ITAR_HOSTING] * 12 + [DatabaseStatus.NO_DATABASE] * 11
        counted = {name: count for name, count in database_summary(statuses).items() if count}
        assert counted == {
            "total_customers": 344, "existing_databases": 298, "resident_hosting": 23, "itar_hosting": 12,
            "no_database": 11,
        }  # fmt: skip


class TestStatus:
    def test_in_json_it_is_true_false_or_a_word(self) -> None:
        assert json.dumps([s.in_json for s in DatabaseStatus]) == (
            '[true, false, "resident_hosting", "itar_hosting", "unavailable", "mysql_error", "batch_timeout", '
            '"invalid_domain", "mysql_disabled"]'
        )

    def test_a_failed_check_is_never_an_answer(self) -> None:
        assert {s for s in DatabaseStatus if s.known} == {DatabaseStatus.EXISTS, DatabaseStatus.NO_DATABASE}
        assert {s for s in DatabaseStatus if s.failed} == {DatabaseStatus.MYSQL_ERROR, DatabaseStatus.BATCH_TIMEOUT}


@pytest.mark.parametrize(
    ("production", "full", "users"), [(150, 25, 175), (0.5, 0.2, 1), (0.2, 0.2, 0), (0, 0, 0), (2.6, 2.6, 5)]
)
def test_all_users_are_the_rounded_sum(production: float, full: float, users: int) -> None:
    assert replace(ACME, num_prod_users=production, num_full_users=full).users == users


def test_no_two_customers_share_a_key() -> None:
    assert ACME.key == "cetec-1/123"
    assert replace(ACME, connection="cetec-2").key != ACME.key


def test_the_representation_of_a_list_tells_no_password() -> None:
    assert "hush" not in repr(CustomerList((), passwords={"123": "hush"}))
