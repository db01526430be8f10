"""The fields of a connection, made from its kind's declaration: an editor each, its help, and what is wrong with it.

Those that few connections need stand below the others, folded away until a person wants them. A blank value stands for
the default. A stored secret is never loaded into its field: blank there means unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.connections import Connection, check_secret, checked_settings, refuse_secrets
from app.domain.kinds import KINDS, FieldSpec, FieldType, KindSpec
from app.errors import UsageError
from app.i18n import N_, _
from app.operations.connections import standing_in
from ui.dialogs.connection_editors import blank_text, make_editor
from ui.theme import CONTROL_HEIGHT, GRID, Icon, theme, tokens
from ui.widgets import Button

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

    `others` are the other connections: their names are taken, and some fields choose one of them. Fields that belong to
    another choice, such as another way to sign in, are hidden and count for nothing.
    """

    changed = Signal()

    def __init__(
        self,
        spec: KindSpec,
        name: str,
        connection: Connection | None,
        secrets_set: Sequence[str],
        others: Sequence[Connection],
    ) -> None:
        super().__init__()
        self._spec = spec
        self._others = others
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
        usual = [field for field in spec.fields if not field.advanced]
        for field in (NAME, *usual):
            self._add(field, name if field is NAME else stored.get(field.key, ""))
        self._advanced = [field for field in spec.fields if field.advanced]
        self.fold = self._make_fold()
        for field in self._advanced:
            self._add(field, stored.get(field.key, ""))
        # What is set is shown: nobody should have to look for it.
        self.fold.setChecked(any(stored.get(field.key) or field.key in secrets_set for field in self._advanced))
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.changed.connect(self._hint)
        theme.changed.connect(self._dress)
        self._hint()

    def _add(self, spec: FieldSpec, stored: str) -> None:
        names = self._names(spec)
        if self._connection is None and len(names) == 1:
            stored = names[0]
        made = make_editor(spec, stored, is_set=False, connections=names)
        editor = made.widget
        editor.setObjectName(f"connection.{spec.key}")
        editor.installEventFilter(self)
        made.changed.connect(lambda *_value: self._edited(spec.key))
        # A switch carries its own words.
        label = QLabel("" if spec.type is FieldType.SWITCH else _(spec.label), wordWrap=True)
        label.setBuddy(editor)
        label.setFixedWidth(_LABELS)
        label.setMinimumHeight(CONTROL_HEIGHT)
        note = QLabel(wordWrap=True)
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

    def _make_fold(self) -> Button:
        """The line between the usual fields and those few connections need."""
        fold = Button(_("Advanced"), icon=Icon.CHEVRON_DOWN, object_name="connection.advanced")
        fold.setCheckable(True)
        fold.setAutoDefault(False)
        fold.set_tip(_("Further headers, certificates, proxy, log"))
        if not self._advanced:
            fold.hide()
        fold.toggled.connect(self._unfolded)
        self._grid.addWidget(fold, self._grid.rowCount(), 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        return fold

    def _unfolded(self, on: bool) -> None:
        self.fold.set_icon(Icon.CHEVRON_UP if on else Icon.CHEVRON_DOWN)
        self._show_in_use()

    def _names(self, spec: FieldSpec) -> list[str]:
        """The connections that a field can choose."""
        return [other.name for other in self._others if other.kind is spec.of_kind]

    def _help(self, spec: FieldSpec) -> str:
        """What a field is for, and what has to be there first."""
        if spec.of_kind is None or self._names(spec):
            return _(spec.help)
        first = _("First add a connection of this kind: {kind}.").format(kind=_(KINDS[spec.of_kind].title))
        return f"{_(spec.help)} {first}"

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
        settings = self.settings()
        given = {**settings, **self.secrets()}
        needed = [f for f in self._spec.in_use(settings) if self._is_needed(f)]
        return [_(f.label) for f in needed if not given.get(f.key) and not self._is_set(f)]

    def _is_needed(self, spec: FieldSpec) -> bool:
        """Whether a field has to be filled in; another one can make it moot."""
        return spec.required and not (spec.overruled_by and self.fields[spec.overruled_by].text())

    def _is_set(self, spec: FieldSpec) -> bool:
        """Whether an empty field of a secret keeps a value; a sign-in counts for the account it was made with alone."""
        if spec.type is not FieldType.SECRET:
            return False
        if spec.key in self._secrets_set:
            return True
        if self._connection is None or not self._connection.signed_in(spec):
            return False
        typed = {key: self.fields[key].text() or self._spec.field(key).usual for key in self._spec.account}
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
            hints = {}
        for key, field in self.fields.items():
            if isinstance(field.editor, QLineEdit):
                field.editor.setPlaceholderText(hints.get(key) or self._blank_text(field.spec))

    def _blank_text(self, spec: FieldSpec) -> str:
        """What an empty field says in grey."""
        return blank_text(spec, is_set=self._is_set(spec), is_needed=self._is_needed(spec))

    def _show_in_use(self) -> None:
        in_use = self.in_use()
        for key, field in self.fields.items():
            shown = key in in_use and (self.fold.isChecked() or not field.spec.advanced)
            field.label.setVisible(shown)
            field.editor.setVisible(shown)
            field.note.setVisible(shown and bool(field.note.text()))

    # -- what is wrong -------------------------------------------------------------------------------------------

    def check(self) -> bool:
        """Say at each field what is wrong with it and put the cursor into the first; true when nothing is."""
        wrong = {key: text for key in self.in_use() if (text := self._problem(key))}
        for key in self.fields:
            self.show_problem(key, wrong.get(key, ""))
        if any(self.fields[key].spec.advanced for key in wrong):
            self.fold.setChecked(True)
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
        if self.name in {other.name for other in self._others}:
            return _("There is already a connection named {name}.").format(name=self.name)
        return ""

    def show_problem(self, key: str, text: str) -> None:
        """Say below a field what is wrong with it; a blank text brings its help back."""
        field = self.fields[key]
        shown = text or self._help(field.spec)
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
