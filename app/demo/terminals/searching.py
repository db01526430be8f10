"""UserInfo/Search with its pages, and the dirt some firmware puts into them (hikvision-isapi.md section 6.4)."""

from __future__ import annotations

from collections import Counter

import msgspec
from msgspec import Struct

from app.demo.terminals.calls import Call, Reply, json_reply, read_json
from app.demo.terminals.device import Device, Person
from app.demo.terminals.people import Numbered, employee_numbers
from app.demo.terminals.quirks import Lie
from app.demo.terminals.statuses import Refusal

MOST_NUMBERS = 30
MOST_REMEMBERED = 100
_CONDITION_KEYS = {
    "search_id": "searchID",
    "position": "searchResultPosition",
    "most": "maxResults",
    "people": "EmployeeNoList",
    "text": "fuzzySearch",
}


class _Condition(Struct, rename=_CONDITION_KEYS):
    search_id: str
    position: int
    most: int
    people: list[Numbered] | None = None
    text: str = ""


class _Body(Struct, rename={"condition": "UserInfoSearchCond"}):
    condition: _Condition


class PeopleSearch:
    """The search of one terminal; it counts the empty pages it gave per search."""

    def __init__(self) -> None:
        self._empties: Counter[str] = Counter()

    async def answer(self, device: Device, call: Call) -> Reply:
        """One page."""
        condition = read_json(call.body, _Body).condition
        _check(device, condition)
        found = _found(device, condition)
        page = self._page(device, condition, found)
        given = condition.position + len(page)
        result: dict[str, object] = {
            "searchID": condition.search_id,
            "responseStatusStrg": "OK" if given >= len(found) else "MORE",
            "numOfMatches": len(page),
            "totalMatches": len(found),
        }
        if not found:
            result["responseStatusStrg"] = device.quirks.no_match
        else:
            people = [_shown(device, person) for person in page]
            single = device.quirks.single_as_object and len(people) == 1
            result["UserInfo"] = people[0] if single else people
        _forget_shown(device, page)
        return json_reply({"UserInfoSearch": result})

    def _page(self, device: Device, condition: _Condition, found: list[Person]) -> list[Person]:
        quirks = device.quirks
        size = min(condition.most, quirks.max_results, quirks.page_size or condition.most)
        if quirks.empty_from is not None and condition.position >= quirks.empty_from and found:
            if len(self._empties) > MOST_REMEMBERED:
                self._empties.clear()
            self._empties[condition.search_id] += 1
            if quirks.empty_times is None or self._empties[condition.search_id] <= quirks.empty_times:
                return []
        return found[condition.position : condition.position + size]


def _check(device: Device, condition: _Condition) -> None:
    if not 1 <= len(condition.search_id) <= 36:
        raise Refusal("badJsonContent", "searchID")
    if condition.position < 0:
        raise Refusal("badJsonContent", "searchResultPosition")
    if condition.most < 1 or (condition.most > device.quirks.max_results and device.quirks.refuses_more_results):
        raise Refusal("beyondARGSRangeLimit", "maxResults")
    if len(condition.text) > 32:
        raise Refusal("badJsonContent", "fuzzySearch")


def _found(device: Device, condition: _Condition) -> list[Person]:
    if condition.people:
        wanted = dict.fromkeys(employee_numbers(device, condition.people, most=MOST_NUMBERS))
        return [device.people[number] for number in wanted if number in device.people]
    everyone = list(device.people.values())
    if condition.text:
        return [person for person in everyone if condition.text in person.name or condition.text in person.number]
    return everyone


def _shown(device: Device, person: Person) -> dict[str, object]:
    shown: dict[str, object] = msgspec.to_builtins(person)
    return shown | {"numOfCard": 0, "numOfFP": 0, "numOfFace": int(person.number in device.faces)}


def _forget_shown(device: Device, page: list[Person]) -> None:
    if Lie.FORGETS in device.quirks.lies:
        for person in page:
            device.forget(person.number)
