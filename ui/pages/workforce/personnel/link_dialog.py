"""Chooses the employee that somebody of 1C is: searched as one types, those who fit first, taken ones said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.directory import Employee, EmployeeStatus
from app.domain.onec_people import KnownPerson
from app.i18n import N_, _, ngettext
from app.store import directory, onec
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.pages.workforce.personnel.people import PersonLine
from ui.tables import Column, Kind, TablePane, format_value
from ui.tables.search import fold
from ui.theme import GRID, Icon, Tone
from ui.widgets import Button, FilterChip, Look


class Fit(IntEnum):
    """Why an employee may be the one, the best reason first."""

    NUMBER = 0
    NAME = 1
    LAST_NAME = 2
    NONE = 3


FIT_WORDS = {
    Fit.NUMBER: N_("Same personnel number"),
    Fit.NAME: N_("Same name"),
    Fit.LAST_NAME: N_("Same last name"),
    Fit.NONE: "",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An employee who may be the one; `taken_by` is who of 1C they are already."""

    employee: Employee
    office: str
    fit: Fit
    taken_by: str = ""


def read_candidates(known: KnownPerson) -> list[Candidate]:
    """All employees but the one that is linked already, best first; read on the store's thread."""
    offices = {o.id: o.name for o in directory.offices()}
    taken = {k.employee_id: k.name for k in onec.people() if k.employee_id}
    found = [
        Candidate(e, offices.get(e.office_id or "", ""), fit_of(known, e), taken.get(e.id, ""))
        for e in directory.employees()
        if e.id != known.employee_id
    ]
    return sorted(found, key=lambda c: (c.fit, bool(c.taken_by)))


def fit_of(known: KnownPerson, employee: Employee) -> Fit:
    """How well an employee fits, whatever the case and accents of names."""
    person = known.person
    if person.personnel_number and person.personnel_number == employee.employee_no:
        return Fit.NUMBER
    if not person.last_name or fold(person.last_name) != fold(employee.last_name):
        return Fit.NONE
    return Fit.NAME if fold(person.first_name) == fold(employee.first_name) else Fit.LAST_NAME


COLUMNS: tuple[Column[Candidate], ...] = (
    Column("name", N_("Name"), lambda r: r.employee.name, kind=Kind.PERSON, width=210),
    Column("fit", N_("Fits by"), lambda r: _(FIT_WORDS[r.fit]) if r.fit is not Fit.NONE else "", width=168),
    Column("office", N_("Office"), lambda r: r.office, width=130, muted=True),
    Column("title", N_("Title"), lambda r: r.employee.title, width=130, muted=True),
    Column("number", N_("Number"), lambda r: r.employee.employee_no, width=80),
    Column("taken", N_("Already somebody of 1C"), lambda r: r.taken_by, width=190,
           tone=lambda r: Tone.WARNING if r.taken_by else None,
           icon=lambda r: Icon.WARNING if r.taken_by else None),
)  # fmt: skip


class LinkDialog(QDialog):
    """Accepted with `chosen`, else closed."""

    def __init__(self, parent: QWidget, desk: Desk, line: PersonLine, candidates: Sequence[Candidate]) -> None:
        super().__init__(parent)
        self.chosen: Employee | None = None
        self.setObjectName("link")
        self.setWindowTitle(_("Link {name}").format(name=line.known.name))
        self.resize(940, 560)
        self.pane: TablePane[Candidate] = TablePane(
            name=_("Employees"), page="link", columns=COLUMNS, key=lambda c: c.employee.id,
            search_hint=_("Search employees"), store=desk.layouts, shortcuts_in=self,
            count_text=lambda n: ngettext("{count} employee", "{count} employees", n).format(count=format_value(n)),
        )  # fmt: skip
        self.pane.set_filters(
            [
                FilterChip("fitting", _("Fitting"), lambda c: c.fit is not Fit.NONE),
                FilterChip("free", _("Not linked"), lambda c: not c.taken_by),
                FilterChip("active", _("Active"), lambda c: c.employee.status is EmployeeStatus.ACTIVE),
            ]
        )
        self.pane.show_empty(_("No employees yet"), _("Sync personnel or employees first."), drawing=Icon.USERS)
        self.pane.set_rows(candidates)
        self.pane.export_requested.connect(lambda: export_table(self, desk, self.pane.visible_table(), "employees"))
        self._arrange(line)
        self.pane.table.current_row_changed.connect(self._choice_changed)
        self.pane.table.row_activated.connect(self._take)
        self.pane.rows.shown_changed.connect(self._choose_first)
        self._choose_first()
        self.pane.focus_search()

    def _arrange(self, line: PersonLine) -> None:
        person = line.known.person
        said = [person.personnel_number, line.department, person.position]
        who = QLabel(" · ".join(filter(None, (line.known.name, *said))))
        who.setWordWrap(True)
        who.setProperty("role", "heading")
        note = QLabel(_("Which employee is this person of 1C? The link is kept by later syncs."))
        note.setWordWrap(True)
        note.setProperty("role", "muted")
        self.cancel = Button(_("Cancel"), object_name="link.cancel")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.action = Button(_("Link"), look=Look.PRIMARY, object_name="link.action")
        self.action.setDefault(True)
        self.action.clicked.connect(self._take)
        top = QVBoxLayout()
        top.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 2 * GRID)
        top.setSpacing(GRID)
        top.addWidget(who)
        top.addWidget(note)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        buttons.setSpacing(2 * GRID)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.action)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.pane, 1)
        column.addLayout(buttons)

    def _choose_first(self) -> None:
        """Whoever types and presses Enter means the first that was found."""
        if self.pane.rows.rowCount() and self.pane.table.current_row() is None:
            self.pane.table.select_place(0)
        self._choice_changed()

    def _choice_changed(self, *_args: object) -> None:
        found = self.pane.table.current_row()
        if found is None:
            self.action.setText(_("Link"))
            self.action.refuse(_("Choose an employee."))
        elif found.taken_by:
            self.action.setText(_("Link"))
            name = found.taken_by
            self.action.refuse(_("{name} of 1C is linked to them. Take that link back first.").format(name=name))
        else:
            self.action.setText(_("Link to {name}").format(name=found.employee.name))
            self.action.allow()

    def _take(self, *_args: object) -> None:
        found = self.pane.table.current_row()
        if found is not None and self.action.isEnabled():
            self.chosen = found.employee
            self.accept()
