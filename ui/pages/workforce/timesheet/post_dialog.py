"""Worked time before it goes to 1C: what is sent of whom, what 1C will make of it, who confirms; only ticked days go.

1C makes and posts the documents at once and nothing takes them back here, so the button says how many and what
(onec-zup.md §5.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.onec_receipts import SentStatus
from app.domain.onec_schedules import Period, Shift
from app.domain.onec_time_types import TimeType
from app.domain.onec_worked import ExpectedDocument, WorkedDay
from app.i18n import N_, _, ngettext
from app.operations.runner import Report
from app.store.values import now
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.dialogs.preview import VALID_FOR
from ui.pages.workforce.time_words import hours_text, periods_text
from ui.pages.workforce.timesheet.rows import expected_text
from ui.tables import Column, Kind, TablePane, format_value
from ui.theme import GRID, Icon, Tone
from ui.widgets import BannerArea, Button, FilterChip, Look

SIZE = (1080, 600)


@dataclass(frozen=True, slots=True)
class PostLine:
    """One day of the dry run."""

    agent_id: str
    name: str
    day: date
    times: str
    planned: float | None
    worked: float
    expected: tuple[ExpectedDocument, ...] | None
    before: SentStatus | None

    @property
    def key(self) -> str:
        """Names the line."""
        return f"{self.agent_id} {self.day}"

    @property
    def sent_before(self) -> bool:
        """Whether 1C has a document of it, or may have one."""
        return self.before is not None and self.before is not SentStatus.REFUSED

    @property
    def documents(self) -> int:
        """How many documents 1C will make; where only it knows the plan, at least one is to be reckoned with."""
        return 1 if self.expected is None else len(self.expected)


def post_lines(report: Report) -> list[PostLine]:
    """The dry run of a sending, day by day; what makes no document comes last."""
    lines = [_line(row) for row in (report.run.result if isinstance(report.run.result, list) else ())]
    return sorted(lines, key=lambda line: (not line.documents, line.name, line.day))


def _line(row: Mapping[str, Any]) -> PostLine:
    start, end = datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"])
    breaks = tuple(
        Period(datetime.fromisoformat(b["start"]), datetime.fromisoformat(b["end"])) for b in row["unpaid_breaks"]
    )
    day = date.fromisoformat(row["day"])
    zone = start.tzinfo
    assert zone is not None
    periods = WorkedDay(row["agent_id"], day, Shift(start, end, breaks)).periods(zone)
    expected = row["expected"]
    return PostLine(
        row["agent_id"],
        row["name"],
        day,
        periods_text(periods) or _("Did not come"),
        row["planned_hours"],
        row["worked_hours"],
        None if expected is None else tuple(ExpectedDocument(e["code"], e["hours"]) for e in expected),
        SentStatus(row["sent_before"]) if row["sent_before"] else None,
    )


_BEFORE_WORDS = {
    SentStatus.SENT: N_("Sent before"),
    SentStatus.UNKNOWN: N_("Outcome unknown"),
    SentStatus.SENDING: N_("Outcome unknown"),
}


def _before(line: PostLine) -> str:
    return _(_BEFORE_WORDS[line.before]) if line.before in _BEFORE_WORDS else ""


def _columns(types: Mapping[str, TimeType]) -> tuple[Column[PostLine], ...]:
    return (
        Column("name", N_("Name"), lambda r: r.name, width=230),
        Column("day", N_("Day"), lambda r: r.day, kind=Kind.MOMENT, width=92),
        Column("times", N_("Worked time"), lambda r: r.times, width=150, tooltip=lambda r: r.times),
        Column("planned", N_("Planned"), lambda r: r.planned, text=lambda r: hours_text(r.planned), kind=Kind.NUMBER,
               width=80),
        Column("worked", N_("Worked"), lambda r: r.worked, text=lambda r: hours_text(Decimal(str(r.worked))),
               kind=Kind.NUMBER, width=80),
        Column("document", N_("1C will make"), lambda r: expected_text(r.expected, types), width=240,
               tooltip=lambda r: expected_text(r.expected, types)),
        Column("before", N_("Before"), _before, kind=Kind.CHIP, width=140, tone=lambda _r: Tone.WARNING),
    )  # fmt: skip


class PostDialog(QDialog):
    """Shows the dry run; accepted when the ticked days shall be sent. `again` also lets go what was sent before."""

    def __init__(
        self, parent: QWidget, desk: Desk, report: Report, types: Mapping[str, TimeType], initiator: str,
        *, again: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("post_worked")
        self.setWindowTitle(_("Send worked time to 1C"))
        self.resize(*SIZE)
        self.made_at = now()
        self.again = again
        self.lines = post_lines(report)
        self.banners = BannerArea(object_name="post_worked.banners")
        self.banners.show_banner(
            "effect", Tone.WARNING, _("This creates posted documents in 1C and cannot be undone here."),
            _("A wrong document can only be corrected or deleted in 1C."), permanent=True,
        )  # fmt: skip
        if again:
            self.banners.show_banner(
                "again", Tone.DANGER, _("It was sent before: a second sending makes a second document."),
                _("Send it only when you have looked in 1C and the document is not there."), permanent=True,
            )  # fmt: skip
        self.pane: TablePane[PostLine] = TablePane(
            name=_("What would be sent"), page="post_worked", columns=_columns(types), key=lambda line: line.key,
            search_hint=_("Search people"), store=desk.layouts, checkable=self._may_go, shortcuts_in=self,
        )  # fmt: skip
        self.pane.set_filters([
            FilterChip("makes", _("Makes a document"), lambda r: r.documents > 0, "what"),
            FilterChip("agrees", _("Agrees with the plan"), lambda r: r.documents == 0, "what"),
            FilterChip("before", _("Sent before"), lambda r: r.sent_before, tone=Tone.WARNING),
        ])  # fmt: skip
        self.pane.set_rows(self.lines)
        at_first = [line.key for line in self.lines if self._may_go(line) and line.documents]
        self.pane.rows.set_checked(at_first, on=True)
        self.pane.rows.checked_changed.connect(self._show_amount)
        self.pane.export_requested.connect(lambda: export_table(self, desk, self.pane.visible_table(), "post_worked"))
        self._arrange(initiator)
        self._show_amount()
        self.close_button.setFocus()

    def _may_go(self, line: PostLine) -> bool:
        return self.again or not line.sent_before

    def _arrange(self, initiator: str) -> None:
        self.initiator = QLineEdit(initiator)
        self.initiator.setObjectName("post_worked.initiator")
        self.initiator.setMaximumWidth(320)
        label = QLabel(_("Confirmed by (stands in the comment of the documents)"))
        label.setBuddy(self.initiator)
        form = QFormLayout()
        form.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 3 * GRID)
        form.setHorizontalSpacing(3 * GRID)
        form.addRow(label, self.initiator)
        hint = QLabel(
            _("Nothing has been sent yet. Each day is sent once and never repeated by itself."), wordWrap=True
        )
        hint.setProperty("role", "muted")
        self.close_button = Button(_("Close"), object_name="post_worked.close")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.reject)
        self.post = Button("", look=Look.DANGER, icon=Icon.SEND, object_name="post_worked.post")
        self.post.setAutoDefault(False)
        self.post.clicked.connect(self._press)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(hint, 1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.post)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addLayout(form)
        column.addWidget(self.pane, 1)
        column.addLayout(buttons)

    def ticked(self) -> list[PostLine]:
        """The days that shall be sent."""
        keys = self.pane.rows.checked_keys()
        return [line for line in self.lines if line.key in keys]

    def _show_amount(self) -> None:
        ticked = self.ticked()
        documents = sum(line.documents for line in ticked)
        if documents:
            text = ngettext("Post {count} document in 1C", "Post {count} documents in 1C", documents)
            self.post.setText(text.format(count=format_value(documents)))
        else:
            text = ngettext("Send {count} day to 1C", "Send {count} days to 1C", len(ticked))
            self.post.setText(text.format(count=format_value(len(ticked))) if ticked else _("Post in 1C"))
        if ticked:
            self.post.allow()
        else:
            self.post.refuse(_("Nothing is ticked."))

    def _press(self) -> None:
        if now() - self.made_at > VALID_FOR:
            text = _("This preview is older than a day and has expired.")
            self.banners.show_banner("expired", Tone.WARNING, text, _("Run the preview again."))
            return
        self.accept()
