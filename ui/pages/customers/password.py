"""A support password, shown on request for half a minute: in memory, in no list, and out of the clipboard again."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.i18n import _, ngettext
from ui.theme import GRID, Icon
from ui.widgets import Button

SHOWN_S = 30
_SECRET_MARKS = {
    "x-kde-passwordManagerHint": b"secret",
    "org.nspasteboard.ConcealedType": b"",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"\x01",
}
"""What tells clipboard histories not to keep it."""
_WIDTH = 400


class PasswordDialog(QDialog):
    """Beside the window, not over it; closes itself."""

    def __init__(self, parent: QWidget, name: str, password: str) -> None:
        super().__init__(parent)
        self.setObjectName("customers.password_dialog")
        self.setWindowTitle(_("Support password of {name}").format(name=name))
        self.setModal(False)
        self._left = SHOWN_S
        self._cleaner: ClipboardCleaner | None = None
        self.field = QLineEdit(password)
        self.field.setObjectName("customers.password_text")
        self.field.setReadOnly(True)
        self.field.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.field.setAccessibleName(_("Support password of {name}").format(name=name))
        self.copy = Button(_("Copy"), icon=Icon.COPY, object_name="customers.password_copy")
        self.copy.clicked.connect(self.copy_password)
        self.close_button = Button(_("Close"), object_name="customers.password_close")
        self.close_button.clicked.connect(self.reject)
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("role", "muted")
        self._arrange()
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self._say()

    def _arrange(self) -> None:
        about = QLabel(_("That you looked is recorded in the history; the password is not."), wordWrap=True)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.field, 1)
        row.addWidget(self.copy)
        foot = QHBoxLayout()
        foot.addWidget(self.note, 1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID, 4 * GRID, 5 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(about)
        column.addLayout(row)
        column.addLayout(foot)
        self.setFixedWidth(_WIDTH)

    def copy_password(self) -> None:
        """To the clipboard, from where it goes after half a minute."""
        self._cleaner = ClipboardCleaner(self.field.text())
        self._say()

    def _tick(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.reject()
        else:
            self._say()

    def _say(self) -> None:
        text = ngettext("Hidden again in {count} s.", "Hidden again in {count} s.", self._left).format(count=self._left)
        if self._cleaner is not None:
            text = " ".join((_("Copied; the clipboard is cleared after {count} s.").format(count=SHOWN_S), text))
        self.note.setText(text)

    def done(self, code: int) -> None:
        """Nothing of it stays, whichever way it is closed."""
        self._clock.stop()
        self.field.clear()
        super().done(code)
        self.deleteLater()


class ClipboardCleaner(QTimer):
    """Puts a secret into the clipboard and takes it out again, unless something else stands there by then."""

    def __init__(self, secret: str) -> None:
        clipboard = QGuiApplication.clipboard()
        super().__init__(clipboard, singleShot=True, interval=SHOWN_S * 1000)
        self._secret = secret
        held = QMimeData()
        held.setText(secret)
        for mark, value in _SECRET_MARKS.items():
            held.setData(mark, value)
        clipboard.setMimeData(held)
        self.timeout.connect(self.clean)
        QGuiApplication.instance().aboutToQuit.connect(self.clean)  # type: ignore[union-attr]
        self.start()

    def clean(self) -> None:
        """Clear the clipboard if it still holds the secret."""
        clipboard = QGuiApplication.clipboard()
        if clipboard.text() == self._secret:
            clipboard.clear()
        self._secret = ""
        self.stop()
        self.deleteLater()
