"""Why no answer came, as one of the codes of webhooks.md §7 and a sentence for the log."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

from app.domain.webhooks.error_codes import ERROR_WORDS, ErrorCode
from app.i18n import _
from app.redaction import redact

_MOST_CHARS = 300
# OpenSSL's numbers: X509_V_ERR_*.
_CERTIFICATES = {
    10: ErrorCode.TLS_EXPIRED,
    62: ErrorCode.TLS_NAME_MISMATCH,
    64: ErrorCode.TLS_NAME_MISMATCH,
    **dict.fromkeys((2, 18, 19, 20, 21, 27), ErrorCode.TLS_UNKNOWN_CA),
}
_NETWORK = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})


def explain(error: BaseException, timeout_s: float) -> tuple[ErrorCode, str]:
    """The code, and what happened in words."""
    code = _code(error)
    if code is ErrorCode.TIMEOUT:
        return code, _("No answer within {seconds:g} seconds.").format(seconds=timeout_s)
    cause = " ".join(redact(str(_first(error)) or type(error).__name__).split())[:_MOST_CHARS]
    return code, _("{what}: {cause}").format(what=_(ERROR_WORDS[code]), cause=cause)


def _code(error: BaseException) -> ErrorCode:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return ErrorCode.TIMEOUT
    for cause in _chain(error):
        if found := _of_cause(cause):
            return found
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return ErrorCode.INVALID_URL
    if isinstance(error, httpx.ConnectError):
        return ErrorCode.CONNECTION_REFUSED
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError | OSError):
        return ErrorCode.CONNECTION_RESET
    return ErrorCode.INTERNAL


def _of_cause(cause: BaseException) -> ErrorCode | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _CERTIFICATES.get(cause.verify_code, ErrorCode.TLS_OTHER)
    if isinstance(cause, ssl.SSLError):
        return ErrorCode.TLS_OTHER
    if isinstance(cause, socket.gaierror):
        return ErrorCode.DNS_FAILED
    if isinstance(cause, ConnectionRefusedError):
        return ErrorCode.CONNECTION_REFUSED
    if isinstance(cause, ConnectionResetError | BrokenPipeError):
        return ErrorCode.CONNECTION_RESET
    if isinstance(cause, OSError) and cause.errno in _NETWORK:
        return ErrorCode.NETWORK_UNREACHABLE
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _first(error: BaseException) -> BaseException:
    """What began it, as far as it says anything."""
    telling = [cause for cause in _chain(error) if str(cause)]
    return telling[-1] if telling else error
