"""The three tables of the Live page side by side, the tiles that filter the agents, and the details."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSplitter, QWidget

from app.i18n import _, ngettext
from app.operations.contact_center.live_feed import Feed
from app.store.contact_center_now import StatusMeaning
from ui.layouts import Layouts
from ui.pages.workforce.live.ages import Ages
from ui.pages.workforce.live.chips import HERE, chips, statuses_of, tiles
from ui.pages.workforce.live.columns import agent_columns, group_columns, queue_columns, status_tone
from ui.pages.workforce.live.lines import AgentLine, GroupLine, Known, agent_lines, group_lines
from ui.tables import TablePane, format_value
from ui.widgets import DetailsPane
from ui.widgets.tiles import Tiles

TICKING = frozenset({"for", "age", "not_empty"})
"""Columns whose words change with every second."""
APART_MS = 100
NARROW = 1200
"""Width in pixels below which details take the place of groups and queues."""


class LiveTables(QSplitter):
    """Agents on the left, groups over queues on the right, then details. `tiles` is placed by the page."""

    def __init__(
        self, layouts: Layouts, ages: Ages, meaning: Callable[[str], StatusMeaning | None], shortcuts_in: QWidget
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._meaning = meaning
        self._statuses: dict[str, str] = {}
        self._offered: object = None

        def count(number: int) -> str:
            return ngettext("{count} agent", "{count} agents", number).format(count=format_value(number))

        self.agents: TablePane[AgentLine] = TablePane(
            name=_("Agents"), page="live", columns=agent_columns(ages, meaning), key=lambda a: a.agent_id,
            search_hint=_("Search agents"), count_text=count, store=layouts, shortcuts_in=shortcuts_in,
        )  # fmt: skip
        self.groups: TablePane[GroupLine] = TablePane(
            name=_("Groups"), page="live.groups", columns=group_columns(ages), key=lambda g: g.group_id,
            count_text=lambda _number: "", store=layouts, heading=_("Groups"),
        )  # fmt: skip
        self.queues: TablePane[GroupLine] = TablePane(
            name=_("Queues"), page="live.queues", columns=queue_columns(ages), key=lambda g: g.group_id,
            count_text=lambda _number: "", store=layouts, heading=_("Queues"),
        )  # fmt: skip
        for pane in (self.groups, self.queues):
            for shortcut in pane.shortcuts:  # those of the agents reach the whole page
                shortcut.setEnabled(False)
            pane.show_empty(_("No numbers yet"))
        self.details = DetailsPane(object_name="live.details")
        self.details.hide()
        self.tiles = Tiles([], (), object_name="live.tile")
        self.agents.show_loading()
        self._arrange()

    def _arrange(self) -> None:
        self.side = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.side.addWidget(self.groups)
        self.side.addWidget(self.queues)
        for part, stretch in ((self.agents, 3), (self.side, 2), (self.details, 0)):
            self.addWidget(part)
            self.setStretchFactor(self.count() - 1, stretch)
        self.setSizes([760, 560, 340])
        self.tiles.pressed.connect(self._tile_pressed)
        self.agents.chips.changed.connect(self._show_choice)
        self.agents.rows.counts_changed.connect(lambda: self.tiles.show_counts(self.agents.chips.counts()))

    # -- rows ----------------------------------------------------------------------------------------------------

    def show_all(self, known: Known, feed: Feed) -> None:
        """All rows, as far as they differ: other names, other links, another connection."""
        lines = agent_lines(known, feed.board)
        self._offer_filters(known, lines)
        shown = {line.agent_id: line for line in self.agents.rows.all_rows()}
        if [line.agent_id for line in lines] == list(shown):
            self.agents.update_rows([line for line in lines if not line.like(shown[line.agent_id])])
            _paint(self.agents, whole=True)  # what a status counts as is no part of a line
        else:
            self.agents.set_rows(lines)
        groups = group_lines(known, feed.board, feed.alarms.alarms)
        for pane in (self.groups, self.queues):
            if [line.group_id for line in pane.rows.all_rows()] == [line.group_id for line in groups]:
                pane.update_rows(groups)
            else:
                pane.set_rows(groups)

    def show_changed(self, known: Known, feed: Feed, agents: set[str], groups: set[str]) -> None:
        """Only these rows."""
        if agents:
            lines = agent_lines(known, feed.board, agents)
            self._offer_filters(known, lines)
            self.agents.update_rows(lines)
        if groups:
            changed = group_lines(known, feed.board, feed.alarms.alarms, groups)
            for pane in (self.groups, self.queues):
                pane.update_rows(changed)

    def show_none(self) -> None:
        """There is no connection."""
        for pane in (self.agents, self.groups, self.queues):
            pane.set_rows([])

    def make_room(self, width: int, *, is_empty: bool) -> None:
        """Where there is nothing to show, or not the width for everything, parts give way."""
        self.tiles.setVisible(bool(self.agents.rows.total))
        self.side.setVisible(not is_empty and (self.details.isHidden() or width >= NARROW))

    def paint_again(self, *, whole: bool) -> None:
        """Ages and durations are words of the moment: their columns are painted again, one table after the other."""
        panes: tuple[TablePane[Any], ...] = (self.agents, self.groups, self.queues)
        for number, pane in enumerate(panes):
            QTimer.singleShot(number * APART_MS, pane, partial(_paint, pane, whole=whole))

    # -- filters -------------------------------------------------------------------------------------------------

    def _offer_filters(self, known: Known, lines: list[AgentLine]) -> None:
        """A tile for each status that occurs; one that occurred stays where it is."""
        found = dict(sorted((self._statuses | statuses_of(lines)).items(), key=lambda pair: pair[0].casefold()))
        names = sorted(set(known.groups.values()), key=str.casefold)
        offered = list(found), names, [status_tone(self._meaning(code)) for code in found.values()]
        if offered == self._offered:
            return
        first, self._offered = self._offered is None, offered
        self._statuses = found
        shown = tiles(self._statuses, self._meaning)
        self.agents.set_filters([*shown, *chips(names)])
        self.tiles.set_chips(shown)
        if first:
            self.agents.chips.choose([HERE])
        self._show_choice()

    def _tile_pressed(self, key: str) -> None:
        """One tile at a time; the one that was chosen gives way to everybody who is there."""
        chosen = self.agents.chips.chosen()
        others = [each for each in chosen if each not in self.tiles.tiles]
        self.agents.chips.choose([*others, HERE if key in chosen else key])
        self._show_choice()

    def _show_choice(self) -> None:
        self.tiles.show_choice(self.agents.chips.chosen())


def _paint(pane: TablePane[Any], *, whole: bool) -> None:
    table = pane.table
    viewport = table.viewport()
    if whole:
        viewport.update()
        return
    for place, column in enumerate(pane.rows.columns):
        if column.key in TICKING and not table.isColumnHidden(place):
            viewport.update(table.columnViewportPosition(place), 0, table.columnWidth(place), viewport.height())
