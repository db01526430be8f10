"""A person at the window: clicks, types, waits for what is shown; and hears what the window would say."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QWidget

from ui.theme import Tone
from ui.widgets.buttons import Action

Q = TypeVar("Q", bound=QObject)
_PATIENCE_S = 10.0


@dataclass(frozen=True)
class SaidBanner:
    """A banner as it was asked for."""

    tone: Tone
    text: str
    remedy: str
    actions: tuple[Action, ...]


@dataclass
class Heard:
    """A voice that remembers what a person would have been told, in place of the window's."""

    toasts: list[str] = field(default_factory=list)
    offered: dict[str, Action] = field(default_factory=dict)
    banners: dict[str, SaidBanner] = field(default_factory=dict)
    opened: list[tuple[str, str]] = field(default_factory=list)

    def toast(self, text: str, action: Action | None = None) -> None:
        """Good news; what can be done about it is kept under its text."""
        self.toasts.append(text)
        if action is not None:
            self.offered[text] = action

    def banner(self, key: str, tone: Tone, text: str, remedy: str = "", actions: Sequence[Action] = ()) -> None:
        """What stays."""
        self.banners[key] = SaidBanner(tone, text, remedy, tuple(actions))

    def clear_banner(self, key: str) -> None:
        """What no longer holds."""
        self.banners.pop(key, None)

    def open_page(self, name: str, record: str = "") -> None:
        """Where the person was led."""
        self.opened.append((name, record))


async def eventually(check: Callable[[], object], why: str = "", patience_s: float = _PATIENCE_S) -> None:
    """Let the window live until `check`, or what it is to be awaited for, holds; fails after `patience_s` seconds."""
    deadline = time.monotonic() + patience_s
    while not (await found if inspect.isawaitable(found := check()) else found):
        assert time.monotonic() < deadline, why or "it never came about"
        await asyncio.sleep(0.01)
    forget_replaced()


def forget_replaced() -> None:
    """Let go of what the window took away: until Qt's next round it is still found beside what replaced it."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def part(parent: QObject, kind: type[Q], name: str) -> Q:
    """The one part of that object name; fails when there is none."""
    forget_replaced()
    found = parent.findChild(kind, name)
    assert found is not None, f"no {kind.__name__} {name}"
    return found


def click(parent: QObject, name: str) -> None:
    """Click a button that is there, visible and enabled, as a mouse does."""
    button = part(parent, QAbstractButton, name)
    assert button.isVisible(), f"{name} is hidden"
    assert button.isEnabled(), f"{name} is disabled: {button.toolTip()}"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def type_into(widget: QWidget, text: str) -> None:
    """Replace what a field holds by typing."""
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(widget, Qt.Key.Key_Delete)
    QTest.keyClicks(widget, text)


def words(parent: QWidget) -> str:
    """Every label that is shown, one a line."""
    labels = parent.findChildren(QLabel)
    return "\n".join(label.text().replace("\u200b", "") for label in labels if label.isVisible() and label.text())


async def open_dialog(kind: type[QDialog], name: str = "") -> QDialog:
    """The dialog of that kind that is open, or opens soon."""

    def showing() -> QDialog | None:
        return next(
            (w for w in QApplication.topLevelWidgets()
             if isinstance(w, kind) and w.isVisible() and name in {"", w.objectName()}),
            None,
        )  # fmt: skip

    await eventually(showing, f"no {kind.__name__} opened")
    found = showing()
    assert found is not None
    return found
