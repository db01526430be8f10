"""What the three tables of the Schedules tab show: shifts, months of people with a column per day, receipts."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date

from app.domain.onec_receipts import SentStatus
from app.i18n import N_, _
from ui.pages.workforce.schedules.reading import HOUR_MS, MonthLine, ReceiptLine, SendState, ShiftLine
from ui.pages.workforce.time_words import clock, day_text, end_text, hours_text, month_text, periods_text, weekday
from ui.tables import Align, Column, Kind
from ui.texts import ago, moment_text
from ui.theme import Icon, Tone
from ui.widgets import FilterChip

S = SendState
STATE_WORDS = {
    # Translators: how far a planned shift is on its way to 1C
    S.NOT_SENT: N_("Not sent"),
    S.CHANGED: N_("Changed"),
    S.IN_1C: N_("In 1C"),
    S.REFUSED: N_("Refused"),
    S.UNKNOWN: N_("Unknown"),
    S.CLOSED: N_("Month closed"),
    S.REMOVED: N_("Still in 1C"),
    S.EMPTY: N_("No shifts"),
}
STATE_LOOKS: dict[SendState, tuple[Tone, Icon]] = {
    S.NOT_SENT: (Tone.INFO, Icon.SEND),
    S.CHANGED: (Tone.INFO, Icon.EDIT),
    S.IN_1C: (Tone.SUCCESS, Icon.CHECK),
    S.REFUSED: (Tone.DANGER, Icon.CLOSE),
    S.UNKNOWN: (Tone.WARNING, Icon.ASK),
    S.CLOSED: (Tone.NEUTRAL, Icon.LOCK),
    S.REMOVED: (Tone.WARNING, Icon.WARNING),
    S.EMPTY: (Tone.NEUTRAL, Icon.MINUS),
}
STATE_HELP = {
    S.NOT_SENT: N_("1C has not been told of it yet."),
    S.CHANGED: N_("1C has this month, but not like this: send it again."),
    S.IN_1C: N_("1C confirmed it. It is not sent again while nothing changes."),
    S.REFUSED: N_("1C refused the month: put right what it says, then send it again."),
    S.UNKNOWN: N_("No answer came. Sending a month again does no harm."),
    S.CLOSED: N_("The month is over, and 1C has closed it: correct it in 1C."),
    S.REMOVED: N_("No shift is left here, but 1C still has the month: delete its schedule in 1C."),
    S.EMPTY: N_("Nobody has planned anything for this month."),
}
_WEEKEND = 5
# Translators: stands in a day of the weekend on which somebody has no shift
_DAY_OFF = "·"


def answer_text(line: ShiftLine | MonthLine) -> str:
    """1C's own words."""
    return line.receipt.answer if line.receipt is not None else ""


def state_tip(line: ShiftLine | MonthLine) -> str:
    """What the chip means, and what 1C said."""
    said = answer_text(line)
    return "\n".join(filter(None, (_(STATE_HELP[line.state]), said)))


def _hours(ms: Callable[[ShiftLine], int]) -> Callable[[ShiftLine], str]:
    return lambda line: hours_text(ms(line) / HOUR_MS)


SHIFT_COLUMNS: tuple[Column[ShiftLine], ...] = (
    Column("name", N_("Name"), lambda r: r.worker.name, width=210),
    Column("day", N_("Day"), lambda r: r.day, kind=Kind.MOMENT, width=88),
    Column("weekday", N_("Weekday"), lambda r: weekday(r.day), width=64, muted=True),
    Column("start", N_("Start"), lambda r: clock(r.shift.start), width=64),
    Column("end", N_("End"), lambda r: end_text(r.shift), width=116),
    Column("hours", N_("Hours"), lambda r: r.hours, text=lambda r: hours_text(r.hours), kind=Kind.NUMBER, width=64),
    Column("state", N_("1C"), lambda r: _(STATE_WORDS[r.state]), kind=Kind.CHIP, width=140,
           tone=lambda r: STATE_LOOKS[r.state][0], icon=lambda r: STATE_LOOKS[r.state][1], tooltip=state_tip),
    Column("breaks", N_("Unpaid breaks"), lambda r: periods_text(r.shift.unpaid_breaks), width=120, muted=True),
    Column("by_day", N_("By day"), lambda r: r.counted.day_ms / HOUR_MS, text=_hours(lambda r: r.counted.day_ms),
           kind=Kind.NUMBER, width=64, muted=True),
    Column("by_night", N_("By night"), lambda r: r.counted.night_ms / HOUR_MS,
           text=_hours(lambda r: r.counted.night_ms), kind=Kind.NUMBER, width=70, muted=True),
    Column("number", N_("Personnel number"), lambda r: r.worker.number, width=104, muted=True),
    Column("department", N_("Department"), lambda r: r.worker.department, width=150, muted=True, hidden=True),
    Column("answer", N_("Answer of 1C"), answer_text, width=220, muted=True, tooltip=answer_text),
)  # fmt: skip


