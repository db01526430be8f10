"""What a person does to offices and employees by hand: edit with pin, deactivate, activate.

A sync never deactivates anybody; these do, reversibly, and refuse to act in bulk on a suspicious result
(vitec-hub.md §9.5). An edited field is pinned, so that the next sync does not take it back (§9.2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from app.access import Permission
from app.domain.directory import Employee, EmployeeStatus, Office
from app.domain.outcomes import Action, FieldChange, Outcome, Status
from app.errors import Held, UsageError
from app.events import DirectoryChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import operation
from app.store import connections, directory, runs

R = TypeVar("R", Office, Employee)
OFFICE_EDITABLE = (
    "name", "legal_name", "organization_number", "email", "phone", "street_address", "postal_code", "city",
    "description",
)  # fmt: skip
EMPLOYEE_EDITABLE = ("first_name", "last_name", "email", "title", "phone", "employee_no", "description")
_REQUIRED = frozenset({"name", "first_name"})


@dataclass(frozen=True)
class OfficesParams:
    """Ids of offices."""

    offices: tuple[str, ...]


@dataclass(frozen=True)
class EmployeesParams:
    """Ids of employees."""

    employees: tuple[str, ...]


@dataclass(frozen=True)
class EditParams:
    """A record's id, its new values by field, and fields to unpin so that the next sync decides them again."""

    id: str
    values: dict[str, str] = field(default_factory=dict)
    unpin: tuple[str, ...] = ()


@operation("offices.deactivate", N_("Deactivate offices"), Permission.WRITE, OfficesParams, target="directory")
async def deactivate_offices(context: RunContext, params: OfficesParams) -> None:
    """Switch offices off, until they are switched on by hand again."""
    chosen = _found(await context.workspace.store.read(directory.offices), params.offices)
    await _switch(context, "offices", chosen, "is_active", False, directory.change_office)


@operation("offices.activate", N_("Activate offices"), Permission.WRITE, OfficesParams, target="directory")
async def activate_offices(context: RunContext, params: OfficesParams) -> None:
    """Switch offices on again; the next sync decides for itself."""
    chosen = _found(await context.workspace.store.read(directory.offices), params.offices)
    await _switch(context, "offices", chosen, "is_active", True, directory.change_office)


@operation("employees.deactivate", N_("Deactivate employees"), Permission.WRITE, EmployeesParams, target="directory")
async def deactivate_employees(context: RunContext, params: EmployeesParams) -> None:
    """Mark people as inactive, until they are marked active by hand again."""
    chosen = _found(await context.workspace.store.read(directory.employees), params.employees)
    await _switch(context, "employees", chosen, "status", EmployeeStatus.INACTIVE, directory.change_employee)


@operation("employees.activate", N_("Activate employees"), Permission.WRITE, EmployeesParams, target="directory")
async def activate_employees(context: RunContext, params: EmployeesParams) -> None:
    """Mark people as active again; the next sync decides for itself."""
    chosen = _found(await context.workspace.store.read(directory.employees), params.employees)
    await _switch(context, "employees", chosen, "status", EmployeeStatus.ACTIVE, directory.change_employee)


@operation("offices.edit", N_("Edit an office"), Permission.WRITE, EditParams, target="directory")
async def edit_office(context: RunContext, params: EditParams) -> None:
    """Change fields of an office and pin them."""
    (office,) = _found(await context.workspace.store.read(directory.offices), (params.id,))
    await _edit(context, "offices", office, params, OFFICE_EDITABLE, directory.change_office)


@operation("employees.edit", N_("Edit an employee"), Permission.WRITE, EditParams, target="directory")
async def edit_employee(context: RunContext, params: EditParams) -> None:
    """Change fields of a person and pin them."""
    (employee,) = _found(await context.workspace.store.read(directory.employees), (params.id,))
    await _edit(context, "employees", employee, params, EMPLOYEE_EDITABLE, directory.change_employee)


