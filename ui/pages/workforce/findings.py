"""What the check of a file of shifts or worked time found: what can be taken, and rule by rule what cannot, and why.

Nothing is stored before the person says so; good rows are never lost because of bad ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.onec_schedules import ShiftProblem
from app.domain.onec_shift_rows import ShiftRule
from app.domain.onec_worked import NOT_OVER
from app.i18n import N_, _, ngettext
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.pages.workforce.people import Worker
from ui.tables import Column, Kind, TablePane, format_value
from ui.theme import GRID, Icon, Tone
from ui.widgets import Button, FilterChip, Look, ask

SIZE = (980, 580)
RULE_WORDS: dict[str, str] = {
    # Translators: the rule that a row of a file breaks, short
    ShiftRule.REQUIRED: N_("Value missing"),
    ShiftRule.MOMENT: N_("Not a time"),
    ShiftRule.BREAK: N_("Break unreadable"),
    ShiftRule.CLOCK_CHANGE: N_("Clock change"),
    ShiftRule.UNKNOWN_PERSON: N_("Unknown person"),
    ShiftRule.CLOSED_MONTH: N_("Month closed"),
    ShiftRule.EMPTY: N_("No shifts"),
    ShiftProblem.ENDS_BEFORE_IT_BEGINS: N_("Ends before it begins"),
    ShiftProblem.OVER_24_HOURS: N_("Over 24 hours"),
    ShiftProblem.OVERLAPS: N_("Overlap"),
    ShiftProblem.OUTSIDE_PERIOD: N_("Outside the period"),
    ShiftProblem.BREAK_OUTSIDE_SHIFT: N_("Break outside the shift"),
    NOT_OVER: N_("Not over yet"),
}
FIELD_WORDS = {
    "agent_id": N_("Person"),
    "date": N_("Day"),
    "start": N_("Start"),
    "end": N_("End"),
    "unpaid_breaks": N_("Unpaid breaks"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one row of a file; row 0 is about several."""

    number: int
    row: int
    person: str
    field: str
    rule: str
    message: str
    fix: str


def rule_words(rule: str) -> str:
    """The rule, short."""
    return _(RULE_WORDS.get(rule, rule))


COLUMNS: tuple[Column[Finding], ...] = (
    Column("row", N_("Row"), lambda f: f.row or None, kind=Kind.NUMBER, width=64),
    Column("rule", N_("Rule"), lambda f: rule_words(f.rule), kind=Kind.CHIP, width=170, tone=lambda _f: Tone.DANGER),
    Column("person", N_("Person"), lambda f: f.person, width=180),
    Column("field", N_("Field"), lambda f: _(FIELD_WORDS.get(f.field, f.field)), width=110, muted=True),
    Column("message", N_("What is wrong"), lambda f: f.message, width=230, tooltip=lambda f: f.message),
    Column("fix", N_("What to do"), lambda f: f.fix, width=260, tooltip=lambda f: f.fix),
)


def findings_of(rows: Sequence[Mapping[str, Any]], workers: Mapping[str, Worker]) -> list[Finding]:
    """The findings in the result of a check, rule by rule, the most frequent first."""
    wrong = [row for row in rows if row.get("rule")]
    often = Counter(row["rule"] for row in wrong)
    ordered = sorted(wrong, key=lambda row: (-often[row["rule"]], row["rule"], row["row"]))
    return [
        Finding(
            number, row["row"], workers[row["agent_id"]].name if row["agent_id"] in workers else row["agent_id"],
            row["field"], row["rule"], row["message"], row["fix"],
        )
        for number, row in enumerate(ordered)
    ]  # fmt: skip


@dataclass(frozen=True)
class Import:
    """What is imported: the operation that checks and keeps it, and its words for a number of things.

    `partly` says that good rows that are left out with others of their month can be taken on request.
    """

    operation: str
    name: str
    title: str
    good: Callable[[int], str]
    accept: Callable[[int], str]
    done: Callable[[int], str]
    partly: bool = False


