"""The answer of `agents` (onec-zup.md §5.1, §12.1): people, departments, balances; traps field by field."""

from __future__ import annotations

import json
import logging
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.onec import OneC
from app.connectors.onec.people import read_people
from app.connectors.onec.refusals import OneCBusinessError
from app.domain.onec import OneCDepartment, OneCPeople, OneCPerson, VacationBalance
from app.errors import BadData, MusterError
from tests.support.onec import AGENT, MOSCOW, make

ROOT, GROUP = "a1c0e9d2-0001-4a6b-8f10-5d2f5a000001", "a1c0e9d2-0002-4a6b-8f10-5d2f5a000002"
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
ORLOVA = {
    "agentId": AGENT.upper(), "tabN": "00-0417", "lastname": "Орлова", "firstname": "Мария", "secondname": "Игоревна",
    "startwork": "2023-04-03", "finishwork": None, "positionId": "c9e1a7b0-1111-4d2e-8c33-7a9b00000001",
    "position": "Оператор", "positionChangeDate": "2024-02-01", "departmentId": GROUP, "rate": 1, "Login": "m.orlova",
    "normWeek": 40, "normWeekChangeDate": "2023-04-03", "SN": "", "Db_ID": "88412", "area": "Пермь",
    "AR_vacation": [{"date": "2026-03-17", "vacation": 9.33}, {"date": "2026-04-17", "vacation": 11.67}],
}  # fmt: skip
DEPARTMENTS = [
    {"departmentId": ROOT, "department": "Контактный центр", "parentDepartmentId": ROOT},
    {"departmentId": GROUP, "department": "Группа 1", "parentDepartmentId": ROOT},
]


VALUES = (
    st.none()
    | st.integers()
    | st.text()
    | st.booleans()
    | st.lists(st.none() | st.dictionaries(st.sampled_from(["date", "vacation"]), st.text()))
)


def body(*people: Any, departments: Any = DEPARTMENTS, bare: bool = False) -> bytes:
    value = {"AR_departments": departments, "AR_agents": list(people)}
    return json.dumps(value if bare else [value], ensure_ascii=False).encode()


def read(*people: Any, **more: Any) -> OneCPeople:
    return read_people(body(*people, **more), MOSCOW)


def one(**changed: Any) -> OneCPerson:
    (person,) = read(ORLOVA | changed).people
    return person


