"""Searching the local network: what answers within five seconds, to be added, or known devices that have moved.

It only listens and asks (hikvision-isapi.md §12); nothing changes on any device.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.kinds import FieldSpec, FieldType
from app.events import RunProgress
from app.i18n import N_, _, ngettext
from app.operations.runner import Request, RunHandle
from ui.desk import Desk
from ui.dialogs.connection_editors import make_editor
from ui.tables import Column, Kind, TablePane
from ui.theme import GRID, Icon, Tone
from ui.widgets import BannerArea, Button, FilterChip, Look, ProgressLine

SIZE = (1000, 560)


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One device that answered; `done` says what became of it in this dialog."""

    key: str
    row: Mapping[str, Any]
    done: str = ""

    def text(self, field: str) -> str:
        """A field of the answer."""
        return str(self.row.get(field) or "")

    @property
    def can_be_added(self) -> bool:
        """Whether it is a terminal that nobody knows yet and that can be signed in to."""
        return not self.row["known"] and not self.done and bool(self.row.get("activated", True))

    @property
    def has_moved(self) -> bool:
        """Whether it is a known device at another address."""
        return bool(self.row["moved"]) and not self.done


def _state(line: FoundLine) -> tuple[str, Tone]:
    known = line.text("known_name")
    if line.done:
        return line.done, Tone.SUCCESS
    if line.has_moved:
        return _("{name} has moved").format(name=known), Tone.WARNING
    if line.row["known"]:
        return _("Known: {name}").format(name=known), Tone.NEUTRAL
    if not line.row.get("activated", True):
        return _("Not activated"), Tone.WARNING
    return (_("New"), Tone.INFO) if line.row.get("terminal") else (_("No face terminal"), Tone.NEUTRAL)


COLUMNS: tuple[Column[FoundLine], ...] = (
    Column("model", N_("Model"), lambda r: r.text("model") or r.text("name"), width=190),
    Column("state", N_("State"), lambda r: _state(r)[0], kind=Kind.CHIP, width=190, tone=lambda r: _state(r)[1]),
    Column("host", N_("Address"), lambda r: r.text("host"), width=120),
    Column("port", N_("Port"), lambda r: r.row.get("port"), kind=Kind.NUMBER, width=64, muted=True),
    Column("serial", N_("Serial number"), lambda r: r.text("serial"), width=210, muted=True),
    Column("firmware", N_("Firmware"), lambda r: r.text("firmware"), width=140, muted=True),
    Column("mac", N_("MAC address"), lambda r: r.text("mac"), width=140, muted=True, hidden=True),
)  # fmt: skip


