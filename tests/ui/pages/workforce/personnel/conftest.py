"""A Personnel tab over a store, connected to a 1C inside the process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.fake_onec import FakeOneC
from tests.support.payroll import connect, stand_in
from ui.desk import Desk
from ui.pages.workforce.personnel import PersonnelPage

Open = Callable[[], PersonnelPage]


@pytest.fixture
def onec(monkeypatch: pytest.MonkeyPatch) -> FakeOneC:
    return stand_in(monkeypatch)


@pytest.fixture
async def payroll(desk: Desk, onec: FakeOneC) -> Desk:
    """The desk connected to it as `1c`, that knows nobody yet."""
    await connect(desk)
    return desk


@pytest.fixture
def open_page(desk: Desk) -> Open:
    def open_page() -> PersonnelPage:
        page = PersonnelPage(desk)
        page.resize(1280, 760)
        page.show()
        page.activateWindow()
        return page

    return open_page
