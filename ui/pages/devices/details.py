"""The details of one device: its state, the steps of its test, what the terminal said, who is missing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.domain.coverage import CoverageState
from app.domain.devices import Device, DeviceFacts, DeviceSource, DeviceStatus
from app.domain.pushes import takes_part
from app.errors import MusterError
from app.i18n import _, ngettext
from app.store import devices as stored
from app.store import directory, runs
from app.store.runs import HistoryEntry
from app.store.timeline import Subject
from ui.desk import Desk
from ui.dialogs.connection_stages import StagesSeen
from ui.dialogs.device_trust import grouped
from ui.pages.devices.actions import TEST, DeviceActions
from ui.pages.devices.rows import (
    SOURCE_WORDS,
    DeviceLine,
    DeviceState,
    capacity_text,
    capacity_tone,
    drift_text,
    evidence_text,
    state_chip,
)
from ui.pages.record_details import history_words
from ui.pages.timeline_button import add_timeline_button
from ui.tables import format_value
from ui.texts import ago, moment_text
from ui.theme import Icon, Tone
from ui.widgets import Button, DetailsPane, FlowLayout
from ui.widgets.stages import StageList

_ABSENT = frozenset({CoverageState.MISSING, CoverageState.PHOTO_MISSING, CoverageState.FAILED, CoverageState.WAITING})
_MOST_NAMES, _MOST_HISTORY = 30, 20


class DeviceDetails(QWidget):
    """Shows one device at a time; it is the tools of the pane that it fills."""

    def __init__(self, desk: Desk, details: DetailsPane, actions: DeviceActions) -> None:
        super().__init__()
        self.desk = desk
        self._details = details
        self._actions = actions
        self._device: Device | None = None
        self._stages: StageList | None = None
        flow = FlowLayout(self)
        self.test = self._button(flow, _("Test"), "test", Icon.PLUG, actions.test)
        self.trust = self._button(flow, _("Look at the certificate…"), "trust", Icon.LOCK, actions.trust)
        self.accept = self._button(flow, _("It was exchanged…"), "accept", Icon.DIFFERENT, actions.accept_exchanged)
        self.edit = self._button(flow, _("Edit"), "edit", Icon.EDIT, actions.edit)
        self.pause = self._button(flow, _("Pause"), "pause", Icon.PAUSE, lambda device: actions.switch([device]))
        self.push = self._button(flow, _("Push"), "push", Icon.SEND, lambda device: actions.push(devices=[device.id]))
        self.remove = self._button(flow, _("Remove…"), "remove", Icon.DELETE, actions.remove)
        details.set_tools(self)
        self.show_line(None, None)

    def _button(self, flow: FlowLayout, text: str, name: str, drawing: Icon, act: Callable[[Device], object]) -> Button:
        button = Button(text, icon=drawing, object_name=f"devices.{name}")
        button.clicked.connect(lambda: act(self._device) if self._device is not None else None)
        flow.addWidget(button)
        return button

    def show_line(self, line: DeviceLine | None, seen: StagesSeen | None) -> None:
        """Show a device, with the steps of a test of it where there is one."""
        self._device = line.device if line else None
        self._stages = None
        self.setVisible(line is not None)
        if line is None:
            self._details.clear()
            return
        device = line.device
        word, tone, _mark = state_chip(line)
        heading = " · ".join(filter(None, (device.address, device.site)))
        self._details.set_heading(device.name, heading, with_picture=False, chip=(word, tone))
        self._details.clear_rows()
        self._allow(line)
        self._tell_state(line, tone)
        if seen is not None:
            self._details.add_section(_("Test, running now") if line.testing else _("Last test"))
            self._stages = StageList(name=_("Steps of the test"), object_name="devices.stages")
            self._details.add_widget(self._stages)
            self._stages.show_lines(seen.lines())
        self._tell_facts(line)
        self._tell_settings(device)
        self.desk.start("read device", self._read_rest(device))

    def show_stages(self, seen: StagesSeen) -> None:
        """A step of the test under way was reached."""
        if self._stages is not None:
            self._stages.show_lines(seen.lines())

    # -- parts ---------------------------------------------------------------------------------------------------

    def _allow(self, line: DeviceLine) -> None:
        device = line.device
        paused = device.status is DeviceStatus.INACTIVE
        self.pause.setText(_("Resume") if paused else _("Pause"))
        self.pause.set_icon(Icon.PLAY if paused else Icon.PAUSE)
        listed = device.source is DeviceSource.SUPABASE and device.missing_since is None
        self.trust.setVisible(line.state is DeviceState.UNTRUSTED)
        self.accept.setVisible(line.state is DeviceState.OTHER_TERMINAL)
        reasons = {
            self.trust: self.desk.refusal("devices.trust"),
            self.accept: self.desk.refusal("devices.edit"),
            self.test: self.desk.refusal(TEST) or (_("The test is running.") if line.testing else ""),
            self.edit: self.desk.refusal("devices.edit"),
            self.pause: self.desk.refusal("devices.pause"),
            self.push: self.desk.refusal("terminals.push_all") or (_("The device is paused.") if paused else ""),
            self.remove: self.desk.refusal("devices.remove")
            or (_("Supabase lists it: pause it instead.") if listed else ""),
        }
        for button, reason in reasons.items():
            button.permit(reason)

    def _tell_state(self, line: DeviceLine, tone: Tone) -> None:
        if text := evidence_text(line):
            loud = tone if line.needs_a_look else None
            self._details.add_row(_("Problem") if line.needs_a_look else _("State"), text, tone=loud)
        if line.state is DeviceState.NOT_TESTED:
            self._details.add_row(_("What to do"), _("Press Test to find out whether it answers."))

    def _tell_facts(self, line: DeviceLine) -> None:
        facts = line.device.facts
        add = self._details.add_row
        self._details.add_section(_("What the terminal said"))
        if facts == DeviceFacts():
            self._details.add_note(_("Nothing yet: it was never tested and never pushed to."))
            return
        add(_("People"), capacity_text(line) or format_value(facts.people), tone=capacity_tone(line))
        add(_("Faces"), format_value(facts.faces))
        add(_("Free places"), format_value(facts.free_places))
        add(_("Clock"), drift_text(line.device), tone=Tone.WARNING if line.state is DeviceState.CLOCK_OFF else None)
        for label, text in (
            (_("Model"), facts.model), (_("Serial number"), facts.serial), (_("Firmware"), facts.firmware),
            (_("MAC address"), facts.mac), (_("Its own name"), facts.device_name),
        ):  # fmt: skip
            if text:
                add(label, text)
        add(_("Last test"), ago(facts.tested_at) or _("Never"))
        add(_("Last push"), ago(facts.pushed_at) or _("Never"))

    def _tell_settings(self, device: Device) -> None:
        add = self._details.add_row
        self._details.add_section(_("Settings"))
        rows = (
            (_("Address"), device.address, "host"),
            (_("Encryption"), _("HTTPS") if device.https else _("None"), "https"),
            (_("User name"), device.username or _("Not set"), "username"),
            (_("Password"), _("In the keyring") if device.has_password else _("Not set"), "password"),
        )
        for label, text, field in rows:
            add(label, text, badge=_("Pinned") if field in device.pinned else "")
        if device.fingerprint:
            add(_("Trusted certificate"), grouped(device.fingerprint))
        add(_("Source"), _(SOURCE_WORDS[device.source]))
        if device.missing_since:
            add(_("Not in Supabase since"), moment_text(device.missing_since))

    async def _read_rest(self, device: Device) -> None:
        read = self.desk.workspace.store.read
        try:
            absent = await read(absent_names, device.id)
            entries = await read(runs.history, device.id)
        except MusterError as error:
            self._details.add_note(error.message)
            return
        if self._device is device:
            self._tell_absent(absent)
            self._tell_history(entries)

    def _tell_absent(self, names: list[str]) -> None:
        title = ngettext("{count} person is missing", "{count} people are missing", len(names))
        self._details.add_section(title.format(count=len(names)))
        if not names:
            self._details.add_note(_("Nobody: all are there."))
            return
        rest = len(names) - _MOST_NAMES
        self._details.add_row(_("People"), "\n".join(names[:_MOST_NAMES]))
        if rest > 0:
            self._details.add_note(_("… and {count} more").format(count=rest))

    def _tell_history(self, entries: list[HistoryEntry]) -> None:
        self._details.add_section(_("History"))
        if not entries:
            self._details.add_note(_("Nothing has changed since it was added."))
        for entry in entries[:_MOST_HISTORY]:
            self._details.add_row(ago(entry.run.started_at), history_words(entry))
        if (device := self._device) is not None:
            add_timeline_button(self._details, self.desk, Subject.DEVICE, device.id, device.name)


def absent_names(device_id: str) -> list[str]:
    """Who should be on a device and is not, or not with a face, by name; on the store's thread."""
    there = {p.employee_id for p in stored.placements([device_id]) if p.state not in _ABSENT}
    names = [e.terminal_name for e in directory.employees() if takes_part(e) and e.id not in there]
    return sorted(names, key=str.casefold)
