"""Lists of people, page by page: what terminals do to them, and when a list counts as whole (§6.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.connectors.hikvision.people_list import read_people
from app.connectors.hikvision.reading import people_page
from app.domain.terminals import PeopleList
from tests.support.scripted_terminal import Asked, line_to, scripted, told

Page = dict[str, Any]


def page(numbers: range, total: int | None, state: str = "MORE") -> Page:
    people = [{"employeeNo": str(number)} for number in numbers]
    return {"responseStatusStrg": state, "UserInfo": people} | ({} if total is None else {"totalMatches": total})


async def listed(answer: Callable[[int], Page], size: int = 30) -> tuple[PeopleList, list[Mapping[str, Any]]]:
    """The list that these answers, by position, make, and the conditions that were sent."""
    asked: list[Mapping[str, Any]] = []

    async def ask(condition: Mapping[str, Any]) -> Any:
        asked.append(condition)
        assert len(asked) < 1000
        return people_page(answer(condition["searchResultPosition"]))

    return await read_people(ask, size), asked


def of(total: int, size: int = 30, *, told_total: bool = True) -> Callable[[int], Page]:
    """A terminal with so many people that gives so many a page."""

    def answer(position: int) -> Page:
        numbers = range(position, min(position + size, total))
        return page(numbers, total if told_total else None, "OK" if numbers.stop >= total else "MORE")

    return answer


@pytest.mark.parametrize("size", [30, 7, 1])
async def test_the_next_page_begins_after_the_records_received(size: int) -> None:
    found, asked = await listed(of(61, size))
    assert (len(found.people), found.total, found.complete) == (61, 61, True)
    assert [condition["searchResultPosition"] for condition in asked] == list(range(0, 61, size))


async def test_all_pages_carry_one_search_id_and_another_list_has_another() -> None:
    _found, first = await listed(of(61))
    _found, second = await listed(of(61))
    assert len({condition["searchID"] for condition in first}) == 1
    assert first[0]["searchID"] != second[0]["searchID"]


async def test_more_pages_are_read_where_no_total_is_told() -> None:
    found, _asked = await listed(of(95, told_total=False))
    assert (len(found.people), found.complete) == (95, True)


async def test_an_empty_page_is_asked_for_again_even_when_it_says_no_match() -> None:
    empties = iter([True, True, True])

    def answer(position: int) -> Page:
        if position == 30 and next(empties, False):
            return {"responseStatusStrg": "NO MATCH", "totalMatches": 0}
        return of(50)(position)

    found, asked = await listed(answer)
    assert (len(found.people), found.complete) == (50, True)
    assert len(asked) == 5


async def test_a_list_that_ends_before_the_promised_number_is_incomplete() -> None:
    found, asked = await listed(lambda position: of(668)(position) if position < 120 else page(range(0), 668, "OK"))
    assert (len(found.people), found.total, found.complete) == (120, 668, False)
    assert found.why == "120 of 668 people were listed."
    assert [condition["searchResultPosition"] for condition in asked].count(120) == 4


async def test_the_same_page_over_and_over_is_incomplete() -> None:
    found, _asked = await listed(lambda _position: page(range(30), 90))
    assert (len(found.people), found.complete) == (30, False)


async def test_a_terminal_that_always_promises_more_is_left_alone_at_some_time() -> None:
    found, asked = await listed(lambda _position: page(range(30), 60))
    assert not found.complete
    assert len(asked) <= 60 + 10


async def test_a_record_without_number_is_counted_but_makes_the_list_incomplete() -> None:
    def answer(position: int) -> Page:
        given = of(50)(position)
        if position == 0:
            given["UserInfo"][3] = {"name": "?"}
        return given

    found, asked = await listed(answer)
    assert [condition["searchResultPosition"] for condition in asked] == [0, 30]
    assert (len(found.people), found.complete) == (49, False)


async def test_nobody_is_a_whole_list() -> None:
    found, asked = await listed(lambda _position: {"responseStatusStrg": "NO_MATCH"})
    assert (found.people, found.complete, len(asked)) == ((), True, 1)


async def test_pages_are_as_large_as_the_terminal_allows_once_it_refused_larger_ones() -> None:
    def terminal(asked: Asked) -> bytes:
        if "capabilities" in asked.target:
            return told({"UserInfo": {"supportFunction": "get"}, "UserInfoSearchCond": {"maxResults": {"@max": 10}}})
        condition = asked.json()["UserInfoSearchCond"]
        if condition["maxResults"] > 10:
            return told({"statusCode": 6, "subStatusCode": "beyondARGSRangeLimit", "errorMsg": "maxResults"}, 400)
        return told({"UserInfoSearch": of(25, 10)(condition["searchResultPosition"])})

    async with scripted(signed=terminal) as device, line_to(device) as line:
        assert len((await line.all_people()).people) == 25
        assert len((await line.all_people()).people) == 25
    asked = [a.json()["UserInfoSearchCond"]["maxResults"] for a in device.signatures if a.body]
    assert asked == [30] + [10] * 6
