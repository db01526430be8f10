"""Everything that happened to one person, device or customer, in all systems, newest first (screens.md, Details).

A person is known by several ids - Muster's own, 1C's, the contact centre's - and outcomes name any of them; a foreign
id counts in the operations of its system only, as another system may use the same. What a run left as it was is not
listed. Moments of outcomes are those of their runs: a run is one thing that happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from peewee import fn

from app.domain.outcomes import Status
from app.store.audit_entries import entries as audit_entries
from app.store.audit_rows import AuditRow
from app.store.contact_center_rows import AgentRow
from app.store.database import fetch
from app.store.models import CustomerRow, DeviceRow, EmployeeRow, OutcomeRow, PullRow, RunRow
from app.store.onec_rows import OneCPersonRow
from app.store.values import from_time, to_time

_DEVICE_RUNS = 60
"""So many pushes are looked through at a time for what they did at one device."""


class Subject(StrEnum):
    """Whose time line."""

    PERSON = "person"
    DEVICE = "device"
    CUSTOMER = "customer"


class Happened(StrEnum):
    """What an entry is about."""

    RUN = "run"  # what a run did to the record
    VISITS = "visits"  # what a run did at a device, for how many people
    AUDIT = "audit"  # a changed setting, a look at a secret
    PULL = "pull"  # a backup was pulled
    ADDED = "added"  # Muster met it for the first time
    MISSING = "missing"  # its source lists it no more


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened.

    `operation` is what was done, `where` the system, device or connection it was done at; `status` how it went (of an
    outcome, a pull or an audit entry), `counts` outcomes by status for `VISITS`, `fields` names what changed.
    """

    at: datetime
    kind: Happened
    operation: str = ""
    where: str = ""
    status: str = ""
    message: str = ""
    actor: str = ""
    run_id: str = ""
    fields: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Entries, newest first, and from where `timeline` goes on with older ones; None when these were all."""

    entries: list[TimelineEntry]
    older: datetime | None


def timeline(subject: Subject, record_id: str, *, before: datetime | None = None, limit: int = 100) -> TimelinePage:
    """About `limit` entries of a record, those before a moment. What happened in one run is never torn apart."""
    parts = [_of_runs(_names(subject, record_id), before, limit), _of_audit(subject, record_id, before, limit)]
    if subject is Subject.DEVICE:
        parts.append(_visits(record_id, before, limit))
    reached = [part.reached for part in parts if part.reached is not None]
    found = [*_of_record(subject, record_id, before), *(entry for part in parts for entry in part.entries)]
    found.sort(key=lambda entry: entry.at, reverse=True)
    if not reached:
        return TimelinePage(found, None)
    horizon = max(reached)
    whole = [entry for entry in found if entry.at > horizon]
    if whole:
        return TimelinePage(whole, horizon + timedelta(microseconds=1))
    return TimelinePage([entry for entry in found if entry.at >= horizon], horizon)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one source knows, whole down to a moment; None where that is everything."""

    entries: list[TimelineEntry]
    reached: datetime | None


def known(subject: Subject, record_id: str) -> bool:
    """Whether there is such a record."""
    return _row(subject, record_id) is not None


def _row(subject: Subject, record_id: str) -> Any:
    table: Any = {Subject.PERSON: EmployeeRow, Subject.DEVICE: DeviceRow, Subject.CUSTOMER: CustomerRow}[subject]
    return table.get_or_none(table.id == record_id)


def _names(subject: Subject, record_id: str) -> dict[str, list[str]]:
    """The ids of a record, by what the operations begin with that know it under them."""
    if subject is Subject.CUSTOMER:
        return {"customers.": [record_id]}
    names = {"": [record_id]}
    if subject is Subject.PERSON:
        people = OneCPersonRow.select(OneCPersonRow.external_id).where(OneCPersonRow.employee_id == record_id)
        agents = AgentRow.select(AgentRow.agent_id).where(AgentRow.employee_id == record_id)
        names["onec."] = [key for (key,) in fetch(people)]
        names["cc."] = [key for (key,) in fetch(agents)]
    return {prefix: ids for prefix, ids in names.items() if ids}


