"""The settings dialog: everything by keyboard, checked while typing, undone by Cancel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLabel, QLineEdit, QSpinBox, QWidget

from app.access import Role
from app.i18n import Language
from app.settings import Settings, Theme, hold_for_all
from tests.support.running import run
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.retention import RetentionDialog
from ui.dialogs.settings import SettingsDialog, open_settings
from ui.theme import theme


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    level = logging.getLogger("app").level
    yield
    hold_for_all(Settings())
    logging.getLogger("app").setLevel(level)


@pytest.fixture
def place() -> QWidget:
    widget = QWidget()
    widget.show()
    return widget


async def quiet(desk: Desk) -> None:
    """Wait until nothing is under way: between a test and its fixtures Qt works on and the loop does not."""
    await eventually(lambda: desk.workspace.tasks._running <= {asyncio.current_task()})


async def shown(place: QWidget, desk: Desk) -> SettingsDialog:
    dialog = open_settings(place, desk)
    await quiet(desk)
    return dialog


async def saved(dialog: SettingsDialog) -> None:
    desk = dialog.desk
    click(dialog, "settings_dialog.save")
    await eventually(lambda: not shiboken6.isValid(dialog))
    await quiet(desk)


async def test_what_is_changed_by_keyboard_is_kept_and_checked_by_the_same_operation(
    desk: Desk, voice: Heard, place: QWidget
) -> None:
    dialog = await shown(place, desk)
    interval = part(dialog, QSpinBox, "settings_dialog.sync_interval")
    interval.setFocus()
    interval.selectAll()
    QTest.keyClicks(interval, "1200")
    webhooks = part(dialog, QCheckBox, "settings_dialog.enable_webhooks")
    QTest.keyClick(webhooks, Qt.Key.Key_Space)
    level = part(dialog, QComboBox, "settings_dialog.log_level")
    QTest.keyClick(level, Qt.Key.Key_End)
    await saved(dialog)
    values = desk.workspace.settings
    assert (values.sync_interval, values.enable_webhooks, values.log_level) == (1200, False, "ERROR")
    assert values.retry_attempts == Settings().retry_attempts
    await eventually(lambda: voice.toasts == ["Settings saved"])
    assert logging.getLogger("app").level == logging.ERROR


async def test_no_number_leaves_its_bounds(desk: Desk, place: QWidget) -> None:
    dialog = await shown(place, desk)
    for key, low, high in (("sync_interval", 60, 86_400), ("retry_attempts", 0, 10), ("batch_size", 1, 10_000)):
        box = part(dialog, QSpinBox, f"settings_dialog.{key}")
        assert (box.minimum(), box.maximum()) == (low, high)
    dialog.reject()


async def test_a_look_is_tried_on_at_once_and_taken_off_by_cancel(desk: Desk, place: QWidget) -> None:
    dialog = await shown(place, desk)
    look = part(dialog, QComboBox, "settings_dialog.theme")
    before = theme.tokens.dark
    look.setCurrentIndex(look.findData("dark"))
    assert theme.tokens.dark
    click(dialog, "settings_dialog.cancel")
    assert theme.tokens.dark is before
    assert desk.workspace.settings.theme is Theme.SYSTEM


async def test_another_language_says_that_it_needs_a_start(desk: Desk, voice: Heard, place: QWidget) -> None:
    dialog = await shown(place, desk)
    box = part(dialog, QComboBox, "settings_dialog.language")
    box.setCurrentIndex(box.findData("nb"))
    await saved(dialog)
    assert desk.workspace.settings.language is Language.NORWEGIAN
    assert "starts the next time" in voice.banners["settings"].text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("mysql://host/name", "names no database that Muster speaks"),
        ("postgresql://muster:geheim@db.example.com/muster", "no place for a password"),
        ("postgresql://db.example.com", "names no database"),
        ("sqlite:///:memory:", "names no database"),
    ],
)
async def test_a_wrong_address_of_the_database_is_said_while_typing(
    desk: Desk, place: QWidget, typed: str, said: str
) -> None:
    dialog = await shown(place, desk)
    type_into(part(dialog, QLineEdit, "settings_dialog.database_url"), typed)
    save = part(dialog, QAbstractButton, "settings_dialog.save")
    assert not save.isEnabled()
    assert said in part(dialog, QLabel, "settings_dialog.database_url.note").text()
    assert "geheim" not in words(dialog)
    type_into(part(dialog, QLineEdit, "settings_dialog.database_url"), "")
    assert save.isEnabled()
    dialog.reject()


async def test_a_good_address_is_kept_for_the_next_start(desk: Desk, voice: Heard, place: QWidget) -> None:
    dialog = await shown(place, desk)
    type_into(part(dialog, QLineEdit, "settings_dialog.database_url"), "postgresql://muster@db.example.com/muster")
    await saved(dialog)
    assert desk.workspace.settings.database_url == "postgresql://muster@db.example.com/muster"
    assert "starts the next time" in voice.banners["settings"].text


async def test_a_variable_that_decides_is_said(desk: Desk, place: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////somewhere/else.sqlite3")
    dialog = await shown(place, desk)
    assert not part(dialog, QLineEdit, "settings_dialog.database_url").isEnabled()
    assert "DATABASE_URL decides" in words(dialog)
    dialog.reject()


async def test_who_has_a_setting_of_its_own_is_named(desk: Desk, place: QWidget) -> None:
    params = {"name": "zup", "kind": "onec", "settings": {"timeout_seconds": 7}}
    assert (await run(desk.workspace, "connections.create", params=params)).error is None
    dialog = await shown(place, desk)
    note = part(dialog, QLabel, "settings_dialog.timeout_seconds.note")
    await eventually(lambda: note.text() == "1 connection has its own: zup")
    dialog.reject()


async def test_without_the_right_only_the_window_can_be_changed(desk: Desk, place: QWidget) -> None:
    desk.workspace.settings_file.change(role=Role.OPERATOR)
    dialog = await shown(place, desk)
    interval = part(dialog, QSpinBox, "settings_dialog.sync_interval")
    assert not interval.isEnabled()
    assert "integrations.admin" in interval.toolTip()
    box = part(dialog, QComboBox, "settings_dialog.theme")
    box.setCurrentIndex(box.findData("light"))
    await saved(dialog)
    assert desk.workspace.settings.theme is Theme.LIGHT


async def test_it_leads_to_how_long_the_history_is_kept(desk: Desk, place: QWidget) -> None:
    dialog = await shown(place, desk)
    click(dialog, "settings_dialog.history")
    retention = await open_dialog(RetentionDialog)
    await eventually(lambda: "being counted" not in part(retention, QAbstractButton, "retention.prune").toolTip())
    retention.reject()
    dialog.reject()
    await quiet(desk)


async def test_every_control_has_a_name_for_assistive_tools(desk: Desk, place: QWidget) -> None:
    dialog = await shown(place, desk)
    for kind in (QLineEdit, QComboBox, QSpinBox, QCheckBox):
        for control in dialog.findChildren(kind):
            assert control.accessibleName() or control.objectName().startswith("qt_")
    dialog.reject()
