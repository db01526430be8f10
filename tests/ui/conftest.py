"""Fixtures of window tests: Qt's own event loop, a desk over a real workspace, a voice that remembers what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QMenu
from qasync import QEventLoop

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.audit import Via
from app.operations.registry import operations
from app.places import Home
from app.workspace import Workspace
from tests.support.window import Heard, forget_replaced
from ui.application import make_application
from ui.desk import Desk
from ui.layouts import Layouts
from ui.theme import ThemeChoice, apply_theme

_application: list[QApplication] = []  # Python must hold the one application for as long as the tests run


class _EverRunningLoop(QEventLoop):  # type: ignore[misc]  # qasync has no types
    """A window's loop runs for as long as the window is there, and so does this one.

    Between a fixture and its test asyncio's loop stands still, but pytest-qt lets Qt work there, and what falls due
    then would find no running loop.
    """

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle: asyncio.Handle = super().call_later(delay, self._run, callback, *args, context=context)
        return handle

    def _run(self, callback: Callable[..., object], *args: Any) -> None:
        running = asyncio._get_running_loop()
        asyncio._set_running_loop(running or self)
        try:
            callback(*args)
        finally:
            asyncio._set_running_loop(running)


def _qt_loop() -> asyncio.AbstractEventLoop:
    if not _application:
        _application.append(make_application())
    loop: asyncio.AbstractEventLoop = _EverRunningLoop(_application[0])
    return loop


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Async tests of the window, and their fixtures, run on the loop that the window runs on."""
    return {"qt": _qt_loop}


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """The light theme, and no window left behind; the end of the last window does not end the test's loop.

    Each window that stayed would be dressed anew for every test that follows.
    """
    qapp.setQuitOnLastWindowClosed(False)
    apply_theme(qapp, ThemeChoice.LIGHT)
    yield
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            window.close()
        if window.children() and not isinstance(window, QMenu):  # a bare one is part of Qt's graphics layouts
            window.deleteLater()
    forget_replaced()


@pytest.fixture
def voice() -> Heard:
    return Heard()


@pytest.fixture
async def desk(workspace: Workspace, voice: Heard, home: Home) -> Desk:
    """The desk of a window on an empty workspace with a keyring in memory."""
    operations()  # imported while nobody waits for them
    workspace.audit.via = Via.WINDOW
    return Desk(workspace, voice, Layouts(home.layout))


@pytest.fixture
async def demo_desk(desk: Desk, small_world: DemoWorld) -> Desk:
    """The same, connected to Vitec Hub of the small demo world as `vitec`."""
    await connect_demo(desk.workspace, {"vitec": small_world.describe()["vitec"]})
    return desk
