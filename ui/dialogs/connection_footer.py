"""The foot of the connection dialog: what saving now would mean, Cancel and Save."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.i18n import N_, _
from ui.theme import GRID, Tone
from ui.widgets import Button, Look, StatusChip

_STATES = {
    None: (N_("Not tested"), Tone.NEUTRAL),
    True: (N_("Tested"), Tone.SUCCESS),
    False: (N_("Test failed"), Tone.DANGER),
}


class SaveBar(QWidget):
    """Says in a chip and a sentence how what is typed was tested."""

    def __init__(self) -> None:
        super().__init__()
        self.state = StatusChip(object_name="connection.state")
        self.hint = QLabel(wordWrap=True)
        self.hint.setObjectName("connection.hint")
        self.hint.setProperty("role", "muted")
        self.cancel = Button(_("Cancel"), object_name="connection.cancel")
        self.cancel.setAutoDefault(False)  # Enter in a field saves, whatever button stands first
        self.save = Button(_("Save"), look=Look.PRIMARY, object_name="connection.save")
        self.save.setDefault(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(6 * GRID, 3 * GRID, 5 * GRID, 4 * GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(self.state)
        row.addWidget(self.hint, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.save)

    def show_state(self, works: bool | None, missing: Sequence[str], *, stale: bool, insists: bool) -> None:
        """`works` is None without a test of what stands there now; `stale` when there was one of something else.

        `insists` means that a new secret failed and the next Save stores it all the same.
        """
        word, tone = _STATES[works]
        self.state.set_status(_(word), tone)
        self.save.setText(_("Save anyway") if insists else _("Save"))
        self.hint.setText(_hint(works, missing, stale=stale, insists=insists))


def _hint(works: bool | None, missing: Sequence[str], *, stale: bool, insists: bool) -> str:
    if insists:
        return _("The new key does not work. The old one stays in use until you save.")
    if missing:
        text = _("Still missing: {fields}. You can save now and fill it in later.")
        return text.format(fields=", ".join(missing))
    if works:
        return ""
    if stale:
        return _("Changed since the test.")
    return _("You can save without a test, but nobody knows yet whether it works.")
