"""The optional settings of the line (connections.md §5): what is impossible is refused with cause and remedy."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.connections import checked_settings, refuse_secrets
from app.domain.kinds import KINDS, ConnectionKind
from app.domain.kinds.line import LINE_FIELDS, extra_headers
from app.errors import UsageError

HTTP_KINDS = [kind for kind in ConnectionKind if kind is not ConnectionKind.MYSQL]
NAMES = st.from_regex(r"X-[A-Za-z0-9]{1,12}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=";"), min_size=1, max_size=40)


@pytest.mark.parametrize("kind", HTTP_KINDS)
def test_every_kind_over_http_has_them_all_below_the_others(kind: ConnectionKind) -> None:
    fields = KINDS[kind].fields
    assert fields[-len(LINE_FIELDS) :] == LINE_FIELDS
    assert all(field.advanced and not field.required for field in LINE_FIELDS)


@given(st.dictionaries(NAMES, VALUES, max_size=8))
def test_what_can_be_sent_is_read_as_it_was_written(headers: dict[str, str]) -> None:
    if len({name.lower() for name in headers}) < len(headers):
        return
    text = "; ".join(f"{name}: {value}" for name, value in headers.items())
    assert extra_headers(text) == headers
    if headers:
        kept = checked_settings(ConnectionKind.VITEC, {"extra_headers": text})["extra_headers"]
        assert extra_headers(kept) == headers


@given(st.dictionaries(NAMES, st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), max_size=8))
def test_they_can_be_written_as_a_json_object_too(headers: dict[str, str]) -> None:
    if len({name.lower() for name in headers}) < len(headers):
        return
    kept = checked_settings(ConnectionKind.VITEC, {"extra_headers": json.dumps(headers)}).get("extra_headers", "")
    assert extra_headers(kept) == headers


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_with_a_remedy(text: str) -> None:
    try:
        found = extra_headers(text)
    except UsageError as refused:
        assert refused.message
        assert refused.remedy
    else:
        assert all(name.isascii() and value.isprintable() for name, value in found.items())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[("extra_headers", f"{name}: 1") for name in ("Authorization", "HOST", "content-length", "Cookie", "TE")],
        ("extra_headers", "no colon"), ("extra_headers", "X A: 1"), ("extra_headers", "X-A: ä"),
        ("extra_headers", '{"X-A": ["1"]}'), ("extra_headers", '{"Host": "a"}'), ("extra_headers", '{"X-A": "1"'),
        ("extra_headers", "X-A: 1; x-a: 2"), ("extra_headers", "X-A:"), ("extra_headers", "X-A: 1\r\nHost: x"),
        ("extra_headers", "; ".join(f"X-{n}: 1" for n in range(21))),
        ("proxy", "ftp://proxy:1"), ("proxy", "http://proxy"), ("proxy", "http://u:p@proxy:1"),
        ("proxy", "http://proxy:1/path"), ("proxy", "http://proxy:99999"), ("proxy", "not one"), ("proxy", "http://:1"),
        ("client_certificate", "-----BEGIN CERTIFICATE-----\nMII"), ("ca_file", "-----BEGIN CERTIFICATE----- MII"),
        ("verify_tls", "perhaps"), ("log_level", "LOUD"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_cause_and_remedy(key: str, value: str) -> None:
    with pytest.raises(UsageError) as refused:
        checked_settings(ConnectionKind.VITEC, {key: value})
    assert refused.value.message
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [("proxy.example:3128", "http://proxy.example:3128"), ("https://proxy:1/", "https://proxy:1"),
     ("http://[::1]:8080", "http://[::1]:8080")],
)  # fmt: skip
def test_a_proxy_is_kept_with_scheme_and_port(given_text: str, kept: str) -> None:
    assert checked_settings(ConnectionKind.ONEC, {"proxy": given_text}) == {"proxy": kept}


@pytest.mark.parametrize("key", ["proxy_password", "client_key_password"])
def test_their_passwords_are_never_settings(key: str) -> None:
    with pytest.raises(UsageError):
        refuse_secrets({key: "planted"})
    with pytest.raises(UsageError):
        refuse_secrets({"proxy": "http://u:planted@proxy:1"})
