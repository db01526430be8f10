"""The endpoints of the Webhooks page, as a person uses them."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit

from app.access import Role
from app.domain.webhooks.delivery import DeliveryStatus
from app.domain.webhooks.endpoint import SECRET
from app.domain.webhooks.signature import new_secret
from tests.support.running import run
from tests.support.webhook_page import cells, enter, opened, rows, said
from tests.support.webhooks import Hooks
from tests.support.window import Heard, click, eventually, open_dialog, part, words
from ui.desk import Desk
from ui.dialogs.webhook_resume import ResumeDialog
from ui.dialogs.webhook_secret import RotateDialog
from ui.dialogs.webhook_test import TestDialog
from ui.dialogs.webhook_verify import SNIPPET, VerifyCard
from ui.pages.webhooks import WebhooksPage
from ui.pages.webhooks.page import INNER
from ui.pages.webhooks.sparkline import Sparkline
from ui.widgets import BannerArea, Button, ConfirmDialog, EmptyState


class TestTable:
    async def test_without_webhooks_it_says_what_they_are_for(self, desk: Desk) -> None:
        async with opened(desk) as page:
            state = part(page, EmptyState, "webhooks.state")
            await eventually(lambda: "No webhooks yet" in words(state))
            await eventually(lambda: [button.text() for button in state.findChildren(Button)] == ["Add webhook"])

    async def test_a_row_says_how_a_receiver_is_doing(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll", event_types="integration.*")
        await hooks.add("/refused", "Chat bot", retry_attempts=0, event_types="*")
        await hooks.happen(3)
        await hooks.send()
        async with opened(desk) as page:
            payroll, chat = cells(page.endpoints.pane, "Payroll"), cells(page.endpoints.pane, "Chat bot")
        assert (payroll["state"], payroll["recent"], payroll["success_rate"]) == ("Works", "3 of 3 arrived", "100 %")
        assert payroll["events"] == "integration.*"
        assert payroll["last_success"] == "just now"
        assert payroll["last_failure"] == ""
        assert (chat["state"], chat["events"], chat["success_rate"]) == ("Needs a look", "All events", "0 %")

    async def test_the_details_say_cause_and_remedy_and_show_the_line_of_health(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/refused", "Chat bot", retry_attempts=0)
        await hooks.happen(2)
        await hooks.send()
        async with opened(desk) as page:
            details = page.endpoints.details
            await eventually(lambda: "Chat bot answers 401: check address and credentials." in said(details))
            told = said(details)
            assert "The receiver refused with status 401." in told
            assert "Check the address and the sign-in of the webhook." in told
            line = part(page, Sparkline, "webhooks.sparkline")
            assert line.accessibleName() == "Last deliveries: 0 of 2 arrived"

    async def test_the_switch_that_holds_everything_back_is_a_banner_that_can_be_pressed(
        self, desk: Desk, hooks: Hooks
    ) -> None:
        await hooks.add("/ok", "Payroll")
        desk.workspace.settings_file.change(enable_webhooks=False)
        async with opened(desk) as page:
            banners = part(page, BannerArea, "webhooks.banners")
            banner = banners.banner("enable_webhooks")
            assert banner is not None
            assert "nothing is sent" in banner.text
            assert "switched off" in page.endpoints.chip.accessibleName()
            (button,) = [b for b in banner.findChildren(Button) if b.text() == "Switch on"]
            button.click()
            await eventually(lambda: banners.banner("enable_webhooks") is None)
            assert desk.workspace.settings.enable_webhooks
            assert "1 active" in page.endpoints.chip.accessibleName()

    async def test_what_is_switched_off_is_said_over_every_view(self, desk: Desk, hooks: Hooks) -> None:
        key, _secret = await hooks.add("/gone", "Old intranet")
        await hooks.happen()
        await hooks.send()
        desk.workspace.settings_file.change(enable_webhooks=False)
        desk.layouts.set("webhooks/tab", "statistics")
        page = WebhooksPage(desk)
        page.show()
        banners = part(page, BannerArea, "webhooks.banners")
        await eventually(lambda: banners.keys() == ["enable_webhooks", f"off {key}"])
        for name in INNER:
            page.open_inner(name)
            shown = [banners.banner(banner) for banner in ("enable_webhooks", f"off {key}")]
            assert [banner is not None and banner.isVisible() for banner in shown] == [True, True], name
        page.close()

    async def test_who_may_not_change_settings_reads_why_nothing_is_sent(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll")
        await desk.workspace.change_settings(enable_webhooks=False, role=Role.OPERATOR)
        async with opened(desk) as page:
            banner = part(page, BannerArea, "webhooks.banners").banner("enable_webhooks")
            assert banner is not None
            assert "integrations.admin" in banner.remedy
            assert not [b for b in banner.findChildren(Button) if b.text() == "Switch on"]

    async def test_a_receiver_that_is_gone_is_a_banner_until_it_is_dismissed(self, desk: Desk, hooks: Hooks) -> None:
        key, _secret = await hooks.add("/gone", "Old intranet")
        await hooks.happen()
        await hooks.send()
        async with opened(desk) as page:
            banners = part(page, BannerArea, "webhooks.banners")
            banner = banners.banner(f"off {key}")
            assert banner is not None
            assert "gone for good (410)" in banner.text
            assert "enter its new address" in banner.remedy
            assert cells(page.endpoints.pane, "Old intranet")["state"] == "Receiver is gone"
            assert page.attention == 1
            banners.clear(f"off {key}")
            await page.endpoints.read()
            assert banners.keys() == []

    async def test_a_secret_that_cannot_be_read_is_said_until_something_is_sent_again(
        self, desk: Desk, hooks: Hooks
    ) -> None:
        key, secret = await hooks.add("/ok", "Payroll")
        endpoint = await hooks.endpoint(key)
        await desk.workspace.vault.delete(key, SECRET)
        await hooks.happen()
        async with opened(desk) as page:
            await hooks.send(0.5)
            banners = part(page, BannerArea, "webhooks.banners")
            banner = banners.banner(f"held {key}")
            assert banner is not None
            assert "is not in the keyring" in banner.text
            await desk.workspace.vault.set(endpoint.id, SECRET, secret)
            await run(desk.workspace, "webhooks.test", params={"id": key})
            assert banners.keys() == []

    async def test_a_record_is_brought_into_view_by_name(self, desk: Desk, hooks: Hooks) -> None:
        for name in ("A", "B", "C"):
            await hooks.add("/ok", name)
        async with opened(desk, "events") as page:
            page.show_record("B")
            await eventually(lambda: (row := page.endpoints.pane.table.current_row()) and row.endpoint.name == "B")
            assert page.tabs.currentIndex() == 0

    async def test_who_may_not_is_told_what_is_missing(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll")
        desk.workspace.settings_file.change(role=Role.VIEWER)
        async with opened(desk) as page:
            for name in ("webhooks.add", "webhooks.edit", "webhooks.test", "webhooks.pause", "webhooks.delete"):
                button = part(page, Button, name)
                assert not button.isEnabled(), name
                assert "integrations." in button.toolTip(), name


class TestDoing:
    async def test_a_pause_and_a_resume_with_what_was_missed(self, desk: Desk, hooks: Hooks, voice: Heard) -> None:
        await hooks.add("/ok", "Payroll")
        async with opened(desk) as page:
            click(page, "webhooks.pause")
            await eventually(lambda: voice.toasts == ["Paused Payroll."])
            await hooks.happen(2)
            await page.endpoints.read()
            assert cells(page.endpoints.pane, "Payroll")["state"] == "Paused"
            click(page, "webhooks.resume")
            dialog = await open_dialog(ResumeDialog)
            assert "2 events happened meanwhile" in part(dialog, QLabel, "webhook_resume.missed").text()
            click(dialog, "webhook_resume.send")
            await eventually(lambda: voice.toasts[1:] == ["Resumed Payroll; 2 events are sent."])
        await hooks.send()
        assert len(hooks.heard()) == 2

    async def test_a_resume_without_anything_missed_asks_nothing(self, desk: Desk, hooks: Hooks, voice: Heard) -> None:
        await hooks.add("/ok", "Payroll")
        async with opened(desk) as page:
            click(page, "webhooks.pause")
            await eventually(lambda: part(page, Button, "webhooks.pause").isHidden())
            click(page, "webhooks.resume")
            await eventually(lambda: voice.toasts == ["Paused Payroll.", "Resumed Payroll."])

    async def test_deleting_says_what_is_cancelled_and_keeps_the_log(
        self, desk: Desk, hooks: Hooks, voice: Heard
    ) -> None:
        await hooks.add("/ok", "Payroll")
        await hooks.happen(2)
        async with opened(desk) as page:
            click(page, "webhooks.delete")
            question = await open_dialog(ConfirmDialog)
            assert "2 deliveries that wait are cancelled." in words(question)
            click(question, "confirm.action")
            await eventually(lambda: voice.toasts == ["Deleted Payroll."])
            await rows(page.endpoints.pane, 0)
        assert [d.status for d in await hooks.deliveries()] == [DeliveryStatus.CANCELLED] * 2

    async def test_a_new_secret_is_shown_this_once_and_copied(self, desk: Desk, hooks: Hooks) -> None:
        key, before = await hooks.add("/ok", "Payroll")
        async with opened(desk) as page:
            click(page, "webhooks.rotate")
            dialog = await open_dialog(RotateDialog)
            click(dialog, "webhook_rotate.go")
            shown = part(dialog, QLineEdit, "webhook_rotate.secret.value")
            await eventually(shown.isVisible)
            click(dialog, "webhook_rotate.secret.copy")
            made = shown.text()
        fresh = await desk.workspace.vault.get(await hooks.endpoint(key), SECRET)
        assert QGuiApplication.clipboard().text() == made == fresh != before

    async def test_a_secret_of_the_receivers_own_is_checked_first(self, desk: Desk, hooks: Hooks, voice: Heard) -> None:
        key, _before = await hooks.add("/ok", "Payroll")
        own = new_secret()
        async with opened(desk) as page:
            click(page, "webhooks.rotate")
            dialog = await open_dialog(RotateDialog)
            enter(dialog, "webhook_rotate.own", "too short")
            click(dialog, "webhook_rotate.go")
            await eventually(lambda: "24 to 64 bytes" in said(dialog))
            enter(dialog, "webhook_rotate.own", own)
            click(dialog, "webhook_rotate.go")
            await eventually(lambda: voice.toasts == ["Payroll has a new secret."])
        assert await desk.workspace.vault.get(await hooks.endpoint(key), SECRET) == own

    async def test_a_test_shows_what_came_back(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/refused", "Payroll")
        async with opened(desk) as page:
            click(page, "webhooks.test")
            dialog = await open_dialog(TestDialog)
            click(dialog, "webhook_test.send")
            await eventually(lambda: "HTTP 401" in said(dialog))
            told = said(dialog)
            assert "who are you?" in told
            assert "Check the address and the sign-in of the webhook." in told
            assert "webhook-signature: v1," in told

    async def test_the_help_card_has_code_that_is_python(self, desk: Desk) -> None:
        async with opened(desk) as page:
            click(page, "webhooks.verify")
            card = await open_dialog(VerifyCard)
            click(card, "webhook_verify.copy")
        assert QGuiApplication.clipboard().text() == SNIPPET
        compile(SNIPPET, "snippet", "exec")


async def test_the_code_of_the_help_card_takes_what_was_sent_and_refuses_what_was_altered(
    desk: Desk, hooks: Hooks
) -> None:
    _key, secret = await hooks.add("/ok", "Payroll")
    await hooks.happen()
    await hooks.send()
    (heard,) = hooks.heard()
    seen: list[object] = []
    world: dict[str, object] = {"remember": seen.append, "start_work": seen.append}
    exec(SNIPPET.replace("whsec_...", secret), world)
    receive = world["receive"]
    assert callable(receive)
    assert receive(heard.headers, heard.body) == 204
    assert seen[0] == heard.headers["webhook-id"]
    assert receive(heard.headers, heard.body.replace(b"null", b"1")) == 401


@pytest.mark.parametrize("tab", ["endpoints", "deliveries", "events", "statistics", "inbox"])
async def test_the_tab_of_last_time_comes_back(desk: Desk, tab: str) -> None:
    async with opened(desk, tab):
        pass
    async with opened(desk, desk.layouts.get("webhooks/tab") or "") as page:
        assert page.tabs.tabText(page.tabs.currentIndex()).lower() == tab
