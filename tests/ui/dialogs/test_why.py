"""Why a result is as it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.causes import CAUSES
from app.domain.outcomes import Action, FieldChange, Outcome, Run, RunError, RunState, Status
from tests.support.outcomes import failed, outcome, run, unchanged
from tests.support.window import click
from ui.dialogs.why import WhyDialog, open_why, what_next

STOPPED = run(state=RunState.STOPPED, error=RunError("refused_sign_in", "Unauthorized.", "Check the access key."))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def texts(dialog: WhyDialog) -> list[str]:
    return dialog.details.texts()


def after(told: list[str], label: str) -> str:
    return told[told.index(label) + 1]


def test_it_tells_what_was_asked_and_what_was_answered(window: QWidget) -> None:
    changes = (FieldChange("title", "Fullmektig", "Daglig leder"), FieldChange("phone", None, "900 00 001"))
    asked = run(state=RunState.FINISHED, params={"employees": ["a", "b", "c", "d"]}, duration_ms=400)
    told = texts(open_why(window, asked, outcome(changes=changes)))
    assert told[:3] == ["Kari Nordmann", "Employees · Store", "What was asked"]
    assert after(told, "Operation") == "Sync employees"
    assert after(told, "Connection") == "vitec"
    assert after(told, "Employees") == "4 chosen"
    assert after(told, "Who") == "kari"
    assert after(told, "Answer") == "Updated"
    assert after(told, "Title") == "Fullmektig → Daglig leder"
    assert after(told, "Phone") == "– → 900 00 001"
    assert after(told, "Id") == "kari-nordmann"


def test_a_preview_is_told_as_one(window: QWidget) -> None:
    told = texts(open_why(window, run(dry_run=True), outcome()))
    assert after(told, "Operation") == "Preview: Sync employees"


@pytest.mark.parametrize(
    ("asked", "answered", "next_action"),
    [
        (run(), failed(), "Ask the owner."),
        (STOPPED, outcome(status=Status.NOT_ATTEMPTED), "Check the access key."),
        (run(), outcome(status=Status.NOT_ATTEMPTED), "Deal with what stopped the run, then resume it."),
        (run(), outcome(), "Nothing: it is done."),
        (run(), unchanged(), "Nothing: it was left as it is."),
        (run(), failed(remedy=""), "Run it again for those that failed."),
        (run(), outcome(status=Status.UNKNOWN), "Run it again: it first reads what is there."),
    ],
)
def test_there_is_always_a_next_action(asked: Run, answered: Outcome, next_action: str) -> None:
    assert what_next(asked, answered) == next_action


def test_a_conflict_asks_for_a_decision() -> None:
    assert "Decide" in what_next(run(), outcome(status=Status.SKIPPED, action=Action.CONFLICT))


def test_the_cause_is_told_with_title_effect_and_who_said_so(window: QWidget) -> None:
    told = texts(open_why(window, run(), failed(message="The device found no face.", code="device.face_rejected")))
    cause = CAUSES["device.face_rejected"]
    assert after(told, "What it is") == "Photo refused"
    assert after(told, "Who said so") == "Device"
    assert after(told, "Cause") == cause.cause
    assert after(told, "Effect") == cause.effect
    assert after(told, "Answer") == "The device found no face."


def test_a_cause_that_is_the_answer_is_not_told_twice(window: QWidget) -> None:
    cause = CAUSES["mysql.access_denied"]
    told = texts(open_why(window, run(), failed(message=cause.cause, remedy="", code=cause.code)))
    assert told.count(cause.cause) == 1
    assert told[-1] == cause.remedy


def test_what_went_well_has_no_cause(window: QWidget) -> None:
    assert "What it is" not in texts(open_why(window, run(), outcome()))


def test_one_that_was_not_attempted_tells_what_stopped_the_run(window: QWidget) -> None:
    told = texts(open_why(window, STOPPED, outcome(status=Status.NOT_ATTEMPTED, message="Not attempted.")))
    assert after(told, "What it is") == "Sign-in refused"


def test_the_end_of_a_run_is_explained_without_any_row(window: QWidget) -> None:
    error = RunError("unreachable", "Vitec Hub failed.", code="circuit_open")
    told = texts(open_why(window, run(state=RunState.STOPPED, error=error)))
    assert after(told, "Operation") == "Sync employees"
    assert after(told, "Answer") == "Vitec Hub failed."
    assert after(told, "What it is") == "Left alone"
    assert told[-1] == CAUSES["circuit_open"].remedy


def test_everything_can_be_copied_at_once(window: QWidget) -> None:
    dialog = open_why(window, run(), failed())
    click(dialog, "why.copy")
    copied = QGuiApplication.clipboard().text()
    assert "Refused" in copied
    assert "Ask the owner." in copied


def test_escape_and_the_button_close_it(window: QWidget) -> None:
    dialog = open_why(window, run(), failed())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    dialog = open_why(window, run(), failed())
    click(dialog, "why.close")
    assert not dialog.isVisible()
