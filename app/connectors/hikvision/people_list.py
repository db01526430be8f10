"""Reads a list of people page by page, past everything that terminals do to it (hikvision-isapi.md §6.4).

A list that may lack somebody is marked incomplete: nothing is concluded from who is not on it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from app.connectors.hikvision.reading import PeoplePage
from app.domain.terminals import PeopleList, StoredPerson
from app.i18n import _

USUAL_PAGE = 30
_EMPTY_PAGES = 3
_EXTRA_PAGES = 10
_MOST_PEOPLE = 200_000
Ask = Callable[[Mapping[str, Any]], Awaitable[PeoplePage]]
"""Sends one search condition and returns its page."""


async def read_people(ask: Ask, page_size: int, numbers: Sequence[str] | None = None) -> PeopleList:
    """Everybody, or those with one of `numbers`.

    All pages carry one `searchID`; the next begins after the records received, however many were asked for. A page that
    comes empty although more was promised is asked for again three times.
    """
    search_id = str(uuid4())
    found: dict[str, StoredPerson] = {}
    position = promised = empty = pages = 0
    while True:
        page = await ask(_condition(search_id, position, page_size, numbers))
        promised, pages = max(promised, page.total), pages + 1
        found |= {person.number: person for person in page.people}
        position += page.received
        empty = 0 if page.received else empty + 1
        if not page.more and position >= promised:
            break
        most_pages = min(promised or _MOST_PEOPLE, _MOST_PEOPLE) + _EXTRA_PAGES
        if empty > _EMPTY_PAGES or pages >= most_pages or position > _MOST_PEOPLE:
            return _incomplete(found, promised)
    return _incomplete(found, promised) if len(found) < promised else PeopleList(tuple(found.values()), len(found))


def _condition(search_id: str, position: int, size: int, numbers: Sequence[str] | None) -> dict[str, Any]:
    condition: dict[str, Any] = {"searchID": search_id, "searchResultPosition": position, "maxResults": size}
    if numbers is not None:
        condition["EmployeeNoList"] = [{"employeeNo": number} for number in numbers]
    return condition


def _incomplete(found: Mapping[str, StoredPerson], promised: int) -> PeopleList:
    text = _("{found} of {total} people were listed.").format(found=len(found), total=promised or "?")
    return PeopleList(tuple(found.values()), promised, complete=False, why=text)
