"""Who is who: finds the local record that a source record means, without guessing.

The rules are those of vitec-hub.md §7.4 (offices) and §8.5 (employees). A match is refused as a conflict rather
than taken when more than one local record fits or when the fitting one belongs to another source record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Generic, TypeVar

from app.domain.directory import Employee, Office
from app.domain.vitec import VitecEmployee, VitecOffice
from app.i18n import N_

R = TypeVar("R")
L = TypeVar("L", Office, Employee)
FUZZY_RATIO = 0.85


@dataclass(frozen=True, slots=True)
class Match(Generic[R]):
    """The local record found, how, and how sure; `conflict` says in words why none was taken."""

    record: R | None = None
    method: str = ""
    confidence: float = 1.0
    conflict: str = ""


_NEW_OFFICE: Match[Office] = Match()
_NEW_EMPLOYEE: Match[Employee] = Match()
SEVERAL = N_("Several local records fit. Merge or correct them, then sync again.")
TAKEN = N_("The local record that fits belongs to another Vitec record.")
SHARED = N_("Several Vitec records fit the same local record.")


def _group(records: Iterable[R], key: Callable[[R], str | tuple[str | None, ...] | None]) -> dict[Any, list[R]]:
    groups: dict[Any, list[R]] = defaultdict(list)
    for record in records:
        if value := key(record):
            groups[value].append(record)
    return groups


def _folded(text: str | None) -> str:
    return text.strip().casefold() if text else ""


def _own_last(records: Iterable[L]) -> list[L]:
    """A record left behind by a removed connection must not stand before the connection's own of the same id."""
    return sorted(records, key=lambda r: r.connection is not None)


def match_offices(sources: tuple[VitecOffice, ...], stored: Iterable[Office], *, fuzzy: bool) -> list[Match[Office]]:
    """One match per source office, in order. `fuzzy` adds similar names, for a preview only."""
    stored = _own_last(stored)
    by_id: dict[int | None, Office] = {o.vitec_department_id: o for o in stored if o.vitec_department_id is not None}
    free = [o for o in stored if o.vitec_department_id is None]
    by_number = _group(free, lambda o: o.organization_number)
    by_name = _group(free, lambda o: _folded(o.name))
    numbers = _group(sources, lambda s: s.organization_number)

    def match(source: VitecOffice) -> Match[Office]:
        if found := by_id.get(source.vitec_department_id):
            return Match(found, "vitec_department_id")
        # One legal entity may have several branches: a number that several departments share proves nothing.
        number = source.organization_number
        if len(by_number.get(number, ())) == 1 and len(numbers[number]) == 1:
            return Match(by_number[number][0], "organization_number")
        named = by_name.get(_folded(source.name), [])
        if len(named) > 1:
            return Match(conflict=SEVERAL)
        return Match(named[0], "name_exact", 0.9) if named else _NEW_OFFICE

    matches = _one_claim_each([match(source) for source in sources])
    if fuzzy:  # only what nobody claims for a better reason
        claimed = {m.record.id for m in matches if m.record is not None}
        left = [o for o in free if o.id not in claimed]
        matches = [_most_similar(s, left) if m is _NEW_OFFICE else m for s, m in zip(sources, matches, strict=True)]
    return _one_claim_each(matches)


def _most_similar(source: VitecOffice, free: list[Office]) -> Match[Office]:
    if not free:
        return _NEW_OFFICE
    name = _folded(source.name)
    ratio, best = max(
        ((SequenceMatcher(None, name, _folded(o.name)).ratio(), o) for o in free), key=lambda pair: pair[0]
    )
    return Match(best, "name_fuzzy", 0.7) if ratio >= FUZZY_RATIO else _NEW_OFFICE


def match_employees(
    sources: tuple[VitecEmployee, ...], office_ids: list[str | None], stored: Iterable[Employee]
) -> list[Match[Employee]]:
    """One match per source employee, in order; `office_ids` are the sources' local offices."""
    stored = _own_last(stored)
    if not stored:  # the first sync of all
        return [_NEW_EMPLOYEE] * len(sources)
    by_id: dict[str | None, Employee] = {e.vitec_employee_id: e for e in stored if e.vitec_employee_id}
    if len(by_id) == len(stored) and all(s.vitec_employee_id in by_id for s in sources):
        return [Match(by_id[s.vitec_employee_id], "vitec_employee_id") for s in sources]  # every later sync
    by_email = _group(stored, lambda e: _folded(e.email))
    by_name = _group(
        (e for e in stored if e.first_name and e.last_name and e.office_id),
        lambda e: (_folded(e.first_name), _folded(e.last_name), e.office_id),
    )

    def match(source: VitecEmployee, office_id: str | None) -> Match[Employee]:
        if found := by_id.get(source.vitec_employee_id):
            return Match(found, "vitec_employee_id")
        if mailed := by_email.get(_folded(source.email)):
            return _only(mailed, "email", 0.95)
        named = by_name.get((_folded(source.first_name), _folded(source.last_name), office_id))
        return _only(named, "name_office", 0.8) if named and source.last_name else _NEW_EMPLOYEE

    return _one_claim_each([match(s, office) for s, office in zip(sources, office_ids, strict=True)])


def _only(candidates: list[Employee], method: str, confidence: float) -> Match[Employee]:
    if len(candidates) > 1:
        return Match(conflict=SEVERAL)
    if candidates[0].vitec_employee_id:
        return Match(conflict=TAKEN)
    return Match(candidates[0], method, confidence)


def _one_claim_each(matches: list[Match[R]]) -> list[Match[R]]:
    claims: dict[int, int] = defaultdict(int)
    for match in matches:
        if match.record is not None:
            claims[id(match.record)] += 1
    return [
        replace(m, record=None, conflict=SHARED) if m.record is not None and claims[id(m.record)] > 1 else m
        for m in matches
    ]
