"""What became of deliveries over some days: numbers, their course day by day, and each type of event (webhooks.md §7).

Tests are never counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QSplitter, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.webhooks.statistics import Counts, Statistics
from app.errors import MusterError
from app.events import DeliveryTried, WebhooksChanged
from app.i18n import N_, _, ngettext
from app.store import webhook_log
from app.store.values import now
from ui.desk import Desk
from ui.runs.words import duration_text
from ui.tables import Align, Column, Kind, TablePane, format_value
from ui.texts import day_text
from ui.theme import GRID, Icon
from ui.widgets import Action, Button, FlowLayout, inset

if TYPE_CHECKING:
    from ui.widgets.chart import Chart, ChartData

SOON_MS = 1_000
USUAL_DAYS, MOST_DAYS = 30, 365
_QUICK = (7, 30, 90, 365)
_DAY_S = 86_400
_UTC = ZoneInfo("UTC")  # days of the log are counted in it


@dataclass(frozen=True, slots=True)
class TypeLine:
    """One type of event with what became of its deliveries."""

    event_type: str
    counts: Counts

    @property
    def rate(self) -> float | None:
        """Percent that arrived."""
        return 100 * self.counts.successful / self.counts.total if self.counts.total else None


def _counted(key: str, title: str) -> Column[TypeLine]:
    return Column(key, title, lambda r: getattr(r.counts, key), kind=Kind.NUMBER, width=100)


COLUMNS: tuple[Column[TypeLine], ...] = (
    Column("event", N_("Event"), lambda r: r.event_type, width=300),
    _counted("total", N_("All")),
    _counted("successful", N_("Delivered")),
    _counted("failed", N_("Failed")),
    _counted("pending", N_("Waiting")),
    Column("rate", N_("Success rate"), lambda r: r.rate, kind=Kind.NUMBER, width=120, align=Align.RIGHT,
           text=lambda r: _percent(r.rate) if r.rate is not None else ""),
)  # fmt: skip


class StatisticsView(QWidget):
    """Numbers on top, the course below them, the types of events at the foot."""

    def __init__(self, desk: Desk, shortcuts_in: QWidget) -> None:
        super().__init__()
        self.desk = desk
        self._asked = 0
        self.days = inset(QSpinBox(minimum=1, maximum=MOST_DAYS, value=USUAL_DAYS))
        self.days.setObjectName("webhooks.statistics.days")
        self.days.setKeyboardTracking(False)
        self.numbers: dict[str, QLabel] = {}
        self.pane: TablePane[TypeLine] = TablePane(
            name=_("Types of events"), page="webhooks.statistics", columns=COLUMNS, key=lambda line: line.event_type,
            search_hint=_("Search events"), count_text=_count_text, store=desk.layouts, shortcuts_in=shortcuts_in,
        )  # fmt: skip
        self.pane.show_empty(
            _("Nothing was sent yet"), _("Numbers appear here once a webhook was told of something."),
            drawing=Icon.HISTORY,
        )  # fmt: skip
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self._arrange()
        self.days.valueChanged.connect(lambda _days: self.refresh())
        self.pane.export_requested.connect(self.export)
        for kind in (DeliveryTried, WebhooksChanged):
            desk.on(kind, lambda _event: self._moved())
        self.pane.show_loading()

    # -- parts ---------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 2 * GRID)
        header.setSpacing(2 * GRID)
        label = QLabel(_("Last days"))
        label.setBuddy(self.days)
        self.days.setAccessibleName(_("Last days"))
        self.period = QLabel()
        self.period.setObjectName("webhooks.statistics.period")
        self.period.setProperty("role", "muted")
        header.addWidget(label)
        header.addWidget(self.days)
        for days in _QUICK:
            quick = Button(format_value(days), object_name=f"webhooks.statistics.days.{days}")
            quick.setAccessibleName(ngettext("Last {count} day", "Last {count} days", days).format(count=days))
            quick.clicked.connect(lambda _checked=False, days=days: self.days.setValue(days))
            header.addWidget(quick)
        header.addWidget(self.period, 1)
        self.split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.pane.setContentsMargins(0, 2 * GRID, 0, 0)
        self.split.addWidget(self.pane)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self._make_numbers())
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.days)

    def _make_numbers(self) -> QWidget:
        shown = QWidget()
        flow = FlowLayout(shown, spacing=8 * GRID)
        flow.setContentsMargins(4 * GRID, GRID, 4 * GRID, 3 * GRID)
        for key, title in _NUMBERS:
            number, words = QLabel("–"), QLabel(_(title))
            number.setObjectName(f"webhooks.statistics.{key}")
            number.setProperty("role", "title")
            words.setProperty("role", "muted")
            cell = QWidget()
            column = QVBoxLayout(cell)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(number)
            column.addWidget(words)
            flow.addWidget(cell)
            self.numbers[key] = number
        return shown

    @cached_property
    def chart(self) -> Chart:
        """Made with the first numbers: the library behind it takes a while to load."""
        from ui.widgets.chart import Chart

        made = Chart(name=_("Deliveries per day"), object_name="webhooks.statistics.chart")
        made.setMinimumHeight(160)
        self.split.insertWidget(0, made)
        self.split.setSizes([260, 240])
        return made

    # -- reading -------------------------------------------------------------------------------------------------

    def _moved(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What was sent while the view was hidden."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Count again."""
        self.desk.start("read statistics", self.read())

    async def read(self) -> None:
        """What became of the deliveries of the chosen days."""
        self._asked += 1
        asked, until = self._asked, now() + timedelta(seconds=1)
        since = until - timedelta(days=self.days.value())
        try:
            found = await self.desk.workspace.store.read(webhook_log.statistics, since, until)
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error), [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)])
            return
        if asked == self._asked:
            self._show(found)

    def _show(self, found: Statistics) -> None:
        first, last = found.since.date(), found.until.date()
        self.period.setText(_("{first} – {last}, tests left out").format(first=day_text(first), last=day_text(last)))
        for key, text in number_texts(found).items():
            self.numbers[key].setText(text)
            self.numbers[key].setAccessibleName(
                _("{column}: {value}").format(column=_(dict(_NUMBERS)[key]), value=text)
            )
        self.pane.set_rows([TypeLine(kind, counts) for kind, counts in sorted(found.by_type.items())])
        if found.deliveries.total:
            self.chart.show()
            self.chart.show_data(chart_data(found))
        elif "chart" in self.__dict__:
            self.chart.hide()

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "webhook-statistics")


