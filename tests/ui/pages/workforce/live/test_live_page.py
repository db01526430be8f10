"""The Live page, as a person uses it: who is in which status, how old every number is, what is wrong when none come."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from shiboken6 import isValid

from app.access import Role
from app.domain.directory import Employee
from app.errors import BadData
from app.operations.contact_center import live_feed
from app.operations.contact_center.live import Wanted
from app.operations.contact_center.live_feed import Channel
from app.store import contact_center_now, directory
from app.store.database import insert_rows
from app.store.models import EmployeeRow
from tests.support.live_center import AGENTS, LiveCenter, connect, load, status
from tests.support.running import run
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.connection_log_detail import COLUMNS
from ui.pages.workforce.live import LivePage, ages
from ui.pages.workforce.live.limits_dialog import LimitsDialog
from ui.pages.workforce.live.link_dialog import LinkDialog
from ui.pages.workforce.live.requests_dialog import LiveRequestsDialog
from ui.pages.workforce.live.status_dialog import StatusDialog
from ui.tables import TableView
from ui.theme import Tone
from ui.widgets import Button

Open = Callable[..., Awaitable[LivePage]]
Test = Callable[..., Awaitable[None]]
_opened: list[LivePage] = []


def quiet_at_the_end(test: Test) -> Test:
    """Let the feed end inside the test: between its end and that of its fixtures Qt works on and the loop does not."""

    @functools.wraps(test)
    async def run_quietly(*given: Any, **named: Any) -> None:
        try:
            await test(*given, **named)
        finally:
            for page in _opened:
                page.hide()
                running = page.desk.workspace.live._running
                await eventually(lambda: all(task.done() for task in running.values()))  # noqa: B023
                await asyncio.sleep(0.1)  # what was known is stored
            _opened.clear()

    return run_quietly


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked every 50 ms rather than every few seconds."""
    monkeypatch.setattr(live_feed, "_EARLIER_S", 100.0)
    monkeypatch.setattr(live_feed, "_QUICKEST_S", 0.05)


@pytest.fixture
async def center() -> AsyncIterator[LiveCenter]:
    async with LiveCenter().serving() as center:
        yield center


@pytest.fixture
def open_page(desk: Desk, center: LiveCenter) -> Open:
    """Connects and opens the page, with everybody shown."""

    async def open_page(**settings: Any) -> LivePage:
        await connect(desk.workspace, center, **settings)
        page = LivePage(desk)
        page.resize(1360, 760)
        page.show()
        page.activateWindow()
        _opened.append(page)
        await eventually(lambda: number(page, "here") == "2" and page.tables.groups.rows.total == 2)
        await eventually(lambda: names(page) == ["Orlova Maria", "Petrov Ivan"])
        return page

    return open_page


def names(page: LivePage) -> list[str]:
    return [line.name for line in page.agents.rows.shown_rows()]


def number(page: LivePage, key: str) -> str:
    tile = page.tables.tiles.tiles.get(key)
    return tile.number if tile is not None else ""


def cells(page: LivePage, place: int = 0) -> dict[str, str]:
    """What a person reads in a row, by the title of the column."""
    row = page.agents.rows.row_at(place)
    return {column.heading: column.words(row) for column in page.agents.rows.columns}


def group_cells(page: LivePage, name: str) -> dict[str, str]:
    rows = page.tables.queues.rows
    line = next(line for line in rows.shown_rows() if line.name == name)
    return {column.heading: column.words(line) for column in rows.columns}


# -- states ------------------------------------------------------------------------------------------------------------


async def test_without_a_connection_the_page_says_how_to_begin(desk: Desk, voice: Heard) -> None:
    page = LivePage(desk)
    page.resize(1200, 700)
    page.show()
    await eventually(lambda: "No contact centre yet" in words(page))
    assert part(page, Button, "live.sync").toolTip() == "Add a contact centre first."
    page.agents.findChild(QWidget, "live.state").findChild(Button).click()  # type: ignore[union-attr]
    assert voice.opened == [("connections", "")]


