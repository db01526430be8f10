"""Setting limits on live numbers: for all groups, and for single ones that differ from the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.contact_center.alarms import Metric, Threshold
from app.i18n import _
from ui.pages.workforce.live.limits import METRIC_WORDS, bound_text, number_text
from ui.theme import GRID
from ui.widgets import Button, Look, inset

_USUAL = {
    Metric.WAITING: 10.0,
    Metric.WAIT: 60.0,
    Metric.OPERATORS: 1.0,
    Metric.ANSWERED: 80.0,
    Metric.SERVICE_LEVEL: 80.0,
}
_MOST = {Metric.ANSWERED: 100.0, Metric.SERVICE_LEVEL: 100.0}
_INHERIT, _OWN, _NONE = "inherit", "own", "none"
EVERY = ""
"""The id that stands for all groups."""


class LimitsDialog(QDialog):
    """One group at a time; `limits()` is all of them when it is accepted."""

    def __init__(self, parent: QWidget, groups: Mapping[str, str], known: Sequence[Threshold]) -> None:
        """`groups` are the names of groups by id."""
        super().__init__(parent)
        self.setObjectName("live.limits")
        self.setWindowTitle(_("Limits and alarms"))
        self._names = dict(sorted(groups.items(), key=lambda pair: pair[1].casefold()))
        self._names |= {t.group_id: t.group_id for t in known if t.group_id and t.group_id not in groups}
        self._limits = {(t.group_id, t.metric): t for t in known}
        self.group = QComboBox()
        self.group.setObjectName("live.limits.group")
        self.rows = {metric: _Row(metric, self) for metric in Metric}
        self._set = QLabel(wordWrap=True)
        self._set.setObjectName("live.limits.set")
        self._set.setTextFormat(Qt.TextFormat.PlainText)
        self._set.setProperty("role", "muted")
        self._arrange()
        for row in self.rows.values():
            row.choice.activated.connect(self._take)
            row.bound.valueChanged.connect(self._take)
        self.group.currentIndexChanged.connect(lambda _index: self._show())
        self._fill_groups()
        self._show()

    def _arrange(self) -> None:
        words = QLabel(
            _("When a number goes beyond its limit, an alarm stands at the top of the page until it is over. While "
              "there are limits the numbers are asked for whatever page is shown."), wordWrap=True,
        )  # fmt: skip
        words.setProperty("role", "muted")
        label = QLabel(_("Limits of"))
        label.setBuddy(self.group)
        top = QHBoxLayout()
        top.addWidget(label)
        top.addWidget(self.group, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GRID)
        grid.setVerticalSpacing(2 * GRID)
        grid.setColumnStretch(0, 1)
        for at, (metric, row) in enumerate(self.rows.items()):
            name = QLabel(_(METRIC_WORDS[metric]), wordWrap=True)
            name.setBuddy(row.choice)
            grid.addWidget(name, at, 0)
            grid.addWidget(row.choice, at, 1)
            grid.addWidget(row.bound, at, 2)
        cancel = Button(_("Cancel"), object_name="live.limits.cancel")
        cancel.clicked.connect(self.reject)
        self.save = Button(_("Save limits"), look=Look.PRIMARY, object_name="live.limits.save")
        self.save.setDefault(True)
        self.save.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID, 5 * GRID, 5 * GRID, 5 * GRID)
        column.setSpacing(4 * GRID)
        for part in (words, top, grid):
            column.addWidget(part) if isinstance(part, QWidget) else column.addLayout(part)
        column.addWidget(self._set)
        column.addStretch()
        column.addLayout(buttons)
        self.setMinimumWidth(560)

    def limits(self) -> list[Threshold]:
        """Every limit that is set now."""
        return [self._limits[key] for key in sorted(self._limits)]

    def choose_group(self, group_id: str) -> None:
        """Show the limits of a group, or of all."""
        self.group.setCurrentIndex(max(0, self.group.findData(group_id)))

    def _fill_groups(self) -> None:
        self.group.addItem(_("All groups"), EVERY)
        for group_id, name in self._names.items():
            self.group.addItem(name, group_id)

    def _show(self) -> None:
        group_id = str(self.group.currentData())
        for metric, row in self.rows.items():
            general = self._limits.get((EVERY, metric)) if group_id else None
            row.show_limit(self._limits.get((group_id, metric)), general, is_group=bool(group_id))
        self._tell()

    def _take(self, _value: object = None) -> None:
        """Take over what the rows say of the chosen group."""
        group_id = str(self.group.currentData())
        for metric, row in self.rows.items():
            key = group_id, metric
            self._limits.pop(key, None)
            if row.way == _OWN:
                self._limits[key] = Threshold(metric, row.bound.value(), group_id)
            elif row.way == _NONE and group_id:
                self._limits[key] = Threshold(metric, None, group_id)
        for row in self.rows.values():
            row.allow_bound()
        self._tell()

    def _tell(self) -> None:
        """What is set, group by group."""
        lines = []
        for group_id in (EVERY, *self._names):
            mine = [t for t in self.limits() if t.group_id == group_id]
            said = [
                bound_text(t.metric, t.bound) if t.bound is not None
                else _("{metric}: no alarm").format(metric=_(METRIC_WORDS[t.metric]))
                for t in mine
            ]  # fmt: skip
            if said:
                name = self._names.get(group_id) or _("All groups")
                lines.append(_("{title}: {counts}").format(title=name, counts=", ".join(said)))
        self._set.setText("\n".join(lines) or _("No limit is set."))


class _Row:
    """The two controls of one metric."""

    def __init__(self, metric: Metric, parent: QWidget) -> None:
        self.metric = metric
        self.choice = QComboBox(parent)
        self.choice.setObjectName(f"live.limits.{metric.value}.choice")
        self.choice.setMinimumWidth(200)
        self.bound = inset(QDoubleSpinBox(parent, decimals=0, maximum=_MOST.get(metric, 100_000.0)))
        self.bound.setObjectName(f"live.limits.{metric.value}")
        self.bound.setAccessibleName(_(METRIC_WORDS[metric]))
        self.bound.setFixedWidth(96)
        self.bound.setPrefix("< " if metric.is_floor else "> ")

    @property
    def way(self) -> str:
        """What is chosen."""
        return str(self.choice.currentData())

    def show_limit(self, limit: Threshold | None, general: Threshold | None, *, is_group: bool) -> None:
        """Show a limit of the chosen group, and what holds without one."""
        self.choice.clear()
        if is_group and general is not None and general.bound is not None:
            bound = number_text(general.bound)
            self.choice.addItem(_("As for all groups ({bound})").format(bound=bound), _INHERIT)
        elif is_group:
            self.choice.addItem(_("As for all groups (no alarm)"), _INHERIT)
        self.choice.addItem(_("No alarm"), _NONE)
        self.choice.addItem(_("Alarm beyond"), _OWN)
        way = _INHERIT if is_group else _NONE
        if limit is not None:
            way = _NONE if limit.bound is None else _OWN
        self.choice.setCurrentIndex(self.choice.findData(way))
        known = limit if limit is not None and limit.bound is not None else general
        self.bound.blockSignals(True)
        self.bound.setValue(known.bound if known is not None and known.bound is not None else _USUAL[self.metric])
        self.bound.blockSignals(False)
        self.allow_bound()

    def allow_bound(self) -> None:
        """A number only where it counts."""
        self.bound.setEnabled(self.way == _OWN)
