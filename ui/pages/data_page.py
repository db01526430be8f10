"""The anatomy of every data page: header, search and filters, table, details; learn one and you know all.

A page gives it a `DataPageSpec` and the rows; this knows how to read the store again, start, preview and follow the
page's operation, and how the states (loading, empty, error) look.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.health import Health, HealthReport, connection_health
from app.domain.kinds import ConnectionKind
from app.domain.outcomes import RunState
from app.errors import MusterError
from app.events import ConnectionsChanged, DirectoryChanged, RunEnded, RunProgress, RunStarted
from app.i18n import _
from app.operations.runner import Report, Request
from app.store import connections
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.pages.header import PageHeader
from ui.tables import Beside, Column, TablePane
from ui.texts import run_counts
from ui.theme import Icon, Tone
from ui.widgets import Action, DetailsPane, FilterChip, Look

R = TypeVar("R")
AGE_REFRESH_MS = 30_000
SOON_MS = 60


@dataclass(frozen=True)
class DataPageSpec(Generic[R]):
    """What makes one data page: its name and operation, columns, filters and words for the empty state.

    `kind` is whose records it shows; `connect_text` says while there is no such connection what one would bring, and
    `connect_first` why a button that needs one is disabled.
    """

    name: str
    title: str
    operation: str
    sync_label: str
    columns: Sequence[Column[R]]
    key: Callable[[R], Hashable]
    filters: Sequence[FilterChip]
    first_filter: str
    search_hint: str
    count_text: Callable[[int], str]
    empty_title: str
    empty_text: str
    drawing: Icon
    kind: ConnectionKind = ConnectionKind.VITEC
    connect_text: str = ""
    connect_first: str = ""


class DataPage(QWidget, Generic[R]):
    """Base of the pages that show records of the store."""

    def __init__(self, desk: Desk, spec: DataPageSpec[R]) -> None:
        super().__init__()
        self.desk = desk
        self.spec = spec
        self.connection: Connection | None = None
        self._run_id = ""
        self.header = PageHeader(spec.name, spec.sync_label)
        self.header.sync_pressed.connect(self.sync)
        self.header.preview_pressed.connect(self.preview)
        self.header.connection_chosen.connect(self._choose_connection)
        self.pane: TablePane[R] = TablePane(
            name=spec.title, page=spec.name, columns=spec.columns, key=spec.key, search_hint=spec.search_hint,
            count_text=spec.count_text, store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.pane.set_filters(spec.filters)
        self.pane.chips.choose([spec.first_filter])
        self.pane.table.current_row_changed.connect(self._current_changed)
        self.pane.table.details_requested.connect(self.toggle_details)
        self.pane.table.row_activated.connect(self.open_details)
        self.pane.export_requested.connect(self.export)
        self.details = DetailsPane()
        self.details.setObjectName(f"{spec.name}.details")
        self.details.hide()
        self._arrange()
        self._listen()
        self.pane.show_loading()
        self.header.set_possible(_("Loading …"))
        self._stale = True
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)

    def _arrange(self) -> None:
        self.split = Beside(self.pane, self.details)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.split, 1)

    def _listen(self) -> None:
        self.desk.on(DirectoryChanged, self._data_moved)
        self.desk.on(ConnectionsChanged, self._data_moved)
        self.desk.on(RunStarted, self._run_started)
        self.desk.on(RunProgress, self._run_progress)
        self.desk.on(RunEnded, self._run_ended)
        ages = QTimer(self, interval=AGE_REFRESH_MS)
        ages.timeout.connect(self._show_health)
        ages.start()

    # -- reading -------------------------------------------------------------------------------------------------

    def _data_moved(self, _event: object) -> None:
        """Several changes at once are read once, and a hidden page reads when it is shown."""
        self._stale = True
        if self.isVisible():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed while the page was hidden."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Read the store again."""
        self._stale = False
        self.desk.start(f"read {self.spec.name}", self._read())

    async def _read(self) -> None:
        try:
            found = [c for c in await self.desk.workspace.store.read(connections.connections) if self._fits(c)]
            known = self.connection.name if self.connection else ""
            self.connection = next((c for c in found if c.name == known), found[0] if found else None)
            rows = await self.rows_now()
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error), [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)])
            return
        self.header.show_connections(found, self.connection.name if self.connection else "")
        self._show_health()
        self.pane.set_rows(rows)
        if not rows:
            self._show_empty()
        self._current_changed()

    def _fits(self, connection: Connection) -> bool:
        return connection.kind is self.spec.kind

    async def rows_now(self) -> list[R]:
        """The rows as they are now; a page whose rows have to be worked out does that elsewhere than in the store."""
        return await self.desk.workspace.store.read(self.read_rows)

    def read_rows(self) -> list[R]:
        """The rows of the page, read from the store on the store's own thread."""
        raise NotImplementedError

    def _show_empty(self) -> None:
        if self.connection is None:
            act = Action(
                _("Add a connection"), lambda: self.desk.voice.open_page("connections"), Look.PRIMARY, Icon.PLUS
            )
        else:
            act = Action(self.spec.sync_label, self.sync, Look.PRIMARY, Icon.REFRESH)
        connect = self.spec.connect_text or _("Add a connection to Vitec Hub, then fetch them from there.")
        text = self.spec.empty_text if self.connection else connect
        self.pane.show_empty(self.spec.empty_title, text, [act], drawing=self.spec.drawing)

    # -- header --------------------------------------------------------------------------------------------------

    def _choose_connection(self, name: str) -> None:
        self.desk.start("choose connection", self._use(name))

    async def _use(self, name: str) -> None:
        self.connection = await self.desk.workspace.store.read(connections.find_connection, name)
        self.refresh()

    def _show_health(self) -> None:
        report = HealthReport(Health.NOT_CONFIGURED, "", None)
        if self.connection is not None:
            known = self.desk.workspace.vault.known_secrets(self.connection)
            report = connection_health(self.connection, known)
        self.header.show_health(report)
        if not self._run_id:
            self.header.set_possible(self._obstacle(report))

    def _obstacle(self, report: HealthReport) -> str:
        if refusal := self.desk.refusal(self.spec.operation):
            return refusal
        if self.connection is None:
            return self.spec.connect_first or _("Add a connection first.")
        if report.health is Health.PAUSED:
            return _("The connection is paused.")
        return ""

    # -- runs ----------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Start the page's operation."""
        if self.connection is not None and self.header.sync.isEnabled():
            self.desk.run(Request(self.spec.operation, self.connection.name))

    def preview(self) -> None:
        """Show what the page's operation would change."""
        if self.connection is not None and self.header.preview.isEnabled():
            self.desk.run(Request(self.spec.operation, self.connection.name, dry_run=True), self._show_preview)

    def _show_preview(self, report: Report) -> None:
        from ui.dialogs.preview import open_preview

        if report.error is None:
            open_preview(self, self.desk, report)
        else:
            self.desk.voice.banner("preview", Tone.DANGER, report.error.message, remedy_of(report.error))

    def _run_started(self, event: RunStarted) -> None:
        if event.run.operation == self.spec.operation:
            self._run_id = event.run.run_id
            self.header.show_running(_("Starting …"))

    def _run_progress(self, event: RunProgress) -> None:
        if event.run_id == self._run_id:
            self.header.show_running(_("{doing} …").format(doing=event.doing))

    def _run_ended(self, event: RunEnded) -> None:
        if event.run.run_id == self._run_id:
            self._run_id = ""
            self.header.show_running("")
            if event.run.state is RunState.FINISHED and not event.run.dry_run:
                self.header.show_result(run_counts(event.run))
            self._show_health()

    # -- details and keys ----------------------------------------------------------------------------------------

    def open_details(self, _record: object = None) -> None:
        """Show the details (Enter, double click)."""
        self.details.show()
        self._current_changed()

    def toggle_details(self, _record: object = None) -> None:
        """Show or hide the details (Space)."""
        self.details.setVisible(self.details.isHidden())
        self._current_changed()

    def _current_changed(self, *_args: Any) -> None:
        if not self.details.isHidden():
            self.show_details(self.pane.table.current_row())

    def show_details(self, record: R | None) -> None:
        """Fill the details with a record."""
        raise NotImplementedError

    def export(self) -> None:
        """Export exactly what is shown."""
        export_table(self, self.desk, self.pane.visible_table(), self.spec.name)

    def show_record(self, record_id: str) -> None:
        """Bring a record into view and open its details."""
        if not self.pane.table.select_key(record_id):
            self.pane.clear_search()
            self.pane.table.select_key(record_id)
        self.details.show()
        self._current_changed()
