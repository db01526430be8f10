"""A page of several views behind inner tabs: each is made when it is first shown, and the last one is remembered.

What the window asks of the page goes to the view in front.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.i18n import _
from ui.desk import Desk
from ui.tables import TablePane
from ui.theme import GRID
from ui.widgets.inner_tabs import InnerTabs

if TYPE_CHECKING:
    from ui.window import Page


class TabbedPage(QWidget):
    """Shows one view at a time; a subclass makes them, by the names of `titles` from left to right."""

    def __init__(self, desk: Desk, name: str, titles: Mapping[str, str], *, spoken: str) -> None:
        """`titles` are not translated yet; `spoken` names the tabs for assistive tools."""
        super().__init__()
        self.desk = desk
        self.names = tuple(titles)
        self.views: dict[str, QWidget] = {}
        self._kept = f"{name}/tab"
        self.tabs = InnerTabs(self, name=spoken, object_name=f"{name}.tabs", scrolls=True)
        for title in titles.values():
            self.tabs.addTab(_(title))
        self.stack = QStackedWidget()
        self._arrange()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(3 * GRID, 2 * GRID, 4 * GRID, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.stack, 1)

    def open_last(self) -> None:
        """Show the view that was in front the last time; a subclass calls it once it is able to make views."""
        kept = self.desk.layouts.get(self._kept)
        self.tabs.setCurrentIndex(self.names.index(kept) if kept in self.names else 0)
        self.tabs.currentChanged.connect(self._show)
        self._show(self.tabs.currentIndex())

    # -- views ---------------------------------------------------------------------------------------------------

    def make_view(self, name: str) -> QWidget:
        """The view of that name, new."""
        raise NotImplementedError

    def inner(self, name: str) -> QWidget:
        """The view of that name, made on first use."""
        if name not in self.views:
            self.views[name] = made = self.make_view(name)
            self.stack.addWidget(made)
        return self.views[name]

    def open_inner(self, name: str, record: str = "") -> None:
        """Bring a view to the front, and a record of it into view."""
        self.tabs.setCurrentIndex(self.names.index(name))
        if record:
            cast("Page", self.inner(name)).show_record(record)

    @property
    def front_name(self) -> str:
        """The name of the view in front."""
        return self.names[self.tabs.currentIndex()]

    def front_changed(self, front: QWidget) -> None:
        """Another view came to the front."""

    def _show(self, index: int) -> None:
        front = self.inner(self.names[index])
        self.stack.setCurrentWidget(front)
        self.setFocusProxy(front)
        self.front_changed(front)
        if not self.tabs.hasFocus():  # whoever walks along the tabs by keyboard stays there
            front.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.layouts.set(self._kept, self.front_name)

    # -- what the window asks of a page --------------------------------------------------------------------------

    def _front(self) -> Page:
        return cast("Page", self.stack.currentWidget())

    def refresh(self) -> None:
        """Read the store again for the view in front."""
        self._front().refresh()

    def sync(self) -> None:
        """What F5 does in the view in front."""
        self._front().sync()

    def preview(self) -> None:
        """What Shift+F5 does in the view in front."""
        self._front().preview()

    def show_record(self, record_id: str) -> None:
        """Bring a record of the view in front into view."""
        self._front().show_record(record_id)


class OneTable(Protocol):
    """A view that is one table over what the store keeps."""

    pane: TablePane[object]

    def export(self) -> None:
        """Write exactly what is shown to a file."""


class TabbedTables(TabbedPage):
    """A page whose views only show what the store keeps: F5 reads again, and Ctrl+F reaches the table in front."""

    def front_changed(self, front: QWidget) -> None:
        """Of several tables that of the view in front acts."""
        for view in self.views.values():
            for shortcut in cast("OneTable", view).pane.shortcuts:
                shortcut.setEnabled(view is front)

    def sync(self) -> None:
        """F5: read again, also what other programs did."""
        self.refresh()

    def preview(self) -> None:
        """Shift+F5: there is nothing to preview here."""

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        cast("OneTable", self.stack.currentWidget()).export()
