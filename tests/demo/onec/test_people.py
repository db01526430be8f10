"""The demo 1C: who works there, and `agents` (onec-zup.md section 5.1)."""

from __future__ import annotations

import time
from datetime import date

import httpx
import pytest

from app.demo.onec.people import agents
from app.demo.onec.server import DemoOneC
from app.demo.onec.staff import EMPTY_GUID, Person, build_staff
from app.demo.onec.wire import Ways, encoded
from app.demo.world import DemoWorld
from tests.support.demo_onec import NOW, ORLOVA, PLAIN, read


class TestPeople:
    def test_they_come_as_1c_writes_them(self, service: httpx.Client) -> None:
        answer = service.get("/agents/2026-01-01/2026-12-31")
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert answer.headers["content-type"].startswith("text/plain")
        (found,) = read(answer)
        assert len(found["AR_agents"]) == 60
        assert len({row.get("tabN") for row in found["AR_agents"]}) == 60

    def test_every_awkward_spelling_of_the_reference_occurs(self, service: httpx.Client) -> None:
        (found,) = read(service.get("/agents/2026-01-01/2026-12-31"))
        keys = {key for row in found["AR_agents"] for key in row}
        assert {"agentId", "agentID", "id", "positionId", "positionID", "Login", "login", "loginSSO"} <= keys
        assert {"parentDepartmentId", "parent_departmentId"} <= {key for row in found["AR_departments"] for key in row}
        ends = {row.get("finishwork", "absent") for row in found["AR_agents"]}
        assert {None, "absent", "0001-01-01", "0001-01-01T00:00:00"} <= ends
        rates = {row["rate"] for row in found["AR_agents"]}
        assert {1, "1", "0,5", "0,75"} <= rates
        guids = [row.get("agentId") or row.get("agentID") or row["id"] for row in found["AR_agents"]]
        assert any(guid != guid.lower() for guid in guids)
        assert len({guid.lower() for guid in guids}) == 60
        assert any(row.get("positionId", row.get("positionID")) == EMPTY_GUID for row in found["AR_agents"])

    def test_the_tree_has_two_levels_and_both_kinds_of_root(self, infobase: DemoOneC, service: httpx.Client) -> None:
        infobase.ways = PLAIN
        (found,) = read(service.get("/agents/2026-01-01/2026-12-31"))
        parents = {row["departmentId"]: row["parentDepartmentId"] for row in found["AR_departments"]}
        roots = {unit for unit, parent in parents.items() if parent in (unit, EMPTY_GUID)}
        assert {parents[root] for root in roots} == {EMPTY_GUID, "a1c0e9d2-0001-4a6b-8f10-5d2f5a000001"}
        assert sum(parent in roots and unit not in roots for unit, parent in parents.items()) == 8
        assert {row["departmentId"] for row in found["AR_agents"]} <= set(parents)

    def test_who_left_a_month_ago_vanishes_and_who_left_later_is_listed(
        self, infobase: DemoOneC, service: httpx.Client
    ) -> None:
        infobase.ways = PLAIN
        infobase.people[0].left, infobase.people[1].left = date(2026, 2, 9), date(2026, 2, 10)
        infobase.people[2].hired = date(2026, 3, 11)
        (found,) = read(service.get("/agents/2026-01-01/2026-12-31"))
        listed = {row["agentId"]: row["finishwork"] for row in found["AR_agents"]}
        gone, leaving, coming = (person.agent_id for person in infobase.people[:3])
        assert gone not in listed
        assert listed[leaving] == "2026-02-10"
        assert coming not in listed

    def test_dates_bound_the_accruals_and_count_from_this_month(
        self, infobase: DemoOneC, service: httpx.Client, orlova: Person
    ) -> None:
        (found,) = read(service.get("/agents/2026-01-01/2026-05-31"))
        accruals = next(row["AR_vacation"] for row in found["AR_agents"] if row["tabN"] == "00-0417")
        assert [row["date"] for row in accruals] == ["2026-03-03", "2026-04-03", "2026-05-03"]
        assert accruals[1]["vacation"] - accruals[0]["vacation"] == pytest.approx(28 / 12)
        (past,) = read(service.get("/agents/2025-01-01/2025-12-31"))
        assert len(past["AR_agents"]) == len(found["AR_agents"])
        assert {len(row["AR_vacation"]) for row in past["AR_agents"]} == {0}

    def test_five_thousand_are_written_within_a_second(self) -> None:
        def cost() -> float:
            began = time.perf_counter()
            staff = build_staff(5000, today=NOW.date())
            answer = encoded(agents(staff, date(2026, 1, 1), date(2026, 12, 31), NOW.date(), Ways()), Ways())
            assert len(read(httpx.Response(200, content=bytes(answer.body)))["AR_agents"]) == 5000
            return time.perf_counter() - began

        assert min(cost() for _ in range(3)) < 1

    def test_the_answer_is_kept_until_somebody_may_have_changed_the_people(self) -> None:
        with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=0, agents=5000) as world:
            told = world.onec.describe()
            auth = httpx.BasicAuth(told["username"], told["password"])
            with httpx.Client(base_url=told["endpoint_url"], auth=auth, timeout=10, trust_env=False) as client:

                def trip() -> float:
                    began = time.monotonic()
                    assert len(read(client.get("/agents/2026-01-01/2026-12-31"))[0]["AR_agents"]) == 5000
                    return time.monotonic() - began

                first = trip()
                assert min(trip() for _ in range(3)) < first
                world.onec.people.clear()
                assert read(client.get("/agents/2026-01-01/2026-12-31"))[0]["AR_agents"] == []


class TestStaff:
    def test_the_same_seed_and_day_give_the_same_staff(self) -> None:
        day = date(2026, 3, 10)
        assert build_staff(60, today=day) == build_staff(60, today=day)
        assert build_staff(60, today=day, seed=7) != build_staff(60, today=day)

    def test_some_left_lately_some_came_lately_and_weeks_differ(self) -> None:
        day = date(2026, 3, 10)
        people = build_staff(60, today=day).people
        assert sum(person.left is not None and person.left < day for person in people) == 2
        assert sum(person.left is not None and person.left > day for person in people) == 1
        assert sum((day - person.hired).days <= 20 for person in people) == 3
        assert {person.norm_week for person in people} == {40, 36, 20}
        assert len({person.login for person in people}) == len({person.agent_id for person in people}) == 60
        assert (people[0].number, people[0].login, people[0].agent_id) == ("00-0417", "m.orlova", ORLOVA)

    @pytest.mark.parametrize("people", [-1, 50_001])
    def test_impossible_numbers_are_refused(self, people: int) -> None:
        with pytest.raises(ValueError, match="0 to 50000"):
            DemoWorld(agents=people)

    def test_five_thousand_are_made_quickly(self) -> None:
        def cost() -> float:
            began = time.perf_counter()
            build_staff(5000, today=date(2026, 3, 10))
            return time.perf_counter() - began

        assert min(cost() for _ in range(3)) < 0.5
