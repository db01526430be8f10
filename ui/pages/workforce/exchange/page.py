"""Data exchange: choose a file, see what it holds, check it, put bad rows right, import; export what is stored.

The main button is always the next step: choose a file, check it, import its good rows.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.exchange import DataType
from app.domain.health import Health, HealthReport, connection_health
from app.domain.kinds import ConnectionKind
from app.errors import MusterError
from app.events import ConnectionsChanged, ContactCenterDataChanged
from app.i18n import _, ngettext
from app.operations.exchange.encodings import Encoding
from app.operations.exchange.files import TextForm
from app.operations.exchange.tables import Separator
from app.store import connections, outbox
from app.store.contact_center_imports import PastImport, past_imports
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.pages.data_page import AGE_REFRESH_MS, SOON_MS
from ui.pages.header import PageHeader
from ui.pages.workforce.exchange.actions import CHECK, EXPORT, IMPORT, ExchangeActions
from ui.pages.workforce.exchange.file_bar import FileBar, chosen
from ui.pages.workforce.exchange.findings import FindingsPane
from ui.pages.workforce.exchange.imports import ImportsPane
from ui.pages.workforce.exchange.menus import fill_more
from ui.pages.workforce.exchange.preview import PreviewPane
from ui.pages.workforce.exchange.rules_dialog import ask_rules
from ui.pages.workforce.exchange.running import Running
from ui.pages.workforce.exchange.stage import check_obstacle, dropped_file, import_label, verdict_of
from ui.pages.workforce.exchange.words import type_words
from ui.pages.workforce.exchange.work import Choices, Opened
from ui.tables import format_value
from ui.theme import GRID, Icon
from ui.widgets import Action, Button, Look


class ExchangePage(QWidget):
    """Files of contact-centre data, in and out."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.opened: Opened | None = None
        self._asked = 0
        self._would_bring = ""
        self.commands = ExchangeActions(desk, self)
        self.running = Running(desk, self.commands)
        self.header = PageHeader("exchange", "")
        self.export_data = Button(_("Export …"), icon=Icon.DOWNLOAD, object_name="exchange.export_data")
        self.cancel = Button(_("Cancel"), icon=Icon.CLOSE, object_name="exchange.cancel")
        self.cancel.set_tip(_("Stop what is running (Esc)"))
        self.cancel.hide()
        self.bar = FileBar()
        self.verdict = QLabel(wordWrap=True)
        self.verdict.setObjectName("exchange.verdict")
        self.verdict.setProperty("role", "heading")
        self.back = Button(_("Columns …"), icon=Icon.COLUMNS, object_name="exchange.back")
        self.back.set_tip(_("Back to the first rows, and to what each column is taken for"))
        self.save_bad = Button(_("Save the bad rows …"), icon=Icon.DOWNLOAD, object_name="exchange.save_bad_rows")
        self.imports = ImportsPane(desk, self, self.commands.obstacle)
        self.preview_pane = PreviewPane()
        self.findings = FindingsPane(desk, self)
        self.stack = QStackedWidget()
        self.setAcceptDrops(True)
        self._arrange()
        self._connect()
        self._listen()
        self.imports.pane.show_loading()
        self._show_stage()
        self._stale = True
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)

    def _arrange(self) -> None:
        self.header.preview.set_tip(_("Show what the import would bring (Shift+F5)"))
        for place, button in ((3, self.export_data), (5, self.cancel)):
            self.header.layout().insertWidget(place, button)  # type: ignore[union-attr]
        line = QHBoxLayout()
        line.setContentsMargins(4 * GRID, GRID, 4 * GRID, 2 * GRID)
        line.setSpacing(3 * GRID)
        line.addWidget(self.verdict, 1)
        line.addWidget(self.back)
        line.addWidget(self.save_bad)
        self._verdict_line = QWidget()
        self._verdict_line.setLayout(line)
        for part in (self.imports, self.preview_pane, self.findings):
            self.stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.header, self.bar, self._verdict_line):
            column.addWidget(widget)
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        header, imports = self.header, self.imports
        header.sync_pressed.connect(self.sync)
        header.preview_pressed.connect(self.preview)
        header.connection_chosen.connect(lambda name: self._work(self._use(name)))
        header.menu.aboutToShow.connect(lambda: fill_more(header.menu, self.commands, self.export))
        fill_more(header.menu, self.commands, self.export)
        self.export_data.clicked.connect(self.open_export)
        self.cancel.clicked.connect(self.running.cancel)
        self.back.clicked.connect(lambda: self._show_opened(self.opened.unchecked()) if self.opened else None)
        self.save_bad.clicked.connect(self._save_bad)
        self.bar.closed.connect(self.close_file)
        self.bar.read_again.connect(self._read_again)
        self.bar.rules.clicked.connect(lambda: self._work(self._ask_rules()))
        self.bar.options_changed.connect(self._options_changed)
        self.preview_pane.mapped.connect(self._mapped)
        self.findings.changed.connect(self._changed)
        self.findings.pane.export_requested.connect(self.export)
        imports.pane.export_requested.connect(self.export)
        imports.undo_asked.connect(self.commands.take_back)
        imports.resume_asked.connect(lambda past: self.desk.resume(past.run_id))
        imports.activity_asked.connect(lambda past: self.desk.voice.open_page("activity", past.run_id))
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        self._escape = QShortcut(QKeySequence(QKeySequence.StandardKey.Cancel), self, context=within, enabled=False)
        self._escape.activated.connect(self.running.cancel)
        for keys, act in (
            (QKeySequence.StandardKey.Open, self.choose),
            (QKeySequence.StandardKey.Paste, self.paste),
            (QKeySequence.StandardKey.Undo, self.findings.undo.undo),
            (QKeySequence.StandardKey.Redo, self.findings.undo.redo),
        ):
            QShortcut(QKeySequence(keys), self, context=within).activated.connect(act)

    def _listen(self) -> None:
        self.desk.on(ConnectionsChanged, self._data_moved)
        self.desk.on(ContactCenterDataChanged, self._data_moved)
        self.running.moved.connect(self._show_running)
        self.running.ended.connect(self._data_moved)
        ages = QTimer(self, interval=AGE_REFRESH_MS)
        ages.timeout.connect(self._show_health)
        ages.start()

    def _work(self, work: Coroutine[Any, Any, Any]) -> None:
        self.desk.start("data exchange", work)

    # -- reading the store ---------------------------------------------------------------------------------------

    def _data_moved(self, _event: object = None) -> None:
        self._stale = True
        if self.isVisible() and not self.running.doing and not self._soon.isActive():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed while the page was hidden."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Read the store again."""
        self._stale = False
        self._work(self._read())

    async def _read(self) -> None:
        read = self.desk.workspace.store.read
        try:
            found = [c for c in await read(connections.connections) if c.kind is ConnectionKind.CONTACT_CENTER]
            known = self.commands.connection.id if self.commands.connection else ""
            self._choose_connection(next((c for c in found if c.id == known), found[0] if found else None))
            connection = self.commands.connection
            past = await read(past_imports, connection.name) if connection is not None else []
            waiting = (await read(outbox.outbox_state, connection.id)).waiting if connection is not None else 0
        except MusterError as error:
            again = Action(_("Retry"), self.refresh, icon=Icon.REFRESH)
            self.imports.pane.show_error(error.message, remedy_of(error), [again])
            return
        self.header.show_connections(found, connection.name if connection else "")
        text = ngettext("{count} status update waits", "{count} status updates wait", waiting)
        self.header.show_result(text.format(count=format_value(waiting)) if waiting else "")
        self._show_past(past)
        self._show_health()
        self._show_stage()

    def _show_past(self, past: list[PastImport]) -> None:
        if self.commands.connection is None:
            connect = Action(
                _("Add a connection"), lambda: self.desk.voice.open_page("connections"), Look.PRIMARY, Icon.PLUS
            )
            text = _("Add a contact centre connection or explore with demo data.")
            self.imports.pane.show_empty(_("No contact centre yet"), text, [connect], drawing=Icon.IMPORT)
        else:
            text = _("What you import appears here, and can be taken back.")
            self.imports.pane.show_empty(_("Nothing was imported yet"), text, drawing=Icon.IMPORT)
        self.imports.show_imports(past)

    def _choose_connection(self, connection: Connection | None) -> None:
        self.commands.connection = connection

    async def _use(self, name: str) -> None:
        self._choose_connection(await self.desk.workspace.store.read(connections.find_connection, name))
        if self.opened is not None:  # what is known of groups and agents is the connection's
            self._show_opened(self.opened.unchecked())
        await self._read()

    def _show_health(self) -> None:
        report = HealthReport(Health.NOT_CONFIGURED, "", None)
        if (connection := self.commands.connection) is not None:
            report = connection_health(connection, self.desk.workspace.vault.known_secrets(connection))
        self.header.show_health(report)

    # -- a file --------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for a file."""
        self._work(self._choose())

    async def _choose(self) -> None:
        if (file := await self.commands.choose_file()) is not None:
            await self.open_file(file)

    def paste(self) -> None:
        """Take the rows in the clipboard (Ctrl+V)."""
        self._work(self._paste())

    async def _paste(self) -> None:
        if (file := await self.commands.pasted_file()) is not None:
            await self.open_file(file)

    async def open_file(self, file: Path) -> None:
        """Show what a file holds."""
        await self._look_at(Choices(file))

    async def _look_at(self, choices: Choices) -> None:
        self._asked += 1
        asked = self._asked
        opened = await self.commands.look_at(choices)
        if asked != self._asked:
            return  # the person went on meanwhile
        if opened is not None:
            self._show_opened(opened)
        elif self.opened is not None:
            self.bar.show_file(self.opened)

    def _show_opened(self, opened: Opened) -> None:
        self.opened, self._would_bring = opened, ""
        self.bar.show_file(opened)
        if opened.checked is None:
            self.preview_pane.show_preview(opened.preview)
        self._show_stage()

    def close_file(self) -> None:
        """Back to the list of imports."""
        self._asked += 1
        self.opened = None
        self._show_stage()

    def _read_again(self) -> None:
        """Another type of data, encoding or separator, said by the person."""
        if self.opened is None:
            return
        source, bar = self.opened.preview.source, self.bar
        encoding, separator = chosen(bar.encoding, Encoding), chosen(bar.separator, Separator)
        before = self.opened.said()
        form = TextForm(
            encoding if encoding != source.encoding else before.form.encoding,
            separator if separator != source.separator else before.form.separator,
        )
        data_type = chosen(bar.data_type, DataType)
        same_type = data_type is self.opened.data_type
        choices = replace(
            before, data_type=before.data_type if same_type else data_type, form=form, strict=bar.strict.isChecked(),
            columns=before.columns if same_type else {},
        )  # fmt: skip
        self._work(self._look_at(choices))

    async def _ask_rules(self) -> None:
        opened = self.opened
        if opened is None:
            return
        if await ask_rules(self, self.desk.layouts, opened.data_type, type_words(opened.data_type)):
            await self._look_at(opened.said())

    def _options_changed(self) -> None:
        if self.opened is not None:
            bar = self.bar
            choices = replace(
                self.opened.choices, replace_rows=bar.replace.isChecked(), batch_size=bar.batch.currentData()
            )
            self.opened = replace(self.opened, choices=choices)
            self._changed()

    def _changed(self) -> None:
        """What an import would bring is another now."""
        self._would_bring = ""
        self._show_stage()

    def _mapped(self, name: str, key: str) -> None:
        """A column is another field; the one that was taken for it before is none any more."""
        if self.opened is None:
            return
        held = {c.name: "" for c in self.opened.preview.columns if key and c.field == key and c.name != name}
        said = self.opened.said()
        columns = {**said.columns, **held, name: key}
        self._work(self._look_at(replace(said, columns=columns, data_type=self.opened.data_type)))

    # -- what the window asks ------------------------------------------------------------------------------------

    def sync(self) -> None:
        """The next step (F5): choose a file, check it, import its good rows."""
        if not self.header.sync.isEnabled():
            return
        if self.opened is None:
            self.choose()
        else:
            self.running.begin()
            self._work(self._go_on(self.opened))

    async def _go_on(self, opened: Opened) -> None:
        try:
            await (self._check(opened) if opened.checked is None else self._import(opened))
        finally:
            self.running.give_up()

    def preview(self) -> None:
        """What the import would bring (Shift+F5)."""
        if self.opened is not None and self.header.preview.isEnabled():
            self._work(self._tell_import(self.opened))

    def show_record(self, record_id: str) -> None:
        """Bring an import into view by its run."""
        self.close_file()
        self.imports.pane.table.select_key(record_id)

    def export(self) -> None:
        """Write the table in front to a file, exactly as it is shown (Ctrl+E)."""
        pane = self.findings.pane if self.stack.currentWidget() is self.findings else self.imports.pane
        export_table(self, self.desk, pane.visible_table(), "exchange")

    def open_export(self) -> None:
        """Export stored data."""
        from ui.pages.workforce.exchange.export_dialog import export_stored

        if self.commands.connection is not None:
            self._work(export_stored(self, self.desk, self.commands.connection))

    async def _check(self, opened: Opened) -> None:
        asked = self._asked
        done = await self.commands.check(opened)
        if done is None or asked != self._asked or self.opened is None:
            return
        checked, findings = done
        self.opened = replace(self.opened, checked=checked)
        self.findings.show_checked(checked, findings)

    async def _import(self, opened: Opened) -> None:
        asked = self._asked
        report = await self.commands.import_rows(opened)
        if report is not None and asked == self._asked:
            self.close_file()
            await self._read()
            self.imports.pane.table.select_key(report.run.run_id)

    async def _tell_import(self, opened: Opened) -> None:
        text = await self.commands.would_bring(opened)
        if self.opened is opened:
            self._would_bring = text
            self._show_stage()

    def _save_bad(self) -> None:
        if self.opened is not None:
            self._work(self.commands.save_bad_rows(self.opened))

    # -- the stage it is at --------------------------------------------------------------------------------------

    def _show_stage(self) -> None:
        opened = self.opened
        checked = opened.checked if opened is not None else None
        front = self.imports if opened is None else self.preview_pane if checked is None else self.findings
        self.stack.setCurrentWidget(front)
        self.bar.setVisible(opened is not None)
        self._verdict_line.setVisible(checked is not None)
        for pane in (self.imports.pane, self.findings.pane):
            for shortcut in pane.shortcuts:
                shortcut.setEnabled(pane.parentWidget() is not None and front.isAncestorOf(pane))
        if opened is not None and checked is not None:
            self.verdict.setText(" ".join(filter(None, (verdict_of(opened), self._would_bring))))
            self.save_bad.setVisible(checked.bad > 0)
        self._offer_next(opened)

    def _offer_next(self, opened: Opened | None) -> None:
        """Make the main button the next step, or say why it cannot be."""
        checked = opened.checked if opened is not None else None
        if opened is None:
            self.header.offer(_("Choose a file …"), Icon.IMPORT, _("Choose a file to import (Ctrl+O)"))
            obstacle = self.commands.obstacle(CHECK)
        elif checked is None:
            self.header.offer(_("Check"), Icon.VERIFY, _("Look at every row; nothing is stored (F5)"))
            obstacle = self.commands.obstacle(CHECK) or check_obstacle(opened)
        else:
            self.header.offer(import_label(opened), Icon.IMPORT, _("Store the good rows (F5)"))
            none_good = "" if checked.good else _("No row of the file is good.")
            obstacle = self.commands.obstacle(IMPORT) or none_good
        if self.running.doing:
            self.header.show_running(self.running.doing)
            return
        self.header.set_possible(obstacle)
        if checked is None:
            self.header.preview.refuse(_("Check a file first."))
        self.export_data.permit(self.commands.obstacle(EXPORT))

    def _show_running(self) -> None:
        self.cancel.setVisible(bool(self.running.doing))
        self._escape.setEnabled(self.running.quiet)
        self.header.preview.setVisible(not self.running.doing)
        if self.running.doing:
            self.header.show_running(self.running.doing)
        else:
            self._show_stage()

    # -- dropping a file -----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file is welcome."""
        if dropped_file(event.mimeData()) is not None and not self.commands.obstacle(CHECK):
            self.imports.drop.show_over(over=True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went elsewhere."""
        self.imports.drop.show_over(over=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at the file."""
        self.imports.drop.show_over(over=False)
        if (file := dropped_file(event.mimeData())) is not None:
            event.acceptProposedAction()
            self._work(self.open_file(file))
