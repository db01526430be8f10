"""The check of access tokens: whose key, which algorithm, which claims (supabase.md §6.6)."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.connectors.supabase import tokens
from app.connectors.supabase.tokens import ExpiredToken, InvalidToken, TokenChecker
from app.errors import ClockOff, MusterError, RefusedSignIn, Unreachable
from tests.support.supabase import KEY, URL, public_key

SHARED = "a-shared-secret-of-at-least-32-bytes!"


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    values = {
        "iss": f"{URL}/auth/v1", "aud": "authenticated", "sub": "user-1", "role": "authenticated", "iat": now,
        "exp": now + 3600, "session_id": "s-1", "aal": "aal1", **changes,
    }  # fmt: skip
    return {key: value for key, value in values.items() if value is not None}


def signed(key: Any = KEY, algorithm: str = "ES256", kid: str | None = "key-1", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm, {"kid": kid} if kid else None)


class Judge:
    """The project: its key list, and its word on a token."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = list(keys)
        self.loads = 0
        self.asked: list[str] = []
        self.refusal: MusterError | None = None
        self.list_refusal: MusterError | None = None

    async def load(self) -> bytes:
        self.loads += 1
        if self.list_refusal:
            raise self.list_refusal
        return json.dumps({"keys": self.keys}).encode()

    async def ask(self, token: str) -> None:
        self.asked.append(token)
        if self.refusal:
            raise self.refusal

    def checker(self, secret: str = "") -> TokenChecker:
        return TokenChecker(URL, self.load, self.ask, secret)


@pytest.fixture
def judge() -> Judge:
    return Judge(public_key("key-1"))


