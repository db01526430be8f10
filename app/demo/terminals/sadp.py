"""Discovery: answers SADP probes for a fleet over UDP (hikvision-isapi.md section 12).

On loopback without a group it needs no multicast rights: probes are sent to its port, and answered to their sender.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.demo.loopback import HOST
from app.demo.terminals.terminal import SimulatedTerminal

INQUIRIES = ("inquiry", "inquiry_v32")


class SadpResponder(asyncio.DatagramProtocol):
    """Answers for every terminal that is switched on. `dirty` puts the dirt of section 12 into the answers."""

    def __init__(self, terminals: Sequence[SimulatedTerminal], *, port: int = 0, group: str | None = None) -> None:
        self._terminals = terminals
        self._port, self._group = port, group
        self._transport: asyncio.DatagramTransport | None = None
        self.dirty = False

    @property
    def host(self) -> str:
        """Where probes are sent to."""
        return self._group or HOST

    @property
    def port(self) -> int:
        """Where probes are sent to. Raises RuntimeError before it has been opened."""
        if not self._port:
            raise RuntimeError("The demo world has not been started.")
        return self._port

    async def open(self) -> None:
        """Returns when it listens. Raises OSError when it cannot."""
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(self._group is not None))
        try:
            bound.bind(("" if self._group else HOST, self._port))
            if self._group:
                member = struct.pack("4s4s", socket.inet_aton(self._group), socket.inet_aton("0.0.0.0"))
                bound.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        except OSError:
            bound.close()
            raise
        bound.setblocking(False)
        self._port = bound.getsockname()[1]
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=bound)

    def close(self) -> None:
        """Stop listening; nothing happens when it does not."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def datagram_received(self, data: bytes, addr: tuple[str | None, int]) -> None:
        """Answer a probe, one datagram per terminal; anything else is ignored, as terminals do."""
        probe = _probe(data)
        if probe is None or self._transport is None:
            return
        for terminal in self._terminals:
            if terminal.is_on:
                self._transport.sendto(self._match(terminal, *probe), addr)

    def _match(self, terminal: SimulatedTerminal, uuid: str, kind: str) -> bytes:
        fields = {
            "Uuid": uuid,
            "Types": kind,
            "DeviceType": 161,
            "DeviceDescription": terminal.model,
            "DeviceSN": terminal.serial,
            "CommandPort": 8000,
            "HttpPort": 0 if terminal.https else terminal.port,
            **({"HttpsPort": terminal.port} if terminal.https else {}),
            "MAC": terminal.mac.replace(":", "-"),
            "IPv4Address": terminal.host,
            "IPv4SubnetMask": "255.0.0.0",
            "IPv4Gateway": "0.0.0.0",
            "DHCP": "flase" if self.dirty else "false",
            "SoftwareVersion": f"{terminal.firmware}{terminal.released}",
            "DSPVersion": "V1.0build 0",
            "BootTime": "2026-01-15 07:30:00",
            "Activated": str(terminal.quirks.activated).lower(),
        }
        inside = "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in fields.items())
        if self.dirty:
            inside += "<DeviceName>Doors & gates</DeviceName><Unheard>of</Unheard>"
        return f'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch>{inside}</ProbeMatch>'.encode()


def _probe(data: bytes) -> tuple[str, str] | None:
    """Uuid and type of an inquiry, or None."""
    try:
        document = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    kind = document.findtext("Types") or ""
    uuid = document.findtext("Uuid") or ""
    return (uuid, kind) if document.tag == "Probe" and uuid and kind in INQUIRIES else None
