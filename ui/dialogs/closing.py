"""What closing the window means, asked once: the work goes on in the system tray, or the program ends."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.i18n import _
from ui.tray import Closing
from ui.widgets import Button, ConfirmDialog, ask


class ClosingDialog(ConfirmDialog):
    """Keep working, quit, or neither."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            parent,
            _("Keep working in the tray?"),
            _("Runs and schedules go on while Muster stays in the system tray. You can choose anew in the settings."),
            _("Keep working in the tray"),
        )
        self.means = Closing.ASK
        self.quit = Button(_("Quit Muster"), object_name="confirm.quit")
        self.quit.setAutoDefault(False)
        self.quit.clicked.connect(lambda: self._choose(Closing.QUIT))
        self.buttons.insertWidget(self.buttons.indexOf(self.action), self.quit)
        self.action.clicked.disconnect(self.accept)
        self.action.clicked.connect(lambda: self._choose(Closing.TRAY))

    def _choose(self, means: Closing) -> None:
        self.means = means
        self.accept()


async def ask_closing(parent: QWidget) -> Closing:
    """What the person chose; `ASK` when neither."""
    dialog = ClosingDialog(parent)
    return dialog.means if await ask(dialog) else Closing.ASK
