"""Why a result is as it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

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
