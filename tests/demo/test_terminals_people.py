"""People on a demo terminal: add, change, find, delete, count (reference section 6)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from app.demo.terminals.device import Person
from app.demo.terminals.quirks import Quirks
from app.demo.terminals.terminal import SimulatedTerminal
from tests.support.terminals import (
    COUNT,
    DELETE,
    MODIFY,
    RECORD,
    SEARCH,
    SET_UP,
    jpeg,
    one_terminal,
    operator,
    person,
    search,
    valid,
)

DETAIL = "/ISAPI/AccessControl/UserInfoDetail/Delete?format=json"
PROCESS = "/ISAPI/AccessControl/UserInfoDetail/DeleteProcess?format=json"
CAPABILITIES = "/ISAPI/AccessControl/UserInfo/capabilities?format=json"


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    told = answer.json()
    return answer.status_code, told["subStatusCode"], told.get("errorMsg", "")


def crowd(terminal: SimulatedTerminal, count: int) -> None:
    for number in range(1, count + 1):
        terminal.people[str(number)] = Person(str(number), f"Person {number}")


async def page(client: httpx.AsyncClient, *asked: Any, **more: Any) -> dict[str, Any]:
    answer = await client.post(SEARCH, json=search(*asked, **more))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()["UserInfoSearch"]
    return found


async def test_a_person_of_the_reference_is_added_and_read_back_as_sent() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        answer = await client.post(RECORD, json=person())
        assert answer.status_code == 200
        assert answer.json() == {"statusCode": 1, "statusString": "OK", "subStatusCode": "ok"}
        found = await page(client, numbers=["1042"])
        sent = person()["UserInfo"]
        assert found["UserInfo"][0].items() >= sent.items()
        assert found["UserInfo"][0]["numOfFace"] == 0


async def test_a_number_that_is_taken_is_refused_and_nothing_is_changed() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        await client.post(RECORD, json=person())
        answer = await client.post(RECORD, json=person(name="Somebody Else"))
        assert answer.status_code == 400
        assert answer.json() == {
            "statusCode": 6,
            "statusString": "Invalid Content",
            "subStatusCode": "employeeNoAlreadyExist",
            "errorCode": 1610637344,
            "errorMsg": "checkUser",
        }
        assert terminal.people["1042"].name == "Ionescu Ana"


async def test_other_firmware_has_another_word_for_a_taken_number() -> None:
    async with one_terminal(Quirks(exists_code="deviceUserAlreadyExist")) as terminal, operator(terminal) as client:
        await client.post(RECORD, json=person())
        assert refusal(await client.post(RECORD, json=person()))[1] == "deviceUserAlreadyExist"


async def test_numbers_are_text_and_zeros_in_front_count() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        for number in ("7", "007"):
            assert (await client.post(RECORD, json=person(number))).status_code == 200
        assert set(terminal.people) == {"7", "007"}
        assert (await page(client, numbers=["007"]))["UserInfo"][0]["employeeNo"] == "007"


async def test_a_json_number_is_read_as_text_or_refused() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        assert (await client.post(RECORD, json=person(1042))).status_code == 200
        assert "1042" in terminal.people
        terminal.quirks = Quirks(refuses_number_type=True)
        assert refusal(await client.post(RECORD, json=person(1043))) == (400, "badJsonContent", "employeeNo")


async def test_unknown_keys_are_ignored_and_a_mistyped_plan_opens_no_door() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        mistyped = person(RightPlan=[{"doorNo": 1, "plamTemplateNo": "1"}], shoeSize=43)
        assert (await client.post(RECORD, json=mistyped)).json()["subStatusCode"] == "ok"
        assert (await page(client))["UserInfo"][0]["RightPlan"] == []


@pytest.mark.parametrize(
    ("changes", "code", "about"),
    [
        ({"employeeNo": "a b"}, "badJsonContent", "employeeNo"),
        ({"employeeNo": "x" * 33}, "badJsonContent", "employeeNo"),
        ({"employeeNo": None}, "MessageParametersLack", "employeeNo"),
        ({"employeeNo": True}, "badJsonContent", "employeeNo"),
        ({"name": "ș" * 65}, "badJsonContent", "name"),
        ({"name": "O'Brien"}, "badJsonContent", "name"),
        ({"userType": "boss"}, "badJsonContent", "userType"),
        ({"doorRight": 1}, "badJsonContent", "doorRight"),
        ({"doorRight": "9"}, "badJsonContent", "doorRight"),
        ({"RightPlan": [{"doorNo": 1, "planTemplateNo": 1}]}, "badJsonContent", "planTemplateNo"),
        ({"RightPlan": [{"doorNo": "1", "planTemplateNo": "1"}]}, "badJsonContent", "doorNo"),
        ({"RightPlan": [{"doorNo": 1, "planTemplateNo": "256"}]}, "badJsonContent", "planTemplateNo"),
        ({"Valid": valid(ends="2038-01-01T00:00:00")}, "badJsonContent", "endTime"),
        ({"Valid": valid(begins="2020-01-01")}, "badJsonContent", "beginTime"),
        ({"Valid": valid(begins="2020-02-30T00:00:00")}, "badJsonContent", "beginTime"),
        ({"Valid": valid("2030-01-01T00:00:00", "2020-01-01T00:00:00")}, "badJsonContent", "beginTime and endTime"),
        ({"RightPlan": [{"doorNo": 2, "planTemplateNo": "1"}]}, "badJsonContent", "doorNo"),
        ({"Valid": valid() | {"timeType": "summer"}}, "badJsonContent", "timeType"),
        ({"Valid": {"enable": "true"}}, "badJsonContent", "enable"),
        ({"password": "123456789"}, "badJsonContent", "password"),
    ],
)
async def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    changes: dict[str, Any], code: str, about: str
) -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        assert refusal(await client.post(RECORD, json=person(**{"number": "1042"} | changes))) == (400, code, about)
        assert not terminal.people


async def test_a_name_may_fill_its_bytes_to_the_last() -> None:
    async with one_terminal(Quirks(name_bytes=32)) as terminal, operator(terminal) as client:
        assert (await client.post(RECORD, json=person(name="ș" * 16))).status_code == 200
        assert refusal(await client.post(RECORD, json=person("2", name="ș" * 16 + "a")))[2] == "name"


@pytest.mark.parametrize(
    ("body", "code", "about"),
    [
        (b"{", "badJsonFormat", ""),
        (b"", "badJsonFormat", ""),
        (b"\xff", "badJsonFormat", ""),
        (b"{}", "MessageParametersLack", "UserInfo"),
        (b'{"UserInfo": []}', "badJsonContent", "UserInfo"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(body: bytes, code: str, about: str) -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        assert refusal(await client.post(RECORD, content=body)) == (400, code, about)


async def test_a_plan_may_be_required() -> None:
    async with one_terminal(Quirks(plan_required=True)) as terminal, operator(terminal) as client:
        answer = await client.post(RECORD, json=person(RightPlan=None))
        assert refusal(answer) == (400, "MessageParametersLack", "RightPlan")
        terminal.quirks = Quirks()
        assert (await client.post(RECORD, json=person(RightPlan=None))).status_code == 200
        assert terminal.people["1042"].plans == ()


async def test_without_the_format_switch_a_terminal_expects_xml() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        assert refusal(await client.post(RECORD.partition("?")[0], json=person()))[1] == "badXmlFormat"


async def test_modify_changes_what_is_sent_and_keeps_the_rest() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        await client.post(RECORD, json=person())
        answer = await client.put(MODIFY, json={"UserInfo": {"employeeNo": "1042", "name": "Ionescu Maria"}})
        assert answer.json()["subStatusCode"] == "ok"
        assert terminal.people["1042"].name == "Ionescu Maria"
        assert terminal.people["1042"].door_right == "1"


async def test_modify_of_someone_absent_is_refused() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        answer = await client.put(MODIFY, json=person())
        assert refusal(answer) == (400, "employeeNoNotExist", "employeeNo")
        assert answer.json()["errorCode"] == 0x6000601F


async def test_set_up_adds_and_changes_or_changes_only() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        for name in ("Ana", "Maria"):
            assert (await client.put(SET_UP, json=person(name=name))).status_code == 200
            assert terminal.people["1042"].name == name
        terminal.quirks = Quirks(set_up_changes_only=True)
        assert refusal(await client.put(SET_UP, json=person("2")))[1] == "employeeNoNotExist"


@pytest.mark.parametrize(("method", "path"), [("PUT", RECORD), ("POST", MODIFY), ("POST", SET_UP), ("POST", DELETE)])
async def test_the_wrong_verb_is_refused(method: str, path: str) -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        answer = await client.request(method, path, json=person())
        assert refusal(answer)[:2] == (405, "methodNotAllowed")
        assert answer.json()["errorCode"] == 1073741828


async def test_a_full_terminal_takes_nobody_more_and_still_changes_those_it_has() -> None:
    async with one_terminal(capacity_people=1) as terminal, operator(terminal) as client:
        await client.post(RECORD, json=person())
        assert refusal(await client.post(RECORD, json=person("2")))[1] == "deviceUserFull"
        assert (await client.put(MODIFY, json=person(name="Other"))).status_code == 200


async def test_pages_follow_each_other_until_the_last_says_ok() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        crowd(terminal, 65)
        pages = [await page(client, position) for position in (0, 30, 60)]
        assert [one["responseStatusStrg"] for one in pages] == ["MORE", "MORE", "OK"]
        assert [one["numOfMatches"] for one in pages] == [30, 30, 5]
        assert {one["totalMatches"] for one in pages} == {65}
        assert {one["searchID"] for one in pages} == {"a"}
        assert [entry["employeeNo"] for one in pages for entry in one["UserInfo"]] == list(terminal.people)


async def test_nobody_found_is_no_match_without_a_list() -> None:
    async with one_terminal(Quirks(no_match="NO_MATCH")) as terminal, operator(terminal) as client:
        found = await page(client, numbers=["1042"])
        assert found == {"searchID": "a", "responseStatusStrg": "NO_MATCH", "numOfMatches": 0, "totalMatches": 0}


async def test_a_single_hit_may_be_an_object() -> None:
    async with one_terminal(Quirks(single_as_object=True)) as terminal, operator(terminal) as client:
        crowd(terminal, 2)
        assert (await page(client, numbers=["2"]))["UserInfo"]["employeeNo"] == "2"
        assert len((await page(client))["UserInfo"]) == 2


async def test_more_results_than_the_limit_are_capped_or_refused() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        crowd(terminal, 50)
        assert (await page(client, most=50))["numOfMatches"] == 30
        terminal.quirks = Quirks(refuses_more_results=True)
        assert refusal(await client.post(SEARCH, json=search(most=31))) == (400, "beyondARGSRangeLimit", "maxResults")


async def test_short_pages_promise_more() -> None:
    async with one_terminal(Quirks(page_size=7)) as terminal, operator(terminal) as client:
        crowd(terminal, 10)
        first = await page(client)
        assert (first["responseStatusStrg"], first["numOfMatches"]) == ("MORE", 7)
        assert (await page(client, 7))["responseStatusStrg"] == "OK"


async def test_a_page_may_come_back_empty_for_good_or_for_a_while() -> None:
    async with one_terminal(Quirks(empty_from=30)) as terminal, operator(terminal) as client:
        crowd(terminal, 40)
        for _ in range(4):
            empty = await page(client, 30)
            assert (empty["responseStatusStrg"], empty["totalMatches"], empty["UserInfo"]) == ("MORE", 40, [])
        terminal.quirks = Quirks(empty_from=30, empty_times=2)
        counts = [(await page(client, 30, search_id="b"))["numOfMatches"] for _ in range(3)]
        assert counts == [0, 0, 10]


@pytest.mark.parametrize(
    ("changes", "code", "about"),
    [
        ({"searchID": "x" * 37}, "badJsonContent", "searchID"),
        ({"searchID": ""}, "badJsonContent", "searchID"),
        ({"maxResults": 0}, "beyondARGSRangeLimit", "maxResults"),
        ({"searchResultPosition": -1}, "badJsonContent", "searchResultPosition"),
        ({"EmployeeNoList": [{"employeeNo": str(n)} for n in range(31)]}, "beyondARGSRangeLimit", "EmployeeNoList"),
        ({"fuzzySearch": "x" * 33}, "badJsonContent", "fuzzySearch"),
    ],
)
async def test_a_search_out_of_line_is_refused(changes: dict[str, Any], code: str, about: str) -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        body = {"UserInfoSearchCond": search()["UserInfoSearchCond"] | changes}
        assert refusal(await client.post(SEARCH, json=body)) == (400, code, about)


async def test_get_on_search_is_not_found() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        assert (await client.get(SEARCH)).status_code == 404


async def test_deleting_takes_the_face_along_and_an_absent_person_is_no_error() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        crowd(terminal, 2)
        terminal.store_face("1", jpeg())
        body = {"UserInfoDelCond": {"EmployeeNoList": [{"employeeNo": "1"}, {"employeeNo": "999"}]}}
        assert (await client.put(DELETE, json=body)).json()["subStatusCode"] == "ok"
        assert set(terminal.people) == {"2"}
        assert not terminal.faces
        terminal.quirks = Quirks(knows_absent=True)
        assert refusal(await client.put(DELETE, json=body))[1] == "employeeNoNotExist"


@pytest.mark.parametrize(("count", "code"), [(0, "MessageParametersLack"), (31, "beyondARGSRangeLimit")])
async def test_deleting_nobody_or_too_many_is_refused(count: int, code: str) -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        crowd(terminal, 40)
        listed = [{"employeeNo": str(number)} for number in range(1, count + 1)]
        answer = await client.put(DELETE, json={"UserInfoDelCond": {"EmployeeNoList": listed}})
        assert refusal(answer)[1] == code
        assert len(terminal.people) == 40


async def test_deleting_in_the_background_goes_on_after_the_answer() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        crowd(terminal, 3)
        detail = {"mode": "byEmployeeNo", "EmployeeNoList": [{"employeeNo": "2"}]}
        assert (await client.put(DETAIL, json={"UserInfoDetail": detail})).json()["subStatusCode"] == "ok"
        assert set(terminal.people) == {"1", "2", "3"}
        assert (await client.get(PROCESS)).json()["UserInfoDetailDeleteProcess"]["status"] == "processing"
        await asyncio.sleep(0.35)
        process = (await client.get(PROCESS)).json()["UserInfoDetailDeleteProcess"]
        assert process == {"status": "success", "percent": 100}
        assert set(terminal.people) == {"1", "3"}


async def test_people_and_their_faces_are_counted() -> None:
    async with one_terminal() as terminal, operator(terminal) as client:
        crowd(terminal, 3)
        terminal.store_face("1", jpeg())
        counted = (await client.get(COUNT)).json()["UserInfoCount"]
        assert (counted["userNumber"], counted["bindFaceUserNumber"]) == (3, 1)
        terminal.quirks = Quirks(counts_people_only=True)
        assert (await client.get(COUNT)).json() == {"UserInfoCount": {"userNumber": 3}}


async def test_capabilities_tell_the_limits_of_this_terminal() -> None:
    quirks = Quirks(name_bytes=32, max_results=20)
    async with one_terminal(quirks, capacity_people=500) as terminal, operator(terminal) as client:
        limits = (await client.get(CAPABILITIES)).json()["UserInfo"]
        assert limits["maxRecordNum"] == 500
        assert limits["name"]["@max"] == 32
        assert limits["UserInfoSearchCond"]["maxResults"]["@max"] == 20
