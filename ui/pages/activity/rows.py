"""What one row of the table of runs shows, and the filters above it."""

from __future__ import annotations

from app.domain.outcomes import Run, RunState, Trigger
from app.i18n import N_, _
from app.operations.registry import operations
from ui.runs.words import STATE_ICONS, duration_text, end_sentence, operation_title
from ui.tables import Align, Column, Kind
from ui.texts import STATE_TONES, STATE_WORDS
from ui.theme import Icon
from ui.widgets import FilterChip

FILTERED = (
    RunState.RUNNING, RunState.FINISHED, RunState.STOPPED, RunState.FAILED, RunState.CANCELLED, RunState.INTERRUPTED,
)  # fmt: skip
TROUBLED = "troubled"
TRIGGERS = {"schedule": Trigger.SCHEDULE}
"""What chips say why a run began."""
_TRIGGER_WORDS = {
    # Translators: why a run began
    Trigger.MANUAL: N_("By hand"),
    Trigger.SCHEDULE: N_("By schedule"),
    Trigger.RETRY: N_("Retry"),
    Trigger.EVENT: N_("Event"),
}


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
    Column("trigger", N_("Began by"), lambda r: r.trigger.value, text=lambda r: _(_TRIGGER_WORDS[r.trigger]), width=100,
           muted=True, hidden=True),
    Column("run_id", N_("Run id"), lambda r: r.run_id, width=240, muted=True, hidden=True),
)  # fmt: skip


def chips() -> list[FilterChip]:
    """One chip for each way a run can stand, one for runs with something to look at, one for why it began."""
    menu = _("State")
    states = [FilterChip(state.value, _(STATE_WORDS[state]), _asks_the_store, "state", menu=menu) for state in FILTERED]
    troubled = FilterChip(TROUBLED, _("To look at"), _asks_the_store, icon=Icon.WARNING)
    scheduled = FilterChip("schedule", _("By schedule"), _asks_the_store, icon=Icon.CLOCK)
    return [*states, troubled, scheduled]


def titled(text: str) -> dict[str, tuple[str, ...]]:
    """The operations whose titles hold a word of the text, by word, in the person's language."""
    titles = {operation_id: operation_title(operation_id).lower() for operation_id in operations()} if text else {}
    words = text.lower().split()
    return {word: tuple(key for key, title in titles.items() if word in title) for word in words}


def _asks_the_store(_run: object) -> bool:
    """Chips of this page are questions to the store; no row is looked at."""
    return True
