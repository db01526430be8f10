"""The check of what a person enters for an endpoint (webhooks.md §2, §5, §8). Raises `UsageError` naming the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from app.domain.kinds.sign_in import AuthenticationType, header_name, user_name
from app.domain.webhooks.endpoint import EndpointSignIn, WebhookEndpoint
from app.domain.webhooks.events import checked_patterns
from app.domain.webhooks.signature import RESERVED_HEADERS
from app.errors import UsageError
from app.i18n import _

MOST_URL = 1000
MOST_NAME = 255
_LIKE_IPV4 = re.compile(r"[0-9]+(\.[0-9]+){3}")
_UNSENDABLE = re.compile(r"[\s\x00-\x1f\x7f\\]")
_MOST_HEADERS, _MOST_HEADER_TEXT = 50, 4096


def check_endpoint(endpoint: WebhookEndpoint) -> None:
    """Refuse an endpoint that cannot be."""
    if not endpoint.name.strip() or len(endpoint.name) > MOST_NAME or not endpoint.name.isprintable():
        raise UsageError(_("A webhook needs a name of at most {most} characters.").format(most=MOST_NAME))
    check_url(endpoint.url, insecure=endpoint.insecure)
    checked_patterns(endpoint.event_types)
    check_headers(endpoint.headers)
    check_sign_in(endpoint.sign_in, insecure=endpoint.insecure)
    for name, value, least, most in (
        ("timeout_seconds", endpoint.timeout_seconds, 1, 300),
        ("retry_attempts", endpoint.retry_attempts, 0, 10),
        ("retry_delay_seconds", endpoint.retry_delay_seconds, 1, 86_400),
    ):
        if not least <= value <= most:
            text = _("{field} must be between {least} and {most}.")
            raise UsageError(text.format(field=name, least=least, most=most))


def check_url(url: str, *, insecure: bool) -> None:
    """Refuse what is no address, plain http where it was not allowed, and names or passwords in it (§8 rule 1)."""
    unusable = _("{value} is not an address.").format(value=url[:200])
    if len(url) > MOST_URL:
        raise UsageError(_("The address is longer than {most} characters.").format(most=MOST_URL))
    try:
        parts = urlsplit(url)
        nowhere = parts.port == 0
        _check_host(parts.hostname or "")
    except ValueError as error:
        raise UsageError(unusable) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or nowhere or _UNSENDABLE.search(url):
        raise UsageError(unusable, _("Write it like https://example.com/hooks."))
    if "@" in parts.netloc:
        raise UsageError(_("An address must not hold a user name or password."), _("Use the fields made for them."))
    if parts.fragment:
        raise UsageError(unusable, _("Leave out what follows #."))
    if parts.scheme == "http" and not insecure:
        raise UsageError(
            _("Plain http sends everything readable to all on the way."),
            _("Use https://, or let an administrator allow it with insecure=true."),
        )


def _check_host(host: str) -> None:
    """Refuse what no request can be sent to: an IPv4 address that is none, a name outside the standard of names.

    Raises `ValueError`.
    """
    if _LIKE_IPV4.fullmatch(host):
        IPv4Address(host)
    if not host.isascii():
        import idna  # only here: its tables are large

        idna.encode(host)


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse headers that cannot be sent, and those that are ours to set (§5)."""
    if len(headers) > _MOST_HEADERS:
        raise UsageError(_("There are more than {most} headers.").format(most=_MOST_HEADERS))
    for name, value in headers.items():
        header_name(name)
        if name.lower() in RESERVED_HEADERS:
            raise UsageError(_("The header {name} is set by Muster.").format(name=name))
        if len(value) > _MOST_HEADER_TEXT or not re.fullmatch(r"[\x20-\x7e\t]*", value):
            raise UsageError(_("The header {name} holds characters that cannot be sent.").format(name=name))


def check_sign_in(sign_in: EndpointSignIn, *, insecure: bool) -> None:
    """Refuse a way of signing in that lacks a field."""
    needed = {
        AuthenticationType.BASIC: ("username",),
        AuthenticationType.API_KEY: ("key_header",),
        AuthenticationType.OAUTH2: ("token_url", "client_id"),
    }
    for name in needed.get(sign_in.auth_type, ()):
        if not getattr(sign_in, name):
            raise UsageError(_("For this way of signing in the field {field} is needed.").format(field=name))
    if sign_in.auth_type is AuthenticationType.BASIC:
        user_name(sign_in.username)
    if sign_in.auth_type is AuthenticationType.API_KEY:
        header_name(sign_in.key_header)
        if sign_in.key_header.lower() in RESERVED_HEADERS - {"authorization"}:
            raise UsageError(_("The header {name} is set by Muster.").format(name=sign_in.key_header))
    if sign_in.auth_type is AuthenticationType.OAUTH2:
        check_url(sign_in.token_url, insecure=insecure)
