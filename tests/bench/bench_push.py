"""Pushing to simulated terminals in a process of their own: 50 ms a person call, 400 ms a face, 50 ms a read-back.

Each figure is measured against something in the same run: the sum of one terminal's own latencies, the definition of
the gentle pace, a plain script with `requests`. Photos are local, so each is uploaded. Prints one JSON line per figure.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from requests.auth import HTTPDigestAuth

from app.demo.drawing.portrait import portrait
from app.domain.devices import Device
from app.domain.directory import Employee
from app.operations.photo_files import face_file
from app.operations.runner import Report, Request
from app.photos import examine
from app.places import Home
from app.store import devices, directory
from app.store.database import insert_rows
from app.store.models import EmployeeRow
from app.vault import MemoryKeyring
from app.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
PERSON_S, FACE_S, READ_S = 0.05, 0.4, 0.05
BATCH = 30


@dataclass(frozen=True)
class Fleet:
    """The simulated terminals, as `muster simulate --json` describes them."""

    control_url: str
    devices: list[dict[str, Any]]

    def control(self, path: str, body: dict[str, Any] | None = None, method: str = "") -> Any:
        """Read or change something at the fleet's control path."""
        data = json.dumps(body).encode() if body is not None else None
        call = urllib.request.Request(f"{self.control_url}/_demo/terminals{path}", data=data)
        call.method = method or ("POST" if data else "GET")
        with urllib.request.urlopen(call, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def forget(self) -> None:
        """Empty every terminal and its log."""
        self.control("/all", {"forget": True})
        self.control("/all/requests", method="DELETE")


@contextlib.contextmanager
def serve(count: int) -> Iterator[Fleet]:
    """Simulate `count` terminals with the latencies of this benchmark."""
    command = [sys.executable, "-m", "app", "simulate", "--terminals", str(count), "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            told = json.loads(server.stdout.readline())["terminals"]
            fleet = Fleet(told["control_url"], told["devices"])
            latency = {"person_s": PERSON_S, "face_s": FACE_S, "read_s": READ_S}
            parts = ["FaceDataRecord+FaceImage", "FaceDataRecord+img"]  # what we and the plain script send first
            fleet.control("/all", {"latency": latency, "quirks": {"part_names": parts}})
            yield fleet
        finally:
            server.terminate()


@contextlib.asynccontextmanager
async def site(fleet: Fleet, people: int, terminals: int) -> AsyncIterator[Workspace]:
    """A workspace that knows these terminals and has people with photos, nothing pushed yet."""
    fleet.forget()
    with tempfile.TemporaryDirectory() as folder:
        async with await Workspace.open(Home.find(folder), keyring=MemoryKeyring()) as workspace:
            for number, told in enumerate(fleet.devices[:terminals]):
                device = Device(
                    f"d{number}", told["name"], told["host"], told["port"], username=told["username"], has_password=True
                )
                await workspace.vault.set(device.id, "password", told["password"])
                await workspace.store.write(devices.add_device, device)
            await add_people(workspace, people)
            yield workspace


async def add_people(workspace: Workspace, count: int) -> None:
    """People with local photos."""
    jpeg = examine(photo()).jpeg
    workspace.home.faces.mkdir()
    rows = []
    for number in range(count):
        person = Employee(
            f"p{number}", f"Ana{number:04}", "Popescu", employee_no=str(1000 + number), supabase_id=f"s{number}",
            photo="p.jpg", photo_digest=f"{number:016x}",
        )  # fmt: skip
        face_file(workspace.home, person.id).write_bytes(jpeg)
        rows.append((*directory.employee_row(person)[:-2], "2026-01-01", "2026-01-01"))
    await workspace.store.write(insert_rows, EmployeeRow, rows)


def photo() -> bytes:
    """A drawn portrait."""
    return portrait("1", "Ana Popescu")


async def push(workspace: Workspace, **params: str) -> tuple[Report, float]:
    """Push everybody everywhere; the report and the seconds it took."""
    begun = time.perf_counter()
    report = await (await workspace.runner.start(Request("terminals.push_all", params=params))).report()
    seconds = time.perf_counter() - begun
    if report.run.summary["success"] != report.run.summary["total"]:
        raise SystemExit(f"not everybody arrived: {report.run.summary} {report.run.first_fatal}")
    return report, seconds


async def lanes(fleet: Fleet, people: int, terminals: int) -> bool:
    """Wall time against the perfect lane, and requests per person and terminal."""
    async with site(fleet, people, terminals) as workspace:
        report, seconds = await push(workspace, pace="balanced")
    if report.run.summary["verified"] != people * terminals:
        raise SystemExit(f"not everybody was verified: {report.run.summary}")
    lane = people * (PERSON_S + FACE_S) + math.ceil(people / BATCH) * READ_S
    ok = figure(f"{people} people x {terminals} terminals, balanced, verified / lane", seconds / lane, "×", 1.16)
    log = fleet.control("/1/requests")
    writes = [call for call in log if call["path"].endswith(("UserInfo/Record", "FaceDataRecord"))]
    print(f"  {seconds:.1f} s, perfect lane {lane:.1f} s", file=sys.stderr)
    return ok & figure("requests per person and terminal, handshakes counted", len(writes) / people, "", 4)


async def gentle(fleet: Fleet, people: int, terminals: int) -> bool:
    """The gentle pace against its own definition: every visit's latencies, and a second between visits."""
    async with site(fleet, people, terminals) as workspace:
        _report, seconds = await push(workspace, pace="gentle")
    visits = people * terminals
    definition = visits * (PERSON_S + FACE_S) + (visits - 1) * 1.0
    print(f"  {seconds:.1f} s, by definition {definition:.1f} s", file=sys.stderr)
    return figure(f"{people} x {terminals}, gentle / its definition", seconds / definition, "×", 1.02)


async def against_requests(fleet: Fleet, people: int, terminals: int) -> bool:
    """The same people and terminals by a plain sequential script."""
    async with site(fleet, people, terminals) as workspace:
        _report, ours = await push(workspace, pace="balanced")
    fleet.forget()
    plain = await asyncio.to_thread(plain_script, fleet.devices[:terminals], people)
    print(f"  ours {ours:.1f} s, plain script {plain:.1f} s", file=sys.stderr)
    return figure(f"plain sequential script / ours, {people} x {terminals}", plain / ours, "×", 8, at_least=True)


def plain_script(terminals: Sequence[dict[str, Any]], people: int) -> float:
    """Everybody to every terminal, one call after the other, no pauses; returns seconds."""
    jpeg = examine(photo()).jpeg
    begun = time.perf_counter()
    for number in range(people):
        for told in terminals:
            address = f"http://{told['host']}:{told['port']}/ISAPI"
            number_text = str(1000 + number)
            user = {
                "employeeNo": number_text, "name": f"Popescu Ana{number:04}", "userType": "normal",
                "Valid": {"enable": True, "beginTime": "2020-01-01T00:00:00", "endTime": "2037-12-31T23:59:59"},
                "doorRight": "1", "RightPlan": [{"doorNo": 1, "planTemplateNo": "1"}],
            }  # fmt: skip
            sign = HTTPDigestAuth(told["username"], told["password"])
            path = f"{address}/AccessControl/UserInfo/Record?format=json"
            requests.post(path, json={"UserInfo": user}, auth=sign, timeout=15).raise_for_status()
            face = json.dumps({"faceLibType": "blackFD", "FDID": "1", "FPID": number_text})
            parts: dict[str, tuple[str | None, str | bytes, str]] = {
                "FaceDataRecord": (None, face, "application/json"),
                "img": ("face.jpg", jpeg, "image/jpeg"),
            }
            sign = HTTPDigestAuth(told["username"], told["password"])
            path = f"{address}/Intelligent/FDLib/FaceDataRecord?format=json"
            requests.post(path, files=parts, auth=sign, timeout=45).raise_for_status()
    return time.perf_counter() - begun


def figure(name: str, value: float, unit: str, limit: float, *, at_least: bool = False) -> bool:
    """Print one figure; whether it is within its limit."""
    ok = value >= limit if at_least else value <= limit
    line = {"name": name, "value": round(value, 3), "unit": unit, "limit": limit, "ok": ok}
    print(json.dumps(line), flush=True)
    return ok


async def measure() -> bool:
    """All figures."""
    with serve(10) as fleet:
        ok = await lanes(fleet, 100, 10)
        ok &= await gentle(fleet, 12, 3)
        return ok & await against_requests(fleet, 20, 10)


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(measure()) else 1)
