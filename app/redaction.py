"""Keeps secrets out of logs, messages and output: one function, one log formatter.

Every secret that is loaded or stored is registered here first; from then on `redact` blanks it, and what is derived
from it for a header, in any text. Longest first, so that a short secret cannot break up a long one.
"""

from __future__ import annotations

import base64
import json
import logging
import re
from urllib.parse import quote

MASK = "••••"
_SHORTEST_SECRET = 4  # blanking shorter values would garble ordinary text and protect nothing
_secrets: set[str] = set()
_pattern: re.Pattern[str] | None = None


def register_secret(*values: str) -> None:
    """Blank these values from now on, also as they stand in JSON or in a URL."""
    global _pattern
    long_enough = [value for value in values if len(value) >= _SHORTEST_SECRET]
    new = {form for value in long_enough for form in (value, json.dumps(value)[1:-1], quote(value, safe=""))} - _secrets
    if new:
        _secrets.update(new)
        _pattern = re.compile("|".join(re.escape(s) for s in sorted(_secrets, key=len, reverse=True)))


def register_basic(username: str, password: str) -> None:
    """Blank a password and the Basic header value made of it."""
    register_secret(password, base64.b64encode(f"{username}:{password}".encode()).decode())


def redact(text: str) -> str:
    """`text` without any registered secret."""
    return _pattern.sub(MASK, text) if _pattern else text


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, and blanks secrets in the result."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line, redacted."""
        return redact(super().format(record))
