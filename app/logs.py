"""Log files in the home folder, redacted and bounded in size."""

from __future__ import annotations

import logging
import logging.handlers
import os

from app.places import Home
from app.redaction import RedactingFormatter

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_logging(home: Home) -> None:
    """Write INFO and above to `logs/muster.log` (5 files of 2 MB); `LOG_LEVEL` overrides (connections.md §12).

    A folder that cannot be written costs the log, not the program.
    """
    root = logging.getLogger()
    wanted = os.environ.get("LOG_LEVEL", "INFO").upper()
    root.setLevel(wanted if wanted in logging.getLevelNamesMapping() else "INFO")
    # These two log whole URLs, query strings included; our own HTTP foundation logs what is safe.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    handler: logging.Handler
    try:
        home.logs.mkdir(exist_ok=True, mode=0o700)
        handler = logging.handlers.RotatingFileHandler(
            home.logs / "muster.log", maxBytes=2_000_000, backupCount=4, encoding="utf-8"
        )
    except OSError:
        handler = logging.StreamHandler()
        handler.setLevel(logging.ERROR)
    handler.setFormatter(RedactingFormatter(_FORMAT))
    root.addHandler(handler)
