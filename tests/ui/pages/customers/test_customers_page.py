"""The Customers page, as a person uses it: tiles, search, filters, details; the store is all it needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from app.access import Role
from app.domain.customers import Customer, CustomerStatus, DatabaseAnswer, DatabaseStatus, SupportLevel
from app.events import CustomersChanged
from app.store import customers as stored
from app.store.values import now
from tests.support.customer_records import YES, a_customer
from tests.support.window import Heard, click, eventually, part, type_into, words
from tests.ui.pages.customers.conftest import Keep, Open, create
from ui.desk import Desk
from ui.pages.customers import CustomersPage
from ui.tables import TableView
from ui.widgets import Button
from ui.widgets.chip_menu import ChipMenu

S = DatabaseStatus
PEOPLE = [
    a_customer(1, name="Zebra Boards", database_status=S.EXISTS, database_detail="ok", checked_at=now(),
               priority_support=SupportLevel.ENTERPRISE, test_environment="Update Nightly", num_prod_users=150),
    a_customer(2, name="acme", database_status=S.NO_DATABASE, database_detail="database_missing", checked_at=now(),
               external_key="EXT-77"),
    a_customer(3, name="Bolt", database_status=S.RESIDENT_HOSTING, resident_hosting=True),
    a_customer(4, name="Core", database_status=S.ITAR_HOSTING, itar_hosting=True, itar_text="ITAR - GovCloud"),
    a_customer(5, name="Delta", database_status=S.MYSQL_ERROR, database_detail="Connection lost.",
               good_status=S.EXISTS, good_at=now() - timedelta(hours=2, minutes=1)),
    a_customer(6, name="Echo", database_status=S.BATCH_TIMEOUT),
    a_customer(7, name="Gone", database_status=S.EXISTS, status=CustomerStatus.NOT_BILLABLE),
]  # fmt: skip


@pytest.fixture
async def page(keep: Keep, open_page: Open) -> CustomersPage:
    """The page with seven customers, of whom six are listed."""
    await keep(PEOPLE)
    page = open_page()
    await eventually(lambda: page.pane.rows.total == 7)
    await eventually(lambda: number(page, "total") == "6")
    return page


def names(page: CustomersPage) -> list[str]:
    return [c.name for c in page.pane.rows.shown_rows()]


def tile(page: CustomersPage, key: str) -> QAbstractButton:
    return part(page, QAbstractButton, f"customers.tile.{key}")


def number(page: CustomersPage, key: str) -> str:
    return page.tiles.tiles[key].number


def told(page: CustomersPage) -> list[str]:
    return page.details.texts()


def cells(page: CustomersPage, name: str) -> dict[str, object]:
    table = page.pane.visible_table()
    row = next(row for row in table.rows if row[0] == name)
    return dict(zip(table.headers, row, strict=True))


# -- states ------------------------------------------------------------------------------------------------------------


async def test_without_a_connection_the_page_says_how_to_begin(desk: Desk, voice: Heard, open_page: Open) -> None:
    page = open_page()
    await eventually(lambda: "No customers yet" in words(page))
    assert "Add a CETEC connection or explore with demo data." in words(page)
    assert part(page, Button, "customers.sync").toolTip() == "Add a CETEC connection first."
    assert page.tiles.isHidden()
    page.pane.findChild(QWidget, "customers.state").findChild(Button).click()  # type: ignore[union-attr]
    assert voice.opened == [("connections", "")]


async def test_with_a_connection_it_offers_to_sync(connection_id: str, open_page: Open) -> None:
    page = open_page()
    await eventually(lambda: "Fetch them from CETEC" in words(page))
    assert part(page, Button, "customers.sync").text() == "Sync customers"
    await eventually(part(page, Button, "customers.sync").isEnabled)


async def test_it_opens_sorted_by_name_whatever_the_letter_case(page: CustomersPage) -> None:
    assert names(page) == ["acme", "Bolt", "Core", "Delta", "Echo", "Zebra Boards"]
    assert part(page, TableView, "customers.table").accessibleName() == "Customers"


async def test_a_row_says_status_in_words_and_the_last_good_answer_beside_a_failed_check(page: CustomersPage) -> None:
    delta = cells(page, "Delta")
    assert delta["Backup database"] == "Check failed"
    assert delta["Detail"] == "Was there 2 hours ago · Connection lost."
    assert cells(page, "acme")["Backup database"] == "No database"
    zebra = cells(page, "Zebra Boards")
    assert (zebra["Users"], zebra["Support level"], zebra["Last pulled"]) == (150, "Enterprise", None)


# -- tiles -------------------------------------------------------------------------------------------------------------


async def test_the_tiles_add_up_and_rare_ones_show_only_when_they_count(page: CustomersPage) -> None:
    counted = {key: int(t.number) for key, t in page.tiles.tiles.items()}
    assert counted.pop("total") == sum(counted.values()) == 6
    assert counted["errors"] == 2
    assert [key for key in ("unavailable", "not_checked", "waiting") if tile(page, key).isVisible()] == []
    assert all(tile(page, key).isVisible() for key in ("existing", "no_database", "resident", "itar", "invalid"))
    assert tile(page, "errors").accessibleName() == "Check failed: 2"


async def test_a_click_filters_and_another_shows_all_again(page: CustomersPage) -> None:
    click(page, "customers.tile.errors")
    assert names(page) == ["Delta", "Echo"]
    assert tile(page, "errors").isChecked()
    assert part(page, QLabel, "customers.count").text() == "2 of 7 customers"
    click(page, "customers.tile.no_database")
    assert names(page) == ["acme"]
    assert not tile(page, "errors").isChecked()
    click(page, "customers.tile.no_database")
    assert len(names(page)) == 6
    assert tile(page, "total").isChecked()


async def test_the_keyboard_reaches_tiles_and_space_presses_them(page: CustomersPage) -> None:
    await eventually(page.isActiveWindow)
    tile(page, "total").setFocus()
    QTest.keyClick(tile(page, "total"), Qt.Key.Key_Tab)
    assert page.focusWidget() is tile(page, "existing")
    QTest.keyClick(tile(page, "existing"), Qt.Key.Key_Space)
    assert names(page) == ["Zebra Boards"]


async def test_clearing_search_and_filters_clears_the_tile_too(page: CustomersPage) -> None:
    click(page, "customers.tile.errors")
    page.pane.clear_search()
    assert not tile(page, "errors").isChecked()
    assert len(names(page)) == 7


async def test_on_a_low_page_tiles_leave_their_height_to_the_table(page: CustomersPage) -> None:
    high = tile(page, "existing").sizeHint().height()
    page.resize(1024, 340)
    await eventually(lambda: tile(page, "existing").height() < high)
    assert len({t.y() for t in page.tiles.tiles.values() if t.isVisible()}) == 1  # in one line


# -- search and filters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "found"), [("ZEBRA", ["Zebra Boards"]), ("example3", ["Bolt"]), ("EXT-77", ["acme"])])
async def test_the_search_finds_name_domain_and_hidden_key(page: CustomersPage, text: str, found: list[str]) -> None:
    type_into(part(page, QLineEdit, "customers.search"), text)
    await eventually(lambda: names(page) == found)


async def test_the_id_is_searched_though_its_column_is_hidden(keep: Keep, open_page: Open) -> None:
    await keep([a_customer(4711, name="Odd"), a_customer(12, name="Even")])
    page = open_page()
    await eventually(lambda: page.pane.rows.total == 2)
    type_into(part(page, QLineEdit, "customers.search"), "4711")
    await eventually(lambda: names(page) == ["Odd"])


async def test_a_filter_opens_as_a_menu_with_counts_and_narrows_a_tile(page: CustomersPage) -> None:
    support = part(page, ChipMenu, "customers.filter.menu.support")
    entries = [entry.text() for entry in support.menu().actions() if entry.text()]
    assert entries == ["Any", "Lite 0", "Standard 0", "Enterprise 1", "No support level 6"]
    choose(support, "Enterprise 1")
    assert names(page) == ["Zebra Boards"]
    assert support.text() == "Enterprise 1"
    assert support.accessibleName() == "Support: Enterprise 1"
    click(page, "customers.tile.errors")
    assert names(page) == []
    choose(support, "Any")
    assert names(page) == ["Delta", "Echo"]


async def test_test_environments_that_occur_are_offered_and_a_new_one_joins(
    desk: Desk, page: CustomersPage, keep: Keep
) -> None:
    test = part(page, ChipMenu, "customers.filter.menu.test")
    assert [entry.text() for entry in test.menu().actions() if entry.text()] == ["Any", "Update Nightly 1"]
    click(page, "customers.tile.existing")
    await keep([a_customer(8, name="Fig", test_environment="Pause Updates"), a_customer(9, test_environment="0")])
    desk.workspace.events.publish(CustomersChanged())
    await eventually(lambda: page.pane.rows.total == 9)
    again = part(page, ChipMenu, "customers.filter.menu.test")
    texts = [entry.text() for entry in again.menu().actions() if entry.text()]
    assert [text.rstrip(" 01") for text in texts] == ["Any", "Pause Updates", "Update Nightly"]
    assert names(page) == ["Zebra Boards"]  # the tile still filters


async def test_who_is_no_longer_billable_is_one_click_away(page: CustomersPage) -> None:
    choose(part(page, ChipMenu, "customers.filter.menu.list"), "No longer billable 1")
    assert names(page) == ["Gone"]
    assert not any(t.isChecked() for t in page.tiles.tiles.values())


def choose(chip: ChipMenu, text: str) -> None:
    next(entry for entry in chip.menu().actions() if entry.text() == text).trigger()


# -- details -----------------------------------------------------------------------------------------------------------


async def test_space_opens_every_field_with_its_source_and_the_databases_answer(page: CustomersPage) -> None:
    page.pane.table.select_place(0)
    QTest.keyClick(part(page, QWidget, "customers.table"), Qt.Key.Key_Space)
    await eventually(lambda: "History" in told(page))
    assert "There is no database of this name on the server." in " ".join(told(page))
    assert "Check the form of the domain, the server, and the grants of the account." in told(page)
    assert "EXT-77" in told(page)
    assert "https://example2.cetecerp.com" in told(page)
    assert "https://example2_test.cetecerp.com" in told(page)


async def test_a_failed_check_is_told_with_what_was_known_and_what_to_check(page: CustomersPage, voice: Heard) -> None:
    page.show_record("Delta")
    await eventually(lambda: "Before that" in told(page))
    shown = " ".join(told(page))
    assert "Was there 2 hours ago" in shown
    assert "Connection lost." in shown
    assert "Test the MySQL connection: credentials, host and port, encryption, socket path." in shown
    click(page, "customers.open_server")
    assert voice.opened == [("connections", "backups")]


async def test_details_follow_the_row_and_stay_while_others_change(
    desk: Desk, page: CustomersPage, connection_id: str
) -> None:
    page.show_record("Zebra Boards")
    await eventually(lambda: "History" in told(page))
    heading = page.details.findChild(QLabel)
    (acme,) = [c for c in page.pane.rows.all_rows() if c.name == "acme"]
    await desk.workspace.store.write(stored.note_answers, [(acme, YES)], now())
    desk.workspace.events.publish(CustomersChanged())
    await eventually(lambda: number(page, "existing") == "2")
    assert page.details.findChild(QLabel) is heading
    assert "History" in told(page)
    (zebra,) = [c for c in page.pane.rows.all_rows() if c.name == "Zebra Boards"]
    lost = DatabaseAnswer(S.NO_DATABASE, "table_missing")
    await desk.workspace.store.write(stored.note_answers, [(zebra, lost)], now())
    desk.workspace.events.publish(CustomersChanged())
    await eventually(lambda: "shows no table usage_stats" in " ".join(told(page)))


# -- following ---------------------------------------------------------------------------------------------------------


async def test_answers_arrive_in_place_selection_and_scroll_stay(desk: Desk, keep: Keep, open_page: Open) -> None:
    kept = await keep([a_customer(n, name=f"Customer {n:05}") for n in range(1, 401)])
    page = open_page()
    await eventually(lambda: number(page, "waiting") == "400")
    table = page.pane.table
    table.select_place(300)
    scrolled = table.verticalScrollBar().value()
    resets: list[object] = []
    page.pane.rows.modelReset.connect(lambda: resets.append(1))
    for start in range(0, 400, 100):
        await desk.workspace.store.write(stored.note_answers, [(c, YES) for c in kept[start : start + 100]], now())
        desk.workspace.events.publish(CustomersChanged())
    await eventually(lambda: (number(page, "existing"), number(page, "waiting")) == ("400", "0"))
    assert resets == []
    assert table.verticalScrollBar().value() == scrolled
    assert [c.name for c in table.selected_rows()] == ["Customer 00301"]


async def test_several_changes_are_read_once_or_twice_not_each(
    desk: Desk, page: CustomersPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    whole = stored.customers

    def counted(connection_id: str | None = None) -> list[Customer]:
        read.append(1)
        return whole(connection_id)

    monkeypatch.setattr(stored, "customers", counted)
    (echo,) = [c for c in page.pane.rows.all_rows() if c.name == "Echo"]
    await desk.workspace.store.write(stored.note_answers, [(echo, YES)], now())
    for _event in range(50):
        desk.workspace.events.publish(CustomersChanged())
    await eventually(lambda: number(page, "existing") == "2")
    assert len(read) <= 2


async def test_of_two_connections_the_chosen_ones_customers_are_shown(
    desk: Desk, page: CustomersPage, connection_id: str
) -> None:
    await create(desk, "cetec-us", "cetec", domain="us")
    box = page.header.connections
    await eventually(lambda: box.count() == 2)
    box.setCurrentText("cetec-us")
    box.activated.emit(box.currentIndex())
    await eventually(lambda: "No customers yet" in words(page))
    box.setCurrentText("cetec")
    box.activated.emit(box.currentIndex())
    await eventually(lambda: page.pane.rows.total == 7)


async def test_a_viewer_is_told_why_nothing_can_be_pressed(desk: Desk, keep: Keep, open_page: Open) -> None:
    desk.workspace.settings_file.values = replace(desk.workspace.settings_file.values, role=Role.VIEWER)
    await keep(PEOPLE)
    page = open_page()
    page.show_record("acme")
    await eventually(part(page, Button, "customers.check").isVisible)
    for name in ("sync", "check", "mark_pulled", "password"):
        assert "viewer" in part(page, Button, f"customers.{name}").toolTip().lower()
    assert part(page, Button, "customers.open").isEnabled()
