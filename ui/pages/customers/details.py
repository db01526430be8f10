"""The details of one customer: how its database check ended and what to look at, its fields, pulls and history."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QWidget

from app.domain.customer_texts import STATUS_WORDS, answer_remedy, answer_text
from app.domain.customers import Customer, CustomerStatus, DatabaseStatus
from app.errors import MusterError
from app.i18n import _
from app.store import customers as stored
from app.store import runs
from app.store.customers import Pull
from app.store.runs import HistoryEntry
from app.store.timeline import Subject
from ui.desk import Desk
from ui.pages.customers.actions import CustomerActions, system_address
from ui.pages.customers.menus import row_entries
from ui.pages.customers.rows import (
    LOOKS,
    answer_of,
    is_listed,
    itar_words,
    last_good_text,
    number_text,
    pulled_tooltip,
    pulled_words,
    status_words,
    test_environment,
)
from ui.pages.entries import Entry
from ui.pages.timeline_button import add_timeline_button
from ui.tables import format_value
from ui.texts import FIELD_WORDS, ago, moment_text, value_text
from ui.theme import Icon, Tone
from ui.widgets import Button, DetailsPane, FlowLayout

_MOST_HISTORY, _MOST_PULLS = 20, 10


class CustomerDetails(QWidget):
    """Shows one customer at a time; it is the tools of the pane that it fills."""

    def __init__(self, desk: Desk, pane: DetailsPane, actions: CustomerActions) -> None:
        super().__init__()
        self.desk = desk
        self.customer: Customer | None = None
        self._pane = pane
        self._actions = actions
        self._flow = FlowLayout(self)
        self._entries = {entry.name: entry for entry in row_entries(actions, [Customer("", "", "")])}
        self._buttons = {name: self._make(name, entry) for name, entry in self._entries.items()}
        pane.set_tools(self)
        self.show_customer(None)

    def show_customer(self, customer: Customer | None) -> None:
        """Show this one, or that none is chosen."""
        self.customer = customer
        self.setVisible(customer is not None)
        if customer is None:
            self._pane.clear()
            return
        second = " · ".join(filter(None, (customer.domain, customer.id)))
        tone, _drawing = LOOKS[customer.database_status]
        self._pane.set_heading(customer.name, second, with_picture=False, chip=(status_words(customer), tone))
        self._pane.clear_rows()
        self._offer(customer)
        self._tell_database(customer)
        self._tell_fields(customer)
        self.desk.start("read customer", self._read_rest(customer))

    # -- buttons -------------------------------------------------------------------------------------------------

    def _offer(self, customer: Customer) -> None:
        """Buttons for what can be done; what never fits this customer takes no room."""
        self._entries = {entry.name: entry for entry in row_entries(self._actions, [customer])}
        hidden = {
            "open_test": not system_address(customer, test=True),
            "unmark_pulled": customer.last_pulled is None,
            "switch": is_listed(customer),
        }
        for name, entry in self._entries.items():
            button = self._buttons[name]
            button.setText(entry.words)
            button.set_icon(entry.drawing)
            button.setVisible(not hidden.get(name, False))
            if entry.obstacle:
                button.refuse(entry.obstacle)
            else:
                button.allow()

    def _make(self, name: str, entry: Entry) -> Button:
        button = Button(entry.words, icon=entry.drawing, object_name=f"customers.{name}")
        button.set_tip(entry.keys)
        button.clicked.connect(lambda: self._press(name))
        self._flow.addWidget(button)
        return button

    def _press(self, name: str) -> None:
        self._entries[name].act()

    def _server_name(self) -> str:
        connection = self._actions.connection
        return str(connection.setting("backups") or "") if connection is not None else ""

    def _way_to_server(self) -> QWidget:
        """A button beside the cause that leads to the connection of the server."""
        place = QWidget()
        button = Button(_("Open the MySQL connection"), icon=Icon.PLUG, object_name="customers.open_server")
        button.clicked.connect(self._open_server)
        FlowLayout(place).addWidget(button)
        return place

    def _open_server(self) -> None:
        self.desk.voice.open_page("connections", self._server_name())

    # -- rows ----------------------------------------------------------------------------------------------------

    def _tell_database(self, customer: Customer) -> None:
        add = self._pane.add_row
        self._pane.add_section(_("Backup database"))
        answer = answer_of(customer)
        if answer is None:
            self._pane.add_note(_("Not checked yet. The next sync checks it; so does “Check again”."))
            return
        known_well = answer.status in {DatabaseStatus.RESIDENT_HOSTING, DatabaseStatus.ITAR_HOSTING}
        tone = None if known_well or answer.status is DatabaseStatus.EXISTS else LOOKS[answer.status][0]
        add(_("Answer"), answer_text(answer), when=ago(customer.checked_at), tone=tone)
        if before := last_good_text(customer):
            good = customer.good_status
            add(_("Before that"), before, tone=LOOKS[good][0], when=moment_text(customer.good_at))
            self._pane.add_note(_("A check that failed says nothing about the database: what was known stays."))
        if remedy := answer_remedy(answer):
            add(_("What to check"), remedy)
        if answer.status.failed and self._server_name():
            self._pane.add_widget(self._way_to_server())

    def _tell_fields(self, c: Customer) -> None:
        self._pane.add_section(_("Customer"))
        since = ago(c.updated_at)
        rows = (
            ("name", c.name),
            ("domain", c.domain or ""),
            (None, c.id),
            ("external_key", c.external_key or ""),
            ("ok_to_bill", value_text(c.ok_to_bill)),
            ("priority_support", c.priority_support.value if c.priority_support else ""),
            ("resident_hosting", value_text(c.resident_hosting)),
            ("itar_hosting", itar_words(c)),
            ("test_environment", test_environment(c)),
            ("num_prod_users", number_text(c.num_prod_users)),
            ("num_full_users", number_text(c.num_full_users)),
        )
        for field, text in rows:
            label = _(FIELD_WORDS[field]) if field else _("CETEC id")
            self._pane.add_row(label, text, badge="CETEC" if text else "")
        self._pane.add_row(_("Users"), format_value(c.users), badge=_("Sum"))
        if address := system_address(c, test=False):
            self._pane.add_row(_("System"), address, badge=_("Derived"))
        if address := system_address(c, test=True):
            self._pane.add_row(_("Test system"), address, badge=_("Derived"))
        if c.status is not CustomerStatus.ACTIVE:
            words = _("Deactivated") if c.status is CustomerStatus.INACTIVE else _("No longer billable")
            self._pane.add_row(_("Status"), words, tone=Tone.WARNING)
        if c.missing_since:
            self._pane.add_row(_("Not in CETEC since"), moment_text(c.missing_since), tone=Tone.WARNING)
        if since:
            self._pane.add_row(_("Last change"), since)

    async def _read_rest(self, customer: Customer) -> None:
        read = self.desk.workspace.store.read
        try:
            pulls = await read(stored.pulls, customer.key)
            entries = await read(runs.history, customer.id)
        except MusterError as error:
            self._pane.add_note(error.message)
            return
        if self.customer is customer:
            self._tell_pulls(customer, pulls)
            self._tell_history(entries)

    def _tell_pulls(self, customer: Customer, pulls: list[Pull]) -> None:
        self._pane.add_section(_("Pulled backups"))
        self._pane.add_row(_("Last pulled"), pulled_words(customer), when=ago(customer.last_pulled))
        if customer.last_pulled is not None:
            self._pane.add_row(_("In UTC"), pulled_tooltip(customer))
        for pull in pulls[:_MOST_PULLS]:
            how = _("imported from a file") if pull.result == "imported" else _("marked by hand")
            said = _("{how}, by {user}").format(how=how, user=pull.user) if pull.user else how
            self._pane.add_row(moment_text(pull.pulled_at), said)

    def _tell_history(self, entries: list[HistoryEntry]) -> None:
        self._pane.add_section(_("History"))
        connection = self._actions.connection
        ours = [
            e
            for e in entries
            if e.run.operation.startswith("customers.") and connection and e.run.connection == connection.name
        ]
        if not ours:
            self._pane.add_note(_("Nothing has changed since the first sync."))
        for entry in ours[:_MOST_HISTORY]:
            self._pane.add_row(ago(entry.run.started_at), history_words(entry))
        if (customer := self.customer) is not None:
            desk = self._actions.desk
            add_timeline_button(self._pane, desk, Subject.CUSTOMER, customer.id, customer.name)


def history_words(entry: HistoryEntry) -> str:
    """What a run did to a customer, field by field."""
    outcome = entry.outcome
    if not outcome.changes:
        return _(outcome.message)
    lines = [
        _("{field}: {before} → {after}").format(
            field=_(FIELD_WORDS.get(c.field, c.field)),
            before=_change_word(c.field, c.before),
            after=_change_word(c.field, c.after),
        )
        for c in outcome.changes
    ]
    return "\n".join(lines)


def _change_word(field: str, value: object) -> str:
    """A stored value in words: statuses by theirs, moments in local time."""
    if not isinstance(value, str):
        return value_text(value)
    if field == "database_status" and value in set(DatabaseStatus):
        return _(STATUS_WORDS[DatabaseStatus(value)])
    if field == "last_pulled":
        return moment_text(datetime.fromisoformat(value))
    return value_text(value)
