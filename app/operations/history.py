"""Taking away what of the history is older than it is kept; it asks before anything goes (connections.md §3, §8)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from app.access import Permission
from app.errors import Held, StoreError, UsageError
from app.i18n import N_, _
from app.operations.audit import verified
from app.operations.connections import time_text
from app.operations.context import RunContext
from app.operations.registry import operation
from app.store import audit, pruning
from app.store.pruning import Amount
from app.store.values import now

FEWEST_DAYS = 7


@dataclass(frozen=True)
class PruneParams:
    """Days that are kept, the settings' where none are given; without `confirm` nothing goes."""

    run_detail_days: int | None = None
    run_days: int | None = None
    audit_days: int | None = None
    confirm: bool = False


@dataclass(frozen=True)
class KeepParams:
    """Days that are kept; what is not given stays as it is."""

    run_detail_days: int | None = None
    run_days: int | None = None
    audit_days: int | None = None


@dataclass(frozen=True)
class _Limits:
    """From when on things are kept."""

    details: datetime
    runs: datetime
    audit: datetime


@operation(
    "history.prune", N_("Prune the history"), Permission.ADMIN, PruneParams, target="history", remote=False
)  # fmt: skip
async def prune_history(context: RunContext, params: PruneParams) -> None:
    """Say what is older than it is kept, and with `confirm` take it away; a dry run only says it.

    Raises `Held` without `confirm` when something would go, and for an audit trail that does not verify.
    """
    limits = _limits(context, params)
    store = context.workspace.store
    found = await store.read(_preview, limits)
    context.result |= {name: _told(amount) for name, amount in found.items()}
    total = sum(amount.rows for amount in found.values())
    context.summary |= {"total": total} | {name: amount.rows for name, amount in found.items()}
    if context.dry_run or not total:
        return
    if not params.confirm:
        raise Held(
            _("Nothing was taken away: {details} details, {runs} runs and {entries} audit entries are old.").format(
                details=found["details"].rows, runs=found["runs"].rows, entries=found["audit"].rows
            ),
            _("Look at the amounts, then run it again with confirm=true."),
        )
    await _prune_audit(context, limits.audit, found["audit"].rows)
    context.progress(_("Taking old runs away"))
    await store.write(pruning.drop_runs, limits.runs)
    await store.write(pruning.drop_details, limits.details)
    await _compact(context)


@operation("history.keep", N_("Set how long the history is kept"), Permission.ADMIN, KeepParams, remote=False)
async def keep_history(context: RunContext, params: KeepParams) -> None:
    """Change for how many days things are kept; nothing is taken away by that."""
    given = {key: days for key, days in asdict(params).items() if days is not None}
    if any(days < FEWEST_DAYS for days in given.values()):
        raise UsageError(_("At least {days} days are kept.").format(days=FEWEST_DAYS))
    if given and not context.dry_run:
        await context.workspace.change_settings(**given)


async def _prune_audit(context: RunContext, before: datetime, count: int) -> None:
    """Old entries go only from a trail that is whole: what was altered is evidence."""
    if not count:
        return
    verdict = await verified(context)
    if verdict.flaw is not None:
        raise Held(_("The audit trail does not verify, so nothing of it is taken away."), _("See: muster audit verify"))
    origin = context.workspace.audit.origin(context.run.trigger)
    await context.workspace.store.write(audit.prune, origin, before)
    await verified(context)  # the keyring remembers the trail as it is now


async def _compact(context: RunContext) -> None:
    """Give the room back to the disk, and say how much."""
    context.progress(_("Giving the room back to the disk"))
    try:
        before, after = await context.workspace.store.compact()
    except StoreError as error:  # what was to go is gone; only the file is as large as before
        context.warnings.append(error.message)
        return
    context.result["store"] = {"bytes_before": before, "bytes_after": after}


def _preview(limits: _Limits) -> dict[str, Amount]:
    return {
        "details": pruning.old_details(limits.details),
        "runs": pruning.old_runs(limits.runs),
        "audit": audit.old_entries(limits.audit),
    }


def _limits(context: RunContext, params: PruneParams) -> _Limits:
    settings = context.workspace.settings
    given = (params.run_detail_days, params.run_days, params.audit_days)
    kept = (settings.run_detail_days, settings.run_days, settings.audit_days)
    days = [kept[at] if value is None else value for at, value in enumerate(given)]
    if min(days) < FEWEST_DAYS:
        raise UsageError(_("At least {days} days are kept.").format(days=FEWEST_DAYS))
    moments = [now() - timedelta(days=count) for count in days]
    return _Limits(*moments)


def _told(amount: Amount) -> dict[str, Any]:
    return {"rows": amount.rows, "bytes": amount.size, "oldest": time_text(amount.oldest)}
