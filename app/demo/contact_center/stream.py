"""The WebSocket: what `online/agentStatus` and `online/groupsOnlineLoad` answer, sent when it changes.

    {"type": "snapshot", "agentStatus": [...], "groupsOnlineLoad": [...]}                   first, all there is
    {"type": "change", "agentStatus": [...], "groupsOnlineLoad": [...], "left": ["op-17"]}  then what is different

Nothing is published about such a socket; the rows have the keys of contact-center.md sections 5.7 and 5.8.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
from starlette.websockets import WebSocket

from app.demo.contact_center.history import Row

LOOKS_EVERY_S = 0.1
Told = tuple[list[Row], list[Row]]
"""Statuses and loads."""


async def tell(socket: WebSocket, look: Callable[[], Told]) -> None:
    """Send a snapshot and then changes until the other side goes."""
    statuses, loads = look()
    before = _by("agentId", statuses), _by("groupId", loads)
    await _send(socket, {"type": "snapshot", "agentStatus": statuses, "groupsOnlineLoad": loads})
    while not await _gone(socket):
        statuses, loads = look()
        now = _by("agentId", statuses), _by("groupId", loads)
        change = {
            "agentStatus": [row for key, row in now[0].items() if before[0].get(key) != row],
            "groupsOnlineLoad": [row for key, row in now[1].items() if before[1].get(key) != row],
            "left": [key for key in before[0] if key not in now[0]],
        }
        before = now
        if told := {key: rows for key, rows in change.items() if rows}:
            await _send(socket, {"type": "change", **told})


async def _send(socket: WebSocket, message: Row) -> None:
    await socket.send_text(msgspec.json.encode(message).decode())


async def _gone(socket: WebSocket) -> bool:
    """Wait a moment; whether the other side went meanwhile. What it says is not listened to."""
    try:
        message = await asyncio.wait_for(socket.receive(), LOOKS_EVERY_S)
    except TimeoutError:
        return False
    return bool(message["type"] == "websocket.disconnect")


def _by(key: str, rows: list[Row]) -> dict[str, Row]:
    return {str(row[key]): row for row in rows}
