"""The Schedules tab over a 1C that really answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.window import eventually
from ui.desk import Desk
from ui.pages.workforce.schedules import SchedulesPage


@pytest.fixture
def open_page(desk: Desk) -> Callable[[], SchedulesPage]:
    def open_page() -> SchedulesPage:
        page = SchedulesPage(desk)
        page.resize(1280, 760)
        page.show()
        page.activateWindow()
        return page

    return open_page


@pytest.fixture
async def page(synced: Desk, open_page: Callable[[], SchedulesPage]) -> SchedulesPage:
    """The page, with people and without shifts."""
    page = open_page()
    await eventually(page.enter.isEnabled)
    return page
