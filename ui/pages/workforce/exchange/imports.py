"""Where an import begins: a place to drop a file on, and the imports there were, to be taken back or resumed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from app.domain.outcomes import RunState
from app.i18n import N_, _, ngettext
from app.store.contact_center_imports import PastImport
from ui.desk import Desk
from ui.pages.workforce.exchange.words import counts_words, type_words
from ui.tables import Beside, Column, Kind, TablePane, format_value
from ui.texts import STATE_TONES, STATE_WORDS, moment_text
from ui.theme import GRID, RADIUS, Icon, Tone, icon, icon_pixmap, theme, tokens
from ui.widgets import Button, DetailsPane

_DRAWING = 28


def state_words(past: PastImport) -> str:
    """How an import stands now."""
    if past.taken_back_at is not None:
        return _("Taken back")
    if past.state is RunState.FINISHED:
        return _("Imported") if past.written else _("Nothing new")
    return _(STATE_WORDS[past.state])


def _state_tone(past: PastImport) -> Tone:
    if past.taken_back_at is not None or (past.state is RunState.FINISHED and not past.written):
        return Tone.NEUTRAL
    return STATE_TONES[past.state]


COLUMNS: tuple[Column[PastImport], ...] = (
    Column("when", N_("When"), lambda p: p.started_at, kind=Kind.MOMENT, width=140),
    Column("file", N_("File"), lambda p: Path(p.file).name, width=200, tooltip=lambda p: p.file),
    Column("type", N_("Type of data"), lambda p: type_words(p.data_type), width=150),
    Column("state", N_("State"), state_words, kind=Kind.CHIP, width=150, tone=_state_tone),
    Column("rows", N_("Rows stored"), lambda p: p.written, kind=Kind.NUMBER, width=100),
    Column("bad", N_("Bad rows"), lambda p: int(p.summary.get("failed", 0)), kind=Kind.NUMBER, width=84),
    Column("who", N_("By"), lambda p: p.actor, width=130, muted=True),
    Column("result", N_("Result"), lambda p: counts_words(p.summary), width=300, muted=True),
    Column("taken_back", N_("Taken back"), lambda p: p.taken_back_at, kind=Kind.MOMENT, width=130, hidden=True),
    Column("id", N_("Run"), lambda p: p.run_id, width=120, muted=True, hidden=True),
)  # fmt: skip


class ImportsPane(QWidget):
    """`undo_asked` and `resume_asked` with an import; `activity_asked` with the one to be shown there."""

    undo_asked = Signal(object)
    resume_asked = Signal(object)
    activity_asked = Signal(object)

    def __init__(self, desk: Desk, shortcuts_in: QWidget, obstacle: Callable[[str], str]) -> None:
        super().__init__()
        self._obstacle = obstacle
        self.drop = DropPlace()
        self.undo = Button(_("Take back …"), icon=Icon.UNDO, object_name="exchange.undo")
        self.resume = Button(_("Resume"), icon=Icon.PLAY, object_name="exchange.resume")
        self.pane: TablePane[PastImport] = TablePane(
            name=_("Imports"), page="exchange", columns=COLUMNS, key=lambda past: past.run_id,
            search_hint=_("Search imports"), count_text=_count_words, store=desk.layouts, shortcuts_in=shortcuts_in,
        )  # fmt: skip
        self.details = DetailsPane(object_name="exchange.details")
        self.details.hide()
        self._arrange()
        table = self.pane.table
        self.undo.clicked.connect(lambda: self._ask(self.undo_asked))
        self.resume.clicked.connect(lambda: self._ask(self.resume_asked))
        table.current_row_changed.connect(lambda _past: self.show_current())
        table.details_requested.connect(lambda _past: self._toggle())
        table.row_activated.connect(lambda _past: self._toggle())
        table.add_to_menu(self._fill_menu)
        if desk.layouts.get("table/exchange.table") is None:
            table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.show_current()

    def _arrange(self) -> None:
        title = QLabel(_("Imports so far"))
        title.setProperty("role", "title")
        head = QHBoxLayout()
        head.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 2 * GRID)
        head.setSpacing(2 * GRID)
        head.addWidget(title, 1)
        for button in (self.undo, self.resume):
            head.addWidget(button)
        split = Beside(self.pane, self.details, (1000, 340))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.drop)
        column.addLayout(head)
        column.addWidget(split, 1)

    def show_imports(self, found: list[PastImport]) -> None:
        """Show the imports there were."""
        self.pane.set_rows(found)
        self.show_current()

    def current(self) -> PastImport | None:
        """The chosen import."""
        return self.pane.table.current_row()

    def undo_obstacle(self, past: PastImport | None) -> str:
        """Why it cannot be taken back."""
        if past is None:
            return _("Choose an import first.")
        if past.taken_back_at is not None:
            return _("It is taken back already.")
        if not past.state.over:
            return _("It is still running. Cancel it first.")
        return self._obstacle("cc.undo_import") or ("" if past.written else _("It stored no rows."))

    def resume_obstacle(self, past: PastImport | None) -> str:
        """Why it cannot be taken up where it ended."""
        if past is None:
            return _("Choose an import first.")
        if not past.state.resumable:
            return _("It finished; there is nothing left to do.") if past.state.over else _("It is still running.")
        return self._obstacle("cc.bulk_import")

    def show_current(self) -> None:
        """Say what can be done with the chosen import, and what is known of it."""
        past = self.current()
        for button, reason in ((self.undo, self.undo_obstacle(past)), (self.resume, self.resume_obstacle(past))):
            button.permit(reason)
        if not self.details.isHidden():
            self._tell(past)

    def _toggle(self) -> None:
        self.details.setVisible(self.details.isHidden())
        self.show_current()

    def _tell(self, past: PastImport | None) -> None:
        if past is None:
            self.details.clear()
            return
        chip = (state_words(past), _state_tone(past))
        self.details.set_heading(Path(past.file).name, type_words(past.data_type), with_picture=False, chip=chip)
        self.details.clear_rows()
        self.details.add_row(_("When"), moment_text(past.started_at))
        self.details.add_row(_("By"), past.actor)
        self.details.add_row(_("File"), past.file)
        self.details.add_row(_("Result"), counts_words(past.summary))
        if past.taken_back_at is not None:
            self.details.add_row(_("Taken back"), moment_text(past.taken_back_at))
        self.details.add_row(_("Run"), past.run_id)

    def _fill_menu(self, menu: QMenu) -> None:
        past = self.current()
        if past is None:
            return
        back = menu.addAction(icon(Icon.UNDO), _("Take back …"), lambda: self.undo_asked.emit(past))
        back.setEnabled(not self.undo_obstacle(past))
        again = menu.addAction(icon(Icon.PLAY), _("Resume"), lambda: self.resume_asked.emit(past))
        again.setEnabled(not self.resume_obstacle(past))
        menu.addAction(icon(Icon.HISTORY), _("Show in Activity"), lambda: self.activity_asked.emit(past))

    def _ask(self, signal: object) -> None:
        if (past := self.current()) is not None:
            signal.emit(past)  # type: ignore[attr-defined]


class DropPlace(QWidget):
    """Says what can be dropped; the whole page takes it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("exchange.drop")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.title = QLabel(_("Drop a file here, paste rows (Ctrl+V), or choose a file"), wordWrap=True)
        self.title.setProperty("role", "heading")
        text = _("CSV, Excel (XLSX) or JSON. Nothing is stored before you have seen what was found and pressed Import.")
        self.text = QLabel(text, wordWrap=True)
        self.text.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(20 * GRID, 6 * GRID, 8 * GRID, 5 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.title)
        column.addWidget(self.text)
        self._over = False
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription(text)
        theme.changed.connect(self.update)

    def show_over(self, *, over: bool) -> None:
        """Whether a file hangs over the page."""
        self._over = over
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dashed frame with a drawing."""
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(colours.accent if self._over else colours.outline), 2 if self._over else 1)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(colours.selection if self._over else colours.sunken))
        frame = QRectF(self.rect()).adjusted(4 * GRID, GRID, -4 * GRID, -GRID)
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        pixmap = icon_pixmap(Icon.IMPORT, _DRAWING, self.devicePixelRatioF(), colours.accent)
        painter.drawPixmap(10 * GRID, (self.height() - _DRAWING) // 2, pixmap)

    def sizeHint(self) -> QSize:
        """The room it would like."""
        return QSize(400, super().sizeHint().height())


def _count_words(count: int) -> str:
    return ngettext("{count} import", "{count} imports", count).format(count=format_value(count))
