"""A desk that works with 1C: its operations run to their end, and shifts of the current month."""

from __future__ import annotations

from app.operations.runner import Report, Request
from app.store.values import now
from ui.desk import Desk

CONNECTION = "onec"


async def run(desk: Desk, operation: str, **params: object) -> Report:
    """Run an operation to its end; fails when it could not start."""
    report = await desk.report_of(Request(operation, CONNECTION, params))
    assert report is not None
    return report


def this_month(day: int, clock: str) -> str:
    """A moment of the current month."""
    return f"{now():%Y-%m}-{day:02}T{clock}"


def shift(agent_id: str, day: int, start: str = "09:00", end: str = "18:00") -> dict[str, str]:
    """A shift of the current month."""
    return {"agent_id": agent_id, "start": this_month(day, start), "end": this_month(day, end)}
