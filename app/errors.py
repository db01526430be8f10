"""The closed family of errors that a person may meet, each with cause and remedy.

    MusterError
    |- NotConfigured     a required field is missing                    exit 5
    |- NoKeyring         no usable keyring for secrets                   exit 5
    |- RefusedSignIn     the remote system refused the credentials       exit 5
    |- Forbidden         signed in, but without the right                exit 5
    |- Unreachable       DNS, TLS, refused, broken connection            exit 4
    |- TimedOut          no answer in time                               exit 4
    |  `- OutcomeUnknown sent, and nobody knows whether it was taken     exit 4
    |- RateLimited       asked to wait; `retry_after` in seconds         exit 4
    |- RemoteError       the remote system refused (other 4xx)           exit 4
    |  `- Outage         the remote system failed (5xx)                  exit 4
    |- BadData           an answer that cannot be trusted                exit 4
    |- Redirected        an answer that points elsewhere                 exit 4 (5 to a sign-in page)
    |- ClockOff          this computer's clock is too far off            exit 4
    |- Held              a safety guard holds it                         exit 6
    |- Busy              another program or run holds the target         exit 7
    |- Cancelled         a person cancelled                              exit 130
    |- UsageError        asked for something impossible                  exit 2
    |  `- FolderMissing  the folder of a file that is to be written      exit 2
    |- StoreError        the database, disk or a file of ours            exit 1, of a known cause as its kind
    |  `- FileForbidden  a file that may not be written there            exit 5
    |- Unexpected        a bug                                           exit 1

Kinds and exit codes are the contract of command-line.md. `message` says what happened and why, `remedy` what to do
next; both are whole sentences without secrets. `code` names its entry in the catalogue `app.domain.causes`, which tells
cause and effect. The technical cause is chained (`raise ... from`).
"""

from __future__ import annotations

import re
from enum import IntEnum, StrEnum

from app.i18n import N_

_EMPTY_TAIL = re.compile(r"\s*:\s*\.?$")


class ErrorKind(StrEnum):
    """`error.kind` of command-line.md."""

    NOT_CONFIGURED = "not_configured"
    NO_KEYRING = "no_keyring"
    REFUSED_SIGN_IN = "refused_sign_in"
    FORBIDDEN = "forbidden"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    RATE_LIMITED = "rate_limited"
    REMOTE_ERROR = "remote_error"
    BAD_DATA = "bad_data"
    REDIRECTED = "redirected"
    CLOCK = "clock"
    HELD = "held"
    BUSY = "busy"
    CANCELLED = "cancelled"
    UNEXPECTED = "unexpected"


class ExitCode(IntEnum):
    """How a command ended (command-line.md, Common)."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    INCOMPLETE = 3
    STOPPED = 4
    NOT_CONFIGURED = 5
    HELD = 6
    BUSY = 7
    CANCELLED = 130


def _ended(message: str) -> str:
    """A sentence whose last part said nothing ends before it: `1C refuses what was sent: ` with a full stop."""
    return _EMPTY_TAIL.sub(".", message.rstrip())


class MusterError(Exception):
    """Base of the family.

    Parameters: `message` what happened, in words; `remedy` the next action (the class has a general one);
    `retry_after` seconds the remote system asked to wait; `code` a more precise entry of the catalogue of causes than
    that of the class.
    """

    code = "unexpected"
    kind = ErrorKind.UNEXPECTED
    exit_code = ExitCode.STOPPED
    default_remedy = ""

    def __init__(self, message: str, remedy: str = "", *, retry_after: float | None = None, code: str = "") -> None:
        message = _ended(message)
        super().__init__(message)
        self.code = code or self.code
        self.message = message
        self.remedy = remedy or self.default_remedy
        self.retry_after = retry_after

    def within(self, prefix: str) -> MusterError:
        """The same error with `prefix` before its message, naming the part that failed."""
        copy = type(self)(f"{prefix} {self.message}", self.remedy, retry_after=self.retry_after, code=self.code)
        copy.exit_code, copy.kind = self.exit_code, self.kind
        return copy


class NotConfigured(MusterError):
    """A required setting or secret is missing; nothing was sent."""

    code = "not_configured"
    kind = ErrorKind.NOT_CONFIGURED
    exit_code = ExitCode.NOT_CONFIGURED
    default_remedy = N_("Fill in the missing fields of the connection.")


class NoKeyring(MusterError):
    """The system offers no usable keyring; secrets are never written anywhere else."""

    code = "no_keyring"
    kind = ErrorKind.NO_KEYRING
    exit_code = ExitCode.NOT_CONFIGURED
    default_remedy = N_(
        "Install or unlock a keyring (GNOME Keyring, KWallet, macOS Keychain, Windows Credential Manager), or give the "
        "secret for this session in the environment variable MUSTER_SECRET_<CONNECTION>_<KEY>."
    )


class RefusedSignIn(MusterError):
    """The remote system does not accept the credentials."""

    code = "refused_sign_in"
    kind = ErrorKind.REFUSED_SIGN_IN
    exit_code = ExitCode.NOT_CONFIGURED


class Forbidden(MusterError):
    """The credentials are known but lack the right."""

    code = "forbidden"
    kind = ErrorKind.FORBIDDEN
    exit_code = ExitCode.NOT_CONFIGURED


class Unreachable(MusterError):
    """The request or its answer did not get through."""

    code = "unreachable"
    kind = ErrorKind.UNREACHABLE
    default_remedy = N_("Check the address, the network and the firewall, then try again.")


class TimedOut(MusterError):
    """No answer within the connection's time limit."""

    code = "timed_out"
    kind = ErrorKind.TIMED_OUT
    default_remedy = N_("Try again; if it happens often, raise the time limit of the connection.")


