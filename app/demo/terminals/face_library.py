"""What a terminal tells of its face library: list, search, count and limits (hikvision-isapi.md section 7)."""

from __future__ import annotations

from msgspec import Struct

from app.demo.terminals.calls import Call, Reply, done, json_reply, read_json
from app.demo.terminals.device import Device
from app.demo.terminals.faces import FACE_KEYS, LIBRARY, LIBRARY_NUMBER, check_library
from app.demo.terminals.people import employee_number
from app.demo.terminals.statuses import STATUS_TEXT, Refusal

PICTURES = "/LOCALS/pic/enrlFace/0/"
"""Where stored pictures are fetched, by `faceURL` of the search (section 7.5)."""


class _Search(Struct, rename=FACE_KEYS):
    library: str
    library_number: str
    position: int
    most: int
    number: str | int | None = None


class _Library(Struct, rename={"kind": "faceLibType"}):
    kind: str


async def libraries(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """`GET FDLib`."""
    one = {"FDID": LIBRARY_NUMBER, "faceLibType": LIBRARY, "name": "people"}
    listed: object = one if device.quirks.library_as_object else [one]
    return json_reply(_OK | {"FDLib": listed if device.has_library else []})


async def create(device: Device, call: Call) -> Reply:
    """`POST FDLib`: makes library 1 where it is missing."""
    if read_json(call.body, _Library).kind != LIBRARY:
        raise Refusal("badJsonContent", "faceLibType")
    if device.has_library:
        raise Refusal("faceLibraryNumError")
    device.has_library = True
    return done(device.quirks, {"FDID": LIBRARY_NUMBER})


async def wipe(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """`DELETE FDLib`: all faces are gone, as on a real terminal."""
    device.faces.clear()
    return done(device.quirks)


async def capabilities(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """`GET FDLib/capabilities`."""
    limits = {
        "supportFDFunction": "post,delete,put,get,setUp",
        "faceLibType": {"@opt": LIBRARY},
        "faceURLLen": device.quirks.address_length,
        "FDRecordDataMaxNum": device.capacity_faces,
        "facePicFormat": "jpg",
        "isSuportFDSearch": True,
    }
    return json_reply(_OK | limits)


async def count(device: Device, call: Call) -> Reply:  # noqa: ARG001 - every endpoint's signature
    """`GET FDLib/Count`."""
    row = {"FDID": LIBRARY_NUMBER, "faceLibType": LIBRARY, "name": "people", "recordDataNumber": len(device.faces)}
    return json_reply({"FDRecordDataInfo": [row] if device.has_library else []})


async def search(device: Device, call: Call) -> Reply:
    """`POST FDSearch`: one face, or pages of all."""
    asked = read_json(call.body, _Search)
    check_library(device, asked.library, asked.library_number)
    if asked.position < 0 or not 1 <= asked.most <= device.quirks.max_results:
        raise Refusal("beyondARGSRangeLimit", "maxResults")
    numbers = list(device.faces)
    if asked.number is not None:
        one = employee_number(device, asked.number, "FPID")
        numbers = [one] if one in device.faces else []
    page = numbers[asked.position : asked.position + asked.most]
    more = asked.position + len(page) < len(numbers)
    result: dict[str, object] = {
        "responseStatusStrg": ("MORE" if more else "OK") if numbers else device.quirks.no_match,
        "numOfMatches": len(page),
        "totalMatches": len(numbers),
    }
    if page:
        # The host of a terminal behind NAT: only path and query are of use.
        matches = [
            {"FPID": number, "faceURL": f"http://192.0.2.31{PICTURES}{number}.jpg@WEB0000020"} for number in page
        ]
        result["MatchList"] = matches
    return json_reply(_OK | result)


async def picture(device: Device, call: Call) -> Reply:
    """A stored picture."""
    number = call.path.removeprefix(PICTURES).removesuffix(".jpg")
    if number not in device.faces:
        raise Refusal("badURLFormat")
    return Reply(200, device.faces[number], b"image/jpeg")


_OK: dict[str, object] = {"statusCode": 1, "statusString": STATUS_TEXT[1], "subStatusCode": "ok"}
