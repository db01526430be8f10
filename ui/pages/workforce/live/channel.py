"""How the numbers come, in words: through a WebSocket, by asking, not at all and why (contact-center.md §10)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.causes import remedy_of
from app.domain.connections import Connection, ConnectionStatus
from app.i18n import _, ngettext
from app.operations.contact_center.live_asking import Part
from app.operations.contact_center.live_feed import Channel, Feed
from ui.pages.workforce.live.ages import age_text, clock_text, now_ms
from ui.pages.workforce.live.limits import number_text
from ui.theme import Icon, Tone


@dataclass(frozen=True, slots=True)
class Told:
    """The chip with its tone and icon, and the words beside it; `cause` is why a line is not open."""

    word: str
    tone: Tone
    mark: Icon
    words: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a banner says while numbers do not come or cannot be trusted; `urgent` when they are stale."""

    text: str
    remedy: str
    urgent: bool


def channel_told(feed: Feed, connection: Connection) -> Told:
    """The state of the channel."""
    age = oldest_age(feed)
    if connection.status is ConnectionStatus.INACTIVE:
        return Told(_("Paused"), Tone.NEUTRAL, Icon.PAUSE, _("The connection is paused."))
    match feed.channel:
        case Channel.PAUSED:
            return Told(_("Paused"), Tone.NEUTRAL, Icon.PAUSE, _with_age(_("Nothing is asked for"), age))
        case Channel.OFF:
            return Told(_("Error"), Tone.DANGER, Icon.ALERT, feed.refused.message if feed.refused else "")
        case Channel.STARTING:
            return Told(_("Starting"), Tone.NEUTRAL, Icon.LOADER, _with_age("", age))
    if is_stale(feed):
        return Told(_("Old"), Tone.DANGER, Icon.ALERT, _with_age(_way(feed), age))
    if feed.problem is not None:
        return Told(_("Trouble"), Tone.WARNING, Icon.WARNING, _with_age(_way(feed), age))
    if feed.channel is Channel.SOCKET:
        return Told(_("Live"), Tone.SUCCESS, Icon.RADAR, _("WebSocket: changes come by themselves"))
    cause = feed.line_problem.message if feed.line_problem is not None else ""
    return Told(_("Live"), Tone.SUCCESS, Icon.REFRESH, _with_age(_way(feed), age), cause)


def _way(feed: Feed) -> str:
    asking = _("Asking every {seconds} s").format(seconds=number_text(feed.poll_s))
    if (until := feed.refused_until_ms) is not None and until > now_ms():
        return _("Next attempt at {time}").format(time=clock_text(until))
    if feed.waits_for_person:
        return _("Not tried again by itself")
    if feed.channel is Channel.RECONNECTING:
        return _("WebSocket is being opened again. {meanwhile}").format(meanwhile=asking)
    return asking


def _with_age(words: str, age: str) -> str:
    return " · ".join(filter(None, (words, age)))


def oldest_age(feed: Feed) -> str:
    """How old the oldest number is that should be current."""
    ms = oldest_ms(feed)
    return _("{age} old").format(age=age_text(ms)) if ms is not None else ""


def oldest_ms(feed: Feed) -> int | None:
    """The same in milliseconds; None before the first number, 0 for what an open line tells."""
    seen = _oldest_seen(feed)
    if seen is not None:
        return max(0, now_ms() - seen)
    return 0 if feed.line else None


def _oldest_seen(feed: Feed) -> int | None:
    """When the oldest number was said that no open line would correct."""
    agents = (a.seen_ms for a in feed.board.here) if Part.AGENTS not in feed.line else ()
    groups = (g.seen_ms for g in feed.board.groups.values()) if Part.GROUPS not in feed.line else ()
    return min((*agents, *groups), default=None)


def is_stale(feed: Feed) -> bool:
    """Whether some number is too old to be trusted."""
    age = oldest_ms(feed)
    return age is not None and age > feed.stale_ms


def trouble(feed: Feed) -> Trouble | None:
    """Why numbers do not come, as a banner tells it; None while they do."""
    if feed.channel in {Channel.PAUSED, Channel.STARTING}:
        return None
    problem, old, seen = feed.problem, is_stale(feed), _oldest_seen(feed)
    if problem is None and not old:
        return None
    text = problem.message if problem is not None else ""
    if old and seen is not None:
        text = _("The numbers are those of {time}. {cause}").format(time=clock_text(seen), cause=text).strip()
    remedy = remedy_of(problem) if problem is not None else ""
    if (until := feed.refused_until_ms) is not None and until > now_ms():
        remedy = _("The next attempt is made at {time}.").format(time=clock_text(until))
    elif feed.waits_for_person:
        remedy = " ".join(filter(None, (remedy, _("It is not tried again by itself."))))
    return Trouble(text, remedy, urgent=old or seen is None)


def skew_words(feed: Feed) -> str:
    """That the platform's clock is wrong, and what that means here; blank while nothing says so."""
    skew = feed.board.skew.ms
    if not skew:
        return ""
    apart = age_text(round(abs(skew) / 60_000) * 60_000) if abs(skew) >= 90_000 else age_text(abs(skew))
    words = _("The platform's clock is {time} ahead.") if skew > 0 else _("The platform's clock is {time} behind.")
    return words.format(time=apart) + " " + _("Times here are put right by this computer's clock.")


def outbox_words(waiting: int, oldest_ms: int | None) -> str:
    """How many status updates have not been sent; blank for none."""
    if not waiting:
        return ""
    text = ngettext("{count} update waiting", "{count} updates waiting", waiting).format(count=waiting)
    return f"{text} · {age_text(now_ms() - oldest_ms)}" if oldest_ms is not None else text
