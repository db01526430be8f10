"""The fields of a device: name, site, address, port, encryption, user name, password; what is wrong stands below each.

The stored password is never loaded into its field: blank there means unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.device_rules import address_warnings, checked_host, checked_name, checked_port
from app.domain.devices import Device
from app.domain.kinds import FieldSpec, FieldType
from app.errors import UsageError
from app.i18n import N_, _
from ui.dialogs.connection_editors import make_editor
from ui.theme import CONTROL_HEIGHT, GRID, Icon, icon, theme, tokens

_LABELS = 120
_FIELDS = (
    ("name", N_("Name"), N_("As it appears in lists: usually the door.")),
    ("site", N_("Site"), N_("Building or town; may stay empty.")),
    ("host", N_("Address"), N_("IP address or host name, like 192.168.1.64.")),
    ("port", N_("Port"), N_("Empty for the usual one: 80, encrypted 443.")),
    ("username", N_("User name"), N_("Of an administrator on the device, usually admin.")),
    ("password", N_("Password"), N_("Kept in the system's keyring only.")),
)


class DeviceForm(QWidget):
    """All fields of one device; `taken` are the names of the others. `unpinned` are fields given back to Supabase."""

    changed = Signal()

    def __init__(self, device: Device | None, taken: Sequence[str], given: Mapping[str, str]) -> None:
        """`given` fills the fields of a new device, such as one that was found on the network."""
        super().__init__()
        self._device = device
        self._taken = taken
        self.unpinned: set[str] = set()
        self.fields: dict[str, QLineEdit] = {}
        self.notes: dict[str, QLabel] = {}
        self.https = QCheckBox(_("Encrypted (HTTPS)"))
        self.https.setObjectName("device.https")
        self.https.setChecked(device.https if device else False)
        self.https.toggled.connect(lambda _on: self.changed.emit())
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4 * GRID)
        self._grid.setVerticalSpacing(2 * GRID + 2)
        self._grid.setColumnMinimumWidth(0, _LABELS)
        self._grid.setColumnStretch(1, 1)
        stored = _texts(device) if device else {"username": "admin", **given}
        for key, label, help_text in _FIELDS:
            self._add(key, _(label), _(help_text), stored.get(key, ""))
            if key == "port":
                self._grid.addWidget(self.https, self._grid.rowCount(), 1)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self._before = self.values()
        theme.changed.connect(self._dress)

    def _add(self, key: str, label_text: str, help_text: str, text: str) -> None:
        edit = self._password() if key == "password" else QLineEdit(text)
        edit.setObjectName(f"device.{key}")
        edit.textChanged.connect(lambda _text: self._edited(key))
        self._offer_unpin(key, edit)
        label = QLabel(label_text, wordWrap=True)
        label.setBuddy(edit)
        label.setFixedWidth(_LABELS)
        label.setMinimumHeight(CONTROL_HEIGHT)
        note = QLabel(help_text, wordWrap=True)
        note.setObjectName(f"device.{key}.note")
        cell = QVBoxLayout()
        cell.setSpacing(GRID // 2)
        cell.addWidget(edit)
        cell.addWidget(note)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addLayout(cell, row, 1)
        self.fields[key], self.notes[key] = edit, note
        self._show_problem(key, "")

    def _password(self) -> QLineEdit:
        spec = FieldSpec("password", N_("Password"), FieldType.SECRET)
        made = make_editor(spec, "", is_set=self._device is not None and self._device.has_password).widget
        assert isinstance(made, QLineEdit)
        return made

    def _offer_unpin(self, key: str, edit: QLineEdit) -> None:
        if self._device is None or key not in self._device.pinned:
            return
        release = edit.addAction(icon(Icon.UNDO), QLineEdit.ActionPosition.TrailingPosition)
        release.setToolTip(_("Pinned. Press to let the next sync decide this field again."))

        def give_back() -> None:
            self.unpinned.add(key)
            edit.removeAction(release)
            self.changed.emit()

        release.triggered.connect(lambda _checked=False: give_back())

    # -- values --------------------------------------------------------------------------------------------------

    def text(self, key: str) -> str:
        """What stands in a field; of a password every character counts."""
        text = self.fields[key].text()
        return text if key == "password" else text.strip()

    def values(self) -> dict[str, Any]:
        """Everything but the password, as the operations take it."""
        texts: dict[str, Any] = {key: self.text(key) for key in ("name", "host", "username", "site")}
        port = self.text("port")
        return texts | {"port": int(port) if port.isdecimal() else 0, "https": self.https.isChecked()}

    def changes(self) -> dict[str, Any]:
        """What differs from what is stored."""
        return {key: value for key, value in self.values().items() if value != self._before[key]}

    @property
    def password(self) -> str:
        """The password that was typed, blank for none."""
        return self.text("password")

    @property
    def touched(self) -> bool:
        """Whether anything was typed."""
        return bool(self.changes() or self.password or self.unpinned)

    def stored(self, device: Device | None) -> None:
        """What is typed is stored now."""
        self._device = device
        self.unpinned.clear()
        self.fields["password"].clear()
        self.fields["password"].setPlaceholderText(_("Unchanged") if device and device.has_password else _("Required"))
        self._before = self.values()

    def warnings(self) -> tuple[str, ...]:
        """What is possible but unusual about the address."""
        if any(self._problem(key) for key in ("host", "port")):
            return ()
        port = checked_port(self.text("port"), https=self.https.isChecked())
        return address_warnings(checked_host(self.text("host")), port)

    # -- what is wrong -------------------------------------------------------------------------------------------

    def check(self) -> bool:
        """Say at each field what is wrong with it and put the cursor into the first; true when nothing is."""
        wrong = {key: text for key in self.fields if (text := self._problem(key))}
        for key in self.fields:
            self._show_problem(key, wrong.get(key, ""))
        if wrong:
            self.fields[next(iter(wrong))].setFocus(Qt.FocusReason.OtherFocusReason)
        return not wrong

    def _problem(self, key: str) -> str:
        rules: dict[str, Callable[[str], object]] = {
            "name": checked_name,
            "host": checked_host,
            "port": lambda text: checked_port(text, https=self.https.isChecked()),
        }
        if key not in rules:
            return ""
        try:
            rules[key](self.text(key))
        except UsageError as error:
            return " ".join(filter(None, (error.message, _(error.remedy))))
        if key == "name" and self.text("name") in self._taken:
            return _("There is already a device named {name}.").format(name=self.text("name"))
        return ""

    def _edited(self, key: str) -> None:
        self._show_problem(key, "")
        self.changed.emit()

    def _show_problem(self, key: str, text: str) -> None:
        help_text = next(_(each) for name, _label, each in _FIELDS if name == key)
        self.notes[key].setText(text or help_text)
        self.fields[key].setAccessibleDescription(text or help_text)
        self.fields[key].setProperty("wrong", bool(text))
        self.fields[key].style().unpolish(self.fields[key])
        self.fields[key].style().polish(self.fields[key])
        self._dress()

    def _dress(self) -> None:
        """Help is grey, a problem red."""
        for key, note in self.notes.items():
            ink = tokens().danger.ink if self.fields[key].property("wrong") else tokens().muted
            note.setStyleSheet(f"color: {ink};")


def _texts(device: Device) -> dict[str, str]:
    usual = 443 if device.https else 80
    port = "" if device.port == usual else str(device.port)
    return {
        "name": device.name, "site": device.site or "", "host": device.host, "port": port, "username": device.username,
    }  # fmt: skip
