"""One face terminal: people, faces, searches, counts, limits, data of the device (hikvision-isapi.md §6, §7, §9).

Writes hand out a `Reply` whatever happens; reads hand out what they read and raise `TerminalRefusal`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Self
from uuid import uuid4

from app.connectors.hikvision import reading
from app.connectors.hikvision.catalogue import NOT_ISAPI, look_up
from app.connectors.hikvision.line import FACE_S, Answered, Cooldowns, Line, NoAnswer, TerminalSettings
from app.connectors.hikvision.multipart import PART_NAMES, upload_body
from app.connectors.hikvision.refusal import TerminalRefusal
from app.domain.terminals import (
    AnswerClass,
    DeviceInfo,
    FaceLimits,
    PeopleCount,
    PeopleList,
    PersonLimits,
    Probe,
    Reply,
    StoredPerson,
    TerminalClock,
    TerminalPerson,
)
from app.i18n import _

ACCESS = "/ISAPI/AccessControl"
LIBRARY = "/ISAPI/Intelligent/FDLib"
_FACE = {"faceLibType": "blackFD", "FDID": "1"}
SEARCH_PAGE = 30
_EMPTY_PAGES = 3
_OTHER_PARTS = frozenset({"badjsonformat", "messageparameterslack"})
_JSON = "application/json"


class Terminal(AbstractAsyncContextManager["Terminal"]):
    """One terminal with one account. `face_parts` are the part names of an upload that it accepted, once known."""

    def __init__(self, settings: TerminalSettings, cooldowns: Cooldowns) -> None:
        self.settings = settings
        self.face_parts = settings.face_parts
        self._line = Line(settings, cooldowns)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the socket."""
        await self._line.close()

    # -- people ----------------------------------------------------------------------------------------------------

    async def add_person(self, person: TerminalPerson) -> Reply:
        """Add a person; one who is there is not changed (§6.1)."""
        return await self._write("POST", f"{ACCESS}/UserInfo/Record", {"UserInfo": user_info(person)})

    async def change_person(self, person: TerminalPerson) -> Reply:
        """Change a person who is there."""
        return await self._write("PUT", f"{ACCESS}/UserInfo/Modify", {"UserInfo": user_info(person)})

    async def set_up_person(self, person: TerminalPerson) -> Reply:
        """Add or change, for firmware without `add_person` (§6.3)."""
        return await self._write("PUT", f"{ACCESS}/UserInfo/SetUp", {"UserInfo": user_info(person)})

    async def find_people(self, numbers: Sequence[str]) -> PeopleList:
        """Those of the given people whom the terminal holds, asked for thirty at a time; numbers compare as text."""
        found: list[StoredPerson] = []
        complete, why = True, ""
        for start in range(0, len(numbers), SEARCH_PAGE):
            chunk = list(numbers[start : start + SEARCH_PAGE])
            part = await self._search(chunk)
            found += [person for person in part.people if person.number in chunk]
            complete, why = complete and part.complete, why or part.why
        return PeopleList(tuple(found), len(found), complete, why)

    async def all_people(self) -> PeopleList:
        """Everybody on the terminal; a list that stops early is marked incomplete (§6.4)."""
        return await self._search(None)

    async def _search(self, numbers: Sequence[str] | None) -> PeopleList:
        search_id = str(uuid4())
        found: dict[str, StoredPerson] = {}
        position = total = empty = pages = 0
        while True:
            condition: dict[str, Any] = {
                "searchID": search_id, "searchResultPosition": position, "maxResults": SEARCH_PAGE,
            }  # fmt: skip
            if numbers is not None:
                condition["EmployeeNoList"] = [{"employeeNo": number} for number in numbers]
            body = {"UserInfoSearchCond": condition}
            page = reading.people_page(await self._read("POST", f"{ACCESS}/UserInfo/Search", body, "UserInfoSearch"))
            total, pages = max(total, page.total), pages + 1
            found |= {person.number: person for person in page.people}
            position += len(page.people)
            if page.last or position >= total:
                break
            empty = empty + 1 if not page.people else 0
            if empty > _EMPTY_PAGES or pages > total + 10:
                text = _("{found} of {total} people were listed.").format(found=len(found), total=total)
                return PeopleList(tuple(found.values()), total, complete=False, why=text)
        if len(found) < total:
            text = _("{found} of {total} people were listed.").format(found=len(found), total=total)
            return PeopleList(tuple(found.values()), total, complete=False, why=text)
        return PeopleList(tuple(found.values()), total)

    # -- faces -----------------------------------------------------------------------------------------------------

    async def add_face_by_address(self, number: str, address: str) -> Reply:
        """Let the terminal fetch the picture itself (§7.3 A); only adds."""
        body = {**_FACE, "FPID": number, "faceURL": address}
        return await self._write("POST", f"{LIBRARY}/FaceDataRecord", body, face=True)

    async def add_face(self, number: str, jpeg: bytes) -> Reply:
        """Upload the picture (§7.3 B); only adds."""
        return await self._upload("POST", "FaceDataRecord", number, jpeg)

    async def set_up_face(self, number: str, picture: str | bytes) -> Reply:
        """Add or replace the face, by address or upload (§7.2)."""
        return await self._replace("FDSetUp", number, picture)

    async def modify_face(self, number: str, picture: str | bytes) -> Reply:
        """Replace the face that is there."""
        return await self._replace("FDModify", number, picture)

    async def _replace(self, call: str, number: str, picture: str | bytes) -> Reply:
        if isinstance(picture, bytes):
            return await self._upload("PUT", call, number, picture)
        body = {**_FACE, "FPID": number, "faceURL": picture}
        return await self._write("PUT", f"{LIBRARY}/{call}", body, face=True)

    async def _upload(self, method: str, call: str, number: str, jpeg: bytes) -> Reply:
        """Send both parts under the names this terminal accepts, finding them out once (§7.3)."""
        names = [self.face_parts] if self.face_parts else PART_NAMES
        text = json.dumps({**_FACE, "FPID": number}, separators=(",", ":"))
        reply: Reply | None = None
        for pair in names:
            body, content_type = upload_body(pair, text, jpeg)
            reply = await self._send(
                method, f"{LIBRARY}/{call}", body, content_type, sorted({*_FACE, "FPID", *pair}), FACE_S, face=True
            )
            if reply.code.casefold() not in _OTHER_PARTS:
                if reply.kind in {AnswerClass.OK, AnswerClass.FACE_EXISTS}:
                    self.face_parts = pair
                return reply
        assert reply is not None
        return reply

    async def delete_face(self, number: str) -> Reply:
        """Remove a face and leave the person, by either of the two known ways (§7.5)."""
        path = f"{LIBRARY}/FDSearch/Delete?format=json&FDID=1&faceLibType=blackFD"
        reply = await self._write("PUT", path, {"FPID": [{"value": number}]}, face=True)
        if reply.kind in {AnswerClass.OK, AnswerClass.ABSENT} or reply.connection_failed:
            return reply
        return await self._write("PUT", f"{LIBRARY}/FDDelete", {**_FACE, "FPID": number}, face=True)

    async def has_face(self, number: str) -> bool:
        """Whether the library holds a face of this person (§7.5, proof of a stored face)."""
        body = {"searchResultPosition": 0, "maxResults": 1, **_FACE, "FPID": number}
        return reading.total_matches(await self._read("POST", f"{LIBRARY}/FDSearch", body, "totalMatches")) > 0

    # -- what the terminal is ------------------------------------------------------------------------------------

    async def probe(self) -> Probe:
        """What a bare request finds at the address, without signing in."""
        try:
            return await self._line.probe()
        except NoAnswer as lost:
            raise TerminalRefusal(lost.reply) from lost

    async def device_info(self) -> DeviceInfo:
        """Model, serial number and firmware."""
        return reading.device_info(await self._read("GET", "/ISAPI/System/deviceInfo", None, "DeviceInfo"))

    async def access_capabilities(self) -> Mapping[str, Any]:
        """What access control can do; a missing flag means unknown, not unsupported (§9.3)."""
        found = await self._read("GET", f"{ACCESS}/capabilities", None, "AccessControl")
        return found if isinstance(found, dict) else {}

    async def person_limits(self) -> PersonLimits:
        """Limits of people (§6.6)."""
        return reading.person_limits(await self._read("GET", f"{ACCESS}/UserInfo/capabilities", None, "UserInfo"))

    async def people_count(self) -> PeopleCount:
        """How many people are stored."""
        return reading.people_count(await self._read("GET", f"{ACCESS}/UserInfo/Count", None, "UserInfoCount"))

    async def face_limits(self) -> FaceLimits:
        """Limits of faces (§7.1)."""
        return reading.face_limits(await self._read("GET", f"{LIBRARY}/capabilities", None, ""))

    async def has_library(self) -> bool:
        """Whether the face library 1 exists (§7.1)."""
        return reading.has_library(await self._read("GET", LIBRARY, None, ""))

    async def face_count(self) -> int | None:
        """How many faces the library holds; None where the terminal does not say."""
        path = f"{LIBRARY}/Count?format=json&FDID=1&faceLibType=blackFD"
        return reading.face_count(await self._read("GET", path, None, ""))

    async def clock(self) -> TerminalClock:
        """The terminal's time, and how far it is off (§9.2)."""
        answered = await self._answered("GET", "/ISAPI/System/time", None)
        return reading.clock(answered.envelope.content, answered.at)

    # -- calls -------------------------------------------------------------------------------------------------------

    async def _write(self, method: str, path: str, body: Mapping[str, Any], *, face: bool = False) -> Reply:
        keys = sorted(next(iter(body.values())) if "UserInfo" in body else body)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return await self._send(method, path, text, _JSON, keys, FACE_S if face else None, face=face)

    async def _send(
        self, method: str, path: str, body: bytes, content_type: str, keys: Sequence[str], timeout_s: float | None, *,
        face: bool = False,
    ) -> Reply:  # fmt: skip
        path = path if "?" in path else f"{path}?format=json"
        asked = f"{method} {path.partition('?')[0]} {', '.join(keys)}"
        try:
            answered = await self._line.call(method, path, body, content_type, timeout_s)
        except NoAnswer as lost:
            return lost.reply
        return understood(answered, asked, face=face)

    async def _read(self, method: str, path: str, body: Mapping[str, Any] | None, root: str) -> Any:
        """The content under `root` of a read, all of it for an empty root.

        Raises `TerminalRefusal` for anything but an answer with that root.
        """
        content = (await self._answered(method, path, body)).envelope.content
        if root and root not in content:
            asked = f"{method} {path.partition('?')[0]}"
            text = _("The device's answer is not what was asked for.")
            raise TerminalRefusal(Reply(AnswerClass.DEVICE_ERROR, "", text, "", asked, ", ".join(content)[:200]))
        return content if root == "totalMatches" else content.get(root, content) if root else content

    async def _answered(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answered:
        xml = path.startswith("/ISAPI/System") or path == f"{ACCESS}/capabilities"  # these speak XML (§2)
        path = path if xml or "?" in path else f"{path}?format=json"
        text = json.dumps(body, separators=(",", ":")).encode() if body is not None else b""
        try:
            answered = await self._line.call(method, path, text, _JSON if body is not None else "")
        except NoAnswer as lost:
            raise TerminalRefusal(lost.reply) from lost
        if not answered.envelope.succeeded:
            reply = understood(answered, f"{method} {path.partition('?')[0]}", face=False)
            raise TerminalRefusal(reply)
        return answered


def user_info(person: TerminalPerson) -> dict[str, Any]:
    """The person object to the letter (§1, §6.2): `employeeNo` as text, `enable` a boolean, `doorNo` a number."""
    return {
        "employeeNo": person.number,
        "name": person.name,
        "userType": "normal",
        "Valid": {"enable": True, "beginTime": person.begins, "endTime": person.ends, "timeType": "local"},
        "doorRight": person.door_right,
        "RightPlan": [{"doorNo": 1, "planTemplateNo": person.plan}],
    }


def understood(answered: Answered, asked: str, *, face: bool) -> Reply:
    """An answer as a reply, in the order of §4: a status object wins over HTTP."""
    envelope = answered.envelope
    entry = look_up(envelope, face=face)
    if not envelope.content and envelope.http in range(200, 400):
        entry = NOT_ISAPI
    message, remedy = _(entry.cause), _(entry.remedy)
    if entry.kind is AnswerClass.OK:
        warning = f"{message} {remedy}".strip()
        return Reply(AnswerClass.OK, envelope.sub_status, "", "", asked, envelope.described(), warning)
    if envelope.error_msg and envelope.error_msg.casefold() not in {"ok", "checkuser", "savefacepic"}:
        message = _("{message} It names {field}.").format(message=message, field=envelope.error_msg)
    return Reply(
        entry.kind, envelope.sub_status, message, remedy, asked, envelope.described(), permanent=entry.permanent
    )
