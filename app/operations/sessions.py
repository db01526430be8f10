"""Where the session of a signed-in user is kept: in the keyring for a stored connection, in memory for a form.

The password serves for one sign-in. What the sign-in gave takes its place in the keyring, and the password is
forgotten, except where it comes from the environment, which is never stored and asked for again when it is needed.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from app.domain.audit import AuditKind, AuditNote
from app.domain.connections import Connection
from app.domain.kinds import KindSpec
from app.errors import NoKeyring
from app.store import connections as stored
from app.vault import environment_name

if TYPE_CHECKING:
    from app.operations.audit_log import AuditLog
    from app.store.database import Store
    from app.vault import Vault

log = logging.getLogger(__name__)
SecretReader = Callable[[str], Awaitable[str]]
"""Gives the secret of a field, blank when none is set."""


def traded_secrets(spec: KindSpec) -> tuple[str, str]:
    """The secret that a person types, and the one that a sign-in gives for it; blank where a kind has none."""
    return next(((f.key, f.traded_for) for f in spec.secrets if f.traded_for), ("", ""))


class KeptSession:
    """The session of a stored connection. One object per connection and program."""

    def __init__(self, vault: Vault, store: Store, audit: AuditLog, connection: Connection) -> None:
        self.turn = asyncio.Lock()
        self.connection = connection
        self._typed, self._given = traded_secrets(connection.spec)
        self._vault = vault
        self._store = store
        self._audit = audit
        self._here = ""  # with no keyring and the password in the environment

    @property
    def _from_environment(self) -> bool:
        return bool(os.environ.get(environment_name(self.connection.name, self._typed)))

    async def refresh_token(self) -> str:
        """What the keyring holds now: another program may have renewed it.

        Raises `NoKeyring` when there is none and the environment holds no password either.
        """
        try:
            return await self._vault.get(self.connection, self._given)
        except NoKeyring:
            if not self._from_environment:
                raise
            return self._here

    async def password(self) -> str:
        """The password of the environment, else the one in the keyring that was not used yet."""
        return await self._vault.get(self.connection, self._typed)

    async def keep(self, refresh_token: str) -> None:
        """Keep the new token, then forget the password.

        Raises `NoKeyring` when it cannot be kept and would be lost.
        """
        try:
            await self._vault.set(self.connection.id, self._given, refresh_token)
            await self._vault.delete(self.connection.id, self._typed)
        except NoKeyring:
            if not self._from_environment:
                raise
            log.info("No keyring: the session of %s ends with the program", self.connection.name)
            self._here = refresh_token
            return
        await self._store.write(self._note_swap)

    def _note_swap(self) -> None:
        """Remember which secrets there are now; the audit trail says when these are others, not of every renewal."""
        connection = self.connection
        moved = stored.swap_secrets(connection.id, self._given, (self._typed,))
        after = {name: [key] for name, key in (("set", self._given), ("forgotten", self._typed)) if key in moved}
        if after:
            about = ("connections.sign_in", connection.name, connection.id)
            self._audit.add(AuditNote(AuditKind.SECRET_CHANGED, *about, after=after))


class DraftSession:
    """The session of values in a form that is not saved: nothing of it is kept."""

    def __init__(self, secret: SecretReader, spec: KindSpec) -> None:
        self.turn = asyncio.Lock()
        self._typed, _given = traded_secrets(spec)
        self._secret = secret
        self._token = ""

    async def refresh_token(self) -> str:
        """What the sign-in of this test gave."""
        return self._token

    async def password(self) -> str:
        """What was typed."""
        return await self._secret(self._typed)

    async def keep(self, refresh_token: str) -> None:
        """Only as long as the test lasts."""
        self._token = refresh_token
