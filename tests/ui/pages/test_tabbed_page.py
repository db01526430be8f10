"""A page of several views behind inner tabs, as a person walks it by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from tests.support.window import eventually
from ui.desk import Desk
from ui.pages.activity import ActivityPage
from ui.pages.tabbed_page import TabbedPage
from ui.pages.webhooks import WebhooksPage
from ui.widgets.inner_tabs import InnerTabs, TabKeys

TITLES = {"first": "First", "second": "Second", "third": "Third"}
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Shelf(TabbedPage):
    """Three views that are a line to type in each; it notes which were made, and what was asked of them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "shelf", TITLES, spoken="Views of the shelf")
        self.made: list[str] = []
        self.open_last()

    def make_view(self, name: str) -> QWidget:
        self.made.append(name)
        return Line(name)


class Line(QLineEdit):
    """A view that notes what the window asks of it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.asked: list[str] = []

    def refresh(self) -> None:
        self.asked.append("refresh")

    def sync(self) -> None:
        self.asked.append("sync")

    def preview(self) -> None:
        self.asked.append("preview")

    def show_record(self, record_id: str) -> None:
        self.asked.append(record_id)


@pytest.fixture
async def shelf(desk: Desk) -> Shelf:
    page = Shelf(desk)
    page.show()
    page.activateWindow()
    await eventually(page.isActiveWindow)
    return page


def front(page: TabbedPage) -> Line:
    line = page.stack.currentWidget()
    assert isinstance(line, Line)
    return line


async def test_a_view_is_made_when_it_is_first_shown(shelf: Shelf) -> None:
    assert shelf.made == ["first"]
    shelf.open_inner("third")
    shelf.open_inner("first")
    shelf.open_inner("third")
    assert shelf.made == ["first", "third"]


async def test_the_view_that_was_in_front_is_there_again_the_next_time(desk: Desk, shelf: Shelf) -> None:
    shelf.open_inner("second")
    assert Shelf(desk).front_name == "second"


async def test_what_the_window_asks_goes_to_the_view_in_front(shelf: Shelf) -> None:
    shelf.open_inner("second", "a record")
    shelf.sync()
    shelf.preview()
    shelf.refresh()
    assert front(shelf).asked == ["a record", "sync", "preview", "refresh"]


async def test_ctrl_tab_walks_the_views_and_the_keyboard_goes_with_it(shelf: Shelf) -> None:
    walked = []
    for _step in range(3):
        QTest.keyClick(front(shelf), Qt.Key.Key_Tab, CTRL)
        walked.append(front(shelf).name)
        assert QApplication.focusWidget() is front(shelf)
    assert walked == ["second", "third", "first"]


async def test_with_shift_it_walks_back(shelf: Shelf) -> None:
    QTest.keyClick(front(shelf), Qt.Key.Key_Backtab, CTRL | SHIFT)
    assert front(shelf).name == "third"


async def test_whoever_walks_along_the_tabs_stays_there(shelf: Shelf) -> None:
    shelf.tabs.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(shelf.tabs, Qt.Key.Key_Right)
    assert front(shelf).name == "second"
    assert shelf.tabs.hasFocus()


async def test_tabs_of_a_view_have_keys_of_their_own(shelf: Shelf) -> None:
    inner = InnerTabs(front(shelf), name="Views", object_name="shelf.first.tabs", keys=TabKeys.OF_VIEW)
    for title in ("Left", "Right"):
        inner.addTab(title)
    QHBoxLayout(front(shelf)).addWidget(inner)
    QTest.keyClick(front(shelf), Qt.Key.Key_PageDown, CTRL)
    assert (inner.currentIndex(), front(shelf).name) == (1, "first")
    QTest.keyClick(front(shelf), Qt.Key.Key_PageUp, CTRL)
    assert inner.currentIndex() == 0


@pytest.mark.parametrize("kind", [WebhooksPage, ActivityPage])
async def test_of_several_tables_only_the_one_in_front_acts_on_its_keys(
    desk: Desk, kind: type[WebhooksPage | ActivityPage]
) -> None:
    page = kind(desk)
    page.show()
    for name in page.names:
        page.open_inner(name)
    acting = {name: {s.isEnabled() for s in shortcuts(page, name)} for name in page.names}
    assert acting == {name: {name == page.front_name} for name in page.names}


def shortcuts(page: WebhooksPage | ActivityPage, name: str) -> list[QShortcut]:
    return list(page.inner(name).pane.shortcuts)  # type: ignore[attr-defined]
