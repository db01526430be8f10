"""The control path of the fleet: faults, ways, people and requests of each terminal, for people and other processes.

    GET    /_demo/terminals                 one line about each: number, name, port, on, people, faces, most_at_once ...
    GET    /_demo/terminals/3               all that can be changed about it
    POST   /_demo/terminals/3               changes what is named, all fields of `Change`:
               {"faults": [{"kind": "status", "code": "deviceBusy", "only": "person", "times": 2}]}
               {"quirks": {"lies": ["stores_no_face"]}, "latency": {"face_s": 0.4}}      the other quirks stay
               {"on": false}   {"password": "..."}   {"serial": "..."}   {"unlock": true}   {"forget": true}
    GET    /_demo/terminals/3/people        {"1042": {"employeeNo": "1042", "name": "..."}, ...}
    GET    /_demo/terminals/3/faces         {"1042": {"bytes": 93211, "sha256": "..."}, ...}
    GET    /_demo/terminals/3/requests      [{"method", "path", "signed", "arrived_at", "answered_at", ...}, ...]
    DELETE /_demo/terminals/3/requests      forgets them

`all` in place of the number changes or forgets for each. It asks for no credentials and is never logged. What cannot
be read is answered with 400 and the reason in `detail`, a number nobody has with 404.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from app.demo.control import CONTROL
from app.demo.terminals.calls import Latency
from app.demo.terminals.faults import TerminalFault
from app.demo.terminals.quirks import Quirks
from app.demo.terminals.terminal import SimulatedTerminal


class Change(Struct, forbid_unknown_fields=True):
    """What a POST may change; `quirks` and `latency` are laid over what is there, `faults` replace."""

    name: str | UnsetType = UNSET
    model: str | UnsetType = UNSET
    firmware: str | UnsetType = UNSET
    serial: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    capacity_people: int | UnsetType = UNSET
    capacity_faces: int | UnsetType = UNSET
    clock_drift_s: float | UnsetType = UNSET
    has_library: bool | UnsetType = UNSET
    quirks: dict[str, Any] | UnsetType = UNSET
    latency: dict[str, float] | UnsetType = UNSET
    faults: list[TerminalFault] | UnsetType = UNSET
    on: bool | UnsetType = UNSET
    unlock: bool = False
    forget: bool = False
    """All people and faces."""
    change_certificate: bool = False


_PLAIN_FIELDS = (
    "name", "model", "firmware", "serial", "username", "password", "capacity_people", "capacity_faces",
    "clock_drift_s", "has_library",
)  # fmt: skip


def control_app(terminals: Sequence[SimulatedTerminal]) -> Router:
    """The control path of `terminals`."""
    root = f"{CONTROL}terminals"
    control = _Control(terminals)
    return Router(
        [
            Route(root, control.overview, methods=["GET"]),
            Route(f"{root}/{{which}}", control.settings, methods=["GET", "POST"]),
            Route(f"{root}/{{which}}/people", control.people, methods=["GET"]),
            Route(f"{root}/{{which}}/faces", control.faces, methods=["GET"]),
            Route(f"{root}/{{which}}/requests", control.requests, methods=["GET", "DELETE"]),
        ],
        redirect_slashes=False,
    )


class _Control:
    def __init__(self, terminals: Sequence[SimulatedTerminal]) -> None:
        self._terminals = terminals

    async def overview(self, _request: Request) -> Response:
        return _json([_line(terminal) for terminal in self._terminals])

    async def settings(self, request: Request) -> Response:
        chosen = self._chosen(request)
        if request.method == "POST" and chosen:
            try:
                change = msgspec.json.decode(await request.body(), type=Change)
                for terminal in chosen:
                    await _apply(terminal, change)
            except ValueError as error:  # msgspec's errors are ValueErrors as well
                return JSONResponse({"detail": str(error)}, 400)
        return self._told(chosen, [_settings(terminal) for terminal in chosen])

    async def people(self, request: Request) -> Response:
        chosen = self._chosen(request)
        return self._told(chosen, [terminal.people for terminal in chosen])

    async def faces(self, request: Request) -> Response:
        chosen = self._chosen(request)
        return self._told(chosen, [_faces(terminal) for terminal in chosen])

    async def requests(self, request: Request) -> Response:
        chosen = self._chosen(request)
        if request.method == "DELETE":
            for terminal in chosen:
                terminal.forget_calls()
        return self._told(chosen, [[call.told() for call in terminal.calls] for terminal in chosen])

    def _chosen(self, request: Request) -> Sequence[SimulatedTerminal]:
        which = request.path_params["which"]
        return [terminal for terminal in self._terminals if which in ("all", str(terminal.number))]

    def _told(self, chosen: Sequence[SimulatedTerminal], told: Sequence[object]) -> Response:
        """One terminal's as it is, those of all by their number."""
        if not chosen:
            return JSONResponse({"detail": "there is no such terminal"}, 404)
        if len(chosen) == 1:
            return _json(told[0])
        return _json({str(terminal.number): one for terminal, one in zip(chosen, told, strict=True)})


async def _apply(terminal: SimulatedTerminal, change: Change) -> None:
    """Raises ValueError for quirks and latencies that do not exist, before anything is changed."""
    if change.quirks is not UNSET:
        terminal.quirks = msgspec.convert(msgspec.to_builtins(terminal.quirks) | change.quirks, Quirks)
    if change.latency is not UNSET:
        terminal.latency = msgspec.convert(msgspec.to_builtins(terminal.latency) | change.latency, Latency)
    for field in _PLAIN_FIELDS:
        value = getattr(change, field)
        if value is not UNSET:
            setattr(terminal, field, value)
    if change.faults is not UNSET:
        terminal.faults = tuple(change.faults)
    await _act(terminal, change)


async def _act(terminal: SimulatedTerminal, change: Change) -> None:
    """What is done once and not a value."""
    if change.unlock:
        terminal.doorman.unlock()
    if change.forget:
        terminal.people.clear()
        terminal.faces.clear()
    if change.change_certificate:
        terminal.change_certificate()
    if change.on is not UNSET:
        await (terminal.open() if change.on else terminal.close(keeps_port=True))


def _line(terminal: SimulatedTerminal) -> dict[str, Any]:
    return {
        "number": terminal.number,
        "name": terminal.name,
        "model": terminal.model,
        "serial": terminal.serial,
        "base_url": terminal.base_url,
        "on": terminal.is_on,
        "people": len(terminal.people),
        "faces": len(terminal.faces),
        "requests": len(terminal.calls),
        "most_at_once": terminal.most_at_once,
        "failed_sign_ins": terminal.doorman.failed_in_all,
        "locked_s": terminal.doorman.locked_s,
    }


def _settings(terminal: SimulatedTerminal) -> dict[str, Any]:
    settings = {field: getattr(terminal, field) for field in _PLAIN_FIELDS}
    bad_days = {"quirks": terminal.quirks, "latency": terminal.latency, "faults": terminal.faults}
    return _line(terminal) | settings | bad_days


def _faces(terminal: SimulatedTerminal) -> dict[str, Any]:
    faces = dict(terminal.faces)
    return {number: {"bytes": len(face), "sha256": hashlib.sha256(face).hexdigest()} for number, face in faces.items()}


def _json(payload: object) -> Response:
    return Response(msgspec.json.encode(payload), media_type="application/json")
