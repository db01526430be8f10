"""The paths of a terminal, by a plain dictionary: hundreds of requests a second pass here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.demo.terminals import face_library, faces, people, system
from app.demo.terminals.calls import Answer, Call, Pace, Reply, xml_reply
from app.demo.terminals.capture import PICTURE, Capture
from app.demo.terminals.device import Device
from app.demo.terminals.doorman import Doorman
from app.demo.terminals.faults import Place
from app.demo.terminals.people import BackgroundDeletion
from app.demo.terminals.searching import PeopleSearch

ACCESS = "/ISAPI/AccessControl/"
FACES = "/ISAPI/Intelligent/FDLib"


@dataclass(frozen=True, slots=True)
class Route:
    """One path: its kind of call, how long it takes, its verbs. `json` paths want `format=json` in the query."""

    place: Place
    answers: Mapping[str, Answer]
    pace: Pace = Pace.READ
    json: bool = True


class Routes:
    """The paths of one terminal, with what some of them remember between calls."""

    def __init__(self, doorman: Doorman) -> None:
        self._doorman = doorman
        searches, deletion = PeopleSearch(), BackgroundDeletion()
        self._fixed = {
            **_people(searches, deletion),
            **_faces(),
            **_system(),
            **_capture(Capture()),
            "/ISAPI/Security/userCheck": Route(Place.USER_CHECK, {"GET": self._user_check}, json=False),
        }
        self._door = Route(Place.DOOR, {"PUT": system.door}, json=False)
        self._picture = Route(Place.FACE_SEARCH, {"GET": face_library.picture}, json=False)

    def find(self, path: str) -> Route | None:
        """The route of `path`, or None."""
        route = self._fixed.get(path)
        if route is None and path.startswith(system.DOOR):
            return self._door
        if route is None and path.startswith(face_library.PICTURES):
            return self._picture
        return route

    async def _user_check(self, device: Device, call: Call) -> Reply:  # noqa: ARG002 - every endpoint's signature
        fields: dict[str, object] = {"statusValue": 200, "statusString": "OK", "isDefaultPassword": False}
        fields |= {"isRiskPassword": device.quirks.risky_password, "residualValidity": -1}
        return xml_reply("userCheck", fields | self._doorman.user_check())


def _people(searches: PeopleSearch, deletion: BackgroundDeletion) -> dict[str, Route]:
    person, info = Place.PERSON, f"{ACCESS}UserInfo/"
    return {
        f"{info}Record": Route(person, {"POST": people.record}, Pace.PERSON),
        f"{info}Modify": Route(person, {"PUT": people.modify}, Pace.PERSON),
        f"{info}SetUp": Route(person, {"PUT": people.set_up}, Pace.PERSON),
        f"{info}Delete": Route(person, {"PUT": people.delete}, Pace.PERSON),
        f"{info}Search": Route(Place.SEARCH, {"POST": searches.answer}),
        f"{info}Count": Route(Place.COUNT, {"GET": people.count}),
        f"{info}capabilities": Route(Place.CAPABILITIES, {"GET": people.capabilities}),
        f"{ACCESS}UserInfoDetail/Delete": Route(person, {"PUT": deletion.begin}, Pace.PERSON),
        f"{ACCESS}UserInfoDetail/DeleteProcess": Route(person, {"GET": deletion.progress}),
    }


def _faces() -> dict[str, Route]:
    face = Place.FACE
    return {
        FACES: Route(
            Place.LIBRARY,
            {"GET": face_library.libraries, "POST": face_library.create, "DELETE": face_library.wipe},
        ),
        f"{FACES}/FaceDataRecord": Route(face, {"POST": faces.add}, Pace.FACE),
        f"{FACES}/FDSetUp": Route(face, {"PUT": faces.set_up}, Pace.FACE),
        f"{FACES}/FDModify": Route(face, {"PUT": faces.modify}, Pace.FACE),
        f"{FACES}/FDSearch/Delete": Route(face, {"PUT": faces.delete_found}, Pace.PERSON),
        f"{FACES}/FDDelete": Route(face, {"PUT": faces.delete_one}, Pace.PERSON),
        f"{FACES}/FDSearch": Route(Place.FACE_SEARCH, {"POST": face_library.search}),
        f"{FACES}/Count": Route(Place.COUNT, {"GET": face_library.count}),
        f"{FACES}/capabilities": Route(Place.CAPABILITIES, {"GET": face_library.capabilities}),
    }


def _system() -> dict[str, Route]:
    clock: dict[str, Answer] = {"GET": system.clock, "PUT": system.set_clock}
    return {
        "/ISAPI/System/deviceInfo": Route(Place.INFO, {"GET": system.info}, json=False),
        "/ISAPI/System/capabilities": Route(Place.CAPABILITIES, {"GET": system.system_functions}, json=False),
        "/ISAPI/System/time": Route(Place.TIME, clock, json=False),
        f"{ACCESS}capabilities": Route(Place.CAPABILITIES, {"GET": system.functions}, json=False),
        f"{ACCESS}AcsWorkStatus": Route(Place.STATUS, {"GET": system.work_status}),
    }


def _capture(capture: Capture) -> dict[str, Route]:
    path = f"{ACCESS}CaptureFaceData"
    return {
        path: Route(Place.CAPTURE, {"POST": capture.begin}, Pace.FACE, json=False),
        f"{path}/Progress": Route(Place.CAPTURE, {"GET": capture.progress}, json=False),
        f"{path}/capabilities": Route(Place.CAPABILITIES, {"GET": capture.capabilities}, json=False),
        PICTURE: Route(Place.CAPTURE, {"GET": capture.picture}, json=False),
    }
