"""The receiver of `bench_webhooks`, in a process of its own: answers 200 and notes when each message came.

GET /times   {webhook-id: seconds since 1970}
GET /clear   forgets them
"""

from __future__ import annotations

import asyncio
import json
import time

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send

from app.demo.loopback import LoopbackServer


class Noting:
    """Keeps the time at which each message came first."""

    def __init__(self) -> None:
        self.times: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        while (await receive()).get("more_body"):
            pass
        if scope["path"] == "/times":
            await JSONResponse(self.times)(scope, receive, send)
            return
        if scope["path"] == "/clear":
            self.times.clear()
        headers = dict(scope["headers"])
        if key := headers.get(b"webhook-id", b"").decode():
            self.times.setdefault(key, time.time())
        await PlainTextResponse("ok")(scope, receive, send)


async def main() -> None:
    """Serve until killed; the address is one line of JSON."""
    server = LoopbackServer(Noting())
    await server.open()
    print(json.dumps(server.base_url), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
