"""A table with details beside it: Space shows or hides them, and in sight they follow the current row."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support.people import COLUMNS, PEOPLE, Person
from tests.support.window import part
from ui.tables import TablePane, TableView, WithDetails


@pytest.fixture
def told() -> list[int]:
    """Of whom the details told, one after the other."""
    return []


@pytest.fixture
def beside(qtbot: QtBot, told: list[int]) -> WithDetails:
    pane: TablePane[Person] = TablePane(name="People", page="people", columns=COLUMNS, key=lambda person: person.id)
    pane.set_rows(PEOPLE)
    made = WithDetails(pane, pane.table, QLabel("details"))
    pane.table.row_activated.connect(made.open)
    qtbot.addWidget(made)
    made.show()
    pane.table.select_place(0)
    made.told.connect(lambda: told.append(shown(made)[pane.table.currentIndex().row()]))
    return made


def table(beside: WithDetails) -> TableView[Person]:
    return part(beside, TableView, "people.table")


def shown(beside: WithDetails) -> list[int]:
    return [person.id for person in table(beside).rows.shown_rows()]


def test_they_begin_hidden_and_are_told_nothing(beside: WithDetails, told: list[int]) -> None:
    assert beside.details.isHidden()
    assert told == []


def test_space_shows_them_with_the_current_row_and_hides_them_again(beside: WithDetails, told: list[int]) -> None:
    QTest.keyClick(table(beside), Qt.Key.Key_Space)
    assert beside.details.isVisible()
    assert told == shown(beside)[:1]
    QTest.keyClick(table(beside), Qt.Key.Key_Space)
    assert beside.details.isHidden()


def test_enter_opens_them_and_they_follow_the_current_row(beside: WithDetails, told: list[int]) -> None:
    QTest.keyClick(table(beside), Qt.Key.Key_Return)
    QTest.keyClick(table(beside), Qt.Key.Key_Down)
    assert told == shown(beside)[:2]
