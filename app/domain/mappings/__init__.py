"""Field mappings: how what a source sends becomes what our readers expect (connections.md §9).

A connector decodes its answer to plain rows and hands them to a `Mapper`, which applies the rules a person keeps for
that connection. Without rules rows pass as they came.
"""

from app.domain.mappings.entities import ENTITIES, Entity, SourceField, find_entity
from app.domain.mappings.mapper import AS_SENT, Harvest, Mapper, Problem
from app.domain.mappings.rules import (
    Check,
    CheckKind,
    IdRegister,
    Otherwise,
    Rule,
    Rules,
    Transform,
    TransformKind,
    check_rules,
)
from app.domain.mappings.trial import Trial, TrialChange, try_rules
from app.domain.mappings.value_tables import VALUE_TABLES, Choice, ValueTable, find_table

__all__ = [
    "AS_SENT", "ENTITIES", "VALUE_TABLES", "Check", "CheckKind", "Choice", "Entity", "Harvest", "IdRegister", "Mapper",
    "Otherwise", "Problem", "Rule", "Rules", "SourceField", "Transform", "TransformKind", "Trial", "TrialChange",
    "ValueTable", "check_rules", "find_entity", "find_table", "try_rules",
]  # fmt: skip
