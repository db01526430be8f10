"""One click that brings what is missing of a history: up to five reads, one after another, each a run of its own.

What is here is not asked for again, but for the last days, whose numbers still change (contact-center.md §3, §8). So a
click after a cancelled or broken fetch goes on where that ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from app.domain.exchange.shapes import DataType
from app.domain.outcomes import RunState
from app.i18n import _
from app.operations.runner import Request
from ui.desk import Desk
from ui.pages.workforce.history.measures import OPERATIONS


def requests_for(connection: str, missing: Mapping[DataType, Sequence[date]], again: Sequence[date]) -> list[Request]:
    """One request per type of data, over all days that are missing or asked for again; none where there are none."""
    requests = []
    for data_type, days in missing.items():
        wanted = [*days, *again]
        if wanted:
            params = {"start_date": min(wanted).isoformat(), "end_date": max(wanted).isoformat()}
            requests.append(Request(OPERATIONS[data_type], connection, params))
    return requests


def recent_days(first: date, last: date, today: date, tail: int) -> list[date]:
    """The days of a period that are asked for again each time: the last `tail` ones until today."""
    oldest = max(first, today - timedelta(days=tail - 1))
    newest = min(last, today)
    return [oldest + timedelta(days=n) for n in range((newest - oldest).days + 1)]


class Fetching:
    """Runs the reads; `told` hears how far it is, and at the end an empty text."""

    def __init__(self, desk: Desk, told: Callable[[str], None]) -> None:
        self._desk = desk
        self._told = told
        self.under_way = False

    async def fetch(self, requests: Sequence[Request]) -> int | None:
        """Run them in order; the rows they brought, or None where one could not go on."""
        self.under_way = True
        rows = 0
        try:
            for number, request in enumerate(requests, 1):
                self._told(_("Fetching {number} of {count} …").format(number=number, count=len(requests)))
                report = await self._desk.report_of(request)
                if report is None or report.run.state is not RunState.FINISHED:
                    return None
                rows += int(report.run.summary.get("total", 0))
        finally:
            self.under_way = False
            self._told("")
        return rows
