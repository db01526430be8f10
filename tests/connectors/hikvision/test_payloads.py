"""What goes over the line, byte by byte: the requests of hikvision-isapi.md §1, §6.2, §6.4 and §7.3."""

from __future__ import annotations

import re

import pytest

from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import TerminalPerson
from tests.support.scripted_terminal import DONE, Asked, ScriptedTerminal, line_to, scripted, told

ANA = TerminalPerson("1042", "Ionescu Ana")
JPEG = b"\xff\xd8" + bytes(range(256)) * 80 + b"\xff\xd9"
PERSON = {
    "UserInfo": {
        "employeeNo": "1042",
        "name": "Ionescu Ana",
        "userType": "normal",
        "Valid": {
            "enable": True,
            "beginTime": "2020-01-01T00:00:00",
            "endTime": "2037-12-31T23:59:59",
            "timeType": "local",
        },
        "doorRight": "1",
        "RightPlan": [{"doorNo": 1, "planTemplateNo": "1"}],
    }
}
RECORD = "/ISAPI/AccessControl/UserInfo/Record?format=json"
FACE = "/ISAPI/Intelligent/FDLib/FaceDataRecord?format=json"


class TestPeople:
    @pytest.mark.parametrize(
        ("call", "method", "name"),
        [("add_person", "POST", "Record"), ("change_person", "PUT", "Modify"), ("set_up_person", "PUT", "SetUp")],
    )
    async def test_a_person_is_sent_to_the_letter(self, call: str, method: str, name: str) -> None:
        async with scripted() as device, line_to(device) as terminal:
            assert (await getattr(terminal, call)(ANA)).kind is AnswerClass.OK
        bare, signed = device.asked
        target = f"/ISAPI/AccessControl/UserInfo/{name}?format=json"
        assert (signed.method, signed.target, signed.json()) == (method, target, PERSON)
        assert signed.headers["content-type"] == "application/json"
        assert (bare.method, bare.target, bare.body) == (method, target, b"")
        assert bare.headers["content-length"] == "0"

    async def test_other_letters_go_as_utf_8(self) -> None:
        async with scripted() as device, line_to(device) as terminal:
            await terminal.add_person(TerminalPerson("7", "Țîrlea Ștefan"))
        assert "Țîrlea Ștefan".encode() in device.signatures[0].body

    async def test_a_terminal_that_asks_for_the_other_spelling_of_the_plan_gets_it_from_then_on(self) -> None:
        def picky(asked: Asked) -> bytes:
            if b"plamTemplateNo" in asked.body:
                return told(DONE)
            lack = {"statusCode": 6, "subStatusCode": "MessageParametersLack", "errorMsg": "plamTemplateNo"}
            return told(lack, 400)

        async with scripted(signed=picky) as device, line_to(device) as terminal:
            replies = [await terminal.add_person(ANA), await terminal.change_person(ANA)]
        assert [reply.kind for reply in replies] == [AnswerClass.OK] * 2
        assert [b"plamTemplateNo" in asked.body for asked in device.signatures] == [False, True, True]

    async def test_people_are_searched_for_by_number(self) -> None:
        page = {"UserInfoSearch": {"responseStatusStrg": "NO MATCH", "numOfMatches": 0, "totalMatches": 0}}
        async with scripted(signed=told(page)) as device, line_to(device) as terminal:
            await terminal.find_people(["1042", "007"])
        (asked,) = device.signatures
        condition = asked.json()["UserInfoSearchCond"]
        assert (asked.method, asked.target) == ("POST", "/ISAPI/AccessControl/UserInfo/Search?format=json")
        assert len(condition.pop("searchID")) <= 36
        assert condition == {
            "searchResultPosition": 0,
            "maxResults": 30,
            "EmployeeNoList": [{"employeeNo": "1042"}, {"employeeNo": "007"}],
        }


class TestFaces:
    async def test_by_address_it_is_flat_json(self) -> None:
        address = "http://192.0.2.10:8080/photos/1042.jpg"
        async with scripted() as device, line_to(device) as terminal:
            await terminal.add_face_by_address("1042", address)
        (asked,) = device.signatures
        assert (asked.method, asked.target) == ("POST", FACE)
        assert asked.json() == {"faceLibType": "blackFD", "FDID": "1", "FPID": "1042", "faceURL": address}

    async def test_an_upload_byte_by_byte(self) -> None:
        async with scripted() as device, line_to(device) as terminal:
            await terminal.add_face("1042", JPEG)
        (asked,) = device.signatures
        found = re.fullmatch(r"multipart/form-data; boundary=([A-Za-z0-9-]+)", asked.headers["content-type"])
        assert found is not None
        mark = b"--" + found[1].encode()
        assert asked.body == b"\r\n".join(
            [
                mark,
                b'Content-Disposition: form-data; name="FaceDataRecord"',
                b"Content-Type: application/json",
                b"",
                b'{"faceLibType":"blackFD","FDID":"1","FPID":"1042"}',
                mark,
                b'Content-Disposition: form-data; name="FaceImage"; filename="face.jpg"',
                b"Content-Type: image/jpeg",
                b"",
                JPEG,
                mark + b"--",
                b"",
            ]
        )
        assert asked.headers["content-length"] == str(len(asked.body))
        assert "transfer-encoding" not in asked.headers
        assert asked.headers["connection"] == "close"

    async def test_a_person_and_a_face_cost_four_requests_and_the_picture_goes_once(self) -> None:
        async with scripted() as device, line_to(device) as terminal:
            await terminal.add_person(ANA)
            await terminal.add_face("1042", JPEG)
        assert [asked.signed for asked in device.asked] == [False, True, False, True]
        assert sum(JPEG in asked.body for asked in device.asked) == 1

    @pytest.mark.parametrize(("call", "name"), [("set_up_face", "FDSetUp"), ("modify_face", "FDModify")])
    async def test_a_face_is_replaced_by_put(self, call: str, name: str) -> None:
        async with scripted() as device, line_to(device) as terminal:
            await getattr(terminal, call)("1042", "http://192.0.2.10/a.jpg")
            await getattr(terminal, call)("1042", JPEG)
        targets = {(asked.method, asked.target) for asked in device.signatures}
        assert targets == {("PUT", f"/ISAPI/Intelligent/FDLib/{name}?format=json")}


