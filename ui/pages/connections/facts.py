"""What the details of a connection say: what is wrong and what to do, when it last worked, its settings and secrets.

Secrets are shown as set or not set; their values are never asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.connections import Connection
from app.domain.health import Health, TestReport, masked
from app.domain.kinds import FieldSpec, FieldType
from app.i18n import _
from app.operations.connections import standing_in
from app.operations.secret_expiry import SOON, known_expiry
from app.store.values import now
from ui.pages.connections.rows import ConnectionLine, success_rate
from ui.texts import ago, health_text, moment_text, value_text
from ui.theme import Tone

DOTS = "••••••••"


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the details."""

    label: str
    text: str
    badge: str = ""
    tone: Tone | None = None


def state_facts(line: ConnectionLine, report: TestReport | None) -> list[Fact]:
    """What is wrong, what to do about it, and when it last worked."""
    facts = [*_problem(line, report)]
    if line.refused_until is not None:
        text = _("After failures in a row nothing is sent until {time}. A test that works lets calls pass at once.")
        facts.append(Fact(_("On hold"), text.format(time=moment_text(line.refused_until)), tone=Tone.WARNING))
    facts += [Fact(_("Worth a look"), warning, tone=Tone.WARNING) for warning in (report.warnings if report else ())]
    facts.append(Fact(_("Last success"), ago(line.last_success) or _("Never")))
    facts.append(Fact(_("Last sync"), ago(line.connection.last_sync) or _("Never")))
    if line.next_run is not None:
        facts.append(Fact(_("Next run"), moment_text(line.next_run)))
    elif line.next_run_reason:
        facts.append(Fact(_("Next run"), line.next_run_reason))
    if rate := success_rate(line):
        facts.append(Fact(_("Success rate"), _("{percent} of the last ten runs").format(percent=rate)))
    if ends := known_expiry(line.connection):
        soon = ends <= now() + SOON
        facts.append(Fact(_("Token ends"), moment_text(ends), tone=Tone.WARNING if soon else None))
    return facts


def _problem(line: ConnectionLine, report: TestReport | None) -> list[Fact]:
    match line.health.health:
        case Health.NOT_CONFIGURED:
            remedy = _("Press Edit and fill in what is missing.")
            return [Fact(_("Problem"), health_text(line.health), tone=Tone.WARNING), Fact(_("What to do"), remedy)]
        case Health.ERROR | Health.NEEDS_SIGN_IN | Health.ON_HOLD | Health.RETRYING:
            known = report is not None and report.message == line.health.cause
            remedy = _(report.remedy) if report is not None and known else ""
            remedy = remedy or _usual_remedy(line)
            return [Fact(_("Problem"), _(line.health.cause), tone=Tone.DANGER), Fact(_("What to do"), remedy)]
        case Health.DEGRADED:
            return [Fact(_("Worth a look"), _(line.health.cause), tone=Tone.WARNING)]
        case Health.PAUSED:
            return [Fact(_("Paused"), _("Nothing is fetched until you resume it. What it brought stays."))]
        case Health.NEVER_TESTED:
            return [Fact(_("What to do"), _("Press Test to find out whether it works."))]
        case _:
            return []


def _usual_remedy(line: ConnectionLine) -> str:
    """What helps where the last test does not say it better."""
    if line.held:
        return _("Choose “Let calls pass” in the menu when the system may be asked again.")
    if line.health.health is Health.NEEDS_SIGN_IN:
        return _("Press “Sign in again” and enter the new key or password.")
    return _("Press Test to see which step fails.")


def setting_facts(line: ConnectionLine) -> list[Fact]:
    """Every field that matters, with what stands in for a blank one; of those few connections need, what is set."""
    connection = line.connection
    standing = standing_in(connection.kind, connection.settings)
    return [
        _secret_fact(spec, line) if spec.type is FieldType.SECRET else _setting_fact(spec, connection, standing)
        for spec in connection.spec.in_use(connection.settings)
        if not spec.advanced or spec.key in connection.settings or spec.key in line.secrets_set
    ]


def _setting_fact(spec: FieldSpec, connection: Connection, standing: dict[str, str]) -> Fact:
    given = connection.settings.get(spec.key)
    if given in (None, ""):
        if spec.key in standing:
            return Fact(_(spec.label), value_text(standing[spec.key]), _("Derived"))
        badge = _("Default") if spec.usual is not None else ""
        return Fact(_(spec.label), _shown(spec, spec.usual), badge)
    return Fact(_(spec.label), _shown(spec, given))


def _shown(spec: FieldSpec, value: object) -> str:
    if spec.key == "installation_id" and value:
        return masked(str(value))  # vitec-hub.md §6.1
    if spec.type is FieldType.CHOICE:
        return _(spec.titles.get(str(value), str(value)))
    return value_text(value)


def _secret_fact(spec: FieldSpec, line: ConnectionLine) -> Fact:
    if line.connection.signed_in(spec):
        return Fact(_(spec.label), _("Signed in"), _("Forgotten"))
    if spec.key not in line.secrets_set:
        return Fact(_(spec.label), _("Not set"), tone=Tone.WARNING if spec.required else None)
    kept = spec.key in line.connection.secrets
    return Fact(_(spec.label), DOTS, _("In the keyring") if kept else _("From the environment"))
