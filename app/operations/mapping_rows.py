"""Field mappings as rows: for the command line, the window and the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import msgspec

from app.domain.mappings import Entity, Rule, Rules, Trial
from app.domain.mappings.entities import VERSION
from app.domain.mappings.mapper import look_up
from app.domain.mappings.transforms import is_blank
from app.domain.mappings.trial import record_name
from app.i18n import _
from app.operations.connections import time_text
from app.store import mappings as stored
from app.store.mappings import KeptRules, Samples

_SHOWN_SAMPLES = 3
_MOST_CHANGES = 500


@dataclass(frozen=True)
class EntityView:
    """One entity as a screen shows it: its rules and the rows that came last."""

    entity: Entity
    kept: KeptRules
    samples: Samples


def views_of(connection_id: str, entities: tuple[Entity, ...]) -> list[EntityView]:
    """Every entity of a connection, inside a read of the store."""
    kept = stored.rules(connection_id)
    nothing = KeptRules((), None, "")
    return [EntityView(one, kept.get(one.id, nothing), stored.samples(connection_id, one.id)) for one in entities]


def plain_rules(rules: Rules) -> Any:
    """Rules as JSON has them."""
    return msgspec.to_builtins(rules)


def entity_row(view: EntityView) -> dict[str, Any]:
    """An entity as the command line names it."""
    rules = {rule.target: rule for rule in view.kept.rules}
    return {
        "id": view.entity.id,
        "title": _(view.entity.title),
        "version": VERSION,
        "records": len(view.samples.rows),
        "taken_at": time_text(view.samples.taken_at),
        "changed": bool(rules),
        "changed_at": time_text(view.kept.changed_at),
        "changed_by": view.kept.changed_by,
        "required": [list(group) for group in view.entity.required],
        "rows": [
            {
                "title": _(field.title),
                **plain_rules((rules.get(field.key) or Rule(field.key, (field.key,)),))[0],
                "changed": field.key in rules,
                "samples": sample_values(view.samples.rows, rules.get(field.key) or Rule(field.key, (field.key,))),
            }
            for field in view.entity.fields
        ],
    }  # fmt: skip


def sample_values(rows: Sequence[Mapping[str, Any]], rule: Rule) -> list[Any]:
    """The first values, as they come, of what a rule reads."""
    found = (value for row in rows if not is_blank(value := look_up(row, rule.sources[0] if rule.sources else "")))
    return list(islice(found, _SHOWN_SAMPLES))


def trial_row(entity: Entity, trial: Trial) -> dict[str, Any]:
    """What a trial found, as the command line names it; of many changes the first."""
    return {
        "entity": entity.id,
        "records": trial.records,
        "changed": trial.changed,
        "refused": trial.refused,
        "allowed": bool(trial.records) and trial.objection(entity) is None,
        "blanked": list(trial.blanked),
        "changes": [asdict(change) for change in trial.changes[:_MOST_CHANGES]],
        "problems": [
            {"record": record_name(entity, p.record), "field": p.target, "message": p.message} for p in trial.problems
        ],
    }
