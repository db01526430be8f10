"""What can be done with a gap: look at one person alone, go to the person, the timesheet or the schedule."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.connections import Connection
from app.i18n import _
from ui.desk import Desk
from ui.pages.entries import Entry
from ui.pages.workforce.deviations.gaps import GapLine
from ui.theme import Icon


class GapActions(QObject):
    """Entries of the row menu and of the details; `alone` names the person to look at alone."""

    alone = Signal(str, str)

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.connection: Connection | None = None
        self.employees: Mapping[str, str | None] = {}

    def employee_of(self, external_id: str) -> str | None:
        """The employee that somebody of 1C is."""
        return self.employees.get(external_id)

    def entries(self, line: GapLine | None) -> list[Entry]:
        """What can be done with a row."""
        external_id, name = (line.found.external_id, line.name) if line is not None else ("", "")

        def to(tab: str) -> Callable[[], None]:
            return lambda: self.desk.voice.open_page("workforce", f"{tab}:{external_id}")

        return [
            Entry("alone", Icon.USER, _("Only this person"), lambda: self.alone.emit(external_id, name)),
            Entry("open_person", Icon.ARROW_RIGHT, _("Open person"), to("personnel")),
            Entry("open_timesheet", Icon.CLOCK, _("Timesheet"), to("timesheet")),
            Entry("open_schedule", Icon.COLUMNS, _("Schedule"), to("schedules")),
        ]
