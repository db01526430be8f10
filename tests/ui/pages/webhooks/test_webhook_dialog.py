"""The dialog that adds and edits a webhook, as a person uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QLineEdit, QPlainTextEdit

from app.domain.kinds.sign_in import AuthenticationType
from app.domain.webhooks.endpoint import SECRET, PayloadFormat, WebhookEndpoint
from app.domain.webhooks.events import EventType
from app.domain.webhooks.signature import new_secret
from app.store import webhooks
from tests.support.webhook_page import enter, opened, said
from tests.support.webhooks import Hooks
from tests.support.window import Heard, click, eventually, open_dialog, part
from ui.desk import Desk
from ui.dialogs.webhook import WebhookDialog
from ui.dialogs.webhook_events import EventTree
from ui.widgets import Button, ConfirmDialog


@asynccontextmanager
async def a_form(desk: Desk, name: str = "") -> AsyncIterator[WebhookDialog]:
    """The empty form, or that of a webhook."""
    async with opened(desk) as page:
        if name:
            found = await desk.workspace.store.read(webhooks.find_endpoint, name)
            assert found is not None
            page.endpoints.actions_of.edit(found)
        else:
            click(page, "webhooks.add")
        dialog = await open_dialog(WebhookDialog)
        assert isinstance(dialog, WebhookDialog)
        yield dialog


def _says(dialog: QDialog, text: str) -> bool:
    return text in said(dialog)


async def stored(desk: Desk, name: str) -> WebhookEndpoint | None:
    return await desk.workspace.store.read(webhooks.find_endpoint, name)


def choose(dialog: QDialog, field: str, value: str) -> None:
    box = part(dialog, QComboBox, f"webhook.{field}")
    box.setCurrentIndex(box.findData(value))


def tick(dialog: WebhookDialog, pattern: str, *, on: bool = True) -> None:
    dialog.events.item(pattern).setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)


def note(dialog: QDialog, field: str) -> str:
    return part(dialog, QLabel, f"webhook.{field}.note").text()


async def save_anyway(dialog: WebhookDialog) -> str:
    """Press Save and confirm what is warned of; the warning."""
    click(dialog, "webhook.save")
    question = await open_dialog(ConfirmDialog)
    text = said(question)
    click(question, "confirm.action")
    return text


class TestAdding:
    async def test_a_new_one_is_stored_its_secret_shown_this_once_and_tested(self, desk: Desk, hooks: Hooks) -> None:
        async with a_form(desk) as dialog:
            enter(dialog, "webhook.name", "Payroll")
            enter(dialog, "webhook.url", f"{hooks.receiver.base_url}/ok")
            part(dialog, QCheckBox, "webhook.insecure").setChecked(True)
            tick(dialog, "integration.sync.completed")
            tick(dialog, "1c.*")
            warned = await save_anyway(dialog)
            assert "Plain http: everybody on the way can read what is sent." in warned
            await eventually(lambda: dialog.findChild(QLineEdit, "webhook.secret_shown.value") is not None)
            shown = part(dialog, QLineEdit, "webhook.secret_shown.value").text()
            assert part(dialog, Button, "webhook.save").text() == "Skip the test"
            click(dialog, "webhook_test.send")
            await eventually(lambda: part(dialog, Button, "webhook.save").text() == "Done")
            click(dialog, "webhook.save")
        endpoint = await stored(desk, "Payroll")
        assert endpoint is not None
        assert endpoint.event_types == ("integration.sync.completed", "1c.*")
        assert await desk.workspace.vault.get(endpoint, SECRET) == shown
        assert [one.headers["webhook-attempt"] for one in hooks.heard()] == ["1"]

    async def test_what_is_wrong_stands_at_its_field_and_nothing_is_stored(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll")
        async with a_form(desk) as dialog:
            enter(dialog, "webhook.name", "Payroll")
            enter(dialog, "webhook.url", "http://example.com/hooks")
            choose(dialog, "signing", "own")
            enter(dialog, "webhook.secret", "abc")
            choose(dialog, "auth_type", "bearer")
            part(dialog, QPlainTextEdit, "webhook.headers").setPlainText("X-Team payroll")
            click(dialog, "webhook.save")
            await eventually(lambda: "already a webhook named Payroll" in note(dialog, "name"))
            assert "Plain http sends everything readable" in note(dialog, "url")
            assert "24 to 64 bytes" in note(dialog, "secret")
            assert note(dialog, "token") == "This field is needed."
            assert "X-Team payroll is no header" in note(dialog, "headers")
            enter(dialog, "webhook.url", "https://example.com/hooks")
            assert "Where messages are sent" in note(dialog, "url")
        assert len(await desk.workspace.store.read(webhooks.endpoints)) == 1

    async def test_without_an_event_nothing_is_stored(self, desk: Desk) -> None:
        async with a_form(desk) as dialog:
            enter(dialog, "webhook.name", "Payroll")
            enter(dialog, "webhook.url", "https://example.com/hooks")
            assert "Choose at least one event on the right." in said(dialog)
            click(dialog, "webhook.save")
            await eventually(dialog.events.tree.hasFocus)
        assert await stored(desk, "Payroll") is None

    async def test_a_safe_one_is_stored_without_a_question(self, desk: Desk) -> None:
        async with a_form(desk) as dialog:
            enter(dialog, "webhook.name", "Payroll")
            enter(dialog, "webhook.url", "https://example.com/hooks")
            tick(dialog, "*")
            choose(dialog, "auth_type", "basic")
            enter(dialog, "webhook.username", "muster")
            enter(dialog, "webhook.password", "correct horse")
            choose(dialog, "payload_format", "standard")
            part(dialog, QPlainTextEdit, "webhook.headers").setPlainText("X-Team: payroll\nX-Site: north")
            click(dialog, "webhook.save")
            await eventually(lambda: dialog.saved)
        endpoint = await stored(desk, "Payroll")
        assert endpoint is not None
        assert endpoint.sign_in.auth_type is AuthenticationType.BASIC
        assert endpoint.headers == {"X-Team": "payroll", "X-Site": "north"}
        assert endpoint.payload_format is PayloadFormat.STANDARD
        assert await desk.workspace.vault.get(endpoint, "password") == "correct horse"

    async def test_a_secret_of_the_receivers_own_is_kept_and_not_shown(self, desk: Desk) -> None:
        own = new_secret()
        async with a_form(desk) as dialog:
            enter(dialog, "webhook.name", "Payroll")
            enter(dialog, "webhook.url", "https://example.com/hooks")
            tick(dialog, "*")
            choose(dialog, "signing", "own")
            enter(dialog, "webhook.secret", own)
            click(dialog, "webhook.save")
            await eventually(lambda: dialog.saved)
            assert dialog.findChild(QLineEdit, "webhook.secret_shown.value") is None
        endpoint = await stored(desk, "Payroll")
        assert endpoint is not None
        assert await desk.workspace.vault.get(endpoint, SECRET) == own

    async def test_what_was_typed_is_not_thrown_away_without_asking(self, desk: Desk) -> None:
        async with a_form(desk) as dialog:
            enter(dialog, "webhook.name", "Payroll")
            click(dialog, "webhook.cancel")
            question = await open_dialog(ConfirmDialog)
            click(question, "confirm.cancel")
            assert dialog.isVisible()


class TestEditing:
    async def test_only_what_was_changed_is_stored_and_secrets_stay(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll", retry_attempts=7, headers={"X-Team": "a"}, auth_type="bearer",
                        secrets={"token": "t0ken-of-payroll"})  # fmt: skip
        before = await stored(desk, "Payroll")
        assert before is not None
        secret = await desk.workspace.vault.get(before, SECRET)
        async with a_form(desk, "Payroll") as dialog:
            enter(dialog, "webhook.name", "Pay")
            click(dialog, "webhook.save")
            await eventually(lambda: dialog.saved)
        after = await stored(desk, "Pay")
        assert after is not None
        assert (after.retry_attempts, after.headers, after.event_types) == (7, {"X-Team": "a"}, before.event_types)
        assert await desk.workspace.vault.get(after, SECRET) == secret
        assert await desk.workspace.vault.get(after, "token") == "t0ken-of-payroll"

    async def test_saving_without_a_change_runs_nothing(self, desk: Desk, hooks: Hooks, voice: Heard) -> None:
        await hooks.add("/ok", "Payroll")
        before = await stored(desk, "Payroll")
        async with a_form(desk, "Payroll") as dialog:
            closed: list[int] = []
            dialog.finished.connect(closed.append)
            click(dialog, "webhook.save")
            await eventually(lambda: closed == [QDialog.DialogCode.Accepted.value])
        assert await stored(desk, "Payroll") == before
        assert voice.toasts == []

    async def test_no_signature_any_more_has_to_be_confirmed(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll")
        async with a_form(desk, "Payroll") as dialog:
            choose(dialog, "signing", "unsigned")
            assert "Deliveries are not signed" in await save_anyway(dialog)
            await eventually(lambda: dialog.saved)
        after = await stored(desk, "Payroll")
        assert after is not None
        assert SECRET not in after.secrets

    async def test_a_pattern_of_the_command_line_stays(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll", event_types="integration.sync.*,1c.personnel.synced")
        async with a_form(desk, "Payroll") as dialog:
            tick(dialog, "system.*")
            click(dialog, "webhook.save")
            await eventually(lambda: dialog.saved)
        after = await stored(desk, "Payroll")
        assert after is not None
        assert set(after.event_types) == {"integration.sync.*", "1c.personnel.synced", "system.*"}


class TestTree:
    async def test_a_wildcard_covers_what_is_below_it_and_gives_it_back(self, desk: Desk) -> None:
        async with a_form(desk) as dialog:
            tick(dialog, "1c.schedule.sent")
            tick(dialog, "1c.*")
            assert dialog.events.patterns() == ("1c.*",)
            covered = dialog.events.item("1c.schedule.sent")
            assert covered.data(0, Qt.ItemDataRole.AccessibleTextRole) == "1c.schedule.sent, told with the group"
            tick(dialog, "1c.*", on=False)
            assert dialog.events.patterns() == ("1c.schedule.sent",)
            tick(dialog, "*")
            assert dialog.events.patterns() == ("*",)

    async def test_a_sample_is_shown_in_the_chosen_format_and_says_where_it_is_from(self, desk: Desk) -> None:
        tree = EventTree((), {EventType.SYNC_COMPLETED: {"connection_id": "of-this-very-firm"}})
        tree.show()
        tree.tree.setCurrentItem(tree.item("integration.sync.completed"))
        assert "of-this-very-firm" in tree.sample.toPlainText()
        assert '"event_type"' in tree.sample.toPlainText()
        assert "Happened here" in tree.note.text()
        tree.show_format(PayloadFormat.STANDARD)
        assert '"type": "integration.sync.completed"' in tree.sample.toPlainText()
        tree.tree.setCurrentItem(tree.item("integration.sync.failed"))
        assert "has not happened here yet" in tree.note.text()


async def test_a_payload_of_ones_own_has_to_be_an_object(desk: Desk, hooks: Hooks) -> None:
    await hooks.add("/ok", "Payroll")
    async with opened(desk) as page:
        click(page, "webhooks.test")
        dialog = await open_dialog(QDialog, "webhook_test")
        part(dialog, QCheckBox, "webhook_test.own").setChecked(True)
        payload = part(dialog, QPlainTextEdit, "webhook_test.payload")
        for text, problem in (("{", "This is no JSON."), ("[1]", "A payload is a JSON object.")):
            payload.setPlainText(text)
            click(dialog, "webhook_test.send")
            await eventually(partial(_says, dialog, problem))
        assert hooks.heard() == []
        payload.setPlainText('{"greeting": "hei"}')
        click(dialog, "webhook_test.send")
        await eventually(lambda: "HTTP 200" in said(dialog))
    assert b'"greeting":"hei"' in hooks.heard()[0].body
