"""The photo doctor: is this picture fit for a face terminal, what is wrong with it, and the same picture made fit.

Rules: hikvision-isapi.md §8 and supabase.md §7.4. The bytes come from outside: the format is decided by the bytes, and
limits hold before anything is unpacked. Slow work; call it off the event loop.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.face_finder import FaceBox, brightness, find_faces, sharpness
from app.i18n import N_, _

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
MOST_SENT_BYTES = 180_000
LONGEST_PX, SMALL_PX, SMALLEST_PX = 1000, 400, 200
_QUALITIES = (88, 80, 72, 65)
_SHRINK = 0.8
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
_SMALL_FACE, _GOOD_FACE = 0.25, 0.45  # face height to picture height (§8, content)
_LEAST_FACE_PX = 110
_BLURRED = 60.0
_DARK, _BRIGHT = 45.0, 225.0


class Severity(StrEnum):
    """How much a finding weighs."""

    REPAIRED = "repaired"
    WARNING = "warning"
    ERROR = "error"


class Verdict(StrEnum):
    """The examination in one word."""

    GOOD = "good"
    REPAIRED = "repaired"
    DOUBTFUL = "doubtful"
    UNUSABLE = "unusable"


class PhotoProblem(StrEnum):
    """What can be found."""

    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    SMALL = "small"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    FACE_SMALL = "face_small"
    FACE_CUT = "face_cut"
    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"
    NO_FINDER = "no_finder"
    TURNED = "turned"
    CROPPED = "cropped"
    CONVERTED = "converted"


_ANOTHER = N_("Use another photo: one face, from the front, sharp and evenly lit.")
_WORDS: dict[PhotoProblem, tuple[Severity, str, str]] = {
    PhotoProblem.NOT_A_PICTURE: (Severity.ERROR, N_("The file is no picture, or it is damaged."), _ANOTHER),
    PhotoProblem.TOO_MANY_BYTES: (Severity.ERROR, N_("The file is larger than 10 MB."), _ANOTHER),
    PhotoProblem.TOO_MANY_PIXELS: (Severity.ERROR, N_("The picture has more than 40 megapixels."), _ANOTHER),
    PhotoProblem.TOO_SMALL: (Severity.ERROR, N_("The picture is smaller than 200 pixels."), _ANOTHER),
    PhotoProblem.SMALL: (Severity.WARNING, N_("The picture is small; devices often fail below 400 pixels."), _ANOTHER),
    PhotoProblem.NO_FACE: (Severity.ERROR, N_("No face was found in the photo."), _ANOTHER),
    PhotoProblem.SEVERAL_FACES: (Severity.ERROR, N_("More than one face was found in the photo."), _ANOTHER),
    PhotoProblem.FACE_SMALL: (Severity.WARNING, N_("The face is small in the photo."), _ANOTHER),
    PhotoProblem.FACE_CUT: (Severity.WARNING, N_("The face is cut off at the edge of the photo."), _ANOTHER),
    PhotoProblem.BLURRED: (Severity.WARNING, N_("The face is not sharp."), _ANOTHER),
    PhotoProblem.DARK: (Severity.WARNING, N_("The face is very dark."), _ANOTHER),
    PhotoProblem.BRIGHT: (Severity.WARNING, N_("The face is very bright."), _ANOTHER),
    PhotoProblem.NO_FINDER: (Severity.REPAIRED, N_("Not checked for a face: the face finder is not installed."), ""),
    PhotoProblem.TURNED: (Severity.REPAIRED, N_("Turned upright."), ""),
    PhotoProblem.CROPPED: (Severity.REPAIRED, N_("Cropped to the face."), ""),
    PhotoProblem.CONVERTED: (Severity.REPAIRED, N_("Saved anew in the size and format that devices take."), ""),
}


@dataclass(frozen=True)
class PhotoFinding:
    """One thing that was found."""

    problem: PhotoProblem

    @property
    def severity(self) -> Severity:
        """How much it weighs."""
        return _WORDS[self.problem][0]

    @property
    def sentence(self) -> str:
        """What was found, in the person's language."""
        return _(_WORDS[self.problem][1])

    @property
    def remedy(self) -> str:
        """What to do about it; empty when the doctor did it."""
        return _(_WORDS[self.problem][2])

    @property
    def matters(self) -> bool:
        """Whether it is more than a repair that was made."""
        return self.severity is not Severity.REPAIRED


