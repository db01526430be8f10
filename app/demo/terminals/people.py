"""People on a terminal: Record, Modify, SetUp, both deletes and the count (hikvision-isapi.md section 6)."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import datetime

import msgspec
from msgspec import UNSET, Struct, UnsetType

from app.demo.terminals.calls import Call, Reply, done, json_reply, read_json
from app.demo.terminals.device import EARLIEST, LATEST, PERSON_KEYS, Device, DoorPlan, Person, Validity
from app.demo.terminals.quirks import Lie
from app.demo.terminals.statuses import Refusal

NUMBER = re.compile(r"[A-Za-z0-9_-]{1,32}")
UNWELCOME_IN_NAMES = frozenset("'\"&<>/:")
USER_TYPES = ("normal", "visitor", "blackList")
MOST_DELETED = 30
MOST_DELETED_LATER = 50
DELETING_S = 0.3
"""How long the deletion in the background takes."""


class _Given(Struct, rename=PERSON_KEYS):
    number: str | int
    name: str | UnsetType = UNSET
    user_type: str | UnsetType = UNSET
    validity: Validity | UnsetType = UNSET
    door_right: str | UnsetType = UNSET
    plans: tuple[DoorPlan, ...] | UnsetType = UNSET
    password: str | UnsetType = UNSET


class _PersonBody(Struct, rename={"given": "UserInfo"}):
    given: _Given


class Numbered(Struct, rename={"number": "employeeNo"}):
    """One entry of an `EmployeeNoList`."""

    number: str | int


class _Delete(Struct, rename={"people": "EmployeeNoList"}):
    people: list[Numbered]


class _DeleteBody(Struct, rename={"condition": "UserInfoDelCond"}):
    condition: _Delete


class _DeleteLater(Struct, rename={"people": "EmployeeNoList"}):
    mode: str
    people: list[Numbered] = []


class _DeleteLaterBody(Struct, rename={"detail": "UserInfoDetail"}):
    detail: _DeleteLater


async def record(device: Device, call: Call) -> Reply:
    """Add a person; one who is there is refused."""
    person = _read(device, call, {})
    if person.number in device.people:
        raise Refusal(device.quirks.exists_code)
    _store(device, person, is_new=True)
    return done(device.quirks)


async def modify(device: Device, call: Call) -> Reply:
    """Change a person; keys that are not sent keep their value. One who is absent is refused."""
    person = _read(device, call, device.people)
    if person.number not in device.people:
        raise Refusal("employeeNoNotExist")
    _store(device, person, is_new=False)
    return done(device.quirks)


async def set_up(device: Device, call: Call) -> Reply:
    """Add or change a person; on some firmware (`set_up_changes_only`) change alone."""
    person = _read(device, call, device.people)
    is_new = person.number not in device.people
    if is_new and device.quirks.set_up_changes_only:
        raise Refusal("employeeNoNotExist")
    _store(device, person, is_new=is_new)
    return done(device.quirks)


async def delete(device: Device, call: Call) -> Reply:
    """Delete people with all that is theirs, before the answer."""
    listed = read_json(call.body, _DeleteBody).condition.people
    numbers = employee_numbers(device, listed, most=MOST_DELETED)
    if not numbers:
        raise Refusal("MessageParametersLack", "EmployeeNoList")
    if device.quirks.knows_absent and any(number not in device.people for number in numbers):
        raise Refusal("employeeNoNotExist")
    for number in numbers:
        device.forget(number)
    return done(device.quirks)


class BackgroundDeletion:
    """`UserInfoDetail/Delete` and its progress, for one terminal."""

    def __init__(self) -> None:
        self._ends_at: float | None = None

    async def begin(self, device: Device, call: Call) -> Reply:
        """Answer at once, delete DELETING_S later. Mode `all` empties the terminal, as it does on real ones."""
        detail = read_json(call.body, _DeleteLaterBody).detail
        if detail.mode not in ("all", "byEmployeeNo"):
            raise Refusal("badJsonContent", "mode")
        numbers = employee_numbers(device, detail.people, most=MOST_DELETED_LATER)
        self._ends_at = time.monotonic() + DELETING_S

        def finish() -> None:
            for number in list(device.people) if detail.mode == "all" else numbers:
                device.forget(number)

        asyncio.get_running_loop().call_later(DELETING_S, finish)
        return done(device.quirks)

    async def progress(self, device: Device, call: Call) -> Reply:  # noqa: ARG002 - every endpoint's signature
        """How far the last deletion is."""
        left = 0.0 if self._ends_at is None else max(0.0, self._ends_at - time.monotonic())
        percent = round(100 * (1 - left / DELETING_S))
        status = "success" if percent == 100 else "processing"
        return json_reply({"UserInfoDetailDeleteProcess": {"status": status, "percent": percent}})


async def count(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """How many people, and how many of them with a face."""
    counted = {"userNumber": len(device.people)}
    if not device.quirks.counts_people_only:
        counted |= {
            "bindFaceUserNumber": len(device.faces.keys() & device.people.keys()),
            "bindCardUserNumber": 0,
            "bindFingerprintUserNumber": 0,
        }
    return json_reply({"UserInfoCount": counted})


async def capabilities(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """The limits, as value descriptors (section 6.6)."""
    times = {"@min": EARLIEST, "@max": LATEST}
    limits = {
        "supportFunction": {"@opt": "post,delete,put,get,setUp"},
        "maxRecordNum": device.capacity_people,
        "employeeNo": {"@min": 1, "@max": 32},
        "name": {"@min": 1, "@max": device.quirks.name_bytes},
        "userType": {"@opt": ",".join(USER_TYPES)},
        "Valid": {"enable": {"@opt": "true,false"}, "beginTime": times, "endTime": times},
        "doorRight": {"@opt": ["1"]},
        "RightPlan": {"maxSize": 1, "doorNo": {"@min": 1, "@max": 1}, "planTemplateNo": {"@min": 1, "@max": 255}},
        "UserInfoSearchCond": {"maxResults": {"@min": 1, "@max": device.quirks.max_results}},
        "UserInfoDelCond": {"EmployeeNoList": {"maxSize": MOST_DELETED}},
    }
    return json_reply({"UserInfo": limits, "isSupportUserInfoDetailDelete": True})


def employee_number(device: Device, given: str | int, field: str = "employeeNo") -> str:
    """A number as this terminal reads it. Raises Refusal when it refuses its type or form."""
    if isinstance(given, int) and device.quirks.refuses_number_type:
        raise Refusal("badJsonContent", field)
    number = str(given)
    if not NUMBER.fullmatch(number):
        raise Refusal("badJsonContent", field)
    return number


def employee_numbers(device: Device, listed: list[Numbered], *, most: int) -> list[str]:
    """The numbers of an `EmployeeNoList`. Raises Refusal for a number that is none, and for more than `most`."""
    if len(listed) > most:
        raise Refusal("beyondARGSRangeLimit", "EmployeeNoList")
    return [employee_number(device, entry.number) for entry in listed]


def _read(device: Device, call: Call, known: dict[str, Person]) -> Person:
    """The person of the body over what is `known` of them, checked."""
    given = read_json(call.body, _PersonBody).given
    number = employee_number(device, given.number)
    if isinstance(given.plans, UnsetType) and device.quirks.plan_required:
        raise Refusal("MessageParametersLack", "RightPlan")
    if isinstance(given.password, str) and not re.fullmatch(r"\d{0,8}", given.password):
        raise Refusal("badJsonContent", "password")
    values = {field: getattr(given, field) for field in Person.__struct_fields__ if field != "number"}
    sent = {field: value for field, value in values.items() if value is not UNSET}
    person = msgspec.structs.replace(known.get(number, Person(number)), **sent)
    _check(device, person)
    # `plamTemplateNo` and the like were ignored as unknown: a plan without a template is none.
    return msgspec.structs.replace(person, plans=tuple(plan for plan in person.plans if plan.plan_template_no))


def _check(device: Device, person: Person) -> None:
    if len(person.name.encode()) > device.quirks.name_bytes or UNWELCOME_IN_NAMES & set(person.name):
        raise Refusal("badJsonContent", "name")
    if person.user_type not in USER_TYPES:
        raise Refusal("badJsonContent", "userType")
    begins, ends = (_moment(person.validity.begin_time, "beginTime"), _moment(person.validity.end_time, "endTime"))
    if begins > ends:
        raise Refusal("badJsonContent", "beginTime and endTime")
    if not re.fullmatch(r"(1(,2)?)?", person.door_right):
        raise Refusal("badJsonContent", "doorRight")
    if person.validity.time_type not in ("local", "UTC"):
        raise Refusal("badJsonContent", "timeType")
    for plan in person.plans:
        if plan.door_no != 1:
            raise Refusal("badJsonContent", "doorNo")
        templates = plan.plan_template_no.split(",") if plan.plan_template_no else []
        if len(templates) > 4 or not all(text.isdecimal() and 1 <= int(text) <= 255 for text in templates):
            raise Refusal("badJsonContent", "planTemplateNo")


def _moment(text: str, field: str) -> datetime:
    """A local time within the years a terminal knows (32 bits)."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text) or not EARLIEST <= text <= LATEST:
        raise Refusal("badJsonContent", field)
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal("badJsonContent", field) from error


def _store(device: Device, person: Person, *, is_new: bool) -> None:
    if is_new and len(device.people) >= device.capacity_people:
        raise Refusal("deviceUserFull")
    lies = device.quirks.lies
    if Lie.STORES_NO_PERSON in lies:
        return
    if Lie.STORES_OTHER_NAME in lies:
        person = msgspec.structs.replace(person, name=person.name[:1])
    if Lie.STORES_NO_DOOR_RIGHT in lies:
        person = msgspec.structs.replace(person, door_right="", plans=())
    device.people[person.number] = person
