"""Checks of what a person types about a device: name, address, port, certificate.

Only addresses that a person entered are ever called, so what looks like anything but a plain host is refused, and what
is possible but unusual is said aloud (hikvision-isapi.md §2 "Host safety", supabase.md §4.3).
"""

from __future__ import annotations

import ipaddress
import re

from app.domain.devices import VENDOR_PORT
from app.errors import UsageError
from app.i18n import _

MOST_NAME_CHARS = 100
EVERYBODY = "all"
"""Stands for every device in parameters, so no device can have it as its name."""
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_METADATA = ipaddress.ip_address("169.254.169.254")
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def checked_name(text: str) -> str:
    """A device's name without blanks around it.

    Raises `UsageError` for none, one too long, one that cannot be printed, or a word with another meaning.
    """
    name = text.strip()
    if not name:
        raise UsageError(_("A device needs a name."), _("Name it after its door."))
    if len(name) > MOST_NAME_CHARS or not name.isprintable():
        raise UsageError(
            _("This name cannot be used."), _("Use at most {count} printable characters.").format(count=MOST_NAME_CHARS)
        )
    if name.casefold() == EVERYBODY:
        raise UsageError(_("{name} stands for every device.").format(name=name), _("Choose another name."))
    return name


def checked_host(text: str) -> str:
    """A host name or an IP address, in lower case and without brackets.

    Raises `UsageError` for anything else that a URL may hold (§2), and for addresses that belong to no device.
    """
    host = text.strip().lower()
    if not host:
        raise UsageError(_("A device needs an address."), _("Enter its IP address, like 192.168.1.64."))
    if "://" in host or set(host) & set("/@?#\\"):
        raise UsageError(
            _("The address of a device is only its host: no http://, no user name, no path."),
            _("Enter its IP address, like 192.168.1.64, and the port in its own field."),
        )
    found = _ip_address(host.removeprefix("[").removesuffix("]"))
    if found is not None:
        return _checked_ip(found)
    if ":" in host:
        raise UsageError(
            _("{value} is not an address.").format(value=host),
            _("Enter the port in its own field, not behind the host."),
        )
    _check_host_name(host)
    return host


def _ip_address(text: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _checked_ip(found: IpAddress) -> str:
    broadcast = str(found) == "255.255.255.255"
    scoped = isinstance(found, ipaddress.IPv6Address) and found.scope_id
    if found.is_unspecified or found.is_multicast or broadcast or scoped:
        raise UsageError(
            _("{value} is not the address of a device.").format(value=found), _("See it in the device's network menu.")
        )
    return str(found)


def _check_host_name(host: str) -> None:
    labels = host.removesuffix(".").split(".")
    # A last label of digits is an IP address with a typing error, or one written in a way that hides it (0x7f.1).
    numeric = labels[-1].isdecimal() or labels[-1].startswith("0x")
    try:
        known = len(host.encode("idna")) <= 253
    except UnicodeError:
        known = False
    if numeric or not known or not all(_LABEL.fullmatch(label) for label in labels):
        raise UsageError(
            _("{value} is not an address.").format(value=host),
            _("Enter an IP address, like 192.168.1.64, or a host name."),
        )


def checked_port(text: str | int, *, https: bool) -> int:
    """A port; nothing or 0 is the usual one, 80 or with https 443.

    Raises `UsageError` for what is none.
    """
    digits = str(text).strip()
    if digits in {"", "0"}:
        return 443 if https else 80
    if not re.fullmatch(r"[0-9]{1,5}", digits) or int(digits) > 65_535:
        raise UsageError(_("This is not a port."), _("A port is a number from 1 to 65535."))
    return int(digits)


def checked_fingerprint(text: str) -> str:
    """The SHA-256 of a certificate as 64 hexadecimal digits, however it was grouped.

    Raises `UsageError` for anything else.
    """
    digits = re.sub(r"[\s:]", "", text).lower()
    if digits and not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise UsageError(
            _("This is not the fingerprint of a certificate."),
            _("It has 64 hexadecimal digits: test the device to see it."),
        )
    return digits


def address_warnings(host: str, port: int) -> tuple[str, ...]:
    """What is possible but probably not meant, a sentence each."""
    warnings = []
    if port == VENDOR_PORT:
        warnings.append(
            _("Port 8000 is the vendor's own protocol, which Muster does not speak; HTTP is usually on port 80.")
        )
    found = _ip_address(host)
    if found is None or found.is_loopback:
        return tuple(warnings)
    if found == _METADATA:
        warnings.append(_("{host} is where cloud computers find their own settings, not a device.").format(host=host))
    elif found.is_link_local:
        warnings.append(
            _("{host} is an address that a device gives itself when the network gave it none; it may change.").format(
                host=host
            )
        )
    elif not found.is_private:
        warnings.append(
            _("{host} is not in a private network: names and faces would leave the building.").format(host=host)
        )
    return tuple(warnings)
