"""The whole window in the made-up language: opened, and looked through for texts that are untranslated or cut."""

from __future__ import annotations

import asyncio
import getpass
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QWidget

from app.demo.world import DemoWorld
from app.operations.registry import operations
from app.places import Home
from app.settings import SettingsFile
from app.store import connections, contact_center_now, customers, devices, directory, onec, webhooks
from tests.support.longer_language import untold
from tests.support.shown import cut_in, texts_in
from ui.pages.record_details import plain
from ui.settings_menu import LANGUAGE_WORDS
from ui.window import SMALLEST, MainWindow

_WORD = re.compile(r"[^\W\d_]{2,}")
# MSFJ and TEST: of a masked installation id
_NAMES = (
    "Muster Vitec Hub MSFJ TEST Supabase public HTTPS https production admin CETEC Lite Standard Enterprise HTTP VIP "
    "Ready Work AfterCall Break Training"
)
_KEYS = "Ctrl Shift Esc Space Enter Tab PgDown"  # as they stand on the keyboard
_NO_WORDS = re.compile(r"[0-9a-f]{32}|[a-z]{3}_[0-9A-Z]{26}|https?://\S+|\b[a-z_]+(?:\.[a-z_*]+)+|[\u0400-\u04ff]+")
"""Ids, addresses, names of events such as `integration.sync.completed`, and what 1C and the contact centre named."""


@asynccontextmanager
async def open_window(home: Home, world: DemoWorld | None) -> AsyncIterator[MainWindow]:
    """The smallest window there may be, on the demo world or empty; closed before the test's loop stands still."""
    operations()
    window = MainWindow(home, SettingsFile(home.settings), demo=world is not None)
    window.resize(*SMALLEST)
    window.show()
    await window.open_workspace(world)
    try:
        yield window
    finally:
        window.close()
        await window.close_workspace()


async def known_words(window: MainWindow) -> set[str]:
    """Words that are data or names, and stay as they are in every language."""
    assert window.workspace is not None
    read = window.workspace.store.read
    rows: list[object] = [*await read(directory.offices), *await read(directory.employees)]
    rows += [*await read(connections.connections), *await read(devices.devices)]
    rows += [*await read(webhooks.endpoints), *await read(onec.people)]
    rows += [(c.name, c.domain, c.test_environment, c.itar_text) for c in await read(customers.customers)]
    names = [
        *_names_of_days(),
        _NAMES,
        _KEYS,
        window.workspace.store.label,
        getpass.getuser(),
        *LANGUAGE_WORDS.values(),
    ]
    for connection in await read(connections.connections):
        rows += await read(contact_center_now.accounts, connection.id)
    came = [[*message.headers, *message.headers.values(), message.body] for message in window.workspace.inbox.received]
    return set(_WORD.findall(plain(" ".join([*map(str, rows), *names, *(text for part in came for text in part)]))))


def _names_of_days() -> list[str]:
    """Days and months go by this computer's locale, as all dates and numbers do (house.md, rule 9)."""
    locale = QLocale()
    forms = QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat
    days = [locale.dayName(day, form) for form in forms for day in range(1, 8)]
    return [*days, *(locale.standaloneMonthName(month, form) for form in forms for month in range(1, 13))]


async def faults(window: MainWindow, shown: QWidget) -> str:
    """What is untranslated or cut in what is shown now, one a line."""
    await asyncio.sleep(0.3)  # the layout has come to rest
    known = await known_words(window)
    untouched = [
        f"{where}: {text!r} is not translated"
        for where, text in texts_in(shown)
        if not set(_WORD.findall(_NO_WORDS.sub("", untold(text)))) <= known
    ]
    return "\n".join(sorted({*untouched, *cut_in(shown)}))
