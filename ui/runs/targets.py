"""How a push or a read-back stands at each device, beside its results; choosing a device shows its results alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.i18n import N_, _
from ui.runs.rows import Result
from ui.runs.shown import ShownRun, TargetCount
from ui.tables import Column, Kind, LayoutStore, TableModel, TableView
from ui.theme import Icon, Tone

_DIFFERENT = (Result.PARTIAL, Result.MISSING, Result.DIFFERENT, Result.EXTRA, Result.INCOMPLETE, Result.UNKNOWN)
_LEFT = (Result.LEFT_OUT, Result.UNCHANGED)


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One device with its counts; the first line, without an id, is all of them together."""

    id: str
    name: str
    verified: int
    sent: int
    partial: int
    left: int
    failed: int
    waiting: int

    @property
    def mark(self) -> Icon:
        """How it went in a glance, the worst first."""
        if self.failed:
            return Icon.CLOSE
        if self.partial or self.waiting:
            return Icon.WARNING
        return Icon.SEND if self.sent else Icon.CHECK


def target_line(target: TargetCount) -> TargetLine:
    """The row of a device."""

    def count(*results: Result) -> int:
        return sum(target.results[result] for result in results)

    return TargetLine(
        target.id, target.name, count(Result.VERIFIED), count(Result.SENT, Result.SUCCESS, Result.CHANGED),
        count(*_DIFFERENT), count(*_LEFT), count(Result.FAILED), count(Result.NOT_ATTEMPTED),
    )  # fmt: skip


def _tone(count: int, tone: Tone) -> Tone | None:
    return tone if count else None


COLUMNS: tuple[Column[TargetLine], ...] = (
    Column("device", N_("Device"), lambda r: r.name, width=130, icon=lambda r: r.mark,
           tooltip=lambda r: r.name),
    Column("verified", N_("Verified"), lambda r: r.verified, kind=Kind.NUMBER, width=70),
    Column("sent", N_("Sent"), lambda r: r.sent, kind=Kind.NUMBER, width=52),
    # Translators: heading over the number of people of whom only a part arrived, or who differ
    Column("partial", N_("Partial"), lambda r: r.partial, kind=Kind.NUMBER, width=60,
           tone=lambda r: _tone(r.partial, Tone.WARNING)),
    Column("failed", N_("Failed"), lambda r: r.failed, kind=Kind.NUMBER, width=56,
           tone=lambda r: _tone(r.failed, Tone.DANGER)),
    Column("left", N_("Left out"), lambda r: r.left, kind=Kind.NUMBER, width=66, muted=True),
    Column("waiting", N_("Not attempted"), lambda r: r.waiting, kind=Kind.NUMBER, width=100, muted=True),
)  # fmt: skip


class TargetTable(QWidget):
    """`chosen` gives the id of the device whose results are wanted, empty for all."""

    chosen = Signal(str)

    def __init__(self, store: LayoutStore) -> None:
        super().__init__()
        self._rows: TableModel[TargetLine] = TableModel(COLUMNS, lambda line: line.id, parent=self)
        self.table: TableView[TargetLine] = TableView(
            self._rows, name=_("Results by device"), object_name="run.devices", store=store
        )
        self.table.setMinimumWidth(220)
        self.table.current_row_changed.connect(lambda line: self.chosen.emit(line.id if line else ""))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)

    def show_run(self, shown: ShownRun) -> None:
        """Show the devices of this run."""
        shown.moved.clear()
        targets = sorted(shown.targets.values(), key=lambda target: target.name.casefold())
        self._rows.set_rows([_together(shown), *map(target_line, targets)])
        if self.table.current_row() is None:
            self.table.select_place(0)

    def show_news(self, shown: ShownRun) -> None:
        """Bring the devices whose counts moved up to date."""
        if not shown.moved:
            return
        moved, shown.moved = shown.moved, set()
        self._rows.update_rows([_together(shown), *(target_line(shown.targets[target]) for target in moved)])

    def lines(self) -> Sequence[TargetLine]:
        """What is shown, from top to bottom."""
        return self._rows.shown_rows()


def _together(shown: ShownRun) -> TargetLine:
    return target_line(TargetCount("", _("All devices"), shown.counts))
