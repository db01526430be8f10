"""`muster demo` and `muster simulate`: the demo world with a window, in the terminal, or alone."""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
from pathlib import Path

from app.cli.output import print_json, print_report, print_table
from app.cli.session import follow, with_workspace
from app.cli.window import has_display, open_window
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.errors import UsageError
from app.i18n import _
from app.logs import start_logging
from app.operations.runner import Report, Request
from app.places import Home
from app.store import directory
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
    async def work(workspace: Workspace) -> tuple[Report, int, int]:
        await connect_demo(workspace, world.describe())
        handle = await workspace.runner.start(Request("directory.sync"))
        report = await follow(workspace, handle, quiet=False)
        offices = await workspace.store.read(directory.offices)
        people = await workspace.store.read(directory.employees)
        rows = [
            [o.name, o.city, o.phone, sum(e.office_id == o.id for e in people), _("yes") if o.is_active else _("no")]
            for o in offices
        ]
        print_table(_("Offices"), [_("name"), _("city"), _("phone"), _("employees"), _("active")], rows)
        return report, len(offices), len(people)

    report, offices, people = with_workspace(home, work, MemoryKeyring())
    print_report(report)
    print(_("{offices} offices and {employees} employees stored.").format(offices=offices, employees=people))
    return report.exit_code


def simulate(*, people: int, offices: int, as_json: bool) -> int:
    """Serve the demo world until Ctrl-C, after printing its addresses and credentials."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_args: ended.set())
    signal.signal(signal.SIGINT, lambda *_args: ended.set())
    try:
        world = DemoWorld(people=people, offices=offices)
    except ValueError as error:
        raise UsageError(_("There is no demo firm of that size: {cause}").format(cause=error)) from error
    with world:
        systems = world.describe()
        if as_json:
            print_json(systems)
        else:
            for system, values in systems.items():
                print_table(system, ["", ""], list(values.items()))
            print(_("Serving until Ctrl-C."))
        sys.stdout.flush()
        while not ended.wait(0.5):  # a plain wait would not notice signals on Windows
            pass
    return 0