def shift_filters() -> list[FilterChip]:
    """States that widen each other's view one at a time."""

    def of(*states: SendState) -> Callable[[ShiftLine], bool]:
        return lambda line: line.state in states

    return [
        FilterChip("all", _("All"), lambda _line: True, "state"),
        FilterChip("unsent", _("To send"), lambda line: line.state.unsent, "state"),
        FilterChip("in_1c", _(STATE_WORDS[S.IN_1C]), of(S.IN_1C), "state"),
        FilterChip("refused", _(STATE_WORDS[S.REFUSED]), of(S.REFUSED), "state", tone=Tone.DANGER),
        FilterChip("unknown", _(STATE_WORDS[S.UNKNOWN]), of(S.UNKNOWN), "state", tone=Tone.WARNING),
        FilterChip("closed", _(STATE_WORDS[S.CLOSED]), of(S.CLOSED), "state"),
    ]


# -- months ------------------------------------------------------------------------------------------------------------


def _day_column(number: int) -> Column[MonthLine]:
    """Paid hours of one day of the month; who works when is in the tooltip."""
    return Column(
        f"d{number:02}", str(number), lambda r: _day_hours(r, number), text=lambda r: _day_words(r, number),
        width=38, narrow=True, align=Align.CENTER, tooltip=lambda r: day_tip(r, number),
        tone=lambda r: _day_tone(r, number),
    )  # fmt: skip


def _day_hours(line: MonthLine, number: int) -> float | None:
    lines = line.days.get(number)
    return sum(shift.hours for shift in lines) if lines else None


def _day_words(line: MonthLine, number: int) -> str:
    hours = _day_hours(line, number)
    return hours_text(hours) if hours is not None else _DAY_OFF if _is_weekend(line.first, number) else ""


def _day_tone(line: MonthLine, number: int) -> Tone | None:
    """Only what needs a look has a colour; the word for it is in the tooltip and in the details."""
    states = {shift.state for shift in line.days.get(number, ())}
    return Tone.DANGER if S.REFUSED in states else Tone.WARNING if S.UNKNOWN in states else None


def _is_weekend(first: date, number: int) -> bool:
    within = number <= calendar.monthrange(first.year, first.month)[1]
    return within and first.replace(day=number).weekday() >= _WEEKEND


def day_tip(line: MonthLine, number: int) -> str:
    """Who works when on that day."""
    if number > calendar.monthrange(line.first.year, line.first.month)[1]:
        return ""
    day = line.first.replace(day=number)
    head = f"{line.worker.name}, {weekday(day)} {day_text(day)}"
    shifts = [
        _("{start}–{end}, {hours} h: {state}").format(
            start=clock(s.shift.start), end=end_text(s.shift), hours=hours_text(s.hours), state=_(STATE_WORDS[s.state])
        )
        for s in line.days.get(number, ())
    ]
    return "\n".join([head, *(shifts or [_("No shift")])])


def _sum(line: MonthLine) -> float:
    return sum(shift.hours for shift in line.shifts)


MONTH_COLUMNS: tuple[Column[MonthLine], ...] = (
    Column("name", N_("Name"), lambda r: r.worker.name, width=190, tooltip=lambda r: r.worker.name),
    Column("number", N_("Personnel number"), lambda r: r.worker.number, width=104, muted=True, hidden=True),
    Column("department", N_("Department"), lambda r: r.worker.department, width=140, muted=True, hidden=True),
    Column("month", N_("Month"), lambda r: r.first, text=lambda r: month_text(r.first), kind=Kind.MOMENT, width=110,
           muted=True, hidden=True),
    Column("state", N_("1C"), lambda r: _(STATE_WORDS[r.state]), kind=Kind.CHIP, width=124,
           tone=lambda r: STATE_LOOKS[r.state][0], icon=lambda r: STATE_LOOKS[r.state][1], tooltip=state_tip),
    Column("hours", N_("Hours"), _sum, text=lambda r: hours_text(_sum(r)), kind=Kind.NUMBER, width=60),
    *(_day_column(number) for number in range(1, 32)),
)  # fmt: skip


