"""Services, groups and agent accounts of the demo contact centre (contact-center.md section 5.1).

The accounts belong to the people of the demo 1C and carry their personnel numbers, as far as somebody entered them:
of each sixty, four have none, one has a number that nobody has, and one has that of somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.demo.onec.staff import Person

FIRST_ID = 17
ROUND = 60
WITHOUT_NUMBER, BLANK_NUMBER, UNKNOWN_NUMBER, DOUBLED_NUMBER = (13, 29, 51), 33, 26, 45
"""Who of each round of sixty cannot be linked by number, or only to the wrong person."""


class Channel(StrEnum):
    """What a group handles."""

    CALLS = "INCOMING_CALLS"
    OUTGOING = "OUTGOING_CALLS"
    CHATS = "CHATS"
    MAILS = "MAILS"


@dataclass(frozen=True)
class Group:
    """A group of a service. Times in seconds: `handling` of a contact, `wrap_up` after it, `patience` of a customer.

    `at_once` is how many contacts an agent has at a time.
    """

    id: str
    name: str
    service_id: str
    channels: tuple[Channel, ...]
    handling: float
    wrap_up: float
    patience: float
    at_once: int = 1
    by_night: bool = False


@dataclass(frozen=True)
class Agent:
    """An account; `person` is who signs in with it, `place` the position in the roster."""

    id: str
    place: int
    person: Person
    number: str | None
    groups: tuple[Group, ...]


_CALLS = (Channel.CALLS,)
GROUPS = (
    Group("g-sales", "Продажи", "Линия-1", _CALLS, 260, 18, 90),
    Group("g-support-1", "Поддержка 1", "Линия-1", _CALLS, 320, 25, 120),
    Group("g-support-2", "Поддержка 2", "Линия-1", _CALLS, 340, 25, 120),
    Group("g-vip", "VIP", "Линия-2", (Channel.CALLS, Channel.OUTGOING), 380, 35, 150),
    Group("g-night", "Ночная линия", "Линия-2", _CALLS, 290, 20, 100, by_night=True),
    Group("g-outgoing", "Обзвон", "Линия-2", (Channel.OUTGOING,), 150, 12, 60),
    Group("g-chat", "Чаты", "Диджитал", (Channel.CHATS,), 620, 20, 240, at_once=3),
    Group("g-mail", "Почта", "Диджитал", (Channel.MAILS,), 420, 15, 7200),
)
"""In the order of the departments of the demo 1C."""
SERVICES = ("Линия-1", "Линия-2", "Диджитал")
SECOND_GROUP = {0: 1, 1: 2, 2: 1, 3: 5, 5: 3, 6: 7}
"""Which group, by place in GROUPS, the people of another one help out in."""


def build_roster(people: Sequence[Person]) -> list[Agent]:
    """An account for each of `people`."""
    return [_agent(place, person, people) for place, person in enumerate(people)]


def _agent(place: int, person: Person, people: Sequence[Person]) -> Agent:
    main = place % len(GROUPS)
    groups = [GROUPS[main]]
    if place // len(GROUPS) % 3 == 1 and main in SECOND_GROUP:
        groups.append(GROUPS[SECOND_GROUP[main]])
    return Agent(f"op-{FIRST_ID + place}", place, person, _number(place, people), tuple(groups))


def _number(place: int, people: Sequence[Person]) -> str | None:
    at = place % ROUND
    if at in WITHOUT_NUMBER:
        return None
    if at == BLANK_NUMBER:
        return ""
    if at == UNKNOWN_NUMBER:
        return f"99-{place:04}"
    return people[place - 1 if at == DOUBLED_NUMBER else place].number


def personnel(agents: Sequence[Agent]) -> dict[str, object]:
    """The answer of `personnel`; agents without groups are not in it."""
    return {"services": [_service(name) for name in SERVICES], "agents": [_account(agent) for agent in agents]}


def _service(name: str) -> dict[str, object]:
    groups = [
        {"id": group.id, "name": group.name, "status": "ACTIVE", "channelType": ",".join(group.channels)}
        for group in GROUPS
        if group.service_id == name
    ]
    return {"id": name, "name": name, "status": "ACTIVE", "serviceGroups": groups}


def _account(agent: Agent) -> dict[str, object]:
    """Now and then the whole name in `name`, or `loginSSO` as a list: the reference knows both."""
    person, place = agent.person, agent.place
    whole = place % 10 == 7
    full_name = f"{person.last_name} {person.first_name} {person.middle_name}".strip()
    account: dict[str, object] = {
        "id": agent.id,
        "name": full_name if whole else person.first_name,
        "surname": "" if whole else person.last_name,
        "secondName": "" if whole else person.middle_name,
        "loginSSO": [person.login] if place % 5 == 0 else person.login,
        "agentGroups": [{"groupId": group.id} for group in agent.groups],
    }
    return account if agent.number is None else account | {"agentNumber": agent.number}
