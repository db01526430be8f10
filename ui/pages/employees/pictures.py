"""Pictures of the people in view: from the home folder, fetched on demand, a few at a time (vitec-hub.md §11)."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPixmap

from app.domain.directory import Employee
from app.domain.outcomes import Action
from app.errors import MusterError
from app.events import DirectoryChanged
from app.operations.pictures import is_due, pictures_of
from app.store import connections
from ui.desk import Desk

_KEPT = 600  # decoded pictures held at 64 px; about 10 MB
_SIDE_PX = 128
_WAIT_MS = 150  # rows that a scroll only passes are not fetched


class Pictures(QObject):
    """Answers at once with what is here and fetches what a painted row lacked; `arrived` says that some came."""

    arrived = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._decoded: OrderedDict[str, tuple[QPixmap, datetime | None]] = OrderedDict()
        self._wanted: dict[str, Employee] = {}
        self._asked: set[str] = set()
        self._fetching = False
        self._soon = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._soon.timeout.connect(self._fetch_soon)

    def of(self, person: Employee) -> QPixmap | None:
        """The picture, or None while there is none; asking for it is what makes it come."""
        known, stored_at = self._decoded.get(person.id, (None, None))
        if person.photo is None:
            if is_due(person) and person.id not in self._asked:
                self._wanted[person.id] = person
                self._soon.start()
            return known if stored_at is None else None  # just fetched; one that was stored was taken away since
        if known is None or stored_at != person.photo_checked_at:  # another picture may have taken its place
            known = QPixmap(str(self.desk.workspace.home.pictures / person.photo))
            if known.isNull():
                return None
            known = known.scaledToWidth(_SIDE_PX)
            self._remember(person.id, known, person.photo_checked_at)
        return known

    def _remember(self, person_id: str, picture: QPixmap, stored_at: datetime | None = None) -> None:
        self._decoded[person_id] = picture, stored_at
        if len(self._decoded) > _KEPT:
            self._decoded.popitem(last=False)

    def _fetch_soon(self) -> None:
        if not self._fetching and self._wanted:
            self._fetching = True
            self.desk.start("fetch pictures in view", self._fetch())

    async def _fetch(self) -> None:
        """Fetch what is wanted, newest wish first; a failure that concerns all of them ends it quietly.

        The chip and the Fetch pictures run say what is wrong; a thumbnail is not worth a banner.
        """
        try:
            while self._wanted:
                batch = list(self._wanted.values())[-10:]
                for person in batch:
                    del self._wanted[person.id]
                    self._asked.add(person.id)
                await self._fetch_batch(batch)
            self.desk.workspace.events.publish(DirectoryChanged())
        except MusterError:
            self._wanted.clear()
        finally:
            self._fetching = False

    async def _fetch_batch(self, batch: list[Employee]) -> None:
        workspace = self.desk.workspace
        known = {c.id: c for c in await workspace.store.read(connections.connections)}
        for connection_id in {p.connection for p in batch if p.connection in known}:
            ours = [p for p in batch if p.connection == connection_id]
            async for outcome in pictures_of(workspace, known[connection_id or ""], ours):
                if outcome.action is Action.UPDATE:
                    picture = QPixmap(str(workspace.home.pictures / f"{outcome.subject_id}.jpg"))
                    self._remember(outcome.subject_id, picture.scaledToWidth(_SIDE_PX))
                    self.arrived.emit()
