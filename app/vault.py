"""The vault: secrets in the operating system's keyring, and nowhere else.

A secret is kept under service `muster/integrations` and account `<id of the connection or device>:<field>`. Windows
holds at most 2,560 bytes an entry (connections.md §5.1), so a long value is split over several entries on every system
alike. A value in the environment variable `MUSTER_SECRET_<CONNECTION>_<KEY>` wins and is never stored
(command-line.md).
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
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
log = logging.getLogger(__name__)


class Backend(Protocol):
    """The three calls of a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """The stored value."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a value."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a value."""


class SecretOwner(Protocol):
    """Whom a secret belongs to: a connection or a device."""

    @property
    def id(self) -> str:
        """Its key, which names the entry in the keyring."""

    @property
    def name(self) -> str:
        """Its name, which names the environment variable."""


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


def is_set(connection: Connection, key: str) -> bool:
    """Whether a secret of a connection is set, in the keyring or the environment; asks neither for the value."""
    return key in connection.secrets or bool(os.environ.get(environment_name(connection.name, key)))


class Vault:
    """Reads and writes secrets off the event loop; every secret it meets is known to the redaction from then on."""

    def __init__(self, backend: Backend | None = None) -> None:
        self._backend = backend
        self._one_at_a_time = asyncio.Lock()

    async def get(self, owner: SecretOwner, key: str) -> str:
        """The secret, or an empty text when none is set.

        Raises `NoKeyring` when the keyring cannot be used.
        """
        value = os.environ.get(environment_name(owner.name, key), "")
        if not value:
            value = await self._call(lambda: self._get(_account(owner.id, key)) or "")
        register_secret(value)
        return value

    async def stored(self, owner_id: str, key: str) -> str:
        """What the keyring itself holds, whatever the environment says; an empty text when it is nothing.

        Raises `NoKeyring` when the keyring cannot be used.
        """
        return await self._call(lambda: self._get(_account(owner_id, key)) or "")

    def known_secrets(self, connection: Connection) -> tuple[str, ...]:
        """Which secrets of a connection are set, in the keyring or the environment; asks neither for the value."""
        return tuple(f.key for f in connection.spec.secrets if is_set(connection, f.key))

    async def set(self, owner_id: str, key: str, value: str) -> None:
        """Keep a secret and prove it by reading it back.

        Raises `NoKeyring` when the keyring cannot be used or does not keep it.
        """
        register_secret(value)
        await self._call(lambda: self._set(_account(owner_id, key), value))

    async def delete(self, owner_id: str, key: str) -> None:
        """Forget a secret; none being there is fine."""
        await self._call(lambda: self._delete(_account(owner_id, key)))

    async def problem(self) -> str:
        """Why the keyring cannot be used, in words; empty when it can."""
        try:
            await self._call(lambda: self._get("probe"))
        except NoKeyring as error:
            return error.message
        return ""

    async def _call(self, work: Callable[[], T]) -> T:
        async with self._one_at_a_time:
            future = _in_thread(work)
            try:
                # Not `wait_for`: in Python 3.11 it forgets a cancel that meets the answer.
                async with asyncio.timeout(_PATIENCE_S):
                    return await asyncio.wrap_future(future)
            except TimeoutError as error:
                raise NoKeyring(_("The keyring did not answer."), _("Unlock the keyring, then try again.")) from error

    def _use(self) -> Backend:
        if self._backend is None:
            self._backend = _system_keyring()
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
        """Write the new value over the old one: where the keyring refuses it, the old one is still there."""
        backend = self._use()
        parts_before = self._parts(account)
        parts: list[str] = []
        if len(value) > _PART_CHARS or value.startswith(_PARTS_MARK):
            parts = [value[i : i + _PART_CHARS] for i in range(0, len(value), _PART_CHARS)]
        for number, part in enumerate(parts):
            backend.set_password(SERVICE, f"{account}#{number}", part)
        backend.set_password(SERVICE, account, f"{_PARTS_MARK}{len(parts)}" if parts else value)
        self._forget_parts(account, range(len(parts), parts_before))
        if self._get(account) != value:
            raise NoKeyring(_("The keyring did not keep the secret."))

    def _delete(self, account: str) -> None:
        self._forget_parts(account, range(self._parts(account)))
        if self._use().get_password(SERVICE, account) is not None:
            self._use().delete_password(SERVICE, account)

    def _parts(self, account: str) -> int:
        """How many further entries the stored value is spread over."""
        value = self._use().get_password(SERVICE, account) or ""
        return int(value.removeprefix(_PARTS_MARK)) if value.startswith(_PARTS_MARK) else 0

    def _forget_parts(self, account: str, numbers: range) -> None:
        for number in numbers:
            if self._use().get_password(SERVICE, f"{account}#{number}") is not None:
                self._use().delete_password(SERVICE, f"{account}#{number}")


def _account(connection_id: str, key: str) -> str:
    return f"{connection_id}:{key}"


def _in_thread(work: Callable[[], T]) -> Future[T]:
    """Run a keyring call on a thread that the end of the program does not wait for: an unlock prompt may stay open."""
    future: Future[T] = Future()

    def run() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(_explained(work))
        except NoKeyring as error:
            future.set_exception(error)

    threading.Thread(target=run, name="vault", daemon=True).start()
    return future


def _system_keyring() -> Backend:
    """The back end that the keyring library chooses or was told to use.

    Raises `NoKeyring` when there is none.
    """
    if sys.platform != "darwin":
        # The library looks for every system's back end. That of a Mac runs a program to find the Mac's libraries, a
        # third of the whole look; to import None is to fail at once.
        sys.modules.setdefault("keyring.backends.macOS.api", None)  # type: ignore[arg-type]
    if sys.version_info < (3, 12):
        # From Python 3.12 on the library asks the standard one who else offers a back end. That answers twice as fast.
        import importlib.metadata

        sys.modules.setdefault("importlib_metadata", importlib.metadata)
    if sys.platform == "linux" and not {"DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND"} & os.environ.keys():
        # Without that address nobody can ask the Secret Service; what asks it brings cryptography along.
        sys.modules.setdefault("secretstorage", None)  # type: ignore[arg-type]
    try:
        import keyring
        from keyring.backends import fail, null

        chosen = keyring.get_keyring()
    except (ImportError, AttributeError, ValueError, RuntimeError) as error:
        # What PYTHON_KEYRING_BACKEND or keyringrc.cfg names does not exist or does not run here.
        raise NoKeyring(_("The chosen keyring cannot be used: {cause}").format(cause=error)) from error
    if isinstance(chosen, fail.Keyring | null.Keyring):
        raise NoKeyring(_("This system offers no keyring for secrets."))
    return chosen


def _explained(work: Callable[[], T]) -> T:
    """Run a keyring call; whatever its back end raises becomes `NoKeyring` with the back end's words."""
    try:
        return work()
    except NoKeyring:
        raise
    except Exception as error:  # a back end is foreign code and raises what it likes
        if type(error).__name__ in {"KeyringLocked", "LockedException", "PromptDismissedException"}:
            raise NoKeyring(_("The keyring is locked."), _("Unlock the keyring, then try again.")) from error
        log.warning("The keyring refused", exc_info=True)
        cause = str(error) or type(error).__name__
        raise NoKeyring(_("The keyring cannot be used: {cause}").format(cause=cause)) from error
