"""What one row of the table of endpoints shows, its columns and filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.webhooks.endpoint import WebhookEndpoint, notice
from app.i18n import N_, _
from app.store.values import now
from ui.pages.webhooks.sparkline import recent_text
from ui.pages.webhooks.words import FORMAT_WORDS, PROFILE_WORDS, events_text, needs_a_look, state_of
from ui.tables import Align, Column, Kind
from ui.texts import ago, moment_text
from ui.widgets import FilterChip


@dataclass(frozen=True, slots=True)
class EndpointLine:
    """An endpoint, and whether its last deliveries arrived, the oldest first."""

    endpoint: WebhookEndpoint
    recent: tuple[bool, ...] = ()

    @property
    def share(self) -> float | None:
        """How many of the last ones arrived, 0 to 1; None while nothing came to an end."""
        return sum(self.recent) / len(self.recent) if self.recent else None

    @property
    def success_rate(self) -> float | None:
        """Percent of all tries that arrived; None before the first one."""
        total = self.endpoint.success_count + self.endpoint.failure_count
        return 100 * self.endpoint.success_count / total if total else None


def rate_text(line: EndpointLine) -> str:
    """The success rate in words."""
    return _("{percent} %").format(percent=round(line.success_rate)) if line.success_rate is not None else ""


def _moment(key: str, title: str) -> Column[EndpointLine]:
    def value(line: EndpointLine) -> datetime | None:
        found: datetime | None = getattr(line.endpoint, key)
        return found

    return Column(
        key, title, value, text=lambda r: ago(value(r)), kind=Kind.MOMENT, width=130, muted=True,
        tooltip=lambda r: moment_text(value(r)),
    )  # fmt: skip


COLUMNS: tuple[Column[EndpointLine], ...] = (
    Column("name", N_("Name"), lambda r: r.endpoint.name, width=170),
    Column("state", N_("State"), lambda r: state_of(r.endpoint)[0], kind=Kind.CHIP, width=170,
           tone=lambda r: state_of(r.endpoint)[1], icon=lambda r: state_of(r.endpoint)[2],
           tooltip=lambda r: notice(r.endpoint, now())),
    Column("url", N_("Address"), lambda r: r.endpoint.url, width=240, muted=True),
    Column("events", N_("Events"), lambda r: events_text(r.endpoint.event_types), width=200,
           tooltip=lambda r: "\n".join(r.endpoint.event_types)),
    Column("recent", N_("Last 50 deliveries"), lambda r: r.share, text=lambda r: recent_text(r.recent), kind=Kind.BAR,
           width=220, tooltip=lambda r: recent_text(r.recent)),
    Column("success_rate", N_("Success rate"), lambda r: r.success_rate, text=rate_text, kind=Kind.NUMBER, width=104,
           align=Align.RIGHT, tooltip=lambda _r: _("Of all attempts since it was added")),
    _moment("last_success", N_("Last success")),
    _moment("last_failure", N_("Last failure")),
    Column("retry_profile", N_("Retries"), lambda r: _(PROFILE_WORDS[r.endpoint.retry_profile]), width=200, muted=True,
           hidden=True),
    Column("format", N_("Format"), lambda r: _(FORMAT_WORDS[r.endpoint.payload_format]), width=180, muted=True,
           hidden=True),
    Column("id", N_("Id"), lambda r: r.endpoint.id, width=240, muted=True, hidden=True),
)  # fmt: skip


def filters() -> list[FilterChip]:
    """The filter chips, in the person's language; they widen each other."""
    return [
        FilterChip("active", _("Active"), lambda r: r.endpoint.is_active, "state"),
        FilterChip("attention", _("Needs a look"), lambda r: needs_a_look(r.endpoint), "state"),
        FilterChip("paused", _("Paused or off"), lambda r: not r.endpoint.is_active, "state"),
    ]
