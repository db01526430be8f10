"""The main window: tabs along the top, banners, the page, the run panel, the status bar.

It is shown before the workspace is open; pages are made when their tab is first needed. It knows pages and panels by
their public names only and no operation beyond what shortcuts start.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.errors import MusterError
from app.i18n import N_, _
from app.places import Home
from app.settings import SettingsFile
from ui.layouts import Layouts
from ui.theme import GRID, Icon, Tone, app_icon

if TYPE_CHECKING:
    from app.demonstration import DemoSystems
    from app.vault import Backend
    from app.workspace import Workspace
    from ui.desk import Desk
    from ui.shell import Shell
    from ui.widgets.buttons import Action

SMALLEST = (1024, 680)
USUAL = (1360, 860)
PAGES = ("offices", "employees", "devices", "customers", "workforce", "connections", "webhooks", "activity")
TITLES = {
    "offices": N_("Offices"),
    "employees": N_("Employees"),
    "devices": N_("Devices"),
    "customers": N_("Customers"),
    "workforce": N_("Workforce"),
    "connections": N_("Connections"),
    "webhooks": N_("Webhooks"),
    "activity": N_("Activity"),
}


class Page(Protocol):
    """What the window asks of a page."""

    def refresh(self) -> None:
        """Read the store again."""

    def sync(self) -> None:
        """What F5 does here."""

    def preview(self) -> None:
        """What Shift+F5 does here."""

    def show_record(self, record_id: str) -> None:
        """Bring a record into view."""


class MainWindow(QMainWindow):
    """The one window of a home folder. `left` says that another organization is to be opened in it."""

    closed = Signal()
    left = Signal()

    def __init__(
        self, home: Home, settings: SettingsFile, *, demo: bool = False, keyring: Backend | None = None
    ) -> None:
        super().__init__()
        self.home = home
        self.settings_file = settings
        self.demo = demo
        self.keyring = keyring
        self.workspace: Workspace | None = None
        self.desk: Desk | None = None
        self.shell: Shell
        self.is_closed = False
        self.layouts = Layouts(home.layout)
        self.pages: dict[str, QWidget] = {}
        self._problem: QWidget | None = None
        self._quitting = False
        self.name("")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(*SMALLEST)
        self._build()
        self._restore_layout()

    def _build(self) -> None:
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName(_("Pages"))
        for name in PAGES:
            self.tabs.addTab(QWidget(), _(TITLES[name]))
        self.tabs.currentChanged.connect(self._page_shown)
        self.banner_place = QVBoxLayout()
        self.split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.split.addWidget(self.tabs)
        self._centre = QWidget()
        column = QVBoxLayout(self._centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.banner_place)
        column.addWidget(self.split, 1)
        self.setCentralWidget(self._centre)
        self._build_status_bar()

    def _build_status_bar(self) -> None:
        self.running_label = QLabel(_("Nothing is running"))
        self.running_label.setObjectName("status.running")
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(3 * GRID, 0, 3 * GRID, 0)
        bar.addWidget(self.running_label)
        if self.demo:
            mark = QLabel(_("Demo data"))
            mark.setObjectName("status.demo")
            mark.setProperty("tone", Tone.WARNING.value)
            mark.setToolTip(_("Everything here is invented and gone when the window closes."))
            bar.addPermanentWidget(mark)

    def name(self, organization: str) -> None:
        """Name in the title bar whose data this is; blank for a first organization that nobody named."""
        program = _("Muster – demo data") if self.demo else "Muster"
        self.setWindowTitle(f"{organization} – {program}" if organization else program)

    # -- opening and closing -------------------------------------------------------------------------------------

    async def open_workspace(self, demo: DemoSystems | None) -> None:
        """Open store, vault and runner, then fill the window; a store that cannot be opened is explained here."""
        from ui.opening import open_workspace

        if demo is not None and self.keyring is None:
            from app.vault import MemoryKeyring

            self.keyring = MemoryKeyring()  # the window's, so that it outlives a change of organization
        try:
            self.workspace = await open_workspace(self.home, self.settings_file, demo, self.keyring)
        except MusterError as error:
            self._explain_store(error)
            return
        from ui.desk import Desk
        from ui.shell import Shell

        self.desk = Desk(self.workspace, self, self.layouts)
        self.shell = Shell(self, self.desk)
        self._page_shown(self.tabs.currentIndex())
        await self.shell.greet()

    def leave(self) -> None:
        """Open anew what the settings name: another organization was chosen."""
        self.home = replace(self.home, organization=None)
        self._retry()

    async def leave_workspace(self) -> None:
        """Close everything of this organization, its pages included."""
        await self.close_workspace()
        if self._problem is not None:
            self._problem.deleteLater()
            self._problem = None
            self.split.show()
        for name, page in self.pages.items():
            self._put(name, QWidget())
            page.deleteLater()
        self.pages.clear()
        if self.desk is not None:
            self.desk = None
            self.shell.leave()
        self._centre.setEnabled(True)

    async def close_workspace(self) -> None:
        """Cancel what runs, wait a few seconds at most, close everything."""
        workspace, self.workspace = self.workspace, None
        if workspace is not None:
            await workspace.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide at once; the loop then closes the workspace and ends. Where there is a tray, work may go on there."""
        if not self._quitting and self.desk is not None:
            tray = self.shell.background.tray
            if tray is not None and not tray.lets_close():
                event.ignore()
                return
        event.accept()
        self._end()

    def quit(self) -> None:
        """End the program, whatever closing the window means."""
        self._quitting = True
        if self.isHidden():
            self._end()
        else:
            self.close()

    def _end(self) -> None:
        if self.is_closed:
            return
        self.layouts.set_geometry("window/geometry", self.saveGeometry())
        self.layouts.set("window/tab", PAGES[self.tabs.currentIndex()])
        self.layouts.save()
        self.is_closed = True
        self.closed.emit()

    @property
    def is_working(self) -> bool:
        """Whether a run is under way."""
        return self.workspace is not None and bool(self.workspace.runner.handles)

    def _restore_layout(self) -> None:
        geometry = self.layouts.geometry("window/geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(*USUAL)
        tab = self.layouts.get("window/tab")
        self.tabs.setCurrentIndex(PAGES.index(tab) if tab in PAGES else 0)

    def _explain_store(self, error: MusterError) -> None:
        from ui.widgets import Action, EmptyState, Look

        state = EmptyState(object_name="window.problem")
        other = bool(self.settings_file.values.organization or self.home.organization)
        actions = [Action(_("Retry"), self._retry, Look.PRIMARY, Icon.REFRESH, "window.retry")]
        if other:
            actions.append(Action(_("Open the first organization"), self._open_first))
        text = f"{error.message}\n{remedy_of(error)}"
        state.show_message(Icon.ALERT, _("Muster cannot open its data"), text, actions)
        self.split.hide()
        self.banner_place.addWidget(state, 1)
        self._problem = state

    def _retry(self) -> None:
        self._centre.setEnabled(False)
        self.left.emit()

    def _open_first(self) -> None:
        self.settings_file.change(organization="")
        self.leave()

    # -- pages ---------------------------------------------------------------------------------------------------

    def page(self, name: str) -> Page:
        """The page of that name, made on first use."""
        if name not in self.pages:
            assert self.desk is not None
            made = make_page(name, self.desk)
            made.setAutoFillBackground(True)
            self.shell.wire(name, made)
            self.pages[name] = made
            self._put(name, made)
        return cast("Page", self.pages[name])

    def _put(self, name: str, made: QWidget) -> None:
        """Put a page behind its tab."""
        index = PAGES.index(name)
        self.tabs.blockSignals(True)
        current = self.tabs.currentIndex()
        self.tabs.removeTab(index)
        self.tabs.insertTab(index, made, _(TITLES[name]))
        self.tabs.setCurrentIndex(current)
        self.tabs.blockSignals(False)

    def current_page(self) -> Page:
        """The page in front."""
        return self.page(PAGES[self.tabs.currentIndex()])

    def _page_shown(self, index: int) -> None:
        if self.desk is None or index < 0:
            return
        self.page(PAGES[index])
        if not self.tabs.tabBar().hasFocus():  # whoever walks along the tabs by keyboard stays there
            self.pages[PAGES[index]].setFocus(Qt.FocusReason.OtherFocusReason)  # Ctrl+F and Ctrl+E reach the page

    def set_attention(self, name: str, count: int) -> None:
        """Write a count of things that need a look into the tab's text."""
        title = _(TITLES[name])
        text = _("{title} ({count})").format(title=title, count=count) if count else title
        self.tabs.setTabText(PAGES.index(name), text)

    # -- the voice of the desk -----------------------------------------------------------------------------------

    def toast(self, text: str, action: Action | None = None) -> None:
        """Good news that goes by itself; the page says the same."""
        from ui.widgets import Toast

        Toast.show_in(self, text, action=action)

    def banner(self, key: str, tone: Tone, text: str, remedy: str = "", actions: Sequence[Action] = ()) -> None:
        """Something that stays until dismissed."""
        self.shell.banners.show_banner(key, tone, text, remedy, actions)

    def clear_banner(self, key: str) -> None:
        """Take a banner away that no longer holds."""
        self.shell.banners.clear(key)

    def open_page(self, name: str, record: str = "") -> None:
        """Bring a page to the front, and a record of it into view."""
        self.tabs.setCurrentIndex(PAGES.index(name))
        if record:
            self.page(name).show_record(record)


def make_page(name: str, desk: Desk) -> QWidget:
    """Import and make one page, `OfficesPage` of `ui.pages.offices`; importing late keeps the first window quick."""
    module = importlib.import_module(f"ui.pages.{name}")
    made = getattr(module, f"{name.capitalize()}Page")(desk)
    assert isinstance(made, QWidget)
    return made
