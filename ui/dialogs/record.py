"""Editing an office or a person by hand: what is changed is pinned, so that the next sync leaves it alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.directory import Employee, Office
from app.i18n import _
from app.operations.directory import EMPLOYEE_EDITABLE, OFFICE_EDITABLE
from app.operations.runner import Request
from ui.desk import Desk
from ui.texts import FIELD_WORDS
from ui.theme import GRID, Icon, icon


class RecordEditor(QDialog):
    """A form over the editable fields of one record."""

    def __init__(self, parent: QWidget, desk: Desk, operation: str, record: Office | Employee) -> None:
        super().__init__(parent)
        self.desk = desk
        self.operation = operation
        self.record = record
        self.setObjectName("record")
        self.setWindowTitle(_("Edit {name}").format(name=record.name))
        self.setMinimumWidth(480)
        self.fields: dict[str, QLineEdit] = {}
        self.unpinned: set[str] = set()
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setSpacing(2 * GRID)
        for name in OFFICE_EDITABLE if isinstance(record, Office) else EMPLOYEE_EDITABLE:
            self._add_field(form, name)
        note = QLabel(
            _("Fields you change are pinned: a sync no longer overwrites them. Release a pin to let it decide again.")
        )
        note.setWordWrap(True)
        note.setProperty("role", "muted")
        buttons = QDialogButtonBox()
        save = buttons.addButton(_("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        save.setObjectName("record.save")
        save.setProperty("look", "primary")
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID, 5 * GRID, 5 * GRID, 5 * GRID)
        column.setSpacing(4 * GRID)
        column.addLayout(form)
        column.addWidget(note)
        column.addWidget(buttons)

    def _add_field(self, form: QFormLayout, name: str) -> None:
        edit = QLineEdit(str(getattr(self.record, name) or ""))
        edit.setObjectName(f"record.{name}")
        edit.setAccessibleName(_(FIELD_WORDS[name]))
        self.fields[name] = edit
        if name in self.record.pinned:
            release = edit.addAction(icon(Icon.UNDO), QLineEdit.ActionPosition.TrailingPosition)
            release.setToolTip(_("Pinned. Press to let the next sync decide this field again."))
            release.triggered.connect(lambda _checked=False: self._release(name))
        label = QLabel(_(FIELD_WORDS[name]))
        label.setBuddy(edit)
        form.addRow(label, edit)

    def _release(self, name: str) -> None:
        self.unpinned.add(name)
        for action in self.fields[name].actions():
            self.fields[name].removeAction(action)
        self.fields[name].setPlaceholderText(_("Decided by the next sync"))

    def save(self) -> None:
        """Store what changed, if anything did."""
        changed = {
            name: edit.text()
            for name, edit in self.fields.items()
            if edit.text() != str(getattr(self.record, name) or "")
        }
        if changed or self.unpinned:
            params = {"id": self.record.id, "values": changed, "unpin": sorted(self.unpinned)}
            self.desk.run(Request(self.operation, params=params))
        self.accept()


def open_editor(parent: QWidget, desk: Desk, operation: str, record: Office | Employee) -> RecordEditor:
    """Show the form."""
    editor = RecordEditor(parent, desk, operation, record)
    editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    editor.open()
    return editor
