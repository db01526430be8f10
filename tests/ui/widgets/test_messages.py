"""Banners stay until dealt with; toasts go by themselves and never take the focus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QAccessible, QEnterEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from tests.support.window import click, part, words
from ui.theme import Tone
from ui.widgets import Action, BannerArea, Toast, toast


@pytest.fixture
def area(qtbot: QtBot) -> BannerArea:
    made = BannerArea()
    qtbot.addWidget(made)
    return made


def test_no_banner_takes_no_room(area: BannerArea) -> None:
    assert area.isHidden()
    area.show_banner("vitec", Tone.DANGER, "Unauthorized.")
    assert not area.isHidden()
    area.clear("vitec")
    assert area.isHidden()


def test_the_same_key_replaces_and_another_adds(area: BannerArea) -> None:
    area.show_banner("vitec", Tone.DANGER, "Timed out.", "Try again.")
    area.show_banner("run", Tone.WARNING, "Interrupted.")
    area.show_banner("vitec", Tone.DANGER, "Unauthorized.", "Enter a new key.")
    area.show()
    assert area.keys() == ["run", "vitec"]
    shown = words(area)
    assert "Unauthorized.\nEnter a new key." in shown
    assert "Timed out." not in shown


def test_a_banner_is_named_and_described_for_assistive_tools(area: BannerArea) -> None:
    area.show_banner("vitec", Tone.DANGER, "Unauthorized.", "Enter a new key.")
    banner = area.banner("vitec")
    assert banner is not None
    assert (banner.accessibleName(), banner.accessibleDescription()) == ("Unauthorized.", "Enter a new key.")


def test_its_buttons_act_and_dismiss_takes_it_away(area: BannerArea) -> None:
    done: list[str] = []
    area.show_banner("vitec", Tone.DANGER, "Unauthorized.", "", [Action("Retry", lambda: done.append("retried"))])
    banner = area.banner("vitec")
    assert banner is not None
    buttons = {button.text() or button.accessibleName(): button for button in banner.findChildren(QAbstractButton)}
    buttons["Retry"].click()
    assert done == ["retried"]
    buttons["Dismiss"].click()
    assert area.keys() == []


def test_text_from_outside_is_never_taken_for_markup(area: BannerArea) -> None:
    area.show_banner("vitec", Tone.DANGER, "<b>bold</b> &amp;")
    area.show()
    assert "<b>bold</b> &amp;" in words(area)


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    field = QLineEdit()
    field.setObjectName("field")
    made.setCentralWidget(field)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toast, "SHORTEST_MS", 30)


def test_a_toast_stands_in_the_corner_and_follows_it(window: QMainWindow) -> None:
    shown = Toast.show_in(window, "Updated 5 of 5 offices")
    assert shown.geometry().right() == window.width() - 17
    window.resize(1100, 700)
    assert window.rect().contains(shown.geometry())
    assert shown.geometry().right() == window.width() - 17


def test_toasts_stack_without_covering_each_other(window: QMainWindow) -> None:
    first, second = Toast.show_in(window, "One"), Toast.show_in(window, "Two, which is somewhat longer")
    assert not first.geometry().intersects(second.geometry())
    assert first.y() < second.y()


def test_a_toast_leaves_the_focus_where_it_is(window: QMainWindow, qtbot: QtBot) -> None:
    field = part(window, QLineEdit, "field")
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    Toast.show_in(window, "Updated 5 of 5 offices")
    assert field.hasFocus()


def test_a_toast_can_offer_to_take_something_back(window: QMainWindow, qtbot: QtBot) -> None:
    undone: list[str] = []
    undo = Action("Undo", lambda: undone.append("once"), object_name="toast.undo")
    shown = Toast.show_in(window, "Marked 3 customers as pulled.", action=undo)
    assert shown.height() <= 64
    with qtbot.waitSignal(shown.destroyed):
        click(shown, "toast.undo")
    assert undone == ["once"]


def test_a_toast_stays_six_seconds_at_least() -> None:
    assert toast.SHORTEST_MS >= 6_000


def test_a_toast_goes_by_itself(window: QMainWindow, qtbot: QtBot, quick: None) -> None:
    shown = Toast.show_in(window, "Updated 5 of 5 offices", for_ms=0)
    with qtbot.waitSignal(shown.destroyed):
        pass
    assert window.findChildren(Toast) == []


def test_the_mouse_over_a_toast_stops_its_clock(window: QMainWindow, qtbot: QtBot, quick: None) -> None:
    shown = Toast.show_in(window, "Updated 5 of 5 offices", for_ms=0)
    shown.enterEvent(QEnterEvent(QPoint(), QPoint(), QPoint()))
    qtbot.wait(400)
    assert shown.isVisible()
    with qtbot.waitSignal(shown.destroyed):
        shown.leaveEvent(QEvent(QEvent.Type.Leave))


def test_a_long_text_wraps_inside_the_window(window: QMainWindow) -> None:
    shown = Toast.show_in(window, "Nothing was lost: what is confirmed is not done again. " * 4)
    assert shown.width() <= 500
    assert window.rect().contains(shown.geometry())


@pytest.fixture
def listening() -> Iterator[None]:
    """An assistive tool listens."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def test_messages_are_announced_to_a_listening_tool(
    window: QMainWindow, area: BannerArea, listening: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, object]] = []
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: said.append((event.message(), event.politeness()))
    )
    Toast.show_in(window, "Updated 5 of 5 offices")
    area.show_banner("vitec", Tone.DANGER, "Unauthorized.", "Enter a new key.")
    politeness = QAccessible.AnnouncementPoliteness
    assert ("Updated 5 of 5 offices", politeness.Polite) in said
    assert ("Unauthorized. Enter a new key.", politeness.Assertive) in said
