"""The statuses a terminal answers with: the table of hikvision-isapi.md section 5.2, played from the other side."""

from __future__ import annotations

from dataclasses import dataclass

STATUS_TEXT = {
    1: "OK",
    2: "Device Busy",
    3: "Device Error",
    4: "Invalid Operation",
    5: "Invalid Format",
    6: "Invalid Content",
    7: "Reboot Required",
}


@dataclass(frozen=True, slots=True)
class Status:
    """One row: `error` is the errorCode (0 when none is on record), `http` what comes with it, `about` the errorMsg."""

    code: str
    number: int
    error: int
    http: int
    about: str = ""


class Refusal(Exception):
    """Raised by an endpoint: answer with the status `code`, whose errorMsg is `about` (else the table's own)."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code, about)
        self.status = STATUSES[code]
        self.about = about or self.status.about


_ROWS = [
    Status("ok", 1, 0, 200),
    Status("riskPassword", 1, 0x10000002, 200),
    Status("rebootRequired", 7, 0x70000001, 200),
    # The person.
    Status("employeeNoAlreadyExist", 6, 0x60006020, 400, "checkUser"),
    Status("deviceUserAlreadyExist", 6, 0, 400),
    Status("employeeNoNotExist", 6, 0x6000601F, 400, "employeeNo"),
    Status("deviceUserNotExist", 6, 0, 400),
    Status("cardNoAlreadyExist", 6, 0x60006033, 400, "cardNo"),
    Status("illegalEmployeeNo", 6, 0, 400, "employeeNo"),
    Status("invalidEmployeeNo", 6, 0, 400, "employeeNo"),
    Status("employeeNoInvalid", 6, 0, 400, "employeeNo"),
    Status("endtimeEarlierThanBegintime", 6, 0, 400),
    # The face.
    Status("deviceUserAlreadyExistFace", 6, 0, 400),
    Status("alreadyExist", 6, 0, 400),
    Status("alreadyExistThisFace", 4, 0x4000A008, 400, "saveFacePic"),
    Status("faceDuplicate", 6, 0, 400),
    Status("SubpicAnalysisModelingError", 6, 0x60000037, 400, "saveFacePic"),
    Status("PicAnalysisNoTargetError", 6, 0, 400),
    Status("pictureFaceDetectZero", 6, 0x6000604C, 400),
    Status("noFaceDetected", 6, 0, 400),
    Status("noFace", 6, 0, 400),
    Status("multipleFaceObjectError", 6, 0, 400),
    Status("picAnalysisFail", 6, 0, 400),
    Status("lowScoreOfFaceQuality", 6, 0, 400),
    Status("poorFaceQuality", 6, 0, 400),
    Status("faceLowQulity", 4, 0x40006010, 400),
    Status("faceQualityTooLow", 6, 0, 400),
    Status("faceResolutionOrRatioError", 6, 0, 400),
    Status("picResolutionInvalidError", 6, 0, 400),
    Status("pupilDistanceTooSmall", 6, 0, 400),
    Status("invalidFaceRegion", 6, 0, 400),
    Status("faceDataLenShort", 6, 0, 400),
    Status("picFormatError", 6, 0, 400),
    Status("picSizeExceedError", 6, 0, 400),
    Status("fileSizeExceedError", 6, 0, 400),
    Status("urlDownloadFail", 6, 0, 400, "faceURL"),
    Status("pictureUploadFailed", 3, 0x3000000B, 400),
    Status("faceLibraryIDError", 6, 0, 400, "FDID"),
    Status("faceLibNotExist", 6, 0, 400, "FDID"),
    Status("FDIDNotExist", 6, 0, 400, "FDID"),
    Status("faceLibraryNumError", 6, 0, 400),
    # No room.
    Status("deviceFaceFull", 6, 0, 400),
    Status("exceedMaxFaceNumber", 6, 0, 400),
    Status("faceLibFull", 6, 0, 400),
    Status("deviceUserFull", 6, 0, 400),
    Status("userFull", 6, 0, 400),
    Status("userMaxNum", 6, 0, 400),
    Status("userExceedLimit", 6, 0, 400),
    Status("deviceMemoryLimited", 4, 0, 400),
    Status("lackOfStorageSpace", 3, 0, 400),
    # The request.
    Status("badJsonContent", 6, 0x60000017, 400),
    Status("badJsonFormat", 5, 0x50000002, 400),
    Status("badParameters", 6, 0x60000001, 400),
    Status("MessageParametersLack", 6, 0x60000019, 400),
    Status("badXmlFormat", 5, 0x50000001, 400),
    Status("badXmlContent", 6, 0x60000003, 400),
    Status("badURLFormat", 5, 0x50000003, 400),
    Status("beyondARGSRangeLimit", 6, 0x60000025, 400),
    Status("notSupport", 4, 0x40000001, 403),
    Status("methodNotAllowed", 4, 0x40000004, 405),
    Status("invalidOperation", 4, 0x40000006, 403),
    # The account.
    Status("lowPrivilege", 4, 0x40000002, 403),
    Status("badAuthorization", 4, 0x40000003, 401),
    Status("userNameOrPasswordError", 4, 0, 401),
    Status("loginPasswordError", 4, 0x4000000C, 401),
    Status("deviceIsLocked", 4, 0x4000A3E9, 403),
    Status("maxSessionUserLink", 4, 0x4000000B, 403),
    Status("notActivated", 4, 0x40000007, 403),
    Status("forbiddenIP", 6, 0x60000070, 403),
    # The terminal itself.
    Status("deviceBusy", 2, 0x20000004, 503),
    Status("noMemory", 2, 0x20000001, 503),
    Status("serviceUnavailable", 2, 0x20000002, 503),
    Status("upgrading", 2, 0x20000003, 503),
    Status("networkError", 2, 0x20000009, 503),
    Status("deviceError", 3, 0x30000001, 500),
    Status("internalError", 3, 0x30000014, 500),
    Status("captureTimeout", 3, 0x30006000, 400),
    Status("fileUploadFailed", 3, 0, 400),
    Status("remoteDoorFunctionDisable", 4, 0, 403),
]
STATUSES = {row.code: row for row in _ROWS}
