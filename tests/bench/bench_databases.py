"""The check of backup databases on a MariaDB of its own with 5,000 schemas, against one question per name.

The predecessor asked for each name on its own, five at a time over five connections, the next five when all of them
were answered. It is measured in the same run, with the same driver and the same names: on this computer, where a
question travels in no time, and over a wire of 5 ms there and back, as to a server in a data centre. Prints one JSON
line per figure.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pymysql

from app.connectors.mysql import MySqlServer, MySqlSettings, Tls
from app.domain.customers import DatabaseStatus
from tests.support.mariadb import ALL, PASSWORD, MariaDb, mariadb_server, why_not
from tests.support.mysql_wire import wire_to

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS, CUSTOMERS, MANY = 5_000, 344, 10_000
AT_ONCE = 5
WAY_S = 0.005
REPEATS = 5
ONE_NAME = "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME = 'usage_stats'"


def main() -> int:
    """Measure and print; 1 when a limit is missed."""
    if reason := why_not():
        print(reason, file=sys.stderr)
        return 1
    with mariadb_server() as server:
        names = server.hold_many(SCHEMAS)
        every_other = [names[number // 2] if number % 2 else f"elsewhere{number}" for number in range(MANY)]
        return 0 if all([*_few(server, every_other[:CUSTOMERS]), *_many(server, every_other)]) else 1


def _few(server: MariaDb, names: Sequence[str]) -> Iterator[bool]:
    took = min(asyncio.run(_ours(server.port, names)) for _repeat in range(REPEATS))
    yield _figure(f"database check of {CUSTOMERS} names, {SCHEMAS:,} schemas", took, "s", 2)
    yield _figure(f"questions for {CUSTOMERS} names", asyncio.run(_questions(server, names)), "questions", 5)


def _many(server: MariaDb, names: Sequence[str]) -> Iterator[bool]:
    yield _figure(f"questions for {MANY:,} names", asyncio.run(_questions(server, names)), "questions", 5)
    for where, way_s, limit in (("5 ms away", WAY_S, 50), ("on this computer", 0.0, 5)):
        with _wire(server.port, way_s) if way_s else nullcontext(server.port) as port:
            ours = min(asyncio.run(_ours(port, names)) for _repeat in range(REPEATS))
            single = _one_by_one(port, names)
        print(f"  {where}: ours {ours:.3f} s, one question per name {single:.3f} s", file=sys.stderr)
        yield _figure(f"{MANY:,} names, server {where}, against one question per name", single / ours, "×", limit, True)


async def _ours(port: int, names: Sequence[str]) -> float:
    """The seconds from no connection to the last answer."""
    begun = time.perf_counter()
    there = 0
    async with MySqlServer(_settings(port)) as server:
        async for answers in server.ask(names):
            there += sum(answer.status is DatabaseStatus.EXISTS for answer in answers.values())
        assert not server.failed
    took = time.perf_counter() - begun
    assert there == _expected(names)
    return took


async def _questions(server: MariaDb, names: Sequence[str]) -> int:
    """How many questions the whole check takes, those of signing in included."""
    async with wire_to(server.port) as wire:
        await _ours(wire.port, names)
    return len(wire.questions)


def _one_by_one(port: int, names: Sequence[str]) -> float:
    """The seconds that the predecessor's way takes, its connections open already."""
    lines = [
        pymysql.connect(host="127.0.0.1", port=port, user=ALL, password=PASSWORD.encode(), ssl_disabled=True)
        for _line in range(AT_ONCE)
    ]

    def there(line: pymysql.Connection[pymysql.cursors.Cursor], name: str) -> bool:
        with line.cursor() as cursor:
            cursor.execute(ONE_NAME, (name,))
            return bool(cursor.fetchall()[0][0])

    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = sum(sum(threads.map(there, lines, names[at : at + AT_ONCE])) for at in range(0, len(names), AT_ONCE))
    took = time.perf_counter() - begun
    assert found == _expected(names)
    for line in lines:
        line.close()
    return took


def _expected(names: Sequence[str]) -> int:
    return sum(name.startswith("customer") and not name.endswith("0") for name in names)


def _settings(port: int) -> MySqlSettings:
    return MySqlSettings("127.0.0.1", port, user=ALL, password=PASSWORD, tls=Tls.OFF)


@contextmanager
def _wire(port: int, way_s: float) -> Iterator[int]:
    """A wire that takes this long there and back, in a process of its own; its port."""
    command = [sys.executable, __file__, "wire", str(port), str(way_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


async def _serve_wire(port: int, way_s: float) -> None:
    async with wire_to(port) as wire:
        wire.delay_s = way_s
        print(wire.port, flush=True)
        await asyncio.Event().wait()


def _figure(name: str, value: float, unit: str, limit: float, at_least: bool = False) -> bool:
    ok = value >= limit if at_least else value <= limit
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "limit": limit, "ok": ok}))
    return ok


if __name__ == "__main__":
    if sys.argv[1:2] == ["wire"]:
        asyncio.run(_serve_wire(int(sys.argv[2]), float(sys.argv[3])))
    raise SystemExit(main())
