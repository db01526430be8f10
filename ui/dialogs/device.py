"""Adding and editing a device: its fields, and beside them its test, step by step.

A test calls the device with exactly what is typed and stores nothing. A certificate that nobody vouches for is shown
to be trusted before anything secret is sent (hikvision-isapi.md §2).
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.devices import Device
from app.domain.health import TestReport
from app.events import StageReached
from app.i18n import _
from app.operations.device_ladder import STAGE_TITLES
from app.operations.reports import read_report
from app.operations.runner import Report, Request, RunHandle
from app.store import devices as stored
from ui.desk import Desk
from ui.dialogs.connection_try import TryPanel
from ui.dialogs.device_form import DeviceForm
from ui.dialogs.device_trust import TrustDialog
from ui.dialogs.edit_dialog import EditDialog, scrolling
from ui.theme import GRID, Icon, Tone
from ui.widgets import Action, Button, Look, ask

SIZE = (880, 640)


class DeviceDialog(EditDialog):
    """The form of one device. `saved` is its name once it is stored."""

    def __init__(
        self, parent: QWidget, desk: Desk, device: Device | None, taken: Sequence[str], given: Mapping[str, str]
    ) -> None:
        super().__init__(parent, desk, "device")
        self.device = device
        self.fingerprint = device.fingerprint if device else ""
        self._test: RunHandle | None = None
        self.setWindowTitle(_("Edit {name}").format(name=device.name) if device else _("Add a device"))
        self.resize(*SIZE)
        self.form = DeviceForm(device, taken, given)
        self.form.changed.connect(self._show_warnings)
        self.panel = TryPanel(
            name="device", titles=STAGE_TITLES, operation="devices.try",
            promise=_("Calls the device with what stands on the left, step by step. Nothing is saved or changed."),
        )  # fmt: skip
        self.panel.test.setAutoDefault(False)
        self.panel.test.clicked.connect(lambda: self._begin(self._try()))
        self.cancel = Button(_("Cancel"), object_name="device.cancel")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.save = Button(_("Save"), look=Look.PRIMARY, object_name="device.save")
        self.save.setDefault(True)
        self.save.clicked.connect(lambda: self._begin(self._save_and_close()))
        self._forget = desk.workspace.events.subscribe(StageReached, self.panel.reached)
        self._arrange()
        self._show_warnings()

    def _arrange(self) -> None:
        heading = QLabel(_("Face terminal"))
        heading.setProperty("role", "title")
        self.form.setContentsMargins(6 * GRID, 2 * GRID, 5 * GRID, 2 * GRID)
        heading.setContentsMargins(6 * GRID, 0, 5 * GRID, 0)
        left = QVBoxLayout()
        left.setSpacing(2 * GRID)
        left.setContentsMargins(0, 5 * GRID, 0, 0)
        left.addWidget(heading)
        left.addWidget(scrolling(self.form), 1)
        beside = scrolling(self.panel)
        beside.setFixedWidth(self.panel.width())
        sides = QHBoxLayout()
        sides.setSpacing(0)
        sides.addLayout(left, 1)
        sides.addWidget(beside)
        foot = QHBoxLayout()
        foot.setContentsMargins(6 * GRID, 3 * GRID, 5 * GRID, 4 * GRID)
        foot.setSpacing(2 * GRID)
        foot.addStretch()
        foot.addWidget(self.cancel)
        foot.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.banners)
        column.addLayout(sides, 1)
        column.addLayout(foot)
        self.form.fields["name"].setFocus()

    def _show_warnings(self) -> None:
        """What is unusual about the address is said while it is typed."""
        if texts := self.form.warnings():
            self.banners.show_banner("address", Tone.WARNING, "\n".join(texts))
        else:
            self.banners.clear("address")

    # -- saving and testing --------------------------------------------------------------------------------------

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self.begin("save device", work)

    def show_busy(self, *, busy: bool) -> None:
        """While one thing is done nothing else can be begun."""
        for button in (self.save, self.panel.test):
            button.permit(_("It is running.") if busy else "")

    async def _save_and_close(self) -> None:
        if await self._store() and not self.is_gone:
            self.desk.voice.toast(_("Saved {name}.").format(name=self.saved))
            self.accept()

    async def _store(self) -> bool:
        """Store what is typed, if anything is; true when the device is as the form says."""
        if not self.form.check():
            return False
        if self.device is not None and not self.form.touched and self.fingerprint == self.device.fingerprint:
            self.saved = self.device.name
            return True
        secrets = {"password": self.form.password} if self.form.password else {}
        report = await self.desk.report_of(Request(*self._what(), secrets=secrets))
        if report is None or report.error is not None:
            if report is not None and report.error is not None:
                self.banners.show_banner("save", Tone.DANGER, report.error.message, remedy_of(report.error))
            return False
        self.banners.clear("save")
        known = self.device.fingerprint if self.device else ""
        if self.device is not None and self.fingerprint != known and self.form.https.isChecked():
            trusted = {"device": self.device.id, "fingerprint": self.fingerprint}
            await self.desk.report_of(Request("devices.trust", params=trusted))
        self.device = await self.desk.workspace.store.read(stored.find_device, self._id_in(report))
        self.form.stored(self.device)
        self.saved = self.device.name if self.device else self.form.text("name")
        return True

    def _what(self) -> tuple[str, str, dict[str, Any]]:
        if self.device is None:
            return "devices.add", "", {**self.form.values(), "fingerprint": self.fingerprint}
        unpin = {"unpin": sorted(self.form.unpinned)} if self.form.unpinned else {}
        return "devices.edit", "", {"device": self.device.id, **self.form.changes(), **unpin}

    def _id_in(self, report: Report) -> str:
        return str((report.run.result or {}).get("id") or (self.device.id if self.device else ""))

    async def _try(self, *, sign_in_anyway: bool = False) -> None:
        """Test what is typed; a certificate that nobody knows is offered to be looked at."""
        if not self.form.check():
            return
        self.banners.clear("test")
        typed = self.form.values()
        params = {key: typed[key] for key in ("host", "port", "https", "username")}
        known = {"device": self.device.id} if self.device else {}
        secrets = {"password": self.form.password} if self.form.password else {}
        params |= {"fingerprint": self.fingerprint, "sign_in_anyway": sign_in_anyway, **known}
        self._test = await self.desk.handle_of(Request("devices.try", params=params, secrets=secrets))
        if self._test is None:
            return
        self.panel.follow(self._test.run_id)
        report = await self._test.report()
        self._test = None
        if self.is_gone:
            return
        if (seen := read_report(report.run.result)) is not None:
            self.panel.show_report(seen)
            self._offer_ways_on(seen)
        elif report.error is not None:
            self.banners.show_banner("test", Tone.DANGER, report.error.message, remedy_of(report.error))

    def _offer_ways_on(self, report: TestReport) -> None:
        fingerprint = str(report.details.get("fingerprint") or "")
        if report.category == "certificate" and fingerprint:
            look = Action(_("Look at the certificate…"), lambda: self._begin(self._trust(fingerprint)), icon=Icon.LOCK)
            self.banners.show_banner("test", Tone.WARNING, report.message, "", [look])
        elif report.category == "few_tries":
            anyway = Action(_("Sign in anyway"), lambda: self._begin(self._try(sign_in_anyway=True)), Look.DANGER)
            self.banners.show_banner("test", Tone.DANGER, report.message, report.remedy, [anyway])

    async def _trust(self, fingerprint: str) -> None:
        """What is trusted here is stored with the device when it is saved."""
        name = self.form.text("name") or self.form.text("host")
        if await ask(TrustDialog(self, name, fingerprint, known=self.fingerprint)) and not self.is_gone:
            self.fingerprint = fingerprint
            await self._try()

    # -- closing -------------------------------------------------------------------------------------------------

    @property
    def is_changed(self) -> bool:
        """Whether something was typed and is not stored."""
        return self.form.touched

    def leave(self) -> None:
        """Close, as nothing would be lost."""
        self.done(QDialog.DialogCode.Accepted if self.saved else QDialog.DialogCode.Rejected)

    def give_up(self) -> None:
        """A test under way is given up."""
        self._forget()
        if self._test is not None:
            self._test.cancel()


async def edit_device(
    parent: QWidget, desk: Desk, device: Device | None = None, given: Mapping[str, str] | None = None
) -> str:
    """Show the form, empty, of a device or with what is `given`; the name it was saved under, blank for none."""
    others = await desk.workspace.store.read(stored.devices)
    taken = [other.name for other in others if device is None or other.id != device.id]
    dialog = DeviceDialog(parent, desk, device, taken, given or {})
    await ask(dialog)
    return dialog.saved
