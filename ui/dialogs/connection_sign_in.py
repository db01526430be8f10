"""Signing in again: the new password, key or token of a connection, and nothing else of it (connections.md §4).

Whatever is typed is proven by the test beside it before it is kept; until then the old one stays in use. Where it
leads to a system that looks like another one, the person decides.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.connections import Connection, check_secret
from app.domain.kinds import FieldType
from app.errors import ErrorKind, UsageError
from app.events import StageReached
from app.i18n import _
from app.operations.connection_test import stage_titles
from app.operations.reports import read_report
from app.operations.runner import Report, Request, RunHandle
from app.operations.sign_in_again import sign_in_fields
from ui.desk import Desk
from ui.dialogs.connection_editors import Editor, blank_text, make_editor
from ui.dialogs.connection_try import TryPanel
from ui.theme import CONTROL_HEIGHT, GRID, Tone
from ui.widgets import BannerArea, Button, ask, confirm

OPERATION = "connections.sign_in"


class SignInDialog(QDialog):
    """Who signs in and with what; the steps of the proof are shown as they are reached."""

    def __init__(self, parent: QWidget, desk: Desk, connection: Connection) -> None:
        super().__init__(parent)
        self.desk, self.connection = desk, connection
        self.fields: dict[str, Editor] = {}
        self._proof: RunHandle | None = None
        self._gone = False
        self.setObjectName("sign_in")
        self.setWindowTitle(_("Sign in again to {name}").format(name=connection.name))
        self.setMinimumSize(820, 420)
        self.banners = BannerArea(object_name="sign_in.banners")
        self.panel = TryPanel(
            name="sign_in",
            titles=stage_titles(connection.kind),
            label=_("Sign in"),
            promise=_("Tries the new sign-in step by step. The old one stays in use until the new one works."),
            operation="connections.sign_in",
        )
        self.panel.test.clicked.connect(self._pressed)
        self.panel.test.setDefault(True)
        self.cancel = Button(_("Cancel"), object_name="sign_in.cancel")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self._arrange()
        self._forget = desk.workspace.events.subscribe(StageReached, self.panel.reached)

    def _arrange(self) -> None:
        heading = QLabel(self.connection.name, wordWrap=True)
        heading.setProperty("role", "title")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        about = QLabel(_("Address and all other settings stay as they are."), wordWrap=True)
        about.setProperty("role", "muted")
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setSpacing(2 * GRID)
        for spec in sign_in_fields(self.connection):
            stored = "" if spec.type is FieldType.SECRET else str(self.connection.settings.get(spec.key, ""))
            editor = self.fields[spec.key] = make_editor(spec, stored, is_set=False)
            editor.widget.setObjectName(f"sign_in.{spec.key}")
            editor.widget.setMinimumHeight(CONTROL_HEIGHT)
            editor.widget.setAccessibleName(_(spec.label))
            if spec.type is FieldType.SECRET:
                editor.widget.setProperty("placeholderText", blank_text(spec, is_set=not spec.required))
            label = QLabel(_(spec.label), wordWrap=True)
            label.setBuddy(editor.widget)
            label.setMinimumHeight(CONTROL_HEIGHT)
            form.addRow(label, editor.widget)
        left = QVBoxLayout()
        left.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        left.setSpacing(2 * GRID)
        for widget in (heading, about):
            left.addWidget(widget)
        left.addSpacing(2 * GRID)
        left.addLayout(form)
        left.addStretch(1)
        left.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignLeft)
        sides = QHBoxLayout()
        sides.setSpacing(0)
        sides.addLayout(left, 1)
        sides.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addLayout(sides, 1)
        self._focus_first()

    def _focus_first(self) -> None:
        secrets = [spec.key for spec in sign_in_fields(self.connection) if spec.type is FieldType.SECRET]
        if secrets:
            self.fields[secrets[0]].widget.setFocus()

    # -- what is typed -------------------------------------------------------------------------------------------

    def _secrets(self) -> dict[str, str]:
        specs = [spec for spec in sign_in_fields(self.connection) if spec.type is FieldType.SECRET]
        return {spec.key: text for spec in specs if (text := self.fields[spec.key].text())}

    def _settings(self) -> dict[str, str]:
        """Who signs in, where that was changed."""
        specs = [spec for spec in sign_in_fields(self.connection) if spec.type is not FieldType.SECRET]
        typed = {spec.key: self.fields[spec.key].text() for spec in specs}
        return {key: text for key, text in typed.items() if text != str(self.connection.settings.get(key, ""))}

    def _problem(self) -> str:
        secrets = self._secrets()
        if not secrets:
            return _("Enter the new password, key or token.")
        try:
            for key, text in secrets.items():
                check_secret(self.connection.spec.field(key), text)
        except UsageError as error:
            return error.message
        return ""

    # -- proving -------------------------------------------------------------------------------------------------

    def _pressed(self) -> None:
        if problem := self._problem():
            self.banners.show_banner("sign_in", Tone.WARNING, problem)
            self._focus_first()
        elif self._proof is None:
            self.desk.start("sign in again", self._sign_in(self._secrets()))

    async def _sign_in(self, secrets: dict[str, str], *, confirmed: bool = False) -> None:
        report = await self._proven(secrets, confirmed=confirmed)
        if report is None or self._gone:
            return
        if (seen := read_report(report.run.result)) is not None:
            self.panel.show_report(seen)
        if report.error is None:
            self.desk.voice.toast(_("Signed in to {name} again.").format(name=self.connection.name))
            self.accept()
        elif report.error.kind is ErrorKind.HELD and not confirmed:
            await self._ask(report)
        else:
            self.banners.show_banner("sign_in", Tone.DANGER, report.error.message, _("The old sign-in stays in use."))

    async def _proven(self, secrets: dict[str, str], *, confirmed: bool) -> Report | None:
        """Run the proof; the button waits meanwhile."""
        self.banners.clear("sign_in")
        params = {"settings": self._settings(), "confirm": confirmed}
        self.panel.test.refuse(_("The test is running."))
        self._proof = await self.desk.handle_of(Request(OPERATION, self.connection.id, params, secrets=secrets))
        try:
            if self._proof is None:
                return None
            self.panel.follow(self._proof.run_id)
            return await self._proof.report()
        finally:
            self._proof = None
            if not self._gone:
                self.panel.test.allow()

    async def _ask(self, report: Report) -> None:
        """Another system, it seems: what differs, and whether it is the right one."""
        rows = [
            _("{what}: {before} before, {after} now").format(
                what=_(each["label"]), before=each["before"], after=each["after"]
            )
            for each in (report.run.result or {}).get("differences", ())
        ]
        title = _("Is this the same system?")
        text = "\n".join((_("The new sign-in works, but what it shows differs:"), *rows))
        if await confirm(self, title, text, _("Use it for {name}").format(name=self.connection.name), danger=True):
            proven = report.found if isinstance(report.found, dict) else {}  # a refresh token may have been traded
            await self._sign_in(self._secrets() | proven, confirmed=True)

    def done(self, code: int) -> None:
        """Close for good; a proof under way is given up."""
        if not self._gone:
            self._gone = True
            self._forget()
        if self._proof is not None:
            self._proof.cancel()
        super().done(code)


async def sign_in_again(parent: QWidget, desk: Desk, connection: Connection) -> bool:
    """Show the dialog; whether the new sign-in is kept."""
    return await ask(SignInDialog(parent, desk, connection))
