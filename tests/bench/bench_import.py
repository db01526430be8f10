"""An import of 100,000 rows of CSV, checked and stored, against `csv` and `executemany` alone in the same run.

Both work in a process of their own, on the same file and into the same table. Prints one JSON line per figure: the
ratio of the best of several runs each, memory over idle, and how long the event loop was held up.
"""

from __future__ import annotations

import asyncio
import csv
import gc
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psutil

from tests.bench.bench_sync import ENVIRONMENT, ROOT

ROWS = 100_000
REPEATS = 5
_MEGABYTE = 1 << 20


def main() -> int:
    """Measure and print; 1 when a limit is missed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "intervals.csv")
        _write(file)
        ours, floors = [], []
        for repeat in range(REPEATS):
            floors.append(_measured("floor", file, Path(folder, f"floor-{repeat}")))
            ours.append(_measured("ours", file, Path(folder, f"ours-{repeat}")))
    ratio = min(o["seconds"] for o in ours) / min(f["seconds"] for f in floors)
    print(f"  ours {min(o['seconds'] for o in ours):.3f} s, floor {min(f['seconds'] for f in floors):.3f} s")
    return int(
        not all(
            [
                _figure("import of 100,000 rows / floor", ratio, "×", 3.0),
                _figure("memory over idle", max(o["megabytes"] for o in ours), "MB", 300),
                _figure("event loop held up, 99th percentile", max(o["late_99"] for o in ours), "ms", 16),
                _figure("event loop held up, worst", max(o["late_worst"] for o in ours), "ms", 50),
            ]
        )
    )


def _figure(name: str, value: float, unit: str, limit: float) -> bool:
    ok = value <= limit
    print(json.dumps({"name": name, "value": round(value, 2), "unit": unit, "limit": limit, "ok": ok}))
    return ok


def _write(file: Path) -> None:
    from tests.support.exchange import INTERVAL_KEYS, interval

    with file.open("w", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(INTERVAL_KEYS)
        writer.writerows(interval(number).values() for number in range(ROWS))


def _measured(mode: str, file: Path, home: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_import", mode, str(file), str(home)]
    answer: dict[str, float] = json.loads(
        subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE).stdout
    )
    return answer


def floor(file: str, home: str) -> dict[str, float]:
    """What nobody can do without: the file split into cells, and its rows in a table with the same columns and key."""
    from app.store.contact_center_rows import GroupIntervalRow as Table

    columns = [c.column_name for c in Table._meta.sorted_fields if c.column_name != "id"]
    Path(home).mkdir()
    begun = time.perf_counter()
    with closing(sqlite3.connect(Path(home, "floor.sqlite3"))) as database, Path(file).open(newline="") as text:
        database.execute("PRAGMA journal_mode=wal")
        database.execute("PRAGMA synchronous=normal")
        database.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(columns)})")
        database.execute("CREATE UNIQUE INDEX k ON t (connection, start_ms, group_id, service_id, step_ms)")
        reader = csv.reader(text)
        next(reader)
        marks = ", ".join("?" * len(columns))
        database.executemany(
            f"INSERT INTO t ({', '.join(columns)}) VALUES ({marks})",
            (("c", row[2], row[1], row[0], row[3], *row[4:], "batch", None) for row in reader),
        )
        database.commit()
    return {"seconds": time.perf_counter() - begun}


async def ours(file: str, home: str) -> dict[str, float]:
    """The operation in a workspace, with a watch on memory and on the event loop."""
    from app.places import Home
    from app.workspace import Workspace
    from tests.support.exchange import NAME, connect_centre
    from tests.support.running import run

    async with await Workspace.open(Home.find(home)) as workspace:
        await connect_centre(workspace)
        late: list[float] = []
        watch = workspace.tasks.start("watch", _watch(late))
        gc.disable()  # as the window does while anything runs
        idle = psutil.Process().memory_info().rss
        begun = time.perf_counter()
        report = await run(
            workspace, "cc.bulk_import", NAME, params={"data_type": "service_group_metrics", "file": file}
        )
        seconds = time.perf_counter() - begun
        watch.cancel()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if report.run.summary != {"total": ROWS, "created": ROWS, "updated": 0, "skipped": 0, "failed": 0}:
        raise SystemExit(f"not the expected end: {report.run}")
    late.sort()
    return {
        "seconds": seconds,
        "megabytes": (most - idle) / _MEGABYTE,
        "late_99": late[int(len(late) * 0.99)] * 1000,
        "late_worst": late[-1] * 1000,
    }


async def _watch(late: list[float], every_s: float = 0.005) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(every_s)
        late.append(time.perf_counter() - begun - every_s)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["floor", *given]:
            print(json.dumps(floor(*given)))
        case ["ours", *given]:
            print(json.dumps(asyncio.run(ours(*given))))
        case _:
            raise SystemExit(main())
