"""How one field of ours is filled: the fields it is read from, what is done on the way, what is checked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget

from app.domain.mappings import Check, CheckKind, Rule, Transform, TransformKind
from app.i18n import _
from ui.dialogs.mappings.rows import FieldLine
from ui.dialogs.mappings.steps import SourceRow, StepRow
from ui.dialogs.mappings.words import kind_words
from ui.theme import GRID, Icon
from ui.widgets import Button

_NAME = "mappings.editor"


class RuleEditor(QScrollArea):
    """The rule of the field that is chosen; `edited` is told with the rule as it stands."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName(_NAME)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.line: FieldLine | None = None
        self._known: Sequence[str] = ()
        self.sources: list[SourceRow] = []
        self.steps: list[StepRow] = []
        self.heading = QLabel(wordWrap=True)
        self.heading.setProperty("role", "title")
        self.active = QCheckBox(_("Use this row"))
        self.active.setObjectName(f"{_NAME}.active")
        self.active.clicked.connect(lambda _on: self._tell())
        self.add_source = Button(_("Add a field"), icon=Icon.PLUS, object_name=f"{_NAME}.add_source")
        self.add_step = Button(_("Add a step"), icon=Icon.PLUS, object_name=f"{_NAME}.add_step")
        self.add_check = Button(_("Add a check"), icon=Icon.PLUS, object_name=f"{_NAME}.add_check")
        self.default = Button(_("As sent"), icon=Icon.UNDO, object_name=f"{_NAME}.default")
        for button in (self.add_source, self.add_step, self.add_check, self.default):
            button.setAutoDefault(False)
        self.add_source.clicked.connect(lambda _on: self._add_source())
        self.default.clicked.connect(lambda _on: self._reset())
        self.add_step.setMenu(self._menu(TransformKind))
        self.add_check.setMenu(self._menu(CheckKind))
        self._lay_out()

    def _menu(self, kinds: type[TransformKind] | type[CheckKind]) -> QMenu:
        menu = QMenu(self)
        for kind in kinds:
            entry = menu.addAction(kind_words(kind))
            entry.setObjectName(f"{_NAME}.add.{kind.value}")
            entry.triggered.connect(lambda _on=False, kind=kind: self._add_step(kind))
        return menu

    def _lay_out(self) -> None:
        self.inside = QWidget()
        column = QVBoxLayout(self.inside)
        column.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 4 * GRID)
        column.setSpacing(2 * GRID)
        self._places: dict[str, QVBoxLayout] = {}
        column.addWidget(self.heading)
        for part, title, button in (
            ("sources", _("Read from"), self.add_source),
            ("transforms", _("On the way"), self.add_step),
            ("checks", _("Checks"), self.add_check),
        ):
            label = QLabel(title)
            label.setProperty("role", "muted")
            column.addWidget(label)
            self._places[part] = QVBoxLayout()
            self._places[part].setSpacing(GRID)
            column.addLayout(self._places[part])
            column.addWidget(button)
        column.addWidget(self.active)
        column.addWidget(self.default)
        column.addStretch(1)
        self.setWidget(self.inside)

    def show_line(self, line: FieldLine | None, known: Sequence[str]) -> None:
        """Edit this field; `known` are the fields that came last."""
        self.line, self._known = line, known
        self.inside.setEnabled(line is not None)
        for row in (*self.sources, *self.steps):
            row.hide()
            row.deleteLater()
        self.sources, self.steps = [], []
        if line is None:
            self.heading.setText(_("Choose a field."))
            return
        self.heading.setText(_(line.field.title))
        self.active.setChecked(line.rule.active)
        for source in line.rule.sources:
            self._put_source(source)
        for transform in line.rule.transforms:
            self._put_step(transform)
        for check in line.rule.checks:
            self._put_step(check)

    def rule(self) -> Rule | None:
        """The rule as it stands in the editor."""
        if self.line is None:
            return None
        steps = [row.step() for row in self.steps]
        return Rule(
            self.line.field.key,
            tuple(source for row in self.sources if (source := row.source())),
            tuple(step for step in steps if isinstance(step, Transform)),
            tuple(step for step in steps if isinstance(step, Check)),
            self.active.isChecked(),
        )

    def _put_source(self, source: str) -> SourceRow:
        row = SourceRow(f"{_NAME}.source{len(self.sources)}", source, self._known)
        row.changed.connect(self._tell)
        row.removed.connect(lambda: self._take_away(self.sources, row))
        self.sources.append(row)
        self._places["sources"].addWidget(row)
        return row

    def _put_step(self, step: Transform | Check) -> StepRow:
        row = StepRow(f"{_NAME}.step{len(self.steps)}", step)
        row.changed.connect(self._tell)
        row.removed.connect(lambda: self._take_away(self.steps, row))
        self.steps.append(row)
        self._places["checks" if isinstance(step, Check) else "transforms"].addWidget(row)
        return row

    def _take_away(self, rows: list[SourceRow] | list[StepRow], row: SourceRow | StepRow) -> None:
        rows.remove(row)  # type: ignore[arg-type]  # the list that it is in
        row.hide()
        row.deleteLater()
        self.add_source.setFocus()
        self._tell()

    def _add_source(self) -> None:
        if self.line is not None:
            self._put_source("").box.setFocus()

    def _add_step(self, kind: TransformKind | CheckKind) -> None:
        if self.line is None:
            return
        row = self._put_step(Transform(kind) if isinstance(kind, TransformKind) else Check(kind))
        (row.argument if row.argument.isVisibleTo(self) else row.remove).setFocus()
        self._tell()

    def _reset(self) -> None:
        if self.line is not None:
            key = self.line.field.key
            self.show_line(FieldLine(self.line.field, Rule(key, (key,)), self.line.required, ()), self._known)
            self._tell()

    def _tell(self) -> None:
        rule = self.rule()
        if rule is not None:
            self.edited.emit(rule)
