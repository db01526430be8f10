"""An independent operator for demo terminals: httpx with its own digest, plain bodies, pictures drawn on the spot."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import httpx
from PIL import Image

from app.demo.terminals.calls import Latency
from app.demo.terminals.fleet import TerminalFleet
from app.demo.terminals.quirks import PLAIN, Quirks
from app.demo.terminals.terminal import SimulatedTerminal

AT_ONCE = Latency(0, 0, 0)
RECORD = "/ISAPI/AccessControl/UserInfo/Record?format=json"
MODIFY = "/ISAPI/AccessControl/UserInfo/Modify?format=json"
SET_UP = "/ISAPI/AccessControl/UserInfo/SetUp?format=json"
SEARCH = "/ISAPI/AccessControl/UserInfo/Search?format=json"
DELETE = "/ISAPI/AccessControl/UserInfo/Delete?format=json"
COUNT = "/ISAPI/AccessControl/UserInfo/Count?format=json"
INFO = "/ISAPI/System/deviceInfo"
USER_CHECK = "/ISAPI/Security/userCheck"
FACE = "/ISAPI/Intelligent/FDLib/FaceDataRecord?format=json"
BOUNDARY = "----cbFace6d1f0b7a94c2e853"


@asynccontextmanager
async def one_terminal(quirks: Quirks = PLAIN, **changes: Any) -> AsyncIterator[SimulatedTerminal]:
    """One terminal of these ways that answers at once."""
    async with TerminalFleet(1, latency=AT_ONCE, quirks=quirks) as fleet:
        terminal = fleet.terminals[0]
        for field, value in changes.items():
            setattr(terminal, field, value)
        yield terminal


def operator(terminal: SimulatedTerminal, password: str | None = None) -> httpx.AsyncClient:
    """Signs in as the terminal's administrator, a handshake at a time."""
    auth = httpx.DigestAuth(terminal.username, terminal.password if password is None else password)
    return httpx.AsyncClient(base_url=terminal.base_url, auth=auth, timeout=5, trust_env=False)


def stranger(terminal: SimulatedTerminal) -> httpx.AsyncClient:
    """Signs nothing."""
    return httpx.AsyncClient(base_url=terminal.base_url, timeout=5, trust_env=False)


def person(number: object = "1042", **changes: Any) -> dict[str, Any]:
    """The body of section 6.2."""
    fields = {
        "employeeNo": number,
        "name": "Ionescu Ana",
        "userType": "normal",
        "Valid": valid(),
        "doorRight": "1",
        "RightPlan": [{"doorNo": 1, "planTemplateNo": "1"}],
    }
    return {"UserInfo": {key: value for key, value in (fields | changes).items() if value is not None}}


def valid(begins: str = "2020-01-01T00:00:00", ends: str = "2037-12-31T23:59:59") -> dict[str, Any]:
    """`Valid` of section 6.2."""
    return {"enable": True, "beginTime": begins, "endTime": ends, "timeType": "local"}


def search(position: int = 0, most: int = 30, numbers: list[str] | None = None, search_id: str = "a") -> dict[str, Any]:
    """The body of section 6.4."""
    condition: dict[str, Any] = {"searchID": search_id, "searchResultPosition": position, "maxResults": most}
    if numbers is not None:
        condition["EmployeeNoList"] = [{"employeeNo": number} for number in numbers]
    return {"UserInfoSearchCond": condition}


def face(number: object = "1042", **changes: Any) -> dict[str, Any]:
    """The flat body of section 7.3."""
    return {"faceLibType": "blackFD", "FDID": "1", "FPID": number, **changes}


def upload(
    picture: bytes,
    names: tuple[str, str] = ("FaceDataRecord", "FaceImage"),
    told: bytes = b'{"faceLibType":"blackFD","FDID":"1","FPID":"1042"}',
) -> bytes:
    """The body of section 7.3 B, byte for byte."""
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{names[0]}"\r\n'
        "Content-Type: application/json\r\n\r\n".encode()
        + told
        + f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="{names[1]}"; filename="face.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n".encode()
        + picture
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )


UPLOADED = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


@cache
def jpeg(
    width: int = 480, height: int = 640, *, shade: int = 0, progressive: bool = False, subsampling: int = 2
) -> bytes:
    """A picture of this size; another shade is another picture."""
    image = Image.linear_gradient("L").resize((width, height)).point(lambda value: (value + shade) % 256)
    written = io.BytesIO()
    image.convert("RGB").save(written, "JPEG", quality=80, progressive=progressive, subsampling=subsampling)
    return written.getvalue()


@asynccontextmanager
async def web_server(answer: bytes, delay_s: float = 0) -> AsyncIterator[str]:
    """A web server that gives `answer`, head and all, to whoever asks; yields its address."""

    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(delay_s)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/1042.jpg"
    for writer in writers:
        writer.transport.abort()
    await asyncio.sleep(0)  # an aborted transport closes its socket in the next round of the loop


def served(picture: bytes, status: str = "200 OK", head: str = "") -> bytes:
    """An answer of `web_server` with this picture."""
    told = f"HTTP/1.1 {status}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n{head}\r\n"
    return told.encode() + picture
