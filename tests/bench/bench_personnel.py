"""A personnel sync of 5,000 people from 1C, command line to exit, against its floor in the same run.

Prints one JSON line per figure: the ratio of the best of several runs each, with its limit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 7
LIMIT = 2.0
ROOT = Path(__file__).resolve().parents[2]
# Both sides may keep their compiled modules, as an installed program does.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["PYTHONPATH"] = str(Path(__file__).with_name("default_install"))  # without what only tests install
FLOOR = Path(__file__).with_name("floor_onec.py")
DEMO = ("--agents", "5000", "--people", "1", "--offices", "1", "--terminals", "1", "--workers", "1", "--customers", "1")


def main() -> int:
    """Measure and print; 1 when a limit is missed."""
    with subprocess.Popen(
        [sys.executable, "-m", "app", "simulate", *DEMO, "--json"], stdout=subprocess.PIPE, cwd=ROOT
    ) as server:
        assert server.stdout is not None
        onec = json.loads(server.stdout.readline())["onec"]
        try:
            return _measure(onec)
        finally:
            server.terminate()


def _measure(onec: dict[str, str]) -> int:
    first, again, floor = [], [], []
    for _repeat in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            floor.append(_timed(_floor(onec, folder)))
            _timed(_command(folder, onec, "connections", "add", "onec", "--kind", "onec", *_settings(onec)))
            first.append(_timed(_command(folder, onec, "run", "onec.sync_personnel", "--json")))
            again.append(_timed(_command(folder, onec, "run", "onec.sync_personnel", "--json")))
    ok = True
    for name, ours in (("first sync of 5,000 / floor", first), ("unchanged sync of 5,000 / floor", again)):
        ratio = min(ours) / min(floor)
        ok &= ratio <= LIMIT
        print(json.dumps({"name": name, "value": round(ratio, 2), "unit": "×", "limit": LIMIT, "ok": ratio <= LIMIT}))
        print(f"  ours {min(ours):.3f} s, floor {min(floor):.3f} s", file=sys.stderr)
    return 0 if ok else 1


def _settings(onec: dict[str, str]) -> list[str]:
    pairs = (f"{key}={onec[key]}" for key in ("endpoint_url", "authentication_type", "username", "timezone"))
    return [part for pair in pairs for part in ("--set", pair)]


def _floor(onec: dict[str, str], folder: str) -> list[str]:
    return [str(FLOOR), onec["endpoint_url"], onec["username"], onec["password"], f"{folder}/floor.sqlite3"]


def _command(folder: str, onec: dict[str, str], *arguments: str) -> list[str]:
    ENVIRONMENT.update({"MUSTER_HOME": f"{folder}/home", "MUSTER_SECRET_ONEC_PASSWORD": onec["password"]})
    return ["-m", "app", *arguments]


def _timed(arguments: list[str]) -> float:
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SystemExit(f"a measured command failed: {arguments}")
    return time.perf_counter() - begun


if __name__ == "__main__":
    raise SystemExit(main())
