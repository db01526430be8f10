"""The preview: what an operation would change, row by row, and Apply, which does exactly what is ticked.

The plan behind it holds for 24 hours and is carried out once (vitec-hub.md §10). What changed in the store meanwhile
is said here and, at the latest, refused record by record when it is applied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.onec_people import KnownPerson
from app.domain.outcomes import Action
from app.domain.plans import ACCEPT_CONFIDENCE, Plan, Step
from app.events import DirectoryChanged, WorkforceChanged
from app.i18n import N_, _, ngettext
from app.operations.registry import find_operation
from app.operations.runner import Report, Request
from app.store.values import now
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.dialogs.push_preview import PushPreviewDialog
from ui.tables import Column, Kind, TablePane
from ui.texts import ACTION_TONES, ACTION_WORDS, change_text
from ui.theme import GRID, Tone
from ui.widgets import Action as Offer
from ui.widgets import BannerArea, FilterChip

VALID_FOR = timedelta(hours=24)
PHASE_WORDS = {
    "offices": N_("Office"),
    "employees": N_("Employee"),
    "people": N_("Person"),
    "devices": N_("Device"),
    "customers": N_("Customer"),
    "personnel": N_("Person"),
}
PHASE_TITLES = {
    "offices": N_("Offices"),
    "employees": N_("Employees"),
    "people": N_("People"),
    "devices": N_("Devices"),
    "customers": N_("Customers"),
    "personnel": N_("Personnel"),
}
METHOD_WORDS = {
    "new": N_("New"),
    "vitec_department_id": N_("Same Vitec id"),
    "vitec_employee_id": N_("Same Vitec id"),
    "organization_number": N_("Same organisation number"),
    "name_exact": N_("Same name"),
    "name_fuzzy": N_("Similar name, please check"),
    "email": N_("Same e-mail"),
    "name_office": N_("Same name and office"),
    "number": N_("Same personnel number"),
    "hand": N_("Linked by hand"),
}


_TELLING = (
    "title",
    "email",
    "phone",
    "city",
    "address",
    "site",
    "employee_no",
    "domain",
    "personnel_number",
    "position",
)
"""What tells a new record from others, where it has it."""


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One record of the plan; `step` is None for a local record that the source no longer lists."""

    key: str
    phase: str
    subject: str
    step: Step[Any] | None
    changes: str


def preview_lines(plans: Mapping[str, Plan[Any]]) -> list[PreviewLine]:
    """Rows for the table, phase by phase."""
    lines: list[PreviewLine] = []
    for phase, plan in plans.items():
        for index, step in enumerate(plan.steps):
            lines.append(PreviewLine(f"{phase} {index}", phase, step.subject, step, changes_words(step)))
        lines += [
            PreviewLine(f"{phase} missing {index}", phase, record.name, None, _("Stays as it is here."))
            for index, record in enumerate(plan.missing)
        ]
    return lines


def changes_words(step: Step[Any]) -> str:
    """What the step changes, field by field, or why it does not."""
    if step.message:
        return _(step.message)
    if step.action is Action.CREATE and step.record is not None:
        told = step.record.person if isinstance(step.record, KnownPerson) else step.record
        shown = (getattr(told, name, None) for name in _TELLING)
        return ", ".join(value for value in shown if value) or _("New record")
    return ", ".join(change_text(change) for change in step.changes)


def _action_words(line: PreviewLine) -> str:
    return _(ACTION_WORDS[line.step.action]) if line.step else _("No longer listed")


COLUMNS: tuple[Column[PreviewLine], ...] = (
    Column("action", N_("Change"), _action_words, kind=Kind.CHIP, width=176,
           tone=lambda r: ACTION_TONES[r.step.action] if r.step else Tone.WARNING),
    Column("phase", N_("What"), lambda r: _(PHASE_WORDS.get(r.phase, r.phase)), width=90, muted=True),
    Column("subject", N_("Name"), lambda r: r.subject, width=220),
    Column("changes", N_("Before → after"), lambda r: r.changes, width=480),
    Column("match", N_("Found by"), lambda r: _(METHOD_WORDS.get(r.step.match_method, "")) if r.step else "", width=170,
           muted=True),
)  # fmt: skip


