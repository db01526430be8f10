"""What terminals say, as data: code -> class, cause and remedy (hikvision-isapi.md §5.1, §5.2).

A code that is not listed is classified by its `statusCode`, and without one by HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.connectors.hikvision.envelope import Envelope
from app.domain.terminal_answers import AnswerClass as Class
from app.i18n import N_


@dataclass(frozen=True)
class Entry:
    """What one code means. `permanent`: the same picture is refused again, whatever is tried."""

    kind: Class
    cause: str
    remedy: str = ""
    permanent: bool = False


_PHOTO = N_("Replace the photo: one face, seen from the front, sharp and evenly lit.")
_FULL = N_("Remove people who left from the device, or use a device with more room.")
_ACCOUNT = N_("Use an administrator account of the device.")
_LATER = N_("Wait a moment, then try again.")
_SERVICE = N_("Restart the device; if it stays, it needs service.")
_DATA = N_("Correct the person's data, then push again.")
_REPORT = N_("Please report this with the log file; the device does not take what Muster sends.")
_FIRMWARE = N_("The device's firmware lacks this function; update it if the maker offers one.")
_PASSWORD = N_("Correct user name and password of the device. Muster will not try this password again by itself.")

_OK = Entry(Class.OK, "")
_EXISTS = Entry(Class.EXISTS, N_("The person is already on the device."))
_ABSENT = Entry(Class.ABSENT, N_("The person is not on the device."), N_("Push the person first."))
_FACE_EXISTS = Entry(Class.FACE_EXISTS, N_("The person already has a face on the device."))
_NO_FACE = Entry(Class.FACE_REJECTED, N_("The device found no face in the photo."), _PHOTO, permanent=True)
_QUALITY = Entry(Class.FACE_REJECTED, N_("The photo's quality is too low for the device."), _PHOTO, permanent=True)
_GEOMETRY = Entry(
    Class.FACE_REJECTED, N_("Size, shape or format of the photo does not suit the device."), _PHOTO, permanent=True
)
_TOO_BIG = Entry(
    Class.FACE_REJECTED, N_("The photo is too large for the device (200 KB)."),
    N_("Let Muster upload it made smaller."), permanent=True,
)  # fmt: skip
_LIBRARY = Entry(
    Class.DEVICE_SETUP, N_("The device lacks its face library 1."), N_("Create the face library on the device.")
)
_FACES_FULL = Entry(Class.CAPACITY, N_("The device has no room for more faces."), _FULL)
_PEOPLE_FULL = Entry(Class.CAPACITY, N_("The device has no room for more people."), _FULL)
_STORAGE_FULL = Entry(Class.CAPACITY, N_("The device's storage is full."), _FULL)
_VALUE = Entry(Class.PERSON_DATA, N_("The device does not accept a value."), _DATA)
_NUMBER = Entry(Class.PERSON_DATA, N_("The device does not accept the terminal number."), _DATA)
_UNSUPPORTED = Entry(Class.UNSUPPORTED, N_("The device does not have this function."), _FIRMWARE)
_WRONG_PASSWORD = Entry(Class.SIGN_IN, N_("The device refused user name or password."), _PASSWORD)
_LOCKED = Entry(
    Class.SIGN_IN, N_("The device has locked the account after refused sign-ins."), N_("Wait until the lock ends.")
)
_BUSY = Entry(Class.BUSY, N_("The device is busy."), _LATER)
_ERROR = Entry(Class.DEVICE_ERROR, N_("The device reports an error of its own."), _SERVICE)
_UNCONFIRMED = Entry(Class.DEVICE_ERROR, N_("The device did not say whether it took it."), _SERVICE)
_BUG = Entry(Class.OUR_BUG, N_("The device cannot read what Muster sent."), _REPORT)

CATALOGUE: Mapping[str, Entry] = {
    "ok": _OK,
    "riskPassword": Entry(Class.OK, N_("The device calls its password weak."), N_("Give it a stronger password.")),
    "employeeNoAlreadyExist": _EXISTS,
    "deviceUserAlreadyExist": _EXISTS,
    "employeeNoNotExist": _ABSENT,
    "deviceUserNotExist": _ABSENT,
    "deviceUserAlreadyExistFace": _FACE_EXISTS,
    "alreadyExist": _FACE_EXISTS,
    "alreadyExistThisFace": Entry(
        Class.FACE_REJECTED, N_("The device already knows this face or this very picture."),
        N_("Look whether another person carries this photo, or use another photo."),
    ),
    "faceDuplicate": Entry(
        Class.FACE_REJECTED, N_("The face belongs to another person on the device."),
        N_("Look whether another person carries this photo."), permanent=True,
    ),
    "SubpicAnalysisModelingError": Entry(
        Class.FACE_REJECTED, N_("The device could not make a face model of the photo."), _PHOTO
    ),
    "PicAnalysisNoTargetError": _NO_FACE,
    "pictureFaceDetectZero": _NO_FACE,
    "noFaceDetected": _NO_FACE,
    "noFace": _NO_FACE,
    "multipleFaceObjectError": Entry(
        Class.FACE_REJECTED, N_("The device found several faces in the photo."), _PHOTO, permanent=True
    ),
    "picAnalysisFail": Entry(Class.FACE_REJECTED, N_("The device could not analyse the photo."), _PHOTO),
    "lowScoreOfFaceQuality": _QUALITY,
    "poorFaceQuality": _QUALITY,
    "faceLowQulity": _QUALITY,
    "faceQualityTooLow": _QUALITY,
    "faceResolutionOrRatioError": _GEOMETRY,
    "picResolutionInvalidError": _GEOMETRY,
    "pupilDistanceTooSmall": _GEOMETRY,
    "invalidFaceRegion": _GEOMETRY,
    "faceDataLenShort": _GEOMETRY,
    "picFormatError": _GEOMETRY,
    "picSizeExceedError": _TOO_BIG,
    "fileSizeExceedError": _TOO_BIG,
    "urlDownloadFail": Entry(
        Class.FACE_TRANSPORT, N_("The device could not fetch the photo from its address."),
        N_("Check that the device reaches that address, or let Muster upload the photo."),
    ),
    "pictureUploadFailed": Entry(
        Class.FACE_TRANSPORT, N_("The device could not take the photo over."), N_("Let Muster upload the photo.")
    ),
    "faceLibraryIDError": _LIBRARY,
    "faceLibNotExist": _LIBRARY,
    "FDIDNotExist": _LIBRARY,
    "faceLibraryNumError": _LIBRARY,
    "deviceFaceFull": _FACES_FULL,
    "exceedMaxFaceNumber": _FACES_FULL,
    "faceLibFull": _FACES_FULL,
    "deviceUserFull": _PEOPLE_FULL,
    "userFull": _PEOPLE_FULL,
    "userMaxNum": _PEOPLE_FULL,
    "userExceedLimit": _PEOPLE_FULL,
    "deviceMemoryLimited": _STORAGE_FULL,
    "lackOfStorageSpace": _STORAGE_FULL,
    "cardNoAlreadyExist": Entry(Class.PERSON_DATA, N_("The card belongs to another person on the device."), _DATA),
    "badJsonContent": _VALUE,
    "badJsonFormat": _BUG,
    "badParameters": _VALUE,
    "MessageParametersLack": Entry(Class.PERSON_DATA, N_("The device misses a value."), _REPORT),
    "badXmlFormat": _BUG,
    "badXmlContent": _BUG,
    "badURLFormat": _UNSUPPORTED,
    "beyondARGSRangeLimit": Entry(Class.OUR_BUG, N_("A number is out of the device's range."), _REPORT),
    "illegalEmployeeNo": _NUMBER,
    "invalidEmployeeNo": _NUMBER,
    "employeeNoInvalid": _NUMBER,
    "endtimeEarlierThanBegintime": _VALUE,
    "notSupport": _UNSUPPORTED,
    "methodNotAllowed": _UNSUPPORTED,
    "invalidOperation": Entry(
        Class.BUSY, N_("The device refuses the operation now, perhaps because of too many connections."), _LATER
    ),
    "lowPrivilege": Entry(Class.DEVICE_FATAL, N_("The device's account lacks the right to change people."), _ACCOUNT),
    "badAuthorization": _WRONG_PASSWORD,
    "userNameOrPasswordError": _WRONG_PASSWORD,
    "loginPasswordError": _WRONG_PASSWORD,
    "deviceIsLocked": _LOCKED,
    "maxSessionUserLink": Entry(Class.BUSY, N_("Too many people are signed in to the device."), _LATER),
    "notActivated": Entry(
        Class.DEVICE_FATAL, N_("The device is not activated: it has no password yet."),
        N_("Activate it at its screen or with the maker's tool, then try again."),
    ),
    "forbiddenIP": Entry(
        Class.DEVICE_FATAL, N_("The device's address filter refuses this computer."),
        N_("Allow this computer in the device's address filter."),
    ),
    "deviceBusy": _BUSY,
    "noMemory": _BUSY,
    "serviceUnavailable": _BUSY,
    "upgrading": Entry(Class.BUSY, N_("The device is updating its firmware."), N_("Wait until the update has ended.")),
    "networkError": Entry(Class.BUSY, N_("The device reports a fault of its own network."), _LATER),
    "deviceError": _ERROR,
    "internalError": _ERROR,
    "captureTimeout": Entry(Class.CAPTURE, N_("Nobody looked into the camera."), N_("Try again.")),
    "rebootRequired": Entry(Class.OK, N_("The device wants to be restarted."), N_("Restart it when nobody needs it.")),
    "remoteDoorFunctionDisable": Entry(
        Class.UNSUPPORTED, N_("Opening the door from afar is switched off on the device."), ""
    ),
}  # fmt: skip

_FOLDED = {code.casefold(): entry for code, entry in CATALOGUE.items()}
ERROR_CODES: Mapping[int, str] = {
    0x10000002: "riskPassword",
    0x20000001: "noMemory",
    0x20000002: "serviceUnavailable",
    0x20000003: "upgrading",
    0x20000004: "deviceBusy",
    0x20000009: "networkError",
    0x30000001: "deviceError",
    0x3000000B: "pictureUploadFailed",
    0x30000014: "internalError",
    0x30006000: "captureTimeout",
    0x40000001: "notSupport",
    0x40000002: "lowPrivilege",
    0x40000003: "badAuthorization",
    0x40000004: "methodNotAllowed",
    0x40000006: "invalidOperation",
    0x40000007: "notActivated",
    0x4000000B: "maxSessionUserLink",
    0x4000000C: "loginPasswordError",
    0x40006010: "faceLowQulity",
    0x4000A008: "alreadyExistThisFace",
    0x4000A3E9: "deviceIsLocked",
    0x50000001: "badXmlFormat",
    0x50000002: "badJsonFormat",
    0x50000003: "badURLFormat",
    0x60000001: "badParameters",
    0x60000003: "badXmlContent",
    0x60000017: "badJsonContent",
    0x60000019: "MessageParametersLack",
    0x60000025: "beyondARGSRangeLimit",
    0x60000037: "SubpicAnalysisModelingError",
    0x60000070: "forbiddenIP",
    0x6000601F: "employeeNoNotExist",
    0x60006020: "employeeNoAlreadyExist",
    0x60006021: "employeeNoNotExist",
    0x60006033: "cardNoAlreadyExist",
    0x6000604C: "pictureFaceDetectZero",
    0x70000001: "rebootRequired",
}
"""The `errorCode` of those that have one, for firmware that sends no or an unknown `subStatusCode`."""
_BY_STATUS_CODE = {
    0: _UNCONFIRMED,  # with a word beside it that is no success (§4)
    1: _UNCONFIRMED,
    2: _BUSY,
    3: _ERROR,
    4: Entry(Class.UNSUPPORTED, N_("The device refuses the operation."), _FIRMWARE),
    5: _BUG,
    6: _VALUE,
    7: CATALOGUE["rebootRequired"],
}
NOT_ISAPI = Entry(
    Class.NOT_ISAPI,
    N_("This address is not a Hikvision terminal."),
    N_("Check the device's address and port; port 8000 is the maker's own protocol, not HTTP."),
)
_FACE_REFUSED = Entry(Class.FACE_REJECTED, N_("The device refuses the photo."), _PHOTO)


class Step(StrEnum):
    """What was asked; the same code can mean another thing (§5.2)."""

    READ = "read"
    PERSON = "person"
    FACE = "face"


def look_up(answer: Envelope, step: Step = Step.READ) -> Entry:
    """What an answer means for what was asked.

    A write counts as done only when a status object says so: HTTP 200 alone is no success (§4).
    """
    entry = _entry(answer)
    if entry is _OK and step is not Step.READ and not answer.has_status:
        return _UNCONFIRMED
    if step is Step.PERSON and entry.kind is Class.FACE_EXISTS:
        return _EXISTS
    return _of_face(entry, answer) if step is Step.FACE else entry


def _of_face(entry: Entry, answer: Envelope) -> Entry:
    """On a call to the face library some codes mislead: a bad `faceURL` in the JSON is mostly too large a picture."""
    if entry.kind is Class.EXISTS:
        return _FACE_EXISTS
    if entry.kind in {Class.PERSON_DATA, Class.OUR_BUG}:
        if answer.error_msg == "faceURL" or answer.sub_status.casefold() == "badjsonformat":
            return _TOO_BIG
        return _FACE_REFUSED if entry is _BY_STATUS_CODE[6] else entry
    return entry


def _entry(answer: Envelope) -> Entry:
    code = answer.sub_status.casefold()
    known = _FOLDED.get(code) or _FOLDED.get(ERROR_CODES.get(answer.error_code or 0, "").casefold())
    if known is not None and not (known.kind is Class.OK and not answer.succeeded and answer.status_code != 7):
        return known
    if "alreadyexist" in code:
        return _EXISTS
    if answer.status_code is not None and not answer.succeeded:
        return _BY_STATUS_CODE.get(answer.status_code, _ERROR)
    return by_http(answer)


def by_http(answer: Envelope) -> Entry:
    """What an answer without a status object means."""
    if answer.succeeded:
        return _OK
    if answer.http == 401:
        return _WRONG_PASSWORD
    if answer.http == 403:
        return CATALOGUE["lowPrivilege"]
    if answer.http in {404, 405, 501}:
        return _UNSUPPORTED
    if answer.http in {502, 503, 504}:
        return _BUSY
    return _ERROR if answer.http >= 500 or answer.content else NOT_ISAPI
