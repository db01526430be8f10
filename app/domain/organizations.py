"""Organisations: whose data this is (connections.md §3, multi-tenant isolation).

Each has a database of its own, so no query, however it is written, can bring data of another.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from app.errors import UsageError
from app.i18n import _

FIRST = "default"
"""What the first organisation, which every home has, is called until it is given a name."""
_LONGEST = 100
_SLUG_CHARS = 20


@dataclass(frozen=True)
class Organization:
    """One organisation; `key` names its place, blank for the first one."""

    key: str
    name: str

    @property
    def owner(self) -> str:
        """The name that exports carry; blank for a first organisation that nobody named."""
        return self.name if self.key or self.name != FIRST else ""

    def is_called(self, text: str) -> bool:
        """Whether a person who writes this means it: its name in any case, or its key."""
        if not self.key and text.casefold() == FIRST:
            return True
        return folded(self.name) == folded(text) or (bool(self.key) and self.key == text)


def checked_name(text: str) -> str:
    """A name as it is kept.

    Raises `UsageError` for none, one that is too long and the one that stands for the first organisation.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or not name.isprintable():
        raise UsageError(_("An organization needs a name."))
    if len(name) > _LONGEST:
        raise UsageError(_("The name of an organization has at most {count} characters.").format(count=_LONGEST))
    return name


def new_key(name: str) -> str:
    """The key of a new organisation: readable, safe as the name of a folder and of a database, the same for a name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_SLUG_CHARS].strip("_")
    digest = hashlib.sha256(folded(name).encode()).hexdigest()[:8]
    return f"{slug}_{digest}" if slug else digest


def is_key(text: str) -> bool:
    """Whether a text can be a key, and so never leads out of its folder."""
    return re.fullmatch(r"[a-z0-9_]{1,40}", text, re.ASCII) is not None


def folded(name: str) -> str:
    """A name as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
