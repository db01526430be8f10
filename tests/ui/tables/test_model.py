"""The model as Qt sees it: roles, and how it tells of changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.support.people import COLUMNS, NAME, NUMBER, OFFICE, PEOPLE, STATUS, WHY, Person, crowd
from ui.tables import Role, TableModel
from ui.tables.book import AT_ONCE
from ui.theme import Icon, Tone

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


class Told:
    """What the model told a view."""

    def __init__(self, model: TableModel[Person]) -> None:
        self.events: list[tuple[str, int, int]] = []
        model.modelReset.connect(lambda: self.events.append(("reset", 0, 0)))
        model.layoutChanged.connect(lambda: self.events.append(("moved", 0, 0)))
        model.rowsInserted.connect(lambda _parent, first, last: self.events.append(("in", first, last)))
        model.rowsRemoved.connect(lambda _parent, first, last: self.events.append(("out", first, last)))
        model.dataChanged.connect(lambda first, last: self.events.append(("changed", first.row(), last.row())))


@pytest.fixture
def model(qapp: object) -> Iterator[TableModel[Person]]:
    made = TableModel(COLUMNS, lambda person: person.id)
    made.set_rows(PEOPLE)
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning)
    yield made
    tester.deleteLater()
    made.deleteLater()


def ids(model: TableModel[Person]) -> list[int]:
    return [person.id for person in model.shown_rows()]


def test_a_cell_answers_words_record_value_tone_and_icon(model: TableModel[Person]) -> None:
    cell = model.index(2, STATUS)
    assert cell.data() == "Inactive"
    assert cell.data(Role.RECORD) is PEOPLE[2]
    assert cell.data(Role.SORT) is False
    assert cell.data(Role.TONE) == Tone.NEUTRAL
    assert cell.data(Role.ICON) == Icon.PAUSE
    assert model.index(0, STATUS).data(Role.ICON) is None


def test_a_cell_reads_sensibly_aloud(model: TableModel[Person]) -> None:
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0, STATUS).data(spoken) == "Status: Active"
    assert model.index(2, NUMBER).data(spoken) == "No.: empty"


def test_tooltip_and_alignment_come_from_the_column(model: TableModel[Person]) -> None:
    assert model.index(1, OFFICE).data(Qt.ItemDataRole.ToolTipRole) == "Office Bergen Vest"
    assert model.index(1, NAME).data(Qt.ItemDataRole.ToolTipRole) is None
    assert model.index(1, NUMBER).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight


def test_the_header_names_the_columns(model: TableModel[Person]) -> None:
    titles = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    assert titles == ["Name", "Office", "No.", "Last synced", "Status", "Reason"]


def test_a_row_that_changes_in_place_is_told_as_one_range(model: TableModel[Person]) -> None:
    told = Told(model)
    model.update_rows([PEOPLE[1].renamed("B"), PEOPLE[2].renamed("C"), PEOPLE[4].renamed("E")])
    assert told.events == [("changed", 1, 2), ("changed", 4, 4)]
    assert [person.name for person in model.shown_rows()][1:3] == ["B", "C"]


def test_new_rows_go_where_the_sort_puts_them(model: TableModel[Person]) -> None:
    model.sort(NUMBER)
    told = Told(model)
    model.update_rows([Person(6, "F", number=50), Person(7, "G", number=51), Person(8, "H", number=1)])
    assert told.events == [("in", 0, 0), ("in", 4, 5)]
    assert ids(model) == [8, 2, 5, 1, 6, 7, 4, 3]


def test_a_row_that_no_longer_passes_leaves_and_one_that_passes_comes(model: TableModel[Person]) -> None:
    model.define_filters({"active": lambda person: person.active})
    model.choose_filters(["active"])
    told = Told(model)
    model.update_rows([replace(PEOPLE[0], active=False), replace(PEOPLE[4], active=True)])
    assert told.events == [("out", 0, 0), ("in", 2, 2)]
    assert ids(model) == [2, 4, 5]


def test_a_row_that_moves_keeps_its_persistent_index(model: TableModel[Person]) -> None:
    model.sort(NUMBER)
    told = Told(model)
    followed = QPersistentModelIndex(model.index(ids(model).index(2), OFFICE))
    model.update_rows([replace(PEOPLE[1], number=500)])
    assert told.events[0] == ("moved", 0, 0)
    assert (followed.row(), followed.column()) == (ids(model).index(2), OFFICE)
    assert ids(model) == [5, 1, 4, 2, 3]


def test_many_changes_at_once_are_a_reset(model: TableModel[Person]) -> None:
    told = Told(model)
    model.update_rows(crowd(1000))
    assert told.events == [("reset", 0, 0)]
    assert model.rowCount() == model.total == 1000


def test_removed_rows_are_told_from_the_bottom_up(model: TableModel[Person]) -> None:
    told = Told(model)
    model.remove([1, 2, 4, 99])
    assert told.events == [("out", 3, 3), ("out", 0, 1)]
    assert ids(model) == [3, 5]
    assert model.row_for(4) is None


def test_nothing_to_update_tells_nothing(model: TableModel[Person]) -> None:
    told = Told(model)
    model.update_rows([])
    model.remove(["unknown"])
    assert told.events == []


def test_counts_follow_the_rows(model: TableModel[Person]) -> None:
    model.define_filters({"active": lambda person: person.active})
    assert model.filter_counts() == {"active": 3}
    model.update_rows([Person(6, "F"), replace(PEOPLE[0], active=False)])
    assert model.filter_counts() == {"active": 3}
    model.remove([6])
    assert model.filter_counts() == {"active": 2}


def test_a_search_in_a_large_table_waits_for_its_texts_and_then_shows(model: TableModel[Person], qtbot: QtBot) -> None:
    model.set_rows(crowd(AT_ONCE * 2))
    model.search("hansen")
    assert model.search_waits
    assert model.rowCount() == AT_ONCE * 2  # what stood there stays until the answer is known
    qtbot.waitUntil(lambda: not model.search_waits)
    assert model.rowCount() == AT_ONCE * 2 // 10


def test_rows_that_change_while_a_search_waits_are_found_too(model: TableModel[Person], qtbot: QtBot) -> None:
    model.set_rows(crowd(AT_ONCE * 2))
    model.search("hansen")
    model.update_rows([Person(-1, "Hansen the new")])
    model.remove([0])
    qtbot.waitUntil(lambda: not model.search_waits)
    assert ids(model)[-1] == -1
    assert model.rowCount() == AT_ONCE * 2 // 10


def test_rows_that_are_replaced_while_a_search_waits_are_searched_anew(model: TableModel[Person], qtbot: QtBot) -> None:
    model.set_rows(crowd(AT_ONCE * 2))
    model.search("hansen")
    model.set_rows(crowd(AT_ONCE * 3))
    assert model.rowCount() == 0
    qtbot.waitUntil(lambda: not model.search_waits)
    assert model.rowCount() == AT_ONCE * 3 // 10


def test_idle_work_ends(model: TableModel[Person], qtbot: QtBot) -> None:
    model.set_rows(crowd(AT_ONCE * 2))
    assert model.is_preparing
    qtbot.waitUntil(lambda: not model.is_preparing)


@pytest.fixture
def tickable(qapp: object) -> Iterator[TableModel[Person]]:
    made = TableModel(COLUMNS, lambda person: person.id, checkable=lambda person: person.active)
    made.set_rows(PEOPLE)
    yield made
    made.deleteLater()


def test_only_rows_that_may_be_ticked_have_a_box(tickable: TableModel[Person]) -> None:
    state = Qt.ItemDataRole.CheckStateRole
    assert tickable.index(0, NAME).data(state) == Qt.CheckState.Unchecked
    assert tickable.index(2, NAME).data(state) is None
    assert tickable.index(0, OFFICE).data(state) is None
    tickable.set_checked([1, 3], on=True)
    assert tickable.checked_keys() == {1}


def test_a_tick_is_told_and_goes_with_its_row(tickable: TableModel[Person], qtbot: QtBot) -> None:
    with qtbot.waitSignal(tickable.checked_changed):
        assert tickable.setData(tickable.index(1, NAME), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert tickable.checked_keys() == {2}
    tickable.sort(NAME, DESCENDING)
    assert tickable.checked_keys() == {2}
    tickable.remove([2])
    assert tickable.checked_keys() == set()


def test_nothing_else_can_be_edited(tickable: TableModel[Person]) -> None:
    assert not tickable.setData(tickable.index(0, WHY), "x")
    assert not tickable.setData(tickable.index(2, NAME), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)


def test_an_invalid_index_answers_nothing(model: TableModel[Person]) -> None:
    assert model.data(QModelIndex()) is None
    assert model.rowCount(model.index(0, 0)) == 0


Act = tuple[str, list[int], int]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(["put", "remove", "sort", "search"]), st.lists(st.integers(0, 15)), st.integers(0, 5))
    )
)
def test_whatever_happens_qt_hears_a_consistent_story(model: TableModel[Person], acts: Iterable[Act]) -> None:
    """The model tester of Qt warns when signals and rows disagree, and a warning fails the test."""
    model.define_filters({"active": lambda person: person.active})
    for act, keys, number in acts:
        if act == "put":
            model.update_rows(
                [Person(key, f"{'abc'[key % 3]} {number}", number=number, active=number > 1) for key in keys]
            )
        elif act == "remove":
            model.remove(keys)
        elif act == "sort":
            model.sort(number - 1, DESCENDING if keys else ASCENDING)
        else:
            model.search("abc"[: number % 3])
            model.choose_filters(["active"] if keys else [])
    assert len(set(ids(model))) == model.rowCount() <= model.total
