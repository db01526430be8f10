"""Which addresses webhooks may be sent to: the judgement of one address (webhooks.md §8).

`ipaddress` alone does not do: it calls multicast and NAT64 global, and 100.64.0.0/10 neither private nor global.
"""

from __future__ import annotations

from collections.abc import Container
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_THIS_NETWORK = ip_network("0.0.0.0/8")
_SHARED = ip_network("100.64.0.0/10")
_METADATA = ip_address("fd00:ec2::254")


class Reach(StrEnum):
    """Who may be sent to."""

    PUBLIC = "public"
    INTERNAL = "internal"
    """Only where an administrator allowed it for the endpoint."""
    NEVER = "never"


def reach(text: str, own: Container[str] = ()) -> Reach:
    """Whether an address is anybody's, of the firm's own network or nobody's to send to; `own` are this computer's.

    Raises `ValueError` for what is no address.
    """
    address = _bare(ip_address(text))
    if (
        address.is_loopback
        or address.is_unspecified
        or address.is_link_local
        or address.is_multicast
        or address == _METADATA
        or (isinstance(address, IPv4Address) and (address in _THIS_NETWORK or address.is_reserved))
    ):
        return Reach.NEVER
    if str(address) in own or text in own or address.is_private or not address.is_global or address in _SHARED:
        return Reach.INTERNAL
    return Reach.PUBLIC


def _bare(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one that only carries it: mapped, compatible, NAT64, 6to4."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    number = int(address)
    if any(address in network for network in _NAT64) or (number >> 32 == 0 and number > 1):
        return IPv4Address(number & 0xFFFF_FFFF)
    return address
