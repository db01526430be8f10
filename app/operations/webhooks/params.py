"""What a person gives for an endpoint, as parameters (webhooks.md §2), and the endpoint that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from app.domain.kinds.sign_in import AuthenticationType, ClientAuthentication
from app.domain.webhooks.endpoint import EndpointSignIn, Method, PayloadFormat, RetryProfile, WebhookEndpoint
from app.domain.webhooks.endpoint_rules import check_endpoint
from app.domain.webhooks.events import checked_patterns

_SIGN_IN = tuple(f.name for f in fields(EndpointSignIn))


@dataclass(frozen=True)
class CreateParams:
    """A new endpoint; its secrets are typed or piped, never parameters.

    Without a secret one is made, except with `unsigned`. `allow_internal` and `insecure` let it lie on a private
    address and speak plain http.
    """

    name: str
    url: str
    event_types: tuple[str, ...]
    method: Method = Method.POST
    headers: dict[str, str] = field(default_factory=dict)
    auth_type: AuthenticationType = AuthenticationType.NONE
    username: str = ""
    key_header: str = "X-API-Key"
    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    audience: str = ""
    client_authentication: ClientAuthentication = ClientAuthentication.BASIC
    timeout_seconds: float = 30.0
    retry_attempts: int = 3
    retry_delay_seconds: float = 60.0
    retry_profile: RetryProfile = RetryProfile.SIMPLE
    payload_format: PayloadFormat = PayloadFormat.CLASSIC
    allow_internal: bool = False
    insecure: bool = False
    compatible_signature: bool = False
    unsigned: bool = False
    is_active: bool = True


@dataclass(frozen=True)
class UpdateParams:
    """Changed fields of an endpoint, found by `id` or name; `unsigned` forgets its signing secret."""

    id: str
    name: str | None = None
    url: str | None = None
    event_types: tuple[str, ...] | None = None
    method: Method | None = None
    headers: dict[str, str] | None = None
    auth_type: AuthenticationType | None = None
    username: str | None = None
    key_header: str | None = None
    token_url: str | None = None
    client_id: str | None = None
    scope: str | None = None
    audience: str | None = None
    client_authentication: ClientAuthentication | None = None
    timeout_seconds: float | None = None
    retry_attempts: int | None = None
    retry_delay_seconds: float | None = None
    retry_profile: RetryProfile | None = None
    payload_format: PayloadFormat | None = None
    allow_internal: bool | None = None
    insecure: bool | None = None
    compatible_signature: bool | None = None
    unsigned: bool | None = None
    is_active: bool | None = None


_NOT_FIELDS = frozenset({"id", "unsigned", "is_active"})


def given_values(params: CreateParams | UpdateParams) -> dict[str, Any]:
    """What was given, by the names of the parameters."""
    values = {f.name: getattr(params, f.name) for f in fields(params)}
    return {key: value for key, value in values.items() if value is not None and key not in _NOT_FIELDS}


def changed(endpoint: WebhookEndpoint, given: Mapping[str, Any]) -> WebhookEndpoint:
    """The endpoint with these values, checked.

    Raises `UsageError` naming what cannot be.
    """
    own = {key: value for key, value in given.items() if key not in _SIGN_IN}
    sign_in = {key: value for key, value in given.items() if key in _SIGN_IN}
    if "event_types" in own:
        own["event_types"] = checked_patterns(own["event_types"])
    for key in ("name", "url"):
        if key in own:
            own[key] = own[key].strip()
    new = replace(endpoint, **own, sign_in=replace(endpoint.sign_in, **sign_in))
    check_endpoint(new)
    return new


def changed_names(old: WebhookEndpoint, new: WebhookEndpoint) -> list[str]:
    """Names of the fields that differ."""
    names = [f.name for f in fields(WebhookEndpoint) if getattr(old, f.name) != getattr(new, f.name)]
    return sorted(name for name in names if name not in {"updated_at", "secrets"})
