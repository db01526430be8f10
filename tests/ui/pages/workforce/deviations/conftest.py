"""A Deviations tab over a store, connected to a 1C inside the process, looking at the days up to 9 March 2026."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.support.fake_onec import FakeOneC, person
from tests.support.payroll import connect, done, stand_in
from ui.desk import Desk
from ui.pages.workforce.deviations import DeviationsPage

Open = Callable[[], DeviationsPage]
DAYS = (date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def onec(monkeypatch: pytest.MonkeyPatch) -> FakeOneC:
    return stand_in(monkeypatch)


@pytest.fixture
async def payroll(desk: Desk, onec: FakeOneC) -> Desk:
    """The desk connected to it as `1c`, with three people."""
    await connect(desk)
    onec.says(person(1), person(2, last_name="Белов"), person(3, last_name="Власова"))
    await done(desk, "onec.sync_personnel")
    return desk


@pytest.fixture
def open_page(desk: Desk) -> Open:
    def open_page() -> DeviationsPage:
        page = DeviationsPage(desk)
        page.period.set_period(*DAYS)
        page.resize(1280, 760)
        page.show()
        page.activateWindow()
        return page

    return open_page
