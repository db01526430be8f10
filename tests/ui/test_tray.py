"""The tray: worst state, messages of the desktop, and work that goes on with the window closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PySide6.QtWidgets import QSystemTrayIcon

from app.domain.incidents import Incident, IncidentKind, Notice
from app.places import Home
from app.settings import SettingsFile
from app.tasks import Tasks
from app.vault import MemoryKeyring
from tests.support.running import run
from tests.support.window import click, eventually, open_dialog, words
from ui import background, tray
from ui.dialogs.closing import ClosingDialog
from ui.life import live
from ui.theme import Tone
from ui.tray import CLOSING, Closing, Tray
from ui.window import PAGES, MainWindow


@pytest.fixture(autouse=True)
def a_tray(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """A desktop with a tray, and what it was asked to say."""
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(tray, "has_tray", lambda: True)
    monkeypatch.setattr(background, "_PATIENCE_S", 0.0)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _icon: None)  # there is none where tests run
    monkeypatch.setattr(
        QSystemTrayIcon, "showMessage", lambda _icon, title, text, *_rest: said.append((str(title), str(text)))
    )
    return said


@asynccontextmanager
async def living(home: Home, keyring: MemoryKeyring) -> AsyncIterator[MainWindow]:
    """The window as it lives, inside the test."""
    window = MainWindow(home, SettingsFile(home.settings), keyring=keyring)
    window.show()
    life = Tasks().start("life", live(window))
    await eventually(lambda: window.workspace is not None and "connections" in window.pages)
    await eventually(lambda: window.shell.background.tray is not None)
    try:
        yield window
    finally:
        window.quit()
        await asyncio.wait_for(life, 15)


def tray_of(window: MainWindow) -> Tray:
    found = window.shell.background.tray
    assert found is not None
    return found


def tone(icon: Tray) -> Tone:
    return icon.tone


async def schedule(window: MainWindow) -> None:
    assert window.workspace is not None
    made = await run(window.workspace, "schedules.create", params={"operation": "audit.verify", "name": "nightly"})
    assert made.error is None
    await eventually(lambda: window.shell.background.schedules.known)


def incident(kind: IncidentKind) -> Incident:
    return Incident(kind, "c1", "vitec", f"vitec: {kind}", "Do something.", "connections", "c1")


async def test_it_shows_the_worst_state_in_words_too(home: Home, keyring: MemoryKeyring) -> None:
    async with living(home, keyring) as window:
        icon = tray_of(window)
        assert tone(icon) == Tone.NEUTRAL
        notices = window.shell.background.notices
        assert notices is not None
        notices.changed.emit([incident(IncidentKind.FAILING)])
        assert tone(icon) == Tone.WARNING
        notices.changed.emit([incident(IncidentKind.FAILING), incident(IncidentKind.SIGN_IN)])
        assert tone(icon) == Tone.DANGER
        assert icon.icon.toolTip() == "Muster\nvitec: failing\nvitec: sign_in"


async def test_an_incident_is_said_through_the_desktop_and_leads_to_its_page(
    home: Home, keyring: MemoryKeyring, a_tray: list[tuple[str, str]]
) -> None:
    async with living(home, keyring) as window:
        window.shell.leave_start()
        notices = window.shell.background.notices
        assert notices is not None
        window.hide()
        notices.told.emit(Notice(incident(IncidentKind.SIGN_IN)))
        assert a_tray == [("vitec: sign_in", "Do something.")]
        tray_of(window).icon.messageClicked.emit()
        assert window.isVisible()
        assert PAGES[window.tabs.currentIndex()] == "connections"
        notices.told.emit(Notice(incident(IncidentKind.SIGN_IN), over=True))
        assert a_tray[1:] == [("vitec works again.", "")]


async def test_with_nothing_under_way_closing_quits(home: Home, keyring: MemoryKeyring) -> None:
    async with living(home, keyring) as window:
        window.close()
        assert window.is_closed


async def test_with_schedules_it_asks_once_and_then_stays_in_the_tray(home: Home, keyring: MemoryKeyring) -> None:
    async with living(home, keyring) as window:
        await schedule(window)
        window.close()
        question = await open_dialog(ClosingDialog)
        assert "Runs and schedules go on" in words(question)
        click(question, "confirm.action")
        await eventually(window.isHidden)
        assert not window.is_closed
        assert window.layouts.get(CLOSING) == Closing.TRAY
        tray_of(window).open_window()
        assert window.isVisible()
        window.close()
        assert window.isHidden()
        assert not window.is_closed


async def test_cancelling_the_question_closes_nothing_and_quitting_is_remembered(
    home: Home, keyring: MemoryKeyring
) -> None:
    async with living(home, keyring) as window:
        await schedule(window)
        window.close()
        click(await open_dialog(ClosingDialog), "confirm.cancel")
        await asyncio.sleep(0.05)
        assert window.isVisible()
        assert window.layouts.get(CLOSING) is None
        window.close()
        click(await open_dialog(ClosingDialog), "confirm.quit")
        await eventually(lambda: window.is_closed)
        assert window.layouts.get(CLOSING) == Closing.QUIT


async def test_a_run_that_ends_with_the_window_closed_is_said(
    home: Home, keyring: MemoryKeyring, a_tray: list[tuple[str, str]]
) -> None:
    async with living(home, keyring) as window:
        window.hide()
        assert window.workspace is not None
        await run(window.workspace, "photos.clear_cache")
        await eventually(lambda: a_tray)
        assert a_tray[0][0] == "Clear the photo cache"


async def test_schedules_are_paused_and_resumed_from_the_menu(home: Home, keyring: MemoryKeyring) -> None:
    async with living(home, keyring) as window:
        await schedule(window)
        icon, schedules = tray_of(window), window.shell.background.schedules
        icon.fill()
        next(action for action in icon.menu.actions() if action.text() == "Pause schedules").trigger()
        assert schedules.label is not None
        label = schedules.label
        await eventually(lambda: label.text() == "Schedules are paused in this window")
        icon.fill()
        next(action for action in icon.menu.actions() if action.text() == "Resume schedules").trigger()
        await eventually(lambda: label.text().startswith("Next: "))


async def test_quit_in_the_menu_ends_a_hidden_window(home: Home, keyring: MemoryKeyring) -> None:
    async with living(home, keyring) as window:
        window.hide()
        icon = tray_of(window)
        icon.fill()
        icon.menu.actions()[-1].trigger()
        assert window.is_closed
