"""Signing secrets and the headers of a signed request, by the library of the Standard Webhooks scheme (webhooks.md §5).

Its traps, and what is done here: it takes the zone of a moment for UTC whatever it is, so it gets UTC and the header
comes from the very same seconds; it takes rubbish for a secret, so secrets are checked here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from app.domain.kinds.sign_in import AuthenticationType
from app.domain.webhooks.endpoint import WebhookEndpoint
from app.errors import UsageError
from app.i18n import _

SECRET_PREFIX = "whsec_"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
ATTEMPT = "webhook-attempt"
COMPATIBLE = "X-Webhook-Signature-256"
RESERVED_HEADERS = frozenset(
    {ID, TIMESTAMP, SIGNATURE, ATTEMPT, COMPATIBLE.lower(), "content-type", "user-agent", "host", "content-length"}
    | {"transfer-encoding", "connection", "authorization", "accept-encoding", "te", "upgrade", "trailer", "expect"}
)
_NEW_BYTES = 32
_LEAST_BYTES, _MOST_BYTES = 24, 64


@dataclass(frozen=True, slots=True)
class Signing:
    """What one try is signed with: `secrets` are the valid ones, the newest first."""

    secrets: Sequence[str]
    at: datetime
    attempt_number: int


def new_secret() -> str:
    """A secret nobody has: 32 random bytes."""
    return SECRET_PREFIX + base64.b64encode(randomness.token_bytes(_NEW_BYTES)).decode()


def checked_secret(text: str) -> str:
    """A pasted secret with its prefix.

    Raises `UsageError`, without repeating it, for one that is not base64 of 24 to 64 bytes.
    """
    bare = text.strip().removeprefix(SECRET_PREFIX)
    try:
        key = base64.b64decode(bare, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    # Bits beyond the last byte are dropped by some decoders and refused by others: two sides, two secrets.
    if not _LEAST_BYTES <= len(key) <= _MOST_BYTES or base64.b64encode(key).decode() != bare:
        raise UsageError(
            _("The signing secret must be 24 to 64 bytes, written in base64."),
            _("Leave it out and Muster makes one, or copy it again from the receiver."),
        )
    return SECRET_PREFIX + bare


def signed_headers(endpoint: WebhookEndpoint, delivery_id: str, body: str, signing: Signing) -> dict[str, str]:
    """All headers of one try but those of the sign-in; the person's own never take the place of ours."""
    seconds = floor(signing.at.timestamp())
    own = {name: value for name, value in endpoint.headers.items() if name.lower() not in RESERVED_HEADERS}
    headers = {**own, "Content-Type": "application/json", ID: delivery_id, TIMESTAMP: str(seconds)}
    headers[ATTEMPT] = str(signing.attempt_number)
    if signing.secrets:
        headers[SIGNATURE] = signature(signing.secrets, delivery_id, seconds, body)
        if endpoint.compatible_signature:
            digest = hmac.new(signing.secrets[0].encode(), body.encode(), hashlib.sha256).hexdigest()
            headers[COMPATIBLE] = f"sha256={digest}"
    return headers


def signature(valid: Iterable[str], message_id: str, seconds: int, body: str) -> str:
    """One signature per valid secret, the newest first."""
    at = datetime.fromtimestamp(seconds, UTC)
    return " ".join(Webhook(secret).sign(message_id, at, body) for secret in valid)


def shown_headers(headers: Mapping[str, str], endpoint: WebhookEndpoint, agent: str) -> dict[str, str]:
    """All headers of one try as the log keeps them: sign-in and the person's own masked, as those may be keys."""
    sign_in = endpoint.sign_in
    signing_in = sign_in.key_header if sign_in.auth_type is AuthenticationType.API_KEY else "Authorization"
    known = {"Host": urlsplit(endpoint.url).netloc, "User-Agent": agent}
    if sign_in.auth_type is not AuthenticationType.NONE:
        known[signing_in] = ""
    hidden = {name.lower() for name in endpoint.headers} | {signing_in.lower()}
    return {name: "••••" if name.lower() in hidden else value for name, value in {**known, **headers}.items()}
