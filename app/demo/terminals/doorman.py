"""Sign-in at a terminal: challenges, nonces, the lock after failed tries (hikvision-isapi.md section 3).

Written from the RFC and the reference, and from nothing a client of Muster uses.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from app.demo.terminals.calls import XML, Reply, html_reply, status_reply, xml_text
from app.demo.terminals.device import Device
from app.demo.terminals.quirks import ChallengeStyle, RefusalBody, Schemes
from app.demo.terminals.statuses import STATUSES

MOST_NONCES = 2000
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^,\s]*))')
_HASHES: dict[str, Callable[[bytes], str]] = {
    "MD5": lambda text: hashlib.md5(text, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda text: hashlib.sha256(text).hexdigest(),
}
_OFFERS: dict[Schemes, tuple[str, ...]] = {
    Schemes.MD5: ("MD5",),
    Schemes.SHA256: ("SHA-256",),
    Schemes.BOTH: ("MD5", "SHA-256"),
    Schemes.MERGED: ("MD5", "SHA-256"),
    Schemes.DIGEST_AND_BASIC: ("MD5", "Basic"),
    Schemes.BASIC: ("Basic",),
}


@dataclass(slots=True)
class _Nonce:
    issued_at: float
    address: str
    uses: int = 0


class Doorman:
    """Lets signed requests in and turns the others away, for one terminal.

    `failures` counts signed requests with a wrong user or password since the last right one; bare requests are none.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._nonces: dict[str, _Nonce] = {}
        self._locked_until = 0.0
        self.failures = 0
        self.failed_in_all = 0
        self.realm = "DS-" + device.mac.replace(":", "").upper()[-8:]

    @property
    def locked_s(self) -> int:
        """Seconds until the account is unlocked; 0 when it is not locked."""
        return max(0, math.ceil(self._locked_until - time.monotonic()))

    @property
    def tries_left(self) -> int:
        """Failed sign-ins until it locks."""
        return 0 if self.locked_s else max(0, self._device.quirks.lock_after - self.failures)

    def unlock(self) -> None:
        """As an administrator does at the screen."""
        self.failures, self._locked_until = 0, 0.0

    def refuse(self, method: str, uri: str, authorization: str) -> Reply | None:
        """The 401 or 403 for this request, or None when it may come in."""
        if self.locked_s:
            return self._unauthorized(uri)
        if not authorization:
            return self._unauthorized(uri)
        if not self._device.quirks.activated:
            return status_reply(self._device.quirks, STATUSES["notActivated"])
        scheme, _, rest = authorization.partition(" ")
        right, outdated = self._check(scheme.lower(), rest, method, uri)
        if right and not outdated:
            self.failures = 0
            return None
        if not right or self._device.quirks.outdated_counts:
            self._count_failure()
        return self._unauthorized(uri, stale=right and self._device.quirks.says_stale)

    def user_check(self) -> dict[str, object]:
        """The fields of `userCheck` that say how the account stands."""
        locked = self.locked_s
        return {
            "isActivated": self._device.quirks.activated,
            "lockStatus": self._device.quirks.lock_word if locked else "unlock",
            "unlockTime": locked if self._device.quirks.names_unlock_time else 0,
            "retryLoginTime": self.tries_left,
        }

    def _count_failure(self) -> None:
        self.failures += 1
        self.failed_in_all += 1
        if self.failures >= self._device.quirks.lock_after:
            self._locked_until = time.monotonic() + self._device.quirks.lock_s
            self.failures = 0

    def _check(self, scheme: str, rest: str, method: str, uri: str) -> tuple[bool, bool]:
        """Is the signature right, and is its nonce outdated."""
        offers = _OFFERS[self._device.quirks.schemes]
        if scheme == "basic" and "Basic" in offers:
            pair = f"{self._device.username}:{self._device.password}".encode()
            return hmac.compare_digest(rest.encode("latin-1", "replace"), base64.b64encode(pair)), False
        if scheme != "digest":
            return False, False
        given = _parameters(rest)
        algorithm = given.get("algorithm", "MD5").upper()
        if algorithm not in offers or given.get("uri") != uri or given.get("qop", "").lower() != "auth":
            return False, False
        right = hmac.compare_digest(given.get("response", "").encode(), self._response(algorithm, given, method, uri))
        return right, right and self._outdated(given.get("nonce", ""), uri)

    def _response(self, algorithm: str, given: dict[str, str], method: str, uri: str) -> bytes:
        user = self._device.username if given.get("username") == self._device.username else ""
        who = _who(algorithm, user, self.realm, self._device.password)
        what = _HASHES[algorithm](f"{method}:{uri}".encode())
        nonce, count, own = given.get("nonce", ""), given.get("nc", ""), given.get("cnonce", "")
        return _HASHES[algorithm](f"{who}:{nonce}:{count}:{own}:auth:{what}".encode()).encode()

    def _outdated(self, text: str, uri: str) -> bool:
        nonce = self._nonces.get(text)
        quirks = self._device.quirks
        if nonce is None or time.monotonic() - nonce.issued_at > quirks.nonce_life_s:
            return True
        nonce.uses += 1
        if quirks.nonce_bound_to_address and nonce.address != uri:
            return True
        return quirks.nonce_uses is not None and nonce.uses > quirks.nonce_uses

    def _new_nonce(self, uri: str) -> str:
        now = time.monotonic()
        for text, nonce in list(self._nonces.items())[:2]:  # in the order they were issued: two out for one in
            if now - nonce.issued_at > self._device.quirks.nonce_life_s or len(self._nonces) > MOST_NONCES:
                del self._nonces[text]
        text = secrets.token_hex(8)
        self._nonces[text] = _Nonce(now, uri)
        return text

    def _unauthorized(self, uri: str, *, stale: bool = False) -> Reply:
        offers = _OFFERS[self._device.quirks.schemes]
        nonce = self._new_nonce(uri)
        values = [
            f'Basic realm="{self.realm}"' if one == "Basic" else self._digest(one, nonce, stale) for one in offers
        ]
        if self._device.quirks.schemes is Schemes.MERGED:
            values = [", ".join(values)]
        headers = tuple((b"WWW-Authenticate", value.encode()) for value in values)
        body = self._refusal_body()
        return Reply(401, body.body, body.media, headers)

    def _digest(self, algorithm: str, nonce: str, stale: bool) -> str:
        style = self._device.quirks.style
        mark = "" if style is ChallengeStyle.PLAIN else '"'
        word = str(stale).upper() if style is ChallengeStyle.UPPER_CASE else str(stale).lower()
        named = f"algorithm={mark}{algorithm}{mark}, "
        if style is ChallengeStyle.NO_ALGORITHM and algorithm == "MD5":
            named = ""
        return (
            f'Digest qop="auth", realm="{self.realm}", nonce="{nonce}", {named}stale={mark}{word}{mark}, '
            'opaque="", domain="::"'
        )

    def _refusal_body(self) -> Reply:
        quirks = self._device.quirks
        state = self.user_check()
        if quirks.refusal_body is RefusalBody.HTML:
            return html_reply("Document Error: Unauthorized", 401)
        if quirks.refusal_body is RefusalBody.EMPTY:
            return Reply(401, b"", b"text/plain")
        if quirks.refusal_body is RefusalBody.JSON:
            refusal = {
                "statusCode": 4,
                "statusString": "Invalid Operation",
                "subStatusCode": "badAuthorization",
                "errorCode": STATUSES["badAuthorization"].error,
                "lockStatus": state["lockStatus"],
                "retryTimes": state["retryLoginTime"],
                "resLockTime": state["unlockTime"],
            }
            return Reply(401, msgspec.json.encode(refusal))
        head = {"statusValue": 401, "statusString": "Unauthorized"}
        return Reply(401, xml_text("userCheck", head | state), XML)


@lru_cache(maxsize=2000)
def _who(algorithm: str, user: str, realm: str, password: str) -> str:
    return _HASHES[algorithm](f"{user}:{realm}:{password}".encode())


def _parameters(text: str) -> dict[str, str]:
    return {found[1].lower(): found[2] if found[2] is not None else found[3] for found in _PARAMETER.finditer(text)}
