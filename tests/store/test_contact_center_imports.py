"""The list of imports: what, when, who, how many rows, and whether they were taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.outcomes import Run, RunState
from app.store import runs
from app.store.contact_center_imports import IMPORT, UNDO, PastImport, past_imports
from app.store.database import Store

BEGUN = datetime(2026, 3, 5, 9, tzinfo=UTC)


def run(run_id: str, operation: str = IMPORT, minutes: int = 0, **fields: object) -> Run:
    begun = Run(run_id, operation, "centre", RunState.FINISHED, BEGUN + timedelta(minutes=minutes), "anna")
    return replace(begun, **fields)  # type: ignore[arg-type]


def keep(store: Store, *kept: Run) -> None:
    for each in kept:
        store.run_now(runs.begin_run, each)
        store.run_now(runs.end_run, each)


def read(store: Store) -> list[PastImport]:
    return store.run_now(past_imports, "centre")


def test_the_newest_import_comes_first_with_its_counts(store: Store) -> None:
    params = {"file": "/data/march.csv", "data_type": "agent_calls"}
    keep(
        store,
        run("one", params=params, summary={"created": 3, "updated": 2, "failed": 1}),
        run("two", minutes=5, state=RunState.CANCELLED),
        run("check", "cc.validate_data", minutes=9),
        run("elsewhere", minutes=9, connection="other"),
    )
    two, one = read(store)
    assert (one.run_id, one.file, one.data_type, one.actor, one.written) == (
        "one", "/data/march.csv", "agent_calls", "anna", 5,
    )  # fmt: skip
    assert (two.run_id, two.state, two.written, two.started_at) == (
        "two", RunState.CANCELLED, 0, BEGUN + timedelta(minutes=5),
    )  # fmt: skip


def test_an_import_knows_when_it_was_taken_back(store: Store) -> None:
    keep(
        store,
        run("one"),
        run("two"),
        run("undo", UNDO, minutes=7, params={"batch_id": "one"}),
        run("vain", UNDO, minutes=8, params={"batch_id": "two"}, state=RunState.STOPPED),
    )
    found = {past.run_id: past.taken_back_at for past in read(store)}
    assert found == {"one": BEGUN + timedelta(minutes=7), "two": None}
