"""What the rules across the fields of a row say, and how a row is laid out for the store, per type of data.

`lay_out` functions take the values in the order of the shape's fields, all read, and give the row in the order of
`COLUMNS`; what they find odd goes to `doubt` (contact-center.md §5, §7.2). A row that cannot be raises `Refused`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.exchange.problems import Refused, Rule
from app.domain.exchange.shapes import SHAPES, DataType
from app.i18n import N_, _

Doubt = Callable[[str, Rule, str, str], None]
"""Notes what is odd about a field: its key, rule, message and remedy."""
Row = tuple[Any, ...]

_SECOND_MS = 1000
_CHECK_TIMES = N_("Check both times and the duration.")
_LONGEST_DAY_MS = 86_400_000

COLUMNS: Mapping[DataType, tuple[str, ...]] = {
    DataType.GROUP_METRICS: (
        "start_ms", "group_id", "service_id", "step_ms", "offered", "handled", "lost", "unique_offered",
        "unique_handled", "unique_lost", "aht_ms", "post_ms",
    ),
    DataType.STATUS: ("start_ms", "agent_id", "state_code", "group_id", "service_id", "end_ms", "state_name"),
    DataType.LOGIN: ("start_ms", "agent_id", "end_ms", "duration_ms"),
    DataType.CALLS: ("start_ms", "agent_id", "group_id", "end_ms", "ordinal", "service_id", "duration_ms"),
    DataType.CHAT_TIME: ("day", "agent_id", "work_ms"),
    DataType.QUEUE_METRICS: (
        "taken_ms", "group_id", "service_id", "waiting", "operators", "in_conversation", "received", "answered",
        "answered_pct", "service_level_pct", "wait_ms", "lost_estimate",
    ),
}  # fmt: skip
"""The columns of a laid out row; connection, batch and what a row said beyond its fields are added by the store."""

KEYS: Mapping[DataType, int] = {
    DataType.GROUP_METRICS: 4,
    DataType.STATUS: 4,
    DataType.LOGIN: 2,
    DataType.CALLS: 5,
    DataType.CHAT_TIME: 2,
    DataType.QUEUE_METRICS: 2,
}
"""How many of those columns, from the first, name a row within its connection (§8)."""


@dataclass(frozen=True)
class Norms:
    """What the connection says of its data: the fixed service, and the length of an interval in milliseconds.

    `taken_ms` is meant where the numbers of a queue name no time.
    """

    service_id: str = "1"
    step_ms: int = 300_000
    taken_ms: int = 0


@dataclass
class Layout:
    """Lays the rows of one file out; it remembers what rows have to be compared with."""

    norms: Norms
    equal_calls: dict[Row, int] = field(default_factory=dict)
    last_status: dict[str, Row] = field(default_factory=dict)

    def group_metrics(self, values: Row, doubt: Doubt) -> Row:
        """An interval; a time that nothing was handled in is undefined, whatever the file says (§5.2)."""
        service, group, start, end, offered, handled, lost, unique, unique_handled, unique_lost, aht, post = values
        step = _length("endInterval", start, end)
        if step != self.norms.step_ms:
            text = _("The interval is {length} ms long, the connection's step is {step} ms.")
            fix = _("Check both times, or set the step of the connection.")
            doubt("endInterval", Rule.INTERVAL, text.format(length=step, step=self.norms.step_ms), fix)
        if handled > offered:
            _more_handled("notUniqueTreated", handled, offered, doubt)
        if unique is not None and unique_handled is not None and unique_handled > unique:
            _more_handled("treatedCalls", unique_handled, unique, doubt)
        if not handled:
            aht = post = None
        service = service or self.norms.service_id
        return (start, group, service, step, offered, handled, lost, unique, unique_handled, unique_lost, aht, post)

    def status(self, values: Row, doubt: Doubt) -> Row:
        """A stretch in one status; without a name the code is shown."""
        service, group, agent, start, end, code, name = values
        _length("endDate", start, end, or_none=True)
        before = self.last_status.get(agent)
        if before is not None and _overlapping(before, (start, end, code)):
            text, fix = _("It overlaps another status of the agent."), _("Check the times of both.")
            doubt("startDate", Rule.OVERLAP, text, fix)
        self.last_status[agent] = (start, end, code)
        return (start, agent, code, group or "", service or self.norms.service_id, end, name or code)

    def login(self, values: Row, doubt: Doubt) -> Row:
        """A time signed in; without an end the agent is still in (§5.4)."""
        agent, start, end, duration = values
        if end is not None:
            length = _length("logoutDate", start, end, or_none=True)
            if duration is not None and abs(duration - length) > _SECOND_MS:
                text = _("The duration is {duration} ms, but logout is {length} ms after login.")
                message = text.format(duration=duration, length=length)
                doubt("duration", Rule.DURATION, message, _(_CHECK_TIMES))
        return (start, agent, end, duration)

    def calls(self, values: Row, doubt: Doubt) -> Row:
        """A contact; contacts may overlap and even be equal (§5.5), so equal ones are counted."""
        agent, service, group, start, end, duration = values
        length = _length("endCall", start, end, or_none=True)
        if duration is not None and abs(duration - length) > _SECOND_MS:
            text = _("The duration is {duration} ms, but the call ends {length} ms after its start.")
            message = text.format(duration=duration, length=length)
            doubt("duration", Rule.DURATION, message, _(_CHECK_TIMES))
        key = (start, agent, group, end)
        ordinal = self.equal_calls.get(key, -1) + 1
        self.equal_calls[key] = ordinal
        return (*key, ordinal, service or self.norms.service_id, length if duration is None else duration)

    def chat_time(self, values: Row, doubt: Doubt) -> Row:
        """The time with chats on one day: more than 24 hours are doubtful, also where clocks are put back."""
        agent, day, work = values
        if work > _LONGEST_DAY_MS:
            text, fix = _("The time is longer than a day."), _("Write milliseconds: an hour has 3,600,000.")
            doubt("workTime", Rule.DURATION, text, fix)
        return (day, agent, work)

    def queue_metrics(self, values: Row, _doubt: Doubt) -> Row:
        """The numbers of a queue; they are not compared with each other, as published ones disagree too (§5.8)."""
        service, group, taken, *numbers = values
        taken = self.norms.taken_ms if taken is None else taken
        return (taken, group, service or self.norms.service_id, *numbers)


def _length(key: str, start: int, end: int, *, or_none: bool = False) -> int:
    """Milliseconds from start to end; none at all only where that can be.

    Raises `Refused` for an end before the start.
    """
    if end < start or (end == start and not or_none):
        raise Refused(
            Rule.ORDER,
            _("The end is before the start.") if end < start else _("The end is the start."),
            _("Check both times and their zones."),
            key,
        )
    return end - start


def _more_handled(key: str, handled: int, offered: int, doubt: Doubt) -> None:
    text = _("{handled} were handled, but only {offered} offered.")
    doubt(key, Rule.COUNTS, text.format(handled=handled, offered=offered), _("Check both numbers."))


def _overlapping(before: Row, now: Row) -> bool:
    """Whether two stretches share time; the same one under another group is no second one."""
    return before != now and before[0] < now[1] and now[0] < before[1]


def told(data_type: DataType, row: Row) -> dict[str, Any]:
    """A laid out row as fields by the platform's keys, in their order; moments in milliseconds, as they are stored."""
    values = dict(zip(COLUMNS[data_type], row, strict=False))
    if "step_ms" in values:
        values["end_ms"] = values["start_ms"] + values["step_ms"]
    return {spec.key: values[_COLUMN_OF[spec.key]] for spec in SHAPES[data_type].fields}


_COLUMN_OF = {
    "serviceId": "service_id",
    "groupId": "group_id",
    "agentId": "agent_id",
    "startInterval": "start_ms",
    "endInterval": "end_ms",
    "notUniqueReceived": "offered",
    "notUniqueTreated": "handled",
    "notUniqueMissed": "lost",
    "receivedCalls": "unique_offered",
    "treatedCalls": "unique_handled",
    "missCalls": "unique_lost",
    "aht": "aht_ms",
    "postProcessing": "post_ms",
    "startDate": "start_ms",
    "endDate": "end_ms",
    "stateCode": "state_code",
    "stateName": "state_name",
    "loginDate": "start_ms",
    "logoutDate": "end_ms",
    "duration": "duration_ms",
    "startCall": "start_ms",
    "endCall": "end_ms",
    "workDate": "day",
    "workTime": "work_ms",
    "timestamp": "taken_ms",
    "callNumber": "waiting",
    "operatorNumber": "operators",
    "callProcessing": "in_conversation",
    "callReceived": "received",
    "callAnswered": "answered",
    "acd": "answered_pct",
    "serviceLevel": "service_level_pct",
    "awt": "wait_ms",
    "lostTodayEstimate": "lost_estimate",
}
"""The column of a field."""
