"""What works in an open window whatever page is shown: schedules, webhooks, contact centres, incidents, the tray.

Each is loaded when it is first needed, after the first frame.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.desk import Desk
from ui.schedules import Schedules

if TYPE_CHECKING:
    from ui.notices import Notices
    from ui.tray import Tray
    from ui.window import MainWindow

_PATIENCE_S = 1.0  # the pages come first


class Background(QObject):
    """Lives as long as the workspace is open."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(window)
        self.window, self.desk = window, desk
        self.schedules = Schedules(desk, lambda label: window.statusBar().insertWidget(1, label, 1))
        self.notices: Notices | None = None
        self.tray: Tray | None = None

    def start(self) -> None:
        """Begin, each as soon as there is something for it."""
        self.desk.start("contact centres", self._work_for_contact_centers())
        self.desk.start("webhooks", self._work_for_webhooks())
        self.desk.start("schedules", self.schedules.work())
        self.desk.start("incidents", self._watch())
        self.desk.start("probes", self._probe())

    async def _work_for_contact_centers(self) -> None:
        """Statuses to send and alarms, once there is a contact centre; until then not even the code is loaded."""
        from ui.contact_centers import work_for_contact_centers

        await work_for_contact_centers(self.desk)

    async def _work_for_webhooks(self) -> None:
        """What webhooks have to tell leaves while the window is open."""
        from app.operations.webhooks.service import work_for_webhooks

        await work_for_webhooks(self.desk.workspace)

    async def _watch(self) -> None:
        """Tell of incidents, through the tray as well where there is one."""
        await asyncio.sleep(_PATIENCE_S)
        from ui.notices import Notices
        from ui.tray import Tray, has_tray
        from ui.window import PAGES

        self.notices = Notices(self.desk, PAGES)
        self.notices.setParent(self)
        if has_tray() and not self.window.demo:
            self.tray = Tray(self.window, self.desk, self.notices, self.schedules)

    async def _probe(self) -> None:
        """Connections that nothing was heard of for a while are looked at."""
        await asyncio.sleep(_PATIENCE_S)
        from app.operations.prober import Prober

        await Prober(self.desk.workspace).run()

    def leave(self) -> None:
        """Take away what this put into the window."""
        self.schedules.leave()
        if self.tray is not None:
            self.tray.leave()
        self.deleteLater()
