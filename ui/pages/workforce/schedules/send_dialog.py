"""What would be sent to 1C: a line per person and month with day and night hours, its shifts below, ticked to be sent.

1C takes a whole month of one person at a time; a day without a shift becomes a day off (onec-zup.md §5.3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.domain.outcomes import Action, Outcome, Status
from app.i18n import N_, _, ngettext
from app.operations.runner import Report
from app.store.values import now
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.dialogs.preview import VALID_FOR
from ui.pages.workforce.time_words import clock, hours_text, weekday
from ui.tables import Column, Kind, TableModel, TablePane, TableView, format_value
from ui.theme import GRID, Icon, Tone
from ui.widgets import BannerArea, Button, FilterChip, Look

SIZE = (1060, 660)
_PIECE, _CHECK = "schedule ", "check "


@dataclass(frozen=True, slots=True)
class SplitShift:
    """A shift with its hours by day and by night."""

    number: int
    start: datetime
    end: datetime
    by_day: float
    by_night: float


@dataclass(frozen=True, slots=True)
class PieceLine:
    """One person in one month: what would be sent, or why not."""

    key: str
    name: str
    period: str
    outcome: Outcome
    shifts: tuple[SplitShift, ...]

    @property
    def sendable(self) -> bool:
        """Whether it would be sent."""
        return self.outcome.status is Status.SUCCESS

    @property
    def by_day(self) -> float:
        """Hours by day of all shifts."""
        return sum(s.by_day for s in self.shifts)

    @property
    def by_night(self) -> float:
        """Hours by night of all shifts."""
        return sum(s.by_night for s in self.shifts)


def piece_lines(report: Report) -> list[PieceLine]:
    """The dry run of a sending, person by person."""
    rows: Mapping[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in report.run.result if isinstance(report.run.result, list) else ():
        if "period" in row:
            rows[row["agent_id"], row["period"]].append(row)
    lines = []
    for number, outcome in enumerate(report.outcomes):
        period = outcome.step.removeprefix(_PIECE) if outcome.step.startswith(_PIECE) else ""
        key = f"{outcome.target_id}/{period}" if period else f"{number} {outcome.step}"
        shifts = tuple(_split_shifts(rows.get((outcome.target_id, period), ())))
        lines.append(PieceLine(key, outcome.subject, period, outcome, shifts))
    return sorted(lines, key=lambda line: (_urgency(line), line.name, line.period))


def _urgency(line: PieceLine) -> int:
    """What cannot be sent comes first, what 1C has already last."""
    return 1 if line.sendable else 2 if line.outcome.action is Action.UNCHANGED else 0


def _split_shifts(rows: Iterable[Mapping[str, Any]]) -> Iterable[SplitShift]:
    for number, row in enumerate(rows):
        start, end = datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"])
        yield SplitShift(number, start, end, row["daily_hours"], row["night_hours"])


def _what(line: PieceLine) -> str:
    match line.outcome.status, line.outcome.action:
        case Status.SUCCESS, Action.UPDATE:
            # Translators: from here on, what a sending of a schedule would do with one person's month
            return _("Replaces the month")
        case Status.SUCCESS, _:
            return _("New in 1C")
        case Status.SKIPPED, Action.UNCHANGED:
            return _("1C has it already")
        case Status.NOT_ATTEMPTED, _:
            return _("Held back")
        case _:
            return _("Cannot be sent")


def _tone(line: PieceLine) -> Tone:
    if line.sendable:
        return Tone.INFO if line.outcome.action is Action.UPDATE else Tone.SUCCESS
    return Tone.NEUTRAL if line.outcome.action is Action.UNCHANGED else Tone.WARNING


def _why(line: PieceLine) -> str:
    same = line.outcome.action is Action.UNCHANGED
    return "" if line.sendable or same else f"{line.outcome.message} {line.outcome.remedy}".strip()


COLUMNS: tuple[Column[PieceLine], ...] = (
    Column("name", N_("Name"), lambda r: r.name, width=230),
    Column("period", N_("Month"), lambda r: r.period, width=84),
    Column("what", N_("What happens"), _what, kind=Kind.CHIP, width=220, tone=_tone),
    Column("shifts", N_("Shifts"), lambda r: len(r.shifts) or None, kind=Kind.NUMBER, width=64),
    Column("by_day", N_("By day"), lambda r: r.by_day, text=lambda r: hours_text(r.by_day), kind=Kind.NUMBER,
           width=70),
    Column("by_night", N_("By night"), lambda r: r.by_night, text=lambda r: hours_text(r.by_night), kind=Kind.NUMBER,
           width=76),
    Column("why", N_("Why not"), _why, width=320, muted=True, tooltip=_why),
)  # fmt: skip
SHIFT_COLUMNS: tuple[Column[SplitShift], ...] = (
    Column("day", N_("Day"), lambda s: s.start.date(), kind=Kind.MOMENT, width=96),
    Column("weekday", N_("Weekday"), lambda s: weekday(s.start.date()), width=72, muted=True),
    Column("start", N_("Start"), lambda s: clock(s.start), width=72),
    Column("end", N_("End"), lambda s: clock(s.end), width=72),
    Column("by_day", N_("Hours by day"), lambda s: s.by_day, text=lambda s: hours_text(s.by_day), kind=Kind.NUMBER,
           width=110),
    Column("by_night", N_("Hours by night"), lambda s: s.by_night, text=lambda s: hours_text(s.by_night),
           kind=Kind.NUMBER, width=110),
)  # fmt: skip


def _filters() -> list[FilterChip]:
    unchanged = Action.UNCHANGED
    return [
        FilterChip("send", _("To send"), lambda r: r.sendable, "what"),
        FilterChip("unchanged", _("1C has it already"), lambda r: r.outcome.action is unchanged, "what"),
        FilterChip("wrong", _("Cannot be sent"), lambda r: not r.sendable and r.outcome.action is not unchanged, "what",
                   tone=Tone.WARNING),
    ]  # fmt: skip


class SendDialog(QDialog):
    """Shows the dry run of a sending; accepted when what is ticked shall be sent."""

    def __init__(self, parent: QWidget, desk: Desk, report: Report, only: set[str]) -> None:
        """`only` are the pieces that were chosen; none for all."""
        super().__init__(parent)
        self.setObjectName("send_schedule")
        self.setWindowTitle(_("Send schedules to 1C"))
        self.resize(*SIZE)
        self.made_at = now()
        lines = [line for line in piece_lines(report) if not only or line.key in only or not line.period]
        self.banners = BannerArea(object_name="send_schedule.banners")
        self.pane: TablePane[PieceLine] = TablePane(
            name=_("What would be sent"), page="send_schedule", columns=COLUMNS, key=lambda line: line.key,
            search_hint=_("Search people"), store=desk.layouts, checkable=lambda line: line.sendable,
            shortcuts_in=self,
        )  # fmt: skip
        self.pane.set_filters(_filters())
        self.pane.set_rows(lines)
        self.pane.show_empty(_("There are no shifts to send"), _("Enter shifts or import them first."))
        self.pane.rows.set_checked([line.key for line in lines if line.sendable], on=True)
        self.pane.rows.checked_changed.connect(self._show_amount)
        self.pane.export_requested.connect(lambda: export_table(self, desk, self.pane.visible_table(), "send_schedule"))
        self.shifts: TableModel[SplitShift] = TableModel(SHIFT_COLUMNS, lambda s: s.number, parent=self)
        self.table = TableView(self.shifts, name=_("Shifts with day and night hours"),
                               object_name="send_schedule.shifts", store=desk.layouts)  # fmt: skip
        self.table.horizontalHeader().setStretchLastSection(False)
        self.pane.table.current_row_changed.connect(self._show_shifts)
        self._arrange(lines)
        self._show_amount()
        if lines:
            self.pane.table.select_place(0)

    def _arrange(self, lines: list[PieceLine]) -> None:
        self.heading = QLabel(_("Day and night hours"))
        self.heading.setProperty("role", "heading")
        self.heading.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, GRID)
        below = QWidget()
        under = QVBoxLayout(below)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(0)
        under.addWidget(self.heading)
        under.addWidget(self.table, 1)
        halves = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        halves.addWidget(self.pane)
        halves.addWidget(below)
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        summary = QLabel(_summary(lines), wordWrap=True)
        summary.setObjectName("send_schedule.summary")
        summary.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 2 * GRID)
        hint = QLabel(_("Nothing has been sent yet. Days without a shift become days off in 1C."), wordWrap=True)
        hint.setProperty("role", "muted")
        close = Button(_("Close"), object_name="send_schedule.close")
        close.clicked.connect(self.reject)
        self.send = Button("", look=Look.PRIMARY, icon=Icon.SEND, object_name="send_schedule.send")
        self.send.clicked.connect(self._press)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(hint, 1)
        buttons.addWidget(close)
        buttons.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addWidget(summary)
        column.addWidget(halves, 1)
        column.addLayout(buttons)

    def ticked(self) -> set[str]:
        """The names of what shall be sent."""
        return {str(key) for key in self.pane.rows.checked_keys()}

    def _show_amount(self) -> None:
        count = len(self.ticked())
        text = ngettext("Send {count} schedule to 1C", "Send {count} schedules to 1C", count)
        self.send.setText(text.format(count=format_value(count)) if count else _("Send to 1C"))
        if count:
            self.send.allow()
        else:
            self.send.refuse(_("Nothing is ticked."))

    def _show_shifts(self, line: PieceLine | None) -> None:
        self.shifts.set_rows(line.shifts if line else ())
        if line is not None and line.period:
            self.heading.setText(_("{name}, {month}").format(name=line.name, month=line.period))

    def _press(self) -> None:
        if now() - self.made_at > VALID_FOR:
            text = _("This preview is older than a day and has expired.")
            self.banners.show_banner("expired", Tone.WARNING, text, _("Run the preview again."))
            return
        self.accept()


def _summary(lines: list[PieceLine]) -> str:
    sending = [line for line in lines if line.sendable]
    same = sum(line.outcome.action is Action.UNCHANGED for line in lines)
    parts = [
        ngettext("{count} schedule would be sent.", "{count} schedules would be sent.", len(sending)).format(
            count=format_value(len(sending))
        )
    ]
    if same:
        text = ngettext(
            "1C has {count} already; it is not sent again.", "1C has {count} already; they are not sent again.", same
        )
        parts.append(text.format(count=format_value(same)))
    if wrong := len(lines) - len(sending) - same:
        text = ngettext("{count} cannot be sent.", "{count} cannot be sent.", wrong)
        parts.append(text.format(count=format_value(wrong)))
    return " ".join(parts)
