"""The table with search, filters, count and states, as a person uses it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.people import COLUMNS, PEOPLE, Person
from tests.support.window import click, part
from ui.tables import TablePane
from ui.widgets import Action, FilterChip

Key, Modifier = Qt.Key, Qt.KeyboardModifier
FILTERS = (
    FilterChip("active", "Active", lambda p: p.active, "state"),
    FilterChip("inactive", "Inactive", lambda p: not p.active, "state"),
    FilterChip("no_number", "No number", lambda p: p.number is None),
)


@pytest.fixture
def pane(qtbot: QtBot) -> TablePane[Person]:
    made: TablePane[Person] = TablePane(
        name="People",
        page="people",
        columns=COLUMNS,
        key=lambda person: person.id,
        search_hint="Search people",
        count_text=lambda count: f"{count} people",
    )
    made.set_filters(FILTERS)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)  # keys reach shortcuts of the active window only
    return made


@pytest.fixture
def full(pane: TablePane[Person]) -> TablePane[Person]:
    pane.set_rows(PEOPLE)
    return pane


def chip(pane: TablePane[Person], key: str) -> QAbstractButton:
    return part(pane.chips, QAbstractButton, f"people.filter.{key}")


def ids(pane: TablePane[Person]) -> list[int]:
    return [person.id for person in pane.rows.shown_rows()]


def said(pane: TablePane[Person]) -> list[str]:
    """The visible texts of the state that stands in for the table."""
    return [label.text() for label in pane.findChildren(QLabel) if label.isVisible() and label.text()]


def test_its_parts_carry_stable_names(full: TablePane[Person]) -> None:
    for name in ("people.table", "people.search", "people.filter", "people.count", "people.columns", "people.export"):
        assert full.findChild(QWidget, name) is not None, name


def test_every_control_has_a_name_for_assistive_tools(full: TablePane[Person]) -> None:
    assert full.search.accessibleName() == "Search people"
    assert full.table.accessibleName() == "People"
    buttons = [button for button in full.findChildren(QToolButton) if button.isVisible() and button.parent() is full]
    assert all(button.accessibleName() or button.text() for button in buttons)


def test_typing_filters_and_counts(full: TablePane[Person], qtbot: QtBot) -> None:
    QTest.keyClicks(full.search, "sentrum")
    assert ids(full) == [1, 3, 5]
    assert full.count.text() == "3 of 5 people"


def test_ctrl_f_goes_to_the_search_and_esc_clears_it(full: TablePane[Person], qtbot: QtBot) -> None:
    full.table.setFocus()
    qtbot.waitUntil(full.table.hasFocus)
    QTest.keyClick(full.table, Key.Key_F, Modifier.ControlModifier)
    qtbot.waitUntil(full.search.hasFocus)
    QTest.keyClicks(full.search, "zoe")
    QTest.keyClick(full.search, Key.Key_Escape)
    assert full.search.text() == ""
    assert full.count.text() == "5 people"


def test_down_goes_from_the_search_into_the_table(full: TablePane[Person], qtbot: QtBot) -> None:
    full.focus_search()
    QTest.keyClick(full.search, Key.Key_Down)
    qtbot.waitUntil(full.table.hasFocus)
    assert full.table.current_row() is PEOPLE[0]


@pytest.mark.parametrize("where", ["people.table", "people.search"])
def test_ctrl_e_asks_for_one_export(full: TablePane[Person], qtbot: QtBot, where: str) -> None:
    asked: list[bool] = []
    full.export_requested.connect(lambda: asked.append(True))
    QTest.keyClick(part(full, QWidget, where), Key.Key_E, Modifier.ControlModifier)
    assert asked == [True]


def test_the_button_asks_for_an_export_too(full: TablePane[Person], qtbot: QtBot) -> None:
    with qtbot.waitSignal(full.export_requested):
        click(full, "people.export")


def test_chips_show_live_counts_over_all_rows(full: TablePane[Person], qtbot: QtBot) -> None:
    assert [chip(full, key).text() for key in ("active", "inactive", "no_number")] == [
        "Active 3",
        "Inactive 2",
        "No number 1",
    ]
    QTest.keyClicks(full.search, "zoe")
    assert chip(full, "active").text() == "Active 3"
    full.update_rows([Person(6, "New")])
    assert chip(full, "active").text() == "Active 4"
    assert chip(full, "active").accessibleName() == "Active 4"


def test_of_one_group_one_chip_is_chosen_and_others_narrow_further(full: TablePane[Person], qtbot: QtBot) -> None:
    chip(full, "active").click()
    assert ids(full) == [1, 2, 4]
    chip(full, "inactive").click()
    assert ids(full) == [3, 5]
    assert full.chips.chosen() == ["inactive"]
    chip(full, "no_number").click()
    assert ids(full) == [3]
    chip(full, "inactive").click()
    chip(full, "no_number").click()
    assert ids(full) == [1, 2, 3, 4, 5]


def test_a_chip_can_be_chosen_by_keyboard(full: TablePane[Person], qtbot: QtBot) -> None:
    QTest.keyClick(chip(full, "inactive"), Key.Key_Space)
    assert ids(full) == [3, 5]


def test_chosen_chips_stay_when_filters_are_set_again(full: TablePane[Person], qtbot: QtBot) -> None:
    full.chips.choose(["active"])
    full.set_filters(FILTERS[:2])
    assert full.chips.chosen() == ["active"]
    assert ids(full) == [1, 2, 4]


def test_a_chip_that_is_gone_no_longer_filters(full: TablePane[Person], qtbot: QtBot) -> None:
    full.chips.choose(["no_number"])
    full.set_filters(FILTERS[:2])
    assert ids(full) == [1, 2, 3, 4, 5]


def test_without_a_match_it_says_so_and_offers_the_way_back(full: TablePane[Person], qtbot: QtBot) -> None:
    full.chips.choose(["active"])
    QTest.keyClicks(full.search, "nobody")
    assert not full.table.isVisible()
    assert "No match" in said(full)
    back = next(button for button in full.findChildren(QPushButton) if button.text() == "Clear search and filters")
    back.click()
    assert full.table.isVisible()
    assert ids(full) == [1, 2, 3, 4, 5]


def test_loading_then_rows(pane: TablePane[Person], qtbot: QtBot) -> None:
    pane.show_loading()
    assert "Loading…" in said(pane)
    pane.set_rows(PEOPLE)
    assert pane.table.isVisible()


def test_empty_says_what_to_do_next(pane: TablePane[Person], qtbot: QtBot) -> None:
    done: list[str] = []
    action = Action("Add a connection", lambda: done.append("add"), object_name="people.add")
    pane.show_empty("No people yet", "Add a Vitec connection.", [action])
    pane.set_rows([])
    assert {"No people yet", "Add a Vitec connection."} <= set(said(pane))
    click(pane, "people.add")
    assert done == ["add"]
    assert not pane.count.isVisible()


def test_an_error_says_why_and_goes_with_the_next_rows(pane: TablePane[Person], qtbot: QtBot) -> None:
    tried: list[str] = []
    pane.show_error(
        "The store is locked.", "Close the other program.", [Action("Retry", lambda: tried.append("again"))]
    )
    assert {"The store is locked.", "Close the other program."} <= set(said(pane))
    next(button for button in pane.findChildren(QPushButton) if button.text() == "Retry").click()
    assert tried == ["again"]
    pane.set_rows(PEOPLE)
    assert pane.table.isVisible()


def test_rows_already_shown_stay_while_loading_or_after_an_error(full: TablePane[Person], qtbot: QtBot) -> None:
    full.show_loading()
    assert full.table.isVisible()
    full.show_error("Timed out.", "")
    assert full.table.isVisible()


def test_shortcuts_can_reach_from_the_whole_page(qtbot: QtBot) -> None:
    page = QWidget()
    other = QLineEdit()
    made: TablePane[Person] = TablePane(
        name="People", page="people", columns=COLUMNS, key=lambda p: p.id, shortcuts_in=page
    )
    column = QVBoxLayout(page)
    column.addWidget(other)
    column.addWidget(made)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    QTest.keyClick(other, Key.Key_F, Modifier.ControlModifier)
    qtbot.waitUntil(made.search.hasFocus)
