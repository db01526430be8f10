"""When a schedule runs, in words."""

from __future__ import annotations

import pytest

from app.domain.schedule_texts import when_text
from app.domain.timing import Timing


@pytest.mark.parametrize(
    ("timing", "words"),
    [
        (Timing(), "Every 15 minutes"),
        (Timing(every_s=60), "Every minute"),
        (Timing(every_s=90), "Every 90 seconds"),
        (Timing(every_s=7200, quiet="22:00-06:00"), "Every 2 hours, not 22:00-06:00"),
        (Timing(cron="0 3 * * *", zone="Europe/Moscow"), "Daily at 03:00 (Europe/Moscow)"),
        (Timing(cron="30 18 * * 1-5"), "Mondays to Fridays at 18:30"),
        (Timing(cron="5 4 * * 0"), "Sundays at 04:05"),
        (Timing(cron="5 4 * * 7"), "Sundays at 04:05"),
        (Timing(cron="5 4 * * 3"), "Wednesdays at 04:05"),
        (Timing(cron="0 0 1 * *"), "Monthly on day 1 at 00:00"),
        (Timing(cron="0 0 1 * 5"), "By the expression 0 0 1 * 5"),
        (Timing(cron="*/5 * * * *"), "By the expression */5 * * * *"),
        (Timing(cron="0 3 * * 2-5"), "By the expression 0 3 * * 2-5"),
    ],
)
def test_it_says_when(timing: Timing, words: str) -> None:
    assert when_text(timing, 900) == words
