"""Which account belongs to which person: by equal personnel number, without guessing (contact-center.md §5.1).

What a person decided by hand stays. An account whose number stops matching its person is unlinked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountLink:
    """An account with its personnel number, and the employee it is linked to; `by_hand` that a person said so."""

    agent_id: str
    number: str
    employee_id: str | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Relinked:
    """What matching by number changes: accounts to link, and to whom; accounts to unlink.

    `doubtful` are accounts whose number is that of several people, or of several accounts.
    """

    linked: Mapping[str, str]
    unlinked: tuple[str, ...]
    doubtful: tuple[str, ...]


def links_by_number(accounts: Iterable[AccountLink], holders: Mapping[str, Collection[str]]) -> Relinked:
    """Match accounts with people; `holders` are the employees of each personnel number."""
    accounts = tuple(accounts)
    numbers = Counter(a.number for a in accounts if a.number)
    linked: dict[str, str] = {}
    unlinked, doubtful = [], []
    for account in accounts:
        if account.by_hand:
            continue
        found = holders.get(account.number, ()) if account.number else ()
        clear = len(found) == 1 and numbers[account.number] == 1
        if found and not clear:
            doubtful.append(account.agent_id)
        target = next(iter(found)) if clear else None
        if target is not None and target != account.employee_id:
            linked[account.agent_id] = target
        elif target is None and account.employee_id is not None:
            unlinked.append(account.agent_id)
    return Relinked(linked, tuple(unlinked), tuple(doubtful))
