"""What a drawn person looks like, chosen from a key: the same key gives the same face."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from app.demo.drawing.canvas import Colour, colour
from app.demo.drawing.clothes import MEN_CLOTHES, WOMEN_CLOTHES, Clothes
from app.demo.drawing.hair import MEN_HAIR, WOMEN_HAIR, Hair
from app.demo.names import DOUBLE_WOMEN, WOMEN

PALE, DARK = 0, 1
SKINS = (
    ("#f6d3bd", PALE, 30),
    ("#f0c4a8", PALE, 30),
    ("#e8b896", PALE, 16),
    ("#d39d78", DARK, 9),
    ("#b07a55", DARK, 8),
    ("#8a5a3c", DARK, 7),
)
"""Colour, kind of hair that goes with it, how common."""

HAIRS = (
    (
        ("#e6c178", 20),
        ("#c99a55", 22),
        ("#9a6a3c", 20),
        ("#6b4529", 18),
        ("#b8582e", 7),
        ("#a9a6a3", 9),
        ("#3a2a22", 8),
    ),
    (("#2a2021", 60), ("#43302a", 30), ("#7d7877", 8)),
)
GROUNDS = (
    ("#dfe9f3", "#b9cee2"),
    ("#e6efe4", "#bcd5bd"),
    ("#f6e7d8", "#e6c7a5"),
    ("#f3e1e1", "#e0b6b5"),
    ("#e8e4f3", "#c5bde2"),
    ("#ddeeee", "#a9d0d1"),
    ("#f5efd6", "#e2d296"),
)
FABRICS = (
    "#2f4463",
    "#3d6b73",
    "#7a3b4a",
    "#4b5a3f",
    "#8a6d3b",
    "#5b5470",
    "#39424e",
    "#b5654a",
    "#2d5c88",
    "#a85f78",
)


@dataclass(frozen=True)
class Look:
    """All that distinguishes one face from another; `woman` only leads to other shares of hair and clothes."""

    woman: bool
    skin: Colour
    hair: Colour
    ground: tuple[Colour, Colour]
    fabric: Colour
    style: Hair
    clothes: Clothes
    beard: bool
    glasses: bool
    open_smile: bool
    jaw: float
    """How wide the lower face is, about 1."""


def look_of(key: str, name: str) -> Look:
    """The look of the person with this id and name."""
    rng = Random(f"face {key}")
    first = name.split()[0].split("-")[0] if name.split() else ""
    woman = first in WOMEN or first in DOUBLE_WOMEN[0]
    skin, kind, _share = rng.choices(SKINS, [share for *_rest, share in SKINS])[0]
    hairs = HAIRS[kind]
    top, bottom = rng.choice(GROUNDS)
    return Look(
        woman=woman,
        skin=colour(skin),
        hair=colour(rng.choices([code for code, _ in hairs], [share for _, share in hairs])[0]),
        ground=(colour(top), colour(bottom)),
        fabric=colour(rng.choice(FABRICS)),
        style=rng.choice(WOMEN_HAIR if woman else MEN_HAIR),
        clothes=rng.choice(WOMEN_CLOTHES if woman else MEN_CLOTHES),
        beard=not woman and rng.random() < 0.3,
        glasses=rng.random() < 0.22,
        open_smile=rng.random() < 0.45,
        jaw=rng.uniform(0.93, 1.0) if woman else rng.uniform(0.98, 1.06),
    )