@quiet_at_the_end
async def test_agents_are_shown_with_status_reason_and_how_long(open_page: Open) -> None:
    page = await open_page()
    maria, ivan = cells(page, 0), cells(page, 1)
    assert (maria["Status"], maria["Reason"], maria["Groups"], maria["Person"]) == ("Work", "", "Sales", "not linked")
    assert (ivan["Status"], ivan["Reason"]) == ("Break", "lunch")
    assert maria["For"].startswith("1:0")
    assert maria["Age"].endswith(" s")
    assert part(page, TableView, "live.table").accessibleName() == "Agents"


@quiet_at_the_end
async def test_a_change_at_the_platform_is_on_the_screen(open_page: Open, center: LiveCenter) -> None:
    page = await open_page()
    center.present([status("op-1", "Ready"), status("op-3", "Work")])
    await eventually(lambda: names(page) == ["Orlova Maria", "Serova Anna"])
    assert cells(page, 0)["Status"] == "Ready"
    assert number(page, "status_Break") == "0"  # a status that occurred keeps its place
    center.loads(
        [load("g-1", 7, acd=95.0554, awt=12_000, aht=287_000, callReceived=40, callAnsweredTst=30), load("g-2")]
    )
    await eventually(lambda: group_cells(page, "Sales")["Waiting"] == "7")
    sales = group_cells(page, "Sales")
    assert (sales["Wait"], sales["Handling"], sales["Service level"]) == ("0:12", "4:47", "75.0 %")
    answered = next(c for c in page.tables.groups.rows.columns if c.key == "answered")
    assert answered.words(page.tables.groups.rows.row_for("g-1")) == "95.1 %"  # type: ignore[arg-type]


@quiet_at_the_end
async def test_what_does_not_change_gets_no_older_while_it_is_asked_for(open_page: Open) -> None:
    page = await open_page()
    assert page.feed is not None
    first = page.feed.board.agents["op-1"].seen_ms
    board = page.feed.board
    await eventually(lambda: board.agents["op-1"].seen_ms > first + 2_500)
    assert cells(page)["Age"] in {"0 s", "1 s"}
    ages = [c.words(page.tables.groups.rows.row_at(0)) for c in page.tables.groups.rows.columns if c.key == "age"]
    assert ages[0] in {"0 s", "1 s"}


@quiet_at_the_end
async def test_tiles_count_and_filter(open_page: Open) -> None:
    page = await open_page()
    assert {key: number(page, key) for key in page.tables.tiles.tiles} == {
        "here": "2", "status_Break": "1", "status_Work": "1", "away": "1",
    }  # fmt: skip
    click(page, "live.tile.status_Break")
    assert names(page) == ["Petrov Ivan"]
    click(page, "live.tile.away")
    assert names(page) == ["Serova Anna"]
    assert cells(page)["Status"] == "Not signed in"
    click(page, "live.tile.away")
    assert names(page) == ["Orlova Maria", "Petrov Ivan"]
    assert part(page, QAbstractButton, "live.tile.here").accessibleName() == "Signed in: 2"


