"""Photos: from what stands in `foto_fata_url` to an address and to bytes (supabase.md §7).

A reference comes from outside, so it decides nothing but a path in a bucket of the project, or an address on a host
that an administrator allowed. No key of ours ever leaves for another host, and no redirect is followed. A signed
address opens the photo for whoever has it: it is neither logged nor shown.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from app.connectors.http import Answer, Call, HttpClient, HttpSettings, RetryPolicy
from app.connectors.route import Route
from app.connectors.supabase.references import PhotoFile, read_reference
from app.connectors.supabase.refusals import BucketUnknown, PhotoMissing, TokenExpired, storage_refusal
from app.domain.kinds.supabase import PhotoMode
from app.domain.supabase import PhotoAddress, PhotoPlace
from app.errors import BadData, Forbidden, MusterError
from app.i18n import _

MOST_PHOTO_BYTES = 10_000_000
SIGNED_FOR_S = 3600
SIGNED_KEPT_S = 50 * 60.0
MOST_SIGNED_AT_ONCE = 1000
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM")
Ask = Callable[[Call], Awaitable[Answer]]
"""Sends a request with the keys of the project."""


@dataclass(frozen=True)
class PhotoRules:
    """What the connection says about photos; `hosts` are those that may be asked beside the project, by `route`."""

    url: str
    bucket: str
    mode: PhotoMode
    hosts: tuple[str, ...]
    timeout_s: float
    route: Route


class Photos:
    """The photos of one project."""

    def __init__(self, rules: PhotoRules, http: HttpClient, ask: Ask, retry: RetryPolicy) -> None:
        self._rules = rules
        self._http = http
        self._ask = ask
        self._retry = retry
        self._signed: dict[PhotoFile, tuple[str, float]] = {}
        self._public: dict[str, bool] = {}  # buckets, once it is known
        self._others: dict[str, HttpClient] = {}

    async def close(self) -> None:
        """Close the pooled sockets to other hosts."""
        for client in self._others.values():
            await client.close()

    async def address(self, reference: str) -> PhotoAddress:
        """Where the photo can be fetched without a key, by a terminal for example.

        Raises `Held` for a host that is not allowed, `BadData` for a reference that is none, and what signing raises.
        """
        found = read_reference(reference, self._rules)
        if not isinstance(found, PhotoFile):
            return found
        if await self._is_public(found):
            return PhotoAddress(f"{self._rules.url}/{found.public_path}", PhotoPlace.PROJECT)
        return PhotoAddress(f"{self._rules.url}/{await self._signed_path(found)}", PhotoPlace.PROJECT, signed=True)

    def plain_address(self, reference: str) -> str:
        """The public address of a photo, whether or not its bucket is public; raises as `address`, but asks nobody."""
        found = read_reference(reference, self._rules)
        return f"{self._rules.url}/{found.public_path}" if isinstance(found, PhotoFile) else found.url

    async def sign(self, references: Iterable[str]) -> dict[str, PhotoAddress]:
        """Signed addresses by reference, asked for up to a thousand at a time; what cannot be signed is left out.

        Raises what the project says of a whole batch.
        """
        wanted: dict[str, PhotoFile] = {}
        for reference in references:
            found = self._readable(reference)
            if isinstance(found, PhotoFile):
                wanted[reference] = found
        buckets: dict[str, list[PhotoFile]] = {}
        for file in dict.fromkeys(wanted.values()):
            if self._kept(file) is None:
                buckets.setdefault(file.bucket, []).append(file)
        for files in buckets.values():
            for begin in range(0, len(files), MOST_SIGNED_AT_ONCE):
                await self._sign_batch(files[begin : begin + MOST_SIGNED_AT_ONCE])
        return {
            reference: PhotoAddress(f"{self._rules.url}/{path}", PhotoPlace.PROJECT, signed=True)
            for reference, file in wanted.items()
            if (path := self._kept(file)) is not None
        }

    async def photo(self, reference: str) -> bytes:
        """The photo as it is stored, at most 10 MB; whether it is a picture is for the reader to find out.

        Raises what `address` raises, `BadData` for more than 10 MB, and what the server answers instead.
        """
        found = read_reference(reference, self._rules)
        if not isinstance(found, PhotoFile):
            return await self._from_address(found)
        if self._rules.mode is PhotoMode.PUBLIC:
            return await self._fetch(found.public_path)
        if self._rules.mode is PhotoMode.AUTO and self._public.get(found.bucket) is not False:
            picture = await self._public_picture(found)
            if picture is not None:
                return picture
        return await self._fetch_signed(found)

    async def _public_picture(self, file: PhotoFile) -> bytes | None:
        """What the public address gives; None when that is no picture, which a private bucket's is not."""
        try:
            data = await self._fetch(file.public_path)
        except PhotoMissing:
            return None  # says nothing about the bucket, and signing says what is wrong
        except (BucketUnknown, Forbidden):
            self._public[file.bucket] = False
            return None
        if not _is_picture(data):
            return None
        self._public[file.bucket] = True
        return data

    async def _fetch_signed(self, file: PhotoFile) -> bytes:
        try:
            return await self._fetch(await self._signed_path(file))
        except TokenExpired:  # of the address, as it carries no other
            self._signed.pop(file, None)
            return await self._fetch(await self._signed_path(file))

    def _readable(self, reference: str) -> PhotoFile | PhotoAddress | None:
        try:
            return read_reference(reference, self._rules)
        except MusterError:
            return None

    async def _is_public(self, file: PhotoFile) -> bool:
        """Whether the public address leads to the photo; asked of each bucket once."""
        match self._rules.mode:
            case PhotoMode.PUBLIC:
                return True
            case PhotoMode.SIGNED:
                return False
            case PhotoMode.AUTO:
                known = self._public.get(file.bucket)
                return known if known is not None else await self._public_picture(file) is not None

    async def _fetch(self, path: str) -> bytes:
        call = Call(path, accept="image/*", most_bytes=MOST_PHOTO_BYTES, classify=storage_refusal)
        return (await self._http.send(call)).body

    async def _from_address(self, address: PhotoAddress) -> bytes:
        """Fetch without any key of ours, over a client of that host's own."""
        scheme, _mark, rest = address.url.partition("://")
        origin, _slash, path = rest.partition("/")
        client = self._others.get(origin)
        if client is None:
            settings = HttpSettings(
                f"{scheme}://{origin}",
                origin,
                _no_opinion,
                timeout_s=self._rules.timeout_s,
                retry=self._retry,
                route=self._rules.route,
            )
            client = self._others[origin] = HttpClient(settings)
        return (await client.send(Call(path, accept="image/*", most_bytes=MOST_PHOTO_BYTES))).body

    # -- signing -------------------------------------------------------------------------------------------------

    def _kept(self, file: PhotoFile) -> str | None:
        path, until = self._signed.get(file, ("", 0.0))
        return path if path and time.monotonic() < until else None

    async def _signed_path(self, file: PhotoFile) -> str:
        if (kept := self._kept(file)) is not None:
            return kept
        answer = await self._ask(_sign_call(file.sign_path, {"expiresIn": SIGNED_FOR_S}))
        return self._keep(file, _decoded(answer))

    async def _sign_batch(self, files: list[PhotoFile]) -> None:
        body = {"expiresIn": SIGNED_FOR_S, "paths": [file.path for file in files]}
        entries = _decoded(await self._ask(_sign_call(files[0].sign_bucket_path, body)))
        by_path = {file.path: file for file in files}
        for entry in entries if isinstance(entries, list) else ():
            file = by_path.get(str(entry.get("path"))) if isinstance(entry, dict) else None
            if file is not None and entry.get("signedURL"):
                self._keep(file, entry)

    def _keep(self, file: PhotoFile, entry: Any) -> str:
        """The path of a signed address, which comes relative to `/storage/v1` (§7.2)."""
        signed = entry.get("signedURL") if isinstance(entry, dict) else None
        if not isinstance(signed, str) or not signed.startswith("/object/") or ".." in signed or "#" in signed:
            raise BadData(_("Supabase's answer to the signing of a photo cannot be read."))
        path = f"storage/v1{signed}"
        self._signed[file] = path, time.monotonic() + SIGNED_KEPT_S
        return path


def _sign_call(path: str, body: object) -> Call:
    return Call(path, "POST", body=body, classify=storage_refusal)


def _decoded(answer: Answer) -> Any:
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(_("Supabase's answer to the signing of a photo cannot be read.")) from error


def _is_picture(data: bytes) -> bool:
    return data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _no_opinion(_answer: Answer) -> None:
    return None
