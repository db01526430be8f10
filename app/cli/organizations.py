"""`muster organizations`: list, add, rename, switch; `--organization NAME` works on one for a single command."""

from __future__ import annotations

import argparse

from app.cli.output import print_error, print_json, print_table
from app.cli.session import follow, with_workspace
from app.i18n import _
from app.operations.runner import Report, Request
from app.workspace import Workspace


def organizations_command(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    params = {} if args.verb == "list" else {"name": args.name}

    async def work(workspace: Workspace) -> Report:
        request = Request(f"organizations.{args.verb}", params=params)
        return await follow(workspace, await workspace.runner.start(request), quiet=True)

    report = with_workspace(args.home, work)
    result = report.run.result or {}
    if report.error is not None:
        print_error(report.error, as_json=args.json)
        return report.exit_code
    rows = result["organizations"] if args.verb == "list" else [result]
    if args.json:
        print_json(rows if args.verb == "list" else result)
    else:
        shown = [["→" if row["current"] else "", row["name"], row["key"]] for row in rows]
        print_table(_("Organizations"), ["", "name", "key"], shown)
    return report.exit_code
