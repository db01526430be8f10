"""The details of one run beside the table: what was asked, what was counted, what was left out and why it ended."""

from __future__ import annotations

from app.domain.causes import cause_of_error, remedy_of
from app.domain.outcomes import Run, RunState
from app.i18n import _
from ui.runs.words import asked_rows, counted_sections, duration_text, operation_title, reason_text
from ui.texts import STATE_TONES, STATE_WORDS, ago, moment_text, value_text
from ui.theme import Tone
from ui.widgets import DetailsPane


def tell_run(pane: DetailsPane, run: Run) -> None:
    """Fill the pane with a run."""
    chip = (_(STATE_WORDS[run.state]), STATE_TONES[run.state])
    pane.set_heading(operation_title(run.operation), run.connection, with_picture=False, chip=chip)
    pane.clear_rows()
    pane.add_row(_("Started"), moment_text(run.started_at), when=ago(run.started_at))
    if run.state.over:
        pane.add_row(_("Took"), duration_text(run.duration_ms))
    pane.add_row(_("Who"), run.actor)
    for label, text in asked_rows(run):
        pane.add_row(label, text)
    _tell_end(pane, run)
    _tell_counts(pane, run)
    if run.reasons:
        pane.add_section(_("Left out"))
        for reason, count in run.reasons.items():
            pane.add_row(reason_text(reason), value_text(count))
    if run.warnings:
        pane.add_section(_("To know"))
        for warning in run.warnings:
            pane.add_note(_(warning))
    pane.add_section(_("For the command line"))
    pane.add_row(_("Run id"), run.run_id)


def _tell_end(pane: DetailsPane, run: Run) -> None:
    """Why it ended early, and what to do."""
    if run.state is RunState.INTERRUPTED:
        pane.add_section(_("What happened"))
        pane.add_note(_("Muster ended before this run did. What is confirmed is kept; resume it to do the rest."))
    elif run.error is not None and run.state is not RunState.CANCELLED:
        pane.add_section(_("What went wrong"))
        cause = cause_of_error(run.error)
        pane.add_row(_("What it is"), _(cause.title))
        pane.add_row(_("Cause"), _(run.error.message), tone=Tone.DANGER)
        pane.add_row(_("Effect"), _(cause.effect))
        pane.add_row(_("What to do"), remedy_of(run.error))


def _tell_counts(pane: DetailsPane, run: Run) -> None:
    for title, counts in counted_sections(run):
        pane.add_section(title or _("Counts"))
        for label, number in counts:
            pane.add_row(label, number)
