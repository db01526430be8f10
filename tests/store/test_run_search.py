"""Finding runs: by state, by what happened to whom, by period and by any name in them; and taking old ones away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.ids import new_id
from app.domain.outcomes import Action, Outcome, Run, RunState, Status, Trigger
from app.store import pruning, run_digests, runs
from app.store.database import Store
from app.store.models import RunRow
from app.store.run_digest_rows import RunDigestRow
from app.store.run_search import RunFilter, count_states, find_runs, runs_after

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def outcome(name: str, status: Status = Status.SUCCESS, message: str = "Stored") -> Outcome:
    return Outcome(name, new_id(), "Door 1", "d1", status, "person", message, Action.UPDATE)


def keep(
    store: Store, days: int, *outcomes: Outcome, state: RunState = RunState.FINISHED, operation: str = "offices.sync",
    trigger: Trigger = Trigger.MANUAL, result: object = None,
) -> str:  # fmt: skip
    """A run that began so many days after Monday, over or not."""
    run = Run(
        new_id(), operation, "vitec", state, MONDAY + timedelta(days=days), "kari", trigger=trigger, result=result
    )

    def write() -> None:
        runs.begin_run(run)
        runs.add_outcomes(run.run_id, 0, outcomes)
        if state.over:
            runs.end_run(run)

    store.run_now(write)
    return run.run_id


def found(store: Store, **wanted: object) -> list[str]:
    return [run.run_id for run in store.run_now(find_runs, RunFilter(**wanted))]  # type: ignore[arg-type]


class TestFinding:
    def test_the_newest_come_first_and_no_more_than_asked_for(self, store: Store) -> None:
        ids = [keep(store, day) for day in range(3)]
        assert found(store) == ids[::-1]
        assert [r.run_id for r in store.run_now(find_runs, RunFilter(), limit=1)] == ids[2:]

    def test_by_state_operation_and_trigger(self, store: Store) -> None:
        stopped = keep(store, 0, state=RunState.STOPPED)
        synced = keep(store, 1, operation="people.sync", trigger=Trigger.SCHEDULE)
        assert found(store, states=(RunState.STOPPED,)) == [stopped]
        assert found(store, operation="people.sync") == [synced]
        assert found(store, trigger=Trigger.SCHEDULE) == [synced]
        assert found(store, actor="ola") == []

    def test_by_period_the_end_not_included(self, store: Store) -> None:
        ids = [keep(store, day) for day in range(3)]
        assert found(store, since=MONDAY + timedelta(days=1), until=MONDAY + timedelta(days=2)) == [ids[1]]

    @pytest.mark.parametrize("text", ["Åse", "åse", "ÅSE LIE", "lie åse", "door 1", "vitec åse", "offices"])
    def test_by_a_name_in_it_in_capitals_or_not(self, store: Store, text: str) -> None:
        wanted = keep(store, 0, outcome("Åse Lie"))
        keep(store, 1, outcome("Ola Berg"), operation="people.sync")
        assert wanted in found(store, text=text)
        assert found(store, text=f"{text} zzz") == []

    def test_a_percent_sign_stands_for_itself(self, store: Store) -> None:
        keep(store, 0, outcome("Åse Lie"))
        assert found(store, text="%") == []

    def test_by_what_went_wrong(self, store: Store) -> None:
        wrong = keep(store, 0, outcome("Åse", Status.FATAL, "The password was refused."), outcome("Ola"))
        keep(store, 1, outcome("Ola"))
        assert found(store, text="password") == [wrong]
        assert found(store, troubled=True) == [wrong]
        assert found(store, status=Status.FATAL) == [wrong]
        assert len(found(store, status=Status.SUCCESS)) == 2

    def test_by_the_title_of_an_operation_in_another_language(self, store: Store) -> None:
        wanted = keep(store, 0)
        assert found(store, text="kontorer", titled={"kontorer": ("offices.sync",)}) == [wanted]

    def test_counts_by_state_whatever_state_is_chosen(self, store: Store) -> None:
        keep(store, 0, outcome("Åse"))
        keep(store, 1, outcome("Åse"), state=RunState.STOPPED)
        keep(store, 2, outcome("Ola"))
        counts = store.run_now(count_states, RunFilter(text="åse", states=(RunState.STOPPED,)))
        assert counts == {RunState.FINISHED: 1, RunState.STOPPED: 1}

    def test_results_stay_where_they_are(self, store: Store) -> None:
        run_id = keep(store, 0, result={"rows": [1]})
        (run,) = store.run_now(find_runs, RunFilter())
        assert run.result is None
        whole = store.run_now(runs.find_run, run_id)
        assert whole is not None
        assert whole.result == {"rows": [1]}

    def test_runs_of_an_older_muster_are_found_once_somebody_looked(self, store: Store) -> None:
        wanted = keep(store, 0, outcome("Åse Lie"))
        store.run_now(lambda: RunDigestRow.delete().execute())
        assert found(store, text="åse") == []
        assert store.run_now(run_digests.catch_up) == 1
        assert store.run_now(run_digests.catch_up) == 0
        assert found(store, text="åse") == [wanted]


class TestGoingThroughAll:
    @pytest.mark.parametrize("at_once", [1, 2, 3, 100])
    def test_each_that_fits_comes_once_also_those_of_one_moment(self, store: Store, at_once: int) -> None:
        ids = {keep(store, day) for day in (0, 0, 0, 1, 2, 2)}
        keep(store, 1, operation="people.sync")
        wanted, last, met = RunFilter(operation="offices.sync"), None, []
        while page := store.run_now(runs_after, wanted, last, limit=at_once):
            met += page
            last = page[-1]
        assert len(met) == 6
        assert {each.run_id for each in met} == ids
        assert [each.started_at for each in met] == sorted((each.started_at for each in met), reverse=True)


class TestTakingAway:
    def test_details_go_and_the_run_stays(self, store: Store) -> None:
        old = keep(store, 0, outcome("Åse"), result={"rows": ["x" * 1000]})
        new = keep(store, 50, outcome("Ola"))
        before = MONDAY + timedelta(days=30)
        amount = store.run_now(pruning.old_details, before)
        assert (amount.rows, amount.oldest) == (2, MONDAY)
        assert amount.size > 1000
        store.run_now(pruning.drop_details, before)
        assert store.run_now(runs.outcomes, old) == []
        assert len(store.run_now(runs.outcomes, new)) == 1
        assert set(found(store)) == {old, new}
        assert store.run_now(pruning.old_details, before).rows == 0

    def test_runs_go_with_everything_of_theirs(self, store: Store) -> None:
        keep(store, 0, outcome("Åse"))
        new = keep(store, 50, outcome("Ola"))
        before = MONDAY + timedelta(days=30)
        assert store.run_now(pruning.old_runs, before).rows == 1
        store.run_now(pruning.drop_runs, before)
        assert found(store) == [new]
        assert store.run_now(lambda: RunDigestRow.select().count()) == 1

    def test_a_run_that_is_not_over_stays(self, store: Store) -> None:
        running = keep(store, 0, state=RunState.RUNNING)
        store.run_now(pruning.drop_runs, MONDAY + timedelta(days=30))
        assert store.run_now(lambda: [row.run_id for row in RunRow.select()]) == [running]
