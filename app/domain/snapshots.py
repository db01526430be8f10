"""One whole list as a source sent it, read and counted; plans are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from app.domain.mappings.mapper import Problem

R = TypeVar("R")


@dataclass(frozen=True)
class Snapshot(Generic[R]):
    """One whole list as the source sent it.

    `unreadable` counts elements that were no records; `refused` are those that the mapping could not take, each told as
    an outcome of its own; `unknown_fields` are names we do not know yet (vitec-hub.md
    §7.1); `unmapped_roles` counts position types without a role (§8.4); `warnings` are sentences for the run;
    `complete` is False when records are known to be missing, so that absence from it proves nothing.
    """

    records: tuple[R, ...]
    unreadable: int = 0
    refused: tuple[Problem, ...] = ()
    unknown_fields: tuple[str, ...] = ()
    unmapped_roles: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    complete: bool = True
