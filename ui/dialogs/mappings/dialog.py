"""The mappings of one connection: entities, fields beside ours, the editor, the trial, values without a meaning.

Nothing is kept that was not tried as it stands: each edit refuses Save until the trial has run again.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidget, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.kinds import ConnectionKind
from app.domain.mappings import VALUE_TABLES, Rule, Trial
from app.i18n import _, ngettext
from app.operations.mapping_rows import EntityView
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.dialogs.mappings.drafts import Drafts
from ui.dialogs.mappings.editor import RuleEditor
from ui.dialogs.mappings.rows import FIELD_COLUMNS, FieldLine, field_lines
from ui.dialogs.mappings.trial import TrialPane, records_in_words, trial_words
from ui.dialogs.mappings.values import ValuesPanel
from ui.tables import TablePane, format_value
from ui.theme import GRID, Icon, Tone
from ui.widgets import BannerArea, Button, Look, confirm

SHOW, TRY, UPDATE, RESET = "connections.mappings", "mappings.try", "mappings.update", "mappings.reset"
SIZE = (1280, 760)


class MappingsDialog(QDialog):
    """One connection's mappings."""

    def __init__(self, parent: QWidget, desk: Desk, connection: Connection) -> None:
        super().__init__(parent)
        self.desk, self.connection = desk, connection
        self.views: list[EntityView] = []
        self.drafts = Drafts()
        self._entity = ""
        self._known: list[str] = []
        self.setObjectName("mappings")
        self.setWindowTitle(_("Field mappings of {name}").format(name=connection.name))
        self.resize(*SIZE)
        self._make()
        self._arrange()
        self._connect()
        self.fields.show_loading()
        self.read()

    def _make(self) -> None:
        self.banners = BannerArea(object_name="mappings.banners")
        self.entities = QListWidget()
        self.entities.setObjectName("mappings.entities")
        self.entities.setAccessibleName(_("What the source sends"))
        self.fields: TablePane[FieldLine] = TablePane(
            name=_("Fields"), page="mappings.fields", columns=FIELD_COLUMNS, key=lambda line: line.field.key,
            search_hint=_("Search fields"), count_text=_fields_in_words, store=self.desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.editor = RuleEditor()
        self.editor.setAccessibleName(_("How the field is filled"))
        self.trial = TrialPane(self.desk.layouts)
        self.values = ValuesPanel(self.desk, self.connection, self._mapped)
        self.told = QLabel(wordWrap=True)
        self.told.setObjectName("mappings.told")
        self.told.setProperty("role", "muted")
        self.reset = Button(_("Reset to default"), icon=Icon.UNDO, object_name="mappings.reset")
        self.try_button = Button(_("Try on the last 20 records"), icon=Icon.PLAY, object_name="mappings.try")
        self.save = Button(_("Save"), look=Look.PRIMARY, object_name="mappings.save")
        self.close_button = Button(_("Close"), object_name="mappings.close")

    def _arrange(self) -> None:
        sides = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        for part, width in ((self.entities, 190), (self.fields, 730), (self.editor, 320)):
            sides.addWidget(part)
            sides.setStretchFactor(sides.count() - 1, int(part is self.fields))
            part.setMinimumWidth(width // 2)
        sides.setSizes([180, 780, 310])
        sides.setContentsMargins(2 * GRID, 2 * GRID, 0, 0)
        whole = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        whole.addWidget(sides)
        whole.addWidget(self.trial)
        whole.setStretchFactor(0, 1)
        whole.setSizes([430, 200])
        self.tabs = QTabWidget()
        self.tabs.setObjectName("mappings.tabs")
        self.tabs.addTab(whole, _("Fields"))
        if self.connection.kind in VALUE_TABLES:
            self.tabs.addTab(self.values, _("Values"))
        else:
            self.values.setParent(self)
            self.values.hide()
        end = QHBoxLayout()
        end.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        end.setSpacing(2 * GRID)
        end.addWidget(self.told, 1)
        end.addStretch()  # where there is nothing to tell, Close stays on the right
        for button in (self.reset, self.try_button, self.save, self.close_button):
            end.addWidget(button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 2 * GRID, 0, 0)
        outer.addWidget(self.banners)
        outer.addWidget(self.tabs, 1)
        outer.addLayout(end)

    def _connect(self) -> None:
        for button in (self.reset, self.try_button, self.save, self.close_button):
            button.setAutoDefault(False)
        self.tabs.currentChanged.connect(self._tab_chosen)
        self.entities.currentRowChanged.connect(self._entity_chosen)
        self.fields.table.current_row_changed.connect(lambda line: self.editor.show_line(line, self._known))
        self.fields.table.row_activated.connect(lambda _line: self.editor.add_source.setFocus())
        self.editor.edited.connect(self._edited)
        self.try_button.clicked.connect(lambda _on: self.try_now())
        self.save.clicked.connect(lambda _on: self._write(UPDATE, {"rows": self.rows()}))
        self.reset.clicked.connect(lambda _on: self._write(RESET, {}))
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.try_now)
        QShortcut(QKeySequence.StandardKey.Save, self, self.save.click)

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the mappings again; what is edited and not saved stays."""
        self.desk.run(Request(SHOW, self.connection.name), self._show)

    def _show(self, report: Report) -> None:
        if report.error is not None or not isinstance(report.found, list):
            cause = report.error
            if cause is not None:
                self.banners.show_banner("read", Tone.DANGER, cause.message, remedy_of(cause))
            return
        self.views = report.found
        result: dict[str, Any] = report.run.result if isinstance(report.run.result, dict) else {}
        count = self.values.show_values(result.get("values", []))
        if self.tabs.count() > 1:
            self.tabs.setTabText(1, _("Values ({count})").format(count=format_value(count)) if count else _("Values"))
        wanted = self._entity
        self.entities.blockSignals(True)
        self.entities.clear()
        self.entities.addItems([_(view.entity.title) for view in self.views])
        at = next((n for n, view in enumerate(self.views) if view.entity.id == wanted), self._fullest())
        self.entities.setCurrentRow(at)
        self.entities.blockSignals(False)
        self._entity_chosen(at)

    def _fullest(self) -> int:
        """The first entity that came at all."""
        return next((n for n, view in enumerate(self.views) if view.samples.rows), 0)

    @property
    def view(self) -> EntityView | None:
        """The entity that is shown."""
        return next((view for view in self.views if view.entity.id == self._entity), None)

    def _entity_chosen(self, at: int) -> None:
        if not 0 <= at < len(self.views):
            return
        view = self.views[at]
        self._entity = view.entity.id
        self._known = list(dict.fromkeys(key for row in view.samples.rows for key in row))
        self._show_fields()
        self.fields.table.select_key(view.entity.fields[0].key)
        self.trial.forget()
        self._tell_state()

    def _show_fields(self) -> None:
        if self.view is not None:
            self.fields.set_rows(field_lines(self.view, self.drafts.rules(self.view)))

    def _tab_chosen(self, at: int) -> None:
        for part in (self.told, self.reset, self.try_button, self.save):
            part.setVisible(at == 0)

    # -- editing -------------------------------------------------------------------------------------------------

    def rows(self) -> list[dict[str, Any]]:
        """The rules of the shown entity, as an operation is told them."""
        return self.drafts.rows(self.view) if self.view is not None else []

    @property
    def dirty(self) -> bool:
        """Whether something stands here, of whatever entity, that is not kept."""
        return any(self.drafts.is_dirty(view) for view in self.views)

    def _edited(self, rule: Rule) -> None:
        if self.view is not None:
            self.drafts.edit(self.view, rule)
            lines = field_lines(self.view, self.drafts.rules(self.view))
            self.fields.update_rows([line for line in lines if line.field.key == rule.target])
        self._tell_state()

    def _tell_state(self) -> None:
        """Nothing is tried yet as it stands now."""
        view = self.view
        if view is None:
            return
        changed = self.drafts.is_dirty(view)
        self.told.setText(records_in_words(len(view.samples.rows)))
        self.save.refuse(
            self.desk.refusal(UPDATE) or (_("Try the change first.") if changed else _("Nothing was changed."))
        )
        self.reset.permit(self.desk.refusal(RESET) or ("" if view.kept.rules else _("It is the default already.")))
        lack = _("Fetch data from this connection once, then try again.")
        self.try_button.permit("" if self._can_try(view) else lack)

    def _can_try(self, view: EntityView) -> bool:
        """Whether there are records to try on, or the source can be asked for some."""
        return bool(view.samples.rows) or self.connection.kind is ConnectionKind.SUPABASE

    def try_now(self) -> None:
        """Try the rules as they stand on the last records."""
        if self.view is not None and self._can_try(self.view):
            self.try_button.refuse(_("It is running."))
            params = {"entity": self._entity, "rows": self.rows()}
            self.desk.run(Request(TRY, self.connection.name, params), lambda report: self._tried(report, params))

    def _tried(self, report: Report, params: dict[str, Any]) -> None:
        self.try_button.allow()
        if params != {"entity": self._entity, "rows": self.rows()}:
            return  # edited meanwhile
        self.banners.clear("try")
        if report.error is not None:
            self.banners.show_banner("try", Tone.DANGER, report.error.message, remedy_of(report.error))
            self.save.refuse(report.error.message)
        elif isinstance(report.found, Trial) and self.view is not None:
            self._show_trial(report.found, self.view)

    def _show_trial(self, trial: Trial, view: EntityView) -> None:
        self.trial.show_trial(trial, view)
        self.told.setText(trial_words(trial))
        reason = self.desk.refusal(UPDATE) or ("" if self.drafts.is_dirty(view) else _("Nothing was changed."))
        if self.rows() and (objection := trial.objection(view.entity)):
            reason = objection.message
            self.banners.show_banner("try", Tone.WARNING, objection.message, objection.remedy)
        self.save.permit(reason)

    # -- keeping -------------------------------------------------------------------------------------------------

    def _write(self, operation: str, more: dict[str, Any]) -> None:
        self.save.refuse(_("It is running."))
        entity = self._entity
        request = Request(operation, self.connection.name, {"entity": entity, **more})
        self.desk.run(request, lambda report: self._kept(report, entity))

    def _kept(self, report: Report, entity: str) -> None:
        if report.error is not None:
            self.banners.show_banner("try", Tone.DANGER, report.error.message, remedy_of(report.error))
            self._tell_state()
            return
        self.banners.clear("try")
        self.drafts.forget(entity)
        self.desk.voice.toast(_("The mapping was saved. The next run uses it."))
        self.read()

    def _mapped(self, report: Report) -> None:
        if report.error is not None:
            self.banners.show_banner("value", Tone.DANGER, report.error.message, remedy_of(report.error))
            return
        self.desk.voice.toast(_("The value was mapped. The next run uses it."))
        if not self.dirty:
            self.read()
            return
        self.desk.run(Request(SHOW, self.connection.name), self._show_values)

    def _show_values(self, report: Report) -> None:
        if isinstance(report.run.result, dict):
            self.values.show_values(report.run.result.get("values", []))

    def reject(self) -> None:
        """Close; what is not saved is asked about first."""
        if self.dirty:
            self.desk.start("leave mappings", self._leave())
        else:
            super().reject()

    async def _leave(self) -> None:
        text = _("The mapping was changed and not saved.")
        if await confirm(self, _("Close without saving?"), text, _("Close without saving"), danger=True):
            self.drafts.forget()
            super().reject()


def _fields_in_words(count: int) -> str:
    return ngettext("{count} field", "{count} fields", count).format(count=format_value(count))


def open_mappings(parent: QWidget, desk: Desk, connection: Connection) -> MappingsDialog:
    """Show the dialog."""
    dialog = MappingsDialog(parent, desk, connection)
    dialog.open()
    return dialog
