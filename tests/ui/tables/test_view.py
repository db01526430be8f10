"""The table on screen: keyboard, copying, columns, places that stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.people import COLUMNS, NAME, NUMBER, OFFICE, PEOPLE, SEEN, STATUS, WHY, Person, crowd
from ui.tables import Column, TableModel, TableView
from ui.theme import tokens

Key, Modifier = Qt.Key, Qt.KeyboardModifier


class Memory:
    """A layout store in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def set(self, key: str, value: str) -> None:
        self.kept[key] = value


Make = Callable[..., TableView[Person]]


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    def build(store: Memory | None = None, *, ticks: bool = False) -> TableView[Person]:
        model = TableModel(COLUMNS, lambda person: person.id, checkable=(lambda p: p.active) if ticks else None)
        view = TableView(model, name="People", object_name="people.table", store=store)
        model.setParent(view)
        qtbot.addWidget(view)
        model.set_rows(PEOPLE)
        view.resize(900, 300)
        view.show()
        view.activateWindow()
        view.setFocus()
        return view

    return build


@pytest.fixture
def view(make: Make) -> TableView[Person]:
    return make()


def press(view: TableView[Person], key: Qt.Key, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
    QTest.keyClick(view, key, modifier)


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def selected(view: TableView[Person]) -> list[int]:
    return [person.id for person in view.selected_rows()]


def test_it_has_the_names_that_tools_and_tests_ask_for(view: TableView[Person]) -> None:
    assert (view.accessibleName(), view.objectName()) == ("People", "people.table")


def test_tab_leaves_the_table_and_arrows_move_inside(make: Make, qtbot: QtBot) -> None:
    page, after, view = QWidget(), QLineEdit(), make()
    column = QVBoxLayout(page)
    column.addWidget(view)
    column.addWidget(after)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    view.select_place(0)
    view.setFocus()
    press(view, Key.Key_Down)
    assert view.current_row() is PEOPLE[1]
    press(view, Key.Key_Tab)
    qtbot.waitUntil(after.hasFocus)
    view.setParent(None)  # each is closed by its own fixture


def test_home_and_end_go_to_the_first_and_last_row(view: TableView[Person]) -> None:
    view.select_place(2)
    press(view, Key.Key_End)
    assert selected(view) == [5]
    press(view, Key.Key_Home)
    assert selected(view) == [1]


def test_shift_end_extends_the_selection(view: TableView[Person]) -> None:
    view.select_place(2)
    press(view, Key.Key_End, Modifier.ShiftModifier)
    assert selected(view) == [3, 4, 5]


def test_space_asks_for_details_and_enter_activates(view: TableView[Person], qtbot: QtBot) -> None:
    view.select_place(1)
    with qtbot.waitSignal(view.details_requested) as asked:
        press(view, Key.Key_Space)
    assert asked.args == [PEOPLE[1]]
    with qtbot.waitSignal(view.row_activated) as activated:
        press(view, Key.Key_Return)
    assert activated.args == [PEOPLE[1]]


def test_a_link_is_pressed_by_enter_and_by_a_click(view: TableView[Person], qtbot: QtBot) -> None:
    cell = view.rows.index(3, WHY)
    view.setCurrentIndex(cell)
    with qtbot.waitSignal(view.link_activated) as pressed:
        press(view, Key.Key_Return)
    assert pressed.args == [PEOPLE[3], "why"]
    with qtbot.waitSignal(view.link_activated):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(cell).center())


