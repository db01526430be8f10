"""Adding and editing a schedule of a connection: what runs, with what, when."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import date
from typing import Any, get_type_hints

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.schedules import Schedule
from app.domain.timing import Timing
from app.i18n import _
from app.operations.registry import Operation, operations
from app.operations.runner import Request
from ui.desk import Desk
from ui.dialogs.schedule_timing import TimingForm
from ui.runs.parameter_words import parameter_title
from ui.runs.words import operation_title
from ui.theme import CONTROL_HEIGHT, GRID, Tone
from ui.widgets import BannerArea, Button, Look, ask

_FIELD_WIDTH = 280


_GUARDS = frozenset({"accept_missing", "confirm", "again"})
"""What a person says after having looked; nothing that runs by itself may say it."""


def schedulable(connection: Connection) -> list[Operation]:
    """What fetches over a connection and has to be asked nothing first, by title."""
    fitting = [each for each in operations().values() if connection.kind in each.kinds and _runs_by_itself(each)]
    return sorted(fitting, key=lambda each: _(each.title))


def _runs_by_itself(operation: Operation) -> bool:
    asks = any(f.default is MISSING and f.default_factory is MISSING for f in fields(operation.params))
    return operation.fetches and operation.history and operation.remote and not asks


def _shown_params(operation: Operation) -> list[tuple[str, bool]]:
    """The parameters that can be filled in here: name, and whether it is a switch; others stay as they are."""
    hints = get_type_hints(operation.params)
    usual = (str, bool, tuple[str, ...], date | None)
    return [(f.name, hints[f.name] is bool) for f in fields(operation.params)
            if f.name not in _GUARDS and hints[f.name] in usual]  # fmt: skip


class ScheduleEditor(QDialog):
    """One schedule, new without one; `own_interval_s` is the connection's interval."""

    def __init__(
        self, parent: QWidget, desk: Desk, connection: Connection, schedule: Schedule | None, own_interval_s: int
    ) -> None:
        super().__init__(parent)
        self.desk, self.connection, self.schedule = desk, connection, schedule
        self.params: dict[str, QLineEdit | QCheckBox] = {}
        self.setObjectName("schedule")
        self.setWindowTitle(_("Edit a schedule") if schedule else _("Add a schedule"))
        self.setMinimumWidth(560)
        self.banners = BannerArea(object_name="schedule.banners")
        self.operation = QComboBox()
        self.operation.setObjectName("schedule.operation")
        for each in schedulable(connection):
            self.operation.addItem(_(each.title), each.id)
        self.name = QLineEdit(schedule.name if schedule else "")
        self.name.setObjectName("schedule.name")
        self.name.setPlaceholderText(_("Named by itself"))
        self.timing = TimingForm(schedule.timing if schedule else Timing(), own_interval_s)
        self.save = Button(_("Save"), look=Look.PRIMARY, object_name="schedule.save")
        self.cancel = Button(_("Cancel"), object_name="schedule.cancel")
        self.form = QFormLayout()
        self._arrange()
        if schedule is not None:
            self._show_operation(schedule.operation)
        self.operation.currentIndexChanged.connect(lambda _place: self._show_params())
        self.timing.changed.connect(self._allow)
        self.save.clicked.connect(lambda: desk.start("save schedule", self._save()))
        self.cancel.clicked.connect(self.reject)
        self.cancel.setAutoDefault(False)
        self.save.setDefault(True)
        self._show_params()
        self._allow()

    def _arrange(self) -> None:
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.form.setSpacing(2 * GRID)
        self._add_row(_("Operation"), self.operation)
        self._add_row(_("Name of the schedule"), self.name)
        heading = QLabel(_("When"))
        heading.setProperty("role", "heading")
        note = QLabel(_("Schedules start only while Muster is open."), wordWrap=True)
        note.setProperty("role", "muted")
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        inner = QVBoxLayout()
        inner.setContentsMargins(5 * GRID, 5 * GRID, 5 * GRID, 5 * GRID)
        inner.setSpacing(3 * GRID)
        inner.addLayout(self.form)
        inner.addWidget(heading)
        inner.addWidget(self.timing)
        inner.addWidget(note)
        inner.addStretch(1)
        inner.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.banners)
        column.addLayout(inner)

    def _add_row(self, words: str, field: QWidget) -> None:
        label = QLabel(words, wordWrap=True)
        label.setBuddy(field)
        label.setMinimumHeight(CONTROL_HEIGHT)
        field.setAccessibleName(words)
        field.setMinimumWidth(_FIELD_WIDTH)
        self.form.addRow(label, field)

    # -- what runs -----------------------------------------------------------------------------------------------

    def _show_operation(self, operation_id: str) -> None:
        """A schedule keeps its operation: another one is another schedule."""
        if self.operation.findData(operation_id) < 0:
            self.operation.addItem(operation_title(operation_id), operation_id)
        self.operation.setCurrentIndex(self.operation.findData(operation_id))
        self.operation.setEnabled(False)
        self.operation.setToolTip(_("For another operation add another schedule."))

    def _show_params(self) -> None:
        """A field for each parameter of the operation; a blank one stands for what is usual."""
        for field in self.params.values():
            self.form.removeRow(field)
        self.params.clear()
        operation = operations().get(self.operation.currentData() or "")
        given = self.schedule.params if self.schedule else {}
        for name, switch in _shown_params(operation) if operation else ():
            words = parameter_title(name)
            field = self.params[name] = _switch(words, given.get(name)) if switch else _line(name, given.get(name))
            field.setObjectName(f"schedule.param.{name}")
            self._add_row("" if switch else words, field)
            field.setAccessibleName(words)

    def _params(self) -> dict[str, Any]:
        """What is filled in; a value that was not touched, or is not shown, stays what it was."""
        given = self.schedule.params if self.schedule else {}
        found = {name: value for name, value in given.items() if name not in self.params}
        for name, field in self.params.items():
            if isinstance(field, QCheckBox):
                found |= {name: True} if field.isChecked() else {}
            elif text := field.text().strip():
                found[name] = given[name] if text == _param_text(given.get(name)) else text
        return found

    # -- saving --------------------------------------------------------------------------------------------------

    def _allow(self) -> None:
        if problem := self.timing.problem():
            self.save.refuse(problem)
        elif refusal := self.desk.refusal("schedules.update" if self.schedule else "schedules.create"):
            self.save.refuse(refusal)
        else:
            self.save.allow()

    def _request(self) -> Request:
        timing = self.timing.timing()
        when = {"every": timing.every_s, "cron": timing.cron, "quiet": timing.quiet}
        common = {"name": self.name.text().strip(), "params": self._params(), **when}
        if self.schedule is not None:
            return Request("schedules.update", params={"id": self.schedule.id, **common})
        what = {"operation": self.operation.currentData(), "connection": self.connection.name}
        return Request("schedules.create", params={**what, **common})

    async def _save(self) -> None:
        self.save.refuse(_("It is being saved."))
        report = await self.desk.report_of(self._request())
        self._allow()
        if report is None:
            return
        if report.error is not None:
            self.banners.show_banner("save", Tone.DANGER, report.error.message, remedy_of(report.error))
            return
        self.accept()


def _switch(words: str, value: Any) -> QCheckBox:
    box = QCheckBox(words)
    box.setChecked(value in (True, "true"))
    return box


def _line(name: str, value: Any) -> QLineEdit:
    edit = QLineEdit(_param_text(value))
    if name.endswith("_date"):
        edit.setPlaceholderText("today, yesterday, today-7")
    return edit


def _param_text(value: Any) -> str:
    """A stored parameter as the command line writes it."""
    if value is None or value == "":
        return ""
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


async def edit_schedule(
    parent: QWidget, desk: Desk, connection: Connection, schedule: Schedule | None, own_interval_s: int
) -> bool:
    """Show the editor; whether something was saved."""
    return await ask(ScheduleEditor(parent, desk, connection, schedule, own_interval_s))
