"""Tokens of the project: signed when somebody signs in, checked by every service (supabase.md sections 2.1, 6.6).

A newer project signs with a key pair and publishes the public half; an older one with a shared secret, and then
publishes nothing. The legacy API keys are tokens of the shared secret as well.
"""

from __future__ import annotations

import json
import secrets
import time
import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

TOLERANCE_S = 30
"""How far a token may be out of its time (section 3.5)."""
API_KEY_S = 10 * 365 * 86400

Claims = dict[str, Any]
"""What a token says."""


class Signing(StrEnum):
    """What new tokens of users are signed with."""

    ES256 = "ES256"
    """A key pair."""
    HS256 = "HS256"
    """The shared secret."""


class TokenProblem(Exception):
    """A token that is not accepted; `code` is that of the tables."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message

    @property
    def expired(self) -> bool:
        """Whether it was good once."""
        return self.message == "JWT expired"


class Tokens:
    """Signs and checks. `signing` may be changed while serving; `clock_shift_s` puts the server's clock forward."""

    def __init__(self, issuer: Callable[[], str]) -> None:
        self.signing = Signing.ES256
        self.clock_shift_s: float = 0
        self.shared_secret = secrets.token_urlsafe(48)
        self._issuer = issuer
        self._pairs: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key pair from now on; tokens of the old ones stay good."""
        self._pairs[str(uuid.uuid4())] = ec.generate_private_key(ec.SECP256R1())

    def now(self) -> float:
        """The server's clock, in seconds since 1970."""
        return time.time() + self.clock_shift_s

    def api_key(self, role: str) -> str:
        """A legacy API key."""
        made = 1_760_000_000
        claims = {"iss": "supabase", "ref": "muster-demo", "role": role, "iat": made, "exp": made + API_KEY_S}
        return jwt.encode(claims, self.shared_secret, "HS256")

    def issue(self, claims: Claims, lifetime_s: float) -> str:
        """A token of a user, good from now on for `lifetime_s` seconds."""
        now = int(self.now())
        claims = {"iss": f"{self._issuer()}/auth/v1", "iat": now, "exp": int(now + lifetime_s), **claims}
        if self.signing is Signing.HS256:
            return jwt.encode(claims, self.shared_secret, "HS256")
        kid, pair = list(self._pairs.items())[-1]
        return jwt.encode(claims, pair, "ES256", headers={"kid": kid})

    def key_list(self) -> dict[str, list[Claims]]:
        """The public keys; none while a shared secret is in use."""
        if self.signing is Signing.HS256:
            return {"keys": []}
        return {"keys": [_public(kid, pair) for kid, pair in reversed(self._pairs.items())]}

    def claims(self, token: str) -> Claims:
        """What a good token says. Raises TokenProblem for any other."""
        parts = token.count(".") + 1 if token else 0
        if not token:
            raise TokenProblem("PGRST301", "Empty JWT is sent in Authorization header")
        if parts != 3:
            raise TokenProblem("PGRST301", f"Expected 3 parts in JWT; got {parts}")
        claims = self._signed(token)
        now = self.now()
        if claims.get("exp", now) < now - TOLERANCE_S:
            raise TokenProblem("PGRST303", "JWT expired")
        if claims.get("nbf", now) > now + TOLERANCE_S:
            raise TokenProblem("PGRST303", "JWT not yet valid")
        if claims.get("iat", now) > now + TOLERANCE_S:
            raise TokenProblem("PGRST303", "JWT issued at future")
        return claims

    def _signed(self, token: str) -> Claims:
        """The algorithm follows from the key, never from the token alone."""
        no_key = TokenProblem("PGRST301", "No suitable key or wrong key type")
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            pair = self._pairs.get(kid) if kid else None
            key, algorithm = (pair.public_key(), "ES256") if pair else (self.shared_secret, "HS256")
            options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
            claims: Claims = jwt.decode(token, key, algorithms=[algorithm], options=options)  # type: ignore[arg-type]
        except jwt.PyJWTError as error:
            raise no_key from error
        return claims


def _public(kid: str, pair: ec.EllipticCurvePrivateKey) -> Claims:
    key: Claims = json.loads(ECAlgorithm.to_jwk(pair.public_key()))
    return key | {"kid": kid, "alg": "ES256", "use": "sig", "key_ops": ["verify"], "ext": True}
