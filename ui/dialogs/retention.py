"""How long the history is kept, and taking away what is older: what would go is counted before anything goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from app.i18n import N_, _, ngettext
from app.operations.history import fewest_days
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.tables import format_value
from ui.texts import moment_text
from ui.theme import GRID
from ui.widgets import Button, Look, inset

PRUNE, KEEP = "history.prune", "history.keep"
FIELDS = {
    "run_detail_days": ("details", N_("Results of runs, record by record")),
    "run_days": ("runs", N_("Runs with their counts")),
    "audit_days": ("audit", N_("Audit trail")),
    "webhook_attempt_days": ("webhook_tries", N_("Tries of webhooks, with what was sent")),
    "webhook_delivery_days": ("webhook_deliveries", N_("Deliveries of webhooks")),
}
_MOST_DAYS = 36_500
_SOON_MS = 300


class RetentionDialog(QDialog):
    """Days for each part of the history, beside each what would go."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.desk = desk
        self._asked = 0
        self.setObjectName("retention")
        self.setWindowTitle(_("How long the history is kept"))
        self.setMinimumWidth(560)
        self.fields: dict[str, QSpinBox] = {}
        self.amounts: dict[str, QLabel] = {}
        form = QGridLayout()
        form.setHorizontalSpacing(3 * GRID)
        form.setVerticalSpacing(2 * GRID)
        form.setColumnStretch(2, 1)
        for name, (part, title) in FIELDS.items():
            self._add_field(form, name, part, _(title))
        note = QLabel(
            _("Older parts are taken away when you press the button; what was told to webhooks also goes by itself, "
              "as long as it is sent from here. The newest audit entry, runs that are not over and deliveries that "
              "wait always stay."),
            wordWrap=True,
        )  # fmt: skip
        note.setProperty("role", "muted")
        self.close_button = Button(_("Close"), object_name="retention.close")
        self.save = Button(_("Save"), object_name="retention.save")
        self.prune = Button(_("Take away"), look=Look.DANGER, object_name="retention.prune")
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch(1)
        for button in (self.close_button, self.save, self.prune):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID, 5 * GRID, 5 * GRID, 5 * GRID)
        column.setSpacing(4 * GRID)
        column.addLayout(form)
        column.addWidget(note)
        column.addLayout(buttons)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.count)
        self.close_button.clicked.connect(self.reject)
        self.save.clicked.connect(self.keep)
        self.prune.clicked.connect(self.take_away)
        self.close_button.setDefault(True)
        self.count()

    def _add_field(self, form: QGridLayout, name: str, part: str, title: str) -> None:
        field = inset(QSpinBox(minimum=fewest_days(name), maximum=_MOST_DAYS))
        field.setObjectName(f"retention.{name}")
        field.setAccessibleName(title)
        field.setSuffix(_(" days"))
        field.setValue(getattr(self.desk.workspace.settings, name))
        field.valueChanged.connect(lambda _days: self._changed())
        amount = QLabel(wordWrap=True)
        amount.setObjectName(f"retention.{part}")
        amount.setProperty("role", "muted")
        label = QLabel(title, wordWrap=True)
        label.setBuddy(field)
        at = form.rowCount()
        for place, widget in enumerate((label, field, amount)):
            form.addWidget(widget, at, place)
        self.fields[name], self.amounts[part] = field, amount

    def _changed(self) -> None:
        self.prune.refuse(_("What would go is being counted."))
        self._soon.start()

    def _days(self) -> dict[str, int]:
        return {name: field.value() for name, field in self.fields.items()}

    def count(self) -> None:
        """Ask what would go with these days."""
        self._changed()
        self._soon.stop()
        self._asked += 1
        self.desk.start("count old history", self._count(self._asked))

    async def _count(self, asked: int) -> None:
        report = await self.desk.report_of(Request(PRUNE, params=self._days(), dry_run=True))
        if asked == self._asked and report is not None and report.error is None:
            self._show(report.run.result)

    def _show(self, found: dict[str, Any]) -> None:
        for part, label in self.amounts.items():
            label.setText(amount_words(found[part]))
        total = sum(found[part]["rows"] for part in self.amounts)
        text = ngettext("Take away {count} row", "Take away {count} rows", total)
        self.prune.setText(text.format(count=format_value(total)))
        if total:
            self.prune.allow()
        else:
            self.prune.refuse(_("Nothing is that old."))

    def keep(self) -> None:
        """Remember these days."""
        self.desk.run(Request(KEEP, params=self._days()))
        self.accept()

    def take_away(self) -> None:
        """Do what was counted; the days are remembered too, as they are what was decided."""
        self.desk.start("prune history", self._take_away(self._days()))
        self.accept()

    async def _take_away(self, days: dict[str, int]) -> None:
        await self.desk.report_of(Request(KEEP, params=days))
        report = await self.desk.report_of(Request(PRUNE, params=days | {"confirm": True}))
        if report is not None and report.error is None:
            self.desk.voice.toast(room_words(report))


def amount_words(amount: dict[str, Any]) -> str:
    """How many rows, how large, and how old the oldest is."""
    if not amount["rows"]:
        return _("Nothing is older.")
    rows = ngettext("{count} row would go", "{count} rows would go", amount["rows"])
    text = _("{rows}: about {size}, the oldest of {day}")
    return text.format(
        rows=rows.format(count=format_value(amount["rows"])),
        size=QLocale().formattedDataSize(amount["bytes"]),
        day=moment_text(datetime.fromisoformat(amount["oldest"])),
    )


def room_words(report: Report) -> str:
    """How much room the disk got back."""
    sizes = (report.run.result or {}).get("store", {})
    freed = max(0, sizes.get("bytes_before", 0) - sizes.get("bytes_after", 0))
    return _("Old history was taken away; {size} are free again").format(size=QLocale().formattedDataSize(freed))


def open_retention(parent: QWidget, desk: Desk) -> RetentionDialog:
    """Show the dialog."""
    dialog = RetentionDialog(parent, desk)
    dialog.open()
    return dialog
