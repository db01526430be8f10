"""The menus of the Devices page: the rest of its actions behind the header, and those of the selected devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu

from app.domain.devices import Device, DeviceStatus
from app.i18n import _, ngettext
from ui.desk import Desk
from ui.pages.devices.actions import PUSH, TEST, TEST_ALL, VERIFY, DeviceActions
from ui.pages.devices.push_settings import add_push_choices
from ui.permissions import permit
from ui.theme import Icon, icon

Entry = tuple[str, Icon, str, Callable[[], object], str]
"""Name, drawing, words, what it does, the operation whose permission it needs."""


def fill_more(
    menu: QMenu, desk: Desk, actions: DeviceActions, chosen: Callable[[], Sequence[Device]], export: Callable[[], None]
) -> None:
    """The menu behind the three dots."""
    _add(
        menu,
        desk,
        (
            ("add", Icon.PLUS, _("Add device…"), actions.add, "devices.add"),
            ("import", Icon.IMPORT, _("Import from CSV…"), actions.import_csv, "devices.import"),
            ("discover", Icon.RADAR, _("Search the network…"), actions.discover, "devices.discover"),
        ),
    )
    menu.addSeparator()
    _add(
        menu,
        desk,
        (
            ("test_all", Icon.PLUG, _("Test all"), actions.test_all, TEST_ALL),
            ("push_selected", Icon.SEND, _("Push to the selected devices"), lambda: _push(actions, chosen()), PUSH),
            (
                "verify_selected",
                Icon.VERIFY,
                _("Verify the selected devices"),
                lambda: _verify(actions, chosen()),
                VERIFY,
            ),
        ),
    )
    menu.addSeparator()
    add_push_choices(menu, desk.layouts)
    menu.addSeparator()
    menu.addAction(icon(Icon.DOWNLOAD), _("Export …"), export)


def fill_row_menu(menu: QMenu, desk: Desk, actions: DeviceActions, chosen: Sequence[Device]) -> None:
    """What can be done with the selected devices."""
    if not chosen:
        return
    first = chosen[0]
    paused = all(device.status is DeviceStatus.INACTIVE for device in chosen)
    entries: list[Entry] = [
        ("row.push", Icon.SEND, _("Push to the selected devices"), lambda: _push(actions, chosen), PUSH),
        ("row.verify", Icon.VERIFY, _("Verify the selected devices"), lambda: _verify(actions, chosen), VERIFY),
    ]
    if len(chosen) == 1:
        entries += [
            ("row.test", Icon.PLUG, _("Test"), lambda: actions.test(first), TEST),
            ("row.edit", Icon.EDIT, _("Edit"), lambda: actions.edit(first), "devices.edit"),
        ]
    switch = (Icon.PLAY, _("Resume")) if paused else (Icon.PAUSE, _("Pause"))
    entries.append(("row.pause", *switch, lambda: actions.switch(chosen), "devices.pause"))
    if len(chosen) == 1:
        entries.append(("row.remove", Icon.DELETE, _("Remove…"), lambda: actions.remove(first), "devices.remove"))
    menu.setToolTipsVisible(True)
    _add(menu, desk, entries)


def fill_cells_menu(
    menu: QMenu, desk: Desk, actions: DeviceActions, people: Sequence[str], devices: Sequence[str]
) -> None:
    """What can be done with the marked people and devices of the matrix."""
    if not people or not devices:
        return
    push = ngettext("Push {count} person here", "Push {count} people here", len(people))
    verify = ngettext("Verify {count} person here", "Verify {count} people here", len(people))
    entries: tuple[Entry, ...] = (
        ("cells.push", Icon.SEND, push.format(count=len(people)),
         lambda: actions.push(people=people, devices=devices), PUSH),
        ("cells.verify", Icon.VERIFY, verify.format(count=len(people)),
         lambda: actions.verify(people=people, devices=devices), VERIFY),
    )  # fmt: skip
    _add(menu, desk, entries)


def _push(actions: DeviceActions, chosen: Sequence[Device]) -> None:
    if chosen:
        actions.push(devices=[device.id for device in chosen])


def _verify(actions: DeviceActions, chosen: Sequence[Device]) -> None:
    if chosen:
        actions.verify(devices=[device.id for device in chosen])


def _add(menu: QMenu, desk: Desk, entries: Sequence[Entry]) -> None:
    for name, drawing, words, act, operation in entries:
        entry = menu.addAction(icon(drawing), words, act)
        entry.setObjectName(f"devices.{name}")
        permit(desk, entry, operation)
