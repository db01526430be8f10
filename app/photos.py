"""Pictures of people: decoded safely, cropped to a square, stored as small files (vitec-hub.md §11).

The bytes come from outside: the format is decided by the bytes alone, and size and pixel limits hold before anything
is unpacked. Slow work; call it off the event loop.
"""

from __future__ import annotations

import io
from enum import StrEnum
from pathlib import Path

from app.errors import BadData
from app.i18n import _

SIDE_PX = 512
MOST_PIXELS = 60_000_000
_QUALITY = 88
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")  # Pillow would hand others, such as EPS, to programs of the system


class Anchor(StrEnum):
    """Which part of a tall picture is kept; faces are at the top."""

    TOP = "top"
    CENTER = "center"


def make_thumbnail(picture: bytes, side_px: int = SIDE_PX, anchor: Anchor = Anchor.TOP) -> bytes:
    """A square JPEG of at most `side_px` (32 to 1024) pixels a side, upright and without metadata.

    Raises `BadData` when the bytes are no picture or too large to open safely.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(picture), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadData(_("The picture is too large to open safely."))
            opened.draft("RGB", (side_px * 2, side_px * 2))  # lets the JPEG decoder skip detail nobody will see
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadData(_("What was sent is not a picture.")) from error
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
