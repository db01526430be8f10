"""Finds faces in a photo with the cascades that OpenCV brings; says so when OpenCV is not there.

Two cascades have to agree before a second face counts: one alone sees faces in ties and curtains.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_LONGEST_PX = 480
_FACE_SIDE_PX = 128
_LEAST_SHARE = 0.09  # of the shorter side: whatever is smaller is background


@dataclass(frozen=True, slots=True)
class FaceBox:
    """Where a face is, in pixels of the picture it was found in."""

    left: int
    top: int
    width: int
    height: int


@functools.cache
def _finder() -> Any:
    """OpenCV with its cascades loaded; None where it is not installed or does not run."""
    try:
        import cv2
    except ImportError:
        return None
    cv2.setNumThreads(1)  # a photo is checked beside other work, on one core
    names = ("haarcascade_frontalface_alt2.xml", "haarcascade_frontalface_default.xml")
    folder = cv2.data.haarcascades  # type: ignore[attr-defined]  # its types lack what the package brings
    cascades = tuple(cv2.CascadeClassifier(folder + name) for name in names)
    return None if any(cascade.empty() for cascade in cascades) else (cv2, cascades)


def find_faces(picture: Picture) -> Sequence[FaceBox] | None:
    """The faces of an upright picture, largest first; None when there is no finder on this computer."""
    found = _finder()
    if found is None:
        return None
    import numpy

    cv2, (first, second) = found
    scale = max(1.0, max(picture.size) / _LONGEST_PX)
    small = picture.convert("L").resize((round(picture.width / scale), round(picture.height / scale)))
    grey = cv2.equalizeHist(numpy.asarray(small))
    least = max(24, round(min(small.size) * _LEAST_SHARE))
    boxes = _detect(first, grey, least, 4)
    other = _detect(second, grey, least, 5) if len(boxes) != 1 else []
    if not boxes:
        boxes = other
    elif len(boxes) > 1:
        confirmed = [box for box in boxes if any(_overlap(box, one) > 0.3 for one in other)]
        boxes = confirmed or boxes[:1]
    return [FaceBox(*(round(value * scale) for value in box)) for box in boxes]


def _detect(cascade: Any, grey: Any, least: int, neighbours: int) -> list[tuple[int, int, int, int]]:
    found = cascade.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=neighbours, minSize=(least, least))
    return sorted((tuple(int(v) for v in box) for box in found), key=lambda box: -box[3])  # type: ignore[misc]


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> float:
    """The common part of two boxes, of the smaller one."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min(one[2] * one[3], other[2] * other[3])


def _face_pixels(picture: Picture, face: FaceBox) -> Any:
    import numpy

    box = (face.left, face.top, face.left + face.width, face.top + face.height)
    return numpy.asarray(picture.crop(box).convert("L").resize((_FACE_SIDE_PX, _FACE_SIDE_PX)), dtype=float)


def sharpness(picture: Picture, face: FaceBox) -> float:
    """How sharp the face is: the variance of its Laplacian at one size; below about 60 it looks blurred."""
    pixels = _face_pixels(picture, face)
    middle = pixels[1:-1, 1:-1]
    laplacian = pixels[:-2, 1:-1] + pixels[2:, 1:-1] + pixels[1:-1, :-2] + pixels[1:-1, 2:] - 4 * middle
    return float(laplacian.var())


def brightness(picture: Picture, face: FaceBox) -> float:
    """The mean light of the face, 0 to 255."""
    return float(_face_pixels(picture, face).mean())
