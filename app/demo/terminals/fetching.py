"""How a terminal fetches the picture of a `faceURL` by itself (hikvision-isapi.md section 7.3 A).

Plain http, no sign-in, no redirect, five seconds. HTTP/1.0, so that the answer ends where the connection does.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from app.demo.terminals.statuses import Refusal

LIMIT_S = 5.0


async def fetch(address: str, most: int) -> bytes:
    """The bytes at `address`; one more than `most` when there are more.

    Raises Refusal: badJsonContent for what is no web address, urlDownloadFail for what cannot be fetched.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or 80
    except ValueError as error:
        raise Refusal("badJsonContent", "faceURL") from error
    if parts.scheme not in ("http", "https") or not host:
        raise Refusal("badJsonContent", "faceURL")  # data: and the like
    if parts.scheme == "https" or not address.isascii() or any(letter.isspace() for letter in address):
        raise Refusal("urlDownloadFail")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        async with asyncio.timeout(LIMIT_S):
            return await _get(host, port, target, parts.netloc, most)
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
        raise Refusal("urlDownloadFail") from error


async def _get(host: str, port: int, target: str, authority: str, most: int) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        request = f"GET {target} HTTP/1.0\r\nHost: {authority}\r\nUser-Agent: terminal\r\nAccept: image/jpeg\r\n\r\n"
        writer.write(request.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        status, length = _read_head(head)
        if status != 200:
            raise Refusal("urlDownloadFail")
        body = b""
        while len(body) <= most and (piece := await reader.read(1 << 16)):
            body += piece
        if length is not None and len(body) < min(length, most + 1):
            raise Refusal("urlDownloadFail")  # it broke off
        return body
    finally:
        writer.transport.abort()


def _read_head(head: bytes) -> tuple[int, int | None]:
    """Status and stated length. Raises ValueError when it is no answer of a web server."""
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1]) if lines[0].startswith("HTTP/1.") else 0
    lengths = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length:")]
    return status, int(lengths[0]) if lengths else None
