"""The header of the Live page: how the numbers come, what waits to be sent, limits, pause, update."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from app.i18n import _
from ui.pages.header import PageHeader
from ui.pages.workforce.live.channel import Told
from ui.theme import Icon, Tone
from ui.widgets import Button, StatusChip


class LiveHeader(PageHeader):
    """As on every page, with pause in the place of preview: there is nothing here that a preview would show."""

    pause_pressed = Signal()
    limits_pressed = Signal()

    def __init__(self) -> None:
        super().__init__("live", _("Update now"))
        self.sync.set_tip(_("Ask the platform at once (F5)"))
        self.outbox = StatusChip(object_name="live.outbox")
        self.limits = Button(_("Limits …"), icon=Icon.WARNING, object_name="live.edit_limits")
        self.limits.set_tip(_("Set limits beyond which an alarm is given"))
        self.limits.clicked.connect(self.limits_pressed)
        self.pause = Button("", object_name="live.pause")
        self.pause.clicked.connect(self.pause_pressed)
        self.preview.hide()
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        at = row.indexOf(self.preview)
        for widget in (self.pause, self.limits, self.outbox):
            row.insertWidget(at, widget)
        self.outbox.hide()
        self.show_paused(paused=False)

    def show_told(self, told: Told) -> None:
        """The state of the channel."""
        detail = "\n".join(filter(None, (told.words, told.cause)))
        self.chip.set_status(told.word, told.tone, detail=detail, mark=told.mark)
        if self.evidence.text() != told.words:
            self.evidence.setText(told.words)

    def show_paused(self, *, paused: bool) -> None:
        """What the button does next."""
        self.pause.setText(_("Resume") if paused else _("Pause"))
        self.pause.set_icon(Icon.PLAY if paused else Icon.PAUSE)
        self.pause.set_tip(_("Ask for numbers again") if paused else _("Ask for nothing until you resume"))

    def show_outbox(self, words: str, detail: str) -> None:
        """How many status updates wait."""
        if (words, detail) != (self.outbox.word, self.outbox.toolTip()):
            self.outbox.set_status(words, Tone.WARNING, detail=detail, mark=Icon.SEND)

    def show_possible(self, obstacle: str, limits_obstacle: str) -> None:
        """Enable the buttons, or say why not."""
        for button, reason in ((self.sync, obstacle), (self.pause, obstacle), (self.limits, limits_obstacle)):
            button.permit(reason)
