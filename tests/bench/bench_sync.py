"""A directory sync of 10,000 employees and 200 offices, command line to exit, against its floor in the same run.

Prints one JSON line per figure: the ratio of the best of several runs each, with its limit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REPEATS = 7
ROOT = Path(__file__).resolve().parents[2]
# Both sides may keep their compiled modules, as an installed program does.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["PYTHONPATH"] = str(Path(__file__).with_name("default_install"))  # without what only tests install
FLOOR = Path(__file__).with_name("floor.py")


def main() -> int:
    """Measure and print; 1 when a limit is missed."""
    with subprocess.Popen(
        [sys.executable, "-m", "app", "simulate", "--people", "10000", "--offices", "200", "--json"],
        stdout=subprocess.PIPE, cwd=ROOT,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        vitec = json.loads(server.stdout.readline())["vitec"]
        try:
            return _measure(vitec)
        finally:
            server.terminate()


def _measure(vitec: dict[str, str]) -> int:
    first, again, floor_store, floor_read = [], [], [], []
    for _repeat in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            floor_store.append(_timed(lambda: _floor("store", vitec, folder)))
            floor_read.append(_timed(lambda: _floor("read", vitec, folder)))
            _command(folder, vitec, "connections", "add", "vitec", "--kind", "vitec", *_settings(vitec))
            first.append(_timed(lambda: _run(folder, vitec)))
            again.append(_timed(lambda: _run(folder, vitec)))
    ok = True
    for name, ours, floor, limit in (
        ("first sync of 10,000 / floor", first, floor_store, 2.0),
        ("unchanged sync of 10,000 / floor", again, floor_read, 1.5),
    ):
        ratio = min(ours) / min(floor)
        ok &= ratio <= limit
        print(json.dumps({"name": name, "value": round(ratio, 2), "unit": "×", "limit": limit, "ok": ratio <= limit}))
        print(f"  ours {min(ours):.3f} s, floor {min(floor):.3f} s", file=sys.stderr)
    return 0 if ok else 1


def _settings(vitec: dict[str, str]) -> list[str]:
    pairs = (f"{key}={vitec[key]}" for key in ("base_url", "installation_id", "product_login"))
    return [part for pair in pairs for part in ("--set", pair)]


def _floor(mode: str, vitec: dict[str, str], folder: str) -> subprocess.Popen[bytes]:
    keys = ("base_url", "installation_id", "product_login", "access_key")
    command = [sys.executable, str(FLOOR), mode, *(vitec[k] for k in keys), f"{folder}/floor.sqlite3"]
    return subprocess.Popen(command, env=ENVIRONMENT)


def _run(folder: str, vitec: dict[str, str]) -> subprocess.Popen[bytes]:
    return _start(folder, vitec, "run", "directory.sync", "--json")


def _start(folder: str, vitec: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    environment = ENVIRONMENT | {"MUSTER_HOME": f"{folder}/home", "MUSTER_SECRET_VITEC_ACCESS_KEY": vitec["access_key"]}
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def _command(folder: str, vitec: dict[str, str], *arguments: str) -> None:
    if _start(folder, vitec, *arguments).wait() != 0:
        raise SystemExit(f"muster {' '.join(arguments)} failed")


def _timed(start: Callable[[], subprocess.Popen[bytes]]) -> float:
    begun = time.perf_counter()
    if start().wait() != 0:
        raise SystemExit("a measured command failed")
    return time.perf_counter() - begun


if __name__ == "__main__":
    raise SystemExit(main())
