"""What a person does on the Customers page, with a CETEC and a MySQL server that really answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QMenu, QWidget

from app.demo.faults import Fault, FaultPlan
from app.demo.mysql.faults import MysqlFault, MysqlFaultPlan
from app.demo.world import DemoWorld
from app.domain.customers import DatabaseStatus
from app.events import CustomersChanged, RunEnded
from app.operations.runner import Request
from app.store import customers as stored
from app.store.values import now
from tests.support.customer_records import YES, a_customer
from tests.support.customers import customer
from tests.support.running import dump
from tests.support.window import Heard, click, eventually, open_dialog, part, words
from tests.ui.pages.customers.conftest import Keep, Open
from ui.desk import Desk
from ui.dialogs.preview import PreviewDialog
from ui.pages.customers import CustomersPage, password
from ui.pages.customers.password import PasswordDialog
from ui.tables import TableView
from ui.widgets import Button, ConfirmDialog

S = DatabaseStatus


@pytest.fixture
async def empty(linked: Desk, open_page: Open) -> CustomersPage:
    """The page, connected, before the first sync."""
    page = open_page()
    await eventually(part(page, Button, "customers.sync").isEnabled)
    return page


@pytest.fixture
async def page(empty: CustomersPage) -> CustomersPage:
    """The page after the first sync."""
    await sync(empty)
    return empty


async def sync(page: CustomersPage) -> None:
    """Press the button and wait until the run is over and its answers are shown."""
    ended: list[RunEnded] = []
    forget = page.desk.workspace.events.subscribe(RunEnded, ended.append)
    await eventually(part(page, Button, "customers.sync").isEnabled)
    click(page, "customers.sync")
    await eventually(lambda: ended)
    forget()
    assert ended[0].run.error is None
    here = await page.desk.workspace.store.read(stored.customers)
    await eventually(lambda: sorted(page.pane.rows.all_rows(), key=str) == sorted(here, key=str))


def counted(page: CustomersPage) -> dict[str, str]:
    return {key: tile.number for key, tile in page.tiles.tiles.items() if tile.number != "0"}


def choose(page: CustomersPage, name: str) -> None:
    (found,) = [c for c in page.pane.rows.shown_rows() if c.name == name]
    assert page.pane.table.select_key(found.key)
    page.open_details()


async def change(desk: Desk, **settings: str) -> None:
    report = await desk.report_of(Request("connections.update", "cetec", {"settings": settings}))
    assert report is not None
    assert report.error is None


def menu(page: CustomersPage) -> dict[str, bool]:
    """The entries for the chosen rows, and whether they can be pressed."""
    table = part(page, TableView, "customers.table")
    return {a.objectName(): a.isEnabled() for a in table.context_menu().actions() if a.objectName()}


class TestSync:
    async def test_a_click_fetches_checks_and_counts(self, page: CustomersPage) -> None:
        assert counted(page) == {"total": "5", "existing": "2", "no_database": "1", "resident": "1", "invalid": "1"}
        said = part(page, QLabel, "customers.evidence").text()
        assert said.endswith("5 customers: 2 with a database, 1 without, 1 resident, 1 without a valid domain")

    async def test_customers_appear_before_they_are_checked(self, empty: CustomersPage, firm: DemoWorld) -> None:
        firm.mysql.fault = MysqlFaultPlan(MysqlFault.HANG, containing="IN (")
        click(empty, "customers.sync")
        await eventually(lambda: empty.pane.rows.total == 5)
        await eventually(lambda: counted(empty).get("waiting") == "3")
        assert empty.tiles.tiles["waiting"].isVisible()
        button = part(empty, Button, "customers.sync")
        await eventually(lambda: button.text() == "Checked 2 of 5")
        assert button.toolTip() == "It is running. Cancel it below."
        for handle in list(empty.desk.workspace.runner.handles.values()):
            handle.cancel()
        await eventually(button.isEnabled)

    async def test_f5s_preview_stores_nothing_and_shows_who_would_come(self, empty: CustomersPage) -> None:
        empty.preview()
        dialog = await open_dialog(PreviewDialog)
        assert isinstance(dialog, PreviewDialog)
        assert {line.subject for line in dialog.pane.rows.all_rows()} == {f"Customer {n}" for n in range(1, 6)}
        assert empty.pane.rows.total == 0

    async def test_a_refused_token_is_told_with_its_step(
        self, empty: CustomersPage, firm: DemoWorld, voice: Heard
    ) -> None:
        firm.cetec.fault = FaultPlan(Fault.UNAUTHORIZED)
        click(empty, "customers.sync")
        await eventually(lambda: voice.banners)
        (banner,) = voice.banners.values()
        assert banner.text == ("Fetching from CETEC (api_fetch): CETEC rejected the token (or this network address).")
        assert [action.label for action in banner.actions] == ["Retry"]

    async def test_a_server_that_is_down_is_told_with_retry_and_the_way_to_it(
        self, page: CustomersPage, firm: DemoWorld, voice: Heard
    ) -> None:
        firm.mysql.fault = MysqlFaultPlan(MysqlFault.ERROR, containing="IN (")
        await sync(page)
        await eventually(lambda: "customers.mysql" in voice.banners)
        banner = voice.banners["customers.mysql"]
        assert banner.text == "Checking databases (mysql_enrichment): 3 databases could not be checked"
        assert "credentials" in banner.remedy
        assert counted(page)["errors"] == "3"
        assert {c.good_status for c in page.failed()} == {S.EXISTS, S.NO_DATABASE}
        retry, to_server = banner.actions
        to_server.run()
        assert voice.opened == [("connections", "mysql")]
        firm.mysql.fault = MysqlFaultPlan()
        retry.run()
        await eventually(lambda: "errors" not in counted(page))
        await eventually(lambda: "customers.mysql" not in voice.banners)

    async def test_warnings_of_a_sync_stay_as_a_banner(
        self, page: CustomersPage, firm: DemoWorld, voice: Heard
    ) -> None:
        del firm.mysql.databases["acme"]
        click(page, "customers.sync")
        await eventually(lambda: "customers.warnings" in voice.banners)
        assert voice.banners["customers.warnings"].text == "The backup database of Customer 1 disappeared."


class TestCheckingAgain:
    async def test_one_customer_is_asked_about_alone(self, page: CustomersPage, firm: DemoWorld, voice: Heard) -> None:
        firm.mysql.databases["core"] = {"usage_stats"}
        choose(page, "Customer 3")
        click(page, "customers.check")
        await eventually(lambda: counted(page).get("existing") == "3")
        await eventually(lambda: voice.toasts == ["1 customer: 1 with a database"])

    async def test_by_key(self, page: CustomersPage, firm: DemoWorld) -> None:
        await eventually(page.isActiveWindow)
        firm.mysql.databases["core"] = {"usage_stats"}
        choose(page, "Customer 3")
        table = part(page, QWidget, "customers.table")
        table.setFocus()
        QTest.keyClick(table, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        await eventually(lambda: counted(page).get("existing") == "3")

    async def test_all_that_failed_at_once(self, page: CustomersPage, firm: DemoWorld) -> None:
        firm.mysql.fault = MysqlFaultPlan(MysqlFault.ERROR, containing="IN (")
        await sync(page)
        assert counted(page).get("errors") == "3"
        firm.mysql.fault = MysqlFaultPlan()
        more(page, "customers.check_failed")
        await eventually(lambda: "errors" not in counted(page))


def more(page: CustomersPage, name: str) -> None:
    """Choose an entry behind the three dots."""
    opened: QMenu = page.header.menu
    opened.aboutToShow.emit()
    entry = next(a for a in opened.actions() if a.objectName() == name)
    assert entry.isEnabled(), entry.toolTip()
    entry.trigger()


class TestPulls:
    async def test_a_mark_can_be_undone_from_the_toast(self, page: CustomersPage, voice: Heard) -> None:
        choose(page, "Customer 1")
        click(page, "customers.mark_pulled")
        await eventually(lambda: voice.toasts == ["Marked Customer 1 as pulled."])
        await eventually(lambda: page.customer_details.customer and page.customer_details.customer.last_pulled)
        await eventually(lambda: "Pulled backups" in words(page))
        voice.offered["Marked Customer 1 as pulled."].run()
        await eventually(lambda: voice.toasts[1:] == ["The mark of Customer 1 is taken back."])
        await eventually(lambda: not any(c.last_pulled for c in page.pane.rows.all_rows()))

    async def test_several_are_marked_at_once(self, page: CustomersPage, voice: Heard) -> None:
        page.pane.table.selectAll()
        page.commands.mark_pulled(page.chosen())
        await eventually(lambda: voice.toasts == ["Marked 5 customers as pulled."])
        await eventually(lambda: all(c.last_pulled for c in page.pane.rows.all_rows()))

    async def test_the_file_of_the_former_system_is_imported(
        self, page: CustomersPage, voice: Heard, tmp_path: Path
    ) -> None:
        file = tmp_path / "lastPulled.json"
        file.write_text(
            '{"1": {"lastPulled": "2025-01-13T10:30:00.000Z"}, "2": {"lastPulled": "soon"},'
            ' "99": {"lastPulled": "2025-01-13T10:30:00.000Z"}}'
        )
        await page.commands.import_file(str(file))
        await eventually(lambda: voice.toasts == ["Imported 1 pull."])
        told = voice.banners["customers.import_pulled"]
        assert told.text == "1 entry has no readable time."
        assert told.remedy == "1 entry is of no customer here."
        await eventually(lambda: sum(bool(c.last_pulled) for c in page.pane.rows.all_rows()) == 1)


class TestSystems:
    @pytest.fixture
    def opened(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Addresses that would have been opened in the browser."""
        asked: list[str] = []

        def note(url: QUrl) -> bool:
            asked.append(url.toString())
            return True

        monkeypatch.setattr(QDesktopServices, "openUrl", note)
        return asked

    async def test_production_and_test_open_in_the_browser(self, page: CustomersPage, opened: list[str]) -> None:
        choose(page, "Customer 1")
        click(page, "customers.open")
        click(page, "customers.open_test")
        assert opened == ["https://acme.cetecerp.com", "https://acme_test.cetecerp.com"]

    async def test_a_resident_customer_has_no_test_system(self, page: CustomersPage, opened: list[str]) -> None:
        choose(page, "Customer 4")
        click(page, "customers.open")
        assert opened == ["https://resident.example"]
        assert not part(page, Button, "customers.open_test").isVisible()

    async def test_without_a_domain_the_buttons_say_why(self, page: CustomersPage) -> None:
        choose(page, "Customer 5")
        assert part(page, Button, "customers.open").toolTip() == "Its domain is no address."
        assert part(page, Button, "customers.copy_domain").toolTip() == "The customer has no domain."

    async def test_where_no_browser_opens_the_address_is_in_the_clipboard(
        self, page: CustomersPage, voice: Heard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
        choose(page, "Customer 1")
        click(page, "customers.open")
        assert QGuiApplication.clipboard().text() == "https://acme.cetecerp.com"
        await eventually(lambda: voice.toasts == ["No browser could be opened; the address is in the clipboard."])

    async def test_domains_are_copied_one_a_line(self, page: CustomersPage, voice: Heard) -> None:
        page.pane.table.selectAll()
        page.commands.copy_domain(page.chosen())
        assert QGuiApplication.clipboard().text() == "acme\nbolt\ncore\nresident.example"
        await eventually(lambda: voice.toasts == ["Copied 4 domains."])

    async def test_the_menu_of_a_row_offers_what_fits(self, page: CustomersPage) -> None:
        choose(page, "Customer 5")
        assert menu(page) == {
            "customers.row.check": True,
            "customers.row.mark_pulled": True,
            "customers.row.unmark_pulled": False,
            "customers.row.open": False,
            "customers.row.open_test": False,
            "customers.row.copy_domain": False,
            "customers.row.password": False,
            "customers.row.switch": False,
        }


class TestSupportPassword:
    async def test_while_it_is_off_the_button_says_so(self, page: CustomersPage) -> None:
        choose(page, "Customer 1")
        reason = part(page, Button, "customers.password").toolTip()
        assert reason.startswith("“Fetch support passwords” is off.")

    async def test_it_is_shown_on_request_recorded_and_hidden_again(
        self, linked: Desk, page: CustomersPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(password, "SHOWN_S", 1)
        await change(linked, support_passwords="true")
        await sync(page)
        choose(page, "Customer 1")
        await eventually(part(page, Button, "customers.password").isEnabled)
        click(page, "customers.password")
        dialog = await open_dialog(PasswordDialog)
        assert not dialog.isModal()
        field = part(dialog, QLineEdit, "customers.password_text")
        assert field.text() == "planted-1"
        assert "planted" not in words(page) + field.accessibleName() + dialog.windowTitle()
        await eventually(lambda: not [w for w in page.findChildren(PasswordDialog) if w.isVisible()])
        assert not [line for line in await dump(linked.workspace) if "planted-1" in line]
        choose(page, "Customer 2")
        choose(page, "Customer 1")
        await eventually(lambda: "The support password was shown" in words(page))

    async def test_what_was_copied_leaves_the_clipboard_unless_it_changed(
        self, page: CustomersPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(password, "SHOWN_S", 1)
        clipboard = QGuiApplication.clipboard()
        dialog = PasswordDialog(page, "Acme", "planted-x")
        dialog.show()
        click(dialog, "customers.password_copy")
        assert clipboard.text() == "planted-x"
        await eventually(lambda: clipboard.text() == "")
        again = PasswordDialog(page, "Acme", "planted-x")
        again.show()
        click(again, "customers.password_copy")
        clipboard.setText("something else")
        await eventually(lambda: not page.findChildren(PasswordDialog))
        assert clipboard.text() == "something else"

    async def test_escape_closes_and_empties_it(self, page: CustomersPage) -> None:
        dialog = PasswordDialog(page, "Acme", "planted-x")
        dialog.show()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.field.text() == ""
        assert not dialog.isVisible()


class TestSwitching:
    async def test_who_left_cetec_is_deactivated_after_asking_and_comes_back(
        self, page: CustomersPage, firm: DemoWorld, voice: Heard
    ) -> None:
        firm.cetec.customers[:] = [customer(n, f"c{n}") for n in range(1, 41)]
        await sync(page)
        del firm.cetec.customers[-1]
        await sync(page)
        page.pane.chips.choose(["missing"])
        await eventually(lambda: [c.name for c in page.pane.rows.shown_rows()] == ["Customer 40"])
        choose(page, "Customer 40")
        click(page, "customers.switch")
        dialog = await open_dialog(ConfirmDialog)
        assert part(dialog, Button, "confirm.action").text() == "Deactivate 1 customer"
        click(dialog, "confirm.action")
        await eventually(lambda: "Deactivated 1 customer." in voice.toasts)
        page.pane.chips.choose(["inactive"])
        await eventually(lambda: [c.name for c in page.pane.rows.shown_rows()] == ["Customer 40"])
        choose(page, "Customer 40")
        assert part(page, Button, "customers.switch").text() == "Activate"
        click(page, "customers.switch")
        await eventually(lambda: "Activated 1 customer." in voice.toasts)

    async def test_who_is_listed_is_not_switched_off(self, page: CustomersPage) -> None:
        choose(page, "Customer 1")
        assert not part(page, Button, "customers.switch").isVisible()


async def test_ten_thousand_customers_follow_a_run_without_a_reset(desk: Desk, keep: Keep, open_page: Open) -> None:
    kept = await keep([a_customer(n, name=f"Customer {n:05}") for n in range(1, 10_001)])
    page = open_page()
    await eventually(lambda: counted(page).get("waiting", "").replace(",", "") == "10000", patience_s=30)
    resets: list[int] = []
    page.pane.rows.modelReset.connect(lambda: resets.append(1))
    await desk.workspace.store.write(stored.note_answers, [(c, YES) for c in kept[:200]], now())
    desk.workspace.events.publish(CustomersChanged())
    await eventually(lambda: counted(page).get("existing") == "200", patience_s=30)
    assert resets == []
    assert part(page, QAbstractButton, "customers.tile.existing").isVisible()
