"""Chips, details, progress, empty states and the wrapping layout."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.window import words
from ui.theme import Icon, ThemeChoice, Tone, apply_theme, tokens
from ui.widgets import Action, DetailsPane, EmptyState, FlowLayout, ProgressLine, StatusChip, time_left


def test_a_status_is_a_word_with_its_evidence(qtbot: QtBot) -> None:
    chip = StatusChip()
    qtbot.addWidget(chip)
    chip.set_status("Connected", Tone.SUCCESS, detail="checked 2 min ago")
    assert (chip.accessibleName(), chip.accessibleDescription()) == ("Connected", "checked 2 min ago")
    assert chip.toolTip() == "checked 2 min ago"
    assert chip.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_a_status_without_a_word_is_not_there(qtbot: QtBot) -> None:
    chip = StatusChip()
    qtbot.addWidget(chip)
    chip.set_status("", Tone.NEUTRAL)
    assert chip.isHidden()


def test_a_status_has_room_for_its_word(qtbot: QtBot) -> None:
    chip = StatusChip()
    qtbot.addWidget(chip)
    chip.set_status("Not configured", Tone.WARNING)
    assert chip.sizeHint().width() > chip.fontMetrics().horizontalAdvance("Not configured") + 14


@pytest.fixture
def details(qtbot: QtBot) -> DetailsPane:
    made = DetailsPane()
    qtbot.addWidget(made)
    made.resize(300, 600)
    made.show()
    return made


def fill(details: DetailsPane) -> None:
    details.set_heading("Ingrid Ionescu", "Estate agent · Stavanger", chip=("Active", Tone.SUCCESS))
    details.clear_rows()
    details.add_row("E-mail", "ingrid.maria.ionescu-kristiansen@fjordheim-eiendom.example", badge="Vitec", when="today")
    details.add_row("Phone", "")
    details.add_row("Devices", "Gate 3: face refused", tone=Tone.DANGER)
    details.add_section("History")
    details.add_row("14:02", "Title changed:\nfullmektig → eiendomsmegler")


def test_details_show_every_field_from_top_to_bottom(details: DetailsPane) -> None:
    fill(details)
    assert details.texts() == [
        "Ingrid Ionescu", "Estate agent · Stavanger",
        "E-mail", "ingrid.maria.ionescu-kristiansen@fjordheim-eiendom.example",
        "Phone", "",
        "Devices", "Gate 3: face refused",
        "History",
        "14:02", "Title changed:\nfullmektig → eiendomsmegler",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [280, 320, 420])
def test_nothing_is_cut_off_on_the_right(details: DetailsPane, width: int) -> None:
    details.resize(width, 600)
    fill(details)
    QApplication.processEvents()
    for label in details.findChildren(QLabel):
        if label.isVisible() and label.text():
            right = label.mapTo(details, QPoint(label.width(), 0)).x()
            assert right <= details.viewport().width(), label.text()
            needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            assert label.height() >= needed, label.text()


def test_a_value_can_be_copied_without_its_source(details: DetailsPane) -> None:
    fill(details)
    label = next(label for label in details.findChildren(QLabel) if label.accessibleName().startswith("E-mail"))
    label.customContextMenuRequested.emit(QPoint(2, 2))
    menu = next(menu for menu in label.findChildren(QMenu) if menu.isVisible())
    menu.actions()[0].trigger()
    menu.close()
    assert QGuiApplication.clipboard().text() == "ingrid.maria.ionescu-kristiansen@fjordheim-eiendom.example"


def test_a_field_reads_sensibly_aloud(details: DetailsPane) -> None:
    fill(details)
    names = [label.accessibleName() for label in details.findChildren(QLabel) if label.accessibleName()]
    assert "Phone: empty" in names
    assert "Devices: Gate 3: face refused" in names


def test_text_from_outside_is_shown_as_it_is(details: DetailsPane) -> None:
    details.clear_rows()
    details.add_row("Title", "<b>Boss</b> & <img src='http://x'>")
    assert details.texts()[-1] == "<b>Boss</b> & <img src='http://x'>"
    assert "<img" not in next(label.text() for label in details.findChildren(QLabel) if "Boss" in label.text())


def test_values_follow_a_switch_of_theme(details: DetailsPane, qapp: QApplication) -> None:
    fill(details)
    apply_theme(qapp, ThemeChoice.DARK)
    label = next(label for label in details.findChildren(QLabel) if "face refused" in label.text())
    assert tokens().danger.ink in label.text()
    apply_theme(qapp, ThemeChoice.LIGHT)


def test_without_a_record_the_details_say_how_to_get_one(details: DetailsPane) -> None:
    fill(details)
    details.clear()
    assert details.texts() == ["Choose a row to see its details."]


def test_a_photograph_takes_the_place_of_the_initials(details: DetailsPane) -> None:
    photo = QPixmap(60, 80)
    photo.fill(Qt.GlobalColor.red)
    details.set_heading("Ingrid Ionescu", picture=photo)
    shown = next(label for label in details.findChildren(QLabel) if not label.pixmap().isNull()).pixmap().toImage()
    middle = shown.pixelColor(shown.width() // 2, shown.height() // 2)
    assert middle.name() == "#ff0000"
    assert shown.pixelColor(0, 0).alpha() == 0  # round


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "a moment left"),
        (5.2, "about 5 s left"),
        (52, "about 50 s left"),
        (89, "about 90 s left"),
        (200, "about 3 min left"),
        (7200, "about 2 hours left"),
    ],
)
def test_time_left_without_false_precision(seconds: float, text: str) -> None:
    assert time_left(seconds) == text


@pytest.fixture
def progress(qtbot: QtBot) -> ProgressLine:
    made = ProgressLine(name="Sync offices")
    qtbot.addWidget(made)
    return made


def test_progress_in_words(progress: ProgressLine) -> None:
    progress.show_progress(128, 340, per_second=41, left_s=5.2)
    assert progress.text.text() == "128 of 340 · 41/s · about 5 s left"
    assert (progress.bar.value(), progress.bar.maximum()) == (128, 340)
    assert progress.bar.accessibleName() == "Sync offices"
    assert progress.bar.accessibleDescription() == progress.text.text()


def test_progress_says_only_what_is_known(progress: ProgressLine) -> None:
    progress.show_progress(12, None)
    assert (progress.text.text(), progress.bar.maximum()) == ("12", 0)
    progress.show_progress(340, 340, per_second=4.12, left_s=0)
    assert progress.text.text() == "340 of 340 · 4.1/s"
    progress.say("Reading offices …")
    assert progress.text.text() == "Reading offices …"


def test_an_empty_state_says_what_it_is_and_offers_the_next_step(qtbot: QtBot) -> None:
    done: list[str] = []
    state = EmptyState()
    qtbot.addWidget(state)
    state.show_message(Icon.BUILDING, "No offices yet", "Add one.", [Action("Add", lambda: done.append("added"))])
    state.show()
    assert words(state) == "No offices yet\nAdd one."
    assert (state.accessibleName(), state.accessibleDescription()) == ("No offices yet", "Add one.")
    state.findChildren(QPushButton)[0].click()
    assert done == ["added"]
    state.show_message(Icon.SEARCH, "No match", "")
    QApplication.sendPostedEvents(None, 52)  # deferred deletes
    assert state.findChildren(QPushButton) == []


def test_a_flow_wraps_when_it_is_narrow(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    flow = FlowLayout(page, spacing=8)
    boxes = [QWidget() for _ in range(4)]
    for box in boxes:
        box.setFixedSize(100, 30)
        flow.addWidget(box)
    assert flow.heightForWidth(500) == 30
    assert flow.heightForWidth(220) == 68
    flow.setGeometry(QRect(0, 0, 220, 68))
    assert [(box.x(), box.y()) for box in boxes] == [(0, 0), (108, 0), (0, 38), (108, 38)]
    boxes[1].hide()
    assert flow.heightForWidth(330) == 30


def test_a_flow_gives_its_widgets_back(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    flow = FlowLayout(page)
    flow.addWidget(QPushButton("One"))
    assert flow.count() == 1
    assert flow.itemAt(3) is None
    taken = flow.takeAt(0)
    assert taken is not None
    assert flow.count() == 0
    assert flow.takeAt(0) is None


def test_a_chip_with_evidence_can_be_reached_and_shows_the_focus(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    chip = StatusChip(parent=page)
    chip.set_status("Error", Tone.DANGER, detail="refused")
    page.show()
    page.activateWindow()
    QTest.keyClick(page, Qt.Key.Key_Tab)
    qtbot.waitUntil(chip.hasFocus)
    colours = chip.grab().toImage()
    seen = {colours.pixelColor(x, y).name() for x in range(colours.width()) for y in range(colours.height())}
    assert tokens().accent in seen
