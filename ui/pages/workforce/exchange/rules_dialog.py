"""The person's own rules for a type of data: what has to be there, limits, patterns (contact-center.md §7.2).

They are kept with the layout of the window, one set per type of data, and go with every check and import from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.exchange import SHAPES, DataType, ExchangeField, FieldKind
from app.domain.exchange.checker import Checker, Expectations, FieldRule
from app.errors import UsageError
from app.i18n import N_, _
from app.store.values import now
from ui.layouts import Layouts
from ui.tables import Column, TableModel, TableView, format_value
from ui.theme import GRID, Icon
from ui.widgets import Button, Look, ask

Rules = Mapping[str, FieldRule]
_Stored = dict[str, FieldRule]
_NOTHING = FieldRule()
_WRITTEN = ("least", "most", "pattern", "one_of")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What is asked of one field, as a person writes it."""

    spec: ExchangeField
    least: str = ""
    most: str = ""
    pattern: str = ""
    one_of: str = ""

    @classmethod
    def of(cls, spec: ExchangeField, rule: FieldRule) -> RuleLine:
        """A rule in words."""
        return cls(
            spec, _number_text(rule.min_value), _number_text(rule.max_value), rule.pattern or "",
            ", ".join(map(str, rule.one_of or ())),
        )  # fmt: skip

    def rule(self, *, required: bool) -> FieldRule:
        """The rule; what is blank is not asked for.

        Raises `UsageError` for a limit that is no number.
        """
        values = tuple(part.strip() for part in self.one_of.split(",") if part.strip())
        least, most = _number(self.spec, self.least), _number(self.spec, self.most)
        return FieldRule(required, least, most, self.pattern or None, values or None)


COLUMNS: tuple[Column[RuleLine], ...] = (
    Column("field", N_("Field"), lambda line: line.spec.key, width=190),
    Column("least", N_("At least"), lambda line: line.least, width=100,
           edit=lambda line: line.least if line.spec.kind.is_number else None),
    Column("most", N_("At most"), lambda line: line.most, width=100,
           edit=lambda line: line.most if line.spec.kind.is_number else None),
    Column("one_of", N_("One of (with commas)"), lambda line: line.one_of, width=170,
           edit=lambda line: line.one_of if line.spec.kind is not FieldKind.MOMENT else None),
    Column("pattern", N_("Pattern"), lambda line: line.pattern, width=200,
           edit=lambda line: line.pattern if line.spec.kind is not FieldKind.MOMENT else None),
)  # fmt: skip


class RulesDialog(QDialog):
    """One line per field; `rules` is what was written, once it was accepted."""

    def __init__(self, parent: QWidget, data_type: DataType, title: str, rules: Rules) -> None:
        super().__init__(parent)
        self.setObjectName("exchange.rules_dialog")
        self.setWindowTitle(_("Own rules for {type}").format(type=title))
        self.rules: _Stored = dict(rules)
        self._data_type = data_type
        self.model: TableModel[RuleLine] = TableModel(
            COLUMNS, lambda line: line.spec.key, checkable=lambda line: not line.spec.required, parent=self
        )
        self.table: TableView[RuleLine] = TableView(self.model, name=_("Own rules"), object_name="exchange.rules.table")
        specs = SHAPES[data_type].fields
        self.model.set_rows([RuleLine.of(spec, rules.get(spec.key, _NOTHING)) for spec in specs])
        self.model.set_checked([spec.key for spec in specs if rules.get(spec.key, _NOTHING).required], on=True)
        self.model.edited.connect(self._edited)
        self.problem = QLabel(wordWrap=True)
        self.problem.setObjectName("exchange.rules.problem")
        self.problem.setProperty("tone", "danger")
        self.problem.hide()
        self._arrange()
        self.resize(820, 520)

    def _arrange(self) -> None:
        hint = QLabel(
            _("Tick what has to be filled in; double click a cell to set a limit. What is needed anyway has no box."),
            wordWrap=True,
        )
        hint.setProperty("role", "muted")
        clear = Button(_("No rules"), icon=Icon.UNDO, object_name="exchange.rules.clear")
        clear.clicked.connect(self._clear)
        cancel = Button(_("Cancel"), object_name="exchange.rules.cancel")
        cancel.clicked.connect(self.reject)
        save = Button(_("Use these rules"), look=Look.PRIMARY, object_name="exchange.rules.save")
        save.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(clear)
        buttons.addStretch()
        for button in (cancel, save):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 3 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(hint)
        column.addWidget(self.table, 1)
        column.addWidget(self.problem)
        column.addLayout(buttons)

    def _edited(self, line: RuleLine, column: str, text: str) -> None:
        written = {name: getattr(line, name) for name in _WRITTEN} | {column: text.strip()}
        self.model.update_rows([RuleLine(line.spec, **written)])

    def _clear(self) -> None:
        self.model.set_rows([RuleLine(spec) for spec in SHAPES[self._data_type].fields])
        self.model.set_checked(self.model.checked_keys(), on=False)

    def accept(self) -> None:
        """Take the rules, unless one of them cannot be, which is said."""
        ticked = self.model.checked_keys()
        try:
            written = {line.spec.key: line.rule(required=line.spec.key in ticked) for line in self.model.all_rows()}
            rules = {key: rule for key, rule in written.items() if rule != _NOTHING}
            zone = now().tzinfo
            assert zone is not None
            Checker(SHAPES[self._data_type], Expectations(zone, rules=rules))
        except UsageError as error:
            self.problem.setText(" ".join(filter(None, (error.message, _(error.remedy)))))
            self.problem.show()
            return
        self.rules = rules
        super().accept()


async def ask_rules(parent: QWidget, layouts: Layouts, data_type: DataType, title: str) -> bool:
    """Show the rules of a type of data and keep what was written; whether anything was."""
    before = kept_rules(layouts, data_type)
    dialog = RulesDialog(parent, data_type, title, before)
    if not await ask(dialog) or dialog.rules == before:
        return False
    layouts.set(_key(data_type), msgspec.json.encode(dialog.rules).decode())
    return True


def kept_rules(layouts: Layouts, data_type: DataType) -> _Stored:
    """The rules that were written for a type of data; what is no longer readable is none."""
    try:
        return msgspec.json.decode(layouts.get(_key(data_type)) or "{}", type=_Stored)
    except msgspec.MsgspecError:
        return {}


def _key(data_type: DataType) -> str:
    return f"exchange/rules/{data_type.value}"


def _number(spec: ExchangeField, text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", ".").replace(" ", ""))
    except ValueError as error:
        message = _("The limit {text} of {field} is not a number.").format(text=text, field=spec.key)
        raise UsageError(message, _("Write digits, without a unit.")) from error


def _number_text(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else format_value(value)