def month_filters() -> list[FilterChip]:
    """The same of months."""
    return [
        FilterChip("planned", _("With shifts"), lambda line: bool(line.days), "what"),
        FilterChip("unsent", _("To send"), lambda line: line.state.unsent, "what"),
        FilterChip("empty", _("Nothing planned"), lambda line: not line.days, "what"),
        FilterChip("removed", _(STATE_WORDS[S.REMOVED]), lambda line: line.state is S.REMOVED, "what",
                   tone=Tone.WARNING),
    ]  # fmt: skip


# -- receipts ----------------------------------------------------------------------------------------------------------

RECEIPT_WORDS = {
    # Translators: how 1C answered to a day of a schedule
    SentStatus.SENDING: N_("Unknown"),
    SentStatus.SENT: N_("Accepted"),
    SentStatus.REFUSED: N_("Refused"),
    SentStatus.UNKNOWN: N_("Unknown"),
}
RECEIPT_LOOKS: dict[SentStatus, tuple[Tone, Icon]] = {
    SentStatus.SENDING: STATE_LOOKS[S.UNKNOWN],
    SentStatus.SENT: STATE_LOOKS[S.IN_1C],
    SentStatus.REFUSED: STATE_LOOKS[S.REFUSED],
    SentStatus.UNKNOWN: STATE_LOOKS[S.UNKNOWN],
}


def _now_words(line: ReceiptLine) -> str:
    return _("Unchanged: not sent again") if line.unchanged else _("Changed since")


RECEIPT_COLUMNS: tuple[Column[ReceiptLine], ...] = (
    Column("name", N_("Name"), lambda r: r.worker.name, width=210),
    Column("number", N_("Personnel number"), lambda r: r.worker.number, width=104, muted=True),
    Column("day", N_("Day"), lambda r: r.day, kind=Kind.MOMENT, width=88),
    Column("start", N_("Start"), lambda r: clock(r.sent.start), width=64),
    Column("by_day", N_("By day"), lambda r: r.sent.day_ms / HOUR_MS,
           text=lambda r: hours_text(r.sent.day_ms / HOUR_MS), kind=Kind.NUMBER, width=64),
    Column("by_night", N_("By night"), lambda r: r.sent.night_ms / HOUR_MS,
           text=lambda r: hours_text(r.sent.night_ms / HOUR_MS), kind=Kind.NUMBER, width=70),
    Column("status", N_("Result"), lambda r: _(RECEIPT_WORDS[r.receipt.status]), kind=Kind.CHIP, width=140,
           tone=lambda r: RECEIPT_LOOKS[r.receipt.status][0], icon=lambda r: RECEIPT_LOOKS[r.receipt.status][1]),
    Column("now", N_("Plan now"), _now_words, width=170, muted=True),
    Column("answer", N_("Answer of 1C"), lambda r: r.receipt.answer, width=260, tooltip=lambda r: r.receipt.answer),
    Column("sent", N_("Sent at"), lambda r: r.receipt.sent_at, text=lambda r: ago(r.receipt.sent_at), kind=Kind.MOMENT,
           width=120, muted=True, tooltip=lambda r: moment_text(r.receipt.sent_at)),
)  # fmt: skip


def receipt_filters() -> list[FilterChip]:
    """How 1C answered."""

    def of(*statuses: SentStatus) -> Callable[[ReceiptLine], bool]:
        return lambda line: line.receipt.status in statuses

    unknown = of(SentStatus.UNKNOWN, SentStatus.SENDING)
    return [
        FilterChip("accepted", _("Accepted"), of(SentStatus.SENT), "status"),
        FilterChip("refused", _("Refused"), of(SentStatus.REFUSED), "status", tone=Tone.DANGER),
        FilterChip("unknown", _("Unknown"), unknown, "status", tone=Tone.WARNING),
        FilterChip("moved", _("Changed since"), lambda line: not line.unchanged, "now"),
    ]