def _of_runs(names: dict[str, list[str]], before: datetime | None, limit: int) -> _Part:
    o, r = OutcomeRow, RunRow
    columns = (r.started_at, r.operation, r.connection, r.actor, r.run_id, o.target, o.status, o.message, o.changes)
    joined = o.select(*columns).join(r, on=(o.run_id == r.run_id))
    about = reduce(or_, (o.subject_id.in_(ids) & r.operation.startswith(prefix) for prefix, ids in names.items()))
    query = joined.where(about, *_older(r, before)).order_by(r.started_at.desc()).limit(limit)
    entries = [
        TimelineEntry(
            _moment(at), Happened.RUN, operation, connection if target in _TABLES else target, status,
            message, actor, run_id, _field_names(changes),
        )
        for at, operation, connection, actor, run_id, target, status, message, changes in fetch(query)
    ]  # fmt: skip
    return _Part(entries, entries[-1].at if len(entries) == limit else None)


_TABLES = frozenset({"offices", "employees", "devices", "customers", "people"})
"""Targets that are our own tables: there the connection says more."""


def _visits(device_id: str, before: datetime | None, limit: int) -> _Part:
    """What pushes did at a device, one entry a run."""
    o, r = OutcomeRow, RunRow
    pushes = r.select(r.run_id, r.started_at, r.operation, r.actor).where(
        r.operation.startswith("terminals."), *_older(r, before)
    )
    entries, most = [], min(limit, _DEVICE_RUNS)
    looked = fetch(pushes.order_by(r.started_at.desc()).limit(most))
    for run_id, at, operation, actor in looked:
        of_device = (o.run_id == run_id) & (o.target_id == device_id)
        counts = fetch(o.select(o.status, fn.COUNT(o.seq), fn.MAX(o.target)).where(of_device).group_by(o.status))
        if counts:
            worst = max((Status(status) for status, *_rest in counts), key=_SEVERITY.index)
            told = tuple(sorted((status, count) for status, count, _target in counts))
            entries.append(
                TimelineEntry(
                    _moment(at), Happened.VISITS, operation, counts[0][2], worst, actor=actor, run_id=run_id,
                    counts=told,
                )
            )  # fmt: skip
    return _Part(entries, _moment(looked[-1][1]) if len(looked) == most else None)


_SEVERITY = (Status.SKIPPED, Status.SUCCESS, Status.NOT_ATTEMPTED, Status.UNKNOWN, Status.PARTIAL, Status.FATAL)


def _of_audit(subject: Subject, record_id: str, before: datetime | None, limit: int) -> _Part:
    """Changed settings and looks at secrets; runs themselves are there as what they did."""
    a = AuditRow
    prefix = "customers." if subject is Subject.CUSTOMER else ""
    query = a.select().where(a.object_id == record_id, ~a.kind.startswith("run."), a.operation.startswith(prefix))
    if before is not None:
        query = query.where(a.at < to_time(before))
    entries = [
        TimelineEntry(
            entry.at, Happened.AUDIT, entry.operation, entry.host, entry.kind, entry.result, entry.actor,
            entry.run_id, tuple(dict.fromkeys([*entry.before, *entry.after])),
        )
        for entry in audit_entries(query.order_by(a.seq.desc()).limit(limit))
    ]  # fmt: skip
    return _Part(entries, entries[-1].at if len(entries) == limit else None)


def _of_record(subject: Subject, record_id: str, before: datetime | None) -> Iterator[TimelineEntry]:
    """What the record itself and what belongs to it remember."""
    row = _row(subject, record_id)
    if row is None:
        return
    moments = [(row.created_at, Happened.ADDED, ""), (row.missing_since, Happened.MISSING, "")]
    if subject is Subject.PERSON:
        moments.append((row.supabase_missing_since, Happened.MISSING, "supabase"))
    for at, kind, where in moments:
        if at and (before is None or _moment(at) < before):
            yield TimelineEntry(_moment(at), kind, where=where)
    if subject is Subject.CUSTOMER:
        for pull in PullRow.select().where(PullRow.customer == row.key):
            if before is None or _moment(pull.pulled_at) < before:
                yield TimelineEntry(_moment(pull.pulled_at), Happened.PULL, status=pull.result, actor=pull.user)


def _older(runs: type[RunRow], before: datetime | None) -> list[Any]:
    return [] if before is None else [runs.started_at < to_time(before)]


def _field_names(changes: str) -> tuple[str, ...]:
    return () if changes == "[]" else tuple(change["field"] for change in msgspec.json.decode(changes))


def _moment(text: str) -> datetime:
    moment = from_time(text)
    assert moment is not None
    return moment
