"""Rules as they stand in the dialog: those that are kept, and beside them what was edited and is not saved yet.

Edits of one entity stay while another one is looked at.
"""

from __future__ import annotations

from typing import Any

import msgspec

from app.domain.mappings import Rule
from app.operations.mapping_rows import EntityView


class Drafts:
    """The edits of one dialog, by entity."""

    def __init__(self) -> None:
        self._edited: dict[str, dict[str, Rule]] = {}

    def rules(self, view: EntityView) -> dict[str, Rule]:
        """The rules of an entity as they stand here, by our field."""
        return {rule.target: rule for rule in view.kept.rules} | self._edited.get(view.entity.id, {})

    def edit(self, view: EntityView, rule: Rule) -> None:
        """Note how a field is to be filled."""
        self._edited.setdefault(view.entity.id, {})[rule.target] = rule

    def forget(self, entity_id: str = "") -> None:
        """What was edited of an entity is saved, or no longer wanted; blank for all of them."""
        self._edited = {key: rules for key, rules in self._edited.items() if entity_id not in {"", key}}

    def is_dirty(self, view: EntityView) -> bool:
        """Whether something stands here that is not kept."""
        return self._changing(view) != {rule.target: rule for rule in view.kept.rules}

    def rows(self, view: EntityView) -> list[dict[str, Any]]:
        """What an operation is told: every rule that is not just taking a field as it is sent."""
        found: list[dict[str, Any]] = msgspec.to_builtins(list(self._changing(view).values()))
        return found

    def _changing(self, view: EntityView) -> dict[str, Rule]:
        return {target: rule for target, rule in self.rules(view).items() if not rule.is_identity}
