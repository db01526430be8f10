"""The upper half of the History tab: what was read in a sentence, how much of the period is here, and its chart.

The chart is made with the first answer, as the library behind it takes a while to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.i18n import _, ngettext
from ui.desk import Desk
from ui.pages.workforce.history.measures import VIEWS, Slot, View
from ui.pages.workforce.history.pictures import export_chart
from ui.tables import format_value
from ui.tables.model import runs
from ui.texts import ago
from ui.theme import GRID, Tone
from ui.widgets import ElidedLabel

if TYPE_CHECKING:
    from ui.pages.workforce.history.reading import Answer
    from ui.widgets.chart import Chart


class Drawing(QWidget):
    """Shows one answer by one view; hidden while there is nothing to draw."""

    picked = Signal(int, int, bool)
    """Buckets were chosen in the chart: the first, the last, and whether they come to those chosen before."""
    stepped = Signal(int)
    """Ctrl with an arrow in the chart: so many rows on."""
    first_drawn = Signal()
    """The chart is there, and wants room."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.chart: Chart | None = None
        self.said = ElidedLabel(object_name="history.said")
        self.days = ElidedLabel(object_name="history.days")
        self.days.setProperty("role", "muted")
        line = QHBoxLayout()
        line.setContentsMargins(4 * GRID, 0, 4 * GRID, GRID)
        line.setSpacing(4 * GRID)
        line.addWidget(self.said, 1)
        line.addWidget(self.days)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(line)
        self.hide()

    def make_chart(self) -> Chart:
        """The chart, made on first use."""
        if self.chart is None:
            from ui.widgets.chart import Chart
            from ui.widgets.chart_tools import ChartTools

            self.chart = Chart(name=_("Chart of the history"), object_name="history.chart")
            tools = ChartTools(self.chart)
            tools.export_requested.connect(self.export)
            tools.copied.connect(lambda: self.desk.voice.toast(_("Chart copied as a picture")))
            self.chart.picked.connect(self.picked)
            self.chart.stepped.connect(self.stepped)
            self._column.addWidget(self.chart)
            self.first_drawn.emit()
        return self.chart

    def draw(self, answer: Answer, view: View, *, keep_range: bool = True) -> None:
        """Draw what was read."""
        from ui.pages.workforce.history.charting import chart_data, totals_text

        chart = self.make_chart()
        chart.plot.setAccessibleName(_(VIEWS[view].title))
        chart.show_data(chart_data(answer, view), keep_range=keep_range)
        self.said.setText(totals_text(answer, view))

    def say_days(self, answer: Answer) -> None:
        """How much of the period is here, and as of when."""
        text = ngettext("{here} of {count} day fetched", "{here} of {count} days fetched", answer.wanted).format(
            here=format_value(answer.days), count=format_value(answer.wanted)
        )
        if answer.as_of is not None:
            text = _("{days} · as of {age}").format(days=text, age=ago(answer.as_of))
        self.days.setText(text)
        self.days.setProperty("tone", Tone.WARNING.value if answer.days < answer.wanted else "")
        self.days.style().unpolish(self.days)
        self.days.style().polish(self.days)

    def show_selected(self, rows: list[Slot], *, bring: bool) -> None:
        """Mark the buckets of these rows; a single one is brought into view where `bring` says so."""
        if self.chart is None:
            return
        self.chart.show_selected(runs(sorted(slot.at for slot in rows)))
        if len(rows) == 1 and bring:
            self.chart.bring_into_view(rows[0].at, rows[0].at)

    def export(self) -> None:
        """Write the chart to a PNG or SVG that the person chooses."""
        if self.chart is not None:
            self.desk.start("export chart", export_chart(self, self.desk, self.chart))
