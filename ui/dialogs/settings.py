"""The settings: look and language of the window, what holds for all connections, and the installation
(connections.md §12). Nothing is kept before Save; Cancel also brings the look back.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.domain.database_address import checked_database_url, without_password
from app.domain.kinds import KINDS, ConnectionKind, FieldSpec, FieldType
from app.errors import MusterError, UsageError
from app.i18n import N_, _, ngettext
from app.operations.runner import Request
from app.operations.settings import DAYS, FEWEST_DAYS, MOST_DAYS
from app.settings import SHARED, Theme
from ui.settings_menu import LANGUAGE_WORDS, THEME_WORDS
from ui.theme import CONTROL_HEIGHT, GRID, ThemeChoice, Tone, apply_theme, theme, tokens
from ui.tray import CLOSING, Closing, closing_means, has_tray
from ui.widgets import Button, Look, announce, inset

if TYPE_CHECKING:
    from ui.desk import Desk

SHOW, UPDATE = "settings.show", "settings.update"
_WIDTH, _HEIGHT = 620, 640
_LABELS, _NUMBERS = 230, 120
_NAMED = 3


CLOSING_FIELD = "closing"
_CLOSING_WORDS = {
    Closing.ASK: N_("Ask while something runs or is scheduled"),
    Closing.TRAY: N_("Keep working in the tray"),
    Closing.QUIT: N_("Quit Muster"),
}
_OWN = ("language", "theme", CLOSING_FIELD)


@dataclass(frozen=True)
class Field:
    """One setting: its editor and the line below it."""

    editor: QWidget
    note: QLabel
    usual_note: str = ""


class SettingsDialog(QDialog):
    """Every setting that a person changes by hand, with what it means and who goes by something else."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.desk = desk
        self.before = desk.workspace.settings
        self.refusal = desk.refusal(UPDATE)
        self.fields: dict[str, Field] = {}
        self.setObjectName("settings_dialog")
        self.setWindowTitle(_("Settings"))
        self.resize(_WIDTH, _HEIGHT)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(5 * GRID, 4 * GRID, 5 * GRID, 4 * GRID)
        self._column.setSpacing(3 * GRID)
        self._add_window()
        self._add_shared()
        self._add_installation()
        self._column.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(content)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.problem = _note("settings_dialog.problem")
        self.cancel = Button(_("Cancel"), object_name="settings_dialog.cancel")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.save = Button(_("Save"), look=Look.PRIMARY, object_name="settings_dialog.save")
        self.save.setDefault(True)
        self.save.clicked.connect(self.keep)
        self._arrange(area)
        theme.changed.connect(self._dress)
        self.check()
        desk.start("read settings", self._tell_overrides())

    def _arrange(self, area: QScrollArea) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(5 * GRID, 2 * GRID, 5 * GRID, 4 * GRID)
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(self.problem, 1)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addLayout(buttons)

    # -- the fields ----------------------------------------------------------------------------------------------

    def _section(self, title: str, about: str = "") -> QGridLayout:
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        self._column.addWidget(heading)
        if about:
            words = QLabel(about, wordWrap=True)
            words.setProperty("role", "muted")
            self._column.addWidget(words)
        form = QGridLayout()
        form.setHorizontalSpacing(4 * GRID)
        form.setVerticalSpacing(2 * GRID)
        form.setColumnMinimumWidth(0, _LABELS)
        form.setColumnStretch(1, 1)
        self._column.addLayout(form)
        return form

    def _add(self, form: QGridLayout, key: str, title: str, editor: QWidget, note: str = "") -> None:
        editor.setObjectName(f"settings_dialog.{key}")
        editor.setAccessibleName(title)
        editor.installEventFilter(self)
        below = _note(f"settings_dialog.{key}.note")
        cell = QVBoxLayout()
        cell.setSpacing(GRID // 2)
        wide = isinstance(editor, QLineEdit)
        cell.addWidget(editor, 0, Qt.AlignmentFlag(0) if wide else Qt.AlignmentFlag.AlignLeft)
        cell.addWidget(below)
        if isinstance(editor, QSpinBox | QDoubleSpinBox):
            inset(editor)
            editor.setMinimumWidth(_NUMBERS)
        label = QLabel("" if isinstance(editor, QCheckBox) else title, wordWrap=True)
        label.setBuddy(editor)
        label.setFixedWidth(_LABELS)
        label.setMinimumHeight(CONTROL_HEIGHT)
        row = form.rowCount()
        form.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        form.addLayout(cell, row, 1)
        self.fields[key] = Field(editor, below, note)
        self._write(key, note, wrong=False)
        if self.refusal and key not in _OWN:
            editor.setEnabled(False)
            editor.setToolTip(self.refusal)
            editor.setAccessibleDescription(self.refusal)

    def _add_window(self) -> None:
        form = self._section(_("This window"))
        language = _choice({value.value: _(text) for value, text in LANGUAGE_WORDS.items()}, self.before.language.value)
        self._add(form, "language", _("Language"), language, _("It changes when Muster starts the next time."))
        look = _choice({value.value: _(text) for value, text in THEME_WORDS.items()}, self.before.theme.value)
        self._add(form, "theme", _("Look"), look)
        if has_tray():
            words = {means.value: _(text) for means, text in _CLOSING_WORDS.items()}
            means = closing_means(self.desk).value
            self._add(form, CLOSING_FIELD, _("Closing the window"), _choice(words, means))
        look.currentIndexChanged.connect(lambda _index: _wear(Theme(look.currentData())))

    def _add_shared(self) -> None:
        about = _("They hold for every connection that says nothing else.")
        form = self._section(_("All connections"), self.refusal or about)
        specs = {spec.key: spec for spec in KINDS[ConnectionKind.CONTACT_CENTER].settings}
        for key in SHARED:
            spec = specs[key]
            self._add(form, key, _(spec.label), _editor(spec, getattr(self.before, key)))

    def _add_installation(self) -> None:
        form = self._section(_("This installation"))
        titles = {
            "webhook_attempt_days": _("Keep tries of webhooks, with what was sent"),
            "webhook_delivery_days": _("Keep the list of deliveries"),
        }
        for key in DAYS:
            days = QSpinBox(minimum=FEWEST_DAYS, maximum=MOST_DAYS, value=getattr(self.before, key))
            days.setSuffix(_(" days"))
            self._add(form, key, titles[key], days)
        history = Button(_("How long the history is kept …"), object_name="settings_dialog.history")
        history.setAutoDefault(False)
        history.clicked.connect(self.open_retention)
        form.addWidget(history, form.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        if reason := self.desk.refusal("history.keep"):
            history.refuse(reason)
        address = QLineEdit(without_password(self.before.database_url))
        address.setPlaceholderText(str(self.desk.workspace.home.database))
        address.textChanged.connect(lambda _text: self.check())
        note = _("Another one is opened when Muster starts the next time; nothing is copied there.")
        self._add(form, "database_url", _("Address of the database"), address, note)
        if os.environ.get("DATABASE_URL"):
            reason = _("The environment variable DATABASE_URL decides.")
            address.setEnabled(False)
            address.setToolTip(reason)
            self._write("database_url", reason, wrong=False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the form; it changes a value only where the keyboard is."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    async def _tell_overrides(self) -> None:
        """Below each setting, which connections go by one of their own."""
        report = await self.desk.report_of(Request(SHOW))
        if report is None or report.error is not None:
            return
        found: dict[str, dict[str, Any]] = report.run.result["overrides"]
        for key in SHARED:
            if names := [name for name, own in found.items() if key in own]:
                shown = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
                text = ngettext(
                    "{count} connection has its own: {names}", "{count} connections have their own: {names}", len(names)
                )
                self._write(key, text.format(count=len(names), names=shown), wrong=False)

    # -- what is typed -------------------------------------------------------------------------------------------

    def check(self) -> bool:
        """Say while typing what is wrong; true when nothing is."""
        field = self.fields["database_url"]
        assert isinstance(field.editor, QLineEdit)
        problem = ""
        if field.editor.isEnabled() and field.editor.text() != without_password(self.before.database_url):
            try:
                checked_database_url(field.editor.text())
            except UsageError as error:
                problem = f"{error.message} {_(error.remedy)}".strip()
        if field.editor.isEnabled():
            self._write("database_url", problem or field.usual_note, wrong=bool(problem))
        self.save.permit(problem)
        return not problem

    def _write(self, key: str, text: str, *, wrong: bool) -> None:
        field = self.fields[key]
        field.note.setText(text)
        field.note.setVisible(bool(text))
        field.editor.setAccessibleDescription(text)
        if field.editor.property("wrong") != wrong:
            field.editor.setProperty("wrong", wrong)
            field.editor.style().unpolish(field.editor)
            field.editor.style().polish(field.editor)
        self._dress()

    def _dress(self) -> None:
        for field in self.fields.values():
            ink = tokens().danger.ink if field.editor.property("wrong") else tokens().muted
            field.note.setStyleSheet(f"color: {ink};")
        if hasattr(self, "problem"):
            self.problem.setStyleSheet(f"color: {tokens().danger.ink};")

    def _value(self, key: str) -> object:
        editor = self.fields[key].editor
        if isinstance(editor, QCheckBox):
            return editor.isChecked()
        if isinstance(editor, QComboBox):
            return editor.currentData()
        if isinstance(editor, QSpinBox | QDoubleSpinBox):
            return editor.value()
        assert isinstance(editor, QLineEdit)
        return editor.text().strip()

    def _changed(self, keys: tuple[str, ...]) -> dict[str, object]:
        was = {key: getattr(self.before, key) for key in keys}
        if "database_url" in was:
            was["database_url"] = without_password(self.before.database_url)
        return {key: value for key in keys if (value := self._value(key)) != was[key]}

    # -- the end -------------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Store what changed; the dialog stays open and says why when that is refused."""
        if self.check():
            self.save.refuse(_("It is being saved."))
            self.desk.start("save settings", self._keep())

    async def _keep(self) -> None:
        own = self._changed(("language", "theme"))
        shared = {} if self.refusal else self._changed((*SHARED, *DAYS, "database_url"))
        try:
            if shared:
                report = await (await self.desk.workspace.runner.start(Request(UPDATE, params=shared))).report()
                if report.error is not None:
                    raise report.error
            if own:
                await self.desk.workspace.change_settings(**own)
        except MusterError as error:
            self._fail(f"{error.message} {_(error.remedy)}".strip())
            return
        except OSError as error:
            self._fail(_("The settings could not be stored: {cause}").format(cause=error))
            return
        if CLOSING_FIELD in self.fields:
            self.desk.layouts.set(CLOSING, str(self._value(CLOSING_FIELD)))
        self.accept()
        if "database_url" in shared or "language" in own:
            text = _("What you changed takes effect when Muster starts the next time.")
            self.desk.voice.banner("settings", Tone.INFO, text)
        elif own or shared:
            self.desk.voice.toast(_("Settings saved"))

    def _fail(self, text: str) -> None:
        self.check()
        self.problem.setText(text)
        self.problem.show()
        announce(self, text, urgent=True)

    def reject(self) -> None:
        """Change nothing; a look that was tried on is taken off."""
        _wear(self.before.theme)
        super().reject()

    def open_retention(self) -> None:
        """How long runs and the audit trail are kept."""
        from ui.dialogs.retention import open_retention

        open_retention(self, self.desk)


def _editor(spec: FieldSpec, value: Any) -> QWidget:
    """The editor of a setting of connections, which takes no value out of its bounds."""
    match spec.type:
        case FieldType.SWITCH:
            switch = QCheckBox(_(spec.label))
            switch.setChecked(bool(value))
            return switch
        case FieldType.CHOICE:
            return _choice({choice: _(spec.titles.get(choice, choice)) for choice in spec.choices}, str(value))
    assert spec.low is not None
    assert spec.high is not None
    if spec.whole:
        return QSpinBox(minimum=int(spec.low), maximum=int(spec.high), value=int(value))
    number = QDoubleSpinBox(minimum=spec.low, maximum=spec.high, decimals=1)
    number.setValue(float(value))
    return number


def _choice(words: dict[str, str], chosen: str) -> QComboBox:
    box = QComboBox()
    for value, word in words.items():
        box.addItem(word, value)
    box.setCurrentIndex(box.findData(chosen))
    return box


def _note(name: str) -> QLabel:
    note = QLabel(wordWrap=True)
    note.setObjectName(name)
    note.setTextFormat(Qt.TextFormat.PlainText)
    note.hide()
    return note


def _wear(look: Theme) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, ThemeChoice(look.value))


def open_settings(parent: QWidget, desk: Desk) -> SettingsDialog:
    """Show the dialog."""
    dialog = SettingsDialog(parent, desk)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
