"""The tray icon: the worst state and whether something runs, messages of the desktop, and work with the window closed
(connections.md §14). Without a tray there is none of it, and closing the window quits.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from app.domain.incidents import Incident, Notice
from app.domain.outcomes import RunState
from app.events import RunEnded, RunStarted
from app.i18n import _, ngettext
from app.operations.registry import find_operation
from ui.desk import Desk
from ui.notices import TONES, Notices, works_again
from ui.schedules import Schedules
from ui.texts import run_counts
from ui.theme import Icon, Tone, app_icon, icon_pixmap, theme, tokens

if TYPE_CHECKING:
    from ui.window import MainWindow

CLOSING = "window/closing"
"""Where the layout remembers what closing the window means."""
_EDGE = 64
_BADGE = 36
_BADGES = {Tone.DANGER: Icon.CLOSE, Tone.WARNING: Icon.WARNING, Tone.INFO: Icon.PLAY}


class Closing(StrEnum):
    """What closing the window means."""

    ASK = "ask"
    TRAY = "tray"
    QUIT = "quit"


def has_tray() -> bool:
    """Whether this desktop shows tray icons."""
    return QSystemTrayIcon.isSystemTrayAvailable()


def closing_means(desk: Desk) -> Closing:
    """What was chosen."""
    stored = desk.layouts.get(CLOSING)
    return Closing(stored) if stored in set(Closing) else Closing.ASK


class Tray(QObject):
    """The icon with its menu; lives as long as the workspace is open."""

    def __init__(self, window: MainWindow, desk: Desk, notices: Notices, schedules: Schedules) -> None:
        super().__init__(window)
        self.window, self.desk, self.schedules = window, desk, schedules
        self._standing: Sequence[Incident] = ()
        self._last: Incident | None = None
        self.menu = QMenu()
        self.menu.aboutToShow.connect(self.fill)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self._clicked)
        notices.changed.connect(self._changed)
        notices.told.connect(self._tell)
        desk.on(RunStarted, lambda _event: self.show())
        desk.on(RunEnded, self._run_ended)
        theme.changed.connect(self.show)
        self.fill()
        self.show()
        self.icon.show()

    def leave(self) -> None:
        """Take the icon away."""
        self.icon.hide()
        self.menu.deleteLater()
        self.deleteLater()

    # -- what it shows -------------------------------------------------------------------------------------------

    @property
    def tone(self) -> Tone:
        """The worst that stands; work under way where nothing does."""
        tones = {TONES.get(incident.kind, Tone.DANGER) for incident in self._standing}
        for tone in (Tone.DANGER, Tone.WARNING):
            if tone in tones:
                return tone
        return Tone.INFO if self.window.is_working else Tone.NEUTRAL

    def show(self) -> None:
        """Draw the state and say it in words."""
        self.icon.setIcon(_drawn(self.tone))
        running = len(self.desk.workspace.runner.handles)
        runs = ngettext("{count} run active", "{count} runs active", running).format(count=running)
        lines = ["Muster", *([runs] if running else []), *(incident.text for incident in self._standing)]
        self.icon.setToolTip("\n".join(lines[:5]))

    def _changed(self, standing: Sequence[Incident]) -> None:
        self._standing = standing
        self.show()

    def _tell(self, notice: Notice) -> None:
        incident = notice.incident
        self._last = incident
        if notice.over:
            self._say(works_again(incident), "", QSystemTrayIcon.MessageIcon.Information)
        else:
            self._say(incident.text, incident.remedy, QSystemTrayIcon.MessageIcon.Warning)

    def _say(self, title: str, text: str, kind: QSystemTrayIcon.MessageIcon) -> None:
        self.icon.showMessage(title, text, kind)

    def _run_ended(self, event: RunEnded) -> None:
        """Told here only while nobody sees the window."""
        self.show()
        run = event.run
        if not self.window.isHidden() or run.dry_run or not find_operation(run.operation).history:
            return
        self._last = None
        title = _(find_operation(run.operation).title)
        if run.state is RunState.FINISHED:
            self._say(title, run_counts(run), QSystemTrayIcon.MessageIcon.Information)
        elif run.error is not None:
            self._say(title, run.error.message, QSystemTrayIcon.MessageIcon.Warning)

    # -- what can be done ----------------------------------------------------------------------------------------

    def fill(self) -> None:
        """The entries as they are now."""
        self.menu.clear()
        self.menu.addAction(_("Open Muster"), self.open_window)
        if self.schedules.known:
            text = _("Resume schedules") if self.schedules.paused else _("Pause schedules")
            self.menu.addAction(text, partial(self.schedules.set_paused, not self.schedules.paused))
        self.menu.addSeparator()
        self.menu.addAction(_("Quit"), self.window.quit)

    def open_window(self) -> None:
        """Bring the window back."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in {QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick}:
            self.open_window()

    def _clicked(self) -> None:
        """From a message of the desktop to the page where it is dealt with."""
        from ui.window import PAGES

        self.open_window()
        if self._last is not None and self._last.page in PAGES:
            self.window.open_page(self._last.page, self._last.record)

    # -- closing the window --------------------------------------------------------------------------------------

    def lets_close(self) -> bool:
        """Whether closing the window ends the program; otherwise the window hides, or the person is asked first."""
        if QApplication.instance().isSavingSession():  # type: ignore[union-attr]
            return True
        means = closing_means(self.desk)
        if means is Closing.QUIT or (means is Closing.ASK and not (self.window.is_working or self.schedules.known)):
            return True
        if means is Closing.TRAY:
            self.window.hide()
        else:
            self.desk.start("closing", self._ask())
        return False

    async def _ask(self) -> None:
        from ui.dialogs.closing import ask_closing

        means = await ask_closing(self.window)
        if means is Closing.ASK:
            return
        self.desk.layouts.set(CLOSING, means.value)
        self.desk.layouts.save()
        if means is Closing.TRAY:
            self.window.hide()
        else:
            self.window.quit()


def _drawn(tone: Tone) -> QIcon:
    """The program's icon, with a mark of its own shape for each state."""
    picture = app_icon().pixmap(QSize(_EDGE, _EDGE))
    if tone not in _BADGES:
        return QIcon(picture)
    picture = QPixmap(picture)
    pair = tokens().tone(tone)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(pair.ground))
    corner = _EDGE - _BADGE
    painter.drawEllipse(corner, corner, _BADGE, _BADGE)
    mark = _BADGE - 10
    painter.drawPixmap(corner + 5, corner + 5, icon_pixmap(_BADGES[tone], mark, 1.0, pair.ink))
    painter.end()
    return QIcon(picture)
