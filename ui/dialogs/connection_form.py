"""The fields of a connection, made from its kind's declaration, the name first.

Those that few connections need stand below the others, folded away until a person wants them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtWidgets import QLineEdit

from app.domain.connections import Connection, check_secret, checked_settings, refuse_secrets
from app.domain.kinds import KINDS, FieldSpec, FieldType, KindSpec
from app.errors import UsageError
from app.i18n import N_, _
from app.operations.connections import standing_in
from ui.dialogs.connection_editors import blank_text, make_editor
from ui.dialogs.form_fields import FieldsForm
from ui.theme import Icon
from ui.widgets import Button

NAME = FieldSpec("name", N_("Name"), required=True, help=N_("As it appears in lists and in the history."))
_LABELS = 136  # pixels


class ConnectionForm(FieldsForm):
    """The fields of one connection, the name first; `secrets_set` are those that are set, wherever that is.

    `others` are the other connections: their names are taken, and some fields choose one of them. Fields that belong to
    another choice, such as another way to sign in, are hidden and count for nothing.
    """

    def __init__(
        self,
        spec: KindSpec,
        name: str,
        connection: Connection | None,
        secrets_set: Sequence[str],
        others: Sequence[Connection],
    ) -> None:
        super().__init__("connection", _LABELS)
        self._spec = spec
        self._others = others
        self._secrets_set = secrets_set
        self._connection = connection
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
        self.end_fields()
        self.changed.connect(self._hint)
        self._hint()

    def _add(self, spec: FieldSpec, stored: str) -> None:
        names = self._names(spec)
        if self._connection is None and len(names) == 1:
            stored = names[0]
        self.add_field(spec, make_editor(spec, stored, is_set=False, connections=names))

    def _make_fold(self) -> Button:
        """The line between the usual fields and those few connections need."""
        fold = Button(_("Advanced"), icon=Icon.CHEVRON_DOWN, object_name="connection.advanced")
        fold.setCheckable(True)
        fold.setAutoDefault(False)
        fold.set_tip(_("Further headers, certificates, proxy, log"))
        if not self._advanced:
            fold.hide()
        fold.toggled.connect(self._unfolded)
        self.add_across(fold)
        return fold

    def _unfolded(self, on: bool) -> None:
        self.fold.set_icon(Icon.CHEVRON_UP if on else Icon.CHEVRON_DOWN)
        self.show_in_use()

    def is_folded(self, spec: FieldSpec) -> bool:
        """Whether it is one of those few connections need, and nobody wanted them yet."""
        return spec.advanced and not self.fold.isChecked()

    def unfold(self, keys: Collection[str]) -> None:
        """Bring fields into sight."""
        if any(self.fields[key].spec.advanced for key in keys):
            self.fold.setChecked(True)

    def _names(self, spec: FieldSpec) -> list[str]:
        """The connections that a field can choose."""
        return [other.name for other in self._others if other.kind is spec.of_kind]

    def help_of(self, spec: FieldSpec) -> str:
        """What a field is for, and what has to be there first."""
        if spec.of_kind is None or self._names(spec):
            return _(spec.help)
        first = _("First add a connection of this kind: {kind}.").format(kind=_(KINDS[spec.of_kind].title))
        return f"{_(spec.help)} {first}"

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

    def _hint(self) -> None:
        """Show the fields that matter, and in grey what a blank one stands for."""
        self.show_in_use()
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

    # -- what is wrong -------------------------------------------------------------------------------------------

    def problem_of(self, key: str) -> str:
        """What is wrong with a field as it stands."""
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
