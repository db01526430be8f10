"""The vault: secrets in the operating system's keyring, and nowhere else.

A secret is kept under service `muster/integrations` and account `<connection id>:<field>`. Windows holds at most
2,560 bytes an entry (connections.md §5.1), so a long value is split over several entries on every system alike. A
value in the environment variable `MUSTER_SECRET_<CONNECTION>_<KEY>` wins and is never stored (command-line.md).
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from app.domain.connections import Connection
from app.errors import NoKeyring
from app.i18n import _
from app.redaction import register_secret

SERVICE = "muster/integrations"
_PART_CHARS = 1000  # UTF-16 in Windows Credential Manager: 2,000 bytes, below its 2,560
_PARTS_MARK = "muster-parts:"
_PATIENCE_S = 60  # the system may ask the person to unlock the keyring
T = TypeVar("T")


class Backend(Protocol):
    """The three calls of a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """The stored value."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a value."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a value."""


class MemoryKeyring:
    """A keyring that lives as long as the process: for the demo world."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """The stored value."""
        return self._values.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a value."""
        self._values[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget a value."""
        self._values.pop((service, username), None)


def environment_name(connection_name: str, key: str) -> str:
    """The variable that may hold a secret: upper case, other characters as `_`."""
    return "MUSTER_SECRET_" + re.sub(r"[^A-Z0-9]", "_", f"{connection_name}_{key}".upper())


class Vault:
    """Reads and writes secrets off the event loop; every secret it meets is known to the redaction from then on."""

    def __init__(self, backend: Backend | None = None) -> None:
        self._backend = backend
        # Some back ends bind to the thread that opened them.
        self._thread = ThreadPoolExecutor(1, "vault")

    async def get(self, connection: Connection, key: str) -> str:
        """The secret, or an empty text when none is set.

        Raises `NoKeyring` when the keyring cannot be used.
        """
        value = os.environ.get(environment_name(connection.name, key))
        if value is None:
            value = await self._call(lambda: self._get(_account(connection.id, key))) or ""
        register_secret(value)
        return value

    def known_secrets(self, connection: Connection) -> tuple[str, ...]:
        """Which secrets of a connection are set, in the keyring or the environment; asks neither for the value."""
        return tuple(
            f.key
            for f in connection.spec.secrets
            if f.key in connection.secrets or os.environ.get(environment_name(connection.name, f.key))
        )

    async def set(self, connection_id: str, key: str, value: str) -> None:
        """Keep a secret and prove it by reading it back.

        Raises `NoKeyring` when the keyring cannot be used or does not keep it.
        """
        register_secret(value)
        await self._call(lambda: self._set(_account(connection_id, key), value))

    async def delete(self, connection_id: str, key: str) -> None:
        """Forget a secret; none being there is fine."""
        await self._call(lambda: self._delete(_account(connection_id, key)))

    async def problem(self) -> str:
        """Why the keyring cannot be used, in words; empty when it can."""
        try:
            await self._call(lambda: self._get("probe"))
        except NoKeyring as error:
            return error.message
        return ""

    def close(self) -> None:
        """Let the thread go; one that waits for an unlock prompt is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _call(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(loop.run_in_executor(self._thread, _explained, work), _PATIENCE_S)
        except TimeoutError as error:
            raise NoKeyring(_("The keyring did not answer."), _("Unlock the keyring, then try again.")) from error

    def _use(self) -> Backend:
        if self._backend is None:
            import keyring
            from keyring.backends import fail, null

            chosen = keyring.get_keyring()
            if isinstance(chosen, fail.Keyring | null.Keyring):
                raise NoKeyring(_("This system offers no keyring for secrets."))
            self._backend = chosen
        return self._backend

    def _get(self, account: str) -> str | None:
        backend = self._use()
        value = backend.get_password(SERVICE, account)
        if value is None or not value.startswith(_PARTS_MARK):
            return value
        count = int(value.removeprefix(_PARTS_MARK))
        parts = [backend.get_password(SERVICE, f"{account}#{n}") for n in range(count)]
        if any(part is None for part in parts):
            raise NoKeyring(_("A secret in the keyring is incomplete."), _("Enter the secret again."))
        return "".join(part or "" for part in parts)

    def _set(self, account: str, value: str) -> None:
        self._delete(account)
        backend = self._use()
        if len(value) <= _PART_CHARS and not value.startswith(_PARTS_MARK):
            backend.set_password(SERVICE, account, value)
        else:
            parts = [value[i : i + _PART_CHARS] for i in range(0, len(value), _PART_CHARS)]
            for number, part in enumerate(parts):
                backend.set_password(SERVICE, f"{account}#{number}", part)
            backend.set_password(SERVICE, account, f"{_PARTS_MARK}{len(parts)}")
        if self._get(account) != value:
            raise NoKeyring(_("The keyring did not keep the secret."))

    def _delete(self, account: str) -> None:
        backend = self._use()
        value = backend.get_password(SERVICE, account)
        if value is None:
            return
        if value.startswith(_PARTS_MARK):
            for number in range(int(value.removeprefix(_PARTS_MARK))):
                if backend.get_password(SERVICE, f"{account}#{number}") is not None:
                    backend.delete_password(SERVICE, f"{account}#{number}")
        backend.delete_password(SERVICE, account)


def _account(connection_id: str, key: str) -> str:
    return f"{connection_id}:{key}"


def _explained(work: Callable[[], T]) -> T:
    """Run a keyring call; whatever its back end raises becomes `NoKeyring` with the back end's words."""
    import keyring.errors

    try:
        return work()
    except keyring.errors.KeyringLocked as error:
        raise NoKeyring(_("The keyring is locked."), _("Unlock the keyring, then try again.")) from error
    except (keyring.errors.KeyringError, keyring.errors.InitError, OSError) as error:
        raise NoKeyring(_("The keyring cannot be used: {cause}").format(cause=str(error) or type(error).__name__)) from error
