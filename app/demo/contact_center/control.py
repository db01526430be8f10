"""The control path of the demo contact centre beyond faults and requests, for people and other processes.

    GET    /_demo/contact_center     all fields of `Change`, and what happened so far
    POST   /_demo/contact_center     changes what is named:
               {"ways": {"bom": true, "clock_ahead_s": 3600}}     the other ways stay
               {"now": "2026-03-10T12:00:00+03:00"}               the clock goes on from there
               {"token": "…"}
    POST   /_demo/statuses           {"agent_id": "op-17", "state_code": "Break_12", "state_name": "Перерыв: обед"}
                                     puts an agent in a status as of now; without a code the agent is gone
    DELETE /_demo/statuses           lets all go on with their days
    GET    /_demo/received           the status messages pushed;  DELETE forgets them

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

from app.demo.contact_center.wire import Ways
from app.demo.control import CONTROL

if TYPE_CHECKING:
    from app.demo.contact_center.server import DemoContactCenter


class Change(Struct, forbid_unknown_fields=True):
    """What a POST may change."""

    ways: dict[str, Any] | UnsetType = UNSET
    now: datetime | UnsetType = UNSET
    token: str | UnsetType = UNSET


class StatusByHand(Struct, forbid_unknown_fields=True):
    """A status somebody sets."""

    agent_id: str
    state_code: str | None = None
    state_name: str = ""


def control_of_center(server: DemoContactCenter) -> list[Route]:
    """Routes under CONTROL that show and change `server`."""

    async def settings(request: Request) -> Response:
        if request.method == "POST":
            try:
                _apply(server, msgspec.json.decode(await request.body(), type=Change))
            except ValueError as error:  # msgspec's errors are ValueErrors as well
                return JSONResponse({"detail": str(error)}, 400)
        return _json(_settings(server))

    async def statuses(request: Request) -> Response:
        if request.method == "DELETE":
            server.clear_statuses()
            return _json({})
        try:
            asked = msgspec.json.decode(await request.body(), type=StatusByHand)
            server.set_status(asked.agent_id, asked.state_code, asked.state_name)
        except ValueError as error:
            return JSONResponse({"detail": str(error)}, 400)
        return _json({"set_at": server.clock()})

    async def received(request: Request) -> Response:
        if request.method == "DELETE":
            server.received_statuses.clear()
        return _json(server.received_statuses)

    return [
        Route(f"{CONTROL}contact_center", settings, methods=["GET", "POST"]),
        Route(f"{CONTROL}statuses", statuses, methods=["POST", "DELETE"]),
        Route(f"{CONTROL}received", received, methods=["GET", "DELETE"]),
    ]


def _apply(server: DemoContactCenter, change: Change) -> None:
    """Raises ValueError for ways that do not exist or a clock without a zone, before anything is changed."""
    if change.now is not UNSET and change.now.tzinfo is None:
        raise ValueError("now needs a zone")
    if change.ways is not UNSET:
        server.ways = msgspec.convert(msgspec.to_builtins(server.ways) | change.ways, Ways)
    if change.now is not UNSET:
        ahead = change.now - datetime.now(UTC)
        server.clock = lambda: datetime.now(UTC) + ahead
    if change.token is not UNSET:
        server.token = change.token


def _settings(server: DemoContactCenter) -> dict[str, Any]:
    return {
        "ways": server.ways,
        "now": server.clock(),
        "token": server.token,
        "agents": len(server.days.agents),
        "received": len(server.received_statuses),
        "imported": len(server.imported),
    }


def _json(payload: object) -> Response:
    return Response(msgspec.json.encode(payload), media_type="application/json")
