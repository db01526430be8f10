"""Pictures for tests of the photo doctor: drawn ones, damaged ones, ones that claim to be huge; and faces in them."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw, JpegImagePlugin

from app.photos import FaceBox, PhotoExam, PhotoProblem, doctor
from app.photos.doctor import MOST_SENT_BYTES
from app.photos.faces import FaceLook

PLAIN_LOOK = FaceLook(sharpness=500, brightness=128, contrast=50)


def see(monkeypatch: pytest.MonkeyPatch, *faces: FaceBox | None, look: FaceLook = PLAIN_LOOK) -> None:
    """From now on these faces are found in every picture; None is one in the middle."""
    monkeypatch.setattr(doctor, "find_faces", lambda picture: [face or _middle(picture) for face in faces])
    monkeypatch.setattr(doctor, "measure_face", lambda *_: look)


def _middle(picture: Image.Image) -> FaceBox:
    side = picture.height // 2
    return FaceBox((picture.width - side) // 2, picture.height // 4, side, side)


def picture(width: int = 480, height: int = 640, mode: str = "RGB") -> Image.Image:
    """Something with detail and a marked upper left corner."""
    made = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    ImageDraw.Draw(made).rectangle((0, 0, width // 4, height // 4), fill=(200, 30, 30))
    return made.convert(mode)


def saved(made: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def exif(turn: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = turn
    made[0x010E] = "secret place"
    return made


FIT = saved(picture(), quality=85, subsampling=2)


def segment(marker: int, content: bytes) -> bytes:
    """The fit picture with one more segment after its first."""
    cut = 4 + struct.unpack(">H", FIT[4:6])[0]
    return FIT[:cut] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + FIT[cut:]


def problems(exam: PhotoExam) -> set[PhotoProblem]:
    return {finding.problem for finding in exam.findings}


def assert_fit(jpeg: bytes) -> None:
    """Baseline JPEG, 4:2:0, RGB, at most 180 KB and 1000 pixels, no metadata, exactly from SOI to EOI."""
    assert jpeg.startswith(b"\xff\xd8")
    assert jpeg.endswith(b"\xff\xd9")
    assert jpeg.count(b"\xff\xd9") == 1
    assert len(jpeg) <= MOST_SENT_BYTES
    with Image.open(io.BytesIO(jpeg)) as opened:
        assert isinstance(opened, JpegImagePlugin.JpegImageFile)
        assert (opened.format, opened.mode) == ("JPEG", "RGB")
        assert max(opened.size) <= 1000
        assert "progressive" not in opened.info
        assert [name for name, _content in opened.applist] == ["APP0"]
        assert [(c[1], c[2]) for c in opened.layer] == [(2, 2), (1, 1), (1, 1)]


def png_of(width: int, height: int) -> bytes:
    """A PNG of this size in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")
