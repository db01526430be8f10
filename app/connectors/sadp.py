"""Finds face terminals on the local network by asking aloud, as the vendor's own tool does (hikvision-isapi.md §12).

Only the question `inquiry` is ever sent: the messages that activate, change or reset a device do not exist here.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress

import psutil

from app.connectors.sadp_answers import MOST_BYTES, FoundDevice, merged, read_answer
from app.errors import Unreachable
from app.i18n import _

PORT = 37020
GROUP = "239.255.255.250"
BROADCAST = "255.255.255.255"
QUESTIONS = 3
SPACING_S = 1.0
LISTEN_S = 5.0
_MOST_ANSWERS = 5_000
"""Datagrams kept: more than a subnet of devices sends, few enough that a flood does no harm."""
Tell = Callable[[float], None]
"""Hears, once a second, for how many seconds the search has been going on."""
log = logging.getLogger(__name__)


class _Ear(asyncio.DatagramProtocol):
    """Keeps what comes in, each datagram once; it is read when the listening is over."""

    def __init__(self) -> None:
        self.heard: dict[tuple[bytes, str], None] = {}

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep it, unless there is too much already."""
        if len(data) <= MOST_BYTES and len(self.heard) < _MOST_ANSWERS:
            self.heard[data, addr[0]] = None


async def discover(
    addresses: Sequence[str] = (),
    *,
    port: int = PORT,
    spacing_s: float = SPACING_S,
    listen_s: float = LISTEN_S,
    tell: Tell = lambda _seconds: None,
) -> list[FoundDevice]:
    """Every device that answers within `listen_s` seconds to three questions that are `spacing_s` seconds apart.

    Asks the multicast group and everybody in the subnet from every network interface; with `addresses`, these alone,
    which also reaches beyond the subnet. `port` is the UDP port of the devices.

    Raises `Unreachable` when no question could be sent.
    """
    loop, ear = asyncio.get_running_loop(), _Ear()
    interfaces = [] if addresses else await asyncio.to_thread(_interfaces)
    with ExitStack() as opened:
        # Here and not in the thread: given up in the middle, what a thread opened would stay open.
        asking, listening = ([_socket("", 0)], []) if addresses else _open_sockets(interfaces, port)
        for sock in asking + listening:
            opened.enter_context(sock)
        for sock in asking + listening:
            transport, _protocol = await loop.create_datagram_endpoint(lambda: ear, sock=sock)
            opened.callback(transport.close)
        begun = loop.time()
        asked = 0
        while (passed := loop.time() - begun) < listen_s:
            tell(passed)
            if asked < QUESTIONS:
                _ask(asking, addresses or (GROUP, BROADCAST), port)
                asked += 1
            await asyncio.sleep(min(spacing_s, listen_s - passed))
    return await asyncio.to_thread(_read_all, list(ear.heard))


def _read_all(heard: Sequence[tuple[bytes, str]]) -> list[FoundDevice]:
    answers = [read_answer(data, sender) for data, sender in heard]
    return merged(answer for answer in answers if answer is not None)


def _ask(asking: Sequence[socket.socket], targets: Sequence[str], port: int) -> None:
    """One question from every interface to every target.

    Raises `Unreachable` when none went out.
    """
    question = (
        f'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>{str(uuid.uuid4()).upper()}</Uuid>'
        "<Types>inquiry</Types></Probe>"
    ).encode()
    problem: OSError | None = None
    sent = 0
    for sock in asking:
        for target in targets:
            try:
                sent += bool(sock.sendto(question, (target, port)))
            except OSError as error:  # an interface without a network, or a firewall: the others may get through
                problem = error
    if not sent:
        cause = (problem and problem.strerror) or _("there is no network.")
        raise Unreachable(
            _("The network cannot be searched: {cause}").format(cause=cause),
            _("Check that this computer is connected, or enter the address of the device by hand."),
        ) from problem


def _open_sockets(interfaces: Sequence[str], port: int) -> tuple[list[socket.socket], list[socket.socket]]:
    """Sockets that ask, and those that only listen: older devices answer to the group, newer ones to the sender."""
    asking: list[socket.socket] = []
    for address in interfaces:
        with suppress(OSError):  # the interface went away since it was listed
            asking.append(_socket(address, 0))
    try:
        listening = _socket("", port)
    except OSError as error:  # another program holds the port alone; answers to the sender still come (§12)
        log.info("Port %d cannot be listened on: %s", port, error)
        return asking, []
    for address in interfaces:
        with suppress(OSError):  # without multicast there
            membership = socket.inet_aton(GROUP) + socket.inet_aton(address)
            listening.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    return asking, [listening]


def _socket(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if address:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        if port:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if sys.platform == "darwin":  # there, the other option alone shares nothing
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind((address, port))
    except OSError:
        sock.close()
        raise
    return sock


def _interfaces() -> list[str]:
    """The IPv4 addresses of this computer, without the loopback."""
    return [
        found.address
        for addresses in psutil.net_if_addrs().values()
        for found in addresses
        if found.family == socket.AF_INET and not found.address.startswith("127.")
    ]
