"""How old every number is, by this computer's clock, and whether it is too old to be trusted (contact-center.md §2)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QLocale

from app.i18n import _, ngettext
from app.operations.contact_center.live_asking import Part
from app.operations.contact_center.live_feed import Feed
from ui.pages.workforce.live.lines import AgentLine, GroupLine


class Ages:
    """Ages of what one feed says; `feed` answers the feed that is shown now."""

    def __init__(self, feed: Callable[[], Feed | None]) -> None:
        self._feed = feed

    def is_current(self, part: Part) -> bool:
        """Whether a line is open that tells every change at once."""
        feed = self._feed()
        return feed is not None and part in feed.line

    def is_stale(self, part: Part, seen_ms: int) -> bool:
        """Whether a number is too old to be trusted."""
        feed = self._feed()
        return feed is not None and not self.is_current(part) and now_ms() - seen_ms > feed.stale_ms

    def agent_ms(self, line: AgentLine) -> int | None:
        """When an agent was last spoken of: later than the line was made where nothing changed since."""
        feed = self._feed()
        now = feed.board.agents.get(line.agent_id, line.now) if feed is not None else line.now
        return now.seen_ms if now is not None else None

    def group_ms(self, line: GroupLine) -> int:
        """The same of a group."""
        feed = self._feed()
        return (feed.board.groups.get(line.group_id, line.now) if feed is not None else line.now).seen_ms

    def text(self, part: Part, seen_ms: int) -> str:
        """The age in a word; when stale, that too."""
        if self.is_current(part):
            # Translators: age of a number that is told at once when it changes
            return _("live")
        age = age_text(now_ms() - seen_ms)
        # Translators: age of a number that is too old to be trusted
        return _("old: {age}").format(age=age) if self.is_stale(part, seen_ms) else age

    def since_ms(self, since_ms: int) -> int:
        """When a status began by our clock, where the platform's is known to be wrong."""
        feed = self._feed()
        return since_ms - feed.board.skew.ms if feed is not None else since_ms

    def lasted(self, since_ms: int) -> str:
        """How long a status of the platform has lasted."""
        return duration_text(max(0, now_ms() - self.since_ms(since_ms)))


def now_ms() -> int:
    """The present by this computer's clock."""
    return round(time.time() * 1000)


def moment(ms: int | None) -> datetime | None:
    """A moment as tables sort and export it."""
    return datetime.fromtimestamp(ms / 1000, UTC) if ms is not None else None


def clock_text(ms: int) -> str:
    """The time of day, with seconds."""
    return datetime.fromtimestamp(ms / 1000).astimezone().strftime("%H:%M:%S")


def age_text(ms: int) -> str:
    """How old, in the shortest words."""
    seconds = max(0, ms // 1000)
    if seconds < 120:
        return _("{count} s").format(count=seconds)
    if seconds < 7200:
        return _("{count} min").format(count=seconds // 60)
    if seconds < 172_800:
        return _("{count} h").format(count=seconds // 3600)
    days = seconds // 86_400
    return ngettext("{count} day", "{count} days", days).format(count=days)


def duration_text(ms: int) -> str:
    """Minutes and seconds like 4:47, with hours where there are any (contact-center.md §11.7)."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def percent_text(share: float | None) -> str:
    """A share with one decimal, like 95.1 % (§11.7)."""
    return "" if share is None else _("{number} %").format(number=QLocale().toString(float(share), "f", 1))