@dataclass(frozen=True, repr=False)
class PhotoExam:
    """One photo, examined. `jpeg` is what would be uploaded, empty when nothing can be made of the file.

    `width` and `height` are those of the original, upright, in pixels; `face` is where the face is in `jpeg`.
    """

    findings: tuple[PhotoFinding, ...]
    jpeg: bytes = b""
    repaired: bool = False
    format: str = ""
    width: int = 0
    height: int = 0
    face: FaceBox | None = None

    @property
    def verdict(self) -> Verdict:
        """The examination in one word."""
        worst = {finding.severity for finding in self.findings}
        if Severity.ERROR in worst:
            return Verdict.UNUSABLE
        if Severity.WARNING in worst:
            return Verdict.DOUBTFUL
        return Verdict.REPAIRED if self.repaired else Verdict.GOOD

    @property
    def usable(self) -> bool:
        """Whether a terminal is likely to take it."""
        return self.verdict is not Verdict.UNUSABLE

    @property
    def words(self) -> str:
        """The findings in sentences."""
        return " ".join(finding.sentence for finding in self.findings)


def examine(picture: bytes) -> PhotoExam:
    """Examine a photo and make it fit; never raises for anything in the bytes."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(picture) > MOST_BYTES:
        return _refused(PhotoProblem.TOO_MANY_BYTES)
    warnings.simplefilter("error", Image.DecompressionBombWarning)  # for good: switching it back is not thread-safe
    try:
        with Image.open(io.BytesIO(picture), formats=_FORMATS) as opened:
            width, height, kind = opened.width, opened.height, opened.format or ""
            if width * height > MOST_PIXELS:
                return _refused(PhotoProblem.TOO_MANY_PIXELS, kind, width, height)
            if max(width, height) < SMALLEST_PX:
                return _refused(PhotoProblem.TOO_SMALL, kind, width, height)
            fit = _is_fit(opened, picture)
            opened.draft("RGB", (LONGEST_PX, LONGEST_PX))  # the decoder skips detail nobody will see
            turned = opened.getexif().get(0x0112, 1) not in {0, 1}
            upright = ImageOps.exif_transpose(_rgb(opened))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return _refused(PhotoProblem.TOO_MANY_PIXELS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        return _refused(PhotoProblem.NOT_A_PICTURE)
    if turned:
        width, height = (height, width) if (upright.width > upright.height) != (width > height) else (width, height)
    return _examined(picture, upright, fit=fit, turned=turned, kind=kind, size=(width, height))


def small_copy(picture: bytes, side_px: int = 480) -> bytes:
    """The picture as it is, upright and small enough to be shown; empty when it cannot be read."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(picture), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return b""
            opened.draft("RGB", (side_px, side_px))
            upright = ImageOps.exif_transpose(_rgb(opened))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return b""
    upright.thumbnail((side_px, side_px))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    return out.getvalue()


def _examined(
    picture: bytes, upright: Picture, *, fit: bool, turned: bool, kind: str, size: tuple[int, int]
) -> PhotoExam:
    upright.thumbnail((LONGEST_PX, LONGEST_PX))
    problems = [PhotoProblem.TURNED] if turned else []
    if max(size) < SMALL_PX:
        problems.append(PhotoProblem.SMALL)
    faces = find_faces(upright)
    face = faces[0] if faces else None
    cropped = None
    if face is not None and len(faces or ()) == 1:
        cropped = _cropped(upright, face)
        if cropped is not None:
            problems.append(PhotoProblem.CROPPED)
            upright, face = cropped
    problems += _face_problems(upright, faces, face)
    if fit and cropped is None:
        return PhotoExam(_findings(problems), picture, False, kind, *size, face)
    problems.append(PhotoProblem.CONVERTED)
    return PhotoExam(_findings(problems), _encoded(upright), True, kind, *size, face)


