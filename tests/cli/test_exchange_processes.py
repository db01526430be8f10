"""An import by the real command, killed in the middle: what was stored stays, and it goes on after that."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from app.places import Home
from tests.support.command import Muster
from tests.support.exchange import as_csv, intervals, write

ROWS, BATCH = 20_000, 50


@pytest.fixture
def centre(muster: Muster) -> Muster:
    """The command on a home with a contact centre that nobody answers at."""
    added = muster(
        "connections", "add", "centre", "--kind", "contact_center", "--set", "endpoint_url=http://127.0.0.1:9/api",
        "--secret", "token=-", "--json", stdin="planted\n",
    )  # fmt: skip
    assert added.code == 0, added
    return muster


def stored(home: Path) -> int:
    with closing(sqlite3.connect(Home(home).database, timeout=5)) as database:
        return int(database.execute("SELECT COUNT(*) FROM group_interval_metrics").fetchone()[0])


def test_a_killed_import_goes_on_after_the_last_batch(centre: Muster, tmp_path: Path) -> None:
    file = write(tmp_path, as_csv(intervals(ROWS)))
    sets = (f"file={file}", "data_type=service_group_metrics", f"batch_size={BATCH}")
    process = centre.start("run", "cc.bulk_import", *(part for pair in sets for part in ("--set", pair)), "--json")
    deadline = time.monotonic() + 30
    while not stored(centre.home):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.communicate()
    kept = stored(centre.home)
    assert 0 < kept < ROWS
    assert kept % BATCH == 0  # a batch is stored whole or not at all
    run_id = next(run["run_id"] for run in centre("list", "runs", "--json").json if run["state"] == "interrupted")
    resumed = centre("runs", "resume", run_id, "--json")
    assert (resumed.code, resumed.json["state"], resumed.json["run_id"]) == (0, "finished", run_id)
    assert resumed.json["summary"] == {"total": ROWS, "created": ROWS, "updated": 0, "skipped": 0, "failed": 0}
    assert len(resumed.json["outcomes"]) == ROWS // BATCH
    assert stored(centre.home) == ROWS
    undone = centre("run", "cc.undo_import", "--set", f"batch_id={run_id}", "--json")
    assert (undone.code, undone.json["summary"], stored(centre.home)) == (0, {"total": ROWS, "removed": ROWS}, 0)
