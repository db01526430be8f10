"""The photos of a push: each made ready once, shortly before it is needed, whatever the number of devices.

A photo with an address may be fetched by the terminal itself; the bytes are checked all the same, so that what is wrong
with a picture is said before a terminal says it in its own way (hikvision-isapi.md §8).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.connections import Connection
from app.domain.directory import Employee
from app.domain.pushes import Candidate, PhotoCheck, PhotoTransfer, PushSettings, photo_digest
from app.errors import MusterError
from app.i18n import _
from app.operations.context import RunContext
from app.operations.photos import prepared_photo
from app.photos import PhotoExam
from app.store import connections

AHEAD = 16
_KEPT = 64


@dataclass(frozen=True, repr=False)
class Face:
    """A photo ready to be handed over. `address` may hold a signature and is never shown.

    `jpeg` is empty when the bytes could not be had; `repaired` says that they are not the ones at the address;
    `refusal` why nothing may be sent at all, `code` its cause in the catalogue.
    """

    digest: str
    address: str = ""
    jpeg: bytes = b""
    repaired: bool = False
    warning: str = ""
    refusal: str = ""
    remedy: str = ""
    code: str = ""


@dataclass
class Photos:
    """Hands out faces; keeps the last ones, as the devices come to a person one after the other."""

    context: RunContext
    people: Sequence[Candidate]
    settings: PushSettings
    _ready: OrderedDict[str, Face] = field(default_factory=OrderedDict)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _reached: int = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _connections: dict[str, Connection | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places = {candidate.id: place for place, candidate in enumerate(self.people)}

    async def of(self, candidate: Candidate) -> Face | None:
        """The face of a person, or None for somebody without a photo."""
        place = self._places.get(candidate.id, 0)
        if place > self._reached:
            self._reached = place
            self._moved.set()
        return await self._prepared(candidate)

    async def work_ahead(self) -> None:
        """Make the next photos ready while devices are busy with the ones before."""
        for place, candidate in enumerate(self.people):
            while place > self._reached + AHEAD:
                self._moved.clear()
                await self._moved.wait()
            if not candidate.problem and place >= self._reached:
                await self._prepared(candidate)

    async def _prepared(self, candidate: Candidate) -> Face | None:
        if not candidate.employee.has_photo:
            return None
        async with self._turns.setdefault(candidate.id, asyncio.Lock()):
            face = self._ready.get(candidate.id)
            if face is None:
                face = await self._prepare(candidate.employee)
                self._ready[candidate.id] = face
                if len(self._ready) > _KEPT:
                    self._ready.popitem(last=False)
            return face

    async def _prepare(self, employee: Employee) -> Face:
        digest = photo_digest(employee)
        try:
            address = "" if employee.photo_digest else await self._address(employee)
        except MusterError as error:  # a host that was not allowed, or no address at all
            return Face(digest, refusal=error.message, remedy=_(error.remedy), code=error.code)
        try:
            photo = await prepared_photo(self.context.workspace, employee)
        except MusterError as error:
            return self._unchecked(digest, address, error)
        return self._checked(digest, address, photo)

    def _unchecked(self, digest: str, address: str, error: MusterError) -> Face:
        """We could not have the bytes; perhaps the terminal can."""
        strict = self.settings.photo_check is PhotoCheck.STRICT
        if strict or not address or self.settings.photo_transfer is PhotoTransfer.UPLOAD:
            return Face(digest, address, refusal=error.message, remedy=_(error.remedy), code=error.code)
        return Face(digest, address, warning=_("The photo was not checked: {cause}").format(cause=error.message))

    def _checked(self, digest: str, address: str, photo: PhotoExam) -> Face:
        words = " ".join(finding.sentence for finding in photo.findings if finding.matters)
        remedy = next((f.remedy for f in photo.findings if f.matters and f.remedy), "")
        if not photo.usable and self.settings.photo_check is PhotoCheck.STRICT:
            return Face(digest, address, refusal=words, remedy=remedy, code="photo.unusable")
        if not photo.jpeg and (not address or self.settings.photo_transfer is PhotoTransfer.UPLOAD):
            return Face(digest, address, refusal=words, remedy=remedy, code="photo.unusable")
        return Face(digest, address, photo.jpeg, photo.repaired, words)

    async def _address(self, employee: Employee) -> str:
        """Where a terminal may fetch the photo (supabase.md §7.1); the plain address where none could be signed.

        Raises `Held` for a host that was not allowed, `BadData` for a reference that is none.
        """
        connection = await self._connection(employee.supabase_connection or "")
        if connection is None:
            return ""
        supabase = await self.context.workspace.links.supabase(connection)
        plain = supabase.plain_address(employee.photo_address or "")
        try:
            return (await supabase.photo_address(employee.photo_address or "")).url
        except MusterError:  # what is wrong with the photo is said when it is fetched to be checked
            return plain

    async def _connection(self, connection_id: str) -> Connection | None:
        if connection_id not in self._connections:
            store = self.context.workspace.store
            self._connections[connection_id] = await store.read(connections.find_connection, connection_id)
        return self._connections[connection_id]