def _findings(problems: Sequence[PhotoProblem]) -> tuple[PhotoFinding, ...]:
    return tuple(PhotoFinding(problem) for problem in problems)


def _refused(problem: PhotoProblem, kind: str = "", width: int = 0, height: int = 0) -> PhotoExam:
    return PhotoExam((PhotoFinding(problem),), format=kind, width=width, height=height)


def _is_fit(opened: Picture, picture: bytes) -> bool:
    """Whether the very bytes can be sent: baseline JPEG, 4:2:0, RGB, no metadata, nothing after its end (§8)."""
    from PIL import JpegImagePlugin

    if opened.format != "JPEG" or opened.mode != "RGB" or len(picture) > MOST_SENT_BYTES:
        return False
    if not picture.startswith(b"\xff\xd8") or not picture.endswith(b"\xff\xd9"):
        return False
    plain = not {"progressive", "exif", "icc_profile", "photoshop", "adobe", "comment"} & set(opened.info)
    return plain and max(opened.size) <= LONGEST_PX and JpegImagePlugin.get_sampling(opened) == 2


def _rgb(opened: Picture) -> Picture:
    """The first picture of the file in colours on white."""
    from PIL import Image

    if opened.mode.startswith("I;16"):
        return opened.point(lambda value: value / 256).convert("L").convert("RGB")
    if opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info:
        layered = opened.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return _keep_turn(opened, Image.alpha_composite(white, layered).convert("RGB"))
    opened.load()
    return _keep_turn(opened, opened.convert("RGB"))


def _keep_turn(opened: Picture, made: Picture) -> Picture:
    """Conversions may lose the note on how the camera was held."""
    turn = opened.getexif().get(0x0112)
    if turn is not None:
        made.getexif()[0x0112] = turn
    return made


def _face_problems(picture: Picture, faces: Sequence[FaceBox] | None, face: FaceBox | None) -> list[PhotoProblem]:
    if faces is None:
        return [PhotoProblem.NO_FINDER]
    if face is None:
        return [PhotoProblem.NO_FACE]
    if len(faces) > 1:
        return [PhotoProblem.SEVERAL_FACES]
    problems = []
    if face.height < _SMALL_FACE * picture.height:
        problems.append(PhotoProblem.FACE_SMALL)
    edge = 0.01 * max(picture.size)
    if min(face.left, face.top) < edge or face.left + face.width > picture.width - edge:
        problems.append(PhotoProblem.FACE_CUT)
    if sharpness(picture, face) < _BLURRED:
        problems.append(PhotoProblem.BLURRED)
    light = brightness(picture, face)
    if light < _DARK:
        problems.append(PhotoProblem.DARK)
    if light > _BRIGHT:
        problems.append(PhotoProblem.BRIGHT)
    return problems


def _cropped(picture: Picture, face: FaceBox) -> tuple[Picture, FaceBox] | None:
    """The part around a face that is small in a large picture; None where there is nothing to win."""
    if face.height >= _SMALL_FACE * picture.height or face.height < _LEAST_FACE_PX:
        return None
    height = min(picture.height, round(face.height / _GOOD_FACE))
    width = min(picture.width, round(height * 0.8))
    if max(width, height) < SMALLEST_PX:
        return None
    left = min(max(0, face.left + face.width // 2 - width // 2), picture.width - width)
    top = min(max(0, face.top + face.height // 2 - height // 2), picture.height - height)
    part = picture.crop((left, top, left + width, top + height))
    return part, FaceBox(face.left - left, face.top - top, face.width, face.height)


def _encoded(picture: Picture) -> bytes:
    """Baseline JPEG, 4:2:0, without metadata, at most 180 KB (§8)."""
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=quality, subsampling=2, progressive=False, optimize=True, exif=b"")
            if out.tell() <= MOST_SENT_BYTES:
                return out.getvalue()
        picture = picture.resize((max(1, int(picture.width * _SHRINK)), max(1, int(picture.height * _SHRINK))))
