"""Which profile of rights holds here, and the administrator's passcode that guards leaving a lower one.

Without a passcode the profile is a setting that anybody may change. With one, the profile itself is kept in the
operating system's keyring beside the passcode's hash (scrypt, with a salt), and what `settings.json` says of it no
longer counts: editing that file by hand raises nobody. A few wrong tries lead to a pause that grows, and that is kept
there too, so that starting the program again does not end it. A try is counted before it is looked at, by one program
at a time, so that many programs at once, or one that is ended in the middle, get no more tries than one.

What this guards against: slips, curiosity, a shared computer left open, a script that runs more than it should. What it
does not: somebody who can run programs of their own as this user of the computer can read and replace what lies in the
user's keyring, and the database file. Where that matters, people get accounts of their own on the computer, and on a
shared PostgreSQL server rights of their own there.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import secrets
import time
import unicodedata
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from app.access import GRANTS, Role
from app.alone import alone
from app.errors import Busy, Forbidden, NoKeyring, UsageError
from app.i18n import _
from app.redaction import register_secret

if TYPE_CHECKING:
    from app.settings import SettingsFile
    from app.vault import Vault

log = logging.getLogger(__name__)
LOWEST = Role.VIEWER
FREE_TRIES = 3
SHORTEST_PASSCODE = 6
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 30.0, 3600.0
_OWNER, _KEY = "profile", "guard"
_LOCK = "profile.lock"
_ASK_AGAIN_S = 60.0  # a keyring that did not answer is not asked at every click


@dataclass(frozen=True)
class Guard:
    """What the keyring holds: the passcode's hash, the profile in force, wrong tries in a row and the last of them."""

    salt: str
    digest: str
    role: Role
    failures: int = 0
    failed_at: float = 0.0


