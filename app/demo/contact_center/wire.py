"""How the platform writes: bare lists with the published names, or an envelope with snake case (the gateway)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.responses import Response

from app.demo.contact_center.questions import Dialect

BOM = b"\xef\xbb\xbf"
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


class Ways(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The habits of one platform. A struct because the control path reads and writes it."""

    bom: bool = False
    content_type: str = "application/json"
    clock_ahead_s: float = 0
    """How far its clock is wrong: in every time it tells, and in what it takes a question to mean."""
    repeats_groupless: bool = True
    """Statuses of no particular group under each group of the agent; else once, without group and service."""
    open_sessions: bool = False
    """Whether logins that go on are told, with `logoutDate` null."""
    target_known: bool = True
    """Whether `callAnsweredTst` is told."""
    latency_s: float = 0


def snake(name: str) -> str:
    """`groupId` as `group_id`."""
    return _CAPITAL.sub(r"_\1", name).lower()


def encoded(payload: object, ways: Ways, status: int = 200) -> Response:
    """`payload` as this platform sends it."""
    body = msgspec.json.encode(payload)
    headers = {"Content-Type": ways.content_type} if ways.content_type else {}
    return Response(BOM + body if ways.bom else body, status, headers)


def written(name: str, rows: object, parameters: Mapping[str, str], dialect: Dialect) -> object:
    """`rows` bare, or in the gateway's envelope under the name of the read in snake case."""
    if dialect is Dialect.ARGUS:
        return rows
    found = _snaked(rows)
    total = {"total_count": len(found)} if isinstance(found, list) else {}
    stamp = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {snake(name): found, **total, "parameters": dict(parameters), "timestamp": stamp}


def _snaked(value: Any) -> Any:
    if isinstance(value, list):
        return [_snaked(item) for item in value]
    if isinstance(value, dict):
        return {snake(key): _snaked(item) for key, item in value.items()}
    return value
