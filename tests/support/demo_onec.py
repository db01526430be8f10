"""Questions to the demo 1C, written from onec-zup.md section 5, and its answers read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from app.demo.onec.wire import Ways

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
ORLOVA = "5b7d4a3e-7f10-4b5c-9d21-3c8e1f00a101"
HOUR = 3_600_000
PLAIN = Ways(bom=False, content_type="application/json", mixed_spelling=False, four_groups=False)


def read(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content.decode("utf-8-sig"))


def schedule(*shifts: tuple[str, int, int], first: str = "2026-03-01", last: str = "2026-03-31") -> dict[str, Any]:
    sent = [{"date_start": f"{at}+03:00", "daily_hours": day, "night_hours": night} for at, day, night in shifts]
    return {
        "agentId": ORLOVA,
        "period1": f"{first}T00:00:00+03:00",
        "period2": f"{last}T00:00:00+03:00",
        "shift": sent,
    }


def fact(start: str, minutes: int) -> dict[str, Any]:
    """The person was in the system from `start` on, in slices of 15 minutes."""
    begun = datetime.fromisoformat(f"{start}+03:00")
    slices = [
        {"start": (begun + timedelta(minutes=at)).isoformat(), "time": min(15, minutes - at) * 60_000}
        for at in range(0, minutes, 15)
    ]
    return {
        "agentId": ORLOVA,
        "initiator_name": "Петров П.П.",
        "date_start": begun.isoformat(),
        "loginfo": slices,
    }


def sheet(service: httpx.Client, first: str, last: str) -> Any:
    question = {
        "date_start": f"{first}T00:00:00",
        "date_end": f"{last}T00:00:00",
        "AR_agents": [{"agentId": ORLOVA.upper()}],
    }
    (found,) = read(service.post("/getTimetypeInfo", json=question))
    return found


def norm(service: httpx.Client, mode: str, *norms: dict[str, Any], year: int = 2026) -> Any:
    question = {
        "startDate": f"{year}-01-01",
        "endDate": f"{year}-12-31",
        "calculationMode": mode,
        "AR_agents": [{"agentId": ORLOVA, "AR_norms": list(norms) or [{"normWeek": 40}]}],
    }
    return read(service.post("/getNormHours", json=question))
