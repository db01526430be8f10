"""What the files in the bucket hold: badge photos, and the bad ones of real life (supabase.md section 7.4)."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image

from app.demo.drawing.badge import HEIGHT, WIDTH, badge
from app.demo.drawing.banner import banner
from app.demo.supabase.workforce import Photo, PhotoKind

TEXT = "Fotografia nu a fost încărcată.\r\n".encode()
EXIF_ORIENTATION, ROTATED = 0x0112, 6
"""A note of the camera: turn a quarter to the right before showing."""


@lru_cache(maxsize=1024)
def picture(photo: Photo) -> bytes:
    """The file; always the same. Slow, call it off the event loop."""
    face = badge(photo.key, woman=photo.woman)
    makers = {
        PhotoKind.FACE: lambda: face,
        PhotoKind.LARGE: lambda: _large(face),
        PhotoKind.TINY: lambda: _jpeg(_opened(face).resize((WIDTH // 4, HEIGHT // 4))),
        PhotoKind.TWO_FACES: lambda: _two(face, badge(f"{photo.key} beside", woman=not photo.woman)),
        PhotoKind.NO_FACE: lambda: _jpeg(_opened(banner(photo.key)).crop((0, 0, 450, 600))),
        PhotoKind.TEXT: lambda: TEXT,
        PhotoKind.TURNED: lambda: _turned(face),
    }
    return makers[photo.kind]()


def _opened(jpeg: bytes) -> Image.Image:
    with Image.open(io.BytesIO(jpeg)) as opened:
        opened.load()
        return opened


def _jpeg(drawn: Image.Image, quality: int = 88, exif: bytes = b"") -> bytes:
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def _large(face: bytes) -> bytes:
    """As a telephone takes it: four times as wide, with the noise of a small lens."""
    size = (4 * WIDTH, 4 * HEIGHT)
    noise = Image.effect_noise(size, 40).convert("RGB")
    return _jpeg(Image.blend(_opened(face).resize(size), noise, 0.12), 96)


def _two(one: bytes, other: bytes) -> bytes:
    both = Image.new("RGB", (2 * WIDTH, HEIGHT))
    both.paste(_opened(one), (0, 0))
    both.paste(_opened(other), (WIDTH, 0))
    return _jpeg(both)


def _turned(face: bytes) -> bytes:
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = ROTATED
    return _jpeg(_opened(face).transpose(Image.Transpose.ROTATE_90), exif=exif.tobytes())
