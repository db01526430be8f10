"""What one row of the activity table shows, and its filters."""

from __future__ import annotations

from app.domain.outcomes import Run, RunState
from app.i18n import N_, _
from ui.runs.words import STATE_ICONS, duration_text, end_sentence, operation_title
from ui.tables import Align, Column, Kind
from ui.texts import STATE_TONES, STATE_WORDS
from ui.widgets import FilterChip

FILTERED = (
    RunState.RUNNING, RunState.FINISHED, RunState.STOPPED, RunState.FAILED, RunState.CANCELLED, RunState.INTERRUPTED,
)  # fmt: skip


def _took(run: Run) -> str:
    return duration_text(run.duration_ms) if run.duration_ms else ""


COLUMNS: tuple[Column[Run], ...] = (
    Column("started", N_("Started"), lambda r: r.started_at, kind=Kind.MOMENT, width=140),
    Column("operation", N_("Operation"), lambda r: operation_title(r.operation), width=190),
    Column("connection", N_("Connection"), lambda r: r.connection, width=110, muted=True),
    Column("actor", N_("Who"), lambda r: r.actor, width=100, muted=True),
    Column("state", N_("Result"), lambda r: r.state.value, text=lambda r: _(STATE_WORDS[r.state]), kind=Kind.CHIP,
           width=140, tone=lambda r: STATE_TONES[r.state], icon=lambda r: STATE_ICONS[r.state]),
    Column("counts", N_("What happened"), end_sentence, width=380),
    Column("duration", N_("Took"), lambda r: r.duration_ms, text=_took, kind=Kind.NUMBER, width=90, muted=True,
           align=Align.RIGHT),
    Column("run_id", N_("Run id"), lambda r: r.run_id, width=240, muted=True, hidden=True),
)  # fmt: skip


def filters() -> list[FilterChip]:
    """One chip for each way a run can stand; they widen each other."""
    return [_chip(state) for state in FILTERED]


def _chip(state: RunState) -> FilterChip:
    return FilterChip(state.value, _(STATE_WORDS[state]), lambda run: run.state is state, "state")
