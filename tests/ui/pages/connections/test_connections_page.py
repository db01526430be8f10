"""The Connections page, as a person uses it."""

from __future__ import annotations

import asyncio
import html
import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QLineEdit, QMenu

from app.access import Role
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.connections import Connection, ConnectionStatus
from app.operations.runner import Request
from app.places import Home
from app.settings import SettingsFile
from app.store import connections
from app.vault import MemoryKeyring
from tests.support.running import run
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.connection import ConnectionDialog
from ui.dialogs.connection_remove import PurgeDialog
from ui.pages.connections import ConnectionsPage
from ui.widgets import Button, ConfirmDialog, DetailsPane, EmptyState, MenuButton, StatusChip


async def open_page(desk: Desk) -> ConnectionsPage:
    page = ConnectionsPage(desk)
    page.resize(1300, 700)
    page.show()
    await read(page)
    return page


async def read(page: ConnectionsPage) -> None:
    """Until the page has read the store once more."""
    page.refresh()
    shown = asyncio.Event()
    page.pane.rows.modelReset.connect(shown.set)
    await asyncio.wait_for(shown.wait(), 5)


async def add(desk: Desk, name: str, *, secrets: dict[str, str] | None = None, **settings: str) -> None:
    params = {"name": name, "kind": "vitec", "settings": settings}
    report = await desk.report_of(Request("connections.create", params=params, secrets=secrets or {}))
    assert report is not None
    assert report.error is None


async def stored(desk: Desk, name: str) -> Connection | None:
    return await desk.workspace.store.read(connections.find_connection, name)


def cells(page: ConnectionsPage, name: str) -> dict[str, str]:
    """What the row of a connection says, by column."""
    for row in page.pane.rows.shown_rows():
        if row.connection.name == name:
            return {column.key: column.words(row) for column in page.pane.rows.columns}
    raise AssertionError(f"no row {name}: {[r.connection.name for r in page.pane.rows.shown_rows()]}")


def facts(page: ConnectionsPage) -> str:
    """What the details say, one label a line; a value's source stands behind it."""
    labels = part(page, DetailsPane, "connections.facts").findChildren(QLabel)
    texts = (html.unescape(re.sub(r"<[^>]*>|\u200b", "", label.text())) for label in labels if label.isVisible())
    return "\n".join(filter(None, texts))


def choose(page: ConnectionsPage, name: str) -> None:
    row = next(r for r in page.pane.rows.shown_rows() if r.connection.name == name)
    page.pane.table.select_key(row.connection.id)


def trigger(page: ConnectionsPage, name: str) -> None:
    action = part(page, QAction, name)
    assert action.isEnabled()
    action.trigger()