def test_a_double_click_activates_the_row(view: TableView[Person], qtbot: QtBot) -> None:
    at = view.visualRect(view.rows.index(2, OFFICE)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    with qtbot.waitSignal(view.row_activated) as activated:
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert activated.args == [PEOPLE[2]]


def test_typing_jumps_to_the_name_whatever_its_accents(view: TableView[Person]) -> None:
    QTest.keyClicks(view, "ste")
    assert view.current_row() is PEOPLE[3]


def test_ctrl_c_copies_the_cell_or_the_column_of_several_rows(view: TableView[Person]) -> None:
    view.setCurrentIndex(view.rows.index(1, OFFICE))
    press(view, Key.Key_C, Modifier.ControlModifier)
    assert clipboard() == "Bergen Vest"
    view.setCurrentIndex(view.rows.index(0, NAME))
    press(view, Key.Key_End, Modifier.ShiftModifier)
    press(view, Key.Key_C, Modifier.ControlModifier)
    assert clipboard().splitlines() == [person.name for person in PEOPLE]


def test_ctrl_shift_c_copies_rows_with_headers_as_shown(view: TableView[Person]) -> None:
    view.rows.update_rows([PEOPLE[0].renamed("Øyvind\tBerg\n")])
    view.select_place(0)
    press(view, Key.Key_C, Modifier.ControlModifier | Modifier.ShiftModifier)
    assert clipboard() == "Name\tOffice\tNo.\tStatus\nØyvind Berg\tSentrum\t12\tActive"


def test_ctrl_a_selects_all_and_ctrl_e_exports(view: TableView[Person], qtbot: QtBot) -> None:
    press(view, Key.Key_A, Modifier.ControlModifier)
    assert selected(view) == [1, 2, 3, 4, 5]
    with qtbot.waitSignal(view.export_requested):
        press(view, Key.Key_E, Modifier.ControlModifier)


def test_what_is_exported_is_what_is_shown(view: TableView[Person]) -> None:
    view.rows.search("sentrum")
    view.sortByColumn(NAME, Qt.SortOrder.DescendingOrder)
    view.layout_of_columns.show_column(OFFICE, on=False)
    view.horizontalHeader().moveSection(view.horizontalHeader().visualIndex(STATUS), 1)
    view.rows.search("")
    table = view.visible_table()
    assert table.headers == ("Name", "Status", "No.")
    assert table.rows[-1] == ("Ana Stan", "Inactive", None)
    assert sorted(row[2] or 0 for row in table.rows if isinstance(row[2], int)) == [7, 7, 12, 100]


def test_space_ticks_the_selected_rows_that_may_be_ticked(make: Make) -> None:
    view = make(ticks=True)
    view.selectAll()
    press(view, Key.Key_Space)
    assert view.rows.checked_keys() == {1, 2, 4}
    press(view, Key.Key_Space)
    assert view.rows.checked_keys() == set()


def test_a_click_on_the_box_ticks_and_a_click_on_the_name_does_not(make: Make) -> None:
    view = make(ticks=True)
    cell: QRect = view.visualRect(view.rows.index(1, NAME))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
    assert view.rows.checked_keys() == set()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(cell.left() + 16, cell.center().y()))
    assert view.rows.checked_keys() == {2}


def test_a_click_on_a_header_sorts_up_then_down_then_not_at_all(view: TableView[Person]) -> None:
    header = view.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(NUMBER) + 20, header.height() // 2)
    shown = []
    for _ in range(3):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        shown.append([person.id for person in view.rows.shown_rows()])
    assert shown == [[2, 5, 1, 4, 3], [4, 1, 2, 5, 3], [1, 2, 3, 4, 5]]


def test_selection_current_row_and_scroll_stay_through_a_refresh(view: TableView[Person]) -> None:
    view.rows.set_rows(crowd(500))
    view.select_key(300)
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 13)
    top = view.visualRect(view.rows.index(300, NAME)).top()
    view.rows.set_rows([Person(1000 + n, "New") for n in range(40)] + crowd(500))
    assert selected(view) == [300]
    assert view.current_row() == crowd(301)[300]
    assert view.visualRect(view.rows.index(340, NAME)).top() == top


def test_at_the_very_top_one_stays_at_the_top(view: TableView[Person]) -> None:
    view.rows.set_rows(crowd(500))
    view.rows.set_rows([Person(-1, "New"), *crowd(500)])
    assert view.verticalScrollBar().value() == 0


