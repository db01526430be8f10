"""What the database's driver says, in the closed family of errors: each with its cause in the catalogue, in words.

SQLite says it in English texts. PostgreSQL gives a number to what it refuses once a connection stands; of a connection
that it does not let come about the driver tells its text alone, in the server's language: English and Russian are
read, whatever else is told as it is. To a caller the database is a system like others, so a file that cannot be read
is `bad_data` and a server that is away `unreachable` (command-line.md, exit codes); only what nobody foresaw is
`unexpected`.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import peewee

from app.errors import Busy, ErrorKind, ExitCode, MusterError, StoreError
from app.i18n import _
from app.places import Home

log = logging.getLogger(__name__)
LOST = "database.lost"
"""The code of a connection that broke: the next call makes another."""
_KINDS: Mapping[str, ErrorKind] = {
    "unreachable": ErrorKind.UNREACHABLE,
    "timed_out": ErrorKind.TIMED_OUT,
    "lost": ErrorKind.UNREACHABLE,
    "refused_sign_in": ErrorKind.REFUSED_SIGN_IN,
    "missing": ErrorKind.NOT_CONFIGURED,
    "no_right": ErrorKind.FORBIDDEN,
    "read_only": ErrorKind.FORBIDDEN,
    "folder_missing": ErrorKind.NOT_CONFIGURED,
    "full": ErrorKind.REMOTE_ERROR,
    "foreign": ErrorKind.BAD_DATA,
    "damaged": ErrorKind.BAD_DATA,
    "newer": ErrorKind.BAD_DATA,
    "busy": ErrorKind.BUSY,
    "no_driver": ErrorKind.NOT_CONFIGURED,
}
"""The names of the catalogue's `database.` causes, and what each of them is to a caller."""
_CONFIGURATION = {ErrorKind.REFUSED_SIGN_IN, ErrorKind.NOT_CONFIGURED, ErrorKind.FORBIDDEN}
_BY_STATE: Mapping[str, str] = {
    "28": "refused_sign_in", "3D": "missing", "42501": "no_right", "25006": "read_only", "53100": "full",
    "53300": "unreachable", "08": "lost", "57P": "lost", "XX001": "damaged", "XX002": "damaged", "55P03": "busy",
    "40001": "busy", "40P01": "busy", "57014": "timed_out",
}  # fmt: skip
"""By the beginning of PostgreSQL's SQLSTATE (its manual, appendix A)."""
_NOT_CONNECTED = (
    ("missing", r'database ".*" does not exist|база данных ".*" не существует'),
    ("no_right", r"permission denied for database|нет доступа к базе данных"),
    ("refused_sign_in", r'authentication failed|no password supplied|no pg_hba\.conf entry|role ".*" does not exist'),
    ("refused_sign_in", r'проверку подлинности|pg_hba\.conf нет записи|роль ".*" не существует'),
    ("refused_sign_in", r"is not permitted to log in|вход .* запрещ"),
    ("timed_out", r"timeout expired"),
)
"""By the text of a connection that did not come about; the first that fits. A table's order matters: the word for the
sign-in stands in none of the texts above it."""
_BY_FILE_TEXT = (
    ("busy", r"locked|busy"),
    ("full", r"full|disk i/o|no space"),
    ("read_only", r"readonly|read-only"),
    ("foreign", r"not a database"),
    ("damaged", r"malformed|corrupt"),
)
_BY_ERRNO: Mapping[int, str] = {
    errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EROFS: "read_only", errno.EACCES: "no_right",
    errno.EPERM: "no_right", errno.ENOENT: "folder_missing", errno.ENOTDIR: "folder_missing",
}  # fmt: skip


@contextlib.contextmanager
def store_errors(database: peewee.Database, home: Home) -> Iterator[None]:
    """Turn what the driver says into the closed family; a connection that broke is put away, so that the next is new.

    Raises `StoreError` with the kind of its cause, or `Busy`.
    """
    try:
        yield
    except MusterError:
        raise
    except database_errors() as error:
        raise explain(database, home, error) from error
    except OSError as error:
        raise _of_folder(home, error) from error


def database_errors() -> tuple[type[Exception], ...]:
    """What a database may raise: peewee, and the driver itself where peewee does not stand between."""
    psycopg: Any = sys.modules.get("psycopg")
    return (peewee.PeeweeException, sqlite3.Error, *((psycopg.Error,) if psycopg else ()))


def explain(database: peewee.Database, home: Home, error: Exception) -> MusterError:
    """What went wrong with the database, as an error of the closed family."""
    first = _first_cause(error)
    if isinstance(database, peewee.SqliteDatabase):
        return _of_file(Path(str(database.database)).absolute(), home, str(first))
    log.warning("The database refused: %s", first)
    if isinstance(first, peewee.ImproperlyConfigured):
        return refusal("no_driver", _("This installation cannot speak to PostgreSQL."))
    connected = not database.is_closed()
    state = getattr(_driver_error(first), "sqlstate", None) or ""
    lost = connected and _put_away_broken(database)
    if not connected and not state:
        return _not_connected(database, str(first))
    return _of_server(database, "lost" if lost else _named(state), str(first))


