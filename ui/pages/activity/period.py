"""Since when: a small choice of periods up to now."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from app.i18n import N_, _

PERIODS = (
    (0, N_("Any time")), (1, N_("Last 24 hours")), (7, N_("Last 7 days")), (30, N_("Last 30 days")),
    (90, N_("Last 90 days")),
)  # fmt: skip


class PeriodChoice(QComboBox):
    """`days` is 0 for any time; `changed` fires when somebody chose another one."""

    changed = Signal()

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(_("Period"))
        for days, words in PERIODS:
            self.addItem(_(words), days)
        self.activated.connect(lambda _place: self.changed.emit())

    def days(self) -> int:
        """So many days back."""
        return int(self.currentData())

    def choose(self, days: int) -> None:
        """Choose a period without telling anybody."""
        self.setCurrentIndex(self.findData(days))
