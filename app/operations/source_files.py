"""What to say of a file that a person named to be read and that cannot be read, whichever operation reads it."""

from __future__ import annotations

from pathlib import Path

from app.errors import MusterError, StoreError, UsageError
from app.i18n import _


def unread(path: Path, error: OSError | UnicodeError, remedy: str = "") -> MusterError:
    """The error for a file that is not there, is a folder, or cannot be read; `remedy` where its rights do not help."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return UsageError(_("There is no file {file}.").format(file=path))
    if path.is_dir():  # Windows calls that a missing right
        return UsageError(_("{file} is a folder.").format(file=path), _("Name a file in it."))
    return StoreError(
        _("The file {file} cannot be read: {cause}").format(file=path, cause=error),
        remedy or _("Check the rights of the file and its folder."),
    )
