"""The codes of working time as a person may change them: the state form's, with this connection's rows over them (§7).

Kept in the setting `time_type_map` of the connection; only rows that differ from the form are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.onec_time_types import DEFAULT_TIME_TYPES, TimeGroup, TimeType, normalised, time_types
from app.i18n import N_, _, ngettext
from app.operations.runner import Request
from ui.desk import Desk
from ui.pages.workforce.timesheet.rows import GROUP_TONES, GROUP_WORDS
from ui.tables import Column, Kind, TablePane, format_value
from ui.theme import GRID, Icon, Tone
from ui.widgets import BannerArea, Button, FilterChip, Look

SIZE = (1080, 640)
CONFIG = "onec.config"
_DEFAULTS = {row.code: row for row in DEFAULT_TIME_TYPES}
_MOST_CODE_CHARS = 10


@dataclass(frozen=True, slots=True)
class TypeLine:
    """One code; `seen` counts how often it came from 1C without a description."""

    kind: TimeType
    seen: int = 0

    @property
    def changed(self) -> bool:
        """Whether it is not as the state form has it."""
        return _DEFAULTS.get(self.kind.code) != self.kind

    @property
    def added(self) -> bool:
        """Whether the state form does not have it."""
        return self.kind.code not in _DEFAULTS


def _origin(line: TypeLine) -> str:
    if line.kind.group is TimeGroup.OTHER:
        return _("Not described")
    if line.added:
        return _("Added here")
    return _("Changed here") if line.changed else _("State form")


def _origin_tone(line: TypeLine) -> Tone:
    return Tone.WARNING if line.kind.group is TimeGroup.OTHER else Tone.INFO if line.changed else Tone.NEUTRAL


COLUMNS: tuple[Column[TypeLine], ...] = (
    Column("code", N_("Code"), lambda r: r.kind.code, width=72),
    Column("number", N_("Number"), lambda r: r.kind.number, width=72, muted=True),
    Column("title", N_("Meaning"), lambda r: _(r.kind.title), width=230, tooltip=lambda r: _(r.kind.title)),
    Column("group", N_("Kind of time"), lambda r: _(GROUP_WORDS[r.kind.group]), width=116,
           tone=lambda r: GROUP_TONES[r.kind.group]),
    Column("worked", N_("Worked"), lambda r: _("Yes") if r.kind.worked else _("No"), width=70, muted=True),
    Column("origin", N_("From"), _origin, kind=Kind.CHIP, width=160, tone=_origin_tone),
)  # fmt: skip


class TimeTypesDialog(QDialog):
    """The table of codes, and the form of the one that is chosen; saved all together."""

    def __init__(self, parent: QWidget, desk: Desk, connection: Connection, unknown: Mapping[str, int]) -> None:
        super().__init__(parent)
        self.desk, self.connection = desk, connection
        self._busy = False
        self.setObjectName("time_types")
        self.setWindowTitle(_("Codes of working time"))
        self.resize(*SIZE)
        table = time_types(connection.setting("time_type_map") or "")
        undescribed = {normalised(code): n for code, n in unknown.items()}
        self._before = dict(table)
        self.types: dict[str, TypeLine] = {code: TypeLine(kind) for code, kind in table.items()}
        for code, seen in undescribed.items():
            self.types.setdefault(code, TypeLine(TimeType(code, code, TimeGroup.OTHER), seen))
        self.banners = BannerArea(object_name="time_types.banners")
        if undescribed:
            text = ngettext("{count} code came from 1C that nobody has described.",
                            "{count} codes came from 1C that nobody has described.", len(undescribed))  # fmt: skip
            self.banners.show_banner("unknown", Tone.WARNING, text.format(count=format_value(len(undescribed))),
                                     ", ".join(f"{code} ({n})" for code, n in undescribed.items()))  # fmt: skip
        self.pane: TablePane[TypeLine] = TablePane(
            name=_("Codes of working time"), page="time_types", columns=COLUMNS, key=lambda line: line.kind.code,
            search_hint=_("Search codes"), store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.pane.set_filters([
            FilterChip("changed", _("Changed here"), lambda r: r.changed and r.kind.group is not TimeGroup.OTHER),
            FilterChip("other", _("Not described"), lambda r: r.kind.group is TimeGroup.OTHER, tone=Tone.WARNING),
        ])  # fmt: skip
        self._make_form()
        self._arrange()
        self._show()
        self.pane.table.current_row_changed.connect(self._show_form)
        wanted = next(iter(undescribed), next(iter(self.types)))
        self.pane.table.select_key(wanted)

    # -- parts ---------------------------------------------------------------------------------------------------

    def _make_form(self) -> None:
        self.code = QLineEdit()
        self.code.setMaxLength(_MOST_CODE_CHARS)
        self.code.setPlaceholderText(_("New code"))
        self.add = Button(_("Add"), icon=Icon.PLUS, object_name="time_types.add")
        self.heading = QLabel()
        self.heading.setProperty("role", "title")
        self.meaning = QLineEdit()
        self.group = QComboBox()
        for group in TimeGroup:
            if group is not TimeGroup.OTHER:
                self.group.addItem(_(GROUP_WORDS[group]), group)
        self.worked = QCheckBox(_("Its hours count as worked"))
        self.reset = Button(_("As in the state form"), icon=Icon.UNDO, object_name="time_types.reset")
        named = {"code": (self.code, _("New code")), "meaning": (self.meaning, _("Meaning")),
                 "group": (self.group, _("Kind of time")), "worked": (self.worked, self.worked.text())}  # fmt: skip
        for key, (control, words) in named.items():
            control.setObjectName(f"time_types.{key}")
            control.setAccessibleName(words)
        self.add.clicked.connect(self._add)
        self.code.returnPressed.connect(self._add)
        self.reset.clicked.connect(self._reset)
        self.meaning.textEdited.connect(lambda _text: self._edited())
        self.group.activated.connect(lambda _index: self._edited())
        self.worked.clicked.connect(lambda _on: self._edited())

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setSpacing(2 * GRID)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for text, control in ((_("Meaning"), self.meaning), (_("Kind of time"), self.group)):
            label = QLabel(text)
            label.setBuddy(control)
            form.addRow(label, control)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 2 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.heading)
        column.addLayout(form)
        column.addWidget(self.worked)
        column.addWidget(self.reset)
        column.addStretch(1)
        new = QHBoxLayout()
        new.setSpacing(2 * GRID)
        new.addWidget(self.code, 1)
        new.addWidget(self.add)
        column.addLayout(new)
        sides = QSplitter(childrenCollapsible=False)
        sides.addWidget(self.pane)
        sides.addWidget(right)
        sides.setStretchFactor(0, 1)
        sides.setSizes([780, 300])
        hint = QLabel(_("Kept in the connection {name}.").format(name=self.connection.name), wordWrap=True)
        hint.setProperty("role", "muted")
        self.save = Button(_("Save"), look=Look.PRIMARY, object_name="time_types.save")
        self.save.setAutoDefault(False)
        self.save.clicked.connect(self._press)
        cancel = Button(_("Cancel"), object_name="time_types.cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.add.setAutoDefault(False)
        self.reset.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(hint, 1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.save)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.banners)
        whole.addSpacing(3 * GRID)
        whole.addWidget(sides, 1)
        whole.addLayout(buttons)

    # -- editing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self.pane.set_rows(self.types.values())
        self._show_amount()

    def _show_form(self, line: TypeLine | None) -> None:
        for control in (self.meaning, self.group, self.worked):
            control.setEnabled(line is not None)
        if line is None:
            return
        self.heading.setText(line.kind.code)
        with QSignalBlocker(self.group):
            self.meaning.setText(_(line.kind.title) if line.kind.group is not TimeGroup.OTHER else "")
            self.group.setCurrentIndex(self.group.findData(line.kind.group))
            self.worked.setChecked(line.kind.worked)
        if not line.changed:
            self.reset.refuse(_("It is as the state form has it."))
        elif line.added:
            self.reset.refuse(_("The state form has no such code."))
        else:
            self.reset.allow()

    def _edited(self) -> None:
        """What stands in the form is how the chosen code is to be."""
        line = self.pane.table.current_row()
        if line is None or self.group.currentData() is None:
            return
        title = self.meaning.text().strip()
        before = _DEFAULTS.get(line.kind.code)
        title = before.title if before is not None and title == _(before.title) else title
        kind = replace(line.kind, title=title or line.kind.code, group=TimeGroup(self.group.currentData()),
                       worked=self.worked.isChecked())  # fmt: skip
        self._put(replace(line, kind=kind))

    def _reset(self) -> None:
        line = self.pane.table.current_row()
        if line is not None and not line.added:
            self._put(replace(line, kind=_DEFAULTS[line.kind.code]))

    def _add(self) -> None:
        code = normalised(self.code.text())
        if not code:
            self.code.setFocus()
            return
        if code not in self.types:
            self._put(TypeLine(TimeType(code, code, TimeGroup.WORK, worked=True)))
        self.code.clear()
        self.pane.clear_search()
        self.pane.table.select_key(code)
        self.meaning.setFocus()
        self.meaning.selectAll()

    def _put(self, line: TypeLine) -> None:
        self.types[line.kind.code] = line
        self.pane.update_rows([line])
        if self.pane.table.current_row() == line:
            self._show_reset(line)
        self._show_amount()

    def _show_reset(self, line: TypeLine) -> None:
        if line.changed and not line.added:
            self.reset.allow()

    def setting(self) -> str:
        """The rows that differ from the state form, as the setting keeps them; blank where none does."""
        rows = [line.kind for line in self.types.values() if line.changed and line.kind.group is not TimeGroup.OTHER]
        return msgspec.json.encode(rows).decode() if rows else ""

    def _show_amount(self) -> None:
        now = {code: line.kind for code, line in self.types.items() if line.kind.group is not TimeGroup.OTHER}
        count = sum(now.get(code) != self._before.get(code) for code in {*now, *self._before})
        text = ngettext("Save {count} change", "Save {count} changes", count)
        self.save.setText(text.format(count=format_value(count)) if count else _("Save"))
        self.save.permit(self.desk.refusal(CONFIG) or ("" if count else _("Nothing was changed.")))

    # -- saving --------------------------------------------------------------------------------------------------

    def _press(self) -> None:
        if not self._busy:
            self._busy = True
            self.save.refuse(_("It is running."))
            self.desk.start("save time types", self._store())

    async def _store(self) -> None:
        request = Request(CONFIG, self.connection.name, {"time_type_map": self.setting()})
        report = await self.desk.report_of(request)
        self._busy = False
        if report is not None and report.error is None:
            self.desk.voice.toast(_("Saved the codes of working time."))
            self.accept()
            return
        if report is not None and report.error is not None:
            self.banners.show_banner("save", Tone.DANGER, report.error.message, remedy_of(report.error))
        self._show_amount()
