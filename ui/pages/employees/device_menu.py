"""What the Employees page offers about devices: push the selected people or one photo, where somebody is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.domain.directory import Employee
from app.i18n import _
from app.operations.runner import Request
from ui.desk import Desk
from ui.pages.devices.push_settings import push_params
from ui.pages.devices.record_ids import MISSING_AT
from ui.permissions import permit
from ui.theme import Icon, icon

Chosen = Callable[[], Sequence[Employee]]


def add_device_actions(menu: QMenu, desk: Desk, chosen: Chosen) -> list[QAction]:
    """Put the entries into a menu; `chosen` are the selected people when one of them is pressed."""
    menu.setToolTipsVisible(True)
    entries = (
        ("push", Icon.SEND, _("Push to devices"), push, "terminals.push_all"),
        ("push_photo", Icon.FACE, _("Push the photo only"), push_photo, "terminals.push_photo"),
        ("missing", Icon.NO_USER, _("Where is this person missing?"), show_missing, ""),
    )
    actions = []
    for name, drawing, words, act, operation in entries:
        entry = menu.addAction(icon(drawing), words, _bound(act, desk, chosen))
        entry.setObjectName(f"employees.{name}")
        if operation:
            permit(desk, entry, operation)
        actions.append(entry)
    return actions


def push(desk: Desk, people: Sequence[Employee]) -> None:
    """The selected people, with photo, to every active device."""
    params: dict[str, object] = dict(push_params(desk.layouts))
    if len(people) == 1:
        desk.run(Request("terminals.push_person", params={**params, "person": people[0].id}))
    elif people:
        desk.run(Request("terminals.push_all", params={**params, "people": [person.id for person in people]}))


def push_photo(desk: Desk, people: Sequence[Employee]) -> None:
    """The photo of the first selected person to every active device."""
    if people:
        desk.run(Request("terminals.push_photo", params={**push_params(desk.layouts), "person": people[0].id}))


def show_missing(desk: Desk, people: Sequence[Employee]) -> None:
    """The coverage of the first selected person."""
    if people:
        desk.voice.open_page("devices", f"{MISSING_AT}{people[0].id}")


def _bound(act: Callable[[Desk, Sequence[Employee]], None], desk: Desk, chosen: Chosen) -> Callable[[], None]:
    return lambda: act(desk, chosen())
