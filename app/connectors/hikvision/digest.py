"""Digest sign-in as terminals do it (hikvision-isapi.md §3.1, §3.2): tolerant in reading, strict in what we send.

Own code because a library signs later requests with an old nonce, and a request signed with an outdated nonce counts as
a failed sign-in on some firmware: here every call has its own handshake, `nc` is always 1 and `cnonce` fresh.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

_PARAMETER = re.compile(r'([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SCHEME = re.compile(r"(?:^|,)\s*(Digest|Basic)\b(?!\s*=)", re.IGNORECASE)
_ALGORITHMS = {"SHA-256": "sha256", "SHA256": "sha256", "MD5": "md5"}


@dataclass(frozen=True)
class Challenge:
    """One digest challenge. `algorithm` is written as the terminal wrote it, empty when it named none (then MD5)."""

    realm: str
    nonce: str
    algorithm: str = ""
    qop: str = ""
    opaque: str | None = None
    stale: bool = False

    @property
    def hash_name(self) -> str:
        """The name of the hash for hashlib, empty for one we do not speak."""
        return _ALGORITHMS.get(self.algorithm.upper() or "MD5", "")

    @property
    def signs_calls(self) -> bool:
        """Whether `qop` offers "auth", the only quality that terminals and we speak (§3.1)."""
        return "auth" in self.qop.casefold().replace(" ", "").split(",")


def _schemes(header: str) -> list[re.Match[str]]:
    """Where each scheme begins; what is quoted, such as a realm with commas, names none."""
    return list(_SCHEME.finditer(_QUOTED.sub(lambda quoted: "_" * len(quoted.group()), header)))


def schemes(headers: Iterable[str]) -> tuple[str, ...]:
    """The sign-in schemes that are offered, such as ("Digest", "Basic")."""
    return tuple(match.group(1).capitalize() for header in headers for match in _schemes(header))


def parse_challenges(headers: Iterable[str]) -> list[Challenge]:
    """The digest challenges of `WWW-Authenticate` headers, merged into one or not."""
    found = []
    for header in headers:
        starts = _schemes(header)
        for match, following in zip_longest(starts, starts[1:]):
            if match.group(1).casefold() == "digest":
                part = header[match.end() : following.start() if following else len(header)]
                found.append(_challenge(part))
    return [challenge for challenge in found if challenge.nonce]


def _challenge(text: str) -> Challenge:
    values = {name.casefold(): quoted or plain for name, quoted, plain in _PARAMETER.findall(text)}
    return Challenge(
        values.get("realm", ""),
        values.get("nonce", ""),
        values.get("algorithm", ""),
        values.get("qop", ""),
        values.get("opaque"),
        values.get("stale", "").casefold() == "true",
    )


def best_challenge(challenges: Iterable[Challenge]) -> Challenge | None:
    """The one to answer: SHA-256 before MD5; None when there is none we speak. Basic is never answered (§3.1)."""
    spoken = [c for c in challenges if c.hash_name and (c.signs_calls or not c.qop)]
    return min(spoken, key=lambda c: c.hash_name != "sha256", default=None)


def authorization(
    challenge: Challenge, username: str, password: str, method: str, uri: str, *, cnonce: str = ""
) -> str:
    """The `Authorization` header of one signed request; `uri` is path and query as they stand in the request line."""
    cnonce = cnonce or secrets.token_hex(8)

    def digest(text: str) -> str:
        return hashlib.new(challenge.hash_name, text.encode(), usedforsecurity=False).hexdigest()

    user = digest(f"{username}:{challenge.realm}:{password}")
    call = digest(f"{method}:{uri}")
    middle = f"{challenge.nonce}:00000001:{cnonce}:auth" if challenge.signs_calls else challenge.nonce
    parts = [
        f'username="{_quoted(username)}"',
        f'realm="{challenge.realm}"',
        f'nonce="{challenge.nonce}"',
        f'uri="{uri}"',
        f'response="{digest(f"{user}:{middle}:{call}")}"',
    ]
    if challenge.algorithm:
        parts.append(f"algorithm={challenge.algorithm}")
    if challenge.signs_calls:
        parts += ["qop=auth", "nc=00000001", f'cnonce="{cnonce}"']
    if challenge.opaque is not None:
        parts.append(f'opaque="{challenge.opaque}"')
    return "Digest " + ", ".join(parts)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