class TestPartNames:
    """The ladder of §7.3, and what is kept of it."""

    @staticmethod
    def names(asked: Asked) -> tuple[str, ...]:
        return tuple(re.findall(r'; name="(\w+)"', asked.body.decode("latin-1")))

    @staticmethod
    def refusal(code: str) -> bytes:
        return told({"statusCode": 5, "subStatusCode": code}, 400)

    async def test_names_that_were_accepted_before_are_sent_first_and_alone(self) -> None:
        async with scripted() as device, line_to(device, face_parts=("faceURL", "img")) as terminal:
            await terminal.add_face("1042", JPEG)
        assert [self.names(asked) for asked in device.signatures] == [("faceURL", "img")]

    async def test_with_accepted_names_an_unreadable_upload_is_the_picture(self) -> None:
        script = self.refusal("badJsonFormat")
        async with scripted(signed=script) as device, line_to(device, face_parts=("faceURL", "img")) as terminal:
            reply = await terminal.add_face("1042", JPEG)
        assert (reply.kind, reply.permanent) == (AnswerClass.FACE_REJECTED, True)
        assert len(device.signatures) == 1

    async def test_names_that_a_new_firmware_misses_are_found_out_anew(self) -> None:
        def changed(asked: Asked) -> bytes:
            accepted = self.names(asked) == ("FaceDataRecord", "img")
            return told(DONE) if accepted else self.refusal("MessageParametersLack")

        async with scripted(signed=changed) as device, line_to(device, face_parts=("faceURL", "img")) as terminal:
            reply = await terminal.add_face("1042", JPEG)
            assert (reply.kind, terminal.face_parts) == (AnswerClass.OK, ("FaceDataRecord", "img"))
        assert len(device.signatures) == 3

    async def test_a_picture_that_no_names_help_ends_after_three_tries(self) -> None:
        async with scripted(signed=self.refusal("badJsonFormat")) as device, line_to(device) as terminal:
            reply = await terminal.add_face("1042", JPEG)
            assert terminal.face_parts is None
        assert reply.kind is AnswerClass.FACE_REJECTED
        assert len({self.names(asked) for asked in device.signatures}) == 3


class TestWhy:
    """What is shown and logged of a call: keys, never values, pictures, queries or secrets."""

    async def test_a_question_names_keys_alone(self) -> None:
        refusal = {"statusCode": 6, "subStatusCode": "badJsonContent", "errorCode": 0x60000017, "errorMsg": "name"}
        async with scripted(signed=told(refusal, 400)) as device, line_to(device) as terminal:
            reply = await terminal.add_person(ANA)
        assert reply.asked == (
            "POST /ISAPI/AccessControl/UserInfo/Record RightPlan, Valid, doorRight, employeeNo, name, userType"
        )
        assert reply.answered == "HTTP 400, statusCode 6, badJsonContent, 0x60000017 name"
        assert "name" in reply.message

    async def test_also_of_a_call_that_was_lost(self) -> None:
        async with scripted(bare=b"") as device, line_to(device) as terminal:
            reply = await terminal.add_person(ANA)
        assert "employeeNo" in reply.asked

    async def test_the_log_has_neither_values_nor_queries(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        address = "http://192.0.2.10/1042.jpg?token=abcdef"
        lines = told({"statusCode": 6, "subStatusCode": "badJsonContent", "errorMsg": f"{address}\nforged line"}, 400)
        async with scripted(signed=lines) as device, line_to(device) as terminal:
            await terminal.add_face_by_address("1042", address)
        logged = [r.getMessage() for r in caplog.records if r.name.startswith("app.connectors")]
        (line,) = logged
        assert re.fullmatch(r"127\.0\.0\.1 POST /ISAPI/Intelligent/FDLib/FaceDataRecord: HTTP 400, .*, \d+ ms", line)
        for secret in ("token", "format=json", "Probe-2025", "Digest", "\n"):
            assert secret not in line


class TestConnections:
    async def test_small_calls_share_one_connection(self) -> None:
        async with scripted() as device, line_to(device) as terminal:
            for _call in range(5):
                await terminal.add_person(ANA)
        assert device.connections == 1

    async def test_no_redirect_cookie_or_packing_is_asked_for(self) -> None:
        bare = b"HTTP/1.1 401 No\r\nSet-Cookie: session=1\r\n" + ScriptedTerminal().bare.partition(b"\r\n")[2]  # type: ignore[union-attr]
        async with scripted(bare=bare) as device, line_to(device) as terminal:
            for _call in range(2):
                assert (await terminal.add_person(ANA)).kind is AnswerClass.OK
        for asked in device.asked:
            assert "cookie" not in asked.headers
            assert asked.headers["accept-encoding"] == "identity"

    async def test_a_closed_line_answers_like_a_device_that_is_gone(self) -> None:
        async with scripted() as device, line_to(device) as terminal:
            await terminal.add_person(ANA)
            await terminal.close()
            reply = await terminal.add_person(ANA)
            assert terminal.is_closed
        assert (reply.kind, reply.code, reply.connection_failed) == (AnswerClass.UNREACHABLE, "closed", True)
        assert len(device.signatures) == 1
