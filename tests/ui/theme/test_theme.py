"""The theme in force: chosen or followed, switched live, with icons that follow."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.places import resource
from app.settings import Theme as ThemeSetting
from ui.theme import (
    Icon,
    Ink,
    ThemeChoice,
    Tone,
    app_icon,
    apply_theme,
    current,
    icon,
    icon_pixmap,
    initials,
    theme,
    tokens,
)
from ui.theme.painting import avatar_colour
from ui.theme.tokens import DARK, HIGH_CONTRAST, LIGHT


@pytest.fixture(autouse=True)
def light_again(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, ThemeChoice.LIGHT)


def colours_in(image: QImage) -> set[str]:
    """The colours of the fully opaque pixels."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [(ThemeChoice.LIGHT, LIGHT), (ThemeChoice.DARK, DARK), (ThemeChoice.HIGH_CONTRAST, HIGH_CONTRAST)],
)
def test_a_choice_sets_tokens_palette_and_style_sheet(
    qapp: QApplication, choice: ThemeChoice, expected: object
) -> None:
    apply_theme(qapp, choice)
    assert tokens() is expected
    assert qapp.palette().window().color() == QColor(tokens().surface)
    assert tokens().accent in qapp.styleSheet()


def test_system_follows_the_desktop_live(qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    apply_theme(qapp, ThemeChoice.SYSTEM)
    for asked in (DARK, HIGH_CONTRAST, LIGHT):  # no desktop is there to ask; its answer is set, its signal is Qt's own
        monkeypatch.setattr(current, "_desktop_tokens", lambda asked=asked: asked)
        with qtbot.waitSignal(theme.changed):
            qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
        assert tokens() is asked


def test_a_fixed_choice_does_not_follow_the_desktop(qapp: QApplication) -> None:
    apply_theme(qapp, ThemeChoice.LIGHT)
    qapp.styleHints().setColorScheme(Qt.ColorScheme.Dark)
    assert tokens() is LIGHT


def test_the_setting_and_the_choice_have_the_same_values(qapp: QApplication) -> None:
    assert {each.value for each in ThemeSetting} == {each.value for each in ThemeChoice}
    apply_theme(qapp, ThemeSetting.DARK)
    assert tokens() is DARK


def test_an_icon_follows_a_switch_of_theme_by_itself(qapp: QApplication) -> None:
    same = icon(Icon.CHECK, Ink.TEXT)
    assert LIGHT.text in colours_in(same.pixmap(32, 32).toImage())
    apply_theme(qapp, ThemeChoice.DARK)
    assert DARK.text in colours_in(same.pixmap(32, 32).toImage())


def test_an_icon_is_grey_while_its_button_is_disabled() -> None:
    assert tokens().disabled in colours_in(icon(Icon.CHECK).pixmap(32, 32, QIcon.Mode.Disabled).toImage())


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_an_icon_is_drawn_at_the_scale_of_the_screen(ratio: float) -> None:
    pixmap = icon(Icon.REFRESH).pixmap(QSize(16, 16), ratio)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (round(16 * ratio), ratio)


@pytest.mark.parametrize("name", list(Icon))
def test_every_icon_has_a_drawing(name: Icon) -> None:
    assert colours_in(icon_pixmap(name, 48, 1.0, "#ff0000").toImage()) == {"#ff0000"}


def test_no_drawing_lies_about_unused_and_the_licence_lies_beside() -> None:
    drawings = {file.stem for file in resource("icons").glob("*.svg")}
    assert drawings == {each.value for each in Icon} | {"muster"}
    assert "ISC License" in resource("icons", "LICENSE-lucide.txt").read_text(encoding="utf-8")


def test_the_program_has_an_icon_of_its_own(qapp: QApplication) -> None:
    assert not app_icon().pixmap(64, 64).isNull()


def test_a_button_outlives_the_collector_with_its_icon(qtbot: QtBot) -> None:
    button = QPushButton(icon(Icon.PLUS, Tone.DANGER), "Add")
    qtbot.addWidget(button)
    button.setIconSize(QSize(64, 64))
    gc.collect()
    assert tokens().danger.ink in colours_in(button.grab().toImage())


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Åse Marie Kristiansen", "ÅK"),
        ("Ola", "O"),
        ("øyvind (vikar)", "Ø"),
        ("", "?"),
        ("— –", "?"),
        ("7 Eleven", "7E"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_the_colour_of_a_name_is_the_same_on_every_machine() -> None:
    assert avatar_colour("Ingrid Ionescu") == avatar_colour("Ingrid Ionescu")
    assert len({avatar_colour(f"Person {n}") for n in range(50)}) > 4
