"""A form made from declared fields: an editor each, its help, and what is wrong with it, said at the field.

The base of the forms of connections and webhooks. A blank value stands for the default. A stored secret is never
loaded into its field: blank there means unchanged. Fields of another choice are hidden and count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.domain.kinds import FieldSpec, FieldType
from app.i18n import _
from ui.dialogs.connection_editors import Editor
from ui.theme import CONTROL_HEIGHT, GRID, theme, tokens


@dataclass(frozen=True)
class Field:
    """One field: its editor, what it holds as text (blank for the default), and the line below it."""

    spec: FieldSpec
    editor: QWidget
    text: Callable[[], str]
    label: QLabel
    note: QLabel


class FieldsForm(QWidget):
    """Fields below each other; a subclass adds them, says which matter now and what is wrong with one."""

    changed = Signal()

    def __init__(self, name: str, label_width: int) -> None:
        """The names of the editors begin with `name`; labels are `label_width` pixels wide."""
        super().__init__()
        self._name, self._label_width = name, label_width
        self.fields: dict[str, Field] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4 * GRID)
        self._grid.setVerticalSpacing(2 * GRID + 2)
        self._grid.setColumnMinimumWidth(0, label_width)
        self._grid.setColumnStretch(1, 1)
        theme.changed.connect(self.dress)

    # -- parts ---------------------------------------------------------------------------------------------------

    def add_across(self, widget: QWidget) -> None:
        """Put something between the fields."""
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 2, Qt.AlignmentFlag.AlignLeft)

    def add_heading(self, title: str) -> None:
        """Begin a group of fields."""
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        heading.setContentsMargins(0, 3 * GRID, 0, 0)
        self.add_across(heading)

    def add_field(self, spec: FieldSpec, made: Editor) -> None:
        """Put a field below the others."""
        editor = made.widget
        editor.setObjectName(f"{self._name}.{spec.key}")
        editor.installEventFilter(self)
        made.changed.connect(lambda *_value: self._edited(spec.key))
        # A switch carries its own words.
        label = QLabel("" if spec.type is FieldType.SWITCH else _(spec.label), wordWrap=True)
        label.setBuddy(editor)
        label.setFixedWidth(self._label_width)
        label.setMinimumHeight(CONTROL_HEIGHT)
        note = QLabel(wordWrap=True)
        note.setObjectName(f"{self._name}.{spec.key}.note")
        cell = QVBoxLayout()
        cell.setSpacing(GRID // 2)
        cell.addWidget(editor)
        cell.addWidget(note)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addLayout(cell, row, 1)
        self.fields[spec.key] = Field(spec, editor, made.text, label, note)
        self.show_problem(spec.key, "")

    def end_fields(self) -> None:
        """All fields are there: they stand at the top."""
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the form; it changes a value only where the keyboard is."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    # -- what matters --------------------------------------------------------------------------------------------

    def in_use(self) -> list[str]:
        """The keys of the fields that matter with what is chosen, in their order."""
        raise NotImplementedError

    def is_folded(self, _spec: FieldSpec) -> bool:
        """Whether a field that matters is out of sight for now."""
        return False

    def unfold(self, _keys: Collection[str]) -> None:
        """Bring fields into sight."""

    def show_in_use(self) -> None:
        """Hide the fields that do not matter now."""
        in_use = set(self.in_use())
        for key, field in self.fields.items():
            shown = key in in_use and not self.is_folded(field.spec)
            field.label.setVisible(shown)
            field.editor.setVisible(shown)
            field.note.setVisible(shown and bool(field.note.text()))

    # -- what is wrong -------------------------------------------------------------------------------------------

    def problem_of(self, key: str) -> str:
        """What is wrong with a field as it stands; blank for nothing."""
        raise NotImplementedError

    def help_of(self, spec: FieldSpec) -> str:
        """What stands below a field while nothing is wrong with it."""
        return _(spec.help)

    def ink_of(self, _key: str) -> str:
        """The colour of the help below a field."""
        return tokens().muted

    def check(self) -> bool:
        """Say at each field what is wrong with it and put the cursor into the first; true when nothing is."""
        wrong = {key: text for key in self.in_use() if (text := self.problem_of(key))}
        for key in self.fields:
            self.show_problem(key, wrong.get(key, ""))
        self.unfold(wrong)
        if wrong:
            self.fields[next(iter(wrong))].editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return not wrong

    def show_problem(self, key: str, text: str) -> None:
        """Say below a field what is wrong with it; a blank text brings its help back."""
        field = self.fields[key]
        shown = text or self.help_of(field.spec)
        field.note.setText(shown)
        field.note.setVisible(bool(shown) and not field.editor.isHidden())
        field.editor.setAccessibleDescription(shown)
        field.editor.setProperty("wrong", bool(text))
        field.editor.style().unpolish(field.editor)
        field.editor.style().polish(field.editor)
        self.dress()

    def _edited(self, key: str) -> None:
        self.show_problem(key, "")
        self.changed.emit()

    def dress(self) -> None:
        """A problem is red, what else stands below a field as `ink_of` says."""
        for key, field in self.fields.items():
            ink = tokens().danger.ink if field.editor.property("wrong") else self.ink_of(key)
            field.note.setStyleSheet(f"color: {ink};")
