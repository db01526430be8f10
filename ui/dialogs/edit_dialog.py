"""What the forms of connections, webhooks and devices do alike: save once, and throw nothing away without asking."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QWidget

from app.errors import NoKeyring
from app.i18n import _
from ui.desk import Desk
from ui.theme import Tone
from ui.widgets import BannerArea, confirm


class EditDialog(QDialog):
    """`saved` names what was stored, blank for nothing; a subclass says whether anything was changed."""

    def __init__(self, parent: QWidget, desk: Desk, name: str) -> None:
        """`name` is what the names of its parts begin with."""
        super().__init__(parent)
        self.desk = desk
        self.saved = ""
        self.is_gone = False
        self._busy = False
        self.setObjectName(name)
        self.banners = BannerArea(object_name=f"{name}.banners")
        desk.start("look at the keyring", self._look_at_keyring())

    @property
    def is_changed(self) -> bool:
        """Whether something stands here that is not stored."""
        raise NotImplementedError

    # -- doing ---------------------------------------------------------------------------------------------------

    def begin(self, doing: str, work: Coroutine[Any, Any, None]) -> None:
        """Start what a button is for; a second press while the first is under way does nothing twice."""
        if self._busy:
            work.close()
            return
        self._busy = True
        self.desk.start(doing, self._while_busy(work))

    async def _while_busy(self, work: Coroutine[Any, Any, None]) -> None:
        self.show_busy(busy=True)
        try:
            await work
        finally:
            self._busy = False
            self.show_busy(busy=False)

    def show_busy(self, *, busy: bool) -> None:
        """Something began or ended."""

    # -- closing -------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Close; what was typed is not thrown away without asking."""
        if self.is_changed:
            self.desk.start("ask before discarding", self._discard())
        else:
            self.leave()

    def leave(self) -> None:
        """Close, as nothing would be lost."""
        self.done(QDialog.DialogCode.Rejected)

    async def _discard(self) -> None:
        text = _("What you typed here has not been saved.")
        if await confirm(self, _("Discard changes?"), text, _("Discard changes"), danger=True):
            self.done(QDialog.DialogCode.Rejected)

    def done(self, code: int) -> None:
        """Close for good."""
        if not self.is_gone:
            self.is_gone = True
            self.give_up()
        super().done(code)

    def give_up(self) -> None:
        """End what is still under way, such as a test."""

    def closeEvent(self, event: QCloseEvent) -> None:
        """The person's close button asks as Esc does; a window that goes takes the dialog along."""
        if event.spontaneous():
            event.ignore()
            self.reject()
        elif self.isVisible():
            self.done(QDialog.DialogCode.Rejected)

    async def _look_at_keyring(self) -> None:
        problem = await self.desk.workspace.vault.problem()
        if problem and not self.is_gone:
            self.banners.show_banner("keyring", Tone.WARNING, problem, _(NoKeyring.default_remedy))


def scrolling(content: QWidget | None = None) -> QScrollArea:
    """What grows, such as the words of a failed step, scrolls; the dialog keeps its size."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    if content is not None:
        area.setWidget(content)
    return area
