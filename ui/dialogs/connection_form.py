"""The fields of a connection, made from its kind's declaration: an editor each, its help, and what is wrong with it.

A blank value stands for the default. A stored secret is never loaded into its field: blank there means unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.connections import Connection, check_secret, checked_settings, refuse_secrets
from app.domain.kinds import FieldSpec, FieldType, KindSpec
from app.errors import UsageError
from app.i18n import N_, _
from app.operations.connections import standing_in
from ui.dialogs.connection_editors import make_editor, secret_hint
from ui.theme import CONTROL_HEIGHT, GRID, theme, tokens

NAME = FieldSpec("name", N_("Name"), required=True, help=N_("As it appears in lists and in the history."))
_LABELS = 136  # pixels


@dataclass(frozen=True)
class Field:
    """One field: its editor, what it holds as text (blank for the default), and the line below it."""

    spec: FieldSpec
    editor: QWidget
    text: Callable[[], str]
    label: QLabel
    note: QLabel


class ConnectionForm(QWidget):
    """The fields of one connection, the name first; `secrets_set` are those that are set, wherever that is.

    Fields that belong to another choice, such as another way to sign in, are hidden and count for nothing.
    """

    changed = Signal()

    def __init__(
        self, spec: KindSpec, name: str, connection: Connection | None, secrets_set: Sequence[str], taken: Sequence[str]
    ) -> None:
        super().__init__()
        self._spec = spec
        self._taken = taken
        self._secrets_set = secrets_set
        self._connection = connection
        self.fields: dict[str, Field] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4 * GRID)
        self._grid.setVerticalSpacing(2 * GRID + 2)
        self._grid.setColumnMinimumWidth(0, _LABELS)
        self._grid.setColumnStretch(1, 1)
        stored = {key: str(value) for key, value in connection.settings.items()} if connection else {}
        for field in (NAME, *spec.fields):
            self._add(field, name if field is NAME else stored.get(field.key, ""))
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.changed.connect(self._hint)
        theme.changed.connect(self._dress)
        self._hint()

    def _add(self, spec: FieldSpec, stored: str) -> None:
        made = make_editor(spec, stored, is_set=False)
        editor = made.widget
        editor.setObjectName(f"connection.{spec.key}")
        editor.installEventFilter(self)
        made.changed.connect(lambda *_value: self._edited(spec.key))
        label = QLabel(_(spec.label), wordWrap=True)
        label.setBuddy(editor)
        label.setFixedWidth(_LABELS)
        label.setMinimumHeight(CONTROL_HEIGHT)
        note = QLabel(_(spec.help), wordWrap=True)
        note.setObjectName(f"connection.{spec.key}.note")
        cell = QVBoxLayout()
        cell.setSpacing(GRID // 2)
        cell.addWidget(editor)
        cell.addWidget(note)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addLayout(cell, row, 1)
        self.fields[spec.key] = Field(spec, editor, made.text, label, note)
        self.show_problem(spec.key, "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the form; it changes a value only where the keyboard is."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    # -- values --------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name of the connection."""
        return self.fields[NAME.key].text()

    def in_use(self) -> list[str]:
        """The keys of the fields that matter with what is chosen, in their order."""
        choices = {f.key: self.fields[f.key].text() for f in self._spec.settings}
        return [NAME.key, *(f.key for f in self._spec.in_use(choices))]

    def settings(self) -> dict[str, str]:
        """Every setting as text, blank for its default."""
        return {f.key: self.fields[f.key].text() for f in self._spec.settings}

    def secrets(self) -> dict[str, str]:
        """The secrets that were typed."""
        in_use = self.in_use()
        typed = {f.key: self.fields[f.key].text() for f in self._spec.secrets}
        return {key: text for key, text in typed.items() if text and key in in_use}

    def replaced(self) -> list[str]:
        """The secrets that were typed although they are set, or although a sign-in took their place."""
        return [key for key in self.secrets() if self._is_set(self._spec.field(key))]

    def missing(self) -> list[str]:
        """The labels of required fields that are blank and have no value yet."""
        settings, secrets = self.settings(), self.secrets()
        given = {**settings, **secrets}
        in_use = self._spec.in_use(settings)
        return [_(f.label) for f in in_use if f.required and not given.get(f.key) and not self._is_set(f)]

    def _is_set(self, spec: FieldSpec) -> bool:
        """Whether an empty field of a secret keeps a value; a sign-in counts for the account it was made with alone."""
        if spec.type is not FieldType.SECRET:
            return False
        if spec.key in self._secrets_set:
            return True
        if self._connection is None or not self._connection.signed_in(spec):
            return False
        typed = {key: self.fields[key].text() or self._spec.field(key).default for key in self._spec.account}
        return all(typed[key] == self._connection.setting(key) for key in typed)

    def _edited(self, key: str) -> None:
        self.show_problem(key, "")
        self.changed.emit()

    def _hint(self) -> None:
        """Show the fields that matter, and in grey what a blank one stands for."""
        self._show_in_use()
        try:
            hints: Mapping[str, str] = standing_in(self._spec.kind, self.settings())
        except UsageError:
            return
        for key, text in hints.items():
            editor = self.fields[key].editor
            if isinstance(editor, QLineEdit):
                editor.setPlaceholderText(text)

    def _show_in_use(self) -> None:
        in_use = self.in_use()
        for key, field in self.fields.items():
            shown = key in in_use
            field.label.setVisible(shown)
            field.editor.setVisible(shown)
            field.note.setVisible(shown and bool(field.note.text()))
            if field.spec.type is FieldType.SECRET and isinstance(field.editor, QLineEdit):
                field.editor.setPlaceholderText(secret_hint(field.spec, is_set=self._is_set(field.spec)))

    # -- what is wrong -------------------------------------------------------------------------------------------

    def check(self) -> bool:
        """Say at each field what is wrong with it and put the cursor into the first; true when nothing is."""
        wrong = {key: text for key in self.in_use() if (text := self._problem(key))}
        for key in self.fields:
            self.show_problem(key, wrong.get(key, ""))
        if wrong:
            self.fields[next(iter(wrong))].editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return not wrong

    def _problem(self, key: str) -> str:
        field = self.fields[key]
        if field.spec is NAME:
            return self._name_problem()
        try:
            if field.spec.type is FieldType.SECRET:
                check_secret(field.spec, field.text())
                return ""
            refuse_secrets({key: field.text()})
            checked_settings(self._spec.kind, {key: field.text()})
        except UsageError as error:
            return " ".join(filter(None, (error.message, error.remedy)))
        return ""

    def _name_problem(self) -> str:
        if not self.name:
            return _("A connection needs a name.")
        if self.name in self._taken:
            return _("There is already a connection named {name}.").format(name=self.name)
        return ""

    def show_problem(self, key: str, text: str) -> None:
        """Say below a field what is wrong with it; a blank text brings its help back."""
        field = self.fields[key]
        shown = text or _(field.spec.help)
        field.note.setText(shown)
        field.note.setVisible(bool(shown) and not field.editor.isHidden())
        field.editor.setAccessibleDescription(shown)
        field.editor.setProperty("wrong", bool(text))
        field.editor.style().unpolish(field.editor)
        field.editor.style().polish(field.editor)
        self._dress()

    def _dress(self) -> None:
        """Help is grey, a problem red."""
        for field in self.fields.values():
            ink = tokens().danger.ink if field.editor.property("wrong") else tokens().muted
            field.note.setStyleSheet(f"color: {ink};")
