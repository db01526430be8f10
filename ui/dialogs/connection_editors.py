"""The editor of one field of a connection, made from its declaration; what it holds is text, blank for the default."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QToolButton, QWidget

from app.domain.kinds import FieldSpec, FieldType
from app.i18n import _
from ui.theme import Icon, Ink, icon
from ui.widgets import inset


@dataclass(frozen=True)
class Editor:
    """A widget, what it holds as text, and the signal of a change."""

    widget: QWidget
    text: Callable[[], str]
    changed: SignalInstance


def make_editor(spec: FieldSpec, stored: str, *, is_set: bool, connections: Sequence[str] = ()) -> Editor:
    """The right editor for a field.

    `is_set` says of a secret that it has a value, which is never loaded; `connections` are the names of those that the
    field can choose.
    """
    match spec.type:
        case FieldType.NUMBER:
            number = NumberField(spec, stored)
            return Editor(number, number.stored_text, number.valueChanged)
        case FieldType.CHOICE:
            words = {choice: _(spec.titles.get(choice, choice)) for choice in spec.choices}
            usual = str(spec.usual or "")
            box = _choice(words, stored or usual)
            return Editor(box, lambda: _unless(str(box.currentData()), usual), box.currentIndexChanged)
        case FieldType.CONNECTION:
            names = _choice({"": _("None")} | {name: name for name in connections}, stored)
            return Editor(names, lambda: str(names.currentData()), names.currentIndexChanged)
        case FieldType.SWITCH:
            switch, default = QCheckBox(_(spec.label)), _switch_text(bool(spec.usual))
            switch.setChecked((stored.lower() or default) == _switch_text(True))
            return Editor(switch, lambda: _unless(_switch_text(switch.isChecked()), default), switch.toggled)
        case FieldType.SECRET:
            edit = secret_edit()
        case _:
            edit = QLineEdit(stored)
    edit.setPlaceholderText(blank_text(spec, is_set=is_set))
    return Editor(edit, lambda: edit.text().strip(), edit.textChanged)


class NumberField(QDoubleSpinBox):
    """A number within its bounds, written without needless zeros."""

    def __init__(self, spec: FieldSpec, stored: str) -> None:
        super().__init__()
        self._default = float(spec.usual or 0)
        self.setDecimals(0 if spec.whole else 2)
        self.setRange(spec.low if spec.low is not None else 0, spec.high if spec.high is not None else 1e9)
        self.setValue(float(stored) if stored else self._default)
        inset(self)

    def textFromValue(self, value: float) -> str:
        """As Qt shows it."""
        return self.locale().toString(value, "g", 10)

    def stored_text(self) -> str:
        """The number, blank for the default."""
        return "" if self.value() == self._default else f"{self.value():.10g}"


def _choice(words: Mapping[str, str], chosen: str) -> QComboBox:
    """The choices in words; a chosen one that is none of them stays visible."""
    box = QComboBox()
    for choice, word in words.items():
        box.addItem(word, choice)
    if chosen not in words:
        box.addItem(_("{choice} (unknown)").format(choice=chosen), chosen)
    box.setCurrentIndex(box.findData(chosen))
    return box


def _switch_text(on: bool) -> str:
    """A switch as text, as the command line writes it."""
    return "true" if on else "false"


def secret_edit() -> QLineEdit:
    """Typed unseen, with an eye to see it."""
    edit = QLineEdit()
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    look = edit.addAction(icon(Icon.EYE, Ink.MUTED), QLineEdit.ActionPosition.TrailingPosition)
    look.setText(_("Show what is typed"))
    look.setCheckable(True)
    modes = {True: QLineEdit.EchoMode.Normal, False: QLineEdit.EchoMode.Password}
    look.toggled.connect(lambda on: edit.setEchoMode(modes[on]))
    for eye in edit.findChildren(QToolButton):
        eye.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Qt's own choice is the mouse alone
        eye.setAccessibleName(look.text())
    return edit


def blank_text(spec: FieldSpec, *, is_set: bool, is_needed: bool = True) -> str:
    """What an empty field says in grey; `is_needed` is off where another field makes this one moot."""
    if is_set:
        return _("Unchanged")
    return _("Required") if spec.required and is_needed else str(spec.usual or "")


def _unless(text: str, default: str) -> str:
    return "" if text == default else text
