"""Log files in the home folder, redacted and bounded in size."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from app.places import Home
from app.redaction import RedactingFormatter

_MOST_BYTES = 2_000_000
_KEPT = 4
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_logging(home: Home) -> None:
    """Write INFO and above to `logs/muster.log` (5 files of about 2 MB); `LOG_LEVEL` overrides (connections.md §12).

    A folder that cannot be written costs the log, not the program.
    """
    root = logging.getLogger()
    wanted = os.environ.get("LOG_LEVEL", "INFO").upper()
    logging.getLogger("app").setLevel(logging.NOTSET)  # until settings say otherwise
    root.setLevel(wanted if wanted in logging.getLevelNamesMapping() else "INFO")
    # These two log whole URLs, query strings included; our own HTTP foundation logs what is safe.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    handler: logging.Handler
    try:
        home.logs.mkdir(exist_ok=True, mode=0o700)
        _rotate(home.logs / "muster.log")
        handler = logging.FileHandler(home.logs / "muster.log", encoding="utf-8")
    except OSError:
        handler = logging.StreamHandler()
        handler.setLevel(logging.ERROR)
    handler.setFormatter(RedactingFormatter(_FORMAT))
    root.addHandler(handler)


def _rotate(file: Path) -> None:
    """Put a file that has grown aside at the start, when nobody writes to it yet.

    The library's rotating handler does it in the middle of a run, which two programs on one home do not survive.
    """
    if file.exists() and file.stat().st_size > _MOST_BYTES:
        for number in range(_KEPT - 1, 0, -1):
            older = file.with_suffix(f".{number}.log")
            if older.exists():
                older.replace(file.with_suffix(f".{number + 1}.log"))
        file.replace(file.with_suffix(".1.log"))
