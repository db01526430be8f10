"""A small drawing board on Pillow: smooth shapes in plain colours, drawn twice as large and scaled down.

Coordinates are those of the finished picture, in pixels. Everything above it (faces, houses) knows no Pillow.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
Colour = tuple[int, int, int]

SCALE = 2
STEPS = 14
"""Straight pieces that stand for the curve between two points."""


def colour(code: str) -> Colour:
    """`#rrggbb` as numbers."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with `share` (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def darker(one: Colour, share: float) -> Colour:
    """`one` in shade: towards a warm black."""
    return mixed(one, (40, 20, 30), share)


class Canvas:
    """A picture of `width` by `height` pixels, shaded from `top` to `bottom`."""

    def __init__(self, width: int, height: int, top: Colour, bottom: Colour) -> None:
        size = (width * SCALE, height * SCALE)
        shade = Image.linear_gradient("L").resize(size)
        self._image = Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), shade)
        self._draw = ImageDraw.Draw(self._image)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """An ellipse around (x, y)."""
        self._draw.ellipse([SCALE * side for side in (x - rx, y - ry, x + rx, y + ry)], fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour, radius: float = 0) -> None:
        """A rectangle with corners rounded by `radius`."""
        sides = [SCALE * side for side in (left, top, right, bottom)]
        self._draw.rounded_rectangle(sides, SCALE * radius, fill)

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        """A shape with straight sides."""
        self._draw.polygon(_scaled(points), fill)

    def blob(self, points: Sequence[Point], fill: Colour) -> None:
        """A closed shape whose outline runs smoothly through `points`."""
        self._draw.polygon(_scaled(_smooth([points[-1], *points, points[0], points[1]])), fill)

    def ring(self, x: float, y: float, rx: float, ry: float, width: float, ink: Colour) -> None:
        """The outline of an ellipse."""
        sides = [SCALE * side for side in (x - rx, y - ry, x + rx, y + ry)]
        self._draw.ellipse(sides, outline=ink, width=round(SCALE * width))

    def stroke(self, points: Sequence[Point], width: float, ink: Colour) -> None:
        """A smooth line through `points` with round ends."""
        line = _smooth([points[0], *points, points[-1]])
        self._draw.line(_scaled(line), ink, round(SCALE * width), joint="curve")
        for x, y in (line[0], line[-1]):
            self.oval(x, y, width / 2, width / 2, ink)

    def soft(self, points: Sequence[Point], fill: Colour, share: float, blur: float) -> None:
        """A blob with edges that fade over about `blur` pixels, covering what is below with `share` (0 to 1)."""
        outline = _scaled(_smooth([points[-1], *points, points[0], points[1]]))
        margin = 3 * SCALE * blur
        left, top = (int(min(point[axis] for point in outline) - margin) for axis in (0, 1))
        right, bottom = (int(max(point[axis] for point in outline) + margin) for axis in (0, 1))
        mask = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in outline], round(255 * share))
        self._image.paste(fill, (left, top, right, bottom), mask.filter(ImageFilter.BoxBlur(SCALE * blur)))

    def grain(self, seed: int, strength: float) -> None:
        """The noise of a camera, of `strength` steps of 255; the same seed gives the same."""
        side = 128
        noise = Random(seed).randbytes(side * side)
        tile = Image.frombytes("L", (side, side), noise).point(
            lambda value: round((value - 128) / 128 * strength) + 128
        )
        grain = Image.new("L", self._image.size)
        for at in range(0, grain.width * grain.height // side // side + side):
            columns = -(-grain.width // side)
            grain.paste(tile, (at % columns * side, at // columns * side))
        self._image = ImageChops.add(self._image, Image.merge("RGB", [grain] * 3), 1, -128)

    def jpeg(self, quality: int = 88) -> bytes:
        """The finished picture."""
        out = io.BytesIO()
        self._image.reduce(SCALE).save(out, "JPEG", quality=quality)
        return out.getvalue()


def mirrored(points: Sequence[Point], axis: float) -> list[Point]:
    """A closed outline from its right half, listed from top to bottom."""
    return [*points, *((2 * axis - x, y) for x, y in reversed(points))]


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(SCALE * x, SCALE * y) for x, y in points]


def _smooth(points: Sequence[Point]) -> list[Point]:
    """Catmull-Rom: a curve through all points but the first and last, which only give it its direction."""
    curve = []
    for at, (start, end) in enumerate(pairwise(points[1:-1])):
        before, after = points[at], points[at + 3]
        curve += [_between(before, start, end, after, step / STEPS) for step in range(STEPS)]
    return [*curve, points[-2]]


def _between(before: Point, start: Point, end: Point, after: Point, t: float) -> Point:
    x, y = (
        0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
        for p0, p1, p2, p3 in zip(before, start, end, after, strict=True)
    )
    return x, y
