"""The details beside a table: who or what it is, then every field with its source, then sections such as its history.

    details.set_heading(person.name, "Estate agent · Sentrum", picture=photo, chip=(_("Active"), Tone.SUCCESS))
    details.clear_rows()
    details.add_row(_("E-mail"), person.email, badge="Vitec", when=_("2 min ago"))
    details.add_section(_("History"))
    details.add_row("14:02", _("Verified on 8 devices"))

Values can be selected and copied; long texts wrap, nothing is cut off between 280 and 420 pixels.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.i18n import _
from ui.theme import GRID, Icon, Tone, avatar, icon, theme, tokens
from ui.widgets.status_chip import StatusChip

NARROWEST = 280
_AVATAR = 48
_LABELS = 88
_WIDEST_LABEL = 160
_BREAK = "\u200b"
"""A place where a long word may be broken; taken out again when the text is copied."""
_LONGEST_WORD = 20


class DetailsPane(QScrollArea):
    """A column of rows under a heading; scrolls upwards and downwards only."""

    def __init__(self, *, object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(_("Details"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(NARROWEST)
        self._name = ""
        self._photo: QPixmap | None = None
        inner = QWidget()
        inner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(inner)
        self._column.setSpacing(4 * GRID)
        self._column.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        self._build_heading()
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(3 * GRID)
        self._rows.setVerticalSpacing(2 * GRID)
        self._rows.setColumnStretch(1, 1)
        self._rows.setColumnMinimumWidth(0, _LABELS)
        self._column.addLayout(self._rows)
        self._column.addStretch()
        self.setWidget(inner)
        theme.changed.connect(self._draw_picture)
        self.clear()

    def _build_heading(self) -> None:
        self._picture = QLabel()
        self._picture.setFixedSize(_AVATAR, _AVATAR)
        self._title = _words("", role="title")
        self._subtitle = _words("", role="muted")
        self._chip = StatusChip()
        texts = QVBoxLayout()
        texts.setSpacing(GRID // 2)
        texts.addWidget(self._title)
        texts.addWidget(self._subtitle)
        texts.addSpacing(GRID)
        texts.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(3 * GRID)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self._column.addLayout(row)

    def set_heading(
        self, title: str, subtitle: str = "", *, picture: QPixmap | None = None, with_picture: bool = True,
        chip: tuple[str, Tone] | None = None,
    ) -> None:  # fmt: skip
        """Name, second line and status; without a picture the initials stand in, unless `with_picture` is off."""
        self._name, self._photo = title, picture
        _set_words(self._title, title)
        _set_words(self._subtitle, subtitle)
        self._subtitle.setVisible(bool(subtitle))
        self._picture.setVisible(with_picture and bool(title))
        self._chip.set_status(*(chip or ("", Tone.NEUTRAL)))
        self._draw_picture()

    def clear(self) -> None:
        """Nothing is chosen."""
        self.set_heading("")
        self.clear_rows()
        self.add_note(_("Choose a row to see its details."))

    def set_tools(self, tools: QWidget) -> None:
        """Buttons for what is shown, between heading and rows; they stay while rows come and go."""
        self._column.insertWidget(1, tools)

    def clear_rows(self) -> None:
        """Take all rows and sections away."""
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def add_row(self, label: str, value: str, *, badge: str = "", when: str = "", tone: Tone | None = None) -> None:
        """A field: its value, the system it came from and when; `tone` marks a value that needs a look."""
        at = self._rows.rowCount()
        name = _words(label, role="muted")
        longest = max(map(name.fontMetrics().horizontalAdvance, label.split()), default=0)
        name.setMinimumWidth(min(longest + 1, _WIDEST_LABEL))  # a word cannot wrap
        self._rows.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
        shown = _Value(value, " · ".join(filter(None, (badge, when))), tone)
        shown.setAccessibleName(_("{column}: {value}").format(column=label, value=value or _("empty")))
        self._rows.addWidget(shown, at, 1)

    def add_section(self, title: str) -> None:
        """A heading over the rows that follow."""
        at = self._rows.rowCount()
        heading = _words(title, role="heading")
        heading.setContentsMargins(0, 3 * GRID, 0, 0)
        self._rows.addWidget(heading, at, 0, 1, 2)

    def add_note(self, text: str) -> None:
        """A sentence across the whole width."""
        self._rows.addWidget(_words(text, role="muted"), self._rows.rowCount(), 0, 1, 2)

    def add_widget(self, widget: QWidget) -> None:
        """Something of the page's own across the whole width; gone with the rows."""
        self._rows.addWidget(widget, self._rows.rowCount(), 0, 1, 2)

    def texts(self) -> list[str]:
        """Labels and values as they are shown, from top to bottom."""
        items = (self._rows.itemAt(at) for at in range(self._rows.count()))
        labels = [self._title, self._subtitle, *(item.widget() for item in items if item is not None)]
        return [_plain(label) for label in labels if isinstance(label, QLabel) and label.text()]

    def sizeHint(self) -> QSize:
        """The room it would like."""
        return QSize(340, 400)

    def changeEvent(self, event: QEvent) -> None:
        """A screen of another scale needs another picture."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw_picture()

    def _draw_picture(self) -> None:
        if self._name:
            self._picture.setPixmap(avatar(self._name, _AVATAR, self.devicePixelRatioF(), self._photo))


class _Value(QLabel):
    """A value with its source behind it in small grey letters; one text, so that both wrap as one."""

    def __init__(self, value: str, source: str, tone: Tone | None) -> None:
        super().__init__(wordWrap=True)
        self.value = value
        self._source = source
        self._tone = tone
        _make_selectable(self)
        self.setTextFormat(Qt.TextFormat.RichText)
        theme.changed.connect(self._write)
        self._write()

    def _write(self) -> None:
        """Colours stand in the text itself; a switch of theme writes it anew."""
        ink = tokens().tone(self._tone).ink if self._tone is not None else tokens().text
        text = escape(_breakable_text(self.value or "–")).replace("\n", "<br>")
        small = f' <span style="color: {tokens().muted}; font-size: small">{escape(self._source)}</span>'
        self.setText(f'<span style="color: {ink}">{text}</span>{small if self._source else ""}')


def _words(text: str, *, role: str = "") -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    _make_selectable(label)
    _set_words(label, text)
    return label


def _make_selectable(label: QLabel) -> None:
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    # By mouse and keyboard, but no stop for Tab: forty rows of labels are no way to the next control.
    label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    label.setMinimumWidth(1)
    # Its height follows from its width; a hint taken for another width would make the pane scroll without need.
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    label.customContextMenuRequested.connect(lambda at: _open_menu(label, at))


def _plain(label: QLabel) -> str:
    return label.value if isinstance(label, _Value) else label.text().replace(_BREAK, "")


def _set_words(label: QLabel, text: str) -> None:
    label.setText(_breakable_text(text))


def _breakable_text(text: str) -> str:
    """Long words - addresses, ids - get places where they may break, as a label breaks at blanks alone."""
    return " ".join(_breakable(word) for word in text.split(" "))


def _breakable(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return word
    for mark in "@./-_":
        word = word.replace(mark, _BREAK + mark)
    parts = word.split(_BREAK)
    chunked = (part[at : at + _LONGEST_WORD] for part in parts for at in range(0, max(1, len(part)), _LONGEST_WORD))
    return _BREAK.join(chunked)


def _open_menu(label: QLabel, at: QPoint) -> None:
    menu = QMenu(label)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    chosen = label.selectedText().replace(_BREAK, "") or _plain(label)
    copy = menu.addAction(icon(Icon.COPY), _("Copy"))
    copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(chosen))
    menu.popup(label.mapToGlobal(at))
