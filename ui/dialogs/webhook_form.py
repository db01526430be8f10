"""The form of a webhook: an editor for each declared field, its help, and what is wrong with it, said at the field.

A stored secret is never loaded into its field: blank there means unchanged. Fields of another choice are hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.kinds import FieldSpec, FieldType
from app.domain.kinds.sign_in import AuthenticationType, header_name, user_name
from app.domain.webhooks.endpoint import SIGN_IN_SECRETS, WebhookEndpoint
from app.domain.webhooks.endpoint_rules import MOST_NAME, check_headers, check_url
from app.domain.webhooks.signature import checked_secret
from app.errors import UsageError
from app.i18n import _
from ui.dialogs.connection_editors import Editor, make_editor
from ui.dialogs.webhook_fields import (
    HEADERS,
    RISKY,
    SECRET_FIELD,
    SIGNING,
    UNSIGNED,
    Section,
    read_headers,
    sections,
    stored_text,
)
from ui.theme import CONTROL_HEIGHT, GRID, theme, tokens

_LABELS = 150
_HEADERS_HEIGHT = 76


@dataclass(frozen=True)
class Field:
    """One field: its editor, what it holds as text (blank for the default), and the line below it."""

    spec: FieldSpec
    editor: QWidget
    text: Callable[[], str]
    label: QLabel
    note: QLabel


class WebhookForm(QWidget):
    """All fields of one webhook but its events; `taken` are the names of the others."""

    changed = Signal()

    def __init__(self, endpoint: WebhookEndpoint, taken: Collection[str], *, new: bool) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._taken = taken
        self.fields: dict[str, Field] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4 * GRID)
        self._grid.setVerticalSpacing(2 * GRID + 2)
        self._grid.setColumnMinimumWidth(0, _LABELS)
        self._grid.setColumnStretch(1, 1)
        for section in sections(new=new):
            self._add_section(section)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.changed.connect(self._show_in_use)
        theme.changed.connect(self._dress)
        self._show_in_use()

    # -- parts ---------------------------------------------------------------------------------------------------

    def _add_section(self, section: Section) -> None:
        if section.title:
            heading = QLabel(_(section.title))
            heading.setProperty("role", "heading")
            heading.setContentsMargins(0, 3 * GRID, 0, 0)
            self._grid.addWidget(heading, self._grid.rowCount(), 0, 1, 2)
        for spec in section.fields:
            self._add(spec)

    def _add(self, spec: FieldSpec) -> None:
        made = self._editor(spec)
        editor = made.widget
        editor.setObjectName(f"webhook.{spec.key}")
        editor.installEventFilter(self)
        made.changed.connect(lambda *_value: self._edited(spec.key))
        # A switch carries its own words.
        label = QLabel("" if spec.type is FieldType.SWITCH else _(spec.label), wordWrap=True)
        label.setBuddy(editor)
        label.setFixedWidth(_LABELS)
        label.setMinimumHeight(CONTROL_HEIGHT)
        note = QLabel(wordWrap=True)
        note.setObjectName(f"webhook.{spec.key}.note")
        cell = QVBoxLayout()
        cell.setSpacing(GRID // 2)
        cell.addWidget(editor)
        cell.addWidget(note)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addLayout(cell, row, 1)
        self.fields[spec.key] = Field(spec, editor, made.text, label, note)
        self.show_problem(spec.key, "")

    def _editor(self, spec: FieldSpec) -> Editor:
        stored = stored_text(self._endpoint, spec.key)
        if spec.key == HEADERS:
            lines = QPlainTextEdit(stored)
            lines.setTabChangesFocus(True)
            lines.setFixedHeight(_HEADERS_HEIGHT)
            return Editor(lines, lines.toPlainText, lines.textChanged)
        if spec.type is FieldType.SECRET:
            stored = ""
        is_set = spec.key in self._endpoint.secrets and spec.key != SECRET_FIELD
        return make_editor(replace(spec, label=spec.label), stored, is_set=is_set)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the form; it changes a value only where the keyboard is."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    # -- values --------------------------------------------------------------------------------------------------

    def text(self, key: str) -> str:
        """What a field holds, the default where it is blank."""
        field = self.fields[key]
        usual = field.spec.usual
        if isinstance(usual, bool):
            usual = "true" if usual else "false"
        return field.text() or str("" if usual is None else usual)

    def in_use(self) -> list[str]:
        """The keys of the fields that matter with what is chosen, in their order."""
        return [key for key, field in self.fields.items() if self._matters(field.spec)]

    def _matters(self, spec: FieldSpec) -> bool:
        return spec.only_when is None or self.text(spec.only_when[0]) == spec.only_when[1]

    def values(self) -> dict[str, Any]:
        """The parameters of the operation, by name; raises `ValueError` for headers that are none."""
        settings = {
            key: self.text(key)
            for key, field in self.fields.items()
            if field.spec.type is not FieldType.SECRET and key not in {SIGNING, HEADERS}
        }
        return {**settings, HEADERS: read_headers(self.fields[HEADERS].text())}

    @property
    def unsigned(self) -> bool:
        """Whether nothing is to be signed."""
        return self.text(SIGNING) == UNSIGNED

    def secrets(self) -> dict[str, str]:
        """The secrets that were typed and matter."""
        typed = {key: self.fields[key].text() for key in self.in_use() if self._is_secret(key)}
        return {key: text for key, text in typed.items() if text}

    def _is_secret(self, key: str) -> bool:
        return self.fields[key].spec.type is FieldType.SECRET

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
        field, text = self.fields[key], self.text(key).strip()
        if field.spec.required and not text and not (self._is_secret(key) and self._is_kept(key)):
            return _("This field is needed.")
        try:
            self._check_value(key, text)
        except UsageError as error:
            return " ".join(filter(None, (error.message, error.remedy)))
        except ValueError as error:
            return _("{line} is no header: write Name: value.").format(line=error)
        return ""

    def _check_value(self, key: str, text: str) -> None:
        """Raises `UsageError` for what cannot be, `ValueError` for a line that is no header."""
        insecure = self.text("insecure") == "true"
        match key:
            case "name" if len(text) > MOST_NAME:
                raise UsageError(_("A webhook needs a name of at most {most} characters.").format(most=MOST_NAME))
            case "name" if text in self._taken:
                raise UsageError(_("There is already a webhook named {name}.").format(name=text))
            case "url" | "token_url":
                check_url(text, insecure=insecure)
            case "headers":
                check_headers(read_headers(text))
            case "username":
                user_name(text)
            case "key_header":
                header_name(text)
            case "secret" if text:
                checked_secret(text)

    def _is_kept(self, key: str) -> bool:
        """Whether a blank secret keeps its value: it was set for the very way of signing in that is chosen."""
        if key == SECRET_FIELD:
            return False
        way = AuthenticationType(self.text("auth_type"))
        return key in self._endpoint.secrets and SIGN_IN_SECRETS.get(way) == key

    def show_problem(self, key: str, text: str) -> None:
        """Say below a field what is wrong with it; a blank text brings its help back."""
        field = self.fields[key]
        shown = text or _(field.spec.help) if field.spec.help else text
        field.note.setText(shown)
        field.note.setVisible(bool(shown) and not field.editor.isHidden())
        field.editor.setAccessibleDescription(shown)
        field.editor.setProperty("wrong", bool(text))
        field.editor.style().unpolish(field.editor)
        field.editor.style().polish(field.editor)
        self._dress()

    def _edited(self, key: str) -> None:
        self.show_problem(key, "")
        self.changed.emit()

    def _show_in_use(self) -> None:
        in_use = set(self.in_use())
        for key, field in self.fields.items():
            shown = key in in_use
            for widget in (field.label, field.editor):
                widget.setVisible(shown)
            field.note.setVisible(shown and bool(field.note.text()))
            if isinstance(field.editor, QLineEdit) and field.spec.required and not self._is_kept(key):
                field.editor.setPlaceholderText(_("Required"))
        self._dress()

    def _dress(self) -> None:
        """Help is grey, a problem red; a risk that is taken stands out."""
        for key, field in self.fields.items():
            ink = tokens().danger.ink if field.editor.property("wrong") else tokens().muted
            if key in RISKY and isinstance(field.editor, QCheckBox) and field.editor.isChecked():
                ink = tokens().warning.ink
            field.note.setStyleSheet(f"color: {ink};")
