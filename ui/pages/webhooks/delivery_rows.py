"""What one row of the log of deliveries shows, its columns and the filters above it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.webhooks.delivery import Delivery, DeliveryStatus
from app.i18n import N_, _
from ui.pages.webhooks.words import STATUS_ICONS, STATUS_TONES, STATUS_WORDS, result_text
from ui.runs.words import duration_text
from ui.tables import Align, Column, Kind
from ui.widgets import FilterChip


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery, the name of its endpoint, and how long the last try took."""

    delivery: Delivery
    webhook: str
    duration_ms: int | None = None


def webhook_text(line: DeliveryLine) -> str:
    """The endpoint's name; one that was removed has none any more."""
    return line.webhook or _("Removed webhook")


def event_text(line: DeliveryLine) -> str:
    """The type of event; a test says so."""
    kind = line.delivery.event_type
    return _("{event} (test)").format(event=kind) if line.delivery.is_test else kind


def _result(line: DeliveryLine) -> str:
    return result_text(line.delivery.http_status, line.delivery.error_code)


def _took(line: DeliveryLine) -> str:
    return duration_text(line.duration_ms) if line.duration_ms is not None else ""


COLUMNS: tuple[Column[DeliveryLine], ...] = (
    Column("created", N_("Time"), lambda r: r.delivery.created_at, kind=Kind.MOMENT, width=140),
    Column("event", N_("Event"), event_text, width=240),
    Column("webhook", N_("Webhook"), webhook_text, width=140),
    Column("status", N_("State"), lambda r: r.delivery.status.value,
           text=lambda r: _(STATUS_WORDS[r.delivery.status]), kind=Kind.CHIP, width=160,
           tone=lambda r: STATUS_TONES[r.delivery.status], icon=lambda r: STATUS_ICONS[r.delivery.status]),
    Column("result", N_("Answer"), _result, width=170, tooltip=lambda r: r.delivery.error_message),
    Column("duration", N_("Took"), lambda r: r.duration_ms, text=_took, kind=Kind.NUMBER, width=80, muted=True,
           align=Align.RIGHT),
    Column("attempts", N_("Attempts"), lambda r: r.delivery.attempts, kind=Kind.NUMBER, width=90),
    Column("next", N_("Next attempt"), lambda r: r.delivery.next_retry_at, kind=Kind.MOMENT, width=140),
    Column("delivered", N_("Delivered"), lambda r: r.delivery.delivered_at, kind=Kind.MOMENT, width=140, muted=True,
           hidden=True),
    Column("id", N_("Id"), lambda r: r.delivery.id, width=260, muted=True, hidden=True),
)  # fmt: skip


def chips() -> list[FilterChip]:
    """One chip for each state; they are questions to the store, no row is looked at."""
    return [FilterChip(status.value, _(STATUS_WORDS[status]), lambda _row: True, "status") for status in DeliveryStatus]
