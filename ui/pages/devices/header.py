"""The header of the Devices page: the Supabase connection, what needs a look, and Push all with its company."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QWidget

from app.domain.connections import Connection
from app.domain.health import Health, HealthReport
from app.i18n import _, ngettext, pgettext
from ui.texts import HEALTH_TONES, HEALTH_WORDS, health_text
from ui.theme import GRID, Icon, Tone
from ui.widgets import Button, ElidedLabel, Look, MenuButton, StatusChip


class RunButton(Button):
    """A button that turns into the progress of what it started, and comes back with the same label."""

    def __init__(self, label: str, name: str, drawing: Icon, tip: str, look: Look = Look.NORMAL) -> None:
        super().__init__(label, look=look, icon=drawing, object_name=f"devices.{name}")
        self._label = label
        self.set_tip(tip)

    def show_running(self, doing: str) -> None:
        """What it does now; an empty text brings the label back."""
        self.setText(doing or self._label)

    def set_possible(self, reason: str) -> None:
        """Enable, or disable with the reason."""
        self.permit(reason)


class DevicesHeader(QWidget):
    """Buttons are public: who is pressed is the page's business."""

    connection_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._result = ""
        self.chip = StatusChip(object_name="devices.chip")
        self.evidence = ElidedLabel(object_name="devices.evidence")
        self.evidence.setProperty("role", "muted")
        self.connections = QComboBox()
        self.connections.setObjectName("devices.connection")
        self.connections.setAccessibleName(_("Connection"))
        self.connections.activated.connect(lambda index: self.connection_chosen.emit(self.connections.itemData(index)))
        self.sync = RunButton(
            pgettext("button", "Sync devices"), "sync", Icon.REFRESH, _("Fetch devices from Supabase (F5)")
        )
        self.verify = RunButton(
            pgettext("button", "Verify"),
            "verify",
            Icon.VERIFY,
            _("Read the devices back and say who is missing, different or extra"),
        )
        self.preview = RunButton(
            _("Preview"), "preview", Icon.EYE, _("Show what a push would do, without calling a device (Shift+F5)")
        )
        self.push = RunButton(
            pgettext("button", "Push all"), "push_all", Icon.SEND, _("Send every active person to every active device"),
            Look.PRIMARY,
        )  # fmt: skip
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.more = MenuButton("", self.menu, name=_("More actions"), object_name="devices.more")
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(self.chip)
        row.addWidget(self.connections)
        row.addWidget(self.evidence, 1)
        for button in (self.sync, self.verify, self.preview, self.push, self.more):
            row.addWidget(button)

    def show_connections(self, found: list[Connection], chosen: str) -> None:
        """Offer a choice of connections where there are several."""
        self.connections.clear()
        for connection in found:
            self.connections.addItem(connection.name, connection.name)
        self.connections.setCurrentText(chosen)
        self.connections.setVisible(len(found) > 1)

    def show_health(self, report: HealthReport | None) -> None:
        """How the Supabase connection is; None without one: devices can be kept by hand all the same."""
        if report is None:
            report = HealthReport(Health.NOT_CONFIGURED, "", None)
        self.chip.set_status(_(HEALTH_WORDS[report.health]), HEALTH_TONES[report.health])
        self.evidence.setText(" · ".join(filter(None, (_("Supabase"), health_text(report), self._result))))

    def show_result(self, text: str) -> None:
        """Keep the counts of the last run on the page; a toast alone would be gone."""
        self._result = text


class Troubles(QWidget):
    """Devices that need a look: how many, and the first of them in words; takes no room without any."""

    def __init__(self) -> None:
        super().__init__()
        self.chip = StatusChip(object_name="devices.troubles")
        self.sentence = ElidedLabel(object_name="devices.trouble")
        self.sentence.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.chip)
        row.addWidget(self.sentence, 1)

    def show_count(self, count: int, first: str) -> None:
        """Show this."""
        text = ngettext("{count} needs a look", "{count} need a look", count).format(count=count)
        self.chip.set_status(text if count else "", Tone.DANGER, mark=Icon.ALERT)
        self.sentence.setText(first)
