"""What every demo system that speaks HTTP shares: endpoints, faults, a request log, a port.

A system subclasses `HttpSystem`, hands its endpoints to it and adds `describe`. Authentication is part of an
endpoint's answer, as each remote system has its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Message, Receive, Scope, Send

from app.demo.control import CONTROL, control_routes
from app.demo.fault_answers import Clone, instead, spoilt
from app.demo.faults import Fault, FaultPlan, FaultSwitch
from app.demo.loopback import LoopbackServer
from app.demo.request_log import LoggedRequest, RequestLog


@dataclass(frozen=True)
class Endpoint:
    """One path of a system: `places` are the names a fault may be aimed at, `path` is starlette's notation.

    `clone` marks an answer that is a list of records, see `fault_answers`; `failure` is what the system itself says
    at `Fault.SERVER_ERROR`.
    """

    places: tuple[str, ...]
    path: str
    answer: Callable[[Request], Awaitable[Response]]
    clone: Clone | None = None
    methods: tuple[str, ...] = ("GET",)
    failure: Callable[[FaultPlan], Response] | None = None


class HttpSystem:
    """A remote system played over HTTP on loopback; see `control` for its control path.

    `routes` are those of its own that no fault hits: more of the control path, and WebSockets, which need `sockets`.
    """

    def __init__(
        self, endpoints: Sequence[Endpoint], routes: Sequence[BaseRoute] = (), *, sockets: bool = False
    ) -> None:
        self._faults = FaultSwitch({place for endpoint in endpoints for place in endpoint.places})
        self._log = RequestLog()
        self._server = LoopbackServer(self, sockets=sockets)
        doors = [Route(endpoint.path, _Door(endpoint, self._faults)) for endpoint in endpoints]
        self._router = Router(
            [*control_routes(self._faults, self._log), *routes, *doors],
            redirect_slashes=False,
        )

    @property
    def base_url(self) -> str:
        """Where the system is reached. Raises RuntimeError before it has been opened."""
        return self._server.base_url

    @property
    def fault(self) -> FaultPlan:
        """What goes wrong now; assign a plan to change it, `FaultPlan()` to heal.

        Raises ValueError when the plan is aimed at a place the system does not have.
        """
        return self._faults.plan

    @fault.setter
    def fault(self, plan: FaultPlan) -> None:
        self._faults.plan = plan

    @property
    def requests(self) -> list[LoggedRequest]:
        """Everything asked so far, without the control path."""
        return self._log.requests

    def forget_requests(self) -> None:
        """Empty `requests`."""
        self._log.forget_requests()

    async def open(self) -> None:
        """Returns when the port accepts. Raises OSError when it cannot listen."""
        await self._server.open()

    async def close(self) -> None:
        """Stops at once, whatever is under way."""
        await self._server.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or talk over one WebSocket (ASGI)."""
        if scope["path"].startswith(CONTROL):
            await self._router(scope, receive, send)
            return
        query = scope["query_string"]
        path = scope["raw_path"] + (b"?" + query if query else b"")
        number = self._log.arrived(scope.get("method", "GET"), path.decode("ascii", "replace"))

        async def send_noted(message: Message) -> None:
            if message["type"] == "websocket.accept":
                self._log.answered(number, 101)
            elif message["type"].endswith("http.response.start"):
                self._log.answered(number, message["status"])
            await send(message)

        await self._router(scope, receive, send_noted)


@dataclass(frozen=True)
class _Door:
    """An endpoint as starlette wants it, with the faults before and behind it."""

    endpoint: Endpoint
    faults: FaultSwitch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._response(Request(scope, receive))
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        if request.method not in self.endpoint.methods:
            return PlainTextResponse("Method Not Allowed", 405, {"Allow": ", ".join(self.endpoint.methods)})
        plan = self.faults.take(self.endpoint.places)
        if plan.fault is Fault.NONE:
            return await self.endpoint.answer(request)
        if plan.fault is Fault.SERVER_ERROR and self.endpoint.failure:
            return self.endpoint.failure(plan)
        response = instead(plan, request)
        if response is None:
            response = spoilt(plan, await self.endpoint.answer(request), self.endpoint.clone)
        return response
