"""Catalogue, statistics and inbox of the Webhooks page, and the words of failures."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSpinBox

from app.domain.webhooks.delivery import DeliveryStatus
from app.domain.webhooks.error_codes import ErrorCode
from app.domain.webhooks.events import EventType, event
from tests.support.running import run
from tests.support.webhook_page import cells, enter, opened, rows, said
from tests.support.webhooks import Hooks
from tests.support.window import click, eventually, open_dialog, part
from ui.desk import Desk
from ui.dialogs.webhook import WebhookDialog
from ui.pages.webhooks import WebhooksPage
from ui.pages.webhooks.causes import explain


class TestEvents:
    async def test_a_sample_is_what_happened_here_in_both_formats(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll", event_types="integration.sync.*")
        real = event(EventType.SYNC_COMPLETED, {"connection_id": "of-this-firm", "records_processed": 7})
        await desk.workspace.store.write(desk.workspace.event_log.add, [real])
        async with opened(desk, "events") as page:
            view = page.events
            await eventually(lambda: view.pane.rows.rowCount() == len(EventType))
            view.show_record("integration.sync.completed")
            texts = [text.toPlainText() for text in view.samples.values()]
            assert all('"of-this-firm"' in text for text in texts)
            assert '"event_type"' in texts[0]
            assert '"data"' in texts[1]
            row = cells(view.pane, "integration.sync.completed")
            assert (row["told"], row["sample"], row["category"]) == ("Payroll", "Happened here", "Integration")
            assert cells(view.pane, "1c.schedule.sent")["sample"] == "Example"
            assert cells(view.pane, "1c.schedule.sent")["told"] == ""


def number(page: WebhooksPage, name: str) -> str:
    return part(page, QLabel, f"webhooks.statistics.{name}").text()


class TestStatistics:
    async def test_numbers_and_types_agree_with_the_log_and_leave_tests_out(self, desk: Desk, hooks: Hooks) -> None:
        key, _secret = await hooks.add("/ok", "Payroll")
        await hooks.add("/refused", "Chat bot", retry_attempts=0)
        await hooks.happen(3)
        await hooks.send()
        await run(desk.workspace, "webhooks.test", params={"id": key})
        async with opened(desk, "statistics") as page:
            await rows(page.statistics.pane, 1)
            assert [number(page, name) for name in ("total", "failed", "pending")] == ["6", "3", "0"]
            assert number(page, "rate") == "50.00 %"
            assert number(page, "webhooks") == "2 of 2"
            assert number(page, "median").endswith(" ms")
            row = cells(page.statistics.pane, "integration.sync.completed")
            assert (row["total"], row["successful"], row["failed"]) == ("6", "3", "3")
            data = page.statistics.chart.data
            assert data is not None
            drawn = {series.key: list(series.values) for series in data.series}
            assert drawn["successful"][-1] == drawn["failed"][-1] == 3
            assert sum(drawn["successful"]) == 3
            assert len(drawn["successful"]) == 31

    async def test_fewer_days_are_asked_for_anew(self, desk: Desk, hooks: Hooks) -> None:
        await hooks.add("/ok", "Payroll")
        await hooks.happen()
        await hooks.send()
        async with opened(desk, "statistics") as page:
            await rows(page.statistics.pane, 1)
            click(page, "webhooks.statistics.days.7")
            assert part(page, QSpinBox, "webhooks.statistics.days").value() == 7
            await eventually(lambda: (data := page.statistics.chart.data) and len(data.starts) == 8)

    async def test_without_deliveries_the_rate_is_nought(self, desk: Desk) -> None:
        async with opened(desk, "statistics") as page:
            await eventually(lambda: number(page, "rate") == "0.00 %")
            assert number(page, "median") == "–"


class TestInbox:
    async def test_what_arrives_is_shown_verified_and_can_be_answered_with_an_error(
        self, desk: Desk, hooks: Hooks
    ) -> None:
        async with opened(desk, "inbox") as page:
            assert "The inbox is closed" in said(page.inbox)
            click(page, "webhooks.inbox.switch")
            await eventually(page.inbox.lead.isEnabled)
            assert part(page, QLineEdit, "webhooks.inbox.address").text() == desk.workspace.inbox.url
            click(page, "webhooks.inbox.add")
            dialog = await open_dialog(WebhookDialog)
            enter(dialog, "webhook.name", "Trying")
            click(dialog, "webhook.save")
            await eventually(lambda: page.findChild(QLineEdit, "webhook.secret_shown.value") is not None)
            click(dialog, "webhook.save")
            await hooks.happen()
            await hooks.send()
            await eventually(page.inbox.pane.rows.rowCount)
            assert cells(page.inbox.pane, "Trying")["verdict"] == "Verified"
            answer = part(page, QComboBox, "webhooks.inbox.answer")
            answer.setCurrentIndex(answer.findData("500"))
            answer.activated.emit(answer.currentIndex())
            await hooks.happen()
            await hooks.send()
            told = await hooks.deliveries(event_type="integration.sync.completed")
            assert [delivery.http_status for delivery in told] == [200, 500]

    async def test_what_is_not_signed_says_so(self, desk: Desk, hooks: Hooks) -> None:
        async with opened(desk, "inbox") as page:
            click(page, "webhooks.inbox.switch")
            await eventually(page.inbox.lead.isEnabled)
            await hooks.add(desk.workspace.inbox.url, "Unsigned", unsigned=True)
            await hooks.happen()
            await hooks.send()
            await rows(page.inbox.pane, 1)
            row = cells(page.inbox.pane, "It is not signed.")
            assert row["verdict"] == "Not verified"
            page.inbox.pane.table.selectRow(0)
            page.inbox.pane.table.row_activated.emit(page.inbox.pane.rows.row_at(0))
            await eventually(lambda: "integration.sync.completed" in said(page.inbox.details))
            click(page, "webhooks.inbox.clear")
            assert page.inbox.pane.rows.rowCount() == 0


class TestWords:
    @pytest.mark.parametrize("code", list(ErrorCode))
    def test_every_code_has_cause_effect_and_remedy(self, code: ErrorCode) -> None:
        told = explain(code)
        assert told.cause.endswith(".")
        assert told.effect
        assert told.remedy

    def test_a_status_is_told_where_it_matters(self) -> None:
        assert "401" in explain("bad_response", 401).cause
        assert explain("bad_response", 404).remedy == "Check the address and the sign-in of the webhook."
        assert "switched off" in explain("bad_response", 410).effect
        assert "too busy" in explain("bad_response", 429).remedy

    def test_what_is_over_is_not_said_to_be_tried_again(self) -> None:
        assert "tried again by itself" in explain("timeout", None, DeliveryStatus.PENDING).effect
        assert explain("timeout", None, DeliveryStatus.FAILED).effect == "It is not tried again by itself."
