"""Opens pictures whose bytes nobody vouches for: limits before unpacking, one kind of error for everything damaged."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.errors import BadData
from app.i18n import _

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageFile import ImageFile

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
ORIENTATION = 0x0112
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")  # Pillow would hand others, such as EPS, to programs of the system
_DAMAGED = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, struct.error, zlib.error, MemoryError)
"""What Pillow raises for damaged bytes, by format and place of the damage; found by damaging pictures at random."""


class TooManyPixels(BadData):
    """The picture would take more memory than a photo of a person can need."""


@contextmanager
def opened(picture: bytes) -> Iterator[ImageFile]:
    """The first picture in `picture`, its head read and nothing unpacked yet.

    Raises `TooManyPixels`, and `BadData` for bytes that are no picture or turn out damaged inside the `with`.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(picture), formats=_FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise TooManyPixels(_("The picture is too large to open safely."))
            yield found
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise TooManyPixels(_("The picture is too large to open safely.")) from error
    except _DAMAGED as error:
        raise BadData(_("What was sent is not a picture.")) from error


def unpacked(found: ImageFile, side_px: int) -> Picture:
    """The picture upright, in RGB, on white, without metadata; with not much more detail than `side_px` a side needs.

    Call it inside the `with` of `opened`.
    """
    from PIL import Image, ImageOps

    found.draft("RGB", (side_px, side_px))  # the JPEG decoder skips detail nobody will see
    ImageOps.exif_transpose(found, in_place=True)
    upright: Picture = found
    if upright.mode.startswith("I;16"):
        upright = upright.point(lambda value: value / 256).convert("L")
    layered = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    upright = upright.convert("RGBA" if layered else "RGB")
    if (factor := min(upright.size) // (2 * side_px)) > 1:  # other formats come whole: forty megapixels times four
        upright = upright.reduce(factor)
    if layered:
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright).convert("RGB")
    upright.info = {}  # a comment in it would be written into the next file
    return upright
