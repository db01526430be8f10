"""What a person can do with endpoints: add, edit, test, pause, resume, rotate, remove. Each is an operation's run."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.causes import remedy_of
from app.domain.webhooks.delivery import DeliveryStatus
from app.domain.webhooks.endpoint import WebhookEndpoint
from app.errors import MusterError
from app.i18n import _, ngettext
from app.operations.runner import Report, Request
from app.store import webhook_log
from app.store.webhook_log import DeliveryFilter
from ui.desk import Desk
from ui.pages.entries import Entry
from ui.tables import format_value
from ui.theme import Icon, Tone
from ui.widgets import ask, confirm

ADD, EDIT, TEST = "webhooks.create", "webhooks.update", "webhooks.test"
_WAITING = (DeliveryStatus.PENDING, DeliveryStatus.SENDING)


class EndpointActions(QObject):
    """Starts things for the page; `made` names one that was added or edited, `log_wanted` one whose log to show."""

    made = Signal(str)
    log_wanted = Signal(str)

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.page = page

    def entries(self, endpoint: WebhookEndpoint) -> list[Entry]:
        """What can be done with an endpoint, for the buttons of its details and the menu of its row."""
        refusal = self.desk.refusal
        off = not endpoint.is_active
        switch = (
            Entry("resume", Icon.PLAY, _("Resume"), lambda: self.resume(endpoint), refusal("webhooks.resume"))
            if off
            else Entry("pause", Icon.PAUSE, _("Pause"), lambda: self.pause(endpoint), refusal("webhooks.pause"))
        )
        return [
            Entry("test", Icon.SEND, _("Test…"), lambda: self.test(endpoint), refusal(TEST)),
            Entry("edit", Icon.EDIT, _("Edit…"), lambda: self.edit(endpoint), refusal(EDIT)),
            switch,
            Entry("rotate", Icon.KEY, _("New secret…"), lambda: self.rotate(endpoint), refusal("webhooks.rotate")),
            Entry("log", Icon.HISTORY, _("Deliveries"), lambda: self.log_wanted.emit(endpoint.id)),
            Entry("delete", Icon.DELETE, _("Delete…"), lambda: self.delete(endpoint), refusal("webhooks.delete")),
        ]

    # -- dialogs -------------------------------------------------------------------------------------------------

    def add(self, url: str = "") -> None:
        """Show the empty form; with `url` the address stands there already."""
        self.desk.start("add webhook", self._edit(None, url))

    def edit(self, endpoint: WebhookEndpoint) -> None:
        """Show the form of an endpoint."""
        self.desk.start("edit webhook", self._edit(endpoint, ""))

    async def _edit(self, endpoint: WebhookEndpoint | None, url: str) -> None:
        from ui.dialogs.webhook import edit_webhook

        try:
            saved = await edit_webhook(self.page, self.desk, endpoint, url)
        except MusterError as error:
            self.desk.voice.banner("webhooks.edit", Tone.DANGER, error.message, remedy_of(error))
            return
        if saved:
            self.made.emit(saved)

    def test(self, endpoint: WebhookEndpoint) -> None:
        """Show the test: what is sent, and what came back."""
        from ui.dialogs.webhook_test import TestDialog

        self.desk.start("test webhook", ask(TestDialog(self.page, self.desk, endpoint.id, endpoint.name)))

    def rotate(self, endpoint: WebhookEndpoint) -> None:
        """Ask how long the old secret goes on signing, then show the new one."""
        from ui.dialogs.webhook_secret import RotateDialog

        self.desk.start("rotate secret", ask(RotateDialog(self.page, self.desk, endpoint)))

    # -- pause, resume, remove -----------------------------------------------------------------------------------

    def pause(self, endpoint: WebhookEndpoint) -> None:
        """Send nothing to it for now."""
        said = _("Paused {name}.").format(name=endpoint.name)
        self.desk.run(Request("webhooks.pause", params={"id": endpoint.id}), lambda report: self._say(report, said))

    def resume(self, endpoint: WebhookEndpoint) -> None:
        """Send to it again; asks about what it missed, if it missed something."""
        self.desk.start("resume webhook", self._resume(endpoint))

    async def _resume(self, endpoint: WebhookEndpoint) -> None:
        from ui.dialogs.webhook_resume import ResumeDialog

        looked = await self.desk.report_of(Request("webhooks.resume", params={"id": endpoint.id}, dry_run=True))
        if looked is None:
            return
        if looked.error is not None:
            self._say(looked, "")
            return
        send = False
        if missed := int((looked.run.result or {})["missed"]):
            dialog = ResumeDialog(self.page, endpoint.name, missed)
            if not await ask(dialog):
                return
            send = dialog.send_missed
        params = {"id": endpoint.id, "send_missed": send}
        report = await self.desk.report_of(Request("webhooks.resume", params=params))
        if report is not None:
            self._say(report, _resumed_text(endpoint.name, report))

    def delete(self, endpoint: WebhookEndpoint) -> None:
        """Remove one after asking; the question says what is cancelled and what stays."""
        self.desk.start("delete webhook", self._delete(endpoint))

    async def _delete(self, endpoint: WebhookEndpoint) -> None:
        wanted = DeliveryFilter(endpoint.id, _WAITING)
        waiting = await self.desk.workspace.store.read(webhook_log.count_deliveries, wanted)
        title = _("Delete {name}?").format(name=endpoint.name)
        cancelled = ngettext(
            "{count} delivery that waits is cancelled.", "{count} deliveries that wait are cancelled.", waiting
        ).format(count=format_value(waiting))
        kept = _("Its secrets are removed from the keyring. The log of its deliveries stays.")
        text = f"{cancelled}\n{kept}" if waiting else kept
        label = _("Delete {name}").format(name=endpoint.name)
        if await confirm(self.page, title, text, label, danger=True):
            report = await self.desk.report_of(Request("webhooks.delete", params={"id": endpoint.id}))
            if report is not None:
                self._say(report, _("Deleted {name}.").format(name=endpoint.name))

    def _say(self, report: Report, said: str) -> None:
        key = report.run.operation
        if report.error is None:
            self.desk.voice.clear_banner(key)
            self.desk.voice.toast(said)
        else:
            self.desk.voice.banner(key, Tone.DANGER, report.error.message, remedy_of(report.error))


def _resumed_text(name: str, report: Report) -> str:
    sent = int((report.run.result or {}).get("sent", 0))
    if not sent:
        return _("Resumed {name}.").format(name=name)
    text = ngettext("Resumed {name}; {count} event is sent.", "Resumed {name}; {count} events are sent.", sent)
    return text.format(name=name, count=format_value(sent))
