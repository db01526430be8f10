"""Signing by the Standard Webhooks scheme (webhooks.md §5, acceptance checks 1 to 3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from app.domain.kinds.sign_in import AuthenticationType
from app.domain.webhooks.endpoint import EndpointSignIn, WebhookEndpoint
from app.domain.webhooks.signature import (
    RESERVED_HEADERS,
    Signing,
    checked_secret,
    new_secret,
    shown_headers,
    signature,
    signed_headers,
)
from app.errors import UsageError

FIRST = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SECOND = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
ID = "dlv_01J00000000000000000000001"
SPARE_BITS = FIRST.removesuffix("8=") + "9="
SECONDS = 1771234567
BODY = (
    '{"event_type":"integration.sync.completed","payload":{"connection_id":'
    '"6f0c1f0e-6a53-4c0f-9d0e-0c5f3a9b7f11","records_processed":1500}}'
)
OF_FIRST = "v1,/sWYRXLQznoq1Bmh4YXXiyPLbudGOo5RrwFLHHy/Acw="
OF_SECOND = "v1,P94cJqGHjO1tnnieWJZE3cCFhTzx//CsCt4Ytmfo+Hc="


def endpoint(**values: object) -> WebhookEndpoint:
    given: dict[str, object] = {"id": "e1", "name": "hook", "url": "https://a.example/x", "event_types": ("*",)}
    return WebhookEndpoint(**(given | values))  # type: ignore[arg-type]


def headers_now(body: str = BODY, secrets: tuple[str, ...] = (FIRST,), **values: object) -> dict[str, str]:
    return signed_headers(endpoint(**values), ID, body, Signing(secrets, datetime.now(UTC), 1))


def test_the_vector_of_the_reference() -> None:
    assert signature([FIRST], ID, SECONDS, BODY) == OF_FIRST


def test_during_a_rotation_both_secrets_sign_the_new_one_first() -> None:
    assert signature([SECOND, FIRST], ID, SECONDS, BODY) == f"{OF_SECOND} {OF_FIRST}"


def test_an_independent_verifier_accepts_each_secret_and_refuses_a_changed_body() -> None:
    headers = headers_now(secrets=(SECOND, FIRST))
    for secret in (FIRST, SECOND):
        assert Webhook(secret).verify(BODY, headers) is not None
    with pytest.raises(WebhookVerificationError):
        Webhook(FIRST).verify(BODY.replace("1500", "1501"), headers)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be changed here")
def test_the_zone_of_this_computer_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Vladivostok")
    time.tzset()
    try:
        headers = headers_now()
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 5
        Webhook(FIRST).verify(BODY, headers)
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


def test_another_attempt_keeps_the_id_and_signs_its_own_time() -> None:
    at = datetime.now(UTC)
    first = signed_headers(endpoint(), ID, BODY, Signing((FIRST,), at - timedelta(seconds=60), 1))
    second = signed_headers(endpoint(), ID, BODY, Signing((FIRST,), at, 2))
    assert first["webhook-id"] == second["webhook-id"] == ID
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert first["webhook-signature"] != second["webhook-signature"]
    for headers in (first, second):
        Webhook(FIRST).verify(BODY, headers)


def test_without_a_secret_nothing_is_signed() -> None:
    assert "webhook-signature" not in headers_now(secrets=())


def test_a_receiver_that_checks_as_github_does_gets_that_header_too() -> None:
    headers = headers_now(compatible_signature=True)
    digest = hmac.new(FIRST.encode(), BODY.encode(), hashlib.sha256).hexdigest()
    assert headers["X-Webhook-Signature-256"] == f"sha256={digest}"


def test_the_persons_own_headers_never_take_the_place_of_ours() -> None:
    own = {"X-Team": "wfm", "Webhook-Id": "mine", "Host": "other", "content-type": "text/plain"}
    headers = headers_now(headers=own)
    assert headers["X-Team"] == "wfm"
    assert headers["webhook-id"] == ID
    assert not {"Webhook-Id", "Host", "content-type"} & headers.keys()


def test_the_log_masks_what_may_be_a_key() -> None:
    way = EndpointSignIn(AuthenticationType.API_KEY, key_header="X-My-Key")
    one = endpoint(headers={"X-Team": "secret-team"}, sign_in=way)
    shown = shown_headers({"X-Team": "secret-team", "webhook-id": ID}, one, "Muster-webhooks/1")
    assert shown == {
        "Host": "a.example", "User-Agent": "Muster-webhooks/1", "X-My-Key": "••••", "X-Team": "••••",
        "webhook-id": ID,
    }  # fmt: skip
    assert "authorization" in RESERVED_HEADERS


def test_the_log_tells_that_a_sign_in_was_sent() -> None:
    plain = endpoint()
    basic = endpoint(sign_in=EndpointSignIn(AuthenticationType.BASIC, username="muster"))
    assert "Authorization" not in shown_headers({}, plain, "Muster")
    assert shown_headers({}, basic, "Muster")["Authorization"] == "••••"


def test_a_new_secret_is_32_bytes_and_new_each_time() -> None:
    secret = new_secret()
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert checked_secret(secret) == secret
    assert new_secret() != secret


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_short", "not base64 at all!!!", "whsec_" + "A" * 200, "AAECAwQFBgc=", SPARE_BITS]
)
def test_a_secret_that_is_none_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        checked_secret(text)
    assert not text or text not in refused.value.message


@given(st.binary(min_size=24, max_size=64), st.text(max_size=200))
def test_whatever_is_signed_verifies(key: bytes, text: str) -> None:
    secret = checked_secret(base64.b64encode(key).decode())
    body = text.encode("utf-8", "replace").decode()
    Webhook(secret).verify(body, headers_now(body, (secret,)), json_parse=False)
