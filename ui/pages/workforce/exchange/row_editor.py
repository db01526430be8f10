"""Every field of one bad row, to be put right; what is wrong stands under its field."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.i18n import _
from ui.pages.workforce.exchange.work import BadRow
from ui.theme import GRID, Icon
from ui.widgets import Button
from ui.widgets.details_pane import NARROWEST


class RowEditor(QScrollArea):
    """`edited` with row, field and value; `taken_back` with the row that is to be as the file has it."""

    edited = Signal(int, str, str)
    taken_back = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("exchange.row")
        self.setAccessibleName(_("The whole row"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(NARROWEST)
        self.fields: dict[str, QLineEdit] = {}
        self._row: BadRow | None = None
        self.title = QLabel()
        self.title.setProperty("role", "title")
        self.note = _line("", role="muted")
        self.back = Button(_("As the file has it"), icon=Icon.UNDO, object_name="exchange.row.back")
        self.back.clicked.connect(lambda: self.taken_back.emit(self._row.error.row) if self._row else None)
        inner = QWidget()
        inner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(inner)
        self._column.setSpacing(GRID)
        self._column.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        for part in (self.title, self.note):
            self._column.addWidget(part)
        self._form = QVBoxLayout()
        self._form.setSpacing(GRID)
        self._column.addLayout(self._form)
        self._column.addSpacing(2 * GRID)
        self._column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch()
        self.setWidget(inner)

    def show_row(self, row: BadRow | None, editable: Collection[str] = (), field: str = "") -> None:
        """Show a row, the field of that name in view; what is not `editable` is shown only."""
        same = row is not None and row is self._row and set(row.record) == set(self.fields)
        self._row = row
        if not same:
            self._build(editable)
        self._fill()
        if field in self.fields:
            self.ensureWidgetVisible(self.fields[field])

    def _build(self, editable: Collection[str]) -> None:
        while (item := self._form.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.fields = {}
        self._faults: dict[str, QLabel] = {}
        for key in self._row.record if self._row is not None else ():
            edit = QLineEdit()
            edit.setObjectName(f"exchange.row.{key}")
            edit.setAccessibleName(key)
            edit.setReadOnly(key not in editable)
            edit.editingFinished.connect(partial(self._edited, key))
            label = _line(key, role="muted")
            label.setBuddy(edit)
            self.fields[key], self._faults[key] = edit, _line("", role="")
            self._faults[key].setProperty("tone", "danger")
            label.setContentsMargins(0, GRID, 0, 0)
            for part in (label, edit, self._faults[key]):
                self._form.addWidget(part)

    def _fill(self) -> None:
        row = self._row
        self.back.setVisible(row is not None)
        if row is None:
            self.title.setText("")
            self.note.setText(_("Choose a bad row to put it right."))
            return
        self.title.setText(_("Row {number}").format(number=row.error.row))
        whole = row.problems.get("")
        good = _("This row is good now and goes with the import.")
        self.note.setText(f"{whole.message} {whole.fix}" if whole else good if not row.problems else "")
        self.note.setVisible(bool(self.note.text()))
        for key, edit in self.fields.items():
            problem = row.problems.get(key)
            edit.setText(row.record[key])
            edit.setProperty("wrong", "true" if problem else "false")
            edit.style().polish(edit)
            fault = f"{problem.message} {problem.fix}" if problem else ""
            edit.setAccessibleDescription(fault)
            self._faults[key].setText(fault)
            self._faults[key].setVisible(bool(fault))
        if row.corrections:
            self.back.allow()
        else:
            self.back.refuse(_("Nothing was changed in this row."))

    def _edited(self, key: str) -> None:
        edit = self.fields[key]
        if self._row is not None and edit.isModified():
            edit.setModified(False)
            self.edited.emit(self._row.error.row, key, edit.text())


def _line(text: str, *, role: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setMinimumWidth(1)
    return label
