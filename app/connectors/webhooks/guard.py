"""Keeps webhooks from reaching what nobody meant them to: names are resolved at every try, every address they have is
checked, and only a checked one is connected to (webhooks.md §8). The text of an address alone says nothing.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import psutil

from app.domain.webhooks.addresses import Reach, reach
from app.i18n import _

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives all addresses of a name. Raises `OSError` for one that has none."""
_OWN_FOR_S = 30.0
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an endpoint may reach beyond the public: the firm's own network, and ports of the inbox on this computer."""

    internal: bool = False
    inbox_ports: frozenset[int] = frozenset()


class BlockedAddress(Exception):
    """The name leads where nothing may be sent to; the message says where."""


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Asks the system, like every other program."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for _family, _type, _proto, _name, address in found))


class Guard:
    """Resolves and judges. `resolver` replaces the system's."""

    def __init__(self, resolver: Resolver = system_resolver) -> None:
        self._resolver = resolver
        self._own: frozenset[str] = frozenset()
        self._own_until = 0.0

    async def addresses(self, host: str, port: int, allowed: Allowed) -> Sequence[str]:
        """The addresses of a host, all of them good.

        Raises `BlockedAddress` when one of them is not, `OSError` when the name is not known.
        """
        if host == LOOPBACK and port in allowed.inbox_ports:
            return [host]
        found = [host] if _is_address(host) else await self._resolver(host, port)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        for address in found:
            self._check(host, address, allowed)
        return found

    def _check(self, host: str, address: str, allowed: Allowed) -> None:
        judged = reach(address, self._own_addresses())
        if judged is Reach.NEVER:
            text = _("{host} is {address}: nothing is sent to this computer itself or to addresses of its line.")
            raise BlockedAddress(text.format(host=host, address=address))
        if judged is Reach.INTERNAL and not allowed.internal:
            text = _("{host} is {address}, an address of the own network; an administrator can allow it.")
            raise BlockedAddress(text.format(host=host, address=address))

    def _own_addresses(self) -> frozenset[str]:
        if time.monotonic() > self._own_until:
            every = (address.address for of_one in psutil.net_if_addrs().values() for address in of_one)
            self._own = frozenset(text.partition("%")[0] for text in every)
            self._own_until = time.monotonic() + _OWN_FOR_S
        return self._own


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
