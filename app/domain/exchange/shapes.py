"""The types of data and their fields, declared once: files are read, checked, stored and written by these.

A field is known by the platform's key (contact-center.md §5), in any case and with or without underscores and blanks,
so `groupId`, `group_id` and `Group ID` are one; `aliases` are names that differ beyond that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from app.i18n import N_

_NOT_IN_NAMES = re.compile(r"[\W_]+")


class DataType(StrEnum):
    """What a file holds (§7.1)."""

    GROUP_METRICS = "service_group_metrics"
    STATUS = "agent_status"
    LOGIN = "agent_login"
    CALLS = "agent_calls"
    CHAT_TIME = "agent_chats_work_time"
    QUEUE_METRICS = "queue_metrics"


class FieldKind(StrEnum):
    """What a field holds: an id or text, a whole number from 0, milliseconds, a percentage, a moment, a day."""

    ID = "id"
    TEXT = "text"
    COUNT = "count"
    DURATION = "duration"
    PERCENT = "percent"
    MOMENT = "moment"
    DAY = "day"

    @property
    def is_number(self) -> bool:
        """Whether limits can be put on it."""
        return self in {FieldKind.COUNT, FieldKind.DURATION, FieldKind.PERCENT}


@dataclass(frozen=True, slots=True)
class ExchangeField:
    """One field. `required` rows without it are refused; an empty one that is not is stored as nothing."""

    key: str
    kind: FieldKind
    required: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """A type of data: its fields, and under which keys the platform nests the rows of one group or agent."""

    data_type: DataType
    title: str
    fields: tuple[ExchangeField, ...]
    nested: tuple[str, ...] = ()

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each field, by every name it is known by."""
        known: dict[str, int] = {}
        for place, spec in enumerate(self.fields):
            for name in (spec.key, *spec.aliases):
                known.setdefault(folded(name), place)
        return known

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The keys that no row can do without."""
        return tuple(spec.key for spec in self.fields if spec.required)

    def place(self, key: str) -> int:
        """The place of the field of that key."""
        return next(place for place, spec in enumerate(self.fields) if spec.key == key)


OUR_OWN = frozenset(
    {
        "id",
        "datatype",
        "timestamp",
        "agentid",
        "queueid",
        "servicegroup",
        "metrics",
        "rawdata",
        "row",
        "problems",
        "organization",
    }
)
"""What our own exports and files of bad rows have in every row; nothing is said of it when such a file comes back."""


def folded(name: str) -> str:
    """A name as names are compared: without case, blanks and underscores."""
    return _NOT_IN_NAMES.sub("", name).casefold()


_SERVICE = ExchangeField("serviceId", FieldKind.ID, aliases=("service",))
_AGENT = ExchangeField("agentId", FieldKind.ID, required=True, aliases=("agent", "worker_id", "operator_id"))


def _group(*, required: bool) -> ExchangeField:
    return ExchangeField("groupId", FieldKind.ID, required, aliases=("group", "queue_id", "queue"))


def _moment(key: str, *aliases: str, required: bool = True) -> ExchangeField:
    return ExchangeField(key, FieldKind.MOMENT, required, aliases)


def _count(key: str, *aliases: str, required: bool = False) -> ExchangeField:
    return ExchangeField(key, FieldKind.COUNT, required, aliases)


def _duration(key: str, *aliases: str, required: bool = False) -> ExchangeField:
    return ExchangeField(key, FieldKind.DURATION, required, aliases)


def _percent(key: str, *aliases: str) -> ExchangeField:
    return ExchangeField(key, FieldKind.PERCENT, aliases=aliases)


SHAPES: dict[DataType, Shape] = {
    shape.data_type: shape
    for shape in (
        Shape(
            DataType.GROUP_METRICS,
            N_("Group history"),
            (
                _SERVICE,
                _group(required=True),
                _moment("startInterval", "interval_start", "start"),
                _moment("endInterval", "interval_end", "end"),
                _count("notUniqueReceived", required=True),
                _count("notUniqueTreated", required=True),
                _count("notUniqueMissed", required=True),
                _count("receivedCalls"),
                _count("treatedCalls"),
                _count("missCalls", "missed_calls"),
                _duration("aht", "average_handling_time"),
                _duration("postProcessing", "after_call_work"),
            ),
            nested=("historicData",),
        ),
        Shape(
            DataType.STATUS,
            N_("Time in statuses"),
            (
                _SERVICE,
                _group(required=False),
                _AGENT,
                _moment("startDate", "start_time", "start"),
                _moment("endDate", "end_time", "end"),
                ExchangeField("stateCode", FieldKind.ID, required=True, aliases=("status", "status_code", "state")),
                ExchangeField("stateName", FieldKind.TEXT, aliases=("status_name",)),
            ),
            nested=("states",),
        ),
        Shape(
            DataType.LOGIN,
            N_("System working time"),
            (
                _AGENT,
                _moment("loginDate", "login_time", "login"),
                _moment("logoutDate", "logout_time", "logout", required=False),
                _duration("duration", "duration_ms"),
            ),
            nested=("logins",),
        ),
        Shape(
            DataType.CALLS,
            N_("Contact handling"),
            (
                _AGENT,
                _SERVICE,
                _group(required=True),
                _moment("startCall", "call_start", "start_time", "start"),
                _moment("endCall", "call_end", "end_time", "end"),
                _duration("duration", "duration_ms"),
            ),
            nested=("agentCalls", "calls"),
        ),
        Shape(
            DataType.CHAT_TIME,
            N_("Chat time"),
            (
                _AGENT,
                ExchangeField("workDate", FieldKind.DAY, required=True, aliases=("date", "day")),
                _duration("workTime", "work_time_ms", required=True),
            ),
        ),
        Shape(
            DataType.QUEUE_METRICS,
            N_("Queues"),
            (
                _SERVICE,
                _group(required=True),
                _moment("timestamp", "taken_at", "time", required=False),
                _count("callNumber", "waiting", required=True),
                _count("operatorNumber", "agents_ready_or_busy", required=True),
                _count("callProcessing", "in_conversation"),
                _count("callReceived", "received_today"),
                _count("callAnswered", "answered_today"),
                _percent("acd", "answered_pct"),
                _percent("serviceLevel", "service_level_pct"),
                _duration("awt", "avg_wait_ms"),
                _count("lostTodayEstimate"),
            ),
        ),
    )
}
