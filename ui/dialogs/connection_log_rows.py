"""What one row of a connection's sync log shows, and the choices above it (connections.md §8)."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox

from app.domain.outcomes import Trigger
from app.domain.sync_logs import Direction, SyncLog, SyncStatus
from app.i18n import N_, _
from app.operations.connection_logs import direction_of
from ui.runs.words import duration_text, end_sentence, operation_title
from ui.tables import Align, Column, Kind
from ui.theme import Icon, Tone

STATUS_WORDS = {
    SyncStatus.PENDING: N_("Queued"),
    SyncStatus.STARTED: N_("Running"),
    SyncStatus.COMPLETED: N_("Completed"),
    SyncStatus.PARTIAL: N_("Partly"),
    SyncStatus.FAILED: N_("Failed"),
    SyncStatus.CANCELLED: N_("Cancelled"),
}
STATUS_TONES = {
    SyncStatus.PENDING: Tone.NEUTRAL,
    SyncStatus.STARTED: Tone.INFO,
    SyncStatus.COMPLETED: Tone.SUCCESS,
    SyncStatus.PARTIAL: Tone.WARNING,
    SyncStatus.FAILED: Tone.DANGER,
    SyncStatus.CANCELLED: Tone.NEUTRAL,
}
_ICONS = {
    SyncStatus.PENDING: Icon.CLOCK,
    SyncStatus.STARTED: Icon.LOADER,
    SyncStatus.COMPLETED: Icon.CHECK,
    SyncStatus.PARTIAL: Icon.WARNING,
    SyncStatus.FAILED: Icon.CLOSE,
    SyncStatus.CANCELLED: Icon.MINUS,
}
DIRECTION_WORDS = {
    # Translators: which way records go
    Direction.INBOUND: N_("Fetched"),
    Direction.OUTBOUND: N_("Sent"),
}
TRIGGER_WORDS = {
    # Translators: why a run began
    Trigger.MANUAL: N_("By hand"),
    Trigger.SCHEDULE: N_("By schedule"),
    Trigger.RETRY: N_("Retry"),
    Trigger.EVENT: N_("Event"),
}


def _direction(log: SyncLog) -> str:
    direction = direction_of(log.run.operation)
    return _(DIRECTION_WORDS[direction]) if direction in DIRECTION_WORDS else ""


def message(log: SyncLog) -> str:
    """What happened, in one line."""
    return " ".join(end_sentence(log.run).split())


COLUMNS: tuple[Column[SyncLog], ...] = (
    Column("started", N_("Started"), lambda r: r.run.started_at, kind=Kind.MOMENT, width=140),
    Column("status", N_("Result"), lambda r: r.status.value, text=lambda r: _(STATUS_WORDS[r.status]), kind=Kind.CHIP,
           width=150, tone=lambda r: STATUS_TONES[r.status], icon=lambda r: _ICONS[r.status]),
    Column("operation", N_("Operation"), lambda r: operation_title(r.run.operation), width=180),
    Column("duration", N_("Took"), lambda r: r.run.duration_ms,
           text=lambda r: duration_text(r.run.duration_ms) if r.ended_at else "", kind=Kind.NUMBER, width=80,
           muted=True, align=Align.RIGHT),
    Column("processed", N_("Records"), lambda r: r.processed, kind=Kind.NUMBER, width=80, align=Align.RIGHT),
    Column("failed", N_("Failed"), lambda r: r.failed, kind=Kind.NUMBER, width=70, align=Align.RIGHT),
    Column("message", N_("What happened"), message, width=280, tooltip=message),
    Column("direction", N_("Direction"), _direction, width=90, muted=True, hidden=True),
    Column("trigger", N_("Began by"), lambda r: _(TRIGGER_WORDS[r.run.trigger]), width=90, muted=True),
    Column("actor", N_("Who"), lambda r: r.run.actor, width=90, muted=True),
    Column("successful", N_("Succeeded"), lambda r: r.successful, kind=Kind.NUMBER, width=90, align=Align.RIGHT,
           hidden=True),
    Column("run_id", N_("Run id"), lambda r: r.run.run_id, width=240, muted=True, hidden=True),
)  # fmt: skip


def choice(name: str, label: str, everything: str, entries: Iterable[tuple[str, str]]) -> QComboBox:
    """A box to narrow by one of `entries` (value, word), first of all `everything`."""
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(label)
    box.addItem(everything, "")
    for value, word in entries:
        box.addItem(word, value)
    return box
