"""Faces on a demo terminal: by address, by upload, replaced, found, deleted (reference section 7)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.demo.terminals import fetching
from app.demo.terminals.device import Person
from app.demo.terminals.quirks import PartNames, Quirks
from app.demo.terminals.terminal import SimulatedTerminal
from tests.support.terminals import (
    BOUNDARY,
    COUNT,
    FACE,
    UPLOADED,
    face,
    jpeg,
    one_terminal,
    operator,
    served,
    upload,
    web_server,
)

LIBRARY = "/ISAPI/Intelligent/FDLib?format=json"
SET_UP = "/ISAPI/Intelligent/FDLib/FDSetUp?format=json"
MODIFY = "/ISAPI/Intelligent/FDLib/FDModify?format=json"
FIND = "/ISAPI/Intelligent/FDLib/FDSearch?format=json"
DELETE = "/ISAPI/Intelligent/FDLib/FDSearch/Delete?format=json&FDID=1&faceLibType=blackFD"
FD_DELETE = "/ISAPI/Intelligent/FDLib/FDDelete?format=json"
FACE_COUNT = "/ISAPI/Intelligent/FDLib/Count?format=json&FDID=1&faceLibType=blackFD"


@pytest.fixture
async def terminal() -> AsyncIterator[SimulatedTerminal]:
    """Knows Ana (1042) and Ion (7), without faces."""
    async with one_terminal() as terminal:
        terminal.people |= {"1042": Person("1042", "Ionescu Ana"), "7": Person("7", "Pop Ion")}
        yield terminal


@pytest.fixture
async def client(terminal: SimulatedTerminal) -> AsyncIterator[httpx.AsyncClient]:
    async with operator(terminal) as client:
        yield client


def refusal(answer: httpx.Response) -> tuple[str, str]:
    told = answer.json()
    return told["subStatusCode"], told.get("errorMsg", "")


async def sent(
    client: httpx.AsyncClient, body: bytes, headers: dict[str, str] = UPLOADED, path: str = FACE
) -> httpx.Response:
    method = "POST" if path == FACE else "PUT"
    return await client.request(method, path, content=body, headers=headers)


async def test_the_terminal_fetches_the_picture_of_an_address(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    async with web_server(served(jpeg())) as address:
        answer = await client.post(FACE, json=face(faceURL=address))
    assert answer.json() == {"statusCode": 1, "statusString": "OK", "subStatusCode": "ok", "FPID": "1042"}
    assert terminal.faces == {"1042": jpeg()}
    assert (await client.get(COUNT)).json()["UserInfoCount"]["bindFaceUserNumber"] == 1


@pytest.mark.parametrize(
    "answer",
    [
        served(jpeg(), "404 Not Found"),
        served(b"", "302 Found", "Location: http://192.0.2.1/1042.jpg\r\n"),
        served(jpeg())[:-100],
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"",
    ],
    ids=["not found", "redirect", "cut short", "no web server", "nothing"],
)
async def test_an_address_that_gives_no_picture_is_a_failed_download(
    terminal: SimulatedTerminal, client: httpx.AsyncClient, answer: bytes
) -> None:
    async with web_server(answer) as address:
        assert refusal(await client.post(FACE, json=face(faceURL=address))) == ("urlDownloadFail", "faceURL")
    assert not terminal.faces


async def test_an_address_where_nobody_listens_is_a_failed_download(client: httpx.AsyncClient) -> None:
    async with web_server(b"") as address:
        pass
    assert refusal(await client.post(FACE, json=face(faceURL=address)))[0] == "urlDownloadFail"


async def test_a_slow_address_is_given_up(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LIMIT_S", 0.1)
    async with web_server(served(jpeg()), delay_s=1) as address:
        assert refusal(await client.post(FACE, json=face(faceURL=address)))[0] == "urlDownloadFail"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("data:image/jpeg;base64,/9j/4AAQ", "badJsonContent"),
        ("C:\\photos\\1042.jpg", "badJsonContent"),
        ("http://[bad/1042.jpg", "badJsonContent"),
        ("https://192.0.2.10/1042.jpg", "urlDownloadFail"),
        ("http://192.0.2.10/two words.jpg", "urlDownloadFail"),
        ("http://127.0.0.1/" + "x" * 1024, "badJsonContent"),
    ],
)
async def test_an_address_of_the_wrong_kind_is_refused(client: httpx.AsyncClient, address: str, code: str) -> None:
    assert refusal(await client.post(FACE, json=face(faceURL=address))) == (code, "faceURL")


async def test_some_terminals_fetch_nothing_at_all(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.quirks = Quirks(takes_address=False)
    async with web_server(served(jpeg())) as address:
        assert refusal(await client.post(FACE, json=face(faceURL=address)))[0] == "urlDownloadFail"


@pytest.mark.parametrize("missing", ["faceLibType", "FDID", "FPID", "faceURL"])
async def test_a_lacking_key_is_named(client: httpx.AsyncClient, missing: str) -> None:
    body = face(faceURL="http://192.0.2.10/1042.jpg")
    del body[missing]
    assert refusal(await client.post(FACE, json=body)) == ("MessageParametersLack", missing)


async def test_a_wrapped_body_lacks_its_first_key(client: httpx.AsyncClient) -> None:
    body = {"FaceDataRecord": face(faceURL="http://192.0.2.10/1042.jpg")}
    assert refusal(await client.post(FACE, json=body)) == ("MessageParametersLack", "faceLibType")


async def test_a_face_needs_its_person_by_exact_number(client: httpx.AsyncClient) -> None:
    for number in ("999", "01042"):
        told = json.dumps(face(number)).encode()
        assert refusal(await sent(client, upload(jpeg(), told=told))) == ("employeeNoNotExist", "FPID")


async def test_numbers_in_the_body_are_text(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    assert refusal(await client.post(FACE, json=face() | {"FDID": 1})) == ("badJsonContent", "FDID")
    terminal.quirks = Quirks(refuses_number_type=True)
    assert refusal(await client.post(FACE, json=face(1042))) == ("badJsonContent", "FPID")


async def test_another_library_is_refused_and_a_missing_one_can_be_made(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    assert refusal(await client.post(FACE, json=face() | {"FDID": "2"}))[0] == "faceLibNotExist"
    terminal.has_library = False
    assert refusal(await sent(client, upload(jpeg())))[0] == "faceLibNotExist"
    assert (await client.get(LIBRARY)).json()["FDLib"] == []
    await client.post(LIBRARY, json={"faceLibType": "blackFD", "name": "people"})
    assert (await sent(client, upload(jpeg()))).json()["subStatusCode"] == "ok"


async def test_an_upload_to_the_letter_is_stored(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    assert (await sent(client, upload(jpeg()))).json()["subStatusCode"] == "ok"
    assert terminal.faces == {"1042": jpeg()}
    assert terminal.calls[-1].body == face()
    assert terminal.calls[-1].body_bytes == len(upload(jpeg()))


async def test_the_order_that_httpx_writes_is_read_too(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    files = {
        "FaceDataRecord": (None, json.dumps(face()).encode(), "application/json"),
        "FaceImage": ("face.jpg", jpeg(), "image/jpeg"),
    }
    assert (await client.post(FACE, files=files)).json()["subStatusCode"] == "ok"
    assert terminal.faces["1042"] == jpeg()


DISPOSITION = b'Content-Disposition: form-data; name="FaceDataRecord"\r\n'
TYPE = b"Content-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (DISPOSITION + TYPE, TYPE + DISPOSITION),
        (b'name="FaceDataRecord"', b"name=FaceDataRecord"),
        (b"application/json\r\n", b"application/json\n"),
        (b"\r\n\r\n{", b"\n\n{"),
        (b"}\r\n--", b"}\n--"),
        (f"--{BOUNDARY}--\r\n".encode(), b""),
        (f"--{BOUNDARY}\r\n".encode(), b"\r\n--another\r\n"),
        (DISPOSITION, b""),
        (TYPE, TYPE + b"X-Odd: 1\r\n"),
    ],
    ids=[
        "type before disposition",
        "name without quotes",
        "bare line feed in a head",
        "bare line feeds after the head",
        "bare line feed before a boundary",
        "no end",
        "another boundary",
        "no disposition",
        "an unknown line in the head",
    ],
)
async def test_an_upload_out_of_line_is_bad_format(
    terminal: SimulatedTerminal, client: httpx.AsyncClient, written: bytes, instead: bytes
) -> None:
    body = upload(jpeg())
    assert written in body
    assert refusal(await sent(client, body.replace(written, instead, 1))) == ("badJsonFormat", "")
    assert not terminal.faces


async def test_a_length_inside_a_part_is_tolerated(client: httpx.AsyncClient) -> None:
    body = upload(jpeg()).replace(TYPE, TYPE + b"Content-Length: 50\r\n", 1)
    assert (await sent(client, body)).json()["subStatusCode"] == "ok"


async def test_a_boundary_in_quotes_is_bad_format(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": f'multipart/form-data; boundary="{BOUNDARY}"'}
    assert refusal(await sent(client, upload(jpeg()), headers))[0] == "badJsonFormat"


async def test_chunks_are_bad_format(terminal: SimulatedTerminal) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield upload(jpeg())

    async with operator(terminal) as client:
        await client.get(LIBRARY)  # a chunked body cannot be sent twice, so the challenge is fetched before
        answer = await client.post(FACE, content=chunks(), headers=UPLOADED)
    assert refusal(answer)[0] == "badJsonFormat"


async def test_the_picture_must_not_come_first(client: httpx.AsyncClient) -> None:
    files: dict[str, Any] = {
        "FaceImage": ("face.jpg", jpeg(), "image/jpeg"),
        "FaceDataRecord": (None, json.dumps(face()).encode(), "application/json"),
    }
    assert refusal(await client.post(FACE, files=files))[0] == "badJsonFormat"


@pytest.mark.parametrize("accepted", list(PartNames))
async def test_only_the_names_of_this_terminal_are_accepted(
    terminal: SimulatedTerminal, client: httpx.AsyncClient, accepted: PartNames
) -> None:
    terminal.quirks = Quirks(part_names=frozenset({accepted}))
    for pair in PartNames:
        first, _, second = pair.partition("+")
        terminal.faces.clear()
        code = refusal(await sent(client, upload(jpeg(), (first, second))))[0]
        assert code == ("ok" if pair is accepted else "badJsonFormat")


async def test_other_part_names_may_be_called_lacking(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.quirks = Quirks(part_names=frozenset({PartNames.URL_IMG}), refuses_parts_as_lacking=True)
    assert refusal(await sent(client, upload(jpeg())))[0] == "MessageParametersLack"


async def test_some_terminals_take_no_upload(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.quirks = Quirks(takes_upload=False)
    assert refusal(await sent(client, upload(jpeg())))[0] == "badJsonFormat"


def padded(size: int) -> bytes:
    """A good picture of exactly so many bytes, the rest in a comment."""
    picture = jpeg()
    comments = b""
    left = size - len(picture)
    while left > 0:
        length = min(left - 2, 60_000) if left > 60_010 or left <= 60_002 else 30_000
        comments += b"\xff\xfe" + length.to_bytes(2) + bytes(length - 2)
        left = size - len(picture) - len(comments)
    return picture[:2] + comments + picture[2:]


@pytest.mark.parametrize("over", [0, 1])
async def test_a_picture_over_200_kb_is_refused_with_the_misleading_code(
    terminal: SimulatedTerminal, client: httpx.AsyncClient, over: int
) -> None:
    picture = padded(200 * 1024 + over)
    assert len(picture) == 200 * 1024 + over
    expected = ("badJsonContent", "faceURL") if over else ("ok", "")
    assert refusal(await sent(client, upload(picture))) == expected
    terminal.faces.clear()
    async with web_server(served(picture)) as address:
        assert refusal(await client.post(FACE, json=face(faceURL=address))) == expected


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (b"<html>not found</html>", "picFormatError"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picFormatError"),
        (jpeg()[: len(jpeg()) // 2], "picFormatError"),
        (b"\xff\xd8\xff\xd9", "picFormatError"),
        (jpeg(79, 200), "faceResolutionOrRatioError"),
        (jpeg(progressive=True), "SubpicAnalysisModelingError"),
        (jpeg(subsampling=0), "SubpicAnalysisModelingError"),
    ],
    ids=["a page", "a PNG", "half a JPEG", "an empty JPEG", "too small", "progressive", "4:4:4"],
)
async def test_a_picture_the_decoder_cannot_use_is_refused(
    terminal: SimulatedTerminal, client: httpx.AsyncClient, picture: bytes, code: str
) -> None:
    assert refusal(await sent(client, upload(picture)))[0] == code
    assert not terminal.faces


async def test_adding_never_replaces(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    await sent(client, upload(jpeg()))
    answer = await sent(client, upload(jpeg(shade=9)))
    assert (answer.status_code, refusal(answer)[0]) == (400, "deviceUserAlreadyExistFace")
    assert terminal.faces["1042"] == jpeg()


async def test_set_up_adds_replaces_and_deletes(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    for shade in (0, 9):
        assert (await sent(client, upload(jpeg(shade=shade)), path=SET_UP)).json()["subStatusCode"] == "ok"
        assert terminal.faces["1042"] == jpeg(shade=shade)
    assert refusal(await sent(client, upload(jpeg(progressive=True)), path=SET_UP))[0] == "SubpicAnalysisModelingError"
    assert terminal.faces["1042"] == jpeg(shade=9)
    assert (await client.put(SET_UP, json=face(deleteFP=True))).json()["subStatusCode"] == "ok"
    assert not terminal.faces


async def test_set_up_may_only_add(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.quirks = Quirks(set_up_adds_only=True)
    await sent(client, upload(jpeg()), path=SET_UP)
    assert refusal(await sent(client, upload(jpeg()), path=SET_UP))[0] == "alreadyExist"


async def test_modify_replaces_and_wants_a_face_there(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    body = upload(jpeg(), ("FaceDataModify", "img"))
    assert refusal(await sent(client, body, path=MODIFY))[0] == "employeeNoNotExist"
    terminal.store_face("1042", jpeg(shade=9))
    assert (await sent(client, body, path=MODIFY)).json()["subStatusCode"] == "ok"
    assert terminal.faces["1042"] == jpeg()


@pytest.mark.parametrize(("method", "path"), [("PUT", FACE), ("POST", SET_UP), ("POST", MODIFY)])
async def test_the_wrong_verb_is_refused(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path, json=face())
    assert (answer.status_code, refusal(answer)[0]) == (405, "methodNotAllowed")


async def test_a_full_library_takes_no_more(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.capacity_faces = 1
    terminal.store_face("7", jpeg(shade=9))
    assert refusal(await sent(client, upload(jpeg())))[0] == "deviceFaceFull"


async def test_the_picture_of_another_person_may_be_refused(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    terminal.store_face("7", jpeg())
    terminal.quirks = Quirks(refuses_known_picture=True)
    answer = await sent(client, upload(jpeg()))
    assert refusal(answer) == ("alreadyExistThisFace", "saveFacePic")
    assert answer.json()["errorCode"] == 1073782792


async def test_faces_are_found_one_by_one_and_in_pages(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.store_face("1042", jpeg())
    terminal.store_face("7", jpeg(shade=9))
    asked = {"searchResultPosition": 0, "maxResults": 1, "faceLibType": "blackFD", "FDID": "1"}
    one = (await client.post(FIND, json=asked | {"FPID": "7"})).json()
    assert (one["statusCode"], one["totalMatches"], one["MatchList"][0]["FPID"]) == (1, 1, "7")
    first = (await client.post(FIND, json=asked)).json()
    assert (first["responseStatusStrg"], first["numOfMatches"], first["totalMatches"]) == ("MORE", 1, 2)
    none = (await client.post(FIND, json=asked | {"FPID": "07"})).json()
    assert (none["responseStatusStrg"], none["totalMatches"]) == ("NO MATCH", 0)
    assert "MatchList" not in none


async def test_a_wrapped_search_lacks_its_first_key(client: httpx.AsyncClient) -> None:
    body = {"FDSearchDescription": {"faceLibType": "blackFD", "FDID": "1"}}
    assert refusal(await client.post(FIND, json=body)) == ("MessageParametersLack", "faceLibType")


async def test_a_stored_picture_is_fetched_by_path(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.store_face("1042", jpeg())
    asked = {"searchResultPosition": 0, "maxResults": 1, "faceLibType": "blackFD", "FDID": "1", "FPID": "1042"}
    address = (await client.post(FIND, json=asked)).json()["MatchList"][0]["faceURL"]
    path = address.removeprefix("http://192.0.2.31").partition("@")[0]
    picture = await client.get(path)
    assert (picture.headers["content-type"], picture.content) == ("image/jpeg", jpeg())


async def test_faces_are_deleted_by_list_and_absent_ones_are_no_error(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    terminal.store_face("1042", jpeg())
    answer = await client.put(DELETE, json={"FPID": [{"value": "1042"}, {"value": "999"}]})
    assert answer.json()["subStatusCode"] == "ok"
    assert not terminal.faces
    assert "1042" in terminal.people


async def test_some_firmware_deletes_in_another_way(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.store_face("1042", jpeg())
    assert refusal(await client.put(FD_DELETE, json=face()))[0] == "notSupport"
    terminal.quirks = Quirks(delete_by_fd_delete=True)
    refused = await client.put(DELETE, json={"FPID": [{"value": "1042"}]})
    assert refused.json()["statusCode"] == 6
    assert (await client.put(FD_DELETE, json=face())).json()["subStatusCode"] == "ok"
    assert not terminal.faces


async def test_faces_are_counted_and_the_library_is_listed(
    terminal: SimulatedTerminal, client: httpx.AsyncClient
) -> None:
    terminal.store_face("1042", jpeg())
    assert (await client.get(FACE_COUNT)).json()["FDRecordDataInfo"][0]["recordDataNumber"] == 1
    assert (await client.get(LIBRARY)).json()["FDLib"][0]["FDID"] == "1"
    terminal.quirks = Quirks(library_as_object=True)
    assert (await client.get(LIBRARY)).json()["FDLib"]["faceLibType"] == "blackFD"


async def test_wiping_the_libraries_really_wipes(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.store_face("1042", jpeg())
    assert (await client.delete(LIBRARY)).json()["subStatusCode"] == "ok"
    assert not terminal.faces


async def test_the_limits_of_the_library_are_told(terminal: SimulatedTerminal, client: httpx.AsyncClient) -> None:
    terminal.capacity_faces = 77
    limits = (await client.get("/ISAPI/Intelligent/FDLib/capabilities?format=json")).json()
    assert (limits["FDRecordDataMaxNum"], limits["faceURLLen"], limits["facePicFormat"]) == (77, 1024, "jpg")
    assert (await client.get("/ISAPI/Intelligent/FDLib/FaceDataRecord/capabilities?format=json")).status_code == 404


async def test_many_addresses_are_fetched_at_once(terminal: SimulatedTerminal) -> None:
    async with web_server(served(jpeg()), delay_s=0.2) as address, operator(terminal) as one, operator(terminal) as two:
        began = asyncio.get_running_loop().time()
        await asyncio.gather(
            one.post(FACE, json=face(faceURL=address)), two.post(FACE, json=face("7", faceURL=address))
        )
        assert asyncio.get_running_loop().time() - began < 0.39
    assert set(terminal.faces) == {"1042", "7"}
    assert terminal.faces["1042"] is terminal.faces["7"]  # kept once
