"""One program at a time: a lock on a file that the system takes back when its program ends, however it ends."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.errors import Busy, FileForbidden
from app.i18n import _

if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_ASK_AGAIN_S = 0.02
_PATIENCE_S = 30.0


@asynccontextmanager
async def alone(path: Path, patience_s: float = _PATIENCE_S) -> AsyncIterator[None]:
    """Wait until no other task or program is inside the same file's, then be the only one.

    Raises `Busy` when that takes longer than `patience_s` seconds, `FileForbidden` where the file cannot be made.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise FileForbidden(
            _("{name} could not be written: {cause}.").format(name=path, cause=error.strerror)
        ) from error
    try:
        deadline = time.monotonic() + patience_s
        while not _taken(file):
            if time.monotonic() >= deadline:
                raise Busy(_("Another program does the same just now."), _("Wait a moment, then try again."))
            await asyncio.sleep(_ASK_AGAIN_S)
        yield
    finally:
        os.close(file)  # which gives the lock back


def _taken(file: int) -> bool:
    try:
        _take(file)
    except (BlockingIOError, PermissionError):  # the latter from Windows
        return False
    return True
