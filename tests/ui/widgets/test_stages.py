"""The list of steps: what is shown and what is read aloud."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.window import words
from ui.widgets import Button
from ui.widgets.stages import StageLine, StageList, StageState

LINES = [
    StageLine("Address", StageState.PASSED, "It answers.", 31),
    StageLine("Sign-in", StageState.FAILED, "Refused.", 120),
    StageLine("Data", StageState.NOT_REACHED),
]


def shown(qtbot: QtBot) -> StageList:
    stages = StageList(name="Steps")
    qtbot.addWidget(stages)
    stages.show()
    return stages


def test_each_step_has_title_word_time_and_message(qtbot: QtBot) -> None:
    stages = shown(qtbot)
    stages.show_lines(LINES)
    assert words(stages).split("\n") == [
        "Address", "Passed · 31 ms", "It answers.", "Sign-in", "Failed · 120 ms", "Refused.", "Data", "Not reached",
    ]  # fmt: skip


def test_each_step_is_read_aloud_as_one(qtbot: QtBot) -> None:
    stages = shown(qtbot)
    stages.show_lines(LINES)
    said = [(row.accessibleName(), row.accessibleDescription()) for row in stages.findChildren(QWidget)]
    assert ("Sign-in: Failed · 120 ms", "Refused.") in said


def test_a_failed_step_that_can_be_explained_offers_it(qtbot: QtBot) -> None:
    stages = shown(qtbot)
    stages.show_lines([LINES[0], replace(LINES[1], explains=True)])
    offered = [button for button in stages.findChildren(Button, "stage.why") if button.isVisible()]
    with qtbot.waitSignal(stages.why_requested):
        offered[0].click()
    assert len(offered) == 1
    stages.show_lines(LINES)
    assert not any(button.isVisible() for button in stages.findChildren(Button, "stage.why"))


def test_fewer_steps_later_leave_none_behind(qtbot: QtBot) -> None:
    stages = shown(qtbot)
    stages.show_lines(LINES)
    stages.show_lines([StageLine("Address", StageState.RUNNING)])
    assert words(stages).split("\n") == ["Address", "Testing…"]
