"""What the tabs of 1C do alike: the connection and people they act on, and a change that holds or says why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.errors import MusterError
from app.i18n import _
from app.operations.runner import Report, Request
from ui.desk import Desk


class Shown(Protocol):
    """What such a tab shows, as far as it matters here."""

    @property
    def workers(self) -> Mapping[str, object]:
        """The people by 1C's id."""


D = TypeVar("D", bound=Shown)


class OneCActions(QObject, Generic[D]):
    """Starts things for a page, always over its connection and with what it shows."""

    before_people: frozenset[str] = frozenset()
    """Operations that need nobody to be known yet."""

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.page = page
        self.connection: Connection | None = None
        self.data: D | None = None

    def obstacle(self, operation: str) -> str:
        """Why this cannot be started; empty when it can."""
        if reason := self.desk.refusal(operation):
            return reason
        if self.connection is None:
            return _("Add a 1C connection first.")
        if operation in self.before_people:
            return ""
        return "" if self.data is not None and self.data.workers else _("Sync people from 1C first.")

    async def change(self, operation: str, params: dict[str, Any]) -> Report | str:
        """Change what is kept here; a text says why nothing changed."""
        assert self.connection is not None
        try:
            handle = await self.desk.workspace.runner.start(Request(operation, self.connection.name, params))
        except MusterError as error:
            return f"{error.message} {remedy_of(error)}"
        report = await handle.report()
        if report.error is not None:
            return f"{report.error.message} {remedy_of(report.error)}"
        wrong = [f"{o.message} {o.remedy}".strip() for o in report.outcomes if o.step.startswith("check ")]
        return wrong[0] if wrong else report
