"""A button that opens a list to tick: which groups or agents. None ticked means all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.i18n import _, ngettext
from ui.tables import format_value
from ui.theme import GRID, Icon, icon
from ui.widgets import Button

_SIZE = (300, 360)


class Chooser(Button):
    """`Everybody`, the one that is chosen, or how many are."""

    changed = Signal()

    def __init__(self, *, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__("", icon=Icon.CHEVRON_DOWN, object_name=object_name, parent=parent)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the words
        self._offers: dict[str, str] = {}
        self._chosen: tuple[str, ...] = ()
        self._name = self._all = ""
        self.clicked.connect(self.open_list)

    def offer(self, name: str, all_of_them: str, offers: Sequence[tuple[str, str]], chosen: Sequence[str]) -> None:
        """What to choose from: ids with names. `name` is read aloud, `all_of_them` says that all are meant."""
        self._name, self._all = name, all_of_them
        self._offers = dict(offers)
        self._chosen = tuple(key for key in chosen if key in self._offers)
        self._show()
        if offers:
            self.allow()
        else:
            self.refuse(_("They are known once a history was fetched."))

    def chosen(self) -> tuple[str, ...]:
        """The ids that are ticked; none means all."""
        return self._chosen

    def choose(self, keys: Sequence[str]) -> None:
        """Tick these and no others."""
        wanted = tuple(key for key in self._offers if key in set(keys))
        if wanted != self._chosen:
            self._chosen = wanted
            self._show()
            self.changed.emit()

    def _show(self) -> None:
        count = len(self._chosen)
        text = self._all
        if count == 1:
            text = self._offers[self._chosen[0]]
        elif count:
            text = ngettext("{count} chosen", "{count} chosen", count).format(count=format_value(count))
        self.setText(text)
        self.setAccessibleName(_("{title}: {choice}").format(title=self._name, choice=text))
        self.set_tip(self._name)

    def open_list(self) -> None:
        """Show the list below the button."""
        _List(self, self._name, self._offers, self._chosen).popup(self.mapToGlobal(self.rect().bottomLeft()))


class _List(QFrame):
    """The list with its search line; what is ticked counts when it closes."""

    def __init__(self, button: Chooser, name: str, offers: dict[str, str], chosen: Sequence[str]) -> None:
        super().__init__(button, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName(f"{button.objectName()}.list")
        self._button = button
        self._search = QLineEdit()
        self._search.setPlaceholderText(_("Search"))
        self._search.setAccessibleName(_("Search"))
        self._search.setObjectName(f"{button.objectName()}.search")
        self._search.setClearButtonEnabled(True)
        self._list = QListWidget()
        self._list.setObjectName(f"{button.objectName()}.items")
        self._list.setAccessibleName(name)
        for key, title in offers.items():
            item = QListWidgetItem(title, self._list)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setCheckState(Qt.CheckState.Checked if key in chosen else Qt.CheckState.Unchecked)
        every = Button(_("All of them"), object_name=f"{button.objectName()}.all")
        every.setIcon(icon(Icon.UNDO))
        every.clicked.connect(self._clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        for part in (self._search, self._list, every):
            column.addWidget(part)
        self.resize(*_SIZE)
        self._search.textChanged.connect(self._narrow)
        self._list.itemActivated.connect(_toggle)

    def popup(self, at: QPoint) -> None:
        """Open there, the keyboard in the search line."""
        self.move(at)
        self.show()
        self._search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _items(self) -> list[QListWidgetItem]:
        return [self._list.item(row) for row in range(self._list.count())]

    def _narrow(self, text: str) -> None:
        for item in self._items():
            item.setHidden(text.casefold() not in item.text().casefold())

    def _clear(self) -> None:
        for item in self._items():
            item.setCheckState(Qt.CheckState.Unchecked)
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the search line into the list."""
        if event.key() == Qt.Key.Key_Down and self._search.hasFocus():
            self._list.setFocus()
            self._list.setCurrentRow(max(0, self._list.currentRow()))
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """What is ticked now is chosen."""
        super().hideEvent(event)
        ticked = [i.data(Qt.ItemDataRole.UserRole) for i in self._items() if i.checkState() is Qt.CheckState.Checked]
        self._button.choose(ticked)


def _toggle(item: QListWidgetItem) -> None:
    on = item.checkState() is Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
