"""What `onec.status` says of a connection, in words; nothing remote was asked for it (onec-zup.md §6.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.health import Health
from app.domain.outcomes import RunState
from app.i18n import _
from app.operations.registry import find_operation
from ui.texts import HEALTH_TONES, HEALTH_WORDS, STATE_TONES, STATE_WORDS, ago, value_text
from ui.theme import GRID, Tone
from ui.widgets import Button, DetailsPane


class StatusDialog(QDialog):
    """Reads like the details of a record; Esc closes it."""

    def __init__(self, parent: QWidget, name: str, status: Mapping[str, Any]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("status")
        self.setWindowTitle(_("Status of {name}").format(name=name))
        self.resize(520, 560)
        self.pane = DetailsPane(object_name="status.details")
        health = Health(status["health"])
        chip = (_(HEALTH_WORDS[health]), HEALTH_TONES[health])
        self.pane.set_heading(name, "1C", with_picture=False, chip=chip)
        self.pane.clear_rows()
        self._tell(status)
        close = Button(_("Close"), object_name="status.close")
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pane, 1)
        column.addLayout(buttons)

    def _tell(self, status: Mapping[str, Any]) -> None:
        add, metrics = self.pane.add_row, status["performance_metrics"]
        if status.get("error"):
            add(_("Last error"), _(status["error"]), tone=Tone.DANGER)
        add(_("Last sync"), _age(status.get("last_sync")))
        add(_("Next sync"), _age(status.get("next_sync")) or status["next_sync_reason"])
        add(_("Calls refused until"), _age(status.get("calls_refused_until")) or _("Calls go through"))
        self.pane.add_section(_("Last test"))
        probe = status.get("health_check")
        if probe is None:
            self.pane.add_note(_("Not tested yet."))
        else:
            tone = None if probe["success"] else Tone.DANGER
            add(_("Result"), _(probe["message"] or ""), when=_age(probe["checked_at"]), tone=tone)
            add(_("Answered in"), _("{count} ms").format(count=value_text(probe["response_time_ms"])))
        self.pane.add_section(_("Runs"))
        add(_("All"), value_text(metrics["total_syncs"]))
        add(_("Of these finished"), value_text(metrics["successful_syncs"]))
        add(_("Errors of the last ten"), value_text(status["error_count"]))
        rate = status["success_rate"]
        add(_("Success of the last ten"), _("{count} %").format(count=value_text(rate)) if rate is not None else "")
        average = metrics["avg_response_time_ms"]
        add(_("On average"), _("{count} ms").format(count=value_text(average)) if average is not None else "")
        for run in metrics["recent_syncs"]:
            state = RunState(run["status"])
            title = _(find_operation(run["type"]).title)
            tone = None if state is RunState.FINISHED else STATE_TONES[state]
            add(
                _age(run["started_at"]),
                _("{title}: {state}").format(title=title, state=_(STATE_WORDS[state])),
                tone=tone,
            )
        self.pane.add_section(_("People"))
        counts = status["personnel"]
        add(_("Stored"), value_text(counts["total"]))
        add(_("Linked"), value_text(counts["linked"]))
        add(_("Missing in 1C"), value_text(counts["absent_in_source"]))
        add(_("Department missing in 1C"), value_text(counts["department_missing"]))


def _age(text: str | None) -> str:
    """How long ago the moment of an ISO text was."""
    return ago(datetime.fromisoformat(text)) if text else ""