def _is(*actions: Action) -> Any:
    return lambda line: line.step is not None and line.step.action in actions


def filters() -> list[FilterChip]:
    """The filter chips, in the person's language; actions widen each other."""
    by_action = [FilterChip(a.value, _(ACTION_WORDS[a]), _is(a), "action") for a in _SHOWN_ACTIONS]
    return [
        FilterChip("changes", _("Changes"), lambda r: r.step is None or r.step.action is not Action.UNCHANGED),
        *by_action,
        FilterChip("missing", _("No longer listed"), lambda r: r.step is None),
    ]


_SHOWN_ACTIONS = (Action.CREATE, Action.UPDATE, Action.DEACTIVATE, Action.UNCHANGED, Action.CONFLICT, Action.SKIP)


class PreviewDialog(QDialog):
    """Shows the plans of a dry run and applies what is ticked."""

    def __init__(self, parent: QWidget, desk: Desk, report: Report) -> None:
        super().__init__(parent)
        self.window_under = parent
        self.desk = desk
        self.report = report
        self.made_at = now()
        self.setObjectName("preview")
        title = _(find_operation(report.run.operation).title)
        self.setWindowTitle(_("Preview: {title}").format(title=title))
        self.resize(1120, 640)
        self.banners = BannerArea()
        self.pane: TablePane[PreviewLine] = TablePane(
            name=_("Changes"), page="preview", columns=COLUMNS, key=lambda line: line.key,
            search_hint=_("Search changes"), store=desk.layouts, checkable=_checkable, shortcuts_in=self,
        )  # fmt: skip
        self.pane.set_filters(filters())
        self.pane.chips.choose(["changes"])
        self.pane.export_requested.connect(lambda: export_table(self, desk, self.pane.visible_table(), "preview"))
        lines = preview_lines(report.plans)
        self.pane.set_rows(lines)
        self.pane.rows.set_checked([line.key for line in lines if _ticked_at_first(line)], on=True)
        self.pane.rows.checked_changed.connect(self._show_amount)
        if not any(line.step is None or line.step.action is not Action.UNCHANGED for line in lines):
            self.pane.chips.choose([])
        self._arrange()
        self._show_amount()
        for event in (DirectoryChanged, WorkforceChanged):
            forget = desk.workspace.events.subscribe(event, self._data_moved)
            self.finished.connect(lambda _code, forget=forget: forget())

    def _arrange(self) -> None:
        self.apply_button = QPushButton()
        self.apply_button.setObjectName("preview.apply")
        self.apply_button.setProperty("look", "primary")
        self.apply_button.clicked.connect(self.apply)
        close = QPushButton(_("Close"))
        close.setObjectName("preview.close")
        close.clicked.connect(self.reject)
        summary = QLabel(_summary_words(self.report.plans.values()))
        summary.setWordWrap(True)
        summary.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 0)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        hint = QLabel(
            _("Nothing has been changed yet. Ticked rows are applied, the rest stays as it is.")
            if any(step.writes for plan in self.report.plans.values() for step in plan.steps)
            else _("There is nothing to change: everything here is as the source says.")
        )
        hint.setProperty("role", "muted")
        buttons.addWidget(hint, 1)
        buttons.addWidget(close)
        buttons.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.banners)
        column.addWidget(summary)
        for warning in self.report.run.warnings:
            label = QLabel(_(warning))
            label.setWordWrap(True)
            label.setProperty("role", "muted")
            label.setContentsMargins(4 * GRID, 0, 4 * GRID, 0)
            column.addWidget(label)
        column.addWidget(self.pane, 1)
        column.addLayout(buttons)

    def _show_amount(self) -> None:
        count = len(self.pane.rows.checked_keys())
        text = ngettext("Apply {count} change", "Apply {count} changes", count).format(count=count)
        if leaving := sum(self._leaves(key) for key in self.pane.rows.checked_keys()):
            # Translators: on a button, "Apply 14 changes (deactivates 3)"
            text = _("{apply} (deactivates {count})").format(apply=text, count=leaving)
        self.apply_button.setText(text if count else _("Apply"))
        self.apply_button.setEnabled(count > 0)
        self.apply_button.setToolTip("" if count else _("Nothing is ticked."))

    def _leaves(self, key: Hashable) -> bool:
        line = self.pane.rows.row_for(key)
        return line is not None and line.step is not None and line.step.action is Action.DEACTIVATE

    def _data_moved(self, _event: object) -> None:
        self.banners.show_banner(
            "moved", Tone.WARNING, _("The data here changed since this preview was made."),
            _("What changed is not overwritten; plan again to see it."),
            [Offer(_("Plan again"), self.plan_again)],
        )  # fmt: skip

    def plan_again(self) -> None:
        """Close this preview and make a new one."""
        run, parent, desk = self.report.run, self.window_under, self.desk
        self.reject()

        def show(report: Report) -> None:
            open_preview(parent, desk, report)

        desk.run(Request(run.operation, run.connection, run.params, dry_run=True), show)

    def apply(self) -> None:
        """Carry out what is ticked, once; an expired preview is refused."""
        if now() - self.made_at > VALID_FOR:
            again = [Offer(_("Plan again"), self.plan_again)]
            text = _("This preview is older than a day and has expired.")
            self.banners.show_banner("expired", Tone.WARNING, text, _("Run the preview again."), again)
            return
        ticked = {str(key) for key in self.pane.rows.checked_keys()}
        run = self.report.run
        self.desk.run(
            Request(run.operation, run.connection, run.params, chosen=chosen_plans(self.report.plans, ticked))
        )
        self.accept()


