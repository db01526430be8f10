"""Rows of an answer that could not be read: whose they are, why, and how many (contact-center.md §4, §5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.domain.exchange.problems import Refused, Rule
from app.i18n import _, ngettext

_MOST_CAUSES = 3


@dataclass(frozen=True, slots=True)
class Unread:
    """So many rows that could not be read for one cause: of the group or agent `of`, blank where no row says."""

    cause: str
    of: str = ""
    count: int = 1


@dataclass
class Losses:
    """Counts the rows of one answer that cannot be read; of each cause the first value stands for all."""

    _counts: Counter[tuple[str, str, Rule]] = field(default_factory=Counter)
    _causes: dict[tuple[str, str, Rule], str] = field(default_factory=dict)

    def refuse(self, refused: Refused, of: str = "") -> None:
        """One row that was refused."""
        key = (of, refused.field, refused.rule)
        self._counts[key] += 1
        self._causes.setdefault(key, _said(refused))

    def others(self, count: int, of: str = "") -> None:
        """So many that are no rows at all."""
        if count:
            key = (of, "", Rule.ROW)
            self._counts[key] += count
            self._causes.setdefault(key, _("It is no record that can be taken."))

    def told(self) -> tuple[Unread, ...]:
        """What was counted."""
        return tuple(Unread(self._causes[key], key[0], count) for key, count in self._counts.items())


def total(unread: Iterable[Unread]) -> int:
    """How many rows they are."""
    return sum(one.count for one in unread)


def causes(unread: Iterable[Unread]) -> str:
    """The causes, the most frequent first, without end."""
    counts: Counter[str] = Counter()
    for one in unread:
        counts[one.cause] += one.count
    shown = [cause for cause, _count in counts.most_common(_MOST_CAUSES)]
    return " ".join([*shown, "…"] if len(counts) > _MOST_CAUSES else shown)


def sentence(unread: Iterable[Unread]) -> str:
    """How many could not be read, and why; blank where all could."""
    unread = tuple(unread)
    count = total(unread)
    if not count:
        return ""
    text = ngettext("{count} row cannot be read: {causes}", "{count} rows cannot be read: {causes}", count)
    return text.format(count=count, causes=causes(unread))


def _said(refused: Refused) -> str:
    if refused.message:
        said = refused.message
    elif refused.rule is Rule.ORDER:
        said = _("The end is before the start.")
    else:
        said = _("It is empty or missing.")
    return f"{refused.field}: {said}" if refused.field else said
