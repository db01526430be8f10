"""Why plan, fact and 1C differ on a day, and what to do about it (onec-zup.md §5.5, §6.2). Pure functions."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from app.domain.deviations import TOLERANCE_HOURS, Deviation, DeviationType
from app.domain.onec_receipts import SentStatus
from app.domain.onec_time_types import DOCUMENTED_FACTS, normalised
from app.i18n import N_


class Cause(StrEnum):
    """The cause of a gap."""

    DOCUMENT = "document"
    """1C holds a document of its own: vacation, sick leave."""
    CONFIRMED = "confirmed"
    """1C holds what worked time that was sent makes: overtime, unexplained absence, work on a day off."""
    NOT_PLANNED_IN_1C = "not_planned_in_1c"
    """1C counts by another schedule, as the one here was not sent."""
    OTHER_PLAN_IN_1C = "other_plan_in_1c"
    """The same, though it was sent."""
    NOT_SENT = "not_sent"
    """The contact centre saw it, 1C does not know."""
    KEPT = "kept"
    """Entered here and not sent yet."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Sent, and nobody knows whether 1C has it."""
    SENT = "sent"
    """Sent, and not in the timesheet that is stored."""
    NO_TIMESHEET = "no_timesheet"
    NONE = "none"


CAUSE_WORDS = {
    Cause.DOCUMENT: N_("Document in 1C"),
    Cause.CONFIRMED: N_("Confirmed in 1C"),
    Cause.NOT_PLANNED_IN_1C: N_("Schedule not sent to 1C"),
    Cause.OTHER_PLAN_IN_1C: N_("Other schedule in 1C"),
    Cause.NOT_SENT: N_("Not in 1C yet"),
    Cause.KEPT: N_("Entered, not sent"),
    Cause.REFUSED: N_("Refused by 1C"),
    Cause.UNKNOWN: N_("Outcome unknown"),
    Cause.SENT: N_("Sent, not seen in 1C"),
    Cause.NO_TIMESHEET: N_("No timesheet"),
    Cause.NONE: N_("No gap"),
}
CAUSE_TEXTS = {
    Cause.DOCUMENT: N_("1C holds a document for this day, which explains the gap."),
    Cause.CONFIRMED: N_("1C holds a document about the worked time, so both systems know of the gap."),
    Cause.NOT_PLANNED_IN_1C: N_("1C counts by a schedule of its own: the one planned here was not sent."),
    Cause.OTHER_PLAN_IN_1C: N_("1C counts other hours than the schedule that was sent."),
    Cause.NOT_SENT: N_("The contact centre saw other hours than planned, and 1C was not told."),
    Cause.KEPT: N_("Worked time of this day was entered here and has not been sent."),
    Cause.REFUSED: N_("1C refused the worked time that was sent."),
    Cause.UNKNOWN: N_("Worked time was sent, and no answer came: 1C may have made a document or not."),
    Cause.SENT: N_("Worked time was sent and taken; the stored timesheet does not show it yet."),
    Cause.NO_TIMESHEET: N_("Nothing is known from 1C about this day."),
    Cause.NONE: N_("Plan, fact and 1C agree within a quarter of an hour."),
}
CAUSE_REMEDIES = {
    Cause.DOCUMENT: "",
    Cause.CONFIRMED: "",
    Cause.NOT_PLANNED_IN_1C: N_("Send the schedule under Schedules, then fetch again. Past months are closed in 1C."),
    Cause.OTHER_PLAN_IN_1C: N_("Compare the schedule in 1C; send it again while the month is open."),
    Cause.NOT_SENT: N_("If it is right, send the worked time under Timesheet."),
    Cause.KEPT: N_("Send it under Timesheet."),
    Cause.REFUSED: N_("Put right what 1C names, then send it again under Timesheet."),
    Cause.UNKNOWN: N_("Check in 1C under Timesheet before sending anything again."),
    Cause.SENT: N_("Fetch again."),
    Cause.NO_TIMESHEET: N_("Fetch the timesheet."),
    Cause.NONE: "",
}
_BY_STATUS = {
    SentStatus.SENT: Cause.SENT,
    SentStatus.REFUSED: Cause.REFUSED,
    SentStatus.UNKNOWN: Cause.UNKNOWN,
    SentStatus.SENDING: Cause.UNKNOWN,
}


def cause_of(found: Deviation, codes: Collection[str], *, schedule_sent: bool, kept: bool) -> Cause:
    """The cause of a gap; `codes` are those of the day in 1C, `kept` says that worked time waits here to be sent."""
    if found.sent in {SentStatus.UNKNOWN, SentStatus.SENDING}:
        return Cause.UNKNOWN
    if found.type is DeviationType.NONE:
        return Cause.NO_TIMESHEET if found.onec_hours is None else Cause.NONE
    if found.type is DeviationType.DOCUMENTED:
        return Cause.DOCUMENT
    if found.onec_hours is not None and abs(found.onec_hours - found.planned_hours) > TOLERANCE_HOURS:
        if DOCUMENTED_FACTS.intersection(map(normalised, codes)):
            return Cause.CONFIRMED
        return Cause.OTHER_PLAN_IN_1C if schedule_sent or not found.planned_hours else Cause.NOT_PLANNED_IN_1C
    if found.sent is not None:
        return _BY_STATUS[found.sent]
    return Cause.KEPT if kept else Cause.NOT_SENT
