"""What every operation on 1C needs: its zone, days, the client, whom a person means (onec-zup.md §3, §6.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.domain.causes import CAUSES, record_code
from app.domain.connections import Connection
from app.domain.kinds import ConnectionKind
from app.domain.onec import OneCDepartment, OneCPerson, month_end
from app.domain.onec_people import KnownPerson, person_name
from app.domain.outcomes import Action, Outcome, Status
from app.errors import UsageError
from app.events import WorkforceChanged
from app.i18n import _
from app.operations.context import RunContext
from app.store import onec as stored
from app.store import runs
from app.store.values import now

if TYPE_CHECKING:
    from app.connectors.onec import OneC

ONEC = (ConnectionKind.ONEC,)
TARGET = "onec:{connection}"
SYSTEM = "1C"
ALL = "all"
Actions = Mapping[str, Action]


@dataclass(frozen=True)
class Asked:
    """Whom a person means: people of 1C with the employees they are; ids that nobody knows are `unknown`."""

    people: tuple[OneCPerson, ...]
    known: dict[str, KnownPerson]
    unknown: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """1C's ids of the people."""
        return tuple(person.external_id for person in self.people)

    def external_id(self, named: str) -> str:
        """1C's id of somebody who may be named by the id of the employee they are, as outcomes name them."""
        return next((i for i, known in self.known.items() if known.employee_id and known.employee_id == named), named)

    def subject(self, external_id: str) -> tuple[str, str]:
        """Name and id of a person in outcomes: the id of the employee, of somebody not linked that of 1C."""
        known = self.known.get(external_id)
        if known is not None:
            return known.name, known.employee_id or external_id
        person = next((p for p in self.people if p.external_id == external_id), None)
        return (person_name(person) if person else external_id), external_id


def zone_of(connection: Connection) -> ZoneInfo:
    """The zone of the 1C server."""
    return ZoneInfo(connection.setting("timezone"))


def today(connection: Connection) -> date:
    """The day it is at the 1C server."""
    return now().astimezone(zone_of(connection)).date()


def is_over(moment: datetime) -> bool:
    """Whether a moment lies in the past."""
    return moment <= now()


def check_order(first: date | None, last: date | None) -> None:
    """Refuse a period that ends before it begins.

    Raises `UsageError`.
    """
    if first is not None and last is not None and last < first:
        raise UsageError(_("The period ends before it begins."), _("end_date must not be before start_date."))


def period(connection: Connection, first: date | None, last: date | None) -> tuple[date, date]:
    """The days that vacation balances are asked for; what is not given is as the connection says (§3)."""
    day = today(connection)
    if connection.setting("vacation_period_default") == "current_month":
        start, end = day.replace(day=1), month_end(day)
    else:
        start, end = day.replace(month=1, day=1), day.replace(month=12, day=31)
    start = first or min(start, last or start)
    end = last or max(end, start)
    check_order(start, end)
    return start, end


def this_month(connection: Connection, first: date | None, last: date | None) -> tuple[date, date]:
    """The period meant, the current month unless it is given."""
    day = today(connection)
    start = first or (last or day).replace(day=1)
    end = last or max(month_end(day), month_end(start))
    check_order(start, end)
    return start, end


async def onec_of(context: RunContext) -> OneC:
    """The client of the run's connection."""
    return await context.workspace.links.onec(context.own_connection)


async def whom(context: RunContext, wanted: Sequence[str]) -> Asked:
    """The people that are meant, all when none is named; 1C is asked where the store does not know somebody.

    People whom a full list lacked are meant only by name: 1C's id, their personnel number, or the id of the employee
    they are.
    """
    known = {
        k.person.external_id: k for k in await context.workspace.store.read(stored.people, context.own_connection.id)
    }
    here = {external_id: k.person for external_id, k in known.items()}
    ids = tuple(Asked((), known).external_id(i) for i in wanted) if ALL not in wanted else ()
    names = names_of(Asked(tuple(here.values()), known))
    if not here or any(named(i, names) not in here for i in ids):
        day = today(context.own_connection)
        context.progress(_("Fetching people"))
        found = await (await onec_of(context)).agents(day, day)
        context.refuse((*found.refused, *found.refused_parts))
        here = {p.external_id: p for p in found.people} | here
        names = names_of(Asked(tuple(here.values()), known))
    if not ids:
        return Asked(tuple(p for i, p in here.items() if i not in known or known[i].absent_since is None), known)
    ids = tuple(dict.fromkeys(named(i, names) for i in ids))
    return Asked(tuple(here[i] for i in ids if i in here), known, tuple(i for i in ids if i not in here))


def names_of(asked: Asked) -> dict[str, str]:
    """External ids by themselves, and by the personnel numbers that only one person has."""
    numbers: dict[str, list[str]] = {}
    for person in asked.people:
        numbers.setdefault(person.personnel_number, []).append(person.external_id)
    unique = {number: ids[0] for number, ids in numbers.items() if number and len(ids) == 1}
    return unique | {external_id: external_id for external_id in asked.ids}


def named(by: str, names: Mapping[str, str]) -> str:
    """The external id of whom a person names; GUIDs are kept in lower case, however they are written (§4.3).

    `by` itself where nobody has that name.
    """
    by = by.strip()
    return names.get(by) or names.get(by.lower()) or by


_NOBODY = CAUSES["onec.nobody"]


def nobody_knows(external_ids: Sequence[str], step: str) -> list[Outcome]:
    """Outcomes of ids that 1C does not list."""
    return [
        Outcome(
            i, i, SYSTEM, i, Status.SKIPPED, step, _(_NOBODY.cause), Action.SKIP, _(_NOBODY.remedy), code=_NOBODY.code
        )
        for i in external_ids
    ]  # fmt: skip


def unreadable_rows(count: int, step: str) -> list[Outcome]:
    """Outcomes of rows of an answer that are none, which name nobody."""
    cause = CAUSES[record_code("unreadable")]
    return [
        Outcome(
            "?", "", SYSTEM, "", Status.SKIPPED, step, _(cause.title), Action.SKIP, _(cause.remedy), code=cause.code
        )
    ] * count


async def finish(
    context: RunContext, write: Callable[[], Actions], outcomes: Callable[[Actions], list[Outcome]]
) -> None:
    """Store what a read brought and how it went, in one transaction; a run that is taken up again does it all anew.

    `write` returns what became of each person's rows; in a dry run nothing is written.
    """

    def work() -> list[Outcome]:
        told = outcomes(write())
        runs.forget_outcomes(context.run.run_id)
        runs.add_outcomes(context.run.run_id, 0, told)
        return told

    context.outcomes.clear()
    told = outcomes({}) if context.dry_run else await context.workspace.store.write(work)
    context.summary |= stored_summary(told)
    context.report(told)
    if not context.dry_run:
        context.workspace.events.publish(WorkforceChanged(context.own_connection.id))


def stored_summary(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Counts of operations that store (command-line.md)."""
    done = [o.action for o in outcomes if o.status is Status.SUCCESS]
    created, unchanged = done.count(Action.CREATE), sum(o.action is Action.UNCHANGED for o in outcomes)
    updated = len(done) - created - done.count(Action.UNCHANGED)
    failed = len(outcomes) - created - updated - unchanged
    return {"total": len(outcomes), "created": created, "updated": updated, "skipped": unchanged, "failed": failed}


def department_names(departments: Sequence[OneCDepartment]) -> dict[str, str]:
    """Names by id."""
    return {d.external_id: d.name for d in departments}
