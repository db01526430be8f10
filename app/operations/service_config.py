"""Changing the settings of one integration as parameters of their own names, with what they were (connections.md §12).

The same for every kind that has a `config` operation: the parameters are the settings that its kind declares.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, make_dataclass
from typing import Any

from app.domain.connections import refuse_secrets
from app.domain.kinds import KINDS, ConnectionKind
from app.domain.outcomes import Action, FieldChange, Outcome, Status
from app.errors import UsageError
from app.i18n import _
from app.operations.connections import Scalar, UpdateParams, update_connection
from app.operations.context import RunContext
from app.store import runs


@dataclass(frozen=True)
class ConfigParams:
    """What every such operation has beside the settings: `undo` brings those of before the last change back."""

    undo: bool = False

    def __post_init__(self) -> None:
        refuse_secrets(self.given)

    @property
    def given(self) -> dict[str, Scalar]:
        """The settings that are to change; an empty one goes back to its default."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "undo" and self._is_given(f.name)}

    def _is_given(self, name: str) -> bool:
        return getattr(self, name) is not None


def config_params(kind: ConnectionKind, name: str) -> type[ConfigParams]:
    """The parameters of a kind's `config` operation: one per setting, none of them required."""
    settings: list[Any] = [(spec.key, Scalar | None, field(default=None)) for spec in KINDS[kind].settings]
    made: type[ConfigParams] = make_dataclass(name, settings, bases=(ConfigParams,), frozen=True)
    made.__doc__ = ConfigParams.__doc__
    return made


async def change_config(context: RunContext, params: ConfigParams) -> None:
    """Check and store changed settings; the run keeps what they were, and shows both.

    Raises `UsageError` for an impossible value, and for `undo` when nothing was changed before.
    """
    old = context.own_connection
    given = dict(params.given)
    if params.undo:
        given = await _before(context) | given
    before = dict(old.settings)
    await update_connection(context, UpdateParams(settings=given))
    after = _after(context, before, given)
    changes = tuple(
        FieldChange(key, before.get(key), after.get(key)) for key in given if before.get(key) != after.get(key)
    )
    context.result["changes"] = [{"key": c.field, "before": c.before, "after": c.after} for c in changes]
    outcome = Outcome(
        old.name,
        old.id,
        "settings",
        old.id,
        Status.SUCCESS if changes else Status.SKIPPED,
        "config_update",
        _("Changed") if changes else _("No changes"),
        Action.UPDATE if changes else Action.UNCHANGED,
        changes=changes,
    )
    context.summary |= {
        "total": 1,
        "created": 0,
        "updated": int(bool(changes)),
        "skipped": int(not changes),
        "failed": 0,
    }
    if not context.dry_run:
        await context.workspace.store.write(runs.add_outcomes, context.run.run_id, 0, [outcome])
    context.report([outcome])


def _after(context: RunContext, before: dict[str, Any], given: dict[str, Scalar]) -> dict[str, Any]:
    from app.domain.connections import checked_settings

    known = {spec.key for spec in context.own_connection.spec.settings}
    whole = {**{k: str(v) for k, v in before.items() if k in known}, **given}
    return checked_settings(context.own_connection.kind, whole)


async def _before(context: RunContext) -> dict[str, Scalar]:
    """The values that the last change of this connection replaced; what was a default then is one again."""
    entries = await context.workspace.store.read(runs.history, context.own_connection.id)
    for entry in entries:
        if entry.run.operation == context.run.operation and entry.outcome.changes:
            return {c.field: "" if c.before is None else c.before for c in entry.outcome.changes}
    raise UsageError(_("No setting was changed before, so there is nothing to bring back."))
