"""Asking without blocking the loop."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.support.window import click, eventually, open_dialog
from ui.widgets import ConfirmDialog, confirm


@pytest.fixture
def page(qapp: QApplication) -> QWidget:
    made = QWidget()
    made.show()
    return made


async def test_the_action_is_a_yes_and_other_tasks_go_on_meanwhile(page: QWidget) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.005)

    async with asyncio.TaskGroup() as group:
        ticking = group.create_task(tick())
        asked = group.create_task(confirm(page, "Deactivate people", "They stay.", "Deactivate 14 people", danger=True))
        dialog = await open_dialog(ConfirmDialog)
        before = ticks
        await eventually(lambda: ticks > before + 3)
        click(dialog, "confirm.action")
        assert await asked
        ticking.cancel()


async def test_cancel_and_escape_are_a_no(page: QWidget) -> None:
    async with asyncio.TaskGroup() as group:
        for leave in ("click", "escape"):
            asked = group.create_task(confirm(page, "Deactivate", "They stay.", "Deactivate 14 people"))
            dialog = await open_dialog(ConfirmDialog)
            if leave == "click":
                click(dialog, "confirm.cancel")
            else:
                QTest.keyClick(dialog, Qt.Key.Key_Escape)
            assert not await asked
            await eventually(lambda: not _open())


async def test_cancelling_the_caller_closes_the_dialog(page: QWidget) -> None:
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(confirm(page, "Deactivate", "They stay.", "Deactivate 14 people"))
        await open_dialog(ConfirmDialog)
        asked.cancel()
        await eventually(lambda: not _open())


def test_enter_presses_cancel_where_the_action_is_dangerous(page: QWidget) -> None:
    for danger in (True, False):
        dialog = ConfirmDialog(page, "Deactivate", "They stay.", "Deactivate 14 people", danger=danger)
        assert dialog.cancel.isDefault() is danger
        assert dialog.action.isDefault() is not danger
        assert dialog.action.text() == "Deactivate 14 people"


def _open() -> list[QWidget]:
    return [
        widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ConfirmDialog) and widget.isVisible()
    ]
