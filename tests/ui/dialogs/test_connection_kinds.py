"""The dialog of a Supabase connection: choosing the system, fields of the chosen sign-in, keys in the right field."""

from __future__ import annotations

import asyncio
from typing import cast

import jwt
import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.connections import Connection
from app.domain.kinds import KINDS, VITEC
from app.operations.runner import Request
from app.store import connections
from app.vault import MemoryKeyring
from tests.support.window import click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.connection import ConnectionDialog, edit_connection
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
