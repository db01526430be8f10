"""This computer's clock against those of the systems it talks to, in words.

Tokens, live numbers and what is "today" go wrong where they differ (supabase.md §11; issue 5, bad days). Nobody can
tell from here which of the two is right.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.i18n import ngettext

LEEWAY_S = 30.0
"""So far apart clocks may be."""
_DAY_S = 86_400
_MOST_MINUTES_S = 2 * _DAY_S


def clock_words(system: str, offset_s: float | None) -> str:
    """What is wrong where the clock of a system is so many seconds ahead of this computer's; blank within the leeway.

    An offset that nobody knows is None.
    """
    if offset_s is None or abs(offset_s) <= LEEWAY_S:
        return ""
    size = abs(offset_s)
    if size > _MOST_MINUTES_S:
        count = round(size / _DAY_S)
        text = _days_behind(count) if offset_s > 0 else _days_ahead(count)
    else:
        count = max(1, round(size / 60))
        text = _minutes_behind(count) if offset_s > 0 else _minutes_ahead(count)
    return text.format(system=system, count=count)


def clock_warnings(offsets: Mapping[str, float]) -> list[str]:
    """One sentence for each system whose clock differs; `offsets` are seconds by its name."""
    return [words for system, offset_s in offsets.items() if (words := clock_words(system, offset_s))]


def _minutes_behind(count: int) -> str:
    return ngettext(
        "{system}: this computer's clock is about {count} minute behind its clock. Set the one that is wrong.",
        "{system}: this computer's clock is about {count} minutes behind its clock. Set the one that is wrong.",
        count,
    )


def _minutes_ahead(count: int) -> str:
    return ngettext(
        "{system}: this computer's clock is about {count} minute ahead of its clock. Set the one that is wrong.",
        "{system}: this computer's clock is about {count} minutes ahead of its clock. Set the one that is wrong.",
        count,
    )


def _days_behind(count: int) -> str:
    return ngettext(
        "{system}: this computer's clock is about {count} day behind its clock. Set the one that is wrong.",
        "{system}: this computer's clock is about {count} days behind its clock. Set the one that is wrong.",
        count,
    )


def _days_ahead(count: int) -> str:
    return ngettext(
        "{system}: this computer's clock is about {count} day ahead of its clock. Set the one that is wrong.",
        "{system}: this computer's clock is about {count} days ahead of its clock. Set the one that is wrong.",
        count,
    )
