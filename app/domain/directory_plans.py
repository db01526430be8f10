"""Plans for the directory: what a Vitec snapshot would change in the stored offices and employees.

Pure functions; the rules are those of vitec-hub.md §7-§9. A blank source value never overwrites a local one, a
pinned field stays, and a record that the source stopped listing is reported but never changed here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, TypeVar

from app.domain.directory import Employee, Office
from app.domain.ids import new_id
from app.domain.kinds import ConnectionKind
from app.domain.mappings.refusals import REFUSED, refused_step
from app.domain.matching import Match, match_employees, match_offices
from app.domain.outcomes import Action, FieldChange
from app.domain.plans import Plan, Step
from app.domain.short_codes import short_code
from app.domain.snapshots import Snapshot
from app.domain.vitec import VitecEmployee, VitecOffice
from app.i18n import N_, _, ngettext

OFFICE_FIELDS = (
    "vitec_department_id",
    "name",
    "legal_name",
    "organization_number",
    "email",
    "phone",
    "street_address",
    "postal_code",
    "city",
    "is_active",
    "description",
    "department_number",
)
EMPLOYEE_FIELDS = (
    "vitec_employee_id",
    "office_id",
    "also_at",
    "first_name",
    "last_name",
    "email",
    "title",
    "phone",
    "system_roles",
    "status",
    "description",
)
_office_values = attrgetter(*OFFICE_FIELDS)
_employee_values = attrgetter(*EMPLOYEE_FIELDS)
_own_values = attrgetter(*EMPLOYEE_FIELDS[3:])  # what an employee has without knowing the offices
UNCHANGED = N_("No changes")
L = TypeVar("L", Office, Employee)

_LEFT_OUT: Mapping[str, tuple[str, str]] = {
    "unreadable": (N_("Not a record."), N_("Report it to Vitec.")),
    "missing_name": (N_("No name in Vitec."), N_("Give the person a name in Vitec.")),
    "missing_employee_id": (N_("No employee id in Vitec."), N_("Report it to Vitec.")),
    "missing_department_id": (N_("No department in Vitec."), N_("Give the record a department in Vitec.")),
    "duplicate_id": (N_("Listed twice with the same id in Vitec."), N_("Report it to Vitec.")),
}


@dataclass(frozen=True)
class PlanSettings:
    """What a plan needs to know beside the data: whose records, and when a result counts as suspicious."""

    connection: str
    missing_limit_percent: int = 10
    fuzzy: bool = False


def plan_offices(snapshot: Snapshot[VitecOffice], stored: Sequence[Office], settings: PlanSettings) -> Plan[Office]:
    """What the departments of `snapshot` would change in the `stored` offices."""
    ours = [o for o in stored if o.connection in (None, settings.connection)]
    taken = {o.short_code for o in stored if o.short_code}
    first_of, doubled = _sort_out_ids([s.vitec_department_id for s in snapshot.records], snapshot.records)
    usable = tuple(s for i, s in enumerate(snapshot.records) if i in first_of and s.vitec_department_id is not None)
    matches = iter(match_offices(usable, ours, fuzzy=settings.fuzzy))
    steps: list[Step[Office]] = []
    for index, source in enumerate(snapshot.records):
        source_id = str(source.vitec_department_id or "")
        if source.vitec_department_id is None:
            steps.append(_left_out("missing_department_id", source.name, source_id))
        elif index not in first_of:
            steps.append(_doubled(source.name, source_id, index in doubled))
        else:
            steps.append(_office_step(source, next(matches), taken, settings))
    return _finish("offices", steps, snapshot, ours, settings)


def _office_step(source: VitecOffice, match: Match[Office], taken: set[str], settings: PlanSettings) -> Step[Office]:
    source_id = str(source.vitec_department_id)
    if match.conflict:
        return Step(Action.CONFLICT, source.name, source_id, reason="conflict", message=_(match.conflict))
    values = _office_values(source)
    if match.record is None:
        code = short_code(source.department_number, source.name, taken)
        taken.add(code)
        fields = dict(zip(OFFICE_FIELDS, values, strict=True)) | {"is_active": source.is_active is not False}
        new = Office(id=new_id(), short_code=code, connection=settings.connection, **fields)
        return Step(Action.CREATE, new.name, source_id, new, match_method="new")
    return _matched_step(match, values, _office_values(match.record), OFFICE_FIELDS, source_id, settings)


def plan_employees(
    snapshot: Snapshot[VitecEmployee],
    stored: Sequence[Employee],
    offices: Iterable[Office],
    settings: PlanSettings,
) -> Plan[Employee]:
    """What the employees of `snapshot` would change in the `stored` ones, given the local `offices`."""
    office_of = {
        o.vitec_department_id: o.id for o in offices if o.connection == settings.connection and o.vitec_department_id
    }
    ours = [e for e in stored if e.connection in (None, settings.connection)]
    first_of, doubled = _sort_out_ids([s.vitec_employee_id for s in snapshot.records], snapshot.records)
    steps: list[Step[Employee] | None] = []
    usable: list[VitecEmployee] = []
    placed: list[tuple[str, ...]] = []
    for index, source in enumerate(snapshot.records):
        known = tuple(office_of[d] for d in source.departments if d in office_of)
        step = _unusable(source, known) or (
            None if index in first_of else _doubled(source.name, source.vitec_employee_id or "", index in doubled)
        )
        steps.append(step)
        if step is None:
            usable.append(source)
            placed.append(known)
    matches = match_employees(tuple(usable), [known[0] for known in placed], ours)
    made = iter([_employee_step(*args, settings) for args in zip(usable, placed, matches, strict=True)])
    done = [step if step is not None else next(made) for step in steps]
    plan = _finish("employees", done, snapshot, ours, settings)
    found = possible_duplicates(step.record for step in done if step.record is not None)
    return replace(
        plan,
        warnings=plan.warnings + _moved_department_notes(usable, office_of) + _duplicate_warnings(found),
        details={**plan.details, "possible_duplicates": found},
    )


def _unusable(source: VitecEmployee, known: tuple[str, ...]) -> Step[Employee] | None:
    source_id = source.vitec_employee_id or ""
    if not source_id:
        return _left_out("missing_employee_id", source.name, source_id)
    if not source.first_name:
        return _left_out("missing_name", source_id, source_id)
    if not source.departments:
        return _left_out("missing_department_id", source.name, source_id)
    if not known:
        return Step(
            Action.SKIP,
            source.name,
            source_id,
            reason=f"missing_office:{source.departments[0]}",
            message=_("The office with department id {id} is not known here.").format(id=source.departments[0]),
            remedy=_("Sync the offices first; if it stays, the department is not shared with this login."),
        )
    return None


def _employee_step(
    source: VitecEmployee, known: tuple[str, ...], match: Match[Employee], settings: PlanSettings
) -> Step[Employee]:
    source_id = source.vitec_employee_id or ""
    if match.conflict:
        return Step(Action.CONFLICT, source.name, source_id, reason="conflict", message=_(match.conflict))
    if match.record is None:
        new = Employee(
            new_id(), source.first_name, source.last_name, source_id, known[0], known[1:], source.email,
            source.title, source.phone, source.system_roles, source.status, source.description,
            connection=settings.connection,
        )  # fmt: skip
        return Step(Action.CREATE, new.name, source_id, new, match_method="new")
    values = (source_id, known[0], known[1:], *_own_values(source))
    return _matched_step(match, values, _employee_values(match.record), EMPLOYEE_FIELDS, source_id, settings)


def _matched_step(
    match: Match[L],
    values: tuple[Any, ...],
    stored_values: tuple[Any, ...],
    names: tuple[str, ...],
    source_id: str,
    settings: PlanSettings,
) -> Step[L]:
    record = match.record
    assert record is not None
    changes: list[FieldChange] = []
    if values != stored_values:
        for name, before, after in zip(names, stored_values, values, strict=True):
            if after is None or after in ("", ()) or name in record.pinned or _same(before, after):
                continue
            changes.append(FieldChange(name, before, after))
    if not changes and record.connection == settings.connection:
        return Step(Action.UNCHANGED, record.name, source_id, record, record, message=UNCHANGED)
    new = replace(record, connection=settings.connection, **{c.field: c.after for c in changes})
    return Step(
        Action.UPDATE,
        new.name,
        source_id,
        new,
        record,
        tuple(changes),
        match_method=match.method,
        confidence=match.confidence,
    )


def _same(before: Any, after: Any) -> bool:
    if isinstance(after, tuple):  # lists are compared regardless of order (§9.2)
        return sorted(before or ()) == sorted(after)
    return bool(before == after)


def _left_out(reason: str, subject: str, source_id: str) -> Step[Any]:
    message, remedy = _LEFT_OUT[reason]
    return Step(Action.SKIP, subject, source_id, reason=reason, message=_(message), remedy=_(remedy))


def _doubled(subject: str, source_id: str, differs: bool) -> Step[Any]:
    if not differs:
        return _left_out("duplicate_id", subject, source_id)
    message = _("Listed twice with the same id but different values in Vitec.")
    return Step(Action.CONFLICT, subject, source_id, reason="duplicate_id", message=message)


def _sort_out_ids(ids: Sequence[int | str | None], records: Sequence[object]) -> tuple[set[int], set[int]]:
    """Indexes that stand for their id, and indexes of ids whose records differ (none of those stands for it)."""
    counts: Counter[int | str | None] = Counter(i for i in ids if i not in (None, ""))
    if not counts or counts.most_common(1)[0][1] == 1:
        return set(range(len(ids))), set()
    first: dict[int | str | None, int] = {}
    for index, key in enumerate(ids):
        first.setdefault(key, index)
    differing = {key for i, key in enumerate(ids) if counts[key] > 1 and records[i] != records[first[key]]}
    doubled = {i for i, key in enumerate(ids) if key in differing}
    alone = {i for i, key in enumerate(ids) if counts[key] == 0 or first[key] == i}
    return alone - doubled, doubled


def _finish(
    phase: str, steps: list[Step[L]], snapshot: Snapshot[Any], ours: Sequence[L], settings: PlanSettings
) -> Plan[L]:
    """Add unreadable and refused elements, the missing and the returned, and the warnings of §9.5."""
    steps += [_left_out("unreadable", "?", "") for _index in range(snapshot.unreadable)]
    steps += [refused_step(ConnectionKind.VITEC, problem) for problem in snapshot.refused]
    seen = {step.before.id for step in steps if step.before is not None}
    fits = {step.source_id for step in steps}  # a record left out for a reason is still listed
    known = [r for r in ours if r.connection == settings.connection]
    missing = tuple(r for r in known if r.id not in seen and _source_id(r) not in fits)
    returned = tuple(s.before for s in steps if s.before is not None and s.before.missing_since)
    few = not steps or len(missing) * 100 > len(known) * settings.missing_limit_percent
    suspicious = bool(known) and (few or (bool(missing) and not snapshot.complete))
    warnings = snapshot.warnings + _missing_warnings(phase, not steps, missing, suspicious)
    details = {
        "unmapped_position_types": dict(snapshot.unmapped_roles),
        "unknown_fields": list(snapshot.unknown_fields),
    }
    return Plan(phase, "store", tuple(steps), warnings, missing, returned, suspicious, details)


def _source_id(record: Office | Employee) -> str:
    key = record.vitec_department_id if isinstance(record, Office) else record.vitec_employee_id
    return str(key or "")


def _missing_warnings(phase: str, empty: bool, missing: Sequence[object], suspicious: bool) -> tuple[str, ...]:
    warnings = []
    if empty:
        warnings.append(
            _("Vitec Hub sent an empty list of offices. Nothing was removed.")
            if phase == "offices"
            else _("Vitec Hub sent an empty list of employees. Nothing was removed.")
        )
    if missing:
        count = len(missing)
        text = (
            ngettext("{count} office is not in Vitec.", "{count} offices are not in Vitec.", count)
            if phase == "offices"
            else ngettext("{count} employee is not in Vitec.", "{count} employees are not in Vitec.", count)
        )
        warnings.append(text.format(count=count))
    if suspicious:
        warnings.append(_("Suspicious result: more records are missing than is usual, so deactivating them is locked."))
    return tuple(warnings)


def _moved_department_notes(sources: Iterable[VitecEmployee], office_of: Mapping[int, str]) -> tuple[str, ...]:
    count = sum(1 for s in sources if s.departments[0] not in office_of)
    if not count:
        return ()
    text = ngettext(
        "{count} employee was placed in a second department because the first is not known here.",
        "{count} employees were placed in a second department because the first is not known here.",
        count,
    )
    return (text.format(count=count),)


def _duplicate_warnings(found: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    if not found:
        return ()
    names = ", ".join(list(found)[:5])
    return (_("Possible duplicates, equal names with different ids: {names}.").format(names=names),)


def possible_duplicates(employees: Iterable[Employee]) -> dict[str, list[str]]:
    """Names that several records with different Vitec ids share, with the records' ids (§8.5).

    They stay two people until somebody decides.
    """
    people = list(employees)
    names = [f"{e.first_name} {e.last_name}".casefold() for e in people]
    several = {name for name, count in Counter(names).items() if count > 1}
    by_name: dict[str, list[Employee]] = defaultdict(list)
    for name, employee in zip(names, people, strict=True):
        if name in several:
            by_name[name].append(employee)
    return {
        group[0].name: [e.id for e in group]
        for group in by_name.values()
        if len({e.vitec_employee_id for e in group}) > 1
    }


def unchanged_summary(phase: str, total: int) -> dict[str, int]:
    """The counters of §9.3 when every record compares as unchanged."""
    plan: Plan[Any] = Plan(phase, "store", ())
    return directory_summary(plan, Counter()) | {"total": total, "skipped": total}


def directory_summary(plan: Plan[Any], written: Counter[Action]) -> dict[str, int]:
    """The counters of §9.3: `written` holds what was really created and updated (in a dry run: would be)."""
    total = len(plan.steps)
    created, updated = written[Action.CREATE], written[Action.UPDATE]
    if plan.phase not in {"offices", "employees"}:  # people and devices: command-line.md, "Commands"
        failed = sum(step.action is Action.CONFLICT or step.reason == REFUSED for step in plan.steps)
        skipped = total - created - updated - failed
        return {"total": total, "created": created, "updated": updated, "skipped": skipped, "failed": failed}
    summary = {"total": total, "synced": created + updated, "created": created, "updated": updated}
    if plan.phase == "offices":
        return summary | {"skipped": total - created - updated}
    no_office = sum(1 for step in plan.steps if step.reason.startswith("missing_office"))
    return summary | {"skipped": total - created - updated - no_office, "missing_office": no_office}
