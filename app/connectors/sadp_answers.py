"""Reads what devices answer to a search (hikvision-isapi.md §12 "Reply", "Dirt", "Identity").

Anybody on the network may send such a datagram: entities are never followed, texts are cut, and what is not readable
is left out.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST_BYTES = 65_536
_MOST_CHARS = 100
_BARE_AND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_TERMINAL = "DS-K1"


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """What a device told of itself; an empty text or None is "did not say". `mac` is like `c0:56:e3:11:22:33`."""

    host: str
    port: int = 80
    https_port: int | None = None
    mac: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    activated: bool | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether its model is one of the face terminals; other makers' names for them are not known (§12)."""
        return self.model.upper().startswith(_TERMINAL)


def read_answer(datagram: bytes, sender: str) -> FoundDevice | None:
    """The device that sent this, or None when the datagram is no answer of a device.

    `sender` is the address it came from, which counts where the answer names none.
    """
    if len(datagram) > MOST_BYTES:
        return None
    text = _BARE_AND.sub("&amp;", datagram.decode("utf-8", "replace").strip("\0 \r\n\t\ufeff"))
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    if _plain(root.tag) != "ProbeMatch":
        return None
    values = {_plain(child.tag): _clean(child.text) for child in root}
    host = _address(values.get("IPv4Address", "")) or _address(sender)
    if not host:
        return None
    return FoundDevice(
        host=host,
        port=_port(values.get("HttpPort", "")) or 80,
        https_port=_port(values.get("HttpsPort", "")),
        mac=normal_mac(values.get("MAC", "")),
        model=values.get("DeviceDescription", ""),
        serial=values.get("DeviceSN", ""),
        firmware=values.get("SoftwareVersion", ""),
        activated={"t": True, "f": False}.get(values.get("Activated", "")[:1].lower()),  # "flase" was seen
    )


def merged(answers: Iterable[FoundDevice]) -> list[FoundDevice]:
    """One row per device, by its MAC, else its serial number, else its address; in the order of the addresses.

    A device answers several times and by several ways: of each field the first that was said counts.
    """
    found: dict[str, FoundDevice] = {}
    for answer in answers:
        key = answer.mac or answer.serial or f"{answer.host}:{answer.port}"
        found[key] = _completed(found[key], answer) if key in found else answer
    return sorted(found.values(), key=lambda d: (ipaddress.ip_address(d.host).packed, d.port))


def normal_mac(text: str) -> str:
    """A hardware address in one spelling; empty for what is none, or for all zeros."""
    digits = re.sub(r"[^0-9a-f]", "", text.lower())
    if len(digits) != 12 or not digits.strip("0"):
        return ""
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def _completed(first: FoundDevice, later: FoundDevice) -> FoundDevice:
    values = {f.name: getattr(first, f.name) for f in fields(first)}
    return FoundDevice(**{name: getattr(later, name) if v in ("", None) else v for name, v in values.items()})


def _plain(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _clean(text: str | None) -> str:
    return "".join(char for char in (text or "") if char.isprintable()).strip()[:_MOST_CHARS]


def _address(text: str) -> str:
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return ""
    return "" if address.is_unspecified or address.is_multicast or str(address) == "255.255.255.255" else str(address)


def _port(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) and 0 < int(text) <= 65_535 else None
