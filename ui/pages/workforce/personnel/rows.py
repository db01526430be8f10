"""What one row of the personnel table shows, its columns and the filters over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.onec import OneCDepartment
from app.domain.onec_people import KnownDepartment, LinkedBy
from app.i18n import N_, _
from ui.pages.workforce.personnel.people import PersonLine, PersonProblem, PersonState
from ui.tables import Column, Kind
from ui.texts import ago, day_text
from ui.theme import Icon, Tone
from ui.widgets import FilterChip

STATE_WORDS = {
    PersonState.ACTIVE: N_("Active"),
    # Translators: away from work by 1C's timesheet: vacation, sick leave and the like
    PersonState.ON_LEAVE: N_("On leave"),
    PersonState.TO_COME: N_("Starts later"),
    PersonState.DISMISSED: N_("Dismissed"),
}
STATE_TONES = {
    PersonState.ACTIVE: Tone.SUCCESS,
    PersonState.ON_LEAVE: Tone.INFO,
    PersonState.TO_COME: Tone.INFO,
    PersonState.DISMISSED: Tone.NEUTRAL,
}
STATE_ICONS = {
    PersonState.ACTIVE: Icon.CHECK,
    PersonState.ON_LEAVE: Icon.PAUSE,
    PersonState.TO_COME: Icon.CLOCK,
    PersonState.DISMISSED: Icon.MINUS,
}
PROBLEM_WORDS = {
    PersonProblem.DEPARTMENT_MISSING: N_("Department missing in 1C"),
    PersonProblem.NUMBER_MISSING: N_("No personnel number"),
    PersonProblem.NUMBER_TWICE: N_("Personnel number used twice"),
    PersonProblem.NORM_MISSING: N_("No weekly norm"),
    PersonProblem.EMPLOYEE_GONE: N_("Linked employee is gone"),
    PersonProblem.ACTIVE_ELSEWHERE: N_("Dismissed in 1C, active here"),
}
PROBLEM_REMEDIES = {
    PersonProblem.DEPARTMENT_MISSING: N_("Put the department into 1C's register of exchange, then sync again."),
    PersonProblem.NUMBER_MISSING: N_("Give the person a number in 1C; without one, link by hand."),
    PersonProblem.NUMBER_TWICE: N_("Correct one of them in 1C, or link both people by hand."),
    PersonProblem.NORM_MISSING: N_("Enter the weekly hours in 1C; norm hours cannot be asked for without them."),
    PersonProblem.EMPLOYEE_GONE: N_("Link the person anew, or sync again to have an employee made."),
    PersonProblem.ACTIVE_ELSEWHERE: N_("Check in the other system; if they left, deactivate the employee there."),
}
LINKED_WORDS = {
    LinkedBy.NEW: N_("Made from 1C"),
    LinkedBy.NUMBER: N_("Same personnel number"),
    LinkedBy.HAND: N_("Linked by hand"),
}


def state_words(line: PersonLine) -> str:
    """The word of the chip; who left the list is said to be missing, whatever they were."""
    return _("Missing in 1C") if line.missing else _(STATE_WORDS[line.state])


def state_tone(line: PersonLine) -> Tone:
    """The colour that goes with the word."""
    return Tone.WARNING if line.missing else STATE_TONES[line.state]


def state_icon(line: PersonLine) -> Icon:
    """The drawing that goes with the word."""
    return Icon.WARNING if line.missing else STATE_ICONS[line.state]


def state_tooltip(line: PersonLine) -> str:
    """Since when, and by what."""
    person = line.known.person
    if line.missing:
        return _("Full lists of 1C lack them since {day}.").format(day=day_text(line.known.absent_since))
    if line.state is PersonState.DISMISSED:
        return _("The last day was {day}.").format(day=day_text(person.termination_date))
    if line.away:
        return _("1C's timesheet of today: {code}").format(code=line.away)
    if person.termination_date is not None:
        return _("Leaves on {day}.").format(day=day_text(person.termination_date))
    return ""


def link_words(line: PersonLine) -> str:
    """The employee that somebody is here."""
    if line.employee is not None:
        return line.employee.name
    return _("Employee is gone") if line.known.employee_id else _("Not linked")


def problem_words(line: PersonLine) -> str:
    """All that should be looked at."""
    return ", ".join(_(PROBLEM_WORDS[problem]) for problem in line.problems)


COLUMNS: tuple[Column[PersonLine], ...] = (
    Column("name", N_("Name"), lambda r: r.known.name, kind=Kind.PERSON, width=230),
    # Translators: the number of a person in the payroll system
    Column("number", N_("Personnel number"), lambda r: r.known.person.personnel_number, width=128),
    Column("department", N_("Department"), lambda r: r.department, width=160),
    Column("position", N_("Position"), lambda r: r.known.person.position, width=140),
    Column("state", N_("State"), state_words, kind=Kind.CHIP, tone=state_tone, icon=state_icon, tooltip=state_tooltip,
           width=164),
    Column("employee", N_("Employee in Muster"), link_words, width=176,
           tone=lambda r: None if r.employee is not None else Tone.WARNING,
           icon=lambda r: Icon.USER if r.employee is not None else Icon.NO_USER),
    Column("problem", N_("To look at"), problem_words, width=190,
           tone=lambda r: Tone.WARNING if r.problems else None,
           icon=lambda r: Icon.WARNING if r.problems else None),
    Column("hired", N_("Employed since"), lambda r: r.known.person.hire_date, kind=Kind.MOMENT, width=120, muted=True),
    Column("left", N_("Last day"), lambda r: r.known.person.termination_date, kind=Kind.MOMENT, width=100, muted=True),
    Column("synced", N_("Last synced"), lambda r: r.synced_at, kind=Kind.MOMENT, width=130, muted=True,
           text=lambda r: ago(r.synced_at)),
    Column("changed", N_("Last change"), lambda r: r.changed_at, kind=Kind.MOMENT, width=130, muted=True, hidden=True),
    Column("linked_by", N_("Linked by"), lambda r: _(LINKED_WORDS[r.known.linked_by]), width=160, hidden=True),
    Column("absent", N_("Missing since"), lambda r: r.known.absent_since, kind=Kind.MOMENT, width=120, hidden=True),
    Column("rate", N_("Employment rate"), lambda r: _figure(r.known.person.employment_rate), kind=Kind.NUMBER,
           width=120, hidden=True),
    Column("norm", N_("Hours a week"), lambda r: _figure(r.known.person.weekly_norm_hours), kind=Kind.NUMBER,
           width=110, hidden=True),
    Column("login", N_("Login"), lambda r: r.known.person.login, width=120, hidden=True),
    Column("site", N_("Site"), lambda r: r.known.person.site, width=110, hidden=True),
    Column("external_id", N_("1C id"), lambda r: r.known.person.external_id, width=270, hidden=True, muted=True),
)  # fmt: skip


def _figure(value: object) -> float | None:
    return float(str(value)) if value is not None else None


def _is(state: PersonState) -> Callable[[PersonLine], bool]:
    return lambda line: line.state is state and not line.missing


def filters(departments: Sequence[KnownDepartment] = ()) -> list[FilterChip]:
    """The filter chips, in the person's language; a department stands for those below it too."""

    def within(department: OneCDepartment) -> Callable[[PersonLine], bool]:
        return lambda line: department.external_id in line.departments

    menu = _("Department")
    states = [
        FilterChip(state.value, _(STATE_WORDS[state]), _is(state), "state", STATE_ICONS[state], STATE_TONES[state])
        for state in (PersonState.ACTIVE, PersonState.ON_LEAVE, PersonState.DISMISSED)
    ]
    return [
        *states,
        FilterChip("not_linked", _("Not linked"), lambda r: r.employee is None, icon=Icon.NO_USER),
        FilterChip("missing", _("Missing in 1C"), lambda r: r.missing, "state", Icon.WARNING, Tone.WARNING),
        FilterChip("problems", _("To look at"), lambda r: bool(r.problems), icon=Icon.WARNING, tone=Tone.WARNING),
        *(
            FilterChip(f"department_{d.department.external_id}", d.department.name, within(d.department), "department",
                       menu=menu)
            for d in departments
        ),
    ]  # fmt: skip
