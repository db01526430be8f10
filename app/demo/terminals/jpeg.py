"""What a terminal's decoder makes of a picture: a JPEG of which size, baseline or not (hikvision-isapi.md section 8).

Reads the markers only; a whole imaging library would be loaded for four numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_BASELINE = 0xC0
_BARE = {0x01, *range(0xD0, 0xD8)}
"""Markers without a length."""


@dataclass(frozen=True, slots=True)
class Jpeg:
    """Width and height in pixels; `full_chroma` is 4:4:4."""

    width: int
    height: int
    components: int
    is_baseline: bool
    full_chroma: bool


def read_jpeg(data: bytes) -> Jpeg | None:
    """The frame of a JPEG, or None for anything else, also for one that is cut short."""
    if not data.startswith(b"\xff\xd8") or b"\xff\xd9" not in data[-64:]:
        return None
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _FRAMES:
            return _frame(marker, data[at + 4 : at + 4 + int.from_bytes(data[at + 2 : at + 4])])
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _frame(marker: int, head: bytes) -> Jpeg | None:
    if len(head) < 6 or len(head) < 6 + 3 * head[5]:
        return None
    components = head[5]
    samplings = {head[7 + 3 * number] for number in range(components)}
    return Jpeg(
        width=int.from_bytes(head[3:5]),
        height=int.from_bytes(head[1:3]),
        components=components,
        is_baseline=marker == _BASELINE,
        full_chroma=components == 3 and len(samplings) == 1,
    )
