"""What Supabase's employees and terminals would change here (supabase.md §4, §8; issue "Supabase").

People known from elsewhere are merged only where nothing has to be guessed: the same Supabase id, or the same terminal
number under the same name. Equal names alone stay two people and are reported. Absence never removes anything; who
left the list is marked, unless so many left it that the list itself is suspicious.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.devices import Device, DeviceSource
from app.domain.directory import Employee
from app.domain.directory_plans import PlanSettings
from app.domain.ids import new_id
from app.domain.kinds import ConnectionKind
from app.domain.mappings.refusals import refused_step
from app.domain.outcomes import Action, FieldChange
from app.domain.plans import Plan, Step
from app.domain.snapshots import Snapshot
from app.domain.supabase import SupabaseDevice, SupabaseEmployee
from app.i18n import N_, _, ngettext

PEOPLE, DEVICES = "people", "devices"
_DOUBLED_REMEDY = N_("Give one of them another number in Supabase, then sync again.")
_CEDILLA = str.maketrans("şţŞŢ", "șțȘȚ")


def folded_name(name: str) -> tuple[str, ...]:
    """The words of a name for comparing: any order, case and blanks; cedilla and comma letters are equal (§8.4)."""
    text = unicodedata.normalize("NFC", name).translate(_CEDILLA).casefold()
    return tuple(sorted(text.split()))


def plan_people(
    snapshot: Snapshot[SupabaseEmployee], stored: Sequence[Employee], settings: PlanSettings
) -> Plan[Employee]:
    """What the active employees of `snapshot` would change in the `stored` people."""
    ours = {e.supabase_id: e for e in stored if e.supabase_id and e.supabase_connection in (None, settings.connection)}
    numbers = Counter(s.employee_no for s in snapshot.records if s.employee_no)
    numbered = {s.supabase_id: str(s.employee_no) for s in snapshot.records if s.employee_no}
    holders: dict[str, list[Employee]] = defaultdict(list)
    for e in stored:
        if e.employee_no:
            holders[e.employee_no].append(e)
    steps: list[Step[Employee]] = []
    for source in snapshot.records:
        if source.employee_no and numbers[source.employee_no] > 1:
            steps.append(_doubled_number(source, snapshot.records, ours.get(source.supabase_id)))
            continue
        known = ours.get(source.supabase_id)
        rivals = [e for e in holders.get(str(source.employee_no), ()) if e is not known and _keeps(e, numbered)]
        steps.append(_person_step(source, known, rivals, settings))
    return _finish(PEOPLE, steps, snapshot, list(ours.values()), settings)


def _keeps(holder: Employee, numbered: Mapping[str, str]) -> bool:
    """Whether a stored holder of a number goes on holding it: two people may swap theirs."""
    return numbered.get(holder.supabase_id or "", holder.employee_no) == holder.employee_no


def _person_step(
    source: SupabaseEmployee, known: Employee | None, rivals: Sequence[Employee], settings: PlanSettings
) -> Step[Employee]:
    name = source.name
    if source.problem:
        return Step(
            Action.SKIP, name or source.supabase_id, source.supabase_id, reason=source.problem,
            message=_(source.problem_text), remedy=_("Correct the record in Supabase, then sync again."),
        )  # fmt: skip
    method = "supabase_id"
    if rivals:
        rival = rivals[0]
        same = folded_name(rival.name) == folded_name(name)
        if known is not None or len(rivals) > 1 or rival.supabase_id or not same:
            text = _("The number {number} belongs to {name} here.").format(number=source.employee_no, name=rival.name)
            return Step(
                Action.CONFLICT, name, source.supabase_id, reason="number_taken", message=text,
                remedy=_("Give one of them another number, then sync again."),
            )  # fmt: skip
        known, method = rival, "employee_no"
    values = _person_values(source)
    if known is None:
        new = Employee(new_id(), supabase_connection=settings.connection, **values)
        return Step(Action.CREATE, new.name, source.supabase_id, new, match_method="new")
    if known.vitec_employee_id:  # Vitec is asked first about who somebody is, Supabase about the terminals
        values = {k: v for k, v in values.items() if k not in {"first_name", "last_name"}}
    changes = _changes(known, values)
    if not changes and known.supabase_connection == settings.connection:
        return Step(Action.UNCHANGED, known.name, source.supabase_id, known, known, message=_("No changes"))
    new = replace(known, supabase_connection=settings.connection, **{c.field: c.after for c in changes})
    return Step(Action.UPDATE, new.name, source.supabase_id, new, known, changes, match_method=method)


def _person_values(source: SupabaseEmployee) -> dict[str, Any]:
    parted = bool(source.first_name or source.last_name)
    return {
        "first_name": source.first_name if parted else source.full_name,
        "last_name": source.last_name if parted else "",
        "supabase_id": source.supabase_id,
        "employee_no": str(source.employee_no) if source.employee_no else None,
        "photo_address": source.photo_reference,
        "number_shared_with": None,
    }


def _changes(record: Employee | Device, values: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, getattr(record, name), after)
        for name, after in values.items()
        if name not in record.pinned and getattr(record, name) != after
    )


def _doubled_number(
    source: SupabaseEmployee, records: Iterable[SupabaseEmployee], known: Employee | None
) -> Step[Employee]:
    """Both are blocked, also the one who is known here: the second would overwrite the first (supabase.md §4.2)."""
    other = next(s for s in records if s.employee_no == source.employee_no and s is not source)
    text = _("The number {number} is also that of {name}.").format(number=source.employee_no, name=other.name)
    changes = _changes(known, {"number_shared_with": other.name}) if known is not None else ()
    return Step(
        Action.CONFLICT, source.name, source.supabase_id,
        replace(known, number_shared_with=other.name) if known is not None else None, known, changes,
        reason="doubled_number", message=text, remedy=_(_DOUBLED_REMEDY),
    )  # fmt: skip


def plan_devices(
    snapshot: Snapshot[SupabaseDevice],
    stored: Sequence[Device],
    settings: PlanSettings,
    changed_passwords: Collection[str] = (),
) -> Plan[Device]:
    """What the active terminals of `snapshot` would change in the `stored` devices.

    `changed_passwords` are source ids whose password is another one than the keyring's; passwords themselves never
    enter a plan.
    """
    ours = {d.source_id: d for d in stored if d.source_id and d.connection in (None, settings.connection)}
    by_address = {(d.host, d.port): d for d in stored if not d.source_id}
    names = {d.name for d in stored}
    steps = []
    for source in snapshot.records:
        known = ours.get(source.source_id) or by_address.get((source.host, source.port))
        steps.append(_device_step(source, known, names, settings, source.source_id in changed_passwords))
    return _finish(DEVICES, steps, snapshot, list(ours.values()), settings)


def _device_step(
    source: SupabaseDevice, known: Device | None, names: set[str], settings: PlanSettings, password_changed: bool
) -> Step[Device]:
    if known is None:
        made = Device(
            new_id(), "", source.host, source.port, False, source.username, source=DeviceSource.SUPABASE,
            site=source.site, source_id=source.source_id, connection=settings.connection,
            has_password=bool(source.password),
        )  # fmt: skip
        new = replace(made, name=_free_name(made.address, names))
        names.add(new.name)
        return Step(Action.CREATE, new.name, source.source_id, new, match_method="new")
    values = {
        "host": source.host,
        "port": source.port,
        "username": source.username,
        "source_id": source.source_id,
        "source": DeviceSource.SUPABASE,
        "has_password": known.has_password or bool(source.password),
    }
    changes = _changes(known, values if source.site is None else {**values, "site": source.site})
    if not changes and not password_changed and known.connection == settings.connection:
        return Step(Action.UNCHANGED, known.name, source.source_id, known, known, message=_("No changes"))
    new = replace(known, connection=settings.connection, **{c.field: c.after for c in changes})
    message = _("The password changed") if password_changed and not changes else ""
    return Step(Action.UPDATE, new.name, source.source_id, new, known, changes, message=message)


def _free_name(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


def _finish(
    phase: str, steps: list[Step[Any]], snapshot: Snapshot[Any], ours: Sequence[Any], settings: PlanSettings
) -> Plan[Any]:
    """Add whom the mapping refused, and who left the list, unless that proves nothing (house.md rule 4)."""
    steps += [refused_step(ConnectionKind.SUPABASE, problem) for problem in snapshot.refused]
    listed = {step.source_id for step in steps}
    missing = tuple(r for r in ours if _source_id(r) not in listed)
    returned = tuple(s.before for s in steps if s.before is not None and _missing_since(s.before))
    many = not steps or not snapshot.complete or len(missing) * 100 > len(ours) * settings.missing_limit_percent
    suspicious = bool(ours) and many
    warnings = snapshot.warnings + _missing_warnings(phase, not steps, missing, suspicious)
    return Plan(phase, "store", tuple(steps), warnings, missing, returned, suspicious)


def _source_id(record: Employee | Device) -> str:
    return (record.supabase_id if isinstance(record, Employee) else record.source_id) or ""


def _missing_since(record: Employee | Device) -> object:
    return record.supabase_missing_since if isinstance(record, Employee) else record.missing_since


def _missing_warnings(phase: str, empty: bool, missing: Sequence[object], suspicious: bool) -> tuple[str, ...]:
    warnings = []
    if empty and suspicious:
        warnings.append(_("0 rows visible: the table is empty, or a policy is missing. Nothing was changed here."))
    elif missing:
        count = len(missing)
        text = (
            ngettext(
                "{count} person is no longer active in Supabase.",
                "{count} people are no longer active in Supabase.",
                count,
            )
            if phase == PEOPLE
            else ngettext(
                "{count} device is no longer active in Supabase.",
                "{count} devices are no longer active in Supabase.",
                count,
            )
        )
        warnings.append(text.format(count=count))
        if suspicious:
            warnings.append(
                _(
                    "That is more than usual, so they stay as they are. If they really left, sync again with "
                    "accept_missing=true."
                )
            )
    return tuple(warnings)


def possible_doubles(plan: Plan[Employee], stored: Iterable[Employee]) -> list[str]:
    """Names of new people that somebody here already has; they stay two people until a person decides."""
    known = {folded_name(e.name): e.name for e in stored if not e.supabase_id}
    return [s.subject for s in plan.steps if s.action is Action.CREATE and folded_name(s.subject) in known]
