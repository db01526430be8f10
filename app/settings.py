"""Settings of this installation: declared once, kept in `settings.json` in the home folder.

An unreadable file never stops the program: the defaults hold, the file is put aside under another name, and
`problem` says so for a banner. Unknown keys are kept (connections.md §12). Nothing secret belongs here.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.access import Role
from app.domain.everybody import use_everybodys
from app.i18n import Language, _


class Theme(StrEnum):
    """Look of the window; `SYSTEM` follows the desktop and switches live."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high_contrast"


@dataclass(frozen=True)
class Settings:
    """Every setting with its default."""

    language: Language = Language.SYSTEM
    theme: Theme = Theme.SYSTEM
    role: Role = Role.ADMINISTRATOR
    role_guarded: bool = False  # a passcode is set: the keyring holds the profile (app/profile.py)
    database_url: str = ""
    organization: str = ""  # the key of the one that is opened; blank for the first
    sync_interval: int = 900  # this and the next five hold for connections that say nothing else (connections.md §12)
    retry_attempts: int = 3
    timeout_seconds: float = 30
    batch_size: int = 1000
    enable_webhooks: bool = True  # off: events are logged, nothing is queued (webhooks.md §1)
    log_level: str = "INFO"
    webhook_attempt_days: int = 30  # tries with bodies; deliveries themselves as long as the next line says
    webhook_delivery_days: int = 180
    audit_days: int = 1095  # connections.md §3: three years
    run_days: int = 180  # connections.md §8
    run_detail_days: int = 90  # outcomes and results of runs (connections.md §3, IntegrationSyncLogItem)
    missing_limit_percent: int = 10  # vitec-hub.md §9.5: above it the bulk deactivation is locked
    unknown: dict[str, Any] = field(default_factory=dict)


SHARED = ("sync_interval", "retry_attempts", "timeout_seconds", "batch_size", "enable_webhooks", "log_level")
"""The settings that a connection may have of its own (connections.md §12)."""


def hold_for_all(settings: Settings) -> None:
    """Let connections that say nothing else go by these settings; `LOG_LEVEL` of the environment goes before ours.

    The level is that of our own messages: libraries would write whole addresses and bodies.
    """
    import logging

    use_everybodys({key: getattr(settings, key) for key in SHARED})
    if "LOG_LEVEL" not in os.environ and settings.log_level in logging.getLevelNamesMapping():
        logging.getLogger("app").setLevel(settings.log_level)


class SettingsFile:
    """Reads and writes the file; `problem` is the sentence for the banner when it could not be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        self.values = self._read()

    def _read(self) -> Settings:
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            return self._unreadable(error)
        import msgspec  # a first start has no file, and shows its window sooner without it

        try:
            raw = msgspec.json.decode(text, type=dict[str, Any])
            known = {f.name for f in fields(Settings)} - {"unknown"}
            unknown = {key: value for key, value in raw.items() if key not in known}
            return msgspec.convert({k: v for k, v in raw.items() if k in known} | {"unknown": unknown}, Settings)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            return self._unreadable(error)

    def _unreadable(self, error: Exception) -> Settings:
        self.problem = _("The settings file could not be read, so the defaults are in use: {cause}").format(cause=error)
        with contextlib.suppress(OSError):  # keeping the bad file is a courtesy, not a need
            self.path.replace(self.path.with_suffix(".unreadable.json"))
        return Settings()

    def change(self, **changes: object) -> None:
        """Store changed values; written beside and renamed, so a crash leaves the old file whole.

        Raises `OSError` when the folder cannot be written; the values then hold for this session.
        """
        import msgspec

        self.values = msgspec.convert(msgspec.to_builtins(self.values) | changes, Settings)
        raw = msgspec.to_builtins(self.values)
        raw |= raw.pop("unknown")
        beside = self.path.with_suffix(".new")
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(raw), indent=2))
        beside.replace(self.path)
