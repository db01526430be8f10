"""What a run saw of its source's records: kept for the mapping, and told where a rule could not take one (§9)."""

from __future__ import annotations

import logging

from app.domain.causes import record_code
from app.domain.mappings import Harvest, Problem, find_entity
from app.domain.mappings.trial import record_name
from app.domain.outcomes import Action, Outcome, Status
from app.errors import MusterError
from app.i18n import _, ngettext
from app.operations.context import RunContext
from app.operations.registry import Operation
from app.store import mappings, runs

log = logging.getLogger(__name__)


async def note_mapping(context: RunContext, operation: Operation) -> None:
    """Keep samples and values that came with a run, and add an outcome for each record that a rule refused.

    A dry run tells of them and keeps nothing.
    """
    connection = context.connection
    if connection is None or context.lost is not None:
        return
    harvest = context.workspace.links.mapper(connection.id).harvest()
    if not (harvest.samples or harvest.values or harvest.problems):
        return
    outcomes = [_outcome(context, problem) for problem in harvest.problems]
    if warning := _warning(harvest.refused.total()):
        context.warnings.append(warning)
    if not context.dry_run:
        try:
            await context.workspace.store.write(_keep, context, harvest, outcomes if operation.history else [])
        except MusterError as error:
            log.error("Run %s: what it saw could not be kept: %s", context.run.run_id, error.message)  # noqa: TRY400
            return
    context.report(outcomes)


def _keep(context: RunContext, harvest: Harvest, outcomes: list[Outcome]) -> None:
    assert context.connection is not None
    mappings.keep_harvest(context.connection.id, harvest)
    if outcomes:
        runs.add_outcomes(context.run.run_id, len(context.outcomes), outcomes)


def _outcome(context: RunContext, problem: Problem) -> Outcome:
    assert context.connection is not None
    entity = find_entity(context.connection.kind, problem.entity)
    field = entity.field(problem.target)
    name = record_name(entity, problem.record)
    message = _("{field}: {cause}").format(field=_(field.title) if field else problem.target, cause=problem.message)
    remedy = _("Correct it at the source, or change the mapping of this connection.")
    return Outcome(
        name, name, problem.entity, "mapping", Status.FATAL, "mapping", message, Action.SKIP, remedy,
        code=record_code("mapping"),
    )  # fmt: skip


def _warning(count: int) -> str:
    if not count:
        return ""
    text = ngettext(
        "{count} record was left out because the mapping cannot take it.",
        "{count} records were left out because the mapping cannot take them.",
        count,
    )
    return text.format(count=count)
