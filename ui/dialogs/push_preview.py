"""What a push would do, from what is stored: counts per device, and below them what would happen to each person there.

Nothing has been sent yet; Push starts the same push for real.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.domain.outcomes import Action, Outcome
from app.i18n import N_, _, ngettext
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.runs.words import run_title
from ui.tables import Column, Kind, TableModel, TablePane, TableView, format_value
from ui.texts import ACTION_TONES, ACTION_WORDS
from ui.theme import GRID, Icon, Tone
from ui.widgets import Button, FilterChip, Look

SIZE = (1120, 660)


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """How many people the push would do what with at one device."""

    id: str
    name: str
    counts: Mapping[str, Any]

    def count(self, key: str) -> int:
        """One of the counts; zero where it is not told."""
        return int(self.counts.get(key) or 0)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What would happen to one person at the chosen device."""

    number: int
    outcome: Outcome


def _counted(key: str, title: str, width: int, tone: Tone | None = None) -> Column[DeviceLine]:
    return Column(
        key, title, lambda r: r.count(key), kind=Kind.NUMBER, width=width,
        tone=(lambda r: tone if r.count(key) else None) if tone else None,
    )  # fmt: skip


DEVICE_COLUMNS: tuple[Column[DeviceLine], ...] = (
    Column("device", N_("Device"), lambda r: r.name, width=160),
    _counted("add", N_("Would add"), 96),
    _counted("change", N_("Would change"), 112),
    _counted("already", N_("Already there"), 112),
    _counted("unchanged", N_("Unchanged"), 92),
    _counted("no_photo", N_("No photo"), 84, Tone.WARNING),
    _counted("no_room", N_("No room"), 84, Tone.DANGER),
    _counted("no_number", N_("No number"), 96, Tone.WARNING),
    _counted("left_out", N_("Left out"), 84, Tone.WARNING),
    Column("free_places", N_("Free places"), lambda r: r.counts.get("free_places"), kind=Kind.NUMBER, width=100),
)
PERSON_COLUMNS: tuple[Column[PersonLine], ...] = (
    Column("name", N_("Name"), lambda r: r.outcome.subject, width=240),
    Column("action", N_("Change"), lambda r: _(ACTION_WORDS[r.outcome.action]), kind=Kind.CHIP, width=160,
           tone=lambda r: ACTION_TONES[r.outcome.action]),
    Column("message", N_("What would happen"), lambda r: _(r.outcome.message), width=360),
    Column("remedy", N_("What to do"), lambda r: _(r.outcome.remedy), width=320, muted=True),
)  # fmt: skip
_SHOWN = (Action.CREATE, Action.UPDATE, Action.UNCHANGED, Action.SKIP)


class PushPreviewDialog(QDialog):
    """Shows the dry run of a push and starts the push."""

    def __init__(self, parent: QWidget, desk: Desk, report: Report) -> None:
        super().__init__(parent)
        self.desk = desk
        self.report = report
        self._by_device: dict[str, list[PersonLine]] = {}
        self.setObjectName("push_preview")
        self.setWindowTitle(run_title(report.run))
        self.resize(*SIZE)
        lines = [DeviceLine(row["device_id"], row["device"], row) for row in report.run.result["devices"]]
        rows: TableModel[DeviceLine] = TableModel(DEVICE_COLUMNS, lambda line: line.id, parent=self)
        self.devices: TableView[DeviceLine] = TableView(
            rows, name=_("What would happen at each device"), object_name="push_preview.devices", store=desk.layouts
        )
        rows.set_rows(lines)
        self.people: TablePane[PersonLine] = TablePane(
            name=_("What would happen to each person"), page="push_preview", columns=PERSON_COLUMNS,
            key=lambda line: line.number, search_hint=_("Search people"), count_text=_people_text, store=desk.layouts,
            shortcuts_in=self,
        )  # fmt: skip
        self.people.set_filters([_chip(action) for action in _SHOWN])
        self.people.show_loading()
        self.people.export_requested.connect(lambda: export_table(self, desk, self.people.visible_table(), "preview"))
        self.devices.current_row_changed.connect(self._show_device)
        self._arrange(_summary(lines))
        self.devices.select_place(0)
        desk.start("group preview", self._group())

    def _arrange(self, summary: str) -> None:
        said = QLabel(summary, wordWrap=True)
        said.setObjectName("push_preview.summary")
        said.setProperty("role", "heading")
        hint = QLabel(_("Nothing has been sent yet. It compares with what is stored; no device was called."))
        hint.setProperty("role", "muted")
        self.push = Button(_("Push"), look=Look.PRIMARY, icon=Icon.SEND, object_name="push_preview.push")
        self.push.clicked.connect(self.apply)
        close = Button(_("Close"), object_name="push_preview.close")
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(hint, 1)
        buttons.addWidget(close)
        buttons.addWidget(self.push)
        split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        split.addWidget(self.devices)
        split.addWidget(_below(self.people))
        split.setSizes([260, 340])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        said.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 2 * GRID)
        column.addWidget(said)
        column.addWidget(split, 1)
        column.addLayout(buttons)

    async def _group(self) -> None:
        """Pairs by device, off the event loop: there may be a million of them."""
        self._by_device = await asyncio.to_thread(_grouped, self.report.outcomes)
        self._show_device(self.devices.current_row())

    def _show_device(self, line: DeviceLine | None) -> None:
        if line is not None and self._by_device:
            self.people.set_rows(self._by_device.get(line.id, ()))

    def apply(self) -> None:
        """Start the push with the same parameters."""
        run = self.report.run
        self.desk.run(Request(run.operation, run.connection, run.params))
        self.accept()


def _grouped(outcomes: Sequence[Outcome]) -> dict[str, list[PersonLine]]:
    grouped: dict[str, list[PersonLine]] = defaultdict(list)
    for number, outcome in enumerate(outcomes):
        grouped[outcome.target_id].append(PersonLine(number, outcome))
    return dict(grouped)


def _below(pane: QWidget) -> QWidget:
    area = QWidget()
    column = QVBoxLayout(area)
    column.setContentsMargins(0, 2 * GRID, 0, 0)
    column.addWidget(pane)
    return area


def _summary(lines: Sequence[DeviceLine]) -> str:
    """The whole in one sentence."""

    def total(key: str) -> str:
        return format_value(sum(line.count(key) for line in lines))

    text = ngettext(
        "At {count} device: {add} to add, {change} to change, {already} already there, {unchanged} unchanged.",
        "At {count} devices: {add} to add, {change} to change, {already} already there, {unchanged} unchanged.",
        len(lines),
    )
    return text.format(
        count=len(lines), add=total("add"), change=total("change"), already=total("already"),
        unchanged=total("unchanged"),
    )  # fmt: skip


def _chip(action: Action) -> FilterChip:
    def fits(line: PersonLine) -> bool:
        return line.outcome.action is action

    return FilterChip(action.value, _(ACTION_WORDS[action]), fits, "action")


def _people_text(count: int) -> str:
    return ngettext("{count} person", "{count} people", count).format(count=format_value(count))
