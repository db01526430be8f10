"""What one row of the deviations table shows, its columns, the filters over them, the sums below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from app.domain.deviations import DeviationFilter, DeviationType
from app.domain.onec_people import KnownDepartment
from app.domain.onec_receipts import SentStatus
from app.i18n import N_, _, ngettext
from ui.pages.workforce.deviations.causes import CAUSE_REMEDIES, CAUSE_TEXTS, CAUSE_WORDS, Cause
from ui.pages.workforce.deviations.gaps import GapLine, Sums
from ui.tables import Column, Kind
from ui.texts import number_text
from ui.theme import Icon, Tone
from ui.widgets import FilterChip

TYPE_WORDS = {
    DeviationType.ABSENCE: N_("Absent"),
    DeviationType.PARTIAL_ABSENCE: N_("Partly absent"),
    DeviationType.OVERTIME: N_("Overtime"),
    DeviationType.DAY_OFF_WORK: N_("Work on a day off"),
    DeviationType.NIGHT_DAY_OFF_WORK: N_("Night, day off"),
    # Translators: an absence for which there is a document, such as vacation or sick leave
    DeviationType.DOCUMENTED: N_("Documented"),
    DeviationType.NONE: N_("No gap"),
}
TYPE_TONES = {
    DeviationType.ABSENCE: Tone.DANGER,
    DeviationType.PARTIAL_ABSENCE: Tone.WARNING,
    DeviationType.OVERTIME: Tone.INFO,
    DeviationType.DAY_OFF_WORK: Tone.INFO,
    DeviationType.NIGHT_DAY_OFF_WORK: Tone.INFO,
    DeviationType.DOCUMENTED: Tone.NEUTRAL,
    DeviationType.NONE: Tone.SUCCESS,
}
TYPE_ICONS = {
    DeviationType.ABSENCE: Icon.NO_USER,
    DeviationType.PARTIAL_ABSENCE: Icon.CLOCK,
    DeviationType.OVERTIME: Icon.PLUS,
    DeviationType.DAY_OFF_WORK: Icon.PLUS,
    DeviationType.NIGHT_DAY_OFF_WORK: Icon.PLUS,
    DeviationType.DOCUMENTED: Icon.INFO,
    DeviationType.NONE: Icon.CHECK,
}
CAUSE_TONES = {
    Cause.NOT_SENT: Tone.WARNING,
    Cause.KEPT: Tone.WARNING,
    Cause.NOT_PLANNED_IN_1C: Tone.WARNING,
    Cause.OTHER_PLAN_IN_1C: Tone.WARNING,
    Cause.REFUSED: Tone.DANGER,
    Cause.UNKNOWN: Tone.DANGER,
    Cause.NO_TIMESHEET: Tone.WARNING,
}
"""Causes that somebody has to see to."""
SENT_WORDS = {
    SentStatus.SENT: N_("Sent"),
    SentStatus.REFUSED: N_("Refused"),
    SentStatus.UNKNOWN: N_("Unknown"),
    SentStatus.SENDING: N_("Unknown"),
}


def cause_tooltip(line: GapLine) -> str:
    """The cause in a sentence, what 1C answered, and what to do."""
    remedy = CAUSE_REMEDIES[line.cause]
    return "\n".join(filter(None, (_(CAUSE_TEXTS[line.cause]), line.answer, _(remedy) if remedy else "")))


def gap_text(line: GapLine) -> str:
    """The gap with its sign, minus as people write it."""
    return signed(line.found.deviation_hours)


def signed(hours: Decimal | float | None) -> str:
    """Hours with their sign; none is blank."""
    if hours is None:
        return ""
    text = number_text(abs(float(hours)))
    return f"+{text}" if hours > 0 else f"−{text}" if hours < 0 else text


def sent_words(line: GapLine) -> str:
    """How worked time was sent."""
    return _(SENT_WORDS[line.found.sent]) if line.found.sent is not None else ""


def codes_text(line: GapLine) -> str:
    """What 1C counts, as it writes it: code and hours."""
    return ", ".join(f"{row.code} {number_text(row.hours)}" if row.hours else row.code for row in line.codes)


def _float(hours: Decimal | None) -> float | None:
    return float(hours) if hours is not None else None


def _hours(key: str, title: str, value: Callable[[GapLine], Decimal | float | None], **more: bool) -> Column[GapLine]:
    return Column(
        key, title, lambda r: None if (hours := value(r)) is None else float(hours), kind=Kind.NUMBER, width=92,
        text=lambda r: number_text(value(r)), hidden=more.get("hidden", False),
    )  # fmt: skip


COLUMNS: tuple[Column[GapLine], ...] = (
    Column("name", N_("Name"), lambda r: r.name, kind=Kind.PERSON, width=210),
    Column("date", N_("Day"), lambda r: r.found.day, kind=Kind.MOMENT, width=96),
    _hours("planned", N_("Planned, h"), lambda r: r.found.planned_hours),
    _hours("sent", N_("Worked, h"), lambda r: r.sent_hours),
    _hours("present", N_("Signed in, h"), lambda r: r.found.present_hours),
    _hours("onec", N_("In 1C, h"), lambda r: r.found.onec_hours),
    Column("gap", N_("Gap, h"), lambda r: _float(r.found.deviation_hours), text=gap_text, kind=Kind.NUMBER, width=72),
    Column("type", N_("Kind of gap"), lambda r: _(TYPE_WORDS[r.found.type]), kind=Kind.CHIP, width=216,
           tone=lambda r: TYPE_TONES[r.found.type], icon=lambda r: TYPE_ICONS[r.found.type]),
    Column("cause", N_("Cause"), lambda r: _(CAUSE_WORDS[r.cause]), width=186, tooltip=cause_tooltip,
           tone=lambda r: CAUSE_TONES.get(r.cause),
           icon=lambda r: Icon.WARNING if r.cause in CAUSE_TONES else Icon.INFO),
    Column("codes", N_("Codes in 1C"), codes_text, width=120, muted=True),
    Column("reason", N_("Reason in 1C"), lambda r: r.found.reason, width=190, muted=True, hidden=True),
    Column("department", N_("Department"), lambda r: r.department, width=160, muted=True),
    Column("number", N_("Personnel number"), lambda r: r.number, width=128, muted=True, hidden=True),
    Column("sent_status", N_("Sent to 1C"), sent_words, width=100, hidden=True),
    Column("answer", N_("Answer of 1C"), lambda r: r.answer, width=220, hidden=True),
    Column("external_id", N_("1C id"), lambda r: r.found.external_id, width=270, hidden=True, muted=True),
)  # fmt: skip


def filters(departments: Sequence[KnownDepartment] = (), person: tuple[str, str] | None = None) -> list[FilterChip]:
    """The filter chips, in the person's language; `person` is the id and name of somebody looked at alone."""

    def of_type(kind: DeviationType) -> Callable[[GapLine], bool]:
        return lambda line: line.found.type is kind

    def of_cause(cause: Cause) -> Callable[[GapLine], bool]:
        return lambda line: line.cause is cause

    def within(external_id: str) -> Callable[[GapLine], bool]:
        return lambda line: external_id in line.departments

    gap, cause, department = _("Kind of gap"), _("Cause"), _("Department")
    chips = [
        FilterChip("overtime", _("More than planned"), lambda r: r.found.wanted(DeviationFilter.OVERTIME), "hours"),
        FilterChip("undertime", _("Less than planned"), lambda r: r.found.wanted(DeviationFilter.UNDERTIME), "hours"),
        FilterChip("unconfirmed", _("Not in 1C yet"), lambda r: r.found.unconfirmed, icon=Icon.WARNING,
                   tone=Tone.WARNING),
        *(FilterChip(f"type_{t.value}", _(TYPE_WORDS[t]), of_type(t), "type", menu=gap) for t in DeviationType),
        *(FilterChip(f"cause_{c.value}", _(CAUSE_WORDS[c]), of_cause(c), "cause", menu=cause) for c in Cause),
        *(FilterChip(f"department_{d.department.external_id}", d.department.name, within(d.department.external_id),
                     "department", menu=department) for d in departments),
    ]  # fmt: skip
    if person is not None:
        chosen, name = person
        chips.append(FilterChip(PERSON, name, lambda r: r.found.external_id == chosen, icon=Icon.USER))
    return chips


PERSON = "person"
"""The key of the chip of one person."""


def sums_text(sums: Sums) -> str:
    """The sums of the rows shown."""
    said = _(
        "Planned {planned} h · worked {sent} h · signed in {present} h · in 1C {onec} h · gap {more} h and {less} h"
    )
    text = said.format(
        planned=number_text(sums.planned), sent=number_text(sums.sent), present=number_text(sums.present),
        onec=number_text(sums.onec), more=signed(sums.more), less=signed(sums.less),
    )  # fmt: skip
    if not sums.unconfirmed:
        return text
    open_ = ngettext("{count} day not in 1C yet", "{count} days not in 1C yet", sums.unconfirmed)
    return _("{text} · {more}").format(text=text, more=open_.format(count=number_text(sums.unconfirmed)))
