"""What a person can do with deliveries: send one again, or all that failed since some time."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.causes import remedy_of
from app.domain.webhooks.delivery import DeliveryStatus
from app.i18n import _, ngettext
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.pages.webhooks.delivery_rows import DeliveryLine
from ui.tables import format_value
from ui.theme import Tone
from ui.widgets import ask, confirm

RETRY = "webhooks.retry"


class DeliveryActions(QObject):
    """Starts things for the view; `webhook_wanted` is the id of an endpoint that somebody wants to see."""

    webhook_wanted = Signal(str)

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.page = page

    def obstacle(self, line: DeliveryLine) -> str:
        """Why a delivery cannot be sent again; blank when it can."""
        if refusal := self.desk.refusal(RETRY):
            return refusal
        if line.delivery.is_test:
            return _("A test is not sent again; press Test instead.")
        if not line.webhook:
            return _("The webhook was removed.")
        return _("It is being sent now.") if line.delivery.status is DeliveryStatus.SENDING else ""

    def send_again(self, line: DeliveryLine) -> None:
        """Send one again, with the same id and body; one that arrived only after a question."""
        self.desk.start("send again", self._send_again(line))

    async def _send_again(self, line: DeliveryLine) -> None:
        arrived = line.delivery.status is DeliveryStatus.DELIVERED
        if arrived:
            text = _("It was delivered already. A receiver that does not look at the id would count it twice.")
            if not await confirm(self.page, _("Send it again?"), text, _("Send it again"), danger=True):
                return
        params = {"delivery": line.delivery.id, "again": arrived}
        report = await self.desk.report_of(Request(RETRY, params=params))
        if report is not None:
            self.say(report)

    def send_failed(self, webhook_id: str, since: datetime | None) -> None:
        """Ask since when, show how many that are, then send them again."""
        from ui.dialogs.webhook_resend import ResendDialog

        self.desk.start("send failed again", self._send_failed(ResendDialog(self.page, self.desk, webhook_id, since)))

    async def _send_failed(self, dialog: object) -> None:
        from ui.dialogs.webhook_resend import ResendDialog

        assert isinstance(dialog, ResendDialog)
        if await ask(dialog) and dialog.report is not None:
            self.say(dialog.report)

    def say(self, report: Report) -> None:
        """What came of it."""
        if report.error is not None:
            self.desk.voice.banner(RETRY, Tone.DANGER, report.error.message, remedy_of(report.error))
            return
        self.desk.voice.clear_banner(RETRY)
        count = int(report.run.summary.get("queued", 0))
        text = ngettext("{count} delivery is sent again.", "{count} deliveries are sent again.", count)
        said = text.format(count=format_value(count))
        if report.run.warnings:
            self.desk.voice.banner(RETRY, Tone.WARNING, said, " ".join(_(each) for each in report.run.warnings))
        else:
            self.desk.voice.toast(said)
