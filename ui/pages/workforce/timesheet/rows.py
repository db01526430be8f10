"""What the three tables of the Timesheet tab show: the month by days as form T-13 does, norm hours, worked time."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

from app.domain.onec import NormMode, TimesheetDay
from app.domain.onec_schedules import Period
from app.domain.onec_time_types import TimeGroup, TimeType, normalised, time_type_of
from app.domain.onec_worked import ExpectedDocument
from app.i18n import N_, _
from ui.pages.workforce.time_words import clock, day_text, hours_text, month_text, periods_text, weekday
from ui.pages.workforce.timesheet.reading import Check, NormLine, SheetLine, WorkLine, WorkState
from ui.tables import Align, Column, Kind
from ui.texts import ago, moment_text
from ui.theme import Icon, Tone
from ui.widgets import FilterChip

W = WorkState
GROUP_WORDS = {
    # Translators: kinds of working time
    TimeGroup.WORK: N_("Work"),
    TimeGroup.OVERTIME: N_("Overtime"),
    TimeGroup.PAID_ABSENCE: N_("Paid absence"),
    TimeGroup.UNPAID_ABSENCE: N_("Unpaid absence"),
    TimeGroup.DAY_OFF: N_("Day off"),
    TimeGroup.OTHER: N_("Not described"),
}
GROUP_TONES = {
    TimeGroup.WORK: None,
    TimeGroup.OVERTIME: Tone.INFO,
    TimeGroup.PAID_ABSENCE: Tone.SUCCESS,
    TimeGroup.UNPAID_ABSENCE: Tone.WARNING,
    TimeGroup.DAY_OFF: Tone.NEUTRAL,
    TimeGroup.OTHER: Tone.DANGER,
}
MODE_WORDS = {
    # Translators: norm hours of a month, a quarter or a year
    NormMode.MONTH: N_("Month"),
    NormMode.QUARTER: N_("Quarter"),
    NormMode.YEAR: N_("Year"),
}
Types = Callable[[], Mapping[str, TimeType]]
"""The codes of the connection that is shown."""


# -- days --------------------------------------------------------------------------------------------------------------


def code_words(day: TimesheetDay) -> str:
    """A code with its hours; one of a whole day without."""
    return f"{normalised(day.code)} {hours_text(day.hours)}" if day.hours else normalised(day.code)


def _cell(line: SheetLine, number: int) -> str:
    rows = line.days.get(number, ())
    if len(rows) > 1:  # hours of several would not fit; the tooltip has them
        return "/".join(normalised(day.code) for day in rows)
    return "".join(code_words(day).replace(" ", "") for day in rows)


def _cell_tone(line: SheetLine, number: int, types: Types) -> Tone | None:
    """The colour of the most telling group; the code itself says what it is."""
    groups = {time_type_of(day.code, types()).group for day in line.days.get(number, ())}
    order = (TimeGroup.OTHER, TimeGroup.UNPAID_ABSENCE, TimeGroup.PAID_ABSENCE, TimeGroup.OVERTIME, TimeGroup.DAY_OFF)
    return next((GROUP_TONES[group] for group in order if group in groups), None)


def cell_tip(line: SheetLine, number: int, types: Types) -> str:
    """What the codes of a day stand for."""
    first = line.period.first
    if number > calendar.monthrange(first.year, first.month)[1]:
        return ""
    day = first.replace(day=number)
    head = f"{line.worker.name}, {weekday(day)} {day_text(day)}"
    rows = [f"{code_words(one)} – {_(time_type_of(one.code, types()).title)}" for one in line.days.get(number, ())]
    return "\n".join([head, *(rows or [_("1C says nothing of this day.")])])


def _day_column(number: int, types: Types) -> Column[SheetLine]:
    return Column(
        f"d{number:02}", str(number), lambda r: _cell(r, number), width=46, narrow=True, align=Align.CENTER,
        tooltip=lambda r: cell_tip(r, number, types), tone=lambda r: _cell_tone(r, number, types),
    )  # fmt: skip


def half_text(days: Decimal | None, hours: Decimal | None) -> str:
    """Days and hours of half a month, as form T-13 has them."""
    return "" if days is None and hours is None else f"{hours_text(days)} / {hours_text(hours)}"


def absences_text(line: SheetLine) -> str:
    """Absences by reason as 1C writes them."""
    return ", ".join(f"{normalised(a.code)} {a.text}" for a in line.period.absences)


def sheet_columns(types: Types) -> tuple[Column[SheetLine], ...]:
    """The columns of the month, a day each; `types` names the codes."""
    return (
        Column("name", N_("Name"), lambda r: r.worker.name, width=190, tooltip=lambda r: r.worker.name),
        Column("number", N_("Personnel number"), lambda r: r.worker.number, width=104, muted=True, hidden=True),
        Column("department", N_("Department"), lambda r: r.worker.department, width=140, muted=True, hidden=True),
        Column("month", N_("Month"), lambda r: r.period.first, text=lambda r: month_text(r.period.first),
               kind=Kind.MOMENT, width=110, muted=True, hidden=True),
        Column("worked", N_("Worked"), lambda r: r.worked, text=lambda r: hours_text(r.worked), kind=Kind.NUMBER,
               width=76),
        *(_day_column(number, types) for number in range(1, 32)),
        Column("half1", N_("1–15: days / hours"), lambda r: half_text(r.period.half1_days, r.period.half1_hours),
               width=130),
        Column("half2", N_("16–end: days / hours"), lambda r: half_text(r.period.half2_days, r.period.half2_hours),
               width=140),
        Column("absences", N_("Absences by reason"), absences_text, width=160, tooltip=absences_text),
        Column("fetched", N_("From 1C"), lambda r: r.fetched_at, text=lambda r: ago(r.fetched_at), kind=Kind.MOMENT,
               width=110, muted=True, tooltip=lambda r: moment_text(r.fetched_at)),
    )  # fmt: skip


def sheet_filters(types: Types) -> list[FilterChip]:
    """Whose month holds time of a group."""

    def has(*groups: TimeGroup) -> Callable[[SheetLine], bool]:
        return lambda line: any(
            time_type_of(day.code, types()).group in groups for days in line.days.values() for day in days
        )

    return [
        FilterChip("absent", _("With absences"), has(TimeGroup.PAID_ABSENCE, TimeGroup.UNPAID_ABSENCE)),
        FilterChip("overtime", _("With overtime"), has(TimeGroup.OVERTIME)),
        FilterChip("other", _("With codes nobody described"), has(TimeGroup.OTHER), tone=Tone.WARNING),
    ]


# -- norms -------------------------------------------------------------------------------------------------------------

CHECK_WORDS = {
    # Translators: whether the norm hours of 1C are what the production calendar gives
    Check.AGREES: N_("Agrees"),
    Check.DIFFERS: N_("Differs"),
    Check.NO_CALENDAR: N_("No calendar"),
}
CHECK_TONES = {Check.AGREES: Tone.SUCCESS, Check.DIFFERS: Tone.WARNING, Check.NO_CALENDAR: Tone.NEUTRAL}
CHECK_HELP = {
    Check.AGREES: N_("The norm is what the formula gives with the production calendar."),
    Check.DIFFERS: N_(
        "It differs from the formula by more than 0.1 hours. Regional calendars differ; else check the weekly norm."
    ),
    Check.NO_CALENDAR: N_("The production calendar of this year is not known here yet."),
}


def _signed(hours: Decimal | None) -> str:
    return "" if hours is None else f"{'+' if hours > 0 else ''}{hours_text(hours)}"


def _gap(line: NormLine) -> Decimal | None:
    return None if line.planned is None else line.planned - line.stored.norm.hours


def norm_period(line: NormLine) -> str:
    """The days of the norm."""
    return f"{day_text(line.stored.norm.start)} – {day_text(line.stored.norm.end)}"


NORM_COLUMNS: tuple[Column[NormLine], ...] = (
    Column("name", N_("Name"), lambda r: r.worker.name, width=210),
    Column("number", N_("Personnel number"), lambda r: r.worker.number, width=104, muted=True, hidden=True),
    Column("period", N_("Period"), lambda r: r.stored.norm.start, text=norm_period, kind=Kind.MOMENT, width=170),
    Column("mode", N_("Norm of"), lambda r: _(MODE_WORDS[r.stored.mode]), width=84, muted=True),
    Column("norm", N_("Norm of 1C"), lambda r: r.stored.norm.hours, text=lambda r: hours_text(r.stored.norm.hours),
           kind=Kind.NUMBER, width=92),
    Column("expected", N_("Expected"), lambda r: r.stored.expected, text=lambda r: hours_text(r.stored.expected),
           kind=Kind.NUMBER, width=84),
    Column("check", N_("Cross-check"), lambda r: _(CHECK_WORDS[r.check]), kind=Kind.CHIP, width=116,
           tone=lambda r: CHECK_TONES[r.check], tooltip=lambda r: _(CHECK_HELP[r.check])),
    Column("difference", N_("Difference"), lambda r: r.difference, text=lambda r: _signed(r.difference),
           kind=Kind.NUMBER, width=90, muted=True),
    Column("planned", N_("Planned"), lambda r: r.planned, text=lambda r: hours_text(r.planned), kind=Kind.NUMBER,
           width=80),
    Column("gap", N_("Planned − norm"), _gap, text=lambda r: _signed(_gap(r)), kind=Kind.NUMBER, width=116),
    Column("worked", N_("Worked"), lambda r: r.worked, text=lambda r: hours_text(r.worked), kind=Kind.NUMBER,
           width=80),
    Column("fetched", N_("From 1C"), lambda r: r.stored.fetched_at, text=lambda r: ago(r.stored.fetched_at),
           kind=Kind.MOMENT, width=110, muted=True, tooltip=lambda r: moment_text(r.stored.fetched_at)),
)  # fmt: skip


def norm_filters() -> list[FilterChip]:
    """By the cross-check, and by whether enough is planned."""
    return [
        FilterChip("differs", _(CHECK_WORDS[Check.DIFFERS]), lambda r: r.check is Check.DIFFERS, "check",
                   tone=Tone.WARNING),
        FilterChip("over", _("Planned over the norm"), lambda r: (_gap(r) or 0) > 0, "plan"),
        FilterChip("under", _("Planned under the norm"), lambda r: (_gap(r) or 0) < 0, "plan"),
    ]  # fmt: skip


# -- worked time -------------------------------------------------------------------------------------------------------

WORK_WORDS = {
    # Translators: how far worked time is on its way to 1C
    W.TO_SEND: N_("To send"),
    W.CHANGED: N_("Changed since sent"),
    W.SENT: N_("Sent"),
    W.NO_DOCUMENT: N_("No document"),
    W.UNKNOWN: N_("Outcome unknown"),
}
WORK_LOOKS: dict[WorkState, tuple[Tone, Icon]] = {
    W.TO_SEND: (Tone.INFO, Icon.SEND),
    W.CHANGED: (Tone.WARNING, Icon.EDIT),
    W.SENT: (Tone.SUCCESS, Icon.CHECK),
    W.NO_DOCUMENT: (Tone.WARNING, Icon.MINUS),
    W.UNKNOWN: (Tone.DANGER, Icon.ASK),
}
WORK_HELP = {
    W.TO_SEND: N_("It is kept here. 1C makes and posts documents of it when it is sent."),
    W.CHANGED: N_("1C has a document of it already. A second sending makes a second one: correct it in 1C instead."),
    W.SENT: N_("1C took it. It can only be corrected or deleted in 1C."),
    W.NO_DOCUMENT: N_("1C made no document, as plan and worked time agree there, or for the cause it names."),
    W.UNKNOWN: N_(
        "No answer came: nobody knows whether 1C made a document. It is never sent again by itself. "
        "Check in 1C, then decide."
    ),
}


def expected_text(expected: tuple[ExpectedDocument, ...] | None, types: Mapping[str, TimeType]) -> str:
    """The documents that 1C will make, by code and hours."""
    if expected is None:
        return _("As 1C's own plan says")
    if not expected:
        return _("No document: it agrees with the plan")
    return ", ".join(
        _("{code} {title}: {hours} h").format(
            code=e.code, title=_(time_type_of(e.code, types).title), hours=hours_text(e.hours)
        )
        for e in expected
    )


def document_text(line: WorkLine, types: Mapping[str, TimeType]) -> str:
    """What 1C made, else what it will make."""
    if line.receipt is not None and line.kept is None:
        return line.receipt.document or ""
    return expected_text(line.expected, types)


def periods_of(line: WorkLine) -> str:
    """When the person was in the system."""
    if line.kept is not None:
        zone = line.kept.shift.start.tzinfo
        assert zone is not None
        return periods_text(line.kept.periods(zone)) or _("Did not come")
    assert line.receipt is not None
    return periods_text(_joined(line)) or _("Did not come")


def _joined(line: WorkLine) -> tuple[Period, ...]:
    """The slices that were sent, put together again."""
    found: list[Period] = []
    for one in line.receipt.slices if line.receipt else ():
        end = one.start + timedelta(milliseconds=one.ms)
        if found and found[-1].end == one.start:
            found[-1] = Period(found[-1].start, end)
        else:
            found.append(Period(one.start, end))
    return tuple(found)


def _answer(line: WorkLine) -> str:
    return line.receipt.answer if line.receipt is not None else ""


def work_columns(types: Types) -> tuple[Column[WorkLine], ...]:
    """Worked time and what became of it."""
    return (
        Column("name", N_("Name"), lambda r: r.worker.name, width=210),
        Column("day", N_("Day"), lambda r: r.day, kind=Kind.MOMENT, width=88),
        Column("weekday", N_("Weekday"), lambda r: weekday(r.day), width=64, muted=True),
        Column("times", N_("Worked time"), periods_of, width=170, tooltip=periods_of),
        Column("worked", N_("Worked"), lambda r: r.worked, text=lambda r: hours_text(r.worked), kind=Kind.NUMBER,
               width=76),
        Column("planned", N_("Planned"), lambda r: r.planned, text=lambda r: hours_text(r.planned), kind=Kind.NUMBER,
               width=76, muted=True),
        Column("state", N_("1C"), lambda r: _(WORK_WORDS[r.state]), kind=Kind.CHIP, width=190,
               tone=lambda r: WORK_LOOKS[r.state][0], icon=lambda r: WORK_LOOKS[r.state][1],
               tooltip=lambda r: _(WORK_HELP[r.state])),
        Column("document", N_("Document in 1C"), lambda r: document_text(r, types()), width=230,
               tooltip=lambda r: document_text(r, types())),
        Column("answer", N_("Answer of 1C"), _answer, width=200, muted=True, tooltip=_answer),
        Column("initiator", N_("Confirmed by"), lambda r: r.receipt.initiator_name if r.receipt else "", width=120,
               muted=True),
        Column("sent", N_("Sent at"), lambda r: r.receipt.sent_at if r.receipt else None,
               text=lambda r: ago(r.receipt.sent_at) if r.receipt else "", kind=Kind.MOMENT, width=120, muted=True,
               tooltip=lambda r: moment_text(r.receipt.sent_at) if r.receipt else ""),
        Column("start", N_("Shift begins"), lambda r: clock(r.start), width=100, muted=True, hidden=True),
    )  # fmt: skip


def work_filters() -> list[FilterChip]:
    """One state at a time."""

    def of(state: WorkState) -> FilterChip:
        tone = WORK_LOOKS[state][0] if state in {W.UNKNOWN, W.NO_DOCUMENT} else Tone.NEUTRAL
        return FilterChip(state.value, _(WORK_WORDS[state]), lambda line: line.state is state, "state", tone=tone)

    return [of(state) for state in WorkState]
