"""What a person may type about a device (hikvision-isapi.md §2 "Host safety", supabase.md §4.3)."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.device_rules import address_warnings, checked_fingerprint, checked_host, checked_name, checked_port
from app.errors import UsageError


class TestHost:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("192.168.1.64", "192.168.1.64"),
            (" 192.168.1.64 ", "192.168.1.64"),
            ("127.0.0.1", "127.0.0.1"),
            ("localhost", "localhost"),
            ("Door-1.Firma.local", "door-1.firma.local"),
            ("poarta_2", "poarta_2"),
            ("ușa.local", "ușa.local"),
            ("fd00::1", "fd00::1"),
            ("[FD00::0:1]", "fd00::1"),
            ("169.254.10.20", "169.254.10.20"),
            ("203.0.113.9", "203.0.113.9"),
        ],
    )
    def test_a_name_or_an_ip_address_is_kept_in_one_spelling(self, typed: str, kept: str) -> None:
        assert checked_host(typed) == kept

    @pytest.mark.parametrize(
        "typed",
        [
            "", "  ", "http://192.168.1.64", "https://door", "file:///etc/passwd", "admin:secret@192.168.1.64",
            "admin@door", "192.168.1.64/ISAPI", "192.168.1.64:8080", "door?x=1", "door#x", "door\\share", "a b",
            "do\nor", "192.168.1", "192.168.1.300", "1", "0x7f000001", "0x7f.1", "010.0.0.1", "10.0.0.5/32",
            "0.0.0.0", "::", "224.0.0.1", "239.255.255.250", "255.255.255.255", "ff02::1", "fe80::1%eth0", "-door",
            "door-", "a..b", ".", "x" * 64, ".".join(["x" * 60] * 5), "a;b", "a,b", "door*", "\0",
        ],
    )  # fmt: skip
    def test_anything_else_is_refused_with_a_remedy(self, typed: str) -> None:
        with pytest.raises(UsageError) as refused:
            checked_host(typed)
        assert refused.value.remedy

    @given(st.text(max_size=60))
    def test_whatever_is_typed_is_a_plain_host_or_refused(self, typed: str) -> None:
        try:
            host = checked_host(typed)
        except UsageError:
            return
        assert not set(host) & set(" /@?#\\[]%\t\r\n")
        assert checked_host(host) == host

    @given(st.ip_addresses(v=4))
    def test_ordinary_addresses_stay_as_they_are(self, address: ipaddress.IPv4Address) -> None:
        if not (address.is_multicast or address.is_unspecified or int(address) == 0xFFFFFFFF):
            assert checked_host(str(address)) == str(address)


class TestWarnings:
    @pytest.mark.parametrize("host", ["192.168.1.64", "10.0.0.1", "172.16.0.1", "127.0.0.1", "::1", "fd00::1", "door"])
    def test_an_address_of_the_house_needs_none(self, host: str) -> None:
        assert address_warnings(host, 80) == ()

    @pytest.mark.parametrize(
        ("host", "word"),
        [
            ("169.254.169.254", "cloud"),
            ("169.254.3.4", "gives itself"),
            ("fe80::1", "gives itself"),
            ("8.8.8.8", "private network"),
            ("2a00:1450::1", "private network"),
        ],
    )
    def test_unusual_addresses_are_said_aloud(self, host: str, word: str) -> None:
        (warning,) = address_warnings(host, 80)
        assert word in warning

    def test_port_8000_is_not_http(self) -> None:
        (warning,) = address_warnings("192.168.1.64", 8000)
        assert "8000" in warning


class TestPort:
    def test_nothing_is_the_usual_port(self) -> None:
        assert (checked_port("", https=False), checked_port(0, https=True)) == (80, 443)

    def test_a_port_that_is_given_counts(self) -> None:
        assert (checked_port(" 8443 ", https=True), checked_port(65_535, https=False)) == (8443, 65_535)

    @pytest.mark.parametrize("typed", ["65536", "-1", "80.0", "http", "999999", "８０", "8 0", -1])
    def test_what_is_no_port(self, typed: str | int) -> None:
        with pytest.raises(UsageError):
            checked_port(typed, https=False)


class TestName:
    def test_blanks_around_it_go(self) -> None:
        assert checked_name("  Main entrance ") == "Main entrance"

    @pytest.mark.parametrize("typed", ["", "   ", "a\nb", "x" * 101, "all", "ALL", "a\x1bb"])
    def test_what_cannot_be_a_name(self, typed: str) -> None:
        with pytest.raises(UsageError):
            checked_name(typed)


def test_a_fingerprint_may_be_grouped() -> None:
    digits = "0123456789abcdef" * 4
    grouped = ":".join(digits[i : i + 2] for i in range(0, 64, 2)).upper()
    assert checked_fingerprint(grouped) == digits
    assert checked_fingerprint("") == ""


@pytest.mark.parametrize("typed", ["abc", "g" * 64, "0" * 40, "0" * 65])
def test_what_is_no_fingerprint(typed: str) -> None:
    with pytest.raises(UsageError):
        checked_fingerprint(typed)
