"""The dialog for other kinds: choosing the system, fields of the chosen sign-in, switches, other connections."""

from __future__ import annotations

import asyncio
from typing import cast

import jwt
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.connections import Connection
from app.domain.kinds import KINDS, MYSQL, VITEC
from app.operations.runner import Request
from app.store import connections
from app.vault import MemoryKeyring
from tests.support.window import click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.connection import ConnectionDialog, edit_connection
from ui.dialogs.connection_form import ConnectionForm
from ui.widgets import StatusChip

SERVICE_ROLE = jwt.encode({"role": "service_role"}, "x" * 32)
ANON = jwt.encode({"role": "anon"}, "x" * 32)


@pytest.fixture
def parent() -> QWidget:
    window = QWidget()
    window.resize(1200, 800)
    window.show()
    return window


@pytest.fixture
async def project_desk(desk: Desk, small_world: DemoWorld) -> Desk:
    """The desk connected to the project of the demo world as `supabase`."""
    await connect_demo(desk.workspace, {"supabase": small_world.describe()["supabase"]})
    return desk


async def show(
    parent: QWidget, desk: Desk, connection: Connection | None = None
) -> tuple[ConnectionDialog, asyncio.Task[str]]:
    spec = connection.spec if connection else VITEC
    answer = desk.workspace.tasks.start("dialog", edit_connection(parent, desk, spec, connection))
    return cast(ConnectionDialog, await open_dialog(ConnectionDialog)), answer


async def stored(desk: Desk, name: str) -> Connection:
    found = await desk.workspace.store.read(connections.find_connection, name)
    assert found is not None
    return found


def edit(dialog: ConnectionDialog, key: str) -> QLineEdit:
    return part(dialog.form, QLineEdit, f"connection.{key}")


def note(dialog: ConnectionDialog, key: str) -> str:
    return part(dialog.form, QLabel, f"connection.{key}.note").text()


def choose(dialog: ConnectionDialog, name: str, value: str) -> None:
    box = part(dialog, QComboBox, f"connection.{name}")
    box.setCurrentIndex(box.findData(value))


def shown(dialog: ConnectionDialog) -> set[str]:
    return {key for key, field in dialog.form.fields.items() if field.editor.isVisible()}


@pytest.fixture
async def supabase(parent: QWidget, desk: Desk) -> ConnectionDialog:
    """The empty form of Supabase."""
    dialog, _answer = await show(parent, desk)
    choose(dialog, "kind", "supabase")
    return dialog


class TestChoosingTheSystem:
    async def test_every_kind_is_offered_for_a_new_connection(self, parent: QWidget, desk: Desk) -> None:
        dialog, _answer = await show(parent, desk)
        box = part(dialog, QComboBox, "connection.kind")
        assert [box.itemData(at) for at in range(box.count())] == [kind.value for kind in KINDS]

    async def test_another_system_has_its_own_fields_name_and_test(self, supabase: ConnectionDialog) -> None:
        assert supabase.windowTitle() == "Add a Supabase connection"
        assert edit(supabase, "name").text() == "Supabase"
        assert "photo_bucket" in shown(supabase)
        assert "base_url" not in supabase.form.fields
        assert (
            supabase.findChild(QLineEdit, "connection.base_url") is None
            or not part(supabase, QLineEdit, "connection.base_url").isVisible()
        )

    async def test_what_is_saved_is_of_the_chosen_kind(self, parent: QWidget, desk: Desk) -> None:
        dialog, answer = await show(parent, desk)
        choose(dialog, "kind", "supabase")
        type_into(edit(dialog, "url"), "https://abcd.supabase.co/rest/v1/")
        click(dialog, "connection.save")
        assert await answer == "Supabase"
        assert (await stored(desk, "Supabase")).settings == {"url": "https://abcd.supabase.co"}

    async def test_an_existing_one_stays_of_its_kind(self, parent: QWidget, project_desk: Desk) -> None:
        dialog, _answer = await show(parent, project_desk, await stored(project_desk, "supabase"))
        assert not part(dialog, QComboBox, "connection.kind").isVisible()


