"""The words in which a run is told: title, duration, what was asked, what was counted, why records were left out.

Panel, "Why?" dialog, Activity page and palette share them. Must not know any widget.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QLocale

from app.domain.causes import CAUSES, record_code, row_code
from app.domain.exchange import SHAPES
from app.domain.outcomes import Run, RunState, Status
from app.i18n import N_, _, ngettext
from app.operations.registry import operations
from ui.runs.parameter_words import field_title, parameter_title
from ui.texts import STATE_WORDS, VERDICT_WORDS, run_counts, value_text
from ui.theme import Icon

STATE_ICONS = {
    RunState.QUEUED: Icon.CLOCK,
    RunState.RUNNING: Icon.LOADER,
    RunState.FINISHED: Icon.CHECK,
    RunState.STOPPED: Icon.CLOSE,
    RunState.FAILED: Icon.CLOSE,
    RunState.CANCELLED: Icon.MINUS,
    RunState.INTERRUPTED: Icon.WARNING,
}
TARGET_WORDS = {
    "offices": N_("Offices"),
    "employees": N_("Employees"),
    "people": N_("People"),
    "devices": N_("Devices"),
    "pictures": N_("Pictures"),
    "photos": N_("Photos"),
    "customers": N_("Customers"),
    "database": N_("Database"),
    **{kind.value: shape.title for kind, shape in SHAPES.items()},
}
# Translators: names of the steps of a run
STEP_WORDS = {
    "store": N_("Store"),
    "picture": N_("Picture"),
    "check": N_("Check"),
    "person": N_("Person"),
    "face": N_("Face"),
    "read_back": N_("Read-back"),
    "photo": N_("Photo"),
    "mysql_enrichment": N_("Database check"),
    "fetch": N_("Fetch"),
    "import": N_("Import"),
    "schedule": N_("Schedule"),
    "plan": N_("Plan"),
    "fact": N_("Worked time"),
    "personnel": N_("Personnel"),
    "deviations": N_("Comparison"),
    "norm_hours": N_("Norm hours"),
    "timesheet": N_("Timesheet"),
    "link": N_("Link"),
    **VERDICT_WORDS,
}


def step_words(step: str) -> str:
    """A step in words; what follows its name, such as the month that was sent, stays as it is."""
    name, blank, rest = step.partition(" ")
    return _(STEP_WORDS.get(name, name)) + blank + rest


SUMMARY_WORDS = {
    "total": N_("Total"),
    "synced": N_("Updated"),
    "created": N_("of these new"),
    "updated": N_("of these changed"),
    "skipped": N_("No changes or left out"),
    "missing_office": N_("Without an office"),
    **VERDICT_WORDS,
    "removed": N_("Removed"),
    "failed": N_("Failed"),
    "success": N_("Done"),
    "verified": N_("of these verified"),
    "partial": N_("Without photo"),
    "fatal": N_("Failed"),
    "not_attempted": N_("Not attempted"),
    "unknown": N_("Unknown"),
    "missing": N_("Missing"),
    "different": N_("Different"),
    "extra": N_("Unknown here"),
    "incomplete": N_("In incomplete lists"),
    "total_customers": N_("Customers"),
    "existing_databases": N_("With database"),
    "no_database": N_("No database"),
    "resident_hosting": N_("Resident"),
    "itar_hosting": N_("ITAR"),
    "invalid_domains": N_("No valid domain"),
    "unavailable": N_("Unavailable"),
    "mysql_errors": N_("Check failed"),
    "batch_timeouts": N_("Check took too long"),
    "not_checked": N_("Not checked"),
}
NO_REMEDY = {
    Status.SUCCESS: N_("Nothing: it is done."),
    Status.SKIPPED: N_("Nothing: it was left as it is."),
}
"""Of what went well; everything else has the remedy of its cause."""
_MOST_VALUES = 3


def operation_title(operation_id: str) -> str:
    """What the operation is called; one that this Muster no longer has goes by its id."""
    known = operations().get(operation_id)
    return _(known.title) if known else operation_id


def run_title(run: Run) -> str:
    """What the run is called: its operation, a dry run as a preview of it."""
    title = operation_title(run.operation)
    return _("Preview: {title}").format(title=title) if run.dry_run else title


def end_sentence(run: Run, changes: int = 0) -> str:
    """How a run ended, in one sentence; `changes` is how many a preview found."""
    if run.error is not None and run.state is not RunState.CANCELLED:
        return _(run.error.message)  # of a command, which speaks English
    if run.dry_run and run.state is RunState.FINISHED:
        text = ngettext("{count} change found, nothing stored", "{count} changes found, nothing stored", changes)
        return text.format(count=QLocale().toString(changes))
    if run.state is RunState.INTERRUPTED and not run.summary:
        return _("Muster ended before this run did.")
    sentence = run_counts(run)
    return "" if sentence == _(STATE_WORDS[run.state]) else sentence


def look_text(problems: int) -> str:
    """How many results need a look; empty when none does."""
    text = ngettext("{count} needs a look", "{count} need a look", problems)
    return text.format(count=QLocale().toString(problems)) if problems else ""


def duration_text(milliseconds: int) -> str:
    """How long something took: `< 0.1 s`, `0.4 s`, `12 s`, `3 min`, `3 min 20 s`, `2 h 5 min`."""
    if milliseconds < 100:
        return _("< {seconds} s").format(seconds=QLocale().toString(0.1, "f", 1))
    seconds = milliseconds / 1000
    if seconds < 10:
        return _("{seconds} s").format(seconds=QLocale().toString(seconds, "f", 1))
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("{seconds} s").format(seconds=rest)
    if minutes < 60 and not rest:
        return _("{count} min").format(count=minutes)
    if minutes < 60:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


def asked_rows(run: Run) -> list[tuple[str, str]]:
    """The parameters of a run as labels and values; long lists by their number."""
    return [
        (parameter_title(name), _parameter_text(value))
        for name, value in run.params.items()
        if value not in (None, "", [], {})
    ]


def _parameter_text(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = ((field_title(str(key)), value_text(each)) for key, each in value.items())
        return ", ".join(_("{name}: {value}").format(name=name, value=text) for name, text in pairs)
    if value in (["all"], ("all",)):
        return _("all")
    if isinstance(value, list | tuple) and len(value) > _MOST_VALUES:
        return ngettext("{count} chosen", "{count} chosen", len(value)).format(count=len(value))
    return value_text(value)


def counted_sections(run: Run) -> list[tuple[str, list[tuple[str, str]]]]:
    """The counts of a run's summary: sections of labels and numbers, untitled where there is one part only."""
    parts = {key: part for key, part in run.summary.items() if isinstance(part, Mapping)}
    plain = {key: value for key, value in run.summary.items() if key not in parts}
    sections = [("", plain)] if plain else []
    sections += [(_(TARGET_WORDS.get(key, key)), dict(part)) for key, part in parts.items()]
    return [
        (title, [(_(SUMMARY_WORDS.get(key, key)), value_text(value)) for key, value in counts.items()])
        for title, counts in sections
    ]


def reason_text(reason: str) -> str:
    """Why records were left out; a reason may carry what it is about after a colon."""
    kind, _colon, about = reason.partition(":")
    if kind == "missing_office":
        return _("Department {id} is not known here").format(id=about)
    cause = CAUSES.get(record_code(kind)) or CAUSES.get(row_code(kind.removeprefix("warning_")))
    return _(cause.title) if cause is not None else reason
