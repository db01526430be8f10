"""What a check found: the groups by rule, every finding under them, and the row of one to be put right beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QUndoCommand, QUndoStack
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from app.i18n import N_, _, ngettext
from ui.desk import Desk
from ui.pages.workforce.exchange.row_editor import RowEditor
from ui.pages.workforce.exchange.words import RULE_WORDS
from ui.pages.workforce.exchange.work import Checked, Finding, Group, GroupKey, Standing
from ui.tables import Column, Kind, TableModel, TablePane, TableView, format_value
from ui.theme import Icon, Tone, icon
from ui.widgets import FilterChip

_ROWS_OF_GROUPS, _ROWS_WHERE_LOW = 6, 3
_LOW = 440
"""Height in pixels below which the groups leave their height to the findings."""
_STANDING = {
    Standing.BAD: (N_("Bad"), Tone.DANGER, Icon.FAILED),
    Standing.CORRECTED: (N_("Put right"), Tone.SUCCESS, Icon.CHECK),
    Standing.WARNING: (N_("Warning"), Tone.WARNING, Icon.WARNING),
}
GROUP_COLUMNS: tuple[Column[Group], ...] = (
    Column("rule", N_("Rule"), lambda g: _(RULE_WORDS[g.rule]), width=190),
    Column("field", N_("Field"), lambda g: g.field or _("Whole row"), width=160),
    Column("kind", N_("Kind"), lambda g: _(_STANDING[_standing_of(g)][0]), kind=Kind.CHIP, width=136,
           tone=lambda g: _STANDING[_standing_of(g)][1], icon=lambda g: _STANDING[_standing_of(g)][2]),
    Column("count", N_("Rows"), lambda g: g.count, kind=Kind.NUMBER, width=80),
    Column("message", N_("What is wrong, for example"), lambda g: g.message, width=300),
    Column("fix", N_("What to do"), lambda g: g.fix, width=320, muted=True),
)  # fmt: skip
FINDING_COLUMNS: tuple[Column[Finding], ...] = (
    Column("row", N_("Row"), lambda f: f.row, kind=Kind.NUMBER, width=72),
    Column("field", N_("Field"), lambda f: f.field or _("Whole row"), width=150),
    Column("value", N_("Value"), lambda f: f.value, width=170,
           edit=lambda f: f.value if f.editable else None, icon=lambda f: Icon.EDIT if f.editable else None,
           tooltip=lambda f: _("Double click or F2 to put it right.") if f.editable else ""),
    Column("standing", N_("State"), lambda f: _(_STANDING[f.standing][0]), kind=Kind.CHIP, width=136,
           tone=lambda f: _STANDING[f.standing][1], icon=lambda f: _STANDING[f.standing][2]),
    Column("rule", N_("Rule"), lambda f: _(RULE_WORDS[f.rule]), width=150),
    Column("message", N_("What is wrong"), lambda f: f.message, width=260, tooltip=lambda f: f.message),
    Column("fix", N_("What to do"), lambda f: f.fix, width=300, muted=True, tooltip=lambda f: f.fix),
)  # fmt: skip


def _standing_of(group: Group) -> Standing:
    """How its rows stand that are not yet put right."""
    if group.warning:
        return Standing.WARNING
    return Standing.BAD if group.count else Standing.CORRECTED


class FindingsPane(QWidget):
    """Groups over findings; `changed` when something was put right."""

    changed = Signal()

    def __init__(self, desk: Desk, shortcuts_in: QWidget) -> None:
        super().__init__()
        self.checked: Checked | None = None
        self.undo = QUndoStack(self)
        self.group_rows: TableModel[Group] = TableModel(GROUP_COLUMNS, lambda group: group.key, parent=self)
        self.groups: TableView[Group] = TableView(
            self.group_rows, name=_("Findings by rule"), object_name="exchange.groups", store=desk.layouts
        )
        self.pane: TablePane[Finding] = TablePane(
            name=_("Findings"), page="exchange.findings", columns=FINDING_COLUMNS, key=lambda finding: finding.key,
            search_hint=_("Search findings"), count_text=_count_words, store=desk.layouts, shortcuts_in=shortcuts_in,
        )  # fmt: skip
        self.pane.show_empty(
            _("Every row is good"), _("Nothing was found in this file. Press Import to store its rows."),
            drawing=Icon.DONE,
        )  # fmt: skip
        self.editor = RowEditor()
        self.editor.hide()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        below = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        below.addWidget(self.pane)
        below.addWidget(self.editor)
        below.setStretchFactor(0, 1)
        below.setSizes([1000, 360])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.groups)
        column.addWidget(below, 1)

    def _connect(self) -> None:
        self.groups.selected_rows_changed.connect(self._show_chosen_groups)
        table = self.pane.table
        table.current_row_changed.connect(self._show_row)
        table.details_requested.connect(self.toggle_row)
        table.row_activated.connect(self.open_row)
        table.add_to_menu(self._fill_menu)
        self.pane.rows.edited.connect(lambda finding, _column, text: self.correct(finding.row, finding.field, text))
        self.editor.edited.connect(self.correct)
        self.editor.taken_back.connect(self.take_back)

    # -- showing -------------------------------------------------------------------------------------------------

    def show_checked(self, checked: Checked, findings: Sequence[Finding]) -> None:
        """Show what a check found."""
        self.checked = checked
        self.undo.clear()
        self.pane.set_filters(_filters(checked.groups()))
        self.pane.chips.choose([])
        self.pane.rows.choose_filters([])
        self.pane.set_rows(findings)
        self._show_groups()
        self.groups.clearSelection()
        self.groups.setVisible(bool(findings))
        self.editor.hide()

    def _show_groups(self) -> None:
        assert self.checked is not None
        groups = self.checked.groups()
        known = {chip.key for chip in _filters(self.group_rows.all_rows())}
        if any(_chip_key(group.key) not in known for group in groups):
            self.pane.set_filters(_filters(groups))
        self.group_rows.set_rows(groups)
        self._fit_groups()

    def _fit_groups(self) -> None:
        most = _ROWS_WHERE_LOW if self.height() < _LOW else _ROWS_OF_GROUPS
        shown = min(max(self.group_rows.rowCount(), 1), most)
        height = self.groups.horizontalHeader().height() + shown * self.groups.verticalHeader().defaultSectionSize()
        self.groups.setFixedHeight(height + self.groups.horizontalScrollBar().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the page is low the groups scroll sooner."""
        super().resizeEvent(event)
        self._fit_groups()

    def _show_chosen_groups(self) -> None:
        chosen = [_chip_key(group.key) for group in self.groups.selected_rows()][:1]
        others = [key for key in self.pane.chips.chosen() if not key.startswith("group.")]
        self.pane.chips.choose([*others, *chosen])
        self.pane.rows.choose_filters(self.pane.chips.chosen())

    def _show_row(self, finding: Finding | None) -> None:
        if self.editor.isHidden() or self.checked is None:
            return
        row = self.checked.rows.get(finding.row) if finding is not None else None
        self.editor.show_row(row, self.checked.fields, finding.field if finding is not None else "")

    def open_row(self, _finding: object = None) -> None:
        """Show every field of the row."""
        self.editor.show()
        self._show_row(self.pane.table.current_row())

    def toggle_row(self, _finding: object = None) -> None:
        """Show or hide every field of the row (Space)."""
        self.editor.setVisible(self.editor.isHidden())
        self._show_row(self.pane.table.current_row())

    # -- putting right -------------------------------------------------------------------------------------------

    def correct(self, row: int, field: str, value: str) -> None:
        """Take another value for a field of a row; Ctrl+Z takes it back."""
        if self.checked is not None and value != self.checked.rows[row].record.get(field, ""):
            before = self.checked.rows[row].record.get(field, "")
            self.undo.push(_Correction(self._correct, row, field, before, value))

    def _correct(self, row: int, field: str, value: str) -> None:
        assert self.checked is not None
        self._bring_up_to_date(row, self.checked.correct(row, field, value))

    def take_back(self, row: int) -> None:
        """Leave a row as the file has it."""
        if self.checked is not None:
            for field in tuple(self.checked.rows[row].corrections):
                self.correct(row, field, self.checked.rows[row].error.record.get(field, ""))

    def _bring_up_to_date(self, row: int, now: Sequence[Finding]) -> None:
        keys = {finding.key for finding in now}
        fields = self.checked.rows[row].record if self.checked is not None else {}
        self.pane.rows.remove({(row, field, False) for field in (*fields, "")} - keys)
        self.pane.update_rows(now)
        self._show_groups()
        self._show_row(self.pane.table.current_row())
        self.changed.emit()

    def _fill_menu(self, menu: QMenu) -> None:
        finding = self.pane.table.current_row()
        if finding is None or self.checked is None or finding.row not in self.checked.rows:
            return
        menu.addAction(icon(Icon.EDIT), _("Edit the whole row"), self.open_row)
        back = menu.addAction(
            icon(Icon.UNDO), _("Leave the row as the file has it"), partial(self.take_back, finding.row)
        )
        back.setEnabled(bool(self.checked.rows[finding.row].corrections))


