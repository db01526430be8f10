"""Bodies of 1C's other methods: what is sent, and how the answers are read (onec-zup.md §5.2-§5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from app.connectors.onec.refusals import OneCBusinessError, message_of
from app.connectors.tolerant_json import Loose, NotJson, Row, read_json, rows_of
from app.domain.mappings import AS_SENT, Mapper, Problem
from app.domain.mappings.value_tables import TIME_TYPES
from app.domain.onec import (
    FactDay,
    NormHours,
    NormMode,
    NormRequest,
    OneCNorms,
    OneCReply,
    PersonSchedule,
    Timesheet,
    TimesheetAbsence,
    TimesheetDay,
    TimesheetPeriod,
    WeeklyNorm,
)
from app.domain.onec_values import amount, day, flag, number, reference, text
from app.errors import BadData
from app.i18n import _
from app.redaction import redact


def decoded(body: bytes) -> Loose:
    """The value of an answer.

    Raises `BadData` with its beginning.
    """
    try:
        return read_json(body)
    except NotJson as error:
        raise BadData(
            _("1C sent an answer that cannot be read: {excerpt}").format(excerpt=redact(error.excerpt) or "-")
        ) from error


def read_answer(body: bytes) -> Loose:
    """The value of an answer to a read.

    Raises `BadData`, and `OneCBusinessError` for a `result` of false in place of data: 1C may refuse with 200 (§4.5).
    """
    loose = decoded(body)
    rows = rows_of(loose.value).found
    said = rows[0].get("result") if len(rows) == 1 else loose.value
    if flag(said) is False:
        words = redact(message_of(rows[0])) if rows else ""
        raise OneCBusinessError(words or _("1C refuses it without saying why."))
    return loose


def norm_body(first: date, last: date, mode: NormMode, people: Sequence[NormRequest]) -> dict[str, Any]:
    """What `getNormHours` is asked."""
    agents = [{"agentId": p.external_id, "AR_norms": [_norm(n) for n in p.norms]} for p in people]
    return {
        "startDate": first.isoformat(),
        "endDate": last.isoformat(),
        "calculationMode": mode.value,
        "AR_agents": agents,
    }


def _norm(norm: WeeklyNorm) -> dict[str, Any]:
    row: dict[str, Any] = {"normWeek": _plain(norm.hours)}
    if norm.change_date is not None:
        row["changeDate"] = norm.change_date.isoformat()
    return row


def read_norms(body: bytes, zone: tzinfo, mapper: Mapper = AS_SENT) -> OneCNorms:
    """The answer of `getNormHours`: several rows for each person.

    Raises `BadData` when it is none.
    """

    def norm(row: Row) -> NormHours | None:
        agent, hours = reference(row.get("agentId", "id")), number(row.get("normHours"))
        first, last = day(row.get("startDate"), zone), day(row.get("endDate"), zone)
        if agent is None or hours is None or first is None or last is None:
            return None
        return NormHours(agent, hours, first, last)

    loose = _list(body)
    taken = rows_of(mapper.take("norm", loose.value))
    rows, unreadable = taken.read(norm)
    return OneCNorms(tuple(rows), unreadable, loose.repaired, taken.refused)


def timesheet_body(first: date, last: date, external_ids: Sequence[str]) -> dict[str, Any]:
    """What `getTimetypeInfo` is asked; its keys are named otherwise than those of every other method (§5.4)."""
    return {
        "date_start": datetime.combine(first, time()).isoformat(),
        "date_end": datetime.combine(last, time()).isoformat(),
        "AR_agents": [{"agentId": external_id} for external_id in external_ids],
    }


def read_timesheet(body: bytes, first: date, last: date, zone: tzinfo, mapper: Mapper = AS_SENT) -> Timesheet:
    """The answer of `getTimetypeInfo` for a period, days in `zone`.

    Raises `BadData` when it is none.
    """
    loose = _list(body)
    left_out = 0
    refused: list[Problem] = []

    def period(row: Row) -> TimesheetPeriod | None:
        nonlocal left_out
        agent = reference(row.get("agentId", "id"))
        if agent is None:
            return None
        dated = rows_of(mapper.take("timesheet_day", row.get("AR_date")))
        summed = rows_of(mapper.take("timesheet_absence", row.get("AR_N")))
        days, others = dated.read(lambda one: _day(one, zone))
        absences, unnamed = summed.read(_absence)
        refused.extend((*dated.refused, *summed.refused))
        left_out += others + unnamed
        for code in [*(one.code for one in days), *(one.code for one in absences)]:
            mapper.seen(TIME_TYPES, code)
        halves = {name: number(row.get(name)) for name in ("half1_days", "half1_hours", "half2_days", "half2_hours")}
        return TimesheetPeriod(agent, first, last, tuple(days), tuple(absences), **halves)

    periods, unreadable = rows_of(loose.value).read(period)
    return Timesheet(tuple(periods), unreadable + left_out, loose.repaired, tuple(refused))


def _day(row: Row, zone: tzinfo) -> TimesheetDay | None:
    on, code = day(row.get("date"), zone), text(row.get("timetype"))
    hours = number(row.get("hours")) if row.get("hours") not in (None, "") else Decimal(0)
    return TimesheetDay(on, code, hours) if on is not None and code and hours is not None else None


def _absence(row: Row) -> TimesheetAbsence | None:
    code, written = text(row.get("timetype_N")), text(row.get("hours_N"))
    days, hours = amount(written) or (None, None)
    return TimesheetAbsence(code, written, days, hours) if code else None


def schedule_body(schedule: PersonSchedule, zone: tzinfo, *, as_text: bool) -> dict[str, Any]:
    """What `sendSchedule` is told; `as_text` writes hours as strings, for a 1C that wants it so (§5.3)."""

    def hours(ms: int) -> int | str:
        return str(ms) if as_text else ms

    return {
        "agentId": schedule.external_id,
        "period1": _midnight(schedule.first, zone),
        "period2": _midnight(schedule.last, zone),
        "shift": [
            {
                "date_start": _stamp(shift.start, zone),
                "daily_hours": hours(shift.day_ms),
                "night_hours": hours(shift.night_ms),
            }
            for shift in schedule.shifts
        ],
    }


def fact_body(fact: FactDay, zone: tzinfo) -> dict[str, Any]:
    """What `sendFactWorkTime` is told."""
    return {
        "agentId": fact.external_id,
        "initiator_name": fact.initiator_name,
        "date_start": _stamp(fact.shift_start, zone),
        "loginfo": [{"start": _stamp(one.start, zone), "time": one.ms} for one in fact.slices],
    }


def read_reply(body: bytes) -> OneCReply:
    """What 1C said to a write: its `result` is a text in one method and a boolean in the other.

    Raises `BadData` when there is no result in it.
    """
    rows = rows_of(decoded(body).value).found
    result = flag(rows[0].get("result")) if len(rows) == 1 else None
    if result is None:
        raise BadData(_("The answer of 1C does not say whether it took what was sent."))
    return OneCReply(result, redact(message_of(rows[0])), text(rows[0].get("doc")) or None)


def _list(body: bytes) -> Loose:
    loose = read_answer(body)
    if not isinstance(loose.value, list | dict):
        raise BadData(_("The answer of 1C is no list."))
    return loose


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _midnight(on: date, zone: tzinfo) -> str:
    return datetime.combine(on, time(), zone).isoformat()


def _stamp(moment: datetime, zone: tzinfo) -> str:
    """Wall time with its offset (§5)."""
    return moment.astimezone(zone).isoformat(timespec="seconds")
