"""Codes of working time: the table of the state forms T-12 and T-13 as data a person may change (onec-zup.md §7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import msgspec

from app.errors import UsageError
from app.i18n import N_, _

_LOOK_ALIKES = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")
_MOST_CODE_CHARS = 10


class TimeGroup(StrEnum):
    """What kind of time a code stands for."""

    WORK = "work"
    OVERTIME = "overtime"
    PAID_ABSENCE = "paid_absence"
    UNPAID_ABSENCE = "unpaid_absence"
    DAY_OFF = "day_off"
    OTHER = "other"
    """Of a code that nobody has described yet."""


@dataclass(frozen=True, slots=True)
class TimeType:
    """One code; `number` is that of the state form, `worked` says that its hours count as worked.

    `colour` is a person's choice as `#rrggbb`; blank is the colour of its group.
    """

    code: str
    title: str
    group: TimeGroup
    worked: bool = False
    number: str = ""
    colour: str = ""


@lru_cache(maxsize=1_024)  # few codes are many people's
def normalised(code: str) -> str:
    """A code in upper case, Latin letters that look like Cyrillic ones replaced: `b` is a day off, В, and not Б."""
    return code.strip().upper().translate(_LOOK_ALIKES)


def _work(number: str, code: str, title: str, group: TimeGroup = TimeGroup.WORK) -> TimeType:
    return TimeType(code, title, group, True, number)


def _paid(number: str, code: str, title: str) -> TimeType:
    return TimeType(code, title, TimeGroup.PAID_ABSENCE, number=number)


def _unpaid(number: str, code: str, title: str) -> TimeType:
    return TimeType(code, title, TimeGroup.UNPAID_ABSENCE, number=number)


DEFAULT_TIME_TYPES: tuple[TimeType, ...] = (
    _work("01", "Я", N_("Day work")),
    _work("02", "Н", N_("Night work")),
    _work("03", "РВ", N_("Work on days off and holidays"), TimeGroup.OVERTIME),
    _work("", "РВН", N_("Night work on days off"), TimeGroup.OVERTIME),
    _work("04", "С", N_("Overtime"), TimeGroup.OVERTIME),
    _work("05", "ВМ", N_("Shift-camp work")),
    _work("06", "К", N_("Business trip")),
    _paid("07", "ПК", N_("Training away from work")),
    _paid("08", "ПМ", N_("Training in another place")),
    _paid("09", "ОТ", N_("Annual paid leave")),
    _paid("10", "ОД", N_("Additional paid leave")),
    _paid("11", "У", N_("Paid study leave")),
    _work("12", "УВ", N_("Shortened time of trainees")),
    _unpaid("13", "УД", N_("Unpaid study leave")),
    _paid("14", "Р", N_("Maternity leave")),
    _unpaid("15", "ОЖ", N_("Parental leave")),
    _unpaid("16", "ДО", N_("Unpaid leave by the employer's permission")),
    _unpaid("17", "ОЗ", N_("Unpaid leave by law")),
    _unpaid("18", "ДБ", N_("Additional unpaid leave")),
    _paid("19", "Б", N_("Paid sick leave")),
    _unpaid("20", "Т", N_("Unpaid sick leave")),
    _work("21", "ЛЧ", N_("Shortened hours by law")),
    _paid("22", "ПВ", N_("Forced absence after an unlawful dismissal")),
    _paid("23", "Г", N_("Public duties")),
    _unpaid("24", "ПР", N_("Truancy")),
    _work("25", "НС", N_("Part time on the employer's initiative")),
    TimeType("В", N_("Day off"), TimeGroup.DAY_OFF, number="26"),
    _paid("27", "ОВ", N_("Extra paid days off")),
    _unpaid("28", "НВ", N_("Extra unpaid days off")),
    _paid("29", "ЗБ", N_("Strike")),
    _unpaid("30", "НН", N_("Unexplained absence")),
    _paid("31", "РП", N_("Downtime, employer's fault")),
    _paid("32", "НП", N_("Downtime, nobody's fault")),
    _unpaid("33", "ВП", N_("Downtime, employee's fault")),
    _paid("34", "НО", N_("Suspension with pay")),
    _unpaid("35", "НБ", N_("Suspension without pay")),
    _paid("36", "НЗ", N_("Stopped work for unpaid wages")),
    _paid("", "МО", N_("Medical check")),
    _paid("", "КР", N_("Feeding breaks")),
    _unpaid("", "НА", N_("Administrative arrest")),
)


DOCUMENTED_FACTS = frozenset({"РВ", "РВН", "НН", "С"})
"""Codes that come from worked time that was sent (§7): work on days off, unexplained absence, overtime."""


def time_types(setting: str = "") -> dict[str, TimeType]:
    """The table by code: the default one with the rows of the setting `time_type_map` over it.

    Raises `UsageError` naming what the setting does not say rightly.
    """
    known = {row.code: row for row in DEFAULT_TIME_TYPES}
    for row in _rows(setting):
        code = normalised(row.code)
        if not code or len(code) > _MOST_CODE_CHARS:
            raise UsageError(_("{value} is not a code of working time.").format(value=row.code))
        known[code] = TimeType(code, row.title.strip() or code, row.group, row.worked, row.number, row.colour)
    return known


def time_type_of(code: str, table: Mapping[str, TimeType]) -> TimeType:
    """What a code from 1C stands for; one that nobody described stays as it came (§7)."""
    return table.get(normalised(code)) or TimeType(code, code, TimeGroup.OTHER)


def checked_map(text: str) -> str:
    """The setting as it is kept.

    Raises `UsageError` where it cannot be read.
    """
    time_types(text)
    return text


def _rows(setting: str) -> list[TimeType]:
    if not setting.strip():
        return []
    try:
        return msgspec.json.decode(setting, type=list[TimeType])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UsageError(
            _("The codes of working time cannot be read: {cause}").format(cause=error),
            _(
                'Write a JSON array of rows like {{"code": "ЖЖ", "title": "Duty", "group": "work", "worked": true}}.'
            ).format(),
        ) from error
