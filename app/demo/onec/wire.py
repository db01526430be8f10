"""How 1C writes: BOM, odd content types, days as instants, keys in several spellings (onec-zup.md section 4.3).

All of it is within what the reference says of healthy servers; what is broken is `troubles`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.responses import Response

MOSCOW = ZoneInfo("Europe/Moscow")
"""The zone of the 1C server."""
BOM = b"\xef\xbb\xbf"
EMPTY_DATE = "0001-01-01T00:00:00"
HOUR_MS = 3_600_000

Row = dict[str, Any]
"""A JSON object."""


class Ways(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The habits of one installation. A struct because the control path reads and writes it."""

    bom: bool = True
    content_type: str = "text/plain; charset=utf-8"
    one_element_array: bool = True
    """Around the single object that `agents` answers."""
    mixed_spelling: bool = True
    """Other spellings of keys, GUIDs in capitals, empty dates in place of null, rates as "0,5": record by record."""
    moscow_days: bool = True
    """Days of a time sheet as `…T21:00:00Z` of the day before; else as midnight without a zone."""
    four_groups: bool = True
    """Now and then such a day with a fourth group, `…T21:00:00:00Z`."""
    result_as_text: bool = True
    """`result` of sendSchedule as "true"; else as true."""
    path_style: bool = True
    envelope_style: bool = True
    """Whether `POST {base}/{method}` and `POST {base}` with the method as key are understood."""
    reuse_sessions: bool = False
    """Whether `IBSession: start` hands out a cookie (`reuseSessions="use"`)."""
    session_max_age_s: float = 20
    pool_size: int = 10
    max_sessions: int = 0
    """Licences; 0 is as many as are asked for."""
    latency_s: float = 0
    """How long each call takes at least."""


def encoded(payload: object, ways: Ways) -> Response:
    """200 with `payload` as this installation writes it."""
    return written(msgspec.json.encode(payload), ways)


def written(body: bytes, ways: Ways, status: int = 200) -> Response:
    """`body`, JSON without a BOM, as this installation sends it."""
    headers = {"Content-Type": ways.content_type} if ways.content_type else {}
    return Response(BOM + body if ways.bom else body, status, headers)


def day_stamp(day: date, ways: Ways, number: int) -> str:
    """A day of a time sheet (section 5.4); every seventh by `number` with four groups."""
    if not ways.moscow_days:
        return f"{day.isoformat()}T00:00:00"
    groups = ":00" if ways.four_groups and number % 7 == 6 else ""
    return f"{(day - timedelta(days=1)).isoformat()}T21:00:00{groups}Z"


def instant(text: str) -> datetime:
    """Any instant as Moscow time: UTC, with an offset, or local (section 5). Raises ValueError for anything else."""
    value = datetime.fromisoformat(text)
    return value.replace(tzinfo=MOSCOW) if value.tzinfo is None else value.astimezone(MOSCOW)


def hours(value: float) -> float | int:
    """Hours as 1C writes them: whole where they are, else with at most two digits."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "agentId": ("agentId", "agentID", "id"),
    "positionId": ("positionId", "positionID"),
    "parentDepartmentId": ("parentDepartmentId", "parent_departmentId"),
    "Login": ("Login", "login", "loginSSO"),
}
"""Each key with the spellings of section 5.1."""


def spelt(record: Row, number: int) -> Row:
    """`record` with its keys in the spelling whose turn it is."""
    return {SPELLINGS[key][number % len(SPELLINGS[key])] if key in SPELLINGS else key: v for key, v in record.items()}
