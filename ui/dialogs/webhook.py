"""Adding and editing a webhook: its fields, its events, then the secret shown this once and a test that may be skipped.

What saving means is asked of the operation first, as a dry run: its warnings are what the person confirms.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.webhooks.endpoint import PayloadFormat, WebhookEndpoint
from app.domain.webhooks.events import EventType
from app.i18n import _
from app.operations.runner import Report, Request
from app.store import webhook_events, webhooks
from ui.desk import Desk
from ui.dialogs.edit_dialog import EditDialog, scrolling
from ui.dialogs.webhook_events import EventTree
from ui.dialogs.webhook_form import WebhookForm
from ui.dialogs.webhook_secret import SecretShown
from ui.dialogs.webhook_test import TestPanel
from ui.theme import GRID, Tone
from ui.widgets import Button, Look, ask, confirm

SIZE = (980, 640)
_EVENTS_WIDTH = 380
_WARNED = frozenset({"url", "insecure", "allow_internal", "unsigned", "auth_type"})
"""Changes that may bring a new warning; the others leave things as risky as they were."""
Samples = Mapping[EventType, Mapping[str, Any]]


class WebhookDialog(EditDialog):
    """The form of one webhook, then, of a new one, what to do with it. `saved` is its id once it is stored."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        endpoint: WebhookEndpoint | None,
        taken: Collection[str],
        samples: Samples,
        url: str = "",
    ) -> None:
        """`url` is where a new one leads, if that is known; `taken` are the names of the others."""
        super().__init__(parent, desk, "webhook")
        self.endpoint = endpoint
        self.setWindowTitle(_("Edit {name}").format(name=endpoint.name) if endpoint else _("Add a webhook"))
        self.resize(*SIZE)
        blank = WebhookEndpoint("", "", url, ("*",) if url else (), insecure=url.startswith("http://"))
        self.form = WebhookForm(endpoint or blank, taken, new=endpoint is None)
        self.events = EventTree((endpoint or blank).event_types, samples)
        self.hint = QLabel(wordWrap=True)
        self.hint.setProperty("role", "muted")
        self.cancel = Button(_("Cancel"), object_name="webhook.cancel")
        self.cancel.setAutoDefault(False)  # Enter in a field saves
        self.save = Button(_("Save"), look=Look.PRIMARY, object_name="webhook.save")
        self.save.setDefault(True)
        self.cancel.clicked.connect(self.reject)
        self.save.clicked.connect(lambda: self.begin("save webhook", self._save()))
        self.steps = QStackedWidget()
        self._arrange()
        self.form.changed.connect(self._changed)
        self.events.changed.connect(self._changed)
        self._changed()
        self._before = self._typed()
        self.form.fields["name"].editor.setFocus()

    # -- parts ---------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.form.setContentsMargins(6 * GRID, 4 * GRID, 5 * GRID, 4 * GRID)
        fields = scrolling(self.form)
        beside = QWidget()
        beside.setFixedWidth(_EVENTS_WIDTH)
        heading = QLabel(_("Events that are told"))
        heading.setProperty("role", "heading")
        right = QVBoxLayout(beside)
        right.setContentsMargins(2 * GRID, 4 * GRID, 6 * GRID, 4 * GRID)
        right.setSpacing(2 * GRID)
        right.addWidget(heading)
        right.addWidget(self.events, 1)
        form = QWidget()
        sides = QHBoxLayout(form)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(0)
        sides.addWidget(fields, 1)
        sides.addWidget(beside)
        self.steps.addWidget(form)
        foot = QHBoxLayout()
        foot.setContentsMargins(6 * GRID, 3 * GRID, 6 * GRID, 4 * GRID)
        foot.setSpacing(2 * GRID)
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addWidget(self.steps, 1)
        column.addLayout(foot)

    def _changed(self) -> None:
        self.events.show_format(PayloadFormat(self.form.text("payload_format")))
        self.hint.setText("" if self.events.patterns() else _("Choose at least one event on the right."))

    def _typed(self) -> tuple[dict[str, str], tuple[str, ...]]:
        return {key: field.text() for key, field in self.form.fields.items()}, self.events.patterns()

    # -- saving --------------------------------------------------------------------------------------------------

    async def _save(self) -> None:
        if not self.form.check():
            return
        if not self.events.patterns():
            self.events.tree.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        params, secrets = self._params(), self.form.secrets()
        if self.endpoint is not None and not secrets and params.keys() == {"id"}:
            self.accept()  # nothing was changed
            return
        looked = await self._run(params, secrets, dry_run=True)
        if looked is None or not await self._accepts(looked.run.warnings, params):
            return
        report = await self._run(params, secrets)
        if report is not None and not self.is_gone:
            self._stored(report)

    def _params(self) -> dict[str, Any]:
        """All values of a new webhook; of one that there is, those that were changed."""
        values: dict[str, Any] = {**self.form.values(), "event_types": list(self.events.patterns())}
        values["unsigned"] = self.form.unsigned
        if self.endpoint is None:
            return values
        before, patterns = self._before
        moved = {key for key, text in self._typed()[0].items() if text != before[key]}
        if self._typed()[1] != patterns:
            moved.add("event_types")
        if "signing" in moved and self.form.unsigned:
            moved.add("unsigned")
        return {"id": self.endpoint.id} | {key: value for key, value in values.items() if key in moved}

    async def _run(
        self, params: Mapping[str, Any], secrets: Mapping[str, str], *, dry_run: bool = False
    ) -> Report | None:
        """The operation; None when it failed, which is said here."""
        operation = "webhooks.create" if self.endpoint is None else "webhooks.update"
        report = await self.desk.report_of(Request(operation, params=params, secrets=secrets, dry_run=dry_run))
        if report is None or self.is_gone:
            return None
        if report.error is not None:
            self.banners.show_banner("save", Tone.DANGER, report.error.message, remedy_of(report.error))
            return None
        self.banners.clear("save")
        return report

    async def _accepts(self, warnings: Collection[str], params: Mapping[str, Any]) -> bool:
        """Whether there is nothing to warn of, or the person wants it all the same."""
        if not warnings or (self.endpoint is not None and not _WARNED & params.keys()):
            return True
        if params.get("url", "-") == self._inbox_url() and not params.get("unsigned"):  # here to be tried
            return True
        text = "\n".join(_("• {rule}").format(rule=_(warning)) for warning in warnings)
        wanted = await confirm(self, _("Save it all the same?"), text, _("Save it all the same"), danger=True)
        return wanted and not self.is_gone

    def _inbox_url(self) -> str | None:
        """The address of the inbox, if it is open."""
        workspace = self.desk.workspace
        return workspace.inbox.url or None if "inbox" in workspace.__dict__ else None

    def _stored(self, report: Report) -> None:
        found = report.run.result or {}
        self.saved = str(found["id"])
        self.desk.voice.toast(_("Saved {name}.").format(name=found["name"]))
        if self.endpoint is None:
            self._show_next(str(found["name"]), str(found.get("secret", "")))
        else:
            self.accept()

    # -- after a new one is stored -------------------------------------------------------------------------------

    def _show_next(self, name: str, secret: str) -> None:
        """Its secret, shown this once, and a test, which may be skipped."""
        self.setWindowTitle(_("{name} is saved").format(name=name))
        step = QWidget()
        column = QVBoxLayout(step)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 2 * GRID)
        column.setSpacing(3 * GRID)
        heading = QLabel(_("{name} is saved").format(name=name), wordWrap=True)
        heading.setProperty("role", "title")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(heading)
        if secret:
            title = QLabel(_("Signing secret"))
            title.setProperty("role", "heading")
            shown = SecretShown(object_name="webhook.secret_shown")
            shown.show_secret(secret)
            column.addWidget(title)
            column.addWidget(shown)
        title = QLabel(_("Test"))
        title.setProperty("role", "heading")
        self.test = TestPanel(self.desk, self.saved)
        self.test.tested.connect(lambda _arrived: self._tested())
        column.addWidget(title)
        column.addWidget(self.test, 1)
        self.steps.addWidget(step)
        self.steps.setCurrentWidget(step)
        self.cancel.hide()
        self.hint.setText(_("Nobody knows yet whether it arrives."))
        self.save.setProperty("look", Look.NORMAL.value)
        self.save.style().unpolish(self.save)
        self.save.style().polish(self.save)
        self.save.setText(_("Skip the test"))
        self.save.clicked.disconnect()
        self.save.clicked.connect(self.accept)
        self.save.setDefault(False)
        self.test.send.setFocus()

    def _tested(self) -> None:
        self.hint.setText("")
        self.save.setText(_("Done"))

    # -- closing -------------------------------------------------------------------------------------------------

    @property
    def is_changed(self) -> bool:
        """Whether something was typed and is not stored."""
        return not self.saved and self._typed() != self._before

    def leave(self) -> None:
        """Close, as nothing would be lost."""
        if self.saved:
            self.accept()
        else:
            super().leave()

    def give_up(self) -> None:
        """A test of a new one is given up."""
        if self.saved and self.endpoint is None:
            self.test.forget()


async def edit_webhook(parent: QWidget, desk: Desk, endpoint: WebhookEndpoint | None = None, url: str = "") -> str:
    """Show the form, empty or with a webhook; its id once it was saved, blank when it was not.

    Raises `MusterError` when the store cannot be read.
    """
    read = desk.workspace.store.read
    taken = {other.name for other in await read(webhooks.endpoints) if endpoint is None or other.id != endpoint.id}
    samples = await read(webhook_events.samples)
    dialog = WebhookDialog(parent, desk, endpoint, taken, samples, url)
    await ask(dialog)
    return dialog.saved
