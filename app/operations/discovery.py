"""Searches the local network for terminals and says which of them are known, and which known one has moved.

Nothing is changed, here or on a device: a person adds what was found with `devices.add`, or gives a known device its
new address with `devices.edit` (hikvision-isapi.md §12).
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.access import Permission
from app.domain.devices import Device
from app.errors import UsageError
from app.i18n import N_, _, ngettext
from app.operations.context import RunContext
from app.operations.registry import operation
from app.store import devices as stored

if TYPE_CHECKING:
    from app.connectors.sadp_answers import FoundDevice

_LOOKUP_S = 2.0
_LONGEST_S = 60.0


@dataclass(frozen=True)
class DiscoverParams:
    """Without parameters, everything in the subnets of this computer.

    `addresses` asks these IPv4 addresses alone, `port` is where devices listen in UDP, `listen_s` how many seconds
    answers are waited for.
    """

    addresses: tuple[str, ...] = ()
    port: int = 37020
    listen_s: float = 5.0

    def __post_init__(self) -> None:
        if not 0 < self.listen_s <= _LONGEST_S or not 0 < self.port <= 65_535:
            raise UsageError(_("Ports go from 1 to 65535, and a search lasts at most a minute."))
        for address in self.addresses:
            try:
                ipaddress.IPv4Address(address)
            except ValueError as error:
                raise UsageError(_("{value} is not an IPv4 address.").format(value=address)) from error


@operation("devices.discover", N_("Search the network"), Permission.READ, DiscoverParams, writes=False, history=False)
async def discover_devices(context: RunContext, params: DiscoverParams) -> None:
    """Every device that answers, face terminals first."""
    from app.connectors.sadp import discover

    def tell(seconds: float) -> None:
        context.progress(_("Listening for devices"), round(seconds), round(params.listen_s))

    found = await discover(params.addresses, port=params.port, listen_s=params.listen_s, tell=tell)
    known = await context.workspace.store.read(stored.devices)
    by_serial = {d.facts.serial.casefold(): d for d in known if d.facts.serial}
    by_mac = {d.facts.mac: d for d in known if d.facts.mac}
    rows = [
        await _row(each, by_mac.get(each.mac) or by_serial.get(each.serial.casefold()) or _at_address(each, known))
        for each in sorted(found, key=lambda d: not d.is_terminal)
    ]
    context.result["devices"] = rows
    context.summary |= {
        "total": len(rows),
        "new": sum(row["known"] is None for row in rows),
        "known": sum(row["known"] is not None for row in rows),
        "moved": sum(row["moved"] for row in rows),
    }
    text = ngettext("{count} device answered.", "{count} devices answered.", len(rows)).format(count=len(rows))
    context.result["message"] = text
    if not rows:
        context.result["message"] = _("No device answered.")
        context.warnings.append(
            _("A search reaches one subnet, and a firewall or VPN may block it. Devices can be added by address.")
        )


def _at_address(found: FoundDevice, known: Sequence[Device]) -> Device | None:
    """The device that was never asked who it is and has this very address."""
    ports = {found.port, found.https_port}
    return next((d for d in known if d.host == found.host and d.port in ports and not d.facts.serial), None)


async def _row(found: FoundDevice, device: Device | None) -> dict[str, Any]:
    return {
        "name": found.model or found.host,
        "model": found.model,
        "serial": found.serial,
        "host": found.host,
        "port": found.port,
        "https_port": found.https_port,
        "mac": found.mac,
        "firmware": found.firmware,
        "activated": found.activated,
        "terminal": found.is_terminal,
        "known": device.id if device is not None else None,
        "known_name": device.name if device is not None else None,
        "moved": device is not None and await _has_moved(found, device),
    }


async def _has_moved(found: FoundDevice, device: Device) -> bool:
    """Whether the device answers elsewhere than where it is kept; a host name counts as where it leads to."""
    port = found.https_port or 443 if device.https else found.port
    return device.port != port or found.host not in await _leads_to(device.host)


async def _leads_to(host: str) -> set[str]:
    with suppress(ValueError):
        return {str(ipaddress.ip_address(host))}
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_LOOKUP_S):
            return {str(info[4][0]) for info in await asyncio.get_running_loop().getaddrinfo(host, None)}
    return set()
