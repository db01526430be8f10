"""The first start: three ways to begin, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.access import Role
from tests.support.window import click, eventually, part
from ui.desk import Desk
from ui.pages.start import Card, StartPage

CHOICES = ("demo", "add", "import")


async def open_start(desk: Desk) -> tuple[StartPage, list[str]]:
    """The page, and what is chosen on it."""
    page, chosen = StartPage(desk), list[str]()
    for name, signal in zip(CHOICES, (page.demo_chosen, page.add_chosen, page.import_chosen), strict=True):
        signal.connect(lambda name=name: chosen.append(name))
    page.resize(1024, 600)
    page.show()
    page.activateWindow()
    await eventually(lambda: QApplication.focusWidget() is page.demo)
    return page, chosen


def cards(page: StartPage) -> list[QWidget]:
    return [part(page, Card, f"start.{name}") for name in CHOICES]


@pytest.mark.parametrize("name", CHOICES)
async def test_a_click_chooses(desk: Desk, name: str) -> None:
    page, chosen = await open_start(desk)
    click(page, f"start.{name}")
    assert chosen == [name]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
async def test_the_keyboard_begins_at_the_first_and_reaches_all(desk: Desk, key: Qt.Key) -> None:
    page, chosen = await open_start(desk)
    for step in (Qt.Key.Key_Tab, Qt.Key.Key_Right, None):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)
        if step is not None:
            QTest.keyClick(focused, step)
    assert chosen == list(CHOICES)
    QTest.keyClick(part(page, Card, "start.import"), Qt.Key.Key_Left)
    assert QApplication.focusWidget() is page.add


async def test_each_card_is_read_aloud_as_title_and_sentence(desk: Desk) -> None:
    page, _chosen = await open_start(desk)
    said = [(card.accessibleName(), card.accessibleDescription()) for card in cards(page)]
    assert said[0][0] == "Explore with demo data"
    assert all(sentence.endswith(".") for _title, sentence in said)


async def test_all_cards_fit_into_the_smallest_window(desk: Desk) -> None:
    page, _chosen = await open_start(desk)
    for card in cards(page):
        assert page.rect().contains(card.geometry())
        assert card.width() >= 280


async def test_a_role_that_may_not_add_is_told_so_and_can_still_explore(desk: Desk) -> None:
    desk.workspace.settings_file.change(role=Role.VIEWER)
    page, chosen = await open_start(desk)
    for name in ("add", "import"):
        assert not part(page, Card, f"start.{name}").isEnabled()
        assert "integrations.admin" in part(page, Card, f"start.{name}").toolTip()
    click(page, "start.demo")
    assert chosen == ["demo"]
