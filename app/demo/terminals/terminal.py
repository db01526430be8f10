"""One simulated terminal: its port, and the way of a request through it.

terminal.quirks = Quirks(schemes=Schemes.SHA256, nonce_uses=1)
terminal.faults = [TerminalFault(FaultKind.STATUS, code="deviceBusy", only=Place.PERSON, times=2)]
terminal.people["1042"], terminal.faces["1042"]         what it stores
terminal.calls, terminal.most_at_once                   what it was asked
terminal.switch_off(); terminal.switch_on()             the port refuses; from another thread than the server's
"""

from __future__ import annotations

import asyncio
import dataclasses
import ssl
import time
from collections.abc import Coroutine, Iterable

from starlette.types import Receive, Scope, Send

from app.demo.line import HANG_UP, gone
from app.demo.loopback import HOST, LoopbackServer
from app.demo.terminals.call_log import CallLog, LoggedCall
from app.demo.terminals.calls import Call, Reply, html_reply, status_reply
from app.demo.terminals.certificate import change_certificate, new_context
from app.demo.terminals.delivery import answer, answer_badly, break_off, whole_body
from app.demo.terminals.device import Device
from app.demo.terminals.doorman import Doorman
from app.demo.terminals.faults import FaultKind, FaultSwitch, Place, TerminalFault
from app.demo.terminals.routes import Route, Routes
from app.demo.terminals.statuses import STATUSES, Refusal

SWITCHING_S = 5.0
"""How long `switch_off` and `switch_on` wait for the server's thread."""
_READING = frozenset({Place.SEARCH, Place.FACE_SEARCH})
"""Asked with POST, and yet no write."""


