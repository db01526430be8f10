"""What is shown: which chart, of which days, in which steps, of whom."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from app.domain.contact_center.steps import Step
from app.i18n import N_, _
from ui.layouts import Layouts
from ui.pages.workforce.history.choosing import Chooser
from ui.pages.workforce.history.measures import VIEWS, Source, View
from ui.theme import GRID
from ui.widgets.flow import FlowLayout
from ui.widgets.period import PeriodPicker

_STEPS = {Step.INTERVAL: N_("As the platform counts"), Step.HOUR: N_("Hours"), Step.DAY: N_("Days")}
_KEPT_VIEW, _KEPT_STEP = "history/view", "history/step"


class HistoryBar(QWidget):
    """`changed` when something else is to be read, `view_changed` when another chart of the same is to be drawn."""

    changed = Signal()
    view_changed = Signal()

    def __init__(self, first: date, last: date, layouts: Layouts) -> None:
        super().__init__()
        self._layouts = layouts
        self._groups: list[tuple[str, str]] = []
        self._agents: list[tuple[str, str]] = []
        self._chosen: dict[bool, tuple[str, ...]] = {}
        self.view_box = _box("history.view", _("Chart"), {view: _(spec.title) for view, spec in VIEWS.items()})
        self.step_box = _box("history.step", _("Step"), {step: _(title) for step, title in _STEPS.items()})
        self.period = PeriodPicker(first, last, object_name="history.period")
        self.who = Chooser(object_name="history.who")
        flow = FlowLayout(self)
        flow.setContentsMargins(4 * GRID, GRID, 4 * GRID, 2 * GRID)
        for part in (self.view_box, self.period, self.step_box, self.who):
            flow.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._restore()
        self._offer()
        self._before = self.view
        self.view_box.currentIndexChanged.connect(self._view_chosen)
        self.step_box.currentIndexChanged.connect(self._step_chosen)
        self.period.changed.connect(lambda *_days: self.changed.emit())
        self.who.changed.connect(self._who_chosen)

    def _restore(self) -> None:
        self.step_box.setCurrentIndex(self.step_box.findData(Step.HOUR.value))  # two weeks of minutes hide their shape
        for box, key, known in ((self.view_box, _KEPT_VIEW, View), (self.step_box, _KEPT_STEP, Step)):
            kept = self._layouts.get(key)
            if kept in {each.value for each in known}:
                box.setCurrentIndex(box.findData(kept))

    @property
    def view(self) -> View:
        """The chart that is chosen."""
        return View(self.view_box.currentData())

    @property
    def step(self) -> Step:
        """The length of a bucket that is chosen."""
        return Step(self.step_box.currentData())

    @property
    def source(self) -> Source:
        """The table that the chart comes from."""
        return VIEWS[self.view].source

    @property
    def _by_group(self) -> bool:
        return self.source is Source.GROUPS

    def chosen(self) -> tuple[str, ...]:
        """The groups, or agents, that are meant; none means all."""
        return self.who.chosen()

    def show_people(self, groups: list[tuple[str, str]], agents: list[tuple[str, str]]) -> None:
        """Whom there is to choose from, ids with names."""
        if (groups, agents) != (self._groups, self._agents):
            self._groups, self._agents = groups, agents
            self._offer()

    def _offer(self) -> None:
        chosen = self._chosen.get(self._by_group, ())
        if self._by_group:
            self.who.offer(_("Groups"), _("All groups"), self._groups, chosen)
        else:
            self.who.offer(_("Agents"), _("All agents"), self._agents, chosen)

    def _who_chosen(self) -> None:
        self._chosen[self._by_group] = self.who.chosen()
        self.changed.emit()

    def _view_chosen(self) -> None:
        before, self._before = VIEWS[self._before].source, self.view
        self._layouts.set(_KEPT_VIEW, self.view.value)
        self._offer()
        if before is self.source:
            self.view_changed.emit()
        else:
            self.changed.emit()

    def _step_chosen(self) -> None:
        self._layouts.set(_KEPT_STEP, self.step.value)
        self.changed.emit()

    def choose_view(self, view: View) -> None:
        """Show that chart."""
        self.view_box.setCurrentIndex(self.view_box.findData(view.value))


def _box(object_name: str, name: str, entries: dict[View, str] | dict[Step, str]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(object_name)
    box.setAccessibleName(name)
    box.setToolTip(name)
    for key, title in entries.items():
        box.addItem(title, key.value)
    return box
