"""The colours: readable, complete, and the same set in every theme."""

from __future__ import annotations

import pytest

from ui.theme import Tone, contrast
from ui.theme.painting import AVATAR_COLOURS
from ui.theme.tokens import DARK, HIGH_CONTRAST, LIGHT, Ink, Tokens

READABLE = 4.5
THEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK, HIGH_CONTRAST], ids=lambda each: each.name)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@THEMES
def test_every_word_is_readable_on_its_ground(tokens: Tokens) -> None:
    faint = {name: round(contrast(pair.ink, pair.ground), 2) for name, pair in tokens.readable_pairs().items()}
    assert {name: ratio for name, ratio in faint.items() if ratio < READABLE} == {}


def test_high_contrast_is_higher_than_required() -> None:
    assert min(contrast(pair.ink, pair.ground) for pair in HIGH_CONTRAST.readable_pairs().values()) >= 7


@THEMES
def test_the_focus_ring_stands_out_from_what_is_around_it(tokens: Tokens) -> None:
    for ground in (tokens.surface, tokens.window, tokens.field, tokens.selection):
        assert contrast(tokens.accent, ground) >= 3  # WCAG 2.2, 1.4.11


@THEMES
def test_every_tone_and_ink_has_a_colour(tokens: Tokens) -> None:
    assert {tokens.ink(tone) for tone in Tone} == {tokens.tone(tone).ink for tone in Tone}
    assert tokens.ink(Ink.MUTED) == tokens.muted


def test_initials_are_readable_on_every_avatar() -> None:
    assert min(contrast("#ffffff", colour) for colour in AVATAR_COLOURS) >= READABLE
