"""The Webhooks page as a person has it open, and a few words for what stands on it."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QWidget

from tests.support.window import eventually
from ui.desk import Desk
from ui.pages.webhooks import WebhooksPage
from ui.pages.webhooks.page import INNER
from ui.tables import TablePane


@asynccontextmanager
async def opened(desk: Desk, tab: str = "endpoints") -> AsyncIterator[WebhooksPage]:
    """The page with that view in front; quiet again before the test's loop stands still."""
    page = WebhooksPage(desk)
    page.resize(1360, 760)
    page.show()
    page.tabs.setCurrentIndex(INNER.index(tab))
    await page.endpoints.read()
    try:
        yield page
    finally:
        for dialog in page.findChildren(QDialog):
            dialog.done(QDialog.DialogCode.Rejected)
        page.hide()
        for timer in page.findChildren(QTimer):
            timer.stop()
        await desk.workspace.inbox.close()
        await asyncio.sleep(0.1)


def cells(pane: TablePane[Any], holding: str) -> dict[str, str]:
    """What the first row that holds this text says, by column."""
    for row in pane.rows.shown_rows():
        told = {column.key: column.words(row) for column in pane.rows.columns}
        if holding in told.values():
            return told
    raise AssertionError(f"no row {holding}")


def said(widget: QWidget) -> str:
    """Every label that is shown, one a line, without the marks of rich text."""
    labels = (label for label in widget.findChildren(QLabel) if label.isVisible())
    return "\n".join(filter(None, (html.unescape(re.sub(r"<[^>]*>|\u200b", "", each.text())) for each in labels)))


def enter(dialog: QWidget, name: str, text: str) -> None:
    """Write into a field of a form."""
    field = dialog.findChild(QLineEdit, name)
    assert field is not None, name
    field.setText(text)


async def rows(pane: TablePane[Any], count: int) -> None:
    """Until so many rows are shown."""
    await eventually(lambda: pane.rows.rowCount() == count, f"never {count} rows")
