"""Runs, their outcomes and the journal.

Outcomes of records that did not change are packed, one row per phase; everything else is a row of its own, so that a
record's history and the failures of a run are found by index.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any

import msgspec
import psutil
from peewee import JOIN

from app.domain.outcomes import CODES_OF_ASKING, Action, FieldChange, Outcome, Run, RunError, RunState, Status, Trigger
from app.errors import ErrorKind
from app.store import audit
from app.store.database import clock_s, fetch, insert_rows
from app.store.models import JournalRow, LeaseRow, OutcomePackRow, OutcomeRow, RunRow
from app.store.run_digests import digest_runs
from app.store.values import from_json, from_time, now, to_json, to_time

HOST = platform.node()
_SAME_START_S = 2.0
SILENT_S = 300.0  # a program on another computer that was silent this long is taken to be gone
_changes_decoder = msgspec.json.Decoder(tuple[FieldChange, ...])


@dataclass(frozen=True)
class _Pack:
    """Outcomes that differ in number, subject and the ids of both ends only; of one target `target_ids` is blank."""

    first_seq: int
    like: Outcome
    records: list[tuple[int, str, str]]
    target_ids: list[str] = field(default_factory=list)


_pack_decoder = msgspec.json.Decoder(_Pack)


def this_process() -> str:
    """Names this process beyond its number, which the system hands out again."""
    return f"{os.getpid()}:{_started_s(os.getpid()):.2f}"


def program_alive(host: str, process: str, beat_at: float | None) -> bool:
    """Whether the program that runs something is still there.

    On this computer its process tells; of another computer only its last sign of life is known, at `beat_at` seconds
    of the shared clock, None when it holds no lease any more.
    """
    if host == HOST:
        return process_alive(process)
    return beat_at is not None and clock_s() - beat_at < SILENT_S


def process_alive(process: str) -> bool:
    """Whether that process of this computer still runs."""
    pid, _colon, started = process.partition(":")
    try:
        gone = psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE  # killed, and nobody asked how it ended
        return not gone and abs(_started_s(int(pid)) - float(started)) < _SAME_START_S
    except (psutil.Error, ValueError):
        return False


def _started_s(pid: int) -> float:
    """Seconds from boot to the start of a process: unlike a time of day, it does not move with the clock."""
    booted = psutil.boot_time()
    return float(psutil.Process(pid).create_time() - booted)


def begin_run(run: Run) -> None:
    """Store a run that starts now, or starts again."""
    row = _to_row(run) | {"host": HOST, "process": this_process()}
    RunRow.insert(row).on_conflict(
        conflict_target=[RunRow.run_id], update={k: v for k, v in row.items() if k not in {"run_id", "started_at"}}
    ).execute()


def end_run(run: Run) -> None:
    """Store how a run ended."""
    RunRow.update(_to_row(run)).where(RunRow.run_id == run.run_id).execute()
    digest_runs([run.run_id])


def find_run(run_id: str) -> Run | None:
    """The run of that id."""
    row = RunRow.get_or_none(RunRow.run_id == run_id)
    return to_run(row) if row else None


def runs(*, limit: int = 1000, states: Iterable[RunState] = ()) -> list[Run]:
    """The newest runs first, all or those in `states`; without their results, which may be large."""
    query = without_results().order_by(RunRow.started_at.desc()).limit(limit)
    if wanted := [state.value for state in states]:
        query = query.where(RunRow.state.in_(wanted))
    return [to_run(row) for row in query]


def without_results() -> Any:
    """A query of runs that leaves their results where they are."""
    meta: Any = RunRow._meta
    return RunRow.select(*(field for field in meta.sorted_fields if field.name != "result"))


def not_refused() -> Any:
    """A condition that leaves out runs that ended because something impossible was asked for."""
    codes = [RunRow.error.contains(f'"code":"{code}"') for code in CODES_OF_ASKING]
    return RunRow.error.is_null() | ~reduce(or_, codes)


def last_finished(operations: Iterable[str], connection: str) -> Run | None:
    """The newest finished run of any of these operations on a connection."""
    row = (
        RunRow.select()
        .where(
            RunRow.operation.in_(list(operations)),
            RunRow.connection == connection,
            RunRow.state == RunState.FINISHED.value,
        )
        .order_by(RunRow.started_at.desc())
        .first()
    )
    return to_run(row) if row else None


def sign_in_refused(connection: str) -> bool:
    """Whether the newest run of a connection that came to an end was refused the sign-in."""
    row = (
        RunRow.select(RunRow.error)
        .where(
            RunRow.connection == connection,
            RunRow.state.in_([RunState.FINISHED.value, RunState.STOPPED.value, RunState.FAILED.value]),
        )
        .order_by(RunRow.started_at.desc())
        .first()
    )
    error = from_json(row.error, RunError) if row is not None else None
    return error is not None and error.kind == ErrorKind.REFUSED_SIGN_IN and not error.of_store


def mark_interrupted() -> list[str]:
    """Mark runs whose process is gone as interrupted; returns their ids."""
    query = (
        RunRow.select(RunRow.run_id, RunRow.host, RunRow.process, LeaseRow.beat_at)
        .join(LeaseRow, JOIN.LEFT_OUTER, on=(LeaseRow.run_id == RunRow.run_id))
        .where(RunRow.state.in_([RunState.QUEUED.value, RunState.RUNNING.value]))
    )
    gone = [run_id for run_id, *program in fetch(query) if not program_alive(*program)]
    if gone:
        RunRow.update(state=RunState.INTERRUPTED.value).where(RunRow.run_id.in_(gone)).execute()
        audit.record_interrupted(gone)
        digest_runs(gone)
    return gone


def add_outcomes(run_id: str, first_seq: int, outcomes: Sequence[Outcome]) -> None:
    """Store outcomes in order; `first_seq` is the number of the first within the run."""
    packs: dict[tuple[str, str, str], _Pack] = {}
    rows: list[tuple[Any, ...]] = []
    for seq, o in enumerate(outcomes, first_seq):
        if o.action is not Action.UNCHANGED or o.status is not Status.SKIPPED:
            rows.append(_outcome_row(run_id, seq, o))
            continue
        key = (o.target, o.step, o.message)
        if key not in packs:
            packs[key] = _Pack(seq, o, [])
        packs[key].records.append((seq, o.subject, o.subject_id))
        packs[key].target_ids.append(o.target_id)
    for pack in packs.values():
        if set(pack.target_ids) == {pack.like.target_id}:
            pack.target_ids.clear()
    insert_rows(OutcomeRow, rows)
    insert_rows(OutcomePackRow, [(run_id, pack.first_seq, to_json(pack)) for pack in packs.values()])


def revise_outcomes(run_id: str, revised: Iterable[tuple[int, Outcome]]) -> None:
    """Replace outcomes that are known better now, by their number within the run."""
    for seq, outcome in revised:
        row = dict(zip(OutcomeRow._meta.sorted_field_names, _outcome_row(run_id, seq, outcome), strict=True))
        OutcomeRow.update(row).where(OutcomeRow.run_id == run_id, OutcomeRow.seq == seq).execute()


def forget_outcomes(run_id: str) -> None:
    """Drop the outcomes of a run that is taken up again and numbers them anew, in the transaction that stores them."""
    for table in (OutcomeRow, OutcomePackRow):
        table.delete().where(table.run_id == run_id).execute()


def outcomes(run_id: str) -> list[Outcome]:
    """All outcomes of a run, in order."""
    numbered: list[tuple[int, Outcome]] = [
        (row[1], _to_outcome(row)) for row in fetch(OutcomeRow.select().where(OutcomeRow.run_id == run_id))
    ]
    for (text,) in fetch(OutcomePackRow.select(OutcomePackRow.outcomes).where(OutcomePackRow.run_id == run_id)):
        pack = _pack_decoder.decode(text)
        target_ids = pack.target_ids or [pack.like.target_id] * len(pack.records)
        numbered += [
            (seq, replace(pack.like, subject=name, subject_id=key, target_id=target_id))
            for (seq, name, key), target_id in zip(pack.records, target_ids, strict=True)
        ]
    return [outcome for _seq, outcome in sorted(numbered, key=lambda pair: pair[0])]


@dataclass(frozen=True)
class HistoryEntry:
    """One line of a record's own history."""

    run: Run
    outcome: Outcome


