"""This computer's clock against the project's, by the `Date` of its answers (supabase.md §11; pitfall 16)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from app.connectors.http import Answer
from app.connectors.supabase.tokens import LEEWAY_S
from app.errors import ClockOff
from app.i18n import ngettext


def clock_offset_s(answer: Answer) -> float | None:
    """The server's clock minus this computer's, in seconds, by the `Date` of an answer; None without a usable one."""
    try:
        moment = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).total_seconds()


def clock_words(offset_s: float | None) -> str:
    """What is wrong with this computer's clock; blank while it is within 30 seconds."""
    if offset_s is None or abs(offset_s) <= LEEWAY_S:
        return ""
    minutes = max(1, round(abs(offset_s) / 60))
    if offset_s > 0:
        text = ngettext(
            "The clock of this computer is about {count} minute slow.",
            "The clock of this computer is about {count} minutes slow.",
            minutes,
        )
    else:
        text = ngettext(
            "The clock of this computer is about {count} minute fast.",
            "The clock of this computer is about {count} minutes fast.",
            minutes,
        )
    return text.format(count=minutes)


def clock_problem(offset_s: float | None) -> ClockOff | None:
    """The error for a clock that is too far off to work with."""
    words = clock_words(offset_s)
    return ClockOff(words) if words else None
