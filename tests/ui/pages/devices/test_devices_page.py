"""The Devices page, as a person uses it: the list, its details, pushing, and who is where."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMenu, QTabBar, QWidget

from app.access import Role
from app.demo.world import DemoWorld
from app.domain.coverage import CoverageState, Placement
from app.domain.devices import DeviceFacts, DeviceSource, DeviceStatus
from app.domain.outcomes import Action, Status
from app.events import CoverageChanged, DevicesChanged
from app.store import devices as stored
from app.store import runs
from app.store.values import now
from tests.support.coverage import a_device, a_person, a_placement, fill, place
from tests.support.outcomes import keep, outcome, run
from tests.support.site import Site
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.push_preview import PushPreviewDialog
from ui.dialogs.why import WhyDialog
from ui.pages.devices import DevicesPage
from ui.pages.devices.coverage.view import CoverageView
from ui.pages.devices.record_ids import MISSING_AT
from ui.tables import TableView
from ui.theme import Tone
from ui.widgets import Button, ConfirmDialog, DetailsPane, StatusChip

S = CoverageState
GATE = a_device("Gate", facts=DeviceFacts(people=212, most_people=1500, tested_at=now(), test_ok=True))
YARD = a_device("Yard", host="10.0.0.32")
PEOPLE = [a_person("ana"), a_person("ion", employee_no="7"), a_person("kari", "Berg", employee_no="8")]


def placed() -> list[Placement]:
    """What is known of the people, counted from now: a test may run long after this file was read."""
    return [
        a_placement(GATE, "ana", S.VERIFIED, checked_at=now() - timedelta(minutes=2, seconds=5)),
        a_placement(GATE, "ion", S.PHOTO_MISSING, message="No face was found in the photo."),
        a_placement(YARD, "ana", S.FAILED, message="Sign-in refused."),
    ]


async def open_page(desk: Desk) -> DevicesPage:
    page = DevicesPage(desk)
    page.resize(1280, 760)
    page.show()
    page.activateWindow()
    return page


async def filled_page(desk: Desk) -> DevicesPage:
    await fill(desk.workspace, PEOPLE, [GATE, YARD], placed())
    page = await open_page(desk)
    await eventually(lambda: page.pane.rows.total == 2)
    return page


async def coverage_of(desk: Desk) -> DevicesPage:
    page = await filled_page(desk)
    part(page, QTabBar, "devices.tabs").setCurrentIndex(1)
    await eventually(lambda: page.coverage.model.rowCount() == 3)
    return page


def details(page: DevicesPage) -> list[str]:
    pane = page.details.currentWidget()
    assert isinstance(pane, DetailsPane)
    return pane.texts()


def people(page: DevicesPage) -> list[str]:
    model = page.coverage.model
    return [model.person(row).name for row in range(model.rowCount())]


# -- the list ----------------------------------------------------------------------------------------------------------


async def test_without_devices_the_page_says_three_ways_to_begin(desk: Desk) -> None:
    page = await open_page(desk)
    await eventually(lambda: "No devices yet" in words(page))
    assert "Add a Supabase connection, add a device by hand, or search the network." in words(page)
    assert part(page, Button, "devices.push_all").toolTip() == "There is no active device yet."
    assert part(page, Button, "devices.sync").toolTip() == "Add a Supabase connection first."


async def test_a_row_tells_state_people_and_capacity_in_words(desk: Desk) -> None:
    page = await filled_page(desk)
    table = page.pane.visible_table()
    gate = dict(zip(table.headers, table.rows[0], strict=True))
    assert (gate["Name"], gate["State"], gate["People"]) == ("Gate", "Reachable", 212)
    assert gate["Capacity"] in {"212 of 1,500", "212 of 1500"}
    assert part(page, TableView, "devices.table").accessibleName() == "Devices"


async def test_a_device_that_needs_a_look_is_told_above_the_list(desk: Desk) -> None:
    await fill(desk.workspace, [], [replace(YARD, has_password=False)])
    page = await open_page(desk)
    await eventually(lambda: part(page, StatusChip, "devices.troubles").word == "1 needs a look")
    assert part(page, QLabel, "devices.trouble").text().startswith("Yard: User name or password is missing")


async def test_space_opens_the_details_with_what_the_terminal_said_and_who_is_missing(desk: Desk) -> None:
    page = await filled_page(desk)
    page.pane.table.select_key("gate")
    QTest.keyClick(part(page, QWidget, "devices.table"), Qt.Key.Key_Space)
    await eventually(lambda: "2 people are missing" in details(page))
    assert "Berg Kari\nPopescu Ion" in details(page)
    assert "In the keyring" in details(page)


async def test_a_change_of_a_device_shows_up_at_once(desk: Desk) -> None:
    page = await filled_page(desk)
    yard = await desk.workspace.store.read(stored.find_device, "yard")
    assert yard is not None
    await desk.workspace.store.write(stored.change_device, replace(yard, status=DeviceStatus.INACTIVE))
    desk.workspace.events.publish(DevicesChanged())
    await eventually(lambda: part(page, QAbstractButton, "devices.filter.paused").text() == "Paused 1")


async def test_pausing_and_resuming_say_so(desk: Desk, voice: Heard) -> None:
    page = await filled_page(desk)
    page.show_record("Yard")
    await eventually(part(page, Button, "devices.pause").isVisible)
    click(page, "devices.pause")
    await eventually(lambda: voice.toasts == ["Paused Yard."])
    await eventually(lambda: part(page, Button, "devices.pause").text() == "Resume")


async def test_removing_asks_and_names_what_goes(desk: Desk, voice: Heard) -> None:
    page = await filled_page(desk)
    page.show_record("Yard")
    await eventually(part(page, Button, "devices.remove").isVisible)
    click(page, "devices.remove")
    dialog = await open_dialog(ConfirmDialog)
    assert part(dialog, Button, "confirm.action").text() == "Remove Yard and its password"
    click(dialog, "confirm.action")
    await eventually(lambda: page.pane.rows.total == 1)
    await eventually(lambda: voice.toasts == ["Removed Yard."])


async def test_a_device_that_supabase_lists_is_paused_not_removed(desk: Desk) -> None:
    await fill(desk.workspace, [], [replace(GATE, source=DeviceSource.SUPABASE, source_id="1")])
    page = await open_page(desk)
    page.show_record("Gate")
    remove = part(page, Button, "devices.remove")
    await eventually(remove.isVisible)
    assert remove.toolTip() == "Supabase lists it: pause it instead."


async def test_a_viewer_sees_everything_and_is_told_why_nothing_can_be_pressed(desk: Desk) -> None:
    desk.workspace.settings_file.values = replace(desk.workspace.settings_file.values, role=Role.VIEWER)
    page = await filled_page(desk)
    await eventually(lambda: "viewer" in part(page, Button, "devices.push_all").toolTip().lower())
    assert not part(page, Button, "devices.verify").isEnabled()


# -- how a push goes about it ------------------------------------------------------------------------------------------


async def test_pace_and_what_a_failing_device_does_are_remembered(desk: Desk) -> None:
    page = await filled_page(desk)
    pace, on_fatal = part(page, QComboBox, "devices.pace"), part(page, QComboBox, "devices.on_fatal")
    assert (pace.currentText(), on_fatal.currentText()) == ("Gentle", "Stop the run")
    pace.setCurrentText("Fast")
    on_fatal.setCurrentText("Park it and go on")
    assert pace.accessibleDescription() == "Devices side by side, as fast as each answers."
    again = DevicesPage(desk)
    assert part(again, QComboBox, "devices.pace").currentText() == "Fast"
    assert part(again, QComboBox, "devices.on_fatal").currentText() == "Park it and go on"


async def test_the_preview_shows_every_device_and_calls_none(desk: Desk) -> None:
    page = await filled_page(desk)
    await eventually(part(page, Button, "devices.preview").isEnabled)
    click(page, "devices.preview")
    dialog = await open_dialog(PushPreviewDialog)
    assert isinstance(dialog, PushPreviewDialog)
    assert [row.name for row in dialog.devices.rows.shown_rows()] == ["Gate", "Yard"]


async def test_push_all_sends_with_the_chosen_settings_and_the_matrix_fills(
    desk: Desk, small_world: DemoWorld, voice: Heard
) -> None:
    site = Site(desk.workspace, small_world)
    await site.add_people(PEOPLE)
    await site.add_devices(2)
    page = await open_page(desk)
    await eventually(lambda: page.pane.rows.total == 2)
    part(page, QComboBox, "devices.pace").setCurrentText("Fast")
    part(page, QTabBar, "devices.tabs").setCurrentIndex(1)
    await eventually(part(page, Button, "devices.push_all").isEnabled)
    click(page, "devices.push_all")
    await eventually(lambda: not part(page, Button, "devices.push_all").isEnabled())
    assert part(page, Button, "devices.verify").toolTip().startswith("Another run works on the devices.")
    await eventually(part(page, Button, "devices.push_all").isEnabled, patience_s=30)
    assert part(page, Button, "devices.push_all").text() == "Push all"
    await eventually(lambda: page.coverage.model.counts()[S.VERIFIED] == 6)
    pushed = (await desk.workspace.store.read(runs.runs))[0]
    assert pushed.params["pace"] == "fast"
    assert voice.banners == {}
    assert "6 of these verified" in part(page, QLabel, "devices.evidence").text()


async def test_testing_a_device_shows_its_steps(desk: Desk, small_world: DemoWorld) -> None:
    site = Site(desk.workspace, small_world)
    (device,) = await site.add_devices(1)
    page = await open_page(desk)
    page.show_record(device.id)
    await eventually(part(page, Button, "devices.test").isVisible)
    click(page, "devices.test")
    await eventually(lambda: page.pane.rows.all_rows()[0].device.facts.test_ok)
    await eventually(lambda: "Sign-in" in words(page))
    assert page.pane.rows.all_rows()[0].device.facts.model


async def test_before_the_last_tries_a_banner_in_red_asks_whether_to_sign_in(
    desk: Desk, voice: Heard, small_world: DemoWorld
) -> None:
    site = Site(desk.workspace, small_world)
    (device,) = await site.add_devices(1)
    terminal = site.terminals[0]
    terminal.quirks = msgspec.structs.replace(terminal.quirks, lock_after=1)
    page = await open_page(desk)
    page.show_record(device.id)
    await eventually(part(page, Button, "devices.test").isVisible)
    click(page, "devices.test")
    key = f"few tries {device.id}"
    await eventually(lambda: key in voice.banners)
    banner = voice.banners[key]
    assert banner.tone is Tone.DANGER
    assert banner.text == f"{device.name}: Only 1 try is left before the device locks the account."
    assert not any(call.signed for call in terminal.calls)
    (anyway,) = banner.actions
    anyway.run()
    await eventually(lambda: voice.toasts == [f"{device.name} works."])
    assert voice.banners == {}


# -- coverage ----------------------------------------------------------------------------------------------------------


async def test_the_matrix_counts_states_and_filters_by_them(desk: Desk) -> None:
    page = await coverage_of(desk)
    assert people(page) == ["Berg Kari", "Popescu Ana", "Popescu Ion"]
    missing = part(page, QAbstractButton, "devices.coverage.filter.photo_missing")
    await eventually(missing.isVisible)
    click(page, "devices.coverage.filter.photo_missing")
    assert people(page) == ["Popescu Ion"]
    assert part(page, QLabel, "devices.coverage.count").text() == "1 of 3 people"


async def test_search_and_one_device_narrow_and_can_be_cleared(desk: Desk) -> None:
    page = await coverage_of(desk)
    type_into(part(page, QLineEdit, "devices.coverage.search"), "nobody")
    await eventually(lambda: "Nobody fits all of these filters." in words(page))
    page.coverage.clear()
    device = part(page, QComboBox, "devices.coverage.device")
    device.setCurrentText("Yard")
    device.activated.emit(device.currentIndex())
    assert page.coverage.model.columnCount() == 1


async def test_the_line_below_says_the_cell_in_words_with_its_age(desk: Desk) -> None:
    page = await coverage_of(desk)
    page.coverage.view.setCurrentIndex(page.coverage.model.place_of("ana", "gate"))
    spoken = part(page, QLabel, "devices.coverage.cell")
    await eventually(lambda: spoken.text() == "Popescu Ana at Gate: Verified, 2 min ago")


async def test_enter_tells_the_story_of_a_cell_and_why_it_is_so(desk: Desk) -> None:
    failed = outcome(
        "Ana Popescu", subject_id="ana", target="Yard", target_id="yard", status=Status.FATAL, step="person",
        message="Sign-in refused.", action=Action.CREATE, asked="POST UserInfo/Record", answered="401",
    )  # fmt: skip
    page = await coverage_of(desk)
    await keep(desk.workspace, run("r1", operation="terminals.push_all", connection=""), [failed])
    view = part(page, CoverageView, "devices.coverage")
    view.setFocus()
    view.setCurrentIndex(page.coverage.model.place_of("ana", "yard"))
    QTest.keyClick(view, Qt.Key.Key_Return)
    await eventually(lambda: "Failed: Sign-in refused." in details(page))
    click(page, "devices.coverage.why")
    dialog = await open_dialog(WhyDialog)
    assert "POST UserInfo/Record" in words(dialog)
    assert "401" in words(dialog)


async def test_a_persons_name_tells_where_they_are_missing(desk: Desk) -> None:
    page = await coverage_of(desk)
    page.coverage.person_chosen.emit(1)
    assert "Missing at 1 device" in details(page)
    assert "Yard" in details(page)


async def test_the_story_of_a_person_stays_while_cells_learn_their_age(desk: Desk) -> None:
    page = await coverage_of(desk)
    page.coverage.show_person("ana")
    await eventually(lambda: "2 min ago" in part(page, QLabel, "devices.coverage.cell").text())
    assert "Missing at 1 device" in details(page)


async def test_the_story_of_a_cell_follows_what_becomes_known(desk: Desk) -> None:
    page = await coverage_of(desk)
    page.coverage.view.setCurrentIndex(page.coverage.model.place_of("kari", "gate"))
    await eventually(lambda: "Never sent to this device." in details(page))
    await place(desk.workspace, {(GATE, "kari"): S.SENT})
    desk.workspace.events.publish(CoverageChanged((("gate", "kari"),)))
    await eventually(lambda: "The device said yes; it has not been read back yet." in details(page))


async def test_a_devices_name_tells_who_is_missing_there(desk: Desk) -> None:
    page = await coverage_of(desk)
    page.coverage.device_chosen.emit(1)
    assert "3 people are missing" in details(page)
    assert "Berg Kari\nPopescu Ana\nPopescu Ion" in details(page)


async def test_asked_where_somebody_is_missing_it_shows_that_person_alone(desk: Desk) -> None:
    await fill(desk.workspace, PEOPLE, [GATE, YARD], placed())
    page = await open_page(desk)
    page.show_record(f"{MISSING_AT}ion")
    await eventually(lambda: people(page) == ["Popescu Ion"])
    await eventually(lambda: "Missing at 2 devices" in details(page))


async def test_changes_arrive_in_batches_without_losing_the_place(desk: Desk) -> None:
    page = await coverage_of(desk)
    page.coverage.view.setCurrentIndex(page.coverage.model.place_of("ion", "yard"))
    await place(desk.workspace, {(YARD, "ion"): S.SENT, (YARD, "kari"): S.SENT})
    desk.workspace.events.publish(CoverageChanged((("yard", "ion"), ("yard", "kari"))))
    await eventually(lambda: page.coverage.model.counts()[S.SENT] == 2)
    assert page.coverage.model.person(page.coverage.view.currentIndex().row()).id == "ion"


async def test_somebody_only_a_device_knows_gets_a_row(desk: Desk) -> None:
    page = await coverage_of(desk)
    stranger = a_placement(GATE, "#77", S.EXTRA, name="VISITOR")
    await desk.workspace.store.write(stored.note_placements, [stranger])
    desk.workspace.events.publish(CoverageChanged((("gate", "#77"),)))
    await eventually(lambda: people(page)[-1] == "VISITOR")


async def test_a_hidden_matrix_reads_again_when_it_is_shown(desk: Desk) -> None:
    page = await filled_page(desk)
    await eventually(lambda: len(page.coverage.model.grid.people) == 3)
    await place(desk.workspace, {(YARD, "ion"): S.VERIFIED})
    desk.workspace.events.publish(CoverageChanged((("yard", "ion"),)))
    part(page, QTabBar, "devices.tabs").setCurrentIndex(1)
    await eventually(lambda: page.coverage.model.counts()[S.VERIFIED] == 2)


async def test_marked_people_are_pushed_to_the_marked_devices(desk: Desk) -> None:
    page = await coverage_of(desk)
    view = page.coverage.view
    view.setCurrentIndex(page.coverage.model.index(1, 0))
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    menu = QMenu()
    view.menu_opening.emit(menu, *view.marked())
    assert [entry.text() for entry in menu.actions()] == ["Push 2 people here", "Verify 2 people here"]
    menu.actions()[0].trigger()
    await eventually(lambda: bool(desk.workspace.runner.handles))
    handle = next(iter(desk.workspace.runner.handles.values()))
    assert set(handle.context.run.params["people"]) == {"ana", "ion"}
    assert list(handle.context.run.params["devices"]) == ["gate"]
    handle.cancel()
    await handle.report()


async def test_the_matrix_is_exported_as_it_is_shown(desk: Desk) -> None:
    page = await coverage_of(desk)
    page.coverage.chips.choose(["photo_missing"])
    table = page.coverage.visible_table()
    assert table.headers == ("Name", "Terminal number", "Gate", "Yard")
    assert table.rows == (("Popescu Ion", "7", "Photo missing", "Waiting"),)


async def test_ctrl_f_reaches_the_search_of_the_tab_in_front(desk: Desk) -> None:
    page = await coverage_of(desk)
    await eventually(page.isActiveWindow)
    for tab, name in ((1, "devices.coverage.search"), (0, "devices.search")):
        part(page, QTabBar, "devices.tabs").setCurrentIndex(tab)
        page.header.push.setFocus()
        QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        await eventually(part(page, QLineEdit, name).hasFocus)


@pytest.mark.parametrize("zoom", [0, 1, 2])
async def test_the_size_of_cells_is_remembered(desk: Desk, zoom: int) -> None:
    page = await coverage_of(desk)
    for _press in range(3 - zoom):
        click(page, "devices.coverage.zoom_out")
    again = DevicesPage(desk)
    assert again.coverage.view.zoom == zoom
