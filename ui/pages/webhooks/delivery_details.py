"""The details of one delivery: what was sent, and one entry for each attempt with all that went over the line.

Headers that may hold keys are masked where they are stored; here they are shown as they are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.webhooks.delivery import Attempt, Delivery
from app.errors import MusterError
from app.i18n import _
from app.operations.webhooks.rows import curl_text
from app.store import webhook_log, webhooks
from ui.desk import Desk
from ui.dialogs.webhook_events import set_out
from ui.dialogs.webhook_test import headers_text
from ui.pages.webhooks.causes import explain
from ui.pages.webhooks.delivery_actions import DeliveryActions
from ui.pages.webhooks.delivery_rows import DeliveryLine, event_text, webhook_text
from ui.pages.webhooks.words import STATUS_TONES, STATUS_WORDS, TRIGGER_WORDS, answer_text
from ui.runs.words import duration_text
from ui.tables import format_value
from ui.texts import ago, moment_text
from ui.theme import Icon, Tone
from ui.widgets import Button, DetailsPane, FlowLayout


@dataclass(frozen=True, slots=True)
class _Told:
    """A delivery with every try, read together."""

    delivery: Delivery
    attempts: Sequence[Attempt]
    method: str


class DeliveryDetails(QWidget):
    """Shows one delivery at a time; its attempts follow when they are read."""

    def __init__(self, desk: Desk, actions: DeliveryActions) -> None:
        super().__init__()
        self.desk = desk
        self._actions = actions
        self._line: DeliveryLine | None = None
        self._told: _Told | None = None
        self._asked = 0
        self.setObjectName("webhooks.delivery")
        self.setAccessibleName(_("Details"))
        self.pane = DetailsPane(object_name="webhooks.delivery.facts")
        self.buttons = QWidget()
        flow = FlowLayout(self.buttons)
        self.again = Button(_("Send again"), icon=Icon.SEND, object_name="webhooks.delivery.again")
        self.curl = Button(_("Copy as cURL"), icon=Icon.COPY, object_name="webhooks.delivery.curl")
        self.webhook = Button(_("Show webhook"), icon=Icon.ARROW_RIGHT, object_name="webhooks.delivery.webhook")
        self.again.clicked.connect(self._send_again)
        self.curl.clicked.connect(self._copy_curl)
        self.webhook.clicked.connect(self._show_webhook)
        for button in (self.again, self.curl, self.webhook):
            flow.addWidget(button)
        self.pane.set_tools(self.buttons)
        self.setFocusProxy(self.pane)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pane)
        self.show_line(None)

    def show_line(self, line: DeliveryLine | None) -> None:
        """Show a delivery, or that none is chosen; the same one again only where it moved."""
        if line is not None and line == self._line:
            return
        same = line is not None and self._line is not None and line.delivery.id == self._line.delivery.id
        self._line = line
        self._asked += 1
        self.buttons.setVisible(line is not None)
        if line is None:
            self.pane.clear()
            return
        self._allow(line)
        if not same:
            self._told = None
            self._tell(line)
        self.desk.start("read delivery", self._read(line, self._asked))

    def _allow(self, line: DeliveryLine) -> None:
        self.again.permit(self._actions.obstacle(line))
        if line.delivery.attempts:
            self.curl.allow()
        else:
            self.curl.refuse(_("It has not been tried yet."))
        if line.webhook:
            self.webhook.allow()
        else:
            self.webhook.refuse(_("The webhook was removed."))

    async def _read(self, line: DeliveryLine, asked: int) -> None:
        try:
            told = await self.desk.workspace.store.read(_read_all, line.delivery)
        except MusterError as error:
            if asked == self._asked:
                self.pane.add_note(f"{error.message} {remedy_of(error)}")
            return
        if asked == self._asked and told is not None:
            self._told = told
            self._tell(line)

    # -- rows ----------------------------------------------------------------------------------------------------

    def _tell(self, line: DeliveryLine) -> None:
        delivery, add = line.delivery, self.pane.add_row
        chip = (_(STATUS_WORDS[delivery.status]), STATUS_TONES[delivery.status])
        self.pane.set_heading(event_text(line), webhook_text(line), with_picture=False, chip=chip)
        self.pane.clear_rows()
        if delivery.error_code:
            told = explain(delivery.error_code, delivery.http_status, delivery.status)
            add(_("Cause"), told.cause, tone=Tone.DANGER)
            add(_("What follows"), told.effect)
            add(_("What to do"), told.remedy)
        add(_("Happened"), moment_text(delivery.created_at), when=ago(delivery.created_at))
        if delivery.next_retry_at is not None:
            add(_("Next attempt"), moment_text(delivery.next_retry_at))
        add(_("Attempts"), format_value(delivery.attempts))
        add(_("Message id"), delivery.id)
        if self._told is None:
            return
        self.pane.add_section(_("Body, the same on every attempt"))
        body = self._told.delivery.body
        self.pane.add_note(set_out(body) if body is not None else _("It is too old: its body was forgotten."))
        for attempt in reversed(self._told.attempts):
            self._tell_attempt(attempt)

    def _tell_attempt(self, attempt: Attempt) -> None:
        answer, add = attempt.answer, self.pane.add_row
        title = _("Attempt {number} · {why}")
        self.pane.add_section(title.format(number=attempt.attempt_number, why=_(TRIGGER_WORDS[attempt.trigger])))
        text = answer_text(answer)
        add(_("Result"), text, tone=None if answer.arrived else Tone.DANGER)
        if answer.error_message:
            add(_("Message"), answer.error_message)
        add(_("Time"), moment_text(attempt.started_at))
        add(_("Took"), duration_text(attempt.duration_ms))
        add(_("Address"), attempt.url)
        add(_("Headers sent"), headers_text(attempt.request_headers))
        if answer.response_headers:
            add(_("Headers answered"), headers_text(answer.response_headers))
        if answer.response_body:
            add(_("Body answered"), answer.response_body)

    def _send_again(self) -> None:
        if self._line is not None:
            self._actions.send_again(self._line)

    def _show_webhook(self) -> None:
        if self._line is not None:
            self._actions.webhook_wanted.emit(self._line.delivery.webhook_id)

    def _copy_curl(self) -> None:
        if self._told is None or not self._told.attempts:
            return
        told = self._told
        QGuiApplication.clipboard().setText(curl_text(told.method, told.attempts[-1], told.delivery.body or ""))
        self.desk.voice.toast(_("Copied, with secrets masked."))


def _read_all(known: Delivery) -> _Told | None:
    """Read on the store's thread."""
    delivery = webhook_log.find_delivery(known.id)
    if delivery is None:
        return None
    endpoint = webhooks.find_endpoint(delivery.webhook_id)
    method = endpoint.method.value if endpoint is not None else "POST"
    return _Told(delivery, webhook_log.attempts(delivery.id), method)
