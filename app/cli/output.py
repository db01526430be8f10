"""What the commands print: one JSON document for programs, tables for people; progress goes to standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from app.domain.outcomes import Outcome, RunError, Status
from app.errors import MusterError, UsageError
from app.i18n import _
from app.operations.runner import Report
from app.redaction import redact

W = TypeVar("W", bound=StrEnum)
_MOST_ROWS = 40
_SLICE = 10_000


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def tested_document(result: dict[str, Any]) -> dict[str, Any]:
    """The report of a test: each stage with the keys of command-line.md, the code of the first that failed beside."""
    stages = [{key: stage[key] for key in ("name", "ok", "message", "duration_ms")} for stage in result["stages"]]
    code = next((stage["code"] for stage in result["stages"] if not stage["ok"]), None)
    return {**result, "stages": stages, "cause": code}


def print_error(error: MusterError, *, as_json: bool) -> None:
    """An error for a program on standard output, or for a person on standard error."""
    if as_json:
        print_json({"error": error_document(error)})
    else:
        print(redact(f"muster: {error.message}"), file=sys.stderr)
        if error.remedy:
            print(redact(f"        {_(error.remedy)}"), file=sys.stderr)


def error_document(error: MusterError) -> dict[str, Any]:
    """`error` of command-line.md."""
    return {
        "kind": error.kind.value,
        "message": redact(error.message),
        "remedy": _(error.remedy),
        "retry_after": error.retry_after,
    }


def print_run(report: Report) -> None:
    """The document of `run`, `runs show` and `runs resume`; outcomes in slices, as there may be a million of them."""
    run = report.run
    document = {
        "run_id": run.run_id,
        "operation": run.operation,
        "connection": run.connection or None,
        "dry_run": run.dry_run,
        "state": run.state,
        "summary": run.summary,
        "result": run.result,
        "warnings": run.warnings,
        "reasons": run.reasons,
        "first_fatal": run.first_fatal,
        "error": _contract(run.error),
        "started_at": run.started_at,
        "duration_ms": run.duration_ms,
    }
    sys.stdout.flush()
    out = sys.stdout.buffer
    out.write(msgspec.json.encode(document)[:-1] + b',"outcomes":[')
    for start in range(0, len(report.outcomes), _SLICE):
        part = msgspec.json.encode(report.outcomes[start : start + _SLICE])[1:-1]
        out.write((b"," if start else b"") + part)
    out.write(b"]}\n")
    out.flush()


def _contract(error: RunError | None) -> dict[str, Any] | None:
    """The error with the keys of command-line.md; its code belongs to the screen."""
    if error is None:
        return None
    return {"kind": error.kind, "message": error.message, "remedy": error.remedy, "retry_after": error.retry_after}


def refused_document(error: MusterError, operation: str, connection: str, *, dry_run: bool) -> dict[str, Any]:
    """The document of `run` for a run that could not even start."""
    return {
        "run_id": None,
        "operation": operation,
        "connection": connection or None,
        "dry_run": dry_run,
        "state": "stopped",
        "summary": {},
        "outcomes": [],
        "result": None,
        "warnings": [],
        "reasons": {},
        "first_fatal": error.message,
        "error": error_document(error),
        "started_at": None,
        "duration_ms": 0,
    }


def print_report(report: Report, *, problems: bool = True) -> None:
    """A finished run for a person: what went wrong first, unless that was shown already, then counts and warnings."""
    found = [o for o in report.outcomes if o.status not in {Status.SUCCESS} and o.action != "unchanged"]
    if found and problems:
        print_table(
            _("What needs a look"), ["subject", "target", "status", "message"], [_problem_row(o) for o in found]
        )
    for name, counts in _parts(report.run.summary):
        print(redact(f"{name}: " + ", ".join(f"{key} {value}" for key, value in counts.items())))
    for warning in report.run.warnings:
        print(redact(f"! {warning}"))
    if report.run.error is not None:
        print(redact(f"{report.run.state}: {report.run.error.message}"), file=sys.stderr)
        print(redact(f"  {_(report.run.error.remedy)}"), file=sys.stderr)


def _problem_row(outcome: Outcome) -> list[str]:
    return [outcome.subject, outcome.target, outcome.status, f"{outcome.message} {_(outcome.remedy)}".strip()]


def _parts(summary: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    if all(isinstance(value, dict) for value in summary.values()):
        return list(summary.items())
    return [("result", summary)]


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, whole: bool = False) -> None:
    """A table for a person; of a long one, unless it is wanted `whole`, the first rows and how many more there are."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(redact(title)), title_justify="left")  # Text: square brackets are not markup
    for column in columns:
        table.add_column(Text(column))
    for row in rows if whole else rows[:_MOST_ROWS]:
        table.add_row(*(Text(redact("" if cell is None else str(cell))) for cell in row))
    console = Console()
    console.print(table)
    if len(rows) > _MOST_ROWS and not whole:
        console.print(_("… and {count} more").format(count=len(rows) - _MOST_ROWS))


def read_pairs(given: Sequence[str]) -> dict[str, str]:
    """`key=value` arguments.

    Raises `UsageError` for one without `=`.
    """
    pairs: dict[str, str] = {}
    for item in given:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise UsageError(_("{item} must be written as key=value.").format(item=item))
        pairs[key.strip()] = value
    return pairs


def read_moment(name: str, text: str) -> datetime:
    """A day or a moment; without a zone it is this computer's.

    Raises `UsageError` for a text that is neither.
    """
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError as error:
        raise UsageError(
            _("{name} must be a day or a moment, such as 2026-01-31 or 2026-01-31T12:00.").format(name=name)
        ) from error


def read_word(words: type[W], name: str, text: str) -> W:
    """One of a closed set of words.

    Raises `UsageError` for any other.
    """
    try:
        return words(text)
    except ValueError as error:
        raise UsageError(
            _("There is no {name} {word}.").format(name=name, word=text),
            _("The words are: {names}.").format(names=", ".join(words)),
        ) from error
