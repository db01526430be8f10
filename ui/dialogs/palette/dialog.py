"""The palette itself: a line to type in, the list of hits, and the keys that move between them.

What can be found is read once when it opens: first what is at hand, then operations and runs, then the records, whose
index is made on a thread. So it can be typed in at once, however many people there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.errors import MusterError
from app.i18n import _
from app.store import connections, devices, directory, runs
from ui.desk import Desk
from ui.dialogs.palette.entries import (
    PaletteEntry,
    device_entries,
    elsewhere_entries,
    record_entries,
    run_entries,
    startable_entries,
)
from ui.dialogs.palette.rows import EntryDelegate, EntryModel
from ui.dialogs.palette.search import Finder
from ui.theme import GRID, Icon, Ink, Tone, icon, theme, tokens
from ui.widgets import announce

RECENT_RUNS = 20
_WIDTH, _HEIGHT = 680, 440
_FROM_TOP = 72
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class CommandPalette(QDialog):
    """Enter does the chosen line and closes, Esc or a click elsewhere closes."""

    def __init__(
        self,
        desk: Desk,
        entries: Sequence[PaletteEntry],
        parent: QWidget | None = None,
        *,
        open_run: Callable[[str], object] | None = None,
    ) -> None:
        """`entries` are the window's own; with `open_run` the newest runs of the history are offered as well."""
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.desk = desk
        self._open_run = open_run
        self._finder = Finder(entries)
        self._moved = False  # somebody went down the list: what they stand on stays chosen
        self._open = True
        self.finished.connect(self._closed)
        self.setObjectName("palette")
        self.setWindowTitle(_("Find and do"))
        self.line = QLineEdit()
        self.list = QListView()
        self.found = EntryModel()
        self.nothing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._build()
        self.line.textChanged.connect(self._typed)
        self.line.installEventFilter(self)
        self.list.clicked.connect(lambda _index: self.choose())
        self.list.selectionModel().currentChanged.connect(self._tell_current)
        theme.changed.connect(self.update)
        self._search()

    def _build(self) -> None:
        self.line.setObjectName("palette.line")
        self.line.setAccessibleName(_("Find an operation, a page, a person, an office, a run or a setting"))
        self.line.setPlaceholderText(_("What would you like to do, or whom to find?"))
        self.line.addAction(icon(Icon.SEARCH, Ink.MUTED), QLineEdit.ActionPosition.LeadingPosition)
        self.list.setObjectName("palette.list")
        self.list.setAccessibleName(_("Found"))
        self.list.setModel(self.found)
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setStyleSheet("QListView { background: transparent; border: 0; }")
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard stays in the line
        self.nothing.setObjectName("palette.nothing")
        self.nothing.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 3 * GRID, 1, GRID)
        column.setSpacing(2 * GRID)
        inner = QVBoxLayout()
        inner.setContentsMargins(3 * GRID, 0, 3 * GRID, 0)
        inner.addWidget(self.line)
        column.addLayout(inner)
        column.addWidget(self.nothing, 1)
        column.addWidget(self.list, 1)

    def show_over(self, window: QWidget) -> None:
        """Show in the upper middle of a window, and read what can be found."""
        self.resize(min(_WIDTH, window.width() - 8 * GRID), min(_HEIGHT, window.height() - 2 * _FROM_TOP))
        left = (window.width() - self.width()) // 2
        at = window.mapToGlobal(window.rect().topLeft())
        self.move(at.x() + left, at.y() + _FROM_TOP)
        self.show()
        self.activateWindow()
        self.line.setFocus()
        self.desk.start("read palette", self._read())

    async def _read(self) -> None:
        read = self.desk.workspace.store.read
        own = list(self._finder.entries)
        try:
            known = startable_entries(self.desk, await read(connections.connections)) + own
            known += elsewhere_entries(self.desk)
            self._use(Finder(known))
            if self._open_run is not None:
                known += run_entries(await read(runs.runs, limit=RECENT_RUNS), self._open_run)
            terminals = await read(devices.devices)
            people = await read(directory.offices), await read(directory.employees)
        except MusterError as error:
            self.desk.voice.banner("palette", Tone.DANGER, error.message, remedy_of(error))
            return
        known += device_entries(self.desk, terminals)
        self._use(await asyncio.to_thread(lambda: Finder(known + record_entries(self.desk, *people))))

    def _use(self, finder: Finder) -> None:
        """Search with more from now on; the reading may end after the palette has been closed."""
        self._finder = finder
        if self._open:
            self._search()

    def _typed(self) -> None:
        self._moved = False
        self._search()

    def _search(self) -> None:
        query = self.line.text()
        found = self._finder.find(query)
        before = self.current() if self._moved else None
        self.found.show_entries(found)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self.nothing.setText(_("Nothing is called “{query}”.").format(query=query))
        if found:
            self.list.setCurrentIndex(self.found.index(found.index(before) if before in found else 0))

    def current(self) -> PaletteEntry | None:
        """The chosen line."""
        index = self.list.currentIndex()
        return self.found.entries[index.row()] if index.isValid() else None

    def choose(self) -> None:
        """Close, then do the chosen line; one that cannot be done stays and says why."""
        entry = self.current()
        if entry is None:
            return
        if entry.act is None:
            announce(self, entry.obstacle, urgent=True)
            return
        self.accept()
        entry.act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The line keeps the keyboard; what moves or chooses goes to the list."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                self._moved = True
                QApplication.sendEvent(self.list, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.choose()
                return True
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """A click elsewhere closes."""
        if event.type() == QEvent.Type.WindowDeactivate and self.isVisible():
            self.reject()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline around it, as it has no frame."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QPen(QColor(tokens().outline), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _closed(self) -> None:
        self._open = False

    def _tell_current(self) -> None:
        entry = self.current()
        if entry is not None and self.isVisible():
            announce(self.list, entry.spoken)
