"""A record that the mapping could not take, in words: a step of a plan, or the outcome of a read (§9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.domain.causes import CAUSES, record_code
from app.domain.kinds import ConnectionKind
from app.domain.mappings.entities import find_entity
from app.domain.mappings.mapper import Problem
from app.domain.mappings.trial import NAMELESS, record_name
from app.domain.outcomes import Action, Outcome, Status
from app.domain.plans import Step
from app.i18n import _, ngettext

REFUSED = "mapping"
"""The reason of such steps and the step of such outcomes."""


def refused_step(kind: ConnectionKind, problem: Problem) -> Step[Any]:
    """What a plan holds in place of the record: nothing is done with it."""
    entity = find_entity(kind, problem.entity)
    field = entity.field(problem.target)
    name = record_name(entity, problem.record)
    message = _("{field}: {cause}").format(field=_(field.title) if field else problem.target, cause=problem.message)
    remedy = _(CAUSES[record_code(REFUSED)].remedy)
    source_id = "" if name == NAMELESS else name
    return Step(Action.SKIP, name, source_id, reason=REFUSED, message=message, remedy=remedy)


def refused_outcome(step: Step[Any], target: str) -> Outcome:
    """The one outcome of a refused record; `target` is what it would have become a part of."""
    return Outcome(
        step.subject, step.source_id, target, REFUSED, Status.FATAL, REFUSED, step.message, step.action, step.remedy,
        code=record_code(REFUSED),
    )  # fmt: skip


def refused_outcomes(kind: ConnectionKind, problems: Iterable[Problem]) -> tuple[Outcome, ...]:
    """The outcomes of records that a read without a plan could not take."""
    return tuple(refused_outcome(refused_step(kind, problem), problem.entity) for problem in problems)


def refused_warnings(count: int) -> list[str]:
    """What is said of so many; nothing of none."""
    if not count:
        return []
    text = ngettext(
        "{count} record was left out because the mapping cannot take it.",
        "{count} records were left out because the mapping cannot take them.",
        count,
    )
    return [text.format(count=count)]
