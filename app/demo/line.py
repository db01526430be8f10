"""Answers that starlette has no class for: late ones, none at all, and lines that break in the middle.

Each waits for the other side to go away as well, so that stopping the server never waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

HANG_UP = "muster.demo.hang_up"
"""Key in the scope: a function that ends this request's connection once what was sent is out."""


class Late(Response):
    """`answer`, after `seconds`; nobody is answered who has gone by then."""

    def __init__(self, answer: Response, seconds: float) -> None:
        super().__init__()
        self.answer, self.seconds = answer, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then hand over to `answer`."""
        try:
            await asyncio.wait_for(gone(receive), self.seconds)
        except TimeoutError:
            await self.answer(scope, receive, send)


class Silence(Response):
    """Takes the request and never answers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Wait for the other side to give up."""
        await gone(receive)


class BrokenOff(Response):
    """The head and half the body of `answer`, then the connection ends."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send half of `answer` and hang up."""
        hang_up: Callable[[], None] = scope[HANG_UP]

        async def send_half(message: Message) -> None:
            if message["type"] == "http.response.body":
                body = message["body"]
                message = {**message, "body": body[: len(body) // 2], "more_body": True}
            await send(message)

        await self.answer(scope, receive, send_half)
        hang_up()
        await gone(receive)


async def gone(receive: Receive) -> None:
    """Returns when the other side has closed the connection, or the server has."""
    while (await receive())["type"] != "http.disconnect":
        pass