def history(subject_id: str, *, limit: int = 50) -> list[HistoryEntry]:
    """What runs did to one record, newest first; runs that left it unchanged are not listed."""
    found = fetch(
        OutcomeRow.select()
        .join(RunRow, on=(OutcomeRow.run_id == RunRow.run_id))
        .where(OutcomeRow.subject_id == subject_id)
        .order_by(RunRow.started_at.desc())
        .limit(limit)
    )
    by_id = {row.run_id: to_run(row) for row in RunRow.select().where(RunRow.run_id.in_([r[0] for r in found]))}
    return [HistoryEntry(by_id[row[0]], _to_outcome(row)) for row in found]


def journal_intent(run_id: str, key: str) -> None:
    """Write down what is about to be done; a repeated intent after an interruption is the same one."""
    JournalRow.insert(run_id=run_id, key=key, begun_at=to_time(now())).on_conflict_ignore().execute()


def journal_confirm(run_id: str, key: str, receipt: Any) -> None:
    """Write down that it was done, with what is needed to go on after it."""
    JournalRow.update(confirmed_at=to_time(now()), receipt=to_json(receipt)).where(
        JournalRow.run_id == run_id, JournalRow.key == key
    ).execute()


def journal_receipts(run_id: str) -> dict[str, Any]:
    """Receipts of everything confirmed in a run, by key."""
    query = JournalRow.select().where(JournalRow.run_id == run_id, JournalRow.confirmed_at.is_null(False))
    return {row.key: from_json(row.receipt, dict[str, Any]) for row in query}


