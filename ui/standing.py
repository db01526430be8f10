"""Who works here and on whose data: the profile in the status bar, and the menu that changes profile, passcode and
organization (connections.md §2, §3). The same entries stand in the settings menu.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from app.access import GRANTS, Role
from app.domain.causes import remedy_of
from app.domain.outcomes import RunState
from app.events import OrganizationChosen, RoleChanged, RunEnded
from app.i18n import _, ngettext
from app.operations.roles import TITLES
from app.operations.runner import Report, Request
from ui.theme import Tone
from ui.widgets import MenuButton, confirm

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.dialogs.organizations import OrganizationsDialog
    from ui.dialogs.passcode import PasscodeDialog, Purpose
    from ui.window import MainWindow

SET_PROFILE, SET_PASSCODE, SWITCH = "roles.set_profile", "roles.set_passcode", "organizations.switch"


class Standing(QObject):
    """Lives as long as the workspace is open."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(window)
        self.window, self.desk = window, desk
        self._shown: Role | None = None
        self._leaving = False
        menu = QMenu(window)
        menu.aboutToShow.connect(lambda: self.fill(menu))
        menu.setToolTipsVisible(True)
        self.button = MenuButton(_(TITLES[desk.workspace.role]), menu, object_name="status.role")
        self.button.setProperty("look", "status")
        window.statusBar().addPermanentWidget(self.button)
        desk.on(RoleChanged, lambda _event: self.show())
        desk.on(OrganizationChosen, self._leave_next)
        desk.on(RunEnded, self._run_ended)
        self.show()

    def show(self) -> None:
        """Write the profile and the organization where they stand; pages then allow what it may do."""
        role, owner = self.desk.workspace.role, self.desk.workspace.organization.owner
        title = _(TITLES[role])
        self.button.setText(title)
        self.button.setAccessibleName(_("Profile: {profile}").format(profile=title))
        self.button.setToolTip(_("What you may do here. Press to work with another profile or organization."))
        self.window.name(owner)
        if role is not self._shown:
            self._shown = role
            for page in list(self.window.pages):
                self.window.page(page).refresh()

    async def load(self) -> None:
        """Ask the keyring which profile holds; until it answers, a guarded one is the lowest."""
        profile = self.desk.workspace.profile
        if await profile.load() is not self._shown:
            self.desk.workspace.events.publish(RoleChanged(profile.role))
        if profile.problem:
            remedy = _("Unlock the keyring. Until it answers you may only look.")
            self.desk.voice.banner("profile", Tone.WARNING, profile.problem, remedy)

    def _leave_next(self, _event: OrganizationChosen) -> None:
        self._leaving = True  # once the run that chose it is over: to close at once would cancel it

    def _run_ended(self, event: RunEnded) -> None:
        if event.run.operation == SWITCH and self._leaving:
            self.window.leave()
        elif event.run.operation == "organizations.rename" and event.run.state is RunState.FINISHED:
            self.show()

    # -- the menu ------------------------------------------------------------------------------------------------

    def fill(self, menu: QMenu) -> None:
        """The entries as they are now."""
        menu.clear()
        workspace = self.desk.workspace
        group = QActionGroup(menu)
        for role, title in TITLES.items():
            action = menu.addAction(_(title), partial(self.switch_profile, role))
            action.setCheckable(True)
            action.setChecked(role is workspace.role)
            group.addAction(action)
        menu.addSeparator()
        from ui.dialogs.passcode import Purpose

        guarded = workspace.profile.guarded
        purposes = {Purpose.CHANGE: _("Change the passcode …"), Purpose.REMOVE: _("Remove the passcode …")}
        for purpose, text in (purposes if guarded else {Purpose.SET: _("Set a passcode …")}).items():
            action = menu.addAction(text, partial(self.ask_passcode, purpose))
            _permit(action, self.desk.refusal(SET_PASSCODE))
        menu.addSeparator()
        menu.addAction(_("Organizations …"), self.open_organizations)

    def switch_profile(self, role: Role) -> None:
        """Work with another profile; a higher one asks for the passcode where one is set."""
        workspace = self.desk.workspace
        if role is workspace.role:
            return
        if workspace.profile.guarded and not GRANTS[role] <= GRANTS[workspace.role]:
            from ui.dialogs.passcode import Purpose

            self.ask_passcode(Purpose.SWITCH, role)
        else:
            self.desk.run(Request(SET_PROFILE, params={"role": role.value}), self._told)

    def ask_passcode(self, purpose: Purpose, role: Role = Role.ADMINISTRATOR) -> PasscodeDialog:
        """Show the dialog of the passcode."""
        from ui.dialogs.passcode import PasscodeDialog

        dialog = PasscodeDialog(self.window, self.desk, purpose, role)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _told(self, report: Report) -> None:
        if report.error is not None:
            self.desk.voice.banner("profile", Tone.DANGER, report.error.message, remedy_of(report.error))
        else:
            self.desk.voice.clear_banner("profile")

    # -- organizations -------------------------------------------------------------------------------------------

    def open_organizations(self) -> OrganizationsDialog:
        """Show the organizations: switch, add, rename."""
        from ui.dialogs.organizations import OrganizationsDialog

        dialog = OrganizationsDialog(self.window, self.desk)
        dialog.chosen.connect(lambda name: self.desk.start("switch organization", self.switch(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    async def switch(self, name: str) -> None:
        """Open another organization's data in this window; what runs is asked about first."""
        running = len(self.desk.workspace.runner.handles)
        if running:
            text = ngettext(
                "{count} run is under way. It is cancelled and can be resumed there later.",
                "{count} runs are under way. They are cancelled and can be resumed there later.",
                running,
            ).format(count=running)
            if not await confirm(self.window, _("Switch to {name}?").format(name=name), text, _("Cancel and switch")):
                return
        report = await self.desk.report_of(Request(SWITCH, params={"name": name}))
        if report is not None:
            self._told(report)


def _permit(action: QAction, refusal: str) -> None:
    action.setEnabled(not refusal)
    action.setToolTip(refusal)
    action.setStatusTip(refusal)
