"""Keeps us from locking the account of a terminal (hikvision-isapi.md §3.3).

Terminals lock an account after a few failed sign-ins, for everybody. So the first refusal ends all calls with this very
password until its cool-down is over, in this process and in every other.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.connectors.hikvision.catalogue import CATALOGUE
from app.connectors.hikvision.envelope import Envelope
from app.connectors.hikvision.refusal import NoAnswer
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import LockState, Reply
from app.i18n import _, ngettext

USUAL_LOCK_S = 1800
"""What an `unlockTime` of 0, none or nonsense counts as (command-line.md, Parameters)."""
_LONGEST_LOCK_S = 86_400
FEW_TRIES = 2
"""From so few tries on a person is warned before any further one (§3.3)."""
_READ_AGAIN_S = 5.0


class Cooldowns(Protocol):
    """Remembers, beyond this process, until when an account of a device is left alone."""

    async def until(self, account: str) -> datetime | None:
        """Until when; None when it may be tried."""

    async def note(self, account: str, until: datetime) -> None:
        """Leave it alone until then."""


class Lockout:
    """The refused sign-ins of one account at one terminal."""

    def __init__(self, account: str, cooldowns: Cooldowns) -> None:
        self._account = account
        self._cooldowns = cooldowns
        self._until: datetime | None = None
        self._refused_here = False
        self._read_at = -_READ_AGAIN_S

    async def respect(self, asked: str) -> None:
        """Raises `NoAnswer` while an earlier refusal of this very account and password cools down."""
        if not self._refused_here and time.monotonic() - self._read_at >= _READ_AGAIN_S:
            self._until = await self._cooldowns.until(self._account)  # another program may have been refused
            self._read_at = time.monotonic()
        if self._until is None:
            return
        seconds = (self._until - datetime.now(UTC)).total_seconds()
        if seconds <= 0:
            self._until, self._refused_here = None, False
            return
        raise NoAnswer(_cooling(seconds, asked))

    async def refused(self, envelope: Envelope, asked: str) -> Reply:
        """A signed call was refused: from now on the account is left alone."""
        lock = envelope.lock or LockState()
        self._until = datetime.now(UTC) + timedelta(seconds=lock_seconds(lock))
        self._refused_here = True
        await self._cooldowns.note(self._account, self._until)
        return refused_before(envelope, asked) or _wrong_password(envelope, lock, asked)


def lock_seconds(lock: LockState) -> int:
    """How long an account stays locked, as far as the terminal says something sensible."""
    said = lock.seconds or 0
    return said if 0 < said <= _LONGEST_LOCK_S else USUAL_LOCK_S


def refused_before(envelope: Envelope, asked: str) -> Reply | None:
    """The reply where no password can help: a locked account, a device that was never activated; else None."""
    lock = envelope.lock or LockState()
    if lock.activated is False:
        entry = CATALOGUE["notActivated"]
        return Reply(entry.kind, "notActivated", _(entry.cause), _(entry.remedy), asked, envelope.described())
    if not lock.locked and envelope.sub_status.casefold() != "deviceislocked":
        return None
    seconds = lock_seconds(lock)
    minutes = max(1, round(seconds / 60))
    text = ngettext(
        "The device has locked the account for {minutes} minute after refused sign-ins.",
        "The device has locked the account for {minutes} minutes after refused sign-ins.",
        minutes,
    ).format(minutes=minutes)
    remedy = _("Wait until the lock ends, or switch the device off and on.")
    answered = envelope.described()
    return Reply(AnswerClass.SIGN_IN, "locked", text, remedy, asked, answered, retry_after_s=float(seconds))


def _wrong_password(envelope: Envelope, lock: LockState, asked: str) -> Reply:
    entry = CATALOGUE["badAuthorization"]
    code = envelope.sub_status or str(envelope.http)
    warning = tries_warning(lock.tries_left)
    return Reply(entry.kind, code, _(entry.cause), _(entry.remedy), asked, envelope.described(), warning)


def _cooling(seconds: float, asked: str) -> Reply:
    minutes = max(1, round(seconds / 60))
    text = ngettext(
        "The device refused this password before; it is not tried again for {minutes} minute.",
        "The device refused this password before; it is not tried again for {minutes} minutes.",
        minutes,
    ).format(minutes=minutes)
    remedy = _("Correct the device's password: a changed one is tried at once.")
    return Reply(AnswerClass.SIGN_IN, "coolDown", text, remedy, asked, _("not asked"), retry_after_s=seconds)


def tries_warning(left: int | None) -> str:
    """What to say of an account that so many refused sign-ins lock; blank while there are enough."""
    if left is None or left > FEW_TRIES:
        return ""
    text = ngettext(
        "Only {count} try is left before the device locks the account.",
        "Only {count} tries are left before the device locks the account.",
        left,
    )
    return text.format(count=left)
