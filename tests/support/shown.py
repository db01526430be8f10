"""What a window shows in words, and which of them it cuts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, QRect
from PySide6.QtGui import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QTabBar,
    QTableView,
    QToolButton,
    QWidget,
)

from ui.tables import Kind, TableView
from ui.widgets import ElidedLabel

_ROWS = 20  # of a table are enough


def texts_in(window: QWidget) -> Iterator[tuple[str, str]]:
    """Every visible text below `window`, with where it stands: the object name, or the kind of widget."""
    yield "title", window.windowTitle()
    for widget in (w for w in window.findChildren(QWidget) if w.isVisibleTo(window)):
        where = widget.objectName() or type(widget).__name__
        for text in _texts_of(widget):
            yield where, text
    for menu in window.findChildren(QMenu):
        for action in menu.actions():
            yield f"menu {action.objectName()}", action.text()


def _texts_of(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit():
            yield widget.placeholderText()
        case QTabBar():
            yield from (widget.tabText(index) for index in range(widget.count()))
        case QComboBox():
            yield from (widget.itemText(index) for index in range(widget.count()))
        case QTableView():
            yield from _cells(widget)
        case QListView():
            yield from (str(widget.model().index(row, 0).data() or "") for row in range(widget.model().rowCount()))


def _cells(table: QTableView) -> Iterator[str]:
    model = table.model()
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(min(_ROWS, model.rowCount())):
            index = model.index(row, column, QModelIndex())
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield str(model.data(index, role) or "")


def cut_in(window: QWidget) -> Iterator[str]:
    """Labels, buttons and tabs below `window` that have less room than their text needs, or stand over its edge."""
    for widget in (w for w in window.findChildren(QWidget) if w.isVisibleTo(window) and w.width() and w.height()):
        where = widget.objectName() or type(widget).__name__
        match widget:
            case QLabel() | QAbstractButton() if widget.text() and not _explains_itself(widget):
                if lack := _lack(widget):
                    yield f"{where}: {widget.text()!r} lacks {lack}"
                if not _scrolls(widget) and not _inside(widget, window):
                    yield f"{where}: {widget.text()!r} stands over the edge"
            case TableView():
                yield from (f"{where}: chip {text!r}" for text in _narrow_chips(widget))
            case QHeaderView():
                yield from (f"{where}: heading {text!r}" for text in _narrow_headings(widget))
            case QTabBar():
                lacking = [widget.tabText(i) for i in range(widget.count()) if not _tab_fits(widget, i)]
                yield from (f"{where}: tab {text!r}" for text in lacking)


def _narrow_headings(header: QHeaderView) -> Iterator[str]:
    if header.orientation() is Qt.Orientation.Horizontal:
        for index in (i for i in range(header.count()) if not header.isSectionHidden(i)):
            if header.sectionSizeHint(index) > header.sectionSize(index):
                yield str(header.model().headerData(index, Qt.Orientation.Horizontal))


def _narrow_chips(table: TableView[Any]) -> Iterator[str]:
    chips = [i for i in table.layout_of_columns.visible() if table.rows.columns[i].kind is Kind.CHIP]
    for column in chips:
        for row in range(min(_ROWS, table.rows.rowCount())):
            index = table.rows.index(row, column)
            if table.sizeHintForIndex(index).width() > table.columnWidth(column):
                yield str(index.data())


def _explains_itself(widget: QWidget) -> bool:
    """An icon, or one line that gives way on purpose, with the whole text as its tooltip."""
    if isinstance(widget, QToolButton):
        return widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly and bool(widget.toolTip())
    return isinstance(widget, ElidedLabel) and widget.toolTip() == widget.text()


def _lack(widget: QLabel | QAbstractButton) -> str:
    if isinstance(widget, QLabel) and widget.wordWrap():
        text = "" if Qt.mightBeRichText(widget.text()) else widget.text()
        word = max(text.replace("\u200b", " ").split(), key=len, default="")
        lack = widget.fontMetrics().horizontalAdvance(word) - widget.width()
        if lack > 0:
            return f"{lack} px of width for {word!r}"
        lack = widget.heightForWidth(widget.width()) - widget.height()
        return f"{lack} px of height" if lack > 0 else ""
    wanted = widget.sizeHint()
    if wanted.width() > widget.width():
        return f"{wanted.width() - widget.width()} px of width"
    return f"{wanted.height() - widget.height()} px of height" if wanted.height() > widget.height() else ""


def _scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea | QAbstractItemView):
            return True
        parent = parent.parentWidget()
    return False


def _inside(widget: QWidget, window: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not window.parentWidget():
        place = QRect(widget.mapTo(parent, QPoint(0, 0)), widget.size())
        if not parent.rect().contains(place):
            return False
        if parent is window:
            return True
        parent = parent.parentWidget()
    return True


def _tab_fits(bar: QTabBar, index: int) -> bool:
    if not bar.isTabVisible(index):
        return True
    rect = bar.tabRect(index)
    return bar.rect().contains(rect) and bar.fontMetrics().horizontalAdvance(bar.tabText(index)) <= rect.width()
