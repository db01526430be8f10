"""The button under a record's history that opens its time line across all systems."""

from __future__ import annotations

from app.i18n import _
from app.store.timeline import Subject
from ui.desk import Desk
from ui.theme import Icon
from ui.widgets import Button, DetailsPane


def add_timeline_button(pane: DetailsPane, desk: Desk, subject: Subject, record_id: str, name: str) -> None:
    """Add it below the rows that are there."""

    def open_it() -> None:
        from ui.dialogs.timeline import open_timeline  # with the words of Activity: not before somebody wants it

        open_timeline(pane.window(), desk, subject, record_id, name)

    button = Button(_("Whole time line"), icon=Icon.HISTORY, object_name="details.timeline")
    button.clicked.connect(lambda _checked: open_it())
    pane.add_widget(button)
