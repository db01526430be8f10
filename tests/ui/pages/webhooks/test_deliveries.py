"""The log of deliveries, as a person uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit

from app.domain.webhooks.delivery import DeliveryStatus
from tests.support.webhook_page import cells, opened, rows, said
from tests.support.webhooks import Hooks
from tests.support.window import Heard, click, eventually, open_dialog, part
from ui.desk import Desk
from ui.dialogs.webhook_resend import ResendDialog
from ui.pages.activity import searched
from ui.pages.activity.all_rows import ExportChoice
from ui.pages.webhooks import WebhooksPage, deliveries_view
from ui.widgets import Button, ConfirmDialog


def choose(page: WebhooksPage, name: str, words: str) -> None:
    """Choose in one of the boxes above the table, as a person does."""
    box = part(page, QComboBox, f"webhooks.deliveries.{name}")
    at = next(at for at in range(box.count()) if box.itemText(at).strip() == words)
    box.setCurrentIndex(at)
    box.activated.emit(at)


async def open_first(page: WebhooksPage, holding: str) -> str:
    """Show the details of the first delivery of a webhook; its id."""
    view = page.deliveries
    line = next(line for line in view.pane.rows.shown_rows() if line.webhook == holding)
    view.pane.table.select_key(line.delivery.id)
    view.pane.table.row_activated.emit(line)
    await eventually(lambda: line.delivery.id in said(view.details))
    return line.delivery.id


class TestTable:
    async def test_a_row_says_what_was_sent_and_what_came_back(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll")
        await hooks.add("/busy", "Intranet")
        await hooks.happen()
        await hooks.send()
        async with opened(desk, "deliveries") as page:
            await rows(page.deliveries.pane, 2)
            good, bad = cells(page.deliveries.pane, "Payroll"), cells(page.deliveries.pane, "Intranet")
        assert (good["status"], good["result"], good["attempts"], good["next"]) == ("Delivered", "HTTP 200", "1", "")
        assert good["duration"]
        assert (bad["status"], bad["result"]) == ("Waiting", "HTTP 503")
        assert bad["next"]

    async def test_choices_and_chips_narrow_the_log_and_chips_count_it_all(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll")
        await hooks.add("/refused", "Chat bot", retry_attempts=0)
        await hooks.happen(3)
        await hooks.send()
        async with opened(desk, "deliveries") as page:
            view = page.deliveries
            await rows(view.pane, 6)
            view.pane.chips.choose(["failed"])
            view.pane.chips.changed.emit()
            await rows(view.pane, 3)
            assert {line.webhook for line in view.pane.rows.shown_rows()} == {"Chat bot"}
            choose(page, "webhook", "Payroll")
            await rows(view.pane, 0)
            view.pane.chips.choose([])
            view.pane.chips.changed.emit()
            await rows(view.pane, 3)
            choose(page, "event", "1C")
            await rows(view.pane, 0)
            choose(page, "event", "integration.sync.completed")
            await rows(view.pane, 3)

    @pytest.mark.parametrize(
        ("search", "wanted", "said_all", "lines"),
        [
            ("", "all", "All that fit (8)", 9),
            ("", "shown", "All that fit (8)", 3),
            ("payroll", "all", "All that fit (4)", 5),
        ],
    )
    async def test_the_export_holds_all_that_fit_not_only_the_rows_that_are_shown(
        self, desk: Desk, hooks: Hooks, voice: Heard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        search: str, wanted: str, said_all: str, lines: int,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(searched, "AT_ONCE", 2)
        monkeypatch.setattr(deliveries_view, "AT_ONCE", 3)
        await hooks.add("/ok", "Payroll")
        await hooks.add("/busy", "Intranet")
        await hooks.happen(4)
        async with opened(desk, "deliveries") as page:
            view = page.deliveries
            await eventually(lambda: (view.pane.rows.total, view.table.total) == (2, 8))
            view.pane.search.setText(search)
            view.export()
            choice = await open_dialog(ExportChoice)
            assert part(choice, Button, "export_choice.all").text() == said_all
            click(choice, f"export_choice.{wanted}")
            dialog = await open_dialog(QFileDialog)
            part(dialog, QLineEdit, "fileNameEdit").setText(str(tmp_path / "deliveries.csv"))
            dialog.accept()
            await eventually(lambda: voice.toasts)
        written = (tmp_path / "deliveries.csv").read_text("utf-8-sig").splitlines()
        assert len(written) == lines
        assert not search or all("Payroll" in line for line in written[1:])

    async def test_it_follows_what_is_sent_while_it_is_shown(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll")
        await hooks.happen()
        async with opened(desk, "deliveries") as page:
            await rows(page.deliveries.pane, 1)
            assert cells(page.deliveries.pane, "Payroll")["status"] == "Waiting"
            await hooks.send()
            await eventually(lambda: cells(page.deliveries.pane, "Payroll")["status"] == "Delivered")

    async def test_from_an_endpoint_to_its_log_and_back(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll")
        await hooks.add("/ok", "Chat bot")
        await hooks.happen(2)
        await hooks.send()
        async with opened(desk) as page:
            page.show_record("Payroll")
            await eventually(
                lambda: (row := page.endpoints.pane.table.current_row()) and row.endpoint.name == "Payroll"
            )
            click(page, "webhooks.log")
            await rows(page.deliveries.pane, 2)
            assert {line.webhook for line in page.deliveries.pane.rows.shown_rows()} == {"Payroll"}
            await open_first(page, "Payroll")
            click(page, "webhooks.delivery.webhook")
            assert page.tabs.currentIndex() == 0


class TestDetails:
    async def test_every_attempt_is_told_with_what_went_over_the_line_and_keys_masked(
        self, desk: Desk, hooks: Hooks
    ) -> None:
        await hooks.add("/flaky", "Chat bot", auth_type="bearer", headers={"X-Team": "pay-key"},
                        secrets={"token": "t0ken-of-chat-bot"})  # fmt: skip
        await hooks.happen()
        for _turn in range(3):
            await hooks.send()
            await hooks.time_passes()
        async with opened(desk, "deliveries") as page:
            await rows(page.deliveries.pane, 1)
            key = await open_first(page, "Chat bot")
            details = page.deliveries.details
            await eventually(lambda: "Attempt 3 · Automatic retry" in said(details))
            told = said(details)
            click(page, "webhooks.delivery.curl")
            copied = QGuiApplication.clipboard().text()
        assert "Attempt 1 · First attempt" in told
        assert told.count("not yet") == 2
        assert told.count(f"webhook-id: {key}") == 3
        for text in (told, copied):
            assert "X-Team: ••••" in text
            assert "pay-key" not in text
            assert "t0ken" not in text
        assert copied.startswith("curl -X POST ")

    async def test_a_failure_has_cause_effect_and_remedy(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("http://127.0.0.1:9/never", "Nobody")
        await hooks.happen()
        await hooks.send()
        async with opened(desk, "deliveries") as page:
            await rows(page.deliveries.pane, 1)
            await open_first(page, "Nobody")
            await eventually(lambda: "It is not tried again by itself." in said(page.deliveries.details))
            told = said(page.deliveries.details)
        assert "The address lies in this computer or in a private network." in told
        assert "let an administrator allow private ones for this webhook" in told


class TestSendingAgain:
    async def test_one_that_failed_goes_at_once_with_the_same_id(self, desk: Desk, hooks: Hooks, voice: Heard) -> None:
        await hooks.add("/refused", "Chat bot", retry_attempts=0)
        await hooks.happen()
        await hooks.send()
        async with opened(desk, "deliveries") as page:
            await rows(page.deliveries.pane, 1)
            await open_first(page, "Chat bot")
            click(page, "webhooks.delivery.again")
            await eventually(lambda: voice.toasts == ["1 delivery is sent again."])
        await hooks.send()
        first, second = hooks.heard("/refused")
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body

    async def test_one_that_arrived_asks_first(self, desk: Desk, hooks: Hooks, voice: Heard) -> None:
        await hooks.add("/ok", "Payroll")
        await hooks.happen()
        await hooks.send()
        async with opened(desk, "deliveries") as page:
            await rows(page.deliveries.pane, 1)
            await open_first(page, "Payroll")
            click(page, "webhooks.delivery.again")
            question = await open_dialog(ConfirmDialog)
            assert "It was delivered already." in said(question)
            click(question, "confirm.action")
            await eventually(lambda: voice.toasts == ["1 delivery is sent again."])

    async def test_all_that_failed_are_counted_before_they_are_sent(
        self, desk: Desk, hooks: Hooks, voice: Heard
    ) -> None:
        await hooks.add("/refused", "Chat bot", retry_attempts=0)
        await hooks.add("/ok", "Payroll")
        await hooks.happen(4)
        await hooks.send()
        async with opened(desk, "deliveries") as page:
            click(page, "webhooks.deliveries.failed")
            dialog = await open_dialog(ResendDialog)
            send = part(dialog, Button, "webhook_resend.send")
            await eventually(send.isEnabled)
            assert part(dialog, QLabel, "webhook_resend.count").text() == "4 deliveries have failed since then."
            assert send.text() == "Send 4 again"
            assert [d.status for d in await hooks.deliveries()].count(DeliveryStatus.PENDING) == 0
            click(dialog, "webhook_resend.send")
            await eventually(lambda: voice.toasts == ["4 deliveries are sent again."])
        assert [d.status for d in await hooks.deliveries()].count(DeliveryStatus.PENDING) == 4

    async def test_the_log_of_a_webhook_that_was_removed_stays_and_says_why_nothing_can_be_sent(
        self, desk: Desk, hooks: Hooks
    ) -> None:
        await hooks.add("/ok", "Payroll")
        await hooks.happen()
        await hooks.send()
        async with opened(desk) as page:
            click(page, "webhooks.delete")
            click(await open_dialog(ConfirmDialog), "confirm.action")
            await rows(page.endpoints.pane, 0)
            page.tabs.setCurrentIndex(1)
            await rows(page.deliveries.pane, 1)
            line = page.deliveries.pane.rows.shown_rows()[0]
            page.show_record(line.delivery.id)
            again = part(page, Button, "webhooks.delivery.again")
            await eventually(lambda: again.toolTip() == "The webhook was removed.")
            assert cells(page.deliveries.pane, "Removed webhook")["status"] == "Delivered"
