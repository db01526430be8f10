"""A History page over a store with two days of a contact centre, and one over the demo's contact centre."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.contact_center.steps import Step
from app.domain.exchange import DataType
from app.domain.exchange.rows import Row
from app.operations.runner import Request
from app.store import connections
from app.store import contact_center as stored
from app.store.contact_center import Delivery
from tests.support.window import eventually
from ui.desk import Desk
from ui.pages.workforce.history import HistoryPage

MOSCOW = ZoneInfo("Europe/Moscow")
FIRST, LAST = date(2026, 3, 5), date(2026, 3, 6)
STEP = 300_000
MINUTE = 60_000
Keep = Callable[[DataType, Sequence[Row]], Coroutine[Any, Any, None]]
Open = Callable[..., Coroutine[Any, Any, HistoryPage]]


def at(text: str, day: int = 5) -> int:
    """A time of day in Moscow on a day in March 2026."""
    clock = datetime.strptime(text, "%H:%M").replace(year=2026, month=3, day=day, tzinfo=MOSCOW)
    return round(clock.timestamp() * 1000)


def interval(start: int, group: str = "g-1", offered: int = 12, handled: int = 10, aht: int = 60_000) -> Row:
    """An interval of five minutes."""
    return (start, group, "1", STEP, offered, handled, offered - handled, None, None, None, aht, 10_000, None)


def status(start: str, end: str, code: str = "Work", group: str = "g-1", agent: str = "op-1") -> Row:
    """A stretch of time in a status."""
    return (at(start), agent, code, group, "1", at(end), code.upper(), None)


@pytest.fixture
async def connection_id(desk: Desk) -> str:
    """The id of a contact centre that nobody answers at."""
    settings = {"endpoint_url": "http://127.0.0.1:9/api"}
    params = {"name": "cc", "kind": "contact_center", "settings": settings}
    report = await desk.report_of(Request("connections.create", params=params, secrets={"token": "a-b-c"}))
    assert report is not None
    assert report.error is None, report.error
    found = await desk.workspace.store.read(connections.find_connection, "cc")
    assert found is not None
    return found.id


@pytest.fixture
def keep(desk: Desk, connection_id: str) -> Keep:
    """Stores rows under that connection, as an import would."""

    async def keep(data_type: DataType, rows: Sequence[Row]) -> None:
        delivery = Delivery(data_type, connection_id, "import-1", replace=True)
        await desk.workspace.store.write(stored.store_rows, delivery, rows)

    return keep


@pytest.fixture
def open_page(desk: Desk) -> Open:
    """Opens the page on days, and waits until they are read."""

    async def open_page(first: date = FIRST, last: date = LAST) -> HistoryPage:
        page = HistoryPage(desk)
        page.bar.step_box.setCurrentIndex(page.bar.step_box.findData(Step.INTERVAL.value))
        page.bar.period.set_period(first, last)
        page.resize(1280, 760)
        page.show()
        page.activateWindow()
        await settled(page)
        return page

    return open_page


async def settled(page: HistoryPage) -> None:
    """Until everything that was asked for is shown."""
    await eventually(lambda: page.is_settled and (page.answer is not None or page.connection is None))


@pytest.fixture
def center() -> Iterator[DemoWorld]:
    """A demo world whose contact centre lives on the 10th of March."""
    with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=1) as world:
        world.contact_center.clock = lambda: datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
        yield world


@pytest.fixture
async def linked(desk: Desk, center: DemoWorld) -> Desk:
    """The desk connected to it as `contact_center`."""
    await connect_demo(desk.workspace, {"contact_center": center.describe()["contact_center"]})
    return desk
