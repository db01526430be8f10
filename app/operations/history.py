"""Taking away what of the history is older than it is kept; it asks before anything goes (connections.md §3, §8;
webhooks.md §2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from app.access import Permission
from app.errors import Held, StoreError, UsageError
from app.i18n import N_, _, ngettext
from app.operations.audit import verified
from app.operations.connections import time_text
from app.operations.context import RunContext
from app.operations.registry import operation
from app.operations.settings import DAYS as WEBHOOK_DAYS
from app.operations.settings import FEWEST_DAYS as FEWEST_WEBHOOK_DAYS
from app.store import audit, pruning, webhook_pruning
from app.store.pruning import Amount
from app.store.values import now

FEWEST_DAYS = 7


@dataclass(frozen=True)
class PruneParams:
    """Days that are kept, the settings' where none are given; without `confirm` nothing goes."""

    run_detail_days: int | None = None
    run_days: int | None = None
    audit_days: int | None = None
    webhook_attempt_days: int | None = None
    webhook_delivery_days: int | None = None
    confirm: bool = False


@dataclass(frozen=True)
class KeepParams:
    """Days that are kept; what is not given stays as it is."""

    run_detail_days: int | None = None
    run_days: int | None = None
    audit_days: int | None = None
    webhook_attempt_days: int | None = None
    webhook_delivery_days: int | None = None


DAYS = tuple(f.name for f in fields(KeepParams))


@dataclass(frozen=True)
class _Limits:
    """From when on things are kept, in the order of `DAYS`."""

    details: datetime
    runs: datetime
    audit: datetime
    webhook_tries: datetime
    webhook_deliveries: datetime


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
            _(
                "Nothing was taken away: {details} details, {runs} runs, {audit} audit entries, {webhook_tries} tries "
                "and {webhook_deliveries} deliveries of webhooks are old."
            ).format(**{name: amount.rows for name, amount in found.items()}),
            _("Look at the amounts, then run it again with confirm=true."),
        )
    await _prune_audit(context, limits.audit, found["audit"].rows)
    context.progress(_("Taking old runs away"))
    await store.write(pruning.drop_runs, limits.runs)
    await store.write(pruning.drop_details, limits.details)
    await store.write(webhook_pruning.drop_tries, limits.webhook_tries)
    await store.write(webhook_pruning.drop_deliveries, limits.webhook_deliveries)
    await _compact(context)


@operation("history.keep", N_("Set how long the history is kept"), Permission.ADMIN, KeepParams, remote=False)
async def keep_history(context: RunContext, params: KeepParams) -> None:
    """Change for how many days things are kept; nothing is taken away by that."""
    given = {key: days for key, days in asdict(params).items() if days is not None}
    _check(given)
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
        "webhook_tries": webhook_pruning.old_tries(limits.webhook_tries),
        "webhook_deliveries": webhook_pruning.old_deliveries(limits.webhook_deliveries),
    }


def _limits(context: RunContext, params: PruneParams) -> _Limits:
    kept = {name: getattr(context.workspace.settings, name) for name in DAYS}
    given = {name: days for name in DAYS if (days := getattr(params, name)) is not None}
    wanted = kept | given
    _check(wanted)
    return _Limits(*(now() - timedelta(days=days) for days in wanted.values()))


def fewest_days(name: str) -> int:
    """How many days of that are always kept; what was told to webhooks may go after one."""
    return FEWEST_WEBHOOK_DAYS if name in WEBHOOK_DAYS else FEWEST_DAYS


def _check(given: Mapping[str, int]) -> None:
    for name, days in given.items():
        if days < fewest_days(name):
            text = ngettext("At least {count} day is kept.", "At least {count} days are kept.", fewest_days(name))
            raise UsageError(text.format(count=fewest_days(name)))


def _told(amount: Amount) -> dict[str, Any]:
    return {"rows": amount.rows, "bytes": amount.size, "oldest": time_text(amount.oldest)}
