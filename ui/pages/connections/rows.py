"""What one row of the connections table shows, and its columns and filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from app.domain.connections import Connection
from app.domain.health import Health, HealthReport
from app.domain.kinds import FieldType
from app.i18n import N_, _
from app.operations.connections import standing_in
from app.store.values import now
from ui.runs.words import duration_text
from ui.tables import Align, Column, Kind
from ui.texts import HEALTH_TONES, HEALTH_WORDS, ago, health_text, moment_text
from ui.theme import Icon, Tone
from ui.widgets import FilterChip

HEALTH_ICONS = {
    Health.CONNECTED: Icon.CHECK,
    Health.NOT_CONFIGURED: Icon.WARNING,
    Health.ERROR: Icon.CLOSE,
    Health.NEVER_TESTED: Icon.ASK,
    Health.PAUSED: Icon.PAUSE,
    Health.RUNNING: Icon.LOADER,
    Health.NEEDS_SIGN_IN: Icon.KEY,
    Health.ON_HOLD: Icon.CLOCK,
    Health.RETRYING: Icon.REFRESH,
    Health.DEGRADED: Icon.WARNING,
}
WORKS = frozenset({Health.CONNECTED, Health.RUNNING, Health.DEGRADED})
NEEDS_A_LOOK = frozenset(
    {Health.ERROR, Health.NOT_CONFIGURED, Health.NEEDS_SIGN_IN, Health.ON_HOLD, Health.RETRYING, Health.DEGRADED}
)

_WAYS = ("authentication_type", "auth_mode")
"""Settings that choose among several ways of signing in."""


@dataclass(frozen=True, slots=True)
class ConnectionLine:
    """A connection with its health now; `refused_until` is set while its breaker refuses calls.

    `held` says that a person holds its calls back. `next_run` is when a schedule of it runs next, else
    `next_run_reason` why none does; `success_rate` is in percent of its last runs.
    """

    connection: Connection
    health: HealthReport
    secrets_set: tuple[str, ...] = ()
    refused_until: datetime | None = None
    testing: bool = False
    held: bool = False
    next_run: datetime | None = None
    next_run_reason: str = ""
    success_rate: float | None = None

    @property
    def needs_a_look(self) -> bool:
        """Whether it fails or is incomplete."""
        return self.health.health in NEEDS_A_LOOK

    @property
    def last_success(self) -> datetime | None:
        """When it was last known to work: by a sync or by a test."""
        tested = self.connection.last_test_at if self.connection.last_test_ok else None
        return max(filter(None, (self.connection.last_sync, tested)), default=None)


def chip(line: ConnectionLine) -> tuple[str, Tone, Icon]:
    """Word, tone and icon of the health chip."""
    if line.testing:
        return _("Testing…"), Tone.INFO, Icon.LOADER
    health = line.health.health
    return _(HEALTH_WORDS[health]), HEALTH_TONES[health], HEALTH_ICONS[health]


def cause(line: ConnectionLine) -> str:
    """What is wrong, in one line; blank when nothing is."""
    return " ".join(health_text(line.health).split()) if line.needs_a_look else ""


def address(connection: Connection) -> str:
    """The host it talks to, its own or the one its environment stands for."""
    key = connection.spec.address
    url = connection.setting(key) or standing_in(connection.kind, connection.settings).get(key, "")
    return urlsplit(str(url)).netloc


def sign_in(connection: Connection) -> str:
    """How it signs in: the way that was chosen, else what its kind asks for."""
    spec = connection.spec
    for key in _WAYS:
        chosen = next((field for field in spec.settings if field.key == key), None)
        if chosen is not None:
            value = str(connection.setting(key))
            return _(chosen.titles.get(value, value))
    secrets = [field for field in spec.in_use(connection.settings) if field.type is FieldType.SECRET]
    return _(secrets[0].label) if secrets else ""


def breaker(line: ConnectionLine) -> str:
    """Whether calls pass, with what is left of the pause."""
    if line.held:
        return _("Held back")
    if line.refused_until is None:
        return _("Calls pass")
    left_ms = max(0, round((line.refused_until - now()).total_seconds())) * 1000
    return _("Refused, {time} left").format(time=duration_text(left_ms))


def _breaker_tone(line: ConnectionLine) -> Tone:
    if line.held:
        return Tone.WARNING
    return Tone.SUCCESS if line.refused_until is None else Tone.DANGER


def _breaker_icon(line: ConnectionLine) -> Icon:
    if line.held:
        return Icon.LOCK
    return Icon.CHECK if line.refused_until is None else Icon.CLOCK


def _next_run(line: ConnectionLine) -> str:
    return moment_text(line.next_run) if line.next_run is not None else ""


def success_rate(line: ConnectionLine) -> str:
    """The share of the last runs that worked; blank without any."""
    return _("{percent} %").format(percent=round(line.success_rate)) if line.success_rate is not None else ""


def _last_test(line: ConnectionLine) -> str:
    when = ago(line.connection.last_test_at)
    if not when or line.connection.last_test_ok:
        return when
    return _("{when}, failed").format(when=when)


COLUMNS: tuple[Column[ConnectionLine], ...] = (
    Column("name", N_("Name"), lambda r: r.connection.name, width=150),
    Column("kind", N_("System"), lambda r: _(r.connection.spec.title), width=100, muted=True),
    Column("health", N_("Health"), lambda r: chip(r)[0], kind=Kind.CHIP, width=176,
           tone=lambda r: chip(r)[1], icon=lambda r: chip(r)[2], tooltip=lambda r: health_text(r.health)),
    Column("cause", N_("What is wrong"), cause, width=190, tooltip=cause),
    Column("last_success", N_("Last success"), lambda r: r.last_success, text=lambda r: ago(r.last_success),
           kind=Kind.MOMENT, width=120, muted=True, tooltip=lambda r: moment_text(r.last_success)),
    Column("next_run", N_("Next run"), lambda r: r.next_run, text=_next_run, kind=Kind.MOMENT, width=130, muted=True,
           tooltip=lambda r: r.next_run_reason),
    Column("success_rate", N_("Success rate"), lambda r: r.success_rate, text=success_rate, kind=Kind.NUMBER, width=100,
           align=Align.RIGHT, tooltip=lambda _r: _("Of the last ten runs")),
    Column("breaker", N_("Calls"), breaker, kind=Kind.CHIP, width=200, tone=_breaker_tone, icon=_breaker_icon),
    Column("sign_in", N_("Signs in by"), lambda r: sign_in(r.connection), width=130, muted=True),
    Column("last_test", N_("Last test"), lambda r: r.connection.last_test_at, text=_last_test, kind=Kind.MOMENT,
           width=150, muted=True, hidden=True,
           tooltip=lambda r: moment_text(r.connection.last_test_at)),
    Column("address", N_("Address"), lambda r: address(r.connection), width=180, muted=True, hidden=True),
)  # fmt: skip


def filters() -> list[FilterChip]:
    """The filter chips, in the person's language; they widen each other."""
    return [
        FilterChip("working", _("Connected"), lambda r: r.health.health in WORKS, "health"),
        FilterChip("attention", _("Needs a look"), lambda r: r.needs_a_look, "health"),
        FilterChip("paused", _("Paused"), lambda r: r.health.health is Health.PAUSED, "health"),
    ]
