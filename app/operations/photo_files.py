"""The files of people's photos: one that is chosen, and those kept in the home (vitec-hub.md §11, supabase.md §7.4).

Names come from our own ids alone. Faces are biometric data: folder and files are for their owner alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from app.errors import BadData, StoreError
from app.i18n import _
from app.photos import MOST_BYTES, save_thumbnail
from app.places import Home


def face_file(home: Home, employee_id: str) -> Path:
    """Where a photo set from a file is kept, ready for terminals."""
    return home.faces / f"{employee_id}.jpg"


def read_picture(path: Path) -> bytes:
    """The content of a file, at most one byte more than a photo may have.

    Raises `BadData` when it is no file or cannot be read.
    """
    try:
        if not path.is_file():  # a pipe or device could give bytes without end
            raise BadData(_("{file} is no file.").format(file=path.name), _("Choose another file."))
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadData(
            _("The file {file} cannot be read: {cause}").format(file=path.name, cause=error.strerror),
            _("Choose another file."),
        ) from error


def write_face(home: Home, employee_id: str, jpeg: bytes) -> str:
    """Keep a prepared photo and its thumbnail; returns the thumbnail's file name.

    Raises `StoreError` when the home cannot be written.
    """
    path = face_file(home, employee_id)
    beside = path.with_suffix(".new")
    try:
        path.parent.mkdir(exist_ok=True, mode=0o700)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(jpeg)
        beside.replace(path)
        return save_thumbnail(home.pictures, employee_id, jpeg)
    except OSError as error:
        raise StoreError(
            _("The picture could not be stored: {cause}").format(cause=error),
            _("Check the free space and the rights of the folder {folder}.").format(folder=home.path),
        ) from error


def copies_of(home: Home, employee_id: str) -> list[Path]:
    """Every file that is kept of a person's photo."""
    return [face_file(home, employee_id), home.pictures / f"{employee_id}.jpg"]


def copies_but_of(home: Home, employee_ids: set[str]) -> list[Path]:
    """Every file that is kept of the photos of anybody else."""
    folders = (folder for folder in (home.pictures, home.faces) if folder.is_dir())
    return [file for folder in folders for file in folder.iterdir() if file.stem not in employee_ids]


def delete_files(home: Home, files: Iterable[Path]) -> None:
    """Delete files that may be gone already.

    Raises `StoreError` when one cannot be deleted.
    """
    try:
        for file in files:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            _("A photo could not be deleted: {cause}").format(cause=error),
            _("Check the rights of the folder {folder}.").format(folder=home.path),
        ) from error
