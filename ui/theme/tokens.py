"""The design tokens: every colour and measure that the window uses, in light, dark and high contrast.

One accent, neutral greys, four status colours. Widgets and delegates name a role (`Ink.MUTED`, `Tone.DANGER`),
never a colour. Pairs that carry text keep a contrast of 4.5:1 or more (WCAG 2.2, 1.4.3); a test computes it.
This file must not know widgets: it is plain data.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GRID = 4
"""All distances are multiples of this many pixels."""
RADIUS = 6
"""Corners of buttons, fields and cards, in pixels."""
ROW_HEIGHT = 28
"""Height of a table row at the usual font size, in pixels."""
CONTROL_HEIGHT = 32
"""Height of buttons and fields, in pixels."""


class ThemeChoice(StrEnum):
    """What the user chose; `SYSTEM` follows the desktop, its wish for high contrast included."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high_contrast"


class Tone(StrEnum):
    """The meaning of a status; always shown with a word and an icon, never by colour alone."""

    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"
    NEUTRAL = "neutral"
    INFO = "info"


class Ink(StrEnum):
    """What a text or icon is drawn with, apart from the status tones."""

    TEXT = "text"
    MUTED = "muted"
    ACCENT = "accent"
    ON_ACCENT = "on_accent"


@dataclass(frozen=True, slots=True)
class Pair:
    """A text colour on the background it is meant for."""

    ink: str
    ground: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """One complete set of colours, as `#rrggbb`."""

    name: str
    dark: bool
    window: str  # tab strip, table header, status bar
    surface: str  # pages, tables, dialogs
    field: str  # inside of text fields
    sunken: str  # below the last row of a table
    hover: str
    line: str  # hairlines between rows and areas
    outline: str  # border of buttons and fields
    text: str
    muted: str
    disabled: str
    accent: str  # links, progress, focus, primary button
    accent_hover: str
    on_accent: str
    selection: str  # ground of selected rows, text keeps its colour
    selection_idle: str  # the same while the table has no focus
    success: Pair
    warning: Pair
    danger: Pair
    neutral: Pair
    info: Pair
    tooltip: Pair
    series: tuple[str, ...]  # lines and areas of charts, 3:1 or more on the surface; never told apart by colour alone
    focus_width: int = 2  # pixels

    def tone(self, tone: Tone) -> Pair:
        """The colours of one status."""
        pair = getattr(self, tone.value)
        assert isinstance(pair, Pair)
        return pair

    def ink(self, ink: Ink | Tone) -> str:
        """The colour to draw a text or icon with."""
        if isinstance(ink, Tone):
            return self.tone(ink).ink
        return str(getattr(self, ink.value))

    def readable_pairs(self) -> dict[str, Pair]:
        """Every combination in which words are shown, by name, for the contrast test."""
        grounds = {
            "window": self.window,
            "surface": self.surface,
            "field": self.field,
            "hover": self.hover,
            "sunken": self.sunken,
            "selection": self.selection,
            "selection_idle": self.selection_idle,
        }
        inks = {"text": self.text, "muted": self.muted}
        pairs = {f"{ink} on {ground}": Pair(inks[ink], grounds[ground]) for ink in inks for ground in grounds}
        pairs |= {
            f"accent on {ground}": Pair(self.accent, grounds[ground])
            for ground in ("surface", "hover", "selection", "selection_idle")
        }
        pairs |= {tone.value: self.tone(tone) for tone in Tone}
        pairs |= {
            f"{tone.value} on {ground}": Pair(self.tone(tone).ink, grounds[ground])
            for tone in Tone
            for ground in ("surface", "selection")
        }
        pairs["button"] = Pair(self.on_accent, self.accent)
        pairs["button hover"] = Pair(self.on_accent, self.accent_hover)
        return pairs | {"tooltip": self.tooltip}


def contrast(first: str, second: str) -> float:
    """Contrast of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


LIGHT = Tokens(
    name="light",
    dark=False,
    window="#f2f3f5",
    surface="#ffffff",
    field="#ffffff",
    sunken="#f7f8f9",
    hover="#f5f6f8",
    line="#e6e8ec",
    outline="#cfd3da",
    text="#1b1e25",
    muted="#59616e",
    disabled="#a2a8b3",
    accent="#2160c4",
    accent_hover="#1a52ab",
    on_accent="#ffffff",
    selection="#e1eafb",
    selection_idle="#ebeef3",
    success=Pair("#17663f", "#e1f3e8"),
    warning=Pair("#7a4b00", "#fcefcf"),
    danger=Pair("#ad2118", "#fce6e4"),
    neutral=Pair("#4f5763", "#eceef2"),
    info=Pair("#1a52ab", "#e4edfc"),
    tooltip=Pair("#ffffff", "#2a2f39"),
    series=("#2160c4", "#17663f", "#ad2118", "#8a5a00", "#7a3f9c", "#14717f", "#a3376b", "#59616e"),
)

DARK = Tokens(
    name="dark",
    dark=True,
    window="#242830",
    surface="#1c1f25",
    field="#16191e",
    sunken="#17191e",
    hover="#242932",
    line="#2d323b",
    outline="#434a56",
    text="#e7e9ee",
    muted="#a3abb8",
    disabled="#636b78",
    accent="#85adfb",
    accent_hover="#9cbdfc",
    on_accent="#0d1c3a",
    selection="#26395e",
    selection_idle="#2b313b",
    success=Pair("#74d6a0", "#1a3627"),
    warning=Pair("#ebbc5f", "#3b2f15"),
    danger=Pair("#f79a92", "#472220"),
    neutral=Pair("#b3bbc7", "#2f353f"),
    info=Pair("#9cbdfc", "#22345a"),
    tooltip=Pair("#1b1e25", "#e7e9ee"),
    series=("#85adfb", "#74d6a0", "#f79a92", "#ebbc5f", "#cda4f4", "#6fd0e0", "#f59ac4", "#a3abb8"),
)

HIGH_CONTRAST = Tokens(
    name="high contrast",
    dark=True,
    window="#000000",
    surface="#000000",
    field="#000000",
    sunken="#000000",
    hover="#1f1f1f",
    line="#8c8c8c",
    outline="#ffffff",
    text="#ffffff",
    muted="#e6e6e6",
    disabled="#9a9a9a",
    accent="#ffd84a",
    accent_hover="#ffe580",
    on_accent="#000000",
    selection="#0f2d70",
    selection_idle="#333333",
    success=Pair("#8dffb5", "#002c13"),
    warning=Pair("#ffd84a", "#332700"),
    danger=Pair("#ffb3ad", "#3d0500"),
    neutral=Pair("#ffffff", "#2b2b2b"),
    info=Pair("#b7d3ff", "#001f52"),
    tooltip=Pair("#000000", "#ffffff"),
    series=("#b7d3ff", "#8dffb5", "#ffb3ad", "#ffd84a", "#e2b8ff", "#7fefff", "#ffa6dc", "#ffffff"),
    focus_width=3,
)
