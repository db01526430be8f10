"""Finds faces in a photo with the cascades that OpenCV brings, and measures them; OpenCV may be missing.

One cascade alone sees faces in ties, bricks and coins. So each face that the first one sees has to be confirmed: by a
second cascade that looks at this place only, or by two eyes. A further face has to be large and plain to count, since a
false one would make a good photo unusable.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

CASCADES = ("haarcascade_frontalface_alt2.xml", "haarcascade_frontalface_default.xml", "haarcascade_eye.xml")
"""Files that OpenCV brings; the recipe of the bundle names them too."""
_LONGEST_PX = 400
_LEAST_SHARE = 0.09  # of the shorter side: whatever is smaller is background
_LEAST_PX = 24
_LEAST_OF_FIRST = 0.4  # height of a further face to the height of the largest
_FACE_SIDE_PX = 128
_EYES_SIDE_PX = 140
_turn = threading.Lock()  # a cascade keeps state while it looks: two threads with one would crash

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class FaceBox:
    """Where a face is, in pixels of the picture it was found in."""

    left: int
    top: int
    width: int
    height: int

    def moved(self, left: int, top: int) -> FaceBox:
        """The same face in a picture that begins at this corner."""
        return FaceBox(self.left - left, self.top - top, self.width, self.height)

    def scaled(self, factor: float) -> FaceBox:
        """The same face in a picture so many times as large."""
        return FaceBox(*(round(value * factor) for value in (self.left, self.top, self.width, self.height)))


@dataclass(frozen=True, slots=True)
class FaceLook:
    """How a face looks: variance of the Laplacian, mean and standard deviation of its light (0 to 255)."""

    sharpness: float
    brightness: float
    contrast: float


@dataclass(frozen=True, slots=True)
class _Finder:
    """OpenCV and its cascades."""

    cv2: Any
    first: Any
    second: Any
    eyes: Any


@functools.cache
def _finder() -> _Finder | None:
    """OpenCV with its cascades loaded; None where it is not installed or does not run."""
    try:
        import cv2
    except ImportError:
        return None
    cv2.setNumThreads(1)  # a photo is checked beside other work, on one core
    folder = cv2.data.haarcascades  # type: ignore[attr-defined]  # its types lack what the package brings
    cascades = [cv2.CascadeClassifier(f"{folder}{name}") for name in CASCADES]
    return None if any(cascade.empty() for cascade in cascades) else _Finder(cv2, *cascades)


def find_faces(picture: Picture) -> Sequence[FaceBox] | None:
    """The faces of an upright picture, largest first; None when there is no finder on this computer."""
    with _turn:
        finder = _finder()
        if finder is None:
            return None
        scale = max(1.0, max(picture.size) / _LONGEST_PX)
        grey = _grey(finder, picture, scale)
        least = max(_LEAST_PX, round(min(grey.shape) * _LEAST_SHARE))
        seen = _detect(finder.first, grey, least, 3, step=1.15)
        faces = [box for box in seen if _confirmed(finder, grey, box, 2) or _has_eyes(finder, grey, box)]
        further = [
            box for box in faces[1:]
            if box[3] >= _LEAST_OF_FIRST * faces[0][3] and _confirmed(finder, grey, box, 5)
        ]  # fmt: skip
    return [FaceBox(*box).scaled(scale) for box in faces[:1] + further]


def _grey(finder: _Finder, picture: Picture, scale: float) -> Any:
    import numpy

    size = (max(1, round(picture.width / scale)), max(1, round(picture.height / scale)))
    small = picture.convert("L").resize(size, reducing_gap=2.0)
    return finder.cv2.equalizeHist(numpy.asarray(small))


def _detect(cascade: Any, grey: Any, least: int, neighbours: int, step: float = 1.1) -> list[Box]:
    found = cascade.detectMultiScale(grey, scaleFactor=step, minNeighbors=neighbours, minSize=(least, least))
    boxes: list[Box] = [(int(x), int(y), int(width), int(height)) for x, y, width, height in found]
    return sorted(boxes, key=lambda box: -box[3])


def _confirmed(finder: _Finder, grey: Any, box: Box, neighbours: int) -> bool:
    """Whether the second cascade sees a face of about this size at this place."""
    left, top, width, height = box
    margin = width // 3
    place = grey[max(0, top - margin) : top + height + margin, max(0, left - margin) : left + width + margin]
    return bool(_detect(finder.second, place, round(width * 0.6), neighbours))


def _has_eyes(finder: _Finder, grey: Any, box: Box) -> bool:
    left, top, width, height = box
    place = grey[top + height // 8 : top + height * 6 // 10, left : left + width]
    if width < _EYES_SIDE_PX:
        grown = _EYES_SIDE_PX / width
        place = finder.cv2.resize(place, None, fx=grown, fy=grown)
    return len(_detect(finder.eyes, place, 16, 3)) >= 2


def measure_face(picture: Picture, face: FaceBox) -> FaceLook:
    """How the face looks, brought to one size first so that the numbers of large and small ones compare."""
    import numpy

    box = (face.left, face.top, face.left + face.width, face.top + face.height)
    side = (_FACE_SIDE_PX, _FACE_SIDE_PX)
    pixels = numpy.asarray(picture.crop(box).convert("L").resize(side), dtype=float)
    middle = pixels[1:-1, 1:-1]
    laplacian = pixels[:-2, 1:-1] + pixels[2:, 1:-1] + pixels[1:-1, :-2] + pixels[1:-1, 2:] - 4 * middle
    return FaceLook(float(laplacian.var()), float(pixels.mean()), float(pixels.std()))
