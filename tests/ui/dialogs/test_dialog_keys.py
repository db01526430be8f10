"""Enter and Escape in the dialogs: what has the keyboard is pressed, Escape leaves, and nothing is done by surprise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLineEdit, QListWidget, QWidget

from app.domain.connections import Connection
from app.domain.kinds import KINDS
from app.domain.webhooks.endpoint import WebhookEndpoint
from app.operations.runner import Request
from app.store import connections, runs, webhooks
from tests.support.window import eventually, part
from ui.desk import Desk
from ui.dialogs.connection import ConnectionDialog
from ui.dialogs.connection_log import ConnectionLogDialog
from ui.dialogs.connection_sign_in import SignInDialog
from ui.dialogs.mappings import MappingsDialog
from ui.dialogs.organizations import OrganizationsDialog
from ui.dialogs.passcode import PasscodeDialog, Purpose
from ui.dialogs.schedule_editor import ScheduleEditor
from ui.dialogs.schedules import SchedulesDialog
from ui.dialogs.settings import SettingsDialog
from ui.dialogs.webhook import WebhookDialog
from ui.dialogs.webhook_resend import ResendDialog
from ui.dialogs.webhook_resume import ResumeDialog
from ui.dialogs.webhook_secret import RotateDialog
from ui.dialogs.webhook_test import TestDialog
from ui.dialogs.webhook_verify import VerifyCard

Make = Callable[[QWidget, Desk, Connection, WebhookEndpoint], QDialog]
DIALOGS: dict[str, Make] = {
    "connection.cancel": lambda parent, desk, c, _w: ConnectionDialog(parent, desk, KINDS[c.kind], c, []),
    "sign_in.cancel": lambda parent, desk, c, _w: SignInDialog(parent, desk, c),
    "sync_log.close": lambda parent, desk, c, _w: ConnectionLogDialog(parent, desk, c),
    "mappings.close": lambda parent, desk, c, _w: MappingsDialog(parent, desk, c),
    "schedules.close": lambda parent, desk, c, _w: SchedulesDialog(parent, desk, c),
    "schedule.cancel": lambda parent, desk, c, _w: ScheduleEditor(parent, desk, c, None, 900),
    "settings_dialog.cancel": lambda parent, desk, _c, _w: SettingsDialog(parent, desk),
    "organizations.close": lambda parent, desk, _c, _w: OrganizationsDialog(parent, desk),
    "passcode.cancel": lambda parent, desk, _c, _w: PasscodeDialog(parent, desk, Purpose.SET),
    "webhook.cancel": lambda parent, desk, _c, w: WebhookDialog(parent, desk, w, [], {}),
    "webhook_resend.cancel": lambda parent, desk, _c, _w: ResendDialog(parent, desk),
    "webhook_rotate.close": lambda parent, desk, _c, w: RotateDialog(parent, desk, w),
    "webhook_test.close": lambda parent, desk, _c, w: TestDialog(parent, desk, w.id, w.name),
    "webhook_verify.close": lambda parent, _desk, _c, _w: VerifyCard(parent),
    "webhook_resume.cancel": lambda parent, _desk, _c, w: ResumeDialog(parent, w.name, 3),
}
"""By the name of the button that leaves each."""


@pytest.fixture
async def shown(demo_desk: Desk, request: pytest.FixtureRequest) -> AsyncIterator[tuple[QDialog, str]]:
    """One of them, shown."""
    leave: str = request.param
    vitec = await demo_desk.workspace.store.read(connections.find_connection, "vitec")
    params = {"name": "Intranet", "url": "https://example.com/hooks", "event_types": "integration.*"}
    await demo_desk.report_of(Request("webhooks.create", params=params))
    [webhook] = await demo_desk.workspace.store.read(webhooks.endpoints)
    assert vitec is not None
    parent = QWidget()
    dialog = DIALOGS[leave](parent, demo_desk, vitec, webhook)
    dialog.show()
    dialog.activateWindow()
    await eventually(dialog.isActiveWindow)
    await asyncio.sleep(0.1)  # what it reads is there
    yield dialog, leave
    parent.deleteLater()


@pytest.mark.parametrize("shown", DIALOGS, indirect=True)
async def test_escape_leaves(shown: tuple[QDialog, str]) -> None:
    dialog, _leave = shown
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Escape)
    await eventually(dialog.isHidden)


@pytest.mark.parametrize("shown", DIALOGS, indirect=True)
async def test_enter_on_the_button_that_leaves_leaves_and_does_nothing_else(
    shown: tuple[QDialog, str], demo_desk: Desk
) -> None:
    dialog, leave = shown
    before = await demo_desk.workspace.store.read(runs.runs)
    button = part(dialog, QAbstractButton, leave)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Return)
    await eventually(dialog.isHidden)
    assert dialog.result() == QDialog.DialogCode.Rejected
    assert len(await demo_desk.workspace.store.read(runs.runs)) == len(before)


async def test_enter_in_the_name_of_an_organization_adds_it_and_switches_to_none(desk: Desk) -> None:
    await desk.report_of(Request("organizations.add", params={"name": "Other firm"}))
    parent = QWidget()
    dialog = OrganizationsDialog(parent, desk)
    left: list[str] = []
    dialog.chosen.connect(left.append)
    dialog.show()
    names = part(dialog, QListWidget, "organizations.list")
    await eventually(lambda: names.count() == 2)
    names.setCurrentRow(1)
    name = part(dialog, QLineEdit, "organizations.name")
    name.setFocus()
    QTest.keyClicks(name, "Third firm")
    QTest.keyClick(name, Qt.Key.Key_Return)
    await eventually(lambda: names.count() == 3)
    assert (left, dialog.isVisible()) == ([], True)
    dialog.close()
    parent.deleteLater()
