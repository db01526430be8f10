"""One face terminal: people, faces, searches, counts, limits, data of the device (hikvision-isapi.md §6, §7, §9).

Writes hand out a `Reply` whatever happens; reads hand out what they read and raise `TerminalRefusal`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, Self

from app.connectors.hikvision import reading
from app.connectors.hikvision.catalogue import NOT_ISAPI, Step, look_up
from app.connectors.hikvision.envelope import Envelope
from app.connectors.hikvision.line import FACE_S, Answered, Line
from app.connectors.hikvision.lockout import Cooldowns
from app.connectors.hikvision.multipart import PART_NAMES, upload_body
from app.connectors.hikvision.people_list import USUAL_PAGE, read_people
from app.connectors.hikvision.refusal import NoAnswer, TerminalRefusal
from app.connectors.hikvision.settings import TerminalSettings
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import (
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
_REFUSED_VALUE = frozenset({AnswerClass.OUR_BUG, AnswerClass.PERSON_DATA})
_PLAN_KEYS = ("planTemplateNo", "plamTemplateNo")
_UNREADABLE = "badjsonformat"
_OTHER_PARTS = frozenset({_UNREADABLE, "messageparameterslack"})
_JSON = "application/json"


class Terminal(AbstractAsyncContextManager["Terminal"]):
    """One terminal with one account. `face_parts` are the part names of an upload that it accepted, once known.

    `turn` is shared by all that call the same address, so that requests never meet there; without one it has its own.
    """

    def __init__(self, settings: TerminalSettings, cooldowns: Cooldowns, turn: asyncio.Lock | None = None) -> None:
        self.settings = settings
        self.face_parts = settings.face_parts
        self._page_size = USUAL_PAGE
        self._plan_key = _PLAN_KEYS[0]
        self._line = Line(settings, cooldowns, turn or asyncio.Lock())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called; a call then fails like one to a device that is not there."""
        return self._line.is_closed

    async def close(self) -> None:
        """Close the socket."""
        await self._line.close()

    # -- people ----------------------------------------------------------------------------------------------------

    async def add_person(self, person: TerminalPerson) -> Reply:
        """Add a person; one who is there is not changed (§6.1)."""
        return await self._write_person("POST", "Record", person)

    async def change_person(self, person: TerminalPerson) -> Reply:
        """Change a person who is there."""
        return await self._write_person("PUT", "Modify", person)

    async def set_up_person(self, person: TerminalPerson) -> Reply:
        """Add or change, for firmware without `add_person` (§6.3)."""
        return await self._write_person("PUT", "SetUp", person)

    async def _write_person(self, method: str, call: str, person: TerminalPerson) -> Reply:
        """Send a person; a terminal that complains by name of the other spelling of the plan's key gets that one."""
        path = f"{ACCESS}/UserInfo/{call}"
        reply = await self._write(method, path, {"UserInfo": user_info(person, self._plan_key)}, Step.PERSON)
        if self._plan_key == _PLAN_KEYS[0] and _PLAN_KEYS[1] in reply.answered:
            self._plan_key = _PLAN_KEYS[1]
            reply = await self._write(method, path, {"UserInfo": user_info(person, self._plan_key)}, Step.PERSON)
        return reply

    async def find_people(self, numbers: Sequence[str]) -> PeopleList:
        """Those of the given people whom the terminal holds, asked for a page at a time; numbers compare as text."""
        found: list[StoredPerson] = []
        why = ""
        for start in range(0, len(numbers), USUAL_PAGE):
            chunk = numbers[start : start + USUAL_PAGE]
            part = await self._list_people(chunk)
            found += [person for person in part.people if person.number in chunk]
            why = why or part.why
        return PeopleList(tuple(found), len(found), not why, why)

    async def all_people(self) -> PeopleList:
        """Everybody on the terminal; a list that stops early is marked incomplete (§6.4)."""
        return await self._list_people(None)

    async def _list_people(self, numbers: Sequence[str] | None) -> PeopleList:
        """The list; where the terminal takes no pages of the usual size, with those it names in its limits."""
        try:
            return await read_people(self._people_page, self._page_size, numbers)
        except TerminalRefusal as refusal:
            if refusal.reply.kind not in _REFUSED_VALUE or self._page_size < USUAL_PAGE:
                raise
            await self.person_limits()
            if self._page_size == USUAL_PAGE:
                raise
        return await read_people(self._people_page, self._page_size, numbers)

    async def _people_page(self, condition: Mapping[str, Any]) -> reading.PeoplePage:
        body = {"UserInfoSearchCond": condition}
        return reading.people_page(await self._read("POST", f"{ACCESS}/UserInfo/Search", body, "UserInfoSearch"))

    # -- faces -----------------------------------------------------------------------------------------------------

    async def add_face_by_address(self, number: str, address: str) -> Reply:
        """Let the terminal fetch the picture itself (§7.3 A); only adds."""
        body = {**_FACE, "FPID": number, "faceURL": address}
        return await self._write("POST", f"{LIBRARY}/FaceDataRecord", body, Step.FACE)

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
        return await self._write("PUT", f"{LIBRARY}/{call}", body, Step.FACE)

    async def _upload(self, method: str, call: str, number: str, jpeg: bytes) -> Reply:
        """Send both parts under the names this terminal accepts, finding them out once (§7.3).

        `badJsonFormat` also means too large a picture, so it says nothing of names that were accepted before.
        """
        pairs = dict.fromkeys((self.face_parts, *PART_NAMES) if self.face_parts else PART_NAMES)
        text = json.dumps({**_FACE, "FPID": number}, separators=(",", ":"))
        reply: Reply | None = None
        for pair in pairs:
            body, content_type = upload_body(pair, text, jpeg)
            asked = f"{method} {LIBRARY}/{call} {', '.join((*sorted((*_FACE, 'FPID')), *pair))}"
            reply = await self._send(method, f"{LIBRARY}/{call}", body, content_type, asked, Step.FACE)
            code = reply.code.casefold()
            if code not in _OTHER_PARTS or (pair == self.face_parts and code == _UNREADABLE):
                if reply.kind in {AnswerClass.OK, AnswerClass.FACE_EXISTS}:
                    self.face_parts = pair
                return reply
        assert reply is not None
        return reply

    async def delete_face(self, number: str) -> Reply:
        """Remove a face and leave the person, by either of the two known ways (§7.5)."""
        path = f"{LIBRARY}/FDSearch/Delete?format=json&FDID=1&faceLibType=blackFD"
        reply = await self._write("PUT", path, {"FPID": [{"value": number}]}, Step.FACE)
        if reply.kind in {AnswerClass.OK, AnswerClass.ABSENT} or reply.kind.stops_device:
            return reply
        return await self._write("PUT", f"{LIBRARY}/FDDelete", {**_FACE, "FPID": number}, Step.FACE)

    async def has_face(self, number: str) -> bool:
        """Whether the library holds a face of this person (§7.5, proof of a stored face)."""
        body = {"searchResultPosition": 0, "maxResults": USUAL_PAGE, **_FACE, "FPID": number}
        path = f"{LIBRARY}/FDSearch"
        content = await self._content("POST", path, body)
        found = reading.holds_face(content, number)
        if found is None:
            raise _not_what_was_asked(f"POST {path}", content)
        return found

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
        """Limits of people (§6.6); from now on lists are asked for in pages that the terminal gives."""
        content = await self._content("GET", f"{ACCESS}/UserInfo/capabilities", None, "UserInfo")
        limits = reading.person_limits(content)
        self._page_size = max(1, min(limits.search_page or USUAL_PAGE, USUAL_PAGE))
        return limits

    async def people_count(self) -> PeopleCount:
        """How many people are stored."""
        return reading.people_count(await self._read("GET", f"{ACCESS}/UserInfo/Count", None, "UserInfoCount"))

    async def face_limits(self) -> FaceLimits:
        """Limits of faces (§7.1)."""
        return reading.face_limits(await self._content("GET", f"{LIBRARY}/capabilities", None))

    async def has_library(self) -> bool:
        """Whether the face library 1 exists (§7.1)."""
        return reading.has_library(await self._content("GET", LIBRARY, None))

    async def face_count(self) -> int | None:
        """How many faces the library holds; None where the terminal does not say."""
        path = f"{LIBRARY}/Count?format=json&FDID=1&faceLibType=blackFD"
        return reading.face_count(await self._content("GET", path, None))

    async def clock(self) -> TerminalClock:
        """The terminal's time, and how far it is off (§9.2)."""
        answered = await self._answered("GET", "/ISAPI/System/time", None)
        return reading.clock(answered.envelope.content, answered.at)

    # -- calls -------------------------------------------------------------------------------------------------------

    async def _write(self, method: str, path: str, body: Mapping[str, Any], step: Step) -> Reply:
        keys = sorted(next(iter(body.values())) if "UserInfo" in body else body)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        asked = f"{method} {path.partition('?')[0]} {', '.join(keys)}"
        return await self._send(method, path, text, _JSON, asked, step)

    async def _send(self, method: str, path: str, body: bytes, content_type: str, asked: str, step: Step) -> Reply:
        path = path if "?" in path else f"{path}?format=json"
        timeout_s = FACE_S if step is Step.FACE else None
        try:
            answered = await self._line.call(method, path, body, content_type, timeout_s)
        except NoAnswer as lost:
            return replace(lost.reply, asked=asked)
        return understood(answered.envelope, asked, step)

    async def _read(self, method: str, path: str, body: Mapping[str, Any] | None, root: str) -> Any:
        """What an answer has under `root`; raises `TerminalRefusal` for anything but an answer with it."""
        return (await self._content(method, path, body, root))[root]

    async def _content(self, method: str, path: str, body: Mapping[str, Any] | None, root: str = "") -> dict[str, Any]:
        """The whole of an answer that has `root` in it, of any answer without one."""
        content = (await self._answered(method, path, body)).envelope.content
        if root and root not in content:
            raise _not_what_was_asked(f"{method} {path.partition('?')[0]}", content)
        return content

    async def _answered(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answered:
        xml = path.startswith("/ISAPI/System") or path == f"{ACCESS}/capabilities"  # these speak XML (§2)
        path = path if xml or "?" in path else f"{path}?format=json"
        text = json.dumps(body, separators=(",", ":")).encode() if body is not None else b""
        content_type = _JSON if body is not None else ""
        try:
            answered = await self._line.call(method, path, text, content_type, repeatable=True)
        except NoAnswer as lost:
            raise TerminalRefusal(lost.reply) from lost
        if not answered.envelope.succeeded:
            raise TerminalRefusal(understood(answered.envelope, f"{method} {path.partition('?')[0]}"))
        return answered


def _not_what_was_asked(asked: str, content: Mapping[str, Any]) -> TerminalRefusal:
    text = _("The device's answer is not what was asked for.")
    return TerminalRefusal(Reply(AnswerClass.DEVICE_ERROR, "", text, "", asked, ", ".join(content)[:200]))


def user_info(person: TerminalPerson, plan_key: str = _PLAN_KEYS[0]) -> dict[str, Any]:
    """The person object to the letter (§1, §6.2): `employeeNo` as text, `enable` a boolean, `doorNo` a number."""
    return {
        "employeeNo": person.number,
        "name": person.name,
        "userType": "normal",
        "Valid": {"enable": True, "beginTime": person.begins, "endTime": person.ends, "timeType": "local"},
        "doorRight": person.door_right,
        "RightPlan": [{"doorNo": 1, plan_key: person.plan}],
    }


def understood(envelope: Envelope, asked: str, step: Step = Step.READ) -> Reply:
    """An answer as a reply, in the order of §4: a status object wins over HTTP."""
    entry = look_up(envelope, step)
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
