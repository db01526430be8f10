"""Help for a page (F1): what you see, what you can do, the keys. It stays open beside the window while you work.

open_help(window, "offices")     # the one help window, showing this page
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.i18n import _
from ui.dialogs.help_texts import EVERYWHERE, HELP, RUN_PANEL
from ui.dialogs.help_workforce import WORKFORCE_HELP
from ui.theme import GRID
from ui.widgets import Button

_SIZE = (520, 640)
_COPY_LINES = 12


class HelpDialog(QDialog):
    """Modeless; Esc closes it."""

    def __init__(self, parent: QWidget, page: str) -> None:
        super().__init__(parent)
        self.setObjectName("help")
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName(_("Help"))
        self._scroll.setObjectName("help.text")
        close = Button(_("Close"), object_name="help.close")
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(5 * GRID, 2 * GRID, 5 * GRID, 4 * GRID)
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addLayout(buttons)
        self.resize(*_SIZE)
        self.show_page(page)

    def show_page(self, page: str) -> None:
        """Show the help of this page, or of an inner tab of Workforce."""
        help_text = HELP.get(page) or WORKFORCE_HELP[page]
        self.setWindowTitle(_("Help: {page}").format(page=_(help_text.title)))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(_words(_(help_text.title), "title"))
        _add_section(column, _("What you see"), help_text.see)
        _add_section(column, _("What you can do"), help_text.do)
        if help_text.troubles:
            _add_troubles(column, help_text.troubles)
        _add_section(column, _("When something runs"), RUN_PANEL)
        _add_keys(column, _("Keys on this page"), help_text.keys)
        _add_keys(column, _("Keys everywhere"), EVERYWHERE)
        if help_text.to_copy is not None:
            _add_to_copy(column, *help_text.to_copy)
        column.addStretch()
        self._scroll.setWidget(inner)


def _add_section(column: QVBoxLayout, title: str, sentences: Sequence[str]) -> None:
    column.addSpacing(2 * GRID)
    column.addWidget(_words(title, "heading"))
    for sentence in sentences:
        column.addWidget(_words(_(sentence)))


def _add_troubles(column: QVBoxLayout, troubles: Sequence[tuple[str, str]]) -> None:
    """Symptoms, each with what to check."""
    column.addSpacing(2 * GRID)
    column.addWidget(_words(_("When something is wrong"), "heading"))
    for symptom, check in troubles:
        told = QVBoxLayout()
        told.setSpacing(0)
        told.addWidget(_words(_(symptom)))
        told.addWidget(_words(_(check), "muted"))
        column.addLayout(told)


def _add_to_copy(column: QVBoxLayout, title: str, text: str) -> None:
    """A text that stands there to be copied; the keyboard reaches it and selects in it."""
    column.addSpacing(2 * GRID)
    column.addWidget(_words(_(title), "heading"))
    box = QPlainTextEdit(text)
    box.setObjectName("help.to_copy")
    box.setAccessibleName(_(title))
    box.setReadOnly(True)
    box.setTabChangesFocus(True)
    box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    box.setMinimumHeight(_COPY_LINES * box.fontMetrics().lineSpacing())
    column.addWidget(box)


def _add_keys(column: QVBoxLayout, title: str, keys: Sequence[tuple[str, str]]) -> None:
    column.addSpacing(2 * GRID)
    column.addWidget(_words(title, "heading"))
    table = QGridLayout()
    table.setHorizontalSpacing(4 * GRID)
    table.setVerticalSpacing(GRID)
    table.setColumnMinimumWidth(0, 32 * GRID)
    table.setColumnStretch(1, 1)
    for row, (sequence, meaning) in enumerate(keys):
        named = _words(_key_words(sequence), "muted")
        named.setWordWrap(False)
        table.addWidget(named, row, 0)
        table.addWidget(_words(_(meaning)), row, 1)
    column.addLayout(table)


def _key_words(sequence: str) -> str:
    """Keys as this system names them; a range of keys as it is written."""
    native = QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText)
    return sequence if "…" in sequence or not native else native


def _words(text: str, role: str = "") -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setProperty("role", role)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def open_help(window: QWidget, page: str) -> HelpDialog:
    """Show the help of a page, in the window that is open already if there is one."""
    dialog = window.findChild(HelpDialog, "help")
    if dialog is None:
        dialog = HelpDialog(window, page)
    else:
        dialog.show_page(page)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog
