"""How times of 1C are written: on the clocks of 1C, whatever zone this computer is in; hours without needless zeros."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from PySide6.QtCore import QDate, QLocale, QTime

from app.domain.onec_schedules import Period, Shift
from app.i18n import _

HOUR_MS = 3_600_000
_DECIMALS = 2


def clock(moment: datetime) -> str:
    """The time of day where the moment says it is."""
    return QLocale().toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)


def day_text(day: date) -> str:
    """A day as the locale writes it."""
    return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)


def weekday(day: date) -> str:
    """The day of the week, short."""
    return QLocale().standaloneDayName(day.isoweekday(), QLocale.FormatType.ShortFormat)


def month_text(first: date) -> str:
    """Month and year."""
    return f"{QLocale().standaloneMonthName(first.month, QLocale.FormatType.LongFormat)} {first.year}"


def hours_text(hours: float | Decimal | None) -> str:
    """Hours with as many decimals as they need, at most two; blank where they are not known."""
    if hours is None:
        return ""
    locale = QLocale()
    return locale.toString(float(hours), "f", _DECIMALS).rstrip(locale.zeroDigit()).removesuffix(locale.decimalPoint())


def end_text(shift: Shift) -> str:
    """When a shift ends; one of the next day says so."""
    text = clock(shift.end)
    later = (shift.end.date() - shift.start.date()).days
    # Translators: the time at which a shift ends, on the day after it began
    return _("{time} next day").format(time=text) if later else text


def periods_text(periods: tuple[Period, ...]) -> str:
    """Several spans of time."""
    return ", ".join(f"{clock(p.start)}–{clock(p.end)}" for p in periods)
