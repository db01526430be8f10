"""Filters of one kind behind one chip, and filters that a part of the page's own chooses."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.support.window import part
from ui.widgets import FilterChip, FilterChips
from ui.widgets.chip_menu import ChipMenu

CHIPS = (
    FilterChip("small", "Small", lambda n: n < 5, "size", menu="Size"),
    FilterChip("large", "Large", lambda n: n > 5, "size", menu="Size"),
    FilterChip("odd", "Odd", lambda n: n % 2),
    FilterChip("tiled", "Tiled", lambda n: n == 0, hidden=True),
)


@pytest.fixture
def chips(qtbot: QtBot) -> FilterChips:
    made = FilterChips(name="Filters", object_name="numbers.filter")
    made.set_chips(CHIPS)
    made.set_counts({"small": 3, "large": 0, "odd": 2, "tiled": 1})
    qtbot.addWidget(made)
    made.show()
    return made


def size(chips: FilterChips) -> ChipMenu:
    return part(chips, ChipMenu, "numbers.filter.menu.size")


def entries(chips: FilterChips) -> dict[str, bool]:
    """What the menu offers, and what is ticked."""
    return {entry.text(): entry.isChecked() for entry in size(chips).menu().actions() if entry.text()}


def choose(chips: FilterChips, text: str) -> None:
    next(entry for entry in size(chips).menu().actions() if entry.text() == text).trigger()


def test_only_the_menu_and_the_plain_chip_stand_in_the_line(chips: FilterChips) -> None:
    shown = [button.text() for button in chips.findChildren(QAbstractButton) if button.isVisible()]
    assert shown == ["Odd 2", "Size"]


def test_the_menu_offers_any_and_each_with_its_count(chips: FilterChips) -> None:
    assert entries(chips) == {"Any": True, "Small 3": False, "Large 0": False}


def test_a_choice_is_said_on_the_chip_and_given_up_by_any(chips: FilterChips, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chips.changed):
        choose(chips, "Small 3")
    assert chips.chosen() == ["small"]
    assert (size(chips).text(), size(chips).accessibleName()) == ("Small 3", "Size: Small 3")
    assert entries(chips) == {"Any": False, "Small 3": True, "Large 0": False}
    choose(chips, "Large 0")
    assert chips.chosen() == ["large"]
    choose(chips, "Any")
    assert chips.chosen() == []
    assert size(chips).accessibleName() == "Size: Any"


def test_a_hidden_filter_holds_a_choice_like_all_others(chips: FilterChips) -> None:
    chips.choose(["tiled", "odd"])
    assert set(chips.chosen()) == {"tiled", "odd"}
    chips.set_chips(CHIPS)
    assert set(chips.chosen()) == {"tiled", "odd"}


def test_a_menu_without_anything_to_find_takes_no_room(chips: FilterChips) -> None:
    chips.set_counts({"small": 0, "large": 0})
    assert size(chips).isHidden()
    chips.choose(["small"])
    assert not size(chips).isHidden()


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Down])
def test_the_keyboard_opens_it(chips: FilterChips, qtbot: QtBot, key: Qt.Key) -> None:
    QTest.keyClick(size(chips), key)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    popup = QApplication.activePopupWidget()
    assert popup is not None
    assert popup.accessibleName() == "Size"
    popup.close()
