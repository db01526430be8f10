"""Fills the details pane with a record: its fields with source and pin, then its own history from the runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import Qt, QTextDocumentFragment

from app.domain.directory import Employee, Office
from app.i18n import _
from app.store import runs
from app.store.runs import HistoryEntry
from app.store.timeline import Subject
from ui.desk import Desk
from ui.pages.timeline_button import add_timeline_button
from ui.texts import FIELD_WORDS, ago, change_text, moment_text, value_text
from ui.widgets import DetailsPane


class RecordDetails:
    """Shows one record of the store at a time; the history follows when it is read."""

    def __init__(self, desk: Desk, pane: DetailsPane) -> None:
        self.desk = desk
        self.pane = pane
        self._shown = 0  # how many records so far

    def show(
        self,
        record: Office | Employee,
        fields: Sequence[str],
        *,
        extra: Sequence[tuple[str, str]] = (),
        words: Mapping[str, str] | None = None,
    ) -> None:
        """Show `fields` of a record; `words` replace values, `extra` are further rows without a source."""
        self._shown += 1
        self.pane.clear_rows()
        for label, text in extra:
            self.pane.add_row(label, text)
        for name in fields:
            text = (words or {}).get(name) or value_text(getattr(record, name))
            self.pane.add_row(_(FIELD_WORDS[name]), plain(text), badge=self._badge(record, name))
        if record.missing_since:
            self.pane.add_row(_("Not in Vitec since"), moment_text(record.missing_since))
        if record.updated_at:
            self.pane.add_row(_("Last change"), ago(record.updated_at))
        self.desk.start("read history", self._read_history(record, self._shown))

    def _badge(self, record: Office | Employee, field: str) -> str:
        """Where a value comes from."""
        if getattr(record, field) in (None, "", ()):
            return ""
        if field in record.pinned:
            return _("Pinned")
        vitec = record.vitec_department_id if isinstance(record, Office) else record.vitec_employee_id
        own = field in {"short_code", "employee_no"}
        # Translators: a value that was entered in Muster, not fetched
        return "Vitec" if vitec and not own else _("Here")

    async def _read_history(self, record: Office | Employee, shown: int) -> None:
        entries = await self.desk.workspace.store.read(runs.history, record.id)
        if shown != self._shown:  # another record since, or the same one anew
            return
        self.pane.add_section(_("History"))
        if not entries:
            self.pane.add_note(_("Nothing has changed since the first sync."))
        for entry in entries[:20]:
            self.pane.add_row(ago(entry.run.started_at), history_words(entry))
        if isinstance(record, Employee):
            add_timeline_button(self.pane, self.desk, Subject.PERSON, record.id, record.name)


def history_words(entry: HistoryEntry) -> str:
    """What a run did to the record, field by field."""
    outcome = entry.outcome
    if not outcome.changes:
        return _(outcome.message)
    return "\n".join(change_text(change) for change in outcome.changes)


def plain(text: str) -> str:
    """Presentation texts may hold HTML from outside; shown as words alone, no link, picture or look of theirs."""
    if not Qt.mightBeRichText(text):
        return text
    return QTextDocumentFragment.fromHtml(text).toPlainText().replace("\ufffc", "")  # where a picture stood
