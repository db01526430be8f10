"""A Data exchange page over a contact centre that nobody answers at; and files to be dropped on it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.support.exchange import as_csv, connect_centre, interval, write
from tests.support.window import eventually
from ui.desk import Desk
from ui.pages.workforce.exchange import ExchangePage

Open = Callable[[], Coroutine[Any, Any, ExchangePage]]
Give = Callable[..., Path]


@pytest.fixture
def open_page(desk: Desk) -> Open:
    """Opens the page and waits until it has read the store."""

    async def open_page() -> ExchangePage:
        page = ExchangePage(desk)
        page.resize(1280, 760)
        page.show()
        page.activateWindow()
        await eventually(page.header.chip.isVisible)
        return page

    return open_page


@pytest.fixture
async def page(desk: Desk, open_page: Open) -> ExchangePage:
    """The page of a connected contact centre."""
    await connect_centre(desk.workspace)
    page = await open_page()
    await eventually(lambda: page.commands.connection is not None)
    return page


@pytest.fixture
def give(tmp_path: Path) -> Give:
    """Writes rows of group history as Excel of Norway or Russia does, with semicolons."""

    def give(rows: list[dict[str, Any]], name: str = "volumes.csv", **renamed: str) -> Path:
        content = as_csv(rows, ";")
        for old, new in renamed.items():
            content = content.replace(old, new, 1)
        return Path(write(tmp_path, content, name))

    return give


def with_faults(count: int = 30) -> list[dict[str, Any]]:
    """Rows of which the fourth says `soon`, the tenth has no group, and the twentieth ends before it begins."""
    rows = [interval(n) for n in range(count)]
    rows[3]["aht"] = "soon"
    rows[9]["groupId"] = ""
    rows[19]["startInterval"], rows[19]["endInterval"] = rows[19]["endInterval"], rows[19]["startInterval"]
    return rows
