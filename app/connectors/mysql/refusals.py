"""What MySQL's error numbers mean, in words (cetec-mysql.md §4.6, §6).

The server's own words name account and computer, so they go to the log alone. Whoever has to tell the refusals apart
asks for `code` and `errno` of an error that came from here.
"""

from __future__ import annotations

import logging
import ssl
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pymysql

from app.errors import BadData, Forbidden, MusterError, Outage, RefusedSignIn, RemoteError, TimedOut, Unreachable
from app.i18n import N_, _

log = logging.getLogger(__name__)

_NOT_MYSQL = (ValueError, LookupError, TypeError, AttributeError, AssertionError, struct.error)
"""What the driver stumbles over when an answer is none of MySQL's."""


@dataclass(frozen=True)
class _Refusal:
    """One meaning: `code` names it for programs, `kind` is the error it becomes."""

    code: str
    kind: type[MusterError]
    message: str
    remedy: str = ""


_DENIED = _Refusal(
    "access_denied",
    RefusedSignIn,
    N_("The MySQL server does not accept user and password."),
    N_("Check user and password, and from which computers the server lets this account in."),
)
_RIGHT = _Refusal(
    "permission_denied",
    Forbidden,
    N_("The MySQL account lacks the right to look at the databases."),
    N_("Grant the account SELECT on the backup databases and SHOW DATABASES."),
)
_FULL = _Refusal(
    "too_many_connections",
    Outage,
    N_("The MySQL server takes no more connections for now."),
    N_("Try again in a while; if it stays, allow more connections in the server."),
)
_LOST = _Refusal("connection_lost", Unreachable, N_("The connection to the MySQL server was lost."))
_LATE = _Refusal(
    "query_timeout",
    TimedOut,
    N_("The MySQL server ended the question, because it took longer than its time limit."),
    N_("Check the server's load, or allow more seconds per question."),
)
_LOCKED = _Refusal(
    "account_locked",
    RefusedSignIn,
    N_("The MySQL account is locked, or its password has expired."),
    N_("Have the account unlocked, or a new password set, on the server."),
)
_METHOD = _Refusal(
    "unsupported_sign_in",
    RefusedSignIn,
    N_("The MySQL server asks for a way of signing in that Muster does not use."),
    N_("Use an account with caching_sha2_password or mysql_native_password."),
)
_NO_TLS = _Refusal(
    "encryption_failed",
    Unreachable,
    N_("The MySQL server offers no encrypted connection, but the connection requires one."),
    N_("Switch encryption on in the server, or choose another encryption in the connection."),
)
_NEEDS_TLS = _Refusal(
    "encryption_required",
    RefusedSignIn,
    N_("The MySQL server lets this account in over encrypted connections only."),
    N_("Choose another encryption in the connection."),
)
_WHERE = N_("Check host, port, socket and firewall.")

_BY_NUMBER: Mapping[int, _Refusal] = {
    **dict.fromkeys((1045, 1698), _DENIED),
    **dict.fromkeys((1044, 1142, 1143, 1227), _RIGHT),
    1049: _Refusal("unknown_database", RemoteError, N_("The MySQL server does not know the database.")),
    **dict.fromkeys((1040, 1203, 1226), _FULL),
    1129: _Refusal(
        "host_blocked",
        RemoteError,
        N_("The MySQL server has blocked this computer after many failed connections."),
        N_("Have it unblocked on the server: FLUSH HOSTS, or mysqladmin flush-hosts."),
    ),
    1130: _Refusal(
        "host_not_allowed",
        Forbidden,
        N_("The MySQL server lets nobody in from this computer."),
        N_("Have this computer's address allowed for the account on the server."),
    ),
    **dict.fromkeys((1820, 1862, 3118, 4151), _LOCKED),
    **dict.fromkeys((1251, 2059), _METHOD),
    3159: _NEEDS_TLS,
    2026: _NO_TLS,
    2003: _Refusal("cannot_connect", Unreachable, N_("The MySQL server cannot be reached."), _WHERE),
    2005: _Refusal("unknown_host", Unreachable, N_("The MySQL server cannot be reached: no computer has this name.")),
    **dict.fromkeys((1053, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 2055), _LOST),
    **dict.fromkeys((1969, 3024), _LATE),
    1317: _Refusal("query_interrupted", RemoteError, N_("The question was ended on the MySQL server.")),
}


_BY_CAUSE: Mapping[type, str] = {
    ConnectionRefusedError: N_("The MySQL server cannot be reached: nothing answers there."),
    FileNotFoundError: N_("The MySQL server cannot be reached: there is no socket of this path."),
    PermissionError: N_("The MySQL server cannot be reached: this user may not open the socket."),
}


@contextmanager
def in_words() -> Iterator[None]:
    """Turns whatever the driver raises into the closed family."""
    try:
        yield
    except pymysql.err.Error as error:
        log.info("MySQL: %s", error)
        raise _from_driver(error) from error
    except RuntimeError as error:  # no MySQLError: a way of signing in for which the driver lacks a package
        log.info("MySQL: %s", error)
        raise _from_lack(error) from error
    except OSError as error:
        raise Unreachable(_(_LOST.message)) from error
    except _NOT_MYSQL as error:
        log.info("MySQL: an answer that cannot be read", exc_info=error)
        raise BadData(_("What answers there does not speak MySQL's protocol."), _(_WHERE)) from error


def _from_driver(error: pymysql.err.Error) -> MusterError:
    number, cause = errno(error), error.__cause__ or error.__context__
    if isinstance(cause, TimeoutError):
        return TimedOut(_("The MySQL server did not answer in time."))
    if isinstance(cause, ssl.SSLError):
        return Unreachable(
            _("The encryption with the MySQL server failed: {cause}").format(cause=cause.reason or "TLS"),
            _("Add the certificate of its authority to the system's store, or choose another encryption."),
        )
    refusal = _BY_NUMBER.get(number or 0)
    if refusal is None:
        return RemoteError(_("The MySQL server refused with error {number}.").format(number=number))
    message = _BY_CAUSE.get(type(cause), refusal.message) if refusal.code == "cannot_connect" else refusal.message
    return refusal.kind(_(message), _(refusal.remedy) if refusal.remedy else "")


def _from_lack(error: RuntimeError) -> MusterError:
    if "cryptography" not in str(error):
        return RefusedSignIn(_(_METHOD.message), _(_METHOD.remedy))
    return RefusedSignIn(
        _("The MySQL account signs in with SHA-2, which without encryption needs the package cryptography."),
        _("Switch encryption on in server and connection, or install the package cryptography."),
    )


def errno(error: BaseException) -> int | None:
    """The number MySQL gave this error, if it gave one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, pymysql.err.Error) and cause.args and isinstance(cause.args[0], int) and cause.args[0]:
            return cause.args[0]
        cause = cause.__cause__
    return None


def code(error: MusterError) -> str:
    """The name of a refusal for programs (§6), such as `access_denied`."""
    refusal = _BY_NUMBER.get(errno(error) or 0)
    if refusal is not None and isinstance(error, refusal.kind):
        return refusal.code
    return error.kind.value
