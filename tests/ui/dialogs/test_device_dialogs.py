"""The dialogs of devices: the form with its test, the certificate, a file to import, a search of the network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QWidget
from shiboken6 import isValid

from app.demo.terminals.fleet import TerminalFleet
from app.demo.world import DemoWorld
from app.domain.devices import Device
from app.store import devices as stored
from tests.support.coverage import a_device, fill
from tests.support.site import Site
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.device import DeviceDialog, edit_device
from ui.dialogs.device_discovery import DiscoveryDialog, open_discovery
from ui.dialogs.device_import import DeviceImportDialog, import_file
from ui.dialogs.device_trust import TrustDialog, grouped
from ui.theme import Tone
from ui.widgets import Button, ConfirmDialog


@pytest.fixture
def parent() -> Iterator[QWidget]:
    """What the dialogs stand over."""
    widget = QWidget()
    widget.show()
    yield widget
    widget.close()


def is_gone(dialog: QWidget) -> bool:
    return not isValid(dialog) or not dialog.isVisible()


async def known(desk: Desk) -> list[Device]:
    return await desk.workspace.store.read(stored.devices)


async def open_form(parent: QWidget, desk: Desk, device: Device | None = None) -> DeviceDialog:
    desk.start("edit", edit_device(parent, desk, device))
    dialog = await open_dialog(DeviceDialog)
    assert isinstance(dialog, DeviceDialog)
    return dialog


def fill_in(dialog: DeviceDialog, **texts: str) -> None:
    for key, text in texts.items():
        type_into(part(dialog, QLineEdit, f"device.{key}"), text)


# -- the form ----------------------------------------------------------------------------------------------------------


async def test_a_device_is_added_with_its_password_in_the_keyring(parent: QWidget, desk: Desk, voice: Heard) -> None:
    dialog = await open_form(parent, desk)
    fill_in(dialog, name="Gate 1", site="Cluj", host="10.0.0.31", port="8080", password="s3cret door")
    click(dialog, "device.save")
    await eventually(lambda: voice.toasts == ["Saved Gate 1."])
    (device,) = await known(desk)
    assert (device.address, device.site, device.username) == ("10.0.0.31:8080", "Cluj", "admin")
    assert await desk.workspace.vault.get(device, "password") == "s3cret door"
    await eventually(lambda: is_gone(dialog))


async def test_what_is_wrong_stands_below_the_field_and_nothing_is_saved(parent: QWidget, desk: Desk) -> None:
    dialog = await open_form(parent, desk)
    fill_in(dialog, name="Gate", host="http://10.0.0.31/")
    click(dialog, "device.save")
    note = part(dialog, QLabel, "device.host.note")
    await eventually(lambda: note.text().startswith("The address of a device is only its host"))
    assert part(dialog, QLineEdit, "device.host").hasFocus()
    assert await known(desk) == []


async def test_an_unusual_address_is_said_while_it_is_typed(parent: QWidget, desk: Desk) -> None:
    dialog = await open_form(parent, desk)
    fill_in(dialog, name="Gate", host="10.0.0.31", port="8000")
    await eventually(lambda: "Port 8000 is the vendor's own protocol" in words(dialog))


async def test_a_name_that_is_taken_is_refused(parent: QWidget, desk: Desk) -> None:
    await fill(desk.workspace, [], [a_device("Gate")])
    dialog = await open_form(parent, desk)
    fill_in(dialog, name="Gate", host="10.0.0.9")
    click(dialog, "device.save")
    await eventually(lambda: "There is already a device named Gate." in words(dialog))


async def test_only_what_changed_is_stored_and_a_blank_password_stays(
    parent: QWidget, desk: Desk, voice: Heard
) -> None:
    await fill(desk.workspace, [], [a_device("Gate")])
    (device,) = await known(desk)
    dialog = await open_form(parent, desk, device)
    assert part(dialog, QLineEdit, "device.password").text() == ""
    assert part(dialog, QLineEdit, "device.password").placeholderText() == "Unchanged"
    fill_in(dialog, site="Cluj")
    click(dialog, "device.save")
    await eventually(lambda: voice.toasts == ["Saved Gate."])
    (changed,) = await known(desk)
    assert (changed.site, changed.host, changed.has_password) == ("Cluj", "10.0.0.31", True)


async def test_the_test_calls_the_device_with_what_is_typed_and_saves_nothing(
    parent: QWidget, desk: Desk, small_world: DemoWorld
) -> None:
    terminal = Site(desk.workspace, small_world).terminals[0]
    dialog = await open_form(parent, desk)
    fill_in(dialog, name="Gate", host=terminal.host, port=str(terminal.port), username=terminal.username)
    fill_in(dialog, password=terminal.password)
    click(dialog, "device.test")
    await eventually(lambda: "It works" in part(dialog, QLabel, "device.verdict").text(), patience_s=20)
    assert "Face terminal" in words(dialog)
    assert "Clock" in words(dialog)
    assert await known(desk) == []


async def test_a_wrong_password_is_said_at_its_step(parent: QWidget, desk: Desk, small_world: DemoWorld) -> None:
    terminal = Site(desk.workspace, small_world).terminals[0]
    dialog = await open_form(parent, desk)
    fill_in(dialog, name="Gate", host=terminal.host, port=str(terminal.port), password="wrong")
    click(dialog, "device.test")
    await eventually(lambda: "refused user name or password" in words(dialog), patience_s=20)


async def test_before_the_last_tries_it_asks_in_red_whether_to_sign_in(
    parent: QWidget, desk: Desk, small_world: DemoWorld
) -> None:
    terminal = Site(desk.workspace, small_world).terminals[0]
    terminal.quirks = replace(terminal.quirks, lock_after=2)
    dialog = await open_form(parent, desk)
    fill_in(dialog, name="Gate", host=terminal.host, port=str(terminal.port), username=terminal.username)
    fill_in(dialog, password=terminal.password)
    click(dialog, "device.test")
    await eventually(lambda: dialog.banners.banner("test") is not None, patience_s=20)
    banner = dialog.banners.banner("test")
    assert banner is not None
    assert (banner.tone, banner.text) == (Tone.DANGER, "Only 2 tries are left before the device locks the account.")
    assert not any(call.signed for call in terminal.calls)
    (anyway,) = [button for button in banner.findChildren(Button) if button.text() == "Sign in anyway"]
    await eventually(part(dialog, Button, "device.test").isEnabled)
    anyway.click()
    await eventually(lambda: "It works" in part(dialog, QLabel, "device.verdict").text(), patience_s=20)
    assert dialog.banners.banner("test") is None


async def test_a_certificate_that_nobody_knows_is_shown_in_groups_and_stored_when_trusted(
    parent: QWidget, desk: Desk
) -> None:
    async with TerminalFleet(1, https=True) as fleet:
        terminal = fleet.terminals[0]
        dialog = await open_form(parent, desk)
        fill_in(dialog, name="Gate", host=terminal.host, port=str(terminal.port), password=terminal.password)
        part(dialog, QCheckBox, "device.https").setChecked(True)
        click(dialog, "device.test")
        look = "Look at the certificate…"
        await eventually(lambda: look in [b.text() for b in dialog.banners.findChildren(Button)], patience_s=20)
        next(b for b in dialog.banners.findChildren(Button) if b.text() == look).click()
        trust = await open_dialog(TrustDialog)
        shown = part(trust, QLabel, "trust.fingerprint").text()
        assert len(shown.split()) == 16
        click(trust, "trust.accept")
        await eventually(lambda: "It works" in part(dialog, QLabel, "device.verdict").text(), patience_s=20)
        click(dialog, "device.save")
        await eventually(lambda: is_gone(dialog))
        (device,) = await known(desk)
        assert grouped(device.fingerprint) == shown


async def test_esc_asks_before_it_discards_what_was_typed(parent: QWidget, desk: Desk) -> None:
    dialog = await open_form(parent, desk)
    fill_in(dialog, name="Gate")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    question = await open_dialog(ConfirmDialog)
    click(question, "confirm.action")
    await eventually(lambda: is_gone(dialog))


# -- importing ---------------------------------------------------------------------------------------------------------

FILE = "name;host;password\nGate;10.0.0.31;secret one\nYard;http://x;secret two\n"


async def import_(parent: QWidget, desk: Desk, folder: Path, text: str) -> DeviceImportDialog:
    file = folder / "devices.csv"
    file.write_text(text, encoding="utf-8")
    desk.start("import", import_file(parent, desk, str(file)))
    dialog = await open_dialog(DeviceImportDialog)
    assert isinstance(dialog, DeviceImportDialog)
    return dialog


async def test_a_file_is_shown_row_by_row_before_anything_is_stored(
    parent: QWidget, desk: Desk, tmp_path: Path
) -> None:
    dialog = await import_(parent, desk, tmp_path, FILE)
    rows = {row[1]: row for row in dialog.pane.visible_table().rows}
    assert rows["Gate"][0] == "Create"
    assert rows["Yard"][0] == "Cannot be taken"
    assert "Row 3, host" in str(rows["Yard"][2])
    assert "secret" not in words(dialog) + str(rows)
    assert await known(desk) == []


async def test_good_rows_are_imported_and_counted(parent: QWidget, desk: Desk, voice: Heard, tmp_path: Path) -> None:
    dialog = await import_(parent, desk, tmp_path, FILE)
    assert part(dialog, Button, "device_import.accept").text() == "Import 1 device"
    click(dialog, "device_import.accept")
    await eventually(lambda: voice.toasts == ["1 added, 0 changed."])
    (device,) = await known(desk)
    assert await desk.workspace.vault.get(device, "password") == "secret one"


async def test_a_file_that_is_no_such_table_is_a_banner(
    parent: QWidget, desk: Desk, voice: Heard, tmp_path: Path
) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a;b\n1;2\n", encoding="utf-8")
    await import_file(parent, desk, str(file))
    assert "The file has no column name." in voice.banners["import devices"].text


# -- searching ---------------------------------------------------------------------------------------------------------


async def search(parent: QWidget, desk: Desk, world: DemoWorld) -> DiscoveryDialog:
    sadp = world.describe()["terminals"]["sadp"]
    return open_discovery(parent, desk, {"addresses": [sadp["host"]], "port": sadp["port"], "listen_s": 1.0})


async def test_new_terminals_are_ticked_and_added_with_one_password(
    parent: QWidget, desk: Desk, small_world: DemoWorld
) -> None:
    dialog = await search(parent, desk, small_world)
    await eventually(lambda: dialog.pane.rows.total > 0)
    count = len(dialog.pane.rows.checked_keys())
    assert part(dialog, Button, "discovery.add").text() == f"Add {count} devices"
    type_into(part(dialog, QLineEdit, "discovery.password"), "s3cret door")
    click(dialog, "discovery.add")
    for _attempt in range(500):
        if len(await known(desk)) == count:
            break
        await asyncio.sleep(0.02)
    found = await known(desk)
    assert len(found) == count
    assert await desk.workspace.vault.get(found[0], "password") == "s3cret door"
    await eventually(lambda: {line.done for line in dialog.pane.rows.all_rows() if line.done} == {"Added"})


async def test_nobody_answering_says_what_may_be_the_cause(parent: QWidget, desk: Desk) -> None:
    dialog = open_discovery(parent, desk, {"addresses": ["127.0.0.1"], "port": 9, "listen_s": 0.2})
    await eventually(lambda: "No device answered" in words(dialog))
    assert part(dialog, Button, "discovery.again").isEnabled()


async def test_closing_in_mid_search_gives_it_up(parent: QWidget, desk: Desk, small_world: DemoWorld) -> None:
    dialog = await search(parent, desk, small_world)
    await eventually(lambda: bool(desk.workspace.runner.handles))
    dialog.reject()
    await eventually(lambda: not desk.workspace.runner.handles)
