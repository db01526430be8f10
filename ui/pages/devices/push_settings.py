"""How a push goes about it, as a person last chose it: pace and what a failing device does beside the button, the rest
in the menu. Remembered on this computer, and used wherever a push is started.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QWidget

from app.domain.pushes import OnFatal, Pace, PhotoCheck, PhotoTransfer, WhenFaceExists, WhenPersonExists
from app.i18n import N_, _
from ui.tables import LayoutStore
from ui.theme import CONTROL_HEIGHT, GRID

_KEY = "devices.push/{name}"


@dataclass(frozen=True)
class Choice:
    """A parameter of a push: its title, and each value with a word and a sentence; the first is the default."""

    name: str
    title: str
    values: tuple[tuple[StrEnum, str, str], ...]

    def stored(self, store: LayoutStore) -> str:
        """What was chosen last; the default where that is unknown."""
        text = store.get(_KEY.format(name=self.name)) or ""
        known = [value.value for value, _word, _sentence in self.values]
        return text if text in known else known[0]

    def keep(self, store: LayoutStore, value: str) -> None:
        """Remember."""
        store.set(_KEY.format(name=self.name), value)


PACE = Choice(
    "pace",
    N_("Pace"),
    (
        (Pace.GENTLE, N_("Gentle"), N_("One device after the other, about a second between calls.")),
        (Pace.BALANCED, N_("Balanced"), N_("Devices side by side; who is busy gets time.")),
        (Pace.FAST, N_("Fast"), N_("Devices side by side, as fast as each answers.")),
    ),
)
ON_FATAL = Choice(
    "on_fatal",
    N_("If a device fails"),
    (
        (OnFatal.STOP, N_("Stop the run"), N_("The rest is not attempted; you can resume, or go on without it.")),
        (OnFatal.PARK, N_("Park it and go on"), N_("The device is left out from then on, the others go on.")),
    ),
)
IN_MENU = (
    Choice(
        "when_person_exists",
        N_("When a person is already there"),
        (
            (WhenPersonExists.KEEP, N_("Leave the person as it is"), ""),
            (WhenPersonExists.UPDATE, N_("Make the person equal"), ""),
        ),
    ),
    Choice(
        "when_face_exists",
        N_("When a face is already there"),
        (
            (WhenFaceExists.REPLACE_CHANGED, N_("Replace it when the photo changed"), ""),
            (WhenFaceExists.REPLACE, N_("Always replace it"), ""),
            (WhenFaceExists.KEEP, N_("Leave it"), ""),
        ),
    ),
    Choice(
        "photo_transfer",
        N_("How photos get there"),
        (
            (PhotoTransfer.AUTO, N_("By address, else uploaded"), ""),
            (PhotoTransfer.URL, N_("By address only"), ""),
            (PhotoTransfer.UPLOAD, N_("Always uploaded"), ""),
        ),
    ),
    Choice(
        "photo_check",
        N_("When a photo looks unusable"),
        (
            (PhotoCheck.WARN, N_("Send it and warn"), ""),
            (PhotoCheck.STRICT, N_("Do not send it"), ""),
        ),
    ),
)


def push_params(store: LayoutStore) -> dict[str, str]:
    """The parameters of a push as last chosen."""
    return {choice.name: choice.stored(store) for choice in (PACE, ON_FATAL, *IN_MENU)}


class PushBar(QWidget):
    """Pace, and what a failing device does, in sight of the push button."""

    def __init__(self, store: LayoutStore) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        self.pace = _box(PACE, store)
        self.on_fatal = _box(ON_FATAL, store)
        for choice, box in ((PACE, self.pace), (ON_FATAL, self.on_fatal)):
            label = QLabel(_(choice.title))
            label.setProperty("role", "muted")
            label.setBuddy(box)
            label.setMinimumHeight(CONTROL_HEIGHT)
            row.addWidget(label)
            row.addWidget(box)


def _box(choice: Choice, store: LayoutStore) -> QComboBox:
    box = QComboBox()
    box.setObjectName(f"devices.{choice.name}")
    box.setAccessibleName(_(choice.title))
    for value, word, _sentence in choice.values:
        box.addItem(_(word), value.value)
    sentences = {value.value: _(sentence) for value, _word, sentence in choice.values}

    def tell() -> None:
        box.setToolTip(sentences[box.currentData()])
        box.setAccessibleDescription(box.toolTip())

    box.setCurrentIndex(box.findData(choice.stored(store)))
    box.currentIndexChanged.connect(lambda _index: choice.keep(store, box.currentData()))
    box.currentIndexChanged.connect(lambda _index: tell())
    tell()
    return box


def add_push_choices(menu: QMenu, store: LayoutStore) -> None:
    """One submenu per further choice."""
    for choice in IN_MENU:
        inner = menu.addMenu(_(choice.title))
        group = QActionGroup(inner)
        for value, word, _sentence in choice.values:
            entry = QAction(_(word), group, checkable=True, checked=value.value == choice.stored(store))
            entry.triggered.connect(_keeper(choice, store, value.value))
            inner.addAction(entry)


def _keeper(choice: Choice, store: LayoutStore, value: str) -> Callable[[], None]:
    return lambda: choice.keep(store, value)
