"""The columns of the three tables: agents, groups, queues. What is old is grey, and its age says so in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.domain.contact_center.alarms import Metric
from app.i18n import N_, _
from app.operations.contact_center.live_asking import Part
from app.operations.contact_center.live_meaning import Meaning
from app.store.contact_center_now import StatusMeaning
from ui.pages.workforce.live.ages import Ages, clock_text, duration_text, moment, now_ms, percent_text
from ui.pages.workforce.live.limits import bound_text
from ui.pages.workforce.live.lines import AgentLine, GroupLine, status_words
from ui.tables import Column, Kind, format_value
from ui.theme import Icon, Tone

R = TypeVar("R")
Meanings = Callable[[str], StatusMeaning | None]


def status_tone(meaning: StatusMeaning | None) -> Tone:
    """The colour of a status: as a person said that it counts, else that nobody did."""
    if meaning is None or not meaning.meaning:
        return Tone.INFO
    if meaning.counts_as_worked:
        return Tone.SUCCESS
    return Tone.WARNING if meaning.meaning == Meaning.BREAK else Tone.NEUTRAL


def agent_columns(ages: Ages, meaning: Meanings) -> Sequence[Column[AgentLine]]:
    """Who is in which status, since when, and whose account it is."""
    cells = _AgentCells(ages, meaning)
    return (
        Column("name", N_("Agent"), lambda a: a.name, width=190, tone=cells.grey),
        Column("status", N_("Status"), cells.word, kind=Kind.CHIP, width=150, tone=cells.tone, icon=cells.mark,
               tooltip=lambda a: a.status.state_code if a.status else ""),
        # Translators: why an agent is in a status, like lunch for a break
        Column("reason", N_("Reason"), lambda a: status_words(a.status)[1] if a.status else "", width=90,
               tone=cells.grey),
        # Translators: for how long an agent has been in a status
        Column("for", N_("For"), lambda a: moment(cells.began(a)), text=cells.lasted, kind=Kind.MOMENT, width=76,
               tone=cells.grey, copyable=False),
        # Translators: how old a number is
        Column("age", N_("Age"), lambda a: moment(ages.agent_ms(a)), text=cells.age,
               kind=Kind.MOMENT, width=88, muted=True, tone=cells.grey),
        Column("since", N_("Since"), lambda a: moment(cells.began(a)), text=cells.since, kind=Kind.MOMENT, width=80,
               tone=cells.grey, hidden=True),
        Column("groups", N_("Groups"), lambda a: ", ".join(a.groups), width=150, muted=True,
               tooltip=lambda a: "\n".join(a.groups)),
        Column("person", N_("Person"), lambda a: a.person, text=person_words, width=150, muted=True),
        Column("number", N_("Personnel number"), lambda a: a.number, width=120, muted=True, hidden=True),
        Column("id", N_("Account"), lambda a: a.agent_id, width=90, muted=True, hidden=True),
    )  # fmt: skip


class _AgentCells:
    """Cells of agents: coloured by what a status means, grey when old or when nobody is there."""

    def __init__(self, ages: Ages, meaning: Meanings) -> None:
        self._ages, self._meaning = ages, meaning

    def is_grey(self, line: AgentLine) -> bool:
        seen_ms = self._ages.agent_ms(line)
        return seen_ms is None or line.status is None or self._ages.is_stale(Part.AGENTS, seen_ms)

    def grey(self, line: AgentLine) -> Tone | None:
        return Tone.NEUTRAL if self.is_grey(line) else None

    def word(self, line: AgentLine) -> str:
        return status_words(line.status)[0] if line.status is not None else _("Not signed in")

    def tone(self, line: AgentLine) -> Tone:
        if line.status is None or self.is_grey(line):
            return Tone.NEUTRAL
        return status_tone(self._meaning(line.status.state_code))

    def mark(self, line: AgentLine) -> Icon:
        if line.status is None:
            return Icon.MINUS
        return {Tone.SUCCESS: Icon.CHECK, Tone.WARNING: Icon.PAUSE}.get(self.tone(line), Icon.USER)

    def began(self, line: AgentLine) -> int | None:
        return self._ages.since_ms(line.status.since_ms) if line.status is not None else None

    def since(self, line: AgentLine) -> str:
        began = self.began(line)
        return clock_text(began) if began is not None else ""

    def lasted(self, line: AgentLine) -> str:
        return self._ages.lasted(line.status.since_ms) if line.status is not None else ""

    def age(self, line: AgentLine) -> str:
        seen_ms = self._ages.agent_ms(line)
        if line.now is None or seen_ms is None:
            return ""
        if line.now.left_ms is not None:
            return _("left {time}").format(time=clock_text(line.now.left_ms))
        return self._ages.text(Part.AGENTS, seen_ms)


def person_words(line: AgentLine) -> str:
    """Whose account it is, and that a person said so."""
    if not line.person:
        return _("not linked")
    return _("{person} (by hand)").format(person=line.person) if line.by_hand else line.person


def group_columns(ages: Ages) -> Sequence[Column[GroupLine]]:
    """The load of groups now."""
    cells = _GroupCells(ages)
    return (
        Column("name", N_("Group"), lambda g: g.name, width=112, tone=cells.grey),
        cells.age(),
        cells.number("waiting", N_("Waiting"), lambda g: g.now.load.waiting, Metric.WAITING),
        cells.number("operators", N_("Working"), lambda g: g.now.load.operators, Metric.OPERATORS),
        cells.number("talking", N_("Talking"), lambda g: g.now.load.in_conversation),
        cells.number("wait", N_("Wait"), lambda g: _seconds(g.now.load.wait_ms), Metric.WAIT,
                     lambda g: _length(g.now.load.wait_ms), N_("Average wait today")),
        cells.number("answered", N_("Answered"), lambda g: g.now.load.answered_pct, Metric.ANSWERED,
                     lambda g: percent_text(g.now.load.answered_pct) + _doubt(g)),
    )  # fmt: skip


def queue_columns(ages: Ages) -> Sequence[Column[GroupLine]]:
    """The numbers of queues, which are groups (§5.9)."""
    cells = _GroupCells(ages)

    def waiting_for(line: GroupLine) -> str:
        since = line.now.waiting_since_ms
        return duration_text(max(0, now_ms() - since)) if since is not None else ""

    return (
        Column("name", N_("Queue"), lambda g: g.name, width=112, tone=cells.grey),
        cells.age(),
        cells.number("waiting", N_("Waiting"), lambda g: g.now.queue.waiting, Metric.WAITING),
        # Translators: for how long somebody has been waiting in a queue without a break
        Column("not_empty", N_("Not empty for"), lambda g: moment(g.now.waiting_since_ms), text=waiting_for,
               kind=Kind.MOMENT, width=96, tone=cells.grey,
               tooltip=lambda _line: _("Since when somebody waits, as seen from here.")),
        cells.number("wait", N_("Wait"), lambda g: _seconds(g.now.queue.wait_ms), Metric.WAIT,
                     lambda g: _length(g.now.queue.wait_ms), N_("Average wait today")),
        cells.number("service_level", N_("Service level"), lambda g: g.now.queue.service_level_pct,
                     Metric.SERVICE_LEVEL, lambda g: percent_text(g.now.queue.service_level_pct),
                     N_("Answered within the seconds of the connection, of all that came today")),
        cells.number("handling", N_("Handling"), lambda g: _seconds(g.now.load.aht_ms), None,
                     lambda g: _length(g.now.load.aht_ms), N_("Average talk time today")),
        cells.number("received", N_("Came"), lambda g: g.now.queue.received),
        cells.number("answered", N_("Answered"), lambda g: g.now.queue.answered),
        cells.number("lost", N_("Lost (estimate)"), lambda g: g.now.queue.lost_estimate),
    )  # fmt: skip


class _GroupCells:
    """Cells of groups and queues: grey when old, marked when beyond a limit."""

    def __init__(self, ages: Ages) -> None:
        self._ages = ages

    def grey(self, line: GroupLine) -> Tone | None:
        return Tone.NEUTRAL if self._ages.is_stale(Part.GROUPS, self._ages.group_ms(line)) else None

    def number(
        self,
        key: str,
        title: str,
        value: Callable[[GroupLine], float | None],
        metric: Metric | None = None,
        text: Callable[[GroupLine], str] | None = None,
        explained: str = "",
    ) -> Column[GroupLine]:
        """A number; what was not said is empty, not zero."""

        def words(line: GroupLine) -> str:
            return text(line) if text is not None else format_value(value(line))

        def tip(line: GroupLine) -> str:
            alarm = line.alarms.get(metric) if metric is not None else None
            limit = bound_text(alarm.metric, alarm.bound) if alarm is not None else ""
            return "\n".join(filter(None, (_(explained), limit)))

        def mark(line: GroupLine) -> Icon | None:
            return Icon.WARNING if metric is not None and metric in line.alarms else None

        def tone(line: GroupLine) -> Tone | None:
            return self.grey(line) or (Tone.DANGER if mark(line) is not None else None)

        return Column(
            key, title, value, text=words, kind=Kind.NUMBER, width=72, tone=tone, tooltip=tip,
            icon=mark if metric is not None else None,
        )  # fmt: skip

    def age(self) -> Column[GroupLine]:
        return Column(
            "age", N_("Age"), lambda g: moment(self._ages.group_ms(g)), kind=Kind.MOMENT, width=84, muted=True,
            tone=self.grey, text=lambda g: self._ages.text(Part.GROUPS, self._ages.group_ms(g)),
        )  # fmt: skip


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _length(ms: int | None) -> str:
    return "" if ms is None else duration_text(ms)


def _doubt(line: GroupLine) -> str:
    """A share that looks like a ratio is shown as received (§5.8)."""
    return " " + _("(ratio?)") if line.now.load.doubts_ratio else ""
