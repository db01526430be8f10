"""The switch of a connection's detailed log: with bodies, for an hour, then off by itself (connections.md §8)."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QLocale, QTime, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from app.domain.attempts import LogLevel
from app.domain.causes import remedy_of
from app.domain.connections import LOG_LEVEL, Connection
from app.i18n import _
from app.operations.runner import Request
from app.store import connections as stored
from app.store.values import now
from ui.desk import Desk
from ui.permissions import permit
from ui.theme import GRID, Tone

_OPERATION = "connections.update"
_LOOK_MS = 15_000


class DetailSwitch(QWidget):
    """Says whether bodies are kept and until when; a click changes it at once."""

    def __init__(self, desk: Desk, connection: Connection) -> None:
        super().__init__()
        self.desk, self.connection = desk, connection
        self.box = _Switch(_("Detailed log"))
        self.box.setObjectName("sync_log.detailed")
        self.box.usual_tip = _(
            "For one hour, what is sent and answered is kept too, without keys and passwords. "
            "It may hold data of people."
        )
        self.until = QLabel()
        self.until.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.box)
        row.addWidget(self.until)
        if all(field.key != LOG_LEVEL for field in connection.spec.settings):
            self.hide()
        permit(desk, self.box, _OPERATION)
        self.box.clicked.connect(lambda on: desk.start("switch detailed log", self._switch(on)))
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.show_state)
        self._timer.start()
        self.show_state()

    def show_state(self) -> None:
        """As it is now: an hour may have passed since it was switched on."""
        until = self.connection.at(now()).detailed_until
        self.box.setChecked(until is not None)
        self.until.setText(_("until {time}").format(time=_clock(until)) if until is not None else "")

    async def _switch(self, on: bool) -> None:
        wanted = LogLevel.DEBUG.value if on else ""
        report = await self.desk.report_of(Request(_OPERATION, self.connection.id, {"settings": {LOG_LEVEL: wanted}}))
        if report is not None and report.error is not None:
            self.desk.voice.banner("sync_log", Tone.DANGER, report.error.message, remedy_of(report.error))
        found = await self.desk.workspace.store.read(stored.find_connection, self.connection.id)
        self.connection = found or self.connection
        self.show_state()


def _clock(moment: datetime) -> str:
    here = moment.astimezone()
    return QLocale().toString(QTime(here.hour, here.minute), QLocale.FormatType.ShortFormat)


class _Switch(QCheckBox):
    """A tick that can be refused with a reason."""

    usual_tip = ""

    def refuse(self, reason: str) -> None:
        """Disable it, and say why."""
        self.setEnabled(False)
        self.setToolTip(reason)

    def allow(self) -> None:
        """Enable it again."""
        self.setEnabled(True)
        self.setToolTip(self.usual_tip)