def test_rows_that_are_filtered_away_are_no_longer_selected(view: TableView[Person]) -> None:
    view.selectAll()
    view.rows.search("sentrum")
    assert selected(view) == [1, 3, 5]
    view.rows.search("")
    assert selected(view) == [1, 3, 5]


def test_live_updates_keep_the_selection(view: TableView[Person]) -> None:
    view.sortByColumn(NUMBER, Qt.SortOrder.AscendingOrder)
    view.select_key(4)
    view.rows.update_rows([Person(9, "New", number=1), Person(4, "Renamed", number=0)])
    assert selected(view) == [4]
    row = view.current_row()
    assert row is not None
    assert row.name == "Renamed"


def test_select_key_says_whether_the_row_is_shown(view: TableView[Person]) -> None:
    assert view.select_key(3)
    assert not view.select_key(77)


def test_hidden_columns_are_not_searched(view: TableView[Person]) -> None:
    view.rows.search("vest")
    assert view.rows.rowCount() == 1
    view.layout_of_columns.show_column(OFFICE, on=False)
    assert view.rows.rowCount() == 0


def test_the_first_column_names_the_row_and_cannot_be_hidden(view: TableView[Person]) -> None:
    view.layout_of_columns.show_column(NAME, on=False)
    assert not view.isColumnHidden(NAME)
    assert not view.layout_of_columns.menu().actions()[NAME].isEnabled()


def test_the_choice_of_columns_is_a_menu(view: TableView[Person]) -> None:
    actions = view.layout_of_columns.menu().actions()
    assert [action.text() for action in actions if action.isCheckable()] == [column.heading for column in COLUMNS]
    assert not actions[SEEN].isChecked()
    actions[SEEN].trigger()
    assert not view.isColumnHidden(SEEN)


def test_the_layout_is_remembered_by_column_key(make: Make) -> None:
    memory = Memory()
    first = make(memory)
    first.setColumnWidth(OFFICE, 333)
    first.layout_of_columns.show_column(SEEN, on=True)
    first.horizontalHeader().moveSection(first.horizontalHeader().visualIndex(NUMBER), 1)
    first.sortByColumn(NUMBER, Qt.SortOrder.DescendingOrder)
    first.layout_of_columns.save()
    again = make(memory)
    assert again.columnWidth(OFFICE) == 333
    assert again.layout_of_columns.visible() == [NAME, NUMBER, OFFICE, SEEN, STATUS, WHY]
    assert [person.id for person in again.rows.shown_rows()] == [4, 1, 2, 5, 3]


def test_a_layout_is_saved_soon_after_a_change(make: Make, qtbot: QtBot) -> None:
    memory = Memory()
    view = make(memory)
    view.setColumnWidth(OFFICE, 222)
    qtbot.waitUntil(lambda: "222" in memory.kept.get("table/people.table", ""))


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"columns": 3}', '{"columns": [{"key": "office"}]}', "null"])
def test_a_damaged_layout_is_that_of_the_program(make: Make, damaged: str) -> None:
    memory = Memory()
    memory.kept["table/people.table"] = damaged
    view = make(memory)
    assert view.layout_of_columns.visible() == [NAME, OFFICE, NUMBER, STATUS, WHY]
    assert view.columnWidth(NAME) == 180


def test_reset_brings_the_programs_columns_back(view: TableView[Person]) -> None:
    view.setColumnWidth(NAME, 400)
    view.layout_of_columns.show_column(STATUS, on=False)
    view.layout_of_columns.reset()
    assert view.columnWidth(NAME) == 180
    assert not view.isColumnHidden(STATUS)


