"""What the open window does around its pages: banners, run panel, toasts at the end of a run, shortcuts, greeting."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.demonstration import fetch_demo, fetch_demo_workforce
from app.domain.causes import remedy_of
from app.domain.outcomes import Run, RunState, Trigger
from app.events import RunEnded
from app.i18n import _, ngettext
from app.operations.registry import find_operation
from app.operations.runner import Request
from app.store import connections, directory
from ui.background import Background
from ui.runs import RunPanel
from ui.runs.again import stopped_by
from ui.settings_menu import SettingsButton
from ui.standing import Standing
from ui.texts import run_counts
from ui.theme import Icon, Tone
from ui.widgets import Action, BannerArea, ElidedLabel

if TYPE_CHECKING:
    from app.demonstration import DemoSystems
    from ui.desk import Desk
    from ui.dialogs.settings import SettingsDialog
    from ui.window import MainWindow

_TOLD_BY_PAGES = (
    "connections.", "devices.", "customers.", "cc.link_", "cc.live_", "cc.send_", "onec.change_", "onec.plan_",
    "onec.keep_", "onec.post_", "onec.check_", "cc.validate_", "cc.bulk_", "cc.undo_", "cc.export_", "cc.personnel",
    "cc.test", "roles.", "organizations.", "settings.", "schedules.", "webhooks.",
)  # fmt: skip
_TOLD_HERE = frozenset({"devices.sync", "customers.sync"})


class Shell(QObject):
    """Lives as long as the open window."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(window)
        self.window = window
        self.desk = desk
        self._start: QWidget | None = None
        self.banners = BannerArea()
        window.banner_place.addWidget(self.banners)
        self.run_panel = RunPanel(desk)
        self.run_panel.setAutoFillBackground(True)
        self.run_panel.visible_runs_changed.connect(self._show_running)
        window.split.addWidget(self.run_panel)
        window.split.setStretchFactor(0, 1)
        desk.on(RunEnded, self._run_ended)
        self.store_label = ElidedLabel(Qt.TextElideMode.ElideMiddle, object_name="status.store")
        self.store_label.setText(desk.workspace.store.label)
        window.statusBar().insertWidget(1, self.store_label, 1)
        self.standing = Standing(window, desk)
        self.background = Background(window, desk)
        self.settings = SettingsButton(self)
        window.tabs.setCornerWidget(self.settings)
        self.settings.show()
        self._actions: list[QAction] = []
        self._add_shortcuts()

    def leave(self) -> None:
        """Take away what this put into the window: another workspace is opened in it."""
        self.leave_start()
        self.window.tabs.setCornerWidget(QWidget())
        for action in self._actions:
            self.window.removeAction(action)
        for widget in (self.banners, self.run_panel, self.settings, self.store_label, self.standing.button):
            widget.hide()
            widget.deleteLater()
        self.background.leave()
        self.window.running_label.setText(_("Nothing is running"))
        self.standing.deleteLater()
        self.deleteLater()

    async def greet(self) -> None:
        """What a person should know or choose first."""
        workspace = self.desk.workspace
        self.desk.start("profile", self.standing.load())
        if workspace.settings_file.problem:
            self.window.banner("settings", Tone.WARNING, workspace.settings_file.problem)
        for run in await workspace.runner.interrupted():
            self._offer_resume(run)
        known = [*await workspace.store.read(connections.connections), *await workspace.store.read(directory.offices)]
        if not self.window.demo and not known:
            self._show_start()
        self.window.page("connections")  # its tab says from the start how many need a look
        self.background.start()

    def fill_demo(self, demo: DemoSystems) -> None:
        """Fetch the demo firm at once: who only wants to look sees offices, people, devices, and how a run looks."""
        self.desk.start("fetch demo", self._fetch_demo(demo))

    async def _fetch_demo(self, demo: DemoSystems) -> None:
        await fetch_demo(self.desk.workspace, demo.describe())
        await fetch_demo_workforce(self.desk.workspace)

    def wire(self, name: str, page: QWidget) -> None:
        """Connect what a new page tells to what the window does."""
        if name == "activity":
            page.run_opened.connect(self.run_panel.show_run)  # type: ignore[attr-defined]
        if name in {"connections", "webhooks"}:
            page.attention_changed.connect(lambda count: self.window.set_attention(name, count))  # type: ignore[attr-defined]
            self.window.set_attention(name, page.attention)  # type: ignore[attr-defined]

    # -- runs ----------------------------------------------------------------------------------------------------

    def _show_running(self, count: int) -> None:
        text = ngettext("{count} run active", "{count} runs active", count).format(count=count)
        self.window.running_label.setText(text if count else _("Nothing is running"))

    def _run_ended(self, event: RunEnded) -> None:
        run = event.run
        if run.dry_run or not find_operation(run.operation).history:
            return
        if run.operation.startswith(_TOLD_BY_PAGES) and run.operation not in _TOLD_HERE:
            return  # told where they were asked for, in words of their own; a retry here would lack the typed secrets
        key = f"run {run.operation} {run.connection}"
        self.window.clear_banner(key)
        if run.state is RunState.FINISHED:
            if run.trigger is Trigger.MANUAL:
                self.window.toast(run_counts(run))
            self._tell_held(key, run)
        elif run.state is RunState.CANCELLED:
            self.window.toast(_("Cancelled."))
        elif run.error is not None:
            self.window.toast(run.error.message)
            self.window.banner(key, Tone.DANGER, run.error.message, remedy_of(run.error), self._ways_on(key, run))

    def _tell_held(self, key: str, run: Run) -> None:
        """A list that lacks too many changes nothing about them, until the person says that they really left."""
        phases = [v for v in (run.result or {}).values() if isinstance(v, dict)] if isinstance(run.result, dict) else []
        missing = [record for phase in phases if phase.get("suspicious") for record in phase["not_in_vitec"]]
        if run.operation not in {"people.sync", "devices.sync"} or not missing or not run.summary["total"]:
            return
        text = ngettext(
            "{count} record left the list of {connection}, which is more than usual: it stays as it is.",
            "{count} records left the list of {connection}, which is more than usual: they stay as they are.",
            len(missing),
        ).format(count=len(missing), connection=run.connection)
        again = Request(run.operation, run.connection, {"accept_missing": True})
        act = Action(_("They really left"), lambda: self.desk.run(again))
        self.window.banner(key, Tone.WARNING, text, _("Look at the list in Supabase first."), [act])

    def _ways_on(self, key: str, run: Run) -> list[Action]:
        """What helps after a failure, first to know why; a stopped push can go on, with the device or without."""
        why = Action(_("Why?"), lambda: self._explain(run), icon=Icon.ASK)
        device = stopped_by(run, self.run_panel.outcomes_of(run.run_id))
        if device is None:
            again = Request(run.operation, run.connection, run.params)
            return [why, Action(_("Retry"), lambda: self.desk.run(again))]
        without = _("Continue without {device}").format(device=device[1])
        return [
            why,
            Action(_("Resume"), lambda: self._resume(key, run.run_id)),
            Action(without, lambda: self._resume(key, run.run_id, [device[0]])),
        ]

    def _explain(self, run: Run) -> None:
        """Why the run ended as it did: its cause from the catalogue, with effect and remedy."""
        from ui.dialogs.why import open_why

        open_why(self.window, run)

    def _offer_resume(self, run: Run) -> None:
        title = _(find_operation(run.operation).title)
        text = _("“{title}” was interrupted before it ended.").format(title=title)
        key = f"run {run.operation} {run.connection}"
        self.window.banner(
            key, Tone.WARNING, text, _("Nothing was lost: what is confirmed is not done again."),
            [Action(_("Resume"), lambda: self._resume(key, run.run_id))],
        )  # fmt: skip

    def _resume(self, key: str, run_id: str, without: Sequence[str] = ()) -> None:
        self.window.clear_banner(key)
        self.desk.resume(run_id, without)

    # -- first start ---------------------------------------------------------------------------------------------

    def _show_start(self) -> None:
        from ui.pages.start import StartPage

        start = StartPage(self.desk)
        start.demo_chosen.connect(self._open_demo)
        start.add_chosen.connect(lambda: self._go_to_connections("add_connection"))
        start.import_chosen.connect(lambda: self._go_to_connections("import_env"))
        self._start = start
        self.window.split.insertWidget(0, start)
        self.window.tabs.hide()

    def leave_start(self) -> None:
        """From the first choices to the pages, once there is a connection."""
        if self._start is not None:
            self._start.deleteLater()
            self._start = None
            self.window.tabs.show()

    def _go_to_connections(self, then: str) -> None:
        self.leave_start()
        self.window.open_page("connections")
        getattr(self.window.page("connections"), then)()

    def _open_demo(self) -> None:
        """The demo world gets a window, a home and a keyring of its own."""
        frozen = getattr(sys, "frozen", False)
        arguments = ["demo"] if frozen else ["-m", "app", "demo"]
        QProcess.startDetached(sys.executable, arguments)

    # -- shortcuts -----------------------------------------------------------------------------------------------

    def _add_shortcuts(self) -> None:
        from ui.window import PAGES

        for number, name in enumerate(PAGES, 1):
            self._shortcut(f"Ctrl+{number}", partial(self.window.open_page, name))
        self._shortcut("F5", lambda: self.window.current_page().sync())
        self._shortcut("Shift+F5", lambda: self.window.current_page().preview())
        self._shortcut("Ctrl+K", self.open_palette)
        self._shortcut("F1", self.open_help)
        self._shortcut("Ctrl+,", self.open_settings)
        self._shortcut("Ctrl+Q", self.window.quit)

    def _shortcut(self, keys: str, act: Callable[[], object]) -> None:
        action = QAction(self.window)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False: act())
        self.window.addAction(action)
        self._actions.append(action)

    def open_palette(self) -> None:
        """Ctrl+K: everything by name."""
        from ui.dialogs.palette import open_palette

        open_palette(self.window, self.desk)

    def open_settings(self) -> SettingsDialog:
        """Ctrl+,: the settings."""
        from ui.dialogs.settings import open_settings

        return open_settings(self.window, self.desk)

    def open_help(self) -> None:
        """F1: what this page is for."""
        from ui.dialogs.help import open_help
        from ui.window import PAGES

        page = PAGES[self.window.tabs.currentIndex()]
        open_help(self.window, self.window.page(page).help_name if page == "workforce" else page)  # type: ignore[attr-defined]
