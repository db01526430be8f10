"""The fleet of demo terminals: any number of them, their control path and their answer to discovery.

    async with TerminalFleet(count=50, latency=Latency(person_s=.05, face_s=.4, read_s=.05)) as fleet:
        fleet.terminals[0].people
        fleet.describe()["devices"]         host, port, username, password ... of each

Nine models follow each other with their harmless differences; `quirks` makes all alike. Another process changes and
reads the fleet over `describe()["control_url"]`, see `fleet_control`.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import Any, Self

from app.demo.loopback import LoopbackServer
from app.demo.terminals.calls import Latency
from app.demo.terminals.fleet_control import control_app
from app.demo.terminals.models import MODELS, PLACES
from app.demo.terminals.quirks import Quirks
from app.demo.terminals.sadp import SadpResponder
from app.demo.terminals.terminal import SimulatedTerminal


class TerminalFleet:
    """Serves `count` terminals on 127.0.0.1, one port each.

    `latency` is each terminal's own, `quirks` replaces the ways of the models, `https` makes all speak TLS.
    `sadp_port` 0 takes a free port; with `sadp_group` the responder joins that multicast group.
    Raises ValueError for fewer than no terminals.
    """

    def __init__(
        self,
        count: int = 9,
        *,
        latency: Latency | None = None,
        quirks: Quirks | None = None,
        https: bool = False,
        sadp_port: int = 0,
        sadp_group: str | None = None,
    ) -> None:
        if count < 0:
            raise ValueError("A fleet has no negative number of terminals.")
        pictures: dict[bytes, bytes] = {}
        self.terminals = [
            _terminal(number, latency or Latency(), quirks, https, pictures) for number in range(1, count + 1)
        ]
        self.sadp = SadpResponder(self.terminals, port=sadp_port, group=sadp_group)
        self._control = LoopbackServer(control_app(self.terminals))

    async def open(self) -> None:
        """Returns when every port accepts. Raises OSError when one cannot listen."""
        try:
            for terminal in self.terminals:
                await terminal.open()
            await self.sadp.open()
            await self._control.open()
        except OSError:
            await self.close()
            raise

    async def close(self) -> None:
        """Ends within half a second, whatever is under way."""
        self.sadp.close()
        await asyncio.gather(self._control.close(), *(terminal.close() for terminal in self.terminals))

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    def describe(self) -> dict[str, Any]:
        """Addresses and credentials. Raises RuntimeError before the start."""
        return {
            "control_url": self._control.base_url,
            "sadp": {"host": self.sadp.host, "port": self.sadp.port},
            "devices": [
                {
                    "name": terminal.name,
                    "site": terminal.site,
                    "host": terminal.host,
                    "port": terminal.port,
                    "https": terminal.https,
                    "username": terminal.username,
                    "password": terminal.password,
                    "serial": terminal.serial,
                }
                for terminal in self.terminals
            ],
        }

    def rows(self) -> list[dict[str, Any]]:
        """The fleet as rows of `dispozitive_pontaj` (supabase.md section 4.3). Raises RuntimeError before the start."""
        return [
            {
                "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{terminal.number}.terminals.example")),
                "ip_address": terminal.host,
                "port": terminal.port,
                "username": terminal.username,
                "password_encrypted": terminal.password,
                "status": "activ",
            }
            for terminal in self.terminals
        ]


def _terminal(
    number: int, latency: Latency, quirks: Quirks | None, https: bool, pictures: dict[bytes, bytes]
) -> SimulatedTerminal:
    round_, place = divmod(number - 1, len(PLACES))
    model = MODELS[(number - 1) % len(MODELS)]
    name, site = PLACES[place]
    version = "".join(letter for letter in model.firmware if letter.isdigit()).ljust(6, "0")
    return SimulatedTerminal(
        number=number,
        name=f"{name} {round_ + 1}" if round_ else name,
        site=site,
        model=model.name,
        firmware=model.firmware,
        released=model.released,
        serial=f"{model.name}20240115V{version}RO{700_000_000 + number}",
        mac=f"ac:cb:51:0a:{number >> 8 & 255:02x}:{number & 255:02x}",
        username="admin",
        password=f"Poarta-{2026 + number}",
        https=https,
        capacity_people=model.capacity,
        capacity_faces=model.capacity,
        latency=latency,
        quirks=quirks or model.quirks,
        pictures=pictures,
    )
