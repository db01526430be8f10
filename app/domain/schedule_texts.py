"""When a schedule runs, in words for a person; a cron expression of a usual kind as a time of day."""

from __future__ import annotations

import re

from app.domain.timing import Timing
from app.i18n import _, ngettext

_TIMED = re.compile(r"(\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|[0-7]|[1-5]-5)", re.ASCII)


def when_text(timing: Timing, interval_s: int) -> str:
    """Like `Every 15 minutes, not 22:00-06:00`; `interval_s` is the connection's own interval."""
    text = _by_cron(timing) if timing.cron else _by_interval(timing.every_s or interval_s)
    if not timing.quiet:
        return text
    return _("{when}, not {hours}").format(when=text, hours=timing.quiet)


def _by_interval(seconds: int) -> str:
    if seconds % 3600 == 0:
        return ngettext("Every hour", "Every {count} hours", seconds // 3600).format(count=seconds // 3600)
    if seconds % 60 == 0:
        return ngettext("Every minute", "Every {count} minutes", seconds // 60).format(count=seconds // 60)
    return ngettext("Every second", "Every {count} seconds", seconds).format(count=seconds)


def _by_cron(timing: Timing) -> str:
    text = _usual(timing.cron) or _("By the expression {cron}").format(cron=timing.cron)
    return _("{when} ({zone})").format(when=text, zone=timing.zone) if timing.zone else text


def _usual(cron: str) -> str:
    """Daily, on working days, weekly or monthly at a time; blank for anything else."""
    found = _TIMED.fullmatch(" ".join(cron.split()))
    if found is None:
        return ""
    minute, hour, day, weekday = found.groups()
    clock = f"{int(hour):02}:{int(minute):02}"
    if day != "*":
        text = _("Monthly on day {day} at {time}").format(day=int(day), time=clock)
        return text if weekday == "*" else ""
    if weekday == "*":
        return _("Daily at {time}").format(time=clock)
    if weekday == "1-5":
        return _("Mondays to Fridays at {time}").format(time=clock)
    return _weekly(int(weekday)).format(time=clock) if weekday.isdigit() else ""


def _weekly(weekday: int) -> str:
    """Whole sentences, as languages inflect the day."""
    return (
        _("Sundays at {time}"),
        _("Mondays at {time}"),
        _("Tuesdays at {time}"),
        _("Wednesdays at {time}"),
        _("Thursdays at {time}"),
        _("Fridays at {time}"),
        _("Saturdays at {time}"),
    )[weekday % 7]
