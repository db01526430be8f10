"""Follows what runs on devices: which button shows progress, which device is being tested and how far."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.domain.outcomes import Run, RunState
from app.events import RunEnded, RunProgress, RunStarted, StageReached
from app.i18n import _
from app.operations.device_ladder import STAGE_TITLES
from app.operations.reports import read_report
from ui.desk import Desk
from ui.dialogs.connection_stages import StagesSeen
from ui.pages.devices.actions import PUSH, PUSH_PERSON, PUSH_PHOTO, SYNC, TEST, VERIFY
from ui.pages.devices.header import DevicesHeader, RunButton
from ui.texts import run_counts

_PUSHES = frozenset({PUSH, PUSH_PERSON, PUSH_PHOTO})
_ON_TERMINALS = _PUSHES | {VERIFY}
"""Only one of these runs at a time."""


class Following(QObject):
    """`changed` says that a run began or ended, `test_moved` names a device whose test did, or came further."""

    changed = Signal()
    test_moved = Signal(str)

    def __init__(self, desk: Desk, header: DevicesHeader) -> None:
        super().__init__(header)
        self._header = header
        self._runs: dict[str, str] = {}
        self._tests: dict[str, str] = {}
        self._seen: dict[str, StagesSeen] = {}
        desk.on(RunStarted, self._run_started)
        desk.on(RunProgress, self._run_progressed)
        desk.on(RunEnded, self._run_ended)
        desk.on(StageReached, self._stage_reached)

    def obstacle(self, operation: str) -> str:
        """Why this operation has to wait, empty when it has not."""
        running = set(self._runs.values())
        if operation in running or (operation == PUSH and running & _PUSHES):
            return _("It is running. Cancel it below.")
        if operation in _ON_TERMINALS and running & _ON_TERMINALS:
            return _("Another run works on the devices. Wait for it, or cancel it below.")
        return ""

    def is_tested(self, device_id: str) -> bool:
        """Whether a test of it is under way."""
        return device_id in self._tests.values()

    def stages(self, device_id: str) -> StagesSeen | None:
        """The steps of its test under way, or of the last one that this window saw."""
        return self._seen.get(device_id)

    # Inside

    def _button(self, operation: str) -> RunButton | None:
        if operation in _PUSHES:
            return self._header.push
        return {VERIFY: self._header.verify, SYNC: self._header.sync}.get(operation)

    def _run_started(self, event: RunStarted) -> None:
        run = event.run
        if run.operation == TEST:
            device = str(run.params.get("device", ""))
            self._tests[run.run_id] = device
            self._seen[device] = StagesSeen(titles=STAGE_TITLES)
            self.test_moved.emit(device)
        elif (button := self._button(run.operation)) is not None and not run.dry_run:
            self._runs[run.run_id] = run.operation
            button.show_running(_("Starting …"))
            self.changed.emit()

    def _run_progressed(self, event: RunProgress) -> None:
        button = self._button(self._runs.get(event.run_id, ""))
        if button is not None:
            button.show_running(_("{doing} …").format(doing=event.doing))

    def _stage_reached(self, event: StageReached) -> None:
        if (device := self._tests.get(event.run_id)) is not None:
            self._seen[device] = self._seen[device].reached(event)
            self.test_moved.emit(device)

    def _run_ended(self, event: RunEnded) -> None:
        run = event.run
        if (device := self._tests.pop(run.run_id, None)) is not None:
            self._test_ended(device, run)
        elif (operation := self._runs.pop(run.run_id, None)) is not None:
            button = self._button(operation)
            assert button is not None
            button.show_running("")
            if run.state is RunState.FINISHED:
                self._header.show_result(run_counts(run))
            self.changed.emit()

    def _test_ended(self, device: str, run: Run) -> None:
        report = read_report(run.result)
        if report is not None:
            self._seen[device] = StagesSeen.of(report, STAGE_TITLES)
        else:
            self._seen.pop(device, None)
        self.test_moved.emit(device)
