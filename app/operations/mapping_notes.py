"""What a run saw of its source's records: kept for the mapping, and told where a rule could not take one (§9)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from app.domain.mappings import Harvest
from app.domain.mappings.refusals import REFUSED, refused_warnings
from app.domain.outcomes import Outcome
from app.errors import MusterError
from app.operations.context import RunContext
from app.operations.registry import Operation
from app.store import mappings, runs

log = logging.getLogger(__name__)


async def note_mapping(context: RunContext, operation: Operation) -> None:
    """Keep samples and values that came with a run, and tell of each record that a read could not take by a rule.

    Those of a plan are told with it already. A dry run tells of them and keeps nothing.
    """
    connection = context.connection
    if connection is None or context.lost is not None:
        return
    harvest = context.workspace.links.mapper(connection.id).harvest()
    refused = list(context.refused.elements())
    if not context.dry_run and (refused or harvest.samples or harvest.values):
        try:
            await context.workspace.store.write(_keep, context, harvest, refused if operation.history else [])
        except MusterError as error:
            log.error("Run %s: what it saw could not be kept: %s", context.run.run_id, error.message)  # noqa: TRY400
    if refused:
        _count(context, len(refused))
        context.report(refused)
    context.warnings += refused_warnings(sum(outcome.step == REFUSED for outcome in context.outcomes))


def _keep(context: RunContext, harvest: Harvest, refused: Sequence[Outcome]) -> None:
    assert context.connection is not None
    mappings.keep_harvest(context.connection.id, harvest)
    if refused:
        runs.add_outcomes(context.run.run_id, len(context.outcomes), refused)


def _count(context: RunContext, refused: int) -> None:
    """Add them to a summary that counts what failed."""
    if "failed" in context.summary:
        for name in {"total", "failed"} & context.summary.keys():
            context.summary[name] += refused
