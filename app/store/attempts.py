"""Keeping what went over the line in a run, and reading it again (connections.md §8)."""

from __future__ import annotations

from dataclasses import replace

from app.domain.attempts import Attempt, Attempts
from app.redaction import redact
from app.store.attempt_rows import RunAttemptsRow
from app.store.database import fetch, put_rows
from app.store.values import from_json, to_json


def keep_attempts(run_id: str, attempts: Attempts) -> None:
    """Store the attempts of a run that ended; one that was taken up again keeps the earlier ones before them.

    A token that an answer brought is known as a secret by now, so texts are blanked once more.
    """
    if not attempts.total:
        return
    clean = replace(attempts, kept=tuple(_blanked(attempt) for attempt in attempts.kept))
    all_of_it = attempts_of(run_id).followed_by(clean)
    put_rows(RunAttemptsRow, [(run_id, all_of_it.total, to_json(all_of_it.kept))])


def attempts_of(run_id: str) -> Attempts:
    """What is kept of a run; nothing of one that asked nobody, or whose details were pruned."""
    r = RunAttemptsRow
    for total, text in fetch(r.select(r.total, r.attempts).where(r.run_id == run_id)):
        return Attempts(from_json(text, tuple[Attempt, ...]) or (), total)
    return Attempts()


def _blanked(attempt: Attempt) -> Attempt:
    return replace(
        attempt,
        url=redact(attempt.url),
        error=redact(attempt.error),
        sent=redact(attempt.sent),
        answered=redact(attempt.answered),
    )
