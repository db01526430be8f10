"""`muster settings`: what holds for all connections; `muster settings set sync_interval=600 log_level=DEBUG`."""

from __future__ import annotations

import argparse

from app.cli.output import print_error, print_json, print_table, read_pairs
from app.cli.session import follow, with_workspace
from app.i18n import _
from app.operations.runner import Report, Request
from app.workspace import Workspace


def settings_command(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    show = args.verb == "show"
    request = Request("settings.show") if show else Request("settings.update", params=read_pairs(args.sets))

    async def work(workspace: Workspace) -> Report:
        return await follow(workspace, await workspace.runner.start(request), quiet=True)

    report = with_workspace(args.home, work)
    result = report.run.result or {}
    if report.error is not None:
        print_error(report.error, as_json=args.json)
    elif args.json:
        print_json(result)
    else:
        rows = [[key, value, result["defaults"][key]] for key, value in result["settings"].items()]
        print_table(_("Settings"), ["setting", "value", "default"], rows)
        own = [[name, key, value] for name, values in result["overrides"].items() for key, value in values.items()]
        if own:
            print_table(_("Connections with their own"), ["connection", "setting", "value"], own)
    return report.exit_code
