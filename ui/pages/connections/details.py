"""The details of one connection: facts, the steps of its last test (live while one runs), and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.domain.connections import Connection, ConnectionStatus
from app.domain.health import Health, TestReport
from app.i18n import _
from app.operations.connection_test import stage_titles
from ui.desk import Desk
from ui.dialogs.connection_stages import StagesSeen
from ui.dialogs.why import open_why_of_test
from ui.pages.connections.actions import ConnectionActions, sync_operations
from ui.pages.connections.facts import Fact, setting_facts, state_facts
from ui.pages.connections.life import ConnectionLife
from ui.pages.connections.rows import ConnectionLine, chip
from ui.pages.entries import fill
from ui.texts import ago
from ui.theme import Icon
from ui.widgets import Button, DetailsPane, FlowLayout, MenuButton
from ui.widgets.stages import StageList


class ConnectionDetails(QWidget):
    """Shows one connection at a time; its buttons stay where they are while what is above them changes."""

    def __init__(self, desk: Desk, actions: ConnectionActions, life: ConnectionLife) -> None:
        super().__init__()
        self.desk = desk
        self._life = life
        self._actions = actions
        self._connection: Connection | None = None
        self._last: object = None
        self._report: TestReport | None = None
        self._was_pressed = False
        self._stages: StageList | None = None
        self.setObjectName("connections.details")
        self.setAccessibleName(_("Details"))
        self.pane = DetailsPane(object_name="connections.facts")
        self.buttons = QWidget()
        self._build_buttons()
        self.pane.set_tools(self.buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pane)
        self.show_line(None, None, None)

    def _build_buttons(self) -> None:
        flow = FlowLayout(self.buttons)
        act = self._actions
        self.test = self._button(flow, _("Test"), "test", act.test, Icon.PLUG)
        self.sign_in = self._button(flow, _("Sign in again…"), "sign_in_now", self._life.sign_in, Icon.KEY)
        self.sync_menu = QMenu(self)
        self.sync = MenuButton(_("Sync now"), self.sync_menu, object_name="connections.sync_now")
        flow.addWidget(self.sync)
        self.edit = self._button(flow, _("Edit"), "edit", act.edit, Icon.EDIT)
        self.pause = self._button(flow, _("Pause"), "pause", act.switch, Icon.PAUSE)
        self.remove = self._button(flow, _("Remove…"), "remove", act.remove, Icon.DELETE)
        self.more_menu = QMenu(self)
        self.more = MenuButton("", self.more_menu, name=_("More with this connection"), object_name="connections.life")
        flow.addWidget(self.more)

    def _button(
        self, flow: FlowLayout, text: str, name: str, act: Callable[[Connection], None], drawing: Icon
    ) -> Button:
        button = Button(text, icon=drawing, object_name=f"connections.{name}")
        button.clicked.connect(lambda: act(self._connection) if self._connection is not None else None)
        flow.addWidget(button)
        return button

    # -- showing -------------------------------------------------------------------------------------------------

    def show_line(self, line: ConnectionLine | None, report: TestReport | None, seen: StagesSeen | None) -> None:
        """Show a connection with its last test, or with one that runs; what is already shown is not built again."""
        self._connection = line.connection if line else None
        self.buttons.setVisible(line is not None)
        if line is None:
            self.pane.clear()
            self._last = None
            return
        self._report = report
        self._allow(line)
        state, settings = state_facts(line, report), setting_facts(line)
        title = _test_title(line, report, seen)
        content = (line.connection.name, chip(line), state, settings, title)
        if content != self._last:
            self._last = content
            self._build(line, state, settings, title)
        if seen is None and report is not None:
            seen = StagesSeen.of(report, stage_titles(line.connection.kind))
        if self._stages is not None and seen is not None:
            self._stages.show_lines(seen.lines())

    def _build(self, line: ConnectionLine, state: Sequence[Fact], settings: Sequence[Fact], test_title: str) -> None:
        word, tone, _mark = chip(line)
        self.pane.set_heading(
            line.connection.name, _(line.connection.spec.title), with_picture=False, chip=(word, tone)
        )
        self.pane.clear_rows()
        self._add(state)
        self._stages = None
        if test_title:
            self.pane.add_section(test_title)
            self._stages = StageList(name=_("Steps of the test"), object_name="connections.stages")
            self._stages.why_requested.connect(self._explain)
            self.pane.add_widget(self._stages)
        self.pane.add_section(_("Settings"))
        self._add(settings)

    def _explain(self) -> None:
        """Say why the last test failed."""
        connection, report = self._connection, self._report
        if connection is not None and report is not None:
            open_why_of_test(self, report, "connections.test", connection.name, connection.last_test_at)

    def _add(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self.pane.add_row(fact.label, fact.text, badge=fact.badge, tone=fact.tone)

    # -- buttons -------------------------------------------------------------------------------------------------

    def _allow(self, line: ConnectionLine) -> None:
        """Enable each button, or say on it why not."""
        paused = line.connection.status is ConnectionStatus.INACTIVE
        testing = _("The test is running.") if line.testing else ""
        self._was_pressed |= bool(testing) and self.test.hasFocus()
        self.test.permit(self.desk.refusal("connections.test") or testing)
        if self._was_pressed and not testing:  # a disabled button loses the keyboard; it gets it back
            self._was_pressed = False
            if self.buttons.isAncestorOf(self.focusWidget()):
                self.test.setFocus()
        for button in (self.edit, self.pause):
            button.permit(self.desk.refusal("connections.update"))
        self.remove.permit(self.desk.refusal("connections.delete"))
        self.pause.setText(_("Resume") if paused else _("Pause"))
        self.pause.set_icon(Icon.PLAY if paused else Icon.PAUSE)
        reason = _("The connection is paused.") if paused else ""
        self.sync.setEnabled(not reason)
        self.sync.setToolTip(reason)
        self.sync.setAccessibleDescription(reason)
        fill_sync_menu(self.sync_menu, self.desk, self._actions, line.connection)
        self.sign_in.setVisible(line.health.health is Health.NEEDS_SIGN_IN)
        self.sign_in.permit(self.desk.refusal("connections.sign_in"))
        self._offer_life(line)

    def _offer_life(self, line: ConnectionLine) -> None:
        """Fill the menu with the rest; one that is open stays as it is."""
        self.test.setText(_("Try now") if line.refused_until is not None else _("Test"))
        if not self.more_menu.isVisible():
            self.more_menu.clear()
            fill(self.more_menu, self._life.entries(line), "connections")


def fill_sync_menu(menu: QMenu, desk: Desk, actions: ConnectionActions, connection: Connection) -> None:
    """Offer what can be fetched over a connection; what the role may not is there, disabled, with the reason."""
    menu.clear()
    menu.setToolTipsVisible(True)
    for operation in sync_operations(connection.kind):
        entry = menu.addAction(_(operation.title))
        entry.setObjectName(f"connections.sync_now.{operation.id}")
        entry.triggered.connect(partial(_sync, actions, connection, operation.id))
        if refusal := desk.refusal(operation.id):
            entry.setEnabled(False)
            entry.setToolTip(refusal)


def _sync(actions: ConnectionActions, connection: Connection, operation: str, _checked: bool = False) -> None:
    actions.sync(connection, operation)


def _test_title(line: ConnectionLine, report: TestReport | None, seen: StagesSeen | None) -> str:
    """The heading over the steps; blank while there are none to show. A test that may not be stored has no time."""
    if seen is not None:
        return _("Test, running now")
    if report is None or line.connection.last_test_at is None:
        return _("Last test") if report is not None else ""
    return _("Last test, {when}").format(when=ago(line.connection.last_test_at))
