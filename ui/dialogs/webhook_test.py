"""The test of a webhook: what is sent, if wanted a payload of the person's own, and what came back (webhooks.md §1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.i18n import _
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.pages.webhooks.causes import explain
from ui.pages.webhooks.words import result_text
from ui.runs.words import duration_text
from ui.theme import GRID, Icon, Tone
from ui.widgets import Button, DetailsPane, Look, announce

OPERATION = "webhooks.test"
_PAYLOAD_HEIGHT = 96


class TestPanel(QWidget):
    """Sends the test event and shows the answer; `tested` says whether it arrived."""

    __test__ = False  # no test of pytest
    tested = Signal(bool)

    def __init__(self, desk: Desk, webhook_id: str, *, look: Look = Look.PRIMARY) -> None:
        super().__init__()
        self.desk, self.webhook_id = desk, webhook_id
        self._gone = False
        promise = QLabel(
            _("Sends the event integration.test to the address, signed as any other. It is tried once."), wordWrap=True
        )
        promise.setProperty("role", "muted")
        self.own = QCheckBox(_("Send a payload of my own"))
        self.own.setObjectName("webhook_test.own")
        self.payload = QPlainTextEdit('{\n  "message": "Hello"\n}')
        self.payload.setObjectName("webhook_test.payload")
        self.payload.setAccessibleName(_("Payload, a JSON object"))
        self.payload.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.payload.setTabChangesFocus(True)
        self.payload.setFixedHeight(_PAYLOAD_HEIGHT)
        self.payload.hide()
        self.own.toggled.connect(self.payload.setVisible)
        self.send = Button(_("Send test"), look=look, icon=Icon.SEND, object_name="webhook_test.send")
        self.send.clicked.connect(lambda: desk.start("test webhook", self.run()))
        self.send.setAutoDefault(False)
        if refusal := desk.refusal(OPERATION):
            self.send.refuse(refusal)
        self.answer = DetailsPane(object_name="webhook_test.answer")
        self._say_nothing_yet()
        line = QHBoxLayout()
        line.addWidget(self.own, 1)
        line.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(promise)
        column.addLayout(line)
        column.addWidget(self.payload)
        column.addWidget(self.answer, 1)

    def _say_nothing_yet(self) -> None:
        self.answer.set_heading("", with_picture=False)
        self.answer.clear_rows()
        self.answer.add_note(_("What the receiver answers appears here."))

    def forget(self) -> None:
        """The dialog closes: an answer that comes later is not shown."""
        self._gone = True

    async def run(self) -> None:
        """Send it and show what came back."""
        params: dict[str, Any] = {"id": self.webhook_id}
        if self.own.isChecked():
            payload = self._read_payload()
            if payload is None:
                return
            params["payload"] = payload
        self.send.refuse(_("The test is running."))
        report = await self.desk.report_of(Request(OPERATION, params=params))
        if self._gone:
            return
        self.send.allow()
        self.send.setFocus(Qt.FocusReason.OtherFocusReason)
        if report is not None:
            self._show(report)

    def _read_payload(self) -> Mapping[str, Any] | None:
        try:
            found = json.loads(self.payload.toPlainText())
        except ValueError as error:
            self._show_problem(_("This is no JSON."), str(error))
            return None
        if not isinstance(found, dict):
            self._show_problem(_("A payload is a JSON object."), _("Put it in curly brackets."))
            return None
        return found

    def _show_problem(self, text: str, remedy: str) -> None:
        self.answer.set_heading(text, remedy, with_picture=False, chip=(_("Not sent"), Tone.WARNING))
        self.answer.clear_rows()

    def _show(self, report: Report) -> None:
        if report.error is not None:
            self._show_problem(report.error.message, remedy_of(report.error))
            return
        found = report.run.result or {}
        arrived = bool(found["success"])
        word = (_("Delivered"), Tone.SUCCESS) if arrived else (_("Failed"), Tone.DANGER)
        title = result_text(found["http_status"], found["error_code"] or "")
        took = _("Answered in {time}").format(time=duration_text(int(found["duration_ms"])))
        self.answer.set_heading(title, took, with_picture=False, chip=word)
        self.answer.clear_rows()
        if not arrived:
            self._tell_cause(found)
        self.answer.add_section(_("What was answered"))
        self.answer.add_row(_("Body"), found["response_body"])
        self.answer.add_row(_("Headers"), headers_text(found["response_headers"]))
        self.answer.add_section(_("What was sent"))
        self.answer.add_row(_("Address"), found["url"])
        self.answer.add_row(_("Headers"), headers_text(found["request_headers"]))
        announce(self, f"{word[0]}. {title}")
        self.tested.emit(arrived)

    def _tell_cause(self, found: Mapping[str, Any]) -> None:
        told = explain(found["error_code"], found["http_status"])
        self.answer.add_row(_("Cause"), told.cause, tone=Tone.DANGER)
        if found["error_message"]:
            self.answer.add_row(_("Message"), found["error_message"])
        self.answer.add_row(_("What to do"), told.remedy)


class TestDialog(QDialog):
    """The panel in a window of its own, for an endpoint of the list."""

    __test__ = False  # no test of pytest

    def __init__(self, parent: QWidget, desk: Desk, webhook_id: str, name: str) -> None:
        super().__init__(parent)
        self.setObjectName("webhook_test")
        self.setWindowTitle(_("Test of {name}").format(name=name))
        self.resize(560, 560)
        self.panel = TestPanel(desk, webhook_id)
        close = Button(_("Close"), object_name="webhook_test.close")
        close.clicked.connect(self.reject)
        close.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.panel, 1)
        column.addLayout(buttons)
        self.panel.send.setFocus()

    def done(self, code: int) -> None:
        """Close for good."""
        self.panel.forget()
        super().done(code)


def headers_text(headers: Mapping[str, str]) -> str:
    """Headers one a line."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items())