def journal_begin(run_id: str, keys: Sequence[str]) -> None:
    """Write down steps that are about to be done, many at once."""
    begun = to_time(now())
    for key in keys:
        JournalRow.insert(run_id=run_id, key=key, begun_at=begun).on_conflict_ignore().execute()


def journal_end(run_id: str, keys: Sequence[str]) -> None:
    """Forget steps whose outcome is stored in the same transaction: the outcome says that they were done."""
    for start in range(0, len(keys), 500):
        chunk = list(keys[start : start + 500])
        JournalRow.delete().where(JournalRow.run_id == run_id, JournalRow.key.in_(chunk)).execute()


def journal_open(run_id: str) -> list[str]:
    """Keys of what was begun in a run and never confirmed: the program ended in the middle of it."""
    query = JournalRow.select(JournalRow.key).where(JournalRow.run_id == run_id, JournalRow.confirmed_at.is_null())
    return [key for (key,) in fetch(query)]


def left_open(run_ids: Sequence[str]) -> set[str]:
    """Those of these runs (a page of a list) whose journal holds steps that were never confirmed."""
    query = JournalRow.select(JournalRow.run_id).where(
        JournalRow.run_id.in_(list(run_ids)), JournalRow.confirmed_at.is_null()
    )
    return {run_id for (run_id,) in fetch(query.distinct())}


def _outcome_row(run_id: str, seq: int, o: Outcome) -> tuple[Any, ...]:
    return (
        run_id,
        seq,
        o.subject,
        o.subject_id,
        o.target,
        o.target_id,
        o.status.value,
        o.step,
        o.message,
        o.action.value,
        o.remedy,
        to_json(o.changes) if o.changes else "[]",
        o.asked,
        o.answered,
        o.code,
    )


def _to_outcome(row: tuple[Any, ...]) -> Outcome:
    subject, subject_id, target, target_id, status, step, message, action, remedy, packed, *line = row[2:]
    changes = () if packed == "[]" else _changes_decoder.decode(packed)
    return Outcome(
        subject, subject_id, target, target_id, Status(status), step, message, Action(action), remedy, changes, *line
    )


def _to_row(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "operation": run.operation,
        "connection": run.connection,
        "state": run.state.value,
        "actor": run.actor,
        "started_at": to_time(run.started_at),
        "duration_ms": run.duration_ms,
        "params": to_json(run.params),
        "summary": to_json(run.summary),
        "reasons": to_json(run.reasons),
        "warnings": to_json(run.warnings),
        "result": to_json(run.result) if run.result is not None else None,
        "first_fatal": run.first_fatal,
        "error": to_json(run.error) if run.error is not None else None,
        "trigger": run.trigger.value,
    }


def to_run(row: RunRow) -> Run:
    """A run from its row."""
    started = from_time(row.started_at)
    assert started is not None
    return Run(
        run_id=row.run_id,
        operation=row.operation,
        connection=row.connection,
        state=RunState(row.state),
        started_at=started,
        actor=row.actor,
        duration_ms=row.duration_ms,
        params=from_json(row.params, dict[str, Any]) or {},
        summary=from_json(row.summary, dict[str, Any]) or {},
        reasons=from_json(row.reasons, dict[str, int]) or {},
        warnings=from_json(row.warnings, tuple[str, ...]) or (),
        result=from_json(row.result, object),
        first_fatal=row.first_fatal,
        error=from_json(row.error, RunError),
        trigger=Trigger(row.trigger),
    )
