"""Who works here and on whose data, in the window: the profile and its passcode, organizations, scheduled runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QListWidget, QMenu

from app.access import Role
from app.events import SchedulesChanged
from app.places import Home
from app.settings import SettingsFile
from app.store import schedules
from app.tasks import Tasks
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.running import run
from tests.support.window import click, eventually, open_dialog, part, type_into, words
from ui.dialogs.organizations import OrganizationsDialog
from ui.dialogs.palette.opening import _settings
from ui.dialogs.passcode import PasscodeDialog, Purpose
from ui.life import live
from ui.widgets import MenuButton
from ui.window import PAGES, MainWindow

PASSCODE = "correct horse"


@asynccontextmanager
async def living(home: Home, keyring: MemoryKeyring) -> AsyncIterator[MainWindow]:
    """The window as it lives, inside the test: between that and its fixtures Qt works on and the loop does not."""
    window = MainWindow(home, SettingsFile(home.settings), keyring=keyring)
    window.show()
    life = Tasks().start("life", live(window))
    await settled(window)
    try:
        yield window
    finally:
        await settled(window)
        window.close()
        await asyncio.wait_for(life, 15)


async def settled(window: MainWindow) -> None:
    """Wait until the window is open and has greeted."""
    await eventually(lambda: window.workspace is not None and "connections" in window.pages)


def opened(window: MainWindow) -> Workspace:
    assert window.workspace is not None
    return window.workspace


def shown(window: MainWindow) -> str:
    return part(window, MenuButton, "status.role").text()


def entries(window: MainWindow) -> dict[str, bool]:
    """The menu of the profile: its entries, and whether each can be used."""
    menu = QMenu()
    window.shell.standing.fill(menu)
    return {action.text(): action.isEnabled() for action in menu.actions() if action.text()}


async def guard(window: MainWindow) -> None:
    await run(opened(window), "roles.set_passcode", secrets={"new_passcode": PASSCODE})


class TestProfile:
    async def test_without_a_passcode_another_profile_is_taken_on_at_once(
        self, home: Home, keyring: MemoryKeyring
    ) -> None:
        async with living(home, keyring) as window:
            assert shown(window) == "Administrator"
            window.shell.standing.switch_profile(Role.VIEWER)
            await eventually(lambda: shown(window) == "Viewer")
            window.shell.standing.switch_profile(Role.OPERATOR)
            await eventually(lambda: shown(window) == "Operator")

    async def test_pages_then_refuse_and_say_the_missing_permission(self, home: Home, keyring: MemoryKeyring) -> None:
        async with living(home, keyring) as window:
            window.shell.leave_start()
            for name in PAGES:
                window.open_page(name)
            await run(opened(window), "connections.create", params={"name": "vitec", "kind": "vitec"})
            window.shell.standing.switch_profile(Role.VIEWER)
            sync = part(window, QAbstractButton, "offices.sync")
            await eventually(lambda: "integrations.sync" in sync.toolTip())
            assert not sync.isEnabled()
            assert "integrations.sync" in sync.accessibleDescription()
            await eventually(lambda: "integrations.admin" in part(window, QAbstractButton, "connections.add").toolTip())

    async def test_only_an_administrator_sets_a_passcode(self, home: Home, keyring: MemoryKeyring) -> None:
        async with living(home, keyring) as window:
            assert entries(window)["Set a passcode …"]
            window.shell.standing.switch_profile(Role.OPERATOR)
            await eventually(lambda: shown(window) == "Operator")
            assert not entries(window)["Set a passcode …"]

    async def test_with_a_passcode_a_higher_profile_asks_for_it_and_a_lower_one_does_not(
        self, home: Home, keyring: MemoryKeyring
    ) -> None:
        async with living(home, keyring) as window:
            await guard(window)
            window.shell.standing.switch_profile(Role.TECHNICIAN)
            await eventually(lambda: shown(window) == "Technician")
            window.shell.standing.switch_profile(Role.ADMINISTRATOR)
            dialog = await open_dialog(PasscodeDialog)
            type_into(part(dialog, QLineEdit, "passcode.old"), "wrong one")
            click(dialog, "passcode.action")
            await eventually(lambda: "The passcode is wrong." in words(dialog))
            assert shown(window) == "Technician"
            QTest.keyClicks(part(dialog, QLineEdit, "passcode.old"), PASSCODE)
            QTest.keyClick(dialog, Qt.Key.Key_Return)
            await eventually(lambda: shown(window) == "Administrator")

    async def test_after_some_wrong_ones_it_counts_down_before_the_next(
        self, home: Home, keyring: MemoryKeyring
    ) -> None:
        async with living(home, keyring) as window:
            await guard(window)
            await run(opened(window), "roles.set_profile", params={"role": "viewer"})
            for _ in range(3):
                await run(opened(window), "roles.set_profile", params={"role": "operator"}, secrets={"passcode": "no"})
            dialog = window.shell.standing.ask_passcode(Purpose.SWITCH, Role.OPERATOR)
            type_into(part(dialog, QLineEdit, "passcode.old"), PASSCODE)
            click(dialog, "passcode.action")
            await eventually(lambda: "can be tried in 30 seconds" in words(dialog) or "in 29 seconds" in words(dialog))
            await eventually(lambda: "in 28 seconds" in words(dialog))
            type_into(part(dialog, QLineEdit, "passcode.old"), PASSCODE)
            assert not part(dialog, QAbstractButton, "passcode.action").isEnabled()

    async def test_a_passcode_is_set_changed_and_removed(self, home: Home, keyring: MemoryKeyring) -> None:
        async with living(home, keyring) as window:
            workspace = opened(window)
            dialog = window.shell.standing.ask_passcode(Purpose.SET)
            type_into(part(dialog, QLineEdit, "passcode.new"), "short")
            assert "at least 6 characters" in part(dialog, QAbstractButton, "passcode.action").toolTip()
            type_into(part(dialog, QLineEdit, "passcode.new"), PASSCODE)
            type_into(part(dialog, QLineEdit, "passcode.again"), "something else")
            assert "The two are not the same." in words(dialog)
            type_into(part(dialog, QLineEdit, "passcode.again"), PASSCODE)
            click(dialog, "passcode.action")
            await eventually(lambda: workspace.profile.guarded)
            assert {"Change the passcode …", "Remove the passcode …"} < entries(window).keys()
            await eventually(lambda: not shiboken6.isValid(dialog))
            change = window.shell.standing.ask_passcode(Purpose.CHANGE)
            type_into(part(change, QLineEdit, "passcode.old"), PASSCODE)
            for name in ("new", "again"):
                type_into(part(change, QLineEdit, f"passcode.{name}"), "battery staple")
            click(change, "passcode.action")
            await eventually(lambda: not shiboken6.isValid(change))
            remove = window.shell.standing.ask_passcode(Purpose.REMOVE)
            type_into(part(remove, QLineEdit, "passcode.old"), PASSCODE)
            click(remove, "passcode.action")
            await eventually(lambda: "The passcode is wrong." in words(remove))
            type_into(part(remove, QLineEdit, "passcode.old"), "battery staple")
            click(remove, "passcode.action")
            await eventually(lambda: not workspace.profile.guarded)

    async def test_a_guarded_profile_is_read_from_the_keyring_after_the_start(
        self, home: Home, keyring: MemoryKeyring
    ) -> None:
        async with await Workspace.open(home, keyring=keyring) as before:
            await run(before, "roles.set_passcode", secrets={"new_passcode": PASSCODE})
            await run(before, "roles.set_profile", params={"role": "operator"})
        window = MainWindow(home, SettingsFile(home.settings), keyring=keyring)
        await window.open_workspace(None)
        await eventually(lambda: shown(window) == "Operator")
        await window.close_workspace()

    async def test_a_keyring_that_lost_the_passcode_is_told(self, home: Home, keyring: MemoryKeyring) -> None:
        SettingsFile(home.settings).change(role_guarded=True)
        window = MainWindow(home, SettingsFile(home.settings), keyring=keyring)
        window.show()
        await window.open_workspace(None)
        await eventually(lambda: "no longer in the keyring" in words(window))
        await window.close_workspace()


class TestOrganizations:
    async def test_switching_shows_the_others_data_under_its_name(self, home: Home, keyring: MemoryKeyring) -> None:
        async with living(home, keyring) as window:
            first = opened(window)
            await run(first, "connections.create", params={"name": "vitec", "kind": "vitec"})
            window.shell.leave_start()
            window.open_page("connections")
            await eventually(lambda: "Connections (1)" in window.tabs.tabText(PAGES.index("connections")))
            dialog = window.shell.standing.open_organizations()
            type_into(part(dialog, QLineEdit, "organizations.name"), "Acme AS")
            click(dialog, "organizations.add")
            listed = part(dialog, QListWidget, "organizations.list")
            await eventually(lambda: listed.count() == 2)
            assert [listed.item(at).text() for at in range(2)] == ["First organization – open now", "Acme AS"]
            await eventually(part(dialog, QAbstractButton, "organizations.switch").isEnabled)
            click(dialog, "organizations.switch")
            await eventually(
                lambda: window.workspace not in {None, first} and window.windowTitle() == "Acme AS – Muster"
            )
            assert window.tabs.tabText(PAGES.index("connections")) == "Connections"
            await eventually(lambda: window.findChild(QObject, "start") is not None)
            for name in PAGES:
                assert len(window.findChildren(QObject, f"{name}.table")) <= 1
            window.shell.standing.open_organizations()
            back = await open_dialog(OrganizationsDialog)
            again = part(back, QListWidget, "organizations.list")
            await eventually(lambda: again.count() == 2)
            again.setCurrentRow(0)
            click(back, "organizations.switch")
            await eventually(lambda: window.windowTitle() == "Muster")
            await eventually(lambda: "Connections (1)" in window.tabs.tabText(PAGES.index("connections")))

    async def test_what_runs_is_asked_about_first(self, home: Home, keyring: MemoryKeyring) -> None:
        async with living(home, keyring) as window:
            await run(opened(window), "organizations.add", params={"name": "Acme AS"})
            assert window.desk is not None
            opened(window).runner.handles["x"] = object()  # type: ignore[assignment]
            window.desk.start("switch", window.shell.standing.switch("Acme AS"))
            from ui.widgets import ConfirmDialog

            question = await open_dialog(ConfirmDialog)
            assert "1 run is under way" in words(question)
            click(question, "confirm.cancel")
            del opened(window).runner.handles["x"]
            await asyncio.sleep(0.1)
            assert window.windowTitle() == "Muster"

    async def test_naming_this_one_names_the_window(self, home: Home, keyring: MemoryKeyring) -> None:
        async with living(home, keyring) as window:
            dialog = window.shell.standing.open_organizations()
            type_into(part(dialog, QLineEdit, "organizations.name"), "Nordlys")
            click(dialog, "organizations.rename")
            await eventually(lambda: window.windowTitle() == "Nordlys – Muster")
            assert part(dialog, QAbstractButton, "organizations.switch").toolTip() == "Choose another one."

    async def test_one_that_cannot_be_opened_leads_back_to_the_first(self, home: Home, keyring: MemoryKeyring) -> None:
        async with living(home, keyring) as window:
            await run(opened(window), "organizations.add", params={"name": "Acme AS"})
            found = opened(window)
            await run(found, "organizations.switch", params={"name": "Acme AS"})
            await eventually(lambda: window.windowTitle() == "Acme AS – Muster")
            acme = opened(window).home.database
            await run(opened(window), "organizations.switch", params={"name": "default"})
            await eventually(lambda: window.windowTitle() == "Muster")
            await eventually(lambda: window.findChild(MenuButton, "status.role") is not None)
            acme.write_bytes(b"this is no database" * 1000)
            window.settings_file.change(organization=acme.parent.name)
            window.leave()
            await eventually(lambda: "cannot open its data" in words(window))
            first = next(b for b in window.findChildren(QAbstractButton) if b.text() == "Open the first organization")
            QTest.mouseClick(first, Qt.MouseButton.LeftButton)
            await eventually(lambda: window.workspace is not None and "cannot open" not in words(window))


class TestScheduledRuns:
    async def test_nothing_is_said_before_there_is_a_schedule(self, home: Home, keyring: MemoryKeyring) -> None:
        async with living(home, keyring) as window:
            await asyncio.sleep(0.1)
            assert window.findChild(QLabel, "status.next") is None

    async def test_the_next_one_stands_in_the_status_bar_and_what_is_due_starts(
        self, home: Home, keyring: MemoryKeyring
    ) -> None:
        async with living(home, keyring) as window:
            workspace = opened(window)
            await run(workspace, "schedules.create", params={"operation": "audit.verify", "name": "nightly"})
            await eventually(lambda: window.findChild(QLabel, "status.next") is not None)
            label = part(window, QLabel, "status.next")
            await eventually(lambda: label.text().startswith("Next: "))
            assert label.text().endswith("nightly")
            planned = await workspace.store.read(schedules.find_schedule, "nightly")
            assert planned is not None
            assert planned.due_at is not None
            due = replace(planned, due_at=planned.due_at - timedelta(days=1))
            await workspace.store.write(schedules.move, planned, due)
            workspace.events.publish(SchedulesChanged())
            await eventually(lambda: [ran.run is not None for ran in workspace.scheduler.ran] == [True])
            await run(workspace, "schedules.pause", params={"id": "nightly"})
            await eventually(lambda: label.text() == "No scheduled run will start")
            assert "nightly: It is paused." in label.toolTip()


async def test_profiles_and_what_they_may_not_do_are_in_the_palette_too(home: Home, keyring: MemoryKeyring) -> None:
    async with living(home, keyring) as window:
        await guard(window)
        await run(opened(window), "roles.set_profile", params={"role": "operator"})
        entries = {entry.title: entry for entry in _settings(window)}
        assert "integrations.admin" in entries["Profile and organization: Change the passcode …"].obstacle
        assert entries["Profile and organization: Operator"].detail == "in use"
        act = entries["Profile and organization: Viewer"].act
        assert act is not None
        act()
        await eventually(lambda: shown(window) == "Viewer")


async def controls(window: MainWindow) -> dict[str, str]:
    """Every named control of all pages, and why it is disabled where it is."""
    window.shell.leave_start()
    for name in PAGES:
        window.open_page(name)
        await asyncio.sleep(0.05)
    await eventually(lambda: not opened(window).runner.handles)
    await asyncio.sleep(0.5)
    for menu in window.findChildren(QMenu):
        menu.aboutToShow.emit()  # many are filled when they are opened
    found: list[QAbstractButton | QAction] = []
    found += window.findChildren(QAbstractButton)
    found += window.findChildren(QAction)
    named = [control for control in found if control.objectName() and not control.objectName().startswith("qt_")]
    return {control.objectName(): "" if control.isEnabled() else control.toolTip() for control in named}


async def test_after_a_change_of_profile_every_control_is_as_if_the_window_had_opened_with_it(
    home: Home, keyring: MemoryKeyring
) -> None:
    async with living(home, keyring) as window:
        await run(opened(window), "connections.create", params={"name": "vitec", "kind": "vitec"})
        await controls(window)
        window.shell.standing.switch_profile(Role.VIEWER)
        await eventually(lambda: shown(window) == "Viewer")
        live_switched = await controls(window)
    async with living(home, keyring) as window:
        assert shown(window) == "Viewer"
        assert live_switched == await controls(window)
