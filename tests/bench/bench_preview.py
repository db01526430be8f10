"""The preview of a push of 5,000 people to 200 terminals from stored state, command to exit, half of them sent before.

Prints seconds and the most memory of the command, each with its limit.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device
from app.domain.directory import Employee
from app.domain.pushes import candidates, photo_digest
from app.places import Home
from app.store import devices, directory
from app.store.database import insert_rows
from app.store.models import EmployeeRow, PlacementRow
from app.vault import MemoryKeyring
from app.workspace import Workspace

PEOPLE, DEVICES = 5_000, 200
ROOT = Path(__file__).resolve().parents[2]


async def fill(home: Home) -> None:
    """Everybody and every device, and half of all placements."""
    people = [
        Employee(
            f"p{n:05}", f"Ana{n}", "Popescu", employee_no=str(1000 + n), supabase_id=f"s{n}", photo_address=f"{n}.jpg"
        )
        for n in range(PEOPLE)
    ]
    known = [(c.id, c.number, c.person_digest, photo_digest(c.employee)) for c in candidates(people, people)]
    async with await Workspace.open(home, keyring=MemoryKeyring()) as workspace:
        rows = [(*directory.employee_row(p)[:-2], "2026-01-01", "2026-01-01") for p in people]
        await workspace.store.write(insert_rows, EmployeeRow, rows)
        for number in range(DEVICES):
            device = Device(f"d{number:03}", f"Door {number}", "192.0.2.1", 80 + number, has_password=True)
            await workspace.store.write(devices.add_device, device)
            half = [
                devices._placement_row(Placement(device.id, *who[:2], CoverageState.VERIFIED, "", *who[2:]))
                for who in known[:: 2 if number % 2 else 1][: PEOPLE // 2 if number % 2 == 0 else PEOPLE]
            ]
            await workspace.store.write(insert_rows, PlacementRow, half)


def main() -> int:
    """Measure; 1 when a limit is missed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home.find(folder)
        asyncio.run(fill(home))
        print(f"  database {home.database.stat().st_size / 1e6:.0f} MB", file=sys.stderr)
        command = [sys.executable, "-m", "app", "run", "terminals.push_all", "--dry-run", "--json"]
        environment = {**os.environ, "MUSTER_HOME": folder}
        begun = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as run:
            assert run.stdout is not None
            size = 0
            while part := run.stdout.read(1 << 20):
                size += len(part)
        seconds = time.perf_counter() - begun
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(f"  {size / 1e6:.0f} MB of JSON, exit {run.returncode}", file=sys.stderr)
    name = f"preview of {PEOPLE:,} people x {DEVICES} terminals"
    ok = figure(f"{name}, command to exit", seconds, "s", 60)
    return 0 if figure(f"{name}, most memory", megabytes, "MB", 600) and ok else 1


def figure(name: str, value: float, unit: str, limit: float) -> bool:
    """Print one figure; whether it is within its limit."""
    line = {"name": name, "value": round(value, 1), "unit": unit, "limit": limit, "ok": value <= limit}
    print(json.dumps(line), flush=True)
    return value <= limit


if __name__ == "__main__":
    raise SystemExit(main())
