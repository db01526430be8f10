"""Fixtures of window tests: Qt's own event loop, a desk over a real workspace, a voice that remembers what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.operations.registry import operations
from app.places import Home
from app.workspace import Workspace
from tests.support.window import Heard
from ui.application import make_application
from ui.desk import Desk
from ui.layouts import Layouts
from ui.theme import ThemeChoice, apply_theme

_application: list[QApplication] = []  # Python must hold the one application for as long as the tests run


def _qt_loop() -> asyncio.AbstractEventLoop:
    if not _application:
        _application.append(make_application())
    loop: asyncio.AbstractEventLoop = QEventLoop(_application[0])
    return loop


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Async tests of the window, and their fixtures, run on the loop that the window runs on."""
    return {"qt": _qt_loop}


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """The light theme, and no window left behind; the end of the last window does not end the test's loop."""
    qapp.setQuitOnLastWindowClosed(False)
    apply_theme(qapp, ThemeChoice.LIGHT)
    yield
    for window in QApplication.topLevelWidgets():
        if window.isVisible():  # pyqtgraph has hidden menus of its own, and crashes where they go before their plot
            window.close()
            window.deleteLater()


@pytest.fixture
def voice() -> Heard:
    return Heard()


@pytest.fixture
async def desk(workspace: Workspace, voice: Heard, home: Home) -> Desk:
    """The desk of a window on an empty workspace with a keyring in memory."""
    operations()  # imported while nobody waits for them
    return Desk(workspace, voice, Layouts(home.layout))


@pytest.fixture
async def demo_desk(desk: Desk, small_world: DemoWorld) -> Desk:
    """The same, connected to Vitec Hub of the small demo world as `vitec`."""
    await connect_demo(desk.workspace, {"vitec": small_world.describe()["vitec"]})
    return desk
