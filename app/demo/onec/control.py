"""The control path of the demo 1C beyond faults and requests, for people and other processes.

    GET    /_demo/onec         all fields of `Change`, and what happened so far
    POST   /_demo/onec         changes what is named:
               {"trouble": {"trouble": "silent", "only": "sendFactWorkTime", "times": 1}}     {"trouble": {}} heals
               {"ways": {"max_sessions": 1}}                   the other ways stay
               {"now": "2026-03-10T12:00:00+03:00"}            the clock goes on from there
               {"calendar_years": [2026]}   {"part_months": [["5b7d4a3e-…", "2026-03"]]}   {"password": "…"}
    GET    /_demo/documents    what sendFactWorkTime posted;  DELETE forgets it
    GET    /_demo/schedules    [{"agent_id": …, "month": "2026-03", "written": 1, "days": {…}}];  DELETE forgets them

What cannot be read is answered with 400 and the reason in `detail`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.demo.control import CONTROL
from app.demo.onec.troubles import TroublePlan
from app.demo.onec.wire import Ways

if TYPE_CHECKING:
    from app.demo.onec.server import DemoOneC


class Change(Struct, forbid_unknown_fields=True):
    """What a POST may change."""

    trouble: TroublePlan | UnsetType = UNSET
    ways: dict[str, Any] | UnsetType = UNSET
    now: datetime | UnsetType = UNSET
    calendar_years: set[int] | UnsetType = UNSET
    part_months: set[tuple[str, str]] | UnsetType = UNSET
    username: str | UnsetType = UNSET
    password: str | UnsetType = UNSET


def control_of_1c(server: DemoOneC) -> list[Route]:
    """Routes under CONTROL that show and change `server`."""

    async def settings(request: Request) -> Response:
        if request.method == "POST":
            try:
                _apply(server, msgspec.json.decode(await request.body(), type=Change))
            except ValueError as error:  # msgspec's errors are ValueErrors as well
                return JSONResponse({"detail": str(error)}, 400)
        return _json(_settings(server))

    async def documents(request: Request) -> Response:
        if request.method == "DELETE":
            server.documents.clear()
        return _json(server.documents)

    async def schedules(request: Request) -> Response:
        if request.method == "DELETE":
            server.schedules.clear()
        kept = [
            {"agent_id": agent, "month": month, "written": schedule.written, "days": schedule.days}
            for (agent, month), schedule in server.schedules.items()
        ]
        return _json(kept)

    return [
        Route(f"{CONTROL}onec", settings, methods=["GET", "POST"]),
        Route(f"{CONTROL}documents", documents, methods=["GET", "DELETE"]),
        Route(f"{CONTROL}schedules", schedules, methods=["GET", "DELETE"]),
    ]


def _apply(server: DemoOneC, change: Change) -> None:
    """Raises ValueError for ways that do not exist or a clock without a zone, before anything is changed."""
    if change.now is not UNSET and change.now.tzinfo is None:
        raise ValueError("now needs a zone")
    if change.ways is not UNSET:
        server.ways = msgspec.convert(msgspec.to_builtins(server.ways) | change.ways, Ways)
    if change.trouble is not UNSET:
        server.trouble = change.trouble
    if change.now is not UNSET:
        ahead = change.now - datetime.now(UTC)
        server.clock = lambda: datetime.now(UTC) + ahead
    if change.calendar_years is not UNSET:
        server.calendar.filled = change.calendar_years
    if change.part_months is not UNSET:
        server.planning.part_months = {(agent.lower(), month) for agent, month in change.part_months}
    for name in ("username", "password"):
        if (value := getattr(change, name)) is not UNSET:
            setattr(server, name, value)


def _settings(server: DemoOneC) -> dict[str, Any]:
    return {
        "trouble": server.trouble,
        "ways": server.ways,
        "now": server.clock(),
        "calendar_years": sorted(server.calendar.filled),
        "part_months": sorted(server.planning.part_months),
        "username": server.username,
        "password": server.password,
        "people": len(server.roster()),
        "sessions_started": server.sessions.started,
        "sessions_kept": len(server.sessions.kept),
        "most_at_once": server.sessions.most_at_once,
    }


def _json(payload: object) -> Response:
    return Response(msgspec.json.encode(payload), media_type="application/json")
