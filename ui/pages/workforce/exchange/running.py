"""Follows the check or import of the page's connection that is under way: what it does now, and that it has ended."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from app.events import RunEnded, RunProgress, RunStarted
from app.i18n import _
from ui.desk import Desk
from ui.pages.workforce.exchange.actions import CHECK, IMPORT, ExchangeActions
from ui.pages.workforce.exchange.words import rows_words
from ui.tables import format_value

TELL_EVERY_S = 0.15
"""How often at most it is said how far a run is; each new text on the button is a new layout of the header."""


class Running(QObject):
    """`doing` is blank while nothing is under way."""

    moved = Signal()
    ended = Signal()

    def __init__(self, desk: Desk, commands: ExchangeActions) -> None:
        super().__init__(commands)
        self.doing = ""
        self._commands = commands
        self._run_id = ""
        self._told_at = 0.0
        self.quiet = False  # whether the run panel leaves it to the page, Esc included
        desk.on(RunStarted, self._run_started)
        desk.on(RunProgress, self._run_progress)
        desk.on(RunEnded, self._run_ended)

    def begin(self) -> None:
        """A button was pressed; the run follows."""
        self.doing = _("Starting …")
        self.moved.emit()

    def give_up(self) -> None:
        """What a button began is over, whether a run came of it or not."""
        if not self._run_id:
            self.doing = ""
        self.moved.emit()

    def cancel(self) -> None:
        """Stop what is under way; what was stored stays and can be resumed."""
        handle = self._commands.desk.workspace.runner.handles.get(self._run_id)
        if handle is not None:
            self.doing = _("Cancelling…")
            handle.cancel()
            self.moved.emit()

    def _run_started(self, event: RunStarted) -> None:
        connection = self._commands.connection
        if (
            connection is not None
            and event.run.connection == connection.name
            and event.run.operation in {CHECK, IMPORT}
        ):
            self._run_id = event.run.run_id
            self.quiet = event.run.operation == CHECK or event.run.dry_run
            self.begin()

    def _run_progress(self, event: RunProgress) -> None:
        if event.run_id != self._run_id or time.monotonic() - self._told_at < TELL_EVERY_S:
            return
        self._told_at = time.monotonic()
        self.doing = _("{doing} …").format(doing=event.doing)
        if event.total:
            amount = _("{done} of {total}")
            self.doing = amount.format(done=format_value(event.done), total=format_value(event.total))
        elif event.done:
            self.doing = _("{count} checked").format(count=rows_words(event.done))
        self.moved.emit()

    def _run_ended(self, event: RunEnded) -> None:
        if event.run.run_id == self._run_id:
            self._run_id = self.doing = ""
            self.quiet = False
            self.moved.emit()
            self.ended.emit()