class TestTheAnswer:
    async def test_the_published_shape(self, onec: OneC, wire: respx.MockRouter) -> None:
        route = wire.get("/agents/2026-01-01/2026-12-31").respond(200, content=body(ORLOVA))
        found = await onec.agents(FIRST, LAST)
        assert found.departments == (
            OneCDepartment(ROOT, "Контактный центр"),
            OneCDepartment(GROUP, "Группа 1", ROOT),
        )
        assert found.people == (
            OneCPerson(
                AGENT, "00-0417", "Орлова", "Мария", "Игоревна", date(2023, 4, 3), None,
                "c9e1a7b0-1111-4d2e-8c33-7a9b00000001", "Оператор", date(2024, 2, 1), GROUP, False, Decimal(1),
                "m.orlova", Decimal(40), date(2023, 4, 3), "", "88412", "Пермь",
                (
                    VacationBalance(date(2026, 3, 17), Decimal("9.33")),
                    VacationBalance(date(2026, 4, 17), Decimal("11.67")),
                ),
            ),
        )  # fmt: skip
        assert (found.complete, found.warnings) == (True, ())
        sent = route.calls.last.request
        assert sent.headers["accept"] == "application/json"
        assert len(sent.headers["x-request-id"]) == 36

    async def test_the_first_acceptance_check(self, onec: OneC, wire: respx.MockRouter) -> None:
        trapped = ORLOVA | {"rate": "0,5", "finishwork": "0001-01-01T00:00:00"}
        wire.get("/agents/2026-01-01/2026-12-31").respond(
            200, headers={"Content-Type": "text/plain"}, content=b"\xef\xbb\xbf" + body(trapped)
        )
        found = await onec.agents(FIRST, LAST)
        (person,) = found.people
        assert person.employment_rate == Decimal("0.5")
        assert person.termination_date is None
        assert person.employed_on(date(2090, 1, 1))
        assert [d.parent_external_id for d in found.departments] == [None, ROOT]

    @pytest.mark.parametrize("kind", ["text/html", "text/plain; charset=koi8-r", ""])
    async def test_the_kind_of_the_answer_is_not_asked(self, onec: OneC, wire: respx.MockRouter, kind: str) -> None:
        wire.get(url__regex=".*").mock(
            return_value=httpx.Response(200, headers={"Content-Type": kind} if kind else {}, content=body(ORLOVA))
        )
        assert len((await onec.agents(FIRST, LAST)).people) == 1

    @pytest.mark.parametrize("bare", [False, True])
    def test_the_array_around_the_object_may_be_missing(self, bare: bool) -> None:
        assert len(read(ORLOVA, bare=bare).people) == 1

    def test_a_single_person_may_come_without_a_list(self) -> None:
        assert len(read_people(json.dumps({"AR_agents": ORLOVA}).encode(), MOSCOW).people) == 1

    def test_broken_json_is_repaired_and_said_and_proves_nobody_missing(self) -> None:
        written = body(ORLOVA).replace(b'"vacation": 9.33', b'"vacation": 9,33')
        found = read_people(written, MOSCOW)
        assert found.people[0].vacation[0].days == Decimal("9.33")
        assert (found.repaired, found.complete) == (True, False)
        assert found.warnings == ("The answer of 1C was broken JSON and had to be repaired.",)

    @pytest.mark.parametrize("written", [b"[]", b"null", b'[{"AR_agents": []}]', b'{"AR_agents": null}'])
    def test_nobody_is_said_and_proves_nothing(self, written: bytes) -> None:
        found = read_people(written, MOSCOW)
        assert (found.people, found.complete, found.warnings) == ((), False, ("1C returned nobody.",))

    @pytest.mark.parametrize("written", [b"{}", b'[{"AR_departments": []}]', b"7", b'"x"', b"[[]]", b"[1]"])
    def test_without_a_list_of_people_it_is_no_answer(self, written: bytes) -> None:
        with pytest.raises(BadData, match="AR_agents"):
            read_people(written, MOSCOW)

    async def test_an_answer_that_cannot_be_read_is_asked_for_once_more(
        self, onec: OneC, wire: respx.MockRouter
    ) -> None:
        route = wire.get(url__regex=".*").mock(
            side_effect=[httpx.Response(200, text="<html>"), httpx.Response(200, content=body(ORLOVA))]
        )
        assert len((await onec.agents(FIRST, LAST)).people) == 1
        assert route.call_count == 2

    async def test_a_listing_tells_whether_it_is_what_was_read(self, onec: OneC, wire: respx.MockRouter) -> None:
        good, bad = httpx.Response(200, content=body(ORLOVA)), httpx.Response(200, text="<html>")
        wire.get(url__regex=".*").mock(side_effect=[good, bad, good])
        for first, again in ((good, False), (bad, True)):
            listing = await onec.listing(FIRST, LAST)
            assert listing.body == first.content
            assert (len((await listing.people()).people), listing.asked_again) == (1, again)

    async def test_twice_unreadable_it_fails_with_its_beginning(self, onec: OneC, wire: respx.MockRouter) -> None:
        route = wire.get(url__regex=".*").respond(200, text="<html>Вход</html>")
        with pytest.raises(BadData, match="<html>Вход</html>"):
            await onec.agents(FIRST, LAST)
        assert route.call_count == 2

    async def test_names_are_in_no_log(
        self, onec: OneC, wire: respx.MockRouter, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        wire.get(url__regex=".*").respond(200, content=body(ORLOVA))
        await onec.agents(FIRST, LAST)
        assert "agents/2026-01-01/2026-12-31" in caplog.text
        assert "Орлова" not in caplog.text
        assert "Пароль" not in caplog.text


class TestPeople:
    @pytest.mark.parametrize(
        ("changed", "field", "value"),
        [
            ({"tabN": "000417"}, "personnel_number", "000417"),
            ({"tabN": 417}, "personnel_number", "417"),
            ({"finishwork": ""}, "termination_date", None),
            ({"finishwork": "0001-01-01"}, "termination_date", None),
            ({"finishwork": "2026-03-31"}, "termination_date", date(2026, 3, 31)),
            ({"finishwork": "2018-03-27T21:00:00Z"}, "termination_date", date(2018, 3, 28)),
            ({"startwork": "2018-12-31T00:00:00:00Z"}, "hire_date", date(2018, 12, 31)),
            ({"rate": "0,25"}, "employment_rate", Decimal("0.25")),
            ({"normWeek": "36"}, "weekly_norm_hours", Decimal(36)),
            ({"positionId": "00000000-0000-0000-0000-000000000000"}, "position_external_id", None),
            ({"departmentId": GROUP.upper()}, "department_external_id", GROUP),
            ({"secondname": None}, "middle_name", ""),
        ],
    )
    def test_values_as_1c_writes_them(self, changed: dict[str, Any], field: str, value: object) -> None:
        person = one(**changed)
        assert getattr(person, field) == value
        assert person.unreadable == ()

    @pytest.mark.parametrize(
        ("written", "name"),
        [("agentID", "agentId"), ("id", "agentId"), ("positionID", "positionId"), ("login", "Login"),
         ("loginSSO", "Login"), ("TABN", "tabN"), ("ar_vacation", "AR_vacation")],
    )  # fmt: skip
    def test_other_spellings_of_keys(self, written: str, name: str) -> None:
        changed = {written if key == name else key: value for key, value in ORLOVA.items()}
        assert read(changed).people == read(ORLOVA).people

    def test_the_last_day_is_the_day_of_the_termination(self) -> None:
        person = one(finishwork="2026-03-31")
        assert person.employed_on(date(2026, 3, 31))
        assert not person.employed_on(date(2026, 4, 1))

    def test_a_value_that_cannot_be_read_is_blank_and_named(self) -> None:
        found = read(ORLOVA | {"startwork": "2019-01-0", "rate": "half", "AR_vacation": [{"date": "?", "vacation": 1}]})
        (person,) = found.people
        assert (person.hire_date, person.employment_rate, person.vacation) == (None, None, ())
        assert set(person.unreadable) == {"startwork", "rate", "AR_vacation"}
        assert found.warnings == ("1 person has values that cannot be read.",)

    def test_an_unknown_department_is_flagged_and_the_person_kept(self) -> None:
        assert one(departmentId="a1c0e9d2-9999-4a6b-8f10-5d2f5a000009").department_missing
        assert not one().department_missing

    def test_rows_without_an_id_are_counted(self) -> None:
        found = read(ORLOVA, ORLOVA | {"agentId": ""}, "text", None)
        assert (len(found.people), found.unreadable, found.complete) == (1, 3, False)
        assert found.warnings == ("3 rows cannot be read.",)

    def test_of_one_id_twice_the_first_counts(self) -> None:
        found = read(ORLOVA, ORLOVA | {"agentId": AGENT, "lastname": "Другая"})
        assert [p.last_name for p in found.people] == ["Орлова"]
        assert (found.doubled, found.complete) == ((AGENT,), False)


class TestDepartments:
    def parents(self, *pairs: tuple[str, Any]) -> tuple[dict[str, str | None], OneCPeople]:
        rows = [{"departmentId": own, "department": own, "parent_departmentId": parent} for own, parent in pairs]
        found = read(ORLOVA, departments=rows)
        return {d.external_id: d.parent_external_id for d in found.departments}, found

    def test_own_id_empty_reference_and_null_are_roots(self) -> None:
        empty = "00000000-0000-0000-0000-000000000000"
        assert self.parents(("a", "a"), ("b", empty), ("c", None), ("d", "a"))[0] == {
            "a": None, "b": None, "c": None, "d": "a",
        }  # fmt: skip

    def test_a_circle_is_cut_once(self) -> None:
        parents, found = self.parents(("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))
        assert list(parents.values()).count(None) == 1
        assert any("leads back to itself" in warning for warning in found.warnings)

    def test_a_parent_that_is_not_there_makes_a_root(self) -> None:
        parents, found = self.parents(("a", "zz"), ("b", "a"))
        assert parents == {"a": None, "b": "a"}
        assert any("missing" in warning for warning in found.warnings)

    @given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefgh")), max_size=12))
    def test_every_department_leads_to_a_root(self, pairs: list[tuple[str, str]]) -> None:
        parents, _found = self.parents(*pairs)
        for start in parents:
            at: str | None = start
            for _ in range(len(parents)):
                at = parents[at] if at is not None else None
            assert at is None


class TestWhateverComes:
    @given(st.binary() | st.text().map(str.encode))
    def test_any_bytes_are_people_or_bad_data(self, written: bytes) -> None:
        try:
            read_people(written, MOSCOW)
        except MusterError as refused:
            assert isinstance(refused, BadData | OneCBusinessError)  # `0` and `false` are a result in place of data

    @given(st.fixed_dictionaries({}, optional=dict.fromkeys([*ORLOVA, "AR_agents"], VALUES)))
    def test_any_values_in_a_person_are_read(self, changed: dict[str, Any]) -> None:
        read(ORLOVA | changed)

    async def test_five_thousand_people_are_read(self, wire: respx.MockRouter) -> None:
        many = [ORLOVA | {"agentId": f"{AGENT[:-4]}{n:04}"} for n in range(5000)]
        wire.get(url__regex=".*").respond(200, content=body(*many))
        async with make() as onec:
            assert len((await onec.agents(FIRST, LAST)).people) == 5000
