"""The tour: opens every page of the demo world in a real window, walks the main path by clicking, writes pictures.

    python -m ui.tour DIR

One PNG per page in light and in dark. For people who look at what they changed, and for the README.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QTabBar, QWidget

from app.demo.mysql.faults import MysqlFault, MysqlFaultPlan
from app.demo.world import DemoWorld
from app.demonstration import fetch_demo, fetch_demo_workforce
from app.events import RunEnded
from app.operations.runner import Request
from app.places import Home
from app.settings import SettingsFile
from app.store import directory
from app.store.connections import find_connection
from ui.application import make_application
from ui.collecting import Collector
from ui.pages.connections import ConnectionsPage
from ui.pages.webhooks import WebhooksPage
from ui.pages.webhooks.page import INNER as WEBHOOK_VIEWS
from ui.pages.workforce.exchange import ExchangePage
from ui.pages.workforce.page import INNER, WorkforcePage
from ui.theme import ThemeChoice, apply_theme
from ui.window import PAGES, MainWindow

SIZE = (1360, 860)
SETTLE_S = 0.4
PICTURES_S = 3.0
RUN_S = 90.0
VOLUMES = """serviceId;groupId;start;end;notUniqueReceived;notUniqueTreated;notUniqueMissed
Линия-1;g-sales;2026-03-02 09:00;2026-03-02 09:15;42;38;4
Линия-1;g-sales;2026-03-02 09:15;2026-03-02 09:30;40;41;0
Линия-1;g-sales;2026-03-02 09:30;2026-03-02 09:45;37;35;2
Линия-1;;2026-03-02 09:45;2026-03-02 10:00;33;30;3
Линия-1;g-sales;2026-03-02 10:00;2026-03-02 10:15;zwölf;12;0
"""


class Tour:
    """One walk through one window."""

    def __init__(self, application: QApplication, window: MainWindow, world: DemoWorld, folder: Path) -> None:
        self.world = world
        self.application = application
        self.window = window
        self.folder = folder
        self.theme = ThemeChoice.LIGHT

    async def walk(self) -> None:
        """First start to finished sync in light, then every page again in dark."""
        await self.add_webhook()
        await self.show("offices")
        await self.picture("offices-empty")
        await self.click_and_wait("offices.sync")
        await self.picture("offices")
        await self.preview()
        await self.click_and_wait("employees.sync")
        await self.picture("run-finished")
        self.fold_results()
        await asyncio.sleep(PICTURES_S)  # the thumbnails of the rows in view arrive
        await self.show("customers")
        await self.picture("customers-empty")
        await self.push()
        await self.pages()
        await self.workforce()
        await self.customers()
        await self.console()
        await self.dialogs()
        self.theme = ThemeChoice.DARK
        apply_theme(self.application, self.theme)
        await self.pages()
        await self.workforce()
        await self.coverage()
        await self.customers()
        await self.console()
        await self.preview()
        await self.dialogs()

    async def push(self) -> None:
        """From devices and people of Supabase over the preview to everybody on every terminal."""
        assert self.window.workspace is not None
        await fetch_demo(self.window.workspace, self.world.describe())
        await fetch_demo_workforce(self.window.workspace)
        await self.show("devices")
        self.pick("devices.test_all")
        await asyncio.sleep(PICTURES_S)
        await self.picture("devices-before")
        self.choose("devices.pace", "balanced")
        self.choose("devices.on_fatal", "park")
        await self.click_and_wait("devices.preview")
        await self.picture("push-preview")
        self.press("push_preview.close")
        self.fold_results()
        await self.click_and_wait("devices.push_all")
        await self.picture("push-finished")
        self.fold_results()
        await self.coverage()

    async def customers(self) -> None:
        """A tile that filters, a check that failed beside what was known before, and the help with what to check."""
        await self.show("customers")
        self.press("customers.tile.no_database")
        self.focus_table("customers")
        await self.picture("customers-tile")
        self.press("customers.tile.existing")
        self.focus_table("customers")
        await asyncio.sleep(SETTLE_S)
        self.world.mysql.fault = MysqlFaultPlan(MysqlFault.ERROR, containing="IN (", errno=1142)
        await self.click_and_wait("customers.check")
        self.fold_results()
        self.press("customers.tile.errors")
        self.focus_table("customers")
        await asyncio.sleep(SETTLE_S)
        await self.picture("customers-failed")
        self.window.shell.open_help()
        await self.picture("customers-help")
        await self.close_over()
        self.world.mysql.fault = MysqlFaultPlan()
        await self.click_and_wait("customers.check")
        self.press("customers.tile.total")

    async def workforce(self) -> None:
        """The seven inner tabs; a file with rows that are not right, checked."""
        await self.show("workforce")
        page = self.window.page("workforce")
        assert isinstance(page, WorkforcePage)
        for name in INNER:
            page.open_inner(name)
            await asyncio.sleep(PICTURES_S)  # live numbers, days that are worked out
            if name == "exchange":
                await self.check_a_file(page)
            self.focus_table(name)
            await self.picture(f"workforce-{name}")

    async def check_a_file(self, page: WorkforcePage) -> None:
        """Five rows of which two are not right."""
        exchange = page.inner("exchange")
        assert isinstance(exchange, ExchangePage)
        file = self.folder / "volumes.csv"
        file.write_text(VOLUMES, encoding="utf-8")
        await exchange.open_file(file)
        await asyncio.sleep(SETTLE_S)
        await self.picture("workforce-exchange-columns")
        self.press("exchange.sync")
        await asyncio.sleep(PICTURES_S)

    async def console(self) -> None:
        """Mappings of a connection, webhooks with what was delivered, the audit trail, one person's time line."""
        await self.show("connections")
        connections = self.window.page("connections")
        assert isinstance(connections, ConnectionsPage)
        assert self.window.workspace is not None
        vitec = await self.window.workspace.store.read(find_connection, "vitec")
        assert vitec is not None
        connections.life.open_mappings(vitec)
        await asyncio.sleep(PICTURES_S)
        await self.picture("mappings")
        await self.close_over()
        await self.show("webhooks")
        webhooks = self.window.page("webhooks")
        assert isinstance(webhooks, WebhooksPage)
        for place, name in enumerate(WEBHOOK_VIEWS):
            webhooks.tabs.setCurrentIndex(place)
            await asyncio.sleep(SETTLE_S)
            await self.picture(f"webhooks-{name}")
        webhooks.tabs.setCurrentIndex(0)
        await self.show("activity")
        tabs = self.part("activity.tabs")
        assert isinstance(tabs, QTabBar)
        tabs.setCurrentIndex(1)
        await asyncio.sleep(SETTLE_S)
        await self.picture("activity-trail")
        tabs.setCurrentIndex(0)
        assert self.window.workspace is not None
        people = await self.window.workspace.store.read(directory.employees)
        await self.show("employees")
        self.window.open_page("employees", next(person.id for person in people if person.supabase_id))
        await asyncio.sleep(SETTLE_S)
        self.press("details.timeline")
        await asyncio.sleep(PICTURES_S)
        await self.picture("timeline")
        await self.close_over()

    async def add_webhook(self) -> None:
        """One receiver of the demo world that takes everything, and one that fails twice first."""
        assert self.window.desk is not None
        receiver = self.world.describe()["webhooks"]
        for name, key in (("Intranet", "ok"), ("Warehouse", "flaky")):
            params = {"name": name, "url": receiver[key], "event_types": "integration.*", "insecure": True}
            await self.window.desk.report_of(Request("webhooks.create", params=params))

    async def coverage(self) -> None:
        """The matrix, large and small, and the story of a cell."""
        await self.show("devices")
        tabs, matrix = self.part("devices.tabs"), self.part("devices.coverage")
        assert isinstance(tabs, QTabBar)
        tabs.setCurrentIndex(1)
        await asyncio.sleep(SETTLE_S)
        matrix.setFocus(Qt.FocusReason.TabFocusReason)
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
            QTest.keyClick(matrix, key)
        await self.picture("coverage")
        for _step in range(2):
            QTest.keyClick(matrix, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
        await self.picture("coverage-small")
        for _step in range(2):
            QTest.keyClick(matrix, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
        tabs.setCurrentIndex(0)

    def choose(self, name: str, value: str) -> None:
        """Choose in a box by its value."""
        box = self.part(name)
        assert isinstance(box, QComboBox)
        box.setCurrentIndex(box.findData(value))

    def part(self, name: str) -> QWidget:
        """The part of the window with that object name."""
        found = self.window.findChild(QWidget, name)
        if found is None:
            raise SystemExit(f"The tour found no {name}.")
        return found

    async def pages(self) -> None:
        """A picture of every page, with the details of one record open."""
        for name in PAGES:
            await self.show(name)
            self.focus_table(name)
            await self.picture(name)

    async def dialogs(self) -> None:
        """What stands over the pages: a connection's form, the palette, the help."""
        await self.show("connections")
        self.press("connections.add")
        await self.picture("connection")
        await self.close_over()
        await self.show("devices")
        for entry, name in (("devices.add", "device"), ("devices.discover", "discovery")):
            self.pick(entry)
            await asyncio.sleep(SETTLE_S)
            await self.picture(name)
            await self.close_over()
        self.window.shell.open_palette()
        await self.picture("palette")
        await self.close_over()
        self.window.shell.open_help()
        await self.picture("help")
        await self.close_over()

    async def close_over(self) -> None:
        """Close what stands over the window with Esc, as a person would."""
        if (shown := self.over()) is not None:
            QTest.keyClick(shown, Qt.Key.Key_Escape)
        await asyncio.sleep(SETTLE_S)

    def over(self) -> QWidget | None:
        """The dialog that stands over the window."""
        others = (w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())
        return next(others, None)

    def focus_table(self, name: str) -> None:
        """Put the keyboard into the table's fourth row and open the details with Space, as a person would."""
        table = self.window.findChild(QWidget, f"{name}.table")
        details = self.window.findChild(QWidget, f"{name}.details")
        if table is None:
            return
        table.setFocus(Qt.FocusReason.TabFocusReason)
        for _row in range(4):
            QTest.keyClick(table, Qt.Key.Key_Down)
        if details is not None and details.isHidden():
            QTest.keyClick(table, Qt.Key.Key_Space)

    async def preview(self) -> None:
        """Open the preview of the employees page, take its picture, close it."""
        await self.show("employees")
        await self.click_and_wait("employees.preview")
        await self.picture("preview")
        self.press("preview.close")

    async def show(self, name: str) -> None:
        """Bring a page to the front."""
        self.window.open_page(name)
        await asyncio.sleep(SETTLE_S)

    def press(self, name: str) -> None:
        """Click a button by its object name."""
        found = self.window.findChildren(QAbstractButton, name)
        button = next((b for b in found if b.isVisible() and b.isEnabled()), None)
        if button is None:
            raise SystemExit(f"The tour found no button {name} to click.")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def fold_results(self) -> None:
        """Fold the run panel away, as a person does who has seen the results."""
        if not self.window.shell.run_panel.folding.folded:
            self.press("run.fold")

    def pick(self, name: str) -> None:
        """Choose an entry of a menu by its object name."""
        found = self.window.findChild(QAction, name)
        if found is None:
            raise SystemExit(f"The tour found no entry {name} to choose.")
        found.trigger()

    async def click_and_wait(self, name: str) -> None:
        """Click what starts a run and wait for its end."""
        assert self.window.workspace is not None
        ended = asyncio.Event()
        forget = self.window.workspace.events.subscribe(RunEnded, lambda _event: ended.set())
        self.press(name)
        await asyncio.wait_for(ended.wait(), RUN_S)
        forget()
        await asyncio.sleep(SETTLE_S)

    async def picture(self, name: str) -> None:
        """Write what the window, or the dialog over it, shows."""
        await asyncio.sleep(SETTLE_S)
        shown = self.over() or self.window
        shown.grab().save(str(self.folder / f"{name}-{self.theme.value}.png"))


def main() -> int:
    """Walk, and say where the pictures are."""
    from qasync import QEventLoop

    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "tour")
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = make_application()
    collector = Collector(application)
    with tempfile.TemporaryDirectory(prefix="muster-tour-") as home, DemoWorld() as world:
        place = Home(Path(home))
        settings = SettingsFile(place.settings)
        apply_theme(application, ThemeChoice.LIGHT)
        window = MainWindow(place, settings, demo=True)
        window.resize(*SIZE)
        window.show()
        with QEventLoop(application) as loop:
            asyncio.set_event_loop(loop)
            loop.run_until_complete(_tour(application, window, world, folder))
    collector.stop()
    print(f"Pictures are in {folder}")
    return 0


async def _tour(application: QApplication, window: MainWindow, world: DemoWorld, folder: Path) -> None:
    await window.open_workspace(world)
    await Tour(application, window, world, folder).walk()
    await window.close_workspace()


if __name__ == "__main__":
    raise SystemExit(main())
