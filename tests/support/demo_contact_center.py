"""Questions to the demo contact centre, written from contact-center.md section 5, and its answers read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
"""Tuesday, 13:00 in Moscow."""
MONDAY = ("2026-03-08T21:00:00Z", "2026-03-09T21:00:00Z")
EVERYBODY = ",".join(f"op-{number}" for number in range(17, 77))
GROUPS = "g-sales,g-support-1,g-support-2,g-vip,g-night,g-outgoing,g-chat,g-mail"
Answer = Any


def read(answer: httpx.Response) -> Answer:
    """The JSON of an answer that is a success."""
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content.decode("utf-8-sig"))


def asked(client: httpx.Client, what: str, period: tuple[str, str] = MONDAY, **more: str | int) -> Answer:
    """A historic read; nothing for 404."""
    answer = client.get(f"/historic/{what}", params={"startDate": period[0], "endDate": period[1], **more})
    return [] if answer.status_code == 404 else read(answer)


def moment(text: str) -> float:
    """Seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()