class DiscoveryDialog(QDialog):
    """Searches when it opens, and again on demand. `changed` says that a device was added or moved."""

    changed = Signal(str)

    def __init__(self, parent: QWidget, desk: Desk, params: Mapping[str, Any]) -> None:
        super().__init__(parent)
        self.desk = desk
        self._params = dict(params)
        self._search: RunHandle | None = None
        self._gone = False
        self.setObjectName("discovery")
        self.setWindowTitle(_("Search the network for devices"))
        self.resize(*SIZE)
        self.banners = BannerArea(object_name="discovery.banners")
        self.pane: TablePane[FoundLine] = TablePane(
            name=_("Devices found"), page="discovery", columns=COLUMNS, key=lambda line: line.key,
            search_hint=_("Search what was found"), count_text=_count_text, store=desk.layouts,
            checkable=lambda line: line.can_be_added or line.has_moved, shortcuts_in=self,
        )  # fmt: skip
        self.pane.set_filters([FilterChip("terminal", _("Face terminals"), lambda line: bool(line.row["terminal"]))])
        self.pane.rows.checked_changed.connect(self._show_amounts)
        self.progress = ProgressLine(name=_("Search"), object_name="discovery.progress")
        self.again = Button(_("Search again"), icon=Icon.RADAR, object_name="discovery.again")
        self.again.clicked.connect(self.search)
        self.username = QLineEdit("admin")
        self.username.setObjectName("discovery.username")
        self.username.setAccessibleName(_("User name"))
        made = make_editor(FieldSpec("password", N_("Password"), FieldType.SECRET), "", is_set=False).widget
        assert isinstance(made, QLineEdit)
        self.password = made
        self.password.setObjectName("discovery.password")
        self.password.setAccessibleName(_("Password"))
        self.password.setPlaceholderText(_("May stay empty"))
        self.update_button = Button("", object_name="discovery.update")
        self.update_button.clicked.connect(lambda: desk.start("update addresses", self._update()))
        self.add_button = Button("", look=Look.PRIMARY, icon=Icon.PLUS, object_name="discovery.add")
        self.add_button.clicked.connect(lambda: desk.start("add devices", self._add()))
        self._forget = desk.workspace.events.subscribe(RunProgress, self._progressed)
        self._arrange()
        self._show_amounts()
        self.search()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 2 * GRID)
        head.setSpacing(3 * GRID)
        about = QLabel(_("Devices in the same subnet answer within five seconds. Nothing changes on any of them."))
        about.setProperty("role", "muted")
        head.addWidget(about, 1)
        head.addWidget(self.progress)
        head.addWidget(self.again)
        foot = QHBoxLayout()
        foot.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        foot.setSpacing(2 * GRID)
        for text, field in ((_("User name"), self.username), (_("Password"), self.password)):
            label = QLabel(text)
            label.setBuddy(field)
            field.setMaximumWidth(170)
            foot.addWidget(label)
            foot.addWidget(field)
        foot.addStretch()
        close = Button(_("Close"), object_name="discovery.close")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        for button in (close, self.update_button, self.add_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addLayout(head)
        column.addWidget(self.pane, 1)
        column.addLayout(foot)

    # -- searching -----------------------------------------------------------------------------------------------

    def search(self) -> None:
        """Ask the network."""
        if self._search is None:
            self.again.refuse(_("It is running."))
            self.progress.show()
            self.progress.show_progress(0, None)
            self.pane.show_loading(_("Listening for devices…"))
            self.desk.start("discover", self._discover())

    async def _discover(self) -> None:
        self._search = await self.desk.handle_of(Request("devices.discover", params=self._params))
        report = await self._search.report() if self._search is not None else None
        self._search = None
        if self._gone:
            return
        self.again.allow()
        self.progress.hide()
        if report is None or report.error is not None:
            if report is not None and report.error is not None:
                self.pane.show_error(report.error.message, remedy_of(report.error))
            return
        self._show(report.run.result["devices"], report.run.warnings)

    def _show(self, rows: Sequence[Mapping[str, Any]], warnings: Sequence[str]) -> None:
        nobody = " ".join(warnings) or _("A search reaches one subnet. Devices can be added by address.")
        self.pane.show_empty(_("No device answered"), nobody, drawing=Icon.RADAR)
        lines = [FoundLine(_key(row), row) for row in rows]
        self.pane.set_rows(lines)
        wanted = [line.key for line in lines if line.has_moved or (line.can_be_added and line.row["terminal"])]
        self.pane.rows.set_checked(wanted, on=True)

    def _progressed(self, event: RunProgress) -> None:
        if self._search is not None and event.run_id == self._search.run_id:
            self.progress.show_progress(event.done, event.total or None)

    # -- adding --------------------------------------------------------------------------------------------------

    def _ticked(self) -> list[FoundLine]:
        keys = self.pane.rows.checked_keys()
        return [line for line in self.pane.rows.all_rows() if line.key in keys]

    def _show_amounts(self) -> None:
        add = sum(line.can_be_added for line in self._ticked())
        move = sum(line.has_moved for line in self._ticked())
        text = ngettext("Add {count} device", "Add {count} devices", add).format(count=add)
        self.add_button.setText(text if add else _("Add"))
        self.update_button.setText(
            ngettext("Update {count} address", "Update {count} addresses", move).format(count=move)
        )
        self.update_button.setVisible(move > 0)
        refusal = self.desk.refusal("devices.add") or ("" if add else _("Tick a new device first."))
        self.add_button.permit(refusal)

    async def _add(self) -> None:
        secrets = {"password": self.password.text()} if self.password.text() else {}
        for line in [line for line in self._ticked() if line.can_be_added]:
            params = {
                "name": f"{line.text('name')} {line.text('host')}".strip(), "host": line.text("host"),
                "port": int(line.row.get("port") or 0), "username": self.username.text().strip(),
            }  # fmt: skip
            await self._carry_out(line, Request("devices.add", params=params, secrets=secrets), _("Added"))

    async def _update(self) -> None:
        for line in [line for line in self._ticked() if line.has_moved]:
            params = {"device": line.row["known"], "host": line.text("host"), "port": int(line.row.get("port") or 0)}
            await self._carry_out(line, Request("devices.edit", params=params), _("Address updated"))

    async def _carry_out(self, line: FoundLine, request: Request, done: str) -> None:
        report = await self.desk.report_of(request)
        if report is None or self._gone:
            return
        if report.error is not None:
            self.banners.show_banner(line.key, Tone.DANGER, report.error.message, remedy_of(report.error))
            return
        self.pane.rows.set_checked([line.key], on=False)
        self.pane.update_rows([FoundLine(line.key, line.row, done)])
        self._show_amounts()
        self.changed.emit(str((report.run.result or {}).get("name", "")))

    def done(self, code: int) -> None:
        """Close; a search under way is given up."""
        if not self._gone:
            self._gone = True
            self._forget()
        if self._search is not None:
            self._search.cancel()
        super().done(code)


def _key(row: Mapping[str, Any]) -> str:
    return str(row.get("mac") or row.get("serial") or row["host"])


def _count_text(count: int) -> str:
    return ngettext("{count} device", "{count} devices", count).format(count=count)


def open_discovery(parent: QWidget, desk: Desk, params: Mapping[str, Any] | None = None) -> DiscoveryDialog:
    """Show the dialog, which begins to search; `params` are those of `devices.discover`."""
    dialog = DiscoveryDialog(parent, desk, params or {})
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
