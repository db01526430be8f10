"""What files, fields, rules and imports are called on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.exchange import SHAPES, DataType, Rule
from app.i18n import N_, _, ngettext
from app.operations.exchange.encodings import Encoding
from app.operations.exchange.files import FileKind, SourceFile
from app.operations.exchange.tables import Separator
from ui.tables import format_value

ENCODING_WORDS = {
    # Translators: how a text file is encoded; the numbers are those of Windows' code pages
    Encoding.UTF_8: N_("UTF-8"),
    Encoding.UTF_16: N_("UTF-16"),
    Encoding.CYRILLIC: N_("Cyrillic (1251)"),
    Encoding.WESTERN: N_("Western (1252)"),
    Encoding.CENTRAL: N_("Central European (1250)"),
}
SEPARATOR_WORDS = {
    # Translators: what stands between the cells of a text file
    Separator.COMMA: N_("Comma ,"),
    Separator.SEMICOLON: N_("Semicolon ;"),
    Separator.TAB: N_("Tab"),
    Separator.BAR: N_("Bar |"),
}
_KIND_WORDS = {FileKind.CSV: N_("CSV"), FileKind.XLSX: N_("Excel workbook"), FileKind.JSON: N_("JSON")}
RULE_WORDS = {
    # Translators: rules that rows of a file break
    Rule.REQUIRED: N_("Missing value"),
    Rule.TEXT: N_("Not a text"),
    Rule.NUMBER: N_("Not a number"),
    Rule.WHOLE_NUMBER: N_("Not a whole number"),
    Rule.NOT_NEGATIVE: N_("Less than 0"),
    Rule.TOO_LARGE: N_("Too large"),
    Rule.MOMENT: N_("Not a time"),
    Rule.DAY: N_("Not a day"),
    Rule.ORDER: N_("End before start"),
    Rule.ROW: N_("Row cannot be read"),
    Rule.MIN_VALUE: N_("Below your limit"),
    Rule.MAX_VALUE: N_("Above your limit"),
    Rule.PATTERN: N_("Not as you want it"),
    Rule.ONE_OF: N_("None of your values"),
    Rule.STORED: N_("Refused by the database"),
    Rule.UNKNOWN_FIELD: N_("Unknown field"),
    Rule.UNKNOWN_ID: N_("Unknown id"),
    Rule.INTERVAL: N_("Unusual length"),
    Rule.OVERLAP: N_("Overlap"),
    Rule.COUNTS: N_("Odd counts"),
    Rule.DURATION: N_("Odd duration"),
    Rule.DOUBLE: N_("Twice in the file"),
}


def type_words(data_type: DataType | str) -> str:
    """The name of a type of data; one that this Muster does not know is said as it is."""
    return _(SHAPES[DataType(data_type)].title) if data_type in set(DataType) else str(data_type)


def source_words(source: SourceFile) -> str:
    """What kind of file it is, and how large."""
    size = source.path.stat().st_size if source.path.exists() else 0
    return _("{kind}, {size}").format(kind=_(_KIND_WORDS[source.kind]), size=_size_words(size))


def _size_words(count: int) -> str:
    if count < 1_000_000:
        return _("{count} kB").format(count=format_value(max(1, round(count / 1000))))
    return _("{count} MB").format(count=format_value(round(count / 1_000_000, 1)))


def rows_words(count: int) -> str:
    """So many rows."""
    return ngettext("{count} row", "{count} rows", count).format(count=format_value(count))


def counts_words(counts: Mapping[str, Any]) -> str:
    """What an import brought, or would bring, by its counts."""

    def many(key: str) -> int:
        return int(counts.get(key, 0))

    parts = (
        ("created", ngettext("{count} row added", "{count} rows added", many("created"))),
        ("updated", ngettext("{count} replaced", "{count} replaced", many("updated"))),
        ("skipped", ngettext("{count} left as it was", "{count} left as they were", many("skipped"))),
        ("failed", ngettext("{count} bad row left out", "{count} bad rows left out", many("failed"))),
    )
    said = [text.format(count=format_value(many(key))) for key, text in parts if many(key)]
    return ", ".join(said) or _("Nothing was added")
