"""The settings of the line that every connection over HTTP may have, whatever its kind: further headers, certificates,
a proxy, and how much of what goes over it is logged (connections.md §5, §8).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from app.domain.kinds.spec import FieldSpec, FieldType
from app.errors import UsageError
from app.i18n import N_, _

_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_MOST_HEADERS, _MOST_CHARS = 20, 4000
_OURS = frozenset(
    ("accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length", "content-type",
     "cookie", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
     "transfer-encoding", "upgrade", "user-agent", "x-request-id")
)  # fmt: skip
"""What the request itself, the sign-in or the protocol says."""


def extra_headers(text: str) -> dict[str, str]:
    """The headers of a text like `X-Tenant: 7; X-Route: blue`, or of a JSON object.

    Raises `UsageError` naming the header that cannot be sent, or that is not a person's to set.
    """
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, _pieces(text))):
        name, colon, value = (piece.strip() for piece in part.partition(":"))
        if not colon or not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name):
            raise UsageError(
                _("{value} is not a header.").format(value=part),
                _("Write name and value with a colon, several with semicolons: X-Tenant: 7; X-Route: blue."),
            )
        if name.lower() in _OURS:
            raise UsageError(
                _("The header {name} cannot be set here.").format(name=name),
                _("Muster sends it itself. A sign-in belongs into the fields made for it."),
            )
        if not re.fullmatch(r"[\x20-\x7e]{1,4000}", value):
            raise UsageError(
                _("The value of the header {name} cannot be sent.").format(name=name),
                _("Use Latin letters, digits and signs only."),
            )
        if name.lower() in {known.lower() for known in found}:
            raise UsageError(_("The header {name} is there twice.").format(name=name), _("Name each header once."))
        found[name] = value
    return found


def _pieces(text: str) -> list[str]:
    if not text.lstrip().startswith("{"):
        return text.split(";")
    try:
        given = msgspec.json.decode(text, type=dict[str, str | int])
    except msgspec.DecodeError as error:
        raise UsageError(
            _("{value} is not a header.").format(value=text),
            _("Write name and value with a colon, several with semicolons: X-Tenant: 7; X-Route: blue."),
        ) from error
    return [f"{name}: {value}" for name, value in given.items()]


def _checked_headers(text: str) -> str:
    if len(text) > _MOST_CHARS or len(found := extra_headers(text)) > _MOST_HEADERS:
        raise UsageError(
            _("These are too many headers."), _("At most {count} can be sent along.").format(count=_MOST_HEADERS)
        )
    if any(";" in value for value in found.values()):
        return msgspec.json.encode(found).decode()
    return "; ".join(f"{name}: {value}" for name, value in found.items())


def proxy_address(text: str) -> str:
    """The address of an HTTP proxy, with its port.

    Raises `UsageError` saying what is wrong with it.
    """
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError as error:
        raise _no_proxy(text) from error
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            _("The address of a proxy must not hold a user name or password."), _("Use the fields made for them.")
        )
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[\w.:-]+", host) or parts.path.strip("/"):
        raise _no_proxy(text)
    if port is None or parts.query or parts.fragment:
        raise _no_proxy(text)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}:{port}"


def _no_proxy(text: str) -> UsageError:
    return UsageError(
        _("{value} is not the address of a proxy.").format(value=text),
        _("Write it like http://proxy.example.com:3128."),
    )


def file_path(text: str) -> str:
    """The path of a file on this computer.

    Raises `UsageError` for the text of a certificate or key, which somebody pasted in place of the path.
    """
    if "-----BEGIN" in text or "\n" in text:
        raise UsageError(_("This is the content of a file, not its path."), _("Save it as a file and name that file."))
    return text


LINE_FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        "extra_headers",
        N_("Further headers"),
        advanced=True,
        check=_checked_headers,
        help=N_("Sent with every request, like X-Tenant: 7; X-Route: blue. Not for keys: they are kept as settings."),
    ),
    FieldSpec(
        "ca_file",
        N_("Certificate file"),
        advanced=True,
        check=file_path,
        help=N_("A PEM file with the certificate of your company's own authority, where the system does not know it."),
    ),
    FieldSpec(
        "client_certificate",
        N_("Client certificate"),
        advanced=True,
        check=file_path,
        help=N_("A PEM file with your certificate and its key, where the system asks for one."),
    ),
    FieldSpec(
        "client_key_password",
        N_("Password of the key"),
        FieldType.SECRET,
        advanced=True,
        help=N_("Only where the key of the client certificate is encrypted. Kept in the system's keyring only."),
    ),
    FieldSpec(
        "proxy",
        N_("Proxy"),
        advanced=True,
        check=proxy_address,
        help=N_("Like http://proxy.example.com:3128. Empty: that of the computer, where it has one."),
    ),
    FieldSpec("proxy_user", N_("User of the proxy"), advanced=True),
    FieldSpec(
        "proxy_password",
        N_("Password of the proxy"),
        FieldType.SECRET,
        advanced=True,
        help=N_("Kept in the system's keyring only."),
    ),
    FieldSpec(
        "verify_tls",
        N_("Check the certificate"),
        FieldType.SWITCH,
        default=True,
        advanced=True,
        help=N_("Without the check anybody on the way can read and change everything. Better name a certificate file."),
    ),
    FieldSpec(
        "log_level",
        N_("Log"),
        FieldType.CHOICE,
        default="INFO",
        choices=_LOG_LEVELS,
        titles={
            "DEBUG": N_("Everything, with bodies"),
            "INFO": N_("Every request"),
            "WARNING": N_("Problems"),
            "ERROR": N_("Failures only"),
        },
        aliases={level.lower(): level for level in _LOG_LEVELS},
        shared=True,
        advanced=True,
        help=N_("What the sync log keeps of each request. Bodies are kept for one hour, then it goes back by itself."),
    ),
)
