"""The banner of an office: a row of wooden houses by the fjord, 1600 by 600."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from app.demo.drawing.canvas import Canvas, Colour, colour, darker, mixed

WIDTH, HEIGHT = 1600, 600
QUAY = 470
WHITE = colour("#ffffff")
SKIES = (("#cfe3f2", "#f4ead9"), ("#dcd8f0", "#f7e0d4"), ("#c4e2e6", "#eef3e2"), ("#f3d9c4", "#f8eee2"))
WALLS = ("#a8443c", "#d9a441", "#f1ece2", "#4d6b7d", "#7a8f69", "#c4703f", "#8f3a3a", "#e3c9a6")
ROOF, GLASS, SEA, ROCK = colour("#4a4a52"), colour("#dcebf2"), colour("#5f8ca3"), colour("#7d95a3")


@lru_cache(maxsize=256)
def banner(key: str) -> bytes:
    """JPEG for the department with this id; always the same."""
    rng = Random(f"banner {key}")
    top, bottom = rng.choice(SKIES)
    canvas = Canvas(WIDTH, HEIGHT, colour(top), colour(bottom))
    canvas.oval(rng.uniform(200, 1400), rng.uniform(90, 180), 52, 52, mixed(colour(bottom), WHITE, 0.6))
    for layer in range(3):
        _mountains(canvas, rng, 400 - 45 * (2 - layer), mixed(colour(bottom), ROCK, 0.35 + 0.25 * layer))
    canvas.box(0, QUAY - 40, WIDTH, HEIGHT, SEA)
    _houses(canvas, rng)
    canvas.box(0, QUAY, WIDTH, QUAY + 26, darker(ROCK, 0.35))
    for _ in range(26):
        x, y = rng.uniform(0, WIDTH), rng.uniform(QUAY + 44, HEIGHT)
        canvas.stroke([(x, y), (x + rng.uniform(30, 90), y)], 4, mixed(SEA, WHITE, 0.25))
    return canvas.jpeg()


def _mountains(canvas: Canvas, rng: Random, height: float, rock: Colour) -> None:
    ridge = [(x, height - rng.uniform(20, 190)) for x in range(-120, WIDTH + 240, 170)]
    canvas.blob([(-200, HEIGHT), *ridge, (WIDTH + 200, HEIGHT)], rock)


def _houses(canvas: Canvas, rng: Random) -> None:
    left = rng.uniform(-40, 20)
    while left < WIDTH:
        width, height = rng.choice((130, 150, 170, 190)), rng.choice((150, 180, 210, 240))
        _house(canvas, rng, left, width, height)
        left += width + rng.choice((0, 6, 6, 34))


def _house(canvas: Canvas, rng: Random, left: float, width: float, height: float) -> None:
    wall, top, right = colour(rng.choice(WALLS)), QUAY - height, left + width
    gable = [(left, top), (left + width / 2, top - width * 0.42), (right, top)]
    canvas.polygon([*gable, (right, QUAY), (left, QUAY)], wall)
    for y in range(int(top) + 12, QUAY, 14):  # the boards of the wall
        canvas.stroke([(left + 2, y), (right - 2, y)], 1.5, darker(wall, 0.08))
    canvas.polygon([(x, y + drop) for drop, row in ((0, gable), (16, gable[::-1])) for x, y in row], ROOF)
    columns = 2 if width < 160 else 3
    for floor in range(int(top) + 26, QUAY - 95, 62):
        for column in range(columns):
            _window(canvas, left + width * (column + 0.5) / columns, floor)
    canvas.box(left + width / 2 - 17, QUAY - 54, left + width / 2 + 17, QUAY, darker(wall, 0.4), 3)


def _window(canvas: Canvas, x: float, y: float) -> None:
    canvas.box(x - 17, y - 4, x + 17, y + 40, WHITE, 2)
    canvas.box(x - 13, y, x + 13, y + 36, GLASS)
    canvas.box(x - 1.5, y, x + 1.5, y + 36, WHITE)
    canvas.box(x - 13, y + 16, x + 13, y + 19, WHITE)
