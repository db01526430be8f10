"""What the window does for contact centres whatever page is shown: sends status updates, watches the limits on live
numbers, and tells of an alarm while nobody looks at the Live tab (contact-center.md §5.9, §6).

Nothing of it is loaded before there is a contact centre or a status update that waits, so the window opens as quickly
without one.
"""

from __future__ import annotations

import asyncio

from app.domain.kinds import ConnectionKind
from app.errors import MusterError
from app.events import AlarmsChanged, ConnectionsChanged, LiveChanged
from app.i18n import _, ngettext
from app.store import connections, contact_center_now, outbox
from ui.desk import Desk
from ui.theme import Icon, Tone
from ui.widgets import Action

_AGAIN_S = 10.0


async def work_for_contact_centers(desk: Desk) -> None:
    """Wait for the first contact centre, then work for all of them until the window closes."""
    changed = asyncio.Event()
    desk.on(ConnectionsChanged, lambda _event: changed.set())
    while not await _needed(desk):
        await changed.wait()
        changed.clear()
    desk.start("status updates", desk.workspace.status_sender.run())
    desk.start("alarms", desk.workspace.live.watch_alarms())
    AlarmBanner(desk)


async def _needed(desk: Desk) -> bool:
    read = desk.workspace.store.read
    while True:
        try:
            found = await read(connections.connections)
            return any(c.kind is ConnectionKind.CONTACT_CENTER for c in found) or bool(
                await read(outbox.waiting_connections)
            )
        except MusterError:  # a disk that is busy now
            await asyncio.sleep(_AGAIN_S)


class AlarmBanner:
    """Tells of alarms of connections that no Live tab shows."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: dict[str, frozenset[object]] = {}
        desk.on(AlarmsChanged, lambda event: self._look(event.connection))
        desk.on(LiveChanged, lambda event: self._look(event.connection))  # the tab may have come to the front

    def _look(self, connection_id: str) -> None:
        from app.operations.contact_center.live import Wanted

        live = self._desk.workspace.live
        alarms = live.feed(connection_id).alarms.alarms
        unseen = frozenset(a.key for a in alarms if not a.acknowledged)
        if live.is_held(connection_id, Wanted.PAGE):
            unseen = frozenset()
        before = self._told.get(connection_id, frozenset())
        if unseen == before:
            return
        self._told[connection_id] = unseen
        if not unseen:
            self._desk.voice.clear_banner(f"alarms {connection_id}")
        else:
            self._desk.start("tell of alarms", self._tell(connection_id))

    async def _tell(self, connection_id: str) -> None:
        from ui.pages.workforce.live.limits import alarm_text

        groups = await self._desk.workspace.store.read(contact_center_now.groups, connection_id)
        names = {group.group_id: group.name for group in groups}
        alarms = [a for a in self._desk.workspace.live.feed(connection_id).alarms.alarms if not a.acknowledged]
        if not alarms or not self._told.get(connection_id):
            return
        text = alarm_text(alarms[0], names.get(alarms[0].group_id, alarms[0].group_id))
        rest = len(alarms) - 1
        more = ngettext("and {count} more", "and {count} more", rest).format(count=rest) if rest else ""
        look = Action(_("Look"), lambda: self._desk.voice.open_page("workforce", "live:"), icon=Icon.EYE)
        self._desk.voice.banner(f"alarms {connection_id}", Tone.DANGER, text, more, [look])
