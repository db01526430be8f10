"""Values of a source that stand for something of ours: position types, codes of working time, statuses.

Where what a person said of one is kept: position types in the mapping itself, codes of working time in the
connection's setting `time_type_map` (onec-zup.md §7), statuses with the live numbers (contact-center.md §5.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.kinds import ConnectionKind
from app.domain.onec_time_types import DEFAULT_TIME_TYPES
from app.domain.vitec import ROLES
from app.errors import UsageError
from app.i18n import N_, _

POSITION_TYPES = "position_type"
TIME_TYPES = "time_type"
STATUSES = "status"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of ours that a value can stand for."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class ValueTable:
    """One set of values, its name for people, and what they can stand for."""

    id: str
    title: str
    choices: tuple[Choice, ...]

    def check(self, target: str) -> str:
        """The choice of that id; an empty one forgets.

        Raises `UsageError` when it is none of ours.
        """
        if target and target not in {choice.id for choice in self.choices}:
            raise UsageError(
                _("{value} is not one of ours.").format(value=target),
                _("Choose one of: {names}.").format(names=", ".join(choice.id for choice in self.choices)),
            )
        return target


VALUE_TABLES: Mapping[ConnectionKind, ValueTable] = {
    ConnectionKind.VITEC: ValueTable(
        POSITION_TYPES, N_("Position types"), tuple(Choice(role, role) for role in ROLES.values())
    ),
    ConnectionKind.ONEC: ValueTable(
        TIME_TYPES, N_("Codes of working time"), tuple(Choice(row.code, row.title) for row in DEFAULT_TIME_TYPES)
    ),
    ConnectionKind.CONTACT_CENTER: ValueTable(
        STATUSES,
        N_("Statuses"),
        (Choice("work", N_("Work")), Choice("break", N_("Break")), Choice("other", N_("Other"))),
    ),
}
"""By kind of connection: each has one at most."""


def find_table(kind: ConnectionKind) -> ValueTable:
    """The value table of a kind.

    Raises `UsageError` when it has none.
    """
    found = VALUE_TABLES.get(kind)
    if found is None:
        raise UsageError(_("A {kind} connection has no values to map.").format(kind=kind.value))
    return found