class _Correction(QUndoCommand):
    """One value put right."""

    def __init__(self, put: Callable[[int, str, str], None], row: int, field: str, before: str, after: str) -> None:
        super().__init__(field)
        self._put, self._row, self._field, self._before, self._after = put, row, field, before, after

    def redo(self) -> None:
        """Put it right."""
        self._put(self._row, self._field, self._after)

    def undo(self) -> None:
        """Take that back."""
        self._put(self._row, self._field, self._before)


def _filters(groups: Sequence[Group]) -> list[FilterChip]:
    def stands(standing: Standing) -> Callable[[Finding], bool]:
        return lambda finding: finding.standing is standing

    def in_group(key: GroupKey) -> Callable[[Finding], bool]:
        return lambda finding: finding.group == key

    return [
        *(FilterChip(standing.value, _(words), stands(standing), "standing", mark, tone)
          for standing, (words, tone, mark) in _STANDING.items()),
        *(FilterChip(_chip_key(group.key), _(RULE_WORDS[group.rule]), in_group(group.key), "group", hidden=True)
          for group in groups),
    ]  # fmt: skip


def _chip_key(key: GroupKey) -> str:
    return f"group.{key[0]}.{key[1]}.{key[2]}"


def _count_words(count: int) -> str:
    return ngettext("{count} finding", "{count} findings", count).format(count=format_value(count))
