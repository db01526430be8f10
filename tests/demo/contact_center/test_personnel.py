"""The demo contact centre: services, groups and accounts (contact-center.md section 5.1)."""

from __future__ import annotations

from collections import Counter

import httpx

from app.demo.world import DemoWorld
from tests.support.demo_contact_center import read


def test_eight_groups_in_three_services_cover_every_channel(platform: httpx.Client) -> None:
    services = read(platform.get("/personnel"))["services"]
    groups = [group for service in services for group in service["serviceGroups"]]
    assert (len(services), len(groups)) == (3, 8)
    assert {group["status"] for group in [*services, *groups]} == {"ACTIVE"}
    channels = {group["channelType"] for group in groups}
    assert {"INCOMING_CALLS", "OUTGOING_CALLS", "CHATS", "MAILS", "INCOMING_CALLS,OUTGOING_CALLS"} == channels


def test_sixty_agents_have_groups_that_exist(platform: httpx.Client) -> None:
    found = read(platform.get("/personnel"))
    groups = {group["id"] for service in found["services"] for group in service["serviceGroups"]}
    memberships = [[group["groupId"] for group in agent["agentGroups"]] for agent in found["agents"]]
    assert len({agent["id"] for agent in found["agents"]}) == 60
    assert {group for listed in memberships for group in listed} == groups
    assert {len(listed) for listed in memberships} == {1, 2}


def test_names_and_logins_come_in_both_forms(platform: httpx.Client) -> None:
    agents = read(platform.get("/personnel"))["agents"]
    assert {type(agent["loginSSO"]) for agent in agents} == {str, list}
    whole = [agent for agent in agents if agent["surname"] == ""]
    assert whole
    assert all(" " in agent["name"] for agent in whole)
    assert (agents[0]["id"], agents[0]["surname"], agents[0]["agentNumber"]) == ("op-17", "Орлова", "00-0417")


def test_most_numbers_are_those_of_1c_and_some_are_missing_unknown_or_double() -> None:
    with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=0) as world:
        told = world.contact_center.describe()
        headers = {"Authorization": f"Bearer {told['token']}"}
        agents = read(httpx.get(f"{told['endpoint_url']}/personnel", headers=headers, trust_env=False))["agents"]
        people = {person.number for person in world.onec.people}
    numbers = [agent.get("agentNumber") for agent in agents]
    assert numbers.count(None) == 3
    assert numbers.count("") == 1
    known = Counter(number for number in numbers if number in people)
    assert sum(known.values()) == 55
    assert [count for count in known.values() if count > 1] == [2]
    assert len([number for number in numbers if number and number not in people]) == 1


def test_there_may_be_two_hundred_agents() -> None:
    with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=0, agents=200) as world:
        told = world.contact_center.describe()
        headers = {"Authorization": f"Bearer {told['token']}"}
        with httpx.Client(base_url=str(told["endpoint_url"]), headers=headers, trust_env=False, timeout=10) as client:
            assert len(read(client.get("/personnel"))["agents"]) == 200
            assert len(read(client.get("/online/agentStatus"))) > 5
