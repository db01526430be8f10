"""The photo on a site badge: a shaded face from the front, 480 by 640, as a face terminal wants one.

Unlike the flat portraits of the estate agents these faces have light and shade where programs that look for faces
expect them: dark eyes under brows, a bright bridge of the nose, shade beside it, a dark line between the lips.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from app.demo.drawing.canvas import Canvas, Colour, Point, colour, darker, mirrored, mixed

WIDTH, HEIGHT = 480, 640
AXIS = WIDTH / 2
EYES = 262
"""How far down the eyes are."""
WHITE, INK, RED = colour("#ffffff"), colour("#1c1618"), colour("#a8444a")
SKINS = tuple(colour(code) for code in ("#f0cdb6", "#ecc3a6", "#e6b897", "#dcab88", "#cf9c77", "#c08c68"))
HAIRS = tuple(colour(code) for code in ("#2a211e", "#3a2b24", "#54392a", "#6e4c34", "#8d8680", "#96703f", "#1f1b1c"))
IRISES = tuple(colour(code) for code in ("#4a3020", "#5b3d26", "#3f5a52", "#46627d", "#38271d"))
GROUNDS = (("#eef1f3", "#d3dae0"), ("#e9eef5", "#c8d3e2"), ("#f2efe8", "#dcd5c7"), ("#e4e9e6", "#c6d0ca"))
CLOTHES = tuple(colour(code) for code in ("#d9822b", "#2d4b6e", "#3e4a45", "#6b2f33", "#28303a", "#a8b13a", "#4c5a7a"))


@dataclass(frozen=True)
class Badge:
    """What tells one face from another; lengths in pixels, shares about 1."""

    woman: bool
    skin: Colour
    hair: Colour
    iris: Colour
    ground: tuple[Colour, Colour]
    cloth: Colour
    jaw: float
    length: float
    eyes_apart: float
    brow: float
    nose: float
    mouth: float
    smile: float
    """How far the corners of the mouth are up, in pixels."""
    tuft: float
    """How high the hair stands, in pixels."""
    beard: float
    """How dense, 0 to 1."""
    long_hair: bool
    fringe: float


def badge_of(key: str, *, woman: bool) -> Badge:
    """The face of the person with this key; always the same."""
    rng = Random(f"badge {key}")
    top, bottom = rng.choice(GROUNDS)
    return Badge(
        woman=woman,
        skin=rng.choice(SKINS),
        hair=rng.choice(HAIRS),
        iris=rng.choice(IRISES),
        ground=(colour(top), colour(bottom)),
        cloth=rng.choice(CLOTHES),
        jaw=rng.uniform(0.9, 1.0) if woman else rng.uniform(0.97, 1.08),
        length=rng.uniform(0.96, 1.05),
        eyes_apart=rng.uniform(42, 47),
        brow=rng.uniform(5, 7) if woman else rng.uniform(7, 10),
        nose=rng.uniform(0.9, 1.15),
        mouth=rng.uniform(0.9, 1.12),
        smile=rng.uniform(-1, 8),
        tuft=rng.uniform(0, 26),
        beard=0 if woman else rng.choice((0, 0, 0.2, 0.35, 0.6)),
        long_hair=woman and rng.random() < 0.75,
        fringe=rng.uniform(-26, 26),
    )


@lru_cache(maxsize=512)
def badge(key: str, *, woman: bool) -> bytes:
    """JPEG of the person with this key, at most 60 KB; always the same."""
    look = badge_of(key, woman=woman)
    canvas = Canvas(WIDTH, HEIGHT, *look.ground)
    _body(canvas, look)
    _head(canvas, look)
    if look.beard:
        _beard(canvas, look)
    for side in (-1, 1):
        _eye(canvas, look, side)
    _nose(canvas, look)
    _mouth(canvas, look)
    _hair(canvas, look)
    canvas.grain(Random(f"grain {key}").randrange(2**32), 5)
    return canvas.jpeg(86)


def _body(canvas: Canvas, look: Badge) -> None:
    if look.long_hair:
        canvas.blob(
            mirrored([(AXIS + 60, 120), (AXIS + 118, 220), (AXIS + 124, 380), (AXIS + 96, 470)], AXIS), look.hair
        )
    shoulders = [(AXIS + 44, 470), (AXIS + 110, 508), (AXIS + 196, 540), (AXIS + 236, 640), (AXIS + 240, 720)]
    canvas.blob(mirrored(shoulders, AXIS), look.cloth)
    canvas.soft(
        mirrored([(AXIS + 130, 590), (AXIS + 200, 600), (AXIS + 210, 700)], AXIS), darker(look.cloth, 0.6), 0.35, 24
    )
    neck = darker(look.skin, 0.18)
    canvas.blob(mirrored([(AXIS + 50, 390), (AXIS + 52, 470), (AXIS + 70, 506), (AXIS + 20, 534)], AXIS), neck)
    canvas.polygon([(AXIS - 62, 496), (AXIS + 62, 496), (AXIS + 30, 534), (AXIS, 546), (AXIS - 30, 534)], neck)
    canvas.soft([(AXIS - 40, 420), (AXIS, 452), (AXIS + 40, 420), (AXIS, 484)], darker(look.skin, 0.7), 0.5, 14)
    canvas.stroke([(AXIS - 66, 500), (AXIS - 30, 534), (AXIS, 546), (AXIS + 30, 534), (AXIS + 66, 500)], 9,
                  darker(look.cloth, 0.3))  # fmt: skip


def _outline(look: Badge) -> list[Point]:
    """The head, from the crown to the chin."""
    half = [(34, 142), (84, 176), (104, 240), (100, 308), (84, 366), (52, 414), (18, 434)]
    return mirrored([(AXIS + x * (look.jaw if y > 250 else 1), 262 + (y - 262) * look.length) for x, y in half], AXIS)


def _head(canvas: Canvas, look: Badge) -> None:
    skin, shade = look.skin, darker(look.skin, 0.62)
    for side in (-1, 1):
        canvas.oval(AXIS + side * 103, 276, 13, 27, darker(skin, 0.16))
    canvas.blob(_outline(look), skin)
    for side in (-1, 1):  # the sides of the face turn away from the light
        edge = [
            (AXIS + side * x * look.jaw, y)
            for x, y in ((84, 196), (92, 270), (77, 356), (42, 408), (62, 340), (74, 260))
        ]
        canvas.soft(edge, shade, 0.42, 9)
        canvas.soft([(AXIS + side * x, y) for x, y in ((34, 308), (70, 300), (74, 330), (40, 336))], WHITE, 0.2, 13)
    canvas.soft(mirrored([(AXIS + 50, 176), (AXIS + 56, 206), (AXIS + 16, 222)], AXIS), WHITE, 0.26, 15)
    canvas.soft(mirrored([(AXIS + 20, 396), (AXIS + 16, 412)], AXIS), WHITE, 0.16, 8)


def _eye(canvas: Canvas, look: Badge, side: int) -> None:
    x, skin = AXIS + side * look.eyes_apart, look.skin
    socket = [(x - 31, EYES - 14), (x, EYES - 22), (x + 31, EYES - 14), (x + 26, EYES + 10), (x - 26, EYES + 10)]
    canvas.soft(socket, darker(skin, 0.8), 0.5, 7)
    lids = [
        (x - 22, EYES + 1),
        (x - 8, EYES - 9),
        (x + 8, EYES - 9),
        (x + 22, EYES + 1),
        (x + 6, EYES + 8),
        (x - 8, EYES + 8),
    ]
    canvas.blob(lids, mixed(WHITE, skin, 0.2))
    canvas.oval(x, EYES - 1, 9, 9, look.iris)
    canvas.oval(x, EYES - 1, 4.6, 4.6, INK)
    canvas.oval(x + 3, EYES - 4, 2, 2, WHITE)
    upper = [(x - 24, EYES + 2), (x - 9, EYES - 10), (x + 8, EYES - 10), (x + 24, EYES + 2)]
    canvas.stroke(upper, 4.5 if look.woman else 3.2, INK)
    canvas.stroke([(x - 18, EYES + 6), (x, EYES + 10), (x + 18, EYES + 6)], 1.6, darker(skin, 0.5))
    canvas.soft([(x - 22, EYES + 14), (x, EYES + 20), (x + 22, EYES + 14), (x, EYES + 24)], darker(skin, 0.6), 0.25, 5)
    arch = [(AXIS + side * a, y) for a, y in ((18, EYES - 28), (44, EYES - 37), (74, EYES - 26))]
    canvas.stroke(arch, look.brow, darker(look.hair, 0.35))


def _nose(canvas: Canvas, look: Badge) -> None:
    dark, tip = darker(look.skin, 0.7), EYES + 70 * look.length
    bridge = [(AXIS - 7, EYES - 16), (AXIS + 7, EYES - 16), (AXIS + 9, tip - 8), (AXIS - 9, tip - 8)]
    canvas.soft(bridge, WHITE, 0.34, 5)
    wing = 20 * look.nose
    for side in (-1, 1):
        flank = [
            (AXIS + side * a, y) for a, y in ((14, EYES - 12), (22, EYES + 6), (wing + 4, tip - 6), (13, tip - 10))
        ]
        canvas.soft(flank, dark, 0.42, 6)
        canvas.oval(AXIS + side * wing * 0.5, tip + 2, 5.4, 3, darker(look.skin, 0.85))
        curve = ((wing, tip - 12), (wing + 3, tip - 3), (wing * 0.8, tip + 3))
        canvas.stroke([(AXIS + side * a, y) for a, y in curve], 2, darker(look.skin, 0.5))
    canvas.soft([(AXIS - wing, tip + 6), (AXIS + wing, tip + 6), (AXIS, tip + 16)], dark, 0.42, 5)


def _mouth(canvas: Canvas, look: Badge) -> None:
    y, half = EYES + 110 * look.length, 36 * look.mouth
    lips = mixed(darker(look.skin, 0.25), RED, 0.6 if look.woman else 0.36)
    corner = y - look.smile
    upper = [
        (AXIS - half, corner),
        (AXIS - 12, y - 9),
        (AXIS, y - 6),
        (AXIS + 12, y - 9),
        (AXIS + half, corner),
        (AXIS, y + 3),
    ]
    canvas.blob(upper, darker(lips, 0.22))
    canvas.blob([(AXIS - half + 5, corner + 3), (AXIS, y + 2), (AXIS + half - 5, corner + 3), (AXIS, y + 17)], lips)
    canvas.stroke([(AXIS - half, corner), (AXIS, y + 2), (AXIS + half, corner)], 3, darker(lips, 0.75))
    canvas.soft([(AXIS - 22, y + 21), (AXIS + 22, y + 21), (AXIS, y + 29)], darker(look.skin, 0.7), 0.4, 6)


def _beard(canvas: Canvas, look: Badge) -> None:
    y = EYES + 110 * look.length
    half = [(16, y - 22), (50, y - 24), (80, y - 66), (76, y - 12), (47, y + 40), (16, y + 56)]
    canvas.soft(mirrored([(AXIS + a * look.jaw, b) for a, b in half], AXIS), darker(look.hair, 0.2), look.beard, 6)


def _hair(canvas: Canvas, look: Badge) -> None:
    shine, part, high = mixed(look.hair, WHITE, 0.22), AXIS + look.fringe, 130 - look.tuft / 2
    canvas.blob(
        [(AXIS - 108, 262), (AXIS - 114, 190), (AXIS - 84, high), (part, 110 - look.tuft), (AXIS + 84, high),
         (AXIS + 114, 190), (AXIS + 108, 262), (AXIS + 98, 226), (AXIS + 84, 196), (part + 20, 172), (part - 20, 172),
         (AXIS - 84, 196), (AXIS - 98, 226)],
        look.hair,
    )  # fmt: skip
    canvas.soft([(AXIS - 70, 132), (AXIS, 112), (AXIS + 70, 132), (AXIS, 146)], shine, 0.6, 12)
    for side in (-1, 1) if look.long_hair else ():
        strand = [(AXIS + side * x, y) for x, y in ((92, 190), (116, 240), (122, 380), (100, 450), (96, 330))]
        canvas.blob(strand, darker(look.hair, 0.08))
