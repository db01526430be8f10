"""A keyring for commands run by tests: values in a file outside the home folder, named by `TEST_KEYRING`.

Chosen with PYTHON_KEYRING_BACKEND, so that every command goes through the library's own selection.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Keyring(KeyringBackend):
    """What it holds survives the process."""

    priority = 1

    def _values(self) -> dict[str, str]:
        path = Path(os.environ["TEST_KEYRING"])
        values: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return values

    def get_password(self, service: str, username: str) -> str | None:
        return self._values().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        values = self._values() | {f"{service} {username}": password}
        self._keep(values)

    def delete_password(self, service: str, username: str) -> None:
        values = self._values()
        if values.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError("No such password!")
        self._keep(values)

    def _keep(self, values: dict[str, str]) -> None:
        """Written beside and renamed: another program reads the old values or the new ones."""
        path = Path(os.environ["TEST_KEYRING"])
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(values), "utf-8")
        beside.replace(path)


class LockedKeyring(KeyringBackend):
    """A keyring whose unlock prompt was dismissed."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("Failed to unlock the collection!")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked("Failed to unlock the collection!")