def chosen_plans(plans: Mapping[str, Plan[Any]], ticked: set[str]) -> dict[str, Plan[Any]]:
    """The plans with every change that is not ticked turned into a skip."""
    chosen: dict[str, Plan[Any]] = {}
    for phase, plan in plans.items():
        kept = {id(step) for index, step in enumerate(plan.steps) if f"{phase} {index}" in ticked}
        chosen[phase] = plan.keep(_is_one_of(kept))
    return chosen


def _is_one_of(kept: set[int]) -> Callable[[Step[Any]], bool]:
    return lambda step: id(step) in kept


def _checkable(line: PreviewLine) -> bool:
    return line.step is not None and line.step.writes


def _ticked_at_first(line: PreviewLine) -> bool:
    """ "Accept all" only takes what is sure enough (§10)."""
    return line.step is not None and line.step.writes and line.step.confidence >= ACCEPT_CONFIDENCE


def _summary_words(plans: Iterable[Plan[Any]]) -> str:
    parts: Sequence[str] = [_phase_words(plan) for plan in plans]
    return "   ".join(parts)


def _phase_words(plan: Plan[Any]) -> str:
    counts: Counter[Action] = plan.counts()
    words = ", ".join(f"{_(ACTION_WORDS[a])} {counts[a]}" for a in Action if counts[a])
    title = _(PHASE_TITLES.get(plan.phase, plan.phase))
    return _("{title}: {counts}").format(title=title, counts=words or _("none"))


def open_preview(parent: QWidget, desk: Desk, report: Report) -> QDialog | None:
    """Show the preview of a dry run, of a push by device; one that failed has been told already."""
    if report.error is not None:
        return None
    pushed = report.run.operation.startswith("terminals.")
    dialog = PushPreviewDialog(parent, desk, report) if pushed else PreviewDialog(parent, desk, report)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
