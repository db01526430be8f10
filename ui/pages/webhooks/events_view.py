"""The catalogue of events: when each is sent, who is told, and what it looks like, by a run that really was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.webhooks.endpoint import PayloadFormat
from app.domain.webhooks.events import CATALOGUE, Category, EventSpec, EventType, wants
from app.errors import MusterError
from app.events import WebhooksChanged
from app.i18n import N_, _, ngettext
from app.store import webhook_events, webhooks
from ui.desk import Desk
from ui.dialogs.webhook_events import SampleText, sample_text
from ui.pages.webhooks.words import CATEGORY_WORDS, FORMAT_WORDS
from ui.tables import Beside, Column, Kind, TablePane, format_value
from ui.theme import GRID, Icon, Tone
from ui.widgets import Action, Button, FilterChip, StatusChip


@dataclass(frozen=True, slots=True)
class EventLine:
    """One type of event; `told` are the names of the active webhooks that want it, `real` a payload from here."""

    spec: EventSpec
    told: tuple[str, ...] = ()
    real: Mapping[str, Any] | None = None


def _told_text(line: EventLine) -> str:
    if line.spec.category is Category.TEST:
        return _("The one that is tested")
    return ", ".join(line.told)


def _sample_words(line: EventLine) -> str:
    return _("Happened here") if line.real is not None else _("Example")


COLUMNS: tuple[Column[EventLine], ...] = (
    Column("event", N_("Event"), lambda r: r.spec.type.value, width=290),
    Column("category", N_("Category"), lambda r: _(CATEGORY_WORDS[r.spec.category]), width=130, muted=True),
    Column("when", N_("Sent when"), lambda r: _(r.spec.sent_when), width=380, tooltip=lambda r: _(r.spec.sent_when)),
    Column("told", N_("Webhooks that are told"), _told_text, width=200),
    Column("sample", N_("Sample"), _sample_words, kind=Kind.CHIP, width=200,
           tone=lambda r: Tone.SUCCESS if r.real is not None else Tone.NEUTRAL),
)  # fmt: skip


class EventsView(QWidget):
    """The table of the catalogue, and beside it the sample of the chosen event."""

    def __init__(self, desk: Desk, shortcuts_in: QWidget) -> None:
        super().__init__()
        self.desk = desk
        self.pane: TablePane[EventLine] = TablePane(
            name=_("Events"), page="webhooks.events", columns=COLUMNS, key=lambda line: line.spec.type.value,
            search_hint=_("Search events"), count_text=_count_text, store=desk.layouts, shortcuts_in=shortcuts_in,
        )  # fmt: skip
        self.pane.set_filters([_chip(category) for category in Category])
        self.title, self.chip = QLabel(wordWrap=True), StatusChip(object_name="webhooks.events.source")
        self.about = QLabel(wordWrap=True)
        self.samples = {form: _sample(form) for form in PayloadFormat}
        self._arrange()
        self.pane.table.current_row_changed.connect(self._show_sample)
        self.pane.table.details_requested.connect(lambda _line: self.beside.setVisible(self.beside.isHidden()))
        self.pane.table.row_activated.connect(lambda _line: self.beside.show())
        self.pane.export_requested.connect(self.export)
        desk.on(WebhooksChanged, lambda _event: self._moved())
        self.pane.show_loading()

    def _arrange(self) -> None:
        self.title.setProperty("role", "title")
        self.title.setObjectName("webhooks.events.title")
        self.about.setObjectName("webhooks.events.about")
        self.beside = QWidget()
        self.beside.setMinimumWidth(280)
        right = QVBoxLayout(self.beside)
        right.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        right.setSpacing(2 * GRID)
        right.addWidget(self.title)
        right.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignLeft)
        right.addWidget(self.about)
        for form, text in self.samples.items():
            copy = Button(_("Copy"), icon=Icon.COPY, object_name=f"webhooks.events.copy.{form.value}")
            copy.clicked.connect(lambda _checked=False, text=text: _copy(text))
            label = QLabel(_(FORMAT_WORDS[form]), wordWrap=True)
            label.setProperty("role", "heading")
            label.setBuddy(text)
            line = QHBoxLayout()
            line.addWidget(label, 1)
            line.addWidget(copy)
            right.addLayout(line)
            right.addWidget(text, 1)
        split = Beside(self.pane, self.beside, (900, 440))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 3 * GRID, 0, 0)
        column.addWidget(split, 1)

    # -- reading -------------------------------------------------------------------------------------------------

    def _moved(self) -> None:
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """What happened meanwhile may be a sample now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Read samples and subscriptions again."""
        self.desk.start("read events", self.read())

    async def read(self) -> None:
        """The catalogue with what is known here."""
        try:
            lines = await self.desk.workspace.store.read(_read)
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error), [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)])
            return
        self.pane.set_rows(lines)
        if self.pane.table.current_row() is None and self.pane.rows.rowCount():
            self.pane.table.selectRow(0)
        self._show_sample()

    def _show_sample(self, _line: EventLine | None = None) -> None:
        line = self.pane.table.current_row()
        self.beside.setEnabled(line is not None)
        if line is None:
            return
        self.title.setText(line.spec.type.value.replace(".", ".\u200b"))
        self.about.setText(_(line.spec.sent_when))
        tone = Tone.SUCCESS if line.real is not None else Tone.NEUTRAL
        self.chip.set_status(_sample_words(line), tone)
        payload = line.real if line.real is not None else line.spec.sample
        for form, text in self.samples.items():
            text.setPlainText(sample_text(line.spec.type, payload, form))

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "webhook-events")

    def show_record(self, event_type: str) -> None:
        """Bring an event into view."""
        self.pane.clear_search()
        self.pane.table.select_key(event_type)


def _read() -> list[EventLine]:
    """Read on the store's thread."""
    active = [endpoint for endpoint in webhooks.endpoints() if endpoint.is_active]
    real: dict[EventType, dict[str, Any]] = webhook_events.samples()
    return [
        EventLine(spec, tuple(e.name for e in active if wants(e.event_types, spec.type)), real.get(spec.type))
        for spec in CATALOGUE.values()
    ]


def _chip(category: Category) -> FilterChip:
    return FilterChip(category.value, _(CATEGORY_WORDS[category]), lambda r: r.spec.category is category, "category")


def _sample(form: PayloadFormat) -> SampleText:
    name = _("Sample, {format}").format(format=_(FORMAT_WORDS[form]))
    return SampleText(name=name, object_name=f"webhooks.events.sample.{form.value}")


def _copy(text: SampleText) -> None:
    QGuiApplication.clipboard().setText(text.toPlainText())


def _count_text(count: int) -> str:
    return ngettext("{count} event", "{count} events", count).format(count=format_value(count))
