"""The address of the database as the settings keep it: blank for the file in the home folder (connections.md §12).

It never holds a password: settings are a plain file. PostgreSQL's own password file or `DATABASE_URL` hold it.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from app.errors import UsageError
from app.i18n import _


def checked_database_url(text: str) -> str:
    """The address, trimmed.

    Raises `UsageError` for one that names no database that Muster speaks, and for one with a password.
    """
    text = text.strip()
    if not text:
        return ""
    remedy = _("Write sqlite:///FILE or postgresql://USER@HOST/NAME, or nothing for the file in the data folder.")
    try:
        parts = urlsplit(text)
        password, _port = parts.password, parts.port
    except ValueError as error:
        raise UsageError(_("{value} is not an address.").format(value=without_password(text)), remedy) from error
    if password is not None:
        raise UsageError(
            _("The settings are no place for a password."),
            _("Leave it out, and put it into PostgreSQL's password file (.pgpass) or the variable DATABASE_URL."),
        )
    named = parts.path.strip("/")
    is_file = parts.scheme == "sqlite" and not parts.netloc and named not in {"", ":memory:"}
    is_server = parts.scheme in {"postgresql", "postgres"} and bool(parts.hostname) and bool(named)
    if not is_file and not is_server:
        raise UsageError(_("{value} names no database that Muster speaks.").format(value=text), remedy)
    return text


def without_password(url: str) -> str:
    """The address as it can be shown."""
    try:
        parts = urlsplit(url)
        if parts.password is None:
            return url
    except ValueError:
        return url.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}@{parts.netloc.rpartition('@')[2]}"))
