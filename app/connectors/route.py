"""How requests reach one system: which certificates are good, ours, a proxy, further headers (connections.md §5).

The same for every kind of connection that speaks HTTP, and for the sign-in services beside it.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import httpx

from app import __version__
from app.errors import NotConfigured
from app.i18n import _

CONNECT_TIMEOUT_S = 5.0
USER_AGENT = f"Muster/{__version__}"
_REFUSED_CERTIFICATE = ("ALERT_CERTIFICATE_REQUIRED", "ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA")
"""The end of what OpenSSL calls the other side's words (RFC 8446 §6.2)."""
_MOST_CAUSES = 20  # a chain of causes may bite its own tail


@dataclass(frozen=True)
class Proxy:
    """A proxy of HTTP, with a user name and password where it wants them."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def with_credentials(self) -> str:
        """Its address with user name and password in it, for a library that wants them there; never to be shown."""
        scheme, mark, rest = self.url.partition("://")
        who = ":".join(quote(text, safe="") for text in (self.user, self.password))
        return f"{scheme}{mark}{who}@{rest}" if self.user else self.url

    def made(self) -> httpx.Proxy:
        """As the library wants it."""
        return httpx.Proxy(self.url, auth=(self.user, self.password) if self.user else None)


@dataclass(frozen=True)
class Route:
    """The way to one system.

    Certificates are good that the computer trusts, also those of `ca_file`, or without `verify` any at all.
    `certificate` is a PEM file with our own certificate and its key, `key_password` opens the key. Without a `proxy`
    the one of the computer is used. `headers` go along with every request.
    """

    ca_file: str = ""
    verify: bool = True
    certificate: str = ""
    key_password: str = field(default="", repr=False)
    proxy: Proxy | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_others(self) -> Route:
        """The way to another system than the connection's own, which is shown none of our headers or certificates."""
        return replace(self, headers={}, certificate="", key_password="")

    def context(self, url: str) -> ssl.SSLContext:
        """For connections to `url`.

        Raises `NotConfigured` when a file cannot be used.
        """
        if url.startswith("http://"):  # loading a list of authorities would only cost time for plain loopback
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        import truststore

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.verify:
            context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        else:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.ca_file and self.verify:
            self._load_authority(context)
        if self.certificate:
            self._load_own(context)
        return context

    def _load_authority(self, context: ssl.SSLContext) -> None:
        try:
            context.load_verify_locations(self.ca_file)
        except OSError as error:  # an SSLError is one
            raise NotConfigured(
                _("The certificate file {file} cannot be used: {cause}").format(
                    file=self.ca_file, cause=error.strerror or error
                ),
                _("Choose a PEM file with the certificate of the authority."),
            ) from error

    def _load_own(self, context: ssl.SSLContext) -> None:
        """Our certificate; an encrypted key without its password is refused, where OpenSSL would ask a terminal."""
        try:
            context.load_cert_chain(self.certificate, password=lambda: self.key_password)
        except (OSError, ValueError) as error:  # an SSLError is an OSError; a password of 1 KB a ValueError
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
            raise NotConfigured(
                _("The client certificate {file} cannot be used: {cause}").format(file=self.certificate, cause=reason),
                _("Choose a PEM file with the certificate and its key; enter the password where the key has one."),
            ) from error


def wants_certificate(error: BaseException) -> bool:
    """Whether a line was cut because the system wants a certificate of ours, or does not take the one it got."""
    before: BaseException | None = error
    for _step in range(_MOST_CAUSES):
        if before is None:
            break
        if isinstance(before, ssl.SSLError) and (before.reason or "").endswith(_REFUSED_CERTIFICATE):
            return True
        before = before.__cause__ or before.__context__
    return False


def client_options(url: str, timeout_s: float, route: Route) -> dict[str, Any]:
    """How every HTTP client of ours is made for the system at `url`."""
    plain = url.startswith("http://")  # stays on this computer: the computer's proxy has no business with it
    return {
        "headers": {**route.headers, "User-Agent": USER_AGENT},
        "timeout": httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S, pool=None),
        "verify": route.context(url),
        "follow_redirects": False,
        "proxy": route.proxy.made() if route.proxy is not None else None,
        "trust_env": not plain,
    }
