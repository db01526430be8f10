"""What a person can do with devices: each is an operation's run, started with the push settings in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.causes import remedy_of
from app.domain.devices import Device, DeviceStatus
from app.i18n import _
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.pages.devices.push_settings import push_params
from ui.theme import Tone
from ui.widgets import Action, Look, confirm

PUSH, PUSH_PERSON, PUSH_PHOTO = "terminals.push_all", "terminals.push_person", "terminals.push_photo"
VERIFY, SYNC, TEST, TEST_ALL = "terminals.verify", "devices.sync", "devices.test", "devices.test_all"
_FEW_TRIES = "device.few_tries"


class DeviceActions(QObject):
    """Starts things for the page; `made` names a device that was added or edited, to be shown."""

    made = Signal(str)

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.page = page

    # -- pushing -------------------------------------------------------------------------------------------------

    def push(self, *, people: Sequence[str] = (), devices: Sequence[str] = (), dry_run: bool = False) -> None:
        """Push to all, or only these people and devices; a dry run shows its preview."""
        params: dict[str, Any] = dict(push_params(self.desk.layouts))
        if people:
            params["people"] = list(people)
        if devices:
            params["devices"] = list(devices)
        self.desk.run(Request(PUSH, params=params, dry_run=dry_run), self._preview if dry_run else None)

    def verify(self, *, people: Sequence[str] = (), devices: Sequence[str] = ()) -> None:
        """Read back what the devices hold."""
        given = {"people": list(people), "devices": list(devices)}
        self.desk.run(Request(VERIFY, params={name: ids for name, ids in given.items() if ids}))

    def _preview(self, report: Report) -> None:
        from ui.dialogs.preview import open_preview

        if report.error is None:
            open_preview(self.page, self.desk, report)
        else:
            self.desk.voice.banner("preview", Tone.DANGER, report.error.message, remedy_of(report.error))

    # -- devices by hand -----------------------------------------------------------------------------------------

    def add(self) -> None:
        """Show the empty form."""
        self.desk.start("add device", self._edit(None))

    def edit(self, device: Device) -> None:
        """Show the form of a device."""
        self.desk.start("edit device", self._edit(device))

    async def _edit(self, device: Device | None) -> None:
        from ui.dialogs.device import edit_device

        if name := await edit_device(self.page, self.desk, device):
            self.made.emit(name)

    def import_csv(self) -> None:
        """Ask for a CSV file and show what it would bring before it is taken over."""
        from ui.dialogs.device_import import import_devices

        self.desk.start("import devices", import_devices(self.page, self.desk))

    def discover(self) -> None:
        """Search the local network."""
        from ui.dialogs.device_discovery import open_discovery

        open_discovery(self.page, self.desk)

    # -- test ----------------------------------------------------------------------------------------------------

    def test(self, device: Device, *, sign_in_anyway: bool = False) -> None:
        """Test one; its steps are shown as they are reached. Where few tries are left a person decides first."""
        self.desk.voice.clear_banner(f"few tries {device.id}")
        params = {"device": device.id, "sign_in_anyway": sign_in_anyway}
        self.desk.run(Request(TEST, params=params), lambda report: self._tested(device, report))

    def _tested(self, device: Device, report: Report) -> None:
        if report.error is None:
            self.desk.voice.toast(_("{name} works.").format(name=device.name))
        elif report.error.code == _FEW_TRIES:
            text = _("{name}: {cause}").format(name=device.name, cause=report.error.message)
            anyway = Action(_("Sign in anyway"), lambda: self.test(device, sign_in_anyway=True), Look.DANGER)
            key = f"few tries {device.id}"
            self.desk.voice.banner(key, Tone.DANGER, text, remedy_of(report.error), [anyway])

    def trust(self, device: Device) -> None:
        """Show the certificate of a device; once it is trusted, test again."""
        self.desk.start("trust certificate", self._trust(device))

    async def _trust(self, device: Device) -> None:
        from ui.dialogs.device_trust import offer_trust

        if await offer_trust(self.page, self.desk, device):
            self.test(device)

    def accept_exchanged(self, device: Device) -> None:
        """The terminal was exchanged: take over what the new one says, after asking."""
        self.desk.start("accept terminal", self._accept(device))

    async def _accept(self, device: Device) -> None:
        title = _("Was {name} exchanged?").format(name=device.name)
        text = _("Another terminal answers at its address. If it was exchanged, what is known of the old one is "
                 "forgotten, and everybody is sent again at the next push.")  # fmt: skip
        if await confirm(self.page, title, text, _("Accept the new terminal"), danger=True):
            self.desk.run(Request(TEST, params={"device": device.id, "accept_serial": True}))

    def test_all(self) -> None:
        """Test all that are not paused."""
        self.desk.run(Request(TEST_ALL))

    # -- pause, remove -------------------------------------------------------------------------------------------

    def switch(self, devices: Sequence[Device]) -> None:
        """Pause those that are active; when all are paused, resume them."""
        active = [d for d in devices if d.status is DeviceStatus.ACTIVE]
        self.desk.start("switch devices", self._switch(active or devices, pause=bool(active)))

    async def _switch(self, devices: Sequence[Device], *, pause: bool) -> None:
        for device in devices:
            operation = "devices.pause" if pause else "devices.resume"
            said = (_("Paused {name}.") if pause else _("Resumed {name}.")).format(name=device.name)
            self._say(await self.desk.report_of(Request(operation, params={"device": device.id})), said)

    def remove(self, device: Device) -> None:
        """Remove one after asking; the button says what goes."""
        self.desk.start("remove device", self._remove(device))

    async def _remove(self, device: Device) -> None:
        title = _("Remove {name}?").format(name=device.name)
        text = _("Its settings and password are deleted from this computer. Nothing changes on the device itself.")
        label = _("Remove {name} and its password").format(name=device.name)
        if await confirm(self.page, title, text, label, danger=True):
            report = await self.desk.report_of(Request("devices.remove", params={"device": device.id}))
            self._say(report, _("Removed {name}.").format(name=device.name))

    def _say(self, report: Report | None, said: str) -> None:
        if report is None:
            return
        if report.error is None:
            self.desk.voice.toast(said)
        else:
            self.desk.voice.banner(report.run.operation, Tone.DANGER, report.error.message, remedy_of(report.error))
