"""The form of a webhook, in sections: how it is reached, signed, signed in to and tried again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit

from app.domain.kinds import FieldSpec, FieldType
from app.domain.kinds.sign_in import AuthenticationType, header_name, user_name
from app.domain.webhooks.endpoint import SIGN_IN_SECRETS, WebhookEndpoint
from app.domain.webhooks.endpoint_rules import MOST_NAME, check_headers, check_url
from app.domain.webhooks.signature import checked_secret
from app.errors import UsageError
from app.i18n import _
from ui.dialogs.connection_editors import Editor, make_editor
from ui.dialogs.form_fields import FieldsForm
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
from ui.theme import tokens

_LABELS = 150
_HEADERS_HEIGHT = 76


class WebhookForm(FieldsForm):
    """All fields of one webhook but its events; `taken` are the names of the others."""

    def __init__(self, endpoint: WebhookEndpoint, taken: Collection[str], *, new: bool) -> None:
        super().__init__("webhook", _LABELS)
        self._endpoint = endpoint
        self._taken = taken
        for section in sections(new=new):
            self._add_section(section)
        self.end_fields()
        self.changed.connect(self.show_in_use)
        self.show_in_use()

    def _add_section(self, section: Section) -> None:
        if section.title:
            self.add_heading(_(section.title))
        for spec in section.fields:
            self.add_field(spec, self._editor(spec))

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

    def problem_of(self, key: str) -> str:
        """What is wrong with a field as it stands."""
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

    def show_in_use(self) -> None:
        """Hide the fields that do not matter now; those that have to be filled in say so."""
        super().show_in_use()
        for key, field in self.fields.items():
            if isinstance(field.editor, QLineEdit) and field.spec.required and not self._is_kept(key):
                field.editor.setPlaceholderText(_("Required"))
        self.dress()

    def ink_of(self, key: str) -> str:
        """A risk that is taken stands out."""
        editor = self.fields[key].editor
        if key in RISKY and isinstance(editor, QCheckBox) and editor.isChecked():
            return tokens().warning.ink
        return super().ink_of(key)
