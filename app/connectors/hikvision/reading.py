"""What terminals tell, read tolerantly: every field is optional, numbers may be text, lists may be single objects.

Sections 6.4, 6.6, 7.1, 7.5 and 9 of hikvision-isapi.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.connectors.hikvision.envelope import number, plain_text
from app.domain.terminals import (
    DeviceInfo,
    FaceLimits,
    PeopleCount,
    PersonLimits,
    StoredPerson,
    TerminalClock,
)
from app.errors import BadData
from app.i18n import _

MOST_TEXT = 256


@dataclass(frozen=True)
class PeoplePage:
    """One page of a search: how many records it had, also unreadable ones, and whether it says that more follow."""

    people: tuple[StoredPerson, ...]
    total: int
    received: int
    more: bool


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return plain_text(value, MOST_TEXT)


def people_page(content: Any) -> PeoplePage:
    """A page of `UserInfoSearch`; `NO MATCH` comes in several spellings and without people."""
    content = _dict(content)
    records = _list(content.get("UserInfo"))
    people = tuple(person for raw in records if (person := _person(_dict(raw))).number)
    more = _state(content) == "MORE"
    return PeoplePage(people, max(0, number(content.get("totalMatches")) or 0), len(records), more)


def _state(content: Mapping[str, Any]) -> str:
    return _text(content.get("responseStatusStrg")).upper().replace("_", " ")


def _person(raw: Mapping[str, Any]) -> StoredPerson:
    valid = _dict(raw.get("Valid"))
    plans = [_dict(plan) for plan in _list(raw.get("RightPlan"))]
    tells_doors = "doorRight" in raw or "RightPlan" in raw
    plan = next((_text(p.get("planTemplateNo")) for p in plans if p.get("planTemplateNo") is not None), "")
    return StoredPerson(
        _text(raw.get("employeeNo")),
        _text(raw.get("name")),
        _text(valid.get("beginTime"))[:19],
        _text(valid.get("endTime"))[:19],
        _truth(valid.get("enable")),
        _text(raw.get("doorRight")) if tells_doors else None,
        plan if tells_doors else None,
        number(raw.get("numOfFace")),
    )


def _truth(value: Any) -> bool | None:
    """A boolean that may be text; None when it is not said."""
    return None if value is None else value is True or _text(value).casefold() == "true"


def holds_face(content: Any, employee_no: str) -> bool | None:
    """Whether a face search found this very person, compared as text; None when the answer is none to a search."""
    raw = _dict(content)
    total = number(raw.get("totalMatches"))
    named = [_text(_dict(match).get("FPID")) for match in _list(raw.get("MatchList"))]
    if any(named):
        return employee_no in named
    if total is None and not _state(raw):
        return None
    return (total or number(raw.get("numOfMatches")) or 0) > 0


def device_info(content: Any) -> DeviceInfo:
    """Who the terminal says it is."""
    raw = _dict(content)
    return DeviceInfo(
        _text(raw.get("deviceName")),
        _text(raw.get("model")),
        _text(raw.get("serialNumber")),
        _text(raw.get("macAddress")),
        " ".join(filter(None, (_text(raw.get("firmwareVersion")), _text(raw.get("firmwareReleasedDate"))))),
    )


def _most(value: Any) -> int | None:
    """The upper end of a value descriptor (§6.6)."""
    return number(_dict(value).get("@max"))


def _functions(values: Iterable[Any]) -> frozenset[str]:
    text = next((v for v in values if v), "")
    parts = text if isinstance(text, list) else _text(_dict(text).get("@opt", text)).split(",")
    return frozenset(_text(part).strip() for part in parts if _text(part).strip())


def person_limits(content: Any) -> PersonLimits:
    """Limits of people; some firmware puts keys beside `UserInfo` instead of in it."""
    raw = _dict(content)
    raw = raw | _dict(raw.get("UserInfo"))
    condition = _dict(raw.get("UserInfoSearchCond"))
    return PersonLimits(
        number(raw.get("maxRecordNum")) or _most(raw.get("maxRecordNum")),
        _most(raw.get("name")),
        _most(condition.get("maxResults")),
        _functions([raw.get("supportFunction")]),
    )


def face_limits(content: Any) -> FaceLimits:
    """Limits of faces; the list of functions goes by two names (§7.1)."""
    raw = _dict(content)
    raw = _dict(raw.get("FDLibCap")) or raw
    length = raw.get("faceURLLen")
    most = raw.get("FDRecordDataMaxNum")
    return FaceLimits(
        number(most) or _most(most),
        number(length) or _most(length),
        _functions([raw.get("supportFDFunction"), raw.get("supportFunction")]),
    )


def people_count(content: Any) -> PeopleCount:
    """How many people; older firmware says no more than that."""
    raw = _dict(content)
    return PeopleCount(number(raw.get("userNumber")) or 0, number(raw.get("bindFaceUserNumber")))


def _libraries(content: Any) -> list[dict[str, Any]]:
    raw = _dict(content)
    listed = next((raw[key] for key in ("FDLib", "FDRecordDataInfo") if key in raw), raw)
    return [_dict(one) for one in _list(listed)]


def has_library(content: Any) -> bool:
    """Whether library 1 for visible light is listed."""
    return any(_text(one.get("FDID")) == "1" for one in _libraries(content))


def face_count(content: Any) -> int | None:
    """How many faces library 1 holds."""
    counts = [number(one.get("recordDataNumber")) for one in _libraries(content) if _text(one.get("FDID")) in {"1", ""}]
    return next((count for count in counts if count is not None), number(_dict(content).get("totalRecordDataNumber")))


def clock(content: Any, at: datetime) -> TerminalClock:
    """The terminal's time and its distance from ours at `at`.

    Raises `BadData` when it tells none.
    """
    raw = _dict(_dict(content).get("Time", content))
    text = _text(raw.get("localTime"))
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadData(_("The device does not tell the time.")) from error
    if local.tzinfo is None:  # then it is this computer's wall time or nothing
        local = local.astimezone()
    return TerminalClock(
        local, (local.astimezone(UTC) - at).total_seconds(), _text(raw.get("timeMode")), _text(raw.get("timeZone"))
    )
