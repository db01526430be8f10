"""Adding and editing a connection: its fields, and beside them a test of exactly what is typed before it is saved.

A test may be left out, and the dialog says so. A new key for a connection that has one is tested first and saved only
when it works, or when the person insists; until then the old one stays in use (vitec-hub.md §2.3).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.kinds import KINDS, ConnectionKind, KindSpec
from app.events import StageReached
from app.i18n import _
from app.operations.connection_test import stage_titles
from app.operations.reports import read_report
from app.operations.runner import Report, Request, RunHandle
from app.store import connections as stored
from ui.desk import Desk
from ui.dialogs.connection_footer import SaveBar
from ui.dialogs.connection_form import ConnectionForm
from ui.dialogs.connection_try import TryPanel
from ui.dialogs.edit_dialog import EditDialog, scrolling
from ui.theme import GRID, Tone
from ui.widgets import Button, ask

Typed = tuple[str, dict[str, str], dict[str, str]]
"""Name, settings and secrets as they stand in the form."""
SIZE = (940, 600)


class ConnectionDialog(EditDialog):
    """The form of one connection; `others` are all the others. `saved` is its name once it is stored."""

    def __init__(
        self, parent: QWidget, desk: Desk, spec: KindSpec, connection: Connection | None, others: Sequence[Connection]
    ) -> None:
        super().__init__(parent, desk, "connection")
        self.spec = spec
        self.connection = connection
        self._try: RunHandle | None = None
        self._tried: tuple[Typed, bool] | None = None
        self._insists = False
        self._pressed: Button | None = None
        self._others = others
        self.resize(*SIZE)
        self.kind = QComboBox(self)
        self.kind.setObjectName("connection.kind")
        self.kind.setAccessibleName(_("System"))
        for kind in KINDS.values():
            self.kind.addItem(_(kind.title), kind.kind.value)
        self.kind.setCurrentIndex(self.kind.findData(spec.kind.value))
        if connection is not None:
            self.kind.hide()
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.about = QLabel(wordWrap=True)
        self.about.setProperty("role", "muted")
        self.heading = QLabel()
        self.heading.setProperty("role", "title")
        self.foot = SaveBar()
        self.foot.cancel.clicked.connect(self.reject)
        self.foot.save.clicked.connect(lambda: self.begin("save connection", self._save()))
        self._forget = desk.workspace.events.subscribe(StageReached, self._stage_reached)
        self._arrange()
        self._show_kind()

    # -- parts ---------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.setContentsMargins(0, 5 * GRID, 0, 0)
        top = QHBoxLayout()
        top.setContentsMargins(6 * GRID, 0, 5 * GRID, 0)
        top.addWidget(self.heading, 1)
        top.addWidget(self.kind)
        left.addLayout(top)
        self.about.setContentsMargins(6 * GRID, 0, 5 * GRID, 0)
        left.addWidget(self.about)
        left.addSpacing(2 * GRID)
        self._fields, self._beside = scrolling(), scrolling()
        left.addWidget(self._fields, 1)
        sides = QHBoxLayout()
        sides.setSpacing(0)
        sides.addLayout(left, 1)
        sides.addWidget(self._beside)
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.banners)
        column.addLayout(sides, 1)
        column.addWidget(self.foot)

    def _kind_chosen(self) -> None:
        """Another system has other fields: begin anew with them; a test of the first one says nothing any more."""
        if self._try is not None:
            self._try.cancel()
        self.spec = KINDS[ConnectionKind(self.kind.currentData())]
        self._show_kind()

    def _show_kind(self) -> None:
        """Show the form and the test of this kind."""
        spec, connection = self.spec, self.connection
        self.setWindowTitle(_title(spec, connection))
        self.heading.setText(_(spec.title))
        self.about.setText(_(spec.about))
        name = connection.name if connection else free_name(_(spec.title), [other.name for other in self._others])
        known = self.desk.workspace.vault.known_secrets(connection) if connection else ()
        self.form = ConnectionForm(spec, name, connection, known, self._others)
        self.form.setContentsMargins(6 * GRID, 2 * GRID, 5 * GRID, 2 * GRID)
        self._fields.setWidget(self.form)  # the one before is deleted with its place
        self.panel = TryPanel(titles=stage_titles(spec.kind))
        self.panel.test.clicked.connect(lambda: self.desk.start("try settings", self._test()))
        self.panel.test.setAutoDefault(False)
        self._beside.setWidget(self.panel)
        self._beside.setFixedWidth(self.panel.width())
        self._before, self._tried, self._insists = self._typed(), None, False
        self.form.changed.connect(self._changed)
        self._show_state()
        if not self.kind.hasFocus():
            self.form.fields["name"].editor.setFocus()

    def _stage_reached(self, event: StageReached) -> None:
        self.panel.reached(event)

    # -- what is typed -------------------------------------------------------------------------------------------

    def _typed(self) -> Typed:
        return self.form.name, self.form.settings(), self.form.secrets()

    def _changed(self) -> None:
        self._insists = False
        self._show_state()

    @property
    def _works(self) -> bool | None:
        """How the test of what stands here now ended; None without one."""
        if self._tried is None or self._tried[0][1:] != self._typed()[1:]:
            return None
        return self._tried[1]

    def _show_state(self) -> None:
        """Say at the foot what saving now would mean."""
        works = self._works
        stale = works is None and self._tried is not None
        self.foot.show_state(works, self.form.missing(), stale=stale, insists=self._insists)

    # -- testing -------------------------------------------------------------------------------------------------

    async def _test(self) -> None:
        """Try what is typed, stage by stage; nothing is stored."""
        if self._try is not None or not self.form.check():
            return
        typed, spec = self._typed(), self.spec
        params = {"kind": self.spec.kind.value, "settings": _filled(typed[1]), "connection": self._id}
        self._try = await self.desk.handle_of(Request("connections.try", params=params, secrets=typed[2]))
        if self._try is None:
            return
        self._set_busy(_("The test is running."))
        self.panel.follow(self._try.run_id)
        report = await self._try.report()
        self._try = None
        if self.is_gone:
            return
        self._set_busy("")
        if spec is self.spec:
            self._tested(typed, report)

    def _tested(self, typed: Typed, report: Report) -> None:
        if (seen := read_report(report.run.result)) is not None:
            self.panel.show_report(seen)
        self._tried = (typed, report.error is None)
        self._show_state()

    def _set_busy(self, reason: str) -> None:
        """Disable what cannot be pressed meanwhile; the keyboard comes back to where it was."""
        buttons = (self.foot.save, self.panel.test)
        if reason:
            self._pressed = next((button for button in buttons if button.hasFocus()), None)
        for button in buttons:
            button.permit(reason)
        if not reason and self._pressed is not None:
            self._pressed.setFocus()

    @property
    def _id(self) -> str:
        return self.connection.id if self.connection else ""

    # -- saving --------------------------------------------------------------------------------------------------

    async def _save(self) -> None:
        """Store what is typed; a replaced key is tested first, and a test that went well is remembered."""
        if not self.form.check():
            return
        if not await self._new_secret_holds():
            return
        report = await self._store()
        if report is None or self.is_gone:
            return
        if report.error is not None:
            self.banners.show_banner("save", Tone.DANGER, report.error.message, remedy_of(report.error))
            return
        self.saved = self.form.name
        self.desk.voice.toast(_("Saved {name}.").format(name=self.saved))
        if self._works:
            self.desk.run(Request("connections.test", self.saved))
        self.accept()

    async def _new_secret_holds(self) -> bool:
        """Whether no secret is replaced, or the new one works, or the person insists on it."""
        if self._insists or not self.form.replaced():
            return True
        if self._works is None:
            await self._test()
        if self.is_gone:
            return False
        self._insists = self._works is False
        self._show_state()
        return self._works is True

    async def _store(self) -> Report | None:
        name, settings, secrets = self._typed()
        if self.connection is None:
            params = {"name": name, "kind": self.spec.kind.value, "settings": _filled(settings)}
            return await self.desk.report_of(Request("connections.create", params=params, secrets=secrets))
        changed = {key: text for key, text in settings.items() if text != self._before[1][key]}
        params = {"name": name, "settings": changed}
        return await self.desk.report_of(Request("connections.update", self._id, params, secrets=secrets))

    # -- closing -------------------------------------------------------------------------------------------------

    @property
    def is_changed(self) -> bool:
        """Whether something was typed."""
        return self._typed() != self._before

    def give_up(self) -> None:
        """A test under way is given up."""
        self._forget()
        if self._try is not None:
            self._try.cancel()


async def edit_connection(parent: QWidget, desk: Desk, spec: KindSpec, connection: Connection | None = None) -> str:
    """Show the form, empty or with a connection; the name it was saved under, blank when it was not."""
    present = await desk.workspace.store.read(stored.connections)
    others = [other for other in present if connection is None or other.id != connection.id]
    dialog = ConnectionDialog(parent, desk, spec, connection, others)
    await ask(dialog)
    return dialog.saved


def free_name(title: str, taken: Sequence[str]) -> str:
    """`Vitec Hub`, or `Vitec Hub 2` where that is taken."""
    names = itertools.chain([title], (f"{title} {number}" for number in itertools.count(2)))
    return next(name for name in names if name not in taken)


def _title(spec: KindSpec, connection: Connection | None) -> str:
    if connection is None:
        return _("Add a {kind} connection").format(kind=_(spec.title))
    return _("Edit {name}").format(name=connection.name)


def _filled(settings: dict[str, str]) -> dict[str, str]:
    return {key: text for key, text in settings.items() if text}