class TestSignIn:
    async def test_only_the_fields_of_the_chosen_sign_in_are_shown_and_needed(self, supabase: ConnectionDialog) -> None:
        assert {"publishable_key", "email", "password"} <= shown(supabase)
        assert "service_key" not in shown(supabase)
        assert supabase.form.missing() == ["Project address", "Publishable key", "E-mail", "Password"]
        choose(supabase, "auth_mode", "service_key")
        assert "service_key" in shown(supabase)
        assert not {"publishable_key", "email", "password", "jwt_secret"} & shown(supabase)
        assert supabase.form.missing() == ["Project address", "Service key"]

    async def test_a_secret_of_the_other_sign_in_is_not_saved(self, supabase: ConnectionDialog) -> None:
        type_into(edit(supabase, "password"), "typed-before")
        choose(supabase, "auth_mode", "service_key")
        assert supabase.form.secrets() == {}

    async def test_the_address_of_the_key_list_is_shown_in_grey(self, supabase: ConnectionDialog) -> None:
        type_into(edit(supabase, "url"), "https://abcd.supabase.co")
        hint = edit(supabase, "jwks_url").placeholderText()
        assert hint == "https://abcd.supabase.co/auth/v1/.well-known/jwks.json"
        assert edit(supabase, "photo_bucket").placeholderText() == "pontaj-photos"

    @pytest.mark.parametrize("key", ["sb_secret_planted", SERVICE_ROLE])
    async def test_a_full_access_key_in_the_open_field_is_refused_in_words(
        self, supabase: ConnectionDialog, key: str
    ) -> None:
        type_into(edit(supabase, "publishable_key"), key)
        click(supabase, "connection.save")
        await eventually(lambda: note(supabase, "publishable_key").startswith("This is a full access key"))
        assert key not in note(supabase, "publishable_key")

    @pytest.mark.parametrize("key", ["sb_publishable_planted", ANON])
    async def test_a_publishable_key_is_no_service_key(self, supabase: ConnectionDialog, key: str) -> None:
        choose(supabase, "auth_mode", "service_key")
        type_into(edit(supabase, "service_key"), key)
        click(supabase, "connection.save")
        await eventually(lambda: note(supabase, "service_key").startswith("This is the publishable key"))


class TestSession:
    async def test_a_test_signs_in_and_keeps_nothing(
        self, parent: QWidget, desk: Desk, small_world: DemoWorld, keyring: MemoryKeyring
    ) -> None:
        dialog, _answer = await show(parent, desk)
        choose(dialog, "kind", "supabase")
        told = small_world.describe()["supabase"]
        for key in ("url", "publishable_key", "email", "password"):
            type_into(edit(dialog, key), told[key])
        click(dialog, "connection.test")
        await eventually(lambda: part(dialog, StatusChip, "connection.state").word == "Tested")
        assert f"Signed in as {told['email']}" in words(dialog)
        assert "stored unencrypted" in words(dialog)
        assert keyring._values == {}

    async def test_once_signed_in_the_password_is_not_asked_for_again(
        self, parent: QWidget, project_desk: Desk
    ) -> None:
        await project_desk.report_of(Request("connections.test", "supabase"))
        dialog, _answer = await show(parent, project_desk, await stored(project_desk, "supabase"))
        assert edit(dialog, "password").placeholderText() == "Unchanged"
        assert dialog.form.missing() == []
        type_into(edit(dialog, "email"), "other@example.ro")
        assert edit(dialog, "password").placeholderText() == "Required"
        assert dialog.form.missing() == ["Password"]

    async def test_an_empty_password_tests_with_the_kept_session_which_lives_on(
        self, parent: QWidget, project_desk: Desk
    ) -> None:
        await project_desk.report_of(Request("connections.test", "supabase"))
        dialog, _answer = await show(parent, project_desk, await stored(project_desk, "supabase"))
        click(dialog, "connection.test")
        await eventually(lambda: part(dialog, StatusChip, "connection.state").word == "Tested")
        report = await project_desk.report_of(Request("connections.test", "supabase"))
        assert report is not None
        assert report.error is None


class TestChoosingAnotherConnection:
    """The backup databases of a CETEC connection are a MySQL connection, by its name."""

    async def test_without_any_the_form_says_what_to_do_first(self, parent: QWidget, desk: Desk) -> None:
        dialog = await cetec_form(parent, desk)
        assert choices(dialog, "backups") == ["None"]
        assert note(dialog, "backups").endswith("First add a connection of this kind: MySQL server.")
        assert dialog.form.settings()["backups"] == ""

    async def test_the_only_one_is_chosen_for_a_new_connection(self, parent: QWidget, desk: Desk) -> None:
        await add(desk, "backups-eu", "mysql", host="db.example.com", user="reader")
        dialog = await cetec_form(parent, desk)
        assert part(dialog, QComboBox, "connection.backups").currentText() == "backups-eu"
        assert "First add" not in note(dialog, "backups")
        choose(dialog, "backups", "")
        assert dialog.form.settings()["backups"] == ""

    async def test_of_several_the_person_chooses(self, parent: QWidget, desk: Desk) -> None:
        await add(desk, "backups-eu", "mysql", host="db.example.com", user="reader")
        await add(desk, "backups-us", "mysql", host="db.example.org", user="reader")
        await add(desk, "hub", "vitec")
        dialog = await cetec_form(parent, desk)
        assert choices(dialog, "backups") == ["None", "backups-eu", "backups-us"]
        assert part(dialog, QComboBox, "connection.backups").currentText() == "None"

    async def test_a_stored_name_that_is_gone_stays_visible(self, parent: QWidget, desk: Desk) -> None:
        await add(desk, "cetec", "cetec", domain="acme", backups="gone")
        await add(desk, "backups-eu", "mysql", host="db.example.com", user="reader")
        dialog, _answer = await show(parent, desk, await stored(desk, "cetec"))
        assert part(dialog, QComboBox, "connection.backups").currentText() == "gone (unknown)"
        assert dialog.form.settings()["backups"] == "gone"

    async def test_the_choice_is_stored(self, parent: QWidget, desk: Desk) -> None:
        await add(desk, "cetec", "cetec", domain="acme", backups="gone")
        await add(desk, "backups-eu", "mysql", host="db.example.com", user="reader")
        dialog, answer = await show(parent, desk, await stored(desk, "cetec"))
        choose(dialog, "backups", "backups-eu")
        click(dialog, "connection.save")
        assert await answer == "cetec"
        assert (await stored(desk, "cetec")).settings["backups"] == "backups-eu"


