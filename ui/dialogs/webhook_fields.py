"""The fields of a webhook as they stand in its form, in sections, and what each of them accepts (webhooks.md §2)."""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.domain.kinds import FieldSpec, FieldType
from app.domain.kinds.sign_in import AuthenticationType, ClientAuthentication
from app.domain.webhooks.endpoint import EndpointSignIn, Method, PayloadFormat, RetryProfile, WebhookEndpoint
from app.i18n import N_

HEADERS = "headers"
SIGNING, SECRET_FIELD = "signing", "secret"
KEEP, MADE, OWN, UNSIGNED = "keep", "made", "own", "unsigned"
_KEPT = N_("Kept in the system's keyring only.")


def _of(way: AuthenticationType) -> tuple[str, str]:
    return "auth_type", way.value


@dataclass(frozen=True)
class Section:
    """Some fields under a heading; the first section has none."""

    title: str
    fields: tuple[FieldSpec, ...]


def _signing(*, new: bool) -> FieldSpec:
    usual = MADE if new else KEEP
    return FieldSpec(
        SIGNING,
        N_("Signing secret"),
        FieldType.CHOICE,
        default=usual,
        choices=(usual, OWN, UNSIGNED),
        titles={
            KEEP: N_("As it is"),
            MADE: N_("Muster makes one"),
            OWN: N_("The receiver's own"),
            UNSIGNED: N_("Do not sign"),
        },
        help=N_("The receiver knows by the signature that a message comes from here and was not altered."),
    )


_OWN_SECRET = FieldSpec(
    SECRET_FIELD, N_("Secret"), FieldType.SECRET, required=True, only_when=(SIGNING, OWN),
    help=N_("24 to 64 bytes in base64, with or without whsec_ before it."),
)  # fmt: skip
_COMPATIBLE = FieldSpec(
    "compatible_signature", N_("Also sign the way GitHub does"), FieldType.SWITCH, default=False,
    help=N_("Adds the header X-Webhook-Signature-256 for receivers that were written for it."),
)  # fmt: skip

_SIGN_IN = (
    FieldSpec(
        "auth_type", N_("Sign-in"), FieldType.CHOICE, default=AuthenticationType.NONE.value,
        choices=tuple(way.value for way in AuthenticationType),
        titles={
            AuthenticationType.NONE.value: N_("None"),
            AuthenticationType.BASIC.value: N_("User name and password"),
            AuthenticationType.BEARER.value: N_("Token (bearer)"),
            AuthenticationType.API_KEY.value: N_("Key in a header"),
            AuthenticationType.OAUTH2.value: N_("OAuth 2.0"),
        },
        help=N_("Beside the signature, where the receiver asks who is calling."),
    ),
    FieldSpec("username", N_("User"), required=True, only_when=_of(AuthenticationType.BASIC)),
    FieldSpec("password", N_("Password"), FieldType.SECRET, required=True, only_when=_of(AuthenticationType.BASIC),
              help=_KEPT),
    FieldSpec("token", N_("Token"), FieldType.SECRET, required=True, only_when=_of(AuthenticationType.BEARER),
              help=_KEPT),
    FieldSpec("key_header", N_("Header"), default="X-API-Key", only_when=_of(AuthenticationType.API_KEY)),
    FieldSpec("key", N_("Key"), FieldType.SECRET, required=True, only_when=_of(AuthenticationType.API_KEY), help=_KEPT),
    FieldSpec("token_url", N_("Token address"), FieldType.URL, required=True, only_when=_of(AuthenticationType.OAUTH2)),
    FieldSpec("client_id", N_("Client id"), required=True, only_when=_of(AuthenticationType.OAUTH2)),
    FieldSpec("client_secret", N_("Client secret"), FieldType.SECRET, required=True,
              only_when=_of(AuthenticationType.OAUTH2), help=_KEPT),
    FieldSpec("scope", N_("Scope"), only_when=_of(AuthenticationType.OAUTH2)),
    FieldSpec("audience", N_("Audience"), only_when=_of(AuthenticationType.OAUTH2)),
    FieldSpec(
        "client_authentication", N_("Client signs in by"), FieldType.CHOICE,
        default=ClientAuthentication.BASIC.value, choices=tuple(way.value for way in ClientAuthentication),
        titles={
            ClientAuthentication.BASIC.value: N_("Basic header"),
            ClientAuthentication.POST.value: N_("Fields of the request"),
        },
        only_when=_of(AuthenticationType.OAUTH2),
    ),
)  # fmt: skip

