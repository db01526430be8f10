"""Which events a webhook is told of: a tree by category with wildcards, and what the chosen event looks like."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.domain.webhooks.body import body_text
from app.domain.webhooks.endpoint import PayloadFormat
from app.domain.webhooks.events import CATALOGUE, Category, Event, EventType
from app.i18n import _
from app.places import resource
from ui.pages.webhooks.words import CATEGORY_WORDS
from ui.theme import GRID, Icon, Ink, icon, theme, tokens

ALL = "*"
_PATTERN = Qt.ItemDataRole.UserRole
_SAMPLE_ID = "dlv_01J00000000000000000000001"
_SAMPLE_AT = datetime(2026, 2, 16, 9, 36, 7, 412_000, UTC)
_CHOICES = tuple(category for category in Category if category is not Category.TEST)


def sample_text(kind: EventType, payload: Mapping[str, Any], form: PayloadFormat) -> str:
    """The whole body of an event as a receiver gets it, set out to be read."""
    what = Event(kind, payload, _SAMPLE_AT, "")
    body = body_text(what, form, _SAMPLE_ID, str(CATALOGUE[EventType.TEST].sample["webhook_id"]))
    return set_out(body)


def set_out(body: str) -> str:
    """JSON with a line for each key; what is no JSON as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


class SampleText(QPlainTextEdit):
    """JSON to be read and copied, in a font of fixed width."""

    def __init__(self, *, name: str, object_name: str) -> None:
        super().__init__(readOnly=True)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabChangesFocus(True)


class EventTree(QWidget):
    """Ticks for all events, for a category, or for single ones; what a wildcard covers needs no tick of its own."""

    changed = Signal()

    def __init__(self, patterns: Iterable[str], samples: Mapping[EventType, Mapping[str, Any]]) -> None:
        """`samples` are payloads that really happened here."""
        super().__init__()
        self._samples = samples
        self._form = PayloadFormat.CLASSIC
        self._items: dict[str, QTreeWidgetItem] = {}
        self._ticked: set[str] = set()
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setObjectName("webhook.events")
        self.tree.setAccessibleName(_("Events"))
        self.about = QLabel(wordWrap=True)
        self.about.setObjectName("webhook.events.about")
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("role", "muted")
        self.note.setObjectName("webhook.events.note")
        self.sample = SampleText(name=_("Sample of the event"), object_name="webhook.events.sample")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.tree, 3)
        column.addWidget(self.about)
        column.addWidget(self.sample, 2)
        column.addWidget(self.note)
        self._fill()
        self._tick(patterns)
        theme.changed.connect(self._dress)
        self._dress()
        self.tree.itemChanged.connect(self._item_changed)
        self.tree.currentItemChanged.connect(lambda _now, _before: self._show_current())
        self.tree.setCurrentItem(self._items[ALL])

    def _fill(self) -> None:
        top = self._add(None, ALL, _("All events"))
        for category in _CHOICES:
            branch = self._add(top, f"{category.value}.*", _(CATEGORY_WORDS[category]))
            for spec in CATALOGUE.values():
                if spec.category is category:
                    self._add(branch, spec.type.value, spec.type.value).setToolTip(0, _(spec.sent_when))
        top.setExpanded(True)

    def _add(self, parent: QTreeWidgetItem | None, pattern: str, text: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [text]) if parent is not None else QTreeWidgetItem(self.tree, [text])
        item.setData(0, _PATTERN, pattern)
        self._items[pattern] = item
        return item

    def _tick(self, patterns: Iterable[str]) -> None:
        self._ticked = set(patterns)
        for pattern in patterns:
            if pattern not in self._items:  # such as integration.sync.*, from the command line
                self._add(None, pattern, pattern)
            if (branch := self._items[pattern].parent()) is not None:
                branch.setExpanded(True)
        self._cover()

    def _dress(self) -> None:
        """Boxes to tick look here as they do outside of trees."""
        now = tokens()
        tick = resource("icons", "controls", "tick-dark.svg" if now.dark else "tick-light.svg").as_posix()
        self.tree.setStyleSheet(
            f"QTreeWidget {{ background: {now.field}; border: 1px solid {now.outline}; outline: 0; }}"
            f"QTreeWidget:focus {{ border-color: {now.accent}; }}"
            "QTreeWidget::item { height: 24px; }"
            f"QTreeWidget::item:selected {{ background: {now.selection}; color: {now.text}; }}"
            "QTreeWidget::indicator { width: 14px; height: 14px; border-radius: 4px;"
            f" border: 1px solid {now.muted}; background: {now.field}; }}"
            f"QTreeWidget::indicator:checked {{ border-color: {now.accent}; background: {now.accent};"
            f' image: url("{tick}"); }}'
        )

    # -- what is chosen ------------------------------------------------------------------------------------------

    def patterns(self) -> tuple[str, ...]:
        """Event types and wildcards, without those that a wildcard covers."""
        if ALL in self._ticked:
            return (ALL,)
        return tuple(p for p, item in self._items.items() if p in self._ticked and not self._covered(item))

    def item(self, pattern: str) -> QTreeWidgetItem:
        """The line of an event or wildcard."""
        return self._items[pattern]

    def show_format(self, form: PayloadFormat) -> None:
        """Show samples in this format."""
        self._form = form
        self._show_current()

    def _covered(self, item: QTreeWidgetItem) -> bool:
        parent = item.parent()
        return parent is not None and (parent.data(0, _PATTERN) in self._ticked or self._covered(parent))

    def _item_changed(self, item: QTreeWidgetItem, _column: int) -> None:
        pattern = str(item.data(0, _PATTERN))
        if item.checkState(0) is Qt.CheckState.Checked:
            self._ticked.add(pattern)
        else:
            self._ticked.discard(pattern)
        self._cover()
        self.changed.emit()

    def _cover(self) -> None:
        """What a ticked wildcard covers has a mark in place of its box, and says why."""
        self.tree.blockSignals(True)
        for pattern, item in self._items.items():
            covered = self._covered(item)
            state = Qt.CheckState.Checked if pattern in self._ticked else Qt.CheckState.Unchecked
            item.setData(0, Qt.ItemDataRole.CheckStateRole, None if covered else state)
            item.setIcon(0, icon(Icon.CHECK, Ink.MUTED) if covered else QIcon())
            told = _("{event}, told with the group").format(event=item.text(0)) if covered else item.text(0)
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, told)
        self.tree.blockSignals(False)
        self.tree.viewport().update()
        self._show_current()

    # -- what it looks like --------------------------------------------------------------------------------------

    def _show_current(self) -> None:
        item = self.tree.currentItem()
        pattern = str(item.data(0, _PATTERN)) if item is not None else ALL
        kind = EventType(pattern) if pattern in set(EventType) else None
        self.sample.setVisible(kind is not None)
        self.note.setVisible(kind is not None)
        if kind is None:
            everything = _("Every event there is, also those that come with a newer Muster.")
            group = _("Every event that begins with {start}, also those that come with a newer Muster.")
            self.about.setText(everything if pattern == ALL else group.format(start=pattern.removesuffix("*")))
            return
        self.about.setText(_(CATALOGUE[kind].sent_when))
        self.sample.setPlainText(sample_text(kind, self._samples.get(kind, CATALOGUE[kind].sample), self._form))
        real = _("Happened here, with an invented id of the delivery.")
        self.note.setText(real if kind in self._samples else _("An example: this has not happened here yet."))
