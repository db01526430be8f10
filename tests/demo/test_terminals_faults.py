"""Bad days and bad characters of a demo terminal: faults, forms of answers, lies, lines that break (section 15)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from xml.etree import ElementTree

import httpx
import pytest

from app.demo.terminals.calls import Latency
from app.demo.terminals.device import Person
from app.demo.terminals.faults import FaultKind, Place, TerminalFault
from app.demo.terminals.quirks import Lie, Quirks, StatusForm
from app.demo.terminals.statuses import STATUSES
from app.demo.terminals.terminal import SimulatedTerminal
from tests.support.terminals import (
    COUNT,
    FACE,
    INFO,
    MODIFY,
    RECORD,
    SEARCH,
    UPLOADED,
    jpeg,
    one_terminal,
    operator,
    person,
    search,
    stranger,
    upload,
)


@pytest.fixture
async def terminal() -> AsyncIterator[SimulatedTerminal]:
    async with one_terminal() as terminal:
        yield terminal


@pytest.fixture
async def client(terminal: SimulatedTerminal) -> AsyncIterator[httpx.AsyncClient]:
    async with operator(terminal) as client:
        yield client


async def test_a_status_is_answered_so_often_and_the_work_is_not_done(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    terminal.faults = [TerminalFault(FaultKind.STATUS, code="deviceBusy", only=Place.PERSON, times=2)]
    answers = [await client.post(RECORD, json=person()) for _ in range(3)]
    assert [answer.json()["subStatusCode"] for answer in answers] == ["deviceBusy", "deviceBusy", "ok"]
    assert answers[0].status_code == 503
    assert answers[0].json()["errorCode"] == 536870916
    assert terminal.faults == ()
    assert [call.status for call in terminal.calls if call.signed] == [503, 503, 200]


@pytest.mark.parametrize("code", sorted(STATUSES))
async def test_every_status_of_the_reference_can_be_played(
    terminal: SimulatedTerminal, client: httpx.AsyncClient, code: str
) -> None:
    terminal.faults = [TerminalFault(FaultKind.STATUS, code=code)]
    told = (await client.post(RECORD, json=person())).json()
    status = STATUSES[code]
    assert (told["statusCode"], told["subStatusCode"]) == (status.number, code)
    if status.error:  # the highest hexadecimal digit repeats the statusCode
        assert told["errorCode"] >> 28 == status.number


async def test_a_fault_is_aimed_at_one_kind_of_call(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.faults = [TerminalFault(FaultKind.STATUS, code="SubpicAnalysisModelingError", only=Place.FACE)]
    assert (await client.post(RECORD, json=person())).json()["subStatusCode"] == "ok"
    answer = await client.post(FACE, content=upload(jpeg()), headers=UPLOADED)
    assert (answer.json()["subStatusCode"], answer.json()["errorMsg"]) == ("SubpicAnalysisModelingError", "saveFacePic")
    assert (await client.get(COUNT)).status_code == 200


async def test_a_random_fault_hits_its_share_and_the_same_requests_each_time() -> None:
    async def hits() -> list[bool]:
        async with one_terminal() as terminal, operator(terminal) as client:
            terminal.faults = [TerminalFault(FaultKind.STATUS, code="deviceError", chance=0.3)]
            return [(await client.get(COUNT)).status_code == 500 for _ in range(100)]

    first = await hits()
    assert 15 <= sum(first) <= 45
    assert await hits() == first


async def test_several_faults_take_their_turns(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.faults = [
        TerminalFault(FaultKind.STATUS, code="deviceBusy", times=1),
        TerminalFault(FaultKind.HTML, times=1),
        TerminalFault(FaultKind.EMPTY, times=1),
    ]
    answers = [(await client.get(COUNT)).text for _ in range(4)]
    assert "deviceBusy" in answers[0]
    assert "<html>" in answers[1]
    assert answers[2] == ""
    assert "userNumber" in answers[3]


@pytest.mark.parametrize(
    "wrong",
    [
        {"times": 0},
        {"chance": 0},
        {"chance": 1.1},
        {"seconds": -1},
        {"code": "tired"},
    ],
)
def test_a_fault_that_means_nothing_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TerminalFault(FaultKind.STATUS, **{"code": "deviceBusy"} | wrong)  # type: ignore[arg-type]


async def test_a_line_that_breaks_in_mid_upload_leaves_nothing(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    await client.post(RECORD, json=person())
    terminal.faults = [TerminalFault(FaultKind.DROP, only=Place.FACE, times=1)]
    with pytest.raises(httpx.TransportError):
        await client.post(FACE, content=upload(jpeg(2000, 2000)), headers=UPLOADED)
    assert not terminal.faces
    assert (await client.post(FACE, content=upload(jpeg()), headers=UPLOADED)).status_code == 200


async def test_a_lost_answer_has_done_its_work(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.faults = [TerminalFault(FaultKind.LOST_ANSWER, only=Place.PERSON, times=1)]
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post(RECORD, json=person())
    assert "1042" in terminal.people
    assert terminal.calls[-1].answered_at == 0


async def test_a_cut_answer_breaks_in_the_middle(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.faults = [TerminalFault(FaultKind.CUT, times=1)]
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await client.get(COUNT)


async def test_a_slow_answer_is_right_and_late(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.faults = [TerminalFault(FaultKind.SLOW, seconds=0.3, times=1)]
    began = time.monotonic()
    assert (await client.get(COUNT)).status_code == 200
    assert time.monotonic() - began >= 0.3


async def test_a_hanging_terminal_never_answers_the_signed(terminal: SimulatedTerminal) -> None:
    terminal.faults = [TerminalFault(FaultKind.HANG)]
    async with stranger(terminal) as client:
        assert (await client.get(INFO)).status_code == 401
    async with operator(terminal) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(INFO, timeout=0.3)


async def test_a_bare_fault_hits_handshakes_too(terminal: SimulatedTerminal) -> None:
    terminal.faults = [TerminalFault(FaultKind.HANG, bare=True)]
    async with stranger(terminal) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(INFO, timeout=0.3)


async def test_a_terminal_switched_off_refuses_and_comes_back_with_its_people(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    await client.post(RECORD, json=person())
    port = terminal.port
    await asyncio.to_thread(terminal.switch_off)
    assert not terminal.is_on
    with pytest.raises(httpx.ConnectError):
        await client.get(COUNT)
    await asyncio.to_thread(terminal.switch_on)
    assert terminal.port == port
    assert (await client.get(COUNT)).json()["UserInfoCount"]["userNumber"] == 1


async def test_switching_off_breaks_what_is_under_way(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.latency = Latency(person_s=5)
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(broken(client))
        async with asyncio.timeout(10):
            while not any(call.signed for call in terminal.calls):
                await asyncio.sleep(0.01)
        await terminal.close()
    assert asked.result()


async def broken(client: httpx.AsyncClient) -> bool:
    """Did the request lose its connection."""
    try:
        await client.post(RECORD, json=person())
    except httpx.TransportError:
        return True
    return False


async def test_latency_is_for_the_signed_only(terminal: SimulatedTerminal) -> None:
    terminal.latency = Latency(person_s=0.1, face_s=0.3, read_s=0.2)
    async with operator(terminal) as client:
        await client.post(RECORD, json=person())
        await client.post(FACE, content=upload(jpeg()), headers=UPLOADED)
        await client.get(COUNT)
    bare, *signed = terminal.calls
    assert bare.answered_at - bare.arrived_at < 0.05
    took = [call.answered_at - call.arrived_at for call in signed]
    assert [round(seconds, 1) for seconds in took] == [0.1, 0.3, 0.2]


async def test_requests_at_once_are_counted(terminal: SimulatedTerminal) -> None:
    terminal.latency = Latency(read_s=0.2)
    async with operator(terminal) as one, operator(terminal) as two:
        await one.get(COUNT)
        await two.get(COUNT)
        assert terminal.most_at_once == 1
        await asyncio.gather(one.get(COUNT), two.get(COUNT))
    assert terminal.most_at_once == 2
    terminal.forget_calls()
    assert (terminal.most_at_once, terminal.calls) == (0, [])


async def test_too_many_requests_at_once_are_refused(terminal: SimulatedTerminal) -> None:
    async with operator(terminal) as one, operator(terminal) as two:
        for client in (one, two):
            await client.get(COUNT)
        terminal.quirks, terminal.latency = Quirks(most_connections=1), Latency(read_s=0.2)
        answers = await asyncio.gather(one.get(COUNT), two.get(COUNT))
    assert sorted(answer.status_code for answer in answers) == [200, 403]
    assert {"invalidOperation"} == {answer.json()["subStatusCode"] for answer in answers if answer.status_code == 403}


async def test_a_connection_may_be_closed_without_a_word(terminal: SimulatedTerminal) -> None:
    terminal.quirks = Quirks(closes_silently=True)
    reader, writer = await asyncio.open_connection(terminal.host, terminal.port)
    writer.write(f"GET {INFO} HTTP/1.1\r\nHost: terminal\r\n\r\n".encode())
    everything = await asyncio.wait_for(reader.read(), 2)
    writer.close()
    await writer.wait_closed()
    assert b" 401 " in everything
    assert b"connection: close" not in everything.lower()


async def test_business_errors_come_with_400_or_with_200(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    await client.post(RECORD, json=person())
    assert (await client.post(RECORD, json=person())).status_code == 400
    terminal.quirks = Quirks(errors_with_200=True)
    answer = await client.post(RECORD, json=person())
    assert (answer.status_code, answer.json()["subStatusCode"]) == (200, "employeeNoAlreadyExist")


async def test_a_status_may_be_wrapped_in_xml_or_with_numbers_as_text(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    await client.post(RECORD, json=person())
    terminal.quirks = Quirks(status_form=StatusForm.WRAPPED)
    assert (await client.post(RECORD, json=person())).json()["ResponseStatus"]["statusCode"] == 6
    terminal.quirks = Quirks(numbers_as_text=True)
    assert (await client.post(RECORD, json=person())).json()["errorCode"] == "1610637344"
    terminal.quirks = Quirks(status_form=StatusForm.XML)
    document = ElementTree.fromstring((await client.post(RECORD, json=person())).text)
    assert document.tag == "{http://www.isapi.org/ver20/XMLSchema}ResponseStatus"
    assert document.findtext("{*}subStatusCode") == "employeeNoAlreadyExist"
    found = await client.post(SEARCH, json=search())
    assert found.json()["UserInfoSearch"]["totalMatches"] == 1  # results stay JSON


async def test_a_success_may_carry_more_than_needed(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.quirks = Quirks(ok_with_error_code=True, risky_password=True)
    told = (await client.post(RECORD, json=person())).json()
    assert (told["statusCode"], told["subStatusCode"], told["errorMsg"]) == (1, "riskPassword", "ok")
    assert "1042" in terminal.people


@pytest.mark.parametrize(
    ("http", "code"), [(404, ""), (405, "methodNotAllowed"), (200, "notSupport"), (403, "notSupport")]
)
async def test_firmware_may_lack_a_function(
    terminal: SimulatedTerminal, client: httpx.AsyncClient, http: int, code: str
) -> None:
    terminal.quirks = Quirks(missing={"UserInfo/Record": http, "UserInfo/Search": 404})
    answer = await client.post(RECORD, json=person())
    assert answer.status_code == http
    assert code in answer.text
    assert (await client.post(SEARCH, json=search())).status_code == 404
    assert not terminal.people
    assert (await client.get(COUNT)).status_code == 200


async def test_another_device_at_the_address_speaks_html_to_everyone(terminal: SimulatedTerminal) -> None:
    terminal.quirks = Quirks(speaks_html=True)
    async with stranger(terminal) as client:
        answer = await client.get(INFO)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")
    assert "www-authenticate" not in answer.headers


async def lied_to(terminal: SimulatedTerminal, client: httpx.AsyncClient, *lies: Lie) -> None:
    """Push Ana with her face to a terminal that says ok to both."""
    terminal.quirks = Quirks(lies=frozenset(lies))
    assert (await client.post(RECORD, json=person())).json()["subStatusCode"] == "ok"
    if Lie.STORES_NO_PERSON not in lies:
        answer = await client.post(FACE, content=upload(jpeg()), headers=UPLOADED)
        assert answer.json()["subStatusCode"] == "ok"


async def test_a_liar_stores_nobody(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    await lied_to(terminal, client, Lie.STORES_NO_PERSON)
    assert (await client.post(SEARCH, json=search())).json()["UserInfoSearch"]["totalMatches"] == 0


async def test_a_liar_stores_no_face(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    await lied_to(terminal, client, Lie.STORES_NO_FACE)
    found = (await client.post(SEARCH, json=search())).json()["UserInfoSearch"]["UserInfo"][0]
    assert (found["name"], found["numOfFace"]) == ("Ionescu Ana", 0)


async def test_a_liar_stores_another_name_and_no_door_right(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    await lied_to(terminal, client, Lie.STORES_OTHER_NAME, Lie.STORES_NO_DOOR_RIGHT)
    found = (await client.post(SEARCH, json=search())).json()["UserInfoSearch"]["UserInfo"][0]
    assert (found["name"], found["doorRight"], found["RightPlan"]) == ("I", "", [])
    await client.put(MODIFY, json=person())
    assert terminal.people["1042"].door_right == ""


async def test_a_liar_shows_a_person_once_and_forgets(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    await lied_to(terminal, client, Lie.FORGETS)
    shown = [(await client.post(SEARCH, json=search())).json()["UserInfoSearch"]["totalMatches"] for _ in range(2)]
    assert shown == [1, 0]
    assert not terminal.faces


async def test_people_may_be_put_on_a_terminal_by_hand(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.people["5"] = Person("5", "Left Over")
    found = (await client.post(SEARCH, json=search())).json()["UserInfoSearch"]["UserInfo"]
    assert [entry["name"] for entry in found] == ["Left Over"]
