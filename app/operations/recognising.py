"""Is it the terminal we know? Its serial number says so, before anything of it is believed or written (§9.1)."""

from __future__ import annotations

from app.domain.devices import DeviceFacts
from app.domain.terminals import DeviceInfo
from app.errors import BadData
from app.i18n import _


class OtherTerminal(BadData):
    """The serial number at the address is not the one we know."""


def is_other(facts: DeviceFacts, info: DeviceInfo) -> bool:
    """Whether what answers is another terminal than the one that answered here before."""
    return bool(facts.serial and info.serial and facts.serial != info.serial)


def other_words(facts: DeviceFacts, info: DeviceInfo) -> str:
    """The sentence that names both serial numbers."""
    text = _("Another terminal answers at this address: serial number {found} instead of {known}.")
    return text.format(found=info.serial, known=facts.serial)
