"""Historic answers, bare or in an envelope, nested as the platform does or flat as a gateway does
(contact-center.md §5.2-§5.6). Keys are found in any case and with or without underscores.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TypeVar

from app.connectors.contact_center.fields import Fields, count, count_or_none, duration, identity, words
from app.connectors.tolerant_json import Loose, NotJson, Row, Rows, read_json, rows_of
from app.domain.contact_center.losses import Losses
from app.domain.contact_center.records import AgentCall, AgentLogin, AgentStatus, ChatDay, IntervalMetrics, Read
from app.domain.exchange.problems import Refused, Rule
from app.domain.mappings import AS_SENT, Mapper, Problem
from app.domain.mappings.value_tables import STATUSES
from app.errors import BadData
from app.i18n import _, ngettext
from app.redaction import redact

R = TypeVar("R")
_SECOND_MS = 1000
_LONGEST_DAY_MS = 86_400_000
_ROWS_BY_THEMSELVES = ("agentId", "groupId")


def decoded(body: bytes) -> Loose:
    """The value of an answer, whatever the platform says it is (§4).

    Raises `BadData` with its beginning.
    """
    try:
        return read_json(body)
    except NotJson as error:
        raise BadData(
            _("The contact centre sent an answer that cannot be read: {excerpt}").format(
                excerpt=redact(error.excerpt) or "-"
            )
        ) from error


def listed(value: object) -> Rows:
    """The rows of an answer: a bare list, or the one inside an envelope.

    Raises `BadData` for what is neither.
    """
    if isinstance(value, dict):
        row = Row(value)
        if any(row.has(name) for name in _ROWS_BY_THEMSELVES):
            return rows_of(value)
        failed = row.get("error") is not None
        value = None if failed else next((inner for inner in value.values() if isinstance(inner, list)), None)
    if not isinstance(value, list):
        raise BadData(_("The answer of the contact centre is no list."))
    return rows_of(value)


def mapped(rows: Rows, entity: str, mapper: Mapper) -> Rows:
    """Rows as our reader is to see them, those that the mapping cannot take apart."""
    sent = [row.raw for row in rows]
    taken = mapper.take(entity, sent)
    if taken is sent:
        return rows
    found = rows_of(taken)
    return Rows(found.found, found.others + rows.others, found.refused)


@dataclass
class History:
    """Reads the rows of one answer. `service_id` is meant where a row names none; only rows of `wanted` ids are kept,
    where that is given: a gateway may send more than was asked for.
    """

    zone: tzinfo
    service_id: str = "1"
    wanted: frozenset[str] | None = None
    mapper: Mapper = AS_SENT
    _fields: Fields = field(init=False)
    _losses: Losses = field(default_factory=Losses)
    _refused: list[Problem] = field(default_factory=list)
    _equal_calls: Counter[tuple[object, ...]] = field(default_factory=Counter)
    _days: set[tuple[str, str]] = field(default_factory=set)
    _odd: Counter[Rule] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._fields = Fields(self.zone)

    def intervals(self, body: bytes, step_ms: int) -> Read[IntervalMetrics]:
        """The answer of `serviceGroupData`, asked for in steps of that length."""

        def interval(outer: Row, row: Row) -> IntervalMetrics:
            return self._interval(outer, row, step_ms)

        return self._read(body, "interval", ("historicData",), interval, "groupId")

    def statuses(self, body: bytes) -> Read[AgentStatus]:
        """The answer of `agentStatusData`."""
        return self._read(body, "status", ("states",), self._status)

    def logins(self, body: bytes) -> Read[AgentLogin]:
        """The answer of `agentLoginData`."""
        return self._read(body, "login", ("logins",), self._login)

    def calls(self, body: bytes) -> Read[AgentCall]:
        """The answer of `agentCallsData`."""
        return self._read(body, "call", ("agentCalls", "calls"), self._call)

    def chat_days(self, body: bytes) -> Read[ChatDay]:
        """The answer of `agentChatsWorkTime`."""
        return self._read(body, "chat_day", (), self._chat_day)

    def _read(
        self,
        body: bytes,
        entity: str,
        nested: tuple[str, ...],
        read: Callable[[Row, Row], R],
        owner: str = "agentId",
    ) -> Read[R]:
        loose = decoded(body)
        found: list[R] = []
        for outer, row in self._pairs(listed(loose.value), entity, nested, owner):
            try:
                if self.wanted is None or _inner_or_outer(row, outer, owner) in self.wanted:
                    found.append(read(outer, row))
            except Refused as refused:
                self._losses.refuse(refused, words(row, owner) or words(outer, owner))
        return Read(
            tuple(found), self._losses.told(), warnings=tuple(self._warnings()), repaired=loose.repaired,
            refused=tuple(self._refused),
        )  # fmt: skip

    def _pairs(self, rows: Rows, entity: str, nested: tuple[str, ...], owner: str) -> Iterator[tuple[Row, Row]]:
        """Each row with the one that it lies in, which is itself where rows are flat."""
        flat = mapped(Rows(tuple(row for row in rows if not _has_any(row, nested)), rows.others), entity, self.mapper)
        self._losses.others(flat.others)
        self._refused += flat.refused
        yield from zip(flat, flat, strict=True)
        for outer in rows:
            if not _has_any(outer, nested):
                continue
            inner = mapped(outer.rows(*nested), entity, self.mapper)
            self._losses.others(inner.others, words(outer, owner))
            self._refused += inner.refused
            for row in inner:
                yield outer, row

    def _interval(self, outer: Row, row: Row, step_ms: int) -> IntervalMetrics:
        metrics = row.get("metrics")
        numbers = Row(metrics) if isinstance(metrics, dict) else row
        start = self._fields.moment(row, "startInterval", "intervalStart")
        end = self._fields.moment_or_none(row, "endInterval", "intervalEnd")
        if end is not None:
            _check_order(start, end, "endInterval")
        handled, offered = count(numbers, "notUniqueTreated"), count(numbers, "notUniqueReceived")
        unique_handled, unique_offered = count_or_none(numbers, "treatedCalls"), count_or_none(numbers, "receivedCalls")
        length = end - start if end is not None and end > start else step_ms
        self._odd[Rule.COUNTS] += handled > offered or _is_more(unique_handled, unique_offered)
        self._odd[Rule.INTERVAL] += length != step_ms
        return IntervalMetrics(
            start_ms=start,
            group_id=_inner_or_outer(row, outer, "groupId"),
            service_id=self._service(row, outer),
            step_ms=length,
            offered=offered,
            handled=handled,
            lost=count(numbers, "notUniqueMissed"),
            unique_offered=unique_offered,
            unique_handled=unique_handled,
            unique_lost=count_or_none(numbers, "missCalls"),
            aht_ms=duration(numbers, "aht") if handled else None,
            post_ms=duration(numbers, "postProcessing") if handled else None,
        )

    def _status(self, outer: Row, row: Row) -> AgentStatus:
        start, end = self._stretch(row, ("startDate", "startTime"), ("endDate", "endTime"))
        code = identity(row, "stateCode", "status")
        self.mapper.seen(STATUSES, code)
        return AgentStatus(
            start_ms=start,
            agent_id=_inner_or_outer(row, outer, "agentId"),
            state_code=code,
            group_id=words(row, "groupId") or words(outer, "groupId"),
            service_id=self._service(row, outer),
            end_ms=end,
            state_name=words(row, "stateName") or code,
        )

    def _login(self, outer: Row, row: Row) -> AgentLogin:
        start = self._fields.moment(row, "loginDate")
        end = self._fields.moment_or_none(row, "logoutDate")
        said = duration(row, "duration")
        agent = _inner_or_outer(row, outer, "agentId")
        if end is None:
            return AgentLogin(start, agent, None, None)
        _check_order(start, end, "logoutDate")
        self._odd[Rule.DURATION] += said is not None and abs(said - (end - start)) > _SECOND_MS
        return AgentLogin(start, agent, end, end - start if said is None else said)

    def _call(self, outer: Row, row: Row) -> AgentCall:
        start, end = self._stretch(row, ("startCall", "startTime"), ("endCall", "endTime"))
        agent = _inner_or_outer(row, outer, "agentId")
        group = words(row, "groupId") or words(outer, "groupId")
        said, kind = duration(row, "duration"), words(row, "callType")
        key = (start, agent, group, end)
        self._equal_calls[key] += 1
        return AgentCall(
            start_ms=start,
            agent_id=agent,
            group_id=group,
            end_ms=end,
            ordinal=self._equal_calls[key] - 1,
            service_id=self._service(row, outer),
            duration_ms=end - start if said is None else said,
            extra=json.dumps({"callType": kind}, ensure_ascii=False) if kind else None,
        )

    def _chat_day(self, _outer: Row, row: Row) -> ChatDay:
        found = ChatDay(self._fields.day(row, "workDate"), identity(row, "agentId"), count(row, "workTime"))
        self._odd[Rule.TOO_LARGE] += found.work_ms > _LONGEST_DAY_MS
        self._odd[Rule.DOUBLE] += (found.day, found.agent_id) in self._days
        self._days.add((found.day, found.agent_id))
        return found

    def _stretch(self, row: Row, start_names: tuple[str, ...], end_names: tuple[str, ...]) -> tuple[int, int]:
        start, end = self._fields.moment(row, *start_names), self._fields.moment(row, *end_names)
        _check_order(start, end, end_names[0])
        return start, end

    def _service(self, row: Row, outer: Row) -> str:
        return words(row, "serviceId") or words(outer, "serviceId") or self.service_id

    def _warnings(self) -> Iterator[str]:
        return (_doubt(rule, count) for rule, count in self._odd.items() if count)


def _doubt(rule: Rule, count: int) -> str:
    """What is odd about so many rows that are taken as they are (§5.2, §5.4, §5.6)."""
    if rule is Rule.COUNTS:
        text = ngettext(
            "{count} interval has more contacts handled than offered.",
            "{count} intervals have more contacts handled than offered.",
            count,
        )
    elif rule is Rule.INTERVAL:
        text = ngettext(
            "{count} interval is not as long as was asked for.",
            "{count} intervals are not as long as was asked for.",
            count,
        )
    elif rule is Rule.TOO_LARGE:
        text = ngettext(
            "{count} day has more than 24 hours with chats.", "{count} days have more than 24 hours with chats.", count
        )
    elif rule is Rule.DOUBLE:
        text = ngettext(
            "{count} row tells the chats of an agent's day once more; the last one counts.",
            "{count} rows tell the chats of an agent's day once more; the last one counts.",
            count,
        )
    else:
        text = ngettext(
            "{count} sign-in has a duration that its times do not have.",
            "{count} sign-ins have a duration that their times do not have.",
            count,
        )
    return text.format(count=count)


def _has_any(row: Row, names: tuple[str, ...]) -> bool:
    return any(row.has(name) for name in names)


def _inner_or_outer(row: Row, outer: Row, name: str) -> str:
    """An id of a row, or of the one that it lies in.

    Raises `Refused`.
    """
    return words(row, name) or identity(outer, name)


def _is_more(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one > other


def _check_order(start: int, end: int, name: str) -> None:
    if end < start:
        raise Refused(Rule.ORDER, "", "", name)
