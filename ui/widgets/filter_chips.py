"""Filters as chips with counts above a table: `Active 318`, `No photo 14`. They wrap when the page is narrow.

Where there are many of a kind they share one chip that opens a menu of them; and a page can have parts of its own, such
as tiles, for some: those chips are hidden, yet hold the choice like all others.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import CONTROL_HEIGHT
from ui.widgets.chip_button import CHIP_HEIGHT, ChipButton, FilterChip
from ui.widgets.chip_menu import ChipMenu
from ui.widgets.flow import FlowLayout


class FilterChips(QWidget):
    """A line of checkable chips; `changed` fires when the choice has changed."""

    changed = Signal()

    def __init__(self, *, name: str, object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setObjectName(object_name)
        self._flow = FlowLayout(self)
        self._flow.setContentsMargins(0, (CONTROL_HEIGHT - CHIP_HEIGHT) // 2, 0, 0)  # in line with a field beside it
        self._chips: dict[str, ChipButton] = {}
        self._menus: dict[str, ChipMenu] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_chips(self, chips: Sequence[FilterChip]) -> None:
        """Offer these filters; those chosen before stay chosen."""
        chosen = set(self.chosen())
        for part in (*self._chips.values(), *self._menus.values()):
            self._flow.removeWidget(part)
            part.deleteLater()
        self._chips = {chip.key: ChipButton(chip, self) for chip in chips}
        self._menus = {}
        for key, button in self._chips.items():
            button.set_chosen(key in chosen)
            button.setObjectName(f"{self.objectName()}.{key}")
            button.clicked.connect(lambda _checked, of=button: self._clicked(of))
            self._place(button)
        self.setVisible(bool(chips))

    def _place(self, button: ChipButton) -> None:
        """Put a chip into the line, or behind the one that opens the menu it belongs to."""
        title = button.chip.menu
        if button.chip.hidden or title:
            button.hide()
        else:
            self._flow.addWidget(button)
        if title and title not in self._menus:
            self._menus[title] = ChipMenu(title, self)
            self._menus[title].setObjectName(f"{self.objectName()}.menu.{button.chip.group or button.chip.key}")
            self._flow.addWidget(self._menus[title])
        if title:
            self._menus[title].add(button)

    def set_counts(self, counts: dict[str, int]) -> None:
        """Show these counts; chips without one show none."""
        for key, button in self._chips.items():
            button.set_count(counts.get(key))
        self._show_menus()

    def _show_menus(self) -> None:
        for menu in self._menus.values():
            menu.show_choice()

    def counts(self) -> dict[str, int]:
        """The counts shown, as far as they are known."""
        return {key: button.count for key, button in self._chips.items() if button.count is not None}

    def chosen(self) -> list[str]:
        """The keys of the chosen filters."""
        return [key for key, button in self._chips.items() if button.isChecked()]

    def choose(self, keys: Sequence[str]) -> None:
        """Choose exactly these filters."""
        if set(keys) != set(self.chosen()):
            for key, button in self._chips.items():
                button.set_chosen(key in keys)
            self._show_menus()
            self.changed.emit()

    def _clicked(self, button: ChipButton) -> None:
        group = button.chip.group
        for other in self._chips.values():
            if other is not button and group and other.chip.group == group:
                other.set_chosen(False)
        self._show_menus()
        self.changed.emit()
