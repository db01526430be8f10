"""What one row of the devices table shows: how a device is and since when that is known; its columns and filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.devices import Device, DeviceSource, DeviceStatus
from app.errors import ErrorKind
from app.i18n import N_, _
from app.store.values import now
from ui.tables import Column, Kind, format_value
from ui.texts import ago, moment_text
from ui.theme import Icon, Tone
from ui.widgets import FilterChip

DRIFT_S, STRONG_DRIFT_S = 30.0, 300.0
"""Clock drift from which on it is said, and from which on it is alarming (hikvision-isapi.md §9.2)."""
_NEARLY_FULL, _FULL = 0.85, 0.97


class DeviceState(StrEnum):
    """How a device is, as far as is known; the first that holds is shown."""

    TESTING = "testing"
    PAUSED = "paused"
    GONE = "gone"
    INCOMPLETE = "incomplete"
    LOCKED = "locked"
    REFUSED = "refused"
    OTHER_TERMINAL = "other_terminal"
    UNTRUSTED = "untrusted"
    NOT_ACTIVATED = "not_activated"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    CLOCK_OFF = "clock_off"
    REACHABLE = "reachable"
    NOT_TESTED = "not_tested"


STATE_WORDS = {
    DeviceState.TESTING: N_("Testing…"),
    DeviceState.PAUSED: N_("Paused"),
    DeviceState.GONE: N_("Not in Supabase"),
    DeviceState.INCOMPLETE: N_("No password"),
    DeviceState.LOCKED: N_("Locked"),
    DeviceState.REFUSED: N_("Sign-in refused"),
    DeviceState.OTHER_TERMINAL: N_("Another terminal"),
    DeviceState.UNTRUSTED: N_("Not trusted yet"),
    DeviceState.NOT_ACTIVATED: N_("Not activated"),
    DeviceState.UNREACHABLE: N_("Unreachable"),
    DeviceState.FAILED: N_("Test failed"),
    DeviceState.CLOCK_OFF: N_("Clock is off"),
    DeviceState.REACHABLE: N_("Reachable"),
    DeviceState.NOT_TESTED: N_("Not tested yet"),
}
_LOOKS = {
    DeviceState.TESTING: (Tone.INFO, Icon.LOADER),
    DeviceState.PAUSED: (Tone.NEUTRAL, Icon.PAUSE),
    DeviceState.GONE: (Tone.WARNING, Icon.WARNING),
    DeviceState.INCOMPLETE: (Tone.WARNING, Icon.WARNING),
    DeviceState.LOCKED: (Tone.DANGER, Icon.LOCK),
    DeviceState.REFUSED: (Tone.DANGER, Icon.CLOSE),
    DeviceState.OTHER_TERMINAL: (Tone.DANGER, Icon.DIFFERENT),
    DeviceState.UNTRUSTED: (Tone.WARNING, Icon.LOCK),
    DeviceState.NOT_ACTIVATED: (Tone.WARNING, Icon.WARNING),
    DeviceState.UNREACHABLE: (Tone.DANGER, Icon.NO_NETWORK),
    DeviceState.FAILED: (Tone.DANGER, Icon.CLOSE),
    DeviceState.CLOCK_OFF: (Tone.WARNING, Icon.CLOCK),
    DeviceState.REACHABLE: (Tone.SUCCESS, Icon.CHECK),
    DeviceState.NOT_TESTED: (Tone.NEUTRAL, Icon.ASK),
}
_BY_PROBLEM = {
    "authentication_error": DeviceState.REFUSED,
    "locked": DeviceState.LOCKED,
    "other_terminal": DeviceState.OTHER_TERMINAL,
    "certificate": DeviceState.UNTRUSTED,
    "not_activated": DeviceState.NOT_ACTIVATED,
    ErrorKind.UNREACHABLE.value: DeviceState.UNREACHABLE,
    ErrorKind.TIMED_OUT.value: DeviceState.UNREACHABLE,
}
_FAILED_TESTS = frozenset({*_BY_PROBLEM.values(), DeviceState.FAILED}) - {DeviceState.LOCKED}
SOURCE_WORDS = {DeviceSource.LOCAL: N_("Added here"), DeviceSource.SUPABASE: N_("Supabase")}
_SEVERITY = (
    DeviceState.OTHER_TERMINAL,
    DeviceState.LOCKED,
    DeviceState.REFUSED,
    DeviceState.UNREACHABLE,
    DeviceState.FAILED,
    DeviceState.UNTRUSTED,
    DeviceState.NOT_ACTIVATED,
    DeviceState.INCOMPLETE,
    DeviceState.CLOCK_OFF,
    DeviceState.GONE,
)
"""The states that need a look, the worst first."""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device, and whether it is being tested now."""

    device: Device
    testing: bool = False

    @property
    def state(self) -> DeviceState:
        """How it is."""
        return DeviceState.TESTING if self.testing else device_state(self.device)

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody should do something about it."""
        return self.state in _SEVERITY

    @property
    def share(self) -> float | None:
        """How full it is, from 0 to 1."""
        most = places(self.device)
        people = self.device.facts.people
        return None if most is None or people is None else people / most


def severity(line: DeviceLine) -> int:
    """Orders devices that need a look, the worst first."""
    return _SEVERITY.index(line.state)


def device_state(device: Device) -> DeviceState:
    """How a device is, from what is stored."""
    facts = device.facts
    if device.status is DeviceStatus.INACTIVE:
        return DeviceState.PAUSED
    if device.missing_since is not None:
        return DeviceState.GONE
    if not device.has_password or not device.username:
        return DeviceState.INCOMPLETE
    if facts.locked_until is not None and facts.locked_until > now():
        return DeviceState.LOCKED
    if facts.test_ok is False:
        found = _BY_PROBLEM.get(facts.test_problem, DeviceState.FAILED)
        return DeviceState.REFUSED if found is DeviceState.LOCKED else found  # the lock is over
    if facts.test_ok is None and facts.pushed_at is None:
        return DeviceState.NOT_TESTED
    return DeviceState.CLOCK_OFF if abs(facts.drift_s or 0) > DRIFT_S else DeviceState.REACHABLE


def evidence_at(device: Device) -> datetime | None:
    """When it last answered, or failed to."""
    return max(filter(None, (device.facts.tested_at, device.facts.pushed_at)), default=None)


def places(device: Device) -> int | None:
    """How many people fit on it: each needs a place for a person and one for a face."""
    limits = [limit for limit in (device.facts.most_people, device.facts.most_faces) if limit]
    return min(limits) if limits else None


def state_chip(line: DeviceLine) -> tuple[str, Tone, Icon]:
    """Word, tone and icon of its state."""
    tone, drawing = _LOOKS[line.state]
    return _(STATE_WORDS[line.state]), tone, drawing


def evidence_text(line: DeviceLine) -> str:
    """What the state rests on, in a sentence or two."""
    device = line.device
    when = ago(evidence_at(device))
    if line.state in _FAILED_TESTS:
        return " ".join(filter(None, (_(device.facts.test_message), when)))
    match line.state:
        case DeviceState.LOCKED:
            text = _("It refuses every sign-in until {time}.")
            return text.format(time=moment_text(device.facts.locked_until))
        case DeviceState.INCOMPLETE:
            return _("User name or password is missing: press Edit and enter them.")
        case DeviceState.GONE:
            return _("Supabase no longer lists it as active, so pushes to all leave it out.")
        case DeviceState.CLOCK_OFF:
            return _("Its clock differs by {drift}.").format(drift=drift_text(device))
        case _:
            return _("checked {when}").format(when=when) if when else ""


def capacity_text(line: DeviceLine) -> str:
    """People of places: `212 of 1,500`."""
    most, people = places(line.device), line.device.facts.people
    if most is None or people is None:
        return ""
    return _("{used} of {total}").format(used=format_value(people), total=format_value(most))


def capacity_tone(line: DeviceLine) -> Tone | None:
    """A device that is nearly full needs a look before people are added."""
    share = line.share
    if share is None or share < _NEARLY_FULL:
        return None
    return Tone.DANGER if share >= _FULL else Tone.WARNING


def drift_text(device: Device) -> str:
    """The terminal's clock against this computer's: `+4 min 3 s`."""
    drift = device.facts.drift_s
    if drift is None:
        return ""
    sign = "+" if drift > 0 else "−"  # the minus sign of numbers
    seconds = round(abs(drift))
    if not seconds:
        return _("0 s")
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return _("{sign}{seconds} s").format(sign=sign, seconds=rest)
    if minutes < 60:
        return _("{sign}{minutes} min {seconds} s").format(sign=sign, minutes=minutes, seconds=rest)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return _("{sign}{days} d {hours} h").format(sign=sign, days=days, hours=hours)
    return _("{sign}{hours} h {minutes} min").format(sign=sign, hours=hours, minutes=minutes % 60)


def _drift_tone(line: DeviceLine) -> Tone | None:
    drift = abs(line.device.facts.drift_s or 0)
    if drift <= DRIFT_S:
        return None
    return Tone.DANGER if drift > STRONG_DRIFT_S else Tone.WARNING


COLUMNS: tuple[Column[DeviceLine], ...] = (
    Column("name", N_("Name"), lambda r: r.device.name, width=156),
    Column("site", N_("Site"), lambda r: r.device.site or "", width=96, muted=True),
    Column("address", N_("Address"), lambda r: r.device.address, width=108, muted=True),
    Column("state", N_("State"), lambda r: state_chip(r)[0], kind=Kind.CHIP, width=184,
           tone=lambda r: state_chip(r)[1], icon=lambda r: state_chip(r)[2], tooltip=evidence_text),
    Column("checked", N_("Checked"), lambda r: evidence_at(r.device), text=lambda r: ago(evidence_at(r.device)),
           kind=Kind.MOMENT, width=110, muted=True, tooltip=lambda r: moment_text(evidence_at(r.device))),
    Column("people", N_("People"), lambda r: r.device.facts.people, kind=Kind.NUMBER, width=68),
    Column("faces", N_("Faces"), lambda r: r.device.facts.faces, kind=Kind.NUMBER, width=68),
    Column("capacity", N_("Capacity"), lambda r: r.share, text=capacity_text, kind=Kind.BAR, width=164,
           tone=capacity_tone),
    Column("drift", N_("Clock"), lambda r: r.device.facts.drift_s, text=lambda r: drift_text(r.device),
           kind=Kind.NUMBER, width=84, tone=_drift_tone),
    Column("pushed", N_("Last push"), lambda r: r.device.facts.pushed_at, text=lambda r: ago(r.device.facts.pushed_at),
           kind=Kind.MOMENT, width=120, muted=True, tooltip=lambda r: moment_text(r.device.facts.pushed_at)),
    Column("free", N_("Free places"), lambda r: r.device.facts.free_places, kind=Kind.NUMBER, width=90, hidden=True),
    Column("model", N_("Model"), lambda r: r.device.facts.model, width=150, muted=True, hidden=True),
    Column("serial", N_("Serial number"), lambda r: r.device.facts.serial, width=180, muted=True, hidden=True),
    Column("firmware", N_("Firmware"), lambda r: r.device.facts.firmware, width=140, muted=True, hidden=True),
    Column("username", N_("User name"), lambda r: r.device.username, width=100, muted=True, hidden=True),
    Column("source", N_("Source"), lambda r: _(SOURCE_WORDS[r.device.source]), width=110, muted=True, hidden=True),
)  # fmt: skip


def filters() -> list[FilterChip]:
    """The filter chips, in the person's language; they replace each other."""
    return [
        FilterChip("active", _("Active"), lambda r: r.device.takes_pushes, "state"),
        FilterChip("attention", _("Needs a look"), lambda r: r.needs_a_look, "state"),
        FilterChip("paused", _("Paused"), lambda r: r.device.status is DeviceStatus.INACTIVE, "state"),
        FilterChip("full", _("Nearly full"), lambda r: capacity_tone(r) is not None),
    ]
