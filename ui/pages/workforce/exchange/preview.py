"""The first rows of a file before it is checked, and beside them what each of its columns is taken for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.exchange import SHAPES
from app.i18n import N_, _
from app.operations.exchange.preview import ROWS, FileColumn, FilePreview
from ui.tables import Column, Kind, TableModel, TableView
from ui.theme import GRID, Tone
from ui.widgets.details_pane import NARROWEST

_Line = tuple[int, tuple[str, ...]]
_NARROW, _WIDE = 90, 220
_AT_ONCE = 3


class PreviewPane(QWidget):
    """`mapped` with a column of the file and the key of its field, blank for none."""

    mapped = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.sentence = QLabel()
        self.sentence.setProperty("role", "muted")
        self.sentence.setObjectName("exchange.preview.sentence")
        self.sentence.setContentsMargins(4 * GRID, 0, 4 * GRID, 2 * GRID)
        self.table: TableView[_Line] | None = None
        self.choices: dict[str, QComboBox] = {}
        self._waiting: deque[tuple[int, FileColumn]] = deque()
        self._shown: FilePreview | None = None
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._add_some)
        self.columns = QScrollArea()
        self.columns.setObjectName("exchange.columns")
        self.columns.setAccessibleName(_("Columns of the file"))
        self.columns.setWidgetResizable(True)
        self.columns.setFrameShape(QFrame.Shape.NoFrame)
        self.columns.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.columns.setMinimumWidth(NARROWEST)
        self.split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        left = QWidget()
        left.setLayout(self._place)
        self.split.addWidget(left)
        self.split.addWidget(self.columns)
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([1000, 340])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.sentence)
        column.addWidget(self.split, 1)

    def show_preview(self, preview: FilePreview) -> None:
        """Show a file as it begins."""
        more = len(preview.rows) == ROWS
        text = _("The first {count} rows, as the file has them.") if more else _("All rows, as the file has them.")
        self.sentence.setText(text.format(count=ROWS))
        if self.table is not None:
            self._place.removeWidget(self.table)
            self.table.hide()
            self.table.deleteLater()
        self.table = _table(preview)
        self._place.addWidget(self.table)
        self._show_columns(preview)

    def _show_columns(self, preview: FilePreview) -> None:
        """Say what is known of the columns; the boxes follow a few at a time, as each takes its while to be dressed."""
        inner = QWidget()
        inner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(inner)
        column.setContentsMargins(4 * GRID, 0, 4 * GRID, 4 * GRID)
        column.setSpacing(GRID)
        column.addWidget(_label(_("Columns of the file"), role="title"))
        for tone, text in _remarks(preview):
            column.addWidget(_label(text, tone=tone))
        column.addStretch()
        self.choices = {}
        self._waiting = deque(enumerate(preview.columns))
        self._shown = preview
        self.columns.setWidget(inner)
        self._turn.start()

    def _add_some(self) -> None:
        inner = self.columns.widget()
        column = inner.layout() if inner is not None else None
        assert isinstance(column, QVBoxLayout)
        assert self._shown is not None
        for place, each in (self._waiting.popleft() for _each in range(min(_AT_ONCE, len(self._waiting)))):
            name = each.name or _("Column {number} without a name").format(number=place + 1)
            choice = self._choice(self._shown, each)
            choice.setObjectName(f"exchange.column.{place}")
            choice.setAccessibleName(_("Field of the column {name}").format(name=name))
            label = _label(name, role="muted")
            label.setBuddy(choice)
            label.setContentsMargins(0, GRID, 0, 0)
            for part in (label, choice):
                column.insertWidget(column.count() - 1, part)
            self.choices[each.name] = choice
        if self._waiting:
            self._turn.start()

    def _choice(self, preview: FilePreview, column: FileColumn) -> QComboBox:
        choice = QComboBox()
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choice.addItem(_("Read over") if column.known else _("No field, kept beside the row"), "")
        for spec in SHAPES[preview.data_type].fields:
            choice.addItem(_("{field} (needed)").format(field=spec.key) if spec.required else spec.key, spec.key)
        choice.setCurrentIndex(max(0, choice.findData(column.field)))
        choice.setEnabled(bool(column.name))
        choice.activated.connect(partial(self._chosen, column, choice))
        return choice

    def _chosen(self, column: FileColumn, choice: QComboBox, _index: int) -> None:
        key = choice.currentData()
        if key != column.field:
            self.mapped.emit(column.name, key)


def _remarks(preview: FilePreview) -> list[tuple[Tone, str]]:
    """What stands in the way of the file, and what is good to know."""
    found: list[tuple[Tone, str]] = []
    if preview.missing:
        text = _("No column for {names}: choose below which one it is.")
        found.append((Tone.DANGER, text.format(names=", ".join(preview.missing))))
    if preview.doubled:
        text = _("Two columns for {names}: choose “{none}” for one of them.")
        found.append(
            (Tone.DANGER, text.format(names=", ".join(preview.doubled), none=_("No field, kept beside the row")))
        )
    if preview.unknown:
        text = _("Not known: {names}. Their values are kept beside each row.")
        found.append((Tone.INFO, text.format(names=", ".join(name or "–" for name in preview.unknown))))
    if not found:
        found.append((Tone.SUCCESS, _("All columns are recognised.")))
    return found


def _table(preview: FilePreview) -> TableView[_Line]:
    """Headings as the file has them, with the field that each is taken for."""

    def cell(place: int) -> Callable[[_Line], str]:
        return lambda line: line[1][place] if place < len(line[1]) else ""

    columns: list[Column[_Line]] = [Column("row", N_("Row"), lambda line: line[0], kind=Kind.NUMBER, width=64)]
    for place, each in enumerate(preview.columns):
        words = _("{column} → {field}").format(column=each.name, field=each.field)
        title = each.name if not each.field or each.field == each.name else words
        width = min(max(_NARROW, 9 * len(title)), _WIDE)
        columns.append(Column(f"c{place}", title, cell(place), width=width, muted=not each.field))
    model: TableModel[_Line] = TableModel(columns, lambda line: line[0])
    table = TableView(model, name=_("First rows of the file"), object_name="exchange.preview.table")
    model.setParent(table)
    model.set_rows(preview.rows)
    return table


def _label(text: str, *, role: str = "", tone: Tone | None = None) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    if tone is not None:
        label.setProperty("tone", tone.value)
    label.setMinimumWidth(1)
    return label
