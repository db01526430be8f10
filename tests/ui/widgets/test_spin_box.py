"""What a spin box says stands as far from its edge as the text of the fields around it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QAbstractSpinBox, QDialog, QWidget
from pytestqt.qtbot import QtBot

from ui.desk import Desk
from ui.dialogs.retention import RetentionDialog
from ui.dialogs.settings import SettingsDialog
from ui.dialogs.webhook_resend import ResendDialog


@pytest.mark.parametrize("make", [RetentionDialog, SettingsDialog, ResendDialog])
async def test_it_has_room_at_its_left(make: Callable[[QWidget, Desk], QDialog], desk: Desk, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    boxes = make(parent, desk).findChildren(QAbstractSpinBox)
    assert boxes
    assert {box.lineEdit().textMargins().left() > 0 for box in boxes} == {True}
