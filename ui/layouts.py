"""Where the window remembers its layout: an INI file in the home folder, read and written by Qt."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings


class Layouts:
    """Texts and geometries by key; a file that cannot be written costs the memory, not the window."""

    def __init__(self, file: Path) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    def get(self, key: str) -> str | None:
        """What was stored under `key`."""
        value = self._settings.value(key)
        return value if isinstance(value, str) else None

    def set(self, key: str, value: str) -> None:
        """Store `value` under `key`."""
        self._settings.setValue(key, value)

    def geometry(self, key: str) -> QByteArray | None:
        """A geometry or state as Qt saved it."""
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) else None

    def set_geometry(self, key: str, value: QByteArray) -> None:
        """Store a geometry or state."""
        self._settings.setValue(key, value)

    def save(self) -> None:
        """Write now."""
        self._settings.sync()
