"""Shoulders and what people wear on them. Each piece draws over a bare neck, below the head."""

from __future__ import annotations

from collections.abc import Callable

from app.demo.drawing.canvas import Canvas, Colour, colour, darker, mirrored, mixed

Clothes = Callable[[Canvas, Colour, Colour], None]
"""Draws on the canvas in a fabric, around skin."""

AXIS = 450
WHITE, SKY = colour("#f8f8f6"), colour("#dbe7f3")


def _shoulders(canvas: Canvas, fabric: Colour) -> None:
    half = [(512, 660), (560, 694), (662, 732), (742, 782), (776, 880), (792, 1040), (786, 1260)]
    canvas.blob(mirrored(half, AXIS), fabric)
    for side in (-1, 1):  # where the arms begin
        fold = [(AXIS + side * x, y) for x, y in ((270, 960), (256, 1080), (254, 1215))]
        canvas.stroke(fold, 7, darker(fabric, 0.22))


def _sweater(canvas: Canvas, fabric: Colour, skin: Colour) -> None:
    _shoulders(canvas, fabric)
    neckline = [(374, 650), (396, 690), (450, 710), (504, 690), (526, 650)]
    canvas.polygon([(378, 646), (522, 646), (506, 690), (450, 710), (394, 690)], skin)
    canvas.stroke(neckline, 20, darker(fabric, 0.25))


def _turtleneck(canvas: Canvas, fabric: Colour, _skin: Colour) -> None:
    _shoulders(canvas, fabric)
    canvas.box(AXIS - 84, 612, AXIS + 84, 734, mixed(fabric, WHITE, 0.14), 40)
    canvas.stroke([(384, 722), (450, 742), (516, 722)], 6, darker(fabric, 0.25))


def _blouse(canvas: Canvas, fabric: Colour, skin: Colour) -> None:
    light = mixed(fabric, WHITE, 0.55)
    _shoulders(canvas, light)
    canvas.polygon([(358, 652), (542, 652), (450, 838)], darker(light, 0.14))
    canvas.polygon([(374, 640), (526, 640), (450, 812)], skin)


def _blazer(canvas: Canvas, fabric: Colour, skin: Colour) -> None:
    _shoulders(canvas, fabric)
    shirt = mixed(WHITE, fabric, 0.06)
    canvas.polygon([(366, 640), (534, 640), (548, 668), (450, 1010), (352, 668)], shirt)
    canvas.polygon([(382, 640), (518, 640), (450, 752)], skin)
    _collar(canvas, shirt)
    lapel = darker(fabric, 0.2)
    for side in (-1, 1):
        edge = [(94, 672), (146, 716), (118, 830), (158, 844), (0, 1030), (22, 930)]
        canvas.polygon([(AXIS + side * x, y) for x, y in edge], lapel)


def _suit(canvas: Canvas, fabric: Colour, skin: Colour) -> None:
    _blazer(canvas, darker(fabric, 0.3), skin)
    tie = mixed(fabric, colour("#c0455a"), 0.6)
    canvas.polygon([(398, 694), (450, 716), (502, 694), (476, 790), (424, 790)], WHITE)
    _collar(canvas, WHITE)
    canvas.polygon([(424, 718), (476, 718), (466, 772), (434, 772)], darker(tie, 0.15))
    canvas.polygon([(434, 772), (466, 772), (482, 930), (450, 1000), (418, 930)], tie)


def _shirt(canvas: Canvas, fabric: Colour, skin: Colour) -> None:
    cloth = mixed(SKY, fabric, 0.12)
    _shoulders(canvas, cloth)
    canvas.polygon([(382, 640), (518, 640), (450, 752)], skin)
    canvas.stroke([(450, 752), (450, 990), (450, 1205)], 6, darker(cloth, 0.18))
    for y in (868, 974, 1080):
        canvas.oval(466, y, 6, 6, darker(cloth, 0.35))
    _collar(canvas, cloth)


def _collar(canvas: Canvas, cloth: Colour) -> None:
    for side in (-1, 1):
        wing = [(66, 632), (92, 640), (108, 676), (62, 796), (0, 742), (60, 672)]
        canvas.polygon([(AXIS + side * x, y) for x, y in wing], darker(cloth, 0.1))


WOMEN_CLOTHES: tuple[Clothes, ...] = (_sweater, _turtleneck, _blouse, _blazer, _blazer)
MEN_CLOTHES: tuple[Clothes, ...] = (_sweater, _turtleneck, _shirt, _shirt, _blazer, _suit, _suit)
