"""The built-in inbox: a receiver on this computer that shows what arrives and says whether it was verified.

It is the one address on this computer that webhooks may be sent to; whoever tries something looks here first.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.errors import MusterError
from app.events import InboxReceived
from app.i18n import N_, _, ngettext
from app.operations.webhooks.inbox import InboxAnswer, Received
from ui.desk import Desk
from ui.dialogs.webhook_events import set_out
from ui.dialogs.webhook_test import headers_text
from ui.pages.webhooks.endpoint_actions import ADD, EndpointActions
from ui.tables import Column, Kind, TablePane, WithDetails, format_value
from ui.texts import moment_text
from ui.theme import GRID, Icon, Tone
from ui.widgets import Action, Button, DetailsPane, Look, StatusChip

ANSWER_WORDS = {
    InboxAnswer.OK: N_("200, all is well"),
    InboxAnswer.ERROR: N_("500, an error"),
    InboxAnswer.GONE: N_("410, gone for good"),
    InboxAnswer.SLOW: N_("Nothing for ten seconds"),
}


def _verdict(one: Received) -> str:
    if one.verified:
        return _("Verified, came again") if one.again else _("Verified")
    return _("Not verified")


def _kind(one: Received) -> str:
    return one.headers.get("webhook-id", "")


COLUMNS: tuple[Column[Received], ...] = (
    Column("at", N_("Time"), lambda r: r.at, kind=Kind.MOMENT, width=150),
    Column("verdict", N_("Signature"), _verdict, kind=Kind.CHIP, width=190,
           tone=lambda r: Tone.SUCCESS if r.verified else Tone.DANGER,
           icon=lambda r: Icon.VERIFY if r.verified else Icon.ALERT),
    Column("webhook", N_("Webhook"), lambda r: r.webhook, width=150),
    Column("problem", N_("Why not"), lambda r: r.problem, width=240, tooltip=lambda r: r.problem),
    Column("id", N_("Message id"), _kind, width=270, muted=True),
    Column("number", N_("Number"), lambda r: r.number, kind=Kind.NUMBER, width=90, muted=True, hidden=True),
)  # fmt: skip


class InboxView(QWidget):
    """Start and stop, what it answers, and what arrived."""

    def __init__(self, desk: Desk, shortcuts_in: QWidget, actions: EndpointActions) -> None:
        super().__init__()
        self.desk = desk
        self._actions = actions
        self.chip = StatusChip(object_name="webhooks.inbox.chip")
        self.address = QLineEdit(readOnly=True)
        self.address.setObjectName("webhooks.inbox.address")
        self.address.setAccessibleName(_("Address of the inbox"))
        self.address.setPlaceholderText(_("Its address appears here once it is open."))
        self.copy = Button(_("Copy"), icon=Icon.COPY, object_name="webhooks.inbox.copy")
        self.answer = QComboBox()
        self.answer.setObjectName("webhooks.inbox.answer")
        for answer, words in ANSWER_WORDS.items():
            self.answer.addItem(_(words), answer.value)
        self.switch = Button(_("Open inbox"), look=Look.PRIMARY, icon=Icon.PLAY, object_name="webhooks.inbox.switch")
        self.lead = Button(_("Add webhook to it"), icon=Icon.PLUS, object_name="webhooks.inbox.add")
        self.clear = Button(_("Clear"), icon=Icon.DELETE, object_name="webhooks.inbox.clear")
        self.pane: TablePane[Received] = TablePane(
            name=_("Inbox"), page="webhooks.inbox", columns=COLUMNS, key=lambda one: one.number,
            search_hint=_("Search what arrived"), count_text=_count_text, store=desk.layouts,
            shortcuts_in=shortcuts_in,
        )  # fmt: skip
        self.details = DetailsPane(object_name="webhooks.inbox.details")
        self._arrange()
        self._connect()
        self.refresh()

    def _arrange(self) -> None:
        answer = QLabel(_("It answers"))
        answer.setBuddy(self.answer)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, GRID)
            row.setSpacing(2 * GRID)
        first.addWidget(self.chip)
        first.addWidget(self.address, 1)
        for button in (self.copy, self.lead, self.switch):
            first.addWidget(button)
        second.addWidget(answer)
        second.addWidget(self.answer)
        second.addStretch(1)
        second.addWidget(self.clear)
        self.split = WithDetails(self.pane, self.pane.table, self.details, (900, 440))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.switch)

    def _connect(self) -> None:
        self.switch.clicked.connect(self._switch)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.address.text()))
        self.lead.clicked.connect(lambda: self._actions.add(self.address.text()))
        self.clear.clicked.connect(self._clear)
        self.answer.activated.connect(lambda _place: self._choose_answer())
        self.split.told.connect(self._tell_details)
        self.pane.table.row_activated.connect(self.split.open)
        self.pane.export_requested.connect(self.export)
        self.pane.set_filters([])
        self.desk.on(InboxReceived, lambda _event: self._arrived())
        if self.desk.layouts.get("table/webhooks.inbox.table") is None:
            self.pane.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)

    # -- showing -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show how it stands and what arrived."""
        inbox = self.desk.workspace.inbox
        is_open = bool(inbox.url)
        self.chip.set_status(_("Open") if is_open else _("Closed"), Tone.SUCCESS if is_open else Tone.NEUTRAL)
        self.address.setText(inbox.url)
        self.switch.setText(_("Close inbox") if is_open else _("Open inbox"))
        self.switch.set_icon(Icon.PAUSE if is_open else Icon.PLAY)
        closed = "" if is_open else _("Open the inbox first.")
        self.copy.permit(closed)
        self.lead.permit(self.desk.refusal(ADD) or closed)
        self.clear.permit("" if inbox.received else _("Nothing has arrived."))
        self.answer.setCurrentIndex(self.answer.findData(inbox.answer.value))
        self._say_empty(is_open)
        self.pane.set_rows(list(inbox.received))
        self.split.tell()

    def _say_empty(self, is_open: bool) -> None:
        if is_open:
            text = _("Add a webhook that leads here, or send a test of one that does.")
            self.pane.show_empty(_("Nothing has arrived yet"), text, drawing=Icon.SEND)
        else:
            text = _("It listens on this computer alone, checks every signature and is closed with the window.")
            act = Action(_("Open inbox"), self._switch, icon=Icon.PLAY)
            self.pane.show_empty(_("The inbox is closed"), text, [act], drawing=Icon.SEND)

    def _arrived(self) -> None:
        newest = self.desk.workspace.inbox.received
        if newest:
            self.pane.set_rows(list(newest))
            self.clear.permit("")
            self.split.tell()

    def _tell_details(self) -> None:
        one = self.pane.table.current_row()
        if one is None:
            self.details.clear()
            return
        tone = Tone.SUCCESS if one.verified else Tone.DANGER
        self.details.set_heading(
            _kind(one) or f"{one.method} {one.path}", one.webhook, with_picture=False, chip=(_verdict(one), tone)
        )
        self.details.clear_rows()
        if one.problem:
            self.details.add_row(_("Why not"), one.problem, tone=Tone.DANGER)
        if one.again:
            self.details.add_note(_("The same message came before: a receiver does the work once."))
        self.details.add_row(_("Time"), moment_text(one.at))
        self.details.add_row(_("Request"), f"{one.method} {one.path}")
        self.details.add_section(_("Headers"))
        self.details.add_note(headers_text(one.headers))
        self.details.add_section(_("Body"))
        self.details.add_note(set_out(one.body))

    # -- what a person does --------------------------------------------------------------------------------------

    def _switch(self) -> None:
        self.switch.refuse(_("One moment …"))
        self.desk.start("switch inbox", self._open_or_close())

    async def _open_or_close(self) -> None:
        inbox = self.desk.workspace.inbox
        try:
            await (inbox.close() if inbox.url else inbox.open())
        except OSError as error:
            self._say_problem(str(error), _("Another program may forbid it: a firewall."))
        except MusterError as error:
            self._say_problem(error.message, remedy_of(error))
        else:
            self.desk.voice.clear_banner("webhooks.inbox")
        self.switch.allow()
        self.refresh()

    def _say_problem(self, cause: str, remedy: str) -> None:
        text = _("The inbox cannot be opened: {cause}").format(cause=cause)
        self.desk.voice.banner("webhooks.inbox", Tone.DANGER, text, remedy)

    def _choose_answer(self) -> None:
        self.desk.workspace.inbox.answer = InboxAnswer(self.answer.currentData())

    def _clear(self) -> None:
        self.desk.workspace.inbox.clear()
        self.refresh()

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "webhook-inbox")


def _count_text(count: int) -> str:
    return ngettext("{count} message", "{count} messages", count).format(count=format_value(count))
