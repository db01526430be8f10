"""Chooses a period of whole days: from, to, and quick picks such as this month; one look wherever days are chosen.

    period = PeriodPicker(first, last, object_name="timesheet.period")
    period.changed.connect(lambda first, last: ...)    # also after `set_period`, and only when it differs
    first, last = period.period()                      # never the wrong way round

Keys: arrows up and down step the part of a date under the cursor, Alt+Down opens the calendar, Tab goes on.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QDate, QEvent, QKeyCombination, QLocale, QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QTextCharFormat
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLabel, QMenu, QWidget

from app.i18n import N_, _
from app.store.values import now
from ui.theme import GRID
from ui.widgets.buttons import MenuButton

_DAY = timedelta(days=1)
_CALENDAR_WIDTH = 280
_ARROW_WIDTH = 26  # as in ui/theme/style.py
_EARLIEST, _LATEST = QDate(1990, 1, 1), QDate(2099, 12, 31)


class QuickPick(StrEnum):
    """Periods that are chosen with one click."""

    TODAY = "today"
    THIS_WEEK = "this_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    LAST_14_DAYS = "last_14_days"


_WORDS = {
    QuickPick.TODAY: N_("Today"),
    QuickPick.THIS_WEEK: N_("This week"),
    QuickPick.THIS_MONTH: N_("This month"),
    QuickPick.LAST_MONTH: N_("Last month"),
    QuickPick.LAST_14_DAYS: N_("Last 14 days"),
}


def local_today() -> date:
    """The day it is here."""
    return now().astimezone().date()


def days_of(pick: QuickPick, today: date) -> tuple[date, date]:
    """First and last day of a pick; weeks begin as they do where the person is, weeks and months are whole."""
    match pick:
        case QuickPick.TODAY:
            return today, today
        case QuickPick.THIS_WEEK:
            since = (today.isoweekday() - QLocale().firstDayOfWeek().value) % 7
            return today - since * _DAY, today + (6 - since) * _DAY
        case QuickPick.THIS_MONTH:
            return _month(today)
        case QuickPick.LAST_MONTH:
            return _month(today.replace(day=1) - _DAY)
        case QuickPick.LAST_14_DAYS:
            return today - 13 * _DAY, today


def _month(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


class PeriodPicker(QWidget):
    """Two dates and a menu of quick picks, which names the pick that the dates are."""

    changed = Signal(object, object)
    """First and last day, both `datetime.date`."""

    def __init__(
        self,
        start: date,
        end: date,
        *,
        object_name: str,
        today: Callable[[], date] = local_today,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(_("Period"))
        self._today = today
        self.start = date_field(_("From"), f"{object_name}.from")
        self.end = date_field(_("To"), f"{object_name}.to")
        self.menu = QMenu(self)
        self.menu.setAccessibleName(_("Period"))
        self.quick = MenuButton(_("Period"), self.menu, name=_("Choose a period"), object_name=f"{object_name}.quick")
        for pick, words in _WORDS.items():
            entry = self.menu.addAction(_(words), partial(self.choose, pick))
            entry.setObjectName(f"{object_name}.quick.{pick.value}")
            entry.setCheckable(True)
        self.menu.aboutToShow.connect(self._name_pick)
        self._arrange()
        self._shown = _ordered(start, end)
        self._show()
        self.start.dateChanged.connect(self._start_moved)
        self.end.dateChanged.connect(self._end_moved)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        between = QLabel("–")
        between.setProperty("role", "muted")
        row.addWidget(self.start)
        row.addWidget(between)
        row.addWidget(self.end)
        row.addSpacing(GRID)
        row.addWidget(self.quick)
        words = [_("Period"), *map(_, _WORDS.values())]  # wide enough for all, so that nothing jumps
        widest = max(self.quick.fontMetrics().horizontalAdvance(text) for text in words)
        spare = self.quick.sizeHint().width() - self.quick.fontMetrics().horizontalAdvance(self.quick.text())
        self.quick.setMinimumWidth(widest + spare)

    def period(self) -> tuple[date, date]:
        """First and last day."""
        return self._shown

    def set_period(self, start: date, end: date) -> None:
        """Choose these days; the wrong way round they are turned."""
        self._take(*_ordered(start, end))

    def choose(self, pick: QuickPick) -> None:
        """Choose the days of a quick pick."""
        self.set_period(*days_of(pick, self._today()))

    def _start_moved(self, to: QDate) -> None:
        """A beginning behind the end takes the end along."""
        start = _date(to)
        self._take(start, max(start, self._shown[1]))

    def _end_moved(self, to: QDate) -> None:
        """An end before the beginning takes the beginning along."""
        end = _date(to)
        self._take(min(end, self._shown[0]), end)

    def _take(self, start: date, end: date) -> None:
        if (start, end) != self._shown:
            self._shown = start, end
            self._show()
            self.changed.emit(start, end)

    def _show(self) -> None:
        for field, day in zip((self.start, self.end), self._shown, strict=True):
            with QSignalBlocker(field):
                field.setDate(QDate(day.year, day.month, day.day))
        self._name_pick()

    def _name_pick(self) -> None:
        today = self._today()
        matching = next((pick for pick in QuickPick if days_of(pick, today) == self._shown), None)
        for pick, entry in zip(_WORDS, self.menu.actions(), strict=True):
            entry.setChecked(pick is matching)
        # Translators: on the button that offers quick picks, while the dates are none of them
        self.quick.setText(_(_WORDS[matching]) if matching is not None else _("Period"))


def _ordered(start: date, end: date) -> tuple[date, date]:
    return min(start, end), max(start, end)


class _DateField(QDateEdit):
    """A date whose calendar opens by keyboard too; Qt opens it to a mouse alone.

    The calendar is made when it is opened: two of them are a good part of what a page takes to come up.
    """

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Have the calendar ready for a press on the arrow."""
        month = self.calendarWidget()
        month.setMinimumWidth(_CALENDAR_WIDTH)
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):  # not in Qt's red, which is hard to read on dark
            month.setWeekdayTextFormat(weekend, QTextCharFormat())
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+Down and F4 open the calendar, as in a list that drops down."""
        alt_down = QKeyCombination(Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Down)
        if event.key() == Qt.Key.Key_F4 or event.keyCombination() == alt_down:
            self._press_arrow()
        else:
            super().keyPressEvent(event)

    def _press_arrow(self) -> None:
        where = QPointF(self.width() - _ARROW_WIDTH / 2, self.height() / 2)
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        for kind, held in (
            (QEvent.Type.MouseButtonPress, left),
            (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
        ):
            self.event(QMouseEvent(kind, where, self.mapToGlobal(where), left, held, none))


def date_field(name: str, object_name: str) -> QDateEdit:
    """A field for one date with a calendar; `name` is read aloud."""
    field = _DateField()
    field.setObjectName(object_name)
    field.setAccessibleName(name)
    field.setToolTip(name)
    field.setCalendarPopup(True)
    field.setKeyboardTracking(False)  # half a typed year is no date
    field.setDateRange(_EARLIEST, _LATEST)
    pattern = QLocale().dateFormat(QLocale.FormatType.ShortFormat)
    field.setDisplayFormat(pattern if "yyyy" in pattern else pattern.replace("yy", "yyyy"))
    return field


def _date(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
