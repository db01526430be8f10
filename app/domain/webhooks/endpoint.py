"""Where webhooks go: one endpoint with everything a person chose for it, and how it has been doing (webhooks.md §2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.kinds.sign_in import AuthenticationType, ClientAuthentication
from app.domain.webhooks.error_codes import ErrorCode
from app.i18n import _

SECRET, PREVIOUS_SECRET = "secret", "previous_secret"
"""Where the signing secret and the one before it are kept in the vault."""
GIVE_UP_AFTER = timedelta(days=5)
WARN_AFTER = GIVE_UP_AFTER / 2
FAILURES_APART = timedelta(hours=12)
_REFUSED = frozenset({401, 403, 404})


class Method(StrEnum):
    """How the body is sent."""

    POST = "POST"
    PUT = "PUT"


class RetryProfile(StrEnum):
    """How often and when a delivery is tried again."""

    SIMPLE = "simple"
    STANDARD = "standard"


class PayloadFormat(StrEnum):
    """The shape of the body."""

    CLASSIC = "classic"
    STANDARD = "standard"


class DisabledReason(StrEnum):
    """Why nothing is sent to an endpoint."""

    PAUSED = "paused"
    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class EndpointSignIn:
    """How the receiver is told who we are, beside the signature; the secrets are in the vault (connections.md §5)."""

    auth_type: AuthenticationType = AuthenticationType.NONE
    username: str = ""
    key_header: str = "X-API-Key"
    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    audience: str = ""
    client_authentication: ClientAuthentication = ClientAuthentication.BASIC


SIGN_IN_SECRETS: dict[AuthenticationType, str] = {
    AuthenticationType.BASIC: "password",
    AuthenticationType.BEARER: "token",
    AuthenticationType.API_KEY: "key",
    AuthenticationType.OAUTH2: "client_secret",
}
"""Which secret of the vault each way of signing in needs."""


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """One receiver. `secrets` names those that are in the vault.

    `allow_internal` lets it lie on a private address, `insecure` lets it speak plain http, `compatible_signature` adds
    the header of GitHub's way of signing. `deactivated_at` is when it was paused or given up; what happened since then
    can be sent when it is resumed. `throttled_until` holds it to one request at a time.
    """

    id: str
    name: str
    url: str
    event_types: tuple[str, ...]
    method: Method = Method.POST
    headers: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    previous_secret_until: datetime | None = None
    sign_in: EndpointSignIn = field(default_factory=EndpointSignIn)
    timeout_seconds: float = 30.0
    retry_attempts: int = 3
    retry_delay_seconds: float = 60.0
    retry_profile: RetryProfile = RetryProfile.SIMPLE
    payload_format: PayloadFormat = PayloadFormat.CLASSIC
    allow_internal: bool = False
    insecure: bool = False
    compatible_signature: bool = False
    is_active: bool = True
    disabled_reason: str = ""
    deactivated_at: datetime | None = None
    last_triggered: datetime | None = None
    last_success: datetime | None = None
    last_failure: datetime | None = None
    last_code: str = ""
    last_http_status: int | None = None
    success_count: int = 0
    failure_count: int = 0
    consecutive_failures: int = 0
    first_failure_at: datetime | None = None
    throttled_until: datetime | None = None
    created_by: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


def gives_up(first_failure_at: datetime | None, now: datetime) -> bool:
    """Whether everything has failed for so long that the endpoint is switched off (webhooks.md §6)."""
    if first_failure_at is None:
        return False
    return now - first_failure_at >= max(GIVE_UP_AFTER, FAILURES_APART)


def notice(endpoint: WebhookEndpoint, now: datetime) -> str:
    """What a person should be told of an endpoint, in words; blank when all is well."""
    if endpoint.disabled_reason == DisabledReason.GONE:
        return _("{name} was switched off: the receiver says that it is gone for good (410).").format(
            name=endpoint.name
        )
    if endpoint.disabled_reason == DisabledReason.FAILING:
        return _("{name} was switched off: every delivery has failed for five days.").format(name=endpoint.name)
    if not endpoint.is_active:
        return ""
    if endpoint.consecutive_failures > 1 and endpoint.last_http_status in _REFUSED:
        return _("{name} answers {status}: check address and credentials.").format(
            name=endpoint.name, status=endpoint.last_http_status
        )
    if endpoint.last_code == ErrorCode.BLOCKED_ADDRESS:
        return _("{name} lies on an address that nothing is sent to.").format(name=endpoint.name)
    if endpoint.first_failure_at is not None and now - endpoint.first_failure_at >= WARN_AFTER:
        return _("{name} has been failing for days and will be switched off.").format(name=endpoint.name)
    return ""
