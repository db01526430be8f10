"""What terminals answer: every form is read, every code of the reference is classified, nothing is a surprise."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.hikvision import reading
from app.connectors.hikvision.catalogue import CATALOGUE, ERROR_CODES, Step, look_up
from app.connectors.hikvision.envelope import Envelope, read_envelope
from app.domain.terminal_answers import AnswerClass
from app.redaction import register_secret

NAMESPACE = 'xmlns="http://www.isapi.org/ver20/XMLSchema"'
EXISTS = {
    "statusCode": 6, "statusString": "Invalid Content", "subStatusCode": "employeeNoAlreadyExist",
    "errorCode": 1610637344, "errorMsg": "checkUser",
}  # fmt: skip
# The table of §5.2, one line per code, in its order.
REFERENCE = """
ok ok; riskPassword ok; employeeNoAlreadyExist exists; deviceUserAlreadyExist exists; employeeNoNotExist absent;
deviceUserNotExist absent; deviceUserAlreadyExistFace face_exists; alreadyExist face_exists;
alreadyExistThisFace face_rejected; faceDuplicate face_rejected; SubpicAnalysisModelingError face_rejected;
PicAnalysisNoTargetError face_rejected; pictureFaceDetectZero face_rejected; noFaceDetected face_rejected;
noFace face_rejected; multipleFaceObjectError face_rejected; picAnalysisFail face_rejected;
lowScoreOfFaceQuality face_rejected; poorFaceQuality face_rejected; faceLowQulity face_rejected;
faceQualityTooLow face_rejected; faceResolutionOrRatioError face_rejected; picResolutionInvalidError face_rejected;
pupilDistanceTooSmall face_rejected; invalidFaceRegion face_rejected; faceDataLenShort face_rejected;
picFormatError face_rejected; picSizeExceedError face_rejected; fileSizeExceedError face_rejected;
urlDownloadFail face_transport; pictureUploadFailed face_transport; faceLibraryIDError device_setup;
faceLibNotExist device_setup; FDIDNotExist device_setup; faceLibraryNumError device_setup; deviceFaceFull capacity;
exceedMaxFaceNumber capacity; faceLibFull capacity; deviceUserFull capacity; userFull capacity; userMaxNum capacity;
userExceedLimit capacity; deviceMemoryLimited capacity; lackOfStorageSpace capacity; cardNoAlreadyExist person_data;
badJsonContent person_data; badJsonFormat our_bug; badParameters person_data; MessageParametersLack person_data;
badXmlFormat our_bug; badXmlContent our_bug; badURLFormat unsupported; beyondARGSRangeLimit our_bug;
illegalEmployeeNo person_data; invalidEmployeeNo person_data; employeeNoInvalid person_data;
endtimeEarlierThanBegintime person_data; notSupport unsupported; methodNotAllowed unsupported; invalidOperation busy;
lowPrivilege device_fatal; badAuthorization sign_in; userNameOrPasswordError sign_in; loginPasswordError sign_in;
deviceIsLocked sign_in; maxSessionUserLink busy; notActivated device_fatal; forbiddenIP device_fatal; deviceBusy busy;
noMemory busy; serviceUnavailable busy; upgrading busy; networkError busy; deviceError device_error;
internalError device_error; captureTimeout capture; rebootRequired ok; remoteDoorFunctionDisable unsupported
"""
ROWS = [tuple(row.split()) for row in REFERENCE.replace("\n", " ").split(";")]


def status(code: str, status_code: int = 6, **more: object) -> Envelope:
    return read_envelope(400, json.dumps({"statusCode": status_code, "subStatusCode": code, **more}).encode())


class TestForms:
    """§4: one meaning in many forms."""

    @pytest.mark.parametrize(
        "body",
        [
            json.dumps(EXISTS).encode(),
            json.dumps({"ResponseStatus": EXISTS}).encode(),
            json.dumps({k: str(v) for k, v in EXISTS.items()}).encode(),
            b"\xef\xbb\xbf" + json.dumps(EXISTS).encode(),
            (
                f'<?xml version="1.0"?><ResponseStatus version="2.0" {NAMESPACE}><statusCode>6</statusCode>'
                "<subStatusCode>employeeNoAlreadyExist</subStatusCode><errorCode>1610637344</errorCode>"
                "<errorMsg>checkUser</errorMsg></ResponseStatus>"
            ).encode(),
        ],
        ids=["flat", "wrapped", "texts", "with mark", "xml"],
    )
    @pytest.mark.parametrize("http", [200, 400])
    def test_a_status_is_read_and_wins_over_http(self, body: bytes, http: int) -> None:
        answer = read_envelope(http, body)
        assert (answer.status_code, answer.sub_status) == (6, "employeeNoAlreadyExist")
        assert (answer.error_code, answer.error_msg) == (0x60006020, "checkUser")
        assert look_up(answer).kind is AnswerClass.EXISTS

    @pytest.mark.parametrize("body", [b"", b"<html>Login</html>", b"router", b"{broken", b"[1,2]", b"<a><b></a>"])
    def test_what_is_no_answer_of_a_terminal_has_no_content(self, body: bytes) -> None:
        assert read_envelope(200, body).content == {}
        assert look_up(read_envelope(200, body)).kind is AnswerClass.NOT_ISAPI

    def test_dirt_in_a_text_is_no_reason_to_know_nothing(self) -> None:
        for body in (b'{"statusCode": 1, "name": "\xc4na"}', b'{"statusCode": 1, "name": "A\tna"}'):
            assert read_envelope(200, body).status_code == 1

    @pytest.mark.parametrize(
        ("text", "number"),
        [("6", 6), (" 6 ", 6), ("06", 6), ("0x6", 6), (6, 6), (True, None), ("six", None), ([6], None), (2**70, None)],
    )
    def test_numbers_are_read_in_every_spelling(self, text: object, number: int | None) -> None:
        assert read_envelope(200, json.dumps({"statusCode": text}).encode()).status_code == number

    def test_words_of_a_terminal_are_short_and_in_one_line(self) -> None:
        register_secret("Probe-2025-words")
        said = "http://192.0.2.1/a.jpg?token=abc\n\x1b[31m Probe-2025-words \ud800 \0" + "z" * 5000
        answer = read_envelope(400, json.dumps({"statusCode": 6, "errorMsg": said}).encode())
        assert answer.error_msg.startswith("http://192.0.2.1/a.jpg [31m •••• zzz")
        assert len(answer.error_msg) == 120
        excerpt = read_envelope(200, said.encode("utf-8", "replace")).excerpt
        assert len(excerpt) == 200
        assert not {"\n", "\x1b", "\0"} & set(excerpt)
        assert "Probe-2025-words" not in excerpt

    def test_a_list_of_many_elements_is_read_in_proportion(self) -> None:
        begun = time.perf_counter()
        assert len(read_envelope(200, b"<a>" + b"<b/>" * 200_000 + b"</a>").content["a"]["b"]) == 200_000
        assert time.perf_counter() - begun < 6  # a few tenths; squared it would be far more

    def test_elements_within_elements_end_somewhere(self) -> None:
        assert read_envelope(200, b"<a>" * 5000 + b"</a>" * 5000).content

    def test_entities_are_not_followed(self) -> None:
        bomb = b'<!DOCTYPE a [<!ENTITY x "xxxx">]><ResponseStatus><statusString>&x;</statusString></ResponseStatus>'
        assert read_envelope(200, bomb).content == {}

    def test_a_refused_sign_in_says_how_many_tries_are_left(self) -> None:
        body = (
            f"<userCheck {NAMESPACE}><lockStatus>lock</lockStatus><unlockTime>1200</unlockTime>"
            "<retryLoginTime>0</retryLoginTime><isActivated>true</isActivated></userCheck>"
        )
        lock = read_envelope(401, body.encode()).lock
        assert lock is not None
        assert (lock.locked, lock.seconds, lock.tries_left, lock.activated) == (True, 1200, 0, True)

    def test_the_same_in_json(self) -> None:
        body = {"subStatusCode": "badAuthorization", "lockStatus": "unlock", "retryTimes": 2, "resLockTime": 0}
        lock = read_envelope(401, json.dumps(body).encode()).lock
        assert lock is not None
        assert (lock.locked, lock.tries_left) == (False, 2)

    @given(st.integers(100, 599), st.binary(max_size=400))
    def test_any_bytes_give_a_meaning(self, http: int, body: bytes) -> None:
        assert look_up(read_envelope(http, body)).kind in set(AnswerClass)

    @given(st.dictionaries(st.sampled_from(["statusCode", "subStatusCode", "errorCode", "ResponseStatus", "userCheck"]),
                           st.recursive(st.none() | st.integers() | st.text(max_size=9) | st.booleans(),
                                        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2))))  # fmt: skip  # noqa: E501
    def test_any_json_gives_a_meaning(self, content: dict[str, object]) -> None:
        assert look_up(read_envelope(200, json.dumps(content).encode())).kind in set(AnswerClass)


class TestCatalogue:
    """§5.2, row by row."""

    @pytest.mark.parametrize(("code", "kind"), ROWS, ids=[row[0] for row in ROWS])
    def test_every_code_of_the_reference(self, code: str, kind: str) -> None:
        good = {"ok": 1, "riskPassword": 1, "rebootRequired": 7}
        assert look_up(status(code, good.get(code, 6))).kind == kind
        assert look_up(status(code.upper(), good.get(code, 6))).kind == kind

    def test_it_holds_nothing_but_the_reference(self) -> None:
        assert set(CATALOGUE) == {code for code, _kind in ROWS}

    @pytest.mark.parametrize("code", [code for code, kind in ROWS if kind not in {"ok", "capture"}])
    def test_every_failure_says_what_happened(self, code: str) -> None:
        assert look_up(status(code)).cause.endswith(".")

    @pytest.mark.parametrize(
        ("status_code", "kind"), [(2, "busy"), (3, "device_error"), (5, "our_bug"), (6, "person_data")]
    )
    def test_an_unknown_code_is_classified_by_its_number(self, status_code: int, kind: str) -> None:
        assert look_up(status("neverSeen", status_code)).kind == kind

    def test_another_already_exist_is_taken_for_one_of_what_was_sent(self) -> None:
        assert look_up(status("userAlreadyExistHere"), Step.PERSON).kind is AnswerClass.EXISTS
        assert look_up(status("thingAlreadyExist"), Step.FACE).kind is AnswerClass.FACE_EXISTS
        assert look_up(status("alreadyExist"), Step.PERSON).kind is AnswerClass.EXISTS

    @pytest.mark.parametrize("number", list(ERROR_CODES))
    def test_a_number_stands_for_its_code(self, number: int) -> None:
        kind = CATALOGUE[ERROR_CODES[number]].kind
        status_code = 7 if number >> 28 == 7 else 1 if number >> 28 == 1 else number >> 28
        for code in ("", "wordOfNewFirmware"):
            if kind is not AnswerClass.OK or code == "":
                assert look_up(status(code, status_code, errorCode=number)).kind is kind

    def test_numbers_and_codes_belong_together_as_in_the_reference(self) -> None:
        assert ERROR_CODES[1610637344] == "employeeNoAlreadyExist"
        assert ERROR_CODES[1610612791] == "SubpicAnalysisModelingError"
        assert ERROR_CODES[1073783785] == "deviceIsLocked"
        assert len(ERROR_CODES) == 37

    def test_a_write_without_a_status_is_not_confirmed_but_a_read_is_fine(self) -> None:
        answer = read_envelope(200, b'{"UserInfoCount": {"userNumber": 3}}')
        assert look_up(answer).kind is AnswerClass.OK
        assert look_up(answer, Step.PERSON).kind is AnswerClass.DEVICE_ERROR

    def test_http_200_alone_is_no_success(self) -> None:
        assert look_up(read_envelope(200, b'{"statusCode": 4, "subStatusCode": "notSupport"}')).kind == "unsupported"
        assert look_up(read_envelope(200, b'{"statusCode": 6, "subStatusCode": "ok"}')).kind is not AnswerClass.OK

    def test_a_success_may_carry_an_error_code(self) -> None:
        answer = read_envelope(200, b'{"statusCode":1,"subStatusCode":"ok","errorCode":1,"errorMsg":"ok"}')
        assert look_up(answer).kind is AnswerClass.OK

    @pytest.mark.parametrize(
        "answer",
        [status("badJsonContent", errorMsg="faceURL"), status("badJsonFormat", 5)],
        ids=["content", "format"],
    )
    def test_on_a_face_call_the_misleading_codes_mean_the_picture(self, answer: Envelope) -> None:
        entry = look_up(answer, Step.FACE)
        assert (entry.kind, entry.permanent) == (AnswerClass.FACE_REJECTED, True)

    @pytest.mark.parametrize(
        ("http", "kind"),
        [
            (401, "sign_in"), (403, "device_fatal"), (404, "unsupported"), (405, "unsupported"), (503, "busy"),
            (500, "device_error"),
        ],
    )  # fmt: skip
    def test_without_a_status_http_decides(self, http: int, kind: str) -> None:
        assert look_up(read_envelope(http, b"<x>nothing</x>")).kind == kind


class TestReading:
    def test_people_as_one_object_and_as_a_list(self) -> None:
        one = {"employeeNo": "7", "name": "Ana", "numOfFace": "1", "Valid": {"enable": "true"}}
        for content in (one, [one]):
            page = reading.people_page({"responseStatusStrg": "OK", "totalMatches": 1, "UserInfo": content})
            assert [(p.number, p.faces, p.enabled) for p in page.people] == [("7", 1, True)]
            assert (page.received, page.more) == (1, False)

    @pytest.mark.parametrize("spelling", ["NO MATCH", "NO_MATCH", "NO MATCHES", "no match"])
    def test_nobody_in_every_spelling(self, spelling: str) -> None:
        page = reading.people_page({"responseStatusStrg": spelling, "totalMatches": 0})
        assert (page.people, page.total, page.more) == ((), 0, False)

    def test_leading_zeros_are_kept(self) -> None:
        page = reading.people_page({"totalMatches": 2, "UserInfo": [{"employeeNo": "007"}, {"employeeNo": "7"}]})
        assert [p.number for p in page.people] == ["007", "7"]

    def test_limits_as_value_descriptors(self) -> None:
        limits = reading.person_limits(
            {"supportFunction": {"@opt": "post,put"}, "maxRecordNum": 1500, "name": {"@max": "32"},
             "UserInfoSearchCond": {"maxResults": {"@max": 30}}}
        )  # fmt: skip
        assert (limits.most_people, limits.name_bytes, limits.search_page) == (1500, 32, 30)
        assert limits.functions == {"post", "put"}

    def test_limits_may_stand_beside_the_person(self) -> None:
        limits = reading.person_limits({"UserInfo": {"maxRecordNum": 500}, "name": {"@max": 128}})
        assert (limits.most_people, limits.name_bytes) == (500, 128)

    def test_texts_that_no_store_takes_are_cleaned(self) -> None:
        (person,) = reading.people_page({"UserInfo": {"employeeNo": 7, "name": "A\0n\ud800a"}}).people
        assert (person.number, person.name) == ("7", "An?a")

    def test_the_list_of_face_functions_goes_by_two_names(self) -> None:
        for key in ("supportFDFunction", "supportFunction"):
            assert "setUp" in reading.face_limits({key: "post,setUp"}).functions

    @given(st.recursive(st.none() | st.integers() | st.text(max_size=8) | st.booleans(),
                        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                            st.sampled_from(["UserInfo", "Valid", "RightPlan", "totalMatches", "employeeNo", "FDLib"]), inner, max_size=4)))  # fmt: skip  # noqa: E501
    def test_anything_is_read_without_a_fault(self, content: object) -> None:
        reading.people_page(content)
        reading.person_limits(content)
        reading.face_limits(content)
        reading.people_count(content)
        reading.device_info(content)
        reading.has_library(content)
        reading.face_count(content)
