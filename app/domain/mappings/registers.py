"""Registers of ids: what `lookup` finds our own id in, by the id that another system gave (connections.md §9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.mappings.rules import Rules, TransformKind

Registers = Mapping[str, Mapping[str, str]]
"""Our id by theirs, of each register; an id that two of ours bear is in none."""

NO_REGISTERS: Registers = {}


def registers_of(rules: Iterable[Rules]) -> frozenset[str]:
    """The registers that these rules look into."""
    steps = (step for own in rules for rule in own if rule.active for step in rule.transforms)
    return frozenset(step.text for step in steps if step.kind is TransformKind.LOOKUP)