def refusal(name: str, message: str, remedy: str = "") -> MusterError:
    """The error of a cause `database.<name>`; `remedy` where one more precise than the catalogue's is known."""
    from app.domain.causes.database import DATABASE, DATABASE_PREFIX  # nothing that a good day has to load

    code, kind = DATABASE_PREFIX + name, _KINDS[name]
    said = remedy or next(_(cause.remedy) for cause in DATABASE if cause.code == code)
    if kind is ErrorKind.BUSY:
        return Busy(message, said, code=code)
    error = StoreError(message, said, code=code)
    error.kind = kind
    error.exit_code = ExitCode.NOT_CONFIGURED if kind in _CONFIGURATION else ExitCode.STOPPED
    return error


def _first_cause(error: BaseException) -> BaseException:
    """What began it: SQLite rolls back by itself on a full disk, and then the rollback that follows fails too."""
    known = database_errors()
    while isinstance(error.__context__, known):
        error = error.__context__
    return error


def _driver_error(error: BaseException) -> BaseException:
    """What peewee wrapped."""
    return error.args[0] if error.args and isinstance(error.args[0], BaseException) else error


# -- PostgreSQL ------------------------------------------------------------------------------------------------------


def _named(state: str) -> str:
    return next((name for beginning, name in _BY_STATE.items() if state and state.startswith(beginning)), "")


def _put_away_broken(database: Any) -> bool:
    """Whether this thread's connection is dead; it is closed then, so that the next work makes another."""
    if not database.connection().closed:
        return False
    database.close()
    return True


def _not_connected(database: peewee.Database, text: str) -> MusterError:
    name = next((name for name, pattern in _NOT_CONNECTED if re.search(pattern, text)), "unreachable")
    told = (
        text.rpartition("failed: ")[2].strip().partition("\n")[0].removeprefix("FATAL:").removeprefix("ВАЖНО:").strip()
    )
    return _of_server(database, name, told)


def _of_server(database: Any, name: str, cause: str) -> MusterError:
    given = database.connect_params
    about = {"database": database.database, "user": given.get("user", ""), "server": given.get("host", "localhost")}
    texts = {
        "unreachable": _("The database server {server} cannot be reached: {cause}"),
        "timed_out": _("The database server {server} did not answer in time."),
        "lost": _("The connection to the database server {server} broke."),
        "refused_sign_in": _("The database server {server} refuses the sign-in of {user}."),
        "missing": _("The database server {server} has no database {database}."),
        "no_right": _("The database server {server} does not let {user} do this: {cause}"),
        "read_only": _("The database {database} on {server} takes no changes: it is read-only."),
        "full": _("The disk of the database server {server} is full, nothing was stored."),
        "damaged": _("The database {database} on {server} is damaged. It was left as it is."),
        "busy": _("Another program is using the database."),
    }
    cause = cause.partition("\n")[0]
    if name not in texts:
        return _unforeseen(cause)
    return refusal(name, texts[name].format(**about, cause=cause))


# -- SQLite ----------------------------------------------------------------------------------------------------------


def _of_file(file: Path, home: Home, text: str) -> MusterError:
    if "unable to open" in text:
        return _not_opened(file)
    name = next((name for name, pattern in _BY_FILE_TEXT if re.search(pattern, text, re.IGNORECASE)), "")
    if name == "busy":
        return refusal(name, _("Another program is using the database."))
    if name == "full":
        return _full(file.parent)
    if name == "read_only":
        remedy = _("Give yourself the right to write to {folder}, or choose another folder with --home.")
        return refusal(name, _("The database may not be written."), remedy.format(folder=file.parent))
    if name in {"foreign", "damaged"}:
        remedy = _("Close Muster, move {file} aside and put the newest copy from {backups} in its place.")
        said = (
            _("The file {file} is no database. It was left as it is.").format(file=file.name)
            if name == "foreign"
            else _("The database file is damaged. It was left as it is.")
        )
        return refusal(name, said, remedy.format(file=file, backups=home.backups))
    return _unforeseen(text)


def _not_opened(file: Path) -> MusterError:
    with contextlib.suppress(PermissionError):
        if not file.parent.is_dir():
            return _folder_missing(file.parent)
        if file.is_dir():
            text = _("The file {file} is no database. It was left as it is.").format(file=file.name)
            return refusal("foreign", text, _("Name a file in DATABASE_URL: {file} is a folder.").format(file=file))
    remedy = _("Check the rights of the folder {folder}.").format(folder=file.parent)
    return refusal("no_right", _("The database cannot be opened."), remedy)


def _folder_missing(folder: Path) -> MusterError:
    return refusal("folder_missing", _("The folder {folder} of the database is not there.").format(folder=folder))


def _full(folder: Path) -> MusterError:
    free = shutil.disk_usage(folder).free // 1_000_000
    return refusal(
        "full",
        _("The disk is full, nothing was stored ({free} MB free).").format(free=free),
        _("Free some space on the disk that holds {folder}, then try again.").format(folder=folder),
    )


def _of_folder(home: Home, error: OSError) -> MusterError:
    """What a file of the home beside the database says: a copy that could not be made, a folder that is away."""
    name = _BY_ERRNO.get(error.errno or 0)
    if name == "full":
        return _full(home.path)
    if name == "folder_missing":
        return _folder_missing(home.path)
    text = _("The folder {folder} cannot be used: {cause}").format(folder=home.path, cause=error)
    remedy = _("Check the rights and the free space of that folder, or choose another with --home.")
    return refusal(name, text, remedy) if name else StoreError(text, remedy)


def _unforeseen(cause: str) -> MusterError:
    return StoreError(
        _("The database refused: {cause}").format(cause=cause), _("Try again; if it stays, see the log file.")
    )
