"""Trust on first use: the fingerprint of a device's own certificate, shown in groups, pinned when a person says so."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.devices import Device
from app.i18n import _
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.theme import GRID, Tone
from ui.widgets import Button, Look, ask

_WIDTH = 480
_GROUPS_A_LINE = 8


def grouped(fingerprint: str) -> str:
    """In groups of four, eight a line, as people compare it with what the device shows."""
    digits = fingerprint.replace(":", "").upper()
    groups = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    lines = [groups[at : at + _GROUPS_A_LINE] for at in range(0, len(groups), _GROUPS_A_LINE)]
    return "\n".join(" ".join(line) for line in lines)


class TrustDialog(QDialog):
    """Shows a fingerprint and asks whether it is the device's; `known` is the one that was trusted before."""

    def __init__(self, parent: QWidget, name: str, fingerprint: str, *, known: str = "") -> None:
        super().__init__(parent)
        self.setObjectName("trust")
        self.setWindowTitle(_("Trust the certificate of {name}?").format(name=name))
        heading = _label(_("Trust the certificate of {name}?").format(name=name))
        heading.setProperty("role", "title")
        about = _label(
            _("The device made its certificate itself, so nobody vouches for it. Compare this SHA-256 fingerprint with "
              "the one in the device's own network menu. Once trusted, any other certificate is refused.")
        )  # fmt: skip
        if known and known != fingerprint:
            about.setText(
                _("The certificate is another one than you trusted before: the device was reset or replaced, or "
                  "somebody stands between. Compare this SHA-256 fingerprint with the one in its own network menu.")
            )  # fmt: skip
        self.fingerprint = _label(grouped(fingerprint))
        self.fingerprint.setObjectName("trust.fingerprint")
        self.fingerprint.setAccessibleName(_("SHA-256 fingerprint"))
        self.fingerprint.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.fingerprint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        cancel = Button(_("Cancel"), object_name="trust.cancel")
        cancel.clicked.connect(self.reject)
        cancel.setDefault(True)
        accept = Button(_("Trust this certificate"), look=Look.DANGER, object_name="trust.accept")
        accept.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(accept)
        column = QVBoxLayout(self)
        column.setSpacing(3 * GRID)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        for part in (heading, about, self.fingerprint):
            column.addWidget(part)
        column.addSpacing(2 * GRID)
        column.addLayout(buttons)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)


def _label(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFixedWidth(_WIDTH)
    return label


async def offer_trust(parent: QWidget, desk: Desk, device: Device) -> bool:
    """Fetch the certificate of a device and show its fingerprint; true when a person trusted it and that is stored."""
    shown = await desk.report_of(Request("devices.trust", params={"device": device.id}))
    if shown is None or _failed(desk, shown):
        return False
    fingerprint = str(shown.run.result["fingerprint"])
    if not await ask(TrustDialog(parent, device.name, fingerprint, known=device.fingerprint)):
        return False
    params = {"device": device.id, "fingerprint": fingerprint}
    report = await desk.report_of(Request("devices.trust", params=params))
    return report is not None and not _failed(desk, report)


def _failed(desk: Desk, report: Report) -> bool:
    if report.error is not None:
        desk.voice.banner("trust", Tone.DANGER, report.error.message, remedy_of(report.error))
    return report.error is not None
