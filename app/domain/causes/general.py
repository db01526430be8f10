"""The causes that every system shares: one for each class of `app.errors`, found by its `code`."""

from __future__ import annotations

from app import errors
from app.domain.causes.cause import RUN_ENDED, UNTOUCHED, Cause
from app.i18n import N_

NOT_CONFIGURED = Cause(
    "not_configured",
    N_("Not configured"),
    N_("A setting or a secret that is needed is missing."),
    UNTOUCHED,
    errors.NotConfigured.default_remedy,
)
NO_KEYRING = Cause(
    "no_keyring",
    N_("No keyring"),
    N_("The system's keyring is missing, locked or refuses; secrets are kept nowhere else."),
    UNTOUCHED,
    errors.NoKeyring.default_remedy,
)
REFUSED_SIGN_IN = Cause(
    "refused_sign_in",
    N_("Sign-in refused"),
    N_("The remote system does not accept the user, password, key or token of the connection."),
    N_("The run ended here. Schedules leave the connection alone until the sign-in works again."),
    N_("Sign in again, or correct the secrets of the connection, then test it."),
)
FORBIDDEN = Cause(
    "forbidden",
    N_("Not allowed"),
    N_("Whoever asked is known, but has no right to this."),
    N_("What needs the right was not done."),
    N_("Ask an administrator, of Muster or of the remote system, for the right."),
)
UNREACHABLE = Cause(
    "unreachable",
    N_("Not reachable"),
    N_("The request or its answer did not get through: address, network, firewall or encryption."),
    RUN_ENDED,
    errors.Unreachable.default_remedy,
)
CIRCUIT_OPEN = UNREACHABLE.about(
    "circuit_open",
    N_("The system failed several times in a row, or a person holds its calls back."),
    N_("Test the connection: a test that works lets calls pass again at once."),
    title=N_("Left alone"),
    effect=UNTOUCHED,
)
TIMED_OUT = Cause(
    "timed_out",
    N_("No answer in time"),
    N_("The remote system did not answer within the time limit of the connection."),
    RUN_ENDED,
    errors.TimedOut.default_remedy,
)
OUTCOME_UNKNOWN = Cause(
    "outcome_unknown",
    N_("Nobody knows whether it arrived"),
    N_("It was sent, and the answer that says whether it was taken got lost."),
    N_("It may be there already, so it is not sent twice by itself."),
    errors.OutcomeUnknown.default_remedy,
)
RATE_LIMITED = Cause(
    "rate_limited",
    N_("Too many requests"),
    N_("The remote system was asked more often than it allows."),
    RUN_ENDED,
    errors.RateLimited.default_remedy,
)
REMOTE_ERROR = Cause(
    "remote_error",
    N_("Refused by the remote system"),
    N_("The remote system understood the request and refused it."),
    N_("What was asked was not done."),
    errors.RemoteError.default_remedy,
)
OUTAGE = Cause(
    "outage",
    N_("Failure of the remote system"),
    N_("The remote system itself fails or is overloaded."),
    N_("The run ended here. After several failures in a row the system is left alone for a while."),
    errors.Outage.default_remedy,
)
BAD_DATA = Cause(
    "bad_data",
    N_("Answer not to be trusted"),
    N_("The answer is not what the system should send: cut short, a web page, or of another form."),
    N_("It was not used, and nobody was deactivated because of it."),
    errors.BadData.default_remedy,
)
REDIRECTED = Cause(
    "redirected",
    N_("Moved elsewhere"),
    N_("The address leads on to another one, which is never followed."),
    UNTOUCHED,
    errors.Redirected.default_remedy,
)
CLOCK = Cause(
    "clock",
    N_("Clocks do not agree"),
    N_("This computer's clock, or that of the remote system, is too far off."),
    RUN_ENDED,
    errors.ClockOff.default_remedy,
)
HELD = Cause(
    "held",
    N_("Held back"),
    N_("A guard stands against it, as it cannot be undone or the data look suspicious."),
    UNTOUCHED,
    N_("Read why, put that right or confirm it, then start it again."),
)
BUSY = Cause(
    "busy",
    N_("In use"),
    N_("Another run, window or computer works on the same thing just now."),
    UNTOUCHED,
    errors.Busy.default_remedy,
)
CANCELLED = Cause(
    "cancelled",
    N_("Cancelled"),
    N_("A person cancelled it, or the program was closed."),
    N_("No new step was started. What was done before it stays."),
    N_("Resume it or start it again when it suits."),
)
USAGE = Cause(
    "usage",
    N_("Cannot be done like this"),
    N_("What was asked for does not exist, or does not fit together."),
    UNTOUCHED,
    N_("Correct what was asked for, then start it again."),
)
STORE = Cause(
    "store",
    N_("Data cannot be kept or read"),
    N_("Muster's database, the disk or a file does not play along."),
    N_("What could not be stored did not happen; what was stored before stays."),
    N_("Check free space and the rights of the file or folder, then try again."),
)
FOLDER_MISSING = STORE.about(
    "folder_missing",
    N_("The folder in which a file was to be written is not there, or is no folder."),
    errors.FolderMissing.default_remedy,
    title=N_("Folder missing"),
    effect=N_("No file was written. What was there before stays as it was."),
)
FILE_FORBIDDEN = STORE.about(
    "file_forbidden",
    N_("The file is open in another program, or this user may not write there."),
    errors.FileForbidden.default_remedy,
    title=N_("File cannot be written"),
    effect=N_("No file was written. What was there before stays as it was."),
)
UNEXPECTED = Cause(
    "unexpected",
    N_("Fault in Muster"),
    N_("Muster met a situation that it does not know."),
    RUN_ENDED,
    errors.Unexpected.default_remedy,
)
# What became of something of which no more precise cause is known, such as in runs of earlier versions.
LEFT_OUT = Cause(
    "skipped",
    N_("Left out"),
    N_("It was left out, for the reason given."),
    N_("It was left as it is."),
    N_("Nothing: it was left as it is."),
)
PARTIAL = Cause(
    "partial",
    N_("Done in part"),
    N_("A part of it worked and another did not."),
    N_("What worked stays."),
    N_("Run it again for those that failed."),
)
FATAL = Cause(
    "fatal",
    N_("Failed"),
    N_("It could not be done, for the reason given."),
    N_("It was left as it is."),
    N_("Run it again for those that failed."),
)
NOT_ATTEMPTED = Cause(
    "not_attempted",
    N_("Not attempted"),
    N_("Something else stopped the run before it was this one's turn."),
    UNTOUCHED,
    N_("Deal with what stopped the run, then resume it."),
)
UNKNOWN = Cause(
    "unknown",
    N_("Outcome unknown"),
    N_("It was under way when the run ended, and no answer says how it went."),
    N_("It may have been done already."),
    N_("Run it again: it first reads what is there."),
)
GENERAL = (
    NOT_CONFIGURED, NO_KEYRING, REFUSED_SIGN_IN, FORBIDDEN, UNREACHABLE, CIRCUIT_OPEN, TIMED_OUT, OUTCOME_UNKNOWN,
    RATE_LIMITED, REMOTE_ERROR, OUTAGE, BAD_DATA, REDIRECTED, CLOCK, HELD, BUSY, CANCELLED, USAGE, STORE,
    FOLDER_MISSING, FILE_FORBIDDEN, UNEXPECTED,
    LEFT_OUT, PARTIAL, FATAL, NOT_ATTEMPTED, UNKNOWN,
)  # fmt: skip
