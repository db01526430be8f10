"""The workspace: everything an open Muster works with, put together in one place and closed in one place.

async with await Workspace.open(Home.find()) as workspace:
    handle = await workspace.runner.start(Request("offices.sync"))
    report = await handle.report()
"""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from app.access import Role
from app.domain.audit import Via
from app.domain.organizations import FIRST, Organization
from app.errors import MusterError
from app.events import EventBus
from app.operations.audit_log import AuditLog
from app.operations.links import Links
from app.operations.runner import Runner
from app.operations.support_passwords import SupportPasswords
from app.operations.terminal_links import TerminalLinks
from app.operations.webhooks.event_log import EventLog
from app.operations.webhooks.listening import Listening
from app.places import Home
from app.profile import Profile
from app.settings import Settings, SettingsFile, hold_for_all
from app.store.database import Store
from app.store.organizations import find_organization, own_organization
from app.tasks import Tasks
from app.vault import Backend, Vault

if TYPE_CHECKING:
    from app.operations.contact_center.live import LiveNumbers
    from app.operations.scheduler import Scheduler
    from app.operations.status_sender import StatusSender
    from app.operations.webhooks.deliverer import Deliverer
    from app.operations.webhooks.inbox import Inbox

log = logging.getLogger(__name__)


def database_url(settings_file: SettingsFile) -> str:
    """Where the database of the first organisation is: the environment decides, else the settings, else the home."""
    return os.environ.get("DATABASE_URL", "") or settings_file.values.database_url


class Workspace(AbstractAsyncContextManager["Workspace"]):
    """Settings, store, vault, events, open clients and the runner of one home folder."""

    def __init__(self, home: Home, settings_file: SettingsFile, keyring: Backend | None, via: Via) -> None:
        self.home = home
        self.settings_file = settings_file
        self.organization = Organization(home.organization or "", FIRST)
        self.database_url = database_url(settings_file)
        self.store = Store(home, self.database_url)
        self.vault = Vault(keyring)
        self.profile = Profile(self.vault, settings_file)
        self.events = EventBus()
        self.tasks = Tasks()
        self.event_log = EventLog(settings_file)
        self.audit = AuditLog(via)
        self.links = Links(self.vault, self.store, self.audit)
        self.terminals = TerminalLinks(self)
        self.support_passwords = SupportPasswords()
        self.runner = Runner(self)
        Listening(self)

    @cached_property
    def scheduler(self) -> Scheduler:
        """Starts what is due by itself; loaded with its tables when it is first needed."""
        from app.operations.scheduler import Scheduler

        return Scheduler(self)

    @cached_property
    def status_sender(self) -> StatusSender:
        """Sends status updates to contact centres; loaded with its tables when it is first needed."""
        from app.operations.status_sender import StatusSender

        return StatusSender(self.store, self.links, self.tasks)

    @cached_property
    def live(self) -> LiveNumbers:
        """Live numbers of contact centres; loaded when they are first wanted."""
        from app.operations.contact_center.live import LiveNumbers

        return LiveNumbers(self.store, self.links, self.tasks, self.events)

    @cached_property
    def webhooks(self) -> Deliverer:
        """Sends webhooks; loaded when the first one is sent."""
        from app.operations.webhooks.deliverer import Deliverer

        return Deliverer(self.store, self.vault, self.tasks, self.events, self.event_log, self.audit)

    @cached_property
    def inbox(self) -> Inbox:
        """The built-in receiver of webhooks; loaded when somebody looks at it."""
        from app.operations.webhooks.inbox import Inbox

        return Inbox(self.store, self.vault, self.events)

    @classmethod
    async def open(
        cls,
        home: Home,
        *,
        settings_file: SettingsFile | None = None,
        keyring: Backend | None = None,
        via: Via = Via.COMMAND_LINE,
    ) -> Workspace:
        """Open the store, migrating it when it is due. `keyring` replaces the system's (the demo world's does).

        `via` is what the audit trail says of where somebody acted.

        Raises `StoreError` or `Busy` when the store cannot be opened.
        """
        file = settings_file or SettingsFile(home.settings)
        hold_for_all(file.values)
        if home.organization is None:
            home = replace(home, organization=file.values.organization)
        workspace = cls(home, file, keyring, via)
        await asyncio.to_thread(workspace.store.open)
        home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            workspace.organization = await workspace.store.read(own_organization, workspace.store)
        except MusterError:
            await asyncio.to_thread(workspace.store.close)
            raise
        return workspace

    @staticmethod
    def home_of(home: Home, name: str) -> Home:
        """The home with the organisation of that name or key.

        Raises `UsageError` when there is none, `StoreError` when they cannot be listed.
        """
        found = find_organization(home, database_url(SettingsFile(home.settings)), name)
        return replace(home, organization=found.key)

    @property
    def role(self) -> Role:
        """The profile of whoever works here, as far as it is known."""
        return self.profile.role

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self.settings_file.values

    async def change_settings(self, **changes: object) -> None:
        """Store changed settings, and in the audit trail that they changed.

        Raises `OSError` when the file cannot be written, `MusterError` when the store cannot.
        """
        before = asdict(self.settings)
        self.settings_file.change(**changes)
        hold_for_all(self.settings)
        await self.store.write(self.audit.settings_changed, before, asdict(self.settings))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Cancel what runs (at most 5 s), close clients and the database."""
        for handle in list(self.runner.handles.values()):
            handle.cancel()
        if "webhooks" in self.__dict__:
            await self.webhooks.close()
        if "inbox" in self.__dict__:
            await self.inbox.close()
        await self.tasks.close()
        await self.links.close()
        await self.terminals.close()
        await asyncio.to_thread(self.store.close)
