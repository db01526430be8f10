"""Sentences about a file at each step on its way in, and what keeps it from the next. Pure but for Qt's own data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

from app.i18n import _, ngettext
from app.operations.exchange.files import FileKind
from ui.pages.workforce.exchange.words import rows_words
from ui.pages.workforce.exchange.work import Opened
from ui.tables import format_value


def dropped_file(data: QMimeData) -> Path | None:
    """The one file of this computer that is dropped."""
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return Path(files[0]) if len(files) == 1 and Path(files[0]).is_file() else None


def check_obstacle(opened: Opened) -> str:
    """Why the file cannot be checked as it is understood now."""
    preview = opened.preview
    if not preview.rows:
        return _("The file has no rows.")
    if preview.doubled:
        return _("Two columns for {names}.").format(names=", ".join(preview.doubled))
    if preview.missing and preview.source.kind is not FileKind.JSON:  # there the first rows may lack what others have
        return _("No column for {names}.").format(names=", ".join(preview.missing))
    return ""


def import_label(opened: Opened) -> str:
    """What the import stores, on its button."""
    checked = opened.checked
    assert checked is not None
    if checked.bad:
        text = ngettext("Import {count} good row", "Import {count} good rows", checked.good)
    else:
        text = ngettext("Import {count} row", "Import {count} rows", checked.good)
    return text.format(count=format_value(checked.good))


def verdict_of(opened: Opened) -> str:
    """How the file stands, in a sentence."""
    checked = opened.checked
    assert checked is not None
    total = rows_words(checked.total)
    if not checked.invalid:
        return _("{rows}, all of them good.").format(rows=total)
    parts = [
        ngettext("{count} good", "{count} good", checked.good).format(count=format_value(checked.good)),
        ngettext("{count} bad", "{count} bad", checked.bad).format(count=format_value(checked.bad)),
    ]
    if checked.corrected:
        right = ngettext("{count} put right", "{count} put right", checked.corrected)
        parts.append(right.format(count=format_value(checked.corrected)))
    text = _("{rows}: {parts}.").format(rows=total, parts=", ".join(parts))
    if checked.bad:
        text += " " + _("Double click a value to put it right; Space shows the whole row.")
    if checked.not_shown:
        more = ngettext(
            "{count} more bad row is not listed.", "{count} more bad rows are not listed.", checked.not_shown
        )
        text += " " + more.format(count=format_value(checked.not_shown))
    return text
