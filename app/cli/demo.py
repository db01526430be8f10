"""`muster demo` and `muster simulate`: the demo world with a window, in the terminal, or alone."""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.cli.output import print_json, print_report, print_table
from app.cli.session import follow, with_workspace
from app.cli.window import has_display, open_window
from app.demo.world import DemoWorld
from app.demonstration import MAIN_JOB, connect_demo, name_devices
from app.domain.customer_texts import STATUS_WORDS, answer_text
from app.domain.customers import DatabaseAnswer, DatabaseStatus
from app.domain.outcomes import Outcome, Status
from app.errors import UsageError
from app.i18n import _
from app.logs import start_logging
from app.operations.runner import Report, Request
from app.places import Home
from app.redaction import redact
from app.store import customers, directory
from app.vault import MemoryKeyring
from app.workspace import Workspace


def demo(*, headless: bool) -> int:
    """Start the demo world on a temporary home and open the window on it, or run the main job in the terminal."""
    if not headless and not has_display():
        print(_("There is no display, so the demo runs here in the terminal."), file=sys.stderr)
        headless = True
    with tempfile.TemporaryDirectory(prefix="muster-demo-", ignore_cleanup_errors=True) as folder, DemoWorld() as world:
        home = Home(Path(folder))
        if not headless:
            return open_window(home, world)
        start_logging(home)
        return _headless(home, world)


def _headless(home: Home, world: DemoWorld) -> int:
    """The main job (command-line.md, `muster demo --headless`), one run after the other."""

    async def work(workspace: Workspace) -> int:
        await connect_demo(workspace, world.describe())
        for request in MAIN_JOB:
            handle = await workspace.runner.start(request)
            report = await follow(workspace, handle, quiet=False)
            await _show(workspace, request, report)
            if report.error is not None:
                return report.exit_code
            if request.operation == "devices.sync":
                await name_devices(workspace, world.describe())
        return 0

    return with_workspace(home, work, MemoryKeyring())


async def _show(workspace: Workspace, request: Request, report: Report) -> None:
    if request.operation == "directory.sync":
        await _show_directory(workspace)
    if request.operation.startswith("terminals."):
        _show_devices(report.outcomes)
    if request.operation == "customers.sync":
        await _show_customers(workspace)
    print_report(report, problems=not request.operation.startswith("terminals."))


async def _show_directory(workspace: Workspace) -> None:
    offices = await workspace.store.read(directory.offices)
    people = await workspace.store.read(directory.employees)
    heads = Counter(person.office_id for person in people)
    rows = [[o.name, o.city, o.phone, heads[o.id], _("yes") if o.is_active else _("no")] for o in offices]
    print_table(_("Offices"), [_("name"), _("city"), _("phone"), _("employees"), _("active")], rows)
    print(_("{offices} offices and {employees} employees stored.").format(offices=len(offices), employees=len(people)))


async def _show_customers(workspace: Workspace) -> None:
    """How many customers have which answer, and who lacks a database."""
    found = await workspace.store.read(customers.customers)
    counts = Counter(c.database_status for c in found)
    rows = [[_(words), counts[status]] for status, words in STATUS_WORDS.items() if counts[status]]
    print_table(_("Customers"), [_("backup database"), _("customers")], rows)
    lacking = [c for c in found if c.database_status is DatabaseStatus.NO_DATABASE]
    details = [
        [c.name, c.domain, answer_text(DatabaseAnswer(DatabaseStatus.NO_DATABASE, c.database_detail))] for c in lacking
    ]
    print_table(_("Without a backup"), [_("name"), _("domain"), _("why")], details)


def _show_devices(outcomes: Iterable[Outcome]) -> None:
    """What happened at each device, and below why somebody is not on one."""
    by_device: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_device[outcome.target].append(outcome)
    columns = [Status.SUCCESS, Status.PARTIAL, Status.SKIPPED, Status.FATAL, Status.NOT_ATTEMPTED]
    rows = []
    for device, found in by_device.items():
        counts = Counter(o.status for o in found)
        verified = sum(o.step == "read_back" and o.status is Status.SUCCESS for o in found)
        rows.append([device, *(counts[status] for status in columns), verified])
    titles = [_("device"), _("success"), _("partial"), _("skipped"), _("fatal"), _("waiting"), _("verified")]
    print_table(_("Devices"), titles, rows)
    left = Counter(o.message for found in by_device.values() for o in found if o.status is not Status.SUCCESS)
    for message, count in left.most_common(5):
        print(redact(f"  {count} × {message}"))


def simulate(size: Mapping[str, int], *, as_json: bool) -> int:
    """Serve a demo world of this size until Ctrl-C, after printing its addresses and credentials."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_args: ended.set())
    signal.signal(signal.SIGINT, lambda *_args: ended.set())
    try:
        world = DemoWorld(**size)
    except ValueError as error:
        raise UsageError(_("There is no demo world of that size: {cause}").format(cause=error)) from error
    with world:
        systems = world.describe()
        if as_json:
            print_json(systems)
        else:
            for system, values in systems.items():
                lists = {key: rows for key, rows in values.items() if isinstance(rows, list)}
                print_table(system, ["", ""], [[key, value] for key, value in values.items() if key not in lists])
                for key, rows in lists.items():
                    print_table(f"{system} {key}", list(rows[0]) if rows else [], [list(row.values()) for row in rows])
            print(_("Serving until Ctrl-C."))
        sys.stdout.flush()
        while not ended.wait(0.5):  # a plain wait would not notice signals on Windows
            pass
    return 0