class FindingsDialog(QDialog):
    """Shows the dry run of an import; accepted when the good rows shall be kept."""

    def __init__(self, parent: QWidget, desk: Desk, what: Import, file: str, report: Report,
                 workers: Mapping[str, Worker]) -> None:  # fmt: skip
        super().__init__(parent)
        self.what = what
        rows = report.run.result if isinstance(report.run.result, list) else []
        self._findings = findings_of(rows, workers)
        wrong = {row["row"] for row in rows if row.get("rule")}
        good = [row for row in rows if not row.get("rule")]
        self.ready = sum(row.get("sendable", True) for row in good)
        self.held = sum(not row.get("sendable", True) and row["row"] not in wrong for row in good)
        self.setObjectName(what.name)
        self.setWindowTitle(_("Import {file}").format(file=Path(file).name))
        self.resize(*SIZE)
        self.pane: TablePane[Finding] = TablePane(
            name=_("Rows that cannot be taken"), page=what.name, columns=COLUMNS, key=lambda f: f.number,
            search_hint=_("Search findings"), store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        often = Counter(f.rule for f in self._findings)
        self.pane.set_filters([_chip(rule) for rule, _count in often.most_common()])
        self.pane.set_rows(self._findings)
        self.pane.show_empty(_("Every row is good"), _("Nothing was found to be wrong."), drawing=Icon.DONE)
        self.pane.export_requested.connect(lambda: export_table(self, desk, self.pane.visible_table(), what.name))
        self._arrange(report.run.warnings)
        self._show_amount()

    def _arrange(self, warnings: Sequence[str]) -> None:
        summary = QLabel(self._summary(), wordWrap=True)
        summary.setObjectName(f"{self.what.name}.summary")
        summary.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 2 * GRID)
        self.partly = QCheckBox(
            ngettext(
                "Also take {count} good shift of months in which others are wrong",
                "Also take {count} good shifts of months in which others are wrong",
                self.held,
            ).format(count=format_value(self.held))
        )
        self.partly.setObjectName(f"{self.what.name}.partly")
        self.partly.setToolTip(_("Enter what is missing before you send it: days without a shift become days off."))
        self.partly.setVisible(self.what.partly and self.held > 0)
        self.partly.toggled.connect(lambda _on: self._show_amount())
        hint = QLabel(_("Nothing has been stored yet. Wrong rows are left out; good ones are not lost."), wordWrap=True)
        hint.setProperty("role", "muted")
        self.accept_button = Button("", look=Look.PRIMARY, icon=Icon.IMPORT, object_name=f"{self.what.name}.accept")
        self.accept_button.clicked.connect(self.accept)
        close = Button(_("Cancel"), object_name=f"{self.what.name}.cancel")
        close.clicked.connect(self.reject)
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(self.partly)
        left.addWidget(hint)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        buttons.setSpacing(2 * GRID)
        buttons.addLayout(left, 1)
        buttons.addWidget(close)
        buttons.addWidget(self.accept_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(summary)
        for text in warnings:
            label = QLabel(_(text), wordWrap=True)
            label.setProperty("role", "muted")
            label.setContentsMargins(4 * GRID, 0, 4 * GRID, 2 * GRID)
            column.addWidget(label)
        column.addWidget(self.pane, 1)
        column.addLayout(buttons)

    def _summary(self) -> str:
        parts = [self.what.good(self.ready + self.held)]
        often = Counter(f.rule for f in self._findings)
        if often:
            count = len(self._findings)
            wrong = ngettext("{count} finding: {rules}.", "{count} findings: {rules}.", count)
            rules = ", ".join(f"{rule_words(rule)} {format_value(n)}" for rule, n in often.most_common())
            parts.append(wrong.format(count=format_value(count), rules=rules))
        if self.held:
            parts.append(
                _("A month of a person with a wrong row is left out, as its missing days would become days off.")
            )
        return " ".join(parts)

    def _show_amount(self) -> None:
        count = self.ready + (self.held if self.partly.isChecked() else 0)
        self.accept_button.setText(self.what.accept(count))
        if count:
            self.accept_button.allow()
        else:
            self.accept_button.refuse(_("No row of the file can be taken."))


def _chip(rule: str) -> FilterChip:
    return FilterChip(rule, rule_words(rule), lambda f: f.rule == rule, "rule", tone=Tone.DANGER)


async def import_shifts(
    parent: QWidget, desk: Desk, connection: str, what: Import, workers: Mapping[str, Worker]
) -> None:
    """Ask for a file, show what was found in it, keep the good rows when that is wanted."""
    dialog = QFileDialog(parent, what.title)
    dialog.setObjectName(f"{what.name}.file")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([_("Tables (*.csv *.xlsx *.json *.txt)"), _("All files (*)")])
    dialog.setLabelText(QFileDialog.DialogLabel.FileName, _("File ({columns})").format(
        columns="agent_id; date; start; end; unpaid_breaks"))  # fmt: skip
    if await ask(dialog):
        await import_file(parent, desk, connection, what, dialog.selectedFiles()[0], workers)


async def import_file(
    parent: QWidget, desk: Desk, connection: str, what: Import, file: str, workers: Mapping[str, Worker]
) -> None:
    """Show what was found in a file, keep the good rows when that is wanted."""
    checked = await desk.report_of(Request(what.operation, connection, {"file": file}, dry_run=True))
    if checked is None or _failed(desk, checked, what):
        return
    found = FindingsDialog(parent, desk, what, file, checked, workers)
    if not await ask(found):
        return
    params: dict[str, Any] = {"file": file}
    if found.partly.isChecked():
        params["partly"] = True
    count = found.ready + (found.held if found.partly.isChecked() else 0)
    report = await desk.report_of(Request(what.operation, connection, params))
    if report is not None and not _failed(desk, report, what):
        desk.voice.toast(what.done(count))


def _failed(desk: Desk, report: Report, what: Import) -> bool:
    """Whether a run failed, which a banner then says."""
    if report.error is None:
        desk.voice.clear_banner(what.name)
        return False
    desk.voice.banner(what.name, Tone.DANGER, report.error.message, remedy_of(report.error))
    return True
