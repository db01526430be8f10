"""The History tab: what is shown is chosen in a bar, drawn as a chart, and stands below as the table it comes from.

Chart and table are one: what is selected in either is selected in both. The library of the chart and numpy are loaded
on another thread when the tab is first shown, so that neither the window's start nor its loop waits for them.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.health import HealthReport
from app.domain.kinds import ConnectionKind
from app.domain.outcomes import RunState
from app.errors import MusterError
from app.events import ContactCenterDataChanged, RunEnded, RunProgress, RunStarted
from app.i18n import _, ngettext, pgettext
from app.operations.contact_center.asking import agent_name
from app.store import connections, contact_center_now
from app.store.values import now
from ui.desk import Desk
from ui.pages.data_page import DataPage, DataPageSpec
from ui.pages.workforce.history.bar import HistoryBar
from ui.pages.workforce.history.details import SlotDetails
from ui.pages.workforce.history.drawing import Drawing
from ui.pages.workforce.history.fetching import Fetching, recent_days, requests_for
from ui.pages.workforce.history.measures import (
    GROUP_MEASURES,
    OPERATIONS,
    Slot,
    Source,
    columns,
)
from ui.pages.workforce.history.tables import KEY, HistoryTables
from ui.tables import Beside, TablePane, format_value
from ui.theme import Icon, icon
from ui.widgets import Action

if TYPE_CHECKING:
    from ui.pages.workforce.history.reading import Answer, Question
    from ui.widgets.chart import Chart

_USUAL_DAYS = 14
_SOON_MS = 400
_BREATH_S = 0.01
"""Between two steps of what is shown: with no pause at all Qt puts the painting of the one to the work of the next."""
_LATE = ("ui.pages.workforce.history.reading", "ui.pages.workforce.history.charting", "ui.widgets.chart_tools")
"""What loads numpy and pyqtgraph."""


class HistoryPage(DataPage[Slot]):
    """Charts and tables of one contact centre's history."""

    def __init__(self, desk: Desk) -> None:
        self.answer: Answer | None = None
        self._reading = self._again = self._selecting = False
        today = now().astimezone().date()
        self.bar = HistoryBar(today - timedelta(days=_USUAL_DAYS - 1), today, desk.layouts)
        super().__init__(desk, _spec(self))
        self._soon.setInterval(_SOON_MS)
        self.fetching = Fetching(desk, self._show_fetching)
        self.slot_details = SlotDetails(desk, self.details)
        self.tables.made.connect(self._listen_to)
        self.tables.rows_selected.connect(self._rows_selected)
        self.drawing.picked.connect(self._picked)
        self.drawing.stepped.connect(self._step)
        self.drawing.first_drawn.connect(self._make_room)
        self.bar.changed.connect(self.refresh)
        self.bar.view_changed.connect(self._draw)
        self.header.preview.hide()
        self.header.sync.set_tip(_("Fetch the days of the period that are missing, and the last days again (F5)"))
        self.header.menu.aboutToShow.connect(self._fill_more)
        self._fill_more()

    def _arrange(self) -> None:
        self.drawing = Drawing(self.desk)
        self.tables = HistoryTables(self.pane, self.desk.layouts, self.spec.count_text, self)
        self.upright = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.upright.addWidget(self.drawing)
        self.upright.addWidget(self.tables)
        self.split = Beside(self.upright, self.details)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self.bar)
        whole.addWidget(self.split, 1)

    def _listen(self) -> None:
        super()._listen()
        self.desk.on(ContactCenterDataChanged, self._data_moved)

    def _listen_to(self, pane: TablePane[Slot]) -> None:
        """A further table does what the page's own does."""
        pane.table.current_row_changed.connect(self._current_changed)
        pane.table.details_requested.connect(self.toggle_details)
        pane.table.row_activated.connect(self.open_details)
        pane.export_requested.connect(self.export)

    def _make_room(self) -> None:
        self.upright.setSizes([360, 300])
        self.upright.setStretchFactor(0, 1)
        self.upright.setStretchFactor(1, 1)

    def zone(self) -> ZoneInfo:
        """The zone of the chosen connection."""
        return ZoneInfo(self.connection.setting("timezone") if self.connection else "UTC")

    @property
    def chart(self) -> Chart | None:
        """The chart, once there was something to draw."""
        return self.drawing.chart

    # -- reading -------------------------------------------------------------------------------------------------

    def _data_moved(self, _event: object) -> None:
        """Whatever comes while a reading is due is read with it: a run must not put it off again and again."""
        self._stale = True
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Read the store again; one reading at a time."""
        self._stale = False
        if self._reading:
            self._again = True
            return
        self._reading = True
        self.desk.start("read history", self._read())

    @property
    def is_settled(self) -> bool:
        """Whether what is shown is what the bar asks for."""
        return not (self._reading or self._again or self._soon.isActive() or self._stale)

    async def _read(self) -> None:
        try:
            await self._read_all()
        except MusterError as error:
            retry = [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)]
            self.pane.show_error(error.message, remedy_of(error), retry)
        finally:
            self._reading = False
        if self._again:
            self._again = False
            self.refresh()

    async def _read_all(self) -> None:
        read = self.desk.workspace.store.read
        found = [c for c in await read(connections.connections) if self._fits(c)]
        known = self.connection.id if self.connection else ""
        self.connection = next((c for c in found if c.id == known), found[0] if found else None)
        self.header.show_connections(found, self.connection.name if self.connection else "")
        self._show_health()
        if self.connection is None:
            self.drawing.hide()
            self.pane.set_rows([])
            self._show_empty()
            return
        await self._read_people(self.connection)
        await asyncio.to_thread(_load)
        from ui.pages.workforce.history import reading

        answer = await read(reading.read, self.question(self.connection))
        await self._show_answer(answer)

    async def _read_people(self, connection: Connection) -> None:
        read = self.desk.workspace.store.read
        groups = [(g.group_id, g.name or g.group_id) for g in await read(contact_center_now.groups, connection.id)]
        accounts = await read(contact_center_now.accounts, connection.id)
        agents = [(a.agent.agent_id, agent_name(a.agent)) for a in accounts]
        self.slot_details.names = dict(groups) | dict(agents)
        self.bar.show_people(groups, agents)

    def question(self, connection: Connection) -> Question:
        """What the bar asks for."""
        from ui.pages.workforce.history.reading import Question

        first, last = self.bar.period.period()
        by_group = self.bar.source is Source.GROUPS
        return Question(
            self.bar.source, connection.id, connection.name, self.zone(), first, last, self.bar.step,
            int(connection.setting("step_ms")), int(connection.setting("history_window_days")),
            bool(connection.setting("chat_platform")), round(now().timestamp() * 1000),
            self.bar.chosen() if by_group else (), () if by_group else self.bar.chosen(),
        )  # fmt: skip

    # -- showing -------------------------------------------------------------------------------------------------

    async def _show_answer(self, answer: Answer) -> None:
        """Table, chart, and the old answer's end: each takes a turn of its own, as each of 100,000 rows is felt."""
        before, self.answer = self.answer, answer
        same = before is not None and before.question.window == answer.question.window
        self.pane = self.tables.bring_forward(answer, self.zone)
        await asyncio.sleep(_BREATH_S)
        await self._set_rows(answer)
        if not answer.rows:
            self._show_empty()
        self.drawing.say_days(answer)
        self._current_changed()
        await asyncio.sleep(_BREATH_S)
        self.drawing.make_chart()
        await asyncio.sleep(_BREATH_S)
        self.drawing.setVisible(bool(answer.rows))
        self._draw(keep_range=same)
        await asyncio.sleep(_BREATH_S)
        del before

    async def _set_rows(self, answer: Answer) -> None:
        """Show the rows; they are painted in a turn of their own."""
        self.pane.setUpdatesEnabled(False)
        try:
            self._selecting = True
            self.pane.set_rows(answer.rows)
            self._selecting = False
            await asyncio.sleep(_BREATH_S)
        finally:
            self.pane.setUpdatesEnabled(True)
        await asyncio.sleep(_BREATH_S)

    def _draw(self, *, keep_range: bool = True) -> None:
        """Draw the chosen chart of what was read."""
        if self.answer is None or self.answer.question.source is not self.bar.source:
            return
        self.drawing.draw(self.answer, self.bar.view, keep_range=keep_range)
        self._rows_selected()

    # -- selection -----------------------------------------------------------------------------------------------

    def _rows_selected(self) -> None:
        if not self._selecting and self.answer is not None:
            self.drawing.show_selected(self.pane.table.selected_rows(), bring=self.pane.table.hasFocus())

    def _picked(self, first: int, last: int, add: bool) -> None:
        """The person chose buckets in the chart."""
        if self.answer is not None:
            starts = self.answer.grid.starts[first : last + 1].tolist()
            self.pane.table.select_keys(starts, add=add)

    def _step(self, way: int) -> None:
        """Ctrl with an arrow in the chart: the next row of the table."""
        current = self.pane.table.currentIndex()
        place = min(max(0, (current.row() if current.isValid() else -1) + way), self.pane.rows.rowCount() - 1)
        if place >= 0:
            self.pane.table.select_place(place)
            row = self.pane.table.current_row()
            if self.chart is not None and row is not None:
                self.chart.bring_into_view(row.at, row.at)

    def show_details(self, record: Slot | None) -> None:
        """The bucket, and what each group or agent has to do with it."""
        self.slot_details.show(self.answer, record)

    def show_record(self, record_id: str) -> None:
        """Bring a day into view, such as `2026-03-05`; anything else leaves the period as it is."""
        try:
            day = date.fromisoformat(record_id)
        except ValueError:
            return
        self.bar.period.set_period(day, day)

    # -- fetching ------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Fetch what is missing of the period, and its last days again."""
        if self.connection is not None and self.header.sync.isEnabled():
            self.desk.start("fetch history", self._fetch(self.connection, everything=False))

    def fetch_again(self) -> None:
        """Fetch the whole period again."""
        if self.connection is not None and self.header.sync.isEnabled():
            self.desk.start("fetch history", self._fetch(self.connection, everything=True))

    def preview(self) -> None:
        """Nothing to preview: fetching changes nothing but what is stored of the platform."""

    async def _fetch(self, connection: Connection, *, everything: bool) -> None:
        self.header.show_running(_("Starting …"))
        await asyncio.to_thread(_load)
        from ui.pages.workforce.history import reading

        question = self.question(connection)
        today = now().astimezone(question.zone).date()
        tail = int(connection.setting("resync_tail_days"))
        if everything:
            tail = (today - question.first).days + 1
        missing = await self.desk.workspace.store.read(reading.missing_days, question)
        again = recent_days(question.first, question.last, today, tail)
        requests = requests_for(connection.name, missing, again)
        rows = await self.fetching.fetch(requests)
        if rows is not None:
            text = ngettext("{count} row fetched", "{count} rows fetched", rows).format(count=format_value(rows))
            self.header.show_result(text)
            self.desk.voice.toast(text)
        self._show_health()
        self.refresh()

    def _show_fetching(self, doing: str) -> None:
        self.header.show_running(doing)
        if not doing:
            self._show_health()

    def _run_started(self, event: RunStarted) -> None:
        if event.run.operation in OPERATIONS.values() and not self.fetching.under_way:
            self._run_id = event.run.run_id
            self.header.show_running(_("Starting …"))

    def _run_progress(self, event: RunProgress) -> None:
        if not self.fetching.under_way:
            super()._run_progress(event)

    def _run_ended(self, event: RunEnded) -> None:
        super()._run_ended(event)
        if event.run.operation in OPERATIONS.values() and event.run.state is RunState.FINISHED:
            self._data_moved(event)

    def _obstacle(self, report: HealthReport) -> str:
        if self.fetching_now:
            return _("It is running. Cancel it below.")
        return super()._obstacle(report)

    @property
    def fetching_now(self) -> bool:
        """Whether the button's reads are under way; asked before they are there, while the page is made."""
        return "fetching" in self.__dict__ and self.fetching.under_way

    # -- menu and pictures ---------------------------------------------------------------------------------------

    def _fill_more(self) -> None:
        menu = self.header.menu
        menu.clear()
        entries: tuple[tuple[str, Icon, str, Callable[[], object], bool], ...] = (
            ("again", Icon.REFRESH, _("Fetch the whole period again"), self.fetch_again, self.header.sync.isEnabled()),
            ("export", Icon.DOWNLOAD, _("Export the table …"), self.export, True),
            ("picture", Icon.DOWNLOAD, _("Export the chart …"), self.drawing.export, self.chart is not None),
        )
        for name, drawing, text, act, possible in entries:
            action = menu.addAction(icon(drawing), text, act)
            action.setObjectName(f"history.more.{name}")
            action.setEnabled(possible)


def _load() -> None:
    """Import what takes long; on another thread, the window goes on meanwhile."""
    for name in _LATE:
        importlib.import_module(name)


def _spec(page: HistoryPage) -> DataPageSpec[Slot]:
    return DataPageSpec(
        name="history",
        title=_("History"),
        operation="cc.service_group_data",
        sync_label=pgettext("button", "Fetch history"),
        columns=columns(GROUP_MEASURES, page.zone),
        key=KEY,
        filters=(),
        first_filter="",
        search_hint=_("Search times"),
        count_text=lambda count: ngettext("{count} interval", "{count} intervals", count).format(
            count=format_value(count)
        ),
        empty_title=_("No history of these days yet"),
        empty_text=_("Fetch it from the contact centre; days without contacts are empty."),
        drawing=Icon.HISTORY,
        kind=ConnectionKind.CONTACT_CENTER,
        connect_text=_("Add a connection to a contact centre or explore with demo data."),
        connect_first=_("Add a connection to a contact centre first."),
    )
