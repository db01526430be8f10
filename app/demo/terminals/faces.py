"""The face library of a terminal: add, replace, find, delete, count (hikvision-isapi.md section 7)."""

from __future__ import annotations

from msgspec import Struct

from app.demo.terminals.calls import Call, Reply, done, read_json
from app.demo.terminals.device import Device
from app.demo.terminals.fetching import fetch
from app.demo.terminals.jpeg import read_jpeg
from app.demo.terminals.multipart import is_multipart, read_parts
from app.demo.terminals.people import employee_number
from app.demo.terminals.quirks import Lie, PartNames
from app.demo.terminals.statuses import Refusal

LIBRARY, LIBRARY_NUMBER = "blackFD", "1"
SMALLEST_SIDE = 80
FACE_KEYS = {
    "library": "faceLibType",
    "library_number": "FDID",
    "number": "FPID",
    "address": "faceURL",
    "deletes": "deleteFP",
    "position": "searchResultPosition",
    "most": "maxResults",
}


class _Order(Struct, rename=FACE_KEYS):
    library: str
    library_number: str
    number: str | int
    address: str | None = None
    deletes: bool = False


class _Value(Struct):
    value: str | int


class _FaceList(Struct, rename={"people": "FPID"}):
    people: list[_Value]


async def add(device: Device, call: Call) -> Reply:
    """`POST FaceDataRecord`: add only."""
    order, picture = await _order(device, call)
    number = _person(device, order)
    if number in device.faces:
        raise Refusal("deviceUserAlreadyExistFace")
    _store(device, number, await _picture(device, order, picture))
    return done(device.quirks, {"FPID": number})


async def set_up(device: Device, call: Call) -> Reply:
    """`PUT FDSetUp`: add or replace; with `deleteFP` delete. What cannot be modelled leaves the old face."""
    order, picture = await _order(device, call)
    number = _person(device, order)
    if order.deletes:
        device.faces.pop(number, None)
        return done(device.quirks)
    if device.quirks.set_up_adds_only and number in device.faces:
        raise Refusal("alreadyExist")
    _store(device, number, await _picture(device, order, picture))
    return done(device.quirks, {"FPID": number})


async def modify(device: Device, call: Call) -> Reply:
    """`PUT FDModify`: replace; without a face there it is refused."""
    order, picture = await _order(device, call)
    number = _person(device, order)
    if number not in device.faces:
        raise Refusal("employeeNoNotExist", "FPID")
    _store(device, number, await _picture(device, order, picture))
    return done(device.quirks, {"FPID": number})


async def delete_found(device: Device, call: Call) -> Reply:
    """`PUT FDSearch/Delete` with the library in the query; an absent face is no error."""
    if device.quirks.delete_by_fd_delete:
        raise Refusal("badJsonContent", "FPID")
    query = call.query
    check_library(device, query.get("faceLibType", ""), query.get("FDID", ""))
    for entry in read_json(call.body, _FaceList).people:
        device.faces.pop(employee_number(device, entry.value, "FPID"), None)
    return done(device.quirks)


async def delete_one(device: Device, call: Call) -> Reply:
    """`PUT FDDelete`, on firmware that has it."""
    if not device.quirks.delete_by_fd_delete:
        raise Refusal("notSupport")
    order = read_json(call.body, _Order)
    check_library(device, order.library, order.library_number)
    device.faces.pop(employee_number(device, order.number, "FPID"), None)
    return done(device.quirks)


def check_library(device: Device, library: str, number: str) -> None:
    """Raises Refusal unless this is library 1 and the terminal has it."""
    if library != LIBRARY:
        raise Refusal("badJsonContent", "faceLibType")
    if number != LIBRARY_NUMBER or not device.has_library:
        raise Refusal("faceLibNotExist")


def _person(device: Device, order: _Order) -> str:
    check_library(device, order.library, order.library_number)
    number = employee_number(device, order.number, "FPID")
    if number not in device.people:
        raise Refusal("employeeNoNotExist", "FPID")
    return number


async def _order(device: Device, call: Call) -> tuple[_Order, bytes | None]:
    """What the call asks for, and the picture when it came along."""
    if not is_multipart(call):
        return read_json(call.body, _Order), None
    if not device.quirks.takes_upload:
        raise Refusal("badJsonFormat")
    parts = read_parts(call)
    names = "+".join(part.name for part in parts)
    if len(parts) != 2 or names not in device.quirks.part_names:
        wanted = PartNames.IMG if PartNames.IMG in device.quirks.part_names else PartNames.FACE_IMAGE
        if device.quirks.refuses_parts_as_lacking:
            raise Refusal("MessageParametersLack", wanted.partition("+")[0])
        raise Refusal("badJsonFormat")
    return read_json(parts[0].body, _Order), parts[1].body


async def _picture(device: Device, order: _Order, uploaded: bytes | None) -> bytes:
    """The picture, checked as the terminal's decoder does. Raises Refusal for one it cannot use."""
    picture = uploaded
    if picture is None:
        if not order.address:
            raise Refusal("MessageParametersLack", "faceURL")
        if len(order.address.encode()) > device.quirks.address_length:
            raise Refusal("badJsonContent", "faceURL")
        if not device.quirks.takes_address:
            raise Refusal("urlDownloadFail")
        picture = await fetch(order.address, device.quirks.most_picture_bytes)
    if len(picture) > device.quirks.most_picture_bytes:
        raise Refusal("badJsonContent", "faceURL")
    jpeg = read_jpeg(picture)
    if jpeg is None or jpeg.components == 4:
        raise Refusal("picFormatError")
    if min(jpeg.width, jpeg.height) < SMALLEST_SIDE:
        raise Refusal("faceResolutionOrRatioError")
    if not jpeg.is_baseline or jpeg.full_chroma:
        raise Refusal("SubpicAnalysisModelingError")
    return picture


def _store(device: Device, number: str, picture: bytes) -> None:
    if device.quirks.refuses_known_picture:
        others = (face for owner, face in device.faces.items() if owner != number)
        if picture in others:
            raise Refusal("alreadyExistThisFace")
    if number not in device.faces and len(device.faces) >= device.capacity_faces:
        raise Refusal("deviceFaceFull")
    if not device.quirks.lies & {Lie.STORES_NO_FACE, Lie.STORES_NO_PERSON}:
        device.store_face(number, picture)
