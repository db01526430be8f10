"""The matrix as a person uses it: words, keyboard, zoom, painting, copying."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.coverage import CoverageState, Placement
from app.store.values import now
from tests.support.coverage import a_device
from ui.pages.devices.coverage.grid import CoverageGrid, Person
from ui.pages.devices.coverage.model import CoverageModel
from ui.pages.devices.coverage.tiles import Zoom
from ui.pages.devices.coverage.view import CoverageView
from ui.theme import ThemeChoice, Tone, apply_theme, tokens

S = CoverageState
DISPLAY, SPOKEN = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole
DOORS = [a_device("Gate"), a_device("Yard"), a_device("Canteen")]
PEOPLE = [Person(f"p{n}", name, str(n)) for n, name in enumerate(("Berg Kari", "Popescu Ana", "Ștefănuță Ion"), 1)]
CELLS = [("gate", "p1", S.VERIFIED), ("yard", "p1", S.FAILED), ("gate", "p2", S.SENT), ("canteen", "p3", S.DIFFERENT)]


@pytest.fixture
def model() -> CoverageModel:
    made = CoverageModel()
    made.show_grid(CoverageGrid(PEOPLE, DOORS, CELLS))
    return made


@pytest.fixture
def view(qtbot: QtBot, model: CoverageModel) -> CoverageView:
    made = CoverageView(model, object_name="devices.coverage")
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    made.setFocus()
    made.setCurrentIndex(model.index(0, 0))
    return made


def names(model: CoverageModel) -> list[str]:
    return [model.person(row).name for row in range(model.rowCount())]


# -- words -----------------------------------------------------------------------------------------------------------


def test_a_cell_answers_with_a_word_and_reads_aloud_as_a_sentence(model: CoverageModel) -> None:
    assert model.index(1, 0).data(DISPLAY) == "Sent"
    assert model.index(1, 0).data(SPOKEN) == "Popescu Ana at Gate: Sent"


def test_once_its_evidence_is_read_the_sentence_says_how_old_it_is(model: CoverageModel) -> None:
    known = Placement("gate", "p1", "1", S.VERIFIED, checked_at=now() - timedelta(minutes=2, seconds=5))
    model.learn({("gate", "p1"): known})
    assert model.index(0, 0).data(SPOKEN) == "Berg Kari at Gate: Verified, 2 min ago"


def test_headers_read_aloud_with_their_totals(model: CoverageModel) -> None:
    assert model.headerData(0, Qt.Orientation.Vertical, SPOKEN) == "Berg Kari: 1 of 3 verified"
    assert model.headerData(0, Qt.Orientation.Horizontal, SPOKEN) == "Gate: 1 of 3 verified"


# -- filters ---------------------------------------------------------------------------------------------------------


def test_search_finds_names_whatever_the_accents_and_numbers(model: CoverageModel) -> None:
    model.search("stefanuta")
    assert names(model) == ["Ștefănuță Ion"]
    model.search("2")
    assert names(model) == ["Popescu Ana"]


def test_a_state_keeps_the_people_who_have_it_somewhere_and_fades_their_other_cells(model: CoverageModel) -> None:
    model.choose([S.FAILED])
    assert names(model) == ["Berg Kari"]
    verified, failed, waiting = model.shown_row(0, 0, 2)
    assert failed < len(S), "what was asked for stays as it is"
    assert min(verified, waiting) > len(S)


def test_one_device_alone_shows_one_column_and_filters_by_it(model: CoverageModel) -> None:
    model.choose([S.WAITING], device="gate")
    assert names(model) == ["Ștefănuță Ion"]
    assert model.columnCount() == 1
    assert model.counts()[S.WAITING] == 1


def test_a_change_is_shown_at_once_and_rows_stay_until_the_next_filter(model: CoverageModel) -> None:
    model.choose([S.SENT])
    model.put([("gate", "p2", S.VERIFIED)])
    assert names(model) == ["Popescu Ana"]
    assert model.index(0, 0).data(DISPLAY) == "Verified"
    assert model.counts()[S.SENT] == 0


# -- keyboard and mouse ----------------------------------------------------------------------------------------------


def test_arrows_move_and_both_headers_show_where(view: CoverageView) -> None:
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert (view.currentIndex().row(), view.currentIndex().column()) == (1, 1)
    assert (view.people.current, view.devices.current) == (1, 1)


def test_enter_opens_the_story_and_space_asks_for_the_details(view: CoverageView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.opened):
        QTest.keyClick(view, Qt.Key.Key_Return)
    with qtbot.waitSignal(view.details_requested):
        QTest.keyClick(view, Qt.Key.Key_Space)


def test_typing_jumps_to_a_name(view: CoverageView) -> None:
    QTest.keyClicks(view, "pop")
    assert view.currentIndex().row() == 1


def test_tab_leaves_the_matrix(view: CoverageView) -> None:
    assert not view.tabKeyNavigation()


def test_ctrl_plus_and_minus_zoom_within_bounds(view: CoverageView) -> None:
    for _press in range(5):
        QTest.keyClick(view, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert view.zoom is Zoom.TINY
    assert view.columnWidth(0) == 8
    assert view.rowHeight(0) == 8
    QTest.keyClick(view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert view.columnWidth(0) == 20


def test_ctrl_and_the_wheel_zoom_and_the_wheel_alone_scrolls(view: CoverageView) -> None:
    at = QPointF(20, 20)
    for keys in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
        event = QWheelEvent(
            at, view.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, keys,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view.viewport(), event)
        assert view.zoom is (Zoom.MEDIUM if keys else Zoom.LARGE)


def test_a_click_on_a_cell_opens_it_and_on_a_header_names_who_it_is(view: CoverageView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.opened) as opened:
        QTest.mouseClick(
            view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.model().index(2, 1)).center()
        )
    index = opened.args[0]
    assert isinstance(index, QModelIndex)
    assert (index.row(), index.column()) == (2, 1)
    with qtbot.waitSignal(view.person_chosen) as person:
        QTest.mouseClick(view.people.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, 28 + 10))
    assert person.args == [1]


def test_what_is_marked_is_copied_with_its_names(view: CoverageView) -> None:
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "\tGate\tYard\nBerg Kari\tVerified\tFailed\nPopescu Ana\tSent\tWaiting"


# -- painting --------------------------------------------------------------------------------------------------------


def colours(image: QImage) -> set[str]:
    return {QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())}


def shape(image: QImage, edge: int) -> tuple[bool, ...]:
    """The middle of a cell without its colours: where it differs from its first point."""
    left, top = (image.width() - edge) // 2, (image.height() - edge) // 2
    points = [image.pixel(left + x, top + y) for y in range(edge) for x in range(edge)]
    return tuple(point != points[0] for point in points)


def cell(view: CoverageView, row: int, column: int) -> QImage:
    view.setCurrentIndex(QModelIndex())
    index = view.model().index(row, column)
    return view.viewport().grab(view.visualRect(index)).toImage()


@pytest.mark.parametrize("zoom", list(Zoom))
@pytest.mark.parametrize("theme", [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.HIGH_CONTRAST])
def test_every_state_has_its_own_drawing_at_every_size(
    qtbot: QtBot, qapp: QApplication, zoom: Zoom, theme: ThemeChoice
) -> None:
    apply_theme(qapp, theme)
    doors = [a_device(state.name) for state in S]
    model = CoverageModel()
    model.show_grid(
        CoverageGrid(PEOPLE[:1], doors, [(door.id, "p1", state) for door, state in zip(doors, S, strict=True)])
    )
    view = CoverageView(model, object_name="x")
    qtbot.addWidget(view)
    view.resize(1200, 200)
    view.set_zoom(zoom)
    view.show()
    drawn = {shape(cell(view, 0, column), 5 if zoom is Zoom.TINY else 12) for column in range(len(doors))}
    assert len(drawn) == len(doors), "as drawings, whatever their colours"


def test_a_failed_cell_is_red_and_a_verified_one_green(view: CoverageView) -> None:
    assert tokens().tone(Tone.DANGER).ground in colours(cell(view, 0, 1))
    assert tokens().tone(Tone.SUCCESS).ground in colours(cell(view, 0, 0))


def test_colours_follow_a_switch_of_theme(view: CoverageView, qapp: QApplication) -> None:
    apply_theme(qapp, ThemeChoice.DARK)
    assert tokens().tone(Tone.SUCCESS).ground in colours(cell(view, 0, 0))


def test_a_change_is_painted(view: CoverageView, model: CoverageModel) -> None:
    model.put([("gate", "p1", S.FAILED)])
    assert tokens().tone(Tone.DANGER).ground in colours(cell(view, 0, 0))


def test_scrolling_paints_only_what_is_exposed(qtbot: QtBot) -> None:
    model = CoverageModel()
    model.show_grid(CoverageGrid([Person(f"p{n}", f"P {n}") for n in range(2_000)], DOORS))
    view = CoverageView(model, object_name="x")
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    asked: list[int] = []
    original = model.shown_row
    model.shown_row = lambda place, first, last: (asked.append(place), original(place, first, last))[1]  # type: ignore[func-returns-value, method-assign]
    view.viewport().repaint()
    assert len(asked) < 20, "no more rows than fit"
    QApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)
