"""Export of stored contact-centre data: which, of which days, how written and where to (contact-center.md §7.3)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.exchange import SHAPES, DataType
from app.errors import MusterError
from app.i18n import N_, _, ngettext
from app.operations.exchange.exporting import ExportFormat, ExportParams, query_of
from app.operations.exchange.tables import Separator
from app.operations.runner import Report, Request
from app.store.contact_center_history import count_rows
from ui.desk import Desk
from ui.pages.workforce.exchange.actions import EXPORT, open_folder
from ui.pages.workforce.exchange.words import SEPARATOR_WORDS, rows_words, type_words
from ui.tables import format_value
from ui.theme import GRID, Icon, Tone
from ui.widgets import Button, Look, ask
from ui.widgets.period import PeriodPicker, local_today

_FORMATS = {
    ExportFormat.XLSX: N_("Excel (XLSX)"),
    ExportFormat.CSV: N_("CSV"),
    ExportFormat.JSON: N_("JSON"),
}
_USUAL_DAYS = 13
_COUNT_AFTER_MS = 200


class ExportDialog(QDialog):
    """`params()` is what was chosen, once it was accepted."""

    def __init__(self, parent: QWidget, desk: Desk, connection: Connection) -> None:
        super().__init__(parent)
        self.desk = desk
        self.connection = connection
        self.setObjectName("exchange.export")
        self.setWindowTitle(_("Export contact centre data"))
        self.setMinimumWidth(560)
        self.data_type = _choice("exchange.export.type", {each: type_words(each) for each in DataType})
        today = local_today()
        self.period = PeriodPicker(today - timedelta(days=_USUAL_DAYS), today, object_name="exchange.export.period")
        self.all_days = _box("exchange.export.all_days", _("All days"))
        self.groups = _ids("exchange.export.groups", _("Groups"))
        self.agents = _ids("exchange.export.agents", _("Agents"))
        self.format = _choice("exchange.export.format", {key: _(words) for key, words in _FORMATS.items()})
        self.separator = _choice("exchange.export.separator", {key: _(words) for key, words in SEPARATOR_WORDS.items()})
        self.separator.setCurrentIndex(self.separator.findData(usual_separator()))
        self.raw = _box("exchange.export.raw", _("Include raw data: all that is known of a row, as JSON"))
        self.file = QLineEdit()
        self.file.setObjectName("exchange.export.file")
        self.file.setAccessibleName(_("File"))
        self.choose = Button(_("Choose …"), object_name="exchange.export.choose")
        self.count = QLabel()
        self.count.setObjectName("exchange.export.count")
        self.count.setProperty("role", "muted")
        self.cancel = Button(_("Cancel"), object_name="exchange.export.cancel")
        self.accept_button = Button(
            _("Export"), look=Look.PRIMARY, icon=Icon.DOWNLOAD, object_name="exchange.export.accept"
        )
        self._named = ""
        self._asked = 0
        self._soon = QTimer(self, singleShot=True, interval=_COUNT_AFTER_MS)
        self._soon.timeout.connect(lambda: desk.start("count rows", self._count()))
        self._arrange()
        self._connect()
        self._changed()

    def _arrange(self) -> None:
        days = _row(self.period, self.all_days)
        file = _row(self.file, self.choose)
        form = QFormLayout()
        form.setSpacing(3 * GRID)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form = form
        for words, field in (
            (_("Type of data"), self.data_type), (_("Period"), days), (_("Groups"), self.groups),
            (_("Agents"), self.agents), (_("Format"), self.format), (_("Separator"), self.separator),
            ("", self.raw), (_("File"), file),
        ):  # fmt: skip
            form.addRow(words, field)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(self.count, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID, 5 * GRID, 5 * GRID, 4 * GRID)
        column.setSpacing(5 * GRID)
        column.addLayout(form)
        column.addLayout(buttons)
        self.accept_button.setDefault(True)

    def _connect(self) -> None:
        for choice in (self.data_type, self.format):
            choice.currentIndexChanged.connect(self._changed)
        self.period.changed.connect(self._changed)
        self.all_days.toggled.connect(self._changed)
        for ids in (self.groups, self.agents, self.file):
            ids.textChanged.connect(self._changed)
        self.choose.clicked.connect(lambda: self.desk.start("choose file", self._choose()))
        self.cancel.clicked.connect(self.reject)
        self.accept_button.clicked.connect(self.accept)

    def export_params(self) -> ExportParams:
        """What was chosen."""
        first, last = self.period.period()
        whole = self.all_days.isChecked()
        return ExportParams(
            DataType(self.data_type.currentData()), self.file.text().strip(), None if whole else first,
            None if whole else last, _split(self.groups), _split(self.agents),
            ExportFormat(self.format.currentData()), self.raw.isChecked(), Separator(self.separator.currentData()),
        )  # fmt: skip

    def _changed(self, *_args: object) -> None:
        keys = {spec.key for spec in SHAPES[DataType(self.data_type.currentData())].fields}
        for field, key in ((self.groups, "groupId"), (self.agents, "agentId")):
            self.form.setRowVisible(field, key in keys)
        self.form.setRowVisible(self.separator, self.format.currentData() == ExportFormat.CSV)
        self.period.setEnabled(not self.all_days.isChecked())
        self._name_file()
        if self.file.text().strip():
            self.accept_button.allow()
        else:
            self.accept_button.refuse(_("Choose a file first."))
        self._soon.start()

    def _name_file(self) -> None:
        """Propose a name, for as long as the person has not chosen another."""
        if self.file.text() != self._named:
            return
        stem = type_words(DataType(self.data_type.currentData()))
        if not self.all_days.isChecked():
            first, last = self.period.period()
            stem = _("{type} {first} to {last}").format(type=stem, first=first.isoformat(), last=last.isoformat())
        self._named = str(_folder() / f"{stem}.{self.format.currentData()}")
        self.file.setText(self._named)

    async def _count(self) -> None:
        self._asked += 1
        asked = self._asked
        try:
            query = query_of(self.connection, self.export_params())
            count = await self.desk.workspace.store.read(count_rows, query)
        except MusterError as error:
            text = error.message
        else:
            text = (
                _("{rows} are stored for this choice.").format(rows=rows_words(count))
                if count
                else _("Nothing is stored for this choice.")
            )
        if asked == self._asked:
            self.count.setText(text)

    async def _choose(self) -> None:
        form = ExportFormat(self.format.currentData())
        dialog = QFileDialog(self, _("Export to"), self.file.text())
        dialog.setObjectName("exchange.export.dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([f"{_(_FORMATS[form])} (*.{form})"])
        dialog.setDefaultSuffix(form.value)
        if await ask(dialog):
            self.file.setText(dialog.selectedFiles()[0])


async def export_stored(parent: QWidget, desk: Desk, connection: Connection) -> None:
    """Ask what to export, write it, say where it went."""
    dialog = ExportDialog(parent, desk, connection)
    if not await ask(dialog):
        return
    params = dialog.export_params()
    report = await desk.report_of(Request(EXPORT, connection.name, as_texts(params)))
    if report is not None:
        tell_export(desk, report, Path(params.file))


def as_texts(params: ExportParams) -> dict[str, Any]:
    """The parameters as a run takes them."""
    return {
        "data_type": params.data_type.value, "file": params.file, "format": params.format,
        "start_date": _day(params.start_date), "end_date": _day(params.end_date), "groups": params.groups,
        "agents": params.agents, "include_raw_data": params.include_raw_data, "separator": params.separator,
    }  # fmt: skip


def tell_export(desk: Desk, report: Report, file: Path) -> None:
    """Say how an export ended."""
    if report.error is not None:
        desk.voice.banner(EXPORT, Tone.DANGER, report.error.message, remedy_of(report.error))
        return
    desk.voice.clear_banner(EXPORT)
    count = int(report.run.summary.get("exported", 0))
    text = ngettext("{count} row written to {file}.", "{count} rows written to {file}.", count)
    desk.voice.toast(text.format(count=format_value(count), file=file.name), open_folder(file))


def usual_separator() -> Separator:
    """What spreadsheets of this locale expect: a semicolon where the comma stands in numbers."""
    return Separator.SEMICOLON if QLocale().decimalPoint() == "," else Separator.COMMA


def _folder() -> Path:
    from PySide6.QtCore import QStandardPaths

    places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(places[0]) if places else Path.home()
    return folder if folder.is_dir() else Path.home()


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _split(field: QLineEdit) -> tuple[str, ...]:
    if field.isHidden():
        return ()
    return tuple(part.strip() for part in field.text().split(",") if part.strip())


def _choice(name: str, entries: dict[Any, str]) -> QComboBox:
    choice = QComboBox()
    choice.setObjectName(name)
    for key, words in entries.items():
        choice.addItem(words, key)
    return choice


def _box(name: str, words: str) -> QCheckBox:
    box = QCheckBox(words)
    box.setObjectName(name)
    return box


def _ids(name: str, words: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(words)
    field.setPlaceholderText(_("All; or ids with commas"))
    return field


def _row(*parts: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2 * GRID)
    for part in parts:
        row.addWidget(part)
    return holder
