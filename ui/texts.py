"""Sentences about runs and times that several parts of the window say: one wording each, translated here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QDate, QDateTime, QLocale

from app.domain.coverage import CoverageState
from app.domain.health import Health, HealthReport
from app.domain.onec import VacationBalance
from app.domain.outcomes import Action, FieldChange, Run, RunState, Status
from app.i18n import N_, _, ngettext
from app.photos import Verdict
from app.store.values import now
from ui.theme import Tone

STATUS_WORDS = {
    Status.SUCCESS: N_("Success"),
    Status.PARTIAL: N_("Partial"),
    Status.SKIPPED: N_("Skipped"),
    Status.FATAL: N_("Failed"),
    Status.NOT_ATTEMPTED: N_("Not attempted"),
    Status.UNKNOWN: N_("Unknown"),
}
STATUS_TONES = {
    Status.SUCCESS: Tone.SUCCESS,
    Status.PARTIAL: Tone.WARNING,
    Status.SKIPPED: Tone.NEUTRAL,
    Status.FATAL: Tone.DANGER,
    Status.NOT_ATTEMPTED: Tone.NEUTRAL,
    Status.UNKNOWN: Tone.WARNING,
}
STATE_WORDS = {
    RunState.QUEUED: N_("Queued"),
    RunState.RUNNING: N_("Running"),
    RunState.FINISHED: N_("Finished"),
    RunState.STOPPED: N_("Stopped"),
    RunState.FAILED: N_("Failed"),
    RunState.CANCELLED: N_("Cancelled"),
    RunState.INTERRUPTED: N_("Interrupted"),
}
STATE_TONES = {
    RunState.QUEUED: Tone.NEUTRAL,
    RunState.RUNNING: Tone.INFO,
    RunState.FINISHED: Tone.SUCCESS,
    RunState.STOPPED: Tone.DANGER,
    RunState.FAILED: Tone.DANGER,
    RunState.CANCELLED: Tone.NEUTRAL,
    RunState.INTERRUPTED: Tone.WARNING,
}
# Translators: what the examination of a person's photo says
VERDICT_WORDS: dict[str, str] = {
    Verdict.GOOD: N_("Good for devices"),
    Verdict.REPAIRED: N_("Good after repair"),
    Verdict.DOUBTFUL: N_("Doubtful"),
    Verdict.UNUSABLE: N_("Not usable"),
}
VERDICT_TONES = {
    Verdict.GOOD: Tone.SUCCESS,
    Verdict.REPAIRED: Tone.SUCCESS,
    Verdict.DOUBTFUL: Tone.WARNING,
    Verdict.UNUSABLE: Tone.DANGER,
}
ACTION_WORDS = {
    Action.CREATE: N_("Create"),
    Action.UPDATE: N_("Update"),
    Action.UNCHANGED: N_("Unchanged"),
    Action.DEACTIVATE: N_("Deactivate"),
    Action.CONFLICT: N_("Conflict"),
    Action.SKIP: N_("Left out"),
    # Translators: from here on, what was found when a device was read back
    Action.VERIFIED: N_("Verified"),
    Action.MISSING: N_("Missing"),
    Action.DIFFERENT: N_("Different"),
    Action.EXTRA: N_("Unknown here"),
    Action.INCOMPLETE: N_("List incomplete"),
}
ACTION_TONES = {
    Action.CREATE: Tone.SUCCESS,
    Action.UPDATE: Tone.INFO,
    Action.UNCHANGED: Tone.NEUTRAL,
    Action.DEACTIVATE: Tone.WARNING,
    Action.CONFLICT: Tone.DANGER,
    Action.SKIP: Tone.WARNING,
    Action.VERIFIED: Tone.SUCCESS,
    Action.MISSING: Tone.DANGER,
    Action.DIFFERENT: Tone.WARNING,
    Action.EXTRA: Tone.WARNING,
    Action.INCOMPLETE: Tone.WARNING,
}
COVERAGE_WORDS = {
    # Translators: how a person is on a device
    CoverageState.VERIFIED: N_("Verified"),
    CoverageState.SENT: N_("Sent"),
    CoverageState.PHOTO_MISSING: N_("Photo missing"),
    CoverageState.DIFFERENT: N_("Different"),
    CoverageState.MISSING: N_("Missing"),
    CoverageState.EXTRA: N_("Unknown here"),
    CoverageState.FAILED: N_("Failed"),
    CoverageState.WAITING: N_("Waiting"),
}
COVERAGE_TONES = {
    CoverageState.VERIFIED: Tone.SUCCESS,
    CoverageState.SENT: Tone.INFO,
    CoverageState.PHOTO_MISSING: Tone.WARNING,
    CoverageState.DIFFERENT: Tone.WARNING,
    CoverageState.MISSING: Tone.DANGER,
    CoverageState.EXTRA: Tone.WARNING,
    CoverageState.FAILED: Tone.DANGER,
    CoverageState.WAITING: Tone.NEUTRAL,
}
HEALTH_WORDS = {
    Health.CONNECTED: N_("Connected"),
    Health.NOT_CONFIGURED: N_("Not configured"),
    Health.ERROR: N_("Error"),
    Health.NEVER_TESTED: N_("Not tested yet"),
    Health.PAUSED: N_("Paused"),
    Health.RUNNING: N_("Running"),
    Health.NEEDS_SIGN_IN: N_("Needs sign-in"),
    Health.ON_HOLD: N_("On hold"),
    Health.RETRYING: N_("Tries again"),
    Health.DEGRADED: N_("Works, with problems"),
}
HEALTH_TONES = {
    Health.CONNECTED: Tone.SUCCESS,
    Health.NOT_CONFIGURED: Tone.WARNING,
    Health.ERROR: Tone.DANGER,
    Health.NEVER_TESTED: Tone.NEUTRAL,
    Health.PAUSED: Tone.NEUTRAL,
    Health.RUNNING: Tone.INFO,
    Health.NEEDS_SIGN_IN: Tone.DANGER,
    Health.ON_HOLD: Tone.DANGER,
    Health.RETRYING: Tone.WARNING,
    Health.DEGRADED: Tone.WARNING,
}
FIELD_WORDS = {
    "vitec_department_id": N_("Vitec department id"),
    "vitec_employee_id": N_("Vitec employee id"),
    "name": N_("Name"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "legal_name": N_("Legal name"),
    "organization_number": N_("Organisation number"),
    "short_code": N_("Short code"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    # Translators: what somebody is employed as
    "title": N_("Title"),
    "street_address": N_("Street address"),
    "postal_code": N_("Postal code"),
    "city": N_("City"),
    "is_active": N_("Active"),
    "status": N_("Status"),
    "description": N_("Description"),
    "department_number": N_("Department number"),
    "office_id": N_("Office"),
    "also_at": N_("Also works at"),
    "system_roles": N_("Roles"),
    "employee_no": N_("Terminal number"),
    "number_shared_with": N_("Number also given to"),
    "photo_address": N_("Photo"),
    "host": N_("Address"),
    "port": N_("Port"),
    "https": N_("Encrypted (HTTPS)"),
    "username": N_("User name"),
    "has_password": N_("Password"),
    "site": N_("Site"),
    "source": N_("Source"),
    "domain": N_("Domain"),
    "ok_to_bill": N_("Billable"),
    "priority_support": N_("Support level"),
    "resident_hosting": N_("Resident"),
    "test_environment": N_("Test environment"),
    "itar_hosting": N_("ITAR"),
    "itar_text": N_("ITAR in CETEC's words"),
    "num_prod_users": N_("Production users"),
    "num_full_users": N_("Full users"),
    "external_key": N_("External key"),
    "database_status": N_("Backup database"),
    "last_pulled": N_("Last pulled"),
    # Translators: from here on, what 1C says of a person
    "personnel_number": N_("Personnel number"),
    "middle_name": N_("Patronymic"),
    "hire_date": N_("Employed since"),
    "termination_date": N_("Last day"),
    "position": N_("Position"),
    "position_external_id": N_("Position id"),
    "position_change_date": N_("In this position since"),
    "department_external_id": N_("Department"),
    "department_missing": N_("Department missing in 1C"),
    "employment_rate": N_("Employment rate"),
    "login": N_("Login"),
    "weekly_norm_hours": N_("Hours a week"),
    "norm_change_date": N_("Hours a week since"),
    "extra_1": N_("Further code (SN)"),
    "other_system_id": N_("Id in another system"),
    "vacation": N_("Vacation balance"),
    "absent_since": N_("Missing in 1C since"),
    "employee_id": N_("Employee"),
}


def run_counts(run: Run) -> str:
    """How a run ended, with its counts: the toast, and the line above its table (vitec-hub.md §12)."""
    summary = run.summary
    if "offices" in summary and isinstance(summary["offices"], Mapping):
        parts = [_synced("offices", summary["offices"])]
        if isinstance(summary.get("employees"), Mapping):
            parts.append(_synced("employees", summary["employees"]))
        return ". ".join(parts) + "."
    if "missing_office" in summary:
        return _synced("employees", summary)
    if "synced" in summary:
        return _synced("offices", summary)
    if "existing_databases" in summary:
        return _customers(summary)
    if "not_attempted" in summary:
        return _counted(_PUSHED, summary)
    if "incomplete" in summary:
        return _counted(_READ_BACK, summary)
    if run.operation.startswith(("onec.", "cc.")) and "created" in summary:
        return _counted(_STORED, summary)
    if "updated" in summary:
        return _("{updated} of {total} changed").format(updated=summary["updated"], total=summary["total"])
    return _(STATE_WORDS[run.state])


_STORED = {
    "deviations": N_("{count} deviations"),
    "created": N_("{count} new"),
    "updated": N_("{count} changed"),
    "skipped": N_("{count} unchanged"),
    "failed": N_("{count} failed or left out"),
}
_PUSHED = {
    "success": N_("{count} done"),
    "verified": N_("{count} of these verified"),
    "partial": N_("{count} without photo"),
    "skipped": N_("{count} left out or unchanged"),
    "fatal": N_("{count} failed"),
    "not_attempted": N_("{count} not attempted"),
    "unknown": N_("{count} unknown"),
}
_READ_BACK = {
    "verified": N_("{count} verified"),
    "missing": N_("{count} missing"),
    "different": N_("{count} different"),
    "extra": N_("{count} unknown here"),
    "incomplete": N_("{count} in incomplete lists"),
    "skipped": N_("{count} left out"),
    "failed": N_("{count} could not be read"),
}

_DATABASES = {
    "existing_databases": N_("{count} with a database"),
    "no_database": N_("{count} without"),
    "resident_hosting": N_("{count} resident"),
    "itar_hosting": N_("{count} on ITAR hosting"),
    "invalid_domains": N_("{count} without a valid domain"),
    "unavailable": N_("{count} unavailable"),
    "mysql_errors": N_("{count} with a failed check"),
    "batch_timeouts": N_("{count} with a check that took too long"),
    "not_checked": N_("{count} not checked"),
}


def _customers(summary: Mapping[str, Any]) -> str:
    """The summary of cetec-mysql.md §5 in a line."""
    total = summary["total_customers"]
    text = ngettext("{count} customer", "{count} customers", total).format(count=QLocale().toString(total))
    return _("{title}: {counts}").format(title=text, counts=_counted(_DATABASES, summary)) if total else text


def _counted(words: Mapping[str, str], counts: Mapping[str, Any]) -> str:
    """The counts that are not zero, with what they count."""
    parts = [_(word).format(count=QLocale().toString(counts[key])) for key, word in words.items() if counts.get(key)]
    return ", ".join(parts) or _("Nothing to do")


def _synced(phase: str, counts: Mapping[str, Any]) -> str:
    """What was written of what was fetched; nothing written is said plainly."""
    total, synced = counts["total"], counts["synced"]
    if total and not synced and not counts.get("missing_office"):
        if phase == "offices":
            return ngettext("No changes in {total} office", "No changes in {total} offices", total).format(total=total)
        return ngettext("No changes in {total} employee", "No changes in {total} employees", total).format(total=total)
    if phase == "offices":
        text = ngettext("Updated {synced} of {total} office", "Updated {synced} of {total} offices", total)
    else:
        text = ngettext("Updated {synced} of {total} employee", "Updated {synced} of {total} employees", total)
    sentence = text.format(synced=synced, total=total)
    if missing := counts.get("missing_office", 0):
        lack = ngettext("{count} employee lacks an office", "{count} employees lack an office", missing)
        sentence = _("{first}, {second}").format(first=sentence, second=lack.format(count=missing))
    return sentence


def ago(moment: datetime | None) -> str:
    """How long ago, in words a person would use; a clock that went back reads as now."""
    if moment is None:
        return ""
    seconds = (now() - moment).total_seconds()
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        minutes = int(seconds // 60)
        return ngettext("{count} min ago", "{count} min ago", minutes).format(count=minutes)
    if seconds < 86_400:
        hours = int(seconds // 3600)
        return ngettext("{count} hour ago", "{count} hours ago", hours).format(count=hours)
    return moment_text(moment)


def moment_text(moment: datetime | None) -> str:
    """Date and time in the person's zone and format."""
    if moment is None:
        return ""
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)


