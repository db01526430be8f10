"""Small pictures: square thumbnails for lists, stored as files (vitec-hub.md §11), and copies to look at."""

from __future__ import annotations

import io
from enum import StrEnum
from pathlib import Path

from app.photos.opening import opened, unpacked

SIDE_PX = 512
_QUALITY = 88


class Anchor(StrEnum):
    """Which part of a tall picture is kept; faces are at the top."""

    TOP = "top"
    CENTER = "center"


def make_thumbnail(picture: bytes, side_px: int = SIDE_PX, anchor: Anchor = Anchor.TOP) -> bytes:
    """A square JPEG of at most `side_px` (32 to 1024) pixels a side, upright and without metadata.

    Raises `BadData` when the bytes are no picture or too large to open safely.
    """
    from PIL import ImageOps

    with opened(picture) as found:
        upright = unpacked(found, side_px * 2)
    side = min(max(side_px, 32), 1024, max(32, min(upright.size)))
    middle = (0.5, 0.0 if anchor is Anchor.TOP else 0.5)
    square = ImageOps.fit(upright, (side, side), centering=middle)
    out = io.BytesIO()
    square.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def save_thumbnail(folder: Path, name: str, picture: bytes) -> str:
    """Make and store the thumbnail under our own `name`; returns the file name.

    Raises `BadData` as `make_thumbnail`, `OSError` when the folder cannot be written.
    """
    thumbnail = make_thumbnail(picture)
    folder.mkdir(exist_ok=True, mode=0o700)
    file_name = f"{name}.jpg"
    beside = folder / f"{name}.new"
    beside.write_bytes(thumbnail)
    beside.replace(folder / file_name)
    return file_name


def small_copy(picture: bytes, side_px: int = 480) -> bytes:
    """The whole picture as a JPEG, upright and at most `side_px` pixels a side, to be shown.

    Raises `BadData` as `make_thumbnail`.
    """
    with opened(picture) as found:
        upright = unpacked(found, side_px)
    upright.thumbnail((side_px, side_px))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