def test_the_menu_key_opens_a_menu_with_the_pages_actions_on_top(view: TableView[Person], qtbot: QtBot) -> None:
    view.add_to_menu(lambda menu: menu.addAction("Push to devices"))
    view.select_place(1)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    view.contextMenuEvent(event)
    menu = next(menu for menu in view.findChildren(QMenu) if menu.isVisible())
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["Push to devices", "Copy cell", "Copy rows with headers", "Select all", "Export…", "Columns"]
    menu.close()


def test_a_cut_text_is_whole_in_the_tooltip(view: TableView[Person], qtbot: QtBot) -> None:
    view.setColumnWidth(NAME, 60)
    cell = view.rows.index(1, NAME)
    assert view.sizeHintForIndex(cell).width() > view.columnWidth(NAME)
    assert view.sizeHintForIndex(view.rows.index(1, OFFICE)).width() < 140


def test_a_status_is_painted_in_its_colours(view: TableView[Person]) -> None:
    image = view.grab().toImage()
    cell = view.visualRect(view.rows.index(0, STATUS)).translated(view.viewport().pos())
    colours = {image.pixelColor(x, cell.center().y()).name() for x in range(cell.left(), cell.right())}
    assert tokens().success.ground in colours


def test_the_current_cell_shows_the_focus(view: TableView[Person], qtbot: QtBot) -> None:
    view.setCurrentIndex(view.rows.index(2, OFFICE))
    qtbot.waitUntil(view.hasFocus)
    image = view.grab().toImage()
    cell = view.visualRect(view.rows.index(2, OFFICE)).translated(view.viewport().pos())
    assert image.pixelColor(cell.left() + 1, cell.center().y()).name() == tokens().accent


class TestEditing:
    @pytest.fixture
    def edited(self, qtbot: QtBot) -> tuple[TableView[Person], list[tuple[int, str, str]]]:
        columns: tuple[Column[Person], ...] = (
            COLUMNS[0],
            Column("note", "Note", lambda p: p.office, edit=lambda p: p.office if p.active else None),
        )
        model = TableModel(columns, lambda person: person.id)
        view = TableView(model, name="People", object_name="people.table")
        model.setParent(view)
        qtbot.addWidget(view)
        model.set_rows(PEOPLE)
        view.show()
        view.activateWindow()
        view.setFocus()
        said: list[tuple[int, str, str]] = []
        model.edited.connect(lambda person, column, text: said.append((person.id, column, text)))
        return view, said

    @pytest.mark.parametrize("key", [Key.Key_F2, Key.Key_Return])
    def test_a_cell_that_can_be_edited_says_what_was_written(self, qtbot: QtBot, edited: Any, key: Qt.Key) -> None:
        view, said = edited
        place = next(n for n, person in enumerate(PEOPLE) if person.active)
        view.setCurrentIndex(view.rows.index(place, 1))
        press(view, key)
        editor = view.findChild(QLineEdit, "cell.editor")
        assert editor is not None
        assert (editor.text(), editor.accessibleName()) == (PEOPLE[place].office, "Note")
        editor.setText("elsewhere")
        QTest.keyClick(editor, Key.Key_Return)
        qtbot.waitUntil(lambda: said == [(PEOPLE[place].id, "note", "elsewhere")])

    def test_nothing_is_said_when_nothing_was_changed(self, qtbot: QtBot, edited: Any) -> None:
        view, said = edited
        place = next(n for n, person in enumerate(PEOPLE) if person.active)
        view.setCurrentIndex(view.rows.index(place, 1))
        press(view, Key.Key_F2)
        QTest.keyClick(view.findChild(QLineEdit, "cell.editor"), Key.Key_Return)
        qtbot.waitUntil(view.hasFocus)
        assert said == []

    def test_other_cells_cannot_be_edited(self, edited: Any) -> None:
        view, _said = edited
        closed = next(n for n, person in enumerate(PEOPLE) if not person.active)
        for place, column in ((0, 0), (closed, 1)):
            view.setCurrentIndex(view.rows.index(place, column))
            press(view, Key.Key_F2)
            assert view.findChild(QLineEdit, "cell.editor") is None