def health_text(report: HealthReport) -> str:
    """The words beside the chip: the cause, and the age of the evidence."""
    if report.health is Health.NOT_CONFIGURED and report.cause:
        fields = ", ".join(_(label) for label in report.cause.split(", "))
        return _("Missing: {fields}").format(fields=fields)
    if report.cause:
        return _(report.cause)
    if report.evidence_at is None:
        return ""
    return _("checked {when}").format(when=ago(report.evidence_at))


def value_text(value: object) -> str:
    """A field's value in words."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, VacationBalance):
        return _("{date}: {days} days").format(date=value_text(value.date), days=value_text(value.days))
    if isinstance(value, list | tuple):
        return ", ".join(map(value_text, value)) or "–"
    if isinstance(value, Decimal):
        return number_text(value)
    return day_text(value) if isinstance(value, date) and not isinstance(value, datetime) else str(value)


def change_text(change: FieldChange) -> str:
    """One field before and after."""
    if change.field == "employee_id":  # ids tell a person nothing
        return _("Linked to an employee") if change.after else _("Not linked any more")
    field = _(FIELD_WORDS.get(change.field, change.field))
    return _("{field}: {before} → {after}").format(
        field=field, before=value_text(change.before), after=value_text(change.after)
    )


def number_text(value: Decimal | float | None, places: int = 2) -> str:
    """A number with as many decimals as it has, at most `places`; none is blank."""
    if value is None:
        return ""
    shortest = QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value
    return QLocale().toString(round(float(value), places), "f", shortest)


def day_text(day: date | None) -> str:
    """A day in the person's format; none is blank."""
    if day is None:
        return ""
    return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)
