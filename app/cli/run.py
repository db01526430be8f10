"""`muster operations` and `muster run`."""

from __future__ import annotations

import argparse

import msgspec

from app.cli.output import print_json, print_report, print_run, print_table, read_pairs, refused_document
from app.cli.session import follow, with_workspace
from app.errors import MusterError
from app.operations.registry import operations
from app.operations.runner import Report, Request
from app.workspace import Workspace


def list_operations(*, as_json: bool) -> int:
    """Print every operation."""
    found = [
        {
            "id": o.id,
            "title": o.title,
            "permission": o.permission,
            "kinds": o.kinds,
            "params": o.schema(),
            "writes": o.writes,
        }
        for o in operations().values()
    ]
    if as_json:
        print_json(found)
    else:
        rows = [[o.id, o.title, o.permission, ", ".join(o.kinds)] for o in operations().values()]
        print_table("Operations", ["id", "title", "permission", "kinds"], rows, whole=True)
    return 0


def run_operation(args: argparse.Namespace) -> int:
    """Run one operation and print how it ended."""

    async def work(workspace: Workspace) -> Report:
        request = Request(args.operation, args.connection, read_pairs(args.sets), args.dry_run)
        handle = await workspace.runner.start(request)
        return await follow(workspace, handle, quiet=args.json)

    try:
        report = with_workspace(args.home, work)
    except MusterError as error:
        if not args.json:
            raise
        print_json(refused_document(error, args.operation, args.connection, dry_run=args.dry_run))
        return error.exit_code
    show(report, as_json=args.json)
    return report.exit_code


def show(report: Report, *, as_json: bool) -> None:
    """Print a finished run for a program or a person."""
    if as_json:
        print_run(report)
        return
    print_report(report)
    if report.run.result is not None and not report.run.summary:
        print(msgspec.json.format(msgspec.json.encode(report.run.result), indent=2).decode())
