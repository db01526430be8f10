"""The face of an employee: a flat drawing, 900 by 1200, made to be cropped to a square from the top."""

from __future__ import annotations

from functools import lru_cache

from app.demo.drawing.canvas import Canvas, Colour, colour, darker, mirrored, mixed
from app.demo.drawing.look import Look, look_of

WIDTH, HEIGHT = 900, 1200
AXIS = WIDTH // 2
WHITE, INK, RED = colour("#ffffff"), colour("#2b2226"), colour("#c2474f")


@lru_cache(maxsize=512)
def portrait(key: str, name: str) -> bytes:
    """JPEG of the person with this id and name; always the same."""
    look = look_of(key, name)
    canvas = Canvas(WIDTH, HEIGHT, *look.ground)
    canvas.oval(AXIS, 470, 372, 372, mixed(look.ground[0], WHITE, 0.45))
    if look.style.behind:
        look.style.behind(canvas, look.hair)
    _neck(canvas, look.skin)
    look.clothes(canvas, look.fabric, look.skin)
    _head(canvas, look)
    _features(canvas, look)
    if look.beard:
        _beard(canvas, look)
    look.style.front(canvas, look.hair)
    _mouth(canvas, look)
    if look.glasses:
        _glasses(canvas)
    return canvas.jpeg()


def _neck(canvas: Canvas, skin: Colour) -> None:
    canvas.box(AXIS - 70, 500, AXIS + 70, 740, skin, 40)
    canvas.blob(mirrored([(508, 560), (520, 600), (500, 650), (470, 664)], AXIS), darker(skin, 0.16))


def _head(canvas: Canvas, look: Look) -> None:
    for side in (-1, 1) if look.style.ears else ():
        canvas.oval(AXIS + side * 160, 424, 25, 42, darker(look.skin, 0.07))
    jaw = [(600, 470), (574, 548), (516, 606), (472, 622)]
    cheeks = [(AXIS + (x - AXIS) * look.jaw, y) for x, y in jaw]
    canvas.blob(mirrored([(500, 214), (578, 268), (608, 380), *cheeks], AXIS), look.skin)


def _features(canvas: Canvas, look: Look) -> None:
    blush = mixed(look.skin, RED, 0.16)
    brow = darker(look.hair, 0.35)
    for side in (-1, 1):
        canvas.oval(AXIS + side * 100, 496, 34, 22, blush)
        eye = AXIS + side * 66
        canvas.oval(eye, 424, 15, 18, INK)
        canvas.oval(eye + 5, 417, 5, 5, WHITE)
        arch = [(AXIS + side * x, y) for x, y in ((36, 380), (66, 368), (98, 380))]
        canvas.stroke(arch, 8 if look.woman else 12, brow)
        if look.woman:
            canvas.stroke([(eye + side * 10, 412), (eye + side * 18, 408), (eye + side * 24, 402)], 6, INK)
    canvas.stroke([(452, 440), (440, 488), (462, 496)], 8, darker(look.skin, 0.2))


def _mouth(canvas: Canvas, look: Look) -> None:
    lips = mixed(darker(look.skin, 0.25), RED, 0.5)
    if look.open_smile:
        canvas.blob([(404, 536), (450, 546), (496, 536), (482, 568), (450, 582), (418, 568)], lips)
        canvas.blob([(414, 541), (450, 549), (486, 541), (476, 556), (450, 561), (424, 556)], WHITE)
    else:
        canvas.stroke([(406, 538), (428, 554), (450, 558), (472, 554), (494, 538)], 10, lips)


def _beard(canvas: Canvas, look: Look) -> None:
    half = [(470, 512), (520, 516), (562, 480), (606, 430), (602, 520), (570, 596), (510, 640), (470, 648)]
    canvas.blob(mirrored(half, AXIS), mixed(look.hair, look.skin, 0.12))


def _glasses(canvas: Canvas) -> None:
    for side in (-1, 1):
        canvas.ring(AXIS + side * 68, 424, 54, 48, 8, INK)
        canvas.stroke([(AXIS + side * 120, 414), (AXIS + side * 140, 408), (AXIS + side * 160, 408)], 7, INK)
    canvas.stroke([(436, 418), (450, 412), (464, 418)], 7, INK)