_DELIVERY = (
    FieldSpec("timeout_seconds", N_("Time limit in seconds"), FieldType.NUMBER, default=30, low=1, high=300),
    FieldSpec(
        "retry_profile", N_("Retries"), FieldType.CHOICE, default=RetryProfile.SIMPLE.value,
        choices=tuple(profile.value for profile in RetryProfile),
        titles={
            RetryProfile.SIMPLE.value: N_("Simple: the pause doubles each time"),
            RetryProfile.STANDARD.value: N_("Patient: ten attempts within three days"),
        },
    ),
    FieldSpec("retry_attempts", N_("Retries after the first attempt"), FieldType.NUMBER, default=3, low=0, high=10,
              whole=True, only_when=("retry_profile", RetryProfile.SIMPLE.value)),
    FieldSpec("retry_delay_seconds", N_("Seconds before the first retry"), FieldType.NUMBER, default=60, low=1,
              high=86_400, only_when=("retry_profile", RetryProfile.SIMPLE.value)),
    FieldSpec(
        "payload_format", N_("Format"), FieldType.CHOICE, default=PayloadFormat.CLASSIC.value,
        choices=tuple(form.value for form in PayloadFormat),
        titles={
            PayloadFormat.CLASSIC.value: N_("Classic: event_type, payload"),
            PayloadFormat.STANDARD.value: N_("Standard Webhooks: type, data"),
        },
    ),
    FieldSpec("method", N_("Method"), FieldType.CHOICE, default=Method.POST.value,
              choices=tuple(method.value for method in Method)),
    FieldSpec(HEADERS, N_("More headers"), help=N_("One a line, such as X-Team: payroll. The log masks values.")),
)  # fmt: skip

_ADDRESS = (
    FieldSpec("insecure", N_("Allow plain http"), FieldType.SWITCH, default=False,
              help=N_("Everybody on the way can read what is sent. For tests only.")),
    FieldSpec("allow_internal", N_("Allow addresses of the own network"), FieldType.SWITCH, default=False,
              help=N_("Needed for a receiver in the house; whoever edits this can then reach computers there.")),
)  # fmt: skip
RISKY = ("insecure", "allow_internal")
"""Switches that a person is warned of."""


def sections(*, new: bool) -> tuple[Section, ...]:
    """The form of a new webhook, or of one that there is."""
    name = FieldSpec("name", N_("Name"), required=True, help=N_("As it appears in lists and in the log."))
    url = FieldSpec("url", N_("Address"), FieldType.URL, required=True,
                    help=N_("Where messages are sent, such as https://example.com/hooks."))  # fmt: skip
    return (
        Section("", (name, url)),
        Section(N_("Signature"), (_signing(new=new), _OWN_SECRET, _COMPATIBLE)),
        Section(N_("Sign-in to the receiver"), _SIGN_IN),
        Section(N_("Delivery"), _DELIVERY),
        Section(N_("What may be reached"), _ADDRESS),
    )


def stored_text(endpoint: WebhookEndpoint, key: str) -> str:
    """What an endpoint has in a field, as its editor holds it."""
    if key == HEADERS:
        return "\n".join(f"{name}: {value}" for name, value in endpoint.headers.items())
    owner = endpoint.sign_in if key in {f.name for f in fields(EndpointSignIn)} else endpoint
    value = getattr(owner, key, "")
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, float | int) else str(value)


def read_headers(text: str) -> dict[str, str]:
    """`Name: value` a line; raises `ValueError` with the line that is none."""
    found = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise ValueError(line.strip())
        found[name.strip()] = value.strip()
    return found
