"""Plans: what an operation would change, before anything is changed.

A plan is made of steps, one per record that the source sent. It is pure data: a dry run shows it, apply executes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from app.domain.outcomes import Action, FieldChange

R = TypeVar("R")
_WRITING = (Action.CREATE, Action.UPDATE, Action.DEACTIVATE)  # few, and to hash an enum takes longer

# Confidence from which "accept all" takes a match (vitec-hub.md §10) and a direct sync applies it (§7.4).
ACCEPT_CONFIDENCE = 0.9


@dataclass(frozen=True, slots=True)
class Step(Generic[R]):
    """One change to one record.

    `record` is the local record as it would be, `before` as it was when planned (None when new or not usable);
    `changes` are the fields of an update (a created record speaks for itself);
    `reason` is the key under which a record left out is counted, `message` the same in words.
    """

    action: Action
    subject: str
    source_id: str
    record: R | None = None
    before: R | None = None
    changes: tuple[FieldChange, ...] = ()
    reason: str = ""
    message: str = ""
    remedy: str = ""
    match_method: str = ""
    confidence: float = 1.0

    @property
    def writes(self) -> bool:
        """Whether applying this step changes anything."""
        return self.action in _WRITING

    @property
    def marks(self) -> bool:
        """Whether it leaves its record alone but for a mark that says what the conflict is."""
        return self.action is Action.CONFLICT and bool(self.changes)


@dataclass(frozen=True)
class Plan(Generic[R]):
    """The steps of one phase and what else the comparison found.

    `missing` are local records that the source no longer lists; they are reported, never changed by a sync (§9.5).
    """

    phase: str
    target: str
    steps: tuple[Step[R], ...]
    warnings: tuple[str, ...] = ()
    missing: tuple[R, ...] = ()
    returned: tuple[R, ...] = ()
    suspicious: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)

    def keep(self, wanted: Callable[[Step[R]], bool]) -> Plan[R]:
        """The same plan with the writing steps that are not `wanted` turned into skips."""
        steps = tuple(
            step
            if not step.writes or wanted(step)
            else replace(step, action=Action.SKIP, reason="not_selected", message="Not selected in the preview.")
            for step in self.steps
        )
        return replace(self, steps=steps)

    def counts(self) -> Counter[Action]:
        """How many steps of each action."""
        return Counter(step.action for step in self.steps)

    def reasons(self) -> dict[str, int]:
        """Why records were left out, counted."""
        return dict(Counter(step.reason for step in self.steps if step.reason))
