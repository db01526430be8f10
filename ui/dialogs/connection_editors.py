"""The editor of one field of a connection, made from its declaration; what it holds is text, blank for the default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QToolButton, QWidget

from app.domain.kinds import FieldSpec, FieldType
from app.i18n import N_, _
from ui.theme import GRID, Icon, Ink, icon

CHOICE_WORDS = {
    "production": N_("Production"),
    "qa": N_("QA / test"),
    "user": N_("As a user"),
    "service_key": N_("With the service key (full access)"),
    "auto": N_("Automatic"),
    "public": N_("Public address"),
    "signed": N_("Signed address"),
}


@dataclass(frozen=True)
class Editor:
    """A widget, what it holds as text, and the signal of a change."""

    widget: QWidget
    text: Callable[[], str]
    changed: SignalInstance


def make_editor(spec: FieldSpec, stored: str, *, is_set: bool) -> Editor:
    """The right editor for a field; `is_set` says of a secret that it has a value, which is never loaded."""
    match spec.type:
        case FieldType.NUMBER:
            number = NumberField(spec, stored)
            return Editor(number, number.stored_text, number.valueChanged)
        case FieldType.CHOICE:
            box = _choice(spec, stored)
            default = str(spec.default or "")
            return Editor(box, lambda: _unless(str(box.currentData()), default), box.currentIndexChanged)
        case FieldType.SECRET:
            edit = _secret(spec, is_set=is_set)
        case _:
            edit = QLineEdit(stored)
            edit.setPlaceholderText(_("Required") if spec.required else str(spec.default or ""))
    return Editor(edit, lambda: edit.text().strip(), edit.textChanged)


class NumberField(QDoubleSpinBox):
    """A number within its bounds, written without needless zeros."""

    def __init__(self, spec: FieldSpec, stored: str) -> None:
        super().__init__()
        self._default = float(spec.default or 0)
        self.setDecimals(0 if spec.whole else 2)
        self.setRange(spec.low if spec.low is not None else 0, spec.high if spec.high is not None else 1e9)
        self.setValue(float(stored) if stored else self._default)
        self.lineEdit().setTextMargins(2 * GRID - 2, 0, 0, 0)  # the sheet's padding does not reach inside

    def textFromValue(self, value: float) -> str:
        """As Qt shows it."""
        return self.locale().toString(value, "g", 10)

    def stored_text(self) -> str:
        """The number, blank for the default."""
        return "" if self.value() == self._default else f"{self.value():.10g}"


def _choice(spec: FieldSpec, stored: str) -> QComboBox:
    """The choices in words; a stored one that is none stays visible."""
    box = QComboBox()
    for choice in spec.choices:
        box.addItem(_(CHOICE_WORDS.get(choice, choice)), choice)
    if stored and stored not in spec.choices:
        box.addItem(_("{choice} (unknown)").format(choice=stored), stored)
    box.setCurrentIndex(box.findData(stored or str(spec.default or "")))
    return box


def _secret(spec: FieldSpec, *, is_set: bool) -> QLineEdit:
    """Typed unseen, with an eye to see it; empty means unchanged where there is one."""
    edit = QLineEdit()
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    edit.setPlaceholderText(secret_hint(spec, is_set=is_set))
    look = edit.addAction(icon(Icon.EYE, Ink.MUTED), QLineEdit.ActionPosition.TrailingPosition)
    look.setText(_("Show what is typed"))
    look.setCheckable(True)
    modes = {True: QLineEdit.EchoMode.Normal, False: QLineEdit.EchoMode.Password}
    look.toggled.connect(lambda on: edit.setEchoMode(modes[on]))
    for eye in edit.findChildren(QToolButton):
        eye.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Qt's own choice is the mouse alone
        eye.setAccessibleName(look.text())
    return edit


def secret_hint(spec: FieldSpec, *, is_set: bool) -> str:
    """What an empty field of a secret means."""
    if is_set:
        return _("Unchanged")
    return _("Required") if spec.required else ""


def _unless(text: str, default: str) -> str:
    return "" if text == default else text
