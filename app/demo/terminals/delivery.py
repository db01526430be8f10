"""Bodies in and answers out of a terminal, also the answers that a fault spoils."""

from __future__ import annotations

import asyncio
import time

from starlette.types import Message, Receive, Scope, Send

from app.demo.line import HANG_UP, gone
from app.demo.terminals.call_log import LoggedCall
from app.demo.terminals.calls import Reply, html_reply
from app.demo.terminals.faults import FaultKind, TerminalFault

MOST_BODY_BYTES = 8 << 20


async def whole_body(receive: Receive) -> bytes:
    """The body; what is over MOST_BODY_BYTES is thrown away."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        if len(body) <= MOST_BODY_BYTES:
            body += message.get("body", b"")
    return body


async def break_off(scope: Scope, receive: Receive) -> None:
    """Close the line, and wait until it is closed."""
    scope[HANG_UP]()
    await gone(receive)


async def answer_badly(
    fault: TerminalFault, reply: Reply, logged: LoggedCall, scope: Scope, receive: Receive, send: Send
) -> None:
    """`reply` as `fault` leaves it."""
    if fault.kind is FaultKind.LOST_ANSWER:
        await break_off(scope, receive)
        return
    if fault.kind is FaultKind.CUT:
        await answer(reply, logged, send, half=True)
        await break_off(scope, receive)
        return
    if fault.kind is FaultKind.SLOW:
        try:
            await asyncio.wait_for(gone(receive), fault.seconds)
        except TimeoutError:
            await answer(reply, logged, send)
        return
    spoilt = {FaultKind.HTML: html_reply("Please sign in"), FaultKind.EMPTY: Reply(200, b"")}
    await answer(spoilt.get(fault.kind, reply), logged, send)


async def answer(reply: Reply, logged: LoggedCall, send: Send, *, half: bool = False) -> None:
    """Send `reply` and note when; `half` of its body, with the length of all."""
    logged.status, logged.answered_at = reply.http, time.monotonic()
    size = str(len(reply.body)).encode()
    headers = [(b"Content-Type", reply.media), (b"Content-Length", size), *reply.headers]
    head: Message = {"type": "http.response.start", "status": reply.http, "headers": headers}
    await send(head)
    body = reply.body[: len(reply.body) // 2] if half else reply.body
    await send({"type": "http.response.body", "body": body, "more_body": half})