async def _switch(
    context: RunContext,
    phase: str,
    chosen: Sequence[R],
    field_name: str,
    value: Any,
    write: Callable[[R], None],
) -> None:
    """Give the chosen records the value; what is off by hand is pinned, so that a sync does not switch it on again."""
    active = value in (True, EmployeeStatus.ACTIVE)
    if not active:
        await _guard(context, phase, chosen)
    changed = [r for r in chosen if getattr(r, field_name) != value]
    outcomes = [
        _switched(phase, r, active, r in changed, FieldChange(field_name, getattr(r, field_name), value))
        for r in chosen
    ]
    written: list[R] = [
        replace(r, pinned=_with_pin(r, field_name, pinned=not active), **{field_name: value}) for r in changed
    ]
    if not context.dry_run:
        await context.workspace.store.write(_write_all, context.run.run_id, write, written, outcomes)
    _finish(context, outcomes)


def _with_pin(record: Office | Employee, field_name: str, *, pinned: bool) -> tuple[str, ...]:
    others = {*record.pinned} - {field_name}
    return tuple(sorted(others | {field_name} if pinned else others))


def _write_all(run_id: str, write: Callable[[R], None], records: Sequence[R], outcomes: Sequence[Outcome]) -> None:
    for record in records:
        write(record)
    runs.add_outcomes(run_id, 0, outcomes)


def _found(records: Sequence[R], ids: Sequence[str]) -> list[R]:
    by_id = {record.id: record for record in records}
    if unknown := [i for i in ids if i not in by_id]:
        raise UsageError(_("There is no record with the id {id}.").format(id=unknown[0]))
    return [by_id[i] for i in dict.fromkeys(ids)]


async def _guard(context: RunContext, phase: str, chosen: Sequence[Office | Employee]) -> None:
    """Refuse to deactivate several records that merely look missing after a suspicious sync (§9.5)."""
    store = context.workspace.store
    names = {c.id: c.name for c in await store.read(connections.connections)}
    for connection in {r.connection for r in chosen if r.connection in names} if len(chosen) > 1 else ():
        operations = (f"{phase}.sync", "directory.sync")
        last = await store.read(runs.last_finished, operations, names[connection or ""])
        if last is not None and ((last.result or {}).get(phase) or {}).get("suspicious"):
            raise Held(
                _("The last sync gave a suspicious result, so deactivating several at once is locked."),
                _("Sync again; when the list is complete, the lock opens. A single record can still be deactivated."),
            )


def _switched(phase: str, record: Office | Employee, active: bool, changes: bool, change: FieldChange) -> Outcome:
    words = (_("Activated"), _("Already active")) if active else (_("Deactivated"), _("Already inactive"))
    if not changes:
        return Outcome(record.name, record.id, phase, "store", Status.SKIPPED, "store", words[1], Action.UNCHANGED)
    action = Action.UPDATE if active else Action.DEACTIVATE
    return Outcome(record.name, record.id, phase, "store", Status.SUCCESS, "store", words[0], action, changes=(change,))


async def _edit(
    context: RunContext, phase: str, record: R, params: EditParams, editable: Sequence[str], write: Callable[[R], None]
) -> None:
    if unknown := [name for name in (*params.values, *params.unpin) if name not in editable]:
        raise UsageError(_("The field {field} cannot be edited.").format(field=unknown[0]))
    new = {name: value.strip() or None for name, value in params.values.items()}
    if empty := [name for name in new if name in _REQUIRED and new[name] is None]:
        raise UsageError(_("The field {field} must not be empty.").format(field=empty[0]))
    if "last_name" in new:
        new["last_name"] = new["last_name"] or ""
    changes = tuple(FieldChange(n, getattr(record, n), v) for n, v in new.items() if getattr(record, n) != v)
    pinned = ({*record.pinned} | {c.field for c in changes}) - {*params.unpin}
    changed = replace(record, pinned=tuple(sorted(pinned)), **{c.field: c.after for c in changes})
    action = Action.UPDATE if changed != record else Action.UNCHANGED
    status = Status.SUCCESS if changed != record else Status.SKIPPED
    message = _("Stored") if changed != record else _("No changes")
    outcome = Outcome(changed.name, record.id, phase, "store", status, "store", message, action, changes=changes)
    if not context.dry_run and changed != record:
        await context.workspace.store.write(_write_all, context.run.run_id, write, [changed], [outcome])
    _finish(context, [outcome])


def _finish(context: RunContext, outcomes: Sequence[Outcome]) -> None:
    updated = sum(o.status is Status.SUCCESS for o in outcomes)
    context.summary |= {"total": len(outcomes), "updated": updated, "skipped": len(outcomes) - updated}
    context.report(outcomes)
    if updated and not context.dry_run:
        context.workspace.events.publish(DirectoryChanged())
