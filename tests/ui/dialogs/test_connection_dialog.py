"""The dialog of a connection, as a person uses it."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QWidget

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.domain.causes import CAUSES
from app.domain.connections import Connection
from app.domain.health import Health, connection_health
from app.domain.kinds import VITEC
from app.domain.outcomes import RunState
from app.events import ConnectionsChanged
from app.operations.runner import Request
from app.store import connections, runs
from app.vault import MemoryKeyring
from tests.support.running import dump
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.connection import ConnectionDialog, edit_connection, free_name
from ui.dialogs.why import WhyDialog
from ui.widgets import Button, ConfirmDialog, StatusChip


@pytest.fixture
def parent() -> QWidget:
    window = QWidget()
    window.resize(1200, 800)
    window.show()
    return window


async def show(parent: QWidget, desk: Desk, name: str = "") -> tuple[ConnectionDialog, asyncio.Task[str]]:
    """The dialog, of the connection of that name or empty, and what it will answer."""
    connection = await stored(desk, name) if name else None
    answer = desk.workspace.tasks.start("dialog", edit_connection(parent, desk, VITEC, connection))
    return cast(ConnectionDialog, await open_dialog(ConnectionDialog)), answer


async def stored(desk: Desk, name: str) -> Connection:
    found = await desk.workspace.store.read(connections.find_connection, name)
    assert found is not None
    return found


async def once_tested(desk: Desk, name: str) -> Connection:
    """The connection once a test of it is remembered."""
    known = asyncio.Event()
    forget = desk.workspace.events.subscribe(ConnectionsChanged, lambda _event: known.set())
    while (found := await stored(desk, name)).last_test_at is None:
        await asyncio.wait_for(known.wait(), 5)
        known.clear()
    forget()
    return found


def edit(dialog: ConnectionDialog, key: str) -> QLineEdit:
    return part(dialog, QLineEdit, f"connection.{key}")


def note(dialog: ConnectionDialog, key: str) -> str:
    return part(dialog, QLabel, f"connection.{key}.note").text()


def state(dialog: ConnectionDialog) -> str:
    return part(dialog, StatusChip, "connection.state").word


def fill(dialog: ConnectionDialog, system: dict[str, str]) -> None:
    for key, value in system.items():
        type_into(edit(dialog, key), value)


class TestWhy:
    async def test_a_step_that_failed_is_explained_by_its_cause(
        self, parent: QWidget, demo_desk: Desk, small_world: DemoWorld
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
        dialog, _answer = await show(parent, demo_desk, "vitec")
        click(dialog, "connection.test")
        await eventually(lambda: [b for b in dialog.panel.findChildren(Button, "stage.why") if b.isVisible()])
        next(b for b in dialog.panel.findChildren(Button, "stage.why") if b.isVisible()).click()
        why = await open_dialog(WhyDialog)
        assert isinstance(why, WhyDialog)
        assert CAUSES["refused_sign_in"].cause in "\n".join(why.details.texts())


class TestAdvanced:
    async def test_what_few_need_is_folded_away_until_it_is_wanted(self, parent: QWidget, desk: Desk) -> None:
        dialog, _answer = await show(parent, desk)
        assert not edit(dialog, "proxy").isVisible()
        click(dialog, "connection.advanced")
        assert edit(dialog, "proxy").isVisible()
        assert edit(dialog, "proxy_password").echoMode() == QLineEdit.EchoMode.Password
        click(dialog, "connection.advanced")
        assert not edit(dialog, "proxy").isVisible()

    async def test_what_is_wrong_in_it_unfolds_it(self, parent: QWidget, desk: Desk) -> None:
        dialog, _answer = await show(parent, desk)
        edit(dialog, "extra_headers").setText("Host: elsewhere")
        click(dialog, "connection.save")
        await eventually(edit(dialog, "extra_headers").isVisible)
        assert "cannot be set here" in note(dialog, "extra_headers")

    async def test_what_is_set_is_seen_at_once_and_kept(self, parent: QWidget, demo_desk: Desk) -> None:
        settings = {"extra_headers": "X-Tenant: 7", "verify_tls": False}
        await demo_desk.report_of(Request("connections.update", "vitec", {"settings": settings}))
        dialog, _answer = await show(parent, demo_desk, "vitec")
        assert edit(dialog, "extra_headers").text() == "X-Tenant: 7"
        assert edit(dialog, "extra_headers").isVisible()


class TestAdding:
    async def test_the_fields_are_those_of_the_kind_with_its_defaults(self, parent: QWidget, desk: Desk) -> None:
        dialog, _answer = await show(parent, desk)
        assert [spec.key for spec in VITEC.fields] == [key for key in dialog.form.fields if key != "name"]
        assert edit(dialog, "name").text() == "Vitec Hub"
        assert part(dialog, QComboBox, "connection.environment").currentText() == "QA / test"
        assert part(dialog, QDoubleSpinBox, "connection.timeout_s").text() == "30"
        assert edit(dialog, "access_key").echoMode() == QLineEdit.EchoMode.Password

    async def test_every_field_has_a_label_that_leads_to_it(self, parent: QWidget, desk: Desk) -> None:
        dialog, _answer = await show(parent, desk)
        buddies = {label.buddy() for label in dialog.findChildren(QLabel)}
        assert {field.editor for field in dialog.form.fields.values()} <= buddies

    async def test_the_keyboard_can_uncover_a_typed_key(self, parent: QWidget, desk: Desk) -> None:
        dialog, _answer = await show(parent, desk)
        await eventually(dialog.isActiveWindow)
        key = edit(dialog, "access_key")
        type_into(key, "typed")
        QTest.keyClick(key, Qt.Key.Key_Tab)
        eye = dialog.focusWidget()
        assert eye is not None
        assert eye.accessibleName() == "Show what is typed"
        QTest.keyClick(eye, Qt.Key.Key_Space)
        assert key.echoMode() == QLineEdit.EchoMode.Normal

    async def test_the_environment_shows_its_address_in_grey(self, parent: QWidget, desk: Desk) -> None:
        dialog, _answer = await show(parent, desk)
        assert edit(dialog, "base_url").placeholderText() == "https://hub.qa.vitecnext.no"
        part(dialog, QComboBox, "connection.environment").setCurrentText("Production")
        assert edit(dialog, "base_url").placeholderText() == "https://hub.megler.vitec.net"

    async def test_a_tested_connection_is_saved_and_known_to_work(
        self, parent: QWidget, desk: Desk, small_world: DemoWorld, voice: Heard
    ) -> None:
        dialog, answer = await show(parent, desk)
        fill(dialog, small_world.describe()["vitec"])
        click(dialog, "connection.test")
        await eventually(lambda: state(dialog) == "Tested")
        assert "3 departments." in words(dialog)
        assert "12 employees." in words(dialog)
        assert "It works" in words(dialog)
        click(dialog, "connection.save")
        assert await answer == "Vitec Hub"
        saved = await once_tested(desk, "Vitec Hub")
        assert saved.last_test_ok
        assert connection_health(saved, saved.secrets).health is Health.CONNECTED
        await eventually(lambda: voice.toasts == ["Saved Vitec Hub."])

    async def test_the_key_lands_in_the_keyring_and_nowhere_else(
        self, parent: QWidget, desk: Desk, keyring: MemoryKeyring
    ) -> None:
        dialog, answer = await show(parent, desk)
        type_into(edit(dialog, "access_key"), "planted-marker")
        click(dialog, "connection.save")
        await answer
        saved = await stored(desk, "Vitec Hub")
        assert keyring.get_password("muster/integrations", f"{saved.id}:access_key") == "planted-marker"
        assert not [line for line in await dump(desk.workspace) if "planted-marker" in line]

    async def test_without_a_test_it_can_be_saved_and_says_so(self, parent: QWidget, desk: Desk) -> None:
        dialog, answer = await show(parent, desk)
        assert state(dialog) == "Not tested"
        assert "Still missing: Installation id, Product login, Access key." in words(dialog)
        QTest.keyClick(edit(dialog, "name"), Qt.Key.Key_Return)  # Enter saves
        assert await answer == "Vitec Hub"
        assert (await stored(desk, "Vitec Hub")).last_test_at is None

    async def test_pressing_save_twice_saves_once(self, parent: QWidget, desk: Desk, voice: Heard) -> None:
        dialog, answer = await show(parent, desk)
        click(dialog, "connection.save")
        click(dialog, "connection.save")
        await answer
        assert [run.state for run in await desk.workspace.store.read(runs.runs)] == [RunState.FINISHED]
        await eventually(lambda: voice.toasts == ["Saved Vitec Hub."])

    async def test_what_is_wrong_stands_at_its_field(self, parent: QWidget, desk: Desk) -> None:
        dialog, answer = await show(parent, desk)
        type_into(edit(dialog, "base_url"), "ftp://hub")
        type_into(edit(dialog, "name"), " ")
        click(dialog, "connection.save")
        await eventually(lambda: note(dialog, "base_url").startswith("ftp://hub is not an address."))
        assert note(dialog, "name") == "A connection needs a name."
        assert note(dialog, "installation_id").startswith("Short code")
        assert not answer.done()
        type_into(edit(dialog, "base_url"), "https://hub.example")
        assert note(dialog, "base_url") == "Leave empty to use the environment's address."

    async def test_a_taken_name_is_refused_at_the_field(self, parent: QWidget, demo_desk: Desk) -> None:
        dialog, _answer = await show(parent, demo_desk)
        type_into(edit(dialog, "name"), "vitec")
        click(dialog, "connection.save")
        await eventually(lambda: note(dialog, "name") == "There is already a connection named vitec.")

    async def test_numbers_stay_within_their_bounds_and_defaults_are_not_stored(
        self, parent: QWidget, desk: Desk
    ) -> None:
        dialog, answer = await show(parent, desk)
        rate = part(dialog, QDoubleSpinBox, "connection.max_rps")
        rate.setValue(900)
        part(dialog, QDoubleSpinBox, "connection.timeout_s").setValue(2.5)
        click(dialog, "connection.save")
        await answer
        assert (await stored(desk, "Vitec Hub")).settings == {"timeout_s": 2.5, "max_rps": 200}


class TestTesting:
    async def test_each_step_is_shown_while_it_runs(
        self, parent: QWidget, demo_desk: Desk, small_world: DemoWorld
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.SLOW, only="employees", seconds=0.5)
        dialog, _answer = await show(parent, demo_desk, "vitec")
        click(dialog, "connection.test")
        await eventually(lambda: "Testing…" in words(dialog) and "3 departments." in words(dialog))
        assert part(dialog, Button, "connection.save").toolTip() == "The test is running."
        await eventually(lambda: "12 employees." in words(dialog))
        assert "Encryption" not in words(dialog)  # plain http to this computer has none
        await eventually(part(dialog, Button, "connection.save").isEnabled)

    @pytest.mark.parametrize(
        ("fault", "said", "remedy"),
        [
            (Fault.UNAUTHORIZED, "Vitec Hub unauthorized.", "Check the product login"),
            (Fault.HTML, "Invalid Vitec Hub response.", "Nothing was changed."),
        ],
    )
    async def test_the_first_step_that_fails_names_cause_and_remedy(
        self, parent: QWidget, demo_desk: Desk, small_world: DemoWorld, fault: Fault, said: str, remedy: str
    ) -> None:
        small_world.vitec.fault = FaultPlan(fault)
        dialog, _answer = await show(parent, demo_desk, "vitec")
        click(dialog, "connection.test")
        await eventually(lambda: state(dialog) == "Test failed")
        assert said in words(dialog)
        assert remedy in words(dialog)
        assert "Not reached" in words(dialog)

    async def test_what_is_typed_after_the_test_makes_it_stale(self, parent: QWidget, demo_desk: Desk) -> None:
        dialog, _answer = await show(parent, demo_desk, "vitec")
        click(dialog, "connection.test")
        await eventually(lambda: state(dialog) == "Tested")
        type_into(edit(dialog, "product_login"), "other")
        assert state(dialog) == "Not tested"
        assert "Changed since the test." in words(dialog)
        type_into(edit(dialog, "product_login"), "muster-demo")
        assert state(dialog) == "Tested"

    async def test_the_keyboard_stays_on_the_button_that_was_pressed(self, parent: QWidget, demo_desk: Desk) -> None:
        dialog, _answer = await show(parent, demo_desk, "vitec")
        test = part(dialog, Button, "connection.test")
        await eventually(dialog.isActiveWindow)
        test.setFocus()
        QTest.keyClick(test, Qt.Key.Key_Space)
        await eventually(lambda: state(dialog) == "Tested")
        assert test.hasFocus()

    async def test_a_test_stores_nothing(self, parent: QWidget, demo_desk: Desk) -> None:
        before = await stored(demo_desk, "vitec")
        dialog, _answer = await show(parent, demo_desk, "vitec")
        click(dialog, "connection.test")
        await eventually(lambda: state(dialog) == "Tested")
        assert await stored(demo_desk, "vitec") == before

    async def test_closing_gives_up_a_test_under_way(
        self, parent: QWidget, demo_desk: Desk, small_world: DemoWorld
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.HANG)
        dialog, answer = await show(parent, demo_desk, "vitec")
        click(dialog, "connection.test")
        await eventually(lambda: demo_desk.workspace.runner.handles)
        click(dialog, "connection.cancel")
        assert await answer == ""
        await eventually(lambda: not demo_desk.workspace.runner.handles)


class TestEditing:
    async def test_the_old_key_is_never_loaded_and_stays(
        self, parent: QWidget, demo_desk: Desk, small_world: DemoWorld, keyring: MemoryKeyring
    ) -> None:
        dialog, answer = await show(parent, demo_desk, "vitec")
        assert edit(dialog, "access_key").text() == ""
        assert edit(dialog, "access_key").placeholderText() == "Unchanged"
        type_into(edit(dialog, "name"), "Hub")
        click(dialog, "connection.save")
        assert await answer == "Hub"
        kept = await demo_desk.workspace.vault.get(await stored(demo_desk, "Hub"), "access_key")
        assert kept == small_world.describe()["vitec"]["access_key"]

    async def test_a_new_key_that_works_is_tested_and_saved(
        self, parent: QWidget, demo_desk: Desk, small_world: DemoWorld
    ) -> None:
        dialog, answer = await show(parent, demo_desk, "vitec")
        type_into(edit(dialog, "access_key"), small_world.vitec.access_keys[1])
        click(dialog, "connection.save")
        await answer
        kept = await demo_desk.workspace.vault.get(await stored(demo_desk, "vitec"), "access_key")
        assert kept == small_world.vitec.access_keys[1]

    async def test_a_new_key_that_fails_leaves_the_old_one_until_the_person_insists(
        self, parent: QWidget, demo_desk: Desk, small_world: DemoWorld
    ) -> None:
        dialog, answer = await show(parent, demo_desk, "vitec")
        type_into(edit(dialog, "access_key"), "wrong")
        click(dialog, "connection.save")
        save = part(dialog, Button, "connection.save")
        await eventually(lambda: save.text() == "Save anyway" and save.isEnabled())
        assert "The old one stays in use" in words(dialog)
        vitec = await stored(demo_desk, "vitec")
        assert await demo_desk.workspace.vault.get(vitec, "access_key") == small_world.vitec.access_keys[0]
        click(dialog, "connection.save")
        assert await answer == "vitec"
        assert await demo_desk.workspace.vault.get(vitec, "access_key") == "wrong"

    async def test_only_what_changed_is_stored_and_a_blank_field_goes_back_to_its_default(
        self, parent: QWidget, desk: Desk
    ) -> None:
        given = {"base_url": "https://hub.example", "max_rps": "7", "environment": "production"}
        await desk.report_of(Request("connections.create", params={"name": "Hub", "kind": "vitec", "settings": given}))
        dialog, answer = await show(parent, desk, "Hub")
        assert edit(dialog, "base_url").text() == "https://hub.example"
        type_into(edit(dialog, "base_url"), "")
        click(dialog, "connection.save")
        await answer
        assert (await stored(desk, "Hub")).settings == {"max_rps": 7, "environment": "production"}

    async def test_an_unknown_environment_stays_visible(self, parent: QWidget, desk: Desk) -> None:
        given = {"environment": "staging"}
        await desk.report_of(Request("connections.create", params={"name": "Hub", "kind": "vitec", "settings": given}))
        dialog, _answer = await show(parent, desk, "Hub")
        assert part(dialog, QComboBox, "connection.environment").currentText() == "staging (unknown)"


class TestClosing:
    async def test_esc_closes_what_is_unchanged(self, parent: QWidget, desk: Desk) -> None:
        dialog, answer = await show(parent, desk)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert await answer == ""

    async def test_esc_asks_before_it_discards_edits(self, parent: QWidget, desk: Desk) -> None:
        dialog, answer = await show(parent, desk)
        type_into(edit(dialog, "product_login"), "half typed")
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        question = await open_dialog(ConfirmDialog)
        click(question, "confirm.cancel")
        await eventually(lambda: not question.isVisible())
        assert dialog.isVisible()
        assert edit(dialog, "product_login").text() == "half typed"
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        again = await open_dialog(ConfirmDialog)
        assert part(again, Button, "confirm.action").text() == "Discard changes"
        click(again, "confirm.action")
        assert await answer == ""
        assert await desk.workspace.store.read(connections.connections) == []

    async def test_a_window_that_goes_takes_the_dialog_along(self, parent: QWidget, desk: Desk) -> None:
        dialog, answer = await show(parent, desk)
        type_into(edit(dialog, "product_login"), "half typed")
        dialog.close()
        assert await answer == ""


class BrokenKeyring(MemoryKeyring):
    """What a computer without a secret service offers."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("no D-Bus")


class TestWithoutKeyring:
    @pytest.fixture
    def keyring(self) -> MemoryKeyring:
        return BrokenKeyring()

    async def test_it_says_so_and_what_to_do_and_nothing_is_stored(self, parent: QWidget, desk: Desk) -> None:
        dialog, answer = await show(parent, desk)
        await eventually(lambda: "The keyring cannot be used: no D-Bus" in words(dialog))
        assert "MUSTER_SECRET_" in words(dialog)
        type_into(edit(dialog, "access_key"), "secret")
        click(dialog, "connection.save")
        await eventually(lambda: dialog.banners.banner("save"))
        assert not answer.done()
        assert await desk.workspace.store.read(connections.connections) == []


def test_a_free_name_is_found() -> None:
    assert free_name("Vitec Hub", []) == "Vitec Hub"
    assert free_name("Vitec Hub", ["Vitec Hub", "Vitec Hub 2"]) == "Vitec Hub 3"
