"""Norm hours: the weekly norms that 1C is asked with, what its formula gives beside the answer (onec-zup.md §5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from app.domain.onec import OneCPerson, WeeklyNorm
from app.domain.onec_people import KnownPerson, with_norm
from app.domain.onec_schedules import expected_norm
from app.domain.production_calendar import working_days

USUAL_WEEK = Decimal(40)
_DAY = timedelta(days=1)


def norms_of(person: OneCPerson, known: KnownPerson | None, first: date, last: date) -> tuple[WeeklyNorm, ...]:
    """The weekly norms of a person inside a period: the one in force when it begins, and those that begin in it.

    The first begins with the period, as its history is sent from there on (§5.2). Who has none is taken to
    work the usual 40 hours.
    """
    history = with_norm(known.norms if known else (), person)
    if not history:
        return (WeeklyNorm(USUAL_WEEK),)
    before = [norm for norm in history if norm.change_date is None or norm.change_date <= first]
    inside = [norm for norm in history if norm.change_date is not None and first < norm.change_date <= last]
    if not before and inside:
        return tuple(inside)
    in_force = before[-1] if before else history[0]
    return (replace(in_force, change_date=first), *inside)


def expected_hours(norms: Sequence[WeeklyNorm], first: date, last: date) -> Decimal | None:
    """What the formula gives for a period with these norms; None where the production calendar is not known."""
    total = Decimal(0)
    for at, norm in enumerate(norms):
        begin = first if at == 0 else max(first, norm.change_date or first)
        following = norms[at + 1].change_date if at + 1 < len(norms) else None
        end = min(last, following - _DAY) if following else last
        if end < begin:
            continue
        found = working_days(begin, end)
        if found is None:
            return None
        total += expected_norm(norm.hours, found.days, found.shortened)
    return total
