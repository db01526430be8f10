"""What is asked, and how: paths and parameters of both dialects (contact-center.md §1, §3, §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import httpx

from app.connectors.contact_center.settings import ContactCenterSettings
from app.domain.contact_center.days import Span, day_of, iso_utc
from app.domain.contact_center.endpoints import Dialect, Endpoint

_ARGUS = {
    Endpoint.PERSONNEL: "personnel",
    Endpoint.SERVICE_GROUP_DATA: "historic/serviceGroupData",
    Endpoint.AGENT_STATUS_DATA: "historic/agentStatusData",
    Endpoint.AGENT_LOGIN_DATA: "historic/agentLoginData",
    Endpoint.AGENT_CALLS_DATA: "historic/agentCallsData",
    Endpoint.AGENT_CHATS_WORK_TIME: "historic/agentChatsWorkTime",
    Endpoint.AGENT_STATUS: "online/agentStatus",
    Endpoint.GROUPS_LOAD: "online/groupsOnlineLoad",
}
_GATEWAY = _ARGUS | {Endpoint.GROUPS_LOAD: "online/groupsLoad", Endpoint.QUEUE_METRICS: "online/queueMetrics"}
_GATEWAY_PREFIX = "integrations/cc"


class Ids(StrEnum):
    """Whose data is asked for."""

    GROUPS = "groupId"
    AGENTS = "agentId"


_SNAKE = {Ids.GROUPS: "group_id", Ids.AGENTS: "agent_id"}


class Questions:
    """Writes the addresses of one connection's questions, relative to its own."""

    def __init__(self, settings: ContactCenterSettings) -> None:
        self._settings = settings
        self._is_gateway = settings.dialect is Dialect.GATEWAY

    def path(self, endpoint: Endpoint) -> str:
        """Where that is asked."""
        if own := self._settings.paths.get(endpoint):
            return own.lstrip("/")
        if not self._is_gateway:
            return _ARGUS[endpoint]
        has_prefix = self._settings.endpoint_url.endswith("/" + _GATEWAY_PREFIX)
        return _GATEWAY[endpoint] if has_prefix else f"{_GATEWAY_PREFIX}/{_GATEWAY[endpoint]}"

    def history(self, endpoint: Endpoint, span: Span, kind: Ids, ids: Sequence[str], step_ms: int = 0) -> str:
        """A historic question; `step_ms` only where intervals are asked for."""
        if self._is_gateway:  # whole days, both included (§3)
            zone = self._settings.zone
            first, last = day_of(span.start_ms, zone), day_of(span.end_ms - 1, zone)
            given = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        else:
            given = {"startDate": iso_utc(span.start_ms), "endDate": iso_utc(span.end_ms)}
        given |= {"step": str(step_ms)} if step_ms else {}
        return self._address(endpoint, given | self._ids(kind, ids))

    def load(self, endpoint: Endpoint, group_ids: Sequence[str]) -> str:
        """The question for the load of groups now."""
        return self._address(endpoint, self._ids(Ids.GROUPS, group_ids))

    def _ids(self, kind: Ids, ids: Sequence[str]) -> dict[str, str]:
        return {_SNAKE[kind] if self._is_gateway else kind.value: ",".join(ids)}

    def _address(self, endpoint: Endpoint, given: Mapping[str, str]) -> str:
        return f"{self.path(endpoint)}?{encoded(given, raw_commas=self._settings.raw_commas)}"


def encoded(given: Mapping[str, str], *, raw_commas: bool = False) -> str:
    """Parameters as they are sent, `+` as `%2B`; commas stay what they are only where a platform needs it so."""
    written = str(httpx.QueryParams(dict(given)))
    return written.replace("%2C", ",") if raw_commas else written


def sendable(ids: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids without doubles, those that can be asked for and those that cannot: a comma would divide them (§4)."""
    once = tuple(dict.fromkeys(ids))
    return tuple(i for i in once if i and "," not in i), tuple(i for i in once if not i or "," in i)
