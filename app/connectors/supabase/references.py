"""What stands in `foto_fata_url`: a file of the project's storage, or an address on another host (supabase.md §7.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, quote, unquote, urlsplit

from app.domain.connections import LOOPBACK
from app.domain.supabase import PhotoAddress, PhotoPlace
from app.errors import BadData, Held, NotConfigured
from app.i18n import N_, _

_STORED = re.compile(r"/storage/v1/object/(?:(?:public|sign|authenticated)/)?([^/]+)/(.+)")
_QUERY = "/%:@!$&'()*+,;=~?"


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A file in a bucket of the project; `path` is as storage names it, not percent-encoded."""

    bucket: str
    path: str

    @property
    def public_path(self) -> str:
        """Where it lies when the bucket is public."""
        return f"storage/v1/object/public/{self._encoded}"

    @property
    def sign_path(self) -> str:
        """Where a signed address of it is asked for."""
        return f"storage/v1/object/sign/{self._encoded}"

    @property
    def sign_bucket_path(self) -> str:
        """Where signed addresses of many files of its bucket are asked for."""
        return f"storage/v1/object/sign/{quote(self.bucket, safe='')}"

    @property
    def _encoded(self) -> str:
        return f"{quote(self.bucket, safe='')}/{quote(self.path)}"


class ReferenceRules(Protocol):
    """What decides where a reference leads."""

    @property
    def url(self) -> str:
        """The project."""

    @property
    def bucket(self) -> str:
        """Where bare names lie."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Other hosts that are allowed."""


def read_reference(reference: str, rules: ReferenceRules) -> PhotoFile | PhotoAddress:
    """The file or the address that a reference means.

    Raises `BadData` when it means neither, `Held` for a host that nobody allowed.
    """
    text = reference.strip()
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) or text.startswith("//"):
        return _from_url(text, rules)
    return _file(rules.bucket, text.lstrip("/"))


def _from_url(text: str, rules: ReferenceRules) -> PhotoFile | PhotoAddress:
    try:
        parts = urlsplit(text)
        host, _port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise _unreadable() from error
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None or parts.password is not None:
        raise _unreadable()
    project = urlsplit(rules.url)
    address = f"{parts.scheme}://{parts.netloc}{_as_is(parts)}"
    if _same_computer(host, project.hostname or ""):
        if found := _STORED.fullmatch(parts.path):  # whatever scheme stands there: the project is where we were told
            return _file(unquote(found[1]), found[2])
        return PhotoAddress(address, PhotoPlace.PROJECT, signed=bool(parts.query))
    if host not in rules.hosts:
        raise Held(
            _("The photo lies on {host}, which is not allowed.").format(host=host),
            N_("If you trust that host, add it to the other photo hosts of the connection."),
        )
    return PhotoAddress(address, PhotoPlace.OTHER_HOST, signed=bool(parts.query))


def _same_computer(host: str, project: str) -> bool:
    """Whether a photo lies where the project does; on this computer every name of it is the same."""
    return host == project or (host in LOOPBACK and project in LOOPBACK)


def _as_is(parts: SplitResult) -> str:
    """Path and query, only what no request can hold encoded."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    return f"{path}?{quote(parts.query, safe=_QUERY)}" if parts.query else path


def _file(bucket: str, path: str) -> PhotoFile:
    """A file; `%` cannot stand in the name of one, so what looks percent-encoded is."""
    name = unquote(path)
    if not name or "\0" in name or any(part in {"", ".", ".."} for part in name.split("/")) or "/" in bucket:
        raise _unreadable()
    if not bucket:
        raise NotConfigured(_("Photos are named by their file alone, but no bucket is set."))
    return PhotoFile(bucket, name)


def _unreadable() -> BadData:
    return BadData(
        _("What stands there is not the address of a photo."), N_("Correct the photo of this person in Supabase.")
    )
