"""Signing in again, as a person does it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from app.demo.world import DemoWorld
from app.operations.runner import Request
from app.store import connections
from tests.support.connections_page import cells, open_page, trigger
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.connection_sign_in import SignInDialog
from ui.pages.connections import ConnectionsPage
from ui.widgets import Button, ConfirmDialog


async def key_in_use(desk: Desk) -> str:
    found = await desk.workspace.store.read(connections.find_connection, "vitec")
    assert found is not None
    return await desk.workspace.vault.get(found, "access_key")


@pytest.fixture
async def page(demo_desk: Desk) -> ConnectionsPage:
    """The page, with a key that is refused since it was changed at Vitec."""
    found = await demo_desk.workspace.store.read(connections.find_connection, "vitec")
    assert found is not None
    await demo_desk.report_of(Request("connections.test", "vitec"))
    await demo_desk.workspace.vault.set(found.id, "access_key", "the old one")
    await demo_desk.report_of(Request("connections.test", "vitec"))
    return await open_page(demo_desk)


async def test_a_refused_connection_offers_it_and_a_key_that_works_ends_the_trouble(
    page: ConnectionsPage, demo_desk: Desk, small_world: DemoWorld, voice: Heard
) -> None:
    assert cells(page, "vitec")["health"] == "Needs sign-in"
    click(page, "connections.sign_in_now")
    dialog = await open_dialog(SignInDialog)
    type_into(part(dialog, QLineEdit, "sign_in.access_key"), small_world.describe()["vitec"]["access_key"])
    click(dialog, "sign_in.test")
    await eventually(lambda: voice.toasts == ["Signed in to vitec again."])
    await eventually(lambda: cells(page, "vitec")["health"] == "Connected")
    await eventually(lambda: not part(page, Button, "connections.sign_in_now").isVisible())


async def test_a_wrong_key_is_said_beside_its_step_and_the_old_one_stays(
    page: ConnectionsPage, demo_desk: Desk, voice: Heard
) -> None:
    trigger(page, "connections.sign_in")
    dialog = await open_dialog(SignInDialog)
    assert isinstance(dialog, SignInDialog)
    field = part(dialog, QLineEdit, "sign_in.access_key")
    assert field.echoMode() is QLineEdit.EchoMode.Password
    assert field.text() == ""
    type_into(field, "a wrong one")
    QTest.keyClick(field, Qt.Key.Key_Return)
    await eventually(part(dialog, QLabel, "sign_in.verdict").text)
    await eventually(lambda: "Vitec Hub unauthorized." in words(dialog))
    assert "The old sign-in stays in use." in words(dialog)
    assert "check the product login" in dialog.panel.verdict.text().lower()
    assert await key_in_use(demo_desk) == "the old one"
    assert voice.toasts == []


async def test_without_anything_typed_it_asks_for_it(page: ConnectionsPage) -> None:
    trigger(page, "connections.sign_in")
    dialog = await open_dialog(SignInDialog)
    click(dialog, "sign_in.test")
    await eventually(lambda: "Enter the new password, key or token." in words(dialog))


async def test_another_system_is_asked_about(
    page: ConnectionsPage, demo_desk: Desk, small_world: DemoWorld, voice: Heard
) -> None:
    found = await demo_desk.workspace.store.read(connections.find_connection, "vitec")
    assert found is not None
    seen = {"identity": {"employees": 340}}
    await demo_desk.workspace.store.write(connections.note_test, found.id, seen, ok=False, error="refused")
    good = small_world.describe()["vitec"]["access_key"]
    trigger(page, "connections.sign_in")
    dialog = await open_dialog(SignInDialog)
    type_into(part(dialog, QLineEdit, "sign_in.access_key"), good)
    click(dialog, "sign_in.test")
    question = await open_dialog(ConfirmDialog)
    assert "Employees: 340 before, 12 now" in words(question)
    click(question, "confirm.cancel")
    await eventually(lambda: not question.isVisible())
    assert await key_in_use(demo_desk) == "the old one"
    click(dialog, "sign_in.test")
    click(await open_dialog(ConfirmDialog), "confirm.action")
    await eventually(lambda: voice.toasts == ["Signed in to vitec again."])
    assert await key_in_use(demo_desk) == good
