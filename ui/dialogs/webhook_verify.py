"""The help card for whoever writes a receiver: how a message is verified in Python, to be copied (webhooks.md §7)."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import N_, _
from ui.dialogs.webhook_events import SampleText
from ui.theme import GRID, Icon
from ui.widgets import Button

SNIPPET = '''\
# pip install standardwebhooks
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

SECRET = "whsec_..."  # shown once, when the webhook was added


def receive(headers: dict[str, str], body: bytes) -> int:
    """The status to answer with."""
    try:
        message = Webhook(SECRET).verify(body.decode(), headers)
    except (WebhookVerificationError, ValueError):
        return 401
    remember(headers["webhook-id"])  # the same id may come twice: do it once
    start_work(message)  # answer first, work afterwards
    return 204
'''
RULES = (
    N_("Verify the body as it came, byte for byte, before anything reads it as JSON."),
    N_("A message may come twice, with the same webhook-id: keep the ids you have seen, and do the work once."),
    N_("Answer any 2xx within the time limit; everything else is tried again. 410 switches the webhook off."),
    N_("The clock of the receiver has to be right within five minutes."),
)


class VerifyCard(QDialog):
    """What to mind, and the code."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("webhook_verify")
        self.setWindowTitle(_("How to verify in Python"))
        self.resize(680, 560)
        heading = QLabel(_("How to verify in Python"))
        heading.setProperty("role", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(heading)
        words = _("Messages are signed by the scheme of Standard Webhooks; libraries for it exist in most languages.")
        for text in (words, *(_("• {rule}").format(rule=_(rule)) for rule in RULES)):
            column.addWidget(QLabel(text, wordWrap=True))
        self.code = SampleText(name=_("Code of a receiver"), object_name="webhook_verify.code")
        self.code.setPlainText(SNIPPET)
        column.addWidget(self.code, 1)
        self.copy = Button(_("Copy"), icon=Icon.COPY, object_name="webhook_verify.copy")
        self.copy.clicked.connect(self._copy)
        close = Button(_("Close"), object_name="webhook_verify.close")
        close.clicked.connect(self.reject)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch()
        buttons.addWidget(close)
        column.addLayout(buttons)
        close.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(SNIPPET)
        self.copy.setText(_("Copied"))


def open_verify(parent: QWidget) -> VerifyCard:
    """Show the card."""
    card = VerifyCard(parent)
    card.open()
    card.finished.connect(card.deleteLater)
    return card
