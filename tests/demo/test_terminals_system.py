"""What a demo terminal tells of itself: information, functions, time, door, captures (reference sections 9 and 10)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import httpx
import pytest

from app.demo.terminals.quirks import CaptureForm, Quirks
from app.demo.terminals.terminal import SimulatedTerminal
from tests.support.terminals import INFO, USER_CHECK, jpeg, one_terminal, operator

TIME = "/ISAPI/System/time"
DOOR = "/ISAPI/AccessControl/RemoteControl/door/1"
STATUS = "/ISAPI/AccessControl/AcsWorkStatus?format=json"
CAPTURE = "/ISAPI/AccessControl/CaptureFaceData"
ORDER = b'<CaptureFaceDataCond version="2.0"><captureInfrared>false</captureInfrared><dataType>url</dataType>\
</CaptureFaceDataCond>'


@pytest.fixture
async def terminal() -> AsyncIterator[SimulatedTerminal]:
    async with one_terminal() as terminal:
        yield terminal


@pytest.fixture
async def client(terminal: SimulatedTerminal) -> AsyncIterator[httpx.AsyncClient]:
    async with operator(terminal) as client:
        yield client


def fields(answer: httpx.Response) -> dict[str, str]:
    """A flat document without its namespace."""
    document = ElementTree.fromstring(answer.text)
    return {child.tag.rpartition("}")[2]: child.text or "" for child in document}


async def test_it_tells_who_it_is_in_xml_also_where_json_is_asked_for(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    for address in (INFO, f"{INFO}?format=json"):
        told = fields(await client.get(address))
        assert told["serialNumber"] == terminal.serial
        assert told["model"] == terminal.model
        assert told["firmwareVersion"] == terminal.firmware
        assert told["macAddress"] == terminal.mac
        assert told["deviceType"] == "ACS"


async def test_another_terminal_may_answer_at_the_same_address(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    terminal.serial, terminal.name = "DS-K1T341AM20990101", "Doors & <gates>"
    told = fields(await client.get(INFO))
    assert (told["serialNumber"], told["deviceName"]) == ("DS-K1T341AM20990101", "Doors & <gates>")


async def test_user_check_is_answered_to_the_signed_in(client: httpx.AsyncClient) -> None:
    told = fields(await client.get(USER_CHECK))
    assert (told["statusValue"], told["isActivated"], told["lockStatus"]) == ("200", "true", "unlock")


async def test_functions_are_told(client: httpx.AsyncClient) -> None:
    told = fields(await client.get("/ISAPI/AccessControl/capabilities"))
    assert (told["isSupportUserInfo"], told["isSupportFDLib"], told["isSupportCardInfo"]) == ("true", "true", "false")
    assert fields(await client.get("/ISAPI/System/capabilities"))["isSupportAccessControlCap"] == "true"


async def test_an_unknown_path_is_a_page_of_its_web_server(client: httpx.AsyncClient) -> None:
    answer = await client.get("/ISAPI/System/status")
    assert (answer.status_code, "<html>" in answer.text) == (404, True)


async def test_its_clock_may_be_off(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    for drift in (0, 420, -90):
        terminal.clock_drift_s = drift
        told = fields(await client.get(TIME))
        off = datetime.fromisoformat(told["localTime"]) - datetime.now(UTC)
        assert abs(off.total_seconds() - drift) < 2
    assert (told["timeMode"], told["timeZone"]) == ("NTP", "CST-2:00:00")
    assert told["localTime"].endswith("+02:00")


async def test_its_clock_can_be_set(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.clock_drift_s = 3600
    now = (datetime.now(UTC) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")
    body = f"<Time><timeMode>manual</timeMode><localTime>{now}</localTime><timeZone>CST-2:00:00</timeZone></Time>"
    answer = await client.put(TIME, content=body)
    assert fields(answer)["subStatusCode"] == "ok"
    assert abs(terminal.clock_drift_s) < 2
    assert fields(await client.get(TIME))["timeMode"] == "manual"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{}", "badXmlFormat"),
        ("<Clock/>", "badXmlContent"),
        ("<Time><timeMode>NTP</timeMode></Time>", "badXmlContent"),
        ("<Time><timeMode>manual</timeMode><localTime>2025-02-30T00:00:00</localTime></Time>", "badXmlContent"),
        ("<Time><timeMode>manual</timeMode><localTime>2025-03-04T09:00:00+02:00</localTime></Time>", "badXmlContent"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Time>&a;</Time>', "badXmlFormat"),
    ],
)
async def test_a_time_out_of_line_is_refused_in_xml(client: httpx.AsyncClient, body: str, code: str) -> None:
    answer = await client.put(TIME, content=body)
    assert (answer.status_code, fields(answer)["subStatusCode"]) == (400, code)


async def test_the_door_obeys_and_its_state_is_told(client: httpx.AsyncClient) -> None:
    async def state() -> list[int]:
        doors: list[int] = (await client.get(STATUS)).json()["AcsWorkStatus"]["doorStatus"]
        return doors

    assert await state() == [4]
    answer = await client.put(DOOR, content="<RemoteControlDoor><cmd>alwaysOpen</cmd></RemoteControlDoor>")
    assert fields(answer)["statusCode"] == "1"
    assert await state() == [2]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (DOOR, '{"RemoteControlDoor": {"cmd": "open"}}', "badXmlFormat"),
        (DOOR, "<RemoteControlDoor><cmd>kick</cmd></RemoteControlDoor>", "badXmlContent"),
        (DOOR[:-1] + "2", "<RemoteControlDoor><cmd>open</cmd></RemoteControlDoor>", "badParameters"),
    ],
)
async def test_a_door_command_out_of_line_is_refused(
    client: httpx.AsyncClient, path: str, body: str, code: str
) -> None:
    assert fields(await client.put(path, content=body))["subStatusCode"] == code


async def test_a_capture_by_address_is_polled_and_fetched(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    terminal.camera = jpeg()
    assert fields(await client.post(CAPTURE, content=ORDER))["captureProgress"] == "0"
    assert fields(await client.get(f"{CAPTURE}/Progress"))["captureProgress"] == "50"
    told = fields(await client.get(f"{CAPTURE}/Progress"))
    assert (told["captureProgress"], told["isCurRequestOver"]) == ("100", "true")
    assert fields(await client.get(f"{CAPTURE}/Progress"))["subStatusCode"] == "badParameters"
    path = told["faceDataUrl"].removeprefix("http://192.0.2.31").partition("@")[0]
    assert (await client.get(path)).content == jpeg()
    assert fields(await client.post(CAPTURE, content=ORDER))["captureProgress"] == "0"


async def test_after_a_success_another_order_is_refused(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.camera = jpeg()
    await client.post(CAPTURE, content=ORDER)
    assert fields(await client.post(CAPTURE, content=ORDER))["subStatusCode"] == "badParameters"


async def test_a_capture_may_come_as_a_raw_picture_or_in_parts(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    terminal.camera = jpeg()
    terminal.quirks = Quirks(capture=CaptureForm.RAW)
    raw = await client.post(CAPTURE, content=ORDER)
    assert (raw.headers["content-type"], raw.content) == ("image/jpeg", jpeg())
    terminal.quirks = Quirks(capture=CaptureForm.MULTIPART)
    parts = await client.post(CAPTURE, content=ORDER)
    assert parts.headers["content-type"].startswith("multipart/form-data")
    assert jpeg() in parts.content
    assert parts.content.index(b"CaptureFace") < parts.content.index(jpeg())


async def test_nobody_at_the_camera_is_a_timeout_and_json_is_no_order(client: httpx.AsyncClient) -> None:
    assert fields(await client.post(CAPTURE, content=ORDER))["subStatusCode"] == "captureTimeout"
    assert fields(await client.post(CAPTURE, json={}))["subStatusCode"] == "badXmlContent"
    assert fields(await client.get(CAPTURE))["subStatusCode"] == "methodNotAllowed"