class TestSwitches:
    async def test_a_switch_shows_its_default_and_carries_its_own_words(self, parent: QWidget, desk: Desk) -> None:
        dialog = await cetec_form(parent, desk)
        billable = part(dialog, QCheckBox, "connection.only_billable")
        assert (billable.isChecked(), billable.text()) == (True, "Billable customers only")
        assert not part(dialog, QCheckBox, "connection.support_passwords").isChecked()
        assert dialog.form.settings()["only_billable"] == ""

    async def test_what_differs_from_the_default_is_stored_as_yes_or_no(self, parent: QWidget, desk: Desk) -> None:
        dialog, answer = await show(parent, desk)
        choose(dialog, "kind", "cetec")
        type_into(edit(dialog, "domain"), "acme")
        for key in ("only_billable", "support_passwords"):
            box = part(dialog, QCheckBox, f"connection.{key}")
            box.setFocus()
            QTest.keyClick(box, Qt.Key.Key_Space)
        click(dialog, "connection.save")
        assert await answer == "CETEC ERP"
        assert (await stored(desk, "CETEC ERP")).settings == {
            "domain": "acme.cetecerp.com", "only_billable": False, "support_passwords": True,
        }  # fmt: skip

    async def test_a_stored_switch_comes_back_as_it_was_and_returns_to_its_default(
        self, parent: QWidget, desk: Desk
    ) -> None:
        await add(desk, "cetec", "cetec", domain="acme", only_billable="false")
        dialog, answer = await show(parent, desk, await stored(desk, "cetec"))
        billable = part(dialog, QCheckBox, "connection.only_billable")
        assert not billable.isChecked()
        billable.click()
        click(dialog, "connection.save")
        assert await answer == "cetec"
        assert (await stored(desk, "cetec")).settings == {"domain": "acme.cetecerp.com"}


class TestFieldsThatOthersMakeMoot:
    async def test_an_address_makes_the_domain_needless(self, parent: QWidget, desk: Desk) -> None:
        dialog = await cetec_form(parent, desk)
        assert dialog.form.missing() == ["Domain", "Preshared token"]
        type_into(edit(dialog, "api_url"), "acme.cetecerp.com/")
        assert dialog.form.missing() == ["Preshared token"]
        assert edit(dialog, "domain").placeholderText() == ""

    async def test_an_address_without_its_beginning_is_completed(self, parent: QWidget, desk: Desk) -> None:
        dialog, answer = await show(parent, desk)
        choose(dialog, "kind", "cetec")
        type_into(edit(dialog, "api_url"), "acme.cetecerp.com/")
        click(dialog, "connection.save")
        assert await answer == "CETEC ERP"
        assert (await stored(desk, "CETEC ERP")).settings == {"api_url": "https://acme.cetecerp.com"}

    async def test_the_address_that_a_domain_makes_is_shown_in_grey(self, parent: QWidget, desk: Desk) -> None:
        dialog = await cetec_form(parent, desk)
        assert edit(dialog, "domain").placeholderText() == "Required"
        type_into(edit(dialog, "domain"), "https://acme.cetecerp.com/")
        assert edit(dialog, "api_url").placeholderText() == "https://acme.cetecerp.com"

    async def test_a_socket_makes_the_host_needless(self) -> None:
        form = ConnectionForm(MYSQL, "backups", None, (), [])
        assert form.missing() == ["Host", "User"]
        type_into(part(form, QLineEdit, "connection.socket"), "/run/mysqld/mysqld.sock")
        assert form.missing() == ["User"]


async def cetec_form(parent: QWidget, desk: Desk) -> ConnectionDialog:
    """The empty form of CETEC."""
    dialog, _answer = await show(parent, desk)
    choose(dialog, "kind", "cetec")
    return dialog


async def add(desk: Desk, name: str, kind: str, **settings: str) -> None:
    report = await desk.report_of(
        Request("connections.create", params={"name": name, "kind": kind, "settings": settings})
    )
    assert report is not None
    assert report.error is None


def choices(dialog: ConnectionDialog, key: str) -> list[str]:
    box = part(dialog, QComboBox, f"connection.{key}")
    return [box.itemText(at) for at in range(box.count())]
