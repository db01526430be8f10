"""Hair, in two layers: what falls behind the neck, and what lies around the face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.demo.drawing.canvas import Canvas, Colour, Point, darker, mirrored

AXIS = 450
Layer = Callable[[Canvas, Colour], None]


@dataclass(frozen=True)
class Hair:
    """A hair style; `behind` is drawn before the neck, `front` over the face."""

    front: Layer
    behind: Layer | None = None
    ears: bool = True
    """Whether the ears can be seen."""


def _shape(*points: Point) -> Layer:
    """One smooth piece, given by its outline."""
    return lambda canvas, hair: canvas.blob(points, hair)


def _even(*half: Point) -> Layer:
    """One smooth piece, the same left and right, given by its right half from top to bottom."""
    return lambda canvas, hair: canvas.blob(mirrored(half, AXIS), hair)


def _shaded(*half: Point) -> Layer:
    """As `_even`, in the shade behind the neck."""
    return lambda canvas, hair: canvas.blob(mirrored(half, AXIS), darker(hair, 0.18))


def _curls(*rows: tuple[float, float, float]) -> Layer:
    """Rings of hair around the head: (x from the middle, y, radius), each on both sides."""

    def draw(canvas: Canvas, hair: Colour) -> None:
        for x, y, radius in rows:
            canvas.oval(AXIS - x, y, radius, radius, hair)
            canvas.oval(AXIS + x, y, radius, radius, hair)

    return draw


def _both(*layers: Layer) -> Layer:
    def draw(canvas: Canvas, hair: Colour) -> None:
        for layer in layers:
            layer(canvas, hair)

    return draw


_SIDE_PART = _shape(
    (284, 420), (276, 310), (318, 208), (410, 164), (520, 166), (594, 214), (624, 310), (616, 420),
    (598, 412), (594, 346), (566, 296), (500, 292), (420, 262), (356, 236), (330, 290), (306, 346), (302, 412),
)  # fmt: skip
_CREW = _even(
    (500, 178), (580, 216), (616, 300), (614, 408), (600, 404), (590, 330), (560, 274), (500, 256),
)  # fmt: skip
_QUIFF = _shape(
    (286, 414), (282, 318), (306, 232), (352, 158), (450, 128), (566, 142), (622, 210), (622, 320), (614, 414),
    (600, 408), (590, 330), (560, 268), (480, 262), (400, 276), (340, 266), (312, 330), (300, 408),
)  # fmt: skip
_RECEDING = _both(
    _shape((284, 424), (282, 330), (318, 258), (346, 268), (318, 330), (304, 424)),
    _shape((616, 424), (618, 330), (582, 258), (554, 268), (582, 330), (596, 424)),
)
_TOUSLED = _shape(
    (272, 450), (258, 330), (300, 214), (380, 152), (470, 144), (566, 176), (630, 270), (636, 370), (626, 450),
    (606, 440), (598, 360), (574, 312), (526, 336), (470, 292), (424, 330), (380, 290), (338, 338), (306, 372),
    (296, 440),
)  # fmt: skip
_CURLY_TOP = _both(
    _CREW,
    _curls(
        (0, 190, 60),
        (64, 196, 58),
        (120, 232, 52),
        (150, 288, 42),
        (160, 344, 30),
        (40, 250, 40),
        (96, 264, 34),
    ),
)

_FRINGE = _shape(
    (276, 470), (262, 330), (310, 204), (450, 154), (590, 204), (638, 330), (624, 470), (602, 452), (596, 356),
    (560, 350), (500, 362), (430, 362), (350, 350), (304, 356), (298, 452),
)  # fmt: skip
_CENTRE_PART = _both(
    _shape(
        (452, 158),
        (340, 176),
        (270, 280),
        (262, 430),
        (276, 560),
        (300, 540),
        (306, 420),
        (340, 320),
        (420, 250),
    ),
    _shape(
        (448, 158),
        (560, 176),
        (630, 280),
        (638, 430),
        (624, 560),
        (600, 540),
        (594, 420),
        (560, 320),
        (480, 250),
    ),
)
_SWEPT = _shape(
    (272, 520), (260, 360), (300, 220), (400, 158), (520, 160), (604, 222), (640, 350), (630, 520), (608, 500),
    (598, 390), (540, 330), (440, 280), (362, 232), (322, 300), (300, 400), (292, 500),
)  # fmt: skip
_TIED = _even(
    (510, 168), (592, 222), (622, 320), (614, 420), (600, 412), (586, 330), (540, 268), (490, 250),
)  # fmt: skip

_LONG = _shaded((540, 170), (640, 290), (660, 470), (668, 640), (650, 800), (560, 850), (500, 860))
_SHOULDER = _shaded((540, 170), (640, 290), (650, 450), (672, 590), (632, 690), (540, 716), (490, 720))
_BOB = _shaded((540, 170), (636, 290), (648, 430), (650, 560), (600, 610), (520, 612))
_WAVES = _shaded((540, 166), (650, 270), (640, 380), (682, 470), (656, 570), (692, 660), (650, 760), (540, 790))
_CLOUD = _curls(
    (0, 190, 90), (90, 210, 90), (160, 280, 88), (196, 370, 84), (200, 460, 80), (176, 546, 74), (130, 610, 60),
)  # fmt: skip
_BUN = _both(
    lambda canvas, hair: canvas.oval(AXIS, 148, 74, 66, darker(hair, 0.12)),
    _shaded((520, 200), (590, 280), (592, 400), (520, 500)),
)
_TAIL = _shape((590, 250), (690, 300), (716, 440), (700, 600), (730, 720), (660, 690), (622, 560), (600, 400))

MEN_HAIR = (
    Hair(_SIDE_PART), Hair(_SIDE_PART), Hair(_CREW), Hair(_CREW), Hair(_QUIFF), Hair(_QUIFF), Hair(_RECEDING),
    Hair(_TOUSLED), Hair(_CURLY_TOP),
)  # fmt: skip
WOMEN_HAIR = (
    *(Hair(front, behind, ears=False) for front in (_CENTRE_PART, _SWEPT) for behind in (_LONG, _SHOULDER, _WAVES)),
    *(Hair(front, behind, ears=False) for front in (_FRINGE, _SWEPT) for behind in (_BOB, _LONG)),
    Hair(_TIED, _BUN), Hair(_TIED, _TAIL), Hair(_SWEPT, _TAIL, ears=False),
    Hair(_CURLY_TOP, _CLOUD, ears=False), Hair(_TOUSLED),
)  # fmt: skip
