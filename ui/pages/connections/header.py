"""The header of the Connections page: how all of them are together, Add, and a menu with the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.domain.connections import Connection
from app.domain.health import Health, OverallHealth, overall_health
from app.i18n import N_, _, ngettext
from app.store.values import now
from ui.desk import Desk
from ui.pages.connections.actions import ConnectionActions
from ui.pages.connections.life import ConnectionLife
from ui.pages.connections.rows import WORKS, ConnectionLine, cause
from ui.permissions import permit
from ui.texts import HEALTH_TONES, health_text
from ui.theme import GRID, Icon, Tone, icon
from ui.widgets import Button, ElidedLabel, Look, MenuButton, StatusChip

OVERALL_WORDS = {
    # Translators: how all connections are together
    OverallHealth.HEALTHY: N_("Healthy"),
    OverallHealth.DEGRADED: N_("Degraded"),
    OverallHealth.WARNING: N_("None active"),
    OverallHealth.DOWN: N_("Down"),
}
OVERALL_TONES = {
    OverallHealth.HEALTHY: Tone.SUCCESS,
    OverallHealth.DEGRADED: Tone.WARNING,
    OverallHealth.WARNING: Tone.WARNING,
    OverallHealth.DOWN: Tone.DANGER,
}


class ConnectionsHeader(QWidget):
    """Shows the whole in one chip, with the first cause beside it."""

    def __init__(
        self, desk: Desk, actions: ConnectionActions, life: ConnectionLife, found: Callable[[], Sequence[Connection]]
    ) -> None:
        super().__init__()
        self.overall = StatusChip(object_name="connections.overall")
        self.chip = StatusChip(object_name="connections.chip")
        self.evidence = ElidedLabel(object_name="connections.evidence")
        self.evidence.setProperty("role", "muted")
        self.add = Button(_("Add connection"), look=Look.PRIMARY, icon=Icon.PLUS, object_name="connections.add")
        self.add.clicked.connect(actions.add)
        menu = QMenu(self)
        self.test_all = menu.addAction(icon(Icon.PLUG), _("Test all"), lambda: actions.test_all(found()))
        self.test_all.setObjectName("connections.test_all")
        self.take_over = menu.addAction(icon(Icon.IMPORT), _("Import from .env…"), actions.import_env)
        self.take_over.setObjectName("connections.import")
        self.read_file = menu.addAction(icon(Icon.IMPORT), _("Import settings…"), life.import_settings)
        self.read_file.setObjectName("connections.import_settings")
        self.write_file = menu.addAction(
            icon(Icon.DOWNLOAD), _("Export all settings…"), lambda: life.export_settings([])
        )
        self.write_file.setObjectName("connections.export_all")
        more = MenuButton("", menu, name=_("More actions"), object_name="connections.more")
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(self.overall)
        row.addWidget(self.chip)
        row.addWidget(self.evidence, 1)
        row.addWidget(self.add)
        row.addWidget(more)
        for control in (self.add, self.take_over, self.read_file):
            permit(desk, control, "connections.create")
        menu.setToolTipsVisible(True)

    def show_lines(self, lines: Sequence[ConnectionLine]) -> None:
        """Show how they are together."""
        word, tone = summary(lines)
        said = evidence(lines)
        self.chip.set_status(word, tone)
        self._show_overall(lines)
        self.evidence.setText(said)
        self.test_all.setEnabled(bool(lines))
        self.write_file.setEnabled(bool(lines))

    def _show_overall(self, lines: Sequence[ConnectionLine]) -> None:
        """All connections together, in one word (connections.md §7)."""
        health = overall_health([line.connection for line in lines])
        self.overall.setVisible(bool(lines))
        self.overall.set_status(_(OVERALL_WORDS[health]), OVERALL_TONES[health])


def evidence(lines: Sequence[ConnectionLine]) -> str:
    """The first cause; where nothing is wrong, the age of the oldest evidence."""
    for line in lines:
        if line.needs_a_look:
            return _("{name}: {cause}").format(name=line.connection.name, cause=cause(line))
    good = [line.health for line in lines if line.health.health in WORKS]
    return health_text(min(good, key=lambda report: report.evidence_at or now())) if good else ""


def summary(lines: Sequence[ConnectionLine]) -> tuple[str, Tone]:
    """All connections in one chip, the worst first; blank without any."""
    if count := sum(line.needs_a_look for line in lines):
        fails = any(HEALTH_TONES[line.health.health] is Tone.DANGER for line in lines)
        tone = Tone.DANGER if fails else Tone.WARNING
        return ngettext("{count} needs a look", "{count} need a look", count).format(count=count), tone
    if any(line.testing for line in lines):
        return _("Testing…"), Tone.INFO
    if count := sum(line.health.health in WORKS for line in lines):
        return ngettext("{count} connected", "{count} connected", count).format(count=count), Tone.SUCCESS
    untested = any(line.health.health is Health.NEVER_TESTED for line in lines)
    return (_("Not tested yet") if untested else "", Tone.NEUTRAL)
