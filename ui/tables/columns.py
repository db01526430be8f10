"""What a column of a table is: one frozen description from which display, sorting, search, copy and export come.

Column("name", N_("Name"), value=lambda office: office.name, width=220)
Column("status", N_("Status"), kind=Kind.CHIP, value=lambda o: o.active,
       text=lambda o: _("Active") if o.active else _("Inactive"),
       tone=lambda o: Tone.SUCCESS if o.active else Tone.NEUTRAL)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Generic, TypeVar

from PySide6.QtCore import QDate, QDateTime, QLocale, Qt, QTime
from PySide6.QtGui import QPixmap

from app.i18n import _
from ui.theme import Icon, Tone

Row = TypeVar("Row")


class Kind(StrEnum):
    """How a cell is shown and sorted."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"  # a date, or a date with time
    CHIP = "chip"  # icon, word and status colour
    PERSON = "person"  # round picture or initials, and the name
    LINK = "link"  # a word to press; the view reports it
    BAR = "bar"  # how full something is: a bar, and the words


class Align(StrEnum):
    """Where a cell's content stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"

    @property
    def flag(self) -> Qt.AlignmentFlag:
        """The same for Qt, centred vertically."""
        return _FLAGS[self]


_FLAGS = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    Align.CENTER: Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
}


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column over rows of one type."""

    key: str  # stable name, under which width and order are remembered
    title: str  # marked with N_(), translated when shown
    value: Callable[[Row], object]  # native value: sorted and exported
    options: KW_ONLY
    text: Callable[[Row], str] | None = None  # words shown, searched and copied; default: the value in the locale
    kind: Kind = Kind.TEXT
    width: int = 120  # pixels, until the user changes it
    align: Align | None = None  # default: numbers right, all else left
    hidden: bool = False  # until the user shows it; the first column is always shown
    muted: bool = False  # secondary information, in grey
    tone: Callable[[Row], Tone | None] | None = None
    icon: Callable[[Row], Icon | None] | None = None
    tooltip: Callable[[Row], str] | None = None
    picture: Callable[[Row], QPixmap | None] | None = None  # for PERSON; asked for visible rows only
    # for BAR, `value` is the part of the whole, 0 to 1, and `text` says it in words
    copyable: bool = True  # copied and exported
    narrow: bool = False  # its heading takes `width` and no more: a number of a day wants no room for a sort arrow
    edit: Callable[[Row], str | None] | None = None  # the text to edit in place, None where it cannot be

    @property
    def heading(self) -> str:
        """The title in the user's language."""
        return _(self.title)

    @property
    def alignment(self) -> Align:
        """Where the content stands."""
        return self.align or (Align.RIGHT if self.kind is Kind.NUMBER else Align.LEFT)

    @property
    def sorts_by_value(self) -> bool:
        """Numbers, moments and bars sort by value; all else by the words shown, as the language orders them."""
        return self.kind in {Kind.NUMBER, Kind.MOMENT, Kind.BAR}

    def words(self, row: Row) -> str:
        """The cell as the user reads it."""
        if self.text is not None:
            return self.text(row)
        value = self.value(row)
        return value if isinstance(value, str) else format_value(value)

    def exported(self, row: Row) -> object:
        """The cell for a file: numbers and moments as such, all else in words."""
        return self.value(row) if self.kind in {Kind.NUMBER, Kind.MOMENT} else self.words(row)


def format_value(value: object) -> str:
    """A value in the words of the user's locale; `None` is empty, times are shown in local time."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return _("Yes") if value else _("No")
        case int():
            return _locale().toString(value)
        case float():
            return _locale().toString(value, "f", 2)
        case datetime():
            return _moment(value)
        case date():
            return _date(value.year, value.month, value.day)
        case tuple() | list() | set() | frozenset():
            return ", ".join(format_value(each) for each in value)
        case _:
            return str(value)


def _moment(value: datetime) -> str:
    """Date and time as the locale writes them; put together from remembered halves, as Qt takes 30 µs for the whole."""
    local = value.astimezone() if value.tzinfo is not None else value.replace(tzinfo=UTC).astimezone()
    date_text, time_text = _date(local.year, local.month, local.day), _time(local.hour, local.minute)
    return _moment_pattern().format(date=date_text, time=time_text)


@lru_cache(maxsize=4096)
def _date(year: int, month: int, day: int) -> str:
    return _locale().toString(QDate(year, month, day), QLocale.FormatType.ShortFormat)


@lru_cache(maxsize=24 * 60)
def _time(hour: int, minute: int) -> str:
    return _locale().toString(QTime(hour, minute), QLocale.FormatType.ShortFormat)


@lru_cache(maxsize=1)
def _moment_pattern() -> str:
    """How the locale joins date and time, read off an example."""
    example = _locale().toString(QDateTime(2001, 2, 3, 4, 5, 0), QLocale.FormatType.ShortFormat)
    pattern = example.replace(_date(2001, 2, 3), "{date}").replace(_time(4, 5), "{time}")
    return pattern if "{date}" in pattern and "{time}" in pattern else "{date} {time}"


@lru_cache(maxsize=1)
def _locale() -> QLocale:
    return QLocale()
