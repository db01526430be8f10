"""Sending again everything that failed since some time; how many that are is shown before anything is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QDateTime, QTimer
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.webhooks.delivery import DeliveryStatus
from app.errors import MusterError
from app.i18n import _, ngettext
from app.operations.runner import Report, Request
from app.store import webhooks
from app.store.values import now
from ui.desk import Desk
from ui.tables import format_value
from ui.theme import GRID, Icon, Tone
from ui.widgets import BannerArea, Button, Look, inset

_SOON_MS = 150
_GIVEN_UP = (DeliveryStatus.FAILED.value, DeliveryStatus.EXPIRED.value)


class ResendDialog(QDialog):
    """`report` is that of the run once it was accepted."""

    def __init__(self, parent: QWidget, desk: Desk, webhook_id: str = "", since: datetime | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.report: Report | None = None
        self._asked = 0
        self._gone = False
        self._wanted_id = webhook_id
        self.setObjectName("webhook_resend")
        self.setWindowTitle(_("Send failed deliveries again"))
        self.setMinimumWidth(480)
        self.banners = BannerArea(object_name="webhook_resend.banners")
        self.webhook = QComboBox()
        self.webhook.setObjectName("webhook_resend.webhook")
        self.webhook.addItem(_("All webhooks"), "")
        begin = since or now() - timedelta(days=1)
        self.since = inset(QDateTimeEdit(QDateTime.fromSecsSinceEpoch(int(begin.timestamp()))))
        self.since.setObjectName("webhook_resend.since")
        self.since.setCalendarPopup(True)
        self.count = QLabel(wordWrap=True)
        self.count.setObjectName("webhook_resend.count")
        self.count.setProperty("role", "heading")
        self.send = Button(_("Send again"), look=Look.PRIMARY, icon=Icon.SEND, object_name="webhook_resend.send")
        self.cancel = Button(_("Cancel"), object_name="webhook_resend.cancel")
        self.send.setDefault(True)
        self.send.refuse(_("It is being counted."))
        self.send.clicked.connect(lambda: desk.start("send failed again", self._send()))
        self.cancel.clicked.connect(self.reject)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(lambda: desk.start("count failed deliveries", self._count()))
        self.webhook.currentIndexChanged.connect(lambda _place: self._moved())
        self.since.dateTimeChanged.connect(lambda _moment: self._moved())
        self._arrange()
        desk.start("read webhooks", self._offer())

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(3 * GRID)
        for row, (words, editor) in enumerate(((_("Failed since"), self.since), (_("Webhook"), self.webhook))):
            label = QLabel(words)
            label.setBuddy(editor)
            editor.setAccessibleName(words)
            grid.addWidget(label, row, 0)
            grid.addWidget(editor, row, 1)
        grid.setColumnStretch(1, 1)
        about = QLabel(
            _("Each keeps its id and body, so that the receiver knows one that it has seen. Automatic retries go on."),
            wordWrap=True,
        )
        about.setProperty("role", "muted")
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.setSpacing(4 * GRID)
        column.addWidget(self.banners)
        column.addLayout(grid)
        column.addWidget(self.count)
        column.addWidget(about)
        column.addLayout(buttons)

    async def _offer(self) -> None:
        try:
            found = await self.desk.workspace.store.read(webhooks.endpoints)
        except MusterError as error:
            self.banners.show_banner("store", Tone.DANGER, error.message, remedy_of(error))
            return
        if self._gone:
            return
        for endpoint in found:
            self.webhook.addItem(endpoint.name, endpoint.id)
        self.webhook.setCurrentIndex(max(0, self.webhook.findData(self._wanted_id)))
        self._moved()

    def _params(self) -> dict[str, Any]:
        since = datetime.fromtimestamp(self.since.dateTime().toSecsSinceEpoch()).astimezone()
        return {"id": self.webhook.currentData(), "since": since.isoformat(), "status": list(_GIVEN_UP)}

    def _moved(self) -> None:
        self.send.refuse(_("It is being counted."))
        self._soon.start()

    async def _count(self) -> None:
        self._asked += 1
        asked = self._asked
        report = await self.desk.report_of(Request("webhooks.retry", params=self._params(), dry_run=True))
        if report is None or asked != self._asked or self._gone:
            return
        if report.error is not None:
            self.count.setText("")
            self.banners.show_banner("count", Tone.WARNING, report.error.message, remedy_of(report.error))
            return
        self.banners.clear("count")
        self._show_count(int(report.run.summary["total"]))

    def _show_count(self, count: int) -> None:
        number = format_value(count)
        if not count:
            self.count.setText(_("Nothing has failed since then."))
            self.send.refuse(self.count.text())
            return
        text = ngettext("{count} delivery has failed since then.", "{count} deliveries have failed since then.", count)
        self.count.setText(text.format(count=number))
        self.send.setText(ngettext("Send {count} again", "Send {count} again", count).format(count=number))
        self.send.allow()

    async def _send(self) -> None:
        self.send.refuse(_("It is being sent."))
        self.report = await self.desk.report_of(Request("webhooks.retry", params=self._params()))
        if not self._gone:
            self.accept()

    def done(self, code: int) -> None:
        """Close for good."""
        self._gone = True
        super().done(code)
