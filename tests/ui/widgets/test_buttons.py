"""Buttons say what they do, and a disabled one says why."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMenu
from pytestqt.qtbot import QtBot

from ui.theme import Icon, tokens
from ui.widgets import Action, Button, IconButton, Look, MenuButton


def test_a_refused_button_carries_its_reason_and_comes_back_the_same(qtbot: QtBot) -> None:
    sync = Button("Sync offices", look=Look.PRIMARY, icon=Icon.REFRESH, object_name="offices.sync")
    qtbot.addWidget(sync)
    sync.set_tip("F5")
    sync.refuse("Add a Vitec connection first.")
    assert not sync.isEnabled()
    assert sync.toolTip() == sync.accessibleDescription() == "Add a Vitec connection first."
    sync.allow()
    assert sync.isEnabled()
    assert (sync.text(), sync.toolTip(), sync.accessibleDescription()) == ("Sync offices", "F5", "")


def test_the_reason_outlives_a_new_tip(qtbot: QtBot) -> None:
    sync = Button("Sync offices")
    qtbot.addWidget(sync)
    sync.refuse("It is running.")
    sync.set_tip("F5")
    assert sync.toolTip() == "It is running."


def test_an_action_becomes_a_button(qtbot: QtBot) -> None:
    done: list[str] = []
    button = Button.of(Action("Retry", lambda: done.append("retried"), icon=Icon.REFRESH, object_name="banner.retry"))
    qtbot.addWidget(button)
    button.click()
    assert done == ["retried"]
    assert (button.text(), button.objectName(), button.icon().isNull()) == ("Retry", "banner.retry", False)


def test_a_primary_button_is_painted_in_the_accent(qtbot: QtBot) -> None:
    button = Button("Sync", look=Look.PRIMARY)
    qtbot.addWidget(button)
    button.resize(120, 32)
    assert button.grab().toImage().pixelColor(8, 16) == QColor(tokens().accent)


def test_an_icon_alone_has_a_name(qtbot: QtBot) -> None:
    button = IconButton(Icon.COLUMNS, "Choose columns")
    qtbot.addWidget(button)
    assert button.accessibleName() == button.toolTip() == "Choose columns"


def test_the_three_dots_have_a_name_and_a_menu(qtbot: QtBot) -> None:
    menu = QMenu()
    more = MenuButton("", menu, name="More actions")
    qtbot.addWidget(more)
    qtbot.addWidget(menu)
    assert more.accessibleName() == "More actions"
    assert more.menu() is menu


def test_a_button_does_not_jump_when_it_gets_the_focus(qtbot: QtBot) -> None:
    button = Button("Preview", icon=Icon.EYE)
    qtbot.addWidget(button)
    button.show()
    button.clearFocus()
    before = button.sizeHint()
    button.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    assert button.sizeHint() == before


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_presses_the_button_the_keyboard_is_on_and_not_the_default_one(qtbot: QtBot, key: Qt.Key) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    pressed: list[str] = []
    row = QHBoxLayout(dialog)
    for text in ("Cancel", "Save"):
        button = Button.of(Action(text, partial(pressed.append, text)))
        button.setAutoDefault(False)
        button.setDefault(text == "Save")
        row.addWidget(button)
    dialog.show()
    cancel = dialog.findChildren(Button)[0]
    cancel.setFocus()
    QTest.keyClick(cancel, key)
    assert pressed == ["Cancel"]


def test_enter_with_ctrl_is_somebody_elses(qtbot: QtBot) -> None:
    pressed: list[str] = []
    button = Button.of(Action("Save", lambda: pressed.append("saved")))
    qtbot.addWidget(button)
    QTest.keyClick(button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == []
