"""What the palette offers: one entry for everything that can be done or opened, and where the entries come from.

Operations come from the registry, records and runs from the store; the window brings its own (pages, settings).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, dataclass, fields
from enum import IntEnum
from functools import partial

from app.access import Permission
from app.domain.connections import Connection, ConnectionStatus
from app.domain.devices import Device
from app.domain.directory import Employee, Office
from app.domain.kinds import KINDS
from app.domain.outcomes import Run
from app.i18n import N_, _
from app.operations.registry import Operation, operations
from app.operations.runner import Request
from ui.desk import Desk
from ui.runs.words import end_sentence, run_title
from ui.texts import STATE_WORDS, ago
from ui.theme import Icon

Act = Callable[[], object]


class Group(IntEnum):
    """What kind of thing an entry is; of equally good hits the smaller comes first."""

    OPERATION = 1
    PAGE = 2
    SETTING = 3
    RUN = 4
    OFFICE = 5
    EMPLOYEE = 6
    DEVICE = 7


GROUP_WORDS = {
    Group.OPERATION: N_("Operation"),
    Group.PAGE: N_("Page"),
    Group.SETTING: N_("Setting"),
    Group.RUN: N_("Run"),
    Group.OFFICE: N_("Office"),
    Group.EMPLOYEE: N_("Employee"),
    Group.DEVICE: N_("Device"),
}
GROUP_ICONS = {
    Group.OPERATION: Icon.PLAY,
    Group.PAGE: Icon.ARROW_RIGHT,
    Group.SETTING: Icon.SETTINGS,
    Group.RUN: Icon.HISTORY,
    Group.OFFICE: Icon.BUILDING,
    Group.EMPLOYEE: Icon.USER,
    Group.DEVICE: Icon.FACE,
}


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One line of the palette. `obstacle` says why it cannot be done; what helps then is `act`, or nothing does."""

    group: Group
    title: str
    act: Act | None
    detail: str = ""
    keys: str = ""
    obstacle: str = ""

    @property
    def spoken(self) -> str:
        """The line as it is read aloud."""
        kind = _(GROUP_WORDS[self.group])
        return ", ".join(filter(None, (self.title, self.obstacle or self.detail, kind, self.keys)))


_PAGES = {"terminals": "devices", "people": "employees", "photos": "employees", "onec": "workforce", "cc": "workforce"}
"""Where the operations of a family are done that has no page of its own."""


def startable_entries(desk: Desk, connections: Sequence[Connection]) -> list[PaletteEntry]:
    """Operations that need no more than a connection; one entry for each that fits."""
    return [
        entry for each in operations().values() if _starts_here(each) for entry in _startable(desk, each, connections)
    ]


def elsewhere_entries(desk: Desk) -> list[PaletteEntry]:
    """Operations that ask for more, or to be sure: each leads to the page where it is done."""
    return [_done_on_page(desk, each) for each in operations().values() if each.history and not _starts_here(each)]


def _starts_here(operation: Operation) -> bool:
    return operation.permission is Permission.SYNC and bool(operation.kinds) and not _asks(operation)


def _asks(operation: Operation) -> bool:
    """Whether it has a parameter that somebody has to give."""
    return any(f.default is MISSING and f.default_factory is MISSING for f in fields(operation.params))


def _startable(desk: Desk, operation: Operation, connections: Sequence[Connection]) -> list[PaletteEntry]:
    title, refusal = _(operation.title), desk.refusal(operation.id)
    if refusal:
        return [PaletteEntry(Group.OPERATION, title, None, obstacle=refusal)]
    fitting = [c for c in connections if c.kind in operation.kinds]
    if not fitting:
        kinds = ", ".join(_(KINDS[kind].title) for kind in operation.kinds)
        lack = _("Needs a connection to {kinds}: add one").format(kinds=kinds)
        return [PaletteEntry(Group.OPERATION, title, partial(desk.voice.open_page, "connections"), obstacle=lack)]
    return [_on_connection(desk, operation, connection) for connection in fitting]


def _on_connection(desk: Desk, operation: Operation, connection: Connection) -> PaletteEntry:
    title = _(operation.title)
    if connection.status is ConnectionStatus.INACTIVE and not operation.works_paused:
        paused = _("The connection {name} is paused.").format(name=connection.name)
        return PaletteEntry(
            Group.OPERATION, title, partial(desk.voice.open_page, "connections", connection.id), obstacle=paused
        )
    request = Request(operation.id, connection.name)
    return PaletteEntry(Group.OPERATION, title, partial(desk.run, request), connection.name)


def _done_on_page(desk: Desk, operation: Operation) -> PaletteEntry:
    family = operation.id.partition(".")[0]
    page = _PAGES.get(family, family)
    if refusal := desk.refusal(operation.id):
        return PaletteEntry(Group.OPERATION, _(operation.title), None, obstacle=refusal)
    return PaletteEntry(Group.OPERATION, _(operation.title), partial(desk.voice.open_page, page), _("opens its page"))


def run_entries(runs: Iterable[Run], open_run: Callable[[str], object]) -> list[PaletteEntry]:
    """Runs of the history, as they ended."""
    entries = []
    for run in runs:
        detail = " · ".join(filter(None, (_(STATE_WORDS[run.state]), ago(run.started_at), end_sentence(run))))
        entries.append(PaletteEntry(Group.RUN, run_title(run), partial(open_run, run.run_id), detail))
    return entries


def record_entries(desk: Desk, offices: Sequence[Office], employees: Sequence[Employee]) -> list[PaletteEntry]:
    """Offices and people, each opened on its page."""
    show = desk.voice.open_page
    names = {office.id: office.name for office in offices}
    entries = [PaletteEntry(Group.OFFICE, o.name, partial(show, "offices", o.id), o.city or "") for o in offices]
    for person in employees:
        where = " · ".join(filter(None, (person.title, names.get(person.office_id or ""))))
        entries.append(PaletteEntry(Group.EMPLOYEE, person.name, partial(show, "employees", person.id), where))
    return entries


def device_entries(desk: Desk, devices: Iterable[Device]) -> list[PaletteEntry]:
    """Devices, each opened on its page."""
    return [
        PaletteEntry(
            Group.DEVICE, device.name, partial(desk.voice.open_page, "devices", device.id),
            " · ".join(filter(None, (device.address, device.site))),
        )
        for device in devices
    ]  # fmt: skip
