"""One line per terminal in this process, and the cool-downs after refused sign-ins, which outlive it.

One `Terminal` object per device, and one turn per address, mean one request at a time (hikvision-isapi.md §2), also
where two devices were entered with the same address. A `Terminal` is made anew when the device is reached another way.
A cool-down belongs to an address, an account and a password, and is kept in the store (§3.3).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.errors import NotConfigured
from app.i18n import _

if TYPE_CHECKING:
    from app.connectors.hikvision import Terminal, TerminalSettings
    from app.domain.devices import Device
    from app.store.database import Store
    from app.workspace import Workspace

PASSWORD = "password"


class StoredCooldowns:
    """Until when an account of a terminal is left alone, for every Muster on this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def until(self, account: str) -> datetime | None:
        """The end of the cool-down, also when it is past; None without one."""
        from app.store import devices as stored

        return await self._store.read(stored.cooldown_until, account)

    async def note(self, account: str, until: datetime) -> None:
        """Leave the account alone until then."""
        from app.store import devices as stored

        await self._store.write(stored.note_cooldown, account, until)


class TerminalLinks:
    """Hands out the terminal of a device. Belongs to one event loop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.cooldowns = StoredCooldowns(workspace.store)
        self._open: dict[str, tuple[TerminalSettings, Terminal]] = {}
        self._retired: list[Terminal] = []
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def terminal(self, device: Device) -> Terminal:
        """The terminal of this device, the same object for everybody who asks.

        Raises `NotConfigured` without user name or password, `NoKeyring` when the password cannot be read.
        """
        from app.connectors.hikvision import Terminal

        settings = terminal_settings(device, await self._workspace.vault.get(device, PASSWORD))
        reached_by = replace(settings, face_parts=None)
        known = self._open.get(device.id)
        if known is not None and known[0] == reached_by:
            return known[1]
        if known is not None:  # whoever still works with it ends in peace
            self._retired.append(known[1])
        terminal = Terminal(settings, self.cooldowns, self._turns[settings.address])
        self._open[device.id] = reached_by, terminal
        return terminal

    async def drop(self, device_id: str) -> None:
        """Close the line of a device that changed or went."""
        if known := self._open.pop(device_id, None):
            await known[1].close()

    async def close(self) -> None:
        """Close all."""
        for terminal in [*self._retired, *(terminal for _settings, terminal in self._open.values())]:
            await terminal.close()
        self._retired.clear()
        self._open.clear()


def terminal_settings(device: Device, password: str) -> TerminalSettings:
    """What a line to this device needs.

    Raises `NotConfigured` naming what is missing.
    """
    from app.connectors.hikvision import TerminalSettings

    if not device.username or not password:
        text = (
            _("The device {name} has no password yet.") if device.username else _("The device {name} has no user name.")
        )
        raise NotConfigured(text.format(name=device.name), _("Edit the device and fill it in."))
    return TerminalSettings(
        device.id,
        device.host,
        device.port,
        https=device.https,
        username=device.username,
        password=password,
        fingerprint=device.fingerprint,
        face_parts=device.facts.face_parts,
    )
