"""The line about the chosen file: its name, what it holds, how it is written, and how it is to be imported."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.exchange import DataType
from app.i18n import _, ngettext
from app.operations.exchange.encodings import Encoding
from app.operations.exchange.files import FileKind
from app.operations.exchange.tables import Separator
from ui.pages.workforce.exchange.words import ENCODING_WORDS, SEPARATOR_WORDS, source_words, type_words
from ui.pages.workforce.exchange.work import BATCH_SIZES, Opened
from ui.tables import format_value
from ui.theme import GRID, Icon
from ui.widgets import Button, ElidedLabel, FlowLayout, IconButton

E = TypeVar("E", bound=StrEnum)


class FileBar(QWidget):
    """`read_again` when the file is to be looked at anew, `options_changed` when only its import differs."""

    read_again = Signal()
    options_changed = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name = ElidedLabel(Qt.TextElideMode.ElideMiddle, object_name="exchange.file")
        self.name.setProperty("role", "title")
        self.facts = QLabel()
        self.facts.setObjectName("exchange.facts")
        self.facts.setProperty("role", "muted")
        self.close_file = IconButton(Icon.CLOSE, _("Close this file"), object_name="exchange.close")
        self.close_file.clicked.connect(self.closed)
        self.data_type = _choice("exchange.type", _("Type of data"))
        for each in DataType:
            self.data_type.addItem(type_words(each), each)
        self.encoding = _choice("exchange.encoding", _("Encoding"))
        for coding in Encoding:
            self.encoding.addItem(_(ENCODING_WORDS[coding]), coding)
        self.separator = _choice("exchange.separator", _("Separator"), 10)
        for sign in Separator:
            self.separator.addItem(_(SEPARATOR_WORDS[sign]), sign)
        self.batch = _choice("exchange.batch", _("Rows per batch"), 5)
        for size in BATCH_SIZES:
            self.batch.addItem(format_value(size), size)
        self.rules = Button(_("Own rules …"), icon=Icon.EDIT, object_name="exchange.rules")
        self.rules.set_tip(_("Limits of your own that every row is checked against"))
        self.replace = QCheckBox(_("Replace rows that are there already"))
        self.replace.setObjectName("exchange.replace")
        self.strict = QCheckBox(_("Strict: warnings are errors"))
        self.strict.setObjectName("exchange.strict")
        self._arrange()
        for choice in (self.data_type, self.encoding, self.separator):
            choice.activated.connect(self.read_again)
        self.strict.toggled.connect(self.read_again)
        self.replace.toggled.connect(self.options_changed)
        self.batch.activated.connect(self.options_changed)

    def _arrange(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(3 * GRID)
        first.addWidget(self.name, 1)
        first.addWidget(self.facts)
        first.addWidget(self.close_file)
        second = FlowLayout(spacing=3 * GRID)
        self.text_form = [
            _pair(_("Encoding"), self.encoding),
            _pair(_("Separator"), self.separator),
        ]
        for part in (_pair(_("Type of data"), self.data_type), *self.text_form, _pair(_("Rows per batch"), self.batch),
                     _tall(self.replace), _tall(self.strict), self.rules):  # fmt: skip
            second.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, GRID, 4 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(first)
        column.addLayout(second)

    def show_file(self, opened: Opened) -> None:
        """Show what is known of a file, without a word to anybody."""
        source, choices = opened.preview.source, opened.choices
        self.name.setText(source.path.name)
        self.name.setToolTip(str(source.path))
        self.facts.setText(source_words(source))
        for choice, value in (
            (self.data_type, opened.data_type), (self.encoding, source.encoding), (self.separator, source.separator),
            (self.batch, choices.batch_size),
        ):  # fmt: skip
            choice.setCurrentIndex(choice.findData(value))
        count = len(choices.rules)
        text = ngettext("{count} own rule …", "{count} own rules …", count).format(count=format_value(count))
        self.rules.setText(text if count else _("Own rules …"))
        self.text_form[0].setVisible(source.kind is not FileKind.XLSX)
        self.text_form[1].setVisible(source.kind is FileKind.CSV)
        for box, on in ((self.replace, choices.replace_rows), (self.strict, choices.strict)):
            box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(False)


def chosen(choice: QComboBox, kind: type[E]) -> E | None:
    """What stands in a box; None where it does not apply."""
    value = choice.currentData()
    return kind(value) if value is not None else None


def _choice(name: str, words: str, width: int = 12) -> QComboBox:
    choice = QComboBox()
    choice.setObjectName(name)
    choice.setAccessibleName(words)
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    choice.setMinimumContentsLength(width)
    return choice


def _pair(words: str, field: QWidget) -> QWidget:
    pair = QWidget()
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2 * GRID)
    label = QLabel(words)
    label.setBuddy(field)
    row.addWidget(label)
    row.addWidget(field)
    return pair


def _tall(box: QCheckBox) -> QWidget:
    """As high as the fields beside it, so that the line is one."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(box)
    holder.setMinimumHeight(32)
    return holder
