"""When a schedule runs: by the connection's interval, every so many minutes or by the calendar; outside quiet hours.

What is chosen is said at once in words, with the next three runs (connections.md §11).
"""

from __future__ import annotations

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.schedule_texts import when_text
from app.domain.timing import LONGEST_S, SHORTEST_S, Timing, upcoming
from app.errors import UsageError
from app.i18n import _
from app.store.values import now
from ui.texts import moment_text
from ui.theme import GRID, theme, tokens
from ui.widgets import inset

SHOWN = 3
_USUAL_MINUTES = 15
_USUAL_CRON = "0 6 * * *"
_TIME = "HH:mm"


class TimingForm(QWidget):
    """Three ways to say when; `own_interval_s` is the connection's interval, which one of them goes by."""

    changed = Signal()

    def __init__(self, timing: Timing, own_interval_s: int) -> None:
        super().__init__()
        self._given = timing
        self._own_s = own_interval_s
        own = when_text(Timing(), own_interval_s)
        self.follow = self._radio(_("As the connection says ({when})").format(when=own), "follow")
        self.every = self._radio(_("Every"), "every")
        self.cron = self._radio(_("By the calendar"), "cron")
        self._ways = QButtonGroup(self)
        for button in (self.follow, self.every, self.cron):
            self._ways.addButton(button)
        self.minutes = inset(QSpinBox(minimum=SHORTEST_S // 60, maximum=LONGEST_S // 60))
        self.minutes.setObjectName("schedule.minutes")
        self.minutes.setAccessibleName(_("Minutes between runs"))
        self.minutes.setSuffix(_(" minutes"))
        self.minutes.setValue(max(1, timing.every_s // 60) if timing.every_s else _USUAL_MINUTES)
        self.expression = QLineEdit(timing.cron or _USUAL_CRON)
        self.expression.setObjectName("schedule.expression")
        self.expression.setAccessibleName(_("Cron expression: minute, hour, day of the month, month, day of the week"))
        self.expression.setToolTip(_("Minute, hour, day of the month, month, day of the week. Daily at six: 0 6 * * *"))
        self.quiet = QCheckBox(_("Nothing starts between"))
        self.quiet.setObjectName("schedule.quiet")
        begin, _dash, end = (timing.quiet or "22:00-06:00").partition("-")
        self.begin = self._time("quiet_begin", _("Quiet hours begin"), begin)
        self.end = self._time("quiet_end", _("Quiet hours end"), end)
        self.quiet.setChecked(bool(timing.quiet))
        self.meaning = QLabel(wordWrap=True)
        self.meaning.setObjectName("schedule.meaning")
        (self.cron if timing.cron else self.every if timing.every_s else self.follow).setChecked(True)
        self._arrange()
        self._connect()
        self._show()

    def _radio(self, text: str, name: str) -> QRadioButton:
        button = QRadioButton(text)
        button.setObjectName(f"schedule.{name}")
        return button

    def _time(self, name: str, label: str, text: str) -> QTimeEdit:
        edit = inset(QTimeEdit(QTime.fromString(text, _TIME)))
        edit.setDisplayFormat(_TIME)
        edit.setObjectName(f"schedule.{name}")
        edit.setAccessibleName(label)
        return edit

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(2 * GRID)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.follow, 0, 0, 1, 2)
        for row, (left, right) in enumerate(((self.every, self.minutes), (self.cron, self.expression)), 1):
            grid.addWidget(left, row, 0)
            grid.addWidget(right, row, 1)
        hours = QHBoxLayout()
        hours.setSpacing(2 * GRID)
        for widget in (self.begin, QLabel("–"), self.end):
            hours.addWidget(widget)
        hours.addStretch(1)
        grid.addWidget(self.quiet, 3, 0)
        grid.addLayout(hours, 3, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * GRID)
        column.addLayout(grid)
        column.addWidget(self.meaning)

    def _connect(self) -> None:
        self._ways.buttonToggled.connect(lambda _button, _on: self._show())
        self.minutes.valueChanged.connect(lambda _value: self._chosen(self.every))
        self.expression.textEdited.connect(lambda _text: self._chosen(self.cron))
        self.quiet.toggled.connect(lambda _on: self._show())
        for edit in (self.begin, self.end):
            edit.timeChanged.connect(lambda _time: self._show())
        theme.changed.connect(self._show)

    def _chosen(self, way: QRadioButton) -> None:
        """Whoever fills in a field means it."""
        way.setChecked(True)
        self._show()

    # -- what is chosen ------------------------------------------------------------------------------------------

    def timing(self) -> Timing:
        """When it runs. Raises `UsageError` for an expression that never comes true, or quiet hours of no length."""
        quiet = f"{self.begin.time().toString(_TIME)}-{self.end.time().toString(_TIME)}"
        return Timing(
            every_s=self._every_s() if self.every.isChecked() else 0,
            cron=self.expression.text().strip() if self.cron.isChecked() else "",
            zone=self._given.zone,
            quiet=quiet if self.quiet.isChecked() else "",
            jitter_percent=self._given.jitter_percent,
        )

    def _every_s(self) -> int:
        """An interval of odd seconds, which the command line can set, stays while the minutes are left alone."""
        given, minutes = self._given.every_s, self.minutes.value()
        return given if given and minutes == max(1, given // 60) else minutes * 60

    def problem(self) -> str:
        """What is wrong with what is chosen; blank when nothing is."""
        try:
            timing = self.timing()
        except UsageError as error:
            return " ".join(filter(None, (error.message, error.remedy)))
        return "" if timing.cron or not self.cron.isChecked() else _("Write when it should run.")

    def _show(self) -> None:
        """Say in words what is chosen, and when that is next."""
        for edit in (self.begin, self.end):
            edit.setEnabled(self.quiet.isChecked())
        problem = self.problem()
        self.meaning.setText(problem or meaning(self.timing(), self._own_s))
        self.meaning.setStyleSheet(f"color: {tokens().danger.ink if problem else tokens().muted};")
        self.changed.emit()


def meaning(timing: Timing, own_interval_s: int) -> str:
    """When it runs in words, and the next three runs, as planned without the spread."""
    times = upcoming(timing, now(), own_interval_s, SHOWN)
    return "\n".join(
        (when_text(timing, own_interval_s), _("Next: {times}").format(times=", ".join(map(moment_text, times))))
    )