class Profile:
    """The profile of whoever works here. `role` is what is known, `load` asks the keyring."""

    def __init__(self, vault: Vault, settings_file: SettingsFile) -> None:
        self._vault = vault
        self._settings_file = settings_file
        self._guard: Guard | None = None
        self._loaded = False
        self._unanswered_at: float | None = None
        self.problem = ""

    @property
    def role(self) -> Role:
        """The profile in force; the lowest while a passcode is set that the keyring does not show."""
        if self._guard is not None:
            return self._guard.role
        values = self._settings_file.values
        return LOWEST if values.role_guarded else values.role

    @property
    def guarded(self) -> bool:
        """Whether a passcode is needed to get to a higher profile."""
        return self._guard is not None or self._settings_file.values.role_guarded

    @property
    def known(self) -> bool:
        """Whether `role` can be relied on: the keyring was asked, or nothing says that it has a say."""
        return self._loaded or not self._settings_file.values.role_guarded

    async def load(self) -> Role:
        """Ask the keyring which profile holds."""
        if self._unanswered_at is not None and time.monotonic() - self._unanswered_at < _ASK_AGAIN_S:
            return self.role
        try:
            text = await self._vault.stored(_OWNER, _KEY)
        except NoKeyring as error:
            self._unanswered_at = time.monotonic()
            self.problem = error.message if self._settings_file.values.role_guarded else ""
            return self.role
        self._unanswered_at = None
        self._loaded = True
        self._guard = _read(text)
        lost = self._guard is None and self._settings_file.values.role_guarded
        self.problem = _("The administrator's passcode is no longer in the keyring.") if lost else ""
        return self.role

    async def check_switch(self, role: Role, passcode: str = "") -> None:
        """Make sure that this profile may be taken on: a lower one always, a higher one with the passcode.

        Raises `Forbidden` for a missing or wrong passcode, and while too many were wrong.
        """
        await self.load()
        if not self.guarded or GRANTS[role] <= GRANTS[self.role]:
            return
        if self._guard is None:
            raise Forbidden(
                self.problem or _("The keyring does not answer, so the passcode cannot be checked."),
                _("Unlock the keyring. Where it was lost, remove role_guarded from settings.json and set a passcode."),
            )
        await self._check(passcode)

    async def switch(self, role: Role) -> None:
        """Take a checked profile on; the caller stores the setting. Wrong tries stay counted: a lower one is free."""
        if self._guard is not None:
            async with self._alone():
                guard = await self._read_again()
                await self._keep(replace(guard, role=role))

    async def set_passcode(self, new: str, old: str = "") -> None:
        """Set, change or, with a blank one, remove the passcode; the caller stores whether there is one.

        Raises `UsageError` for one that is too short, `Forbidden` for a wrong old one, `NoKeyring` without a keyring,
        `Busy` while another program sets it.
        """
        await self.load()
        if self._guard is not None:
            await self._check(old)
        if new and len(new) < SHORTEST_PASSCODE:
            raise UsageError(_("A passcode has at least {count} characters.").format(count=SHORTEST_PASSCODE))
        register_secret(new)
        salt = secrets.token_bytes(16)
        digest = await asyncio.to_thread(_digest, new, salt) if new else b""
        async with self._alone():
            await self._refuse_another()
            if new:
                await self._keep(Guard(_text(salt), _text(digest), self.role))
            else:
                await self._vault.delete(_OWNER, _KEY)
                self._guard = None

    async def _refuse_another(self) -> None:
        """Raises `Busy` when another program changed the passcode since this one asked for it."""
        now = _read(await self._vault.stored(_OWNER, _KEY))
        if (now and now.digest) != (self._guard and self._guard.digest):
            raise Busy(_("The passcode was changed meanwhile."), _("Try again with the one that holds now."))

    async def _check(self, passcode: str) -> None:
        guard = await self._counted(passcode)
        digest = await asyncio.to_thread(_digest, passcode, base64.b64decode(guard.salt))
        if not hmac.compare_digest(_text(digest), guard.digest):
            log.warning("A wrong passcode was given, %d in a row", guard.failures)
            raise Forbidden(_("The passcode is wrong."), _("Ask an administrator."))
        register_secret(passcode)  # a wrong one is none, and may be any word of a message
        async with self._alone():
            await self._keep(replace(await self._read_again(), failures=0, failed_at=0.0))

    async def _counted(self, passcode: str) -> Guard:
        """The guard, with this try counted as a wrong one until it turns out to be right."""
        async with self._alone():
            guard = await self._read_again()
            self._check_pause(guard)
            if not passcode:
                raise Forbidden(_("This needs the administrator's passcode."), _("Ask an administrator."))
            counted = replace(guard, failures=guard.failures + 1, failed_at=time.time())
            await self._keep(counted)
        return counted

    async def _read_again(self) -> Guard:
        """What the keyring holds now, whatever other programs did meanwhile."""
        guard = _read(await self._vault.stored(_OWNER, _KEY))
        if guard is None:
            raise Forbidden(
                _("The administrator's passcode is no longer in the keyring."),
                _("Where it was lost, remove role_guarded from settings.json and set a passcode."),
            )
        return guard

    def _alone(self) -> AbstractAsyncContextManager[None]:
        return alone(self._settings_file.path.parent / _LOCK)

    def _check_pause(self, guard: Guard) -> None:
        if guard.failures < FREE_TRIES:
            return
        pause_s = min(_FIRST_PAUSE_S * 2.0 ** min(guard.failures - FREE_TRIES, 20), _LONGEST_PAUSE_S)
        gone_s = time.time() - guard.failed_at
        left_s = pause_s - gone_s if gone_s >= 0 else pause_s  # a clock that was set back does not help
        if left_s > 0:
            text = _("Too many wrong passcodes. The next one can be tried in {count} seconds.")
            raise Forbidden(text.format(count=round(left_s) or 1), _("Ask an administrator."), retry_after=left_s)

    async def _keep(self, guard: Guard) -> None:
        await self._vault.set(_OWNER, _KEY, msgspec.json.encode(guard).decode())
        self._guard = guard
        self._loaded = True
        self.problem = ""


def _read(text: str) -> Guard | None:
    """The guard; an entry that was tampered with leaves the lowest profile and no passcode that fits."""
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Guard)
    except msgspec.MsgspecError:
        return Guard("", "", LOWEST)


def _digest(passcode: str, salt: bytes) -> bytes:
    """About a tenth of a second and 32 MB (OWASP's parameters for scrypt)."""
    text = unicodedata.normalize("NFC", passcode).encode()
    return hashlib.scrypt(text, salt=salt, n=2**15, r=8, p=1, maxmem=64 * 2**20, dklen=32)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
