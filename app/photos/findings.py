"""What can be found in a photo of a person, in words: the sentence, what to do about it, how much it weighs.

The limits that the sentences name are those of hikvision-isapi.md §8 and supabase.md §7.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.i18n import N_, _


class Severity(StrEnum):
    """How much a finding weighs; a note asks nothing of anybody."""

    NOTE = "note"
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
    HEIC = "heic"
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
    FLAT = "flat"
    NO_FINDER = "no_finder"
    TURNED = "turned"
    CROPPED = "cropped"
    CONVERTED = "converted"


_LARGER = N_("Use a larger picture, best 600 to 1000 pixels high.")
_LIGHT = N_("Take the photo again in even light, without a window or lamp behind the person.")
_WORDS: dict[PhotoProblem, tuple[Severity, str, str]] = {
    PhotoProblem.NOT_A_PICTURE: (
        Severity.ERROR, N_("The file is no picture, or it is damaged."),
        N_("Use a JPEG or PNG file that other programs can open."),
    ),
    PhotoProblem.HEIC: (
        Severity.ERROR, N_("The photo is in a format of telephones (HEIC or AVIF) that cannot be read here."),
        N_("Save the photo as JPEG and use that file."),
    ),
    PhotoProblem.TOO_MANY_BYTES: (
        Severity.ERROR, N_("The file is larger than 10 MB."), N_("Save the picture smaller and use that file."),
    ),
    PhotoProblem.TOO_MANY_PIXELS: (
        Severity.ERROR, N_("The picture has more than 40 megapixels."),
        N_("Save the picture smaller and use that file."),
    ),
    PhotoProblem.TOO_SMALL: (Severity.ERROR, N_("The picture is smaller than 200 pixels."), _LARGER),
    PhotoProblem.SMALL: (Severity.WARNING, N_("The picture is small; devices often fail below 400 pixels."), _LARGER),
    PhotoProblem.NO_FACE: (
        Severity.ERROR, N_("No face was found in the photo."),
        N_("Use a photo of the face from the front, without mask or sunglasses."),
    ),
    PhotoProblem.SEVERAL_FACES: (
        Severity.ERROR, N_("More than one face was found in the photo."),
        N_("Use a photo of this person alone, or cut the others off."),
    ),
    PhotoProblem.FACE_SMALL: (
        Severity.WARNING, N_("The face is small in the photo."),
        N_("Use a photo taken closer: the face should be at least a third of its height."),
    ),
    PhotoProblem.FACE_CUT: (
        Severity.WARNING, N_("The face is cut off at the edge of the photo."),
        N_("Use a photo with room around the whole head."),
    ),
    PhotoProblem.BLURRED: (
        Severity.WARNING, N_("The face is not sharp."), N_("Use a sharper photo; hold the camera still."),
    ),
    PhotoProblem.DARK: (Severity.WARNING, N_("The face is very dark."), _LIGHT),
    PhotoProblem.BRIGHT: (Severity.WARNING, N_("The face is very bright."), _LIGHT),
    PhotoProblem.FLAT: (Severity.WARNING, N_("The face has very little contrast."), _LIGHT),
    PhotoProblem.NO_FINDER: (Severity.NOTE, N_("Not checked for a face: the face finder is not installed."), ""),
    PhotoProblem.TURNED: (Severity.NOTE, N_("Turned upright."), ""),
    PhotoProblem.CROPPED: (Severity.NOTE, N_("Cropped to the face."), ""),
    PhotoProblem.CONVERTED: (Severity.NOTE, N_("Saved anew in the size and format that devices take."), ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
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
        """What to do about it, in the person's language; empty for a note."""
        words = _WORDS[self.problem][2]
        return _(words) if words else ""

    @property
    def matters(self) -> bool:
        """Whether it is more than a note."""
        return self.severity is not Severity.NOTE


def verdict_of(findings: Iterable[PhotoFinding], *, repaired: bool) -> Verdict:
    """The worst finding decides; `repaired` tells the two good verdicts apart."""
    found = {finding.severity for finding in findings}
    if Severity.ERROR in found:
        return Verdict.UNUSABLE
    if Severity.WARNING in found:
        return Verdict.DOUBTFUL
    return Verdict.REPAIRED if repaired else Verdict.GOOD
