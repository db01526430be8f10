"""`muster schedule`: operations that run by themselves; `run` works them off on machines without a window."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress
from typing import Any

import msgspec

from app.cli.output import print_error, print_json, print_table, read_pairs
from app.cli.session import PATIENCE_S, follow, with_workspace
from app.domain.outcomes import RunState
from app.errors import ExitCode, UsageError
from app.events import RunEnded, RunStarted
from app.i18n import _
from app.operations.connections import time_text
from app.operations.runner import Report, Request
from app.operations.scheduler import Ran
from app.redaction import redact
from app.workspace import Workspace

_LISTED = ("name", "operation", "connection", "interval", "cron", "next_sync", "next_sync_reason", "last_state")
_TIMING = ("every", "cron", "zone", "quiet", "jitter")


def schedule_command(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    if args.verb == "run":
        return _run(args)
    request = _request(args)

    async def work(workspace: Workspace) -> Report:
        return await follow(workspace, await workspace.runner.start(request), quiet=args.json)

    report = with_workspace(args.home, work)
    result = report.run.result or {}
    if report.error is not None:
        print_error(report.error, as_json=args.json)
    elif args.json:
        print_json(result["schedules"] if args.verb == "list" else result)
    elif args.verb == "list":
        print_table(_("Scheduled operations"), _LISTED, [[row[c] for c in _LISTED] for row in result["schedules"]])
    elif result:
        print(redact(msgspec.json.format(msgspec.json.encode(result), indent=2).decode()))
    return report.exit_code


def _request(args: argparse.Namespace) -> Request:
    match args.verb:
        case "list":
            return Request("schedules.list")
        case "add":
            given: dict[str, Any] = {key: getattr(args, key) for key in _TIMING if getattr(args, key) is not None}
            params = {"operation": args.operation, "connection": args.connection, "name": args.name or ""}
            return Request("schedules.create", params=params | given | {"params": read_pairs(args.sets)})
        case "edit":
            given = {key: getattr(args, key) for key in _TIMING if getattr(args, key) is not None}
            if args.sets:
                given["params"] = read_pairs(args.sets)
            return Request("schedules.update", params={"id": args.schedule, "name": args.name} | given)
        case "remove":
            return Request("schedules.delete", params={"id": args.schedule})
        case "run-now":
            return Request("schedules.run_now", params={"id": args.schedule})
        case _:
            return Request(f"schedules.{args.verb}", params={"id": args.schedule})


def _run(args: argparse.Namespace) -> int:
    """Run what is due, once, for a while or until Ctrl-C; 3 when a run did not finish well.

    It also sends the webhooks and status updates that wait, as an open window does.
    """
    if args.seconds is not None and not args.seconds > 0:  # not a number is none either
        raise UsageError(_("--for takes seconds, more than none."))

    async def work(workspace: Workspace) -> list[Ran]:
        _say_what_runs(workspace, args)
        if args.once:
            ran = await workspace.scheduler.run_due()
            await workspace.status_sender.flush_all(PATIENCE_S)  # webhooks go out at the end of every command
            return ran
        for name, service in (("webhooks", workspace.webhooks), ("status updates", workspace.status_sender)):
            workspace.tasks.start(name, service.run())
        with suppress(asyncio.CancelledError, TimeoutError):
            async with asyncio.timeout(args.seconds):
                await workspace.scheduler.run()
        return await workspace.scheduler.stop()

    ran = with_workspace(args.home, work)
    if args.json:
        print_json({"runs": [_row(one) for one in ran]})
    return ExitCode.INCOMPLETE if any(_went_wrong(one) for one in ran) else ExitCode.DONE


def _say_what_runs(workspace: Workspace, args: argparse.Namespace) -> None:
    """A line on standard error for what begins and ends."""

    def say(event: RunStarted | RunEnded) -> None:
        run = event.run
        ended = isinstance(event, RunEnded)
        problem = f": {run.error.message}" if run.error else ""
        words = f"{run.state}{problem}" if ended else _("started")
        print(redact(f"{run.operation} {run.connection} {words}"), file=sys.stderr, flush=True)

    workspace.events.subscribe(RunStarted, say)
    workspace.events.subscribe(RunEnded, say)
    if not args.once:
        print(_("Running what is due. End it with Ctrl-C."), file=sys.stderr, flush=True)


def _went_wrong(ran: Ran) -> bool:
    return ran.run is not None and ran.run.state is not RunState.FINISHED


def _row(ran: Ran) -> dict[str, Any]:
    return {
        "schedule": ran.schedule.name,
        "operation": ran.schedule.operation,
        "run_id": ran.run.run_id if ran.run else None,
        "state": ran.run.state.value if ran.run else "skipped",
        "reason": ran.reason,
        "due_at": time_text(ran.schedule.due_at),
    }
