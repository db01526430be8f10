"""The demo contact centre: contact-center.md in both dialects, its receiver of statuses, and a WebSocket.

    world.contact_center.clock = lambda: datetime(2026, 3, 10, 9, tzinfo=UTC)
    world.contact_center.set_status("op-17", "Break_12", "Перерыв: обед")
    world.contact_center.received_statuses          what came at /ccwfm/api/rest/status
    world.contact_center.ways = Ways(bom=True, clock_ahead_s=3600)
    world.contact_center.fault = FaultPlan(Fault.SERVER_ERROR, only="agentStatusData", times=2)

History reaches back two weeks and is the same for the same seed; the present follows the clock. Faults (`faults`; over
HTTP `control`) may be aimed at any `Place`; `control` of this room has the rest over HTTP.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.demo.contact_center.control import control_of_center
from app.demo.contact_center.days import Days
from app.demo.contact_center.history import (
    Asked,
    Row,
    agent_calls_data,
    agent_chats_work_time,
    agent_login_data,
    agent_status_data,
    service_group_data,
)
from app.demo.contact_center.live import Live, SetStatus
from app.demo.contact_center.questions import BadQuestion, Dialect, Question
from app.demo.contact_center.roster import build_roster, personnel
from app.demo.contact_center.shifts import MOSCOW
from app.demo.contact_center.stream import Told, tell
from app.demo.contact_center.wire import Ways, encoded, written
from app.demo.faults import Fault, FaultPlan
from app.demo.http_system import Endpoint, HttpSystem
from app.demo.listing import Record
from app.demo.onec.staff import Person

PATHS = {Dialect.ARGUS: "/api", Dialect.GATEWAY: "/integrations/cc"}
PUSH_PATH = "/ccwfm/api/rest/status"
STREAM_PATH = "/online/stream"


class Place(StrEnum):
    """Where a fault may hit; `READS` is everything but the receiver of statuses and the socket."""

    READS = "reads"
    PERSONNEL = "personnel"
    SERVICE_GROUP_DATA = "serviceGroupData"
    AGENT_STATUS_DATA = "agentStatusData"
    AGENT_LOGIN_DATA = "agentLoginData"
    AGENT_CALLS_DATA = "agentCallsData"
    AGENT_CHATS_WORK_TIME = "agentChatsWorkTime"
    AGENT_STATUS = "agentStatus"
    GROUPS_LOAD = "groupsOnlineLoad"
    BULK_IMPORT = "bulkImport"
    PUSH = "push"
    STREAM = "stream"


_Read = Callable[[Question], object]


class DemoContactCenter(HttpSystem):
    """A platform whose agents are `people`. Everything public may be changed while it serves."""

    def __init__(self, people: Callable[[], Sequence[Person]], *, seed: int = 2026) -> None:
        self._people, self._seed = people, seed
        self._made: tuple[Days, Live] | None = None
        self.token = "demo-cc-7f3a9d51c2e84b06"
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.ways = Ways()
        self.received_statuses: list[Row] = []
        """The messages pushed, as they came."""
        self.imported: list[Row] = []
        """The bodies of bulk imports, which only the gateway takes."""
        socket = WebSocketRoute(STREAM_PATH, self._stream)
        super().__init__(self._endpoints(), [*control_of_center(self), socket], sockets=True)

    @property
    def now(self) -> float:
        """Seconds since 1970 by the clock."""
        return self.clock().timestamp()

    @property
    def days(self) -> Days:
        """What happened in the last two weeks and today."""
        return self._history()[0]

    @property
    def live(self) -> Live:
        """What is now."""
        return self._history()[1]

    def _history(self) -> tuple[Days, Live]:
        if self._made is None:
            days = Days(build_roster(self._people()), self._seed)
            self._made = (days, Live(days))
        return self._made

    def set_status(self, agent_id: str, code: str | None, name: str = "") -> None:
        """Put an agent in a status as of now, or with None sign the agent out, until `clear_statuses`.

        Raises ValueError for an agent that does not exist.
        """
        self.live.set_status(agent_id, SetStatus(code, name or code or "", self.now))

    def clear_statuses(self) -> None:
        """Forget what `set_status` set."""
        self.live.clear()

    def describe(self) -> dict[str, object]:
        """What a connection needs, by the names of section 3. Raises RuntimeError before the start."""
        return {
            "endpoint_url": f"{self.base_url}{PATHS[Dialect.ARGUS]}",
            "gateway_url": f"{self.base_url}{PATHS[Dialect.GATEWAY]}",
            "authentication_type": "bearer",
            "token": self.token,
            "status_push_url": f"{self.base_url}{PUSH_PATH}",
            "websocket_url": f"ws{self.base_url.removeprefix('http')}{STREAM_PATH}",
            "timezone": MOSCOW.key,
            "chat_platform": True,
        }

    def _endpoints(self) -> list[Endpoint]:
        reads: list[tuple[Place, str, _Read]] = [
            (Place.PERSONNEL, "personnel", lambda _question: personnel(self.days.agents)),
            (Place.SERVICE_GROUP_DATA, "historic/serviceGroupData", self._groups),
            (Place.AGENT_STATUS_DATA, "historic/agentStatusData", self._statuses),
            (Place.AGENT_LOGIN_DATA, "historic/agentLoginData", self._logins),
            (Place.AGENT_CALLS_DATA, "historic/agentCallsData", self._calls),
            (Place.AGENT_CHATS_WORK_TIME, "historic/agentChatsWorkTime", self._chats),
            (Place.AGENT_STATUS, "online/agentStatus", lambda _question: self._now_statuses()),
            (Place.GROUPS_LOAD, "online/groupsOnlineLoad", lambda question: self._now_loads(question.groups())),
        ]
        gateway = PATHS[Dialect.GATEWAY]
        load = (Place.GROUPS_LOAD, "online/groupsLoad", reads[-1][2])  # as the gateway names it
        return [
            *(self._endpoint(Dialect.ARGUS, *read) for read in reads),
            *(self._endpoint(Dialect.GATEWAY, *read) for read in [*reads, load]),
            Endpoint((Place.BULK_IMPORT,), f"{gateway}/bulk-import", self._bulk_import, methods=("POST",)),
            Endpoint((Place.PUSH,), f"{gateway}/status", self._push, methods=("POST",)),
            Endpoint((Place.PUSH,), PUSH_PATH, self._push, methods=("POST",)),
            Endpoint((Place.STREAM,), STREAM_PATH, _upgrade_required),
        ]

    def _endpoint(self, dialect: Dialect, place: Place, path: str, read: _Read) -> Endpoint:
        is_list = dialect is Dialect.ARGUS and place is not Place.PERSONNEL
        answer = self._read(dialect, place, read)
        clone = _another if is_list else None
        return Endpoint((place, Place.READS), f"{PATHS[dialect]}/{path}", answer, clone, failure=_failed)

    def _read(self, dialect: Dialect, place: Place, read: _Read) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if not self._knows(request.headers.get("Authorization", "")):
                return _unauthorized()
            if self.ways.latency_s:
                await asyncio.sleep(self.ways.latency_s)
            try:
                rows = read(Question(request, dialect))
            except BadQuestion as bad:
                return encoded(bad.told(), self.ways, 400)
            if not rows:
                return Response(b"", 404)
            return encoded(written(place.value, rows, request.query_params, dialect), self.ways)

        return answer

    def _knows(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and secrets.compare_digest(token.encode(), self.token.encode())

    def _asked(self, question: Question, ids: set[str] | None) -> Asked:
        start, end = question.period()
        return Asked(start, end, ids, self.now, self.ways.clock_ahead_s)

    def _groups(self, question: Question) -> object:
        asked, step = self._asked(question, question.groups()), question.step()
        return service_group_data(self.days, asked, step)

    def _statuses(self, question: Question) -> object:
        asked = self._asked(question, question.agents())
        return agent_status_data(self.days, asked, repeated=self.ways.repeats_groupless)

    def _logins(self, question: Question) -> object:
        asked = self._asked(question, question.agents())
        return agent_login_data(self.days, asked, open_sessions=self.ways.open_sessions)

    def _calls(self, question: Question) -> object:
        return agent_calls_data(self.days, self._asked(question, question.agents()))

    def _chats(self, question: Question) -> object:
        return agent_chats_work_time(self.days, self._asked(question, question.agents()))

    def _now_statuses(self) -> list[Row]:
        return self.live.statuses(self.now, self.ways.clock_ahead_s)

    def _now_loads(self, wanted: set[str] | None) -> list[Row]:
        rows = self.live.loads(self.now, wanted)
        if not self.ways.target_known:
            rows = [{key: value for key, value in row.items() if key != "callAnsweredTst"} for row in rows]
        return rows

    async def _push(self, request: Request) -> Response:
        """Takes what can be read and says nothing about the rest, as the reference wants it (section 6)."""
        try:
            self.received_statuses.append(msgspec.json.decode(await request.body(), type=Row))
        except msgspec.DecodeError:
            return Response(b"", 400)
        return Response(b"", 200)

    async def _bulk_import(self, request: Request) -> Response:
        if not self._knows(request.headers.get("Authorization", "")):
            return _unauthorized()
        try:
            body = msgspec.json.decode(await request.body(), type=Row)
            records = len(body["data"])
        except (msgspec.DecodeError, KeyError, TypeError) as error:
            return encoded({"field": "data", "message": "Неверный запрос", "description": str(error)}, self.ways, 400)
        self.imported.append(body)
        counts = {"total_records": records, "successful_records": records, "failed_records": 0, "errors": []}
        return encoded({**counts, "batch_id": f"batch-{len(self.imported)}"}, self.ways)

    async def _stream(self, socket: WebSocket) -> None:
        plan = self._faults.take((Place.STREAM,))
        if plan.fault is Fault.UNAUTHORIZED or not self._knows(socket.headers.get("Authorization", "")):
            await socket.send_denial_response(_unauthorized())
            return
        if plan.fault is Fault.SERVER_ERROR:
            await socket.send_denial_response(_failed(plan))
            return
        await socket.accept()
        try:
            if plan.fault is Fault.HANG:
                await socket.receive()
            elif plan.fault is Fault.CUT_JSON:
                await socket.send_text('{"type": "snapshot", "agentStatus": [{"agentId":')
                await socket.close(1011)
            else:
                await tell(socket, self._look)
        except WebSocketDisconnect:
            return

    def _look(self) -> Told:
        return self._now_statuses(), self._now_loads(None)


def _unauthorized() -> Response:
    return JSONResponse({"message": "Unauthorized"}, 401, {"WWW-Authenticate": "Bearer"})


def _failed(plan: FaultPlan) -> Response:
    """A failure as section 4 describes it."""
    body = {"field": "", "message": "Internal error", "description": "Хранилище статистики недоступно"}
    return JSONResponse(body, plan.status)


async def _upgrade_required(_request: Request) -> Response:
    return Response(b"", 426, {"Upgrade": "websocket"})


def _another(record: Record, number: int) -> Record:
    more = {"agentId": f"more-{number}"} if "agentId" in record else {"groupId": f"more-{number}"}
    return record | more
