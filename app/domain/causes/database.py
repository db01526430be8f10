"""The causes of Muster's own database: the file in the home folder, or the shared one on a PostgreSQL server."""

from __future__ import annotations

from app.domain.causes.general import STORE
from app.i18n import N_

DATABASE_PREFIX = "database."
_UNREACHABLE = STORE.about(
    DATABASE_PREFIX + "unreachable",
    N_("The server of the shared database does not answer, takes no more connections, or the way to it is blocked."),
    N_("Check that the server runs and that DATABASE_URL names it, then try again."),
    title=N_("Database not reachable"),
)
_TIMED_OUT = STORE.about(
    DATABASE_PREFIX + "timed_out",
    N_("The server of the shared database did not answer in time."),
    N_("Check the network and how busy the server is, then try again."),
    title=N_("Database too slow"),
)
_LOST = STORE.about(
    DATABASE_PREFIX + "lost",
    N_("The connection to the server of the shared database broke, or the server was stopped."),
    N_("Try again: it is connected anew. A run that stopped can be resumed."),
    title=N_("Database lost"),
    effect=N_("What was being stored at that moment did not happen, unless the server had just taken it."),
)
_REFUSED = STORE.about(
    DATABASE_PREFIX + "refused_sign_in",
    N_("The server of the shared database does not accept the user or the password of DATABASE_URL."),
    N_("Correct user and password in DATABASE_URL, or ask the server's administrator to let this computer in."),
    title=N_("Database refuses the sign-in"),
)
_MISSING = STORE.about(
    DATABASE_PREFIX + "missing",
    N_("The server has no database of the name in DATABASE_URL."),
    N_("Ask the server's administrator to make it, or correct the name. Muster then makes its tables by itself."),
    title=N_("Database missing"),
)
_NO_RIGHT = STORE.about(
    DATABASE_PREFIX + "no_right",
    N_("This user may not open the database or its file, or may not change something in it."),
    N_("Ask whoever administers the server or this computer for the right, then try again."),
    title=N_("No right to the database"),
)
_READ_ONLY = STORE.about(
    DATABASE_PREFIX + "read_only",
    N_("The database can be read, but not be written to."),
    N_("Give this user the right to write there; of a server, name the one that takes changes, not its copy."),
    title=N_("Database is read-only"),
)
_FOLDER = STORE.about(
    DATABASE_PREFIX + "folder_missing",
    N_("The folder of the database file is not there, such as on a drive that is not connected."),
    N_("Connect the drive or make the folder, or correct the path in DATABASE_URL."),
    title=N_("Database folder missing"),
)
_FULL = STORE.about(
    DATABASE_PREFIX + "full",
    N_("The disk that holds the database has no room left."),
    N_("Free some space on that disk, then try again. A run that stopped can be resumed."),
    title=N_("Disk full"),
)
_FOREIGN = STORE.about(
    DATABASE_PREFIX + "foreign",
    N_("The file that is to be the database is something else: another kind of file, or one that was overwritten."),
    N_("Correct the path, or put the newest copy from the folder of backups in its place while Muster is closed."),
    title=N_("Not a database"),
)
_DAMAGED = STORE.about(
    DATABASE_PREFIX + "damaged",
    N_("A part of the database cannot be read any more, mostly after a fault of the disk or a copy made meanwhile."),
    N_("Put the newest copy from the folder of backups, or the server's own, in its place while Muster is closed."),
    title=N_("Database damaged"),
)
_NEWER = STORE.about(
    DATABASE_PREFIX + "newer",
    N_("A newer Muster has changed the database's tables; this one does not know what they mean now."),
    N_("Update Muster on this computer."),
    title=N_("Database of a newer Muster"),
    effect=N_("Nothing was changed."),
)
_BUSY = STORE.about(
    DATABASE_PREFIX + "busy",
    N_("Another program has held the database for longer than Muster waits for it."),
    N_("Wait a moment and try again, or close the other program."),
    title=N_("Database in use"),
)
_NO_DRIVER = STORE.about(
    DATABASE_PREFIX + "no_driver",
    N_("This installation lacks the part that speaks to PostgreSQL."),
    N_("Install Muster with its extra “postgresql”, or take DATABASE_URL away."),
    title=N_("PostgreSQL not installed"),
)
DATABASE = (
    _UNREACHABLE, _TIMED_OUT, _LOST, _REFUSED, _MISSING, _NO_RIGHT, _READ_ONLY, _FOLDER, _FULL, _FOREIGN, _DAMAGED,
    _NEWER, _BUSY, _NO_DRIVER,
)  # fmt: skip
