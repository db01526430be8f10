"""The History tab: charts over their table, fetched by one click, selected together (contact-center.md §5, §10)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QListWidget

from app.demo.world import DemoWorld
from app.domain.contact_center.steps import Step
from app.domain.exchange import DataType
from app.store import contact_center_history as reads
from tests.support.window import Heard, click, eventually, open_dialog, part, words
from tests.ui.pages.workforce.history.conftest import FIRST, Keep, Open, at, interval, settled, status
from ui.desk import Desk
from ui.pages.workforce.history import HistoryPage
from ui.pages.workforce.history.fetching import recent_days, requests_for
from ui.pages.workforce.history.measures import OPERATIONS, View
from ui.theme import ThemeChoice, apply_theme, tokens

DAY = timedelta(days=1)


def cells(page: HistoryPage, key: str) -> list[str]:
    """The words of a column, from top to bottom."""
    column = next(c for c in page.pane.rows.columns if c.key == key)
    return [column.words(row) for row in page.pane.rows.shown_rows()]


async def choose(page: HistoryPage, view: View, step: Step = Step.INTERVAL) -> None:
    """Choose chart and step as a person does."""
    page.bar.choose_view(view)
    page.bar.step_box.setCurrentIndex(page.bar.step_box.findData(step.value))
    await settled(page)


class TestStates:
    async def test_without_a_connection_it_says_which_to_add(self, open_page: Open) -> None:
        page = await open_page()
        assert "Add a connection to a contact centre" in words(page)
        assert page.header.sync.toolTip() == "Add a connection to a contact centre first."

    async def test_without_a_history_it_offers_to_fetch_it(self, connection_id: str, open_page: Open) -> None:
        page = await open_page()
        assert "No history of these days yet" in words(page)
        assert page.drawing.days.text() == "0 of 2 days fetched"

    async def test_days_that_are_missing_are_said(self, keep: Keep, open_page: Open) -> None:
        await keep(DataType.GROUP_METRICS, [interval(at("09:00"))])
        page = await open_page()
        assert page.drawing.days.text() == "1 of 2 days fetched"
        assert page.drawing.days.property("tone") == "warning"

    async def test_days_to_come_are_not_missing(self, keep: Keep, open_page: Open) -> None:
        await keep(DataType.GROUP_METRICS, [interval(at("09:00"))])
        page = await open_page(date(2199, 1, 1), date(2199, 1, 2))
        assert page.drawing.days.text() == "0 of 0 days fetched"


class TestTables:
    async def test_groups_add_up_and_times_weigh(self, keep: Keep, open_page: Open) -> None:
        rows = [interval(at("09:00"), "g-1", 12, 10, 60_000), interval(at("09:00"), "g-2", 4, 2, 120_000)]
        await keep(DataType.GROUP_METRICS, rows)
        page = await open_page(FIRST, FIRST)
        await choose(page, View.CONTACTS, Step.DAY)
        assert [cells(page, key) for key in ("offered", "handled", "lost", "aht")] == [["16"], ["12"], ["4"], ["1:10"]]
        assert cells(page, "answer_rate") == ["75.0 %"]
        assert "Offered: 16 · Answered: 12 · Lost: 4 · Answer rate: 75.0 % · Handling time: 1:10" in words(page)

    async def test_a_missing_interval_has_no_contacts_and_no_time(self, keep: Keep, open_page: Open) -> None:
        await keep(DataType.GROUP_METRICS, [interval(at("09:00"))])
        page = await open_page(FIRST, FIRST)
        assert len(page.pane.rows.shown_rows()) == 288
        assert (cells(page, "offered")[0], cells(page, "aht")[0]) == ("0", "")
        assert cells(page, "from")[108].endswith("09:00–09:05")

    async def test_only_the_chosen_groups_count(self, keep: Keep, linked: Desk, center: DemoWorld) -> None:
        page = HistoryPage(linked)
        page.bar.show_people([("g-1", "Sales"), ("g-2", "Support")], [])
        click_list(page, "Support")
        assert page.bar.chosen() == ("g-2",)
        assert page.bar.who.text() == "Support"

    async def test_statuses_count_once_and_are_cut_to_their_buckets(self, keep: Keep, open_page: Open) -> None:
        repeated = [status("09:30", "10:30", group=group) for group in ("g-1", "g-2")]
        await keep(DataType.STATUS, [*repeated, status("10:30", "11:00", "Break")])
        page = await open_page(FIRST, FIRST)
        await choose(page, View.STATUSES, Step.HOUR)
        assert cells(page, "status.Work")[8:12] == ["0.00", "0.50", "0.50", "0.00"]
        assert cells(page, "status.Break")[10] == "0.50"
        assert "WORK: 66.7 % · BREAK: 33.3 %" in words(page)

    async def test_the_sums_are_those_of_the_database(self, desk: Desk, keep: Keep, open_page: Open) -> None:
        await keep(DataType.STATUS, [status("09:10", "10:55"), status("10:20", "12:00", agent="op-2")])
        page = await open_page(FIRST, FIRST)
        await choose(page, View.STATUSES, Step.HOUR)
        assert page.answer is not None
        question = page.answer.question
        totals = await desk.workspace.store.read(
            reads.status_totals, question.query(DataType.STATUS), question.window.span
        )
        assert page.answer.totals["status.Work"] == sum(t.total_ms for t in totals) / 3_600_000

    async def test_working_time_comes_from_logins_contacts_and_chats(self, keep: Keep, open_page: Open) -> None:
        await keep(DataType.LOGIN, [(at("09:00"), "op-1", at("17:00"), None, None)])
        await keep(DataType.CALLS, [(at("10:00"), "op-1", "g-1", at("10:30"), 0, "1", 1_800_000, None)])
        page = await open_page(FIRST, FIRST)
        await choose(page, View.WORK, Step.DAY)
        assert [cells(page, key) for key in ("signed_in", "at_contacts", "contacts")] == [["8.00"], ["0.50"], ["1"]]

    async def test_the_day_of_the_clock_change_has_its_hours(self, keep: Keep, desk: Desk, open_page: Open) -> None:
        connection = await desk.workspace.store.read(_first_connection)
        params = {"settings": {"timezone": "Europe/Oslo"}}
        from app.operations.runner import Request

        await desk.report_of(Request("connections.update", connection, params))
        start = at("12:00") + 24 * 3_600_000 * 24  # the 29th of March
        await keep(DataType.GROUP_METRICS, [interval(start)])
        page = await open_page(date(2026, 3, 29), date(2026, 3, 29))
        await choose(page, View.CONTACTS, Step.HOUR)
        shown = cells(page, "from")
        assert len(shown) == 23
        assert [text.rpartition(" ")[2] for text in shown[1:3]] == ["01:00–03:00", "03:00–04:00"]


def _first_connection() -> str:
    from app.store import connections

    return connections.connections()[0].name


def click_list(page: HistoryPage, title: str) -> None:
    """Open the list of groups or agents, tick one, close it."""
    page.bar.who.open_list()
    items = part(page, QListWidget, "history.who.items")
    (item,) = items.findItems(title, Qt.MatchFlag.MatchExactly)
    item.setCheckState(Qt.CheckState.Checked)
    items.window().close()


class TestChart:
    @pytest.fixture
    async def page(self, keep: Keep, open_page: Open) -> HistoryPage:
        await keep(DataType.GROUP_METRICS, [interval(at("09:00") + n * 300_000, offered=n + 10) for n in range(60)])
        return await open_page(FIRST, FIRST)

    async def test_what_is_selected_in_the_chart_is_selected_in_the_table(self, page: HistoryPage) -> None:
        assert page.chart is not None
        page.chart.picked.emit(110, 112, False)
        assert [row.at for row in page.pane.table.selected_rows()] == [110, 111, 112]
        page.chart.picked.emit(120, 120, True)
        assert [row.at for row in page.pane.table.selected_rows()] == [110, 111, 112, 120]

    async def test_a_click_picks_the_interval_under_it(self, page: HistoryPage) -> None:
        chart = page.chart
        assert chart is not None
        await eventually(lambda: chart.plot.viewport().width() > 200)
        moment = float(chart.data.starts[150] + 150) if chart.data else 0.0
        scene = chart.view.mapViewToScene(QPointF(moment, 5))
        QTest.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=chart.plot.mapFromScene(scene))
        await eventually(page.pane.table.selected_rows)
        assert abs(page.pane.table.selected_rows()[0].at - 150) <= 1

    async def test_what_is_selected_in_the_table_is_read_out_in_the_chart(self, page: HistoryPage) -> None:
        assert page.chart is not None
        page.pane.table.select_place(108)
        assert "09:00–09:05 · Offered: 10 · Answered: 10 · Lost: 0" in page.chart.readout.text()

    async def test_keys_zoom_and_pan(self, page: HistoryPage) -> None:
        chart = page.chart
        assert chart is not None
        chart.plot.setFocus()
        whole = chart.seen()
        QTest.keyClick(chart.plot, Qt.Key.Key_Plus)
        closer = chart.seen()
        assert closer[1] - closer[0] == pytest.approx((whole[1] - whole[0]) / 1.5)
        QTest.keyClick(chart.plot, Qt.Key.Key_Right)
        assert chart.seen()[0] > closer[0]
        QTest.keyClick(chart.plot, Qt.Key.Key_End)
        assert chart.seen()[1] == pytest.approx(whole[1])
        QTest.keyClick(chart.plot, Qt.Key.Key_0)
        assert chart.seen() == pytest.approx(whole)
        QTest.keyClick(chart.plot, Qt.Key.Key_Minus)
        assert chart.seen() == pytest.approx(whole)

    async def test_ctrl_and_an_arrow_go_from_row_to_row(self, page: HistoryPage) -> None:
        assert page.chart is not None
        page.pane.table.select_place(5)
        QTest.keyClick(page.chart.plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
        assert page.pane.table.currentIndex().row() == 6

    async def test_who_cannot_see_it_is_told_the_sums(self, page: HistoryPage) -> None:
        assert page.chart is not None
        assert page.chart.plot.accessibleName() == "Offered and answered"
        assert "Offered: 2,370" in page.chart.plot.accessibleDescription().replace("2370", "2,370")

    async def test_it_follows_the_theme(self, page: HistoryPage) -> None:
        assert page.chart is not None
        apply_theme(_application(), ThemeChoice.DARK)
        assert page.chart.plot.backgroundBrush().color().name() == tokens().surface

    async def test_its_picture_goes_to_the_clipboard(self, page: HistoryPage, voice: Heard) -> None:
        click(page, "history.chart.copy")
        assert not QGuiApplication.clipboard().image().isNull()
        await eventually(lambda: voice.toasts == ["Chart copied as a picture"])

    @pytest.mark.parametrize(("name", "begins"), [("chart.png", b"\x89PNG"), ("chart.svg", b"<?xml")])
    async def test_it_is_exported(
        self, page: HistoryPage, voice: Heard, tmp_path: Path, name: str, begins: bytes
    ) -> None:
        click(page, "history.chart.export")
        dialog = await open_dialog(QFileDialog)
        assert isinstance(dialog, QFileDialog)
        part(dialog, QLineEdit, "fileNameEdit").setText(str(tmp_path / name))
        dialog.accept()
        await eventually(lambda: voice.toasts)
        assert (tmp_path / name).read_bytes().startswith(begins)

    async def test_another_chart_of_the_same_table_keeps_what_is_seen(self, page: HistoryPage) -> None:
        assert page.chart is not None
        page.chart.zoom_in()
        seen = page.chart.seen()
        page.bar.choose_view(View.HANDLING)
        assert page.chart.seen() == pytest.approx(seen)
        assert [s.key for s in page.chart.data.series] == ["aht", "post"] if page.chart.data else False

    async def test_details_say_which_group_it_was_and_where_it_comes_from(self, page: HistoryPage) -> None:
        page.pane.table.select_place(108)
        page.open_details()
        await eventually(lambda: "By group" in page.details.texts())
        assert "10 offered, 10 answered, 0 lost, handling 1:00" in page.details.texts()
        assert "cc" in page.details.texts()


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application


class TestFetching:
    def test_what_is_here_is_not_asked_for_again(self) -> None:
        missing = {DataType.GROUP_METRICS: [FIRST], DataType.STATUS: []}
        (request,) = requests_for("cc", missing, [])
        assert (request.operation, request.params) == (
            "cc.service_group_data", {"start_date": "2026-03-05", "end_date": "2026-03-05"},
        )  # fmt: skip

    def test_the_last_days_are_asked_for_again(self) -> None:
        today = FIRST + 9 * DAY
        assert recent_days(FIRST, today, today, 2) == [today - DAY, today]
        assert recent_days(FIRST, FIRST + DAY, today, 2) == []
        assert recent_days(FIRST, today, today, 0) == []

    async def test_one_click_fetches_everything_that_is_missing(
        self, linked: Desk, open_page: Open, voice: Heard
    ) -> None:
        page = await open_page(date(2026, 3, 8), date(2026, 3, 9))
        assert page.drawing.days.text() == "0 of 2 days fetched"
        begun: list[str] = []
        from app.events import RunStarted

        linked.on(RunStarted, lambda event: begun.append(event.run.operation))
        click(page, "history.sync")
        await eventually(lambda: voice.toasts, patience_s=60)
        await settled(page)
        assert begun == list(OPERATIONS.values())
        assert page.drawing.days.text().startswith("2 of 2 days fetched · as of ")
        assert len(page.pane.rows.shown_rows()) == 2 * 288
        click(page, "history.sync")
        await eventually(lambda: not page.fetching.under_way)
        await asyncio.sleep(0)
        assert begun == list(OPERATIONS.values())  # nothing is missing, and the days are long past

    async def test_days_without_data_count_as_fetched(
        self, linked: Desk, center: DemoWorld, open_page: Open, voice: Heard
    ) -> None:
        page = await open_page(date(2025, 1, 1), date(2025, 1, 1))  # before the demo's history: 404
        click(page, "history.sync")
        await eventually(lambda: voice.toasts, patience_s=60)
        await settled(page)
        assert page.drawing.days.text().startswith("1 of 1 day fetched")
