"""A CETEC connection's settings: one host from every spelling of it, http only on purpose (cetec-mysql.md §1.1)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.connections import checked_settings, refuse_secrets
from app.domain.kinds import ConnectionKind
from app.domain.kinds.cetec import cetec_address, cetec_host, customer_ids
from app.errors import UsageError


def address(**settings: object) -> str:
    """What is called with these settings, checked as they are when they are entered."""
    return cetec_address(checked_settings(ConnectionKind.CETEC, settings))


class TestDomain:
    @pytest.mark.parametrize(
        "spelling",
        [
            *("acme", " ACME ", "acme.cetecerp.com", "https://acme.cetecerp.com/", "http://acme.cetecerp.com"),
            *("https://acme", "HTTPS://Acme.CetecERP.com/react/?page=1#top", "acme.cetecerp.com.", "acme/"),
            "acme.cetecerp.com.cetecerp.com",
        ],
    )
    def test_every_spelling_of_a_name_at_cetec_is_one_host(self, spelling: str) -> None:
        assert address(domain=spelling) == "https://acme.cetecerp.com"

    @pytest.mark.parametrize(
        ("spelling", "host"),
        [
            ("erp.example.com", "erp.example.com"),
            ("https://ERP.example.com:8443/x", "erp.example.com:8443"),
            ("192.0.2.7", "192.0.2.7"),
            ("acme_test", "acme_test.cetecerp.com"),
            ("acme:8443", "acme.cetecerp.com:8443"),
            ("mycetecerp.com", "mycetecerp.com"),
        ],
    )
    def test_an_own_host_name_and_a_port_stay(self, spelling: str, host: str) -> None:
        assert address(domain=spelling) == f"https://{host}"

    @pytest.mark.parametrize(
        "nonsense",
        [
            "a b",
            "acme.cetecerp.com?x=1",
            "https://",
            "..",
            "acme..com",
            "me:pw@acme",
            "acme:99999",
            "a" * 64,
            "ä",
            "::1",
        ],
    )
    def test_what_cannot_be_a_host_is_refused_when_it_is_entered(self, nonsense: str) -> None:
        with pytest.raises(UsageError):
            address(domain=nonsense)

    @given(st.text(max_size=80))
    def test_whatever_is_entered_is_refused_or_a_host_that_stays_as_it_is(self, text: str) -> None:
        try:
            host = cetec_host(text)
        except UsageError:
            return
        assert cetec_host(host) == host
        assert "." in host
        assert ".cetecerp.com.cetecerp.com" not in host
        host.partition(":")[0].encode("idna")


class TestAddress:
    @pytest.mark.parametrize(
        ("given_address", "called"),
        [
            ("acme.cetecerp.com", "https://acme.cetecerp.com"),
            (" https://acme.cetecerp.com/ ", "https://acme.cetecerp.com"),
            ("erp.example.com:8443/", "https://erp.example.com:8443"),
            ("http://127.0.0.1:5001/", "http://127.0.0.1:5001"),
        ],
    )
    def test_it_gets_a_scheme_and_loses_its_last_slash(self, given_address: str, called: str) -> None:
        assert address(api_url=given_address) == called

    def test_it_goes_before_domain_and_protocol(self) -> None:
        assert address(api_url="erp.example.com", domain="acme", protocol="http") == "https://erp.example.com"

    def test_http_to_another_computer_is_only_had_by_choosing_it(self) -> None:
        assert address(domain="acme") == "https://acme.cetecerp.com"
        assert address(domain="http://acme") == "https://acme.cetecerp.com"
        assert address(domain="acme", protocol="HTTP") == "http://acme.cetecerp.com"
        with pytest.raises(UsageError, match="Plain http is only allowed to this computer"):
            address(api_url="http://acme.cetecerp.com")

    @pytest.mark.parametrize("settings", [{}, {"domain": " "}, {"protocol": "http"}, {"api_url": "", "domain": ""}])
    def test_without_address_and_domain_there_is_none(self, settings: dict[str, Any]) -> None:
        assert address(**settings) == ""

    @pytest.mark.parametrize("field", ["api_url", "domain"])
    def test_an_address_that_was_copied_with_its_token_is_refused_before_it_is_kept(self, field: str) -> None:
        copied = "https://acme.cetecerp.com/api/customer?id=1&Preshared_Token=planted"
        with pytest.raises(UsageError, match="preshared_token is a secret") as refused:
            refuse_secrets({field: copied})
        assert "planted" not in refused.value.message + refused.value.remedy


def test_ids_to_leave_out_are_kept_once_each_in_their_order() -> None:
    kept = checked_settings(ConnectionKind.CETEC, {"excluded_customer_ids": " 7, 12,,7 ,x1"})
    assert kept == {"excluded_customer_ids": "7, 12, x1"}
    assert customer_ids(kept["excluded_customer_ids"]) == ("7", "12", "x1")