class TestWhoseKey:
    async def test_a_published_key_decides(self, judge: Judge) -> None:
        found = await judge.checker(SHARED).check(signed())
        assert (found.subject, found.role, found.assurance) == ("user-1", "authenticated", "aal1")
        assert judge.asked == []

    async def test_rsa_keys_work_too(self) -> None:
        private = rsa.generate_private_key(65537, 2048)
        shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key())) | {"kid": "rsa"}
        assert (await Judge(shown).checker().check(signed(private, "RS256", "rsa"))).subject == "user-1"

    async def test_pitfall_17_with_an_empty_list_the_shared_secret_decides(self) -> None:
        judge = Judge()
        assert (await judge.checker(SHARED).check(signed(SHARED, "HS256", None))).subject == "user-1"
        assert judge.asked == []

    async def test_with_an_empty_list_and_no_secret_the_project_is_asked(self) -> None:
        judge = Judge()
        token = signed(SHARED, "HS256", None)
        assert (await judge.checker().check(token)).subject == "user-1"
        assert judge.asked == [token]

    async def test_what_the_project_refuses_is_refused(self) -> None:
        judge = Judge()
        judge.refusal = RefusedSignIn("no")
        with pytest.raises(RefusedSignIn, match="no"):
            await judge.checker().check(signed(SHARED, "HS256", None))

    async def test_a_list_that_cannot_be_had_leaves_the_next_judge(self, judge: Judge) -> None:
        judge.list_refusal = Unreachable("down")
        assert (await judge.checker().check(signed())).subject == "user-1"
        assert len(judge.asked) == 1

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"<html>",
            b'{"keys": 7}',
            b'{"keys": [7, {}, {"kty": "EC"}]}',
            b'{"keys": [{"kty": "EC", "crv": "P-256", "kid": "key-1", "x": "!", "y": 7}]}',
            b'{"keys": [{"kty": [], "crv": {}, "kid": "key-1"}]}',
        ],
    )
    def test_a_list_that_is_none_has_no_keys(self, body: bytes) -> None:
        assert tokens.read_keys(body) == {}

    async def test_a_key_for_encryption_or_of_another_kind_is_not_used(self) -> None:
        symmetric = {"kty": "oct", "kid": "key-1", "k": base64.urlsafe_b64encode(SHARED.encode()).decode()}
        judge = Judge(symmetric)
        await judge.checker().check(signed(SHARED, "HS256"))
        assert len(judge.asked) == 1

    async def test_an_unknown_key_reloads_the_list_at_most_once_a_minute(
        self, judge: Judge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        passed = [0.0]
        real = time.monotonic
        monkeypatch.setattr("app.connectors.supabase.tokens.time.monotonic", lambda: real() + passed[0])
        checker = judge.checker()
        await checker.check(signed())
        rotated = ec.generate_private_key(ec.SECP256R1())
        shown = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(rotated.public_key())) | {"kid": "key-2"}
        judge.keys.append(shown)
        await checker.check(signed(rotated, kid="key-2"))
        assert (judge.loads, judge.asked) == (2, [])
        for _time in range(3):
            await checker.check(signed(rotated, kid="key-3"))
        assert judge.loads == 2
        passed[0] += 61
        await checker.check(signed(rotated, kid="key-3"))
        assert judge.loads == 3

    async def test_the_list_is_kept_for_ten_minutes(self, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
        passed = [0.0]
        real = time.monotonic
        monkeypatch.setattr("app.connectors.supabase.tokens.time.monotonic", lambda: real() + passed[0])
        checker = judge.checker()
        for at in (0, 300, 590, 700):
            passed[0] = at
            await checker.check(signed())
        assert judge.loads == 2


def _joined(*parts: dict[str, Any]) -> str:
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


def unsigned() -> str:
    return _joined({"alg": "none"}, claims()) + "."


def confused() -> str:
    """Signed with the published key as if it were a shared secret."""
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = _joined({"alg": "HS256", "kid": "key-1", "typ": "JWT"}, claims())
    mark = base64.urlsafe_b64encode(hmac.digest(pem, text.encode(), "sha256")).decode().rstrip("=")
    return f"{text}.{mark}"


class TestRefused:
    @pytest.mark.parametrize(
        "make",
        [
            unsigned,
            confused,
            lambda: signed(ec.generate_private_key(ec.SECP256R1())),
            lambda: signed(SHARED, "HS256"),
            lambda: signed(aud="other"),
            lambda: signed(aud=None),
            lambda: signed(iss="https://other.example/auth/v1"),
            lambda: signed(sub=None),
            lambda: signed(sub=7),
            lambda: signed(exp=None),
            lambda: signed(exp="soon"),
            lambda: signed(role="anon"),
            lambda: signed(role="service_role"),
            lambda: signed(role=None),
            lambda: signed(role=["authenticated"]),
            lambda: signed()[:-4] + "AAAA",
            lambda: "sb_publishable_x",
            lambda: "sb_secret_x",
            lambda: "",
            lambda: "a.b.c",
            lambda: "eyJ.eyJ.x",
        ],
    )
    async def test_what_is_no_access_token_of_this_project(self, judge: Judge, make: Callable[[], str]) -> None:
        with pytest.raises(InvalidToken) as refused:
            await judge.checker().check(make())
        assert refused.value.exit_code == 5
        assert refused.value.remedy

    async def test_one_signed_with_another_secret(self) -> None:
        with pytest.raises(InvalidToken, match="Signature verification failed"):
            await Judge().checker(SHARED).check(signed("another-secret-of-at-least-32-bytes!!", "HS256", None))

    async def test_unsigned_ones_are_refused_without_asking_anybody(self) -> None:
        judge = Judge()
        with pytest.raises(InvalidToken, match="it is not signed"):
            await judge.checker().check(unsigned())
        assert judge.asked == []

    async def test_what_the_project_judged_must_still_be_for_it(self) -> None:
        with pytest.raises(InvalidToken):
            await Judge().checker().check(signed(aud="other", kid=None))


class TestTimes:
    async def test_expired_and_invalid_are_told_apart(self, judge: Judge) -> None:
        with pytest.raises(ExpiredToken, match="expired"):
            await judge.checker().check(signed(exp=int(time.time()) - 60))

    async def test_the_future_points_to_the_clock(self, judge: Judge) -> None:
        with pytest.raises(ClockOff, match="from the future"):
            await judge.checker().check(signed(iat=int(time.time()) + 120))

    @pytest.mark.parametrize("changes", [{"exp": -20}, {"iat": 20}, {"nbf": 20}], ids=str)
    async def test_thirty_seconds_are_tolerated(self, judge: Judge, changes: dict[str, int]) -> None:
        moments: dict[str, Any] = {key: int(time.time()) + seconds for key, seconds in changes.items()}
        assert (await judge.checker().check(signed(**moments))).subject == "user-1"