@quiet_at_the_end
async def test_stale_numbers_are_grey_and_say_so_in_words(
    open_page: Open, center: LiveCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await open_page()
    center.server.answers[AGENTS] = 200, b"<html>Sign in</html>"
    await eventually(lambda: page.feed is not None and isinstance(page.feed.problem, BadData))
    now = ages.now_ms
    monkeypatch.setattr(ages, "now_ms", lambda: now() + 20_000)
    monkeypatch.setattr("ui.pages.workforce.live.channel.now_ms", lambda: now() + 20_000)
    page._tick_once()
    assert cells(page)["Age"].startswith("old: ")
    column = next(c for c in page.agents.rows.columns if c.key == "name")
    assert column.tone is not None
    assert column.tone(page.agents.rows.row_at(0)) is Tone.NEUTRAL
    banner = page.banners.banner("trouble")
    assert banner is not None
    assert banner.tone is Tone.DANGER
    assert "The numbers are those of" in banner.text
    assert page.header.chip.word == "Old"
    center.present([status("op-1")])
    monkeypatch.undo()
    click(page, "live.try_now")
    await eventually(lambda: page.banners.banner("trouble") is None)


@quiet_at_the_end
async def test_pause_and_resume(open_page: Open, center: LiveCenter) -> None:
    page = await open_page()
    click(page, "live.pause")
    await eventually(lambda: page.header.chip.word == "Paused")
    assert part(page, Button, "live.pause").text() == "Resume"
    assert names(page) == ["Orlova Maria", "Petrov Ivan"]
    center.present([status("op-3")])
    click(page, "live.pause")
    await eventually(lambda: names(page) == ["Serova Anna"])


@quiet_at_the_end
async def test_a_hidden_page_asks_for_nothing(open_page: Open, desk: Desk) -> None:
    page = await open_page()
    assert page.connection is not None
    assert desk.workspace.live.is_held(page.connection.id, Wanted.PAGE)
    page.hide()
    assert not desk.workspace.live.is_held(page.connection.id, Wanted.PAGE)
    page.show()
    assert desk.workspace.live.is_held(page.connection.id, Wanted.PAGE)


@quiet_at_the_end
async def test_the_channel_is_told(open_page: Open, center: LiveCenter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.connectors.contact_center.live.PAUSES_S", (30.0,))
    both = [status("op-1"), status("op-2", "Break", "Break: lunch")]
    center.greeting = {"type": "snapshot", "agentStatus": both, "groupsOnlineLoad": [load("g-1"), load("g-2")]}
    page = await open_page(websocket_url=center.line_address)
    await eventually(lambda: "WebSocket" in page.header.evidence.text())
    assert cells(page)["Age"] == "live"
    await center.cut()
    await eventually(lambda: page.feed is not None and page.feed.channel is Channel.RECONNECTING)
    await eventually(lambda: "being opened again" in page.header.evidence.text())
    assert "Asking every 2 s" in page.header.evidence.text()
    assert "closed the line" in page.header.chip.toolTip()


@quiet_at_the_end
async def test_a_wrong_clock_is_told_and_taken_off(open_page: Open, center: LiveCenter) -> None:
    hour = 3600
    center.present([status("op-1", ago_s=60 - hour), status("op-2", "Break", ago_s=-hour)])
    page = await open_page()
    await eventually(lambda: page.banners.banner("skew") is not None)
    banner = page.banners.banner("skew")
    assert banner is not None
    assert "60 min ahead" in banner.text
    assert len(cells(page, 0)["For"]) <= len("1:59")


# -- alarms ------------------------------------------------------------------------------------------------------------


@quiet_at_the_end
async def test_an_alarm_says_what_and_since_when_and_goes_when_it_is_over(
    open_page: Open, center: LiveCenter, desk: Desk
) -> None:
    page = await open_page()
    assert page.alarm_line.isHidden()
    await run(desk.workspace, "cc.live_limits", params={"limits": [{"metric": "waiting", "bound": 5}]})
    center.loads([load("g-1", 6), load("g-2")])
    await eventually(page.alarm_line.isVisible)
    assert page.alarm_line.texts() == ["Sales: 6 waiting, more than 5"]
    assert "since " in words(page.alarm_line)
    waiting = next(c for c in page.tables.groups.rows.columns if c.key == "waiting")
    line = page.tables.groups.rows.row_for("g-1")
    assert line is not None
    assert waiting.icon is not None
    assert waiting.icon(line) is not None
    click(page, "live.alarms.row0.acknowledge")
    await eventually(lambda: "acknowledged" in words(page.alarm_line))
    assert not part(page, Button, "live.alarms.row0.acknowledge").isVisible()
    center.loads([load("g-1", 0), load("g-2")])
    await eventually(page.alarm_line.isHidden)


@quiet_at_the_end
async def test_several_alarms_take_one_line_until_the_others_are_asked_for(
    open_page: Open, center: LiveCenter, desk: Desk
) -> None:
    page = await open_page()
    limits = [{"metric": "waiting", "bound": 5}, {"metric": "operators", "bound": 4}]
    await run(desk.workspace, "cc.live_limits", params={"limits": limits})
    center.loads([load("g-1", 6), load("g-2", 9)])
    await eventually(lambda: part(page, Button, "live.alarms.more").text() == "and 3 more")
    assert len(page.alarm_line.texts()) == 1
    click(page, "live.alarms.more")
    assert len(page.alarm_line.texts()) == 4
    click(page, "live.alarms.all")
    await eventually(lambda: words(page.alarm_line).count("acknowledged") == 4)


@quiet_at_the_end
async def test_limits_are_set_in_a_dialog_and_can_be_taken_back(
    open_page: Open, center: LiveCenter, voice: Heard
) -> None:
    page = await open_page()
    click(page, "live.edit_limits")
    dialog = await open_dialog(LimitsDialog)
    assert isinstance(dialog, LimitsDialog)
    rows = {metric.value: row for metric, row in dialog.rows.items()}
    choose(rows["waiting"].choice, "own")
    rows["waiting"].bound.setValue(1)
    dialog.choose_group("g-2")
    assert rows["waiting"].choice.currentText() == "As for all groups (1)"
    choose(rows["waiting"].choice, "none")
    assert "All groups: Limit: more than 1 waiting" in words(dialog)
    click(dialog, "live.limits.save")
    await eventually(page.alarm_line.isVisible)
    assert page.alarm_line.texts() == ["Sales: 2 waiting, more than 1"]
    await eventually(lambda: "2 limits are set." in voice.offered)
    voice.offered["2 limits are set."].run()
    await eventually(page.alarm_line.isHidden)


def choose(box: Any, way: str) -> None:
    """Choose an entry as a person does."""
    box.setCurrentIndex(box.findData(way))
    box.activated.emit(box.currentIndex())


@quiet_at_the_end
async def test_a_viewer_is_told_why_limits_cannot_be_set(desk: Desk, open_page: Open) -> None:
    page = await open_page()
    desk.workspace.settings_file.change(role=Role.VIEWER.value)
    await eventually(lambda: not part(page, Button, "live.edit_limits").isEnabled())
    assert "integrations.write" in part(page, Button, "live.edit_limits").toolTip()
    assert part(page, Button, "live.pause").isEnabled()


# -- accounts and statuses ---------------------------------------------------------------------------------------------


@pytest.fixture
async def people(desk: Desk) -> None:
    """Two employees, of whom one has the number of an account."""
    made = [Employee("e-1", "Maria", "Orlova", employee_no="00-1"), Employee("e-2", "Ivan", "Petroff")]
    rows = [(*directory.employee_row(e)[:-2], "2026-01-01", "2026-01-01") for e in made]
    await desk.workspace.store.write(insert_rows, EmployeeRow, rows)


@pytest.mark.usefixtures("people")
@quiet_at_the_end
async def test_accounts_are_linked_by_number_by_themselves_and_by_hand_in_a_dialog(
    open_page: Open, voice: Heard
) -> None:
    page = await open_page()
    await eventually(lambda: cells(page, 0)["Person"] == "Maria Orlova")
    page.agents.table.select_place(1)
    QTest.keyClick(page.agents.table, Qt.Key.Key_Space)
    assert page.tables.details.isVisible()
    click(page, "live.link")
    dialog = await open_dialog(LinkDialog)
    assert isinstance(dialog, LinkDialog)
    assert dialog.pane.search.text() == ""  # nobody is called so: everybody is offered
    type_into(dialog.pane.search, "petroff")
    dialog.pane.table.select_place(0)
    click(dialog, "live.link.link")
    await eventually(lambda: cells(page, 1)["Person"] == "Ivan Petroff (by hand)")
    said = "Petrov Ivan is linked to Ivan Petroff."
    await eventually(lambda: said in voice.offered)
    voice.offered[said].run()
    await eventually(lambda: cells(page, 1)["Person"] == "not linked")


@quiet_at_the_end
async def test_a_status_is_sent_and_what_waits_is_counted(
    open_page: Open, center: LiveCenter, desk: Desk, voice: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.operations.contact_center.sending.PATIENCE_S", 0.1)
    nowhere = "http://127.0.0.1:9/status"
    page = await open_page(status_push_url=nowhere)
    assert page.connection is not None
    connection_id = page.connection.id
    known = functools.partial(desk.workspace.store.read, contact_center_now.agents_now, connection_id)
    await eventually(known, "what is left must be known")
    page.agents.table.select_place(0)
    page.open_details()
    click(page, "live.set_status")
    dialog = await open_dialog(StatusDialog)
    assert isinstance(dialog, StatusDialog)
    assert not part(dialog, Button, "live.status.send").isEnabled()
    dialog.choice.setCurrentIndex(0)
    assert dialog.code == "Break"
    click(dialog, "live.status.send")
    await eventually(lambda: page.header.outbox.word.startswith("2 updates waiting"))
    await eventually(lambda: any("2 updates wait" in text for text in voice.toasts))


@quiet_at_the_end
async def test_a_status_takes_its_colour_from_what_a_person_says_that_it_counts_as(open_page: Open) -> None:
    page = await open_page()
    column = next(c for c in page.agents.rows.columns if c.key == "status")
    assert column.tone is not None
    assert column.tone(page.agents.rows.row_at(1)) is Tone.INFO
    page.agents.table.select_place(1)
    menu = page.agents.table.context_menu()
    part(menu, QAction, "live.row.meaning.break").trigger()
    await eventually(lambda: page.tables.tiles.tiles["status_Break"].chip.tone is Tone.WARNING)
    assert column.tone(page.agents.rows.row_at(1)) is Tone.WARNING
    menu.close()


@quiet_at_the_end
async def test_without_a_receiver_the_button_says_why(open_page: Open) -> None:
    page = await open_page()
    page.agents.table.select_place(0)
    page.open_details()
    button = part(page, Button, "live.set_status")
    assert button.toolTip() == "The connection names no receiver of status updates."


@quiet_at_the_end
async def test_details_tell_where_from_and_what_was_before(open_page: Open, center: LiveCenter) -> None:
    page = await open_page()
    page.show_record("op-1")
    told = page.tables.details.texts()
    assert told[0] == "Orlova Maria"
    assert "op-1" in told
    center.present([status("op-1", "Ready", ago_s=1), status("op-2", "Break", "Break: lunch")])
    await eventually(lambda: "Ready" in page.tables.details.texts())
    before = page.tables.details.texts()
    assert "Work" in before[before.index("Before") :]


@quiet_at_the_end
async def test_everything_has_a_name(open_page: Open) -> None:
    page = await open_page()
    for button in page.findChildren(QAbstractButton):
        if button.isVisible() and button.objectName().startswith("live"):
            assert button.text() or button.accessibleName(), button.objectName()
    assert all(label.text() for label in page.findChildren(QLabel, "live.count"))


@quiet_at_the_end
async def test_the_requests_behind_the_numbers_can_be_read(open_page: Open, center: LiveCenter) -> None:
    here = {"agentStatus": [status("op-1"), status("op-2")], "groupsOnlineLoad": [load("g-1"), load("g-2")]}
    center.greeting = {"type": "snapshot", **here}
    page = await open_page(websocket_url=center.line_address)
    await eventually(lambda: page.feed is not None and page.feed.channel is Channel.SOCKET)
    await center.cut()
    page.header.menu.aboutToShow.emit()
    part(page.header.menu, QAction, "live.requests").trigger()
    dialog = await open_dialog(LiveRequestsDialog)
    assert isinstance(dialog, LiveRequestsDialog)

    def told() -> set[tuple[str, str, str]]:
        rows = [{c.key: c.words(row) for c in COLUMNS} for row in dialog.pane.rows.shown_rows()]
        return {(row["request"].split()[0], row["status"], row["error"]) for row in rows}

    await eventually(lambda: {("CONNECT", "101", ""), ("GET", "200", "")} <= told())
    await eventually(lambda: any(each[2].startswith("1 message came. The") for each in told()))
    click(dialog, "live_requests.close")
    await eventually(lambda: not isValid(dialog))