class OutcomeUnknown(TimedOut):
    """Something that must not be sent twice was sent, and no answer says whether it was taken."""

    code = "outcome_unknown"
    default_remedy = N_("Look in the remote system whether it is there; only then send it again.")


class RateLimited(MusterError):
    """The remote system asks to wait."""

    code = "rate_limited"
    kind = ErrorKind.RATE_LIMITED
    default_remedy = N_("Wait that long, then try again.")


class RemoteError(MusterError):
    """The remote system answered with an error of its own."""

    code = "remote_error"
    kind = ErrorKind.REMOTE_ERROR
    default_remedy = N_("Try again later; if it stays, send this text to whoever runs the system.")


class Outage(RemoteError):
    """The remote system itself fails (5xx); only this kind of answer counts against its circuit breaker."""

    code = "outage"


class BadData(MusterError):
    """An answer that is not what the reference promises; nothing was written."""

    code = "bad_data"
    kind = ErrorKind.BAD_DATA
    default_remedy = N_("Nothing was changed. Check that the address leads to the right system, then try again.")


class Redirected(MusterError):
    """The remote system points to another address."""

    code = "redirected"
    kind = ErrorKind.REDIRECTED
    default_remedy = N_("Check the address of the connection.")


class ClockOff(MusterError):
    """Times do not agree: this computer's clock, or the remote system's, is too far off."""

    code = "clock"
    kind = ErrorKind.CLOCK
    default_remedy = N_("Set date, time and time zone of this computer, best automatically, then try again.")


class Held(MusterError):
    """A safety guard refuses the action."""

    code = "held"
    kind = ErrorKind.HELD
    exit_code = ExitCode.HELD


class Busy(MusterError):
    """Another run or program holds the target."""

    code = "busy"
    kind = ErrorKind.BUSY
    exit_code = ExitCode.BUSY
    default_remedy = N_("Wait until it has ended, or cancel it where it runs.")


class Cancelled(MusterError):
    """A person cancelled the run."""

    code = "cancelled"
    kind = ErrorKind.CANCELLED
    exit_code = ExitCode.CANCELLED


class UsageError(MusterError):
    """Something that does not exist or cannot be was asked for."""

    code = "usage"
    exit_code = ExitCode.USAGE


class FolderMissing(UsageError):
    """A file was to be written into a folder that is not there."""

    code = "folder_missing"
    default_remedy = N_("Choose an existing folder.")


class StoreError(MusterError):
    """The database, the disk or one of our own files does not play along.

    One whose `code` begins with `database.` has kind and exit code of that cause (app/store/refusals.py).
    """

    code = "store"
    exit_code = ExitCode.UNEXPECTED


class FileForbidden(StoreError):
    """A file may not be written where it was to be."""

    code = "file_forbidden"
    kind = ErrorKind.FORBIDDEN
    exit_code = ExitCode.NOT_CONFIGURED
    default_remedy = N_("Close it in the other program, or choose another name or folder.")


class Unexpected(MusterError):
    """A bug of ours, seen at the runner's edge."""

    code = "unexpected"
    exit_code = ExitCode.UNEXPECTED
    default_remedy = N_("This is a fault in Muster. Please send the log file to its developers.")
