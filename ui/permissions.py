"""Controls that start one operation: each is allowed as the profile allows it, and says the missing permission when not
(connections.md §2).
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.events import RoleChanged
from ui.desk import Desk


class Refusable(Protocol):
    """A button that can be refused with a reason."""

    def refuse(self, reason: str) -> None:
        """Disable it, and say why."""

    def allow(self) -> None:
        """Enable it again."""


def permit(desk: Desk, control: QAction | Refusable, operation: str) -> None:
    """Keep a control as the profile allows `operation`, for as long as the control lives."""

    def look() -> None:
        refusal = desk.refusal(operation)
        if isinstance(control, QAction):
            control.setEnabled(not refusal)
            control.setToolTip(refusal)
        elif refusal:
            control.refuse(refusal)
        else:
            control.allow()

    look()
    end = desk.workspace.events.subscribe(RoleChanged, lambda _event: look())
    assert isinstance(control, QAction | QWidget)
    control.destroyed.connect(lambda _gone: end())