class TestOpening:
    async def test_without_connections_it_says_what_to_do_first(self, desk: Desk) -> None:
        page = await open_page(desk)
        assert "No connections yet" in words(part(page, EmptyState, "connections.state"))
        assert not page.details.isVisible()
        assert part(page, Button, "connections.add").isEnabled()

    async def test_every_connection_has_a_row_with_its_health_and_cause(self, demo_desk: Desk) -> None:
        await add(demo_desk, "Half", environment="qa")
        page = await open_page(demo_desk)
        assert cells(page, "vitec")["health"] == "Not tested yet"
        assert cells(page, "Half")["health"] == "Not configured"
        assert cells(page, "Half")["cause"] == "Missing: Installation id, Product login, Access key"
        assert cells(page, "Half")["address"] == "hub.qa.vitecnext.no"
        assert part(page, StatusChip, "connections.chip").word == "1 needs a look"
        assert "Half: Missing" in words(page)

    async def test_the_details_show_settings_and_never_a_secret(self, demo_desk: Desk, small_world: DemoWorld) -> None:
        page = await open_page(demo_desk)
        told = small_world.describe()["vitec"]
        assert told["base_url"] in facts(page)
        assert "MSFJ…TEST" in facts(page)
        assert "Access key\n•••••••• In the keyring" in facts(page)
        assert told["access_key"] not in facts(page)

    async def test_a_key_from_the_environment_is_named_so(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MUSTER_SECRET_HUB_ACCESS_KEY", "from outside")
        await add(desk, "hub", installation_id="MS", product_login="me")
        page = await open_page(desk)
        assert cells(page, "hub")["health"] == "Not tested yet"
        assert "From the environment" in facts(page)
        assert "from outside" not in facts(page)

    async def test_space_hides_and_shows_the_details(self, demo_desk: Desk) -> None:
        page = await open_page(demo_desk)
        assert page.details.isVisible()
        QTest.keyClick(page.pane.table, Qt.Key.Key_Space)
        assert not page.details.isVisible()
        await read(page)
        assert not page.details.isVisible()
        QTest.keyClick(page.pane.table, Qt.Key.Key_Space)
        assert page.details.isVisible()

    async def test_a_store_that_cannot_be_read_is_a_banner_and_the_rows_stay(self, demo_desk: Desk) -> None:
        page = await open_page(demo_desk)
        database: Any = demo_desk.workspace.store.database
        with database.connection_context():
            database.execute_sql("ALTER TABLE connection RENAME TO elsewhere")
        page.refresh()
        await eventually(lambda: "no such table" in words(page.banners))
        assert page.pane.rows.total == 1
        with database.connection_context():
            database.execute_sql("ALTER TABLE elsewhere RENAME TO connection")
        retry = next(b for b in page.banners.findChildren(Button) if b.text() == "Retry")
        QTest.mouseClick(retry, Qt.MouseButton.LeftButton)
        await eventually(lambda: not page.banners.isVisible())

    async def test_every_control_has_a_name(self, demo_desk: Desk) -> None:
        page = await open_page(demo_desk)
        for button in page.findChildren(QAbstractButton):
            if button.isVisible() and button.focusPolicy() & Qt.FocusPolicy.TabFocus:
                assert button.accessibleName() or button.text(), button.objectName()
        assert page.pane.table.accessibleName() == "Connections"

    async def test_it_follows_changes_made_elsewhere(self, demo_desk: Desk) -> None:
        page = await open_page(demo_desk)
        await add(demo_desk, "Second")
        await eventually(lambda: page.pane.rows.total == 2)


class TestTesting:
    async def test_the_steps_are_shown_as_they_are_reached(
        self, demo_desk: Desk, small_world: DemoWorld, voice: Heard
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.SLOW, only="employees", seconds=0.5)
        page = await open_page(demo_desk)
        click(page, "connections.test")
        await eventually(lambda: "3 departments." in facts(page))
        assert "Data\nTesting…" in facts(page)
        assert cells(page, "vitec")["health"] == "Testing…"
        assert page.details.test.toolTip() == "The test is running."
        await eventually(lambda: cells(page, "vitec")["health"] == "Connected")
        await eventually(lambda: "12 employees." in facts(page))
        assert "Last test, just now" in facts(page)
        assert cells(page, "vitec")["last_success"] == "just now"
        await eventually(lambda: voice.toasts == ["vitec works."])
        assert part(page, Button, "connections.test").isEnabled()
        assert "checked just now" in words(page)

    async def test_the_keyboard_stays_on_the_button_that_was_pressed(self, demo_desk: Desk) -> None:
        page = await open_page(demo_desk)
        page.activateWindow()
        test = part(page, Button, "connections.test")
        test.setFocus()
        QTest.keyClick(test, Qt.Key.Key_Space)
        await eventually(lambda: cells(page, "vitec")["health"] == "Connected")
        await eventually(test.hasFocus)

    async def test_a_failure_names_the_step_the_cause_and_what_to_do(
        self, demo_desk: Desk, small_world: DemoWorld
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
        page = await open_page(demo_desk)
        click(page, "connections.test")
        await eventually(lambda: cells(page, "vitec")["health"] == "Needs sign-in")
        assert cells(page, "vitec")["cause"] == "Vitec Hub unauthorized."
        assert cells(page, "vitec")["last_test"] == "just now, failed"
        await eventually(lambda: "What to do\nCheck the product login" in facts(page))
        assert "Rights\nNot reached" in facts(page)

    async def test_the_tab_hears_how_many_need_a_look(self, demo_desk: Desk, small_world: DemoWorld) -> None:
        page = await open_page(demo_desk)
        heard: list[int] = []
        page.attention_changed.connect(heard.append)
        small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN)
        click(page, "connections.test")
        await eventually(lambda: heard == [1])
        small_world.vitec.fault = FaultPlan()
        await eventually(part(page, Button, "connections.test").isEnabled)
        click(page, "connections.test")
        await eventually(lambda: heard == [1, 0])
        assert page.attention == 0

    async def test_all_can_be_tested_at_once(self, demo_desk: Desk, voice: Heard) -> None:
        await add(demo_desk, "Half")
        await add(demo_desk, "Paused")
        await demo_desk.report_of(Request("connections.update", "Paused", {"paused": True}))
        page = await open_page(demo_desk)
        trigger(page, "connections.test_all")
        await eventually(lambda: voice.toasts == ["1 of 2 connections work."])

    async def test_a_role_that_may_not_store_sees_the_result_all_the_same(
        self, demo_desk: Desk, small_world: DemoWorld
    ) -> None:
        demo_desk.workspace.settings_file.change(role=Role.VIEWER)
        page = await open_page(demo_desk)
        click(page, "connections.test")
        await eventually(lambda: "12 employees." in facts(page) and "Testing…" not in facts(page))
        found = await stored(demo_desk, "vitec")
        assert found is not None
        assert found.last_test is None

    async def test_a_breaker_that_is_open_says_until_when_and_a_test_closes_it(
        self, demo_desk: Desk, small_world: DemoWorld, no_waiting: list[float]
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.SERVER_ERROR)
        for _failure in range(5):
            await demo_desk.report_of(Request("offices.sync", "vitec"))
        page = await open_page(demo_desk)
        assert "On hold\nAfter failures in a row nothing is sent until" in facts(page)
        small_world.vitec.fault = FaultPlan()
        click(page, "connections.test")
        await eventually(lambda: "On hold" not in facts(page))


class TestActions:
    async def test_add_opens_the_form_and_the_new_row_is_chosen(self, desk: Desk) -> None:
        page = await open_page(desk)
        click(page, "connections.add")
        dialog = await open_dialog(ConnectionDialog)
        type_into(part(dialog, QLineEdit, "connection.name"), "New hub")
        click(dialog, "connection.save")
        await eventually(lambda: page.details.isVisible() and "New hub" in facts(page))
        assert cells(page, "New hub")["health"] == "Not configured"
        assert "Press Edit and fill in what is missing." in facts(page)

    async def test_edit_opens_the_form_of_the_chosen_one(self, demo_desk: Desk) -> None:
        await add(demo_desk, "Second")
        page = await open_page(demo_desk)
        choose(page, "vitec")
        click(page, "connections.edit")
        dialog = await open_dialog(ConnectionDialog)
        assert dialog.windowTitle() == "Edit vitec"
        type_into(part(dialog, QLineEdit, "connection.name"), "Main hub")
        click(dialog, "connection.save")
        await eventually(lambda: "Main hub" in facts(page))

    async def test_pause_and_resume(self, demo_desk: Desk, voice: Heard) -> None:
        page = await open_page(demo_desk)
        click(page, "connections.pause")
        await eventually(lambda: cells(page, "vitec")["health"] == "Paused")
        await eventually(lambda: voice.toasts == ["Paused vitec."])
        pause = part(page, Button, "connections.pause")
        await eventually(lambda: pause.text() == "Resume")
        assert part(page, MenuButton, "connections.sync_now").toolTip() == "The connection is paused."
        click(page, "connections.pause")
        await eventually(lambda: cells(page, "vitec")["health"] == "Not tested yet")
        found = await stored(demo_desk, "vitec")
        assert found is not None
        assert found.status is ConnectionStatus.ACTIVE

    async def test_remove_names_its_effect_and_asks(self, demo_desk: Desk, keyring: MemoryKeyring) -> None:
        page = await open_page(demo_desk)
        click(page, "connections.remove")
        question = await open_dialog(ConfirmDialog)
        assert part(question, Button, "confirm.action").text() == "Remove vitec and its keys"
        click(question, "confirm.cancel")
        await eventually(lambda: not question.isVisible())
        assert await stored(demo_desk, "vitec")
        click(page, "connections.remove")
        click(await open_dialog(ConfirmDialog), "confirm.action")
        await eventually(lambda: page.pane.rows.total == 0)
        assert not page.details.isVisible()
        assert keyring._values == {}

    async def test_one_with_a_history_is_deactivated_and_goes_when_its_name_is_typed(
        self, demo_desk: Desk, keyring: MemoryKeyring, voice: Heard
    ) -> None:
        page = await open_page(demo_desk)
        await run(demo_desk.workspace, "offices.sync", "vitec")
        click(page, "connections.remove")
        question = await open_dialog(ConfirmDialog)
        assert part(question, Button, "confirm.action").text() == "Deactivate vitec"
        click(question, "confirm.action")
        await eventually(lambda: cells(page, "vitec")["health"] == "Paused")
        assert keyring._values == {}
        await eventually(lambda: any("Deactivated vitec" in toast for toast in voice.toasts))
        click(page, "connections.remove")
        purge = await open_dialog(PurgeDialog)
        assert "2 runs" in words(purge)  # the sync and the removal that deactivated it
        assert not part(purge, Button, "purge.action").isEnabled()
        type_into(part(purge, QLineEdit, "purge.name"), "vitec")
        click(purge, "purge.action")
        await eventually(lambda: page.pane.rows.total == 0)
        await eventually(lambda: voice.toasts[-1] == "Removed vitec.")

    async def test_sync_now_offers_what_its_kind_can_fetch(self, demo_desk: Desk) -> None:
        page = await open_page(demo_desk)
        offered = [action.text() for action in page.details.sync_menu.actions()]
        assert offered == ["Fetch pictures", "Sync employees", "Sync employees only", "Sync offices"]
        trigger(page, "connections.sync_now.offices.sync")
        await eventually(lambda: "Last sync\njust now" in facts(page))

    async def test_the_context_menu_offers_the_same(self, demo_desk: Desk) -> None:
        page = await open_page(demo_desk)
        menu: QMenu = page.pane.table.context_menu()
        texts = [action.text() for action in menu.actions()]
        assert texts[:5] == ["Test", "Edit", "Pause", "Remove…", "Sync now"]
        menu.actions()[2].trigger()
        await eventually(lambda: cells(page, "vitec")["health"] == "Paused")

    async def test_what_a_role_may_not_do_says_why(self, demo_desk: Desk) -> None:
        demo_desk.workspace.settings_file.change(role=Role.VIEWER)
        page = await open_page(demo_desk)
        for name in ("connections.add", "connections.edit", "connections.pause", "connections.remove"):
            button = part(page, Button, name)
            assert not button.isEnabled()
            assert "lacks the permission integrations.admin" in button.toolTip()
        assert part(page, Button, "connections.test").isEnabled()
        assert not any(action.isEnabled() for action in page.details.sync_menu.actions())


class TestImport:
    @pytest.fixture
    def env_file(self, tmp_path: Path, small_world: DemoWorld) -> Path:
        told = small_world.describe()["vitec"]
        file = tmp_path / ".env"
        file.write_text(
            f"VITEC_HUB_BASE_URL={told['base_url']}\nVITEC_INSTALLATION_ID={told['installation_id']}\n"
            f"VITEC_HUB_PRODUCT_LOGIN={told['product_login']}\nVITEC_HUB_ACCESS_KEY={told['access_key']}\n",
            "utf-8",
        )
        return file

    async def choose_file(self, page: ConnectionsPage, file: Path) -> None:
        page.import_env()
        dialog = await open_dialog(QFileDialog)
        # Not typed: the completer of Qt's dialog opens when it likes, and takes the Return.
        part(dialog, QLineEdit, "fileNameEdit").setText(str(file))
        dialog.accept()

    async def test_what_was_imported_is_named_and_tested(self, desk: Desk, voice: Heard, env_file: Path) -> None:
        page = await open_page(desk)
        await self.choose_file(page, env_file)
        await eventually(lambda: voice.toasts == ["Imported: vitec"])
        await eventually(lambda: page.pane.rows.total == 1 and cells(page, "vitec")["health"] == "Connected")

    async def test_a_file_without_settings_is_a_banner_with_the_remedy(
        self, desk: Desk, voice: Heard, tmp_path: Path
    ) -> None:
        page = await open_page(desk)
        file = tmp_path / "other.env"
        file.write_text("EDITOR=vi\n", "utf-8")
        await self.choose_file(page, file)
        await eventually(lambda: "import" in voice.banners)
        assert voice.banners["import"].text == (
            "other.env was not imported. The file holds no settings that Muster knows."
        )
        assert "VITEC_INSTALLATION_ID" in voice.banners["import"].remedy


class BrokenKeyring(MemoryKeyring):
    """What a computer without a secret service offers."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("no D-Bus")


class TestWithoutKeyring:
    @pytest.fixture
    def keyring(self) -> MemoryKeyring:
        return BrokenKeyring()

    async def test_a_banner_on_the_page_says_so_with_the_remedy(self, desk: Desk) -> None:
        page = await open_page(desk)
        await eventually(lambda: "The keyring cannot be used: no D-Bus" in words(page))
        assert "Install or unlock a keyring" in words(page)


async def test_the_role_is_read_from_the_settings(home: Home) -> None:
    """Guards the fixtures above: a change of role lands in the file that the desk asks."""
    file = SettingsFile(home.settings)
    file.change(role=Role.VIEWER)
    assert SettingsFile(home.settings).values.role is Role.VIEWER


class TestSupabase:
    @pytest.fixture
    async def project_desk(self, desk: Desk, small_world: DemoWorld) -> Desk:
        await connect_demo(desk.workspace, {"supabase": small_world.describe()["supabase"]})
        return desk

    async def test_a_full_access_key_is_said_for_as_long_as_it_is_used(
        self, project_desk: Desk, small_world: DemoWorld
    ) -> None:
        page = await open_page(project_desk)
        assert page.banners.banner("full_access") is None
        key = {"service_key": small_world.describe()["supabase"]["service_key"]}
        change = {"settings": {"auth_mode": "service_key"}}
        await project_desk.report_of(Request("connections.update", "supabase", change, secrets=key))
        await eventually(lambda: "Full access key in use: supabase." in words(page))
        banner = page.banners.banner("full_access")
        assert banner is not None
        assert not [b for b in banner.findChildren(QAbstractButton) if b.isVisible()]  # it cannot be dismissed
        await project_desk.report_of(Request("connections.update", "supabase", {"settings": {"auth_mode": "user"}}))
        await eventually(lambda: page.banners.banner("full_access") is None)

    async def test_the_details_say_who_signed_in_and_what_deserves_a_look(self, project_desk: Desk) -> None:
        page = await open_page(project_desk)
        choose(page, "supabase")
        click(page, "connections.test")
        look = "Worth a look\nThe passwords of terminals are stored unencrypted in the project."
        await eventually(lambda: look in facts(page) and cells(page, "supabase")["health"] == "Connected")
        assert "Password\nSigned in" in facts(page)
        assert "Service key" not in facts(page)
        assert "Photos" in words(page.details)
