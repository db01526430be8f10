"""The story of a cell, a person or a device of the matrix, told beside it: state, evidence, attempts, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QWidget

from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device
from app.errors import MusterError
from app.i18n import N_, _, ngettext
from app.store import runs
from app.store.runs import HistoryEntry
from ui.desk import Desk
from ui.dialogs.why import open_why
from ui.pages.devices.coverage.grid import Person
from ui.pages.devices.coverage.model import CoverageModel
from ui.permissions import permit
from ui.texts import COVERAGE_TONES, COVERAGE_WORDS, STATUS_WORDS, ago
from ui.theme import Icon, Tone
from ui.widgets import Button, DetailsPane, FlowLayout

if TYPE_CHECKING:
    from ui.pages.devices.actions import DeviceActions

STATE_SENTENCES = {
    CoverageState.VERIFIED: N_("Read back: the device holds the person and the face as they are here."),
    CoverageState.SENT: N_("The device said yes; it has not been read back yet."),
    CoverageState.PHOTO_MISSING: N_("The person is on the device, the face is not."),
    CoverageState.DIFFERENT: N_("The device holds something else than what is kept here."),
    CoverageState.MISSING: N_("Read back: the device does not hold this person."),
    CoverageState.EXTRA: N_("The device holds somebody whom nobody here knows."),
    CoverageState.FAILED: N_("The last attempt failed."),
    CoverageState.WAITING: N_("Never sent to this device."),
}
_MOST_ATTEMPTS, _MOST_NAMES = 12, 60
_HISTORY = 2_000
"""Entries of a person's history that are looked through for one device."""


