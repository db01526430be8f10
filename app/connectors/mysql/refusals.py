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

import pymysql

from app.domain.causes import CAUSES
from app.domain.causes.mysql import WHERE
from app.errors import BadData, Forbidden, MusterError, Outage, RefusedSignIn, RemoteError, TimedOut, Unreachable
from app.i18n import N_, _

log = logging.getLogger(__name__)

_NOT_MYSQL = (ValueError, LookupError, TypeError, AttributeError, AssertionError, struct.error)
"""What the driver stumbles over when an answer is none of MySQL's."""


_PREFIX = "mysql."
_Refusal = tuple[str, type[MusterError]]
"""The code of a meaning (`app.domain.causes.mysql` holds its words) and the error that it becomes."""
_DENIED: _Refusal = ("access_denied", RefusedSignIn)
_RIGHT: _Refusal = ("permission_denied", Forbidden)
_FULL: _Refusal = ("too_many_connections", Outage)
_LOST: _Refusal = ("connection_lost", Unreachable)
_LATE: _Refusal = ("query_timeout", TimedOut)
_LOCKED: _Refusal = ("account_locked", RefusedSignIn)
_METHOD: _Refusal = ("unsupported_sign_in", RefusedSignIn)
_BY_NUMBER: Mapping[int, _Refusal] = {
    **dict.fromkeys((1045, 1698), _DENIED),
    **dict.fromkeys((1044, 1142, 1143, 1227), _RIGHT),
    1049: ("unknown_database", RemoteError),
    **dict.fromkeys((1040, 1203, 1226), _FULL),
    1129: ("host_blocked", RemoteError),
    1130: ("host_not_allowed", Forbidden),
    **dict.fromkeys((1820, 1862, 3118, 4151), _LOCKED),
    **dict.fromkeys((1251, 2059), _METHOD),
    3159: ("encryption_required", RefusedSignIn),
    2026: ("encryption_failed", Unreachable),
    2003: ("cannot_connect", Unreachable),
    2005: ("unknown_host", Unreachable),
    **dict.fromkeys((1053, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 2055), _LOST),
    **dict.fromkeys((1969, 3024), _LATE),
    1317: ("query_interrupted", RemoteError),
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
        raise _refused(_LOST) from error
    except _NOT_MYSQL as error:
        log.info("MySQL: an answer that cannot be read", exc_info=error)
        raise BadData(_("What answers there does not speak MySQL's protocol."), _(WHERE)) from error


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
    return _refused(refusal, _BY_CAUSE.get(type(cause), "") if refusal[0] == "cannot_connect" else "")


def _refused(refusal: _Refusal, message: str = "") -> MusterError:
    """The error of a refusal, in the words of its cause where none more precise are known."""
    name, kind = refusal
    cause = CAUSES[_PREFIX + name]
    return kind(_(message or cause.cause), _(cause.remedy), code=cause.code)


def _from_lack(error: RuntimeError) -> MusterError:
    if "cryptography" not in str(error):
        return _refused(_METHOD)
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
    return error.code.removeprefix(_PREFIX) if error.code.startswith(_PREFIX) else error.kind.value
