"""The photo doctor: is this picture fit for a face terminal, what is wrong with it, and the same picture made fit.

Rules: hikvision-isapi.md §8 and supabase.md §7.4. Slow work; call it off the event loop.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import BadData
from app.photos.faces import FaceBox, FaceLook, find_faces, measure_face
from app.photos.findings import PhotoFinding, PhotoProblem, Verdict, verdict_of
from app.photos.opening import MOST_BYTES, ORIENTATION, TooManyPixels, opened, unpacked

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageFile import ImageFile

MOST_SENT_BYTES = 180_000
LONGEST_PX, SMALL_PX, SMALLEST_PX = 1000, 400, 200
_QUALITIES = (88, 80, 72, 65)
_SHRINK = 0.8
_SMALL_FACE, _GOOD_FACE = 0.25, 0.45  # face height to picture height (§8, content)
_LEAST_FACE_PX = 110
_EDGE = 0.01
_BLURRED = 30.0  # a face 100 pixels high behind a blur of 1 pixel
_DARK, _BRIGHT = 45.0, 225.0
_FLAT = 14.0
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")


@dataclass(frozen=True, repr=False)
class PhotoExam:
    """One photo, examined. `jpeg` is what would be uploaded, empty when nothing can be made of the file.

    `format`, `size` in bytes and `width` and `height` in pixels are those of the original, upright. `jpeg_size` is the
    width and height of `jpeg`, `face` where the one face is in it, `look` how it looks there.
    """

    findings: tuple[PhotoFinding, ...]
    jpeg: bytes = b""
    repaired: bool = False
    format: str = ""
    size: int = 0
    width: int = 0
    height: int = 0
    jpeg_size: tuple[int, int] = (0, 0)
    face: FaceBox | None = None
    look: FaceLook | None = None

    @property
    def verdict(self) -> Verdict:
        """The examination in one word."""
        return verdict_of(self.findings, repaired=self.repaired)

    @property
    def usable(self) -> bool:
        """Whether a terminal is likely to take it."""
        return self.verdict is not Verdict.UNUSABLE

    @property
    def words(self) -> str:
        """The findings in sentences."""
        return " ".join(finding.sentence for finding in self.findings)

    @property
    def remedy(self) -> str:
        """What to do about the finding that weighs most; empty when there is nothing to do."""
        worst = sorted((f for f in self.findings if f.remedy), key=lambda f: f.severity)  # error before warning
        return worst[0].remedy if worst else ""


def examine(picture: bytes) -> PhotoExam:
    """Examine a photo and make it fit; never raises for anything in the bytes."""
    if len(picture) > MOST_BYTES:
        return _refused(picture, PhotoProblem.TOO_MANY_BYTES)
    try:
        with opened(picture) as found:
            kind, width, height = found.format or "", found.width, found.height
            if max(width, height) < SMALLEST_PX:
                return _refused(picture, PhotoProblem.TOO_SMALL, kind, width, height)
            fit = _is_fit(found, picture)
            turn = found.getexif().get(ORIENTATION, 1)
            upright = unpacked(found, LONGEST_PX)
    except TooManyPixels:
        return _refused(picture, PhotoProblem.TOO_MANY_PIXELS)
    except BadData:
        heic = picture[4:8] == b"ftyp" and picture[8:12] in _HEIF_BRANDS
        return _refused(picture, PhotoProblem.HEIC if heic else PhotoProblem.NOT_A_PICTURE)
    if turn in {5, 6, 7, 8}:
        width, height = height, width
    turned = [PhotoProblem.TURNED] if turn in range(2, 9) else []
    small = [PhotoProblem.SMALL] if max(width, height) < SMALL_PX else []
    made = _Made.of(upright, keep=picture if fit and not turned else None)
    problems = [*turned, *small, *made.problems]
    findings = tuple(PhotoFinding(problem) for problem in problems)
    return PhotoExam(
        findings,
        made.jpeg,
        made.jpeg is not picture,
        kind,
        len(picture),
        width,
        height,
        made.size,
        made.face,
        made.look,
    )


def _refused(picture: bytes, problem: PhotoProblem, kind: str = "", width: int = 0, height: int = 0) -> PhotoExam:
    return PhotoExam((PhotoFinding(problem),), format=kind, size=len(picture), width=width, height=height)


def _is_fit(found: ImageFile, picture: bytes) -> bool:
    """Whether the very bytes can be sent: baseline JPEG, 4:2:0, RGB, no metadata, exactly from SOI to EOI (§8).

    When in doubt it is not: saving anew costs little, what hides in a segment or behind the end may cost a face.
    """
    from PIL import JpegImagePlugin

    if not isinstance(found, JpegImagePlugin.JpegImageFile) or (found.format, found.mode) != ("JPEG", "RGB"):
        return False
    if len(picture) > MOST_SENT_BYTES or max(found.size) > LONGEST_PX or "progressive" in found.info:
        return False
    if not picture.startswith(b"\xff\xd8") or picture.find(b"\xff\xd9") != len(picture) - 2:
        return False
    plain = all(name == "APP0" and content.startswith(b"JFIF\0") for name, content in found.applist)
    return plain and JpegImagePlugin.get_sampling(found) == 2


@dataclass(frozen=True, repr=False)
class _Made:
    """What became of an upright picture."""

    jpeg: bytes
    size: tuple[int, int]
    problems: tuple[PhotoProblem, ...]
    face: FaceBox | None
    look: FaceLook | None

    @classmethod
    def of(cls, picture: Picture, keep: bytes | None) -> _Made:
        """Look for the face, crop to it where that helps, save anew unless the bytes `keep` can stay as they are."""
        faces = find_faces(picture)
        face = faces[0] if faces is not None and len(faces) == 1 else None
        part = _cropped(picture, face) if face is not None else None
        problems = [PhotoProblem.CROPPED] if part is not None else []
        if part is not None:
            picture, face = part
        if part is not None or keep is None:
            jpeg, picture, scale = _saved(picture)
            face = face.scaled(scale) if face is not None else None
        else:
            jpeg = keep
        look = measure_face(picture, face) if face is not None else None
        problems += _face_problems(picture, faces, face, look)
        if jpeg is not keep:
            problems.append(PhotoProblem.CONVERTED)
        return cls(jpeg, picture.size, tuple(problems), face, look)


def _cropped(picture: Picture, face: FaceBox) -> tuple[Picture, FaceBox] | None:
    """The part around a face that is small in the picture but has pixels enough; None where nothing is to be won."""
    if face.height >= _SMALL_FACE * picture.height or face.height < _LEAST_FACE_PX:
        return None
    height = min(picture.height, max(SMALL_PX, round(face.height / _GOOD_FACE)))
    width = min(picture.width, round(height * 0.8))
    left = min(max(0, face.left + face.width // 2 - width // 2), picture.width - width)
    top = min(max(0, face.top + face.height // 2 - height // 2), picture.height - height)
    return picture.crop((left, top, left + width, top + height)), face.moved(left, top)


def _face_problems(
    picture: Picture, faces: Sequence[FaceBox] | None, face: FaceBox | None, look: FaceLook | None
) -> list[PhotoProblem]:
    if faces is None:
        return [PhotoProblem.NO_FINDER]
    if face is None or look is None:
        return [PhotoProblem.SEVERAL_FACES if faces else PhotoProblem.NO_FACE]
    edge = _EDGE * max(picture.size)
    room = (face.left, face.top, picture.width - face.left - face.width, picture.height - face.top - face.height)
    found = {
        PhotoProblem.FACE_SMALL: face.height < _SMALL_FACE * picture.height,
        PhotoProblem.FACE_CUT: min(room) < edge,
        PhotoProblem.BLURRED: look.sharpness < _BLURRED,
        PhotoProblem.DARK: look.brightness < _DARK,
        PhotoProblem.BRIGHT: look.brightness > _BRIGHT,
        PhotoProblem.FLAT: look.contrast < _FLAT,
    }
    return [problem for problem, is_so in found.items() if is_so]


def _saved(picture: Picture) -> tuple[bytes, Picture, float]:
    """Baseline JPEG, 4:2:0, without metadata, at most 180 KB (§8); the picture in it, and its scale to the given."""
    from PIL import Image

    fitting = min(1.0, LONGEST_PX / max(picture.size))
    size, made = picture.size, picture
    while True:
        if fitting < 1.0:
            size = (max(1, round(picture.width * fitting)), max(1, round(picture.height * fitting)))
            made = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=1.0)
        for quality in _QUALITIES:
            out = io.BytesIO()
            made.save(out, "JPEG", quality=quality, subsampling=2, progressive=False, optimize=True, exif=b"")
            if out.tell() <= MOST_SENT_BYTES:
                return out.getvalue(), made, made.width / picture.width
        fitting *= _SHRINK