@dataclasses.dataclass(eq=False)
class SimulatedTerminal(Device):
    """A device that serves. The first `open` takes a free port, later ones the same again."""

    def __post_init__(self) -> None:
        self._doorman = Doorman(self)
        self._routes = Routes(self._doorman)
        self._switch = FaultSwitch(self.number)
        self._log = CallLog()
        self._tls: ssl.SSLContext | None = new_context(self.name, HOST) if self.https else None
        self._server = LoopbackServer(self, self._tls)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_on = False

    @property
    def host(self) -> str:
        """Where it is reached."""
        return HOST

    @property
    def port(self) -> int:
        """Where it is reached. Raises RuntimeError before it has been opened."""
        return int(self.base_url.rpartition(":")[2])

    @property
    def base_url(self) -> str:
        """Where it is reached, without a final slash. Raises RuntimeError before it has been opened."""
        return self._server.base_url

    @property
    def is_on(self) -> bool:
        """Does its port accept."""
        return self._is_on

    @property
    def faults(self) -> tuple[TerminalFault, ...]:
        """What goes wrong now, with what is left of each; assign to change it, `()` to heal."""
        return self._switch.faults

    @faults.setter
    def faults(self, faults: Iterable[TerminalFault]) -> None:
        self._switch.faults = tuple(faults)

    @property
    def calls(self) -> list[LoggedCall]:
        """Everything asked so far, handshakes too."""
        return list(self._log.calls)

    @property
    def most_at_once(self) -> int:
        """The most requests that were ever under way at one time."""
        return self._log.most_at_once

    @property
    def doorman(self) -> Doorman:
        """Failed sign-ins and the lock."""
        return self._doorman

    def forget_calls(self) -> None:
        """Empty `calls` and `most_at_once`."""
        self._log.forget()

    def change_certificate(self) -> None:
        """Show another certificate from now on. Raises ValueError when it speaks http."""
        if self._tls is None:
            raise ValueError("this terminal speaks http and has no certificate")
        change_certificate(self._tls, self.name, HOST)

    async def open(self) -> None:
        """Returns when the port accepts; does nothing when it does. Raises OSError when it cannot listen."""
        self._loop = asyncio.get_running_loop()
        if not self._is_on:
            await self._server.open()
            self._is_on = True

    async def close(self, *, keeps_port: bool = False) -> None:
        """The port refuses from now on, and what is under way breaks; `keeps_port` when it is to open again."""
        self._is_on = False
        await self._server.close(keeps_port=keeps_port)

    def switch_off(self) -> None:
        """`close` for a while, from another thread than the server's."""
        self._in_server(self.close(keeps_port=True))

    def switch_on(self) -> None:
        """`open` again, from another thread than the server's."""
        self._in_server(self.open())

    def _in_server(self, work: Coroutine[None, None, None]) -> None:
        if self._loop is None:
            work.close()
            raise RuntimeError("The terminal has not been started.")
        asyncio.run_coroutine_threadsafe(work, self._loop).result(SWITCHING_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        headers = dict(scope["headers"])
        path, query = scope["raw_path"].decode("ascii", "replace"), scope["query_string"].decode("ascii", "replace")
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        logged = self._log.arrived(scope["method"], path, query, authorization.partition(" ")[0].lower())
        try:
            route = self._routes.find(path)
            fault = self._switch.take(route.place if route else None, signed=logged.signed)
            if fault is not None and fault.kind is FaultKind.HANG:
                await gone(receive)
                return
            if self._drops(fault, headers, signed=logged.signed):
                await receive()
                await break_off(scope, receive)
                return
            body = await whole_body(receive)
            uri = f"{path}?{query}" if query else path
            call = Call(scope["method"], path, uri, headers, body)
            _note_body(logged, call)
            reply = await self._reply(call, route, authorization, fault, logged)
            if fault is not None:
                await answer_badly(fault, reply, logged, scope, receive, send)
            else:
                await answer(reply, logged, send)
            if self.quirks.closes_silently:
                scope[HANG_UP]()
        finally:
            self._log.left()

    def _drops(self, fault: TerminalFault | None, headers: dict[bytes, bytes], *, signed: bool) -> bool:
        """Does the line break before the request is even read."""
        if fault is not None and fault.kind is FaultKind.DROP:
            return True
        limit = self.quirks.drops_bare_bodies_over
        return not signed and limit is not None and int(headers.get(b"content-length", 0)) > limit

    async def _reply(
        self, call: Call, route: Route | None, authorization: str, fault: TerminalFault | None, logged: LoggedCall
    ) -> Reply:
        if self.quirks.speaks_html:
            return html_reply("Welcome to your router")
        if self.quirks.most_connections is not None and self._log.under_way > self.quirks.most_connections:
            return status_reply(self.quirks, STATUSES["invalidOperation"])
        refused = self._doorman.refuse(call.method, call.uri, authorization)
        if refused is not None:
            return refused
        if route is None:
            return html_reply("Document Error: Not Found", 404)
        try:
            reply = await self._work(call, route, fault)
        except Refusal as refusal:
            reply = status_reply(self.quirks, refusal.status, refusal.about, as_xml=not route.json)
        await asyncio.sleep(max(0.0, logged.arrived_at + self.latency.of(route.pace) - time.monotonic()))
        return reply

    async def _work(self, call: Call, route: Route, fault: TerminalFault | None) -> Reply:
        if fault is not None and fault.kind is FaultKind.STATUS:
            raise Refusal(fault.code)
        lacking = next((http for end, http in self.quirks.missing.items() if call.path.endswith(end)), None)
        if lacking == 404:
            return html_reply("Document Error: Not Found", 404)
        if lacking == 405:
            raise Refusal("methodNotAllowed")
        if lacking is not None:
            return dataclasses.replace(status_reply(self.quirks, STATUSES["notSupport"]), http=lacking)
        work = route.answers.get(call.method)
        if work is None:
            if route.place is Place.SEARCH and call.method == "GET":
                return html_reply("Document Error: Not Found", 404)
            raise Refusal("methodNotAllowed")
        if call.method != "GET" and route.place not in _READING and not self.quirks.administrator:
            raise Refusal("lowPrivilege")
        if route.json and call.query.get("format") != "json":
            raise Refusal("badXmlFormat")
        return await work(self, call)


def _note_body(logged: LoggedCall, call: Call) -> None:
    """Keep the JSON of the body in the log, of an upload that of its first part."""
    logged.body_bytes = len(call.body)
    if call.body.startswith(b"--"):
        start = call.body.find(b"\r\n\r\n")
        logged.sent = call.body[start + 4 : call.body.find(b"\r\n--", start)]
    elif call.body.startswith(b"{"):
        logged.sent = call.body
