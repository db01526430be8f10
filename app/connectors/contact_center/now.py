"""Who is in which status now, and the load of groups and queues (contact-center.md §5.7-§5.9)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import tzinfo
from typing import TypeVar

from app.connectors.contact_center.answers import decoded, listed, mapped
from app.connectors.contact_center.fields import Fields, count, count_or_none, duration, identity, percent, words
from app.connectors.tolerant_json import Row, Rows
from app.domain.clocks import LEEWAY_S
from app.domain.contact_center.losses import Losses, Unread, causes, total
from app.domain.contact_center.queues import QueueMetrics
from app.domain.contact_center.records import GroupLoad, OnlineStatus, Read
from app.domain.exchange.problems import Refused
from app.domain.mappings import AS_SENT, Mapper
from app.domain.mappings.value_tables import STATUSES
from app.errors import BadData
from app.i18n import _, ngettext

R = TypeVar("R")
log = logging.getLogger(__name__)


def read_online(body: bytes, zone: tzinfo, mapper: Mapper = AS_SENT) -> Read[OnlineStatus]:
    """The answer of `online/agentStatus`.

    Raises `BadData` when it is none.
    """
    return online_rows(listed(decoded(body).value), zone, mapper)


def online_rows(rows: Rows, zone: tzinfo, mapper: Mapper = AS_SENT) -> Read[OnlineStatus]:
    """Statuses, each agent's last one."""
    fields = Fields(zone)

    def status(row: Row) -> OnlineStatus:
        code = identity(row, "stateCode", "status")
        since = fields.moment(row, "startDate", "startTime")
        mapper.seen(STATUSES, code)
        return OnlineStatus(identity(row, "agentId"), code, words(row, "stateName") or code, since)

    read = _readable(mapped(rows, "online_status", mapper), status)
    latest = tuple({one.agent_id: one for one in read.rows}.values())
    return replace(read, rows=latest, warnings=_of_the_future(one.since_ms for one in latest))


def read_loads(body: bytes, service_id: str, mapper: Mapper = AS_SENT) -> Read[GroupLoad]:
    """The answer of `online/groupsOnlineLoad`, under the rules of `read_online`."""
    return load_rows(listed(decoded(body).value), service_id, mapper)


def load_rows(rows: Rows, service_id: str, mapper: Mapper = AS_SENT) -> Read[GroupLoad]:
    """Loads of groups; `service_id` is meant where a row names none."""

    def load(row: Row) -> GroupLoad:
        return GroupLoad(
            group_id=identity(row, "groupId"),
            service_id=words(row, "serviceId") or service_id,
            waiting=count(row, "callNumber"),
            operators=count(row, "operatorNumber"),
            received=count_or_none(row, "callReceived"),
            aht_ms=duration(row, "aht"),
            answered_pct=percent(row, "acd"),
            wait_ms=duration(row, "awt"),
            answered=count_or_none(row, "callAnswered"),
            answered_in_time=count_or_none(row, "callAnsweredTst"),
            in_conversation=count_or_none(row, "callProcessing"),
        )

    return _readable(mapped(rows, "group_load", mapper), load)


def read_queues(body: bytes, zone: tzinfo, service_id: str, taken_ms: int) -> Read[QueueMetrics]:
    """The answer of a platform that has numbers of queues itself; `taken_ms` is meant where a row names no time."""
    fields = Fields(zone)

    def queue(row: Row) -> QueueMetrics:
        taken = fields.moment_or_none(row, "timestamp")
        return QueueMetrics(
            taken_ms=taken_ms if taken is None else taken,
            group_id=identity(row, "queueId", "groupId"),
            service_id=words(row, "serviceGroup", "serviceId") or service_id,
            waiting=count(row, "waiting", "callNumber"),
            operators=count(row, "agentsReadyOrBusy", "operatorNumber"),
            in_conversation=count_or_none(row, "inConversation", "callProcessing"),
            received=count_or_none(row, "receivedToday", "callReceived"),
            answered=count_or_none(row, "answeredToday", "callAnswered"),
            answered_pct=percent(row, "answeredPct", "acd"),
            service_level_pct=percent(row, "serviceLevelPct", "serviceLevel"),
            wait_ms=duration(row, "avgWaitMs", "awt"),
            lost_estimate=count_or_none(row, "lostTodayEstimate"),
        )

    read = _readable(listed(decoded(body).value), queue)
    return replace(read, warnings=_of_the_future(one.taken_ms for one in read.rows))


def _of_the_future(moments_ms: Iterable[int]) -> tuple[str, ...]:
    """What is said of live rows that are later than now; they are shown all the same."""
    latest_ms = (time.time() + LEEWAY_S) * 1000
    count = sum(moment_ms > latest_ms for moment_ms in moments_ms)
    if not count:
        return ()
    text = ngettext(
        "{count} live row is of the future: the clock of the contact centre, or of this computer, is wrong.",
        "{count} live rows are of the future: the clock of the contact centre, or of this computer, is wrong.",
        count,
    )
    return (text.format(count=count),)


def _readable(rows: Rows, read: Callable[[Row], R]) -> Read[R]:
    """What can be read of it.

    Raises `BadData` when there are rows and none of them can be: nobody should be told that everybody has left.
    """
    found: list[R] = []
    losses = Losses()
    losses.others(rows.others)
    for row in rows:
        try:
            found.append(read(row))
        except Refused as refused:
            losses.refuse(refused)
    unread = losses.told()
    lost = (*unread, *(Unread(problem.message) for problem in rows.refused))
    if lost:
        log.warning("Contact centre: %d live rows cannot be read or taken", total(lost))
    if lost and not found:
        raise BadData(
            _("None of the live rows of the contact centre can be read: {causes}").format(causes=causes(lost))
        )
    return Read(tuple(found), unread, refused=rows.refused)
