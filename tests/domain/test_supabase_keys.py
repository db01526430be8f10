"""The kinds of keys, told apart by prefix or by the unverified role (supabase.md §2.1), and what a kind declares."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.connections import checked_settings, refuse_secrets
from app.domain.kinds import SUPABASE, ConnectionKind
from app.domain.kinds.supabase import photo_hosts
from app.domain.supabase_keys import KeyKind, check_publishable_key, key_kind
from app.errors import UsageError


def token(payload: object) -> str:
    """A JWT that nobody signed."""
    parts = ({"alg": "HS256", "typ": "JWT"}, payload)
    shown = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*shown, "signature"])


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("sb_publishable_abc", KeyKind.PUBLISHABLE),
        ("sb_secret_abc", KeyKind.SECRET),
        (token({"role": "anon"}), KeyKind.LEGACY_ANON),
        (token({"role": "service_role", "ref": "abcd"}), KeyKind.LEGACY_SERVICE_ROLE),
        (token({"role": "authenticated"}), KeyKind.USER_TOKEN),
        (token({"role": "other"}), KeyKind.UNKNOWN),
        (token({"role": ["service_role"]}), KeyKind.UNKNOWN),
        (token([]), KeyKind.UNKNOWN),
        ("eyJhbGciOiJIUzI1NiJ9.!!!.x", KeyKind.UNKNOWN),
        ("plain text", KeyKind.UNKNOWN),
        ("", KeyKind.UNKNOWN),
    ],
)
def test_the_kind_of_a_key(key: str, kind: KeyKind) -> None:
    assert key_kind(key) is kind


def in_the_middle(middle: bytes) -> str:
    return f"eyJ.{base64.urlsafe_b64encode(middle).decode()}.x"


@given(st.text() | st.text().map("eyJ.{}.x".format) | st.binary().map(in_the_middle))
def test_any_text_has_a_kind(text: str) -> None:
    assert key_kind(text) in KeyKind


def test_only_two_kinds_open_everything() -> None:
    assert {kind for kind in KeyKind if kind.full_access} == {KeyKind.SECRET, KeyKind.LEGACY_SERVICE_ROLE}


@pytest.mark.parametrize("key", ["sb_secret_planted", token({"role": "service_role"})])
def test_a_full_access_key_is_refused_among_the_settings_of_every_kind(key: str) -> None:
    for field in ("publishable_key", "installation_id", "anything"):
        with pytest.raises(UsageError, match="full access key") as refused:
            refuse_secrets({field: f" {key} "})
        assert key not in refused.value.message + refused.value.remedy


def test_a_users_token_is_no_publishable_key() -> None:
    with pytest.raises(UsageError, match="token of a signed-in user"):
        check_publishable_key(token({"role": "authenticated"}))


class TestSettings:
    @pytest.mark.parametrize(
        ("given_settings", "kept"),
        [
            ({"url": "https://abcd.supabase.co/"}, {"url": "https://abcd.supabase.co"}),
            ({"url": "https://abcd.supabase.co/rest/v1"}, {"url": "https://abcd.supabase.co"}),
            ({"url": "https://abcd.supabase.co/rest/v1/"}, {"url": "https://abcd.supabase.co"}),
            ({"url": "http://127.0.0.1:54321"}, {"url": "http://127.0.0.1:54321"}),
            ({"auth_mode": "SERVICE_KEY"}, {"auth_mode": "service_key"}),
            ({"photo_mode": "signed"}, {"photo_mode": "signed"}),
            ({"timeout_s": "2.5"}, {"timeout_s": 2.5}),
            (
                {"photo_hosts": " Photos.Example ,https://cdn.example:8443/x,, photos.example."},
                {"photo_hosts": "photos.example, cdn.example"},
            ),
        ],
    )
    def test_are_trimmed_and_typed(self, given_settings: dict[str, str], kept: dict[str, object]) -> None:
        assert checked_settings(ConnectionKind.SUPABASE, given_settings) == kept

    @pytest.mark.parametrize(
        "bad",
        [
            {"url": "http://abcd.supabase.co"}, {"url": "abcd"}, {"url": "https://me:pw@abcd.supabase.co"},
            {"auth_mode": "magic"}, {"photo_mode": "maybe"}, {"page_size": "many"}, {"page_size": "0"},
            {"photo_hosts": "*.example"}, {"photo_hosts": "a b"}, {"photo_hosts": "me@photos.example"},
            {"password": "x"}, {"publishable_key": "sb_secret_x"},
        ],
        ids=str,
    )  # fmt: skip
    def test_an_impossible_one_is_refused_in_words(self, bad: dict[str, str]) -> None:
        with pytest.raises(UsageError) as refused:
            checked_settings(ConnectionKind.SUPABASE, bad)
        assert refused.value.message

    @given(st.text())
    def test_any_list_of_hosts_is_one_or_refused(self, text: str) -> None:
        try:
            hosts = photo_hosts(text)
        except UsageError:
            return
        assert photo_hosts(", ".join(hosts)) == hosts

    def test_each_sign_in_has_its_own_fields(self) -> None:
        user = {f.key for f in SUPABASE.in_use({})}
        service = {f.key for f in SUPABASE.in_use({"auth_mode": "service_key"})}
        assert user - service == {"publishable_key", "email", "password", "jwks_url", "jwt_secret"}
        assert service - user == {"service_key"}
