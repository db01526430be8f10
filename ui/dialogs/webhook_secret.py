"""The signing secret of a webhook, shown this once; and the dialog that gives a webhook a new one (webhooks.md §5)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.webhooks.endpoint import SECRET, WebhookEndpoint
from app.domain.webhooks.signature import checked_secret
from app.errors import UsageError
from app.i18n import _
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.dialogs.connection_editors import secret_edit
from ui.theme import GRID, Icon, Tone
from ui.widgets import BannerArea, Button, Look, inset

USUAL_HOURS = 24.0
MOST_HOURS = 720.0


class SecretShown(QWidget):
    """The secret with a button that copies it; it is stored nowhere but in the keyring."""

    def __init__(self, *, object_name: str) -> None:
        super().__init__()
        self.field = QLineEdit(readOnly=True)
        self.field.setObjectName(f"{object_name}.value")
        self.field.setAccessibleName(_("Signing secret"))
        self.copy = Button(_("Copy"), icon=Icon.COPY, object_name=f"{object_name}.copy")
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        words = QLabel(
            _("Give this secret to the receiver now: it is shown this once. It stays in the keyring of this computer."),
            wordWrap=True,
        )
        words.setProperty("role", "muted")
        line = QHBoxLayout()
        line.setSpacing(2 * GRID)
        line.addWidget(self.field, 1)
        line.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addLayout(line)
        column.addWidget(words)

    def show_secret(self, secret: str) -> None:
        """Show it, from the beginning."""
        self.field.setText(secret)
        self.field.setCursorPosition(0)
        self.copy.setText(_("Copy"))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.field.text())
        self.copy.setText(_("Copied"))


class RotateDialog(QDialog):
    """First how long the old secret goes on signing, then the new one."""

    def __init__(self, parent: QWidget, desk: Desk, endpoint: WebhookEndpoint) -> None:
        super().__init__(parent)
        self.desk, self.endpoint = desk, endpoint
        self._gone = False
        self.setObjectName("webhook_rotate")
        self.setWindowTitle(_("New secret for {name}").format(name=endpoint.name))
        self.setMinimumWidth(520)
        self.banners = BannerArea(object_name="webhook_rotate.banners")
        self.hours = inset(QDoubleSpinBox(decimals=0, minimum=0, maximum=MOST_HOURS, value=USUAL_HOURS))
        self.hours.setObjectName("webhook_rotate.hours")
        self.own = secret_edit()
        self.own.setObjectName("webhook_rotate.own")
        self.own.setPlaceholderText(_("Muster makes one"))
        self.shown = SecretShown(object_name="webhook_rotate.secret")
        self.shown.hide()
        self.rotate = Button(_("Give a new secret"), look=Look.PRIMARY, icon=Icon.KEY, object_name="webhook_rotate.go")
        self.close_button = Button(_("Cancel"), object_name="webhook_rotate.close")
        self.close_button.setAutoDefault(False)
        self.rotate.setDefault(True)
        self.rotate.clicked.connect(lambda: desk.start("rotate secret", self._rotate()))
        self.close_button.clicked.connect(self.reject)
        self._arrange()

    def _arrange(self) -> None:
        words = QLabel(
            _("Both secrets sign every message while the old one is still valid, so the receiver can change in peace."),
            wordWrap=True,
        )
        self.question = QWidget()
        grid = QGridLayout(self.question)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(3 * GRID)
        grid.addWidget(words, 0, 0, 1, 2)
        hours, own = QLabel(_("Hours that the old one still signs")), QLabel(_("Secret of the receiver's own"))
        for row, (label, editor) in enumerate(((hours, self.hours), (own, self.own)), 1):
            label.setBuddy(editor)
            grid.addWidget(label, row, 0)
            grid.addWidget(editor, row, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.rotate)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.setSpacing(4 * GRID)
        column.addWidget(self.banners)
        column.addWidget(self.question)
        column.addWidget(self.shown)
        column.addStretch(1)
        column.addLayout(buttons)

    async def _rotate(self) -> None:
        secret = self.own.text().strip()
        try:
            secrets = {SECRET: checked_secret(secret)} if secret else {}
        except UsageError as error:
            self.banners.show_banner("secret", Tone.DANGER, error.message, remedy_of(error))
            self.own.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.rotate.refuse(_("It is being changed."))
        params = {"id": self.endpoint.id, "keep_hours": self.hours.value()}
        report = await self.desk.report_of(Request("webhooks.rotate", params=params, secrets=secrets))
        if self._gone:
            return
        self.rotate.allow()
        if report is not None:
            self._rotated(report)

    def _rotated(self, report: Report) -> None:
        if report.error is not None:
            self.banners.show_banner("secret", Tone.DANGER, report.error.message, remedy_of(report.error))
            return
        self.desk.voice.toast(_("{name} has a new secret.").format(name=self.endpoint.name))
        made = (report.run.result or {}).get("secret", "")
        if not made:
            self.accept()
            return
        self.banners.clear("secret")
        self.question.hide()
        self.rotate.hide()
        self.shown.show_secret(made)
        self.shown.show()
        self.close_button.setText(_("Close"))
        self.shown.copy.setFocus()

    def done(self, code: int) -> None:
        """Close for good."""
        self._gone = True
        super().done(code)
