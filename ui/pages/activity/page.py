"""The Activity page: two inner views, the runs there were and the audit trail (screens.md, Activity)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.i18n import N_, _
from ui.desk import Desk
from ui.pages.activity.runs_view import RunsView
from ui.pages.tabbed_page import TabbedTables

if TYPE_CHECKING:
    from ui.pages.activity.trail_view import TrailView

TITLES = {"runs": N_("Runs"), "trail": N_("Audit trail")}


class ActivityPage(TabbedTables):
    """What ran, and who did what."""

    run_opened = Signal(str)
    """The id of a run to be shown as it ended, by the run panel."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "activity", TITLES, spoken=_("Views of the activity"))
        self.open_last()

    def make_view(self, name: str) -> QWidget:
        """The trail is imported when somebody first looks at it."""
        from ui.pages.activity.trail_view import TrailView

        made = RunsView(self.desk, self) if name == "runs" else TrailView(self.desk, self)
        made.run_opened.connect(self.run_opened)
        return made

    @property
    def runs(self) -> RunsView:
        """What ran."""
        return cast("RunsView", self.inner("runs"))

    @property
    def trail(self) -> TrailView:
        """Who did what."""
        return cast("TrailView", self.inner("trail"))

    def show_record(self, record_id: str) -> None:
        """Bring a run into view and open its details."""
        self.open_inner("runs", record_id)
