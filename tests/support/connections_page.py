"""A person at the Connections page: opens it, chooses a row, reads cells, triggers entries of menus."""

from __future__ import annotations

import asyncio

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLineEdit

from tests.support.window import open_dialog, part
from ui.desk import Desk
from ui.pages.connections import ConnectionsPage
from ui.pages.connections.rows import ConnectionLine


async def open_page(desk: Desk) -> ConnectionsPage:
    """The page on screen, its store read once."""
    page = ConnectionsPage(desk)
    page.resize(1400, 760)
    page.show()
    shown = asyncio.Event()
    page.pane.rows.modelReset.connect(shown.set)
    page.refresh()
    await asyncio.wait_for(shown.wait(), 10)
    return page


def line(page: ConnectionsPage, name: str) -> ConnectionLine:
    """The row of a connection."""
    return next(row for row in page.pane.rows.shown_rows() if row.connection.name == name)


def cells(page: ConnectionsPage, name: str) -> dict[str, str]:
    """What the row of a connection says, by column."""
    return {column.key: column.words(line(page, name)) for column in page.pane.rows.columns}


def choose(page: ConnectionsPage, name: str) -> None:
    """Make it the current row."""
    page.pane.table.select_key(line(page, name).connection.id)


def trigger(page: ConnectionsPage, name: str) -> None:
    """Choose an entry of a menu that is allowed."""
    action = part(page, QAction, name)
    assert action.isEnabled(), action.toolTip()
    action.trigger()


async def choose_file(name: str, file: str) -> None:
    """Answer the dialog that asks for a file."""
    dialog = await open_dialog(QFileDialog, name)
    # Not typed: the completer of Qt's dialog opens when it likes, and takes the Return.
    part(dialog, QLineEdit, "fileNameEdit").setText(file)
    dialog.accept()
