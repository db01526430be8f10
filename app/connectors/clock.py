"""How far the clock of a server is ahead of this computer's, by the `Date` of its answers (supabase.md §11)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx


def clock_offset_s(headers: httpx.Headers, asked: datetime, answered: datetime) -> float | None:
    """Seconds that the `Date` of an answer lies after `answered`, or negative before `asked`; 0 between the two.

    Servers put in when the request came as well as when the answer began. None without a usable date, and where a
    cache kept the answer: the date is then an old one.
    """
    if headers.get("age", "0").strip() != "0":
        return None
    try:
        moment = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, OverflowError):  # the latter for numbers that no date has
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (moment - min(max(moment, asked), answered)).total_seconds()
