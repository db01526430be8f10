"""Beside its settings: a connection is copied, handed on, held back; what its row says of calls, runs and sign-in."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from app.access import Role
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.operations.runner import Request
from app.store import connections
from app.store.values import now
from tests.support.connections_page import cells, choose_file, line, open_page, trigger
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.connection import ConnectionDialog
from ui.dialogs.connection_log import ConnectionLogDialog
from ui.pages.connections.actions import FIRST_SYNC
from ui.theme import Tone
from ui.widgets import Button, MenuButton, StatusChip


async def run(desk: Desk, operation: str, connection: str = "", params: dict[str, object] | None = None) -> None:
    report = await desk.report_of(Request(operation, connection, params or {}))
    assert report is not None


class TestRow:
    async def test_it_says_how_it_signs_in_how_often_it_worked_and_when_it_runs_next(self, demo_desk: Desk) -> None:
        page = await open_page(demo_desk)
        row = cells(page, "vitec")
        assert (row["sign_in"], row["success_rate"], row["next_run"]) == ("Access key", "", "")
        assert line(page, "vitec").next_run is None
        await run(demo_desk, "offices.sync", "vitec")
        params: dict[str, object] = {"operation": "offices.sync", "connection": "vitec", "every": 900}
        await run(demo_desk, "schedules.create", params=params)
        await eventually(lambda: cells(page, "vitec")["next_run"] and cells(page, "vitec")["success_rate"] == "100 %")
        await eventually(lambda: "100 % of the last ten runs" in words(page.details))
        await eventually(lambda: cells(page, "vitec")["next_run"] in words(page.details))

    async def test_while_calls_are_refused_the_time_left_is_counted_down_and_trying_now_ends_it(
        self, demo_desk: Desk, small_world: DemoWorld, no_waiting: list[float]
    ) -> None:
        small_world.vitec.fault = FaultPlan(Fault.SERVER_ERROR)
        for _failure in range(5):
            await run(demo_desk, "offices.sync", "vitec")
        page = await open_page(demo_desk)
        before = cells(page, "vitec")["breaker"]
        assert before.startswith("Refused,")
        assert part(page, Button, "connections.test").text() == "Try now"
        await eventually(lambda: cells(page, "vitec")["breaker"] != before)
        small_world.vitec.fault = FaultPlan()
        click(page, "connections.test")
        await eventually(lambda: cells(page, "vitec")["breaker"] == "Calls pass")
        assert part(page, Button, "connections.test").text() == "Test"

    async def test_all_connections_together_are_one_word_in_the_strip(
        self, demo_desk: Desk, small_world: DemoWorld
    ) -> None:
        page = await open_page(demo_desk)
        overall = part(page, StatusChip, "connections.overall")
        assert overall.word == "Healthy"
        small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN)
        click(page, "connections.test")
        await eventually(lambda: overall.word == "Down")
        await run(demo_desk, "connections.update", "vitec", {"paused": True})
        await eventually(lambda: overall.word == "None active")


class TestFirstSync:
    async def test_a_connection_that_is_complete_offers_its_first_sync(
        self, desk: Desk, voice: Heard, small_world: DemoWorld
    ) -> None:
        told = small_world.describe()["vitec"]
        page = await open_page(desk)
        click(page, "connections.add")
        dialog = await open_dialog(ConnectionDialog)
        for key in ("base_url", "installation_id", "product_login", "access_key"):
            type_into(part(dialog, QLineEdit, f"connection.{key}"), told[key])
        click(dialog, "connection.save")
        await eventually(lambda: FIRST_SYNC in voice.banners)
        (offer,) = voice.banners[FIRST_SYNC].actions
        assert offer.label == "Sync now"
        offer.run()
        await eventually(lambda: page.pane.rows.total and line(page, "Vitec Hub").connection.last_sync is not None)
        assert FIRST_SYNC not in voice.banners

    async def test_one_that_lacks_something_does_not(self, desk: Desk, voice: Heard) -> None:
        page = await open_page(desk)
        click(page, "connections.add")
        dialog = await open_dialog(ConnectionDialog)
        click(dialog, "connection.save")
        await eventually(lambda: page.pane.rows.total == 1)
        assert voice.banners == {}


class TestExpiry:
    @pytest.mark.parametrize(("days", "said"), [(-2, "ended on"), (3, "ends on"), (9, "")])
    async def test_a_token_that_ends_soon_is_a_banner_with_the_way_out(
        self, demo_desk: Desk, days: int, said: str
    ) -> None:
        found = await demo_desk.workspace.store.read(connections.find_connection, "vitec")
        assert found is not None
        ends = (now() + timedelta(days=days)).isoformat()
        await demo_desk.workspace.store.write(
            connections.note_test, found.id, {"secret_expires_at": ends}, ok=True, error=None
        )
        page = await open_page(demo_desk)
        banner = page.banners.banner("expiry")
        assert (banner is not None) is bool(said)
        if banner is not None:
            assert f"The token of vitec {said}" in banner.text


class TestHolding:
    async def test_calls_are_held_back_and_pass_again(self, demo_desk: Desk, voice: Heard) -> None:
        page = await open_page(demo_desk)
        trigger(page, "connections.hold")
        await eventually(lambda: cells(page, "vitec")["breaker"] == "Held back")
        await eventually(lambda: "Choose “Let calls pass” in the menu" in words(page.details).replace("\u200b", ""))
        await eventually(lambda: part(page, QAction, "connections.hold").text() == "Let calls pass")
        trigger(page, "connections.hold")
        await eventually(lambda: cells(page, "vitec")["breaker"] == "Calls pass")
        await eventually(lambda: voice.toasts == ["Calls of vitec are held back.", "Calls of vitec pass again."])


class TestCopies:
    async def test_a_copy_appears_and_is_chosen(self, demo_desk: Desk, voice: Heard) -> None:
        page = await open_page(demo_desk)
        trigger(page, "connections.duplicate")
        await eventually(lambda: page.pane.rows.total == 2)
        await eventually(lambda: (row := page.pane.table.current_row()) and row.connection.name == "vitec 2")
        await eventually(lambda: voice.toasts == ["Added vitec 2, without keys. Press Edit to enter them."])

    async def test_settings_go_out_to_a_file_and_come_in_again_without_a_key(
        self, demo_desk: Desk, voice: Heard, small_world: DemoWorld, tmp_path: Path
    ) -> None:
        page = await open_page(demo_desk)
        file = tmp_path / "vitec.json"
        trigger(page, "connections.export_settings")
        await choose_file("connections.export_file", str(file))
        await eventually(lambda: voice.toasts == ["Exported to vitec.json"])
        text = file.read_text("utf-8")
        assert small_world.describe()["vitec"]["access_key"] not in text
        file.write_text(json.dumps([*json.loads(text), {"name": "new", "kind": "mysql", "settings": {}}]), "utf-8")
        trigger(page, "connections.import_settings")
        await choose_file("connections.import_file", str(file))
        await eventually(lambda: "connections.import_settings" in voice.banners and page.pane.rows.total == 2)
        banner = voice.banners["connections.import_settings"]
        assert banner.tone is Tone.WARNING
        assert banner.text.startswith("vitec: There is a connection of that name")

    async def test_a_file_that_is_none_is_a_banner_with_its_cause(
        self, demo_desk: Desk, voice: Heard, tmp_path: Path
    ) -> None:
        page = await open_page(demo_desk)
        file = tmp_path / "wrong.json"
        file.write_text("{", "utf-8")
        trigger(page, "connections.import_settings")
        await choose_file("connections.import_file", str(file))
        await eventually(lambda: "connections.import_settings" in voice.banners)
        assert "wrong.json is no file of settings" in voice.banners["connections.import_settings"].text


class TestMenu:
    async def test_the_row_offers_the_same_as_the_details(self, demo_desk: Desk) -> None:
        page = await open_page(demo_desk)
        assert part(page, MenuButton, "connections.life").accessibleName() == "More with this connection"
        of_details = [action.text() for action in page.details.more_menu.actions()]
        of_row = [action.text() for action in page.pane.table.context_menu().actions()]
        assert of_details
        assert [text for text in of_row if text in of_details] == of_details

    async def test_what_a_role_may_not_do_says_why(self, demo_desk: Desk) -> None:
        demo_desk.workspace.settings_file.change(role=Role.VIEWER)
        page = await open_page(demo_desk)
        for name in ("connections.duplicate", "connections.hold", "connections.import_settings"):
            action = part(page, QAction, name)
            assert not action.isEnabled()
            assert "lacks the permission" in action.toolTip()
        assert part(page, QAction, "connections.log").isEnabled()

    async def test_where_there_is_nothing_to_enter_signing_in_again_says_so(self, desk: Desk) -> None:
        settings = {"endpoint_url": "http://127.0.0.1:9/hs/x", "authentication_type": "none"}
        await run(desk, "connections.create", params={"name": "open", "kind": "onec", "settings": settings})
        page = await open_page(desk)
        action = part(page, QAction, "connections.sign_in")
        assert not action.isEnabled()
        assert action.toolTip() == "It signs in without a password, key or token."

    async def test_the_sync_log_opens_from_it(self, demo_desk: Desk) -> None:
        page = await open_page(demo_desk)
        trigger(page, "connections.log")
        dialog = await open_dialog(ConnectionLogDialog)
        assert dialog.windowTitle() == "Sync log of vitec"
        assert await demo_desk.workspace.store.read(connections.find_connection, "vitec")
