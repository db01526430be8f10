"""The administrator's passcode: asked for before a higher profile, set, changed and taken away (connections.md §2).

A wrong one is said here and can be tried again; after a few the button waits and counts down, as the program does.
"""

from __future__ import annotations

from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.access import Role
from app.errors import MusterError
from app.i18n import N_, _, ngettext
from app.operations.roles import NEW_PASSCODE, PASSCODE, TITLES
from app.operations.runner import Request
from app.profile import SHORTEST_PASSCODE
from ui.dialogs.connection_editors import secret_edit
from ui.theme import CONTROL_HEIGHT, GRID, theme, tokens
from ui.widgets import Button, Look, announce

if TYPE_CHECKING:
    from ui.desk import Desk

_WIDTH = 440
_SECOND_MS = 1000


class Purpose(StrEnum):
    """What the passcode is wanted for."""

    SWITCH = "switch"
    SET = "set"
    CHANGE = "change"
    REMOVE = "remove"


_WORDS = {
    Purpose.SWITCH: (N_("Change the profile"), N_("A higher profile needs the administrator's passcode.")),
    Purpose.SET: (
        N_("Set a passcode"),
        N_("Once it is set, nobody gets to a higher profile without it. It is kept in this computer's keyring, and "
           "nobody can show it again."),
    ),
    Purpose.CHANGE: (N_("Change the passcode"), N_("The old one no longer works afterwards.")),
    Purpose.REMOVE: (N_("Remove the passcode"), N_("Everybody may take on every profile afterwards.")),
}  # fmt: skip
_ACTIONS = {
    Purpose.SET: N_("Set the passcode"),
    Purpose.CHANGE: N_("Change the passcode"),
    Purpose.REMOVE: N_("Remove the passcode"),
}


class PasscodeDialog(QDialog):
    """Asks for what `purpose` needs and does it; `role` is the profile to change to."""

    def __init__(self, parent: QWidget, desk: Desk, purpose: Purpose, role: Role = Role.ADMINISTRATOR) -> None:
        super().__init__(parent)
        self.desk, self.purpose, self.role = desk, purpose, role
        self._wait_s = 0
        title, text = (_(words) for words in _WORDS[purpose])
        self.setObjectName("passcode")
        self.setWindowTitle(title)
        self.setAccessibleDescription(text)
        self.fields: dict[str, QLineEdit] = {}
        self._form = QFormLayout(rowWrapPolicy=QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setHorizontalSpacing(4 * GRID)
        self._form.setVerticalSpacing(2 * GRID)
        if purpose is not Purpose.SET:
            self._add("old", _("Old passcode") if purpose is Purpose.CHANGE else _("Passcode"))
        if purpose in {Purpose.SET, Purpose.CHANGE}:
            self._add("new", _("New passcode"))
            self._add("again", _("New passcode again"))
        self.problem = _label("", "passcode.problem")
        look = Look.DANGER if purpose is Purpose.REMOVE else Look.PRIMARY
        action = _(_ACTIONS[purpose]) if purpose in _ACTIONS else _("Work as {profile}").format(profile=_(TITLES[role]))
        self.action = Button(action, look=look, object_name="passcode.action")
        self.action.clicked.connect(self.act)
        self.action.setDefault(True)
        cancel = Button(_("Cancel"), object_name="passcode.cancel")
        cancel.clicked.connect(self.reject)
        cancel.setAutoDefault(False)
        self._arrange(_label(title, "passcode.title", "title"), _label(text, "passcode.text"), cancel)
        self._second = QTimer(self, interval=_SECOND_MS)
        self._second.timeout.connect(self._count_down)
        theme.changed.connect(self._dress)
        self._dress()
        self.check()

    def _add(self, key: str, label: str) -> None:
        field = secret_edit()
        field.setObjectName(f"passcode.{key}")
        field.setAccessibleName(label)
        field.textChanged.connect(lambda _text: self.check())
        words = QLabel(label)
        words.setBuddy(field)
        words.setMinimumHeight(CONTROL_HEIGHT)
        self._form.addRow(words, field)
        self.fields[key] = field

    def _arrange(self, title: QLabel, text: QLabel, cancel: Button) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self.action)
        column = QVBoxLayout(self)
        column.setSpacing(3 * GRID)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.addWidget(title)
        column.addWidget(text)
        column.addLayout(self._form)
        column.addWidget(self.problem)
        column.addLayout(buttons)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def _dress(self) -> None:
        self.problem.setStyleSheet(f"color: {tokens().danger.ink};")

    # -- what is typed -------------------------------------------------------------------------------------------

    def _text(self, key: str) -> str:
        return self.fields[key].text() if key in self.fields else ""

    def check(self) -> None:
        """Say while typing what is still wrong."""
        if self._wait_s:
            return
        lack, wrong = self._lack()
        self._say(lack if wrong else "")
        self.action.permit(lack)

    def _lack(self) -> tuple[str, bool]:
        """What is missing, and whether it is a mistake rather than something not yet typed."""
        if "old" in self.fields and not self._text("old"):
            return _("Type the passcode."), False
        if "new" not in self.fields:
            return "", False
        new, again = self._text("new"), self._text("again")
        if len(new) < SHORTEST_PASSCODE:
            text = _("A passcode has at least {count} characters.").format(count=SHORTEST_PASSCODE)
            return text, bool(again)
        if new != again:
            return _("The two are not the same."), bool(again) and not new.startswith(again)
        return "", False

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    # -- doing it ------------------------------------------------------------------------------------------------

    def act(self) -> None:
        """Do it; the dialog closes when it worked."""
        if self.action.isEnabled():
            self.action.refuse(_("It is being checked."))
            self.desk.start("passcode", self._act())

    def _request(self) -> Request:
        secrets = {PASSCODE: self._text("old")} if "old" in self.fields else {}
        if self.purpose is Purpose.SWITCH:
            return Request("roles.set_profile", params={"role": self.role.value}, secrets=secrets)
        if self.purpose is Purpose.REMOVE:
            return Request("roles.set_passcode", params={"remove": True}, secrets=secrets)
        return Request("roles.set_passcode", secrets=secrets | {NEW_PASSCODE: self._text("new")})

    async def _act(self) -> None:
        try:
            report = await (await self.desk.workspace.runner.start(self._request())).report()
        except MusterError as error:
            self._refused(error)
            return
        if report.error is not None:
            self._refused(report.error)
        else:
            self.accept()

    def _refused(self, error: MusterError) -> None:
        for field in self.fields.values():
            if field is self.fields.get("old"):
                field.clear()
        self._wait_s = ceil(error.retry_after or 0)
        self.check()
        first = self.fields.get("old") or next(iter(self.fields.values()))
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        text = f"{error.message} {_(error.remedy)}".strip()
        announce(self, text, urgent=True)
        if self._wait_s:
            self._tell_wait()
            self._second.start()
        else:
            self._say(text)

    def _tell_wait(self) -> None:
        text = ngettext(
            "Too many wrong passcodes. The next one can be tried in {count} second.",
            "Too many wrong passcodes. The next one can be tried in {count} seconds.",
            self._wait_s,
        ).format(count=self._wait_s)
        self._say(text)
        self.action.refuse(text)

    def _count_down(self) -> None:
        self._wait_s -= 1
        if self._wait_s > 0:
            self._tell_wait()
            return
        self._wait_s = 0
        self._second.stop()
        self.check()


def _label(text: str, name: str, role: str = "") -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setFixedWidth(_WIDTH)
    return label