_NUMBERS = (
    ("total", N_("Deliveries")),
    ("rate", N_("Success rate")),
    ("failed", N_("Failed")),
    ("pending", N_("Waiting")),
    ("median", N_("Time, median")),
    ("p95", N_("Time, 95th percentile")),
    ("attempts", N_("Attempts per delivery")),
    ("webhooks", N_("Active webhooks")),
)


def number_texts(found: Statistics) -> dict[str, str]:
    """The numbers on top, in words."""
    counts = found.deliveries
    active = _("{shown} of {total}").format(
        shown=format_value(found.active_webhooks), total=format_value(found.webhooks)
    )
    return {
        "total": format_value(counts.total),
        "rate": _percent(found.success_rate),
        "failed": format_value(counts.failed),
        "pending": format_value(counts.pending),
        "median": _took(found.duration_ms(0.5)),
        "p95": _took(found.duration_ms(0.95)),
        "attempts": format_value(found.attempts / counts.total) if counts.total else "–",
        "webhooks": active,
    }


def days_of(found: Statistics) -> list[tuple[date, Counts]]:
    """Every day of the period, also those on which nothing was sent."""
    first, last = found.since.date(), found.until.date()
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [(day, found.by_day.get(day.isoformat(), Counts())) for day in days]


def chart_data(found: Statistics) -> ChartData:
    """The course day by day: delivered, failed, waiting."""
    import numpy as np

    from ui.widgets.chart import ChartData, Series

    days = days_of(found)
    starts = np.array([datetime(d.year, d.month, d.day, tzinfo=_UTC).timestamp() for d, _counts in days])

    def series(key: str, title: str, values: Sequence[int]) -> Series:
        return Series(key, title, np.array(values, dtype=np.float64), lambda value: format_value(round(value)))

    return ChartData(
        starts=starts,
        ends=starts + _DAY_S,
        series=(
            series("pending", _("Waiting"), [counts.pending for _day, counts in days]),
            series("successful", _("Delivered"), [counts.successful for _day, counts in days]),
            series("failed", _("Failed"), [counts.failed for _day, counts in days]),
        ),
        zone=_UTC,
        when=lambda at: day_text(days[at][0]),
        tick=lambda value: format_value(round(value)),
        summary=_("{count} deliveries, {rate} arrived").format(
            count=format_value(found.deliveries.total), rate=_percent(found.success_rate)
        ),
    )


def _percent(value: float) -> str:
    return _("{percent} %").format(percent=format_value(float(value)))


def _took(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "–"
    if milliseconds < 1000:
        return _("{number} ms").format(number=format_value(milliseconds))
    return duration_text(milliseconds)


def _count_text(count: int) -> str:
    return ngettext("{count} type of event", "{count} types of events", count).format(count=format_value(count))