class CoverageStory(QWidget):
    """Fills the details; the attempts follow when they are read."""

    def __init__(self, desk: Desk, model: CoverageModel, details: DetailsPane, actions: DeviceActions) -> None:
        super().__init__()
        self.desk = desk
        self._model = model
        self._details = details
        self._actions = actions
        self._shown = ("", "")
        self._turn = 0
        self._last: HistoryEntry | None = None
        flow = FlowLayout(self)
        self._push = self._button(flow, _("Push"), "push_here", Icon.SEND, self._push_here)
        self._verify = self._button(flow, _("Verify"), "verify_here", Icon.VERIFY, self._verify_here)
        permit(self.desk, self._push, "terminals.push_all")
        permit(self.desk, self._verify, "terminals.verify")
        self._why = self._button(flow, _("Why?"), "why", Icon.ASK, self._explain)
        self._open = self._button(flow, _("Open the person"), "open_person", Icon.USER, self._open_person)
        details.set_tools(self)
        self.clear()

    def _button(self, flow: FlowLayout, text: str, name: str, drawing: Icon, act: object) -> Button:
        button = Button(text, icon=drawing, object_name=f"devices.coverage.{name}")
        button.clicked.connect(act)
        flow.addWidget(button)
        return button

    # -- telling -------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Nothing is chosen."""
        self._begin("", "")
        self.hide()
        self._details.clear()

    def tell_cell(self, index: QModelIndex) -> None:
        """One person at one device."""
        if not index.isValid():
            self.clear()
            return
        person, device, state = self._person(index.row()), self._device(index.column()), self._model.state(index)
        self._begin(person.id, device.id)
        words = (_(COVERAGE_WORDS[state]), COVERAGE_TONES[state]) if state else (_("Not expected"), Tone.NEUTRAL)
        self._details.set_heading(person.name, device.name, chip=words)
        self._tell_evidence(person, device, state, self._model.placement(index))
        if person.is_known:
            self.desk.start("read attempts", self._read_attempts(person, device, self._turn))

    def learn(self, index: QModelIndex) -> None:
        """More is known of a cell; it is told again where it is the one that is told."""
        if self._shown == (self._person(index.row()).id, self._device(index.column()).id):
            self.tell_cell(index)

    def tell_person(self, place: int) -> None:
        """Where one person is, and where not."""
        person = self._person(place)
        row = self._model.rows[place]
        absent = self._model.grid.absent_at(row)
        done, total = self._model.total_of_person(place)
        self._begin(person.id, "")
        chip = (_("Missing"), Tone.WARNING) if absent else (_("Everywhere"), Tone.SUCCESS)
        number = _("Terminal number {number}").format(number=person.number) if person.number else ""
        self._details.set_heading(person.name, number, chip=chip if total else None)
        verified = ngettext("{done} of {total} device", "{done} of {total} devices", total)
        self._details.add_row(_("Verified"), verified.format(done=done, total=total))
        title = ngettext("Missing at {count} device", "Missing at {count} devices", len(absent))
        self._add_names(title, _("Devices"), [device.name for device in absent], _("Nowhere: nothing is missing."))

    def tell_device(self, place: int) -> None:
        """Who is on one device, and who is not."""
        device, column = self._device(place), self._model.columns[place]
        absent = self._model.grid.absent_people(column)
        counts = self._model.grid.counts([column])
        self._begin("", device.id)
        chip = (_("Missing people"), Tone.WARNING) if absent else (_("Complete"), Tone.SUCCESS)
        self._details.set_heading(device.name, device.address, with_picture=False, chip=chip)
        for state, count in counts.items():
            if count:
                self._details.add_row(_(COVERAGE_WORDS[state]), str(count), tone=_loud(state))
        title = ngettext("{count} person is missing", "{count} people are missing", len(absent))
        self._add_names(title, _("People"), [person.name for person in absent], _("Nobody: all are there."))

    # Inside

    def _begin(self, person_id: str, device_id: str) -> None:
        self._shown = (person_id, device_id)
        self._turn += 1
        self._last = None
        self._details.clear_rows()
        self.show()
        known = bool(person_id) and not person_id.startswith("#")
        self._push.setVisible(known or not person_id)
        self._open.setVisible(known)
        self._why.hide()

    def _person(self, place: int) -> Person:
        return self._model.person(place)

    def _device(self, place: int) -> Device:
        return self._model.device(place)

    def _tell_evidence(
        self, person: Person, device: Device, state: CoverageState | None, known: Placement | None
    ) -> None:
        if state is None:
            reason = _("The device is paused.") if not device.takes_pushes else _("This person is not pushed.")
            self._details.add_note(reason)
        else:
            self._details.add_note(_(STATE_SENTENCES[state]))
        if person.is_known and not person.number:
            self._details.add_row(_("Terminal number"), _("None: nothing can be sent"), tone=Tone.WARNING)
        elif person.number:
            self._details.add_row(_("Terminal number"), person.number)
        if known is not None:
            if known.message:
                self._details.add_row(_("Answer"), _(known.message), tone=_loud(state))
            self._details.add_row(_("Sent"), ago(known.sent_at) or _("Never"))
            self._details.add_row(_("Read back"), ago(known.checked_at) or _("Never"))

    def _add_names(self, title: str, label: str, names: Sequence[str], none: str) -> None:
        self._details.add_section(title.format(count=len(names)))
        if not names:
            self._details.add_note(none)
            return
        rest = len(names) - _MOST_NAMES
        shown = "\n".join(names[:_MOST_NAMES])
        self._details.add_row(label, shown)
        if rest > 0:
            self._details.add_note(_("… and {count} more").format(count=rest))

    async def _read_attempts(self, person: Person, device: Device, turn: int) -> None:
        try:
            entries = await self.desk.workspace.store.read(runs.history, person.id, limit=_HISTORY)
        except MusterError as error:
            self._details.add_note(error.message)
            return
        if turn == self._turn:  # else the keyboard moved on meanwhile
            self._tell_attempts([entry for entry in entries if entry.outcome.target_id == device.id])

    def _tell_attempts(self, entries: Iterable[HistoryEntry]) -> None:
        found = list(entries)[:_MOST_ATTEMPTS]
        self._details.add_section(_("Last attempts"))
        if not found:
            self._details.add_note(_("None is recorded."))
            return
        self._last = found[0]
        self._why.show()
        for entry in found:
            text = _("{status}: {message}")
            words = text.format(status=_(STATUS_WORDS[entry.outcome.status]), message=_(entry.outcome.message))
            self._details.add_row(ago(entry.run.started_at), words)

    # -- what a person does --------------------------------------------------------------------------------------

    def _people_and_devices(self) -> tuple[list[str], list[str]]:
        person, device = self._shown
        return [person] if person and not person.startswith("#") else [], [device] if device else []

    def _push_here(self) -> None:
        people, devices = self._people_and_devices()
        self._actions.push(people=people, devices=devices)

    def _verify_here(self) -> None:
        people, devices = self._people_and_devices()
        self._actions.verify(people=people, devices=devices)

    def _open_person(self) -> None:
        self.desk.voice.open_page("employees", self._shown[0])

    def _explain(self) -> None:
        if self._last is not None:
            open_why(self.window(), self._last.run, self._last.outcome)


def _loud(state: CoverageState | None) -> Tone | None:
    tone = COVERAGE_TONES[state] if state is not None else None
    return tone if tone in {Tone.WARNING, Tone.DANGER} else None
